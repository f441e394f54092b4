//! `jixian replay`: recompute facts and results from raw evidence with the bundle's own rules, and compare.

use serde_json::Value;

use crate::assess::{self as pipeline, Assessment};
use crate::collect::ChildDecoder;
use crate::evidence::{Bundle, CatalogueOrigin};
use crate::model::{CatalogueFiles, Digest};

use super::args::{OutputFormat, Replay};
use super::context::Context;
use super::evaluation::{self, Inputs};
use super::layers::Layers;
use super::machine::ReplayDocument;
use super::sealed::Sealed;
use super::{DONE, NEGATIVE, output, report};

/// Most differences that are printed.
const SHOWN: usize = 40;

pub fn run(context: &Context, request: &Replay) -> anyhow::Result<u8> {
    let bundle = Bundle::open(&request.bundle)?;
    let stored = report::stored(context, &bundle, &[])?;
    let files = own_catalogue(context, &bundle)?;
    let inventory = evaluation::inventory_of(&bundle)?;
    let as_of = bundle.manifest().as_of.parse()?;
    let sealed = Sealed::of_bundle(context, &bundle, &inventory)?;
    let mut layers = Layers::of_bundle(&bundle)?;
    layers.digests.extend(sealed.digests()?);
    let needed = evaluation::needed(&inventory, &sealed.profiles);
    let catalogue = evaluation::load(context, &files, origin_of(&stored), &needed)?;
    let decoder = ChildDecoder::of_this_binary()?;
    let mut differences = facts(&bundle, &decoder)?;
    let evidence = evaluation::gather(&bundle, &decoder, true)?;
    let inputs = Inputs {
        inventory: &inventory,
        inventory_digest: Digest::of(&bundle.inventory()?),
        evidence: &evidence,
        judgements: &layers.judgements,
        judgement_digests: &layers.digests,
        as_of,
        operator: bundle.manifest().operator.clone(),
        state: stored[0].bundle.state,
        profiles: &sealed.profiles,
        trust: &sealed.trust,
        inherited: sealed.inherited,
    };
    let again = evaluation::all(&catalogue, inputs)?;
    differences.extend(compare(&stored, &again)?);
    let external: Vec<_> = evidence
        .values()
        .flat_map(|of| {
            of.records.iter().filter(|record| record.external).map(|record| format!("{} {}", of.asset, record.item))
        })
        .collect();
    print(context, request.output.format, &bundle, &stored, &differences, &external)?;
    Ok(if differences.is_empty() { DONE } else { NEGATIVE })
}

fn own_catalogue(context: &Context, bundle: &Bundle) -> anyhow::Result<CatalogueFiles> {
    if let Some(files) = bundle.catalogue()? {
        return Ok(files);
    }
    let (files, _) = context.catalogue()?;
    anyhow::ensure!(
        files.digest() == bundle.manifest().catalogue.digest,
        "{}",
        context.t(
            "证据包不带规则，且与本程序的规则不同",
            "the bundle carries no catalogue and was judged with another one than this program's"
        )
    );
    Ok(files)
}

fn origin_of(stored: &[Assessment]) -> CatalogueOrigin {
    stored[0].catalogue.origin
}

/// Facts that are kept beside a part and are not what its artifacts give.
fn facts(bundle: &Bundle, decoder: &ChildDecoder) -> anyhow::Result<Vec<String>> {
    let mut differences = Vec::new();
    for asset in bundle.parts() {
        let part = bundle.part(&asset)?;
        let kept = pipeline::gather(&part, decoder)?;
        if kept.stored {
            let again = pipeline::recompute(&part, decoder);
            let (kept, again) = (serde_json::to_value(&kept.facts)?, serde_json::to_value(&again.facts)?);
            differ(&format!("facts {asset}"), &kept, &again, &mut differences);
        }
    }
    Ok(differences)
}

fn compare(stored: &[Assessment], again: &[Assessment]) -> anyhow::Result<Vec<String>> {
    let mut differences = Vec::new();
    for old in stored {
        let name = old.subsite.id.as_str();
        match again.iter().find(|new| new.subsite.id == old.subsite.id) {
            Some(new) if new.to_json() == old.to_json() => {}
            Some(new) => differ(name, &serde_json::to_value(old)?, &serde_json::to_value(new)?, &mut differences),
            None => differences.push(format!("{name}: -")),
        }
    }
    Ok(differences)
}

/// Every place where two values differ, as `path: then -> now`.
fn differ(path: &str, old: &Value, new: &Value, out: &mut Vec<String>) {
    match (old, new) {
        _ if old == new => {}
        (Value::Object(a), Value::Object(b)) => {
            let mut keys: Vec<_> = a.keys().chain(b.keys()).collect();
            keys.sort();
            keys.dedup();
            for key in keys {
                differ(
                    &format!("{path}.{key}"),
                    a.get(key).unwrap_or(&Value::Null),
                    b.get(key).unwrap_or(&Value::Null),
                    out,
                );
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (at, (a, b)) in a.iter().zip(b).enumerate() {
                differ(&format!("{path}[{at}]"), a, b, out);
            }
        }
        _ => out.push(format!("{path}: {} -> {}", brief(old), brief(new))),
    }
}

fn brief(value: &Value) -> String {
    let text = value.to_string();
    if text.chars().count() <= 80 { text } else { format!("{}…", text.chars().take(80).collect::<String>()) }
}

fn print(
    context: &Context,
    format: OutputFormat,
    bundle: &Bundle,
    stored: &[Assessment],
    differences: &[String],
    external: &[String],
) -> anyhow::Result<()> {
    let engine = &bundle.manifest().engine;
    if format == OutputFormat::Json {
        return output::json(&ReplayDocument {
            schema: "jixian.replay/v1",
            equal: differences.is_empty(),
            root: bundle.root(),
            engine_then: engine,
            engine_now: pipeline::ENGINE,
            differences,
            not_recomputed: external,
        });
    }
    for difference in differences.iter().take(SHOWN) {
        output::line(difference);
    }
    for item in external {
        output::line(&format!(
            "{}{item}",
            context.t("未重算（原件不在证据包内）：", "not recomputed (its bytes are not in the bundle): ")
        ));
    }
    if engine != pipeline::ENGINE {
        output::line(&format!(
            "{}{engine} -> {}",
            context.t("程序版本不同：", "another engine version: "),
            pipeline::ENGINE
        ));
    }
    let count = stored.len();
    output::line(&match (context.lang, differences.len()) {
        (crate::model::Lang::Zh, 0) => format!("由原始证据重算 {count} 个分站点，结果逐字节相同"),
        (crate::model::Lang::Zh, n) => format!("重算结果有 {n} 处不同"),
        (crate::model::Lang::En, 0) => {
            format!("{count} subsites recomputed from raw evidence: the same, byte for byte")
        }
        (crate::model::Lang::En, n) => format!("{n} differences"),
    });
    Ok(())
}
