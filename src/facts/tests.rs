//! Facts as a whole: every derivation fits the published schema, and what is not known is never a value.

use jiff::Timestamp;
use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};

use super::{EvaluationContext, FactDocument, at_evaluation, derive, schema, testing::Items};
use crate::{
    formats::{
        InProcess,
        items::ACCESS,
        tls::{Alert, DEFAULT, ONLY_1_2, ONLY_1_3, Outcome, PLAIN, Probe, RESOLVE, Resolved},
        x509,
    },
    inventory::Inventory,
    model::{AssetKind, DecodeFailure, Decoder, ItemStatus, Tri},
    yaml::Source,
};

/// Fails unless the document fits the schema; values that are not known fit wherever the schema says so.
fn assert_fits(document: &FactDocument) {
    let mut schema = schema().clone();
    allow_unread(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut root = document.facts.clone();
    for other in ["host", "tls", "app", "network", "inventory"] {
        root.as_object_mut().unwrap().entry(other).or_insert(json!({"$status": "not_tested", "reason": "x"}));
    }
    let wrong: Vec<_> = validator.iter_errors(&root).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Wherever a value may be unread, and at the roots, `$status` stands for it.
fn allow_unread(schema: &mut Value) {
    if let Some(roots) = schema["properties"].as_object_mut() {
        for root in roots.values_mut() {
            root.as_object_mut().unwrap().insert("x-unreadable".to_owned(), json!(true));
        }
    }
    walk(schema);
}

fn walk(schema: &mut Value) {
    match schema {
        Value::Array(list) => list.iter_mut().for_each(walk),
        Value::Object(object) => {
            object.values_mut().for_each(walk);
            if object.remove("x-unreadable").is_some() {
                let known = Value::Object(std::mem::take(object));
                *schema = json!({"anyOf": [known, {"type": "object", "required": ["$status", "reason"], "properties": {
                    "$status": {"enum": ["denied", "no_tool", "timeout", "too_large", "error", "not_tested"]}}}]});
            }
        }
        _ => {}
    }
}

fn inventory() -> Inventory {
    let text = r#"schema: jixian.inventory/v1
timezone: "+08:00"
systems:
  - {id: sys, name: 示例, level: 3, s: 2, a: 3, cii: no, operator: 示例, extensions: [cloud]}
subsites:
  - {id: site, system: sys, kind: web, name: 示例, organisation: 示例, level: city, exposure: internet, profiles: [gbt-22239-2019-l3]}
population:
  - {system: sys, objects: terminal, total: 0, reason: 无, reviewed_by: 示例复核员}
assets:
  - {id: app, kind: app.package, serves: [site], path: app.apk}
  - {id: portal, kind: tls.endpoint, serves: [site], address: "10.0.0.5:443"}
  - {id: named, kind: tls.endpoint, serves: [site], address: "web.example.gov.cn:8443"}
  - {id: scan, kind: network.nmap, serves: [site], path: scan.xml, vantage: internet}
"#;
    Inventory::read(&Source::new("inventory.yaml", text)).unwrap_or_else(|e| panic!("{e}"))
}

fn evaluated(asset: &str, mut document: FactDocument, roots: &[Vec<u8>]) -> FactDocument {
    let inventory = inventory();
    let asset = inventory.asset(&asset.parse().unwrap()).unwrap();
    let as_of: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
    at_evaluation(&mut document, &EvaluationContext { as_of, asset, inventory: &inventory, roots });
    document
}

mod endpoint {
    use super::*;

    fn probe(outcome: Outcome) -> Probe {
        Probe {
            ip: "127.0.0.1".into(),
            port: 443,
            sni: "a.example".into(),
            offered: vec!["tls1_3".into(), "tls1_2".into()],
            outcome,
            alert: None,
            head: String::new(),
            version: None,
            suite: None,
            group: None,
            alpn: None,
            client_auth: Tri::Unknown,
            ocsp: Tri::Unknown,
            key_proven: Tri::Unknown,
            chain: String::new(),
            error: None,
            bytes_sent: 200,
            ms: 3,
        }
    }

    fn alert(name: &str, record_version: &str) -> Option<Alert> {
        Some(Alert { description: 0, name: name.into(), record_version: record_version.into() })
    }

    fn accepted(chain: &str) -> Probe {
        Probe {
            version: Some("tls1_3".into()),
            suite: Some(0x1302),
            group: Some("X25519".into()),
            key_proven: Tri::Yes,
            client_auth: Tri::No,
            ocsp: Tri::No,
            chain: chain.into(),
            ..probe(Outcome::Accepted)
        }
    }

    fn items(default: &Probe) -> Items {
        let resolved = Resolved {
            host: "a.example".into(),
            port: 443,
            addresses: vec!["127.0.0.1".into()],
            chosen: Some("127.0.0.1".into()),
        };
        Items::default()
            .with(RESOLVE, serde_json::to_vec(&resolved).unwrap())
            .with(DEFAULT, serde_json::to_vec(default).unwrap())
    }

    fn facts(items: &Items) -> Value {
        let document = derive(AssetKind::TlsEndpoint, items, &InProcess);
        assert_fits(&document);
        let document = evaluated("portal", document, &[]);
        assert_fits(&document);
        document.facts["tls"].clone()
    }

    fn pem(names: &[&str]) -> String {
        let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let der = CertificateParams::new(names).unwrap().self_signed(&key).unwrap().der().to_vec();
        x509::to_pem([der.as_slice()])
    }

    #[test]
    fn a_handshake_gives_its_version_suite_and_certificate() {
        let tls = facts(&items(&accepted(&pem(&["a.example"]))));
        assert_eq!(tls["service"], "tls");
        assert_eq!(tls["negotiated"]["suite"]["name"], "TLS_AES_256_GCM_SHA384");
        let certificate = &tls["certificates"][0];
        assert_eq!(
            (&certificate["name_matches"], &certificate["chain"]["status"]),
            (&json!("yes"), &json!("self_signed"))
        );
        assert!(certificate["days_left"].as_i64().unwrap() > 100_000);
        assert_eq!((&tls["client_auth"], &tls["ocsp_staple"]), (&json!("no"), &json!("no")));
    }

    #[test]
    fn what_only_a_deeper_prober_can_tell_is_never_a_value() {
        let tls = facts(&items(&accepted(&pem(&["a.example"]))));
        for path in
            ["/protocols/ssl3/status", "/protocols/tls1_0/status", "/protocols/tls1_2/status", "/groups", "/grade"]
        {
            assert_eq!(tls.pointer(path).unwrap()["$status"], "not_tested", "{path}");
        }
        for path in ["/robot", "/compression", "/renegotiation/secure", "/sm/rfc8998", "/heartbeat/heartbleed"] {
            assert_eq!(tls.pointer(path).unwrap(), "unknown", "{path}");
        }
    }

    #[test]
    fn every_kind_of_answer_has_its_own_service() {
        let service = |probe: Probe| facts(&items(&probe))["service"].clone();
        let refused = |name, version| Probe { alert: alert(name, version), ..probe(Outcome::Refused) };
        assert_eq!(service(refused("handshake_failure", "0303")), "tls");
        assert_eq!(service(refused("unrecognized_name", "0303")), "name_not_served");
        assert_eq!(service(refused("handshake_failure", "0101")), "tlcp");
        assert_eq!(service(probe(Outcome::PlainHttp)), "plain_http");
        assert_eq!(service(probe(Outcome::NotTls)), "not_tls");
        assert_eq!(service(probe(Outcome::Closed)), "closed");
        assert_eq!(service(probe(Outcome::NoListener)), "closed");
        assert_eq!(service(probe(Outcome::Timeout)), "timeout");
        assert_eq!(service(probe(Outcome::Unreachable))["$status"], "error");
        let silent =
            items(&probe(Outcome::Timeout)).with(PLAIN, serde_json::to_vec(&probe(Outcome::PlainHttp)).unwrap());
        assert_eq!(facts(&silent)["service"], "plain_http");
    }

    #[test]
    fn one_failed_probe_leaves_the_others_standing() {
        let refused = Probe { alert: alert("protocol_version", "0303"), ..probe(Outcome::Refused) };
        let tls = facts(
            &items(&accepted(&pem(&["a.example"]))).with(ONLY_1_3, serde_json::to_vec(&refused).unwrap()).failed(
                ONLY_1_2,
                ItemStatus::Timeout,
                "x",
            ),
        );
        assert_eq!(tls["protocols"]["tls1_3"]["status"], "refused");
        assert_eq!(tls["protocols"]["tls1_3"]["alert"], "protocol_version");
        assert_eq!(tls["protocols"]["tls1_2"]["status"]["$status"], "timeout");
        assert_eq!(tls["service"], "tls");
    }

    #[test]
    fn our_own_client_giving_up_does_not_mean_that_the_version_is_not_there() {
        let tls = facts(
            &items(&probe(Outcome::Refused)).with(ONLY_1_2, serde_json::to_vec(&probe(Outcome::Refused)).unwrap()),
        );
        assert_eq!(tls["protocols"]["tls1_2"]["status"]["$status"], "error");
    }

    #[test]
    fn nothing_collected_is_nothing_known() {
        let tls = facts(&Items::default());
        assert_eq!(tls["service"]["$status"], "not_tested");
        assert_eq!(tls["certificates"]["$status"], "not_tested");
        let broken = facts(&Items::default().with(DEFAULT, *b"{half"));
        assert_eq!(broken["service"]["$status"], "error");
    }

    #[test]
    fn a_certificate_that_cannot_be_read_is_an_error_and_not_an_empty_list() {
        let chain = x509::to_pem([&b"no certificate"[..]]);
        assert_eq!(facts(&items(&accepted(&chain)))["certificates"]["$status"], "error");
    }
}

mod package {
    use super::*;

    fn sample() -> Vec<u8> {
        include_bytes!("../../samples/tianfu/packages/tianfu-dept.apk").to_vec()
    }

    fn facts(items: &Items, decoder: &dyn Decoder) -> Value {
        let document = evaluated("app", derive(AssetKind::AppPackage, items, decoder), &[]);
        assert_fits(&document);
        document.facts["app"].clone()
    }

    #[test]
    fn our_package_gives_what_its_manifest_says() {
        let app = facts(&Items::default().with("app.package", sample()), &InProcess);
        assert_eq!((&app["kind"], &app["package"]), (&json!("apk"), &json!("cn.example.tianfu.dept")));
        assert_eq!((&app["target_sdk"], &app["allow_backup"]), (&json!(28), &json!(false)));
        assert_eq!(app["file"]["bytes"], sample().len());
        assert_eq!(app["signer_allowed"], "unknown");
        assert_eq!(app["signature_verified"]["$status"], "not_tested");
    }

    #[test]
    fn a_decoder_that_fails_leaves_every_fact_unread_and_digest_and_size_known() {
        struct Fails(DecodeFailure);
        impl Decoder for Fails {
            fn decode(&self, _: &str, _: &[u8]) -> Result<Value, DecodeFailure> {
                Err(self.0.clone())
            }
        }
        let items = Items::default().with("app.package", sample());
        for (failure, status) in [
            (DecodeFailure::Crashed { what: "x".into() }, "error"),
            (DecodeFailure::Killed { millis: 1 }, "timeout"),
            (DecodeFailure::Budget { what: "x".into() }, "too_large"),
            (DecodeFailure::Malformed { offset: 0, what: "x".into() }, "error"),
        ] {
            let app = facts(&items, &Fails(failure));
            assert_eq!(app["kind"]["$status"], status);
            assert_eq!(app["debuggable"]["$status"], status);
            assert_eq!(app["cleartext_permitted"], "unknown");
            assert_eq!(app["file"]["bytes"], sample().len());
        }
    }

    #[test]
    fn a_package_that_was_not_there_has_no_facts() {
        let app = facts(&Items::default().failed("app.package", ItemStatus::Denied, "x"), &InProcess);
        assert_eq!((&app["kind"]["$status"], &app["file"]["bytes"]["$status"]), (&json!("denied"), &json!("denied")));
    }
}

mod scan {
    use super::*;

    fn xml(hosts: &str, end: &str) -> String {
        format!(r#"<!DOCTYPE nmaprun><nmaprun scanner="nmap" version="7.93" args="nmap" start="1">{hosts}{end}"#)
    }

    const END: &str = r#"<runstats><finished time="2" exit="success"/><hosts up="1" total="1"/></runstats></nmaprun>"#;

    fn host(addr: &str, name: &str, ports: &[(u16, &str)]) -> String {
        let ports: String = ports
            .iter()
            .map(|(n, s)| {
                format!(r#"<port protocol="tcp" portid="{n}"><state state="open"/><service name="{s}"/></port>"#)
            })
            .collect();
        format!(
            r#"<host><status state="up"/><address addr="{addr}" addrtype="ipv4"/><hostnames><hostname name="{name}"/></hostnames><ports>{ports}</ports></host>"#
        )
    }

    fn facts(xml: &str) -> Value {
        let items = Items::default().with("nmap.xml", xml);
        let document = evaluated("scan", derive(AssetKind::NetworkNmap, &items, &InProcess), &[]);
        assert_fits(&document);
        document.facts["network"].clone()
    }

    #[test]
    fn what_no_asset_accounts_for_is_undeclared() {
        let hosts = [
            host("10.0.0.5", "x", &[(443, "https"), (8080, "http-proxy")]),
            host("10.0.0.6", "WEB.example.gov.cn", &[(8443, "https-alt")]),
        ];
        let network = facts(&xml(&hosts.concat(), END));
        assert_eq!(
            network["undeclared"],
            json!([
                {"addr": "10.0.0.5", "port": 8080, "proto": "tcp", "service": "http-proxy", "key": "10.0.0.5:8080/tcp"}
            ])
        );
        assert_eq!(network["undeclared_count"], 1);
        assert_eq!(network["management_exposed"], json!([]));
        assert_eq!(network["scan"]["vantage"], "internet");
    }

    #[test]
    fn ports_of_administration_are_found_by_name_and_by_number() {
        let network =
            facts(&xml(&host("10.0.0.5", "x", &[(2222, "ssh"), (3389, ""), (23, "telnet"), (6379, "redis")]), END));
        let seen: Vec<_> = network["management_exposed"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| (e["port"].as_u64().unwrap(), e["class"].as_str().unwrap()))
            .collect();
        assert_eq!(seen, [(23, "cleartext_admin"), (2222, "remote_admin"), (3389, "remote_admin"), (6379, "database")]);
    }

    #[test]
    fn nothing_found_in_a_scan_that_broke_off_is_not_nothing() {
        let network = facts(&xml(&host("10.0.0.5", "x", &[(443, "https")]), ""));
        assert_eq!(network["scan"]["complete"], "no");
        assert_eq!(network["undeclared"]["$status"], "error");
        assert_eq!(network["management_exposed"]["$status"], "error");
        let network = facts(&xml(&host("10.0.0.5", "x", &[(22, "ssh")]), ""));
        assert_eq!(network["undeclared"][0]["port"], 22, "what was found is found");
    }

    #[test]
    fn a_file_that_is_no_scan_has_no_facts() {
        let network = facts("<html/>");
        for group in ["scan", "hosts", "open", "undeclared", "management_exposed"] {
            assert_eq!(network[group]["$status"], "error", "{group}");
        }
    }
}

#[test]
fn an_asset_that_nobody_may_look_at_has_an_unread_root() {
    let items = Items::default().failed(ACCESS, ItemStatus::Error, "declared_unknown: 上级平台管理");
    let document = derive(AssetKind::NetworkDevice, &items, &InProcess);
    assert_eq!(document.facts, json!({"network": {"$status": "not_tested", "reason": "declared_unknown"}}));
    assert_eq!(document.sources_of("network.hosts"), [ACCESS]);
    let evaluated = evaluated("scan", document.clone(), &[]);
    assert_eq!(evaluated, document, "the evaluation adds nothing to what was never looked at");
    let items = Items::default().failed(ACCESS, ItemStatus::Error, "unauthorised: x");
    assert_eq!(derive(AssetKind::TlsEndpoint, &items, &InProcess).facts["tls"]["reason"], "unauthorised");
}

#[test]
fn the_inventory_is_facts_too_and_what_is_not_declared_is_not_there() {
    let inventory = inventory();
    let facts = super::inventory::facts(&inventory, &inventory.subsites[0]).unwrap();
    assert_eq!(facts["system"]["s"], 2);
    assert_eq!(facts["system"]["extensions"], json!(["cloud"]));
    assert_eq!(facts["population"], json!({"terminal": 0}));
    assert_fits(&FactDocument::new("inventory", facts, std::collections::BTreeMap::new()));
}

#[test]
fn the_schema_names_every_root_and_says_what_may_be_unread() {
    let roots: Vec<_> = schema()["properties"].as_object().unwrap().keys().collect();
    assert_eq!(roots, ["host", "tls", "app", "network", "inventory"]);
    assert!(schema().to_string().contains("x-unreadable"));
}

#[test]
fn sources_are_those_of_the_longest_prefix() {
    let sources = [("tls".to_owned(), vec!["a".to_owned()]), ("tls.protocols".to_owned(), vec!["b".to_owned()])];
    let document = FactDocument::new("tls", json!({}), sources.into());
    assert_eq!(document.sources_of("tls.protocols.tls1_2.status"), ["b"]);
    assert_eq!(document.sources_of("tls.alpn"), ["a"]);
    assert!(document.sources_of("host.os").is_empty());
}
