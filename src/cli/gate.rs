//! `jixian gate`: one exit code for a release. 0 pass, 1 stop, 2 input error.

mod markdown;
mod release;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::{panic, thread};

use crate::assess::{AssetEvidence, Catalogue};
use crate::collect::ChildDecoder;
use crate::evidence::{
    Bundle, CatalogueOrigin, EvidenceError, PublicKey, Standing, VerifyOptions, VerifyReport, verify,
};
use crate::gate::{self, CatalogueOf, Decision, Expiring, ExpiringKind, GateInput, Policy, Signature, Signed, Vouched};
use crate::inventory::{InheritedBy, Inventory};
use crate::model::{AssetId, CatalogueFiles, Digest, Lang, Text};
use crate::yaml::Date;

use super::args::{self, Gate, GateFormat};
use super::context::{self, Context};
use super::evaluation::{self, Inputs};
use super::layers::Layers;
use super::machine::GateDocument;
use super::sealed::Sealed;
use super::{output, report};
use crate::report::sarif;
use release::Judged;

pub fn run(context: &Context, request: &Gate) -> anyhow::Result<u8> {
    let mut policy = request
        .policy
        .as_deref()
        .map(|path| anyhow::Ok(Policy::read(&context::source(path)?)?))
        .transpose()?
        .unwrap_or_default();
    if let Some(scope) = request.scope {
        policy.scope = match scope {
            args::GateScope::Automatic => gate::GateScope::Automatic,
            args::GateScope::Profile => gate::GateScope::Profile,
        };
    }
    if request.max_age.is_some() {
        policy.max_age_days = request.max_age;
    }
    let decision = match (&request.bundle, request.scan.as_deref()) {
        (Some(bundle), _) => {
            if let Some(option) = request.options.given() {
                anyhow::bail!("{option}: {}", context.t("只与 --scan 同用", "goes with --scan only"));
            }
            of_bundle(context, request, &policy, bundle)?
        }
        (None, Some([kind, target])) => {
            let (judged, checks) = release::judge(context, request, &policy, kind, target)?;
            let Judged { scanned, outcomes, decision } = &judged;
            match request.format {
                GateFormat::Markdown => {
                    output::raw(&markdown::page(target, decision, outcomes, &checks, context.lang));
                }
                GateFormat::Sarif => {
                    let digest = checks_digest(context)?;
                    let rows = outcomes.iter().filter_map(|outcome| Some((outcome, checks.get(&outcome.check)?)));
                    output::raw(&String::from_utf8_lossy(&sarif::of_scan(
                        target,
                        scanned.evidence.root,
                        digest,
                        rows,
                        context.lang,
                    )?));
                    output::raw("\n");
                }
                GateFormat::Text | GateFormat::Json => print(context, request.format, decision)?,
            }
            return Ok(decision.code);
        }
        _ => anyhow::bail!("jixian gate BUNDLE | --scan KIND TARGET"),
    };
    if matches!(request.format, GateFormat::Markdown | GateFormat::Sarif) {
        anyhow::bail!(
            "--format: {}",
            context.t(
                "证据包的 SARIF 由 jixian report 生成；markdown 只与 --scan 同用",
                "SARIF of a bundle is written by jixian report; markdown goes with --scan only"
            )
        );
    }
    print(context, request.format, &decision)?;
    Ok(decision.code)
}

fn of_bundle(context: &Context, request: &Gate, policy: &Policy, path: &Path) -> anyhow::Result<Decision> {
    let (files, origin) = context.catalogue()?;
    let keys = request.key.iter().map(|path| PublicKey::read(path)).collect::<Result<Vec<_>, EvidenceError>>()?;
    let (verified, prepared) = thread::scope(|scope| {
        // A good part of the time goes into hashing, which needs nothing of the rest.
        let verifying = scope
            .spawn(|| verify(path, &VerifyOptions { keys, installed: Some(files.digest()), pinned: policy.catalogue }));
        let prepared = Prepared::of(context, &files, origin, path);
        (verifying.join().unwrap_or_else(|payload| panic::resume_unwind(payload)), prepared)
    });
    // What is wrong with the bundle as a whole is said before what could not be read in it.
    let verified = verified?;
    let Prepared { bundle, inventory, sealed, catalogue, layers, evidence } = prepared?;
    let now = context::now();
    let today = inventory.timezone.day_of(now);
    let inputs = Inputs {
        inventory: &inventory,
        inventory_digest: Digest::of(&bundle.inventory()?),
        evidence: &evidence,
        judgements: &layers.judgements,
        judgement_digests: &layers.digests,
        as_of: now,
        operator: None,
        state: bundle.state(),
        profiles: &sealed.profiles,
        trust: &sealed.trust,
        inherited: sealed.inherited,
    };
    let known = known_findings(context, policy)?;
    let artifacts = digests_of(&request.artifact)?;
    let damage = damage(&verified);
    let expiring = expiring(&layers, &inventory, today);
    let mut decisions = Vec::new();
    for assessment in evaluation::all(&catalogue, inputs)? {
        if !request.subsite.is_empty() && !request.subsite.iter().any(|id| id == assessment.subsite.id.as_str()) {
            continue;
        }
        let vouched = Vouched {
            zone: inventory.timezone,
            catalogue_of: catalogue_of(origin),
            artifact: None,
            signatures: signatures(&verified),
            damage: damage.clone(),
            known_findings: known.clone(),
            expiring: expiring.clone(),
        };
        let input = GateInput::of(&assessment, vouched);
        for decision in each_artifact(input, &artifacts, policy, today) {
            decisions.push((assessment.subsite.id.clone(), decision));
        }
    }
    if let Some(unknown) = request.subsite.iter().find(|id| inventory.subsites.iter().all(|s| s.id.as_str() != **id)) {
        anyhow::bail!("{}{unknown}", context.t("证据包中没有这个分站点：", "the bundle has no subsite "));
    }
    Ok(Decision::of_all(decisions))
}

/// What the judging works on: all of a bundle, and the rules.
struct Prepared {
    bundle: Bundle,
    inventory: Inventory,
    sealed: Sealed,
    catalogue: Catalogue,
    layers: Layers,
    evidence: BTreeMap<AssetId, AssetEvidence>,
}

impl Prepared {
    fn of(context: &Context, files: &CatalogueFiles, origin: CatalogueOrigin, path: &Path) -> anyhow::Result<Self> {
        let bundle = Bundle::open(path)?;
        let inventory = evaluation::inventory_of(&bundle)?;
        let sealed = Sealed::of_bundle(context, &bundle, &inventory)?;
        let catalogue = evaluation::load(context, files, origin, &evaluation::needed(&inventory, &sealed.profiles))?;
        let mut layers = Layers::of_bundle(&bundle)?;
        layers.digests.extend(sealed.digests()?);
        let evidence = evaluation::gather(&bundle, &ChildDecoder::of_this_binary()?, false)?;
        Ok(Self { bundle, inventory, sealed, catalogue, layers, evidence })
    }
}

/// One decision for each file that is to be released, or one where none is named.
fn each_artifact(input: GateInput, artifacts: &[Digest], policy: &Policy, today: Date) -> Vec<Decision> {
    if artifacts.is_empty() {
        return vec![gate::decide(&input, policy, today)];
    }
    let with = |artifact: &Digest| GateInput { artifact: Some(*artifact), ..input.clone() };
    artifacts.iter().map(|artifact| gate::decide(&with(artifact), policy, today)).collect()
}

fn digests_of(paths: &[std::path::PathBuf]) -> anyhow::Result<Vec<Digest>> {
    paths.iter().map(|path| context::digest(path)).collect()
}

fn catalogue_of(origin: CatalogueOrigin) -> CatalogueOf {
    match origin {
        CatalogueOrigin::Installed => CatalogueOf::Installed,
        CatalogueOrigin::Pinned => CatalogueOf::Pinned,
        CatalogueOrigin::Bundle => CatalogueOf::Bundle,
    }
}

/// What `verify` found. Without its seal nothing says that a bundle is what was collected.
fn damage(verified: &VerifyReport) -> Vec<Text> {
    let problems = verified.problems.iter().map(|p| Text::new(p.describe(Lang::Zh), p.describe(Lang::En)));
    let unsealed =
        (!verified.completeness.sealed).then(|| Text::new("未封存，采集中断", "it has no seal, its run was cut off"));
    problems.chain(unsealed).collect()
}

/// The bundle's signature is over its manifest, which names every layer by its root.
fn signatures(verified: &VerifyReport) -> BTreeMap<Signed, Signature> {
    let status = match verified.authenticity.standing() {
        Standing::Valid => Signature::Valid,
        Standing::UntrustedKey => Signature::Untrusted,
        Standing::Invalid => Signature::Invalid,
        Standing::Unsigned => Signature::Absent,
    };
    [Signed::Seal, Signed::Answers, Signed::Adjudications, Signed::Waivers].map(|signed| (signed, status)).into()
}

fn known_findings(context: &Context, policy: &Policy) -> anyhow::Result<Option<BTreeSet<String>>> {
    let Some(new_only) = &policy.new_only else { return Ok(None) };
    let earlier = report::stored(context, &Bundle::open(&new_only.since)?, &[])?;
    Ok(Some(earlier.iter().flat_map(gate::finding_ids).collect()))
}

fn expiring(layers: &Layers, inventory: &Inventory, today: Date) -> Vec<Expiring> {
    let mut all = Expiring::of_answers(&layers.judgements.answers, today);
    all.extend(inventory.inherits.iter().filter_map(|inherit| match &inherit.by {
        InheritedBy::Report { number, expires, .. } => {
            Some(Expiring { kind: ExpiringKind::Inherited, what: number.clone(), expires: *expires })
        }
        InheritedBy::Run | InheritedBy::Bundle { .. } => None,
    }));
    all
}

fn checks_digest(context: &Context) -> anyhow::Result<Digest> {
    Ok(context.catalogue()?.0.digest())
}

fn print(context: &Context, format: GateFormat, decision: &Decision) -> anyhow::Result<()> {
    if format == GateFormat::Json {
        return output::json(&GateDocument::new(decision));
    }
    for reason in &decision.reasons {
        output::line(&format!("{} {}", context.t("拦截", "stop"), reason.describe(context.lang)));
    }
    for note in &decision.notes {
        output::line(&format!("{} {}", context.t("提示", "note"), note.describe(context.lang)));
    }
    output::line(match (context.lang, decision.is_green()) {
        (Lang::Zh, true) => "放行",
        (Lang::Zh, false) => "拦截",
        (Lang::En, true) => "pass",
        (Lang::En, false) => "stop",
    });
    Ok(())
}
