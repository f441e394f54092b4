//! What a server agrees to besides suites: groups, signature schemes and the size of its Diffie-Hellman prime.

use super::{
    enumerate::Versions,
    hello::{Hello, Shape},
    sealed,
    wire::{Want, Wire},
};
use crate::formats::tls::{
    exchange::{Answer, Exchange},
    suites::{self, Kx},
    version::Version,
};

/// A server that names something new each time would keep us for ever.
const ROUNDS: usize = 40;

impl Wire<'_> {
    /// Groups of TLS 1.3, one by one, from the requests to try again: no key is ever agreed on.
    pub async fn groups_of_1_3(&self, name: &str, found: &Versions) -> Vec<Exchange> {
        let mut hello = Hello::new(Version::Tls13, name).suites(found.accepted.clone());
        let mut exchanges = Vec::new();
        for _ in 0..ROUNDS {
            let exchange = self.ask_hello("tls1_3.groups", &hello, Want::Hello).await;
            let group = match exchange.answer() {
                Answer::HelloRetryRequest(answer) => answer.group(),
                _ => None,
            };
            exchanges.push(exchange);
            if !group.is_some_and(|group| remove(&mut hello.groups, group)) {
                break;
            }
        }
        exchanges
    }

    /// Groups of the versions before, from the keys that the server signs.
    pub async fn groups_before_1_3(&self, version: Version, name: &str, found: &Versions) -> Vec<Exchange> {
        let ephemeral = of_kx(&found.accepted, |kx| matches!(kx, Kx::Ecdhe));
        if ephemeral.is_empty() {
            return Vec::new();
        }
        let mut hello = Hello::new(version, name).suites(ephemeral);
        let mut exchanges = Vec::new();
        for _ in 0..ROUNDS {
            let exchange = self.ask_hello(&format!("{}.groups", version.code()), &hello, Want::Flight).await;
            let group = exchange.flight().key_exchange.and_then(|sent| sent.group());
            exchanges.push(exchange);
            if !group.is_some_and(|group| remove(&mut hello.groups, group)) {
                break;
            }
        }
        exchanges
    }

    /// Signature schemes of TLS 1.2, each taken out once the server has signed with it.
    pub async fn schemes_of_1_2(&self, name: &str, found: &Versions) -> Vec<Exchange> {
        let signed = of_kx(&found.accepted, |kx| matches!(kx, Kx::Ecdhe | Kx::Dhe));
        if signed.is_empty() {
            return Vec::new();
        }
        let mut hello = Hello::new(Version::Tls12, name).suites(signed);
        let mut exchanges = Vec::new();
        for _ in 0..ROUNDS {
            let exchange = self.ask_hello("tls1_2.schemes", &hello, Want::Flight).await;
            let scheme = exchange.flight().key_exchange.and_then(|sent| sent.signature?.scheme);
            exchanges.push(exchange);
            if !scheme.is_some_and(|scheme| remove(&mut hello.schemes, scheme)) {
                break;
            }
        }
        exchanges
    }

    /// Schemes of TLS 1.3: the signature itself is sealed, so kinds are offered alone, with a share that can be used, and
    /// the schemes of a kind one by one where it is taken.
    pub async fn schemes_of_1_3(&self, name: &str, found: &Versions) -> Vec<Exchange> {
        let mut exchanges = Vec::new();
        // Who speaks nothing but RFC 8998 takes no share but that of its curve, and mostly one scheme.
        let share = sealed::share().filter(|_| sealed::speaks_nothing_else(&found.accepted)).map(|(_, share)| share);
        for kinds in if share.is_some() { SIGNED_IN_RFC_8998 } else { SIGNED_IN_1_3 } {
            let mut waiting = vec![kinds.concat()];
            while let Some(schemes) = waiting.pop() {
                let mut hello = Hello::new(Version::Tls13, name).suites(found.accepted.clone()).shape(Shape::Share);
                hello.schemes.clone_from(&schemes);
                hello.share.clone_from(&share);
                let exchange = self.ask_hello("tls1_3.schemes", &hello, Want::Hello).await;
                let answer = exchange.answer();
                exchanges.push(exchange);
                match answer {
                    // Without the group of our share it asks again whatever the scheme: nothing more can be told.
                    Answer::HelloRetryRequest(_) => return exchanges,
                    Answer::ServerHello(_) if schemes.len() > 1 => {
                        waiting.extend(schemes.into_iter().rev().map(|scheme| vec![scheme]));
                    }
                    _ => {}
                }
            }
        }
        exchanges
    }

    /// The prime of each version's Diffie-Hellman suites, and of those for export.
    pub async fn dh(&self, version: Version, name: &str, found: &Versions) -> Vec<Exchange> {
        let all = of_kx(&found.accepted, |kx| matches!(kx, Kx::Dhe));
        let (export, others): (Vec<u16>, Vec<u16>) =
            all.into_iter().partition(|id| suites::suite(*id).is_some_and(|suite| suite.export()));
        let mut exchanges = Vec::new();
        for suites in [others, export] {
            if !suites.is_empty() {
                let mut hello = Hello::new(version, name).suites(suites);
                // Named groups of RFC 7919 would be chosen instead of the server's own prime.
                hello.groups.retain(|group| !(0x0100..0x0200).contains(group));
                exchanges.push(self.ask_hello(&format!("{}.dh", version.code()), &hello, Want::Flight).await);
            }
        }
        exchanges
    }
}

/// Schemes that TLS 1.3 may sign a handshake with (RFC 8446 section 4.2.3; RFC 8998 section 3.2.1): those of the keys that
/// nearly all servers have, and the others.
const SIGNED_IN_1_3: &[&[&[u16]]] = &[
    &[&[0x0804, 0x0805, 0x0806]],
    &[&[0x0403, 0x0503, 0x0603]],
    &[&[0x0809, 0x080a, 0x080b], &[0x0807, 0x0808], &[0x0708]],
];

/// The same, in the order in which a server of RFC 8998 is asked.
const SIGNED_IN_RFC_8998: &[&[&[u16]]] = &[
    &[&[0x0708]],
    &[&[0x0804, 0x0805, 0x0806], &[0x0403, 0x0503, 0x0603], &[0x0809, 0x080a, 0x080b], &[0x0807, 0x0808]],
];

/// The accepted suites of a kind of key exchange.
pub(super) fn of_kx(accepted: &[u16], wanted: impl Fn(Kx) -> bool) -> Vec<u16> {
    accepted.iter().copied().filter(|id| suites::suite(*id).is_some_and(|suite| wanted(suite.kx))).collect()
}

fn remove(list: &mut Vec<u16>, value: u16) -> bool {
    let before = list.len();
    list.retain(|other| *other != value);
    list.len() < before
}
