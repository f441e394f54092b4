//! Which versions and suites a server takes: a hello with all of them, then again without what it chose.

use futures_util::future::join_all;

use super::{
    hello::{Hello, Shape},
    wire::{Question, Want, Wire},
};
use crate::formats::tls::{
    exchange::{Answer, End, Exchange},
    version::Version,
};

/// Lists of suites that are asked for side by side. More make the longest chain shorter and cost a connection each.
const CHUNKS: usize = 4;

/// Some servers choke on longer lists.
const LONGEST: usize = 120;

/// What was asked about one version.
#[derive(Debug, Default)]
pub(super) struct Versions {
    pub exchanges: Vec<Exchange>,
    /// In the order in which the server chose them.
    pub accepted: Vec<u16>,
    /// What the version's hello has to look like for this server.
    pub shape: Option<Shape>,
}

impl Versions {
    pub fn is_accepted(&self) -> bool {
        !self.accepted.is_empty()
    }
}

impl Wire<'_> {
    /// Asks for one version until nothing more is taken. `likely` are suites that another version took.
    pub async fn version(&self, version: Version, name: &str, likely: &[u16]) -> Versions {
        let mut found = Versions::default();
        if version == Version::Ssl2 {
            found.exchanges.push(self.ask_hello("ssl2", &Hello::new(version, ""), Want::Hello).await);
            return found;
        }
        let chunks = chunks(&Hello::new(version, name).suites, likely);
        let Some((first, rest)) = chunks.split_first() else { return found };
        for shape in shapes(version) {
            let hello = Hello::new(version, name).shape(*shape);
            self.chunk(&hello, first.clone(), &mut found).await;
            if found.is_accepted() || !is_worth_another(found.exchanges.last()) {
                found.shape = Some(*shape);
                break;
            }
        }
        let shape = found.shape.unwrap_or(Shape::Full);
        if !found.is_accepted() && speaks_for_the_version(found.exchanges.last()) {
            return found;
        }
        let others = join_all(rest.iter().map(|suites| async {
            let mut part = Versions::default();
            self.chunk(&Hello::new(version, name).shape(shape), suites.clone(), &mut part).await;
            part
        }));
        for part in others.await {
            found.exchanges.extend(part.exchanges);
            found.accepted.extend(part.accepted);
        }
        if found.accepted.len() > 1 {
            self.order(&Hello::new(version, name).shape(shape), &mut found).await;
        }
        found
    }

    /// Asks with a list of suites, each time without those that were taken.
    async fn chunk(&self, hello: &Hello, mut suites: Vec<u16>, found: &mut Versions) {
        while !suites.is_empty() {
            let label = format!("{}.suites", hello.version.code());
            let exchange = self.ask_twice(&label, &hello.clone().suites(suites.clone()), found.is_accepted()).await;
            let chosen = exchange.chosen(hello.version);
            found.exchanges.push(exchange);
            let Some(at) = chosen.and_then(|suite| suites.iter().position(|other| *other == suite)) else { return };
            found.accepted.push(suites.remove(at));
        }
    }

    /// The same suites in two orders, where the answers so far could be those of a server that follows ours.
    async fn order(&self, hello: &Hello, found: &mut Versions) {
        let forward = found.accepted.clone();
        let backward: Vec<u16> = forward.iter().rev().copied().collect();
        let label = format!("{}.order", hello.version.code());
        for suites in [backward, forward] {
            if found.exchanges.iter().any(|exchange| exchange.deviates(hello.version, &found.accepted)) {
                return;
            }
            found.exchanges.push(self.ask_twice(&label, &hello.clone().suites(suites), true).await);
        }
    }

    /// Asks again once where a server that has answered before gives nothing back.
    async fn ask_twice(&self, name: &str, hello: &Hello, answers: bool) -> Exchange {
        let first = self.ask_hello(name, hello, Want::Hello).await;
        let lost = first.end == End::Timeout || (answers && matches!(first.end, End::Closed | End::Reset));
        if lost && first.received.is_empty() && answers {
            return self.ask_hello(name, hello, Want::Hello).await;
        }
        first
    }

    /// Sends a hello.
    pub async fn ask_hello(&self, name: &str, hello: &Hello, want: Want) -> Exchange {
        let sni = if hello.shape == Shape::Bare { String::new() } else { hello.name.clone() };
        match hello.encode() {
            Ok(bytes) => self.ask(Question { name: name.to_owned(), sni, bytes, want }).await,
            // The lists are ours and short; a name that is too long for its field cannot be asked for.
            Err(error) => self.not_asked(name, &sni, &error.to_string()),
        }
    }
}

/// Whether another shape of hello could fare better.
fn is_worth_another(last: Option<&Exchange>) -> bool {
    let Some(last) = last else { return false };
    match last.answer() {
        Answer::Alert(alert) => matches!(
            alert.name(),
            "decode_error" | "illegal_parameter" | "internal_error" | "missing_extension" | "unsupported_extension"
        ),
        Answer::Unfinished => true,
        Answer::Nothing => matches!(last.end, End::Closed | End::Reset | End::Timeout),
        _ => false,
    }
}

/// Whether the answer is about the version, whatever suites there are.
fn speaks_for_the_version(last: Option<&Exchange>) -> bool {
    let Some(last) = last else { return true };
    match last.answer() {
        Answer::Alert(alert) => {
            !matches!(alert.name(), "handshake_failure" | "insufficient_security" | "illegal_parameter")
        }
        _ => true,
    }
}

fn shapes(version: Version) -> &'static [Shape] {
    match version {
        Version::Tls13 => &[Shape::Full, Shape::Shares],
        Version::Ssl2 | Version::Ssl3 => &[Shape::Bare],
        Version::Tlcp11 => &[Shape::NameOnly, Shape::Bare],
        Version::Tls10 | Version::Tls11 | Version::Tls12 => &[Shape::Full, Shape::Bare],
    }
}

/// The likely ones first, then equal lists that each hold of every kind, so that none takes much longer than the others.
fn chunks(suites: &[u16], likely: &[u16]) -> Vec<Vec<u16>> {
    let (mut first, rest): (Vec<u16>, Vec<u16>) = suites.iter().partition(|suite| likely.contains(suite));
    let wanted = if first.is_empty() { CHUNKS } else { 1 };
    let count = if rest.len() > 4 * CHUNKS { rest.len().div_ceil(LONGEST).max(wanted) } else { 1 };
    let parts = (0..count).map(|n| rest.iter().skip(n).step_by(count).copied().collect::<Vec<_>>());
    let mut all: Vec<Vec<u16>> = parts.filter(|part| !part.is_empty()).collect();
    if !first.is_empty() {
        first.truncate(LONGEST);
        all.insert(0, first);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::chunks;

    #[test]
    fn every_suite_is_asked_for_once() {
        let suites: Vec<u16> = (0..300).collect();
        for likely in [Vec::new(), vec![7, 8, 900]] {
            let parts = chunks(&suites, &likely);
            assert!(parts.iter().all(|part| part.len() <= 120));
            let mut all = parts.concat();
            all.sort_unstable();
            assert_eq!(all, suites);
        }
        assert_eq!(chunks(&[1, 2, 3], &[]), [[1, 2, 3]]);
    }
}
