//! Documents of our own making, whole and tampered with.

use proptest::prelude::*;

use super::{AxmlError, read};
use crate::formats::apk::{
    attributes,
    element::{ANDROID, Element, Value},
    oddities::Oddities,
    testing::binary::{self, axml, chunk, node, pool},
};

fn parsed(bytes: &[u8]) -> (Result<Element, AxmlError>, Vec<String>) {
    let oddities = Oddities::default();
    let root = read(bytes, "AndroidManifest.xml", &oddities);
    (root, oddities.list().into_iter().map(|oddity| oddity.kind).collect())
}

fn sample() -> Vec<u8> {
    axml(&binary::SAMPLE)
}

#[test]
fn a_document_is_read_without_an_oddity() {
    let (root, oddities) = parsed(&sample());
    let root = root.unwrap();
    assert_eq!(oddities, [""; 0]);
    assert_eq!((&*root.name, root.plain("package")), ("manifest", Some(&Value::Text("cn.example.app".into()))));
    let application = root.child("application").unwrap();
    assert_eq!(application.android(attributes::DEBUGGABLE), Some(&Value::Boolean(true)));
    assert_eq!(application.child("activity").unwrap().text, "见");
}

#[test]
fn the_number_of_an_attribute_decides_and_not_its_name() {
    let strings = ["manifest", "allowBackup", "exported", ANDROID];
    let ids = [0, attributes::DEBUGGABLE];
    let attributes = [(3, 1, 0x12, 1), (3, 2, 0x12, 1)];
    let bytes = binary::document(&[pool(&strings), binary::ids(&ids), node::start(0, &attributes), node::end(0)]);
    let (root, oddities) = parsed(&bytes);
    let root = root.unwrap();
    assert_eq!(root.android(attributes::ALLOW_BACKUP), None, "it only looks like it");
    assert_eq!(root.android(attributes::DEBUGGABLE), Some(&Value::Boolean(true)));
    assert_eq!(root.android(attributes::EXPORTED), None, "the platform would not see it");
    assert_eq!(oddities, ["attribute_without_id"]);
}

#[test]
fn what_no_compiler_writes_is_noted_and_read_all_the_same() {
    let strings = ["manifest", "package", "cn.example.app"];
    let attributes = [(u32::MAX, 1, 3, 2)];
    let body = || [pool(&strings), node::start(0, &attributes), node::end(0)].concat();
    let garbage = chunk(0x7777, 8, &[0; 8]);
    let tampered: [(&str, Vec<u8>); 9] = [
        ("document_type", chunk(0x0001, 8, &body())),
        ("document_header", chunk(0x0003, 12, &body())),
        ("trailing_bytes", [chunk(0x0003, 8, &body()), vec![0; 16]].concat()),
        ("unknown_chunk", chunk(0x0003, 8, &[garbage.clone(), body()].concat())),
        ("unclosed_elements", chunk(0x0003, 8, &[pool(&strings), node::start(0, &attributes)].concat())),
        ("end_without_start", chunk(0x0003, 8, &[body(), node::end(0)].concat())),
        ("second_root", chunk(0x0003, 8, &[body(), node::start(0, &[]), node::end(0)].concat())),
        ("late_string_pool", chunk(0x0003, 8, &[body(), pool(&["x"])].concat())),
        ("attribute_twice", {
            let twice = [attributes[0], attributes[0]];
            chunk(0x0003, 8, &[pool(&strings), node::start(0, &twice), node::end(0)].concat())
        }),
    ];
    for (expected, bytes) in tampered {
        let (root, oddities) = parsed(&bytes);
        assert_eq!(oddities, [expected]);
        assert_eq!(root.unwrap().plain("package"), Some(&Value::Text("cn.example.app".into())), "{expected}");
    }
}

#[test]
fn sizes_that_lie_cost_no_more_than_the_bytes_that_are_there() {
    let mut bytes = sample();
    bytes[4..8].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(parsed(&bytes).1.contains(&"document_size".to_owned()));
    let mut bytes = sample();
    // The number of strings, in the header of the pool.
    bytes[16..20].copy_from_slice(&u32::MAX.to_le_bytes());
    assert!(parsed(&bytes).1.contains(&"string_count".to_owned()));
    // One attribute, repeated by a step of zero as often as can be said.
    let mut element = node::start(0, &[(u32::MAX, 0, 0x12, 1)]);
    element[26..28].copy_from_slice(&0_u16.to_le_bytes());
    element[28..30].copy_from_slice(&u16::MAX.to_le_bytes());
    let elements = element.repeat(7);
    let (root, _) = parsed(&binary::document(&[pool(&["a"]), elements]));
    assert!(matches!(root, Err(AxmlError::TooMany { what: "attributes", .. })));
}

#[test]
fn elements_within_elements_end_somewhere() {
    let deep = [pool(&["a"]), node::start(0, &[]).repeat(500), node::end(0).repeat(500)];
    let (root, oddities) = parsed(&binary::document(&deep));
    assert_eq!(oddities, ["too_deep"]);
    let mut depth = 1;
    let mut at = &root.unwrap();
    while let Some(child) = at.children.first() {
        depth += 1;
        at = child;
    }
    assert_eq!(depth, 64);
    let many = [pool(&["a"]), [node::start(0, &[]), node::end(0)].concat().repeat(100_001)];
    assert!(matches!(parsed(&binary::document(&many)).0, Err(AxmlError::TooMany { what: "elements", .. })));
}

#[test]
fn strings_that_overlap_are_not_made_without_end() {
    // Every offset points at the same long text.
    let text = "x".repeat(30_000);
    let mut bytes = pool(&[&text]);
    let count = 3_000_u32;
    let header = 28 + 4 * count;
    let data = bytes.split_off(32);
    let mut out = [8_u32, count, 0, 0x100, header, 0].iter().flat_map(|word| word.to_le_bytes()).collect::<Vec<u8>>();
    out.splice(..4, []);
    out.extend(vec![0; 4 * count as usize]);
    out.extend(data);
    let pool = chunk(0x0001, 28, &out);
    let elements: Vec<u8> = (0..count).flat_map(|name| [node::start(name, &[]), node::end(name)].concat()).collect();
    let (_, oddities) = parsed(&binary::document(&[pool, elements]));
    assert!(oddities.contains(&"string_budget".to_owned()), "{oddities:?}");
}

#[test]
fn what_is_no_document_is_refused_with_its_reason() {
    assert_eq!(parsed(b"").0, Err(AxmlError::TooShort));
    assert_eq!(parsed(b"<?xml version='1.0'?><manifest/>").0, Err(AxmlError::Plain));
    assert_eq!(parsed(&binary::document(&[pool(&["a"])])).0, Err(AxmlError::NoRoot));
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parsed(&bytes);
    }

    #[test]
    fn a_damaged_document_never_panics(at in any::<proptest::sample::Index>(), with in proptest::collection::vec(any::<u8>(), 1..8)) {
        let mut bytes = sample();
        let at = at.index(bytes.len());
        let end = (at + with.len()).min(bytes.len());
        bytes.splice(at..end, with);
        let _ = parsed(&bytes);
    }
}
