//! Whether a question was answered, and what a version met that was not accepted. A missing answer is never a refusal.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    ProtocolStatus,
    collected::{Collected, was_made},
};
use crate::{
    formats::tls::{
        AGAIN,
        exchange::{Answer, End, Exchange},
        version::Version,
    },
    model::{Fact, UnreadStatus},
};

/// The alert of a server that has nothing under the name asked for (RFC 6066 section 3).
pub(super) const NAME_REFUSED: &str = "unrecognized_name";

impl Collected {
    /// How a version was met that was not accepted, at all addresses: what is open at one is open.
    pub(super) fn refusal(&self, asked: &[&Exchange], version: Version) -> Fact<ProtocolStatus> {
        let addresses: BTreeSet<&str> = asked.iter().map(|exchange| exchange.ip.as_str()).collect();
        let met = addresses.into_iter().map(|ip| {
            let here: Vec<_> = asked.iter().filter(|exchange| exchange.ip == ip).copied().collect();
            self.refusal_at(&here, version)
        });
        let rank = |met: &Fact<ProtocolStatus>| match met {
            Fact::Unread(_) => 3,
            Fact::Known(ProtocolStatus::Timeout) => 2,
            Fact::Known(ProtocolStatus::Refused) => 1,
            Fact::Known(_) => 0,
        };
        met.max_by_key(rank).unwrap_or_else(|| Fact::unread(UnreadStatus::NotTested, version.code()))
    }

    fn refusal_at(&self, asked: &[&Exchange], version: Version) -> Fact<ProtocolStatus> {
        let made: Vec<_> = asked.iter().filter(|exchange| was_made(exchange)).collect();
        if made.iter().any(|exchange| is_about_the_version(exchange, version)) {
            return Fact::Known(ProtocolStatus::Refused);
        }
        if made.iter().any(|exchange| refuses_the_name(&exchange.answer())) {
            return Fact::unread(UnreadStatus::NotTested, "name_not_served");
        }
        let silent = |exchange: &Exchange| matches!(exchange.answer(), Answer::Nothing | Answer::Unfinished);
        match self.unfinished(asked) {
            // Suites that were refused say nothing of those whose answer is missing.
            Some(why) if made.iter().any(|exchange| !silent(exchange)) => Fact::unread(why, "enumeration"),
            Some(UnreadStatus::Timeout) => Fact::Known(ProtocolStatus::Timeout),
            Some(why) => Fact::unread(why, self.reason(asked)),
            None if made.iter().all(|exchange| silent(exchange)) => Fact::Known(ProtocolStatus::Closed),
            None => Fact::Known(ProtocolStatus::Refused),
        }
    }

    fn reason(&self, asked: &[&Exchange]) -> String {
        let reasons = asked.iter().filter_map(|exchange| match &exchange.end {
            End::NotTested { reason } => Some(reason.clone()),
            End::Unreachable => Some("unreachable".to_owned()),
            _ if self.fell_silent(&exchange.ip) => Some("fell_silent".to_owned()),
            _ => None,
        });
        reasons.into_iter().next().unwrap_or_else(|| "enumeration".to_owned())
    }

    /// Why a list may go on: somewhere an answer is missing. An alert, a hang-up or another version is an end.
    pub(super) fn unfinished(&self, asked: &[&Exchange]) -> Option<UnreadStatus> {
        // A question that was asked again, at the same address, counts by its last answer.
        let mut last: BTreeMap<_, &Exchange> = BTreeMap::new();
        for exchange in asked {
            let offer = exchange.offered();
            let offer = offer.map(|hello| (hello.suites.clone(), hello.groups().to_vec(), hello.schemes().to_vec()));
            last.insert((&exchange.ip, &exchange.name, offer), exchange);
        }
        last.into_values().find(|exchange| !self.settled(exchange)).map(why_unsettled)
    }

    /// Whether an exchange answers its question. To hang up is an answer only of who still spoke to us afterwards: a
    /// server that shuts its clients out hangs up on everything.
    pub(super) fn settled(&self, exchange: &Exchange) -> bool {
        match exchange.answer() {
            Answer::Nothing if self.fell_silent(&exchange.ip) => false,
            answer => settles(exchange, &answer),
        }
    }

    /// Whether an address that had accepted something did not do so again in the end.
    fn fell_silent(&self, ip: &str) -> bool {
        self.silent.contains(ip)
    }
}

/// Addresses that accepted something and did not do so again when everything else had been asked.
pub(super) fn fallen_silent<'a>(exchanges: impl Iterator<Item = &'a Exchange>) -> BTreeSet<String> {
    let mut accepted = BTreeSet::new();
    let mut again = BTreeSet::new();
    for exchange in exchanges {
        let answer = exchange.answer();
        if !matches!(answer, Answer::ServerHello(_) | Answer::HelloRetryRequest(_) | Answer::Ssl2ServerHello(_)) {
            continue;
        }
        if settles(exchange, &answer) {
            accepted.insert(exchange.ip.clone());
            if exchange.name == AGAIN {
                again.insert(exchange.ip.clone());
            }
        }
    }
    accepted.difference(&again).cloned().collect()
}

fn settles(exchange: &Exchange, answer: &Answer) -> bool {
    match (answer, &exchange.end) {
        (_, End::NotTested { .. }) => false,
        // It refuses the name, and says nothing of what it would take under another.
        (Answer::Alert(_), _) => !refuses_the_name(answer),
        // A choice of what was not offered is no choice.
        (Answer::ServerHello(hello) | Answer::HelloRetryRequest(hello), _) => {
            exchange.offered().is_some_and(|offer| offer.suites.contains(&hello.suite))
        }
        // A hello that was cut off took something, and nobody knows what.
        (Answer::Unfinished, _) => false,
        (Answer::Nothing, end) => matches!(end, End::Closed | End::Reset | End::Refused),
        _ => true,
    }
}

/// Whether the answer rules a version out whatever suites there are: an alert that says so, or a hello of another.
fn is_about_the_version(exchange: &Exchange, version: Version) -> bool {
    let answer = exchange.answer();
    match &answer {
        Answer::Alert(alert) => alert.name() == "protocol_version",
        Answer::ServerHello(hello) | Answer::HelloRetryRequest(hello) => {
            hello.selected_version() != Some(version) && settles(exchange, &answer)
        }
        Answer::Http | Answer::NotTls => true,
        _ => false,
    }
}

fn refuses_the_name(answer: &Answer) -> bool {
    matches!(answer, Answer::Alert(alert) if alert.name() == NAME_REFUSED)
}

pub(super) fn why_unsettled(exchange: &Exchange) -> UnreadStatus {
    match exchange.end {
        End::NotTested { .. } => UnreadStatus::NotTested,
        End::Timeout => UnreadStatus::Timeout,
        End::Limit => UnreadStatus::TooLarge,
        _ => UnreadStatus::Error,
    }
}
