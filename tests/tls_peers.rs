//! Every peer of `tests/peers/truth.yaml` is what its row says, by raw hellos and by openssl.

#![expect(clippy::disallowed_methods, reason = "tests start programs")]

mod peers;

#[path = "peers/proof.rs"]
mod proof;

use std::{
    collections::BTreeSet,
    net::TcpStream,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use peers::{Peer, pki, truth::table};

/// All peers at once, as the tests that use them do; then one by one against its row.
#[test]
fn every_peer_is_what_the_table_says() {
    let peers = Peer::start_table();
    let next = AtomicUsize::new(0);
    let mut wrong: Vec<String> = thread::scope(|scope| {
        let worker = || {
            let peers = std::iter::from_fn(|| peers.get(next.fetch_add(1, Ordering::Relaxed)));
            peers.flat_map(prove).collect::<Vec<_>>()
        };
        let workers: Vec<_> = (0..8).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a proof does not panic")).collect()
    });
    wrong.sort();
    assert!(wrong.is_empty(), "{} statements of truth.yaml do not hold:\n{}", wrong.len(), wrong.join("\n"));
}

fn prove(peer: &Peer) -> Vec<String> {
    let started = Instant::now();
    let mut faults = proof::faults(peer);
    // A few take seconds by their nature; one that takes longer waits for something that does not come.
    if started.elapsed() > Duration::from_secs(30) {
        faults.push(format!("{}: took {:?}", peer.truth.id, started.elapsed()));
    }
    faults
}

#[test]
fn every_certificate_is_what_the_table_says() {
    let faults: Vec<String> =
        table().certificates.iter().flat_map(|(name, row)| proof::certificate_faults(pki(), name, row)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_table_is_sound() {
    let table = table();
    let mut ids = BTreeSet::new();
    for row in &table.peers {
        assert!(ids.insert(&row.id), "`{}` stands twice", row.id);
        assert!(!row.about.is_empty(), "`{}` says nothing of itself", row.id);
        for version in row.protocols.keys() {
            assert!(!table.suites(row, *version).is_empty(), "`{}` accepts a version without suites", row.id);
            assert!(!row.refused.contains_key(version), "`{}` accepts and refuses a version", row.id);
        }
        for name in row.chains.iter().chain(&row.default_chain).flatten() {
            assert!(table.certificates.contains_key(name), "`{}` sends the unknown `{name}`", row.id);
        }
    }
}

#[test]
fn a_dropped_peer_is_over() {
    let peer = Peer::start("tarpit");
    let nginx = Peer::start("good_rsa");
    let (tarpit, good) = (peer.addr, nginx.addr);
    assert!(TcpStream::connect(tarpit).is_ok());
    assert!(TcpStream::connect(good).is_ok());
    drop((peer, nginx));
    assert!(TcpStream::connect(tarpit).is_err());
    assert!(TcpStream::connect(good).is_err());
}
