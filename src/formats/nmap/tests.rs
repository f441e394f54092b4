//! nmap's XML as real runs write it, broken off, and as an attacker would.

use proptest::prelude::*;

use super::{DETAIL, Document, decode, ranges};
use crate::model::{DecodeFailure, Digest, Fact, Tri};

/// A run on loopback of our own: `nmap -sV -sC -p ... 127.0.0.1`.
const REAL: &str = include_str!("../../../tests/data/nmap/loopback.xml");

fn read(xml: &str) -> Document {
    decode(&mut xml.as_bytes()).unwrap()
}

fn failure(xml: &str) -> DecodeFailure {
    decode(&mut xml.as_bytes()).unwrap_err()
}

fn run(inside: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><!DOCTYPE nmaprun><nmaprun scanner="nmap" version="7.93" args="nmap x" start="1763712000">{inside}<runstats><finished time="1763712060" exit="success"/><hosts up="1" down="0" total="1"/></runstats></nmaprun>"#
    )
}

fn host(addr: &str, ports: &str) -> String {
    format!(r#"<host><status state="up"/><address addr="{addr}" addrtype="ipv4"/><ports>{ports}</ports></host>"#)
}

fn port(number: u32, service: &str) -> String {
    format!(r#"<port protocol="tcp" portid="{number}"><state state="open"/><service name="{service}"/></port>"#)
}

#[test]
fn reads_a_real_run() {
    let document = read(REAL);
    assert_eq!(document.scan.complete, Tri::Yes);
    assert_eq!((document.scan.scanner.as_str(), document.scan.version.as_str()), ("nmap", "7.93"));
    assert_eq!((document.hosts_up, document.hosts_total), (1, 1));
    let hosts = document.hosts.known().unwrap();
    assert_eq!(hosts[0].addr, "127.0.0.1");
    assert_eq!(hosts[0].names, ["localhost"]);
    let web = hosts[0].ports.iter().find(|p| p.state == "open" && p.service == "http").unwrap();
    assert!(web.probed && web.product.known().unwrap().contains("HTTP") && !web.cpe.is_empty());
    assert!(web.scripts.iter().any(|s| s.id == "http-title" && s.bytes > 0));
    assert!(hosts[0].ports.iter().any(|p| p.state == "closed"));
}

#[test]
fn script_output_is_given_by_the_digest_of_its_text() {
    let script =
        r#"<port protocol="tcp" portid="80"><state state="open"/><script id="x" output="a &lt;b&gt;&#10;c"/></port>"#;
    let document = read(&run(&host("10.0.0.1", script)));
    let seen = &document.hosts.known().unwrap()[0].ports[0].scripts[0];
    assert_eq!((seen.sha256, seen.bytes), (Digest::of(b"a <b>\nc"), 7));
}

#[test]
fn what_was_not_probed_is_not_tested_and_not_empty() {
    let document = read(&run(&host("10.0.0.1", &port(22, "ssh"))));
    let port = &document.hosts.known().unwrap()[0].ports[0];
    assert_eq!(port.service, "ssh");
    assert!(!port.probed && port.product.known().is_none());
}

#[test]
fn a_file_cut_anywhere_gives_what_came_before_and_says_that_it_is_not_whole() {
    let whole = run(&[host("10.0.0.1", &port(22, "ssh")), host("10.0.0.2", &port(80, "http"))].concat());
    let root = whole.find("<host>").unwrap();
    for cut in root..whole.len() - 1 {
        let document = read(&whole[..cut]);
        assert_eq!(document.scan.complete, Tri::No, "cut at {cut}");
        let first = whole.find("</port>").unwrap() + 7;
        assert!(cut < first || document.open_count >= 1, "cut at {cut}");
    }
    assert_eq!(read(&whole).scan.complete, Tri::Yes);
}

#[test]
fn a_run_that_was_broken_off_is_not_complete() {
    let xml = run("").replace(r#"exit="success""#, r#"exit="error" errormsg="x""#);
    assert_eq!(read(&xml).scan.complete, Tri::No);
}

#[test]
fn a_document_type_that_does_anything_is_refused() {
    for doctype in [
        r#"<!DOCTYPE nmaprun [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>"#,
        r#"<!DOCTYPE nmaprun SYSTEM "file:///etc/passwd">"#,
        r#"<!DOCTYPE nmaprun PUBLIC "x" "http://127.0.0.1/x.dtd">"#,
        r#"<!DOCTYPE other>"#,
    ] {
        let xml = run("").replace("<!DOCTYPE nmaprun>", doctype);
        assert!(matches!(failure(&xml), DecodeFailure::Malformed { .. }), "{doctype}");
    }
}

#[test]
fn an_entity_of_its_own_is_refused_wherever_it_stands() {
    let text =
        host("10.0.0.1", r#"<port protocol="tcp" portid="1"><service name="x"><cpe>&bomb;</cpe></service></port>"#);
    assert!(matches!(failure(&run(&text)), DecodeFailure::Malformed { .. }));
    let attribute = host("10.0.0.1", &port(1, "&bomb;"));
    assert!(matches!(failure(&run(&attribute)), DecodeFailure::Malformed { .. }));
}

#[test]
fn deep_nesting_is_over_the_budget() {
    assert!(matches!(failure(&run(&"<a>".repeat(1000))), DecodeFailure::Budget { .. }));
}

#[test]
fn what_is_not_nmap_is_malformed_with_its_place() {
    for text in ["", "hello", "<html><body/></html>", "{}", "<nmaprun", "\u{0}\u{1}"] {
        assert!(matches!(failure(text), DecodeFailure::Malformed { .. }), "{text:?}");
    }
    let wrong = failure(&run("<host></hosts>"));
    assert!(matches!(wrong, DecodeFailure::Malformed { offset, .. } if offset > 100), "{wrong}");
    assert!(matches!(failure(&run(&host("10.0.0.1", &port(70_000, "x")))), DecodeFailure::Malformed { .. }));
    assert!(matches!(failure(&run(&host("10.0.0.300", ""))), DecodeFailure::Malformed { .. }));
}

#[test]
fn a_large_scan_keeps_every_open_port_in_compact_form() {
    let hosts: String =
        (0..DETAIL / 2 + 1).map(|n| host(&format!("10.1.{}.{}", n / 256, n % 256), &port(443, "https"))).collect();
    let document = read(&run(&hosts));
    assert!(document.hosts.known().is_none());
    let open = document.open.known().unwrap();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].hosts as usize, DETAIL / 2 + 1);
    assert_eq!(open[0].addrs, "10.1.0.0-10.1.19.136");
}

#[test]
fn ranges_are_read_back() {
    let xml = run(&["10.0.0.3", "10.0.0.1", "10.0.0.2", "10.0.0.9"].map(|a| host(a, &port(22, "ssh"))).concat());
    let document = read(&xml);
    let addrs = &document.open.known().unwrap()[0].addrs;
    let seen: Vec<_> = ranges(addrs).map(|(a, b)| (a.to_string(), b.to_string())).collect();
    let covered: usize = seen.len();
    assert!(addrs.contains("10.0.0.9") && covered >= 2, "{addrs}");
    let Fact::Known(open) = document.open else { panic!() };
    assert_eq!(open[0].hosts, 4);
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = decode(&mut &bytes[..]);
    }

    #[test]
    fn a_real_file_with_bytes_replaced_never_panics(at in any::<proptest::sample::Index>(), with in ".{0,6}") {
        let mut bytes = REAL.as_bytes().to_vec();
        let at = at.index(bytes.len());
        let end = (at + with.len()).min(bytes.len());
        bytes.splice(at..end, with.bytes());
        let _ = decode(&mut &bytes[..]);
    }
}
