//! `jixian assess`: collect, evaluate and report for every subsite.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::assess::Assessment;
use crate::collect::ChildDecoder;
use crate::evidence::{BundleWriter, ManifestInputs, SigningKey, sign};
use crate::inventory::Inventory;
use crate::model::{Digest, Lang};
use crate::report::{Format, Reporter};

use super::args::Assess;
use super::collect;
use super::context::{self, Context};
use super::evaluation::{self, Inputs};
use super::layers::Layers;
use super::report::{self, Fonts};
use super::sealed::Sealed;
use super::trust::Trust;
use super::{DONE, INCOMPLETE, inherited, output};

/// What assess writes for each subsite.
const FORMATS: [Format; 3] = [Format::Pdf, Format::Html, Format::Json];

pub fn run(context: &Context, request: &Assess) -> anyhow::Result<u8> {
    let source = context::source(&request.inventory)?;
    let inventory = Inventory::read(&source)?;
    let (files, origin) = context.catalogue()?;
    let files = context::with_templates(files, request.rendering.templates.as_deref())?;
    let needed = evaluation::needed(&inventory, &request.profiles);
    let catalogue = evaluation::load(context, &files, origin, &needed)?;
    let now = context::now();
    let mut layers = Layers::default();
    let base = folder_of(&request.inventory);
    layers.add_declared(context, &inventory.judgements, &base)?;
    layers.add(context, &request.judgements, inventory.timezone.day_of(now))?;
    let key = request.sign_key.as_deref().map(SigningKey::read).transpose()?;
    let fonts = Fonts::load(request.rendering.font.as_deref())?;
    let reporter = Reporter::new(&files, fonts.book(), context.lang)?;
    let sealed = Sealed::new(
        inherited::read(context, &inventory, &base)?,
        Trust::read(&inventory.trust.roots, inventory.trust.ct_logs.as_deref(), &base)?,
        &request.profiles,
    );
    layers.digests.extend(sealed.digests()?);
    refuse_existing(context, &request.out, &inventory)?;

    let bundle_folder = request.out.join("bundle");
    let manifest =
        collect::manifest(context, source.text.as_bytes(), &inventory, &files, origin, request.operator.clone(), now);
    let manifest = ManifestInputs { inputs: sealed.inputs()?, ..manifest };
    let writer = BundleWriter::create(&bundle_folder, manifest)?;
    let decoder = ChildDecoder::of_this_binary()?;
    let mut evidence = BTreeMap::new();
    let state = collect::collect(context, &inventory, &base, &writer, &decoder, |found| {
        evidence.insert(found.asset.clone(), found);
    })?;
    for layer in std::mem::take(&mut layers.new) {
        writer.add_layer(layer)?;
    }

    let inputs = Inputs {
        inventory: &inventory,
        inventory_digest: Digest::of(source.text.as_bytes()),
        evidence: &evidence,
        judgements: &layers.judgements,
        judgement_digests: &layers.digests,
        as_of: now,
        operator: request.operator.clone(),
        state,
        profiles: &sealed.profiles,
        trust: &sealed.trust,
        inherited: sealed.inherited,
    };
    let mut missing = Vec::new();
    evaluation::run(&catalogue, inputs, |assessment| {
        writer.add_result(&evaluation::result_name(&assessment), assessment.to_json())?;
        let folder = request.out.join(assessment.subsite.id.as_str());
        missing.extend(report::write(&reporter, &assessment, &FORMATS, &folder)?);
        summarise(&assessment, context.lang);
        output::line(&format!("  {}", folder.join(Format::Pdf.file_name()).display()));
        Ok(())
    })?;
    let bundle = writer.finish()?;
    if let Some(key) = key {
        sign(&bundle_folder, &key)?;
    }
    report::say_missing(context, &missing);
    output::line(&format!("{}{}", context.t("证据包：", "Bundle: "), bundle_folder.display()));
    output::line(&format!("{}{}", context.t("根摘要：", "Root: "), bundle.root()));
    output::line(&format!("{}jixian verify {}", context.t("下一步：", "Next: "), bundle_folder.display()));
    Ok(if state == crate::evidence::PartState::Complete { DONE } else { INCOMPLETE })
}

/// Paths in an inventory are relative to its folder.
pub fn folder_of(inventory: &Path) -> PathBuf {
    match inventory.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// A run is never overwritten, and that is said before anything is collected.
fn refuse_existing(context: &Context, out: &Path, inventory: &Inventory) -> anyhow::Result<()> {
    let mut names = vec!["bundle".to_owned()];
    names.extend(inventory.subsites.iter().map(|subsite| subsite.id.to_string()));
    names.iter().try_for_each(|name| context.refuse_existing(&out.join(name)))
}

/// A few lines for the terminal; the report has the rest.
pub fn summarise(assessment: &Assessment, lang: Lang) {
    let baseline = &assessment.baseline;
    let letter = baseline.letter.map_or(lang.pick("未评级", "not rated"), |letter| letter.as_str());
    let coverage = baseline.coverage.map_or_else(|| "—".to_owned(), |ratio| format!("{ratio}%"));
    output::line(&match lang {
        Lang::Zh => format!(
            "{}　基线 {letter}（已判定 {coverage}）　问题 {} 个",
            assessment.subsite.name,
            assessment.findings.len()
        ),
        Lang::En => format!(
            "{}: baseline {letter} ({coverage} decided), {} findings",
            assessment.subsite.name,
            assessment.findings.len()
        ),
    });
    for profile in &assessment.profiles {
        let coverage = profile.grade.by_item.coverage.map_or_else(|| "—".to_owned(), |ratio| format!("{ratio}%"));
        let (title, line) = (profile.title.get(lang), profile.grade.line(lang));
        output::line(&match lang {
            Lang::Zh => format!("  {title}　{line}　覆盖率 {coverage}"),
            Lang::En => format!("  {title}: {line}, coverage {coverage}"),
        });
    }
}
