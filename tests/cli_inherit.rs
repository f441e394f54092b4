//! What a run takes from elsewhere, results of a platform and profiles that were asked for, is sealed with it: judging
//! again needs nothing but the bundle, wherever it lies.

#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;

use std::fs;

use common::{DONE, ERROR, NEGATIVE, Place, Run, json, sample};
use jixian::evidence::{Bundle, Input};
use serde_json::{Value, json};

fn profile(id: &str, responsibility: &str, check: &str) -> String {
    format!(
        r#"schema: jixian.profile/v1
id: {id}
revision: 1
standard: {{id: EXAMPLE 1, title: {{zh: 示例, en: Example}}, source_note: {{zh: 测试用, en: For tests}}}}
model: conformity
counts: {{general: 1}}
sections:
  "1": {{zh: 客户端, en: Client}}
  "1.1": {{zh: 安装包, en: Package}}
  "1.1.1": {{zh: 配置, en: Settings}}
items:
  - id: 1.1.1.a
    unit: EX-01
    title: {{zh: 安装包可发布, en: The package can be released}}
    attribute: G
    scope: general
    weight: 1
    weight_source: jixian
    responsibility: {responsibility}
    objects: [application]
    methods: [test]
    source: {{from: test, sure: high}}
    aspects:
      - id: safe
        essential: true
        title: {{zh: 配置安全, en: Safe settings}}
        checks:
          - {{use: {check}, for: [app.package], strength: full}}
"#
    )
}

fn inventory(id: &str, kind: &str, more: &str) -> String {
    format!(
        r#"schema: jixian.inventory/v1
timezone: "+08:00"
systems:
  - {{id: {id}, name: 系统, level: 2, s: 2, a: 2, cii: "no", operator: 单位, extensions: []{more}}}
subsites:
  - {{id: {id}-site, system: {id}, kind: {kind}, name: 站点, organisation: 单位, level: county, exposure: internal, profiles: [platform]}}
population:
  - {{system: {id}, objects: application, total: 1, selected: [{id}-app], method: 全部, reason: 只有一个}}
assets:
  - {{id: {id}-app, kind: app.package, serves: [{id}-site], path: ../app.apk}}
"#
    )
}

/// The sample's package passes the one and fails the other.
const PASSES: &str = "app.manifest.debuggable";
const FAILS: &str = "app.network.cleartext";

/// A place with a catalogue of two profiles, and a package.
fn place() -> Place {
    let place = Place::new();
    place.write("own/profiles/platform.yaml", profile("platform", "shared", PASSES));
    place.write("own/profiles/strict.yaml", profile("strict", "subsite", FAILS));
    place.write("app.apk", fs::read(sample().join("packages/tianfu-dept.apk")).unwrap());
    place
}

fn run(place: &Place, args: &[&str]) -> Run {
    place.run(&[&["-q", "--lang", "en", "--catalogue", "own"], args].concat())
}

/// A system that inherits from a bundle, named relative to its inventory; the bundle is gone after the assessment.
fn heir() -> Place {
    let place = place();
    place.write("plat/inventory.yaml", inventory("plat", "platform", ""));
    run(&place, &["assess", "plat/inventory.yaml", "--out", "plat/out"]).exits(DONE);
    let root = Bundle::open(&place.at("plat/out/bundle")).unwrap().root();
    let inherits = format!(
        "inherits:\n  - {{system: heir, from: plat, by: bundle, path: ../plat/out/bundle, root: \"{root}\"}}\n"
    );
    let text = inventory("heir", "mobile", ", platform: plat").replace("assets:\n", &format!("{inherits}assets:\n"));
    place.write("heir/inventory.yaml", text);
    run(&place, &["assess", "heir/inventory.yaml", "--out", "heir/out"]).exits(DONE);
    run(&place, &["collect", "heir/inventory.yaml", "--out", "heir/collected"]).exits(DONE);
    fs::rename(place.at("plat"), place.at("gone")).unwrap();
    place
}

/// The result of its one item, and whether a part of it is the platform's.
fn item(assessment: &Value) -> (&str, bool) {
    let item = &assessment["profiles"][0]["result"]["items"][0];
    let subjects = item["subjects"].as_array().unwrap();
    let inherited = subjects.iter().any(|subject| subject["because"].to_string().contains("\"plat\""));
    (item["result"].as_str().unwrap(), inherited)
}

/// A result in a bundle.
fn result(place: &Place, bundle: &str, name: &str) -> Value {
    serde_json::from_slice(&Bundle::open(&place.at(bundle)).unwrap().result(name).unwrap().unwrap()).unwrap()
}

#[test]
fn what_was_inherited_is_sealed_and_the_platforms_bundle_is_not_needed_again() {
    let place = heir();
    assert_eq!(item(&json(&place.at("heir/out/heir-site/assessment.json"))), ("compliant", true));
    run(&place, &["replay", "heir/out/bundle"]).exits(DONE);
    for bundle in ["heir/out/bundle", "heir/collected"] {
        fs::rename(place.at(bundle), place.at("elsewhere")).unwrap();
        run(&place, &["evaluate", "elsewhere", "--out", "judged"]).exits(DONE);
        assert_eq!(item(&result(&place, "judged", "heir-site.json")), ("compliant", true), "{bundle}");
        run(&place, &["replay", "judged"]).exits(DONE);
        let gated = run(&place, &["gate", "judged"]);
        assert_ne!(gated.code, Some(ERROR), "it is judged, whatever the decision: {}", gated.stderr);
        fs::remove_dir_all(place.at("elsewhere")).unwrap();
        fs::remove_dir_all(place.at("judged")).unwrap();
    }
}

#[test]
fn altered_inherited_results_are_damage_and_those_of_another_bundle_are_refused() {
    let place = heir();
    let bundle = Bundle::open(&place.at("heir/out/bundle")).unwrap();
    let digest = bundle.manifest().inputs["inherited.json"].digest.hex();
    let sealed = bundle.input("inherited.json").unwrap().unwrap();

    let mut inputs = bundle.inputs().unwrap();
    let mut forged: Value = serde_json::from_slice(&sealed).unwrap();
    forged[0]["reference"] = json!(format!("sha256:{}", "0".repeat(64)));
    inputs.inputs.insert("inherited.json".to_owned(), Input::Bytes(forged.to_string().into_bytes()));
    bundle.derive(&place.at("forged"), inputs).unwrap().finish().unwrap();
    for command in [&["gate", "forged"][..], &["evaluate", "forged", "--out", "judged"]] {
        let run = run(&place, command).exits(ERROR);
        assert!(run.stderr.contains("is not from the bundle that its inventory names"), "{}", run.stderr);
    }

    let object = place.at(format!("heir/out/bundle/objects/{}/{digest}", &digest[..2]));
    let text = fs::read_to_string(&object).unwrap();
    fs::remove_file(&object).unwrap();
    fs::write(&object, text.replace("compliant", "compliamt")).unwrap();
    run(&place, &["verify", "heir/out/bundle"]).exits(NEGATIVE);
    assert_ne!(run(&place, &["gate", "heir/out/bundle"]).code, Some(DONE));
}

#[test]
fn the_platforms_bundle_must_be_there_and_be_the_one_that_was_named_before_anything_is_collected() {
    let place = heir();
    for command in ["assess", "collect"] {
        run(&place, &[command, "heir/inventory.yaml", "--out", "again"]).exits(ERROR);
        assert!(!place.at("again").exists());
    }
}

#[test]
fn profiles_that_assess_was_asked_for_are_those_that_gate_evaluate_and_replay_judge_by() {
    let place = place();
    place.write("plat/inventory.yaml", inventory("plat", "platform", ""));
    let asked = ["--profile", "strict", "--profile", "strict"];
    run(&place, &[&["assess", "plat/inventory.yaml", "--out", "out"], &asked[..]].concat()).exits(DONE);
    run(&place, &["replay", "out/bundle"]).exits(DONE);
    run(&place, &["evaluate", "out/bundle", "--out", "again"]).exits(DONE);
    run(&place, &["evaluate", "again", "--profile", "platform", "--out", "other"]).exits(DONE);
    let profiles = |bundle: &str| -> Vec<String> {
        let result = result(&place, bundle, "plat-site.json");
        let profiles = result["profiles"].as_array().unwrap().iter();
        profiles.map(|profile| profile["result"]["profile"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(profiles("out/bundle"), ["strict"]);
    assert_eq!(profiles("again"), ["strict"]);
    assert_eq!(profiles("other"), ["platform"]);

    for (bundle, fails) in [("out/bundle", true), ("again", true), ("other", false)] {
        let said = run(&place, &["gate", bundle]);
        assert_eq!(said.stdout.contains(&format!("{FAILS} fails")), fails, "{bundle}: {}", said.stdout);
    }
}
