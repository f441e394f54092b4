//! The certificates that a server proves itself with, wherever a flight or a handshake showed them.

use std::net::IpAddr;

use super::{
    Certificate, Chain, Origin, Role, answers::why_unsettled, collected::Collected, ocsp, sealed::is_sealed,
    transparency,
};
use crate::{
    formats::{
        tls::{
            Probe,
            exchange::{Answer, Exchange},
            extension::id,
            from_hex,
            version::Version,
        },
        x509,
    },
    model::{Fact, Tri, UnreadStatus},
};

/// One chain as it was shown.
struct Shown {
    role: Role,
    chain: Vec<Vec<u8>>,
    key_proven: Tri,
    /// OCSP responses that came along.
    staples: Vec<Vec<u8>>,
    /// Lists of timestamps in an extension of the handshake.
    timestamps: Vec<Vec<u8>>,
}

impl Collected {
    /// Certificates shown to who asked for the name. Several probes may meet several: each counts once.
    pub(super) fn certificates(&self) -> Fact<Vec<Certificate>> {
        if let Some(why) = self.sealed.iter().find_map(|flight| flight.as_ref().err()) {
            return Fact::unread(*why, "sealed");
        }
        if let Some(why) = self.missing_chain() {
            return Fact::unread(why, "certificates");
        }
        let named = |exchange: &&Exchange| !exchange.name.ends_with(".no_name") && !is_sealed(exchange);
        let flights = self.all().filter(named).flat_map(of_flight);
        let sessions = self.sessions().filter_map(of_session);
        let sealed = self.sealed.iter().filter_map(|flight| {
            let flight = flight.as_ref().ok().filter(|flight| !flight.certificates.list.is_empty())?;
            let chain = flight.certificates.list.clone();
            Some(Shown {
                role: Role::Server,
                chain,
                key_proven: flight.key_proven,
                staples: Vec::new(),
                timestamps: Vec::new(),
            })
        });
        self.distinct(sessions.chain(flights).chain(sealed))
    }

    /// Why a kind of key was asked for and its chain never came: the list would look whole without it.
    fn missing_chain(&self) -> Option<UnreadStatus> {
        let asked = self.group("certificates").known().copied().unwrap_or_default();
        let asked = asked.iter().filter(|exchange| exchange.name.ends_with(".certificate") && !is_sealed(exchange));
        asked.filter(|exchange| exchange.flight().certificates.is_none()).map(why_unsettled).next()
    }

    /// Certificates shown to who names nothing: what a client without SNI meets.
    pub(super) fn certificates_without_name(&self) -> Fact<Vec<Certificate>> {
        let flights = self.all().filter(|exchange| exchange.name.ends_with(".no_name")).flat_map(of_flight);
        self.distinct(self.unnamed.iter().filter_map(of_session).chain(flights))
    }

    fn distinct(&self, shown: impl Iterator<Item = Shown>) -> Fact<Vec<Certificate>> {
        let name = self.name();
        let mut out: Vec<Certificate> = Vec::new();
        let mut unreadable = false;
        for one in shown {
            match certificate(&one, &name) {
                Some(found) => match out.iter_mut().find(|other| other.about.sha256 == found.about.sha256) {
                    Some(known) => {
                        if known.key_proven == Tri::Unknown {
                            known.key_proven = found.key_proven;
                        }
                        ocsp::keep_the_worse(&mut known.ocsp, found.ocsp);
                        transparency::join(&mut known.scts, found.scts);
                    }
                    None => out.push(found),
                },
                None => unreadable = true,
            }
        }
        for certificate in &mut out {
            certificate.ct_scts =
                certificate.scts.known().map_or(0, |list| i64::try_from(list.len()).unwrap_or(i64::MAX));
        }
        match (out.is_empty(), unreadable) {
            (_, true) => Fact::unread(UnreadStatus::Error, "malformed"),
            (false, _) => Fact::Known(out),
            (true, _) => Fact::unread(UnreadStatus::NotTested, "certificates"),
        }
    }

    /// What the certificate should be made out to.
    fn name(&self) -> String {
        let Some(resolved) = self.resolved.known() else { return String::new() };
        if resolved.sni.is_empty() { resolved.host.clone() } else { resolved.sni.clone() }
    }
}

/// The chain of a whole handshake.
fn of_session(probe: &Probe) -> Option<Shown> {
    let chain = x509::from_pem(probe.chain.as_bytes());
    let staples = from_hex(&probe.staple).filter(|staple| !staple.is_empty()).into_iter().collect();
    (!chain.is_empty()).then_some(Shown {
        role: Role::Server,
        chain,
        key_proven: probe.key_proven,
        staples,
        timestamps: Vec::new(),
    })
}

/// The chains of a flight: one, or both of a TLCP server.
fn of_flight(exchange: &Exchange) -> Vec<Shown> {
    if let Answer::Ssl2ServerHello(hello) = exchange.answer() {
        let chain = vec![hello.certificate];
        return vec![Shown {
            role: Role::Server,
            chain,
            key_proven: Tri::Unknown,
            staples: Vec::new(),
            timestamps: Vec::new(),
        }];
    }
    let flight = exchange.flight();
    let tlcp = flight.hello.as_ref().and_then(|hello| hello.selected_version()) == Some(Version::Tlcp11);
    let Some(sent) = flight.certificates else { return Vec::new() };
    let staples: Vec<_> =
        flight.status.as_ref().and_then(|status| status.leaf()).map(<[u8]>::to_vec).into_iter().collect();
    let timestamps: Vec<_> =
        flight.hello.as_ref().and_then(|hello| hello.extension(id::SCT)).map(<[u8]>::to_vec).into_iter().collect();
    let of = |role, chain| Shown {
        role,
        chain,
        key_proven: Tri::Unknown,
        staples: staples.clone(),
        timestamps: timestamps.clone(),
    };
    match sent.list.as_slice() {
        [] => Vec::new(),
        [sign, encrypt, others @ ..] if tlcp => {
            let with = |own: &Vec<u8>| std::iter::once(own.clone()).chain(others.iter().cloned()).collect();
            vec![of(Role::TlcpSign, with(sign)), of(Role::TlcpEnc, with(encrypt))]
        }
        list => vec![of(if tlcp { Role::TlcpSign } else { Role::Server }, list.to_vec())],
    }
}

fn certificate(shown: &Shown, name: &str) -> Option<Certificate> {
    let (own, others) = shown.chain.split_first()?;
    let decoded = x509::decode(own).ok()?;
    let mut scts = transparency::embedded(own);
    for list in &shown.timestamps {
        transparency::join(&mut scts, transparency::beside(list, Origin::Tls));
    }
    for list in ocsp::timestamps(&shown.staples, &shown.chain) {
        transparency::join(&mut scts, transparency::beside(&list, Origin::Ocsp));
    }
    Some(Certificate {
        role: shown.role,
        name_matches: decoded.certificate.san.iter().any(|san| name_matches(san, name)).into(),
        about: decoded.certificate,
        days_left: Fact::unread(UnreadStatus::NotTested, "evaluation"),
        self_signed: decoded.self_issued,
        chain: Chain {
            status: Fact::unread(UnreadStatus::NotTested, "evaluation"),
            length: i64::try_from(shown.chain.len()).unwrap_or(i64::MAX),
            root: Fact::unread(UnreadStatus::NotTested, "evaluation"),
            others: others.iter().filter_map(|der| x509::decode(der).ok()).map(|d| d.certificate).collect(),
            pem: x509::to_pem(shown.chain.iter().map(Vec::as_slice)),
        },
        ocsp: ocsp::of(&shown.staples, &shown.chain),
        ct_scts: 0,
        ct_scts_wrong: Fact::unread(UnreadStatus::NotTested, "evaluation"),
        scts,
        key_proven: shown.key_proven,
    })
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
