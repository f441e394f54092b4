//! Invented answers to intrusive probes, at one address and at several.

use super::{CCS_ONCE, CCS_TWICE, Collected, Flow, INTRUSIVE, Premaster, ROUNDS};
use crate::{
    formats::tls::{
        exchange::{End, Exchange},
        flaws,
    },
    model::Tri,
};

/// A ServerHello of TLS 1.2 with static RSA, and a ServerHelloDone.
fn flight() -> Vec<u8> {
    let hello = [&[22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3][..], &[7; 32], &[0, 0, 0x2f, 0]].concat();
    [hello, vec![22, 3, 3, 0, 4, 14, 0, 0, 0]].concat()
}

/// `met`: the number of an alert, or how it ended without one.
fn exchange(ip: &str, name: &str, sent: Vec<u8>, met: Result<u8, End>) -> Exchange {
    let mut received = flight();
    if let Ok(alert) = met {
        received.extend([21, 3, 3, 0, 2, 2, alert]);
    }
    Exchange {
        name: name.to_owned(),
        ip: ip.to_owned(),
        port: 443,
        sni: String::new(),
        starttls: String::new(),
        sent,
        received,
        ephemeral: Vec::new(),
        end: met.err().unwrap_or(End::Complete),
        sent_bytes: 0,
        received_bytes: 0,
        ms: 0,
    }
}

fn ccs(met: &[(&str, usize, Result<u8, End>)]) -> Tri {
    let asked = met
        .iter()
        .map(|(name, count, met)| exchange("192.0.2.1", name, [20, 3, 3, 0, 1, 1].repeat(*count), met.clone()));
    Collected::with(INTRUSIVE, asked.collect()).asked_of_ccs()
}

#[test]
fn an_early_change_of_keys_is_proved_by_what_follows_it() {
    let ([once, again], [twice, and_again]) = (CCS_ONCE, CCS_TWICE);
    let silent = || (once, 1, Err(End::Timeout));
    assert_eq!(ccs(&[]), Tri::Unknown);
    assert_eq!(ccs(&[(once, 1, Ok(10))]), Tri::No);
    assert_eq!(ccs(&[silent(), (twice, 2, Ok(20)), (and_again, 2, Ok(21))]), Tri::Yes);
    // A slow link: the answer to the first came while the second was under way.
    assert_eq!(ccs(&[silent(), (twice, 2, Ok(10)), (and_again, 2, Ok(10))]), Tri::No);
    assert_eq!(ccs(&[silent(), (twice, 2, Ok(20)), (and_again, 2, Ok(10))]), Tri::Unknown);
    assert_eq!(ccs(&[silent(), (twice, 2, Ok(20))]), Tri::Unknown);
    assert_eq!(ccs(&[silent(), (twice, 2, Err(End::Closed)), (and_again, 2, Err(End::Closed))]), Tri::Unknown);
    assert_eq!(ccs(&[(once, 1, Err(End::Closed)), (again, 1, Err(End::Reset))]), Tri::No);
    assert_eq!(ccs(&[(once, 1, Err(End::Closed)), (again, 1, Err(End::Timeout))]), Tri::Unknown);
    assert_eq!(ccs(&[(once, 1, Err(End::Closed))]), Tri::Unknown);
}

type Met = [Result<u8, End>; 5];

fn round(ip: &str, flow: Flow, number: usize, met: &Met) -> Vec<Exchange> {
    let key_exchange = || vec![22, 3, 3, 0, 6, 16, 0, 0, 2, 0, 0];
    let pairs = Premaster::ALL.iter().zip(met);
    pairs.map(|(kind, met)| exchange(ip, &flaws::robot(flow, number, *kind), key_exchange(), met.clone())).collect()
}

fn robot(rounds: Vec<Vec<Exchange>>) -> Tri {
    Collected::with(INTRUSIVE, rounds.concat()).asked_of_robot()
}

#[test]
fn an_oracle_shows_the_same_differences_in_every_round() {
    let alike: Met = [20, 20, 20, 20, 20].map(Ok);
    let silent: Met = std::array::from_fn(|_| Err(End::Timeout));
    let different: Met = [Ok(20), Ok(40), Ok(40), Ok(40), Ok(20)];
    let slow: Met = [Ok(20), Ok(20), Err(End::Timeout), Ok(20), Ok(20)];
    let here = |flow, number, met: &Met| round("192.0.2.1", flow, number, met);
    let sound = || vec![here(Flow::Full, 0, &alike), here(Flow::Short, 0, &silent)];
    let flawed = || (0..ROUNDS).map(|number| here(Flow::Full, number, &different)).collect::<Vec<_>>();
    assert_eq!(robot(Vec::new()), Tri::Unknown);
    assert_eq!(robot(sound()), Tri::No);
    assert_eq!(robot(flawed()), Tri::Yes);
    assert_eq!(robot(flawed()[..2].to_vec()), Tri::Unknown);
    // What was slow once is no oracle, and no proof that there is none.
    let once = vec![here(Flow::Full, 0, &slow), here(Flow::Full, 1, &alike), here(Flow::Full, 2, &alike)];
    assert_eq!(robot(once), Tri::Unknown);
    assert_eq!(robot(vec![here(Flow::Full, 0, &silent), here(Flow::Short, 0, &silent)]), Tri::Unknown);
    assert_eq!(robot(vec![here(Flow::Full, 0, &alike)]), Tri::Unknown);
    let short: Vec<_> = (0..ROUNDS).map(|number| here(Flow::Short, number, &different)).collect();
    assert_eq!(robot([vec![here(Flow::Full, 0, &alike)], short].concat()), Tri::Yes);
    // How a connection is closed is a matter of timing.
    let closed: Met = [End::Closed, End::Reset, End::Closed, End::Reset, End::Reset].map(Err);
    assert_eq!(robot(vec![here(Flow::Full, 0, &closed), here(Flow::Short, 0, &silent)]), Tri::No);
}

#[test]
fn one_address_with_a_flaw_is_enough_and_one_not_known_leaves_it_open() {
    let alike: Met = [20, 20, 20, 20, 20].map(Ok);
    let different: Met = [Ok(20), Ok(40), Ok(40), Ok(40), Ok(20)];
    let sound = |ip| [round(ip, Flow::Full, 0, &alike), round(ip, Flow::Short, 0, &alike)].concat();
    let flawed: Vec<_> = (0..ROUNDS).flat_map(|number| round("192.0.2.2", Flow::Full, number, &different)).collect();
    assert_eq!(robot(vec![sound("192.0.2.1"), flawed]), Tri::Yes);
    assert_eq!(robot(vec![sound("192.0.2.1"), sound("192.0.2.2")]), Tri::No);
    assert_eq!(robot(vec![sound("192.0.2.1"), round("192.0.2.2", Flow::Full, 0, &alike)]), Tri::Unknown);
}
