//! A `.app` and what it carries.

use super::{
    look, module, package,
    signer::{Authority, Leaf, PROFILE, Way},
};
use crate::{
    formats::{
        hap::{Harmony, Kind, Verified, read},
        zip::{
            Archive,
            testing::{Builder, Item},
        },
    },
    model::{Fact, Tri, UnreadStatus},
};

fn leaf() -> Leaf {
    Authority::province().leaf(["Province", "Apps", "Developer"], Way::EcdsaP256Sha256, 2060)
}

/// A signed module, whose profile is signed by the same key.
fn member(leaf: &Leaf, app: &str, name: &str, kind: &str, more: &str) -> Vec<u8> {
    let described = module(app, more)
        .replace(r#""name": "entry""#, &format!(r#""name": "{name}""#))
        .replace(r#""type": "entry""#, &format!(r#""type": "{kind}""#));
    let pem = leaf.pem.replace("\r\n", "\n").replace('\n', "\\n");
    let profile = format!(
        r#"{{"version-code": 2, "type": "release", "validity": {{"not-before": 1, "not-after": 1989473258}},
            "bundle-info": {{"distribution-certificate": "{pem}", "bundle-name": "cn.gov.example.app"}}}}"#
    );
    leaf.sign(&package(&[("module.json", &described)]), 3, &[(PROFILE, leaf.message(profile.as_bytes()))])
}

const PACK_INFO: &str = r#"{"summary": {"app": {"bundleName": "cn.gov.example.app", "version": {"code": 1000003, "name": "1.0.3"}},
    "modules": [{"distro": {"moduleName": "entry", "moduleType": "entry"}}, {"distro": {"moduleName": "shared", "moduleType": "shared"}}]}}"#;

fn app(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let zip = Builder::new().add(Item::stored("pack.info", PACK_INFO));
    members.iter().fold(zip, |zip, (name, bytes)| zip.add(Item::stored(name, bytes))).finish()
}

fn two(leaf: &Leaf) -> [(&'static str, Vec<u8>); 2] {
    let permission = r#", "requestPermissions": [{"name": "ohos.permission.CAMERA"}]"#;
    let ability = r#", "abilities": [{"name": "Main", "exported": true}]"#;
    [
        ("entry-default.hap", member(leaf, "", "entry", "entry", ability)),
        ("shared-default.hsp", member(leaf, "", "shared", "shared", permission)),
    ]
}

#[test]
fn every_member_is_verified_and_the_whole_says_what_all_say() {
    let harmony = look(&app(&two(&leaf())));
    assert_eq!(harmony.kind, Kind::App);
    assert_eq!((harmony.signature_verified, harmony.worst), (Verified::Yes, Verified::Yes));
    assert_eq!(harmony.errors, ["block.absent"], "the .app itself is not signed");
    assert_eq!(harmony.bundle, Fact::Known("cn.gov.example.app".to_owned()));
    assert_eq!(harmony.abilities.known().unwrap()[0].name, "Main");
    assert_eq!(harmony.permissions.known().unwrap()[0].module, "shared");
    assert_eq!(harmony.modules.known().unwrap().len(), 2);
    assert_eq!(harmony.signers.len(), 1);
    assert_eq!((harmony.pack_info.present, harmony.pack_info.agrees), (Tri::Yes, Tri::Yes));
    let [entry, shared] = harmony.members.as_slice() else { panic!("{:?}", harmony.members) };
    assert_eq!((entry.name.as_str(), shared.name.as_str()), ("entry-default.hap", "shared-default.hsp"));
    assert_eq!(shared.package.known().unwrap().kind, Kind::Hsp);
    assert_eq!(harmony.network.cleartext, Tri::Yes, "by the entry module");
    assert_eq!(harmony.profile.kind, Fact::Known("release".to_owned()));
}

#[test]
fn one_bad_member_makes_the_whole_bad() {
    let leaf = leaf();
    let mut members = two(&leaf);
    members[1].1[40] ^= 1;
    let harmony = look(&app(&members));
    assert_eq!((harmony.signature_verified, harmony.worst), (Verified::No, Verified::No));
    assert_eq!(harmony.members[0].package.known().unwrap().signature_verified, Verified::Yes);
    assert!(harmony.errors.contains(&"shared-default.hsp: digest.mismatch".to_owned()), "{:?}", harmony.errors);
}

#[test]
fn a_signed_app_may_carry_unsigned_members_and_the_worst_says_so() {
    let leaf = leaf();
    let plain = package(&[("module.json", &module("", ""))]);
    let unsigned = [("entry-default.hap", plain)];
    let harmony = look(&app(&unsigned));
    assert_eq!((harmony.signature_verified, harmony.worst), (Verified::No, Verified::No));
    let harmony = look(&leaf.sign(&app(&unsigned), 3, &[]));
    assert_eq!((harmony.signature_verified, harmony.worst), (Verified::Yes, Verified::No));
    assert!(harmony.block.present);
    assert!(harmony.errors.contains(&"entry-default.hap: block.absent".to_owned()));
}

#[test]
fn one_module_for_debugging_makes_all_of_it_so_and_what_differs_is_unread() {
    let leaf = leaf();
    let members = [
        ("a.hap", member(&leaf, r#", "debug": true"#, "entry", "entry", "")),
        ("b.hsp", member(&leaf, r#", "asanEnabled": false"#, "shared", "shared", "").clone()),
    ];
    let harmony = look(&app(&members));
    assert_eq!(harmony.debug, Fact::Known(true));
    assert_eq!(harmony.asan, Fact::Known(false));
    let other = member(&leaf, "", "other", "shared", "");
    let other = Builder::new().add(Item::stored("module.json", described(&other).replace("1.0.3", "1.0.4"))).finish();
    let harmony = look(&app(&[("a.hap", member(&leaf, "", "entry", "entry", "")), ("b.hsp", other)]));
    assert!(matches!(&harmony.version_name, Fact::Unread(why) if why.reason == "members.differ"));
    assert!(harmony.bundle.known().is_some());
}

fn described(hap: &Vec<u8>) -> String {
    let archive = Archive::open(hap).unwrap();
    String::from_utf8(archive.read(archive.find("module.json").unwrap(), 1 << 20).unwrap()).unwrap()
}

#[test]
fn a_member_that_is_too_large_or_no_package_leaves_the_whole_unread() {
    let leaf = leaf();
    let good = member(&leaf, "", "entry", "entry", "");
    let zip = Builder::new().add(Item::stored("a.hap", &good)).add(Item::deflated("b.hap", &good)).finish();
    let archive = Archive::open(&zip).unwrap();
    let harmony: Harmony = read(&archive, 100);
    let Fact::Unread(why) = &harmony.members[1].package else { panic!("{:?}", harmony.members[1]) };
    assert_eq!((why.status, why.reason.as_str()), (UnreadStatus::TooLarge, "member.too_large"));
    assert_eq!((harmony.signature_verified, harmony.worst), (Verified::Indeterminate, Verified::Indeterminate));
    assert!(matches!(harmony.bundle, Fact::Unread(_)) && matches!(harmony.permissions, Fact::Unread(_)));
    let harmony = look(&app(&[("a.hap", b"no archive".to_vec())]));
    assert_eq!(harmony.members[0].package.known(), None);
    assert_ne!(harmony.signature_verified, Verified::Yes);
}

#[test]
fn an_app_without_members_is_verified_by_nothing() {
    let harmony = look(&app(&[]));
    assert_eq!((harmony.kind, harmony.signature_verified, harmony.worst), (Kind::App, Verified::No, Verified::No));
    assert!(matches!(harmony.debug, Fact::Unread(_)));
}
