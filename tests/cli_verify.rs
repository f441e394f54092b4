//! `jixian verify`: what was changed is named, and integrity, authenticity and catalogue origin are told apart.

#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use common::{DONE, ERROR, INCOMPLETE, NEGATIVE, Place, Run, copy, json, judged};

/// A copy of the bundle that a test may change.
fn bundle() -> (Place, PathBuf) {
    let place = Place::new();
    let path = place.at("bundle");
    copy(judged(), &path);
    (place, path)
}

fn flip(path: &Path, at: usize) {
    let mut bytes = fs::read(path).unwrap();
    let at = at.min(bytes.len() - 1);
    bytes[at] ^= 1;
    fs::write(path, bytes).unwrap();
}

fn verify(place: &Place, more: &[&str]) -> Run {
    place.run(&[&["--lang", "en", "verify", "bundle"], more].concat())
}

/// The object that a record of a part names.
fn object_of(bundle: &Path, part: &str, item: &str) -> (PathBuf, String) {
    let records = fs::read_to_string(bundle.join(format!("parts/{part}/records.jsonl"))).unwrap();
    let mut records = records.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let record = records.find(|record| record["item"] == item).expect("the item was recorded");
    let hex = record["object"].as_str().unwrap().trim_start_matches("sha256:").to_owned();
    (bundle.join(format!("objects/{}/{hex}", &hex[..2])), hex)
}

#[test]
fn an_untouched_bundle_is_intact_unsigned_complete_and_judged_by_the_built_in_catalogue() {
    let (place, _) = bundle();
    let run = verify(&place, &[]).exits(DONE);
    for line in
        ["integrity: intact", "authenticity: not signed", "catalogue: the one in this program", "collection: complete"]
    {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    let report = verify(&place, &["--format", "json"]).exits(DONE).json();
    assert_eq!(report["integrity"], "intact");
    assert_eq!(report["completeness"]["sealed"], true);
    assert_eq!(report["problems"].as_array().unwrap().len(), 0);
    assert_eq!(report["counts"]["parts"], 4);
}

#[test]
fn a_changed_byte_is_found_in_every_kind_of_file_and_its_place_is_named() {
    let (object, hex) = object_of(judged(), "web-01", "ssh.effective");
    let object = object.strip_prefix(judged()).unwrap().display().to_string();
    for (file, at, named) in [
        ("manifest.json", 40, "manifest.json"),
        ("SEAL", 30, "SEAL"),
        ("parts/web-01/records.jsonl", 700, "part web-01"),
        ("parts/web-01/part.json", 12, "part web-01"),
        ("parts/web-01/facts.json", 100, "parts/web-01/facts.json"),
        ("parts/web-01/SEAL", 30, "part web-01"),
        (object.as_str(), 3, &hex[..12]),
    ] {
        let (place, path) = bundle();
        flip(&path.join(file), at);
        let run = verify(&place, &[]).exits(NEGATIVE);
        assert!(run.stdout.contains("integrity: damaged or changed"), "{file}: {}", run.stdout);
        let problems: Vec<_> = run.stdout.lines().filter(|line| line.trim_start().starts_with("problem")).collect();
        assert!(problems.iter().any(|line| line.contains(named)), "{file}: {problems:?}");
        let report = verify(&place, &["--format", "json"]).exits(NEGATIVE).json();
        assert_eq!(report["integrity"], "damaged", "{file}");
        assert!(!report["problems"].as_array().unwrap().is_empty(), "{file}");
    }
}

#[test]
fn every_byte_of_a_seal_counts() {
    let (place, path) = bundle();
    let seal = path.join("SEAL");
    let whole = fs::read(&seal).unwrap();
    for at in (0..whole.len()).step_by(whole.len() / 12) {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&seal, &changed).unwrap();
        verify(&place, &[]).exits(NEGATIVE);
    }
    fs::write(&seal, &whole).unwrap();
    verify(&place, &[]).exits(DONE);
}

#[test]
fn the_chunk_of_a_large_object_is_named() {
    let (place, path) = bundle();
    let large = common::files(&path.join("objects"))
        .into_iter()
        .find(|(name, bytes)| name.extension().is_none() && bytes.len() > 3 * 65_536)
        .expect("the bundle has an object of several chunks");
    flip(&path.join("objects").join(&large.0), 2 * 65_536 + 10);
    let report = verify(&place, &["--format", "json"]).exits(NEGATIVE).json();
    let hex = large.0.file_name().unwrap().to_string_lossy().into_owned();
    let problems = report["problems"].as_array().unwrap();
    let named = |problem: &&serde_json::Value| problem["object"] == format!("sha256:{hex}") && problem["chunk"] == 2;
    assert!(problems.iter().any(|problem| named(&problem)), "{problems:?}");
}

#[test]
fn a_missing_object_a_cut_off_seal_and_a_foreign_file_are_told_apart() {
    let (place, path) = bundle();
    let (object, hex) = object_of(&path, "web-01", "ssh.effective");
    fs::remove_file(object).unwrap();
    let run = verify(&place, &[]).exits(NEGATIVE);
    assert!(run.stdout.contains(&hex[..12]) && run.stdout.contains("missing"), "{}", run.stdout);

    let (place, path) = bundle();
    let seal = fs::read(path.join("SEAL")).unwrap();
    fs::write(path.join("SEAL"), &seal[..seal.len() / 2]).unwrap();
    let run = verify(&place, &[]).exits(NEGATIVE);
    assert!(run.stdout.contains("SEAL"), "{}", run.stdout);

    // A missing seal is an interrupted run: nothing contradicts it, and it is not complete.
    let (place, path) = bundle();
    fs::remove_file(path.join("SEAL")).unwrap();
    let run = verify(&place, &[]).exits(INCOMPLETE);
    assert!(run.stdout.contains("interrupted"), "{}", run.stdout);

    // A record taken away together with its line is still missed, because the part's seal counts them.
    let (place, path) = bundle();
    let records = path.join("parts/web-01/records.jsonl");
    let text = fs::read_to_string(&records).unwrap();
    let without_last: Vec<_> = text.lines().collect();
    fs::write(&records, without_last[..without_last.len() - 1].join("\n") + "\n").unwrap();
    let run = verify(&place, &[]).exits(NEGATIVE);
    assert!(run.stdout.contains("web-01"), "{}", run.stdout);
}

#[test]
fn what_is_no_bundle_is_an_input_error_in_both_languages() {
    let place = Place::new();
    place.write("folder/x", "x");
    place.write("x.jxb", "no archive");
    for (path, zh, en) in [
        ("nowhere", "文件或目录不存在", "No such file or directory"),
        ("folder", "不是证据包", "is not a bundle"),
        ("x.jxb", "不能作为证据包读取", "is refused"),
    ] {
        let run = place.run(&["verify", path]).exits(ERROR);
        assert!(run.stderr.contains(zh) && run.stderr.contains(path), "{}", run.stderr);
        let run = place.run(&["--lang", "en", "verify", path]).exits(ERROR);
        assert_eq!(run.stderr.matches(en).count(), 1, "{}", run.stderr);
        assert_eq!(common::han(&run.stderr), [], "{}", run.stderr);
    }
}

#[test]
fn the_catalogue_of_another_origin_is_said_and_a_pinned_one_is_asked_for() {
    let (place, path) = bundle();
    let digest = json(&path.join("manifest.json"))["catalogue"]["digest"].as_str().unwrap().to_owned();
    verify(&place, &["--pinned-catalogue", &digest]).exits(DONE);
    verify(&place, &["--pinned-catalogue", &"0".repeat(64)]).exits(NEGATIVE);
    verify(&place, &["--pinned-catalogue", "12"]).exits(ERROR);

    place.write("own/checks/host/host.ssh.root-login.yaml", own_check());
    place.run(&["-q", "--catalogue", "own", "evaluate", "bundle", "--out", "again"]).exits(DONE);
    let run = place.run(&["--lang", "en", "verify", "again"]).exits(DONE);
    assert!(run.stdout.contains("catalogue: the bundle's own; never used by a gate"), "{}", run.stdout);
}

/// The built-in check with another revision: enough to make another catalogue.
fn own_check() -> String {
    let place = Place::new();
    let shown = place.run(&["check", "show", "host.ssh.root-login"]).exits(DONE).stdout;
    let changed = regex::Regex::new(r"(?m)^revision: \d+").unwrap().replace(&shown, "revision: 77").into_owned();
    assert_ne!(changed, shown);
    changed
}

fn openssl(place: &Place, args: &[&str]) {
    let output = Command::new("openssl").current_dir(place.path()).args(args).output().expect("openssl is installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn keys(place: &Place, name: &str) -> (String, String) {
    let (private, public) = (format!("{name}.pem"), format!("{name}.pub.pem"));
    openssl(place, &["genpkey", "-algorithm", "ed25519", "-out", &private]);
    openssl(place, &["pkey", "-in", &private, "-pubout", "-out", &public]);
    (private, public)
}

#[test]
fn a_signature_is_unknown_trusted_or_foreign_and_does_not_outlive_a_change() {
    let place = Place::new();
    let (private, public) = keys(&place, "ours");
    let (_, other) = keys(&place, "theirs");
    place.write(
        "inventory.yaml",
        common::inventory(&["{id: fw, kind: network.device, serves: [site], unknown: 无权查看}"]),
    );
    place.run(&["-q", "collect", "inventory.yaml", "--out", "bundle", "--sign-key", &private]).exits(DONE);

    let said = |run: Run, words: &str| assert!(run.stdout.contains(words), "{words}: {}", run.stdout);
    said(verify(&place, &[]).exits(DONE), "authenticity: signed by a key that was not named as trusted");
    said(verify(&place, &["--key", &public]).exits(DONE), "authenticity: signed by a trusted key");
    said(verify(&place, &["--key", &other]).exits(NEGATIVE), "not named as trusted");
    verify(&place, &["--key", "inventory.yaml"]).exits(ERROR);

    // The whole bundle sealed anew by somebody else: intact, and the signature is not over it.
    place.run(&["-q", "collect", "inventory.yaml", "--out", "forged"]).exits(DONE);
    for (name, bytes) in place.files("bundle") {
        if !place.at("forged").join(&name).exists() {
            place.write(&format!("forged/{}", name.display()), bytes);
        }
    }
    let run = place.run(&["--lang", "en", "verify", "forged", "--key", &public]).exits(NEGATIVE);
    said(run, "authenticity: a signature is invalid");

    // Changed in place: both are said.
    let seal = place.at("bundle/SEAL");
    flip(&seal, 30);
    verify(&place, &["--key", &public]).exits(NEGATIVE);
}
