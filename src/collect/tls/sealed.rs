//! The chain of a server with RFC 8998: a hello with a real share of curveSM2, and its flight opened as far as the Finished.
//!
//! We stop there: the handshake is never completed, and no data is sent.

use super::{
    enumerate::Versions,
    hello::{Hello, random},
    wire::{Question, Want, Wire},
};
use crate::formats::{
    sm2::Ephemeral,
    tls::{
        exchange::{Answer, Exchange},
        extension::KeyShare,
        sealed::{CURVE_SM2, QUESTION, SM2SIG_SM3, SUITES},
        version::Version,
    },
};

impl Wire<'_> {
    /// Nothing where the server has none of the suites. Else the chain with an SM2 key; and where that is refused by a
    /// server that has no other suites, whichever chain it has.
    pub async fn sealed_chains(&self, name: &str, found: &Versions) -> Vec<Exchange> {
        let suites: Vec<u16> = SUITES.into_iter().filter(|suite| found.accepted.contains(suite)).collect();
        if suites.is_empty() {
            return Vec::new();
        }
        let hello = Hello::new(Version::Tls13, name).suites(suites.clone());
        let mut with_sm2 = hello.clone();
        with_sm2.schemes = vec![SM2SIG_SM3];
        let mut exchanges = vec![self.ask_sealed(with_sm2).await];
        if matches!(exchanges[0].answer(), Answer::Alert(_)) && speaks_nothing_else(&found.accepted) {
            exchanges.push(self.ask_sealed(hello).await);
        }
        exchanges
    }

    async fn ask_sealed(&self, mut hello: Hello) -> Exchange {
        let made = share();
        hello.groups = vec![CURVE_SM2];
        let mut question =
            Question { name: QUESTION.to_owned(), sni: hello.name.clone(), bytes: Vec::new(), want: Want::Hello };
        let Some((scalar, share)) = made else {
            return self.not_asked(QUESTION, &hello.name, "no randomness");
        };
        let name = hello.name.clone();
        match hello.share(share).encode() {
            Ok(bytes) => {
                question.bytes = bytes;
                question.want = Want::Sealed(scalar);
                self.ask(question).await
            }
            // A name that is too long for its field cannot be asked for.
            Err(error) => self.not_asked(QUESTION, &name, &error.to_string()),
        }
    }
}

/// Only the suites of RFC 8998 are accepted.
pub(super) fn speaks_nothing_else(accepted: &[u16]) -> bool {
    !accepted.is_empty() && accepted.iter().all(|suite| SUITES.contains(suite))
}

/// A share of curveSM2 and its scalar; `None` where the system gives no randomness.
pub(super) fn share() -> Option<([u8; 32], KeyShare)> {
    let scalar: [u8; 32] = random();
    let key = Ephemeral::of(&scalar)?.share();
    Some((scalar, KeyShare { group: CURVE_SM2, key }))
}
