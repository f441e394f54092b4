//! How a server behaves: each fact from the exchange that asked for it, `unknown` where none did.

use super::{Heartbeat, Negotiated, Renegotiation, Resumption, collected::Collected, protocols::suite};
use crate::{
    formats::tls::{
        GREASE, Outcome, Probe, RESUMED_1_3, RESUMED_ID, RESUMED_TICKET, Renegotiated, SESSION,
        alert::Alert,
        exchange::{Answer, End, Exchange},
        flight::Flight,
        groups,
        record::message,
        sealed::CURVE_SM2,
        server_hello::ServerHello,
        suites::{self, Auth, Kx},
        version::Version,
    },
    model::{Fact, Tri, UnreadStatus},
};

/// DEFLATE (RFC 3749).
const DEFLATE: u8 = 1;

impl Collected {
    /// What our own client agreed on, where it offered all that it speaks.
    pub(super) fn negotiated(&self) -> Fact<Negotiated> {
        let negotiated = self.sessions.as_ref().and_then(|sessions| {
            let done = sessions.iter().find(|probe| probe.outcome == Outcome::Accepted);
            match done.and_then(|probe| Some((probe, probe.version.clone()?, probe.suite?))) {
                Some((probe, version, id)) => Fact::Known(Negotiated {
                    version,
                    suite: suite(id),
                    group: probe.group.clone().unwrap_or_default(),
                }),
                None => Fact::unread(UnreadStatus::NotTested, SESSION),
            }
        });
        match self.sealed.iter().find_map(|flight| flight.as_ref().ok()) {
            Some(flight) if negotiated.known().is_none() => Fact::Known(Negotiated {
                version: Version::Tls13.code().to_owned(),
                suite: suite(flight.suite),
                group: groups::group(CURVE_SM2).map(|group| group.name.to_owned()).unwrap_or_default(),
            }),
            _ => negotiated,
        }
    }

    /// Whether a certificate of the client's is asked for.
    pub(super) fn client_auth(&self) -> Tri {
        // The ephemeral suites of TLCP ask for one always, as they need it to agree on a key.
        let always = |flight: &Flight| {
            let suite = flight.hello.as_ref().and_then(|hello| suites::suite(hello.suite));
            suite.is_some_and(|suite| suite.kx == Kx::Ecdhe && suite.auth == Auth::Sm2)
        };
        let flights = self.all().map(Exchange::flight).filter(|flight| flight.done && !always(flight));
        let asked = flights.map(|flight| flight.client_auth());
        let sessions = self.sessions().map(|probe| known(probe.client_auth)).filter(Option::is_some);
        let sealed = self.sealed.iter().flatten().map(|flight| Some(flight.client_auth));
        any(asked.map(Some).chain(sessions).chain(sealed))
    }

    /// Whether an OCSP response came along.
    pub(super) fn ocsp_staple(&self) -> Tri {
        let named = self.all().filter(|exchange| !exchange.name.ends_with(".no_name"));
        let flights = named.filter(|exchange| offered_status(exchange)).map(Exchange::flight).filter(|f| f.done);
        let sessions = self.sessions().map(|probe| known(probe.ocsp)).filter(Option::is_some);
        // A message that cannot be read is no proof that there is none.
        let came = |flight: Flight| match flight.damaged.contains(&message::CERTIFICATE_STATUS) {
            true => None,
            false => Some(flight.status.is_some()),
        };
        any(flights.map(came).chain(sessions))
    }

    pub(super) fn compression(&self) -> Tri {
        if self.only_1_3() {
            return Tri::No;
        }
        any(self.named("compression").map(|e| hello(e).map(|hello| hello.compression == DEFLATE)))
    }

    /// Whether a needless step down is refused. Of a server with one version it cannot be told.
    pub(super) fn fallback_scsv(&self) -> Tri {
        let verdicts = self.named("fallback_scsv").map(|exchange| match exchange.answer() {
            Answer::Alert(alert) => (alert.name() == "inappropriate_fallback").then_some(true),
            Answer::ServerHello(_) => Some(false),
            _ => None,
        });
        all(verdicts)
    }

    /// Whether unregistered numbers are passed over. Who hangs up on them does not take them, if it speaks to us afterwards.
    pub(super) fn grease(&self) -> Tri {
        all(self.named(GREASE).map(|exchange| match exchange.answer() {
            Answer::ServerHello(_) | Answer::HelloRetryRequest(_) => self.settled(exchange).then_some(true),
            Answer::Alert(_) | Answer::Nothing => self.settled(exchange).then_some(false),
            _ => None,
        }))
    }

    pub(super) fn extended_master_secret(&self) -> Tri {
        all(self.hellos_before_1_3().map(|hello| Some(hello.extended_master_secret())))
    }

    pub(super) fn renegotiation(&self) -> Renegotiation {
        if self.only_1_3() {
            // RFC 8446 took renegotiation out.
            return Renegotiation { secure: Tri::Yes, client_initiated: Tri::No };
        }
        let secure = all(self.hellos_before_1_3().map(|hello| Some(hello.renegotiation_info().is_some())));
        Renegotiation { secure, client_initiated: any(self.renegotiated.iter().map(renegotiates)) }
    }

    /// Whether sessions are taken up again. A ticket that is given out and not taken back resumes nothing.
    pub(super) fn resumption(&self) -> Resumption {
        let of = |items: &[&str]| any(self.resumed(items).map(|pair| known(pair.resumed)));
        Resumption { session_id: of(&[RESUMED_ID]), ticket: of(&[RESUMED_TICKET, RESUMED_1_3]) }
    }

    /// Whether data that can be replayed is taken. Without TLS 1.3 there is none.
    pub(super) fn early_data(&self) -> Tri {
        match self.protocols_status(Version::Tls13) {
            Some(super::ProtocolStatus::Refused | super::ProtocolStatus::Closed) => Tri::No,
            _ => any(self.resumed(&[RESUMED_1_3]).map(|pair| known(pair.early_data))),
        }
    }

    pub(super) fn heartbeat(&self) -> Heartbeat {
        let offered = if self.only_1_3() {
            Tri::No
        } else {
            any(self.named("heartbeat").map(|e| hello(e).map(|hello| hello.heartbeat().is_some())))
        };
        Heartbeat { offered, heartbleed: if offered == Tri::No { Tri::No } else { self.asked_of_heartbleed() } }
    }

    /// Protocols that the server chose.
    pub(super) fn alpn(&self) -> Fact<Vec<String>> {
        let asked: Vec<_> = self.named("alpn").filter_map(hello).collect();
        let done: Vec<&Probe> = self.sessions().filter(|probe| probe.outcome == Outcome::Accepted).collect();
        if asked.is_empty() && done.is_empty() {
            return Fact::unread(UnreadStatus::NotTested, "alpn");
        }
        let mut names: Vec<String> = Vec::new();
        let seen = asked.iter().filter_map(|hello| hello.alpn().map(|name| String::from_utf8_lossy(name).into_owned()));
        for name in seen.chain(done.iter().filter_map(|probe| probe.alpn.clone())) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Fact::Known(names)
    }

    /// Hellos of servers that were offered all that a browser offers, in versions before TLS 1.3.
    pub(super) fn hellos_before_1_3(&self) -> impl Iterator<Item = ServerHello> {
        let asked = self.all().filter(|exchange| offered_status(exchange)).filter_map(hello);
        asked.filter(|hello| matches!(hello.selected_version(), Some(Version::Tls10 | Version::Tls11 | Version::Tls12)))
    }

    pub(super) fn only_1_3(&self) -> bool {
        let before = [Version::Ssl3, Version::Tls10, Version::Tls11, Version::Tls12];
        let refused = |version| self.protocols_status(version) == Some(super::ProtocolStatus::Refused);
        self.accepts(Version::Tls13) && before.into_iter().all(refused)
    }

    fn protocols_status(&self, version: Version) -> Option<super::ProtocolStatus> {
        let protocols = self.protocols();
        let of = match version {
            Version::Ssl3 => protocols.ssl3,
            Version::Tls10 => protocols.tls1_0,
            Version::Tls11 => protocols.tls1_1,
            Version::Tls13 => protocols.tls1_3,
            _ => protocols.tls1_2,
        };
        of.status.known().copied()
    }
}

/// Whether a hello within a session led to another handshake. Silence says nothing, and neither does a handshake that was
/// begun and not ended: some servers see too late that they do not want it.
fn renegotiates(asked: &Renegotiated) -> Option<bool> {
    let came = |kind| asked.heard.iter().any(|heard| heard.message == Some(kind));
    let refusal = |alert: &Alert| alert.ends() || alert.name() == "no_renegotiation";
    let refused = asked.heard.iter().filter_map(|heard| heard.alert.as_ref()).any(refusal);
    match () {
        () if !asked.asked => None,
        () if came(message::FINISHED) && asked.error.is_none() => Some(true),
        () if came(message::SERVER_HELLO) => None,
        () if refused || matches!(asked.end, End::Closed | End::Reset) => Some(false),
        () => None,
    }
}

pub(super) fn hello(exchange: &Exchange) -> Option<ServerHello> {
    match exchange.answer() {
        Answer::ServerHello(hello) => Some(hello),
        _ => None,
    }
}

/// The full shape of our hello asks for a staple; the bare one asks for nothing.
fn offered_status(exchange: &Exchange) -> bool {
    use crate::formats::tls::extension::id;
    exchange.offered().is_some_and(|hello| hello.extension(id::STATUS_REQUEST).is_some())
}

fn known(tri: Tri) -> Option<bool> {
    match tri {
        Tri::Yes => Some(true),
        Tri::No => Some(false),
        Tri::Unknown => None,
    }
}

/// Yes where one is so, no where none is; unknown where nobody was asked, or where an answer that could be yes is missing.
pub(super) fn any(verdicts: impl Iterator<Item = Option<bool>>) -> Tri {
    let verdicts: Vec<_> = verdicts.collect();
    match () {
        () if verdicts.contains(&Some(true)) => Tri::Yes,
        () if verdicts.is_empty() || verdicts.contains(&None) => Tri::Unknown,
        () => Tri::No,
    }
}

/// Yes where all are so, no where one is not; unknown as above.
fn all(verdicts: impl Iterator<Item = Option<bool>>) -> Tri {
    match any(verdicts.map(|verdict| verdict.map(|yes| !yes))) {
        Tri::Yes => Tri::No,
        Tri::No => Tri::Yes,
        Tri::Unknown => Tri::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::{Alert, End, Renegotiated, message, renegotiates};
    use crate::formats::tls::{Unsealed, record::content};

    fn met(heard: &[Unsealed], end: End) -> Renegotiated {
        Renegotiated {
            ip: "192.0.2.1".to_owned(),
            version: "tls1_2".to_owned(),
            suite: Some(0xc02f),
            asked: true,
            heard: heard.to_vec(),
            end,
            error: None,
            bytes_sent: 0,
            ms: 0,
        }
    }

    fn said(kind: u8) -> Unsealed {
        Unsealed::new(1, content::HANDSHAKE, Some(kind), None, 40)
    }

    fn alert(level: u8, description: u8) -> Unsealed {
        let alert = Alert { level, description, record_version: 0x0303 };
        Unsealed::new(1, content::ALERT, None, Some(alert), 2)
    }

    #[test]
    fn only_a_second_handshake_that_ended_is_a_renegotiation() {
        let whole = [said(message::SERVER_HELLO), said(message::FINISHED)];
        assert_eq!(renegotiates(&met(&whole, End::Complete)), Some(true));
        let broken = Renegotiated { error: Some("it does not fit".to_owned()), ..met(&whole, End::Complete) };
        assert_eq!(renegotiates(&broken), None);
        // Some begin one and hang up when they see it.
        assert_eq!(renegotiates(&met(&whole[..1], End::Closed)), None);
        assert_eq!(renegotiates(&met(&[alert(1, 100)], End::Complete)), Some(false));
        assert_eq!(renegotiates(&met(&[alert(2, 40)], End::Complete)), Some(false));
        assert_eq!(renegotiates(&met(&[alert(1, 0)], End::Complete)), Some(false));
        assert_eq!(renegotiates(&met(&[], End::Reset)), Some(false));
        assert_eq!(renegotiates(&met(&[alert(1, 112)], End::Timeout)), None);
        assert_eq!(renegotiates(&met(&[], End::Timeout)), None);
        assert_eq!(renegotiates(&Renegotiated { asked: false, ..met(&[], End::Closed) }), None);
    }
}
