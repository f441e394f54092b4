//! Start-up, the collection of this host, and the gate, each as a user runs it: the binary as a process.
//!
//! `cargo bench --bench commands`. Targets: start-up 10 ms; collection 1.5 s CPU and 60 MB; gate 100 ms.
#![expect(clippy::disallowed_methods, reason = "a benchmark runs the binary and writes its input")]

mod common;

use common::{BINARY, Folder, best, report, run, sample};

const HOST: &str = "schema: jixian.inventory/v1
timezone: \"+08:00\"
systems:
  - {id: bench, name: bench, level: 3, s: 3, a: 3, cii: \"no\", operator: bench, extensions: []}
subsites:
  - {id: bench, system: bench, kind: web, name: bench, organisation: bench, level: county, exposure: internal, profiles: [gbt-22239-2019-l3]}
assets:
  - {id: here, kind: host.linux, serves: [bench], via: local}
";

fn main() {
    let folder = Folder::new("commands");
    report("--version", best(30, || run(BINARY, &["--version"])), "10 ms");
    report("check list", best(5, || run(BINARY, &["check", "list"])), "-");
    report("check test", best(3, || run(BINARY, &["check", "test"])), "1 s");
    let inventory = folder.write("host.yaml", HOST);
    let bundle = folder.path("host");
    let collected = best(3, || {
        folder.remove("host");
        run(BINARY, &["collect", &inventory, "--out", &bundle, "--quiet"])
    });
    report("collect this host", collected, "1.5 s CPU, 60 MB");
    report("gate, one host", best(5, || run(BINARY, &["gate", &bundle])), "100 ms");
    gate_of_the_sample(&folder);
    let app = format!("{}/packages/tianfu-dept.apk", sample());
    report("gate --scan app", best(5, || run(BINARY, &["gate", "--scan", "app", &app])), "100 ms");
}

/// The sample as it is, this machine with it.
fn gate_of_the_sample(folder: &Folder) {
    let inventory = format!("{}/inventory.yaml", sample());
    let bundle = folder.path("sample");
    report("collect the sample", run(BINARY, &["collect", &inventory, "--out", &bundle, "--quiet"]), "-");
    report("gate, the sample", best(5, || run(BINARY, &["gate", &bundle])), "100 ms");
    let judged = folder.path("judged");
    report("evaluate the sample", run(BINARY, &["evaluate", &bundle, "--out", &judged, "--quiet"]), "-");
    report("gate, the sample as evaluated", best(5, || run(BINARY, &["gate", &judged])), "100 ms");
    report("verify the sample", best(3, || run(BINARY, &["verify", &judged])), "-");
    let out = folder.path("reports");
    let reported = best(3, || {
        folder.remove("reports");
        run(BINARY, &["report", &judged, "--format", "pdf", "--subsite", "city", "--out", &out])
    });
    report("report, one PDF of the sample", reported, "-");
}
