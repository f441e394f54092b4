//! A file that the assembler made, the same file changed, and bytes that are none.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{
    CodeError, Constants, Dex, DexError, Event, Instructions, Value,
    bytes::{sleb128, uleb128},
    opcodes::SHAPES,
    parts, readable, readable_name,
};
use crate::model::Tri;

const FIXTURE: &[u8] = include_bytes!("../../../tests/data/dex/webview.dex");

fn open(bytes: &[u8]) -> Dex<'_> {
    Dex::open(bytes, 0).expect("it has a header")
}

fn put(bytes: &mut [u8], at: usize, value: u32) {
    bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// Two headers over the same tables, as a container of version 041 may have them.
fn container() -> Vec<u8> {
    let mut bytes = FIXTURE.to_vec();
    // The header needs eight bytes more, where the table of strings begins: that moves to the end.
    let (size, offset) = (word(&bytes, 56) as usize, word(&bytes, 60) as usize);
    let strings = bytes[offset..offset + size * 4].to_vec();
    let moved = bytes.len() as u32;
    put(&mut bytes, 60, moved);
    bytes.extend(strings);
    let second = bytes.len() as u32;
    bytes[4..7].copy_from_slice(b"041");
    put(&mut bytes, 32, second);
    put(&mut bytes, 36, 0x78);
    put(&mut bytes, 112, second + 0x78);
    put(&mut bytes, 116, 0);
    let mut header = bytes[..0x78].to_vec();
    put(&mut header, 32, 0x78);
    put(&mut header, 116, second);
    bytes.extend(header);
    bytes
}

#[test]
fn a_file_is_as_its_header_says() {
    let dex = open(FIXTURE);
    assert_eq!(dex.header().version_text(), "039");
    assert!(dex.header().version_known());
    assert_eq!((dex.integrity().checksum, dex.integrity().signature), (Tri::Yes, Tri::Yes));
    assert_eq!((dex.header().trailing(FIXTURE), dex.missing_entries()), (0, 0));
    let defined: BTreeSet<_> = dex.defined_types().collect();
    assert!(defined.contains("fixture.Webview") && !defined.contains("android.webkit.WebView"));
    let referenced: BTreeSet<_> = dex.referenced_types().collect();
    assert!(referenced.contains("android.webkit.WebView") && !referenced.contains("fixture.Webview"));
}

#[test]
fn a_changed_byte_breaks_checksum_and_signature() {
    let mut bytes = FIXTURE.to_vec();
    *bytes.last_mut().unwrap() ^= 1;
    let integrity = open(&bytes).integrity();
    assert_eq!((integrity.checksum, integrity.signature), (Tri::No, Tri::No));
}

#[test]
fn bytes_behind_the_end_are_counted() {
    let bytes = [FIXTURE, b"PK\x03\x04"].concat();
    assert_eq!(open(&bytes).header().trailing(&bytes), 4);
    assert_eq!(open(&bytes).integrity().checksum, Tri::Yes);
}

#[test]
fn what_is_no_dex_file_is_refused() {
    assert_eq!(Dex::open(b"dex\n035\0", 0).unwrap_err(), DexError::Short { bytes: 8 });
    let mut bytes = FIXTURE.to_vec();
    bytes[0] = b'P';
    assert!(matches!(Dex::open(&bytes, 0).unwrap_err(), DexError::Magic { .. }));
    let mut bytes = FIXTURE.to_vec();
    put(&mut bytes, 40, 0x7856_3412);
    assert_eq!(Dex::open(&bytes, 0).unwrap_err(), DexError::Endian { mark: 0x7856_3412 });
}

#[test]
fn tables_end_where_the_file_does() {
    let mut bytes = FIXTURE.to_vec();
    let strings = word(&bytes, 56);
    put(&mut bytes, 56, u32::MAX);
    let dex = open(&bytes);
    assert!(dex.string_count() >= strings && dex.string_count() < FIXTURE.len() as u32);
    assert!(dex.missing_entries() > 1 << 31);
    assert_eq!(dex.string(u32::MAX), None);
}

#[test]
fn a_container_has_several_files() {
    let bytes = container();
    let found: Vec<_> = parts(&bytes).into_iter().map(|part| part.expect("both have headers")).collect();
    assert_eq!(found.len(), 2);
    for part in &found {
        assert_eq!(part.class_count(), open(FIXTURE).class_count());
        assert!(part.defined_types().any(|name| name == "fixture.Webview"));
    }
    assert_eq!(found[1].header().at, bytes.len() - 0x78);
    assert_eq!(parts(FIXTURE).len(), 1);
}

#[test]
fn numbers_of_variable_length() {
    let unsigned = |bytes: &[u8]| uleb128(bytes, &mut 0);
    assert_eq!(unsigned(&[0x7f]), Some(127));
    assert_eq!(unsigned(&[0x80, 0x7f]), Some(16256));
    assert_eq!(unsigned(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Some(u32::MAX));
    assert_eq!(unsigned(&[0x80, 0x80]), None);
    assert_eq!(unsigned(&[0x80; 6]), None);
    let signed = |bytes: &[u8]| sleb128(bytes, &mut 0);
    assert_eq!(signed(&[0x7f]), Some(-1));
    assert_eq!(signed(&[0x80, 0x7f]), Some(-128));
    assert_eq!(signed(&[0x3f]), Some(63));
    assert_eq!(signed(&[0xff, 0xff, 0xff, 0xff, 0x0f]), Some(-1));
}

#[test]
fn opcodes_that_no_instruction_has() {
    let unused: Vec<usize> = (0..256).filter(|opcode| SHAPES[*opcode].width == 0).collect();
    let expected: Vec<usize> = (0x3e..=0x43).chain([0x73, 0x79, 0x7a]).chain(0xe3..=0xf9).collect();
    assert_eq!(unused, expected);
}

#[test]
fn constants_have_their_sign() {
    let numbers = |code: &[u8]| Instructions::new(code).filter_map(|one| one.number()).collect::<Vec<_>>();
    assert_eq!(numbers(&[0x12, 0xf0, 0x12, 0x71]), [-1, 7]);
    assert_eq!(numbers(&[0x13, 0, 0xff, 0xff]), [-1]);
    assert_eq!(numbers(&[0x14, 0, 0, 0, 0, 0x04]), [0x0400_0000]);
    assert_eq!(numbers(&[0x15, 0, 0x00, 0x80]), [-0x8000_0000]);
    assert_eq!(numbers(&[0x18, 0, 1, 0, 0, 0, 0, 0, 0, 0x80]), [i64::MIN + 1]);
    assert_eq!(numbers(&[0x19, 0, 1, 0]), [1 << 48]);
}

#[test]
fn tables_between_instructions_are_passed_over() {
    // An array of three bytes, which is filled up to two units; then `return-void`.
    let mut code = vec![0, 3, 1, 0, 3, 0, 0, 0, 0x0e, 0x0e, 0x0e, 0];
    code.extend([0x0e, 0]);
    let mut found = Instructions::new(&code);
    assert_eq!((&mut found).map(|one| one.opcode).collect::<Vec<_>>(), [0x0e]);
    assert_eq!(found.error(), None);
    // Packed and sparse switches of one case.
    let code = [0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0e, 0];
    assert_eq!(Instructions::new(&code).map(|one| one.at).collect::<Vec<_>>(), [12]);
}

#[test]
fn code_that_cannot_be_read_on_says_why() {
    let error = |code: &[u8]| {
        let mut found = Instructions::new(code);
        (&mut found).count();
        found.error()
    };
    assert_eq!(error(&[0x0e, 0]), None);
    assert_eq!(error(&[0x73, 0]), Some(CodeError::UnusedOpcode));
    assert_eq!(error(&[0x6e, 0, 0]), Some(CodeError::CutOff));
    assert_eq!(error(&[0, 3, 1, 0, 0xff, 0xff, 0xff, 0xff]), Some(CodeError::CutOff));
}

#[test]
fn names_are_written_as_people_do_and_not_longer() {
    assert_eq!(readable(b"Lcom/foo/Bar$1;"), "com.foo.Bar$1");
    assert_eq!(readable(b"[I"), "[I");
    let long = readable_name("政".repeat(1000).as_bytes());
    assert_eq!(long.chars().count(), 257);
    assert!(long.ends_with('…'));
}

/// What the calls of the fixture's method hand over as their last parameter.
#[test]
fn a_constant_is_forgotten_where_code_may_come_from_elsewhere() {
    let last = |name: &str| {
        let dex = open(FIXTURE);
        let class = dex.classes().find(|one| dex.descriptor(one.class) == Some(b"Lfixture/Webview;")).unwrap();
        let is_it = |method: u32| dex.method(method).and_then(|id| dex.string(id.name)).is_some_and(|one| one == name);
        let method = dex.methods(&class, usize::MAX).find(|method| is_it(method.method)).unwrap();
        let code = dex.code(method.code).unwrap();
        let mut value = None;
        let visit = &mut |event: Event<'_>| {
            if let Event::Call { arguments, .. } = event {
                value = arguments.parameter(b"VZ", 0).map(|(_, value)| value);
            }
            Value::Unknown
        };
        Constants::default().follow(&code, visit).unwrap();
        value.unwrap()
    };
    assert_eq!(last("found_javascript_enabled"), Value::Number(1));
    assert_eq!(last("found_javascript_enabled__moved"), Value::Number(1));
    assert_eq!(last("found_javascript_enabled__written_once"), Value::Number(1));
    assert_eq!(last("unsure_javascript_enabled__branches"), Value::Unknown);
    assert_eq!(last("unsure_javascript_enabled"), Value::Unknown);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..600), headed: bool) {
        if headed && bytes.len() > 0x70 {
            bytes[..0x70].copy_from_slice(&FIXTURE[..0x70]);
        }
        for dex in parts(&bytes).into_iter().flatten() {
            let _ = (dex.integrity(), dex.missing_entries(), dex.referenced_types().count());
            for class in dex.classes() {
                for method in dex.methods(&class, 1 << 16) {
                    let Ok(code) = dex.code(method.code) else { continue };
                    let _ = Constants::default().follow(&code, &mut |_| Value::Unknown);
                }
            }
        }
    }
}
