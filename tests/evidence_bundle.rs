//! What is written can be read back, judged again, copied and packed, and nothing is ever overwritten.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "a test prepares and damages files itself")]

mod evidence_common;

use std::{fs, io::Read as _, os::unix::fs::PermissionsExt as _};

use evidence_common::{asset, check, files, inputs, noise, record, sample, write_part};
use jixian::{
    evidence::{
        Bundle, BundleWriter, Content, EvidenceError, Input, Integrity, LayerKind, ManifestInputs, NewLayer, PartState,
        pack, unpack,
    },
    model::{AssetKind, Digest, ItemStatus},
};
use serde_json::json;
use tempfile::tempdir;

#[test]
fn a_sealed_bundle_reads_back_as_it_was_written() {
    let dir = tempdir().unwrap();
    let bundle = sample(&dir.path().join("b"));
    assert_eq!(bundle.state(), PartState::Complete);
    assert_eq!(bundle.parts(), [asset("db-01"), asset("web-01")]);
    let part = bundle.part(&asset("web-01")).unwrap();
    assert_eq!((part.state(), part.kind(), part.records().len()), (PartState::Complete, AssetKind::HostLinux, 5));
    assert_eq!(part.bytes("ssh.effective").unwrap(), b"web-01 ssh.effective\n");
    assert_eq!(part.record("snmp.config").unwrap().status, ItemStatus::Absent);
    assert!(matches!(part.bytes("snmp.config"), Err(EvidenceError::NoBytes { .. })));
    assert!(matches!(part.bytes("no.such"), Err(EvidenceError::NoSuchItem { .. })));
    let mut streamed = Vec::new();
    part.open("packages.list").unwrap().read_to_end(&mut streamed).unwrap();
    assert_eq!(streamed, noise(3 * 65_536 + 100, 13));
    assert_eq!(bundle.inventory().unwrap(), b"schema: jixian.inventory/v1\n");
    assert_eq!(bundle.catalogue().unwrap().unwrap().digest(), bundle.manifest().catalogue.digest);
    assert_eq!(bundle.input("roots").unwrap().as_deref(), Some(&b"roots"[..]));
    assert_eq!(bundle.result("cd").unwrap().as_deref(), Some(&b"{}"[..]));
    let layers = bundle.layers().unwrap();
    assert_eq!((layers.len(), layers[0].kind, layers[0].n), (1, LayerKind::Answers, 1));
    let file = layers[0].file("answers.yaml").unwrap();
    assert_eq!(bundle.layer_file(file).unwrap(), b"schema: jixian.answers/v1\n");
    let report = check(&dir.path().join("b"));
    assert!(report.is_sound() && report.notes.is_empty(), "{report:#?}");
    assert_eq!((report.counts.parts, report.counts.records), (2, 10));
}

#[test]
fn the_root_is_what_sha256sum_says_of_the_manifest() {
    let dir = tempdir().unwrap();
    let bundle = sample(&dir.path().join("b"));
    assert_eq!(bundle.root(), Digest::of(&fs::read(dir.path().join("b/manifest.json")).unwrap()));
}

#[test]
fn the_order_in_which_assets_come_to_their_end_does_not_show() {
    let dir = tempdir().unwrap();
    let names = ["a", "b", "c", "d"];
    let write = |to: &str, order: &[usize], threads: bool| {
        let writer = BundleWriter::create(&dir.path().join(to), inputs(&names)).unwrap();
        if threads {
            std::thread::scope(|scope| names.iter().for_each(|name| drop(scope.spawn(|| write_part(&writer, name)))));
        } else {
            order.iter().for_each(|i| write_part(&writer, names[*i]));
        }
        writer.finish().unwrap().root()
    };
    let first = write("1", &[0, 1, 2, 3], false);
    assert_eq!(first, write("2", &[3, 1, 0, 2], false));
    assert_eq!(first, write("3", &[], true));
    assert_eq!(files(&dir.path().join("1")), files(&dir.path().join("2")));
    assert_eq!(files(&dir.path().join("1")), files(&dir.path().join("3")));
}

#[test]
fn a_run_is_never_overwritten() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("b");
    sample(&path);
    let before = files(&path);
    assert!(matches!(BundleWriter::create(&path, inputs(&[])), Err(EvidenceError::Exists { .. })));
    let packed = dir.path().join("b.jxb");
    pack(&path, &packed).unwrap();
    assert!(matches!(pack(&path, &packed), Err(EvidenceError::Exists { .. })));
    assert!(matches!(unpack(&packed, &path), Err(EvidenceError::Exists { .. })));
    assert_eq!(files(&path), before);
    fs::create_dir(dir.path().join("other")).unwrap();
    fs::write(dir.path().join("other/notes.txt"), "mine").unwrap();
    assert!(matches!(BundleWriter::create(&dir.path().join("other"), inputs(&[])), Err(EvidenceError::Exists { .. })));
    fs::create_dir(dir.path().join("empty")).unwrap();
    assert!(BundleWriter::create(&dir.path().join("empty"), inputs(&[])).is_ok());
}

#[test]
fn evidence_is_closed_to_other_accounts() {
    let dir = tempdir().unwrap();
    sample(&dir.path().join("b"));
    let mode = |name: &str| fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o077;
    assert_eq!((mode("b"), mode("b/parts"), mode("b/parts/web-01/records.jsonl")), (0, 0, 0));
}

#[test]
fn an_item_is_recorded_once_and_an_asset_has_one_part() {
    let dir = tempdir().unwrap();
    let writer = BundleWriter::create(&dir.path().join("b"), inputs(&[])).unwrap();
    let mut part = writer.part(&asset("a"), AssetKind::HostLinux).unwrap();
    part.record(record("x"), None).unwrap();
    assert!(matches!(part.record(record("x"), None), Err(EvidenceError::DuplicateItem { .. })));
    assert!(matches!(writer.part(&asset("a"), AssetKind::HostLinux), Err(EvidenceError::DuplicatePart { .. })));
    let bundle = writer.finish().unwrap();
    assert!(matches!(part.record(record("y"), None), Err(EvidenceError::Sealed { .. })));
    assert_eq!(bundle.part(&asset("a")).unwrap().records().len(), 1);
}

#[test]
fn what_nobody_finished_or_nobody_began_makes_the_bundle_incomplete() {
    let dir = tempdir().unwrap();
    let writer = BundleWriter::create(&dir.path().join("b"), inputs(&["a", "never"])).unwrap();
    let mut part = writer.part(&asset("a"), AssetKind::HostLinux).unwrap();
    part.record(record("x"), b"x".to_vec()).unwrap();
    drop(part);
    let bundle = writer.finish().unwrap();
    assert_eq!((bundle.state(), bundle.is_sealed()), (PartState::Incomplete, true));
    assert_eq!(bundle.part(&asset("a")).unwrap().bytes("x").unwrap(), b"x");
    let report = check(&dir.path().join("b"));
    assert!(report.is_sound());
    assert_eq!(report.completeness.incomplete, [asset("a")]);
    assert_eq!(report.completeness.missing, [asset("never")]);
}

#[test]
fn an_external_object_is_named_and_not_held() {
    let dir = tempdir().unwrap();
    let writer = BundleWriter::create(&dir.path().join("b"), inputs(&[])).unwrap();
    let mut part = writer.part(&asset("app"), AssetKind::AppPackage).unwrap();
    let (digest, size) = (Digest::of(b"2 GB"), 2_000_000_000);
    part.record(record("package"), Content::External { digest, size }).unwrap();
    let part = part.finish(PartState::Complete).unwrap();
    assert_eq!(part.record("package").unwrap().size, size);
    assert!(matches!(part.bytes("package"), Err(EvidenceError::External { .. })));
    writer.finish().unwrap();
    let report = check(&dir.path().join("b"));
    assert!(report.is_sound());
    assert_eq!(report.counts.external, 1);
}

#[test]
fn a_source_that_breaks_off_leaves_no_record_and_no_object() {
    struct Breaks(u8);
    impl std::io::Read for Breaks {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.0 += 1;
            if self.0 < 4 { Ok(buffer.len()) } else { Err(std::io::Error::other("gone")) }
        }
    }
    let dir = tempdir().unwrap();
    let writer = BundleWriter::create(&dir.path().join("b"), inputs(&[])).unwrap();
    let mut part = writer.part(&asset("a"), AssetKind::HostLinux).unwrap();
    let broken = part.record(record("x"), Content::Stream(&mut Breaks(0)));
    assert!(matches!(broken, Err(EvidenceError::Artifact { .. })));
    part.record(record("y"), b"y".to_vec()).unwrap();
    assert_eq!(part.finish(PartState::Complete).unwrap().state(), PartState::Incomplete);
    writer.finish().unwrap();
    let report = check(&dir.path().join("b"));
    assert!(report.is_sound() && report.notes.is_empty(), "{report:#?}");
}

#[test]
fn derived_facts_belong_to_their_artifacts_and_decoders() {
    let dir = tempdir().unwrap();
    let path = dir.path().join("b");
    let writer = BundleWriter::create(&path, inputs(&[])).unwrap();
    let mut part = writer.part(&asset("a"), AssetKind::HostLinux).unwrap();
    part.record(record("x"), b"x".to_vec()).unwrap();
    let part = part.finish(PartState::Complete).unwrap();
    let decoders = Digest::of(b"decoders 1");
    let facts = json!({"host": {"z": 1.5, "a": [true, null]}});
    writer.write_facts(&part, decoders, &facts).unwrap();
    let bundle = writer.finish().unwrap();
    let read = |bundle: &Bundle, decoders| bundle.part(&asset("a")).unwrap().facts(decoders);
    assert_eq!(read(&bundle, decoders).unwrap(), Some(facts));
    assert_eq!(read(&bundle, Digest::of(b"decoders 2")).unwrap(), None);
    let derived = bundle.derive(&dir.path().join("d"), bundle.inputs().unwrap()).unwrap().finish().unwrap();
    assert!(read(&derived, decoders).unwrap().is_some());
    fs::write(path.join("parts/a/facts.json"), b"{}").unwrap();
    assert!(matches!(read(&bundle, decoders), Err(EvidenceError::Damaged { .. })));
    assert_eq!(check(&path).problems[0].place.file, "parts/a/facts.json");
}

#[test]
fn a_derived_bundle_names_its_parent_and_stands_by_itself() {
    let dir = tempdir().unwrap();
    let old = dir.path().join("old");
    let parent = sample(&old);
    let before = files(&old);
    let changed = ManifestInputs { as_of: "2026-12-01T00:00:00+08:00".to_owned(), ..parent.inputs().unwrap() };
    let writer = parent.derive(&dir.path().join("new"), changed).unwrap();
    let waivers = NewLayer { kind: LayerKind::Waivers, files: vec![("waivers.yaml".to_owned(), b"w".to_vec())] };
    writer.add_layer(waivers).unwrap();
    let new = writer.finish().unwrap();
    assert_eq!(files(&old), before);
    assert_eq!(new.manifest().parent, Some(parent.root()));
    assert_ne!(new.root(), parent.root());
    let layers = new.layers().unwrap();
    assert_eq!(
        layers.iter().map(|layer| (layer.n, layer.kind)).collect::<Vec<_>>(),
        [(1, LayerKind::Answers), (2, LayerKind::Waivers)]
    );
    assert_eq!(layers[1].parent, parent.root());
    assert_eq!(new.part(&asset("web-01")).unwrap().root(), parent.part(&asset("web-01")).unwrap().root());
    fs::remove_dir_all(&old).unwrap();
    let report = check(&dir.path().join("new"));
    assert!(report.is_sound() && report.notes.is_empty(), "{report:#?}");
    assert_eq!(new.part(&asset("web-01")).unwrap().bytes("packages.list").unwrap().len(), 3 * 65_536 + 100);
}

#[test]
fn a_bundle_can_be_derived_from_an_archive() {
    let dir = tempdir().unwrap();
    sample(&dir.path().join("b"));
    let packed = dir.path().join("b.jxb");
    pack(&dir.path().join("b"), &packed).unwrap();
    let parent = Bundle::open(&packed).unwrap();
    let derive = |bundle: &Bundle, to: &str| {
        let writer = bundle.derive(&dir.path().join(to), bundle.inputs().unwrap()).unwrap();
        writer.finish().unwrap();
        files(&dir.path().join(to))
    };
    let from_folder = derive(&Bundle::open(&dir.path().join("b")).unwrap(), "1");
    assert_eq!(derive(&parent, "2"), from_folder);
    assert!(check(&dir.path().join("2")).is_sound());
}

#[test]
fn an_archive_has_the_same_content_and_the_same_bytes_every_time() {
    let dir = tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let bundle = sample(&at("b"));
    fs::write(at("b/.DS_Store"), "stranger").unwrap();
    pack(&at("b"), &at("1.jxb")).unwrap();
    unpack(&at("1.jxb"), &at("c")).unwrap();
    pack(&at("c"), &at("2.jxb")).unwrap();
    assert_eq!(fs::read(at("1.jxb")).unwrap(), fs::read(at("2.jxb")).unwrap());
    fs::remove_file(at("b/.DS_Store")).unwrap();
    assert_eq!(files(&at("b")), files(&at("c")));
    let packed = Bundle::open(&at("1.jxb")).unwrap();
    assert_eq!(packed.root(), bundle.root());
    let part = packed.part(&asset("web-01")).unwrap();
    let (mut one, mut two) = (part.open("packages.list").unwrap(), part.open("packages.list").unwrap());
    let (mut a, mut b) = (Vec::new(), Vec::new());
    let mut window = [0; 1000];
    while let Ok(n @ 1..) = one.read(&mut window) {
        a.extend_from_slice(&window[..n]);
        let n = two.read(&mut window).unwrap();
        b.extend_from_slice(&window[..n]);
    }
    assert_eq!((a.len(), &a), (3 * 65_536 + 100, &b));
    assert!(check(&at("1.jxb")).is_sound());
}

#[test]
fn a_recorded_part_is_taken_over_with_its_seal() {
    let dir = tempdir().unwrap();
    let old = sample(&dir.path().join("old"));
    pack(&dir.path().join("old"), &dir.path().join("old.jxb")).unwrap();
    let origin = old.part(&asset("web-01")).unwrap();
    let archive = Digest::of(&fs::read(dir.path().join("old.jxb")).unwrap());
    let writer = BundleWriter::create(&dir.path().join("new"), inputs(&["web-01", "copy", "db-01"])).unwrap();
    let import = |name: &str, from: &str, sha256| {
        writer.import_part(&asset(name), AssetKind::HostLinux, &dir.path().join(from), sha256)
    };
    let part = import("web-01", "old", Some(old.root())).unwrap();
    import("copy", "old/parts/web-01", Some(origin.root())).unwrap();
    import("db-01", "old.jxb", Some(archive)).unwrap();
    assert_eq!(part.records(), origin.records());
    assert_eq!(part.artifacts(), origin.artifacts());
    let recorded = part.recorded().unwrap();
    assert_eq!((recorded.root, recorded.bundle), (origin.root(), Some(old.root())));
    let wrong = Some(Digest::of(b"other"));
    assert!(matches!(import("w", "old/parts/web-01", wrong), Err(EvidenceError::OtherDigest { .. })));
    assert!(matches!(import("w", "old", None), Err(EvidenceError::AmbiguousPart { found: 2, .. })));
    let kind = writer.import_part(&asset("w"), AssetKind::AppPackage, &dir.path().join("old/parts/web-01"), None);
    assert!(matches!(kind, Err(EvidenceError::OtherKind { .. })));
    writer.finish().unwrap();
    fs::remove_dir_all(dir.path().join("old")).unwrap();
    let report = check(&dir.path().join("new"));
    assert!(report.is_sound() && report.notes.is_empty(), "{report:#?}");
    assert_eq!(report.completeness.state, PartState::Complete);
}

#[test]
fn a_part_that_was_taken_over_can_be_taken_over_again() {
    let dir = tempdir().unwrap();
    sample(&dir.path().join("1"));
    for (from, to) in [("1", "2"), ("2", "3")] {
        let writer = BundleWriter::create(&dir.path().join(to), inputs(&["web-01"])).unwrap();
        writer.import_part(&asset("web-01"), AssetKind::HostLinux, &dir.path().join(from), None).unwrap();
        writer.finish().unwrap();
        assert_eq!(check(&dir.path().join(to)).integrity, Integrity::Intact);
    }
}

#[test]
fn a_damaged_part_is_not_taken_over() {
    let dir = tempdir().unwrap();
    let old = sample(&dir.path().join("old"));
    let object = old.part(&asset("web-01")).unwrap().record("packages.list").unwrap().object.unwrap().hex();
    let path = dir.path().join(format!("old/objects/{}/{object}", &object[..2]));
    let mut bytes = fs::read(&path).unwrap();
    bytes[70_000] ^= 1;
    fs::write(&path, bytes).unwrap();
    let writer = BundleWriter::create(&dir.path().join("new"), inputs(&[])).unwrap();
    let taken = writer.import_part(&asset("web-01"), AssetKind::HostLinux, &dir.path().join("old"), None);
    assert!(matches!(taken, Err(EvidenceError::Damaged { .. })), "{taken:?}");
    assert!(matches!(old.derive(&dir.path().join("d"), inputs(&[])), Err(EvidenceError::Damaged { .. })));
    let part = old.part(&asset("web-01")).unwrap();
    assert!(matches!(part.bytes("packages.list"), Err(EvidenceError::Damaged { .. })));
    assert!(part.open("packages.list").unwrap().read_to_end(&mut Vec::new()).is_err());
}

#[test]
fn names_of_inputs_and_layer_files_cannot_lead_outside() {
    let dir = tempdir().unwrap();
    let mut bad = inputs(&[]);
    bad.inputs.insert("../roots".to_owned(), Input::Bytes(Vec::new()));
    assert!(matches!(BundleWriter::create(&dir.path().join("1"), bad), Err(EvidenceError::BadName { .. })));
    let writer = BundleWriter::create(&dir.path().join("2"), inputs(&[])).unwrap();
    let layer = NewLayer { kind: LayerKind::Import, files: vec![("/etc/passwd".to_owned(), Vec::new())] };
    assert!(matches!(writer.add_layer(layer), Err(EvidenceError::BadName { .. })));
}

#[test]
fn what_is_no_bundle_is_said_to_be_none() {
    let dir = tempdir().unwrap();
    assert!(matches!(Bundle::open(dir.path()), Err(EvidenceError::NotABundle { .. })));
    assert!(matches!(Bundle::open(&dir.path().join("missing")), Err(EvidenceError::Io { .. })));
    fs::write(dir.path().join("x.jxb"), "no archive").unwrap();
    assert!(matches!(Bundle::open(&dir.path().join("x.jxb")), Err(EvidenceError::Refused { .. })));
    fs::write(dir.path().join("empty.jxb"), "").unwrap();
    assert!(Bundle::open(&dir.path().join("empty.jxb")).is_err());
}
