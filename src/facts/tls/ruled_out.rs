//! Flaws that a server cannot have because what they need is not there. How old its software may be is no such reason:
//! behind one address may stand many servers, and nothing not asked for reads as good.

use super::{Protocol, behaviour::any, collected::Collected};
use crate::model::{Fact, Tri};

impl Collected {
    /// Needs a ChangeCipherSpec that brings keys: that of TLS 1.3 means nothing (RFC 8446 appendix D.4).
    pub(super) fn ccs_injection(&self) -> Tri {
        if self.only_1_3() { Tri::No } else { self.asked_of_ccs() }
    }

    /// Needs keys that are encrypted to the server's own: without a suite of static RSA there is nothing to ask.
    pub(super) fn robot(&self) -> Tri {
        let protocols = self.protocols();
        let tls = [&protocols.ssl3, &protocols.tls1_0, &protocols.tls1_1, &protocols.tls1_2];
        let none = |version: &Protocol, kinds: &[&str]| match &version.suites {
            Fact::Known(list) => !list.iter().any(|suite| kinds.contains(&suite.kx.as_str())),
            Fact::Unread(_) => false,
        };
        // What our probes cannot ask: these, and the RSA of SSL 2.0 and TLCP.
        let beyond = ["RSA", "RSA_PSK", "unknown"];
        if ![&protocols.ssl2, &protocols.tlcp].into_iter().all(|version| none(version, &beyond)) {
            return yes_or_unknown(self.asked_of_robot());
        }
        match () {
            () if tls.iter().all(|version| none(version, &beyond)) => Tri::No,
            () if tls.iter().all(|version| none(version, &["RSA_PSK", "unknown"])) => self.asked_of_robot(),
            () => yes_or_unknown(self.asked_of_robot()),
        }
    }

    /// CVE-2016-9244 needs tickets of RFC 5077 that are given and taken back: TLS 1.3 has others.
    pub(super) fn ticketbleed(&self) -> Tri {
        let given = any(self.hellos_before_1_3().map(|hello| Some(hello.session_ticket())));
        let none = self.resumption().ticket == Tri::No || given == Tri::No || self.only_1_3();
        if none { Tri::No } else { self.asked_of_ticketbleed() }
    }
}

fn yes_or_unknown(asked: Tri) -> Tri {
    if asked == Tri::Yes { Tri::Yes } else { Tri::Unknown }
}
