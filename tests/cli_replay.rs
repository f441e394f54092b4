//! `jixian replay`: recomputed from raw evidence, the results are the same, or the differences are named.

#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;
#[path = "common/forge.rs"]
#[allow(dead_code, reason = "each test file uses some of it")]
mod forge;

use std::fs;

use common::{DONE, ERROR, NEGATIVE, Place, copy, judged};

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
fn results_that_the_evidence_does_not_give_are_named_although_they_are_sealed() {
    let place = Place::new();
    let turned = std::cell::Cell::new(0);
    forge::results(judged(), &place.at("forged"), |result| {
        let outcomes = result["outcomes"].as_array_mut().unwrap();
        let at = outcomes.iter().position(|o| o["verdict"] == "fail").unwrap();
        outcomes[at]["verdict"] = "pass".into();
        turned.set(at);
    });
    place.run(&["verify", "forged"]).exits(DONE);
    let run = place.run(&["--lang", "en", "replay", "forged"]).exits(NEGATIVE);
    let expected = format!("site.outcomes[{}].verdict: \"pass\" -> \"fail\"\n1 differences\n", turned.get());
    assert_eq!(run.stdout, expected);
    let value = place.run(&["replay", "forged", "--format", "json"]).exits(NEGATIVE).json();
    assert_eq!(value["equal"], false);
    assert_eq!(value["differences"].as_array().unwrap().len(), 1);
}

#[test]
fn facts_that_the_artifacts_do_not_give_are_named_although_they_are_sealed() {
    let place = Place::new();
    forge::facts(judged(), &place.at("forged"), "web-01", |facts| {
        let value = &mut facts["facts"]["host"]["sshd"]["effective"]["permitrootlogin"];
        assert!(value.is_string(), "{value}");
        *value = "forged".into();
    });
    place.run(&["verify", "forged"]).exits(DONE);
    let run = place.run(&["--lang", "en", "replay", "forged"]).exits(NEGATIVE);
    let named = "facts web-01.facts.host.sshd.effective.permitrootlogin: \"forged\" -> ";
    assert!(run.stdout.starts_with(named), "{}", run.stdout);
}

#[test]
fn bytes_that_are_not_those_that_were_sealed_are_not_replayed() {
    let place = Place::new();
    copy(judged(), &place.at("bundle"));
    let path = place.at("bundle/parts/web-01/facts.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replacen("\"permitrootlogin\":\"", "\"permitrootlogin\":\"x", 1)).unwrap();
    let run = place.run(&["--lang", "en", "replay", "bundle"]).exits(ERROR);
    assert!(run.stderr.contains("parts/web-01/facts.json") && run.stderr.contains("jixian verify"), "{}", run.stderr);
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
