//! From the records of our probes to the facts of an endpoint.

use std::{collections::BTreeMap, net::IpAddr};

use super::{
    Certificate, Chain, Cost, DoubleCertificate, Endpoint, Heartbeat, Negotiated, Protocol, ProtocolStatus, Protocols,
    Renegotiation, Resumption, Role, Service, Sm, Suite, Tls,
};
use crate::{
    facts::{Artifacts, FactDocument, artifacts::json as item_json},
    formats::{
        tls::{DEFAULT, ONLY_1_2, ONLY_1_3, Outcome, PLAIN, Probe, RESOLVE, Resolved, suite},
        x509,
    },
    model::{Fact, Tri, UnreadStatus},
};

pub(in crate::facts) fn derive(artifacts: &dyn Artifacts) -> FactDocument {
    let probes = Probes {
        resolved: item_json(artifacts, RESOLVE),
        default: item_json(artifacts, DEFAULT),
        only_1_2: item_json(artifacts, ONLY_1_2),
        only_1_3: item_json(artifacts, ONLY_1_3),
        plain: item_json(artifacts, PLAIN),
    };
    let sources = [
        ("tls.endpoint", vec![RESOLVE]),
        ("tls.service", vec![DEFAULT, PLAIN]),
        ("tls.protocols.tls1_2", vec![ONLY_1_2]),
        ("tls.protocols.tls1_3", vec![ONLY_1_3]),
        ("tls", vec![DEFAULT]),
    ];
    let sources: BTreeMap<_, _> = sources
        .into_iter()
        .map(|(group, items)| (group.to_owned(), items.into_iter().map(str::to_owned).collect()))
        .collect();
    FactDocument::new("tls", serde_json::to_value(probes.facts()).unwrap_or_default(), sources)
}

struct Probes {
    resolved: Fact<Resolved>,
    default: Fact<Probe>,
    only_1_2: Fact<Probe>,
    only_1_3: Fact<Probe>,
    plain: Fact<Probe>,
}

/// Waits for the deep prober.
fn later<T>() -> Fact<T> {
    Fact::unread(UnreadStatus::NotTested, "later_version")
}

impl Probes {
    fn facts(&self) -> Tls {
        let accepted = self.accepted();
        let tri = |get: fn(&Probe) -> Tri| accepted.map_or(Tri::Unknown, get);
        Tls {
            endpoint: self.endpoint(),
            service: self.service(),
            protocols: self.protocols(),
            negotiated: self.default.as_ref().and_then(negotiated),
            groups: later(),
            signature_schemes: later(),
            dh_bits: later(),
            certificates: self.certificates(),
            client_auth: tri(|probe| probe.client_auth),
            compression: Tri::Unknown,
            early_data: Tri::Unknown,
            fallback_scsv: Tri::Unknown,
            extended_master_secret: Tri::Unknown,
            ocsp_staple: tri(|probe| probe.ocsp),
            renegotiation: Renegotiation { secure: Tri::Unknown, client_initiated: Tri::Unknown },
            resumption: Resumption { session_id: Tri::Unknown, ticket: Tri::Unknown },
            alpn: match accepted {
                Some(probe) => Fact::Known(probe.alpn.iter().cloned().collect()),
                None => self.default.as_ref().and_then(|_| Fact::unread(UnreadStatus::NotTested, DEFAULT)),
            },
            heartbeat: Heartbeat { offered: Tri::Unknown, heartbleed: Tri::Unknown },
            ccs_injection: Tri::Unknown,
            robot: Tri::Unknown,
            ticketbleed: Tri::Unknown,
            grade: later(),
            sm: self.sm(),
            cost: self.cost(),
        }
    }

    /// The first completed handshake: the widest offer first.
    fn accepted(&self) -> Option<&Probe> {
        let all = [&self.default, &self.only_1_3, &self.only_1_2];
        all.into_iter().filter_map(Fact::known).find(|probe| probe.outcome == Outcome::Accepted)
    }

    fn endpoint(&self) -> Endpoint {
        let ip = self.resolved.as_ref().and_then(|resolved| match &resolved.chosen {
            Some(ip) => Fact::Known(ip.clone()),
            None => Fact::unread(UnreadStatus::Error, RESOLVE),
        });
        let resolved = self.resolved.known();
        let host = resolved.map(|r| r.host.clone()).unwrap_or_default();
        let from_host = || if host.parse::<IpAddr>().is_ok() { String::new() } else { host.clone() };
        let sni = self.default.known().map_or_else(from_host, |probe| probe.sni.clone());
        let port = resolved.map_or(0, |r| r.port);
        Endpoint { host, port, ip, sni, starttls: "none".to_owned() }
    }

    /// TLS that any probe saw is TLS; only then does it matter what else came back.
    fn service(&self) -> Fact<Service> {
        if self.accepted().is_some() {
            return Fact::Known(Service::Tls);
        }
        self.default.as_ref().and_then(|probe| match (probe.outcome, &probe.alert) {
            (Outcome::Accepted, _) => Fact::Known(Service::Tls),
            (Outcome::Refused, Some(alert)) if alert.name == "unrecognized_name" => Fact::Known(Service::NameNotServed),
            (Outcome::Refused, Some(alert)) if alert.record_version == "0101" => Fact::Known(Service::Tlcp),
            (Outcome::Refused, _) => Fact::Known(Service::Tls),
            (Outcome::NoListener, _) => Fact::Known(Service::Closed),
            (Outcome::Unreachable, _) => Fact::unread(UnreadStatus::Error, "unreachable"),
            (Outcome::PlainHttp, _) => Fact::Known(Service::PlainHttp),
            (outcome, _) => match self.plain.known().map(|plain| plain.outcome) {
                Some(Outcome::PlainHttp) => Fact::Known(Service::PlainHttp),
                _ if outcome == Outcome::Timeout => Fact::Known(Service::Timeout),
                _ if outcome == Outcome::Closed => Fact::Known(Service::Closed),
                _ => Fact::Known(Service::NotTls),
            },
        })
    }

    fn protocols(&self) -> Protocols {
        let untested = || Protocol { status: later(), alert: later(), suites: later(), server_order: Tri::Unknown };
        Protocols {
            ssl2: untested(),
            ssl3: untested(),
            tls1_0: untested(),
            tls1_1: untested(),
            tls1_2: protocol(&self.only_1_2),
            tls1_3: protocol(&self.only_1_3),
            tlcp: untested(),
        }
    }

    /// Where the server's certificate was seen. Several probes may meet several certificates: each counts once.
    fn certificates(&self) -> Fact<Vec<Certificate>> {
        let mut out: Vec<Certificate> = Vec::new();
        let mut unreadable = false;
        for probe in [&self.default, &self.only_1_3, &self.only_1_2].into_iter().filter_map(Fact::known) {
            match certificate(probe) {
                Some(Ok(found)) if out.iter().all(|c| c.about.sha256 != found.about.sha256) => out.push(found),
                Some(Err(())) => unreadable = true,
                _ => {}
            }
        }
        match (out.is_empty(), unreadable) {
            (_, true) => Fact::unread(UnreadStatus::Error, "malformed"),
            (false, _) => Fact::Known(out),
            (true, _) => self.default.as_ref().and_then(|_| Fact::unread(UnreadStatus::NotTested, DEFAULT)),
        }
    }

    fn sm(&self) -> Sm {
        let sm2 = match self.certificates() {
            Fact::Known(list) => list.iter().any(|c| c.about.key.algorithm == "sm2").into(),
            Fact::Unread(_) => Tri::Unknown,
        };
        let double_certificate =
            DoubleCertificate { present: Tri::Unknown, same_subject: Tri::Unknown, usages_split: Tri::Unknown };
        // A TLCP-only peer shows itself by the version of its alert; that there is none is for the deep prober to say.
        let tlcp = if self.service() == Fact::Known(Service::Tlcp) { Tri::Yes } else { Tri::Unknown };
        Sm { tlcp, rfc8998: Tri::Unknown, sm2_certificates: sm2, ske_signature_ok: Tri::Unknown, double_certificate }
    }

    fn cost(&self) -> Cost {
        let all = [&self.default, &self.only_1_2, &self.only_1_3, &self.plain];
        let probes: Vec<&Probe> = all.into_iter().filter_map(Fact::known).collect();
        let sum = |get: fn(&Probe) -> u64| {
            i64::try_from(probes.iter().map(|p| get(p)).fold(0, u64::saturating_add)).unwrap_or(i64::MAX)
        };
        let connections = i64::try_from(probes.len()).unwrap_or(i64::MAX);
        Cost { connections, bytes_sent: sum(|p| p.bytes_sent), ms: sum(|p| p.ms) }
    }
}

fn negotiated(probe: &Probe) -> Fact<Negotiated> {
    let (Some(version), Some(id)) = (&probe.version, probe.suite) else {
        return Fact::unread(UnreadStatus::NotTested, DEFAULT);
    };
    let Some(info) = suite(id) else { return Fact::unread(UnreadStatus::Error, DEFAULT) };
    let suite = Suite {
        id: format!("{id:#06x}"),
        name: info.name.to_owned(),
        kx: info.kx.to_owned(),
        auth: info.auth.to_owned(),
        enc: info.enc.to_owned(),
        bits: info.bits,
        mac: info.mac.to_owned(),
        fs: true,
        aead: true,
        weak: Vec::new(),
    };
    Fact::Known(Negotiated { version: version.clone(), suite, group: probe.group.clone().unwrap_or_default() })
}

fn protocol(probe: &Fact<Probe>) -> Protocol {
    let status = probe.as_ref().and_then(|probe| match probe.outcome {
        Outcome::Accepted => Fact::Known(ProtocolStatus::Accepted),
        // Without an alert it was our client that gave up: that the version is not there does not follow.
        Outcome::Refused if probe.alert.is_none() => Fact::unread(UnreadStatus::Error, "handshake"),
        Outcome::Refused => Fact::Known(ProtocolStatus::Refused),
        Outcome::Closed | Outcome::NoListener | Outcome::PlainHttp | Outcome::NotTls => {
            Fact::Known(ProtocolStatus::Closed)
        }
        Outcome::Timeout => Fact::Known(ProtocolStatus::Timeout),
        Outcome::Unreachable => Fact::unread(UnreadStatus::Error, "unreachable"),
    });
    let alert =
        probe.as_ref().map(|probe| probe.alert.as_ref().map_or_else(|| "none".to_owned(), |alert| alert.name.clone()));
    Protocol { status, alert, suites: later(), server_order: Tri::Unknown }
}

/// The certificate that a probe met; `Err` where one came and cannot be read.
fn certificate(probe: &Probe) -> Option<Result<Certificate, ()>> {
    let chain = x509::from_pem(probe.chain.as_bytes());
    let (own, others) = chain.split_first()?;
    let decoded = match x509::decode(own) {
        Ok(decoded) => decoded,
        Err(_) => return Some(Err(())),
    };
    let name = if probe.sni.is_empty() { &probe.ip } else { &probe.sni };
    let chain = Chain {
        status: Fact::unread(UnreadStatus::NotTested, "evaluation"),
        length: i64::try_from(chain.len()).unwrap_or(i64::MAX),
        root: Fact::unread(UnreadStatus::NotTested, "evaluation"),
        others: others.iter().filter_map(|der| x509::decode(der).ok()).map(|d| d.certificate).collect(),
        pem: probe.chain.clone(),
    };
    Some(Ok(Certificate {
        role: Role::Server,
        name_matches: decoded.certificate.san.iter().any(|san| name_matches(san, name)).into(),
        about: decoded.certificate,
        days_left: Fact::unread(UnreadStatus::NotTested, "evaluation"),
        self_signed: decoded.self_issued,
        chain,
        ct_scts: i64::try_from(decoded.scts).unwrap_or(i64::MAX),
        key_proven: probe.key_proven,
    }))
}

/// RFC 9525: a whole name, or `*` in place of the first label. A name in the subject alone does not count.
fn name_matches(san: &str, name: &str) -> bool {
    if let (Ok(san), Ok(name)) = (san.parse::<IpAddr>(), name.parse::<IpAddr>()) {
        return san == name;
    }
    if name.parse::<IpAddr>().is_ok() {
        return false;
    }
    let (san, name) = (san.trim_end_matches('.'), name.trim_end_matches('.'));
    match san.strip_prefix("*.") {
        Some(parent) => name.split_once('.').is_some_and(|(_, rest)| rest.eq_ignore_ascii_case(parent)),
        None => san.eq_ignore_ascii_case(name),
    }
}

#[cfg(test)]
mod tests {
    use super::name_matches;

    #[test]
    fn names_match_as_browsers_match_them() {
        assert!(name_matches("CD.example.gov.cn", "cd.example.gov.cn"));
        assert!(name_matches("*.example.gov.cn", "cd.example.gov.cn"));
        assert!(!name_matches("*.example.gov.cn", "a.cd.example.gov.cn"));
        assert!(!name_matches("*.example.gov.cn", "example.gov.cn"));
        assert!(name_matches("127.0.0.1", "127.0.0.1"));
        assert!(!name_matches("*.0.0.1", "127.0.0.1"));
        assert!(!name_matches("cd.example.gov.cn", "127.0.0.1"));
    }
}
