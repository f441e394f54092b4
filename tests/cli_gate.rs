//! `jixian gate`: nothing but what the installed rules make of intact evidence lets a release through.

#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;
#[path = "common/forge.rs"]
#[allow(dead_code, reason = "each test file uses some of it")]
mod forge;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use common::release::{GOOD, SYSTEM, codes, failing, gate, judge, release};
use common::{DONE, ERROR, NEGATIVE, Place, judged};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

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
        format!(
            "schema: jixian.gate/v1\nmin_decided: 0\nmax_unknown: 100\nmax_age_days: 36500\ncatalogue: \"{pin}\"\n"
        ),
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
