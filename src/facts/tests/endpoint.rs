//! From the records of TLS probes to facts.

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
    assert_eq!((&certificate["name_matches"], &certificate["chain"]["status"]), (&json!("yes"), &json!("self_signed")));
    assert!(certificate["days_left"].as_i64().unwrap() > 100_000);
    assert_eq!((&tls["client_auth"], &tls["ocsp_staple"]), (&json!("no"), &json!("no")));
}

#[test]
fn what_only_a_deeper_prober_can_tell_is_never_a_value() {
    let tls = facts(&items(&accepted(&pem(&["a.example"]))));
    for path in ["/protocols/ssl3/status", "/protocols/tls1_0/status", "/protocols/tls1_2/status", "/groups", "/grade"]
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
    let silent = items(&probe(Outcome::Timeout)).with(PLAIN, serde_json::to_vec(&probe(Outcome::PlainHttp)).unwrap());
    assert_eq!(facts(&silent)["service"], "plain_http");
}

#[test]
fn one_failed_probe_leaves_the_others_standing() {
    let refused = Probe { alert: alert("protocol_version", "0303"), ..probe(Outcome::Refused) };
    let tls =
        facts(&items(&accepted(&pem(&["a.example"]))).with(ONLY_1_3, serde_json::to_vec(&refused).unwrap()).failed(
            ONLY_1_2,
            ItemStatus::Timeout,
            "x",
        ));
    assert_eq!(tls["protocols"]["tls1_3"]["status"], "refused");
    assert_eq!(tls["protocols"]["tls1_3"]["alert"], "protocol_version");
    assert_eq!(tls["protocols"]["tls1_2"]["status"]["$status"], "timeout");
    assert_eq!(tls["service"], "tls");
}

#[test]
fn our_own_client_giving_up_does_not_mean_that_the_version_is_not_there() {
    let tls =
        facts(&items(&probe(Outcome::Refused)).with(ONLY_1_2, serde_json::to_vec(&probe(Outcome::Refused)).unwrap()));
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
