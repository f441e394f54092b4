//! A package that is to be released, and the gate in front of it.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use super::{DONE, Place, Run, sample};

pub const SYSTEM: &str = r#"schema: jixian.inventory/v1
timezone: "+08:00"
systems:
  - {id: sys, name: 系统, level: 2, s: 2, a: 2, cii: "no", operator: 单位, extensions: []}
subsites:
  - {id: site, system: sys, kind: mobile, name: 站点, organisation: 单位, level: county, exposure: internal, profiles: [release]}
assets:
"#;

/// A profile of a few checks that a good package passes.
pub fn profile(checks: &[&str]) -> String {
    let uses: String = checks
        .iter()
        .map(|check| format!("          - {{use: {check}, for: [app.package], strength: full}}\n"))
        .collect();
    format!(
        r#"schema: jixian.profile/v1
id: release
revision: 1
standard: {{id: EXAMPLE 1, title: {{zh: 发布前检查, en: Before a release}}, source_note: {{zh: 测试用, en: For tests}}}}
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
    responsibility: subsite
    objects: [application]
    methods: [test]
    source: {{from: test, sure: high}}
    aspects:
      - id: safe
        essential: true
        title: {{zh: 配置安全, en: Safe settings}}
        checks:
{uses}"#
    )
}

/// Checks that the sample's package passes.
pub const GOOD: [&str; 3] = ["app.components.providers", "app.manifest.debuggable", "app.manifest.test-only"];

/// A place with a package, an inventory of it, and a catalogue whose profile asks for these checks.
pub fn release(checks: &[&str]) -> Place {
    let place = Place::new();
    place.write("own/profiles/release.yaml", profile(checks));
    place.write("app.apk", fs::read(sample().join("packages/tianfu-dept.apk")).unwrap());
    place.write(
        "inventory.yaml",
        format!("{SYSTEM}  - {{id: app, kind: app.package, serves: [site], path: app.apk}}\n"),
    );
    place
}

pub fn judge(place: &Place, more: &[&str]) {
    place.run(&["-q", "collect", "inventory.yaml", "--out", "collected"]).exits(DONE);
    place.run(&[&["-q", "--catalogue", "own", "evaluate", "collected", "--out", "bundle"], more].concat()).exits(DONE);
}

pub fn gate(place: &Place, more: &[&str]) -> Run {
    place.run(&[&["--lang", "en", "--catalogue", "own", "gate", "bundle"], more].concat())
}

/// Codes of the reasons of a decision, which agrees with the exit code.
pub fn codes(run: &Run) -> BTreeSet<String> {
    let value = run.json();
    assert_eq!(value["schema"], "jixian.gate-decision/v1");
    assert_eq!(value["decision"]["code"].as_i64().map(|code| code as i32), run.code);
    let reasons = value["decision"]["reasons"].as_array().unwrap();
    assert_eq!(reasons.is_empty(), run.code == Some(DONE));
    reasons.iter().map(|reason| reason["code"].as_str().unwrap().to_owned()).collect()
}

pub fn failing(decision: &Value) -> BTreeSet<String> {
    let reasons = decision["decision"]["reasons"].as_array().unwrap();
    let failing = reasons.iter().filter(|reason| reason["code"] == "failing");
    failing.map(|reason| reason["args"]["check"].as_str().unwrap().to_owned()).collect()
}
