//! The prober against every server of `tests/peers/truth.yaml`: its facts are what the table says. A fact may be unknown
//! where nobody can tell it from outside; it is never the contrary of the truth.

#![expect(clippy::disallowed_methods, reason = "tests start programs")]

mod peers;

use std::{
    collections::BTreeSet,
    path::Path,
    process::Command,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use peers::{
    Peer, pki,
    truth::{Flaw, Row, Service, Staple, Trust, Version, table},
};
use serde_json::Value;

#[test]
fn the_facts_of_every_peer_are_what_the_table_says() {
    let peers = Peer::start_table();
    let next = AtomicUsize::new(0);
    let mut wrong: Vec<String> = thread::scope(|scope| {
        let worker = || {
            let peers = std::iter::from_fn(|| peers.get(next.fetch_add(1, Ordering::Relaxed)));
            peers.flat_map(faults).collect::<Vec<_>>()
        };
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a comparison does not panic")).collect()
    });
    wrong.sort();
    assert!(wrong.is_empty(), "{} facts are not those of the table:\n{}", wrong.len(), wrong.join("\n"));
}

/// By a scan of their own: whoever does not ask for these probes gets none of them.
#[test]
fn intrusive_probes_find_what_is_there_and_nothing_else() {
    let ids: Vec<&str> = table().peers.iter().filter(|row| row.flaws.is_some()).map(|row| row.id.as_str()).collect();
    let peers = Peer::start_all(&ids);
    let next = AtomicUsize::new(0);
    let wrong: Vec<String> = thread::scope(|scope| {
        let worker = || {
            let peers = std::iter::from_fn(|| peers.get(next.fetch_add(1, Ordering::Relaxed)));
            peers.flat_map(flaws).collect::<Vec<_>>()
        };
        let workers: Vec<_> = (0..4).map(|_| scope.spawn(worker)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a comparison does not panic")).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn flaws(peer: &Peer) -> Vec<String> {
    let stated = peer.truth.flaws.as_deref().unwrap_or_default();
    let facts = document(peer, &peer.truth.name, &["--intrusive"])["facts"]["tls"].clone();
    let mut held = Held { row: peer.truth, facts, wrong: Vec::new() };
    for (flaw, pointer) in [
        (Flaw::CcsInjection, "/ccs_injection"),
        (Flaw::Heartbleed, "/heartbeat/heartbleed"),
        (Flaw::Robot, "/robot"),
        (Flaw::Ticketbleed, "/ticketbleed"),
    ] {
        held.is_known(&format!("{flaw:?}"), Some(stated.contains(&flaw)), pointer);
    }
    // With all of them known, nothing keeps the grade open.
    if held.facts["grade"]["state"] != "rated" {
        held.wrong.push(format!("{}: no grade: {}", peer.truth.id, held.facts["grade"]));
    }
    held.wrong
}

#[test]
fn without_being_asked_for_intrusive_probes_nothing_is_said_of_flaws() {
    let peers = Peer::start_all(&["early_ccs", "heartbleed", "robot", "ticketbleed"]);
    for (peer, pointer) in peers.iter().zip(["/ccs_injection", "/heartbeat/heartbleed", "/robot", "/ticketbleed"]) {
        let facts = scan(peer, "peer.test");
        assert_eq!(facts.pointer(pointer).expect("a fact"), "unknown", "{}", peer.truth.id);
        let open = facts["grade"]["open"].as_array().cloned().unwrap_or_default();
        assert!(!open.is_empty() || facts["grade"]["state"] == "rated", "{}: {}", peer.truth.id, facts["grade"]);
    }
}

#[test]
fn a_name_that_is_not_served_is_told_from_a_server_without_tls() {
    let peer = Peer::start("name_not_served");
    assert_eq!(scan(&peer, "other.test")["service"], "name_not_served");
    assert_eq!(scan(&peer, "peer.test")["service"], "tls");
}

#[test]
fn nothing_reads_as_good_under_a_name_that_is_not_served() {
    let peer = Peer::start("name_not_served");
    let document = document(&peer, "other.test", &[]);
    let outcomes = document["outcomes"].as_array().expect("a list");
    let decided = outcomes.iter().filter(|outcome| outcome["verdict"] != "unknown");
    let decided = decided.map(|outcome| outcome["check"].as_str().expect("an identifier"));
    // This server refuses old versions and TLCP whatever the name; all else depends on it.
    let by_version = ["tls.service.", "tls.protocol.", "tls.sm."];
    let others: Vec<_> = decided.filter(|check| !by_version.iter().any(|prefix| check.starts_with(prefix))).collect();
    assert_eq!(others, Vec::<&str>::new());
    let encrypted = outcomes.iter().find(|outcome| outcome["check"] == "tls.service.encrypted").expect("it was asked");
    assert_eq!(encrypted["verdict"], "fail");
}

#[test]
fn timestamps_are_verified_with_a_list_of_logs_and_only_counted_without() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/ct");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let args =
        "-www -cert {pki}/leaf.pem -key {pki}/leaf.key -cert_chain {pki}/issuer.pem -serverinfo {pki}/serverinfo.pem";
    let (_process, addr) = peers::process::openssl(folder.path(), &data, "ct", args);
    let scts = |logs: Option<&Path>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jixian"));
        command.args(["scan", "tls", &addr.to_string(), "--format", "json", "--quiet", "--sni", "peer.test"]);
        if let Some(logs) = logs {
            command.args(["--ct-logs".as_ref(), logs.as_os_str()]);
        }
        let output = command.output().expect("the binary runs");
        let document: Value = serde_json::from_slice(&output.stdout).expect("the answer is JSON");
        let certificate = &document["facts"]["tls"]["certificates"][0];
        let list = certificate["scts"].as_array().unwrap_or_else(|| panic!("no list: {certificate}"));
        let said = |sct: &Value| format!("{} {} {}", sct["origin"], sct["log"], sct["verified"]).replace('"', "");
        (list.iter().map(said).collect::<BTreeSet<_>>(), certificate["ct_scts"].clone())
    };
    let of = |words: [&str; 3]| (words.map(str::to_owned).into(), Value::from(3));
    let known = of(["certificate Test log1 yes", "certificate Test log2 yes", "tls Test log1 yes"]);
    assert_eq!(scts(Some(&data.join("logs.json"))), known);
    let (none, count) = scts(None);
    assert_eq!((none.len(), count), (2, Value::from(3)));
    assert!(none.iter().all(|said| said.ends_with(" unknown")));
    let text = std::fs::read_to_string(data.join("logs.json")).expect("it is there");
    let mut list: Value = serde_json::from_str(&text).expect("a list is JSON");
    list["operators"][0]["logs"] = Value::Array(Vec::new());
    let fewer = folder.path().join("fewer.json");
    std::fs::write(&fewer, list.to_string()).expect("the folder takes files");
    assert_eq!(scts(Some(&fewer)), of(["certificate  unknown", "certificate Test log2 yes", "tls  unknown"]));
}

/// The facts of a peer, as the command line gives them.
fn scan(peer: &Peer, name: &str) -> Value {
    document(peer, name, &[])["facts"]["tls"].clone()
}

fn document(peer: &Peer, name: &str, more: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jixian"));
    command.args(["scan", "tls", &peer.addr.to_string(), "--format", "json", "--quiet"]);
    command.args(["--roots".as_ref(), roots().as_os_str()]).args(more);
    if !name.is_empty() {
        command.args(["--sni", name]);
    }
    if let Some(protocol) = peer.truth.starttls {
        command.args(["--starttls", &format!("{protocol:?}").to_lowercase()]);
    }
    let output = command.output().expect("the binary runs");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{}: {error}\n{}", peer.truth.id, String::from_utf8_lossy(&output.stderr));
    })
}

/// Both roots of the table in one file.
fn roots() -> &'static Path {
    static FILE: std::sync::OnceLock<std::path::PathBuf> = std::sync::OnceLock::new();
    FILE.get_or_init(|| {
        let path = pki().join("all-roots.pem");
        let read = |name: &str| std::fs::read_to_string(pki().join(name)).expect("pki.sh made it");
        std::fs::write(&path, read("root.pem") + &read("sm2_root.pem")).expect("the folder takes files");
        path
    })
}

fn faults(peer: &Peer) -> Vec<String> {
    let started = Instant::now();
    let facts = scan(peer, &peer.truth.name);
    let mut held = Held { row: peer.truth, facts, wrong: Vec::new() };
    held.endpoint(peer);
    held.service();
    held.protocols();
    held.grease();
    held.certificates();
    held.rfc8998();
    held.behaviour();
    if started.elapsed() > Duration::from_secs(60) {
        held.wrong.push(format!("{}: took {:?}", peer.truth.id, started.elapsed()));
    }
    held.wrong
}

struct Held {
    row: &'static Row,
    facts: Value,
    wrong: Vec<String>,
}

impl Held {
    fn is(&mut self, what: &str, expected: &str, observed: &Value) {
        if observed != expected {
            self.wrong.push(format!("{}: {what}: table {expected}, observed {observed}", self.row.id));
        }
    }

    /// What nobody promises to find out, but may not get wrong.
    fn is_not_the_contrary(&mut self, what: &str, expected: Option<bool>, pointer: &str) {
        let Some(expected) = expected else { return };
        let observed = self.facts.pointer(pointer).cloned().unwrap_or_default();
        let contrary = if expected { "no" } else { "yes" };
        if observed == contrary || !observed.is_string() {
            self.wrong.push(format!("{}: {what}: table {expected}, observed {observed}", self.row.id));
        }
    }

    /// What has to be found out.
    fn is_known(&mut self, what: &str, expected: Option<bool>, pointer: &str) {
        let Some(expected) = expected else { return };
        let observed = self.facts.pointer(pointer).cloned().unwrap_or_default();
        self.is(what, if expected { "yes" } else { "no" }, &observed);
    }

    /// The address is that of the row, of whichever family.
    fn endpoint(&mut self, peer: &Peer) {
        let ip = peer.addr.ip().to_string();
        self.is("ip", &ip, &self.facts["endpoint"]["ip"].clone());
    }

    fn service(&mut self) {
        let expected = match self.row.service {
            Service::Tls => "tls",
            Service::Tlcp => "tlcp",
            Service::Both => "tls+tlcp",
            Service::PlainHttp => "plain_http",
            Service::NotTls => "not_tls",
            Service::Closed => "closed",
            Service::Timeout => "timeout",
            // The row's own name is served.
            Service::NameNotServed => "tls",
        };
        let observed = self.facts["service"].clone();
        if self.row.id == "endless_certificate" {
            return;
        }
        // Turned away, nobody has learnt whether there is TLS; and of records without a hello nobody knows what they are.
        let open = match self.row.id.as_str() {
            "smtp_busy" => Some("busy"),
            _ if self.row.service == Service::NotTls => Some("damaged"),
            _ => None,
        };
        if open.is_some_and(|reason| observed["reason"] == reason) {
            return;
        }
        self.is("service", expected, &observed);
    }

    fn protocols(&mut self) {
        if self.row.id == "endless_certificate" {
            // Its hellos are whole: only who waits for their end learns that there is none.
            return;
        }
        for version in Version::ALL {
            let name = match version {
                Version::Ssl2 => "ssl2",
                Version::Ssl3 => "ssl3",
                Version::Tls10 => "tls1_0",
                Version::Tls11 => "tls1_1",
                Version::Tls12 => "tls1_2",
                Version::Tls13 => "tls1_3",
                Version::Tlcp => "tlcp",
            };
            let observed = self.facts["protocols"][name].clone();
            let accepted = observed["status"] == "accepted";
            let expected = self.row.protocols.contains_key(&version);
            if accepted != expected {
                self.wrong.push(format!("{}: {name}: table {expected}, observed {}", self.row.id, observed["status"]));
                continue;
            }
            if expected {
                self.suites(name, version, &observed["suites"]);
            }
        }
        let order = self.row.server_order;
        let spoken = ["tls1_2", "tls1_1", "tls1_0"]
            .iter()
            .find(|name| self.facts["protocols"][**name]["suites"].as_array().is_some_and(|suites| suites.len() > 1));
        if let Some(name) = spoken {
            self.is_known("server_order", order, &format!("/protocols/{name}/server_order"));
        }
    }

    fn suites(&mut self, name: &str, version: Version, observed: &Value) {
        let expected: BTreeSet<u32> = table().suites(self.row, version).into_iter().collect();
        let Some(list) = observed.as_array() else {
            self.wrong.push(format!("{}: {name}: suites are not known: {observed}", self.row.id));
            return;
        };
        let number = |suite: &Value| u32::from_str_radix(suite["id"].as_str()?.trim_start_matches("0x"), 16).ok();
        let found: BTreeSet<u32> = list.iter().filter_map(number).collect();
        let hex = |set: Vec<&u32>| set.iter().map(|id| format!("{id:04x}")).collect::<Vec<_>>().join(" ");
        if found != expected {
            let missing = hex(expected.difference(&found).collect());
            let more = hex(found.difference(&expected).collect());
            self.wrong.push(format!("{}: {name}: missing [{missing}], not in the table [{more}]", self.row.id));
        }
    }

    fn certificates(&mut self) {
        if self.row.chains.is_empty() {
            return;
        }
        let Some(list) = self.facts["certificates"].as_array().cloned() else {
            self.wrong.push(format!("{}: no certificates: {}", self.row.id, self.facts["certificates"]));
            return;
        };
        let found: BTreeSet<&str> = list.iter().filter_map(|c| c["sha256"].as_str()).collect();
        let digest = |name: &String| jixian::model::Digest::of(&Peer::certificate(name)).to_string();
        let own: BTreeSet<String> = self.row.chains.iter().filter_map(|chain| chain.first()).map(digest).collect();
        for digest in &own {
            if !found.contains(digest.as_str()) {
                self.wrong.push(format!("{}: certificate {digest} was not seen", self.row.id));
            }
        }
        let expected = match self.row.trust {
            Some(Trust::Trusted) => "trusted",
            Some(Trust::Untrusted) => "untrusted",
            Some(Trust::Incomplete) => "incomplete",
            Some(Trust::SelfSigned) => "self_signed",
            Some(Trust::Expired | Trust::NotYetValid) => "expired",
            None => return,
        };
        for certificate in list {
            let hash = certificate["signature"]["hash"].as_str();
            if hash.is_some_and(|hash| ["md5", "sha1"].contains(&hash)) {
                // No library of today verifies such a signature: it is not known, and never trusted.
                self.is("trust", "unknown", &certificate["chain"]["status"]);
                continue;
            }
            self.is("trust", expected, &certificate["chain"]["status"]);
            if let Some(matches) = self.row.name_matches {
                self.is("name_matches", if matches { "yes" } else { "no" }, &certificate["name_matches"]);
            }
        }
    }

    /// A chain that only a flight of RFC 8998 shows is seen, and its key has proved itself.
    fn rfc8998(&mut self) {
        let suites = table().suites(self.row, Version::Tls13);
        if self.row.service != Service::Tls || !suites.iter().any(|suite| matches!(suite, 0x00c6 | 0x00c7)) {
            return;
        }
        self.is_known("rfc8998", Some(true), "/sm/rfc8998");
        let with_sm2 = self.row.chains.iter().any(|chain| chain[0] == "sm2_sign");
        self.is_known("sm2_certificates", Some(with_sm2), "/sm/sm2_certificates");
        for certificate in self.facts["certificates"].as_array().cloned().unwrap_or_default() {
            self.is("role", "server", &certificate["role"]);
            self.is("subject", "CN=peer.test, O=Peers of jixian, C=CN", &certificate["subject"]);
            if with_sm2 {
                self.is("key_proven", "yes", &certificate["key_proven"]);
            }
        }
        if suites.iter().all(|suite| matches!(suite, 0x00c6 | 0x00c7)) {
            let schemes: Vec<&str> = match with_sm2 {
                true => vec!["sm2sig_sm3"],
                false => vec!["rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512"],
            };
            let list = self.facts["signature_schemes"].as_array().cloned().unwrap_or_default();
            let names: Vec<&str> = list.iter().filter_map(|scheme| scheme["name"].as_str()).collect();
            self.is("signature_schemes", &schemes.join(" "), &Value::from(names.join(" ")));
            self.is("negotiated group", "curveSM2", &self.facts["negotiated"]["group"].clone());
            self.is("negotiated version", "tls1_3", &self.facts["negotiated"]["version"].clone());
        }
    }

    /// No peer here chokes on what it does not know; one that did would say so in its row.
    fn grease(&mut self) {
        let modern = [Version::Tls10, Version::Tls11, Version::Tls12, Version::Tls13];
        let speaks = modern.into_iter().any(|version| !table().suites(self.row, version).is_empty());
        if self.row.service == Service::Tls && speaks && self.facts["grease"] != "yes" {
            self.wrong.push(format!("{}: grease: observed {}", self.row.id, self.facts["grease"]));
        }
    }

    /// What the staple says, in every version that the peer speaks.
    fn ocsp(&mut self, staple: Option<Staple>) {
        let list = self.facts["certificates"].as_array().cloned().unwrap_or_default();
        for certificate in list {
            let ocsp = &certificate["ocsp"];
            let said = match staple {
                Some(Staple::Good) => "good",
                Some(Staple::Revoked) => "revoked",
                Some(Staple::None) => {
                    self.is("ocsp", "no_staple", &ocsp["reason"]);
                    continue;
                }
                None => continue,
            };
            self.is("ocsp.certificate", said, &ocsp["certificate"]);
            self.is("ocsp.signature_ok", "yes", &ocsp["signature_ok"]);
            self.is("ocsp.current", "yes", &ocsp["current"]);
        }
    }

    fn behaviour(&mut self) {
        let behaviour = &self.row.behaviour;
        self.is_known("client_auth", behaviour.client_auth, "/client_auth");
        self.is_known("compression", behaviour.compression, "/compression");
        self.is_known("extended_master_secret", behaviour.extended_master_secret, "/extended_master_secret");
        self.is_known("renegotiation.secure", behaviour.secure_renegotiation, "/renegotiation/secure");
        self.is_known("heartbeat", behaviour.heartbeat, "/heartbeat/offered");
        let staple = behaviour.ocsp_staple.map(|staple| staple != Staple::None);
        self.is_known("ocsp_staple", staple, "/ocsp_staple");
        self.ocsp(behaviour.ocsp_staple);
        let several = self.row.protocols.len() > 1;
        self.is_not_the_contrary("fallback_scsv", behaviour.fallback_scsv.filter(|_| several), "/fallback_scsv");
        self.is_not_the_contrary("early_data", behaviour.early_data, "/early_data");
        self.is_known("client_renegotiation", behaviour.client_renegotiation, "/renegotiation/client_initiated");
        self.is_not_the_contrary("session_id", behaviour.session_id, "/resumption/session_id");
        self.is_not_the_contrary("ticket", behaviour.ticket, "/resumption/ticket");
        self.is_not_the_contrary("heartbleed", behaviour.heartbleed, "/heartbeat/heartbleed");
        self.is_not_the_contrary("ccs_injection", behaviour.ccs_injection, "/ccs_injection");
        if let Some(bits) = self.row.dh_bits {
            let observed = self.facts["dh_bits"].clone();
            if observed != bits {
                self.wrong.push(format!("{}: dh_bits: table {bits}, observed {observed}", self.row.id));
            }
        }
        if let Some(groups) = &self.row.groups {
            let expected: BTreeSet<u16> = groups.iter().filter_map(|id| u16::from_str_radix(id, 16).ok()).collect();
            let list = self.facts["groups"].as_array().cloned().unwrap_or_default();
            let number = |g: &Value| u16::from_str_radix(g["id"].as_str()?.trim_start_matches("0x"), 16).ok();
            let found: BTreeSet<u16> = list.iter().filter_map(number).collect();
            if found != expected {
                self.wrong.push(format!("{}: groups: table {expected:04x?}, observed {found:04x?}", self.row.id));
            }
        }
    }
}
