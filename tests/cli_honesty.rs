//! What could not be read is unknown: fewer rights never make a result better.

#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    process::Command,
};

use common::{DONE, INCOMPLETE, Place, Run, is_root, skip::not_tested, verdicts};
use serde_json::Value;

/// This machine, collected and judged by whoever runs the binary. `None` where this user cannot run it at all.
fn here(place: &Place, as_nobody: bool) -> Option<Value> {
    let binary = place.at("jixian");
    if !binary.exists() {
        fs::copy(env!("CARGO_BIN_EXE_jixian"), &binary).unwrap();
    }
    let mut command = if as_nobody {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]).arg(&binary);
        command
    } else {
        Command::new(&binary)
    };
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("TMPDIR", place.path());
    command.current_dir(place.path()).args(["-q", "scan", "host", "local", "--format", "json"]);
    let run = Run::from(command.output().ok()?);
    assert!(matches!(run.code, Some(DONE | INCOMPLETE)), "{run:?}");
    Some(run.json())
}

fn of_checks(scan: &Value) -> BTreeMap<String, String> {
    verdicts(&scan["outcomes"]).into_iter().map(|((check, _), verdict)| (check, verdict)).collect()
}

#[test]
fn without_rights_no_check_gets_better() {
    if !is_root() {
        return not_tested("only root can give rights away");
    }
    let place = Place::new();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let (root, nobody) = (here(&place, false).unwrap(), here(&place, true).unwrap());
    let (of_root, of_nobody) = (of_checks(&root), of_checks(&nobody));
    assert_eq!(of_root.len(), of_nobody.len());
    let mut lost = 0;
    for (check, seen) in &of_nobody {
        let known = &of_root[check];
        if seen == "unknown" {
            lost += usize::from(known != "unknown");
            continue;
        }
        // A known result is the one that full rights give.
        assert_eq!(seen, known, "{check}");
    }
    assert!(lost >= 10, "without rights only {lost} checks are unknown that root decides");
}

#[test]
fn a_check_on_what_was_denied_is_unknown_and_says_which_item_it_lacks() {
    if !is_root() {
        return not_tested("only root can give rights away");
    }
    let place = Place::new();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let nobody = here(&place, true).unwrap();
    let outcomes = nobody["outcomes"].as_array().unwrap();
    let denied: Vec<_> = outcomes.iter().filter(|o| o["reason"]["code"] == "denied").collect();
    assert!(!denied.is_empty());
    for outcome in &denied {
        assert_eq!(outcome["verdict"], "unknown", "{outcome}");
        assert!(outcome["reason"]["args"]["item"].as_str().is_some_and(|item| item.contains('.')), "{outcome}");
    }
    // Who may not read the shadow file knows nothing of passwords.
    let of_nobody = of_checks(&nobody);
    assert_eq!(of_nobody["host.accounts.empty-password"], "unknown");
}

#[test]
fn a_recorded_host_without_its_denied_items_is_judged_the_same_everywhere() {
    // The recorded host of the sample was denied two items; no check that needs them decides anything.
    let place = Place::new();
    place.write("inventory.yaml", common::inventory(&[&recorded()]));
    place.run(&["-q", "collect", "inventory.yaml", "--out", "collected"]).exits(DONE);
    place.run(&["-q", "evaluate", "collected", "--out", "bundle"]).exits(DONE);
    place.run(&["-q", "report", "bundle", "--format", "json", "--out", "reports"]).exits(DONE);
    let assessment = common::json(&place.at("reports/site/assessment.json"));
    let denied: BTreeSet<_> = assessment["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|e| e["status"] == "denied")
        .map(|e| e["item"].as_str().unwrap().to_owned())
        .collect();
    assert!(!denied.is_empty());
    let mut named = BTreeSet::new();
    for outcome in assessment["outcomes"].as_array().unwrap() {
        if let Some(item) = outcome["reason"]["args"]["item"].as_str().filter(|item| denied.contains(*item)) {
            assert_eq!(outcome["verdict"], "unknown");
            named.insert(item.to_owned());
        }
    }
    assert!(!named.is_empty(), "{denied:?}");
    // Nothing undecided hides from the numbers.
    let count = |word: &str| assessment["outcomes"].as_array().unwrap().iter().filter(|o| o["verdict"] == word).count();
    assert!(count("unknown") as u64 <= assessment["baseline"]["unknown"].as_u64().unwrap());
}

fn recorded() -> String {
    common::recorded_assets().pop().expect("the host comes last")
}

#[test]
fn an_unreadable_inventory_file_of_evidence_is_a_part_with_its_reason() {
    if !is_root() {
        return not_tested("only root can give rights away");
    }
    let place = Place::new();
    fs::set_permissions(place.path(), fs::Permissions::from_mode(0o777)).unwrap();
    let package = place.write("secret.apk", b"PK");
    fs::set_permissions(&package, fs::Permissions::from_mode(0o000)).unwrap();
    place.write(
        "inventory.yaml",
        common::inventory(&["{id: app, kind: app.package, serves: [site], path: secret.apk}"]),
    );
    let binary = place.at("jixian");
    fs::copy(env!("CARGO_BIN_EXE_jixian"), &binary).unwrap();
    let output = Command::new("setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"])
        .arg(&binary)
        .current_dir(place.path())
        .args(["--lang", "en", "collect", "inventory.yaml", "--out", "bundle"])
        .output()
        .unwrap();
    let run = Run::from(output).exits(INCOMPLETE);
    assert!(run.stderr.contains("secret.apk") && run.stderr.contains("Permission denied"), "{}", run.stderr);
    let records = fs::read_to_string(place.at("bundle/parts/app/records.jsonl")).unwrap();
    assert!(records.contains("\"status\":\"denied\""), "{records}");
    // And an output folder that may not be written is an error before anything is collected.
    fs::create_dir(place.at("closed")).unwrap();
    fs::set_permissions(place.at("closed"), fs::Permissions::from_mode(0o755)).unwrap();
    let output = Command::new("setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"])
        .arg(&binary)
        .current_dir(place.path())
        .args(["assess", "inventory.yaml", "--out", "closed/out"])
        .output()
        .unwrap();
    let run = Run::from(output).exits(common::ERROR);
    assert!(run.stderr.contains("closed/out") && run.stderr.contains("没有权限"), "{}", run.stderr);
    assert!(!Path::new(&place.at("closed/out")).exists());
}
