//! From the records of TLS probes to facts. Real servers are in `tests/tls_prober.rs`; here is what they do not do.

use super::*;
use crate::formats::tls::{
    SESSION,
    exchange::{End, Exchange},
    from_hex, item_of, sealed,
};

pub(super) const ALERT: &[u8] = b"\x15\x03\x03\x00\x02\x02\x28";

fn exchange(name: &str, received: &[u8], end: End) -> Exchange {
    Exchange {
        name: name.to_owned(),
        ip: "127.0.0.1".to_owned(),
        port: 443,
        sni: "a.example".to_owned(),
        starttls: String::new(),
        sent: Vec::new(),
        received: received.to_vec(),
        ephemeral: Vec::new(),
        end,
        sent_bytes: 200,
        received_bytes: received.len() as u64,
        ms: 3,
    }
}

fn items() -> Items {
    let resolved = Resolved {
        host: "a.example".into(),
        port: 443,
        sni: "a.example".into(),
        starttls: String::new(),
        addresses: vec!["127.0.0.1".into()],
        family: String::new(),
        proxy: String::new(),
        probed: vec!["127.0.0.1".into()],
    };
    Items::default().with(RESOLVE, serde_json::to_vec(&resolved).unwrap())
}

fn with(items: Items, group: &str, exchanges: &[Exchange]) -> Items {
    items.with(&item_of(group, 0), serde_json::to_vec(exchanges).unwrap())
}

fn facts(items: &Items) -> Value {
    let document = derive(AssetKind::TlsEndpoint, items, &InProcess);
    assert_fits(&document);
    let document = evaluated("portal", document, &[]);
    assert_fits(&document);
    document.facts["tls"].clone()
}

fn session(chain: &str) -> Probe {
    Probe {
        ip: "127.0.0.1".into(),
        port: 443,
        sni: "a.example".into(),
        offered: vec!["tls1_3".into(), "tls1_2".into()],
        outcome: Outcome::Accepted,
        alert: None,
        head: String::new(),
        version: Some("tls1_3".into()),
        suite: Some(0x1302),
        group: Some("X25519".into()),
        alpn: None,
        client_auth: Tri::No,
        ocsp: Tri::No,
        staple: String::new(),
        key_proven: Tri::Yes,
        chain: chain.into(),
        error: None,
        bytes_sent: 200,
        ms: 3,
    }
}

fn pem(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|n| (*n).to_owned()).collect();
    let key = KeyPair::generate().unwrap();
    let der = CertificateParams::new(names).unwrap().self_signed(&key).unwrap().der().to_vec();
    x509::to_pem([der.as_slice()])
}

fn with_session(items: Items, chain: &str) -> Items {
    items.with(&item_of(SESSION, 0), serde_json::to_vec(&session(chain)).unwrap())
}

#[test]
fn a_staple_is_read_again_from_its_bytes_and_never_good_unread() {
    let data = |name: &str| std::fs::read(format!("tests/data/ocsp/{name}.der")).unwrap();
    let chain = x509::to_pem([data("leaf"), data("issuer")].iter().map(Vec::as_slice));
    let with = |staple: &str| {
        let probe = Probe { ocsp: Tri::Yes, staple: x509::hex(&data(staple)), ..session(&chain) };
        facts(&items().with(&item_of(SESSION, 0), serde_json::to_vec(&probe).unwrap()))["certificates"][0]["ocsp"]
            .clone()
    };
    // Made after the day that these facts are evaluated for.
    let good = with("good");
    assert_eq!(
        (&good["certificate"], &good["signature_ok"], &good["current"]),
        (&json!("good"), &json!("yes"), &json!("no"))
    );
    let revoked = with("revoked");
    assert_eq!((&revoked["certificate"], &revoked["reason"]), (&json!("revoked"), &json!("keyCompromise")));
    assert_eq!(with("by_stranger")["signature_ok"], "no");
    assert_eq!(with("leaf"), json!({"$status": "error", "reason": "ocsp_malformed"}));
    assert_eq!(with("try_later"), json!({"$status": "error", "reason": "ocsp_unsuccessful"}));
    assert_eq!(with("other_certificate"), json!({"$status": "error", "reason": "ocsp_other_certificate"}));
}

#[test]
fn a_handshake_gives_its_version_suite_and_certificate() {
    let tls = facts(&with_session(items(), &pem(&["a.example"])));
    assert_eq!(tls["negotiated"]["suite"]["name"], "TLS_AES_256_GCM_SHA384");
    let certificate = &tls["certificates"][0];
    assert_eq!((&certificate["name_matches"], &certificate["chain"]["status"]), (&json!("yes"), &json!("self_signed")));
    assert!(certificate["days_left"].as_i64().unwrap() > 100_000);
    assert_eq!((&tls["client_auth"], &tls["ocsp_staple"]), (&json!("no"), &json!("no")));
}

#[test]
fn what_was_not_asked_is_never_a_value() {
    let tls = facts(&with_session(items(), &pem(&["a.example"])));
    for path in ["/protocols/ssl3/status", "/protocols/tls1_2/suites", "/groups", "/dh_bits", "/signature_schemes"] {
        assert_eq!(tls.pointer(path).unwrap()["$status"], "not_tested", "{path}");
    }
    for path in ["/robot", "/compression", "/renegotiation/secure", "/sm/rfc8998", "/heartbeat/heartbleed"] {
        assert_eq!(tls.pointer(path).unwrap(), "unknown", "{path}");
    }
}

#[test]
fn every_kind_of_answer_has_its_own_service() {
    let service = |received: &[u8], end: End| {
        facts(&with(items(), "service", &[exchange("default", received, end)]))["service"].clone()
    };
    assert_eq!(service(ALERT, End::Complete), "tls");
    assert_eq!(service(b"\x15\x03\x03\x00\x02\x02\x70", End::Complete), "name_not_served");
    assert_eq!(service(b"\x15\x01\x01\x00\x02\x02\x28", End::Complete), "tlcp");
    assert_eq!(service(b"HTTP/1.1 400 Bad Request\r\n", End::Closed), "plain_http");
    assert_eq!(service(b"SSH-2.0-OpenSSH_9.2\r\n", End::Timeout), "not_tls");
    assert_eq!(service(b"", End::Closed), "closed");
    assert_eq!(service(b"", End::Refused), "closed");
    assert_eq!(service(b"", End::Timeout), "timeout");
    assert_eq!(service(b"", End::Unreachable)["$status"], "error");
    assert_eq!(service(b"\x16\x03\x03\x00\x7a\x02", End::Timeout)["reason"], "damaged");
    assert_eq!(service(b"", End::NotTested { reason: "starttls: 421 busy".into() })["reason"], "busy");
    assert_eq!(service(b"", End::NotTested { reason: "starttls: 502 no".into() }), "not_tls");
}

#[test]
fn a_list_with_a_question_left_open_is_not_a_list() {
    let open = |end: End| {
        let asked = [exchange("tls1_2.suites", ALERT, End::Complete), exchange("tls1_2.suites", b"", end)];
        facts(&with(items(), "version.tls1_2", &asked))["protocols"]["tls1_2"].clone()
    };
    assert_eq!(open(End::Timeout)["suites"]["$status"], "timeout");
    assert_eq!(open(End::NotTested { reason: "connections".into() })["suites"]["$status"], "not_tested");
    assert_eq!(open(End::Closed)["suites"], json!([]));
    // That some suites were refused says nothing of those whose answer is missing.
    assert_eq!(open(End::Timeout)["status"]["$status"], "timeout");
    assert_eq!(open(End::Closed)["status"], "refused");
}

#[test]
fn what_rules_a_version_out_leaves_nothing_open() {
    let no_version = exchange("tls1_2.suites", b"\x15\x03\x03\x00\x02\x02\x46", End::Complete);
    let asked = [no_version.clone(), exchange("tls1_2.suites", b"", End::Timeout)];
    let tls = facts(&with(items(), "version.tls1_2", &asked));
    assert_eq!(tls["protocols"]["tls1_2"]["status"], "refused");
    let elsewhere = Exchange { ip: "127.0.0.2".into(), ..exchange("tls1_2.suites", b"", End::Timeout) };
    let tls = facts(&with(items(), "version.tls1_2", &[no_version, elsewhere]));
    assert_eq!(tls["protocols"]["tls1_2"]["status"], "timeout", "the other address has not answered");
    assert_eq!(tls["protocols"]["tls1_2"]["suites"]["$status"], "timeout");
}

#[test]
fn a_hello_that_was_cut_off_is_no_refusal() {
    let cut = exchange("ssl3.suites", b"\x16\x03\x00\x00\x7a\x02", End::Closed);
    let tls = facts(&with(items(), "version.ssl3", &[cut]));
    assert_eq!(tls["protocols"]["ssl3"]["status"]["$status"], "error");
    assert_eq!(tls["protocols"]["ssl3"]["suites"]["$status"], "error");
}

#[test]
fn without_the_whole_list_of_suites_there_is_no_smallest_prime() {
    let asked = [exchange("tls1_2.suites", b"", End::Timeout)];
    let items = with(with(items(), "version.tls1_2", &asked), "dh", &[]);
    for fact in ["dh_bits", "groups", "signature_schemes"] {
        assert!(facts(&items)[fact]["$status"].is_string(), "{fact}");
    }
}

#[test]
fn a_refused_name_is_no_refused_version() {
    let refused = exchange("tls1_2.suites", b"\x15\x03\x03\x00\x02\x02\x70", End::Complete);
    let tls = facts(&with(with(items(), "service", std::slice::from_ref(&refused)), "version.tls1_2", &[refused]));
    assert_eq!(tls["service"], "name_not_served");
    assert_eq!(tls["protocols"]["tls1_2"]["status"]["$status"], "not_tested");
    assert_eq!(tls["protocols"]["tls1_2"]["suites"]["$status"], "not_tested");
}

#[test]
fn nothing_listening_speaks_no_version() {
    let tls = facts(&with(items(), "service", &[exchange("default", b"", End::Refused)]));
    assert_eq!(tls["protocols"]["tls1_0"]["status"], "closed");
    let silent = facts(&with(items(), "service", &[exchange("default", b"", End::Timeout)]));
    assert_eq!(silent["protocols"]["tls1_0"]["status"], "timeout");
    assert_eq!(silent["protocols"]["tls1_0"]["suites"]["$status"], "timeout");
}

#[test]
fn nothing_collected_is_nothing_known() {
    let tls = facts(&Items::default());
    assert_eq!(tls["service"]["$status"], "not_tested");
    assert_eq!(tls["certificates"]["$status"], "not_tested");
    let broken = facts(&Items::default().with("tls.service", *b"{half"));
    assert_eq!(broken["service"]["$status"], "error");
}

#[test]
fn a_certificate_that_cannot_be_read_is_an_error_and_not_an_empty_list() {
    let chain = x509::to_pem([&b"no certificate"[..]]);
    assert_eq!(facts(&with_session(items(), &chain))["certificates"]["$status"], "error");
}

/// A flight of BabaSSL under seal, recorded by the prober.
fn sealed_flight() -> Exchange {
    let bytes = |hex: &str| from_hex(&hex.replace('\n', "")).unwrap();
    Exchange {
        sent: bytes(include_str!("../../../tests/data/tls/rfc8998-ccm.client.hex")),
        ephemeral: bytes(include_str!("../../../tests/data/tls/rfc8998-ccm.scalar.hex")),
        ..exchange(
            sealed::QUESTION,
            &bytes(include_str!("../../../tests/data/tls/rfc8998-ccm.server.hex")),
            End::Complete,
        )
    }
}

#[test]
fn a_sealed_flight_gives_its_certificate_and_what_was_agreed() {
    let tls = facts(&with(items(), "certificates", &[sealed_flight()]));
    let [certificate] = tls["certificates"].as_array().unwrap().as_slice() else { panic!("one certificate") };
    assert_eq!((&certificate["role"], &certificate["key"]["algorithm"]), (&json!("server"), &json!("sm2")));
    assert_eq!((&certificate["key_proven"], &certificate["chain"]["length"]), (&json!("yes"), &json!(2)));
    assert_eq!((&tls["client_auth"], &tls["sm"]["sm2_certificates"]), (&json!("no"), &json!("yes")));
    assert_eq!(tls["negotiated"]["suite"]["name"], "TLS_SM4_CCM_SM3");
    // A whole handshake of our own client says more, and its certificate stands beside the other.
    let both = with(with_session(items(), &pem(&["a.example"])), "certificates", &[sealed_flight()]);
    let tls = facts(&both);
    assert_eq!(tls["certificates"].as_array().unwrap().len(), 2);
    assert_eq!(tls["negotiated"]["suite"]["name"], "TLS_AES_256_GCM_SHA384");
}

#[test]
fn a_sealed_flight_that_does_not_open_is_never_a_fact() {
    let unread = |exchange: Exchange| {
        let tls = facts(&with(with_session(items(), &pem(&["a.example"])), "certificates", &[exchange]));
        assert_eq!(
            (&tls["sm"]["sm2_certificates"], &tls["certificates"]["reason"]),
            (&json!("unknown"), &json!("sealed"))
        );
        assert_eq!(tls["negotiated"]["suite"]["name"], "TLS_AES_256_GCM_SHA384");
        tls["certificates"]["$status"].clone()
    };
    let mut forged = sealed_flight();
    *forged.received.last_mut().unwrap() ^= 1;
    assert_eq!(unread(forged), "error");
    let mut cut = Exchange { end: End::Timeout, ..sealed_flight() };
    cut.received.truncate(900);
    assert_eq!(unread(cut), "timeout");
    assert_eq!(unread(Exchange { ephemeral: vec![1; 32], ..sealed_flight() }), "error");
    assert_eq!(unread(exchange(sealed::QUESTION, b"", End::NotTested { reason: "connections".into() })), "not_tested");
    // Who refuses the question has no such certificate.
    let refused = exchange(sealed::QUESTION, ALERT, End::Complete);
    let tls = facts(&with(with_session(items(), &pem(&["a.example"])), "certificates", &[refused]));
    assert_eq!(tls["sm"]["sm2_certificates"], "no");
}
