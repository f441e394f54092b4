//! The way to an endpoint: through a proxy, over one family of addresses, within budgets. Each leaves open what it kept
//! from being seen, and nothing else.

#![expect(clippy::disallowed_methods, reason = "tests start programs")]

mod peers;

use std::process::Command;

use peers::{Peer, process::tinyproxy};
use serde_json::Value;

fn scan(target: &str, options: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jixian"));
    command.args(["scan", "tls", target, "--format", "json", "--quiet"]).args(options);
    let output = command.output().expect("the binary runs");
    let document: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(&output.stderr)));
    document["facts"]["tls"].clone()
}

/// All that does not depend on when and how it was asked.
fn lasting(mut facts: Value) -> Value {
    let facts_map = facts.as_object_mut().expect("an object");
    facts_map.remove("cost");
    facts_map.remove("endpoint");
    facts
}

#[test]
fn through_a_proxy_everything_is_seen_as_it_is() {
    let peer = Peer::start("two_certificates");
    let folder = tempfile::tempdir().unwrap();
    let (proxy, addr) = tinyproxy(folder.path(), &[peer.addr.port()]);
    let target = peer.addr.to_string();
    let through = scan(&target, &["--proxy", &addr.to_string()]);
    assert_eq!(through["endpoint"]["proxy"], addr.to_string());
    assert_eq!(through["service"], "tls");
    let connects = proxy.log().matches("CONNECT").count();
    assert!(connects as u64 >= through["cost"]["connections"].as_u64().unwrap(), "{connects} {}", through["cost"]);
    assert_eq!(lasting(through), lasting(scan(&target, &[])));
}

#[test]
fn what_a_proxy_refuses_is_no_closed_port() {
    let peer = Peer::start("good_rsa");
    let folder = tempfile::tempdir().unwrap();
    let (_proxy, addr) = tinyproxy(folder.path(), &[443]);
    let facts = scan(&peer.addr.to_string(), &["--proxy", &addr.to_string()]);
    assert_eq!(facts["service"]["$status"], "not_tested", "{}", facts["service"]);
    assert!(facts["service"]["reason"].as_str().unwrap().starts_with("proxy: 403"), "{}", facts["service"]);
    assert_eq!(facts["protocols"]["tls1_0"]["status"]["$status"], "not_tested");

    let nobody = Peer::start("closed_port");
    let facts = scan(&peer.addr.to_string(), &["--proxy", &nobody.addr.to_string()]);
    assert_eq!(facts["service"]["$status"], "not_tested", "a proxy that is not there is not the target");
}

#[test]
fn a_budget_that_is_spent_leaves_the_rest_undecided() {
    let peer = Peer::start("good_rsa");
    for connections in ["1", "5", "20"] {
        let facts = scan(&peer.addr.to_string(), &["--connections", connections]);
        let made = facts["cost"]["connections"].as_u64().unwrap();
        assert!(made <= connections.parse().unwrap(), "{made} of {connections}");
        assert_eq!(facts["groups"]["$status"], "not_tested", "{connections}: {}", facts["groups"]);
        assert_eq!(facts["compression"], "unknown", "{connections}");
    }
}

#[test]
fn gentle_means_one_at_a_time_with_pauses() {
    let peer = Peer::start("good_rsa");
    let begun = std::time::Instant::now();
    let facts = scan(&peer.addr.to_string(), &["--gentle", "--connections", "10"]);
    let made = facts["cost"]["connections"].as_u64().unwrap();
    let pauses = std::time::Duration::from_millis(200 * (made - 1));
    assert!(begun.elapsed() >= pauses, "{made} connections in {:?}", begun.elapsed());
}

#[test]
fn one_family_of_addresses_can_be_assessed_alone() {
    let peer = Peer::start("good_rsa");
    let target = format!("localhost:{}", peer.addr.port());
    let facts = scan(&target, &["--family", "ipv4"]);
    assert_eq!(facts["endpoint"]["family"], "ipv4");
    assert_eq!(facts["endpoint"]["addresses"], serde_json::json!(["127.0.0.1"]));
    assert_eq!(facts["service"], "tls");
}
