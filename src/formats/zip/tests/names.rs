//! Names that lead astray.

use crate::formats::zip::{
    AnomalyKind, Archive,
    testing::{Builder, Item, kinds},
};

fn named(names: &[&[u8]]) -> Vec<AnomalyKind> {
    kinds(&names.iter().fold(Builder::new(), |builder, name| builder.add(Item::stored(name, ""))).finish())
}

#[test]
fn usual_names_are_none_of_the_oddities() {
    let names: &[&[u8]] =
        &[b"META-INF/MANIFEST.MF", b"res/a..b/..c", "assets/文档.txt".as_bytes(), b"a b~!", b"ab:c", b"..."];
    assert_eq!(named(names), []);
}

#[test]
fn names_that_lead_elsewhere_are_told() {
    assert_eq!(named(&[b"/etc/passwd"]), [AnomalyKind::NameAbsolute]);
    assert_eq!(named(&[b"C:/boot"]), [AnomalyKind::NameAbsolute]);
    assert_eq!(named(&[b"a/../../b"]), [AnomalyKind::NameParent]);
    assert_eq!(named(&[b".."]), [AnomalyKind::NameParent]);
    assert_eq!(named(&[b"a\\b"]), [AnomalyKind::NameBackslash]);
    assert_eq!(named(&[b"..\\b"]), [AnomalyKind::NameBackslash, AnomalyKind::NameParent]);
    assert_eq!(named(&[b"\\\\host"]), [AnomalyKind::NameAbsolute, AnomalyKind::NameBackslash]);
}

#[test]
fn names_that_are_no_text_are_told() {
    assert_eq!(named(&[b""]), [AnomalyKind::NameEmpty]);
    assert_eq!(named(&[b"a\0b"]), [AnomalyKind::NameNul]);
    assert_eq!(named(&[b"a\nb"]), [AnomalyKind::NameControl]);
    assert_eq!(named(&["a\u{85}b".as_bytes()]), [AnomalyKind::NameControl]);
    assert_eq!(named(&[b"a\xff"]), [AnomalyKind::NameNotUtf8]);
    assert_eq!(named(&["a\u{fffd}".as_bytes()]), []);
}

#[test]
fn of_two_entries_of_one_name_the_first_is_found_and_both_are_listed() {
    let bytes = Builder::new().stored("a", "1").stored("b", "2").stored("a", "3").finish();
    assert_eq!(kinds(&bytes), [AnomalyKind::DuplicateName]);
    let archive = Archive::open(&bytes).unwrap();
    assert_eq!(archive.entries().len(), 3);
    assert_eq!(archive.read(archive.find("a").unwrap(), 1).unwrap(), b"1");
    assert_eq!(archive.anomalies()[0].detail, "2 entries of this name");
}

#[test]
fn names_of_the_same_path_are_told() {
    for other in [&b"lib/./x.so"[..], b"lib//x.so", b"./lib/x.so", b"lib/x.so/", b"lib/y/../x.so"] {
        assert!(named(&[b"lib/x.so", other]).contains(&AnomalyKind::DuplicatePath), "{other:?}");
    }
    assert_eq!(named(&[b"lib/x.so", b"lib\\x.so"]), [AnomalyKind::DuplicatePath, AnomalyKind::NameBackslash]);
    assert_eq!(named(&[b"lib/", b"lib/x.so", b"lib/x"]), []);
}

#[test]
fn names_that_differ_in_case_alone_are_told_once() {
    let names: &[&[u8]] = &[b"res/-A.xml", b"res/-a.xml", b"res/B.xml", b"res/b.xml"];
    assert_eq!(named(names), [AnomalyKind::NamesByCase]);
    assert_eq!(named(&["Ä".as_bytes(), "ä".as_bytes()]), [AnomalyKind::NamesByCase]);
    let bytes = names.iter().fold(Builder::new(), |builder, name| builder.add(Item::stored(name, ""))).finish();
    let archive = Archive::open(&bytes).unwrap();
    assert_eq!(archive.anomalies()[0].detail, "as \"res/-a.xml\", and 1 more such names");
    assert_eq!(archive.find("res/b.xml").unwrap().raw_name, b"res/b.xml");
    assert!(archive.find("RES/b.xml").is_none());
}
