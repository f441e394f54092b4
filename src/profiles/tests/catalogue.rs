//! The profiles that are compiled in.

use std::collections::BTreeMap;

use super::world::{CHECKS, FILES, PROFILES};
use crate::model::{AssetKind, CatalogueFiles, ProfileId};
use crate::profiles::{HighRiskCatalogue, Item, Profile, ProfileSet, Scope, Strength, coverage, lint, unused};

const PUBLISHED: [(&str, [u64; 5]); 2] =
    [("gbt-22239-2019-l2", [135, 29, 14, 7, 15]), ("gbt-22239-2019-l3", [211, 46, 19, 20, 21])];

fn profile(id: &str) -> &'static Profile {
    PROFILES.get(&id.parse::<ProfileId>().unwrap()).unwrap()
}

#[test]
fn the_items_of_gbt_22239_are_as_many_as_published() {
    for (id, published) in PUBLISHED {
        let counts = coverage(profile(id), &CHECKS);
        let found: Vec<_> = Scope::ALL.iter().map(|scope| counts.scopes[scope].items).collect();
        assert_eq!(found, published, "{id}");
        for (scope, c) in counts.scopes {
            assert_eq!(c.items, c.full + c.partial + c.signal + c.question, "{id} {scope:?}");
        }
    }
}

#[test]
fn coverage_prints_the_shape_that_scripts_read() {
    let json = serde_json::to_value(coverage(profile("gbt-22239-2019-l3"), &CHECKS)).unwrap();
    assert_eq!(json["profile"], "gbt-22239-2019-l3");
    assert_eq!(json["scopes"]["general"]["items"], 211);
    assert!(json["scopes"]["general"]["question"].as_u64().unwrap() >= 148);
    assert_eq!(json["scopes"]["general"]["full"], 8);
}

#[test]
fn the_profiles_fit_the_checks() {
    assert_eq!(lint(&PROFILES, &CHECKS).to_string(), "");
    assert_eq!(HighRiskCatalogue::lint(&FILES, &CHECKS).to_string(), "");
    assert_eq!(HighRiskCatalogue::load(&FILES).unwrap().situations.len(), 71);
}

#[test]
fn every_check_serves_an_item_and_all_but_those_of_apps_one_of_level_3() {
    assert!(unused(&PROFILES, &CHECKS).is_empty(), "{:?}", unused(&PROFILES, &CHECKS));
    let level_3 = ProfileSet::load(&only("gbt-22239-2019-l3")).unwrap();
    let unused: Vec<_> = unused(&level_3, &CHECKS).into_iter().filter(|id| !id.as_str().starts_with("app.")).collect();
    assert!(unused.is_empty(), "{unused:?}");
}

fn only(profile: &str) -> CatalogueFiles {
    let folder = format!("profiles/{profile}/");
    CatalogueFiles::new(FILES.under(&folder).map(|(path, text)| (path.to_owned(), text.to_owned())))
}

#[test]
fn no_check_claims_more_than_our_evidence_can_settle() {
    let ceilings = ceilings();
    let level_3 = profile("gbt-22239-2019-l3");
    let level_2 = profile("gbt-22239-2019-l2");
    let mut wrong = Vec::new();
    for (profile, item) in [level_3, level_2].iter().flat_map(|p| p.items.iter().map(move |item| (p, item))) {
        // An item of level 2 that level 3 dropped has no row of its own.
        let own = ceilings.keys().any(|(known, _)| known == item.id.as_str());
        let Some(row) = (if own { Some(item.id.as_str()) } else { row_of(item, level_3) }) else { continue };
        for used in item.aspects.iter().flat_map(|aspect| &aspect.checks) {
            for kind in &used.kinds {
                let ceiling = ceilings.get(&(row.to_owned(), channel(*kind)));
                if ceiling.is_none_or(|ceiling| used.strength > *ceiling) {
                    wrong.push(format!("{} {} {} {kind}: {:?}", profile.id, item.id, used.check, used.strength));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn row_of<'a>(item: &'a Item, level_3: &'a Profile) -> Option<&'a str> {
    if level_3.item(&item.id).is_some() {
        return Some(item.id.as_str());
    }
    level_3.items.iter().find(|upper| upper.continues.as_ref() == Some(&item.id)).map(|upper| upper.id.as_str())
}

fn channel(kind: AssetKind) -> &'static str {
    match kind {
        AssetKind::HostLinux => "linux",
        AssetKind::HostWindows => "windows",
        AssetKind::TlsEndpoint => "tls",
        AssetKind::WebSite | AssetKind::WebH5 => "web",
        AssetKind::AppPackage => "app",
        AssetKind::NetworkNmap => "nmap",
        _ => "none",
    }
}

fn ceilings() -> BTreeMap<(String, &'static str), Strength> {
    let mut all = BTreeMap::new();
    for line in include_str!("ceilings.txt").lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let item = words.next().unwrap();
        for word in words {
            let (name, strength) = word.split_once('=').unwrap();
            let name =
                ["linux", "windows", "tls", "web", "app", "nmap"].into_iter().find(|known| *known == name).unwrap();
            let strength = match strength {
                "F" => Strength::Full,
                "P" => Strength::Partial,
                _ => Strength::Signal,
            };
            all.insert((item.to_owned(), name), strength);
        }
    }
    all
}

#[test]
fn what_checks_leave_open_has_a_question() {
    for (id, _) in PUBLISHED {
        for item in &profile(id).items {
            assert!(item.aspects.iter().all(|aspect| aspect.question.is_some()), "{}", item.id);
            assert!(item.aspects.iter().any(|aspect| aspect.essential), "{}", item.id);
        }
    }
}

#[test]
fn texts_are_in_both_languages() {
    for profile in PROFILES.iter() {
        for item in &profile.items {
            let questions = item.aspects.iter().filter_map(|aspect| aspect.question.as_ref());
            for text in questions.chain([&item.title]) {
                assert!(!text.zh.is_empty() && !text.en.is_empty(), "{} {text:?}", item.id);
            }
        }
    }
}

#[test]
fn level_3_continues_all_but_one_item_of_level_2() {
    let upper = profile("gbt-22239-2019-l3");
    let lost: Vec<_> = profile("gbt-22239-2019-l2")
        .items
        .iter()
        .filter(|item| !upper.items.iter().any(|u| u.continues.as_ref() == Some(&item.id)))
        .map(|item| item.id.as_str())
        .collect();
    // Rules against malicious code: level 3 asks for verified effect instead.
    assert_eq!(lost, ["7.1.10.7.b"]);
}

#[test]
fn mistakes_say_where() {
    let mut text = FILES.get("profiles/gbt-22239-2019-l3/iot.yaml").unwrap().to_owned();
    text = text.replacen("weight: 1", "weight: 7", 1).replacen("objects: [network_device]", "objects: []", 1);
    let over = CatalogueFiles::new([("profiles/gbt-22239-2019-l3/iot.yaml".to_owned(), text)]);
    let mistakes = ProfileSet::load(&only("gbt-22239-2019-l3").overlaid(over)).unwrap_err();
    let lines: Vec<_> = mistakes.iter().map(|m| (m.file.as_str(), m.line > 1, m.message.en.as_str())).collect();
    assert!(lines.contains(&("profiles/gbt-22239-2019-l3/iot.yaml", true, "a weight is 1, 2 or 3")), "{lines:?}");
    assert!(lines.contains(&("profiles/gbt-22239-2019-l3/iot.yaml", true, "name at least one kind of object")));
}

#[test]
fn an_item_that_is_missing_is_a_mistake() {
    let text = FILES.get("profiles/gbt-22239-2019-l3/iot.yaml").unwrap();
    let cut = text[..=text.rfind("\n  - id: ").unwrap()].to_owned();
    let over = CatalogueFiles::new([("profiles/gbt-22239-2019-l3/iot.yaml".to_owned(), cut)]);
    let mistakes = ProfileSet::load(&only("gbt-22239-2019-l3").overlaid(over)).unwrap_err();
    assert_eq!(mistakes.0[0].message.en, "iot should have 20 items and has 19");
}

#[test]
fn unknown_checks_wrong_kinds_and_wrong_parameters_are_mistakes() {
    let text = FILES.get("profiles/gbt-22239-2019-l3/general-computing.yaml").unwrap();
    for (from, to, expected) in [
        (
            "use: host.accounts.empty-password,",
            "use: host.accounts.empty-pasword,",
            "there is no check host.accounts.empty-pasword",
        ),
        ("{min: 8}", "{min: true}", "true is of the wrong type"),
        ("{min: 8}", "{minimum: 8}", "the check has no such parameter"),
        (
            "use: tls.protocol.modern, for: [tls.endpoint]",
            "use: tls.protocol.modern, for: [app.package]",
            "the check tls.protocol.modern is not for app.package",
        ),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(&changed, text, "{from}");
        let over = CatalogueFiles::new([("profiles/gbt-22239-2019-l3/general-computing.yaml".to_owned(), changed)]);
        let set = ProfileSet::load(&only("gbt-22239-2019-l3").overlaid(over)).unwrap();
        let found = lint(&set, &CHECKS);
        assert!(found.iter().any(|mistake| mistake.message.en == expected), "{expected}: {found}");
    }
}
