//! The order of questions to one address: what answers at all, then versions, then what each version can do.

use futures_util::future::join_all;

use super::{
    enumerate::Versions,
    hello::{Hello, Shape},
    parameters::of_kx,
    session::Keys,
    wire::{Question, Want, Wire},
};
use crate::formats::tls::{
    AGAIN,
    exchange::{Answer, End, Exchange},
    suites::Kx,
    version::Version,
};

/// Versions after TLS 1.2, which nearly all servers speak and whose suites the older ones mostly share.
const OTHERS: [Version; 6] =
    [Version::Tls13, Version::Tlcp11, Version::Tls11, Version::Tls10, Version::Ssl3, Version::Ssl2];

/// A group of exchanges: one item of evidence.
pub(super) type Sink<'a> = dyn FnMut(&str, Vec<Exchange>) + 'a;

/// What later questions rest on.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Versions that were accepted, and what of each.
    pub found: Vec<(Version, Versions)>,
    /// Kinds of key that it signs with in TLS 1.3.
    pub keys_of_1_3: Vec<Keys>,
}

impl Survey {
    pub fn speaks(&self, version: Version) -> bool {
        self.found.iter().any(|(other, _)| *other == version)
    }
}

impl Wire<'_> {
    /// Asks everything; each group of answers is handed over as soon as it is there.
    pub async fn survey(&self, name: &str, sink: &mut Sink<'_>) -> Survey {
        let first = self.first(name).await;
        let goes_on = first.iter().any(is_worth_more);
        sink("service", first);
        if !goes_on {
            return Survey::default();
        }
        let mut found = Vec::new();
        let first = self.version(Version::Tls12, name, &[]).await;
        let likely = &first.accepted;
        let others =
            join_all(OTHERS.map(|version| async move { (version, self.version(version, name, likely).await) }));
        let others = others.await;
        let mut ssl2 = false;
        for (version, mut versions) in std::iter::once((Version::Tls12, first)).chain(others) {
            ssl2 |= versions.exchanges.iter().any(|exchange| matches!(exchange.answer(), Answer::Ssl2ServerHello(_)));
            sink(&format!("version.{}", version.code()), std::mem::take(&mut versions.exchanges));
            found.push((version, versions));
        }
        found.retain(|(_, versions)| versions.is_accepted());
        let keys_of_1_3 = self.parameters(name, &found, sink).await;
        self.certificates(name, &found, sink).await;
        self.behaviour(name, &found, sink).await;
        self.again(name, &found, ssl2, sink).await;
        Survey { found, keys_of_1_3 }
    }

    /// The widest hello of today, then that of TLCP, then plain HTTP, until something answers.
    async fn first(&self, name: &str) -> Vec<Exchange> {
        let mut all = Vec::new();
        let widest = Hello::new(Version::Tls12, name);
        all.push(self.ask_hello("default", &widest, Want::Flight).await);
        if matches!(all[0].end, End::Refused | End::Unreachable | End::NotTested { .. }) {
            return all;
        }
        if !matches!(all[0].answer(), Answer::ServerHello(_)) {
            all.push(self.ask_hello("default.tls1_3", &Hello::new(Version::Tls13, name), Want::Hello).await);
            let tlcp = Hello::new(Version::Tlcp11, name).shape(Shape::NameOnly);
            all.push(self.ask_hello("default.tlcp", &tlcp, Want::Hello).await);
        }
        if all.iter().all(|exchange| matches!(exchange.answer(), Answer::Nothing | Answer::NotTls | Answer::Unfinished))
        {
            let host = self.target.name();
            let bytes = format!("HEAD / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").into_bytes();
            all.push(
                self.ask(Question { name: "plain".to_owned(), sni: String::new(), bytes, want: Want::Line }).await,
            );
        }
        all
    }

    async fn parameters(&self, name: &str, found: &[(Version, Versions)], sink: &mut Sink<'_>) -> Vec<Keys> {
        let mut groups = Vec::new();
        let mut schemes = Vec::new();
        let mut dh = Vec::new();
        if let Some(versions) = of(found, Version::Tls13) {
            groups.extend(self.groups_of_1_3(name, versions).await);
            schemes.extend(self.schemes_of_1_3(name, versions).await);
        }
        if let Some((version, versions)) = newest_before_1_3(found) {
            groups.extend(self.groups_before_1_3(version, name, versions).await);
        }
        if let Some(versions) = of(found, Version::Tls12) {
            schemes.extend(self.schemes_of_1_2(name, versions).await);
        }
        for (version, versions) in found {
            if *version != Version::Tls13 && !of_kx(&versions.accepted, |kx| kx == Kx::Dhe).is_empty() {
                dh.extend(self.dh(*version, name, versions).await);
            }
        }
        let keys = keys_of_1_3(&schemes);
        sink("groups", groups);
        sink("schemes", schemes);
        sink("dh", dh);
        keys
    }

    async fn certificates(&self, name: &str, found: &[(Version, Versions)], sink: &mut Sink<'_>) {
        let mut all = Vec::new();
        for version in
            [newest_before_1_3(found).map(|(version, _)| version), Some(Version::Tlcp11)].into_iter().flatten()
        {
            if let Some(versions) = of(found, version) {
                all.extend(self.chains(version, name, versions).await);
            }
        }
        if let Some(versions) = of(found, Version::Tls13) {
            all.extend(self.sealed_chains(name, versions).await);
        }
        sink("certificates", all);
    }

    async fn behaviour(&self, name: &str, found: &[(Version, Versions)], sink: &mut Sink<'_>) {
        let mut all = Vec::new();
        if let Some((version, versions)) = newest_before_1_3(found) {
            all.push(self.compression(version, name, versions).await);
            all.push(self.heartbeat(version, name, versions).await);
            all.extend(self.alpn(version, name, versions).await);
        }
        if let Some((version, versions)) = below_the_newest(found) {
            all.push(self.fallback(version, name, versions).await);
        }
        if let Some((version, versions)) = newest_with_extensions(found) {
            all.push(self.grease(version, name, versions).await);
        }
        sink("behaviour", all);
    }

    /// Asks once more for what was accepted: who shuts its clients out no longer answers that either, and what it hung up
    /// on before was no refusal.
    async fn again(&self, name: &str, found: &[(Version, Versions)], ssl2: bool, sink: &mut Sink<'_>) {
        let hello = match found.first() {
            Some((version, versions)) => {
                let hello = Hello::new(*version, name).suites(versions.accepted.clone());
                hello.shape(versions.shape.unwrap_or(Shape::Full))
            }
            None if ssl2 => Hello::new(Version::Ssl2, ""),
            None => return,
        };
        sink(AGAIN, vec![self.ask_hello(AGAIN, &hello, Want::Hello).await]);
    }
}

/// The kinds of key whose schemes were taken in TLS 1.3: each question offers those of one kind.
fn keys_of_1_3(asked: &[Exchange]) -> Vec<Keys> {
    let mut kinds = Vec::new();
    for exchange in asked.iter().filter(|exchange| exchange.chosen(Version::Tls13).is_some()) {
        let scheme = exchange.offered().and_then(|offer| offer.schemes().first().copied());
        kinds.extend(scheme.and_then(Keys::of_scheme).filter(|kind| !kinds.contains(kind)));
    }
    kinds
}

/// Whether there may be TLS or TLCP behind it.
fn is_worth_more(exchange: &Exchange) -> bool {
    match exchange.answer() {
        Answer::Http | Answer::NotTls => false,
        // An old or odd server hangs up on what it does not understand.
        Answer::Nothing => matches!(exchange.end, End::Closed | End::Reset) && exchange.name != "plain",
        _ => true,
    }
}

fn of(found: &[(Version, Versions)], version: Version) -> Option<&Versions> {
    found.iter().find(|(other, _)| *other == version).map(|(_, versions)| versions)
}

pub(super) fn newest_before_1_3(found: &[(Version, Versions)]) -> Option<(Version, &Versions)> {
    [Version::Tls12, Version::Tls11, Version::Tls10, Version::Ssl3]
        .into_iter()
        .find_map(|version| of(found, version).map(|versions| (version, versions)))
}

/// As above, and spoken by our own client.
pub(super) fn newest_of_tls_before_1_3(found: &[(Version, Versions)]) -> Option<(Version, &Versions)> {
    newest_before_1_3(found).filter(|(version, _)| *version != Version::Ssl3)
}

/// A version whose hello the server takes with extensions in it.
fn newest_with_extensions(found: &[(Version, Versions)]) -> Option<(Version, &Versions)> {
    [Version::Tls13, Version::Tls12, Version::Tls11, Version::Tls10]
        .into_iter()
        .find_map(|version| of(found, version).map(|versions| (version, versions)))
        .filter(|(_, versions)| versions.shape != Some(Shape::Bare))
}

/// The second newest version, where there is one to step down to.
fn below_the_newest(found: &[(Version, Versions)]) -> Option<(Version, &Versions)> {
    let order = [Version::Tls13, Version::Tls12, Version::Tls11, Version::Tls10, Version::Ssl3];
    let mut spoken = order.into_iter().filter_map(|version| of(found, version).map(|versions| (version, versions)));
    spoken.next();
    spoken.next()
}
