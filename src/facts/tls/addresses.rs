//! Several addresses of one name: what is said of the endpoint holds at all of them, or it is not said.

use super::{
    DoubleCertificate, Heartbeat, Protocol, ProtocolStatus, Protocols, Renegotiation, Resumption, Sm, Tls,
    collected::{Collected, was_made},
};
use crate::{
    formats::tls::exchange::{Answer, End, Exchange},
    model::{Fact, Tri, Unread, UnreadStatus},
};

impl Collected {
    /// Addresses of the name of which nothing is known: not probed, or without any answer.
    pub(super) fn unanswered(&self) -> Vec<String> {
        let Some(resolved) = self.resolved.known() else { return Vec::new() };
        let silent = |ip: &&String| !resolved.probed.contains(ip) || !self.at(ip).any(tells);
        resolved.addresses.iter().filter(silent).cloned().collect()
    }

    /// Why what the others say is not said of the endpoint. `None` too where no address answered at all: then each fact
    /// has its own reason.
    pub(super) fn open_address(&self) -> Option<Unread> {
        let all = self.resolved.known()?.addresses.len();
        let unanswered = self.unanswered();
        (!unanswered.is_empty() && unanswered.len() < all)
            .then(|| Unread { status: UnreadStatus::NotTested, reason: "address".to_owned() })
    }

    /// The first exchanges with an address.
    pub(super) fn at<'a>(&'a self, ip: &'a str) -> impl Iterator<Item = &'a Exchange> {
        self.group("service").known().copied().unwrap_or_default().iter().filter(move |exchange| exchange.ip == ip)
    }
}

/// Whether it says what stands at the address; nothing listening is an answer as well.
fn tells(exchange: &Exchange) -> bool {
    was_made(exchange)
        && (exchange.answer() != Answer::Nothing || matches!(exchange.end, End::Closed | End::Reset | End::Refused))
}

impl Tls {
    /// What stays true whatever the other addresses would have answered: what was met, and no absence of anything.
    #[must_use]
    pub(super) fn only_what_was_met(self, why: &Unread) -> Self {
        let open = || Tri::Unknown;
        let if_yes = |tri: Tri| if tri == Tri::Yes { tri } else { Tri::Unknown };
        let if_no = |tri: Tri| if tri == Tri::No { tri } else { Tri::Unknown };
        Self {
            service: unread(why),
            protocols: only_accepted(self.protocols, why),
            negotiated: unread(why),
            groups: unread(why),
            signature_schemes: unread(why),
            dh_bits: unread(why),
            certificates: unread(why),
            certificates_without_name: unread(why),
            client_auth: if_yes(self.client_auth),
            compression: if_yes(self.compression),
            early_data: if_yes(self.early_data),
            fallback_scsv: if_no(self.fallback_scsv),
            grease: if_no(self.grease),
            extended_master_secret: if_no(self.extended_master_secret),
            ocsp_staple: open(),
            renegotiation: Renegotiation {
                secure: if_no(self.renegotiation.secure),
                client_initiated: if_yes(self.renegotiation.client_initiated),
            },
            resumption: Resumption { session_id: open(), ticket: open() },
            alpn: unread(why),
            heartbeat: Heartbeat {
                offered: if_yes(self.heartbeat.offered),
                heartbleed: if_yes(self.heartbeat.heartbleed),
            },
            ccs_injection: if_yes(self.ccs_injection),
            robot: if_yes(self.robot),
            ticketbleed: if_yes(self.ticketbleed),
            sm: Sm {
                tlcp: open(),
                rfc8998: open(),
                sm2_certificates: open(),
                ske_signature_ok: if_no(self.sm.ske_signature_ok),
                double_certificate: DoubleCertificate { present: open(), same_subject: open(), usages_split: open() },
            },
            ..self
        }
    }
}

fn only_accepted(protocols: Protocols, why: &Unread) -> Protocols {
    let of = |protocol: Protocol| Protocol {
        status: match protocol.status {
            accepted @ Fact::Known(ProtocolStatus::Accepted) => accepted,
            _ => unread(why),
        },
        suites: unread(why),
        server_order: if protocol.server_order == Tri::No { Tri::No } else { Tri::Unknown },
        ..protocol
    };
    Protocols {
        ssl2: of(protocols.ssl2),
        ssl3: of(protocols.ssl3),
        tls1_0: of(protocols.tls1_0),
        tls1_1: of(protocols.tls1_1),
        tls1_2: of(protocols.tls1_2),
        tls1_3: of(protocols.tls1_3),
        tlcp: of(protocols.tlcp),
    }
}

fn unread<T>(why: &Unread) -> Fact<T> {
    Fact::Unread(why.clone())
}
