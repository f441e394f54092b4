//! A package or endpoint that is scanned now and judged at once: what it must show, and what nobody can see in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::checks::{CheckKind, CheckSet, Outcome};
use crate::gate::{
    CatalogueOf, Counts, Decision, Failing, GateCode, GateFinding, GateInput, GateReason, HighRiskCount, Policy,
};
use crate::grade;
use crate::model::{CatalogueFiles, CheckId, Digest, ProfileId, Verdict};
use crate::profiles::ProfileSet;
use crate::yaml::Date;

use crate::cli::args::{self, Gate, Scan, ScanKind};
use crate::cli::context::{self, Context};
use crate::cli::scan::{self, Scanned};

/// The profile that a release is judged by.
const RELEASE: &str = "release-app";

/// Reasons for which code cannot be read in a package by itself.
const HIDDEN: &[&str] = &["code_packed", "code_encrypted"];

/// What was scanned, and what was decided on it.
pub struct Judged {
    pub scanned: Scanned,
    /// Those that the decision rests on.
    pub outcomes: Vec<Outcome>,
    pub decision: Decision,
}

/// Scans a target and judges it.
pub fn judge(
    context: &Context,
    request: &Gate,
    policy: &Policy,
    kind: &str,
    target: &str,
) -> anyhow::Result<(Judged, CheckSet)> {
    let kind = match kind {
        "app" => ScanKind::App,
        "tls" => ScanKind::Tls,
        other => anyhow::bail!("--scan {other}: {}", context.t("可用的种类为 app、tls", "the kinds are app and tls")),
    };
    let (files, origin) = context.catalogue()?;
    let checks = CheckSet::load_for_use(&files)?;
    let scan_request =
        Scan { kind, target: target.to_owned(), options: request.options.clone(), output: args::ScanOutput::default() };
    let scanned = scan::scan(context, &scan_request, &checks)?;
    let chosen = if kind == ScanKind::App { Some(release_checks(&files)?) } else { None };
    let automated = |id: &CheckId| checks.get(id).is_some_and(|check| check.kind == CheckKind::Automated);
    let is_chosen = |id: &CheckId| chosen.as_ref().is_none_or(|chosen| chosen.contains(id));
    let (hidden, outcomes): (Vec<Outcome>, Vec<Outcome>) = scanned
        .outcomes
        .iter()
        .filter(|outcome| automated(&outcome.check) && is_chosen(&outcome.check))
        .cloned()
        .partition(is_hidden);
    let today = crate::yaml::TimeZone::default().day_of(context::now());
    let input = input_of(&scanned, &outcomes, files.digest(), super::catalogue_of(origin), today);
    let decisions = super::each_artifact(input, &super::digests_of(&request.artifact)?, policy, today);
    let subsite: crate::model::SubsiteId = "scan".parse()?;
    let mut decision = Decision::of_all(decisions.into_iter().map(|decision| (subsite.clone(), decision)));
    if !hidden.is_empty() {
        let names: Vec<_> = hidden.iter().map(|outcome| outcome.check.as_str()).collect();
        let note = GateReason::new(GateCode::Hidden).with("count", hidden.len()).with("checks", names.join(", "));
        decision.notes.push(note);
    }
    let outcomes = outcomes.into_iter().chain(hidden).collect();
    Ok((Judged { scanned, outcomes, decision }, checks))
}

/// The checks that the release profile uses.
fn release_checks(files: &CatalogueFiles) -> anyhow::Result<BTreeSet<CheckId>> {
    let id: ProfileId = RELEASE.parse()?;
    let profiles = ProfileSet::load_named(files, std::slice::from_ref(&id))?;
    let profile = profiles.get(&id).ok_or_else(|| anyhow::anyhow!("{id}"))?;
    let aspects = profile.items.iter().flat_map(|item| &item.aspects);
    Ok(aspects.flat_map(|aspect| &aspect.checks).map(|one| one.check.clone()).collect())
}

/// Undecided for nothing but that the code of a hardened package cannot be read.
fn is_hidden(outcome: &Outcome) -> bool {
    match &outcome.verdict {
        Verdict::Unknown(reason) => reason.args.values().any(|value| HIDDEN.contains(&value.as_str())),
        _ => false,
    }
}

fn input_of(
    scanned: &Scanned,
    outcomes: &[Outcome],
    catalogue: Digest,
    catalogue_of: CatalogueOf,
    today: Date,
) -> GateInput {
    let count = |verdict: &str| outcomes.iter().filter(|o| o.verdict.as_str() == verdict).count() as u64;
    let baseline = grade::baseline_1(outcomes.iter().map(|o| (o.severity, &o.verdict)), false);
    let failing = outcomes.iter().filter(|o| o.verdict == Verdict::Fail).map(|outcome| Failing {
        check: outcome.check.clone(),
        asset: outcome.asset.clone(),
        severity: outcome.severity,
        findings: outcome.findings.iter().map(|f| GateFinding { id: f.id.clone(), waived_until: None }).collect(),
    });
    let artifact =
        scanned.facts.facts.pointer("/app/file/sha256").and_then(|v| v.as_str()).and_then(|t| t.parse().ok());
    GateInput {
        counts: Counts {
            planned: outcomes.len() as u64,
            pass: count("pass"),
            fail: count("fail"),
            not_applicable: count("not_applicable"),
            unknown: count("unknown"),
        },
        failing: failing.collect(),
        high_risk: HighRiskCount { candidates: Vec::new(), confirmed: Vec::new() },
        baseline: baseline.letter,
        baseline_with_waivers: baseline.letter,
        profiles: Vec::new(),
        evidence_day: Some(today),
        artifacts: artifact.into_iter().collect(),
        artifact: None,
        catalogue,
        catalogue_of,
        expiring: Vec::new(),
        signatures: BTreeMap::new(),
        damage: Vec::new(),
        known_findings: None,
    }
}
