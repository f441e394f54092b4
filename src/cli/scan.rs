//! `jixian scan`: one target with all checks for its kind, to the terminal or as JSON.

mod bill_of_materials;
mod endpoint;
mod package;
mod page;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::assess::AssetEvidence;
use crate::checks::{AssetFacts, CheckSet, Outcome, Params};
use crate::collect::ChildDecoder;
use crate::evidence::BundleWriter;
use crate::facts::app::App;
use crate::facts::tls::Tls;
use crate::facts::{EvaluationContext, FactDocument};
use crate::inventory::{Asset, Inventory};
use crate::model::{AssetKind, Lang, Severity, Verdict};
use crate::yaml::Source;

use super::args::{Scan, ScanFormat, ScanKind};
use super::context::{self, Context};
use super::machine::{ScanDocument, ScannedAsset};
use super::trust::Trust;
use super::{DONE, INCOMPLETE, collect, output};

/// What a scan found.
pub struct Scanned {
    pub asset: Asset,
    pub facts: FactDocument,
    pub outcomes: Vec<Outcome>,
    pub evidence: AssetEvidence,
}

pub fn run(context: &Context, request: &Scan) -> anyhow::Result<u8> {
    let (files, _) = context.catalogue()?;
    let checks = CheckSet::load_for_use(&files)?;
    let scanned = scan(context, request, &checks)?;
    match request.output.format {
        ScanFormat::Json => output::json(&document(&scanned))?,
        ScanFormat::Text => show(&scanned, &checks, context.lang),
        ScanFormat::Cyclonedx => bill_of_materials::print(context, &scanned)?,
    }
    let read = scanned.evidence.state == crate::evidence::PartState::Complete;
    Ok(if read { DONE } else { INCOMPLETE })
}

/// Collects one target and runs every check for its kind with its default parameters.
pub fn scan(context: &Context, request: &Scan, checks: &CheckSet) -> anyhow::Result<Scanned> {
    let now = context::now();
    let before = request.options.pair.as_ref().map(|path| scan(context, &before_hardening(request, path), checks));
    let before = before.transpose()?;
    let mut inventory = inventory_for(context, request)?;
    if let Some(path) = &request.options.authorisation {
        inventory.authorisation = Inventory::read(&context::source(path)?)?.authorisation;
    }
    let roots: Vec<_> = request.options.roots.iter().cloned().collect();
    let trust = Trust::read(&roots, request.options.ct_logs.as_deref(), Path::new(""))?;
    let folder = Temporary::new()?;
    let (files, origin) = context.catalogue()?;
    let manifest = collect::manifest(context, b"", &inventory, &files, origin, None, now);
    let manifest = crate::evidence::ManifestInputs { catalogue_files: None, ..manifest };
    let writer = BundleWriter::create_passing(&folder.0.join("bundle"), manifest)?;
    let decoder = ChildDecoder::of_this_binary()?;
    let mut evidence = None;
    collect::collect(context, &inventory, Path::new("."), &writer, &decoder, |found| evidence = Some(found))?;
    let asset = inventory.assets.remove(0);
    let evidence = evidence.ok_or_else(|| anyhow::anyhow!("{}", request.target))?;
    let mut document = evidence.facts.clone();
    let whole = Inventory { assets: vec![asset.clone()], ..inventory };
    let context = EvaluationContext {
        as_of: now,
        asset: &asset,
        inventory: &whole,
        roots: &trust.roots,
        ct_logs: &trust.ct_logs,
    };
    // The inventory of a scan is made up, and so is the level in it.
    crate::assess::at_evaluation(&mut document, &context, None);
    if let Some(before) = before {
        crate::facts::app::pair(&mut document.facts, &before.facts.facts);
    }
    let outcomes = judge(checks, &asset, &document, now);
    Ok(Scanned { asset, facts: document, outcomes, evidence })
}

/// The request for the build that a hardened package was made of.
fn before_hardening(request: &Scan, path: &Path) -> Scan {
    let mut options = request.options.clone();
    options.pair = None;
    let output = super::args::ScanOutput::default();
    Scan { kind: request.kind, target: path.display().to_string(), options, output }
}

fn judge(checks: &CheckSet, asset: &Asset, document: &FactDocument, now: Timestamp) -> Vec<Outcome> {
    let facts = AssetFacts::new(&document.facts, now);
    checks.for_kind(asset.kind).map(|check| check.evaluate_on(&Params::default(), &facts, &asset.id)).collect()
}

/// An inventory of the one target.
fn inventory_for(context: &Context, request: &Scan) -> anyhow::Result<Inventory> {
    if request.options.pair.is_some() && request.kind != ScanKind::App {
        anyhow::bail!("--pair: {}", context.t("只用于安装包", "goes with app packages only"));
    }
    if matches!(request.kind, ScanKind::App | ScanKind::Nmap) {
        // A file that is not there is a mistake of who asks, and nothing to report on.
        context::readable(Path::new(&request.target))?;
    }
    let target = serde_json::to_string(&request.target)?;
    let (kind, access) = match request.kind {
        ScanKind::App => (AssetKind::AppPackage, format!("path: {target}{}", signers(request)?)),
        ScanKind::Host => {
            anyhow::ensure!(
                request.target == "local",
                "{}: {}",
                request.target,
                context.t(
                    "只能扫描本机（scan host local）；其他主机写进清单，用 jixian assess",
                    "only this machine can be scanned (scan host local); for others write an inventory and run jixian assess"
                )
            );
            (AssetKind::HostLinux, "via: local".to_owned())
        }
        ScanKind::Nmap => (AssetKind::NetworkNmap, format!("path: {target}, vantage: internal")),
        ScanKind::Tls => {
            let intrusive = if request.options.intrusive { ", intrusive: true" } else { "" };
            let how = format!("{}{}{}{intrusive}", sni(request)?, starttls(request), probing(request)?);
            (AssetKind::TlsEndpoint, format!("address: {target}{how}"))
        }
    };
    let text = format!(
        "schema: jixian.inventory/v1\ntimezone: \"+08:00\"\nsystems:\n  - {{id: scan, name: scan, level: 2, s: 2, a: 2, cii: \"no\", operator: scan, extensions: []}}\nsubsites:\n  - {{id: scan, system: scan, kind: web, name: scan, organisation: scan, level: county, exposure: internal, profiles: [gbt-22239-2019-l2]}}\nassets:\n  - {{id: target, kind: {kind}, serves: [scan], {access}}}\n"
    );
    Ok(Inventory::read(&Source::new("scan", text))?)
}

fn sni(request: &Scan) -> anyhow::Result<String> {
    request
        .options
        .sni
        .as_ref()
        .map_or(Ok(String::new()), |name| Ok(format!(", sni: {}", serde_json::to_string(name)?)))
}

fn starttls(request: &Scan) -> String {
    request.options.starttls.as_ref().map_or(String::new(), |protocol| format!(", starttls: {protocol}"))
}

fn probing(request: &Scan) -> anyhow::Result<String> {
    let probing = &request.options.probing;
    Ok(if probing.given().is_some() {
        format!(", probing: {}", serde_json::to_string(probing)?)
    } else {
        String::new()
    })
}

fn signers(request: &Scan) -> anyhow::Result<String> {
    let Some(path) = &request.options.signers else { return Ok(String::new()) };
    let text = String::from_utf8_lossy(&context::bytes(path)?).into_owned();
    let digests: Vec<_> =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    Ok(format!(", signers: {}", serde_json::to_string(&digests)?))
}

/// The stable form of `--format json`.
fn document(scanned: &Scanned) -> ScanDocument<'_> {
    let Scanned { asset, facts, outcomes, evidence } = scanned;
    let scanned = ScannedAsset { id: &asset.id, kind: asset.kind, via: asset.access.as_str() };
    ScanDocument::new(scanned, evidence.state, facts, outcomes)
}

/// What was found, what the checks say of it, what it cost.
fn show(scanned: &Scanned, checks: &CheckSet, lang: Lang) {
    let colours = output::colours();
    match scanned.asset.kind {
        AssetKind::AppPackage => {
            output::raw(&package::page(&App::of(&scanned.facts.facts), lang).drawn(colours));
            return print(scanned, checks, lang);
        }
        AssetKind::TlsEndpoint => {}
        _ => return print(scanned, checks, lang),
    }
    let facts = Tls::of(&scanned.facts.facts);
    output::raw(&endpoint::page(&facts, lang).drawn(colours));
    print(scanned, checks, lang);
    output::line("");
    output::raw(&endpoint::cost(&facts, lang).drawn(colours));
}

fn print(scanned: &Scanned, checks: &CheckSet, lang: Lang) {
    let failing = |severity: Severity| {
        scanned.outcomes.iter().filter(move |o| o.verdict == Verdict::Fail && o.severity == severity)
    };
    for severity in Severity::ALL.iter().rev() {
        for outcome in failing(*severity) {
            let title = checks.get(&outcome.check).map(|check| check.title.get(lang)).unwrap_or_default();
            output::line(&format!("{:<4} {title}  ({})", severity.title().get(lang), outcome.check));
            for finding in outcome.findings.iter().filter(|f| f.verdict == Verdict::Fail).take(5) {
                output::line(&format!("       {}", finding.message.get(lang)));
            }
            let more = outcome.findings.len().saturating_sub(5);
            if more > 0 {
                output::line(&format!("       +{more}"));
            }
        }
    }
    let mut unknown: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for outcome in &scanned.outcomes {
        if let Verdict::Unknown(reason) = &outcome.verdict {
            unknown.entry(reason.describe(lang)).or_default().push(outcome.check.as_str());
        }
    }
    if !unknown.is_empty() {
        output::line(lang.pick("未判定：", "Not decided:"));
        for (reason, checks) in unknown {
            output::line(&format!("  {reason}: {}", listed(&checks, scanned.outcomes.len(), lang)));
        }
    }
    let count = |verdict: &str| scanned.outcomes.iter().filter(|o| o.verdict.as_str() == verdict).count();
    output::line(&match lang {
        Lang::Zh => format!(
            "共 {} 项：通过 {}，不通过 {}，不适用 {}，待人工 {}，未判定 {}",
            scanned.outcomes.len(),
            count("pass"),
            count("fail"),
            count("not_applicable"),
            count("manual"),
            count("unknown")
        ),
        Lang::En => format!(
            "{} checks: {} pass, {} fail, {} not applicable, {} manual, {} unknown",
            scanned.outcomes.len(),
            count("pass"),
            count("fail"),
            count("not_applicable"),
            count("manual"),
            count("unknown")
        ),
    });
}

/// The checks that one reason left open; by their number alone where it left open all of them.
fn listed(checks: &[&str], all: usize, lang: Lang) -> String {
    match lang {
        _ if checks.len() < all => checks.join(", "),
        Lang::Zh => format!("全部 {all} 项"),
        Lang::En => format!("all {all} checks"),
    }
}

/// A folder that goes when it is dropped.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> anyhow::Result<Self> {
        let base = std::env::temp_dir();
        for n in 0..1000 {
            let path = base.join(format!("jixian-{}-{n}", std::process::id()));
            match std::fs::create_dir(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(anyhow::Error::new(error).context(path.display().to_string())),
            }
        }
        anyhow::bail!("{}", base.display())
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // What cannot be removed lies in the system's folder for such files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
