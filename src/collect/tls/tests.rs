//! The collector against servers on loopback, each with a trick of its own.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use rcgen::{CertificateParams, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, SupportedProtocolVersion,
    crypto::ring,
    pki_types::PrivateKeyDer,
    version::{TLS12, TLS13},
};

use super::{Target, TlsLimits, collect, resolve};
use crate::{
    collect::StopFlag,
    evidence::NewRecord,
    formats::{
        tls::{
            EXCHANGES, Outcome, Probe, RENEGOTIATED, Renegotiated, SESSION, SESSION_1_2, SESSION_1_3,
            exchange::{Answer, End, Exchange},
            item_of,
            version::Version,
        },
        x509,
    },
    model::Tri,
};

fn limits() -> TlsLimits {
    TlsLimits::new(Duration::from_millis(700), Instant::now() + Duration::from_secs(20), StopFlag::default())
}

fn target(host: &str, port: u16) -> Target {
    Target { host: host.to_owned(), port, sni: None, starttls: None, family: None, proxy: None }
}

type Records = BTreeMap<String, (NewRecord, Vec<u8>)>;

fn run(host: &str, port: u16) -> Records {
    run_within(host, port, &limits())
}

fn run_within(host: &str, port: u16, limits: &TlsLimits) -> Records {
    let target = target(host, port);
    let addresses = resolve(&target, limits).unwrap();
    let mut out = BTreeMap::new();
    collect(&target, &addresses, limits, &mut |record, bytes| {
        out.insert(record.item.clone(), (record, bytes.unwrap_or_default()));
    });
    out
}

fn session(records: &Records, item: &str) -> Probe {
    serde_json::from_slice(&records[&item_of(item, 0)].1).unwrap()
}

fn exchanges(records: &Records, group: &str) -> Vec<Exchange> {
    serde_json::from_slice(&records[&item_of(group, 0)].1).unwrap()
}

/// The first hello's fate.
fn first(host: &str, port: u16) -> (Answer, End) {
    let exchange = exchanges(&run(host, port), "service").remove(0);
    (exchange.answer(), exchange.end)
}

/// Serves every connection on a port of its own with `serve`.
fn server(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let serve = serve.clone();
            thread::spawn(move || serve(stream));
        }
    });
    port
}

fn tls_server(versions: Vec<&'static SupportedProtocolVersion>) -> u16 {
    let key = KeyPair::generate().unwrap();
    let cert = CertificateParams::new(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]).unwrap();
    let cert = cert.self_signed(&key).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let config = Arc::new(config);
    server(move |mut stream| {
        let mut connection = ServerConnection::new(config.clone()).unwrap();
        while connection.is_handshaking() {
            if connection.complete_io(&mut stream).is_err() {
                return;
            }
        }
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest);
    })
}

#[test]
fn a_modern_server_is_seen_in_both_versions_with_its_chain() {
    let records = run("localhost", tls_server(vec![&TLS13, &TLS12]));
    let seen = session(&records, SESSION);
    assert_eq!((seen.outcome, seen.version.as_deref()), (Outcome::Accepted, Some("tls1_3")));
    assert_eq!(seen.alpn.as_deref(), Some("http/1.1"));
    assert_eq!((seen.key_proven, seen.client_auth, seen.ocsp), (Tri::Yes, Tri::No, Tri::No));
    assert_eq!(seen.sni, "localhost");
    let chain = x509::from_pem(seen.chain.as_bytes());
    assert_eq!(x509::decode(&chain[0]).unwrap().certificate.san, ["localhost", "127.0.0.1"]);
    assert_eq!(session(&records, SESSION_1_2).version.as_deref(), Some("tls1_2"));
    assert_eq!(session(&records, SESSION_1_3).version.as_deref(), Some("tls1_3"));
    for version in [Version::Tls12, Version::Tls13] {
        let asked = exchanges(&records, &format!("version.{}", version.code()));
        assert_eq!(asked.iter().filter(|e| e.name.ends_with(".suites") && e.chosen(version).is_some()).count(), 3);
    }
}

#[test]
fn a_version_that_is_refused_is_refused_with_its_alert_and_the_rest_stands() {
    let records = run("127.0.0.1", tls_server(vec![&TLS12]));
    assert_eq!(session(&records, SESSION).outcome, Outcome::Accepted);
    let refused = exchanges(&records, "version.tls1_3");
    assert!(refused.iter().all(|e| matches!(e.answer(), Answer::Alert(alert) if alert.name() == "protocol_version")));
    assert!(!records.contains_key(&item_of(SESSION_1_3, 0)), "what is not spoken is not tried");
    assert_eq!(session(&records, SESSION_1_2).sni, "", "an address is no name to ask for");
}

#[test]
fn what_is_no_tls_is_told_apart() {
    let answers = |text: &'static [u8]| {
        server(move |mut stream| {
            let mut hello = [0; 2048];
            let _ = stream.read(&mut hello);
            let _ = stream.write_all(text);
        })
    };
    assert!(matches!(first("127.0.0.1", answers(b"HTTP/1.1 400 Bad Request\r\n\r\n")), (Answer::Http, _)));
    assert!(matches!(first("127.0.0.1", answers(b"<html><head><title>400</title>")), (Answer::Http, _)));
    assert!(matches!(first("127.0.0.1", answers(b"SSH-2.0-OpenSSH_9.2p1\r\n")), (Answer::NotTls, _)));
    assert!(matches!(first("127.0.0.1", answers(b"\x15\x03\x01\x00\x02\x02\x28")), (Answer::Alert(_), _)));
    let (answer, end) = first("127.0.0.1", answers(b""));
    assert!(answer == Answer::Nothing && matches!(end, End::Closed | End::Reset), "{end:?}");
    let silent = server(|stream| {
        thread::sleep(Duration::from_secs(3));
        drop(stream);
    });
    assert_eq!(first("127.0.0.1", silent), (Answer::Nothing, End::Timeout));
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(first("127.0.0.1", nobody), (Answer::Nothing, End::Refused));
}

#[test]
fn a_web_server_that_only_answers_to_http_is_asked_in_http() {
    let port = server(|mut stream| {
        let mut request = [0; 2048];
        let n = stream.read(&mut request).unwrap_or(0);
        if request[..n].starts_with(b"HEAD") {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
        }
    });
    let asked = exchanges(&run("127.0.0.1", port), "service");
    assert_eq!(asked.last().unwrap().name, "plain");
    assert_eq!(asked.last().unwrap().answer(), Answer::Http);
}

#[test]
fn a_peer_that_drips_bytes_is_left_at_the_deadline() {
    let port = server(|mut stream| {
        let _ = stream.write_all(b"\x16\x03\x03\x40\x00");
        while stream.write_all(b"x").is_ok() {
            thread::sleep(Duration::from_millis(20));
        }
    });
    let begun = Instant::now();
    assert_eq!(first("127.0.0.1", port).1, End::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn after_the_deadline_nothing_is_sent_and_the_records_say_so() {
    let limits = TlsLimits { deadline: Instant::now(), ..limits() };
    let records = run_within("127.0.0.1", 9, &limits);
    let asked = exchanges(&records, "service");
    assert!(asked.iter().all(|e| e.end == End::NotTested { reason: "deadline".to_owned() } && e.sent.is_empty()));
}

#[test]
fn the_budget_of_connections_is_kept_and_what_was_learnt_stands() {
    let limits = TlsLimits { connections: 3, ..limits() };
    let records = run_within("localhost", tls_server(vec![&TLS12]), &limits);
    let all: Vec<Exchange> = EXCHANGES
        .iter()
        .filter(|group| records.contains_key(&item_of(group, 0)))
        .flat_map(|group| exchanges(&records, group))
        .collect();
    let made = all.iter().filter(|e| !matches!(e.end, End::NotTested { .. })).count();
    assert_eq!(made, 3);
    assert!(all.iter().any(|e| e.end == End::NotTested { reason: "connections".to_owned() }));
    assert!(matches!(all[0].answer(), Answer::ServerHello(_)));
}

#[test]
fn a_name_that_does_not_exist_says_so() {
    assert!(resolve(&target("no-such-host.invalid", 443), &limits()).is_err());
}

/// OpenSSL as the peer, where a server needs what rustls does not do.
struct OpenSsl {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl OpenSsl {
    fn start(args: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyPair::generate().unwrap();
        let cert = CertificateParams::new(vec!["a.example".to_owned()]).unwrap().self_signed(&key).unwrap();
        std::fs::write(folder.path().join("cert.pem"), cert.pem()).unwrap();
        std::fs::write(folder.path().join("key.pem"), key.serialize_pem()).unwrap();
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("openssl")
            .args(["s_server", "-cert", "cert.pem", "-key", "key.pem", "-quiet", "-accept"])
            .arg(format!("127.0.0.1:{port}"))
            .args(args)
            .current_dir(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for _ in 0..100 {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            thread::sleep(Duration::from_millis(30));
        }
        Self { child, port, _folder: folder }
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_server_that_asks_for_a_client_certificate_is_noticed() {
    let server = OpenSsl::start(&["-verify", "1", "-tls1_2"]);
    let records = run("127.0.0.1", server.port);
    assert_eq!(session(&records, SESSION).client_auth, Tri::Yes);
    assert!(exchanges(&records, "service")[0].flight().client_auth());
}

#[test]
fn a_server_without_any_suite_that_our_client_completes_is_enumerated_all_the_same() {
    let server = OpenSsl::start(&["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"]);
    let records = run("127.0.0.1", server.port);
    let asked = exchanges(&records, "version.tls1_2");
    assert_eq!(asked.iter().find_map(|e| e.chosen(Version::Tls12)), Some(0xc023));
    assert_eq!(session(&records, SESSION).outcome, Outcome::Refused);
}

#[test]
fn a_name_that_is_not_served_is_told_from_a_refusal() {
    let server =
        OpenSsl::start(&["-servername", "a.example", "-servername_fatal", "-cert2", "cert.pem", "-key2", "key.pem"]);
    let (answer, _) = first("localhost", server.port);
    assert!(matches!(answer, Answer::Alert(alert) if alert.name() == "unrecognized_name"));
}

/// A hello of TLS 1.2 that our own client can go on after, then whatever `next` says.
fn answers_with(next: impl Fn(usize) -> Vec<u8> + Send + Sync + 'static) -> u16 {
    let count = std::sync::atomic::AtomicUsize::new(0);
    server(move |mut stream| {
        let mut buffer = [0; 2048];
        let read = stream.read(&mut buffer).unwrap_or_default();
        if !buffer[..read].windows(2).any(|pair| pair == [0, 0x2f]) {
            let _ = stream.write_all(&[21, 3, 3, 0, 2, 2, 40]);
            return;
        }
        let n = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let hello = [&[22, 3, 3, 0, 42, 2, 0, 0, 38, 3, 3][..], &[7; 32], &[0, 0, 0x2f, 0]].concat();
        let _ = stream.write_all(&[hello, next(n)].concat());
        let _ = stream.read(&mut buffer);
    })
}

/// What a hostile server may say to the client that goes on after the first flight.
#[test]
fn our_own_client_survives_what_a_server_may_say() {
    let done = vec![22, 3, 3, 0, 4, 14, 0, 0, 0];
    let endless = [22, 3, 3, 0, 4, 11, 0xff, 0xff, 0xff].to_vec();
    let certificate = [&[22, 3, 3, 0, 13, 11, 0, 0, 9, 0, 0, 6, 0, 0, 3][..], &[0x30, 1, 0]].concat();
    let answers = [
        done.clone(),
        endless,
        [certificate, done.clone()].concat(),
        vec![20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 4, 20, 0, 0, 0],
        vec![22, 3, 3, 0xff, 0xff, 1],
        vec![22, 3, 3, 0, 4, 12, 0, 0, 0, 22, 3, 3, 0, 4, 14, 0, 0, 0],
        [22, 3, 3, 0, 0].repeat(3000),
    ];
    let limits = TlsLimits { intrusive: true, ..limits() };
    let port = answers_with(move |n| answers[n % answers.len()].clone());
    let records = run_within("127.0.0.1", port, &limits);
    let asked: Vec<Exchange> = serde_json::from_slice(&records["tls.intrusive"].1).unwrap();
    assert!(asked.len() > 5, "{asked:?}");
    assert!(records.contains_key(&item_of(RENEGOTIATED, 0)));
    assert!(records.contains_key(&item_of(SESSION_1_2, 0)));
}

#[test]
fn a_server_that_says_nothing_to_a_second_hello_is_waited_for_and_written_down_as_silent() {
    // It finishes the handshake and then reads without looking.
    let records = run("127.0.0.1", tls_server(vec![&TLS12]));
    let asked: Renegotiated = serde_json::from_slice(&records[&item_of(RENEGOTIATED, 0)].1).unwrap();
    assert_eq!((asked.version.as_str(), asked.asked), ("tls1_2", true), "{asked:?}");
    assert_eq!((asked.heard.len(), &asked.end), (0, &End::Timeout), "{asked:?}");
}
