//! The rules of an inventory, each with a file that breaks it.

use std::net::IpAddr;

use jiff::Timestamp;
use proptest::prelude::*;

use crate::{
    model::{AssetKind, Lang, ObjectKind},
    yaml::{self, Mistakes, Source},
};

use super::{Access, Contact, Exposure, InheritedBy, Inventory, Refusal, template};

const DIGEST: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

/// An inventory in which every way to an asset and every rule has a right example.
fn right() -> String {
    format!(
        r#"schema: jixian.inventory/v1
timezone: "+08:00"
authorisation: {{document: 授权书.pdf, sha256: "{DIGEST}", scope: ["10.0.0.0/24", "2001:db8::/32", "zwfw.example.gov.cn", "*.sczwfw.example.gov.cn"], window: {{from: "2026-11-01T00:00", to: "2026-11-30T23:59:59"}}, person: 示例评估员}}
systems:
  - {{id: sc-platform, name: 平台, level: 3, s: 3, a: 3, cii: undisclosed, operator: 示例运营单位, extensions: [cloud]}}
  - {{id: cd-portal, name: 门户, filing_number: "51010099001-00001", level: 3, s: 2, a: 3, cii: no, operator: 示例单位, platform: sc-platform, extensions: []}}
subsites:
  - {{id: sc, system: sc-platform, kind: platform, name: 省级, organisation: 示例, level: province, exposure: internet, profiles: [gbt-22239-2019-l3]}}
  - {{id: cd, system: cd-portal, kind: web, name: 四川政务服务网·成都市, organisation: 示例, level: city, division: "510100", parent: sc, exposure: internet, hosts: [cd.sczwfw.example.gov.cn], profiles: [gbt-22239-2019-l3, tianfu-subsite]}}
population:
  - {{system: cd-portal, objects: os, total: 14, selected: [web-01, here], method: 抽样, reason: 同型主机取样}}
  - {{system: cd-portal, objects: terminal, total: 0, reason: 无管理终端, reviewed_by: 示例复核员}}
inherits:
  - {{system: cd-portal, from: sc-platform, by: run}}
  - {{system: cd-portal, from: idc, by: report, number: R-1, date: "2026-01-01", expires: "2027-01-01"}}
defaults: {{parallel: 4, become: sudo}}
assets:
  - {{id: web-01, kind: host.linux, serves: [cd, sc], via: ssh, address: 10.0.0.11, user: auditor, host_key: "SHA256:{key}", auth: {{agent: true}}}}
  - {{id: db-01, kind: db.postgresql, serves: [cd], via: tcp, address: "10.0.0.21:5432", tls: required, auth: {{user: auditor, password: "env:JX_DB01"}}}}
  - {{id: here, kind: host.linux, serves: [cd], via: local}}
  - {{id: win-01, kind: host.windows, serves: [cd], via: import, path: imports/win-01.zip, sha256: "{DIGEST}"}}
  - {{id: portal, kind: tls.endpoint, serves: [cd], address: "cd.sczwfw.example.gov.cn:443", probing: {{parallel: 2, delay_ms: 50, proxy: "proxy.example.gov.cn:3128"}}}}
  - {{id: app, kind: app.package, serves: [cd], path: pkg/app.apk, signers: ["{DIGEST}"]}}
  - {{id: dmz, kind: network.nmap, serves: [cd], path: scans/dmz.xml, vantage: internet}}
  - {{id: old, kind: host.linux, serves: [cd], via: recorded, path: recorded/old.jxb}}
  - {{id: rules, kind: org, serves: [cd]}}
  - {{id: fw-01, kind: network.device, serves: [cd], unknown: 上级平台管理，本单位无权查看}}
"#,
        key = "a".repeat(43)
    )
}

fn read(text: &str) -> Result<Inventory, Mistakes> {
    Inventory::read(&Source::new("inventory.yaml", text))
}

/// The English messages after replacing `from` by `to` in the right inventory.
fn broken(from: &str, to: &str) -> Vec<String> {
    let right = right();
    assert!(right.contains(from), "{from} is in the right inventory");
    let list = read(&right.replacen(from, to, 1)).expect_err(to);
    assert!(list.iter().all(|mistake| mistake.line > 1 || mistake.message.en.contains("missing")), "{list}");
    list.iter().map(|mistake| mistake.message.en.clone()).collect()
}

#[test]
fn a_right_inventory_is_read_in_order_of_its_ids() {
    let inventory = read(&right()).unwrap_or_else(|list| panic!("{list}"));
    let ids: Vec<_> = inventory.assets.iter().map(|asset| asset.id.as_str()).collect();
    assert_eq!(ids, ["app", "db-01", "dmz", "fw-01", "here", "old", "portal", "rules", "web-01", "win-01"]);
    let cd = inventory.subsite(&"cd".parse().unwrap()).unwrap();
    assert_eq!(inventory.system_of(cd).unwrap().level, 3);
    let sc = "sc".parse().unwrap();
    let shared: Vec<_> = inventory.assets_of(&sc).map(|asset| asset.id.as_str()).collect();
    assert_eq!(shared, ["web-01"]);
    let access = |id: &str| &inventory.asset(&id.parse().unwrap()).unwrap().access;
    assert!(matches!(access("portal"), Access::Endpoint { address } if address.port() == Some(443)));
    assert!(matches!(access("rules"), Access::Manual));
    assert!(matches!(access("fw-01"), Access::Unknown { reason } if reason.contains("上级平台")));
    assert_eq!(access("old").as_str(), "recorded");
    assert_eq!(inventory.asset(&"dmz".parse().unwrap()).unwrap().vantage, Some(Exposure::Internet));
    assert!(matches!(inventory.inherits[0].by, InheritedBy::Report { .. }));
}

#[test]
fn order_in_the_file_never_shows() {
    let text = right();
    let (head, assets) = text.split_once("assets:\n").unwrap();
    let mut lines: Vec<_> = assets.lines().collect();
    lines.reverse();
    assert_eq!(read(&text), read(&format!("{head}assets:\n{}\n", lines.join("\n"))));
}

#[test]
fn what_is_not_declared_is_not_none() {
    let inventory = read(&right()).unwrap();
    let system = "cd-portal".parse().unwrap();
    assert_eq!(inventory.population_of(&system, ObjectKind::Terminal).unwrap().total, 0);
    assert!(inventory.population_of(&system, ObjectKind::Database).is_none());
}

#[test]
fn a_level_that_does_not_exist_is_one_mistake() {
    for (to, mistakes) in [("level: 9, s: 2, a: 3", 1), ("level: 3, s: 2, a: 0", 1), ("level: 5, s: 5, a: 5", 3)] {
        assert_eq!(broken("level: 3, s: 2, a: 3", to), vec!["a level is 1 to 4"; mistakes]);
    }
}

#[test]
fn every_rule_has_its_mistake() {
    for (from, to, message) in [
        ("id: db-01", "id: web-01", "the id web-01 is taken"),
        ("id: sc,", "id: cd,", "the id cd is taken"),
        ("serves: [cd, sc]", "serves: [cd, sd]", "there is no subsite called sd"),
        ("serves: [cd, sc]", "serves: []", "an asset serves at least one subsite"),
        ("parallel: 2", "parallel: 0", "parallel is from 1 to 16"),
        ("delay_ms: 50", "delay_ms: 60001", "delay_ms is from 0 to 60000"),
        ("gov.cn:3128", "gov.cn", "proxy is not HOST:PORT"),
        ("system: cd-portal, kind", "system: cdportal, kind", "there is no system called cdportal"),
        ("parent: sc", "parent: cd", "the parents go round in a circle"),
        ("parent: sc", "parent: province", "there is no subsite called province"),
        ("platform: sc-platform", "platform: cd-portal", "the platforms go round in a circle"),
        ("platform: sc-platform", "platform: cloud", "there is no system called cloud"),
        ("level: 3, s: 2, a: 3", "level: 3, s: 2, a: 2", "level 3 is not the higher one of S2 and A2"),
        ("level: 3, s: 2, a: 3", "level: 5, s: 5, a: 5", "a level is 1 to 4"),
        ("extensions: [cloud]", "extensions: [cloud, cloud]", "this extension is named twice"),
        (", extensions: []", "", "extensions is missing"),
        ("division: \"510100\"", "division: \"5101\"", "a division code has six digits"),
        ("profiles: [gbt-22239-2019-l3]", "profiles: []", "name at least one profile"),
        ("hosts: [cd.sczwfw.example.gov.cn]", "hosts: [\"https://cd\"]", "https://cd is not a host name"),
        ("selected: [web-01, here]", "selected: [web-01, db-01]", "db-01 is one of database, not of os"),
        ("selected: [web-01, here]", "selected: [web-01, web-01]", "this asset is selected twice"),
        ("selected: [web-01, here]", "selected: [web-9]", "there is no asset called web-9"),
        ("total: 14", "total: 1", "2 are selected of 1"),
        (", method: 抽样", "", "a sample needs method and reason"),
        (", reviewed_by: 示例复核员", "", "a total of 0 needs reason and reviewed_by"),
        ("objects: terminal", "objects: os", "this kind of object of this system is declared above"),
        ("system: cd-portal, objects: os", "system: sc-platform, objects: os", "here serves no subsite of sc-platform"),
        ("by: run", "by: bundle", "by: bundle needs path"),
        ("by: run", "by: run, path: x", "by: run has no path"),
        ("from: sc-platform, by: run", "from: other, by: run", "there is no system called other"),
        ("from: sc-platform, by: run", "from: cd-portal, by: run", "a system does not inherit from itself"),
        ("from: idc", "from: sc-platform", "this inheritance is declared above"),
        ("expires: \"2027-01-01\"", "expires: \"2025-01-01\"", "it expires before its date"),
        (
            "system: sc-platform, kind",
            "system: cd-portal, kind",
            "sc-platform has no subsite, so this run does not assess it",
        ),
        ("parallel: 4", "parallel: 0", "this is 1 to 1024"),
        ("10.0.0.0/24", "10.0.0.1/24", "10.0.0.1/24 has host bits; the network is 10.0.0.0/24"),
        ("10.0.0.0/24", "0.0.0.0/0", "a scope is not everything there is: 0.0.0.0/0"),
        ("10.0.0.0/24", "10.0.0.0/33", "the prefix of 10.0.0.0/33 is not 0 to 32"),
        ("2026-11-30T23:59:59", "2026-10-30T23:59:59", "the window ends before it begins"),
        ("\"2026-11-01T00:00\"", "2026-11-01T00:00", "dates and times are quoted: 2026-11-01T00:00"),
        ("via: local", "via: tcp", "host.linux cannot be reached by via: tcp"),
        (", via: local", "", "via is missing"),
        ("via: local", "via: local, unknown: 不明", "an asset has via or unknown, not both"),
        ("via: local", "via: local, address: 10.0.0.1", "address means nothing with via: local"),
        ("user: auditor, host_key", "host_key", "via: ssh needs user"),
        ("SHA256:aaa", "MD5:aaa", "a host key is SHA256: and 43 characters"),
        ("auth: {agent: true}", "auth: {}", "auth is one of agent, key or password"),
        ("auth: {agent: true}", "auth: {agent: true, passphrase: \"env:X\"}", "a passphrase needs its key"),
        ("\"10.0.0.21:5432\"", "10.0.0.21", "the address needs its port"),
        ("\"10.0.0.21:5432\"", "\"10.0.0.21:x\"", "10.0.0.21:x is not an address, such as \"zwfw.example.gov.cn:443\""),
        ("cn:443\"", "cn\"", "the address needs its port"),
        (", vantage: internet", "", "network.nmap needs vantage"),
        ("via: local", "via: local, vantage: internet", "vantage belongs to network.nmap"),
        ("unknown: 上级平台管理，本单位无权查看", "unknown: ''", "this cannot be empty"),
        ("kind: org", "kind: org, path: x", "path means nothing with via: manual"),
    ] {
        let found = broken(from, to);
        assert!(found.iter().any(|found| found == message), "{to}: {found:?}");
    }
}

#[test]
fn a_mistake_in_one_asset_does_not_hide_the_next_nor_raise_false_ones() {
    let text = right().replace("kind: host.windows", "kind: host.window").replace("id: web-01", "id: Web-01");
    let list = read(&text).unwrap_err();
    let messages: Vec<_> = list.iter().map(|mistake| mistake.message.en.as_str()).collect();
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(messages[0].contains("`Web-01` is not an id"));
    assert_eq!(messages[1], "unknown value: host.window");
}

#[test]
fn a_literal_secret_is_refused_and_never_shown() {
    for (password, message) in [
        ("\"hunter2-geheim\"", "a secret is not written into a file"),
        ("hunter2-geheim", "a secret is not written into a file"),
        ("20268713", "a secret is not written into a file"),
        ("-20268713.5", "a secret is not written into a file"),
        ("!hunter2 x", "a secret is not written like this"),
        ("2026-11-20", "a secret is not written like this"),
        ("{hunter2: geheim}", "expected \"env:NAME\" or \"file:PATH\", found map"),
    ] {
        let text = right().replace("\"env:JX_DB01\"", password).replace("tls: required", "tsl: required");
        let list = read(&text).unwrap_err();
        let messages: Vec<_> = list.iter().map(|mistake| mistake.message.en.as_str()).collect();
        assert!(messages.contains(&message), "{messages:?}");
        assert!(messages.contains(&"unknown key: tsl"), "{messages:?}");
        for shown in [list.render(Lang::Zh, false), list.render(Lang::En, false), format!("{list:?}")] {
            for part in ["hunter2", "geheim", "20268713", "2026-11-20"] {
                assert!(!shown.contains(part), "{password}: {shown}");
            }
        }
    }
}

#[test]
fn the_template_is_valid_in_both_languages() {
    for lang in [Lang::Zh, Lang::En] {
        let inventory = read(template(lang)).unwrap_or_else(|list| panic!("{}", list.render(lang, false)));
        assert!(inventory.assets.iter().any(|asset| asset.kind == AssetKind::HostLinux));
        assert!(template(lang).lines().filter(|line| line.trim_start().starts_with('#')).count() > 20);
    }
    assert_eq!(read(template(Lang::Zh)).unwrap().assets.len(), read(template(Lang::En)).unwrap().assets.len());
}

#[test]
fn the_schema_for_authors_accepts_what_is_read_and_refuses_unknown_keys() {
    let validator = jsonschema::validator_for(Inventory::schema().as_value()).unwrap();
    let value = |text: &str| yaml::read::<serde_json::Value>(&Source::new("inventory.yaml", text)).unwrap();
    for text in [right().as_str(), template(Lang::Zh), template(Lang::En)] {
        let errors: Vec<_> = validator.iter_errors(&value(text)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
    assert!(!validator.is_valid(&value(&right().replace("tls: required", "tsl: required"))));
    assert!(!validator.is_valid(&value(&right().replace("env:JX_DB01", "hunter2"))));
}

#[test]
fn live_contact_is_covered_by_window_name_and_every_address() {
    let inventory = read(&right()).unwrap();
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let inside = at("2026-11-20T00:00:00Z");
    let ips = |list: &[&str]| list.iter().map(|ip| ip.parse().unwrap()).collect::<Vec<IpAddr>>();
    let covers =
        |host: &str, addresses: &[&str], at| inventory.covers(&Contact { host, addresses: &ips(addresses) }, at);
    assert_eq!(covers("10.0.0.11", &[], inside), Ok(()));
    assert_eq!(covers("::ffff:10.0.0.11", &[], inside), Ok(()));
    assert_eq!(covers("10.0.0.255", &[], inside), Ok(()));
    assert_eq!(covers("2001:db8:ffff::1", &[], inside), Ok(()));
    assert_eq!(covers("10.0.0.11", &[], at("2026-10-31T16:00:00Z")), Ok(()));
    assert_eq!(covers("10.0.0.11", &[], at("2026-11-30T15:59:59Z")), Ok(()));
    assert_eq!(covers("ZWFW.example.gov.cn", &["10.0.0.9"], inside), Ok(()));
    assert_eq!(covers("cd.sczwfw.example.gov.cn", &["10.0.0.9", "10.0.0.10"], inside), Ok(()));
    for (host, addresses) in [
        ("10.0.1.0", &[][..]),
        ("9.255.255.255", &[]),
        ("2001:db9::", &[]),
        ("zwfw.example.gov.cn", &["203.0.113.5"]),
        ("zwfw.example.gov.cn", &["10.0.0.9", "203.0.113.5"]),
        ("evil.example.gov.cn", &["10.0.0.9"]),
        ("xsczwfw.example.gov.cn", &["10.0.0.9"]),
        ("sczwfw.example.gov.cn", &["10.0.0.9"]),
    ] {
        let refused = covers(host, addresses, inside).expect_err(host);
        assert!(matches!(refused, Refusal::NameOutside { .. } | Refusal::AddressOutside { .. }));
    }
    assert!(matches!(covers("10.0.0.11", &[], at("2026-10-31T15:59:59Z")), Err(Refusal::NotYet { .. })));
    assert!(matches!(covers("10.0.0.11", &[], at("2026-11-30T16:00:00Z")), Err(Refusal::Over { .. })));
}

#[test]
fn intrusive_probes_need_words_of_their_own_beyond_loopback() {
    let at = "2026-11-20T00:00:00Z".parse::<Timestamp>().unwrap();
    let inside = Contact { host: "10.0.0.11", addresses: &[] };
    let silent = read(&right()).unwrap();
    assert_eq!(silent.covers(&inside, at), Ok(()));
    assert_eq!(silent.covers_intrusive(&inside, at), Err(Refusal::Intrusive));
    assert_eq!(silent.covers_intrusive(&Contact { host: "127.0.0.1", addresses: &[] }, at), Ok(()));
    let allowed = read(&right().replacen("person: 示例评估员", "person: 示例评估员, intrusive: true", 1)).unwrap();
    assert_eq!(allowed.covers_intrusive(&inside, at), Ok(()));
    let outside = Contact { host: "10.0.1.0", addresses: &[] };
    assert!(matches!(allowed.covers_intrusive(&outside, at), Err(Refusal::AddressOutside { .. })));
}

#[test]
fn only_an_endpoint_of_tls_is_probed_intrusively() {
    let asked = right().replacen(
        r#"address: "cd.sczwfw.example.gov.cn:443""#,
        r#"address: "cd.sczwfw.example.gov.cn:443", intrusive: true"#,
        1,
    );
    let inventory = read(&asked).unwrap();
    let intrusive: Vec<_> =
        inventory.assets.iter().filter(|asset| asset.intrusive).map(|asset| asset.id.as_str()).collect();
    assert_eq!(intrusive, ["portal"]);
    assert_eq!(
        broken("serves: [cd], via: local", "serves: [cd], intrusive: true, via: local"),
        ["intrusive belongs to tls.endpoint"]
    );
}

#[test]
fn loopback_is_free_and_nothing_that_only_looks_like_it() {
    let text = right();
    let start = text.find("authorisation:").unwrap();
    let end = text.find("systems:").unwrap();
    let inventory = read(&format!("{}{}", &text[..start], &text[end..])).unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let loopback: Vec<IpAddr> = vec!["127.0.0.1".parse().unwrap(), "::1".parse().unwrap()];
    for host in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
        assert_eq!(inventory.covers(&Contact { host, addresses: &[] }, now), Ok(()), "{host}");
    }
    assert_eq!(inventory.covers(&Contact { host: "localhost", addresses: &loopback }, now), Ok(()));
    let outside: Vec<IpAddr> = vec!["127.0.0.1".parse().unwrap(), "203.0.113.5".parse().unwrap()];
    for (host, addresses) in [("localhost", &[][..]), ("localhost", &outside), ("10.0.0.1", &[])] {
        assert_eq!(inventory.covers(&Contact { host, addresses }, now), Err(Refusal::NoAuthorisation), "{host}");
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(source) = Source::from_bytes("inventory.yaml", &bytes) {
            prop_assert!(Inventory::read(&source).is_err());
        }
    }

    #[test]
    fn one_changed_place_never_panics_and_never_fails_without_a_mistake(at in 0usize..6000, with in "[\\[{}:,a0\n\"'-]{0,3}") {
        let text = right();
        let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let end = (at + 1..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap_or(text.len());
        let changed = format!("{}{with}{}", &text[..at], &text[end.max(at)..]);
        if let Err(mistakes) = read(&changed) {
            prop_assert!(!mistakes.is_empty());
            let _ = mistakes.render(Lang::Zh, true);
        }
    }
}
