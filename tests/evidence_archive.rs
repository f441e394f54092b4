//! Archives are hostile until they were read: nothing escapes, nothing is taken twice, nothing grows without bound.

#![cfg(unix)]
#![allow(clippy::disallowed_methods, reason = "a test prepares and damages files itself")]

mod evidence_common;

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

use evidence_common::{files, sample};
use jixian::evidence::{Bundle, EvidenceError, pack, scan_archive, unpack};
use proptest::prelude::*;
use tar::{EntryType, Header};
use tempfile::{TempDir, tempdir};

const LIMIT: u64 = 16 * 1024 * 1024;

/// An entry of a hand-made tar. The name goes in as bytes, so that it can be what no tool would write.
struct Entry {
    name: Vec<u8>,
    kind: EntryType,
    link: &'static str,
    data: Vec<u8>,
}

fn plain(name: &str, data: &[u8]) -> Entry {
    Entry { name: name.as_bytes().to_vec(), kind: EntryType::Regular, link: "", data: data.to_vec() }
}

fn special(name: &str, kind: EntryType, link: &'static str) -> Entry {
    Entry { name: name.as_bytes().to_vec(), kind, link, data: Vec::new() }
}

fn tar_of(entries: &[Entry]) -> Vec<u8> {
    let mut tar = Vec::new();
    for entry in entries {
        let mut header = Header::new_ustar();
        header.as_mut_bytes()[..entry.name.len()].copy_from_slice(&entry.name);
        header.set_entry_type(entry.kind);
        if !entry.link.is_empty() {
            header.set_link_name(entry.link).unwrap();
        }
        header.set_size(entry.data.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_cksum();
        tar.extend_from_slice(header.as_bytes());
        tar.extend_from_slice(&entry.data);
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.resize(tar.len() + 1024, 0);
    tar
}

fn jxb(entries: &[Entry]) -> Vec<u8> {
    zstd::encode_all(tar_of(entries).as_slice(), 3).unwrap()
}

/// Why an archive is refused when it is opened and when it is unpacked; whatever it is, nothing may lie outside.
fn refusal(bytes: &[u8]) -> String {
    let dir: TempDir = tempdir().unwrap();
    let archive = dir.path().join("x.jxb");
    fs::write(&archive, bytes).unwrap();
    let inside = dir.path().join("deep/inside");
    let unpacked = unpack(&archive, &inside);
    let left: Vec<_> = files(dir.path()).into_keys().collect();
    assert_eq!(left, ["x.jxb"], "nothing was unpacked");
    assert!(matches!(unpacked, Err(EvidenceError::Refused { .. })), "{unpacked:?}");
    match Bundle::open(&archive) {
        Err(EvidenceError::Refused { why, .. }) => why,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in [
        "../SEAL",
        "parts/../../SEAL",
        "/etc/passwd",
        "parts/web-01/../../../x",
        "./manifest.json",
        "manifest.json/",
        "parts//SEAL",
        "C:\\x",
        "objects/ab/readme.txt",
        "manifest.json ",
        "MANIFEST.JSON",
        "",
    ] {
        let why = refusal(&jxb(&[plain(name, b"x")]));
        assert!(why.contains("is not a file of a bundle"), "{name}: {why}");
    }
    let mut odd = plain("SEAL", b"x");
    odd.name = b"SEAL\xff\n\x1b[31m".to_vec();
    let why = refusal(&jxb(&[odd]));
    assert!(!why.contains('\x1b') && !why.contains('\n'), "{why:?}");
}

#[test]
fn links_devices_folders_and_extensions_are_refused() {
    use EntryType as T;
    for kind in [T::Symlink, T::Link, T::Directory, T::Char, T::Block, T::Fifo, T::GNUSparse, T::Continuous] {
        let why = refusal(&jxb(&[special("manifest.json", kind, "/etc/passwd")]));
        assert!(why.contains("is not a plain file"), "{kind:?}: {why}");
    }
    for kind in [T::GNULongName, T::GNULongLink, T::XHeader, T::XGlobalHeader] {
        let why = refusal(&jxb(&[special("SEAL", kind, ""), plain("manifest.json", b"{}")]));
        assert!(why.contains("is not a plain file"), "{kind:?}: {why}");
    }
}

#[test]
fn a_file_comes_once_and_in_its_place() {
    let twice = refusal(&jxb(&[plain("SEAL", b"1"), plain("SEAL", b"2")]));
    let unsorted = refusal(&jxb(&[plain("manifest.json", b"1"), plain("SEAL", b"2")]));
    assert!(twice.contains("comes twice") && unsorted.contains("not in order"), "{twice} {unsorted}");
}

#[test]
fn what_comes_after_the_end_is_refused() {
    let mut tar = tar_of(&[plain("SEAL", b"1")]);
    tar.extend_from_slice(&tar_of(&[plain("manifest.json", b"2")]));
    refusal(&zstd::encode_all(tar.as_slice(), 3).unwrap());
    let mut short = tar_of(&[plain("SEAL", &[1; 2000])]);
    short.truncate(1500);
    refusal(&zstd::encode_all(short.as_slice(), 3).unwrap());
}

#[test]
fn a_bomb_is_refused_after_a_bounded_effort() {
    let huge = io::repeat(0).take(3 << 30);
    let mut header = Header::new_ustar();
    header.set_path("manifest.json").unwrap();
    header.set_entry_type(EntryType::Regular);
    header.set_size(3 << 30);
    header.set_cksum();
    let tar = io::Cursor::new(header.as_bytes().to_vec()).chain(huge);
    let bomb = zstd::encode_all(tar, 1).unwrap();
    assert!(bomb.len() < 400_000, "{}", bomb.len());
    let why = refusal(&bomb);
    assert!(why.contains("unpacks to more"), "{why}");
}

#[test]
fn an_entry_that_claims_more_than_there_is_is_refused() {
    let mut header = Header::new_ustar();
    header.set_path("SEAL").unwrap();
    header.set_entry_type(EntryType::Regular);
    header.set_size(u64::MAX / 4);
    header.set_cksum();
    let mut tar = header.as_bytes().to_vec();
    tar.resize(4096, 7);
    refusal(&zstd::encode_all(tar.as_slice(), 3).unwrap());
}

#[test]
fn packing_leaves_no_half_archive_behind() {
    let dir = tempdir().unwrap();
    assert!(matches!(pack(Path::new("/nonexistent"), &dir.path().join("x")), Err(EvidenceError::NotABundle { .. })));
    sample(&dir.path().join("b"));
    assert!(pack(&dir.path().join("b"), &dir.path().join("no/such/folder/x.jxb")).is_err());
    pack(&dir.path().join("b"), &dir.path().join("x.jxb")).unwrap();
    let left: Vec<_> = fs::read_dir(dir.path()).unwrap().flatten().map(|entry| entry.file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let _ = scan_archive(&bytes, LIMIT);
        let _ = scan_archive(&zstd::encode_all(bytes.as_slice(), 1).unwrap(), LIMIT);
    }

    #[test]
    fn what_is_read_of_a_changed_tar_are_names_of_a_bundle(at in 0..2048_usize, byte in any::<u8>()) {
        let mut tar = tar_of(&[plain("SEAL", b"seal"), plain("manifest.json", b"manifest")]);
        tar[at] = byte;
        if let Ok(names) = scan_archive(&zstd::encode_all(tar.as_slice(), 1).unwrap(), LIMIT) {
            for name in names {
                prop_assert!(["SEAL", "manifest.json"].contains(&name.as_str()), "{}", name);
            }
        }
    }
}
