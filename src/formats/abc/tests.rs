//! Files of our own with the header and the strings of the format, and bytes that are none.

use proptest::prelude::*;

use super::{AbcError, scan};
use crate::model::Tri;

/// A file with a header of version 12.0.6.0, and what follows it.
fn file(body: &[u8]) -> Vec<u8> {
    let mut bytes = b"PANDA\0\0\0\0\0\0\0\x0c\0\x06\0".to_vec();
    bytes.resize(60, 0);
    bytes[28] = 3;
    bytes.extend(body);
    let length = bytes.len() as u32;
    bytes[16..20].copy_from_slice(&length.to_le_bytes());
    let checksum = simd_adler32::adler32(&&bytes[12..]);
    bytes[8..12].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// A string as the format has it.
fn item(text: &str) -> Vec<u8> {
    let units = text.encode_utf16().count() as u32;
    let mut number = units << 1 | u32::from(text.is_ascii());
    let mut out = Vec::new();
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        out.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            break;
        }
    }
    out.extend(text.as_bytes());
    out.push(0);
    out
}

fn strings(bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let abc = scan(bytes, &mut |text| found.push(text.to_owned())).expect("it has a header");
    assert_eq!(abc.strings, found.len() as i64);
    found
}

#[test]
fn strings_are_found_among_other_items() {
    let long = "https://subsite.example/".repeat(9);
    let texts = ["L&entry/src/main/ets/pages/Index&;", "天府通办", "ab", long.as_str()];
    let body: Vec<u8> = texts.iter().flat_map(|text| [item(text), vec![0, 7, 0xff, 1]].concat()).collect();
    assert_eq!(strings(&file(&body)), texts);
}

#[test]
fn text_without_its_length_is_no_string() {
    assert!(strings(&file(b"\x03no string\0")).is_empty());
    assert!(strings(&file(&item("cut off")[..6])).is_empty());
}

#[test]
fn the_header_says_version_and_size() {
    let bytes = file(&item("text"));
    let abc = scan(&bytes, &mut |_| {}).unwrap();
    assert_eq!((abc.version.as_str(), abc.classes, abc.checksum), ("12.0.6.0", 3, Tri::Yes));
    assert_eq!(abc.bytes, abc.declared_bytes);
    assert!(!abc.call_sites_read);
    let mut damaged = bytes;
    damaged[20] ^= 1;
    assert_eq!(scan(&damaged, &mut |_| {}).unwrap().checksum, Tri::No);
}

#[test]
fn what_is_no_ark_bytecode_is_refused() {
    assert_eq!(scan(b"PANDA", &mut |_| {}), Err(AbcError::Short { bytes: 5 }));
    assert_eq!(scan(&[0; 100], &mut |_| {}), Err(AbcError::Magic));
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = scan(&file(&body), &mut |_| {});
    }

    #[test]
    fn every_string_is_found(texts in prop::collection::vec("[a-z政务\u{10000}]{2,200}", 1..20)) {
        let body: Vec<u8> = texts.iter().flat_map(|text| [vec![0xff, 0], item(text)].concat()).collect();
        prop_assert_eq!(strings(&file(&body)), texts);
    }
}
