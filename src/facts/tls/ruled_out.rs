//! Flaws that a server cannot have because what they need is not there. How old its software may be is no such reason:
//! behind one address may stand many servers, and nothing not asked for reads as good.

use super::collected::Collected;
use crate::model::{Fact, Tri};

impl Collected {
    /// Needs keys that are encrypted to the server's own: without a suite of static RSA there is nothing to ask.
    pub(super) fn robot(&self) -> Tri {
        let protocols = self.protocols();
        let all =
            [protocols.ssl2, protocols.ssl3, protocols.tls1_0, protocols.tls1_1, protocols.tls1_2, protocols.tlcp];
        no_if(all.iter().all(|version| match &version.suites {
            Fact::Known(list) => !list.iter().any(|suite| ["RSA", "RSA_PSK", "unknown"].contains(&suite.kx.as_str())),
            Fact::Unread(_) => false,
        }))
    }

    /// CVE-2016-9244 needs tickets that are taken back.
    pub(super) fn ticketbleed(&self) -> Tri {
        no_if(self.resumption().ticket == Tri::No)
    }
}

fn no_if(ruled_out: bool) -> Tri {
    if ruled_out { Tri::No } else { Tri::Unknown }
}
