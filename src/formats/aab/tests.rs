//! Bundles of our own making: messages written by hand, and damaged.

use proptest::prelude::*;

use super::{bundle_of, manifest_of, protobuf::Fields, xml};
use crate::{
    formats::apk::{Manifest, attributes, element::ANDROID, oddities::Oddities},
    model::{DecodeFailure, Fact, Tri},
};

/// A field with bytes.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![number << 3 | 2];
    let mut size = bytes.len();
    while size >= 0x80 {
        out.push(u8::try_from(size & 0x7f).unwrap() | 0x80);
        size >>= 7;
    }
    out.push(u8::try_from(size).unwrap());
    out.extend(bytes);
    out
}

fn varint(number: u8, mut value: u64) -> Vec<u8> {
    let mut out = vec![number << 3];
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap());
    out
}

/// An attribute of the platform with a compiled item, or one without both.
fn attribute(name: &str, item: Result<Vec<u8>, &str>) -> Vec<u8> {
    let id = attributes::id(name);
    let namespace = if id == 0 { Vec::new() } else { [field(1, ANDROID.as_bytes()), varint(5, id.into())].concat() };
    let value = item.map_or_else(|text| field(3, text.as_bytes()), |item| field(6, &item));
    field(4, &[namespace, field(2, name.as_bytes()), value].concat())
}

fn element(name: &str, inside: &[Vec<u8>]) -> Vec<u8> {
    [field(3, name.as_bytes()), inside.concat()].concat()
}

fn child(element: &[u8]) -> Vec<u8> {
    field(5, &field(1, element))
}

fn flag(value: bool) -> Vec<u8> {
    field(7, &varint(8, value.into()))
}

fn number(value: u64) -> Vec<u8> {
    field(7, &varint(6, value))
}

fn by_name(name: &str) -> Vec<u8> {
    field(1, &field(3, name.as_bytes()))
}

fn by_id(id: u64) -> Vec<u8> {
    field(1, &varint(2, id))
}

fn sample() -> Vec<u8> {
    let sdk = element(
        "uses-sdk",
        &[attribute("minSdkVersion", Ok(number(24))), attribute("targetSdkVersion", Ok(number(34)))],
    );
    let activity =
        element("activity", &[attribute("name", Err(".Main")), attribute("exported", Ok(by_id(0x7f01_0000)))]);
    let application = element(
        "application",
        &[
            attribute("allowBackup", Ok(flag(false))),
            attribute("debuggable", Ok(by_name("cn.example.app:bool/debug"))),
            attribute("networkSecurityConfig", Ok(by_name("xml/net"))),
            child(&activity),
        ],
    );
    let manifest =
        element("manifest", &[attribute("package", Err("cn.example.app")), child(&sdk), child(&application)]);
    field(1, &manifest)
}

/// `bool/open` with a number, `bool/debug` with two values, `xml/net`.
fn resources() -> Vec<u8> {
    let value = |item: Vec<u8>| field(6, &field(2, &field(4, &item)));
    let entry = |id: u64, name: &str, values: &[Vec<u8>]| {
        field(3, &[field(1, &varint(1, id)), field(2, name.as_bytes()), values.concat()].concat())
    };
    let kind = |id: u64, name: &str, entries: &[Vec<u8>]| {
        field(3, &[field(1, &varint(1, id)), field(2, name.as_bytes()), entries.concat()].concat())
    };
    let path = field(5, &field(1, b"res/xml/net.xml"));
    let bools = [entry(0, "open", &[value(flag(true))]), entry(1, "debug", &[value(flag(true)), value(flag(false))])];
    let types = [kind(1, "bool", &bools), kind(2, "xml", &[entry(0, "net", &[value(path)])])];
    field(2, &[field(1, &varint(1, 0x7f)), types.concat()].concat())
}

fn read(manifest: &[u8], resources: Option<&[u8]>) -> Result<Manifest, DecodeFailure> {
    let domain = element(
        "domain-config",
        &[
            attribute("cleartextTrafficPermitted", Err("true")),
            child(&[element("domain", &[]), field(5, &field(2, b"old.example.cn"))].concat()),
        ],
    );
    let config = field(1, &element("network-security-config", &[child(&domain)]));
    manifest_of(manifest, resources, &mut |path| (path == "res/xml/net.xml").then(|| config.clone()))
}

#[test]
fn a_bundle_says_what_a_package_says() {
    let manifest = read(&sample(), Some(&resources())).unwrap();
    assert_eq!((manifest.package.as_str(), manifest.min_sdk, manifest.target_sdk), ("cn.example.app", 24, 34));
    assert_eq!(manifest.allow_backup, Fact::Known(false));
    assert_eq!(manifest.components[0].exported, Fact::Known(true), "by the number of the resource");
    let Fact::Unread(why) = &manifest.debuggable else { panic!("it is both") };
    assert_eq!(why.reason, "ambiguous", "by its name");
    assert_eq!((manifest.cleartext_permitted, manifest.network_security.cleartext), (Tri::Yes, Tri::No));
    assert_eq!(manifest.network_security.domains.known().unwrap()[0].name, "old.example.cn");
    assert_eq!(manifest.oddities, []);
}

#[test]
fn without_resources_what_refers_to_them_is_not_known() {
    let manifest = read(&sample(), None).unwrap();
    assert!(manifest.debuggable.known().is_none() && manifest.components[0].exported.known().is_none());
    assert_eq!(manifest.cleartext_permitted, Tri::Unknown);
    let odd = read(&sample(), Some(b"\xff\xff")).unwrap();
    assert_eq!(odd.oddities[0].kind, "no_table");
}

#[test]
fn modules_are_what_their_manifests_say() {
    let module = |inside: Vec<u8>| field(1, &element("manifest", &[child(&element("module", &[inside]))]));
    let dist = |name: &str, value: &str| {
        let namespace = field(1, b"http://schemas.android.com/apk/distribution");
        field(4, &[namespace, field(2, name.as_bytes()), field(3, value.as_bytes())].concat())
    };
    let delivery = |way: &str| child(&element("delivery", &[child(&element(way, &[]))]));
    let files = [
        ("base/manifest/AndroidManifest.xml", sample()),
        ("maps/manifest/AndroidManifest.xml", module([dist("instant", "true"), delivery("on-demand")].concat())),
        ("media/manifest/AndroidManifest.xml", module([dist("type", "asset-pack"), delivery("fast-follow")].concat())),
        ("torn/manifest/AndroidManifest.xml", vec![0xff]),
    ];
    let config = [field(1, &field(2, b"1.15.6")), varint(8, 0)].concat();
    let mut names = files.iter().map(|(name, _)| *name).chain(["base/dex/classes.dex"]);
    let mut file = |path: &str| files.iter().find(|(name, _)| *name == path).map(|(_, bytes)| bytes.clone());
    let bundle = bundle_of(&mut names, Some(&config), &mut file);
    assert_eq!((bundle.version, bundle.kind), (Fact::Known("1.15.6".to_owned()), Fact::Known("regular".to_owned())));
    let seen: Vec<_> = bundle
        .modules
        .iter()
        .map(|m| (m.name.as_str(), m.kind.known().map(String::as_str), m.delivery.known().map(String::as_str)))
        .collect();
    assert_eq!(
        seen,
        [
            ("base", Some("base"), Some("install_time")),
            ("maps", Some("feature"), Some("on_demand")),
            ("media", Some("asset_pack"), Some("fast_follow")),
            ("torn", None, None),
        ]
    );
    assert_eq!(bundle.modules[1].instant, Fact::Known(true));
}

#[test]
fn numbers_too_long_and_sizes_too_large_end_a_message() {
    assert!(Fields::well_formed(&varint(1, u64::MAX)));
    assert!(!Fields::well_formed(&[0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]));
    assert!(!Fields::well_formed(&[0x0a, 0x05, b'a']));
    assert!(!Fields::well_formed(&[0x0b]), "a group");
    assert!(!Fields::well_formed(&[0x00, 0x00]), "field zero");
}

#[test]
fn elements_within_elements_end_somewhere() {
    let mut deep = element("a", &[]);
    for _ in 0..200 {
        deep = element("a", &[child(&deep)]);
    }
    let oddities = Oddities::default();
    xml::read(&field(1, &deep), "x", &oddities).unwrap();
    assert_eq!(oddities.list()[0].kind, "too_deep");
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes, Some(&bytes));
        let mut names = ["base/manifest/AndroidManifest.xml"].into_iter();
        let _ = bundle_of(&mut names, Some(&bytes), &mut |_| Some(bytes.clone()));
    }

    #[test]
    fn a_damaged_bundle_never_panics(
        at in any::<proptest::sample::Index>(),
        with in proptest::collection::vec(any::<u8>(), 1..8),
    ) {
        for (mut manifest, mut table) in [(sample(), resources())] {
            for bytes in [&mut manifest, &mut table] {
                let at = at.index(bytes.len());
                let end = (at + with.len()).min(bytes.len());
                bytes.splice(at..end, with.iter().copied());
            }
            let _ = read(&manifest, Some(&table));
        }
    }
}
