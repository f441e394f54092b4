//! Kinds by content, and what a file is that is none.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::{Kind, NotAPackage, recognise};
use crate::formats::zip::{ZipError, testing::Builder};

fn kind_of(names: &[(&str, &str)]) -> Option<Kind> {
    let bytes = names.iter().fold(Builder::new(), |builder, (name, text)| builder.deflated(name, text)).finish();
    recognise(&bytes).ok().map(|package| package.kind)
}

fn refused(bytes: &[u8]) -> String {
    recognise(&bytes).err().expect("it is no package").to_string()
}

#[test]
fn each_kind_is_told_by_what_its_platform_demands() {
    let module = |kind: &str| format!(r#"{{"app": {{}}, "module": {{"name": "entry", "type": "{kind}"}}}}"#);
    let cases: &[(Kind, &[(&str, &str)])] = &[
        (Kind::Apk, &[("AndroidManifest.xml", ""), ("classes.dex", "")]),
        (Kind::Aab, &[("BundleConfig.pb", ""), ("base/manifest/AndroidManifest.xml", "")]),
        (Kind::Aab, &[("base/manifest/AndroidManifest.xml", "")]),
        (Kind::Apks, &[("toc.pb", ""), ("splits/base-master.apk", "")]),
        (Kind::Apks, &[("base.apk", ""), ("split_config.arm64_v8a.apk", "")]),
        (Kind::Apks, &[("base.apk", ""), ("manifest.json", "[]")]),
        (Kind::Xapk, &[("base.apk", ""), ("manifest.json", r#"{"package_name": "cn.example"}"#)]),
        (Kind::Ipa, &[("Payload/Some App.app/Info.plist", "")]),
        (Kind::Hap, &[("module.json", &module("entry")), ("pack.info", "{}")]),
        (Kind::Hap, &[("module.json", &module("feature"))]),
        (Kind::Hap, &[("module.json", "damaged"), ("resources.index", "")]),
        (Kind::Hap, &[("config.json", r#"{"app": {}, "module": {"distro": {"moduleType": "entry"}}}"#), ("a.apk", "")]),
        (Kind::Hsp, &[("module.json", &module("shared")), ("pack.info", "{}")]),
        (Kind::Har, &[("module.json", &module("har"))]),
        (Kind::App, &[("pack.info", "{}"), ("entry-default.hap", ""), ("library.hsp", "")]),
    ];
    for (kind, names) in cases {
        assert_eq!(kind_of(names), Some(*kind), "{names:?}");
        assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
    }
}

#[test]
fn archives_of_something_else_are_named() {
    let named =
        |names: &[&str]| refused(&names.iter().fold(Builder::new(), |builder, name| builder.stored(name, "")).finish());
    assert_eq!(named(&["AndroidManifest.xml", "classes.jar"]), "an Android library (AAR), not an app package");
    assert_eq!(named(&["[Content_Types].xml", "word/document.xml"]), "an Office document, not an app package");
    assert_eq!(named(&["META-INF/MANIFEST.MF", "A.class"]), "a Java archive, not an app package");
    assert_eq!(named(&["mimetype"]), "an OpenDocument file or an e-book, not an app package");
    assert_eq!(named(&["notes.txt"]), "an archive, but of no kind of app package");
    assert_eq!(named(&["config.json"]), "an archive, but of no kind of app package");
    assert_eq!(named(&["deep/down/in/a.apk"]), "an archive, but of no kind of app package");
}

#[test]
fn files_that_are_no_archives_are_named_by_how_they_begin() {
    assert_eq!(refused(b"%PDF-1.7\n"), "a PDF document, not an app package");
    assert_eq!(refused(b"\x7fELF\x02"), "an ELF program or library, not an app package");
    assert_eq!(refused(b"dex\n035\0"), "a DEX file of an Android app, not an app package");
    let mut tar = vec![0; 512];
    tar[257..262].copy_from_slice(b"ustar");
    assert_eq!(refused(&tar), "a tar archive, not an app package");
    let whole = Builder::new().stored("AndroidManifest.xml", "").finish();
    assert_eq!(refused(&whole[..60]), "a zip archive that was cut off or damaged, not an app package");
    assert_eq!(recognise(&b"what".to_vec()).err(), Some(NotAPackage::Zip(ZipError::NoEnd)));
    assert_eq!(recognise(&Vec::new()).err(), Some(NotAPackage::Empty));
}

#[test]
fn what_reads_as_a_package_is_one_whatever_it_begins_with() {
    let apk = Builder::new().stored("AndroidManifest.xml", "").finish();
    for front in [&b"%PDF-1.7\n"[..], b"dex\n035\0"] {
        assert_eq!(recognise(&[front, &apk].concat()).map(|package| package.kind).ok(), Some(Kind::Apk));
    }
    let plain = Builder::new().stored("notes.txt", "").finish();
    assert_eq!(refused(&[b"%PDF-1.7\n", &plain[..]].concat()), "a PDF document, not an app package");
}

#[test]
fn a_harmony_library_may_be_a_compressed_tar() {
    let entry = |name: &str, size: usize| {
        let mut block = vec![0; 512 + size.next_multiple_of(512)];
        block[..name.len()].copy_from_slice(name.as_bytes());
        block[124..135].copy_from_slice(format!("{size:011o}").as_bytes());
        block
    };
    let compressed = |name: &str| {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&[entry("package/Index.ets", 700), entry(name, 20), vec![0; 1024]].concat()).unwrap();
        encoder.finish().unwrap()
    };
    let har = compressed("package/oh-package.json5");
    let package = recognise(&har).unwrap();
    assert!(package.kind == Kind::Har && package.archive.is_none());
    assert_eq!(refused(&compressed("package/package.json")), "a gzip file, not an app package");
    for length in 0..har.len() {
        let _ = recognise(&har[..length].to_vec());
    }
}
