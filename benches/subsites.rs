//! 1,000 subsites judged again from sealed evidence: `jixian evaluate` over recorded parts that they share.
//!
//! `cargo bench --bench subsites [-- COUNT]`. Targets: 60 s on two cores, and memory that does not grow with the count.
#![expect(clippy::disallowed_methods, reason = "a benchmark runs the binary and writes its input")]

mod common;

use std::fmt::Write as _;

use common::{BINARY, Folder, report, run, run_watched, sample, say};

const COUNT: usize = 1_000;

fn main() {
    let count = std::env::args().filter_map(|arg| arg.parse().ok()).next().unwrap_or(COUNT);
    let folder = Folder::new("subsites");
    let inventory = folder.write("inventory.yaml", &inventory(count));
    let bundle = folder.path("bundle");
    report(
        &format!("collect {count} subsites"),
        run(BINARY, &["collect", &inventory, "--out", &bundle, "--quiet"]),
        "-",
    );
    for pass in ["first", "second"] {
        folder.remove("judged");
        let mut seen = Vec::new();
        let judged = folder.path("judged");
        let usage = run_watched(BINARY, &["evaluate", &bundle, "--out", &judged, "--quiet"], |rss| seen.push(rss));
        report(&format!("evaluate {count} subsites, {pass}"), usage, "60 s, flat memory");
        say(&format!("  resident at tenths of the run: {}", tenths(&seen)));
    }
}

/// How memory went, in MB.
fn tenths(seen: &[u64]) -> String {
    let at = |tenth: usize| seen.get((seen.len().saturating_sub(1)) * tenth / 10).map_or(0, |rss| rss / 1000);
    (0..=10).map(|tenth| at(tenth).to_string()).collect::<Vec<_>>().join(" ")
}

/// An inventory of subsites of ten systems that share the recorded host, the recorded endpoint and the scan.
fn inventory(count: usize) -> String {
    let mut text = String::from("schema: jixian.inventory/v1\ntimezone: \"+08:00\"\nsystems:\n");
    for system in 0..10 {
        let _ = writeln!(
            text,
            "  - {{id: sys-{system}, name: 系统{system}, level: 3, s: 3, a: 3, cii: \"no\", operator: 示例局, extensions: []}}"
        );
    }
    text.push_str("subsites:\n");
    for n in 0..count {
        let _ = writeln!(
            text,
            "  - {{id: s{n}, system: sys-{}, kind: web, name: 分站点{n}, organisation: 示例局, level: county, exposure: internet, profiles: [gbt-22239-2019-l3]}}",
            n % 10
        );
    }
    let serves = (0..count).map(|n| format!("s{n}")).collect::<Vec<_>>().join(", ");
    let sample = sample();
    let _ = write!(
        text,
        "assets:\n  - {{id: web-01, kind: host.linux, serves: [{serves}], via: recorded, path: {sample}/recorded/web-01}}\n  - {{id: city-tls, kind: tls.endpoint, serves: [{serves}], via: recorded, path: {sample}/recorded/city-tls}}\n  - {{id: dmz, kind: network.nmap, serves: [{serves}], path: {sample}/scans/dmz.xml, vantage: internal}}\n"
    );
    text
}
