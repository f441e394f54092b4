//! Flaws that only intrusive probes tell: what was asked at each address, and unknown where nobody was to ask or the answers are unclear.

use super::{
    behaviour::{any, hello},
    collected::Collected,
};
use crate::{
    formats::tls::{
        exchange::Exchange,
        extension::id,
        flaws::{
            self, CCS_ONCE, CCS_TWICE, Flow, HEARTBLEED, HEARTBLEED_SESSION, INTRUSIVE, Premaster, ROUNDS, Reaction,
            TICKET, TICKETBLEED,
        },
    },
    model::Tri,
};

const UNEXPECTED_MESSAGE: u8 = 10;
/// What is said of a record that does not open: bad_record_mac, and decryption_failed of older servers.
const NOT_OPENED: [u8; 2] = [20, 21];

impl Collected {
    /// What the probes of heartbeats say; unknown where there were none.
    pub(super) fn asked_of_heartbleed(&self) -> Tri {
        let clear = self.named(HEARTBLEED).map(|exchange| match flaws::was_lied_to(exchange) {
            true => flaws::bleeds(exchange),
            false => hello(exchange).filter(|hello| !hello.has(id::HEARTBEAT)).map(|_| false),
        });
        // A session that our client cannot set up says nothing more than the probe before it.
        let sealed = self.named(HEARTBLEED_SESSION).filter(|exchange| flaws::was_lied_to(exchange));
        any(clear.chain(sealed.map(flaws::bleeds)))
    }

    pub(super) fn asked_of_ccs(&self) -> Tri {
        any(self.addresses_with(CCS_ONCE[0]).into_iter().map(|ip| {
            let of = |name, count| self.asked_at(&ip, name).and_then(|exchange| flaws::ccs_reaction(exchange, count));
            match of(CCS_ONCE[0], 1)? {
                Reaction::Alert(_) => Some(false),
                Reaction::HungUp => of(CCS_ONCE[1], 1).filter(|again| *again != Reaction::Silent).map(|_| false),
                // The first alert is the answer to the first record that was not taken, however slow the link is: that the second
                // was not opened says that the first brought keys.
                Reaction::Silent => {
                    let [first, second] = CCS_TWICE.map(|name| of(name, 2));
                    let alerts = |wanted: &[u8]| {
                        [&first, &second]
                            .iter()
                            .all(|met| matches!(met, Some(Reaction::Alert(a)) if wanted.contains(a)))
                    };
                    match () {
                        () if alerts(&NOT_OPENED) => Some(true),
                        () if alerts(&[UNEXPECTED_MESSAGE]) => Some(false),
                        () => None,
                    }
                }
            }
        }))
    }

    /// Differences count where every round shows the same ones.
    pub(super) fn asked_of_robot(&self) -> Tri {
        let name = flaws::robot(Flow::Full, 0, Premaster::Good);
        any(self.addresses_with(&name).into_iter().map(|ip| {
            for flow in Flow::ALL {
                let first = self.robot_round(&ip, flow, 0)?;
                if first.iter().all(|met| Some(met) == first.first()) {
                    // Every server has something to say to a Finished that cannot be right.
                    let silent = flow == Flow::Full && first.contains(&Reaction::Silent);
                    if silent { return None } else { continue }
                }
                let again = (1..ROUNDS).all(|round| self.robot_round(&ip, flow, round).as_ref() == Some(&first));
                return again.then_some(true);
            }
            Some(false)
        }))
    }

    pub(super) fn asked_of_ticketbleed(&self) -> Tri {
        any(self.addresses_with(TICKET).into_iter().map(|ip| {
            if !flaws::gives_ticket(self.asked_at(&ip, TICKET)?)? {
                return Some(false);
            }
            let [first, second] = TICKETBLEED.map(|name| self.asked_at(&ip, name).and_then(flaws::echoes_more));
            first.filter(|_| first == second)
        }))
    }

    fn robot_round(&self, ip: &str, flow: Flow, round: usize) -> Option<Vec<Reaction>> {
        let met =
            Premaster::ALL.map(|kind| flaws::robot_reaction(self.asked_at(ip, &flaws::robot(flow, round, kind))?));
        met.into_iter().collect()
    }

    fn asked(&self) -> impl Iterator<Item = &Exchange> {
        self.group(INTRUSIVE).known().copied().unwrap_or_default().iter()
    }

    fn asked_at(&self, ip: &str, name: &str) -> Option<&Exchange> {
        self.asked().find(|exchange| exchange.ip == ip && exchange.name == name)
    }

    fn addresses_with(&self, name: &str) -> Vec<String> {
        self.asked().filter(|exchange| exchange.name == name).map(|exchange| exchange.ip.clone()).collect()
    }
}

#[cfg(test)]
#[path = "intrusive_tests.rs"]
mod tests;
