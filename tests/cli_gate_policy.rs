//! `jixian gate` under a policy: each of its rules counts, and what cannot be judged is an error.

#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;

use std::{collections::BTreeSet, process::Command};

use common::release::{GOOD, SYSTEM, codes, failing, gate, judge, release};
use common::{DONE, ERROR, NEGATIVE, Place, judged};
use jiff::{SignedDuration, Timestamp, tz};

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
