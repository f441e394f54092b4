//! A run that is stopped leaves what it finished, sealed.

#![allow(clippy::disallowed_methods, reason = "tests run the binary and touch files")]

mod common;

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::TcpListener,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use common::{ERROR, INCOMPLETE, Place, Run, inventory, json, sample};

/// A listener that takes connections and never says a word.
fn silent() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

fn signal(child: &std::process::Child, name: &str) {
    let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// An inventory whose second asset hangs, and the run of it at the moment when it does.
fn hanging(place: &Place, port: u16, command: &str) -> (std::process::Child, BufReader<std::process::ChildStderr>) {
    fs::copy(sample().join("scans/dmz.xml"), place.at("dmz.xml")).unwrap();
    let text = inventory(&[
        "{id: a-dmz, kind: network.nmap, serves: [site], path: dmz.xml, vantage: internal}",
        &format!("{{id: b-tls, kind: tls.endpoint, serves: [site], address: \"127.0.0.1:{port}\", sni: localhost}}"),
        "{id: c-here, kind: host.linux, serves: [site], via: local}",
    ]);
    let text = text.replace("parallel: 2", "parallel: 1").replace("item_timeout_s: 10", "item_timeout_s: 60");
    place.write("inventory.yaml", text.replace("host_deadline_s: 60", "host_deadline_s: 300"));
    let mut child = place
        .command(&["--lang", "en", command, "inventory.yaml", "--out", "out"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    assert!(line.starts_with("[1/3] a-dmz"), "{line}");
    std::thread::sleep(Duration::from_millis(300));
    (child, stderr)
}

fn rest(stderr: BufReader<std::process::ChildStderr>) -> String {
    stderr.lines().map(|line| line.unwrap() + "\n").collect()
}

#[test]
fn ctrl_c_seals_what_is_finished_and_reports_on_it() {
    let (listener, port) = silent();
    let place = Place::new();
    let (mut child, stderr) = hanging(&place, port, "assess");
    let begun = Instant::now();
    signal(&child, "-INT");
    let said = rest(stderr);
    let code = child.wait().unwrap().code();
    assert_eq!(code, Some(INCOMPLETE), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(30), "a silent peer holds nobody up: {:?}", begun.elapsed());
    assert!(said.contains("stopping: "), "{said}");
    assert!(said.contains("c-here: stopped before it was begun"), "{said}");
    drop(listener);

    let run = place.run(&["--lang", "en", "verify", "out/bundle"]).exits(INCOMPLETE);
    assert!(run.stdout.contains("integrity: intact"), "{}", run.stdout);
    assert!(run.stdout.contains("missing: c-here; cut off: b-tls"), "{}", run.stdout);
    let assessment = json(&place.at("out/site/assessment.json"));
    assert_eq!(assessment["bundle"]["state"], "incomplete");
    let verdicts = common::verdicts(&assessment["outcomes"]);
    assert!(verdicts.iter().any(|((_, asset), verdict)| asset == "a-dmz" && verdict == "pass"));
    for ((check, asset), verdict) in &verdicts {
        assert!(asset == "a-dmz" || ["unknown", "manual"].contains(&verdict.as_str()), "{check} on {asset}: {verdict}");
    }
    // Nothing of it is green.
    let run = place.run(&["gate", "out/bundle"]);
    assert_eq!(run.code, Some(common::NEGATIVE), "{run:?}");
}

#[test]
fn a_second_ctrl_c_and_a_kill_leave_a_bundle_with_what_was_finished() {
    for signals in [&["-TERM", "-TERM"][..], &["-KILL"]] {
        let (listener, port) = silent();
        let place = Place::new();
        let (mut child, stderr) = hanging(&place, port, "collect");
        for name in signals {
            signal(&child, name);
        }
        let status = child.wait().unwrap();
        assert!(status.code().is_none_or(|code| code == ERROR || code == INCOMPLETE), "{status:?}: {}", rest(stderr));
        drop(listener);
        let run = place.run(&["--lang", "en", "verify", "out"]).exits(INCOMPLETE);
        assert!(run.stdout.contains("integrity: intact"), "{}", run.stdout);
        assert!(place.at("out/parts/a-dmz/SEAL").exists());
        let run: Run = place.run(&["-q", "evaluate", "out", "--out", "judged"]).exits(INCOMPLETE);
        assert!(run.stdout.contains("jixian report judged"), "{}", run.stdout);
    }
}
