//! Mach-O files of every shape that is told apart, whole and in pieces.

use proptest::prelude::*;

use super::{
    Algorithm, ImportUse, Library, MachO, MachOError, Scanned,
    build::{Build, command, fat, named, segment, words},
    is_macho, read,
    slice::Blob,
};
use crate::model::{Fact, UnreadStatus};

fn one(bytes: &[u8]) -> Scanned {
    let [slice] = read(bytes).unwrap().try_into().unwrap();
    slice.unwrap()
}

fn unread<T>(status: UnreadStatus, reason: &str) -> Fact<T> {
    Fact::unread(status, reason)
}

#[test]
fn a_hardened_executable_says_so() {
    let slice = one(&Build::default().bytes()).slice;
    assert_eq!((slice.arch.as_str(), slice.kind.as_str()), ("arm64", "executable"));
    assert_eq!((slice.pie, slice.canary, slice.arc), (Fact::Known(true), Fact::Known(true), Fact::Known(true)));
    assert_eq!((slice.encrypted, slice.stripped), (Fact::Known(false), Fact::Known(true)));
    assert_eq!((slice.platform.as_str(), slice.min_os.as_str(), slice.sdk.as_str()), ("ios", "13.0", "17.2"));
    assert!(slice.objective_c && !slice.swift && !slice.damaged && slice.imports_complete);
    let [log] = &slice.imports[..] else { panic!("{:?}", slice.imports) };
    assert_eq!((log.name.as_str(), log.purpose), ("_NSLog", ImportUse::Logging));
}

#[test]
fn what_is_missing_is_missing() {
    let names = ["_strcpy", "_malloc_size", "_objc_msgSend"].map(str::to_owned).to_vec();
    let build = Build { undefined: names, flags: 0x0102_0000, local: vec!["-[A b]".to_owned()], ..Build::default() };
    let slice = one(&build.bytes()).slice;
    assert_eq!((slice.pie, slice.canary, slice.arc), (Fact::Known(false), Fact::Known(false), Fact::Known(false)));
    assert_eq!((slice.stack_execution, slice.no_heap_execution), (Fact::Known(true), Fact::Known(true)));
    assert_eq!((slice.stripped, slice.debug_symbols), (Fact::Known(false), Fact::Known(false)));
    assert_eq!(slice.imports.iter().map(|import| import.name.as_str()).collect::<Vec<_>>(), ["_strcpy"]);
    let library = one(&Build { flags: 0, file_type: 6, ..Build::default() }.bytes()).slice;
    assert_eq!((library.kind.as_str(), library.pie), ("dylib", Fact::Known(true)));
}

#[test]
fn without_names_nothing_is_told_of_them() {
    let slice = one(&Build { undefined: Vec::new(), ..Build::default() }.bytes()).slice;
    assert_eq!(slice.canary, unread(UnreadStatus::Error, "stripped"));
    assert_eq!(slice.arc, unread(UnreadStatus::Error, "stripped"));
    assert!(!slice.imports_complete);
    let only_own = Build { undefined: Vec::new(), local: vec!["_own".to_owned()], ..Build::default() };
    assert_eq!(one(&only_own.bytes()).slice.canary, unread(UnreadStatus::Error, "stripped"));
    let plain = Build { undefined: vec!["_malloc".to_owned()], objective_c: false, ..Build::default() };
    assert_eq!(one(&plain.bytes()).slice.arc, unread(UnreadStatus::NotTested, "no_objective_c_or_swift"));
    let manual = Build { undefined: vec!["_objc_release".to_owned()], ..Build::default() };
    assert_eq!(one(&manual.bytes()).slice.arc, unread(UnreadStatus::NotTested, "retain_release_only"));
}

#[test]
fn names_are_also_found_among_chained_fixups_and_bindings() {
    let names = b"\0___stack_chk_fail\0";
    let blob = [words(&[0, 0, 28, 32, 1, 1, 0, 1 << 9]), names.to_vec()].concat();
    let opcodes = [b"\x40_objc_storeStrong\0\x90".to_vec()].concat();
    // Both lie in the code, whose place is known: behind the commands.
    let mut build = Build { undefined: Vec::new(), ..Build::default() };
    let size = |bytes: &[u8]| u32::try_from(bytes.len()).unwrap();
    build.more.push(command(0x8000_0034, &words(&[4096, size(&blob)])));
    build.more.push(command(0x8000_0022, &words(&[0, 0, 6000, size(&opcodes), 0, 0, 0, 0, 0, 0])));
    let mut bytes = build.bytes();
    bytes[4096..4096 + blob.len()].copy_from_slice(&blob);
    bytes[6000..6000 + opcodes.len()].copy_from_slice(&opcodes);
    let slice = one(&bytes).slice;
    assert_eq!((slice.canary, slice.arc), (Fact::Known(true), Fact::Known(true)));
    bytes[4096] = 9;
    let slice = one(&bytes).slice;
    assert_eq!(slice.canary, unread(UnreadStatus::Error, "chained_fixups"));
}

#[test]
fn load_commands_tell_libraries_paths_and_restriction() {
    let mut build = Build::default();
    build.more.extend([
        named(0x0c, "/usr/lib/libz.dylib", 16),
        named(0x8000_0018, "@rpath/A.framework/A", 16),
        named(0x8000_001c, "@executable_path/Frameworks", 4),
        named(0x8000_001c, "/tmp/build", 4),
        segment("__RESTRICT", &["__restrict"]),
        segment("__TEXT", &["__swift5_types"]),
    ]);
    build.crypt = 1;
    let scanned = one(&build.bytes());
    let slice = scanned.slice;
    let library = |name: &str, weak| Library { name: name.to_owned(), weak };
    assert_eq!(slice.libraries, [library("/usr/lib/libz.dylib", false), library("@rpath/A.framework/A", true)]);
    assert_eq!(slice.rpaths, ["/tmp/build", "@executable_path/Frameworks"]);
    assert_eq!((slice.restrict, slice.swift), (Fact::Known(true), true));
    assert_eq!((slice.encrypted, scanned.encrypted), (Fact::Known(true), Some((4096, 8192))));
}

#[test]
fn slices_of_a_fat_file_are_told_apart_however_it_is_cut() {
    let old = Build { cpu: 12, subtype: 9, ..Build::default() };
    let new = Build { undefined: vec!["_gets".to_owned()], code: 100_000, signature: Some(30_000), ..Build::default() };
    let file = fat(&[old.bytes(), new.bytes()]);
    let whole = read(&file).unwrap();
    assert_eq!(whole.iter().map(|s| s.as_ref().unwrap().slice.arch.as_str()).collect::<Vec<_>>(), ["armv7", "arm64"]);
    for piece in [1, 7, 4096, 65_536] {
        let mut scan = MachO::default();
        file.chunks(piece).for_each(|piece| scan.push(piece));
        assert_eq!(scan.finish().unwrap(), whole, "{piece}");
    }
    let signed = whole[1].as_ref().unwrap();
    assert_eq!(signed.signature, Blob::Held(vec![0; 30_000]));
    let pages = signed.pages.iter().find(|pages| pages.algorithm == Algorithm::Sha256 && pages.page == 4096).unwrap();
    let bytes = new.bytes();
    let code = &bytes[..usize::try_from(signed.signed).unwrap()];
    let expected: Vec<_> = code.chunks(4096).map(|page| Algorithm::Sha256.digest(page)).collect();
    assert_eq!(pages.digests().map(<[u8]>::to_vec).collect::<Vec<_>>(), expected);
}

#[test]
fn a_file_that_breaks_off_claims_nothing() {
    let bytes = Build { signature: Some(9000), ..Build::default() }.bytes();
    let cut = one(&bytes[..bytes.len() - 9100]);
    assert_eq!(cut.signature, Blob::Truncated);
    assert!(cut.pages.is_empty());
    let early = one(&bytes[..6000]);
    assert_eq!(early.slice.canary, unread(UnreadStatus::Error, "symbols"));
    assert_eq!(read(&bytes[..100]).unwrap(), [Err(MachOError::Truncated)]);
    assert_eq!(read(b"\xcf\xfa"), Err(MachOError::NotMachO));
}

#[test]
fn what_is_no_mach_o_file_is_refused() {
    let java = [&[0xca, 0xfe, 0xba, 0xbe][..], &[0, 0, 0, 52], &[0; 100]].concat();
    assert!(!is_macho(&java));
    assert_eq!(read(&java), Err(MachOError::NotMachO));
    assert_eq!(read(b"#!/bin/sh\n"), Err(MachOError::NotMachO));
    let old = [&[0xfe, 0xed, 0xfa, 0xce][..], &[0; 40]].concat();
    assert_eq!(read(&old), Err(MachOError::BigEndian));
    let mut huge = Build::default().bytes();
    huge[20..24].copy_from_slice(&u32::MAX.to_le_bytes());
    assert_eq!(read(&huge).unwrap(), [Err(MachOError::CommandsTooLarge(u32::MAX.into()))]);
    let mut overlapping = fat(&[Build::default().bytes(), Build::default().bytes()]);
    let offset: [u8; 4] = overlapping[16..20].try_into().unwrap();
    overlapping[36..40].copy_from_slice(&offset);
    assert_eq!(read(&overlapping), Err(MachOError::Overlap));
    let many = [&[0xca, 0xfe, 0xba, 0xbe][..], &[0, 0, 0, 40], &[0; 2000]].concat();
    assert_eq!(read(&many), Err(MachOError::Slices(40)));
}

#[test]
fn broken_load_commands_are_said_and_prove_no_absence() {
    let mut build = Build::default();
    build.more.insert(0, vec![0x32, 0, 0, 0, 0, 0, 0, 0]);
    let slice = one(&build.bytes()).slice;
    assert!(slice.damaged && !slice.imports_complete);
    assert_eq!(slice.encrypted, unread(UnreadStatus::Error, "load_commands"));
}

proptest! {
    #[test]
    fn no_damage_panics(at in prop::collection::vec((0_usize..12_000, any::<u8>()), 1..20), piece in 1_usize..9000) {
        let mut bytes = fat(&[Build { signature: Some(500), ..Build::default() }.bytes()]);
        for (at, byte) in at {
            let at = if at < 2000 { 4096 + at } else { at };
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
        }
        let mut scan = MachO::default();
        bytes.chunks(piece).for_each(|piece| scan.push(piece));
        let _ = scan.finish();
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
        let _ = read(&[vec![0xcf, 0xfa, 0xed, 0xfe], bytes.clone()].concat());
        let _ = read(&[vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2], bytes].concat());
    }
}
