//! What the probes of one endpoint brought, of all its addresses, before any fact is drawn from it.

use std::collections::BTreeSet;

use super::{
    answers::fallen_silent,
    sealed::{Sealed, sealed},
};
use crate::{
    facts::{Artifacts, artifacts::json as item_json},
    formats::tls::{
        EXCHANGES, Probe, RENEGOTIATED, RESOLVE, RESUMED_1_3, RESUMED_ID, RESUMED_TICKET, Renegotiated, Resolved,
        Resumed, SESSION, SESSION_1_2, SESSION_1_3, SESSION_1_3_ECDSA, SESSION_1_3_EDDSA, SESSION_1_3_RSA,
        SESSION_NO_NAME,
        exchange::{End, Exchange},
        item_of,
        version::Version,
    },
    model::{Fact, UnreadStatus},
};

/// More addresses are never probed.
const ADDRESSES: usize = 16;

/// All records of one part.
pub(super) struct Collected {
    pub resolved: Fact<Resolved>,
    /// By group; `Unread` where the group was never asked, or its record cannot be read.
    groups: Vec<(&'static str, Fact<Vec<Exchange>>)>,
    /// Handshakes of our own client, and why there are none.
    pub sessions: Fact<Vec<Probe>>,
    /// The same to who names nothing.
    pub unnamed: Vec<Probe>,
    /// Flights of RFC 8998.
    pub sealed: Vec<Sealed>,
    /// By item.
    resumed: Vec<(&'static str, Resumed)>,
    /// At each address that speaks a version with renegotiation.
    pub renegotiated: Vec<Renegotiated>,
    /// Addresses that accepted something and did not do so again in the end.
    pub silent: BTreeSet<String>,
}

impl Collected {
    pub fn of(artifacts: &dyn Artifacts) -> Self {
        let groups: Vec<_> = EXCHANGES.iter().map(|group| (*group, joined(artifacts, group))).collect();
        let mut sessions = Fact::unread(UnreadStatus::NotTested, SESSION);
        let probes = |item| {
            (0..ADDRESSES).filter_map(move |n| item_json::<Probe>(artifacts, &item_of(item, n)).known().cloned())
        };
        for item in [SESSION, SESSION_1_3, SESSION_1_2, SESSION_1_3_RSA, SESSION_1_3_ECDSA, SESSION_1_3_EDDSA] {
            probes(item).for_each(|probe| push(&mut sessions, probe));
        }
        let unnamed = probes(SESSION_NO_NAME).collect();
        let resumed = [RESUMED_ID, RESUMED_TICKET, RESUMED_1_3].into_iter().flat_map(|item| {
            let all = (0..ADDRESSES).filter_map(move |n| match item_json::<Resumed>(artifacts, &item_of(item, n)) {
                Fact::Known(resumed) => Some((item, resumed)),
                Fact::Unread(_) => None,
            });
            all.collect::<Vec<_>>()
        });
        let renegotiated = (0..ADDRESSES)
            .filter_map(|n| item_json::<Renegotiated>(artifacts, &item_of(RENEGOTIATED, n)).known().cloned())
            .collect();
        let (resolved, resumed) = (item_json(artifacts, RESOLVE), resumed.collect());
        let mut collected = Self {
            resolved,
            groups,
            sessions,
            unnamed,
            sealed: Vec::new(),
            resumed,
            renegotiated,
            silent: BTreeSet::new(),
        };
        collected.silent = fallen_silent(collected.all());
        collected.sealed = sealed(&collected);
        collected
    }

    /// Nothing but these exchanges of one group.
    #[cfg(test)]
    pub fn with(group: &'static str, exchanges: Vec<Exchange>) -> Self {
        Self {
            resolved: Fact::unread(UnreadStatus::NotTested, RESOLVE),
            groups: vec![(group, Fact::Known(exchanges))],
            sessions: Fact::unread(UnreadStatus::NotTested, SESSION),
            unnamed: Vec::new(),
            sealed: Vec::new(),
            resumed: Vec::new(),
            renegotiated: Vec::new(),
            silent: BTreeSet::new(),
        }
    }

    /// The exchanges of a group.
    pub fn group(&self, name: &str) -> Fact<&[Exchange]> {
        match self.groups.iter().find(|(group, _)| *group == name) {
            Some((_, exchanges)) => exchanges.as_ref().map(Vec::as_slice),
            None => Fact::unread(UnreadStatus::NotTested, name),
        }
    }

    pub fn version(&self, version: Version) -> Fact<&[Exchange]> {
        self.group(&format!("version.{}", version.code()))
    }

    /// Exchanges of a name, wherever they are.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Exchange> {
        self.all().filter(move |exchange| exchange.name == name)
    }

    pub fn all(&self) -> impl Iterator<Item = &Exchange> {
        self.groups.iter().filter_map(|(_, group)| group.known()).flatten()
    }

    /// Pairs of handshakes, at all addresses.
    pub fn resumed(&self, wanted: &[&str]) -> impl Iterator<Item = &Resumed> {
        self.resumed.iter().filter(move |(item, _)| wanted.contains(item)).map(|(_, resumed)| resumed)
    }

    pub fn sessions(&self) -> impl Iterator<Item = &Probe> {
        self.sessions.known().into_iter().flatten()
    }
}

/// Whether the connection was made at all.
pub(super) fn was_made(exchange: &Exchange) -> bool {
    !matches!(exchange.end, End::NotTested { .. })
}

fn joined(artifacts: &dyn Artifacts, group: &str) -> Fact<Vec<Exchange>> {
    let mut all = item_json::<Vec<Exchange>>(artifacts, &item_of(group, 0));
    for n in 1..ADDRESSES {
        match item_json::<Vec<Exchange>>(artifacts, &item_of(group, n)) {
            Fact::Known(more) => match &mut all {
                Fact::Known(list) => list.extend(more),
                Fact::Unread(_) => all = Fact::Known(more),
            },
            Fact::Unread(_) => {}
        }
    }
    all
}

fn push<T>(list: &mut Fact<Vec<T>>, item: T) {
    match list {
        Fact::Known(list) => list.push(item),
        Fact::Unread(_) => *list = Fact::Known(vec![item]),
    }
}
