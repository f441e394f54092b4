//! A small bundle for tests of evidence.

#![allow(dead_code, reason = "each test file uses some of it")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use jixian::{
    evidence::{
        Bundle, BundleWriter, CatalogueOrigin, CatalogueRef, Content, Input, LayerKind, ManifestInputs, NewLayer,
        NewRecord, Origin, PartState, VerifyOptions, VerifyReport, verify,
    },
    model::{AssetId, AssetKind, CatalogueFiles, Digest, ItemStatus, Lang},
};

pub fn asset(name: &str) -> AssetId {
    name.parse().expect("a test names assets well")
}

pub fn inputs(planned: &[&str]) -> ManifestInputs {
    let files = CatalogueFiles::new([("checks/host/a.yaml".to_owned(), "id: a\n".to_owned())]);
    ManifestInputs {
        inventory: b"schema: jixian.inventory/v1\n".to_vec(),
        catalogue: CatalogueRef { digest: files.digest(), origin: CatalogueOrigin::Installed },
        catalogue_files: Some(files),
        engine: "0.1.0".to_owned(),
        as_of: "2026-11-21T10:00:00+08:00".to_owned(),
        language: Lang::Zh,
        operator: Some("示例评估员".to_owned()),
        inputs: BTreeMap::from([
            ("roots".to_owned(), Input::Bytes(b"roots".to_vec())),
            ("fonts".to_owned(), Input::Digest(Digest::of(b"fonts"))),
        ]),
        planned: planned.iter().map(|name| (asset(name), AssetKind::HostLinux)).collect(),
    }
}

pub fn record(item: &str) -> NewRecord {
    let origin = Origin::Argv(vec!["cat".to_owned(), item.to_owned()]);
    NewRecord::new(item, "test@1", origin, ItemStatus::Ok, "2026-11-21T10:00:00+08:00")
}

/// Not repeating, so that every chunk is different.
pub fn noise(bytes: usize, seed: u64) -> Vec<u8> {
    let mut state = seed | 1;
    (0..bytes)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        })
        .collect()
}

/// Writes the part of one asset: three small items, one that is absent, and one of four chunks.
pub fn write_part(bundle: &BundleWriter, name: &str) {
    let mut part = bundle.part(&asset(name), AssetKind::HostLinux).expect("a new part");
    for item in ["os.release", "ssh.effective", "accounts.passwd"] {
        part.record(record(item), format!("{name} {item}\n").into_bytes()).expect("a small item");
    }
    part.record(NewRecord { status: ItemStatus::Absent, ..record("snmp.config") }, None).expect("an absent item");
    let large = noise(3 * 65_536 + 100, name.len() as u64 + 7);
    part.record(record("packages.list"), Content::Stream(&mut large.as_slice())).expect("a large item");
    part.finish(PartState::Complete).expect("a sealed part");
}

/// A sealed bundle of two hosts, facts and a layer.
pub fn sample(dir: &Path) -> Bundle {
    let writer = BundleWriter::create(dir, inputs(&["web-01", "db-01"])).expect("a new bundle");
    write_part(&writer, "web-01");
    write_part(&writer, "db-01");
    let layer = NewLayer {
        kind: LayerKind::Answers,
        files: vec![("answers.yaml".to_owned(), b"schema: jixian.answers/v1\n".to_vec())],
    };
    writer.add_layer(layer).expect("a layer");
    writer.add_result("cd", b"{}".to_vec()).expect("a result");
    writer.finish().expect("a sealed bundle")
}

pub fn check(path: &Path) -> VerifyReport {
    verify(path, &VerifyOptions::default()).expect("a bundle that can be read")
}

/// Every file below `dir`, by relative name.
pub fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    walk(dir, dir, &mut found);
    found
}

fn walk(root: &Path, dir: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in fs::read_dir(dir).expect("a folder").flatten() {
        let path: PathBuf = entry.path();
        if path.is_dir() {
            walk(root, &path, found);
        } else {
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().into_owned();
            found.insert(name, fs::read(&path).expect("a file"));
        }
    }
}
