//! Every chain that a server has: one flight for each kind of key, with and without the name.

use super::{
    enumerate::Versions,
    hello::{Hello, Shape},
    wire::{Want, Wire},
};
use crate::formats::tls::{
    exchange::Exchange,
    suites::{self, Auth, Kx},
    version::Version,
};

impl Wire<'_> {
    /// Flights of one version (before TLS 1.3, where chains are in clear), one for each way to authenticate.
    pub async fn chains(&self, version: Version, name: &str, found: &Versions) -> Vec<Exchange> {
        let label = format!("{}.certificate", version.code());
        let mut exchanges = Vec::new();
        for suites in by_authentication(&found.accepted) {
            let hello = Hello::new(version, name).suites(suites).shape(found.shape.unwrap_or(Shape::Full));
            exchanges.push(self.ask_hello(&label, &hello, Want::Flight).await);
        }
        if !name.is_empty() {
            let hello = Hello::new(version, "").suites(found.accepted.clone());
            exchanges.push(self.ask_hello(&format!("{label}.no_name"), &hello, Want::Flight).await);
        }
        exchanges
    }
}

/// Accepted suites by the key that they show, the anonymous ones left out; those of TLCP with static keys by themselves,
/// as only there a server is free not to ask for a certificate of the client's.
fn by_authentication(accepted: &[u16]) -> Vec<Vec<u16>> {
    let mut kinds: Vec<((Auth, bool), Vec<u16>)> = Vec::new();
    for id in accepted {
        let Some(suite) = suites::suite(*id) else { continue };
        if matches!(suite.auth, Auth::Anon | Auth::Null | Auth::Psk | Auth::Srp | Auth::Krb5) || suite.kx == Kx::Null {
            continue;
        }
        let kind = (suite.auth, suite.kx == Kx::Ecc);
        match kinds.iter_mut().find(|(other, _)| *other == kind) {
            Some((_, list)) => list.push(*id),
            None => kinds.push((kind, vec![*id])),
        }
    }
    kinds.into_iter().map(|(_, list)| list).collect()
}

#[cfg(test)]
mod tests {
    use super::by_authentication;

    #[test]
    fn one_flight_for_each_kind_of_key() {
        assert_eq!(by_authentication(&[0xc02f, 0xc02b, 0x009c, 0x0018]), [vec![0xc02f, 0x009c], vec![0xc02b]]);
    }
}
