//! Whatever is changed in a sealed bundle is noticed and named, and the four questions are answered apart.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "a test prepares and damages files itself")]

mod evidence_common;

use std::{fs, path::Path, process::Command};

use evidence_common::{asset, check, files, inputs, noise, sample};
use jixian::{
    evidence::{
        Bundle, BundleWriter, CatalogueStanding, Content, EvidenceError, Integrity, PartState, PublicKey,
        SignatureStatus, SigningKey, Standing, VerifyOptions, pack, sign, verify,
    },
    model::{AssetKind, Digest},
};
use proptest::prelude::*;
use tempfile::tempdir;

/// Changes one byte of a file and back again.
fn with_flip<T>(path: &Path, at: usize, bit: u8, then: impl FnOnce() -> T) -> T {
    let good = fs::read(path).unwrap();
    let mut bad = good.clone();
    bad[at] ^= 1 << bit;
    fs::write(path, bad).unwrap();
    let result = then();
    fs::write(path, good).unwrap();
    result
}

#[test]
fn a_flipped_bit_in_any_file_is_noticed_and_the_file_is_named() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("b");
    sample(&path);
    sign(&path, &new_key()).unwrap();
    let all: Vec<_> = files(&path).into_iter().collect();
    assert!(all.len() > 15, "{}", all.len());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(400)
    });
    let flips = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..8_u8);
    let outcome = runner.run(&flips, |(which, at, bit)| {
        let (name, bytes) = &all[which.index(all.len())];
        let at = at.index(bytes.len());
        let report = with_flip(&path.join(name), at, bit, || check(&path));
        prop_assert!(!report.is_sound(), "{} byte {} bit {}", name, at, bit);
        if name.starts_with("signatures/") {
            prop_assert_eq!(&report.authenticity.signatures[0].file, name);
            prop_assert_eq!(report.authenticity.standing(), Standing::Invalid);
        } else {
            prop_assert!(
                report.problems.iter().any(|p| p.place.file == *name),
                "{} byte {}: {:?}",
                name,
                at,
                report.problems
            );
        }
        Ok(())
    });
    outcome.unwrap();
    assert!(check(&path).is_sound());
}

#[test]
fn exactly_the_chunk_that_is_wrong_is_named_with_its_part_and_record() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("b");
    let bundle = sample(&path);
    let part = bundle.part(&asset("db-01")).unwrap();
    let record = part.record("packages.list").unwrap();
    let digest = record.object.unwrap();
    let file = format!("objects/{}/{}", &digest.hex()[..2], digest.hex());
    for (at, chunk) in [(0, 0), (65_535, 0), (65_536, 1), (150_000, 2), (3 * 65_536 + 99, 3)] {
        let report = with_flip(&path.join(&file), at, 3, || check(&path));
        let [problem] = &report.problems[..] else { panic!("{:#?}", report.problems) };
        assert_eq!((problem.place.chunk, problem.place.object), (Some(chunk), Some(digest)), "byte {at}");
        assert_eq!((problem.place.part.as_ref(), problem.place.record), (Some(&asset("db-01")), Some(5)));
        assert_eq!(problem.place.item.as_deref(), Some("packages.list"));
    }
    let bytes = fs::read(path.join(&file)).unwrap();
    fs::write(path.join(&file), &bytes[..2 * 65_536]).unwrap();
    let chunks: Vec<_> = check(&path).problems.iter().map(|problem| problem.place.chunk).collect();
    assert_eq!(chunks, [Some(2), Some(3)]);
}

#[test]
fn exactly_the_record_that_was_changed_is_named() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("b");
    sample(&path);
    let log = path.join("parts/web-01/records.jsonl");
    let good = fs::read_to_string(&log).unwrap();
    for n in 0..5 {
        let mut lines: Vec<_> = good.lines().map(str::to_owned).collect();
        lines[n] = lines[n].replace("test@1", "test@9");
        fs::write(&log, lines.join("\n") + "\n").unwrap();
        let report = check(&path);
        let [problem] = &report.problems[..] else { panic!("{:#?}", report.problems) };
        assert_eq!((problem.place.part.as_ref(), problem.place.record), (Some(&asset("web-01")), Some(n as u64 + 1)));
        let opened = Bundle::open(&path).unwrap().part(&asset("web-01"));
        assert!(matches!(opened, Err(EvidenceError::Damaged { .. })));
    }
}

#[test]
fn removed_files_and_files_moved_to_another_asset_are_noticed() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("b");
    sample(&path);
    for name in files(&path).into_keys() {
        let kept = fs::read(path.join(&name)).unwrap();
        fs::remove_file(path.join(&name)).unwrap();
        if name == "manifest.json" {
            assert!(matches!(Bundle::open(&path), Err(EvidenceError::NotABundle { .. })));
        } else if name == "SEAL" {
            // Without its seal it is an interrupted run: never complete.
            assert_eq!(Bundle::open(&path).unwrap().state(), PartState::Incomplete);
        } else {
            let report = check(&path);
            assert!(report.problems.iter().any(|problem| problem.place.file == name), "{name}: {:#?}", report.problems);
        }
        fs::write(path.join(&name), kept).unwrap();
    }
    assert!(check(&path).is_sound());
    for name in ["part.json", "records.jsonl", "SEAL"] {
        let other = fs::read(path.join("parts/db-01").join(name)).unwrap();
        fs::write(path.join("parts/web-01").join(name), other).unwrap();
    }
    assert!(Bundle::open(&path).unwrap().part(&asset("web-01")).is_err());
    assert!(!check(&path).is_sound());
}

#[test]
fn what_does_not_belong_to_the_bundle_is_noted_and_nothing_rests_on_it() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("b");
    let root = sample(&path).root();
    fs::create_dir_all(path.join("parts/ghost")).unwrap();
    fs::write(path.join("parts/ghost/part.json"), "{}").unwrap();
    fs::write(path.join("parts/web-01/facts.json"), "{}").unwrap();
    fs::write(path.join("readme.txt"), "x").unwrap();
    std::os::unix::fs::symlink("/etc/passwd", path.join("link")).unwrap();
    let report = check(&path);
    assert_eq!((report.root, report.integrity), (Some(root), Integrity::Intact));
    let noted: Vec<_> = report.notes.iter().map(|note| note.place.file.as_str()).collect();
    assert_eq!(noted, ["parts/ghost/part.json", "parts/web-01/facts.json", "link", "readme.txt"]);
    let part = Bundle::open(&path).unwrap().part(&asset("web-01")).unwrap();
    assert_eq!(part.facts(Digest::of(b"any")).unwrap(), None);
}

#[test]
fn links_and_pipes_in_place_of_files_are_refused() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("b");
    sample(&path);
    fs::rename(path.join("manifest.json"), dir.path().join("elsewhere")).unwrap();
    std::os::unix::fs::symlink(dir.path().join("elsewhere"), path.join("manifest.json")).unwrap();
    assert!(matches!(Bundle::open(&path), Err(EvidenceError::Refused { .. })));
    fs::remove_file(path.join("manifest.json")).unwrap();
    let made = Command::new("mkfifo").arg(path.join("manifest.json")).status().unwrap();
    assert!(made.success());
    assert!(matches!(Bundle::open(&path), Err(EvidenceError::Refused { .. })));
}

#[test]
fn a_changed_archive_is_refused_or_verifies_as_what_was_sealed() {
    let dir = tempdir().unwrap();
    let root = sample(&dir.path().join("b")).root();
    let packed = dir.path().join("b.jxb");
    pack(&dir.path().join("b"), &packed).unwrap();
    let good = fs::read(&packed).unwrap();
    let step = (good.len() / 300).max(1);
    for at in (0..good.len()).step_by(step) {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        fs::write(&packed, &bad).unwrap();
        if let Ok(report) = verify(&packed, &VerifyOptions::default()) {
            assert!(!report.is_sound() || report.root == Some(root), "byte {at}");
        }
    }
    for cut in (0..good.len()).step_by(step) {
        fs::write(&packed, &good[..cut]).unwrap();
        assert!(Bundle::open(&packed).is_err(), "cut at {cut}");
    }
}

#[test]
fn the_origin_of_the_catalogue_is_told_apart() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("b");
    let digest = sample(&path).manifest().catalogue.digest;
    let standing = |installed, pinned| {
        verify(&path, &VerifyOptions { installed, pinned, ..VerifyOptions::default() }).unwrap().catalogue.standing
    };
    assert_eq!(standing(Some(digest), None), CatalogueStanding::Installed);
    assert_eq!(standing(None, Some(digest)), CatalogueStanding::Pinned);
    assert_eq!(standing(Some(Digest::of(b"other")), None), CatalogueStanding::Bundle);
    let writer = BundleWriter::create(
        &dir.path().join("c"),
        jixian::evidence::ManifestInputs { catalogue_files: None, ..inputs(&[]) },
    );
    writer.unwrap().finish().unwrap();
    assert_eq!(check(&dir.path().join("c")).catalogue.standing, CatalogueStanding::Absent);
}

#[test]
fn a_signature_is_valid_untrusted_or_invalid_and_never_taken_for_granted() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("b");
    sample(&path);
    let (mine, other) = (new_key(), new_key());
    let standing = |path: &Path, keys: &[PublicKey]| {
        let options = VerifyOptions { keys: keys.to_vec(), ..VerifyOptions::default() };
        verify(path, &options).unwrap().authenticity.standing()
    };
    assert_eq!(standing(&path, &[mine.public()]), Standing::Unsigned);
    let file = sign(&path, &mine).unwrap();
    assert_eq!(sign(&path, &mine).unwrap(), file);
    assert_eq!(standing(&path, &[mine.public()]), Standing::Valid);
    assert_eq!(standing(&path, &[other.public()]), Standing::UntrustedKey);
    assert_eq!(standing(&path, &[]), Standing::UntrustedKey);
    let packed = dir.path().join("b.jxb");
    pack(&path, &packed).unwrap();
    assert_eq!(standing(&packed, &[mine.public()]), Standing::Valid);
    let beside = sign(&packed, &other).unwrap();
    let report = verify(&packed, &VerifyOptions { keys: vec![mine.public()], ..VerifyOptions::default() }).unwrap();
    let statuses: Vec<_> = report.authenticity.signatures.iter().map(|signature| signature.status).collect();
    assert_eq!(statuses, [SignatureStatus::Valid, SignatureStatus::UntrustedKey]);
    let elsewhere = sample(&dir.path().join("c"));
    let derived = elsewhere.derive(&dir.path().join("d"), elsewhere.inputs().unwrap()).unwrap().finish().unwrap();
    assert_ne!(derived.root(), elsewhere.root());
    let name = file.file_name().unwrap();
    fs::create_dir(dir.path().join("d/signatures")).unwrap();
    fs::copy(&file, dir.path().join("d/signatures").join(name)).unwrap();
    assert_eq!(standing(&dir.path().join("d"), &[mine.public()]), Standing::Invalid);
    assert!(beside.ends_with(format!("b.jxb.{}.sig", other.public().id())));
}

#[test]
fn openssl_makes_the_keys_and_can_check_the_signature() {
    let dir = tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let openssl = |args: &[&str]| Command::new("openssl").args(args).current_dir(dir.path()).output().unwrap();
    assert!(openssl(&["genpkey", "-algorithm", "ed25519", "-out", "key.pem"]).status.success());
    assert!(openssl(&["pkey", "-in", "key.pem", "-pubout", "-out", "pub.pem"]).status.success());
    assert!(openssl(&["pkey", "-in", "key.pem", "-outform", "DER", "-out", "key.der"]).status.success());
    assert!(openssl(&["pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "pub.der"]).status.success());
    assert!(openssl(&["genpkey", "-algorithm", "x25519", "-out", "other.pem"]).status.success());
    for name in ["key.pem", "key.der", "other.pem"] {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(at(name), fs::Permissions::from_mode(0o600)).unwrap();
    }
    let key = SigningKey::read(&at("key.pem")).unwrap();
    for file in ["pub.pem", "pub.der"] {
        assert_eq!(PublicKey::read(&at(file)).unwrap(), key.public(), "{file}");
    }
    assert_eq!(SigningKey::read(&at("key.der")).unwrap().public(), key.public());
    assert!(matches!(SigningKey::read(&at("other.pem")), Err(EvidenceError::Key { .. })));
    assert!(matches!(PublicKey::read(&at("key.pem")), Err(EvidenceError::Key { .. })));
    let root = Digest::of(b"root");
    let signature = key.sign(root).signature;
    let raw: Vec<u8> =
        (0..signature.len()).step_by(2).map(|i| u8::from_str_radix(&signature[i..i + 2], 16).unwrap()).collect();
    fs::write(at("sig"), raw).unwrap();
    let verifies = |line: String| {
        fs::write(at("line"), line).unwrap();
        let args = ["pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "pub.pem", "-in", "line", "-sigfile", "sig"];
        openssl(&args).status.success()
    };
    assert!(verifies(format!("jixian.bundle/v1 {root}\n")));
    assert!(!verifies(format!("jixian.bundle/v1 {}\n", Digest::of(b"other"))));
}

#[test]
fn a_private_key_that_others_can_read_is_not_used() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempdir().unwrap();
    let path = dir.path().join("key.pem");
    fs::write(&path, "-----BEGIN PRIVATE KEY-----\n").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let Err(error) = SigningKey::read(&path) else { panic!("it was used") };
    assert!(error.to_string().contains("chmod 600"), "{error}");
}

#[test]
fn a_record_that_lies_about_its_size_is_noticed() {
    let dir = tempdir().unwrap();
    let writer = BundleWriter::create(&dir.path().join("b"), inputs(&[])).unwrap();
    let mut part = writer.part(&asset("a"), AssetKind::HostLinux).unwrap();
    let bytes = noise(1000, 1);
    let digest = Digest::of(&bytes);
    part.record(evidence_common::record("x"), bytes).unwrap();
    part.record(evidence_common::record("y"), Content::External { digest, size: 5 }).unwrap();
    part.finish(PartState::Complete).unwrap();
    writer.finish().unwrap();
    assert!(check(&dir.path().join("b")).is_sound());
    let log = dir.path().join("b/parts/a/records.jsonl");
    let changed = fs::read_to_string(&log).unwrap().replace("\"size\":1000", "\"size\":1001");
    fs::write(&log, changed).unwrap();
    assert!(!check(&dir.path().join("b")).is_sound());
}

fn new_key() -> SigningKey {
    let random = ring::rand::SystemRandom::new();
    let document = ring::signature::Ed25519KeyPair::generate_pkcs8(&random).unwrap();
    SigningKey::parse(document.as_ref()).unwrap()
}
