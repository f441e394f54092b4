//! From an assessment to what a gate asks about it.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    assess::{Assessment, OutcomeRecord},
    model::{Digest, Text, Verdict},
    profiles::answers::Answers,
    yaml::{Date, TimeZone},
};

use super::{
    CatalogueOf, Counts, Expiring, ExpiringKind, Failing, GateFinding, GateInput, GateProfile, HighRiskCount,
    Signature, Signed,
};

/// What an assessment cannot say of itself.
#[derive(Clone, Debug, Default)]
pub struct Vouched {
    /// Whose days are counted.
    pub zone: TimeZone,
    pub catalogue_of: CatalogueOf,
    /// The file that is to be released.
    pub artifact: Option<Digest>,
    pub signatures: BTreeMap<Signed, Signature>,
    /// What `verify` found wrong.
    pub damage: Vec<Text>,
    /// Findings of the baseline of `new_only`.
    pub known_findings: Option<BTreeSet<String>>,
    pub expiring: Vec<Expiring>,
}

impl GateInput {
    /// What a gate asks about one subsite.
    pub fn of(assessment: &Assessment, vouched: Vouched) -> Self {
        let baseline = &assessment.baseline;
        let situations = |cases: Vec<&crate::profiles::Case>| cases.iter().map(|case| case.situation.clone()).collect();
        Self {
            counts: Counts {
                planned: baseline.planned,
                pass: baseline.passed,
                fail: baseline.failed,
                not_applicable: baseline.not_applicable,
                unknown: baseline.unknown,
            },
            failing: failing(assessment),
            high_risk: HighRiskCount {
                candidates: situations(assessment.high_risk.open().collect()),
                confirmed: situations(assessment.high_risk.confirmed().collect()),
            },
            baseline: baseline.letter,
            baseline_with_waivers: assessment.baseline_with_waivers.letter,
            profiles: profiles(assessment),
            evidence_day: evidence_day(assessment, vouched.zone),
            artifacts: assessment.assets.iter().flat_map(|asset| &asset.artifacts).copied().collect(),
            artifact: vouched.artifact,
            catalogue: assessment.catalogue.digest,
            catalogue_of: vouched.catalogue_of,
            expiring: vouched.expiring,
            signatures: vouched.signatures,
            damage: vouched.damage,
            known_findings: vouched.known_findings,
        }
    }
}

impl Expiring {
    /// The answers that count on the day of an assessment.
    pub fn of_answers(answers: &Answers, as_of: Date) -> Vec<Self> {
        let counting = answers.answers.iter().filter(|answer| answer.counts(as_of));
        let expiring = counting.map(|answer| Self {
            kind: ExpiringKind::Answer,
            what: format!("{} {}", answer.item, answer.aspect),
            expires: answer.expires,
        });
        expiring.collect()
    }
}

/// Ids of all findings of an assessment: the baseline that a later gate compares with.
pub fn finding_ids(assessment: &Assessment) -> BTreeSet<String> {
    let failing = assessment.outcomes.iter().filter(|record| record.outcome.verdict == Verdict::Fail);
    let findings = failing.flat_map(|record| &record.outcome.findings);
    findings.filter(|finding| finding.verdict == Verdict::Fail).map(|finding| finding.id.clone()).collect()
}

fn failing(assessment: &Assessment) -> Vec<Failing> {
    let mut waived: BTreeMap<&str, Date> = BTreeMap::new();
    for waiver in &assessment.waivers {
        let Ok(expires) = waiver.expires.parse::<Date>() else { continue };
        for finding in &waiver.covers {
            let until = waived.entry(finding.as_str()).or_insert(expires);
            *until = (*until).max(expires);
        }
    }
    let failing = assessment.outcomes.iter().filter(|record| record.outcome.verdict == Verdict::Fail);
    failing.map(|record| failing_outcome(record, &waived)).collect()
}

fn failing_outcome(record: &OutcomeRecord, waived: &BTreeMap<&str, Date>) -> Failing {
    let outcome = &record.outcome;
    let failing = outcome.findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
    let mut findings: Vec<_> = failing
        .map(|finding| GateFinding { id: finding.id.clone(), waived_until: waived.get(finding.id.as_str()).copied() })
        .collect();
    if outcome.more > 0 {
        // Findings beyond the cap have no name, so that nobody can have waived or known them.
        findings.push(GateFinding { id: String::new(), waived_until: None });
    }
    Failing { check: outcome.check.clone(), asset: outcome.asset.clone(), severity: outcome.severity, findings }
}

fn profiles(assessment: &Assessment) -> Vec<GateProfile> {
    let profiles = assessment.profiles.iter().map(|profile| {
        let counts = &profile.result.by_item;
        GateProfile {
            profile: profile.result.profile.clone(),
            items: counts.total,
            applicable: counts.applicable(),
            decided: counts.decided(),
            floor: profile.grade.by_item.floor,
            word: profile.grade.word,
            word_with_waivers: profile.grade_with_waivers.word,
            draft: profile.result.draft,
        }
    });
    profiles.collect()
}

/// The day on which the oldest part with evidence was begun; `None` where there is none, or one does not say.
fn evidence_day(assessment: &Assessment, zone: TimeZone) -> Option<Date> {
    let parts = assessment.assets.iter().filter_map(|asset| asset.part.as_ref());
    let days = parts.filter(|part| !part.items.is_empty()).map(|part| {
        let started = part.started.as_deref()?;
        started.parse::<jiff::Timestamp>().ok().map(|moment| zone.day_of(moment))
    });
    days.collect::<Option<Vec<_>>>()?.into_iter().min()
}
