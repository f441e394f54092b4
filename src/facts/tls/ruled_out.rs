//! Flaws that a server cannot have, by what else it speaks. Whoever did not ask for them knows no more than that.

use super::collected::Collected;
use crate::{
    formats::tls::version::Version,
    model::{Fact, Tri},
};

impl Collected {
    /// CVE-2014-0224 was mended in June 2014. Software that speaks TLS 1.3 (August 2018), or knows the extended master
    /// secret (RFC 7627, September 2015; in OpenSSL since 1.1.0), never had it.
    pub(super) fn ccs_injection(&self) -> Tri {
        no_if(self.its_one_address_speaks_1_3() || self.extended_master_secret() == Tri::Yes)
    }

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

    /// CVE-2016-9244 was mended in February 2017 and needs session tickets of TLS 1.2 or older.
    pub(super) fn ticketbleed(&self) -> Tri {
        no_if(self.its_one_address_speaks_1_3() || self.resumption().ticket == Tri::No)
    }

    /// Of several addresses one may be younger than the others.
    fn its_one_address_speaks_1_3(&self) -> bool {
        let one = self.resolved.known().is_some_and(|resolved| resolved.probed.len() == 1);
        one && self.accepts(Version::Tls13)
    }
}

fn no_if(ruled_out: bool) -> Tri {
    if ruled_out { Tri::No } else { Tri::Unknown }
}
