//! TLS endpoints: one beside the other scanners, a hundred, ten thousand.
//!
//! `cargo bench --bench endpoints [-- testssl]`. Needs what `./test` installs; with `testssl` that scanner is run as well,
//! which takes minutes. Targets: enumeration 100 ms, 70 connections, 10 ms of processor time; everything 0.5 s and 120
//! connections; a hundred endpoints 10 s and 64 MB; ten thousand at 50 a second, in no more memory than a hundred.
#![expect(clippy::disallowed_methods, reason = "a benchmark runs servers and scanners")]

mod common;
#[path = "../tests/peers/mod.rs"]
mod peers;
#[path = "common/responder.rs"]
mod responder;

use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

use common::{BINARY, Folder, best, report, run, say};
use jixian::{
    collect::{
        StopFlag,
        tls::{Target, TlsLimits, collect},
    },
    formats::tls::exchange::Exchange,
};
use peers::Peer;

fn main() {
    let folder = Folder::new("endpoints");
    let peer = Peer::start("all_versions");
    enumeration(&peer);
    beside_others(&peer);
    many(&folder, "100 endpoints of nginx", &peer.addr.to_string(), 100, "10 s, 64 MB");
    let quick = responder::start().to_string();
    for count in [100, 1_000, 10_000] {
        let target = format!("{} s", count / 50);
        many(&folder, &format!("{count} endpoints from memory"), &quick, count, &target);
    }
}

/// Versions and suites alone, in this process: the wall, the processor, and what it asked for.
fn enumeration(peer: &Peer) {
    let target = Target {
        host: peer.addr.ip().to_string(),
        port: peer.addr.port(),
        sni: None,
        starttls: None,
        family: None,
        proxy: None,
    };
    let mut least: Option<(Duration, Duration, usize)> = None;
    for _ in 0..5 {
        let limits =
            TlsLimits::new(Duration::from_secs(5), Instant::now() + Duration::from_secs(60), StopFlag::default());
        let (begun, before) = (Instant::now(), thread_cpu());
        let mut connections = 0;
        let mut end = None;
        collect(&target, &[peer.addr.ip()], &limits, &mut |record, bytes| {
            let exchanges: Vec<Exchange> =
                bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
            // Recorded when all versions have been asked, and before anything else is.
            if record.item == "tls.version.tls1_2" {
                end = Some((begun.elapsed(), thread_cpu().saturating_sub(before)));
            }
            if record.item == "tls.service" || record.item.starts_with("tls.version.") {
                connections += exchanges.len();
            }
        });
        let (wall, cpu) = end.expect("the peer answers");
        if least.is_none_or(|(best, ..)| wall < best) {
            least = Some((wall, cpu, connections));
        }
    }
    let (wall, cpu, connections) = least.expect("there was a run");
    say(&format!(
        "versions and suites of all_versions: {:.1} ms wall, {:.1} ms CPU, {connections} connections   target: 100 ms, 10 ms, 70",
        wall.as_secs_f64() * 1e3,
        cpu.as_secs_f64() * 1e3
    ));
}

/// Processor time of this thread; Linux counts it in nanoseconds.
fn thread_cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let spent = text.split_whitespace().next().and_then(|word| word.parse().ok());
    Duration::from_nanos(spent.unwrap_or(0))
}

/// The same server, everything, by everybody.
fn beside_others(peer: &Peer) {
    let address = peer.addr.to_string();
    let ours = best(5, || run(BINARY, &["scan", "tls", &address, "--format", "json", "--quiet"]));
    report("jixian scan tls", ours, "0.5 s");
    report("sslscan", best(3, || run("sslscan", &[&address])), "-");
    let python = peers::process::python();
    let python = python.display().to_string();
    report("sslyze", best(3, || run(&python, &["-m", "sslyze", &address])), "-");
    if std::env::args().any(|word| word == "testssl") {
        report("testssl", run("testssl", &["--quiet", &address]), "-");
    }
}

/// So many endpoints at one address, collected as an inventory.
fn many(folder: &Folder, name: &str, address: &str, count: usize, target: &str) {
    let mut text = "schema: jixian.inventory/v1
timezone: \"+08:00\"
systems:
  - {id: bench, name: bench, level: 3, s: 3, a: 3, cii: \"no\", operator: bench, extensions: []}
subsites:
  - {id: bench, system: bench, kind: web, name: bench, organisation: bench, level: county, exposure: internal, profiles: [gbt-22239-2019-l3]}
assets:
"
    .to_owned();
    for n in 0..count {
        let _ = writeln!(text, "  - {{id: e{n}, kind: tls.endpoint, serves: [bench], address: \"{address}\"}}");
    }
    let inventory = folder.write("many.yaml", &text);
    folder.remove("many");
    let usage = run(BINARY, &["collect", &inventory, "--out", &folder.path("many"), "--quiet"]);
    folder.remove("many");
    report(name, usage, target);
}
