//! Signatures that hold, and each way in which one does not.

use proptest::prelude::*;

use super::{
    Beside, CodeSignature, FileDigests, Signing, Verified,
    build::{Plan, Someone, blob, superblob},
    examine,
};
use crate::{
    formats::{
        der::{context, element},
        ios::macho::{self, build::Build},
    },
    model::Tri,
};

const XML: &str = "<plist><dict><key>get-task-allow</key><true/><key>aps-environment</key><string>production</string>\
                   <key>keychain-access-groups</key><array><string>T.b</string><string>T.a</string></array>\
                   <key>com.apple.private.x</key><true/></dict></plist>";

fn of(file: &[u8], beside: &Beside) -> CodeSignature {
    let [slice] = macho::read(file).unwrap().try_into().unwrap();
    examine(&slice.unwrap()).complete(beside)
}

fn app() -> (Plan, Beside) {
    let (info, resources) = (b"<plist/>".to_vec(), b"<plist><dict/></plist>".to_vec());
    let beside = Beside {
        bundle: true,
        info_plist: Some(FileDigests::of(&info)),
        code_resources: Some(FileDigests::of(&resources)),
    };
    let plan = Plan {
        info_plist: Some(info),
        code_resources: Some(resources),
        entitlements: Some(XML.as_bytes().to_vec()),
        ..Plan::default()
    };
    (plan, beside)
}

#[test]
fn what_is_signed_and_unchanged_is_verified() {
    let (plan, beside) = app();
    let someone = Someone::new("Apple Development: Somebody", 2);
    for directories in [vec![(2, 12)], vec![(2, 14)], vec![(1, 12), (2, 12)], vec![(3, 12)]] {
        let plan = Plan { directories, ..plan.clone() };
        let signature = of(&plan.sign(&Build::default(), Some(&someone)), &beside);
        assert_eq!(signature.errors, [""; 0], "{plan:?}");
        assert_eq!((signature.content_verified, signature.message_verified), (Verified::Yes, Verified::Yes));
        assert_eq!((signature.identifier.as_str(), signature.team.as_str()), ("org.example.app", "TEAM123456"));
        assert_eq!(signature.seals.len(), 4);
        let chain = signature.chain.unwrap();
        assert_eq!((chain.purpose.as_str(), chain.root.as_str(), chain.length), ("development", "other", 2));
        assert_eq!(chain.links_verified, Verified::Yes);
        assert!(signature.signer.unwrap().debug);
    }
}

#[test]
fn the_best_directory_gives_the_hash() {
    let (plan, beside) = app();
    let hash = |directories: Vec<(u8, u8)>| {
        of(&Plan { directories, ..plan.clone() }.sign(&Build::default(), None), &beside).hash
    };
    assert_eq!(hash(vec![(1, 12)]), "sha1");
    assert_eq!(hash(vec![(1, 12), (2, 12)]), "sha256");
    assert_eq!(hash(vec![(2, 12), (1, 12)]), "sha256");
}

#[test]
fn a_byte_of_code_that_changed_is_found() {
    let (plan, beside) = app();
    let someone = Someone::new("iPhone Distribution: Somebody", 4);
    let mut file = plan.sign(&Build::default(), Some(&someone));
    file[5000] ^= 1;
    let signature = of(&file, &beside);
    assert_eq!((signature.content_verified, signature.message_verified), (Verified::No, Verified::Yes));
    assert_eq!(signature.errors, ["pages_differ"]);
    assert_eq!(signature.directories[0].pages_changed, 1);
    assert!(!signature.signer.unwrap().debug);
}

#[test]
fn what_is_encrypted_is_not_held_against_the_signature() {
    let (plan, beside) = app();
    let mut file = plan.sign(&Build { crypt: 1, ..Build::default() }, None);
    file[5000] ^= 1;
    let signature = of(&file, &beside);
    assert_eq!(signature.content_verified, Verified::Indeterminate);
    assert_eq!(signature.errors, ["encrypted_pages_differ", "message_missing"]);
    file[9000] ^= 1;
    assert_eq!(of(&file, &beside).content_verified, Verified::No, "this page is not encrypted");
}

#[test]
fn files_beside_the_executable_are_sealed() {
    let (plan, beside) = app();
    let file = plan.sign(&Build::default(), None);
    let changed = Beside { info_plist: Some(FileDigests::of(b"other")), ..beside.clone() };
    assert_eq!(of(&file, &changed).errors, ["info_plist_changed", "message_missing"]);
    let gone = Beside { code_resources: None, ..beside.clone() };
    assert_eq!(of(&file, &gone).errors, ["code_resources_changed", "message_missing"]);
    let loose = Beside::default();
    assert_eq!(of(&file, &loose).content_verified, Verified::Indeterminate, "it may be in a section");
    let unsealed = Plan { code_resources: None, ..plan };
    assert_eq!(of(&unsealed.sign(&Build::default(), None), &beside).content_verified, Verified::No);
}

#[test]
fn entitlements_are_read_and_sealed() {
    let (plan, beside) = app();
    let entitlements = of(&plan.sign(&Build::default(), None), &beside).entitlements;
    let entitlements = entitlements.known().unwrap();
    assert!(entitlements.get_task_allow);
    assert_eq!(entitlements.aps_environment, "production");
    assert_eq!(entitlements.keychain_access_groups, ["T.a", "T.b"]);
    assert_eq!(entitlements.unusual, ["com.apple.private.x"]);
    assert_eq!(entitlements.der_matches, Tri::Unknown);
    let pair = element(0x30, &[element(0x0c, b"get-task-allow"), vec![1, 1, 0]].concat());
    let der = element(0x70, &[vec![2, 1, 1], element(context(16), &pair)].concat());
    let both = Plan { der_entitlements: Some(der), ..plan.clone() };
    let entitlements = of(&both.sign(&Build::default(), None), &beside).entitlements;
    assert_eq!(entitlements.known().unwrap().der_matches, Tri::No);
    assert!(entitlements.known().unwrap().get_task_allow, "either may count");
    let broken = Plan { entitlements: Some(b"<plist><dict>".to_vec()), ..plan };
    assert_eq!(of(&broken.sign(&Build::default(), None), &beside).entitlements.known(), None);
    let none = of(&Plan::default().sign(&Build::default(), None), &Beside::default()).entitlements;
    assert!(none.known().unwrap().keys.is_empty());
}

#[test]
fn a_directory_that_nobody_signed_is_no_alternate() {
    let (plan, beside) = app();
    let someone = Someone::new("Somebody", 4);
    let plan = Plan { directories: vec![(2, 12), (2, 12)], agile: false, ..plan };
    let signature = of(&plan.sign(&Build::default(), Some(&someone)), &beside);
    // Both have the same bytes, and yet no attribute names the second.
    assert_eq!(signature.errors, ["alternate_not_signed"]);
    assert_eq!(signature.message_verified, Verified::No);
}

#[test]
fn a_message_over_another_directory_is_refused() {
    let (plan, beside) = app();
    let someone = Someone::new("Somebody", 4);
    let other = Plan { flags: 0x1_0000, ..plan.clone() }.sign(&Build::default(), Some(&someone));
    let at = |file: &[u8]| file.windows(4).rposition(|window| window == [0xfa, 0xde, 0x0b, 0x01]).unwrap();
    let length = |file: &[u8]| file[at(file) + 4..at(file) + 8].to_vec();
    // Signatures are some bytes longer or shorter.
    let mut tries = std::iter::repeat_with(|| plan.sign(&Build::default(), Some(&someone)));
    let file = tries.find(|file| length(file) == length(&other)).unwrap();
    // The directory is that of the other file, the message is not.
    let mut mixed = other.clone();
    let (from, to) = (at(&file), at(&other));
    assert_eq!(from, to);
    let length = file.len() - from;
    mixed[to..to + length].copy_from_slice(&file[from..]);
    let signature = of(&mixed, &beside);
    assert_eq!((signature.content_verified, signature.message_verified), (Verified::Yes, Verified::No));
    assert_eq!(signature.errors, ["digest_mismatch"]);
}

#[test]
fn no_signature_is_said_to_be_none() {
    let signature = of(&Build::default().bytes(), &Beside::default());
    assert_eq!((signature.signing, signature.content_verified), (Signing::Unsigned, Verified::No));
    let zero = of(&Build { signature: Some(500), ..Build::default() }.bytes(), &Beside::default());
    assert_eq!((zero.signing, zero.content_verified), (Signing::Unreadable, Verified::Indeterminate));
    let adhoc = of(&Plan { flags: 2, ..Plan::default() }.sign(&Build::default(), None), &Beside::default());
    assert_eq!(
        (adhoc.signing, adhoc.message_verified, adhoc.content_verified),
        (Signing::Adhoc, Verified::No, Verified::Yes)
    );
    assert_eq!(
        (adhoc.errors, adhoc.directories[0].flags.clone()),
        (vec!["adhoc".to_owned()], vec!["adhoc".to_owned()])
    );
    assert_eq!(adhoc.directories[0].segment_flags, ["main_binary"]);
}

#[test]
fn a_directory_that_leaves_code_out_is_not_verified() {
    let (plan, beside) = app();
    let mut file = plan.sign(&Build::default(), None);
    let at = file.windows(4).position(|window| window == [0xfa, 0xde, 0x0c, 0x02]).unwrap();
    file[at + 35] = file[at + 35].wrapping_sub(1);
    assert_eq!(of(&file, &beside).errors, ["code_limit", "message_missing"]);
    assert_eq!(of(&file, &beside).content_verified, Verified::No);
}

/// Fuzzing begins with files that are read to their end. `UPDATE=1` writes them again.
#[test]
fn seeds_are_what_is_made_here() {
    let (plan, _) = app();
    let plan = Plan { directories: vec![(1, 12), (2, 12)], ..plan };
    let build = Build { code: 600, ..Build::default() };
    let thin = plan.sign(&build, None);
    let length = 12 + thin.windows(4).rposition(|window| window == [0xfa, 0xde, 0x0c, 0x02]).unwrap() + 400;
    let signed = thin.len() - 20_000;
    let seeds = [
        ("signed.macho", thin[..length.next_multiple_of(16)].to_vec()),
        ("superblob.bin", thin[signed..length].to_vec()),
        ("fat.macho", macho::build::fat(&[build.bytes(), Build { cpu: 12, subtype: 9, ..build.clone() }.bytes()])),
        ("info.plist", XML.as_bytes().to_vec()),
    ];
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/ios");
    for (name, bytes) in seeds {
        let path = folder.join(name);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, &bytes).unwrap();
        }
        assert!(std::fs::read(&path).ok() == Some(bytes), "{name}: run with UPDATE=1");
    }
}

proptest! {
    #[test]
    fn no_damage_panics_or_makes_up_a_signer(at in prop::collection::vec((0_usize..20_000, any::<u8>()), 1..12)) {
        let (plan, beside) = app();
        let mut file = plan.sign(&Build::default(), None);
        let start = file.len() - 20_000;
        for (at, byte) in at {
            file[start + at] = byte;
        }
        let signature = of(&file, &beside);
        prop_assert_ne!(signature.message_verified, Verified::Yes);
    }

    #[test]
    fn no_blobs_panic(blobs in prop::collection::vec((0_u32..8, prop::collection::vec(any::<u8>(), 0..120)), 0..6), magic in 0_usize..4) {
        let magic = [0xfade_0c02, 0xfade_7171, 0xfade_7172, 0xfade_0b01][magic];
        let blobs: Vec<_> = blobs.into_iter().map(|(slot, body)| (slot, blob(magic, &body))).collect();
        let bytes = superblob(&blobs);
        let mut file = Build { signature: Some(bytes.len()), ..Build::default() }.bytes();
        let at = file.len() - bytes.len();
        file[at..].copy_from_slice(&bytes);
        of(&file, &Beside::default());
    }
}
