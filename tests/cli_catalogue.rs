//! `check`, `profile`, `init`, `completions` and `--version`: what a newcomer runs first.

#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use common::{DONE, ERROR, INCOMPLETE, NEGATIVE, Place, han};
use serde_json::json;

#[test]
fn the_version_is_printed_at_once_in_one_line() {
    let place = Place::new();
    let quickest = (0..5)
        .map(|_| {
            let begun = Instant::now();
            let run = place.run(&["--version"]).exits(DONE);
            assert_eq!(run.stdout, format!("jixian {}\n", env!("CARGO_PKG_VERSION")));
            assert_eq!(run.stderr, "");
            begun.elapsed()
        })
        .min();
    assert!(quickest < Some(Duration::from_millis(300)), "{quickest:?}");
}

#[test]
fn help_names_every_command_in_the_language_that_is_asked_for() {
    let place = Place::new();
    let zh = place.run(&["--help"]).exits(DONE).stdout;
    let en = place.run(&["--lang", "en", "--help"]).exits(DONE).stdout;
    for command in
        ["init", "assess", "collect", "evaluate", "report", "verify", "replay", "scan", "gate", "check", "profile"]
    {
        let line = |help: &str| help.lines().any(|line| line.trim_start().starts_with(&format!("{command} ")));
        assert!(line(&zh) && line(&en), "{command}: {en}");
        let run = place.run(&["--lang", "en", command, "--help"]).exits(DONE);
        assert_eq!(han(&run.stdout), [], "{command}: {}", run.stdout);
        assert!(run.stdout.contains(&format!("jixian {command}")), "{}", run.stdout);
        assert!(!han(&place.run(&[command, "--help"]).exits(DONE).stdout).is_empty(), "{command}");
    }
    assert!(!zh.contains("__parse"), "{zh}");
    assert!(!zh.contains('｜') && !en.contains('｜'), "{zh}{en}");
}

#[test]
fn coverage_has_the_shape_that_scripts_rely_on_and_the_published_counts() {
    let place = Place::new();
    for (profile, counts) in [
        ("gbt-22239-2019-l2", [("general", 135), ("cloud", 29), ("mobile", 14), ("iot", 7), ("ics", 15)]),
        ("gbt-22239-2019-l3", [("general", 211), ("cloud", 46), ("mobile", 19), ("iot", 20), ("ics", 21)]),
    ] {
        let coverage = place.run(&["profile", "coverage", profile, "--format", "json"]).exits(DONE).json();
        let keys: BTreeSet<_> = coverage.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, BTreeSet::from(["profile", "scopes"]));
        assert_eq!(coverage["profile"], profile);
        let scopes = coverage["scopes"].as_object().unwrap();
        assert_eq!(scopes.len(), counts.len());
        for (scope, items) in counts {
            let row = scopes[scope].as_object().unwrap();
            let keys: BTreeSet<_> = row.keys().map(String::as_str).collect();
            assert_eq!(keys, BTreeSet::from(["full", "items", "partial", "question", "signal"]));
            assert_eq!(row["items"], items, "{profile} {scope}");
            let parts: u64 = ["full", "partial", "signal", "question"].iter().map(|k| row[*k].as_u64().unwrap()).sum();
            assert_eq!(parts, items, "{profile} {scope}: each item is in one column");
        }
        let text = place.run(&["--lang", "en", "profile", "coverage", profile]).exits(DONE).stdout;
        let general = text.lines().find(|line| line.starts_with("general")).unwrap();
        assert_eq!(general.split_whitespace().nth(1), Some(counts[0].1.to_string().as_str()), "{text}");
    }
}

#[test]
fn lists_agree_with_what_is_shown() {
    let place = Place::new();
    let json = place.run(&["check", "list", "--format", "json"]).exits(DONE).json();
    assert_eq!(json["schema"], "jixian.checks/v1");
    let ids: Vec<_> = json["checks"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()).collect();
    assert!(ids.len() >= 100 && ids.is_sorted());
    let text = place.run(&["check", "list"]).exits(DONE).stdout;
    assert_eq!(text.lines().map(|line| line.split_whitespace().next().unwrap()).collect::<Vec<_>>(), ids);
    let shown = place.run(&["check", "show", &ids[0]]).exits(DONE).stdout;
    assert!(shown.contains(&format!("\nid: {}\n", ids[0])) && shown.starts_with("schema: jixian.check/v1"), "{shown}");

    let json = place.run(&["profile", "list", "--format", "json"]).exits(DONE).json();
    let text = place.run(&["profile", "list"]).exits(DONE).stdout;
    let profiles = json["profiles"].as_array().unwrap();
    assert_eq!(text.lines().count(), profiles.len());
    for profile in profiles {
        let id = profile["id"].as_str().unwrap();
        let shown = place.run(&["profile", "show", id]).exits(DONE).stdout;
        // Items begin their lines; what belongs to them is further in, and the first line is the profile's.
        let is_item =
            |line: &&str| line.split_whitespace().next().is_some_and(|id| line.starts_with(id) && id.contains('.'));
        let items = shown.lines().skip(1).filter(is_item).count();
        assert_eq!(items as u64, profile["items"].as_u64().unwrap(), "{id}");
    }
}

#[test]
fn what_is_not_there_is_said_with_what_is_meant() {
    let place = Place::new();
    for (args, zh, en) in [
        (
            &["check", "show", "host.ssh.root-logn"][..],
            "是否为 host.ssh.root-login？",
            "did you mean host.ssh.root-login?",
        ),
        (&["profile", "show", "gbt-22239-2019-13"], "是否为 gbt-22239-2019-l3？", "did you mean gbt-22239-2019-l3?"),
        (&["profile", "coverage", "gbt-22239-2019-l9"], "没有这个评估依据", "no such profile"),
        (&["--catalogue", "nowhere", "check", "list"], "nowhere", "nowhere"),
    ] {
        let run = place.run(args).exits(ERROR);
        assert!(run.stderr.contains(zh) && run.stdout.is_empty(), "{}", run.stderr);
        let run = place.run(&[&["--lang", "en"], args].concat()).exits(ERROR);
        assert!(run.stderr.contains(en), "{}", run.stderr);
        assert_eq!(han(&run.stderr), [], "{}", run.stderr);
    }
}

#[test]
fn the_cases_and_the_files_of_the_catalogue_hold() {
    let place = Place::new();
    let test = place.run(&["check", "test", "--format", "json"]).exits(DONE).json();
    assert_eq!(test["broken"], json!([]));
    assert!(test["cases"].as_u64() > test["checks"].as_u64());
    place.run(&["check", "lint"]).exits(DONE);
    let run = place.run(&["--lang", "en", "profile", "lint"]).exits(DONE);
    assert!(run.stdout.contains("nothing wrong"), "{}", run.stdout);
}

#[test]
fn a_case_that_does_not_hold_and_a_file_that_is_wrong_are_negative_verdicts() {
    let place = Place::new();
    let shown = place.run(&["check", "show", "host.ssh.root-login"]).exits(DONE).stdout;
    let path = "own/checks/host/host.ssh.root-login.yaml";
    let turned = shown
        .replace("expect: pass", "expect: @")
        .replace("expect: fail", "expect: pass")
        .replace("expect: @", "expect: fail");
    place.write(path, &turned);
    let run = place.run(&["--catalogue", "own", "check", "test"]).exits(NEGATIVE);
    assert!(run.stdout.contains("host.ssh.root-login"), "{}", run.stdout);

    place.write(path, shown.replace("severity: high", "severity: grave"));
    let run = place.run(&["--lang", "en", "--catalogue", "own", "check", "lint"]).exits(NEGATIVE);
    let line = shown.lines().position(|line| line.starts_with("severity:")).unwrap() + 1;
    assert!(run.stderr.contains(&format!("checks/host/host.ssh.root-login.yaml:{line}:11\n")), "{}", run.stderr);
    assert!(run.stderr.contains("severity: grave"), "{}", run.stderr);
    // Every other command refuses to judge with it.
    place.run(&["--catalogue", "own", "check", "list"]).exits(ERROR);

    let profile = "schema: jixian.profile/v1\nid: other\nrevision: 1\n";
    place.write("wrong/profiles/other.yaml", profile);
    place.run(&["--catalogue", "wrong", "profile", "lint"]).exits(NEGATIVE);
}

#[test]
fn completions_know_the_commands() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = place.run(&["completions", shell]).exits(DONE).stdout;
        for word in ["assess", "evaluate", "coverage", "waivers"] {
            assert!(script.to_lowercase().contains(word), "{shell}: {word}");
        }
    }
    place.run(&["completions", "csh"]).exits(ERROR);
}

#[test]
fn init_writes_an_inventory_that_assess_takes_up_to_what_it_cannot_reach() {
    for lang in ["zh", "en"] {
        let place = Place::new();
        let run = place.run(&["--lang", lang, "init"]).exits(DONE);
        assert!(run.stdout.contains("inventory.yaml"), "{}", run.stdout);
        let written = std::fs::read(place.at("inventory.yaml")).unwrap();
        assert_eq!(place.run(&["--lang", lang, "init", "-"]).exits(DONE).stdout.as_bytes(), written);

        // A second time nothing is overwritten.
        let run = place.run(&["--lang", lang, "init"]).exits(ERROR);
        assert!(run.stderr.contains("inventory.yaml"), "{}", run.stderr);
        assert_eq!(std::fs::read(place.at("inventory.yaml")).unwrap(), written);

        let run = place.run(&["--lang", lang, "-q", "collect", "inventory.yaml", "--out", "bundle"]);
        assert!(matches!(run.code, Some(DONE | INCOMPLETE)), "{run:?}");
        assert!(place.at("bundle/SEAL").exists());
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    use std::process::Stdio;
    let place = Place::new();
    let mut child = place.command(&["check", "list"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(DONE), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty());
}
