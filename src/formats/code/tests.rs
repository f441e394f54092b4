//! Fixtures say by their names what is to be found in them: `found_<id>`, `not_<id>` and `unsure_<id>`, of a method or of
//! its class; what follows two underscores tells several apart.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{CodeFindings, PermissionUse, apis_of, permission_use, permissions, rules, scan_dex, users_of_strings};
use crate::formats::dex;

const FAMILIES: &[(&str, &[u8])] = &[
    ("crypto", include_bytes!("../../../tests/data/dex/crypto.dex")),
    ("dynamic", include_bytes!("../../../tests/data/dex/dynamic.dex")),
    ("platform", include_bytes!("../../../tests/data/dex/platform.dex")),
    ("privacy", include_bytes!("../../../tests/data/dex/privacy.dex")),
    ("resilience", include_bytes!("../../../tests/data/dex/resilience.dex")),
    ("sm", include_bytes!("../../../tests/data/dex/sm.dex")),
    ("storage", include_bytes!("../../../tests/data/dex/storage.dex")),
    ("tls", include_bytes!("../../../tests/data/dex/tls.dex")),
    ("webview", include_bytes!("../../../tests/data/dex/webview.dex")),
];

fn scan(bytes: &[u8]) -> CodeFindings {
    let mut out = CodeFindings::default();
    scan_dex("classes.dex", bytes, &mut out, &mut |_| {});
    out
}

fn family(name: &str) -> CodeFindings {
    scan(FAMILIES.iter().find(|(family, _)| *family == name).expect("a fixture of that name").1)
}

/// Use and place of everything that was found.
fn places(found: &CodeFindings) -> BTreeSet<(String, String)> {
    let lists = [
        &found.webview,
        &found.tls_trust,
        &found.crypto,
        &found.sm_algorithms,
        &found.dynamic_code,
        &found.storage,
        &found.logging,
        &found.platform,
        &found.resilience,
    ];
    let uses = lists.into_iter().flatten().map(|one| (one.what.clone(), one.location.clone()));
    uses.chain(found.privacy_apis.iter().map(|one| (one.what.clone(), one.location.clone()))).collect()
}

/// What is expected of the methods of a file: `found`, `not` or `unsure`, the id, and where.
fn expected(bytes: &[u8]) -> Vec<(String, String, String)> {
    let dex = dex::parts(bytes).remove(0).expect("fixtures are dex files");
    let mut out = Vec::new();
    for class in dex.classes() {
        let class_name = dex::readable(dex.descriptor(class.class).expect("classes have names"));
        for method in dex.methods(&class, usize::MAX) {
            let id = dex.method(method.method).expect("methods have identifiers");
            let method = dex.string(id.name).expect("methods have names").into_owned();
            let simple = class_name.rsplit('.').next().unwrap_or_default();
            let named = [method.as_str(), simple].into_iter().find_map(|name| {
                let (verdict, id) = name.split_once('_')?;
                let id = id.split("__").next()?;
                ["found", "not", "unsure"].contains(&verdict).then(|| (verdict.to_owned(), id.to_owned()))
            });
            if let Some((verdict, id)) = named.filter(|_| !method.starts_with("lambda")) {
                out.push((verdict, id, format!("classes.dex {class_name}.{method}")));
            }
        }
    }
    out
}

#[test]
fn fixtures_are_found_where_they_say() {
    let mut wrong = Vec::new();
    for (family, bytes) in FAMILIES {
        let found = scan(bytes);
        let places = places(&found);
        for (verdict, id, place) in expected(bytes) {
            let is_found = places.contains(&(id.clone(), place.clone()));
            let is_unsure = found.counted(&id).is_some_and(|count| count.undecided_at.contains(&place));
            let holds = match verdict.as_str() {
                "found" => is_found && !is_unsure,
                "unsure" => is_unsure && !is_found,
                _ => !is_found && !is_unsure,
            };
            if !holds {
                wrong.push(format!("{family}: {verdict} {id} at {place}: found {is_found}, unsure {is_unsure}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The other way round: what a fixture does not name is in none of them.
#[test]
fn fixtures_show_nothing_else_of_their_own_fact() {
    let found = family("webview");
    let named: BTreeSet<_> =
        expected(FAMILIES[8].1).into_iter().filter(|one| one.0 == "found").map(|one| one.2).collect();
    let places: BTreeSet<_> = found.webview.iter().map(|one| one.location.clone()).collect();
    assert_eq!(places, named);
}

#[test]
fn every_conditional_rule_has_its_fixtures() {
    let all: BTreeSet<_> = FAMILIES.iter().flat_map(|(_, bytes)| expected(bytes)).map(|(v, id, _)| (v, id)).collect();
    let has = |verdict: &str, id: &str| all.contains(&(verdict.to_owned(), id.to_owned()));
    let conditional = rules().filter(|(_, rule)| !matches!(rule.when, super::When::Always)).map(|(_, rule)| rule.id);
    let without: BTreeSet<_> = conditional.filter(|id| !has("found", id)).collect();
    assert!(without.is_empty(), "no positive fixture: {without:?}");
    let bodies = rules().filter(|(_, rule)| matches!(rule.on, super::On::Body { .. })).map(|(_, rule)| rule.id);
    let without: BTreeSet<_> = bodies.filter(|id| !has("found", id) || !has("not", id)).collect();
    assert!(without.is_empty(), "no fixture of a class: {without:?}");
}

#[test]
fn a_library_is_named_once_with_its_first_class() {
    let found = family("sm");
    let kona: Vec<_> = found.sm_algorithms.iter().filter(|one| one.what == "sm_library_kona").collect();
    assert_eq!(kona.len(), 1);
    assert_eq!(kona[0].location, "classes.dex com.tencent.kona.KonaProvider");
    assert!(found.sm_algorithms.iter().all(|one| !one.location.contains("getAlgorithmName")), "its own use is none");
    assert_eq!(family("dynamic").counted("hot_patch_tinker").map(|count| count.found), Some(1));
}

#[test]
fn privacy_uses_name_api_and_permission() {
    let found = family("privacy");
    let imei = found.privacy_apis.iter().find(|one| one.what == "imei").expect("it is used");
    assert_eq!(imei.api, "android.telephony.TelephonyManager.getImei");
    assert_eq!(imei.permission, "android.permission.READ_PRIVILEGED_PHONE_STATE");
    assert_eq!(imei.class, "fixture.Privacy");
    let sms = found.privacy_apis.iter().find(|one| one.what == "sms").expect("it is used");
    assert_eq!((sms.api.as_str(), sms.permission.as_str()), ("content://sms/inbox", "android.permission.READ_SMS"));
}

#[test]
fn the_permission_depends_on_the_api_level() {
    let (_, rule) = rules().find(|(_, rule)| rule.id == "bluetooth_scan").expect("there is one");
    let at = |api| rule.permissions_at(api).collect::<Vec<_>>();
    let location = ["android.permission.ACCESS_FINE_LOCATION", "android.permission.ACCESS_COARSE_LOCATION"];
    assert_eq!(at(28), location);
    assert_eq!(at(30), location[..1]);
    assert_eq!(at(31), ["android.permission.BLUETOOTH_SCAN"]);
}

#[test]
fn a_permission_is_used_unused_or_unknown() {
    let found = family("privacy");
    let of = |permission: &str, native| permission_use(&format!("android.permission.{permission}"), &found, native);
    let unknown = |reason: &str| PermissionUse::Unknown { reason: reason.to_owned() };
    assert_eq!(
        of("READ_PHONE_STATE", false),
        PermissionUse::Used {
            by: ["device_id", "imei", "phone_number", "sim_serial", "subscriber_id"].map(str::to_owned).to_vec()
        }
    );
    assert_eq!(of("READ_CALENDAR", false), PermissionUse::NotSeen);
    assert_eq!(of("CAMERA", false), PermissionUse::NotSeen);
    assert_eq!(of("CAMERA", true), unknown("native_code"));
    assert_eq!(of("WRITE_CONTACTS", false), unknown("read_or_write"));
    assert_eq!(of("RECEIVE_SMS", false), unknown("system"));
    assert_eq!(of("ACCEPT_HANDOVER", false), unknown("no_rule"));
    assert_eq!(of("INTERNET", false), unknown("not_in_table"));
    let mut loading = found.clone();
    loading.merge(family("dynamic"));
    assert_eq!(permission_use("android.permission.READ_CALENDAR", &loading, false), unknown("dynamic_code"));
    let nothing = CodeFindings::default();
    assert_eq!(permission_use("android.permission.READ_CALENDAR", &nothing, false), unknown("code_not_read"));
}

#[test]
fn every_permission_that_rules_can_see_has_apis() {
    for permission in permissions() {
        let apis = apis_of(permission);
        let use_of_nothing = permission_use(permission, &family("sm"), false);
        let is_seen = use_of_nothing == PermissionUse::NotSeen;
        assert!(!is_seen || !apis.is_empty(), "{permission} counts as unused, and no rule sees it");
    }
}

#[test]
fn ids_are_snake_case_and_belong_to_one_fact_and_its_permissions() {
    let mut kinds = BTreeMap::new();
    for (kind, rule) in rules() {
        assert!(rule.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{}", rule.id);
        let (first, grants) = *kinds.entry(rule.id).or_insert((kind, rule.grants));
        assert_eq!((first, grants), (kind, rule.grants), "{}: what is counted together needs the same", rule.id);
    }
}

#[test]
fn merging_is_the_same_in_every_order() {
    let parts: Vec<_> = FAMILIES
        .iter()
        .map(|(name, bytes)| {
            let mut out = CodeFindings::default();
            scan_dex(&format!("{name}.dex"), bytes, &mut out, &mut |_| {});
            out
        })
        .collect();
    let merged = |parts: &mut dyn Iterator<Item = &CodeFindings>| {
        let mut all = CodeFindings::default();
        parts.for_each(|part| all.merge(part.clone()));
        all
    };
    let forth = merged(&mut parts.iter());
    assert_eq!(forth, merged(&mut parts.iter().rev()));
    assert_eq!(forth.dex.present, 9);
    assert_eq!(forth.dex.scanned, 9);
    assert!(forth.dex.skipped.is_empty());
}

#[test]
fn no_list_is_longer_than_its_cap_and_the_count_is_true() {
    let mut all = CodeFindings::default();
    for number in 0..300 {
        scan_dex(&format!("classes{number:03}.dex"), FAMILIES[6].1, &mut all, &mut |_| {});
    }
    let listed = all.storage.iter().filter(|one| one.what == "external_storage").count();
    assert_eq!(listed, super::MAX_PLACES);
    assert_eq!(all.counted("external_storage").map(|count| count.found), Some(300));
    assert!(all.counted("world_readable_file").is_some_and(|count| count.undecided_at.len() <= 20));
}

#[test]
fn strings_come_once_each_and_know_their_users() {
    let mut strings = Vec::new();
    let bytes = FAMILIES[3].1;
    scan_dex("classes.dex", bytes, &mut CodeFindings::default(), &mut |text| strings.push(text.to_owned()));
    let distinct: BTreeSet<_> = strings.iter().collect();
    assert_eq!(distinct.len(), strings.len());
    assert!(distinct.contains(&"content://sms/inbox".to_owned()));
    let users = users_of_strings(bytes, &BTreeSet::from(["content://sms/inbox", "nowhere"]));
    assert_eq!(users, BTreeMap::from([("content://sms/inbox".to_owned(), vec!["fixture.Privacy".to_owned()])]));
}

#[test]
fn what_is_no_dex_file_is_said() {
    let found = scan(b"PK\x03\x04 and not a dex file, whatever its name says; long enough for a header of one hundred and twelve bytes or so");
    assert_eq!((found.dex.present, found.dex.scanned), (1, 0));
    assert_eq!(found.dex.skipped[0].reason, "not_a_dex");
    assert_eq!(found.dex.files[0].version, "");
}

#[test]
fn a_file_that_was_cut_off_is_read_as_far_as_it_goes() {
    let whole = FAMILIES[8].1;
    let found = scan(&whole[..whole.len() / 2]);
    assert_eq!(found.dex.scanned, 1);
    assert!(!found.dex.skipped.is_empty());
    assert_eq!(found.dex.files[0].checksum, crate::model::Tri::No);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn no_damage_makes_it_panic(family in 0..9_usize, damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = FAMILIES[family].1.to_vec();
        for (place, byte) in damage {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        let found = scan(&bytes);
        prop_assert!(found.dex.present == 1);
        users_of_strings(&bytes, &BTreeSet::from(["name"]));
    }
}

/// The last table of a fixture, replaced by entries of our own at its end.
fn with_classes(bytes: &mut Vec<u8>, entries: &[u8]) {
    let (end, count) = (bytes.len() as u32, (entries.len() / 32) as u32);
    bytes[96..100].copy_from_slice(&count.to_le_bytes());
    bytes[100..104].copy_from_slice(&end.to_le_bytes());
    bytes.extend(entries);
}

fn first_class(bytes: &[u8]) -> Vec<u8> {
    let at = u32::from_le_bytes(bytes[100..104].try_into().unwrap()) as usize;
    bytes[at..at + 32].to_vec()
}

fn ran_out(found: &CodeFindings) -> bool {
    found.dex.skipped.iter().any(|skipped| skipped.reason == "budget" && skipped.count > 0)
}

/// All classes share one class's data: no more is looked at than a multiple of the file.
#[test]
fn classes_that_repeat_themselves_are_not_read_forever() {
    let mut bytes = FAMILIES[0].1.to_vec();
    let entry = first_class(&bytes);
    with_classes(&mut bytes, &entry.repeat(0x1_0000));
    let found = scan(&bytes);
    assert!(ran_out(&found));
    assert!(found.dex.methods_read > 0);
}

/// One class of many methods, all with the same code.
#[test]
fn code_that_many_methods_share_is_not_read_forever() {
    let mut bytes = FAMILIES[0].1.to_vec();
    let mut entry = first_class(&bytes);
    let long = longest_code(&bytes);
    let data = bytes.len() as u32;
    let number = |value: u32| [value as u8 | 0x80, (value >> 7) as u8 | 0x80, (value >> 14) as u8];
    bytes.extend([&[0, 0][..], &number(60_000), &[0]].concat());
    let method = [&[0, 1][..], &number(long)].concat();
    bytes.extend(method.repeat(60_000));
    entry[24..28].copy_from_slice(&data.to_le_bytes());
    with_classes(&mut bytes, &entry);
    let found = scan(&bytes);
    assert!(ran_out(&found));
    assert!((1..60_000).contains(&found.dex.methods_read));
}

/// Where the longest code of a file lies.
fn longest_code(bytes: &[u8]) -> u32 {
    let dex = dex::parts(bytes).remove(0).unwrap();
    let class = dex.classes().next().unwrap();
    let offsets = dex.methods(&class, usize::MAX).map(|method| method.code);
    offsets.max_by_key(|offset| dex.code(*offset).unwrap().units()).unwrap()
}
