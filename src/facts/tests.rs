//! Facts as a whole: every derivation fits the published schema, and what is not known is never a value.

use jiff::Timestamp;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};

use super::{EvaluationContext, FactDocument, at_evaluation, derive, schema, testing::Items};
use crate::{
    formats::{
        InProcess,
        items::ACCESS,
        tls::{Outcome, Probe, RESOLVE, Resolved},
        x509,
    },
    inventory::Inventory,
    model::{AssetKind, DecodeFailure, Decoder, ItemStatus, Tri},
    yaml::Source,
};

/// Fails unless the document fits the schema; values that are not known fit wherever the schema says so.
fn assert_fits(document: &FactDocument) {
    let mut schema = schema().clone();
    allow_unread(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut root = document.facts.clone();
    for other in ["host", "tls", "app", "network", "inventory"] {
        root.as_object_mut().unwrap().entry(other).or_insert(json!({"$status": "not_tested", "reason": "x"}));
    }
    let wrong: Vec<_> = validator.iter_errors(&root).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Wherever a value may be unread, and at the roots, `$status` stands for it.
fn allow_unread(schema: &mut Value) {
    if let Some(roots) = schema["properties"].as_object_mut() {
        for root in roots.values_mut() {
            root.as_object_mut().unwrap().insert("x-unreadable".to_owned(), json!(true));
        }
    }
    walk(schema);
}

fn walk(schema: &mut Value) {
    match schema {
        Value::Array(list) => list.iter_mut().for_each(walk),
        Value::Object(object) => {
            object.values_mut().for_each(walk);
            if object.remove("x-unreadable").is_some() {
                let known = Value::Object(std::mem::take(object));
                *schema = json!({"anyOf": [known, {"type": "object", "required": ["$status", "reason"], "properties": {
                    "$status": {"enum": ["denied", "no_tool", "timeout", "too_large", "error", "not_tested"]}}}]});
            }
        }
        _ => {}
    }
}

fn inventory() -> Inventory {
    let text = r#"schema: jixian.inventory/v1
timezone: "+08:00"
systems:
  - {id: sys, name: 示例, level: 3, s: 2, a: 3, cii: no, operator: 示例, extensions: [cloud]}
subsites:
  - {id: site, system: sys, kind: web, name: 示例, organisation: 示例, level: city, exposure: internet, profiles: [gbt-22239-2019-l3]}
population:
  - {system: sys, objects: terminal, total: 0, reason: 无, reviewed_by: 示例复核员}
assets:
  - {id: app, kind: app.package, serves: [site], path: app.apk}
  - {id: portal, kind: tls.endpoint, serves: [site], address: "10.0.0.5:443"}
  - {id: named, kind: tls.endpoint, serves: [site], address: "web.example.gov.cn:8443"}
  - {id: scan, kind: network.nmap, serves: [site], path: scan.xml, vantage: internet}
"#;
    Inventory::read(&Source::new("inventory.yaml", text)).unwrap_or_else(|e| panic!("{e}"))
}

fn evaluated(asset: &str, mut document: FactDocument, roots: &[Vec<u8>]) -> FactDocument {
    let inventory = inventory();
    let asset = inventory.asset(&asset.parse().unwrap()).unwrap();
    let as_of: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
    at_evaluation(&mut document, &EvaluationContext { as_of, asset, inventory: &inventory, roots, ct_logs: &[] });
    document
}

mod addresses;
mod endpoint;

mod package;

mod scan;

#[test]
fn an_asset_that_nobody_may_look_at_has_an_unread_root() {
    let items = Items::default().failed(ACCESS, ItemStatus::Error, "declared_unknown: 上级平台管理");
    let document = derive(AssetKind::NetworkDevice, &items, &InProcess);
    assert_eq!(document.facts, json!({"network": {"$status": "not_tested", "reason": "declared_unknown"}}));
    assert_eq!(document.sources_of("network.hosts"), [ACCESS]);
    let evaluated = evaluated("scan", document.clone(), &[]);
    assert_eq!(evaluated, document, "the evaluation adds nothing to what was never looked at");
    let items = Items::default().failed(ACCESS, ItemStatus::Error, "unauthorised: x");
    assert_eq!(derive(AssetKind::TlsEndpoint, &items, &InProcess).facts["tls"]["reason"], "unauthorised");
}

#[test]
fn the_inventory_is_facts_too_and_what_is_not_declared_is_not_there() {
    let inventory = inventory();
    let facts = super::inventory::facts(&inventory, &inventory.subsites[0]).unwrap();
    assert_eq!(facts["system"]["s"], 2);
    assert_eq!(facts["system"]["extensions"], json!(["cloud"]));
    assert_eq!(facts["population"], json!({"terminal": 0}));
    assert_fits(&FactDocument::new("inventory", facts, std::collections::BTreeMap::new()));
}

#[test]
fn the_schema_names_every_root_and_says_what_may_be_unread() {
    let roots: Vec<_> = schema()["properties"].as_object().unwrap().keys().collect();
    assert_eq!(roots, ["host", "tls", "app", "network", "inventory"]);
    assert!(schema().to_string().contains("x-unreadable"));
}

#[test]
fn sources_are_those_of_the_longest_prefix() {
    let sources = [("tls".to_owned(), vec!["a".to_owned()]), ("tls.protocols".to_owned(), vec!["b".to_owned()])];
    let document = FactDocument::new("tls", json!({}), sources.into());
    assert_eq!(document.sources_of("tls.protocols.tls1_2.status"), ["b"]);
    assert_eq!(document.sources_of("tls.alpn"), ["a"]);
    assert!(document.sources_of("host.os").is_empty());
}
