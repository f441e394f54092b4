//! `jixian replay`: recomputed from raw evidence, the results are the same, or the differences are named.

mod common;

use std::fs;

use common::{DONE, ERROR, NEGATIVE, Place, copy, json, judged};

#[test]
fn a_bundle_is_replayed_to_the_same_bytes_also_when_it_was_moved_and_in_any_language() {
    let place = Place::new();
    copy(judged(), &place.at("moved"));
    let run = place.run(&["replay", "moved"]).exits(DONE);
    assert!(run.stdout.contains("逐字节相同"), "{}", run.stdout);
    let run = place.run(&["--lang", "en", "replay", "moved"]).exits(DONE);
    assert!(run.stdout.contains("the same, byte for byte"), "{}", run.stdout);
    let value = place.run(&["replay", "moved", "--format", "json"]).exits(DONE).json();
    assert_eq!(value["equal"], true);
    assert_eq!(value["differences"].as_array().unwrap().len(), 0);
}

#[test]
fn a_bundle_that_was_judged_with_other_rules_is_replayed_with_its_own() {
    let place = Place::new();
    let shown = place.run(&["check", "show", "host.ssh.root-login"]).exits(DONE).stdout;
    let changed = regex::Regex::new(r"(?m)^severity: \w+").unwrap().replace(&shown, "severity: info").into_owned();
    assert_ne!(changed, shown);
    place.write("own/checks/host/host.ssh.root-login.yaml", changed);
    let bundle = judged().display().to_string();
    place.run(&["-q", "--catalogue", "own", "evaluate", &bundle, "--out", "other"]).exits(DONE);
    place.run(&["replay", "other"]).exits(DONE);
}

#[test]
fn results_that_the_evidence_does_not_give_are_named() {
    let place = Place::new();
    copy(judged(), &place.at("bundle"));
    let results = result_files(&place);
    let [path] = results.as_slice() else { panic!("one subsite has one result: {results:?}") };
    let mut result = json(path);
    let first = result["outcomes"].as_array().unwrap().iter().position(|o| o["verdict"] == "fail").unwrap();
    result["outcomes"][first]["verdict"] = "pass".into();
    fs::write(path, serde_json::to_vec_pretty(&result).unwrap()).unwrap();
    // Sealed bytes are not believed once they differ from their digest.
    let run = place.run(&["--lang", "en", "replay", "bundle"]);
    assert!(matches!(run.code, Some(NEGATIVE | ERROR)), "{run:?}");
    assert!(!run.stdout.contains("byte for byte"), "{run:?}");
}

#[test]
fn facts_that_the_artifacts_do_not_give_are_named() {
    let place = Place::new();
    copy(judged(), &place.at("bundle"));
    let path = place.at("bundle/parts/web-01/facts.json");
    let text = fs::read_to_string(&path).unwrap();
    let changed = text.replacen("\"permitrootlogin\":\"", "\"permitrootlogin\":\"x", 1);
    assert_ne!(changed, text, "the facts name permitrootlogin");
    fs::write(&path, changed).unwrap();
    let run = place.run(&["--lang", "en", "replay", "bundle"]);
    assert!(matches!(run.code, Some(NEGATIVE | ERROR)), "{run:?}");
}

#[test]
fn a_bundle_without_results_cannot_be_replayed() {
    let place = Place::new();
    place.write(
        "inventory.yaml",
        common::inventory(&["{id: fw, kind: network.device, serves: [site], unknown: 无权查看}"]),
    );
    place.run(&["-q", "collect", "inventory.yaml", "--out", "bundle"]).exits(DONE);
    let run = place.run(&["replay", "bundle"]).exits(ERROR);
    assert!(run.stderr.contains("jixian evaluate"), "{}", run.stderr);
}

/// Objects of the bundle that hold an assessment.
fn result_files(place: &Place) -> Vec<std::path::PathBuf> {
    let manifest = json(&place.at("bundle/manifest.json"));
    let results = manifest["results"].as_object().expect("results by name");
    let digest = |value: &serde_json::Value| {
        value["digest"].as_str().unwrap_or_default().trim_start_matches("sha256:").to_owned()
    };
    let hexes = results.values().map(digest);
    hexes.map(|hex| place.at(format!("bundle/objects/{}/{hex}", &hex[..2]))).collect()
}
