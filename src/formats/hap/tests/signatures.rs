//! What is verified, and what no longer is once somebody changed it.

use super::{
    BUNDLE, look, module, package,
    signer::{Authority, Leaf, PROFILE, PROPERTY, Way, block, property_entry},
};
use crate::{
    formats::hap::{Harmony, IssuerKind, Recognised, Source, Verified},
    model::{Fact, Tri},
};

const DEVELOPER: [&str; 3] = ["Province", "Apps", "Developer"];
const ISSUER_OF_PROFILES: [&str; 3] = ["Province", "Apps", "Profiles"];
const DEVICE: &str = "69C7505BE341BDA5948C3C0CB44ABCD530296054159EFE0BD16A16CD0129CC42";

/// The plain text of a profile for a certificate.
fn profile(kind: &str, bundle: &str, certificate: &Leaf) -> String {
    let key = if kind == "release" { "distribution-certificate" } else { "development-certificate" };
    let pem = certificate.pem.replace("\r\n", "\n").replace('\n', "\\n");
    let debug = if kind == "release" {
        String::new()
    } else {
        format!(r#", "debug-info": {{"device-id-type": "udid", "device-ids": ["{DEVICE}", "{DEVICE}"]}}"#)
    };
    format!(
        r#"{{"version-code": 2, "version-name": "2.0.0", "uuid": "u", "type": "{kind}",
            "app-distribution-type": "enterprise_normal", "validity": {{"not-before": 1594865258, "not-after": 1989473258}},
            "bundle-info": {{"developer-id": "d", "{key}": "{pem}", "bundle-name": "{bundle}", "apl": "normal",
            "app-feature": "hos_normal_app"}}, "acls": {{"allowed-acls": ["", "ohos.permission.B", "ohos.permission.A"]}},
            "permissions": {{"restricted-permissions": ["ohos.permission.READ_CONTACTS"]}}, "issuer": "Province"{debug}}}"#
    )
}

fn plain() -> Vec<u8> {
    package(&[("module.json", &module("", "")), ("ets/modules.abc", "bytecode"), ("a.txt", &"text ".repeat(300))])
}

/// A package that all is right with.
fn signed(way: Way, version: u32, kind: &str) -> Vec<u8> {
    let authority = Authority::province();
    let leaf = authority.leaf(DEVELOPER, way, 2060);
    let issuer = authority.leaf(ISSUER_OF_PROFILES, Way::EcdsaP256Sha256, 2060);
    let profile = issuer.message(profile(kind, BUNDLE, &leaf).as_bytes());
    leaf.sign(&plain(), version, &[(PROFILE, profile)])
}

#[test]
fn every_way_of_signing_is_verified_in_both_versions_of_the_block() {
    for way in Way::ALL {
        for version in [2, 3] {
            let harmony = look(&signed(way, version, "release"));
            let expected = ["chain.incomplete"; 0];
            assert_eq!(harmony.errors, expected, "{way:?} {version}");
            assert_eq!(harmony.signature_verified, Verified::Yes, "{way:?} {version}");
            assert_eq!(harmony.block.digests_verified, Verified::Yes);
            assert_eq!(harmony.block.digest_algorithms, [way.name()]);
            assert_eq!(harmony.block.version, i64::from(version));
            assert_eq!(harmony.signers[0].scheme, [format!("hap-v{version}")]);
        }
    }
}

#[test]
fn signer_chain_and_profile_are_told() {
    let harmony = look(&signed(Way::EcdsaP256Sha256, 3, "release"));
    let chain = &harmony.block.chain;
    assert_eq!(chain.certificates.len(), 3);
    assert_eq!((chain.verified, chain.complete, chain.valid_when_signed), (Verified::Yes, true, Tri::Yes));
    assert_eq!(chain.root, "C=CN, O=Province, OU=Apps, CN=Province Root");
    assert_eq!(chain.intermediate, "C=CN, O=Province, OU=Apps, CN=Province Authority");
    assert_eq!((chain.issuer_kind, chain.issuer_by, chain.demo), (IssuerKind::Unknown, Recognised::Not, false));
    assert_eq!(harmony.signers.len(), 1);
    assert_eq!(harmony.signers[0].subject, "C=CN, O=Province, OU=Apps, CN=Developer");
    assert!(!harmony.signers[0].debug);
    let profile = &harmony.profile;
    assert_eq!((profile.signed, profile.signature_verified), (Tri::Yes, Verified::Yes));
    assert_eq!((profile.bundle_matches, profile.certificate_matches), (Tri::Yes, Tri::Yes));
    assert_eq!(profile.kind, Fact::Known("release".to_owned()));
    assert_eq!(profile.distribution, Fact::Known("enterprise_normal".to_owned()));
    assert_eq!(profile.not_before, Fact::Known("2020-07-16T02:07:38Z".to_owned()));
    assert_eq!(profile.acls, Fact::Known(vec!["ohos.permission.A".to_owned(), "ohos.permission.B".to_owned()]));
    assert_eq!(profile.devices, Fact::Known(0));
}

#[test]
fn a_debug_profile_makes_the_signer_one_for_debugging_and_its_devices_are_only_counted() {
    let harmony = look(&signed(Way::EcdsaP256Sha256, 3, "debug"));
    assert_eq!(harmony.signature_verified, Verified::Yes);
    assert!(harmony.signers[0].debug);
    assert_eq!(harmony.profile.devices, Fact::Known(2));
    assert!(!serde_json::to_string(&harmony).unwrap().contains(DEVICE));
}

#[test]
fn one_changed_byte_of_what_is_signed_is_noticed_wherever_it_is() {
    let good = signed(Way::EcdsaP256Sha256, 3, "release");
    let block = usize::try_from(look(&good).block.bytes).unwrap();
    let end = good.len() - 22;
    let directory = u32::from_le_bytes(good[end + 16..end + 20].try_into().unwrap()) as usize;
    for at in (0..directory - block).chain(directory..good.len()) {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        let bad = bad.clone();
        let Ok(archive) = crate::formats::zip::Archive::open(&bad) else { continue };
        let harmony = super::read(&archive, 0);
        assert_ne!(harmony.signature_verified, Verified::Yes, "byte {at}");
        assert_ne!(harmony.block.digests_verified, Verified::Yes, "byte {at}");
    }
    // The profile follows the table of two lines.
    let profile = directory - block + 24..directory - block + 24 + 200;
    for at in profile {
        let mut bad = good.clone();
        bad[at] ^= 0x10;
        assert_ne!(look(&bad).block.digests_verified, Verified::Yes, "byte {at}");
    }
}

#[test]
fn bytes_after_the_end_and_bytes_that_no_sub_block_has_are_noticed() {
    let good = signed(Way::EcdsaP256Sha256, 3, "release");
    let harmony = look(&[&good[..], b"more"].concat());
    assert_eq!((harmony.signature_verified, harmony.errors.as_slice()), (Verified::No, &["zip.no_end".to_owned()][..]));
    let plain = plain();
    let directory = u32::from_le_bytes(plain[plain.len() - 6..plain.len() - 2].try_into().unwrap()) as usize;
    let mut hidden = block(&[(PROFILE, b"{}".to_vec())], 3);
    hidden.splice(14..14, *b"hidden");
    let size = hidden.len() as u64;
    let at = hidden.len() - 28;
    hidden[at..at + 8].copy_from_slice(&size.to_le_bytes());
    let mut bytes = [&plain[..directory], &hidden, &plain[directory..]].concat();
    let end = bytes.len();
    bytes[end - 6..end - 2].copy_from_slice(&((directory + hidden.len()) as u32).to_le_bytes());
    assert_eq!(look(&bytes).errors, ["block.table"]);
}

#[test]
fn an_unsigned_package_is_not_verified_and_says_so() {
    let harmony = look(&plain());
    assert_eq!((harmony.signature_verified, harmony.worst), (Verified::No, Verified::No));
    assert_eq!(harmony.errors, ["block.absent"]);
    assert!(!harmony.block.present && harmony.signers.is_empty());
    assert!(matches!(harmony.profile.kind, Fact::Unread(_)));
}

#[test]
fn a_profile_for_another_bundle_or_another_certificate_does_not_count() {
    let authority = Authority::province();
    let way = Way::EcdsaP256Sha256;
    let (leaf, other) = (authority.leaf(DEVELOPER, way, 2060), authority.leaf(DEVELOPER, way, 2060));
    let issuer = authority.leaf(ISSUER_OF_PROFILES, way, 2060);
    let with = |text: String| look(&leaf.sign(&plain(), 3, &[(PROFILE, issuer.message(text.as_bytes()))]));
    let cases = [
        (with(profile("release", "cn.gov.other", &leaf)), "profile.other_bundle", Verified::No, Tri::No),
        (with(profile("release", ".*", &leaf)), "profile.any_bundle", Verified::Yes, Tri::No),
        (with(profile("release", BUNDLE, &other)), "profile.other_certificate", Verified::No, Tri::Yes),
    ];
    for (harmony, code, verified, bundle) in cases {
        assert_eq!(harmony.errors, [code]);
        assert_eq!((harmony.signature_verified, harmony.profile.bundle_matches), (verified, bundle), "{code}");
        assert_eq!(harmony.block.digests_verified, Verified::Yes, "{code}");
    }
}

#[test]
fn no_profile_and_a_profile_that_nobody_signed_do_not_count() {
    let leaf = Authority::province().leaf(DEVELOPER, Way::EcdsaP256Sha256, 2060);
    let harmony = look(&leaf.sign(&plain(), 3, &[]));
    assert_eq!((harmony.signature_verified, harmony.errors), (Verified::No, vec!["profile.absent".to_owned()]));
    let text = profile("release", BUNDLE, &leaf);
    let harmony = look(&leaf.sign(&plain(), 3, &[(PROFILE, text.into_bytes())]));
    assert_eq!((harmony.signature_verified, harmony.errors), (Verified::No, vec!["profile.unsigned".to_owned()]));
    assert_eq!(harmony.profile.signed, Tri::No);
}

#[test]
fn app_gallery_puts_in_a_plain_profile_and_is_recognised_by_name_only() {
    let huawei = Authority::new(
        ["Huawei", "Huawei CBG", "Huawei CBG Root CA G2"],
        ["Huawei", "Huawei CBG", "Huawei CBG Software Signing Service CA"],
    );
    let store =
        huawei.leaf(["Huawei", "HOS AppGallery", "HOS AppGallery Application Release"], Way::EcdsaP256Sha256, 2060);
    let developer = Authority::province().leaf(DEVELOPER, Way::EcdsaP256Sha256, 2060);
    let text = profile("release", BUNDLE, &developer);
    let harmony = look(&store.sign(&plain(), 3, &[(PROFILE, text.into_bytes())]));
    assert_eq!(harmony.errors, [""; 0]);
    assert_eq!((harmony.signature_verified, harmony.profile.signature_verified), (Verified::Yes, Verified::Yes));
    assert_eq!(harmony.block.source, Source::AppGallery);
    let chain = &harmony.block.chain;
    assert_eq!(
        (chain.issuer_kind, chain.issuer_by),
        (IssuerKind::HuaweiCbg, Recognised::Name),
        "the key is not Huawei's"
    );
    assert_eq!(harmony.profile.certificate_matches, Tri::No, "the developer's, and AppGallery signed");
}

#[test]
fn a_certificate_that_had_run_out_when_it_signed_does_not_count() {
    let authority = Authority::province();
    let leaf = authority.leaf(DEVELOPER, Way::EcdsaP256Sha256, 2021);
    let issuer = authority.leaf(ISSUER_OF_PROFILES, Way::EcdsaP256Sha256, 2060);
    let profile = issuer.message(profile("release", BUNDLE, &leaf).as_bytes());
    let harmony = look(&leaf.sign(&plain(), 3, &[(PROFILE, profile)]));
    assert_eq!(harmony.errors, ["chain.outside_validity"]);
    assert_eq!(harmony.signature_verified, Verified::No);
    assert_eq!(harmony.block.chain.valid_when_signed, Tri::No);
}

#[test]
fn a_root_that_did_not_come_along_leaves_the_chain_incomplete_and_the_signature_verified() {
    let authority = Authority::province();
    let mut leaf = authority.leaf(DEVELOPER, Way::EcdsaP256Sha256, 2060);
    let end = "-----END CERTIFICATE-----";
    leaf.chain.truncate(leaf.chain.find(end).unwrap() + end.len());
    leaf.chain.push('\n');
    let issuer = authority.leaf(ISSUER_OF_PROFILES, Way::EcdsaP256Sha256, 2060);
    let profile = issuer.message(profile("release", BUNDLE, &leaf).as_bytes());
    let harmony = look(&leaf.sign(&plain(), 3, &[(PROFILE, profile)]));
    assert_eq!(harmony.errors, ["chain.incomplete"]);
    assert_eq!((harmony.signature_verified, harmony.block.chain.complete), (Verified::Yes, false));
    assert_eq!(harmony.block.chain.root, "C=CN, O=Province, OU=Apps, CN=Province Root");
}

#[test]
fn names_of_the_signing_guide_are_examples() {
    let guide = Authority::new(
        ["OpenHarmony", "OpenHarmony Community", "Root CA"],
        ["OpenHarmony", "OpenHarmony Community", "Application Signature Service CA"],
    );
    let leaf = guide.leaf(["Province", "Apps", "Developer"], Way::EcdsaP256Sha256, 2060);
    let harmony = look(&leaf.sign(&plain(), 2, &[]));
    assert!(harmony.block.chain.demo);
    assert_eq!(harmony.block.chain.demo_source, "openharmony_signing_guide");
    assert_eq!(harmony.signers[0].public_test, "openharmony_signing_guide");
    assert_eq!(harmony.block.chain.issuer_by, Recognised::Name);
}

/// A package whose permission block is over this module.
fn with_permission_block(over: &str) -> Harmony {
    let authority = Authority::province();
    let leaf = authority.leaf(DEVELOPER, Way::EcdsaP256Sha256, 2060);
    let issuer = authority.leaf(ISSUER_OF_PROFILES, Way::EcdsaP256Sha256, 2060);
    let text = profile("release", BUNDLE, &leaf);
    let mut code = 0xe046_c8c6_5389_fccd_u64.to_le_bytes().to_vec();
    code.extend(1_u32.to_le_bytes());
    let property =
        [property_entry(0x3000_0001, &code), leaf.permission_block(text.as_bytes(), over.as_bytes())].concat();
    look(&leaf.sign(&plain(), 3, &[(PROPERTY, property), (PROFILE, issuer.message(text.as_bytes()))]))
}

#[test]
fn the_block_over_permissions_is_held_against_profile_and_module() {
    let harmony = with_permission_block(&module("", ""));
    assert_eq!((harmony.signature_verified, harmony.errors), (Verified::Yes, Vec::new()));
    assert!(harmony.block.permission_block.present);
    assert_eq!(harmony.block.permission_block.verified, Verified::Yes);
    assert_eq!((harmony.block.code_signing.present, harmony.block.code_signing.version), (true, 1));
    let harmony = with_permission_block("{}");
    assert_eq!(harmony.block.permission_block.verified, Verified::No);
    assert_eq!(
        (harmony.signature_verified, harmony.errors),
        (Verified::No, vec!["property.permission_block".to_owned()])
    );
}

#[test]
fn sub_blocks_in_the_fixed_order_of_newer_devices_are_verified_as_well() {
    // Signed as property and profile, and listed the other way round.
    let authority = Authority::province();
    let leaf = authority.leaf(DEVELOPER, Way::EcdsaP256Sha256, 2060);
    let issuer = authority.leaf(ISSUER_OF_PROFILES, Way::EcdsaP256Sha256, 2060);
    let profile = issuer.message(profile("release", BUNDLE, &leaf).as_bytes());
    let mut code = 0xe046_c8c6_5389_fccd_u64.to_le_bytes().to_vec();
    code.extend(1_u32.to_le_bytes());
    let good = leaf.sign(&plain(), 3, &[(PROPERTY, property_entry(0x3000_0001, &code)), (PROFILE, profile)]);
    assert_eq!(look(&good).signature_verified, Verified::Yes);
    let block = usize::try_from(look(&good).block.bytes).unwrap();
    let end = good.len() - 22;
    let start = u32::from_le_bytes(good[end + 16..end + 20].try_into().unwrap()) as usize - block;
    let mut swapped = good.clone();
    swapped[start..start + 12].copy_from_slice(&good[start + 12..start + 24]);
    swapped[start + 12..start + 24].copy_from_slice(&good[start..start + 12]);
    assert_eq!(look(&swapped).signature_verified, Verified::Yes);
}
