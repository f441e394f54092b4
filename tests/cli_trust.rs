//! Roots that an inventory names: they decide whom a chain leads to, so they are sealed, and judging again needs nothing else.

#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;

use std::{fs, path::Path};

use common::{DONE, Place, copy};
use serde_json::Value;

/// The recorded endpoint of the sample, beside `trust`.
fn inventory(place: &Place, trust: &str) {
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/tianfu/recorded/city-tls"), &place.at("city-tls"));
    let text = format!(
        "schema: jixian.inventory/v1
timezone: \"+08:00\"
systems:
  - {{id: s, name: s, level: 2, s: 2, a: 2, cii: \"no\", operator: s, extensions: []}}
subsites:
  - {{id: site, system: s, kind: web, name: s, organisation: s, level: county, exposure: internal, profiles: [gbt-22239-2019-l2]}}
assets:
  - {{id: city-tls, kind: tls.endpoint, serves: [site], via: recorded, path: city-tls}}
{trust}"
    );
    place.write("inventory.yaml", text);
}

/// The chain's standing of the only certificate, and the recorded inputs.
fn assessed(place: &Place, out: &str) -> (String, Value) {
    place.run(&["-q", "assess", "inventory.yaml", "--out", out]);
    let text = fs::read_to_string(place.at(format!("{out}/site/assessment.json"))).expect("it was assessed");
    let assessment: Value = serde_json::from_str(&text).unwrap();
    let certificate = &assessment["endpoints"][0]["found"]["certificates"][0];
    (certificate["chain"].as_str().unwrap_or("unread").to_owned(), assessment["inputs"].clone())
}

/// The authority of the sample, from the chain that its endpoint showed.
fn root(place: &Place) -> Vec<u8> {
    let folder = place.at("city-tls/objects");
    let files = fs::read_dir(folder).unwrap().flat_map(|entry| fs::read_dir(entry.unwrap().path()).unwrap());
    let mut chains = files.filter_map(|file| {
        let value: Value = serde_json::from_slice(&fs::read(file.unwrap().path()).ok()?).ok()?;
        Some(value["chain"].as_str()?.to_owned())
    });
    let chain = chains.find(|chain| chain.matches("BEGIN").count() == 2).expect("the endpoint showed its chain");
    let at = chain.rfind("-----BEGIN").unwrap();
    chain.as_bytes()[at..].to_vec()
}

#[test]
fn a_root_of_the_inventory_is_trusted_and_sealed_with_the_evidence() {
    let place = Place::new();
    inventory(&place, "");
    let (chain, inputs) = assessed(&place, "without");
    assert_eq!(chain, "untrusted");
    assert!(inputs.get("roots.pem").is_none(), "{inputs}");

    fs::write(place.at("ca.pem"), root(&place)).unwrap();
    inventory(&place, "trust:\n  roots: [ca.pem]\n");
    let (chain, inputs) = assessed(&place, "with");
    assert_eq!(chain, "trusted");
    assert!(inputs["roots.pem"].as_str().is_some(), "{inputs}");

    // Whoever re-derives it has the bundle and nothing else.
    fs::remove_file(place.at("ca.pem")).unwrap();
    place.run(&["replay", "with/bundle"]).exits(DONE);
    place.run(&["-q", "evaluate", "with/bundle", "--out", "again"]).exits(DONE);
    place.run(&["replay", "again"]).exits(DONE);
}

#[test]
fn a_root_that_is_not_there_ends_it_before_anything_is_collected() {
    let place = Place::new();
    inventory(&place, "trust:\n  roots: [nowhere.pem]\n");
    let run = place.run(&["-q", "assess", "inventory.yaml", "--out", "out"]).exits(common::ERROR);
    assert!(run.stderr.contains("nowhere.pem"), "{}", run.stderr);
    assert!(!place.at("out/bundle").exists());
}
