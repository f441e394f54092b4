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
        tls::{DEFAULT, ONLY_1_2, ONLY_1_3, Outcome, PLAIN, Probe, RESOLVE},
        x509,
    },
    model::Tri,
};

fn limits() -> TlsLimits {
    TlsLimits {
        probe: Duration::from_millis(700),
        deadline: Instant::now() + Duration::from_secs(20),
        stop: StopFlag::default(),
    }
}

fn run(host: &str, port: u16) -> BTreeMap<String, (NewRecord, Vec<u8>)> {
    let target = Target { host: host.to_owned(), port };
    let limits = limits();
    let addresses = resolve(&target, &limits).unwrap();
    let mut out = BTreeMap::new();
    collect(&target, &addresses, &limits, &mut |record, bytes| {
        out.insert(record.item.clone(), (record, bytes.unwrap_or_default()));
    });
    out
}

fn probe(records: &BTreeMap<String, (NewRecord, Vec<u8>)>, item: &str) -> Probe {
    serde_json::from_slice(&records[item].1).unwrap()
}

fn outcome(host: &str, port: u16) -> Outcome {
    probe(&run(host, port), DEFAULT).outcome
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
    let seen = probe(&records, DEFAULT);
    assert_eq!((seen.outcome, seen.version.as_deref()), (Outcome::Accepted, Some("tls1_3")));
    assert_eq!(seen.alpn.as_deref(), Some("http/1.1"));
    assert_eq!((seen.key_proven, seen.client_auth, seen.ocsp), (Tri::Yes, Tri::No, Tri::No));
    assert_eq!(seen.sni, "localhost");
    let chain = x509::from_pem(seen.chain.as_bytes());
    assert_eq!(x509::decode(&chain[0]).unwrap().certificate.san, ["localhost", "127.0.0.1"]);
    assert_eq!(probe(&records, ONLY_1_2).version.as_deref(), Some("tls1_2"));
    assert_eq!(probe(&records, ONLY_1_3).version.as_deref(), Some("tls1_3"));
    assert!(records.contains_key(RESOLVE) && !records.contains_key(PLAIN));
}

#[test]
fn a_version_that_is_refused_is_refused_with_its_alert_and_the_rest_stands() {
    let records = run("127.0.0.1", tls_server(vec![&TLS12]));
    assert_eq!(probe(&records, DEFAULT).outcome, Outcome::Accepted);
    let refused = probe(&records, ONLY_1_3);
    assert_eq!((refused.outcome, refused.alert.unwrap().name.as_str()), (Outcome::Refused, "protocol_version"));
    assert_eq!(probe(&records, ONLY_1_2).sni, "", "an address is no name to ask for");
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
    assert_eq!(outcome("127.0.0.1", answers(b"HTTP/1.1 400 Bad Request\r\n\r\n")), Outcome::PlainHttp);
    assert_eq!(outcome("127.0.0.1", answers(b"<html><head><title>400</title>")), Outcome::PlainHttp);
    assert_eq!(outcome("127.0.0.1", answers(b"SSH-2.0-OpenSSH_9.2p1\r\n")), Outcome::NotTls);
    assert_eq!(outcome("127.0.0.1", answers(b"\x15\x03\x01\x00\x02\x02\x28")), Outcome::Refused);
    assert_eq!(outcome("127.0.0.1", answers(b"")), Outcome::Closed);
    assert_eq!(
        outcome(
            "127.0.0.1",
            server(|stream| {
                thread::sleep(Duration::from_secs(3));
                drop(stream);
            })
        ),
        Outcome::Timeout
    );
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(outcome("127.0.0.1", nobody), Outcome::NoListener);
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
    let records = run("127.0.0.1", port);
    assert_eq!(probe(&records, DEFAULT).outcome, Outcome::Closed);
    assert_eq!(probe(&records, PLAIN).outcome, Outcome::PlainHttp);
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
    assert_eq!(outcome("127.0.0.1", port), Outcome::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
}

#[test]
fn after_the_deadline_every_probe_is_recorded_as_a_timeout() {
    let target = Target { host: "127.0.0.1".to_owned(), port: 9 };
    let limits = TlsLimits { deadline: Instant::now(), ..limits() };
    let mut seen = Vec::new();
    collect(&target, &["127.0.0.1".parse().unwrap()], &limits, &mut |record, _| {
        seen.push((record.item, record.status.as_str()));
    });
    let timeouts = seen.iter().filter(|(_, status)| *status == "timeout").count();
    assert_eq!((seen.len(), timeouts), (4, 3), "{seen:?}");
}

#[test]
fn a_name_that_does_not_exist_says_so() {
    let target = Target { host: "no-such-host.invalid".to_owned(), port: 443 };
    assert!(resolve(&target, &limits()).is_err());
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
    assert_eq!(probe(&run("127.0.0.1", server.port), DEFAULT).client_auth, Tri::Yes);
}

#[test]
fn a_server_without_a_common_suite_speaks_tls_all_the_same() {
    let server = OpenSsl::start(&["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"]);
    let seen = probe(&run("127.0.0.1", server.port), DEFAULT);
    assert_eq!((seen.outcome, seen.alert.unwrap().name.as_str()), (Outcome::Refused, "handshake_failure"));
}

#[test]
fn a_name_that_is_not_served_is_told_from_a_refusal() {
    let server =
        OpenSsl::start(&["-servername", "a.example", "-servername_fatal", "-cert2", "cert.pem", "-key2", "key.pem"]);
    let seen = probe(&run("localhost", server.port), DEFAULT);
    assert_eq!(seen.alert.map(|alert| alert.name).as_deref(), Some("unrecognized_name"), "{:?}", seen.error);
}
