//! Facts of invented servers, for tests of what is made of them.

use serde_json::{Value, json};

use super::{Certificate, Protocol, ProtocolStatus, Service, Tls, protocols::suite};
use crate::model::{Fact, Tri, UnreadStatus};

/// TLS 1.2 and 1.3, nothing to complain about.
pub(crate) fn good() -> Tls {
    let mut tls = silent(Service::Tls);
    let p = &mut tls.protocols;
    for old in [&mut p.ssl3, &mut p.tls1_0, &mut p.tls1_1] {
        *old = refused("protocol_version");
    }
    (p.ssl2, p.tlcp) = (refused("none"), refused("handshake_failure"));
    p.tls1_2 = accepted(&[0xc02f, 0xc030, 0xc013], Tri::Yes);
    p.tls1_3 = accepted(&[0x1302, 0x1301], Tri::Yes);
    tls.negotiated = Fact::Known(super::Negotiated {
        version: "tls1_3".to_owned(),
        suite: suite(0x1302),
        group: "X25519".to_owned(),
    });
    tls.groups = named(&[("0x001d", "x25519"), ("0x11ec", "X25519MLKEM768"), ("0x9999", "unregistered")]);
    tls.signature_schemes = named(&[("0x0804", "rsa_pss_rsae_sha256")]);
    tls.dh_bits = Fact::Known(0);
    tls.certificates = Fact::Known(vec![certificate("server", "rsa", 40)]);
    if let Fact::Known(list) = &mut tls.certificates {
        list[0].ocsp = stapled(super::OcspStatus::Good);
    }
    tls.certificates_without_name = tls.certificates.clone();
    for no in [&mut tls.client_auth, &mut tls.compression, &mut tls.heartbeat.offered, &mut tls.heartbeat.heartbleed] {
        *no = Tri::No;
    }
    for yes in [&mut tls.fallback_scsv, &mut tls.grease, &mut tls.extended_master_secret, &mut tls.ocsp_staple] {
        *yes = Tri::Yes;
    }
    tls.renegotiation.secure = Tri::Yes;
    tls.resumption.ticket = Tri::Yes;
    tls.alpn = Fact::Known(vec!["h2".to_owned(), "http/1.1".to_owned()]);
    (tls.sm.tlcp, tls.sm.rfc8998, tls.sm.sm2_certificates) = (Tri::No, Tri::No, Tri::No);
    tls
}

/// TLCP and nothing else.
pub(crate) fn tlcp_only() -> Tls {
    let mut tls = good();
    tls.service = Fact::Known(Service::Tlcp);
    let none = refused("handshake_failure");
    (tls.protocols.tls1_2, tls.protocols.tls1_3) = (none.clone(), none);
    tls.protocols.tlcp = accepted(&[0xe011, 0xe013], Tri::Yes);
    tls.negotiated = Fact::unread(UnreadStatus::NotTested, "session.default");
    (tls.groups, tls.signature_schemes) = (Fact::Known(Vec::new()), Fact::Known(Vec::new()));
    tls.certificates = Fact::Known(vec![certificate("tlcp_sign", "sm2", 340), certificate("tlcp_enc", "sm2", -3)]);
    tls.certificates_without_name = Fact::Known(vec![certificate("tlcp_sign", "sm2", 340)]);
    tls.fallback_scsv = Tri::Unknown;
    for yes in [
        &mut tls.sm.tlcp,
        &mut tls.sm.sm2_certificates,
        &mut tls.sm.ske_signature_ok,
        &mut tls.sm.double_certificate.present,
        &mut tls.sm.double_certificate.same_subject,
    ] {
        *yes = Tri::Yes;
    }
    tls.sm.double_certificate.usages_split = Tri::No;
    tls
}

/// TLS down to 1.0 with weak suites, and TLCP.
pub(crate) fn dual() -> Tls {
    let (mut tls, sm) = (good(), tlcp_only());
    tls.service = Fact::Known(Service::Both);
    tls.protocols.tls1_0 = accepted(&[0x000a, 0x0005], Tri::No);
    tls.protocols.tlcp = sm.protocols.tlcp;
    tls.dh_bits = Fact::Known(1024);
    if let Fact::Known(list) = &mut tls.certificates {
        list[0].ocsp = stapled(super::OcspStatus::Revoked);
    }
    let both = [tls.certificates, sm.certificates].into_iter().filter_map(|list| list.known().cloned());
    tls.certificates = Fact::Known(both.flatten().collect());
    tls.sm = sm.sm;
    tls
}

/// Nothing listens.
pub(crate) fn closed() -> Tls {
    silent(Service::Closed)
}

/// Answers stopped coming half-way.
pub(crate) fn with_unknowns() -> Tls {
    let mut tls = good();
    let p = &mut tls.protocols;
    p.ssl3.status = Fact::Known(ProtocolStatus::Timeout);
    p.tls1_0.status = Fact::unread(UnreadStatus::NotTested, "tls1_0");
    p.tls1_2.suites = Fact::unread(UnreadStatus::Timeout, "enumeration");
    p.tls1_3 = accepted(&[0x1301], Tri::Unknown);
    tls.endpoint.addresses = Fact::unread(UnreadStatus::Error, "tls.resolve");
    (tls.groups, tls.dh_bits) =
        (Fact::unread(UnreadStatus::Timeout, "groups"), Fact::unread(UnreadStatus::Error, "dh"));
    tls.signature_schemes = Fact::unread(UnreadStatus::NotTested, "schemes");
    tls.negotiated = Fact::unread(UnreadStatus::NotTested, "session.default");
    tls.certificates_without_name = Fact::unread(UnreadStatus::NotTested, "certificates");
    tls.alpn = Fact::unread(UnreadStatus::NotTested, "alpn");
    if let Fact::Known(list) = &mut tls.certificates {
        list[0].days_left = Fact::unread(UnreadStatus::NotTested, "evaluation");
        list[0].chain.status = Fact::Known(super::ChainStatus::Unknown);
        (list[0].key_proven, list[0].name_matches) = (Tri::Unknown, Tri::Unknown);
    }
    (tls.compression, tls.sm.tlcp) = (Tri::Unknown, Tri::Unknown);
    tls
}

/// Whatever can be unknown is.
fn silent(service: Service) -> Tls {
    let version = json!({"status": "closed", "alert": "none", "suites": [], "server_order": "unknown"});
    let not = |code: &str| json!({"$status": "not_tested", "reason": code});
    let protocols: serde_json::Map<String, Value> = ["ssl2", "ssl3", "tls1_0", "tls1_1", "tls1_2", "tls1_3", "tlcp"]
        .map(|name| (name.to_owned(), version.clone()))
        .into_iter()
        .collect();
    let unknown = "unknown";
    serde_json::from_value(json!({
        "endpoint": {"host": "zwfw.example.gov.cn", "port": 443, "ip": "192.0.2.1", "addresses": ["192.0.2.1", "2001:db8::1"], "unanswered": [], "family": "all", "proxy": "none",
            "sni": "zwfw.example.gov.cn", "starttls": "none"},
        "service": service, "protocols": protocols, "negotiated": not("session.default"), "groups": not("groups"),
        "signature_schemes": not("schemes"), "dh_bits": not("dh"), "certificates": not("certificates"),
        "certificates_without_name": not("certificates"), "client_auth": unknown, "compression": unknown,
        "early_data": unknown, "fallback_scsv": unknown, "grease": unknown, "extended_master_secret": unknown, "ocsp_staple": unknown,
        "renegotiation": {"secure": unknown, "client_initiated": unknown},
        "resumption": {"session_id": unknown, "ticket": unknown}, "alpn": not("alpn"),
        "heartbeat": {"offered": unknown, "heartbleed": unknown}, "ccs_injection": unknown, "robot": unknown,
        "ticketbleed": unknown, "grade": not("intrusive"), "miping": not("evaluation"),
        "sm": {"tlcp": unknown, "rfc8998": unknown, "sm2_certificates": unknown, "ske_signature_ok": unknown,
            "double_certificate": {"present": unknown, "same_subject": unknown, "usages_split": unknown}},
        "cost": {"connections": 61, "bytes_sent": 14321, "ms": 83},
    }))
    .expect("facts read back")
}

fn refused(alert: &str) -> Protocol {
    Protocol {
        status: Fact::Known(ProtocolStatus::Refused),
        alert: Fact::Known(alert.to_owned()),
        suites: Fact::Known(Vec::new()),
        server_order: Tri::Unknown,
    }
}

fn accepted(suites: &[u16], server_order: Tri) -> Protocol {
    Protocol {
        status: Fact::Known(ProtocolStatus::Accepted),
        alert: Fact::Known("none".to_owned()),
        suites: Fact::Known(suites.iter().map(|id| suite(*id)).collect()),
        server_order,
    }
}

fn stapled(certificate: super::OcspStatus) -> Fact<super::Ocsp> {
    let revoked = certificate == super::OcspStatus::Revoked;
    let of = |text: &str| if revoked { text.to_owned() } else { String::new() };
    Fact::Known(super::Ocsp {
        certificate,
        revoked_at: of("2026-11-01T12:00:00Z"),
        reason: of("keyCompromise"),
        produced_at: "2026-11-20T00:00:00Z".to_owned(),
        this_update: "2026-11-20T00:00:00Z".to_owned(),
        next_update: "2026-11-27T00:00:00Z".to_owned(),
        signature_ok: Tri::Yes,
        current: Tri::Yes,
    })
}

fn named(list: &[(&str, &str)]) -> Fact<Vec<super::Named>> {
    Fact::Known(list.iter().map(|(id, name)| super::Named { id: (*id).to_owned(), name: (*name).to_owned() }).collect())
}

fn certificate(role: &str, algorithm: &str, days_left: i64) -> Certificate {
    let (curve, bits, hash) = if algorithm == "sm2" { ("SM2", 256, "sm3") } else { ("", 2048, "sha256") };
    let chain = if days_left < 0 { "expired" } else { "trusted" };
    let root = if days_left < 0 { "" } else { "CN=Example Root CA" };
    serde_json::from_value(json!({
        "role": role, "subject": format!("CN=zwfw.example.gov.cn, OU={role}"), "issuer": "CN=Example CA", "serial": "01",
        "san": ["zwfw.example.gov.cn", "*.zwfw.example.gov.cn"], "not_before": "2026-01-01T00:00:00Z",
        "not_after": "2026-12-31T00:00:00Z", "lifetime_days": 364,
        "key": {"algorithm": algorithm, "bits": bits, "curve": curve},
        "signature": {"algorithm": algorithm, "hash": hash},
        "sha256": crate::model::Digest::of(role.as_bytes()), "spki_sha256": crate::model::Digest::of(algorithm.as_bytes()),
        "ocsp_urls": ["http://ocsp.example.test"], "crl_urls": [], "issuer_urls": ["http://ca.example.test/ca.cer"], "ca": false, "key_usage": ["digital_signature"],
        "extended_key_usage": ["server_auth"], "days_left": days_left, "self_signed": false, "name_matches": "yes",
        "chain": {"status": chain, "length": 2, "root": root, "others": [], "pem": ""}, "ocsp": {"$status": "not_tested", "reason": "no_staple"}, "ct_scts": 1, "ct_scts_wrong": 0,
        "scts": [{"log_id": "aa".repeat(32), "log": "Test log", "timestamp": "2026-01-01T00:00:00Z", "origin": "certificate",
            "verified": "yes", "raw": ""}], "key_proven": "yes",
    }))
    .expect("facts read back")
}
