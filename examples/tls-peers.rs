//! The TLS test peers for other tools: `cargo run --example tls-peers -- FOLDER ID..`
//!
//! Starts the peers of these ids (all without any), prints `pki FOLDER`, `ID HOST:PORT` of each and then `ready`, and runs until
//! its input ends or five minutes are over. Each port is a relay in front of the peer; FOLDER/ID holds how many connections it has had.

#![expect(clippy::disallowed_methods, clippy::disallowed_macros, reason = "a tool for people who work on the tests")]

#[path = "../tests/peers/mod.rs"]
mod peers;

use std::{
    io::Read,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use peers::{LIFETIME, Listener, Peer, pki, starttls, truth::table};

fn main() {
    let mut args = std::env::args().skip(1);
    let Some(folder) = args.next().map(PathBuf::from) else {
        return eprintln!("usage: tls-peers FOLDER [ID..]");
    };
    let asked: Vec<String> = args.collect();
    let all = table().peers.iter().map(|row| row.id.as_str());
    let ids: Vec<&str> = all.filter(|id| asked.is_empty() || asked.iter().any(|asked| asked == id)).collect();
    let peers = Peer::start_all(&ids);
    let relays: Vec<Listener> = peers.iter().map(|peer| relay(peer, folder.join(&peer.truth.id))).collect();
    println!("pki {}", pki().display());
    for (peer, relay) in peers.iter().zip(&relays) {
        println!("{} {}", peer.truth.id, relay.addr);
    }
    println!("ready");
    thread::spawn(|| {
        thread::sleep(LIFETIME);
        std::process::exit(0);
    });
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

fn relay(peer: &Peer, count: PathBuf) -> Listener {
    let (connections, addr) = (AtomicUsize::new(0), peer.addr);
    std::fs::write(&count, "0").expect("the folder is there and writable");
    Listener::start(move |stream| {
        let number = connections.fetch_add(1, Ordering::SeqCst) + 1;
        let _ = std::fs::write(&count, number.to_string());
        let _ = starttls::splice(stream, addr);
    })
}
