//! A package that we built, the same package damaged, and bytes that are none.

#![expect(clippy::disallowed_methods, reason = "tests read the sample")]

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use proptest::prelude::*;

use crate::formats::{
    apk::Manifest,
    package::{Document, Kind, decode_file, decode_stream as decode},
};
use crate::model::{DecodeFailure, Fact, Tri};

fn sample() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/tianfu/packages/tianfu-dept.apk")
}

fn bytes() -> Vec<u8> {
    fs::read(sample()).unwrap()
}

fn manifest(document: Document) -> Manifest {
    match document.manifest {
        Some(Fact::Known(manifest)) => manifest,
        other => panic!("{other:?}"),
    }
}

fn refused(bytes: &[u8]) -> String {
    match decode(&mut &bytes[..]).unwrap_err() {
        DecodeFailure::Malformed { what, .. } => what,
        other => panic!("{other}"),
    }
}

#[test]
fn reads_our_package_as_the_platform_takes_it() {
    let document = decode(&mut &bytes()[..]).unwrap();
    assert_eq!(document.kind, Kind::Apk);
    assert_eq!(document.code.dex.present, 0);
    assert!(document.entries >= 3 && document.uncompressed > 1000 && document.anomalies.is_empty(), "{document:?}");
    let manifest = manifest(document);
    assert_eq!((manifest.package.as_str(), manifest.version_name.as_str()), ("cn.example.tianfu.dept", "1.0.3"));
    assert_eq!((manifest.version_code, manifest.min_sdk, manifest.target_sdk), (103, 24, 28));
    assert_eq!(manifest.debuggable, Fact::Known(false));
    assert_eq!(manifest.allow_backup, Fact::Known(false), "@bool/allow_backup is resolved");
}

#[test]
fn what_is_exported_follows_from_what_is_declared_and_from_the_target() {
    let components = manifest(decode(&mut &bytes()[..]).unwrap()).components;
    let exported: Vec<_> = components.iter().map(|c| (c.name.as_str(), c.exported.known().copied())).collect();
    assert_eq!(
        exported,
        [
            (".LinkActivity", Some(true)),
            (".MainActivity", Some(true)),
            (".FileProvider", Some(false)),
            (".BootReceiver", Some(false)),
            (".PushService", Some(false)),
        ]
    );
    assert_eq!(components[0].schemes, ["tianfu-sample"]);
    assert!(components[1].launcher);
}

#[test]
fn permissions_have_a_level_and_the_implied_ones_are_said_to_be() {
    let permissions = manifest(decode(&mut &bytes()[..]).unwrap()).permissions;
    let seen: Vec<_> = permissions
        .iter()
        .map(|p| (p.name.trim_start_matches("android.permission."), p.level.as_str(), p.max_sdk, p.implied))
        .collect();
    assert_eq!(
        seen,
        [
            ("ACCESS_FINE_LOCATION", "dangerous", 0, false),
            ("CAMERA", "dangerous", 0, false),
            ("INTERNET", "normal", 0, false),
            ("WRITE_EXTERNAL_STORAGE", "dangerous", 28, false),
            ("ACCESS_BACKGROUND_LOCATION", "dangerous", 0, true),
            ("ACCESS_COARSE_LOCATION", "dangerous", 0, true),
            ("ACCESS_MEDIA_LOCATION", "dangerous", 0, true),
            ("POST_NOTIFICATIONS", "dangerous", 0, true),
            ("READ_EXTERNAL_STORAGE", "dangerous", 0, true),
            ("READ_MEDIA_AUDIO", "dangerous", 0, true),
            ("READ_MEDIA_IMAGES", "dangerous", 0, true),
            ("READ_MEDIA_VIDEO", "dangerous", 0, true),
            ("READ_MEDIA_VISUAL_USER_SELECTED", "dangerous", 0, true),
        ]
    );
}

#[test]
fn clear_text_for_one_domain_is_clear_text() {
    let manifest = manifest(decode(&mut &bytes()[..]).unwrap());
    let config = manifest.network_security;
    assert_eq!(
        (config.declared, config.cleartext, config.cleartext_exceptions.clone()),
        (Tri::Yes, Tri::No, Fact::Known(1))
    );
    assert_eq!(manifest.cleartext_permitted, Tri::Yes);
    assert_eq!((config.user_anchors, config.pins, config.debug_overrides), (Tri::No, Tri::No, Tri::No));
}

#[test]
fn a_file_and_a_stream_give_the_same() {
    let from_file: Document = decode_file(File::open(sample()).unwrap()).unwrap();
    assert_eq!(from_file, decode(&mut &bytes()[..]).unwrap());
}

#[test]
fn what_is_no_package_is_refused_with_its_reason() {
    assert_eq!(refused(b""), "the file is empty");
    assert!(refused(&[0; 4096]).contains("no zip archive"));
    assert_eq!(refused(b"%PDF-1.7"), "a PDF document, not an app package");
    assert!(!refused(b"PK").is_empty());
    let whole = bytes();
    assert!(refused(&whole[..whole.len() / 2]).contains("cut off"));
}

#[test]
fn a_file_that_is_large_and_hollow_costs_nothing() {
    let path = std::env::temp_dir().join(format!("jixian-hollow-{}.apk", std::process::id()));
    let file = File::create_new(&path).unwrap();
    file.set_len(2 << 30).unwrap();
    let result = decode_file(File::open(&path).unwrap());
    fs::remove_file(&path).unwrap();
    assert!(matches!(result, Err(DecodeFailure::Malformed { .. })));
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode(&mut &bytes[..]);
    }

    #[test]
    fn a_damaged_package_never_panics(at in any::<proptest::sample::Index>(), with in proptest::collection::vec(any::<u8>(), 1..8)) {
        let mut bytes = bytes();
        let at = at.index(bytes.len());
        let end = (at + with.len()).min(bytes.len());
        bytes.splice(at..end, with);
        let _ = decode(&mut &bytes[..]);
    }
}
