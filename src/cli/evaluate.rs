//! `jixian evaluate`: judge sealed evidence again, with no contact to any asset.

use jiff::Timestamp;

use crate::assess as pipeline;
use crate::collect::ChildDecoder;
use crate::evidence::{Bundle, CatalogueRef, ManifestInputs};
use crate::model::Digest;

use super::args::Evaluate;
use super::context::{self, Context};
use super::evaluation::{self, Inputs};
use super::layers::Layers;
use super::sealed::Sealed;
use super::{DONE, INCOMPLETE, assess, output};

pub fn run(context: &Context, request: &Evaluate) -> anyhow::Result<u8> {
    let bundle = Bundle::open(&request.bundle)?;
    let inventory = evaluation::inventory_of(&bundle)?;
    let (files, origin) = context.catalogue()?;
    let mut sealed = Sealed::of_bundle(context, &bundle, &inventory)?;
    if !request.profiles.is_empty() {
        sealed = Sealed::new(sealed.inherited, sealed.trust, &request.profiles);
    }
    let needed = evaluation::needed(&inventory, &sealed.profiles);
    let catalogue = evaluation::load(context, &files, origin, &needed)?;
    let as_of = match &request.as_of {
        Some(text) => text.parse::<Timestamp>().map_err(|_| {
            let help = context.t("不是 ISO 8601 时刻，例如", "is no ISO 8601 moment such as");
            anyhow::anyhow!("--as-of {text}: {help} 2026-11-21T10:00:00+08:00")
        })?,
        None => context::now(),
    };
    let mut layers = Layers::of_bundle(&bundle)?;
    layers.add(context, &request.judgements, inventory.timezone.day_of(as_of))?;
    layers.digests.extend(sealed.digests()?);
    let decoder = ChildDecoder::of_this_binary()?;
    let evidence = evaluation::gather(&bundle, &decoder, false)?;

    let mut parent = bundle.inputs()?;
    parent.inputs.extend(sealed.inputs()?);
    let manifest = ManifestInputs {
        catalogue: CatalogueRef { digest: files.digest(), origin },
        catalogue_files: Some(files.clone()),
        engine: pipeline::ENGINE.to_owned(),
        as_of: as_of.to_string(),
        language: context.lang,
        ..parent
    };
    let writer = bundle.derive(&request.out, manifest)?;
    for layer in std::mem::take(&mut layers.new) {
        writer.add_layer(layer)?;
    }
    let inputs = Inputs {
        inventory: &inventory,
        inventory_digest: Digest::of(&bundle.inventory()?),
        evidence: &evidence,
        judgements: &layers.judgements,
        judgement_digests: &layers.digests,
        as_of,
        operator: bundle.manifest().operator.clone(),
        state: bundle.state(),
        profiles: &sealed.profiles,
        trust: &sealed.trust,
        inherited: sealed.inherited,
    };
    evaluation::run(&catalogue, inputs, |assessment| {
        writer.add_result(&evaluation::result_name(&assessment), assessment.to_json())?;
        assess::summarise(&assessment, context.lang);
        Ok(())
    })?;
    let new = writer.finish()?;
    output::line(&format!("{}{}", context.t("根摘要：", "Root: "), new.root()));
    output::line(&format!("{}jixian report {} --out reports", context.t("下一步：", "Next: "), request.out.display()));
    Ok(if new.state() == crate::evidence::PartState::Complete { DONE } else { INCOMPLETE })
}
