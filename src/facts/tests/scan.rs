//! From the XML of nmap to facts, and what they mean beside the inventory.

use super::*;

fn xml(hosts: &str, end: &str) -> String {
    format!(r#"<!DOCTYPE nmaprun><nmaprun scanner="nmap" version="7.93" args="nmap" start="1">{hosts}{end}"#)
}

const END: &str = r#"<runstats><finished time="2" exit="success"/><hosts up="1" total="1"/></runstats></nmaprun>"#;

fn host(addr: &str, name: &str, ports: &[(u16, &str)]) -> String {
    let ports: String = ports
        .iter()
        .map(|(n, s)| format!(r#"<port protocol="tcp" portid="{n}"><state state="open"/><service name="{s}"/></port>"#))
        .collect();
    format!(
        r#"<host><status state="up"/><address addr="{addr}" addrtype="ipv4"/><hostnames><hostname name="{name}"/></hostnames><ports>{ports}</ports></host>"#
    )
}

fn facts(xml: &str) -> Value {
    let items = Items::default().with("nmap.xml", xml);
    let document = evaluated("scan", derive(AssetKind::NetworkNmap, &items, &InProcess), &[]);
    assert_fits(&document);
    document.facts["network"].clone()
}

#[test]
fn what_no_asset_accounts_for_is_undeclared() {
    let hosts = [
        host("10.0.0.5", "x", &[(443, "https"), (8080, "http-proxy")]),
        host("10.0.0.6", "WEB.example.gov.cn", &[(8443, "https-alt")]),
    ];
    let network = facts(&xml(&hosts.concat(), END));
    assert_eq!(
        network["undeclared"],
        json!([
            {"addr": "10.0.0.5", "port": 8080, "proto": "tcp", "service": "http-proxy", "key": "10.0.0.5:8080/tcp"}
        ])
    );
    assert_eq!(network["undeclared_count"], 1);
    assert_eq!(network["management_exposed"], json!([]));
    assert_eq!(network["scan"]["vantage"], "internet");
}

#[test]
fn ports_of_administration_are_found_by_name_and_by_number() {
    let network =
        facts(&xml(&host("10.0.0.5", "x", &[(2222, "ssh"), (3389, ""), (23, "telnet"), (6379, "redis")]), END));
    let seen: Vec<_> = network["management_exposed"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["port"].as_u64().unwrap(), e["class"].as_str().unwrap()))
        .collect();
    assert_eq!(seen, [(23, "cleartext_admin"), (2222, "remote_admin"), (3389, "remote_admin"), (6379, "database")]);
}

#[test]
fn nothing_found_in_a_scan_that_broke_off_is_not_nothing() {
    let network = facts(&xml(&host("10.0.0.5", "x", &[(443, "https")]), ""));
    assert_eq!(network["scan"]["complete"], "no");
    assert_eq!(network["undeclared"]["$status"], "error");
    assert_eq!(network["management_exposed"]["$status"], "error");
    let network = facts(&xml(&host("10.0.0.5", "x", &[(22, "ssh")]), ""));
    assert_eq!(network["undeclared"][0]["port"], 22, "what was found is found");
}

#[test]
fn a_file_that_is_no_scan_has_no_facts() {
    let network = facts("<html/>");
    for group in ["scan", "hosts", "open", "undeclared", "management_exposed"] {
        assert_eq!(network[group]["$status"], "error", "{group}");
    }
}
