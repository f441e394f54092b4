//! Signatures of a package that apksigner made, and of the same package damaged.

use proptest::prelude::*;

use super::{
    Collected, EntryDigestError, EntryDigests, EntryHasher, Inflating, IssueCode, Request, Scheme, Signing, Verified,
    Verifier, verify,
};
use crate::formats::{
    public_key::Hash,
    zip::{Archive, Entry},
};

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/signed/", $name))
    };
}

/// Signed by all schemes, with a key that was rotated and a source stamp.
const APP: &[u8] = data!("app.apk");
/// Signed by scheme 1 alone.
const V1: &[u8] = data!("app-v1.apk");

fn of(bytes: &[u8], min_sdk: i64) -> Signing {
    with(bytes, Request::from_sdk(min_sdk))
}

fn with(bytes: &[u8], request: Request<'_>) -> Signing {
    let archive = Archive::open(&bytes).unwrap();
    verify(&archive, request, &Inflating(&archive))
}

fn codes(scheme: &Scheme) -> Vec<IssueCode> {
    scheme.errors.iter().map(|error| error.code).collect()
}

fn u32_at(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

/// Where the signing block begins, and the central directory, and the end record.
fn places(bytes: &[u8]) -> (usize, usize, usize) {
    let end = bytes.len() - 22;
    let directory = u32_at(bytes, end + 16);
    (directory - u32_at(bytes, directory - 24) - 8, directory, end)
}

/// With these pairs in the signing block, or without a block where there are none.
fn with_pairs(bytes: &[u8], pairs: &[u8]) -> Vec<u8> {
    let (start, directory, end) = places(bytes);
    let length = (pairs.len() as u64 + 24).to_le_bytes();
    let block = [&length[..], pairs, &length, b"APK Sig Block 42"].concat();
    let block = if pairs.is_empty() { Vec::new() } else { block };
    let offset = ((start + block.len()) as u32).to_le_bytes();
    [&bytes[..start], &block, &bytes[directory..end + 16], &offset, &bytes[end + 20..]].concat()
}

fn pairs(bytes: &[u8]) -> &[u8] {
    let (start, directory, _) = places(bytes);
    &bytes[start + 8..directory - 24]
}

fn pair(id: u32, value: &[u8]) -> Vec<u8> {
    [&(value.len() as u64 + 4).to_le_bytes()[..], &id.to_le_bytes(), value].concat()
}

#[test]
fn each_platform_goes_by_the_newest_scheme_that_it_knows() {
    for (min_sdk, required) in [(21, [true, true, true]), (24, [false, true, true]), (28, [false, false, true])] {
        let signing = of(APP, min_sdk);
        assert_eq!(signing.signature_verified, Verified::Yes);
        let schemes = &signing.signatures;
        assert_eq!([&schemes.v1, &schemes.v2, &schemes.v3].map(|scheme| scheme.required), required);
        assert!([&schemes.v1, &schemes.v2, &schemes.v3].iter().all(|scheme| scheme.present));
        let v1 = if min_sdk < 24 { Verified::Yes } else { Verified::Indeterminate };
        assert_eq!((schemes.v1.verified, schemes.v2.verified, schemes.v3.verified), (v1, Verified::Yes, Verified::Yes));
        assert!(!schemes.v3_1.present && !schemes.v4.present);
    }
}

#[test]
fn signers_come_with_their_schemes_and_a_lineage_in_its_order() {
    let signing = of(APP, 21);
    let mut signers: Vec<_> =
        signing.signers.iter().map(|signer| (signer.subject.as_str(), signer.scheme.join(" "))).collect();
    signers.sort();
    assert_eq!(signers, [("CN=first", "v1 v2".to_owned()), ("CN=second", "v3".to_owned())]);
    let lineage: Vec<_> = signing.lineage.iter().map(|ancestor| ancestor.subject.as_str()).collect();
    assert_eq!(lineage, ["CN=first", "CN=second"]);
    assert_eq!(signing.lineage[0].capabilities, ["installed_data", "shared_user_id", "permission", "auth"]);
    assert!(signing.signers.iter().all(|signer| signer.readable && !signer.debug && signer.public_test.is_empty()));
    assert_eq!(signing.source_stamp.verified, Verified::Yes);
    assert_eq!(signing.v1_digests, ["sha256"]);
}

#[test]
fn no_byte_outside_of_the_block_may_change() {
    let (start, directory, _) = places(APP);
    for at in (0..start).chain(directory..APP.len()).step_by(3) {
        let mut damaged = APP.to_vec();
        damaged[at] ^= 0x10;
        if let Ok(archive) = Archive::open(&&damaged[..]) {
            let signing = verify(&archive, Request::from_sdk(28), &Inflating(&archive));
            assert_eq!(signing.signature_verified, Verified::No, "byte {at}");
        }
    }
}

#[test]
fn what_scheme_1_covers_may_not_change_either() {
    let archive = Archive::open(&V1).unwrap();
    // Certificates stand in the block of scheme 1 beside the signature, and not all of their bytes are looked at.
    let covered = |entry: &&Entry| entry.compressed > 8 && !entry.name.ends_with('/') && !entry.name.ends_with(".RSA");
    for entry in archive.entries().iter().filter(covered) {
        let at = usize::try_from(entry.data.unwrap() + entry.compressed / 2).unwrap();
        let mut damaged = V1.to_vec();
        damaged[at] ^= 1;
        assert_eq!(of(&damaged, 21).signature_verified, Verified::No, "{}", entry.name);
    }
    assert_eq!(of(V1, 21).signature_verified, Verified::Yes);
}

#[test]
fn a_newer_signature_that_is_taken_away_is_missed_by_platforms_that_know_it() {
    let stripped = with_pairs(APP, &[]);
    let signing = of(&stripped, 21);
    assert_eq!(signing.signature_verified, Verified::No);
    assert_eq!(codes(&signing.signatures.v1), [IssueCode::SchemeStripped, IssueCode::SchemeStripped]);
    let old = Request { max_sdk: 23, ..Request::from_sdk(21) };
    assert_eq!(with(&stripped, old).signature_verified, Verified::Yes);
}

#[test]
fn a_scheme_that_no_platform_of_the_range_knows_is_not_looked_at() {
    let signing = with(APP, Request { max_sdk: 27, ..Request::from_sdk(24) });
    assert_eq!(codes(&signing.signatures.v3), [IssueCode::NotChecked]);
    assert_eq!((signing.signatures.v3.verified, signing.signature_verified), (Verified::Indeterminate, Verified::Yes));
}

#[test]
fn what_is_older_than_scheme_2_asks_for_scheme_1() {
    let modern = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/tianfu/packages/tianfu-dept.apk"));
    assert_eq!(of(modern, 24).signature_verified, Verified::Yes);
    let signing = of(modern, 23);
    assert_eq!((signing.signature_verified, signing.signatures.v1.present), (Verified::No, false));
    assert_eq!(codes(&signing.signatures.v1), [IssueCode::ManifestMissing]);
    assert!(signing.signatures.v1.required);
}

#[test]
fn what_the_manifest_targets_may_ask_for_scheme_2() {
    let asks = |target_sdk, target_sandbox| {
        let signing = with(V1, Request { target_sdk, target_sandbox, ..Request::from_sdk(21) });
        (signing.signature_verified, signing.errors.len(), signing.signatures.v2.required)
    };
    assert_eq!(asks(Some(29), Some(1)), (Verified::Yes, 0, false));
    assert_eq!(asks(Some(30), None), (Verified::No, 1, true));
    assert_eq!(asks(None, Some(2)), (Verified::No, 1, true));
}

#[test]
fn an_algorithm_that_nobody_here_knows_leaves_the_matter_open() {
    // RSA in scheme 2, ECDSA in scheme 3.
    let mut unknown = pairs(APP).to_vec();
    for at in 0..unknown.len() - 4 {
        if [[3, 1, 0, 0], [1, 2, 0, 0]].iter().any(|id| unknown[at..].starts_with(id)) {
            unknown[at..at + 2].copy_from_slice(&[1, 5]);
        }
    }
    let signing = of(&with_pairs(APP, &unknown), 24);
    assert_eq!(codes(&signing.signatures.v2), [IssueCode::AlgorithmUnknown]);
    assert_eq!(signing.signatures.v2.algorithms, ["0x0501"]);
    assert_eq!(signing.signature_verified, Verified::Indeterminate);
}

#[test]
fn scheme_3_2_is_not_known_here_and_older_platforms_pass_it_over() {
    let hybrid = with_pairs(APP, &[pairs(APP), &pair(0x70e1_c89f, b"?")].concat());
    assert_eq!(of(&hybrid, 24).signature_verified, Verified::Indeterminate);
    let older = with(&hybrid, Request { max_sdk: 36, ..Request::from_sdk(24) });
    assert_eq!(older.signature_verified, Verified::Yes);
    assert!(older.block.entries.iter().any(|entry| entry.name == "v3.2"));
}

#[test]
fn the_first_of_two_entries_counts_and_both_are_told() {
    let second = with_pairs(APP, &[pairs(APP), &pair(0x7109_871a, b"?")].concat());
    let signing = of(&second, 21);
    assert_eq!(
        (signing.signature_verified, signing.block.duplicates.as_slice()),
        (Verified::Yes, &["0x7109871a".to_owned()][..])
    );
    let first = with_pairs(APP, &[&pair(0x7109_871a, b"?"), pairs(APP)].concat());
    assert_eq!(of(&first, 21).signature_verified, Verified::No);
}

#[test]
fn the_block_is_described_whatever_is_in_it() {
    let signing = of(&with_pairs(APP, &[pairs(APP), &pair(0x7177_7777, b"channel")].concat()), 28);
    assert_eq!(signing.signature_verified, Verified::Yes);
    let entry = signing.block.entries.last().unwrap();
    assert_eq!((entry.id.as_str(), entry.name.as_str(), entry.bytes), ("0x71777777", "walle-channel", 7));
    let cut = of(&with_pairs(APP, &[pairs(APP), &[9, 0, 0]].concat()), 28);
    assert_eq!((cut.signature_verified, cut.block.errors[0].code), (Verified::Yes, IssueCode::BlockMalformed));
}

#[test]
fn a_block_with_two_lengths_is_none() {
    let (start, ..) = places(APP);
    let mut damaged = APP.to_vec();
    damaged[start] ^= 1;
    let signing = of(&damaged, 24);
    assert!(!signing.block.present && !signing.signatures.v2.present);
    assert_eq!(signing.block.errors[0].code, IssueCode::BlockMalformed);
    assert_eq!(signing.signature_verified, Verified::No);
}

#[test]
fn what_android_does_not_open_verifies_nowhere() {
    let after = [V1, b"more"].concat();
    let shifted = [b"more", V1].concat();
    for refused in [after, shifted, [APP, b"more"].concat()] {
        let signing = of(&refused, 21);
        assert_eq!(signing.signature_verified, Verified::No);
        assert!(signing.errors.iter().all(|error| error.code == IssueCode::ArchiveRefused), "{:?}", signing.errors);
    }
}

#[test]
fn what_two_headers_say_otherwise_no_platform_reads() {
    let archive = Archive::open(&V1).unwrap();
    let at = usize::try_from(archive.find("AndroidManifest.xml").unwrap().local_header).unwrap();
    let mut renamed = V1.to_vec();
    renamed[at + 30] ^= 0x20;
    assert_eq!(codes(&of(&renamed, 21).signatures.v1), [IssueCode::EntryUnreadable]);
}

#[test]
fn janus_needs_a_platform_that_has_the_flaw_and_goes_by_scheme_1() {
    let at_risk = |bytes, min_sdk, max_sdk| {
        let janus = with(bytes, Request { max_sdk, ..Request::from_sdk(min_sdk) }).janus;
        assert!(!janus.shape);
        janus.scheme_at_risk
    };
    assert!(at_risk(V1, 21, 35) && at_risk(V1, 24, 35) && at_risk(V1, 25, 25));
    assert!(!at_risk(V1, 26, 35) && !at_risk(V1, 16, 20));
    assert!(at_risk(APP, 21, 35) && at_risk(APP, 23, 35));
    assert!(!at_risk(APP, 24, 35));
}

#[test]
fn a_file_of_scheme_4_is_of_one_package() {
    let idsig = data!("app.apk.idsig");
    let v4 =
        |bytes: &[u8], idsig: &[u8]| with(bytes, Request { idsig: Some(idsig), ..Request::from_sdk(28) }).signatures.v4;
    assert_eq!((v4(APP, idsig).verified, v4(V1, idsig).verified), (Verified::Yes, Verified::No));
    for at in [0, 4, 20, 60, 200, 500, idsig.len() - 1] {
        let mut damaged = idsig.to_vec();
        damaged[at] ^= 1;
        assert_ne!(v4(APP, &damaged).verified, Verified::Yes, "byte {at}");
    }
    assert_eq!(codes(&v4(APP, &idsig[..100])), [IssueCode::BlockMalformed]);
}

#[test]
fn digests_may_come_from_whoever_inflates_the_entries() {
    let archive = Archive::open(&V1).unwrap();
    let collect = |keep: &dyn Fn(&str) -> bool| {
        let verifier = Verifier::new(&archive, Request::from_sdk(21));
        let mut collected = Collected::default();
        for (index, entry) in archive.entries().iter().enumerate().filter(|(_, entry)| keep(&entry.name)) {
            let mut hasher = EntryHasher::new(&verifier.wanted(index));
            let streamed = archive.stream(entry, 1 << 20, &mut |window| hasher.update(window));
            collected.add(index, streamed.map(|_| hasher).map_err(EntryDigestError::from));
        }
        verifier.finish(&collected)
    };
    assert_eq!(collect(&|_| true), of(V1, 21));
    let missing = collect(&|name| name != "AndroidManifest.xml");
    assert_eq!(codes(&missing.signatures.v1), [IssueCode::ReadFailed]);
    assert_eq!(missing.signature_verified, Verified::Indeterminate);
    assert!(Verifier::new(&archive, Request::from_sdk(21)).wanted(usize::MAX).is_empty());
    let app = Archive::open(&APP).unwrap();
    let verifier = Verifier::new(&app, Request::from_sdk(24));
    assert!((0..app.entries().len()).all(|entry| verifier.wanted(entry).is_empty()));
}

#[test]
fn an_entry_that_cannot_be_had_is_told_apart_from_one_that_is_damaged() {
    struct None;
    impl EntryDigests for None {
        fn digests(&self, _: usize, _: &[Hash]) -> Result<Vec<Vec<u8>>, EntryDigestError> {
            Err(EntryDigestError::Damaged("deflate".to_owned()))
        }
    }
    let archive = Archive::open(&V1).unwrap();
    let signing = verify(&archive, Request::from_sdk(21), &None);
    assert_eq!(signing.signature_verified, Verified::No);
    assert!(codes(&signing.signatures.v1).iter().all(|code| *code == IssueCode::EntryUnreadable));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_make_it_panic(at in any::<prop::sample::Index>(), with in any::<[u8; 4]>(), min_sdk in 1_i64..40) {
        for whole in [APP, V1] {
            let mut damaged = whole.to_vec();
            let start = at.index(whole.len() - 4);
            damaged[start..start + 4].copy_from_slice(&with);
            if let Ok(archive) = Archive::open(&&damaged[..]) {
                let idsig = &damaged[start..];
                let request = Request { idsig: Some(idsig), ..Request::from_sdk(min_sdk) };
                let _ = verify(&archive, request, &Inflating(&archive));
            }
            let pairs = with_pairs(APP, &damaged[start..]);
            let archive = Archive::open(&pairs).unwrap();
            let _ = verify(&archive, Request::from_sdk(min_sdk), &Inflating(&archive));
        }
    }
}
