//! `jixian gate`: green only where everything that machines planned was decided well, and red for each reason in one line.

#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;
#[path = "common/forge.rs"]
#[allow(dead_code, reason = "each test file uses some of it")]
mod forge;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

use common::{DONE, ERROR, NEGATIVE, Place, Run, judged, sample};
use jiff::{SignedDuration, Timestamp, tz};
use serde_json::Value;

const SYSTEM: &str = r#"schema: jixian.inventory/v1
timezone: "+08:00"
systems:
  - {id: sys, name: 系统, level: 2, s: 2, a: 2, cii: "no", operator: 单位, extensions: []}
subsites:
  - {id: site, system: sys, kind: mobile, name: 站点, organisation: 单位, level: county, exposure: internal, profiles: [release]}
assets:
"#;

/// A profile of a few checks that a good package passes.
fn profile(checks: &[&str]) -> String {
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
const GOOD: [&str; 3] = ["app.components.providers", "app.manifest.debuggable", "app.manifest.test-only"];

/// A place with a package, an inventory of it, and a catalogue whose profile asks for these checks.
fn release(checks: &[&str]) -> Place {
    let place = Place::new();
    place.write("own/profiles/release.yaml", profile(checks));
    place.write("app.apk", fs::read(sample().join("packages/tianfu-dept.apk")).unwrap());
    place.write(
        "inventory.yaml",
        format!("{SYSTEM}  - {{id: app, kind: app.package, serves: [site], path: app.apk}}\n"),
    );
    place
}

fn judge(place: &Place, more: &[&str]) {
    place.run(&["-q", "collect", "inventory.yaml", "--out", "collected"]).exits(DONE);
    place.run(&[&["-q", "--catalogue", "own", "evaluate", "collected", "--out", "bundle"], more].concat()).exits(DONE);
}

fn gate(place: &Place, more: &[&str]) -> Run {
    place.run(&[&["--lang", "en", "--catalogue", "own", "gate", "bundle"], more].concat())
}

/// Codes of the reasons of a decision, which agrees with the exit code.
fn codes(run: &Run) -> BTreeSet<String> {
    let value = run.json();
    assert_eq!(value["schema"], "jixian.gate-decision/v1");
    assert_eq!(value["decision"]["code"].as_i64().map(|code| code as i32), run.code);
    let reasons = value["decision"]["reasons"].as_array().unwrap();
    assert_eq!(reasons.is_empty(), run.code == Some(DONE));
    reasons.iter().map(|reason| reason["code"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_fresh_package_that_passes_everything_is_green() {
    let place = release(&GOOD);
    judge(&place, &[]);
    let run = gate(&place, &[]).exits(DONE);
    assert_eq!(run.stdout, "pass\n");
    assert!(codes(&gate(&place, &["--format", "json"]).exits(DONE)).is_empty());
    let run = place.run(&["--catalogue", "own", "gate", "bundle"]).exits(DONE);
    assert_eq!(run.stdout, "放行\n");
}

#[test]
fn the_sample_is_red_under_the_safe_default_with_one_line_a_reason() {
    let bundle = judged().display().to_string();
    let place = Place::new();
    let run = place.run(&["--lang", "en", "gate", &bundle]).exits(NEGATIVE);
    let json = place.run(&["gate", &bundle, "--format", "json"]).exits(NEGATIVE);
    let reasons = json.json()["decision"]["reasons"].as_array().unwrap().len();
    let lines: Vec<_> = run.stdout.lines().collect();
    assert_eq!(lines.last(), Some(&"stop"));
    assert_eq!(lines.iter().filter(|line| line.starts_with("stop site: ")).count(), reasons, "{}", run.stdout);
    assert!(lines[..reasons].iter().all(|line| line.len() > 20));
    assert_eq!(common::han(&run.stdout), [], "{}", run.stdout);
    let codes = codes(&json);
    for code in ["too_few_decided", "failing", "high_risk_candidate", "baseline_below"] {
        assert!(codes.contains(code), "{code}: {codes:?}");
    }
    // Every failing check of high severity is named, and no other one.
    let named: BTreeSet<_> = failing(&json.json());
    let result = common::json(&assessment(judged()));
    let severe = |o: &&Value| o["verdict"] == "fail" && (o["severity"] == "high" || o["severity"] == "critical");
    let expected = result["outcomes"].as_array().unwrap().iter().filter(severe);
    assert_eq!(named, expected.map(|o| o["check"].as_str().unwrap().to_owned()).collect());
}

fn failing(decision: &Value) -> BTreeSet<String> {
    let reasons = decision["decision"]["reasons"].as_array().unwrap();
    let failing = reasons.iter().filter(|reason| reason["code"] == "failing");
    failing.map(|reason| reason["args"]["check"].as_str().unwrap().to_owned()).collect()
}

/// The one sealed result of a bundle.
fn assessment(bundle: &Path) -> PathBuf {
    let manifest = common::json(&bundle.join("manifest.json"));
    let digest = manifest["results"]["site.json"]["digest"].as_str().unwrap().trim_start_matches("sha256:").to_owned();
    bundle.join(format!("objects/{}/{digest}", &digest[..2]))
}

/// Every built-in check with each of its expressions made true, whatever the facts are.
fn always_pass() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli_gate-always-pass");
        let _ = fs::remove_dir_all(&folder);
        for (name, bytes) in common::files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("checks")) {
            let path = folder.join("checks").join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, tautology(&String::from_utf8(bytes).unwrap())).unwrap();
        }
        folder
    })
}

/// `e` becomes `(e) || !(e)` in each block of an expression.
fn tautology(check: &str) -> String {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut out: Vec<String> = Vec::new();
    let mut lines = check.lines().peekable();
    while let Some(line) = lines.next() {
        out.push(line.to_owned());
        let key = line.trim_start().trim_start_matches("- ");
        if key != "expr: |" {
            continue;
        }
        let base = line.len() - key.len();
        let mut block = Vec::new();
        while let Some(next) = lines.next_if(|next| !next.trim().is_empty() && indent(next) > base) {
            block.push(next.to_owned());
        }
        let pad = " ".repeat(indent(&block[0]));
        out.push(format!("{pad}("));
        out.extend(block.iter().cloned());
        out.push(format!("{pad}) || !("));
        out.extend(block);
        out.push(format!("{pad})"));
    }
    out.join("\n") + "\n"
}

#[test]
fn a_bundle_with_its_own_always_pass_catalogue_is_judged_by_the_installed_one() {
    let place = Place::new();
    let (own, bundle) = (always_pass().display().to_string(), judged().display().to_string());
    place.run(&["-q", "--catalogue", &own, "evaluate", &bundle, "--out", "forged"]).exits(DONE);
    let forged = common::json(&assessment(&place.at("forged")));
    assert_eq!(forged["baseline"]["failed"], 0, "the forged catalogue fails nothing");
    assert_eq!(forged["baseline"]["letter"], "A");

    let honest = place.run(&["gate", &bundle, "--format", "json"]).exits(NEGATIVE).json();
    let judged_again = place.run(&["gate", "forged", "--format", "json"]).exits(NEGATIVE).json();
    assert_eq!(judged_again, honest);

    // Whoever names the forged catalogue on purpose is held to the pin of the policy.
    let pin = common::json(&judged().join("manifest.json"))["catalogue"]["digest"].as_str().unwrap().to_owned();
    place.write(
        "policy.yaml",
        format!("schema: jixian.gate/v1\nmin_decided: 0\nmax_unknown: 100\ncatalogue: \"{pin}\"\n"),
    );
    let run = place.run(&["--catalogue", &own, "gate", "forged", "--policy", "policy.yaml", "--format", "json"]);
    assert_eq!(codes(&run.exits(NEGATIVE)), BTreeSet::from(["other_catalogue".to_owned()]));
}

#[test]
fn sealed_results_are_never_believed() {
    let place = Place::new();
    forge::results(judged(), &place.at("forged"), |result| {
        for outcome in result["outcomes"].as_array_mut().unwrap() {
            outcome["verdict"] = "pass".into();
            outcome["findings"] = Value::Array(Vec::new());
        }
        result["findings"] = Value::Array(Vec::new());
        result["high_risk"]["cases"] = Value::Array(Vec::new());
        result["baseline"]["letter"] = "A".into();
    });
    place.run(&["verify", "forged"]).exits(DONE);
    let bundle = judged().display().to_string();
    let honest = place.run(&["gate", &bundle, "--format", "json"]).exits(NEGATIVE).json();
    assert_eq!(place.run(&["gate", "forged", "--format", "json"]).exits(NEGATIVE).json(), honest);
}

#[test]
fn a_profile_that_only_the_bundle_knows_is_an_error() {
    let place = release(&GOOD);
    judge(&place, &[]);
    let run = place.run(&["--lang", "en", "gate", "bundle"]).exits(ERROR);
    assert!(run.stderr.contains("no such profile: release"), "{}", run.stderr);
}

#[test]
fn the_artifact_must_be_the_one_that_was_assessed() {
    let place = release(&GOOD);
    judge(&place, &[]);
    gate(&place, &["--artifact", "app.apk"]).exits(DONE);
    let mut other = fs::read(place.at("app.apk")).unwrap();
    other.push(0);
    place.write("other.apk", other);
    let run = gate(&place, &["--artifact", "other.apk"]).exits(NEGATIVE);
    assert!(run.stdout.contains("is not what was assessed"), "{}", run.stdout);
    // Each of several files counts.
    let run = gate(&place, &["--artifact", "app.apk", "--artifact", "other.apk", "--format", "json"]).exits(NEGATIVE);
    assert_eq!(codes(&run), BTreeSet::from(["other_artifact".to_owned()]));
    gate(&place, &["--artifact", "nowhere.apk"]).exits(ERROR);
}

#[test]
fn old_evidence_is_red_on_the_day_of_the_gate() {
    let place = release(&GOOD);
    let package = fs::read(place.at("app.apk")).unwrap();
    for (name, days) in [("fresh", 6), ("old", 9), ("tomorrow", -3)] {
        let started = Timestamp::now() - SignedDuration::from_hours(24 * days);
        forge::package(&place.at(name), &started.to_string(), &package);
        let inventory =
            format!("{SYSTEM}  - {{id: app, kind: app.package, serves: [site], via: recorded, path: {name}}}\n");
        place.write(&format!("{name}.yaml"), inventory);
        place.run(&["-q", "collect", &format!("{name}.yaml"), "--out", &format!("{name}-bundle")]).exits(DONE);
    }
    let gate = |name: &str, more: &[&str]| {
        let bundle = format!("{name}-bundle");
        place.run(&[&["--catalogue", "own", "gate", &bundle, "--format", "json"], more].concat())
    };
    let only = |code: &str| BTreeSet::from([code.to_owned()]);
    gate("fresh", &[]).exits(DONE);
    gate("fresh", &["--max-age", "7"]).exits(DONE);
    assert_eq!(codes(&gate("fresh", &["--max-age", "4"]).exits(NEGATIVE)), only("too_old"));
    assert_eq!(codes(&gate("old", &[]).exits(NEGATIVE)), only("too_old"));
    gate("old", &["--max-age", "10"]).exits(DONE);
    assert_eq!(codes(&gate("tomorrow", &[]).exits(NEGATIVE)), only("from_the_future"));
}

#[test]
fn a_tampered_bundle_is_never_green() {
    let place = release(&GOOD);
    judge(&place, &[]);
    let mut seen = BTreeSet::new();
    for (name, bytes) in place.files("bundle") {
        let path = place.at("bundle").join(&name);
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        fs::write(&path, &changed).unwrap();
        let run = gate(&place, &[]);
        assert!(matches!(run.code, Some(NEGATIVE | ERROR)), "{}: {run:?}", name.display());
        assert!(!run.said().is_empty());
        seen.insert(run.code);
        fs::write(&path, bytes).unwrap();
    }
    assert!(seen.contains(&Some(NEGATIVE)), "{seen:?}");
    gate(&place, &[]).exits(DONE);
}

#[test]
fn a_bundle_without_its_seals_is_red_although_nothing_contradicts_it() {
    let place = release(&GOOD);
    judge(&place, &[]);
    fs::remove_file(place.at("bundle/SEAL")).unwrap();
    let run = gate(&place, &[]).exits(NEGATIVE);
    assert!(run.stdout.contains("it has no seal, its run was cut off"), "{}", run.stdout);
    fs::remove_file(place.at("bundle/parts/app/SEAL")).unwrap();
    let run = place.run(&["--catalogue", "own", "gate", "bundle"]).exits(NEGATIVE);
    assert!(run.stdout.contains("证据包不完好：未封存，采集中断"), "{}", run.stdout);
}

#[test]
fn nothing_evaluated_is_red_under_any_policy() {
    let place = release(&GOOD);
    place.write(
        "inventory.yaml",
        format!("{SYSTEM}  - {{id: app, kind: app.package, serves: [site], unknown: 包不在手上}}\n"),
    );
    place.write(
        "lenient.yaml",
        "schema: jixian.gate/v1\nmin_decided: 0\nmax_unknown: 100\nmax_age_days: 3650\nfail_on: {severity: [], high_risk: []}\n",
    );
    judge(&place, &[]);
    assert!(codes(&gate(&place, &["--format", "json"]).exits(NEGATIVE)).contains("nothing_evaluated"));
    let run = gate(&place, &["--policy", "lenient.yaml", "--format", "json"]).exits(NEGATIVE);
    assert!(codes(&run).contains("nothing_evaluated"));
}

fn day(offset: i64) -> String {
    let zone = tz::TimeZone::fixed(tz::offset(8));
    (Timestamp::now() + SignedDuration::from_hours(24 * offset)).to_zoned(zone).date().to_string()
}

fn waiver(approved: Option<i64>, expires: i64) -> String {
    let approval = approved.map(|at| format!("    approved_by: 示例安全负责人\n    approved_at: \"{}\"\n", day(at)));
    format!(
        "schema: jixian.waivers/v1\ntimezone: \"+08:00\"\nmax_days: 180\nwaivers:\n  - id: W-1\n    check: app.network.cleartext\n    assets: [app]\n    covers: [fail]\n    reason: {{zh: 测试, en: A test}}\n    requested_by: 示例运维主管\n{}    expires: \"{}\"\n",
        approval.unwrap_or_default(),
        day(expires)
    )
}

#[test]
fn a_waiver_lets_a_failing_check_through_until_it_ends() {
    let checks = [&GOOD[..], &["app.network.cleartext"]].concat();
    let place = release(&checks);
    judge(&place, &[]);
    let run = gate(&place, &["--format", "json"]).exits(NEGATIVE);
    assert_eq!(failing(&run.json()), BTreeSet::from(["app.network.cleartext".to_owned()]));

    let policy = "schema: jixian.gate/v1\nfail_on: {severity: [critical, high], high_risk: [confirmed]}\n";
    place.write("policy.yaml", policy);
    for (name, waiver, code) in [
        ("in-force", waiver(Some(-10), 10), DONE),
        ("last-day", waiver(Some(-10), 0), DONE),
        ("ended", waiver(Some(-10), -1), NEGATIVE),
        ("unapproved", waiver(None, 10), NEGATIVE),
    ] {
        place.write("waivers.yaml", waiver);
        let as_of = (Timestamp::now() - SignedDuration::from_hours(48)).to_string();
        let evaluate =
            ["-q", "--catalogue", "own", "evaluate", "collected", "--waivers", "waivers.yaml", "--as-of", &as_of];
        place.run(&[&evaluate[..], &["--out", name]].concat()).exits(DONE);
        let run =
            place.run(&["--lang", "en", "--catalogue", "own", "gate", name, "--policy", "policy.yaml"]).exits(code);
        assert_eq!(run.stdout.contains("failing outcomes are waived"), code == DONE, "{name}: {}", run.stdout);
    }
    // The default also asks for high risks, which nobody may waive away.
    let run = place.run(&["--catalogue", "own", "gate", "in-force", "--format", "json"]).exits(NEGATIVE);
    assert_eq!(codes(&run), BTreeSet::from(["high_risk_candidate".to_owned()]));
}

#[test]
fn findings_that_a_baseline_has_do_not_count_where_the_policy_says_so() {
    let bundle = judged().display().to_string();
    let place = Place::new();
    place.write("policy.yaml", format!("schema: jixian.gate/v1\nnew_only: {{since: \"{bundle}\"}}\n"));
    let run = place.run(&["gate", &bundle, "--policy", "policy.yaml", "--format", "json"]).exits(NEGATIVE);
    assert!(!codes(&run).contains("failing"), "{:?}", codes(&run));
    place.write("policy.yaml", "schema: jixian.gate/v1\nnew_only: {since: nowhere}\n");
    place.run(&["gate", &bundle, "--policy", "policy.yaml"]).exits(ERROR);
}

#[test]
fn signatures_count_where_the_policy_asks_for_them() {
    let place = release(&GOOD);
    for args in [
        "genpkey -algorithm ed25519 -out key.pem",
        "pkey -in key.pem -pubout -out key.pub",
        "genpkey -algorithm ed25519 -out other.pem",
        "pkey -in other.pem -pubout -out other.pub",
    ] {
        let output = Command::new("openssl").current_dir(place.path()).args(args.split(' ')).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    place.write("policy.yaml", "schema: jixian.gate/v1\nrequire_signatures: [seal]\n");
    place.run(&["-q", "collect", "inventory.yaml", "--out", "unsigned"]).exits(DONE);
    place.run(&["-q", "collect", "inventory.yaml", "--out", "bundle", "--sign-key", "key.pem"]).exits(DONE);
    let only = |code: &str| BTreeSet::from([code.to_owned()]);
    let unsigned =
        place.run(&["--catalogue", "own", "gate", "unsigned", "--policy", "policy.yaml", "--format", "json"]);
    assert_eq!(codes(&unsigned.exits(NEGATIVE)), only("not_signed"));
    let policy = ["--policy", "policy.yaml", "--format", "json"];
    assert_eq!(codes(&gate(&place, &policy).exits(NEGATIVE)), only("untrusted_signature"));
    let with = |key| [&policy[..], &["--key", key]].concat();
    assert_eq!(codes(&gate(&place, &with("other.pub")).exits(NEGATIVE)), only("untrusted_signature"));
    gate(&place, &with("key.pub")).exits(DONE);
    gate(&place, &with("nowhere.pub")).exits(ERROR);
}

#[test]
fn a_package_can_be_scanned_and_judged_at_once() {
    let place = release(&[]);
    let run = place.run(&["-q", "--lang", "en", "gate", "--scan", "app", "app.apk"]).exits(NEGATIVE);
    assert!(run.stdout.contains("[High] app.network.cleartext fails on target"), "{}", run.stdout);
    place.write(
        "lenient.yaml",
        "schema: jixian.gate/v1\nmin_decided: 50\nmax_unknown: 50\nfail_on: {severity: [critical], high_risk: []}\n",
    );
    let run =
        place.run(&["-q", "gate", "--scan", "app", "app.apk", "--policy", "lenient.yaml", "--artifact", "app.apk"]);
    run.exits(DONE);
    place.write("broken.apk", b"PK\x03\x04 and no more");
    for broken in ["broken.apk", "inventory.yaml"] {
        let run = place.run(&["-q", "gate", "--scan", "app", broken, "--policy", "lenient.yaml", "--format", "json"]);
        assert!(codes(&run.exits(NEGATIVE)).contains("nothing_evaluated"));
    }
    let run = place.run(&["gate", "--scan", "app", "nowhere.apk"]).exits(ERROR);
    assert!(run.stderr.contains("nowhere.apk: 文件或目录不存在"), "{}", run.stderr);
    let run = place.run(&["--lang", "en", "gate", "--scan", "web", "x"]).exits(ERROR);
    assert!(run.stderr.contains("app and tls"), "{}", run.stderr);
}

#[test]
fn a_scan_of_the_gate_takes_what_a_scan_takes() {
    let place = release(&[]);
    let run = place.run(&["-q", "gate", "--scan", "tls", "127.0.0.1:1", "--sni", "zwfw.example.gov.cn"]);
    assert!(run.stderr.is_empty(), "{}", run.stderr);
    for (kind, target, option) in
        [("app", "app.apk", "--signers"), ("app", "app.apk", "--authorisation"), ("tls", "127.0.0.1:1", "--roots")]
    {
        let run = place.run(&["gate", "--scan", kind, target, option, "nowhere"]).exits(ERROR);
        assert!(run.stderr.contains("nowhere: 文件或目录不存在"), "{option}: {}", run.stderr);
    }
    for option in ["--sni", "--roots", "--signers", "--authorisation"] {
        let run = place.run(&["--lang", "en", "gate", "bundle", option, "x"]).exits(ERROR);
        assert!(run.stderr.contains(&format!("{option}: goes with --scan only")), "{}", run.stderr);
    }
}

#[test]
fn what_cannot_be_judged_is_an_input_error() {
    let place = release(&GOOD);
    judge(&place, &[]);
    place.write("typo.yaml", "schema: jixian.gate/v1\nmin_decided: 95\nmax_unkown: 5\n");
    place.write("range.yaml", "schema: jixian.gate/v1\nmin_decided: 195\n");
    for (args, said) in [
        (&["--policy", "nowhere.yaml"][..], "nowhere.yaml"),
        (&["--policy", "typo.yaml"], "typo.yaml:3:1"),
        (&["--policy", "range.yaml"], "range.yaml:2:14"),
        (&["--subsite", "nowhere"], "the bundle has no subsite nowhere"),
        (&["--max-age", "x"], "invalid value 'x'"),
        (&["--scope", "all"], "invalid value 'all'"),
    ] {
        let run = gate(&place, args).exits(ERROR);
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    for bundle in ["nowhere", "inventory.yaml", "own"] {
        place.run(&["gate", bundle]).exits(ERROR);
    }
    place.run(&["gate"]).exits(ERROR);
}

#[test]
fn the_scope_profile_asks_for_a_conclusion() {
    let place = release(&GOOD);
    judge(&place, &[]);
    let run = gate(&place, &["--scope", "profile", "--format", "json"]).exits(NEGATIVE);
    assert!(codes(&run).contains("no_conclusion"), "{:?}", codes(&run));
}
