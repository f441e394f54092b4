//! Libraries put together here, so that every fact has a case of each kind; real ones are in `tests/app_content.rs`.

use proptest::prelude::*;

use super::{NativeError, Relro, read};
use crate::model::Tri;

const DYNAMIC: u32 = 2;
const STACK: u32 = 0x6474_e551;
const RELRO: u32 = 0x6474_e552;
const NOTE: u32 = 4;

/// A library of 64 bits for aarch64, as much of one as a loader looks at.
struct Library {
    kind: u16,
    stack: Option<u32>,
    relro: bool,
    load_flags: u32,
    align: u64,
    tags: Vec<(u64, u64)>,
    /// Each with whether it is defined here.
    symbols: Vec<(&'static str, bool)>,
    texts: Vec<(u64, &'static str)>,
    note: Vec<u8>,
}

impl Default for Library {
    fn default() -> Self {
        Self {
            kind: 3,
            stack: Some(6),
            relro: true,
            load_flags: 5,
            align: 0x4000,
            tags: vec![(30, 8)],
            symbols: vec![("__stack_chk_fail", false), ("memcpy", false), ("JNI_OnLoad", true)],
            texts: vec![(1, "libc.so"), (14, "libzw.so")],
            note: b"\x04\0\0\0\x04\0\0\0\x03\0\0\0GNU\0\xde\xad\xbe\xef".to_vec(),
        }
    }
}

impl Library {
    /// Header, program headers, dynamic section, hash table, symbols, strings, note; addresses are offsets.
    fn bytes(&self) -> Vec<u8> {
        let mut strings = vec![0];
        let mut string = |text: &str| {
            let at = strings.len() as u64;
            strings.extend(text.bytes().chain([0]));
            at
        };
        let mut tags: Vec<_> = self.texts.iter().map(|(tag, text)| (*tag, string(text))).collect();
        tags.extend(&self.tags);
        let mut symbols = vec![0; 24];
        for (name, defined) in &self.symbols {
            symbols.extend((string(name) as u32).to_le_bytes());
            symbols.extend([0x12, 0, u8::from(*defined), 0]);
            symbols.extend([0; 16]);
        }
        let headers = 2 + usize::from(self.stack.is_some()) + usize::from(self.relro) + 1;
        let dynamic_at = 64 + headers * 56;
        let hash_at = dynamic_at + (tags.len() + 5) * 16;
        let symbols_at = hash_at + 8;
        let strings_at = symbols_at + symbols.len();
        let note_at = strings_at + strings.len();
        let end = note_at + self.note.len();
        tags.extend([
            (4, hash_at as u64),
            (5, strings_at as u64),
            (6, symbols_at as u64),
            (10, strings.len() as u64),
            (0, 0),
        ]);
        let mut out = b"\x7fELF\x02\x01\x01".to_vec();
        out.resize(16, 0);
        out.extend(self.kind.to_le_bytes());
        out.extend(183_u16.to_le_bytes());
        out.extend([1, 0, 0, 0]);
        out.extend([0; 8]);
        out.extend(64_u64.to_le_bytes());
        out.extend([0; 12]);
        out.extend([64, 0, 56, 0, headers as u8, 0, 64, 0, 0, 0, 0, 0]);
        let segment = |kind: u32, flags: u32, at: usize, size: usize, align: u64| {
            let words = [at as u64, at as u64, at as u64, size as u64, size as u64, align];
            [kind.to_le_bytes().to_vec(), flags.to_le_bytes().to_vec(), words.map(u64::to_le_bytes).concat()].concat()
        };
        out.extend(segment(1, self.load_flags, 0, end, self.align));
        out.extend(segment(DYNAMIC, 6, dynamic_at, tags.len() * 16, 8));
        out.extend(segment(NOTE, 4, note_at, self.note.len(), 4));
        self.stack.iter().for_each(|flags| out.extend(segment(STACK, *flags, 0, 0, 16)));
        if self.relro {
            out.extend(segment(RELRO, 4, 0, 64, 1));
        }
        tags.iter().for_each(|(tag, value)| out.extend([tag.to_le_bytes(), value.to_le_bytes()].concat()));
        out.extend(1_u32.to_le_bytes());
        out.extend((self.symbols.len() as u32 + 1).to_le_bytes());
        out.extend(symbols);
        out.extend(strings);
        out.extend(&self.note);
        out
    }
}

fn facts(library: &Library) -> super::NativeLib {
    read("lib/arm64-v8a/libzw.so", &library.bytes()).unwrap()
}

#[test]
fn a_hardened_library_shows_all_of_it() {
    let facts = facts(&Library::default());
    assert_eq!((facts.abi.as_str(), facts.bits, facts.soname.as_str()), ("arm64-v8a", 64, "libzw.so"));
    assert_eq!((facts.nx, facts.pie, facts.relro, facts.canary), (Tri::Yes, Tri::Yes, Relro::Full, Tri::Yes));
    assert_eq!((facts.stripped, facts.text_relocations, facts.page_align_16k), (Tri::Yes, Tri::No, Tri::Yes));
    assert_eq!((facts.needed, facts.build_id.as_str()), (vec!["libc.so".to_owned()], "deadbeef"));
    assert_eq!((facts.rpath.as_str(), facts.runpath.as_str()), ("", ""));
}

#[test]
fn each_weakness_shows_alone() {
    let with = |change: &dyn Fn(&mut Library)| {
        let mut library = Library::default();
        change(&mut library);
        facts(&library)
    };
    assert_eq!(with(&|l| l.stack = Some(7)).nx, Tri::No);
    assert_eq!(with(&|l| l.stack = None).nx, Tri::No, "no PT_GNU_STACK asks for an executable stack");
    assert_eq!(with(&|l| l.load_flags = 7).nx, Tri::No, "a segment that is written and run");
    assert_eq!(with(&|l| l.kind = 2).pie, Tri::No);
    assert_eq!(with(&|l| l.relro = false).relro, Relro::None);
    assert_eq!(with(&|l| l.tags.clear()).relro, Relro::Partial);
    assert_eq!(with(&|l| l.tags = vec![(0x6fff_fffb, 1)]).relro, Relro::Full);
    assert_eq!(with(&|l| l.tags = vec![(24, 0)]).relro, Relro::Full);
    assert_eq!(with(&|l| l.tags = vec![(22, 0)]).text_relocations, Tri::Yes);
    assert_eq!(with(&|l| l.align = 0x1000).page_align_16k, Tri::No);
    assert_eq!(with(&|l| l.texts.push((15, "/data/local/lib"))).rpath, "/data/local/lib");
    assert_eq!(with(&|l| l.texts.push((29, "$ORIGIN"))).runpath, "$ORIGIN");
    assert_eq!(with(&|l| l.note.clear()).build_id, "");
}

#[test]
fn canaries_and_fortified_calls_are_symbols_exactly() {
    let with = |symbols: &[(&'static str, bool)]| {
        let facts = facts(&Library { symbols: symbols.to_vec(), ..Library::default() });
        (facts.canary, facts.fortify)
    };
    assert_eq!(with(&[("__stack_chk_fail", false)]), (Tri::Yes, Tri::Unknown));
    assert_eq!(with(&[("__stack_chk_fail_x", false), ("malloc", false)]), (Tri::No, Tri::Unknown));
    assert_eq!(with(&[("strcpy", false)]), (Tri::No, Tri::No));
    assert_eq!(with(&[("strcpy", false), ("__strcpy_chk", false)]), (Tri::No, Tri::Yes));
    assert_eq!(with(&[("_kDartVmSnapshotData", true)]), (Tri::Unknown, Tri::Unknown), "nothing is imported");
}

#[test]
fn what_does_not_parse_says_why() {
    assert_eq!(read("a", b"PK\x03\x04"), Err(NativeError::NotElf));
    let bytes = Library::default().bytes();
    assert!(matches!(read("a", &bytes[..40]), Err(NativeError::Malformed { part: "header" })));
    assert!(matches!(read("a", &bytes[..100]), Err(NativeError::Malformed { part: "program headers" })));
    let relocatable = Library { kind: 1, ..Library::default() }.bytes();
    assert_eq!(read("a", &relocatable), Err(NativeError::NotLoadable { kind: 1 }));
    let mut many = bytes.clone();
    many[56..58].copy_from_slice(&u16::MAX.to_le_bytes());
    assert_eq!(read("a", &many), Err(NativeError::TooManyHeaders { count: 65535 }));
}

#[test]
fn nonsense_in_section_headers_changes_nothing() {
    let library = Library::default();
    let mut bytes = library.bytes();
    bytes[40..48].copy_from_slice(&u64::MAX.to_le_bytes());
    bytes[60..62].copy_from_slice(&[0xff, 0xff]);
    assert_eq!(read("lib/arm64-v8a/libzw.so", &bytes), Ok(facts(&library)));
}

#[test]
fn versions_are_in_names() {
    for (path, soname, version) in [
        ("lib/x86/libssl.so.1.1", "", "1.1"),
        ("lib/x86/libssl.so", "libssl.so.3", "3"),
        ("lib/x86/libshella-4.2.0.9.so", "", "4.2.0.9"),
        ("lib/x86/libfoo-jni.so", "libfoo-jni.so", ""),
        ("lib/x86/libc++_shared.so", "", ""),
    ] {
        assert_eq!(super::version(path, soname), version, "{path} {soname}");
    }
}

proptest! {
    #[test]
    fn damage_makes_it_refuse_and_never_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12),
        cut in any::<prop::sample::Index>(),
        whole in any::<bool>(),
    ) {
        let mut bytes = Library::default().bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = read("lib/arm64-v8a/libzw.so", &bytes);
    }
}
