//! Whole handshakes of our own client: what only the end of one can tell. Ended by the deadline whatever the peer does.

use std::{
    io::{self, Read, Write},
    net::{IpAddr, Shutdown, TcpStream},
    sync::Arc,
    time::{Duration, Instant},
};

use rustls::{
    ClientConfig, ClientConnection, ProtocolVersion, SupportedProtocolVersion,
    crypto::ring,
    pki_types::ServerName,
    version::{TLS12, TLS13},
};

use super::{
    Target,
    dial::dial_and_wait,
    verifier::{Asked, Witness},
};
use crate::{
    formats::{
        tls::{
            Answer, Outcome, Probe, answer,
            starttls::{Machine, Step},
        },
        x509::{self, hex},
    },
    model::Tri,
};

/// Bytes of the answer that are kept to tell what it is.
const HEAD: usize = 64;

/// Bytes that are taken from a peer before the handshake is done.
const MOST: u64 = 1 << 20;

/// What a connection offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    All,
    Only1_2,
    Only1_3,
    /// TLS 1.3 to who can verify signatures of one kind of key alone: the server shows its certificate of that kind.
    Only1_3With(Keys),
    /// TLS 1.3 to who names nothing.
    Only1_3WithoutName,
}

/// A kind of key that a server may have in TLS 1.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keys {
    Rsa,
    Ecdsa,
    EdDsa,
}

impl Keys {
    /// The kind that signs with a scheme (RFC 8446 section 4.2.3).
    pub(super) fn of_scheme(scheme: u16) -> Option<Self> {
        match scheme {
            0x0804..=0x0806 | 0x0809..=0x080b => Some(Self::Rsa),
            0x0403 | 0x0503 | 0x0603 => Some(Self::Ecdsa),
            0x0807 | 0x0808 => Some(Self::EdDsa),
            _ => None,
        }
    }
}

impl Offer {
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::All => "tls1.2+tls1.3 hello",
            Self::Only1_2 => "tls1.2 hello",
            Self::Only1_3 => "tls1.3 hello",
            Self::Only1_3With(Keys::Rsa) => "tls1.3 hello for rsa keys",
            Self::Only1_3With(Keys::Ecdsa) => "tls1.3 hello for ecdsa keys",
            Self::Only1_3With(Keys::EdDsa) => "tls1.3 hello for eddsa keys",
            Self::Only1_3WithoutName => "tls1.3 hello without a name",
        }
    }

    fn versions(self) -> Vec<&'static SupportedProtocolVersion> {
        match self {
            Self::All => vec![&TLS13, &TLS12],
            Self::Only1_2 => vec![&TLS12],
            Self::Only1_3 | Self::Only1_3With(_) | Self::Only1_3WithoutName => vec![&TLS13],
        }
    }

    fn names(self) -> Vec<String> {
        self.versions().iter().map(|version| version_name(version.version)).collect()
    }

    fn keys(self) -> Option<Keys> {
        match self {
            Self::Only1_3With(keys) => Some(keys),
            _ => None,
        }
    }
}

/// Makes one connection and says how it ended. Never fails: every failure is an outcome.
pub(super) fn probe(target: &Target, ip: IpAddr, offer: Offer, patience: Duration) -> Probe {
    let begun = Instant::now();
    let first = once(target, ip, offer, patience, &[b"h2", b"http/1.1"]);
    let left = patience.saturating_sub(begun.elapsed());
    if first.outcome == Outcome::Accepted || left.is_zero() {
        return first;
    }
    // Some servers hang up on protocols that they do not know.
    let second = once(target, ip, offer, left, &[]);
    if second.outcome == Outcome::Accepted { second } else { first }
}

fn once(target: &Target, ip: IpAddr, offer: Offer, patience: Duration, alpn: &[&[u8]]) -> Probe {
    let begun = Instant::now();
    let mut probe = Probe {
        ip: ip.to_string(),
        port: target.port,
        sni: if offer == Offer::Only1_3WithoutName { String::new() } else { target.server_name().to_owned() },
        offered: offer.names(),
        outcome: Outcome::Unreachable,
        alert: None,
        head: String::new(),
        version: None,
        suite: None,
        group: None,
        alpn: None,
        client_auth: Tri::Unknown,
        ocsp: Tri::Unknown,
        staple: String::new(),
        key_proven: Tri::Unknown,
        chain: String::new(),
        error: None,
        bytes_sent: 0,
        ms: 0,
    };
    match dial_and_wait(target, ip, patience) {
        Ok(stream) => {
            let mut tap = Tap::new(stream, begun + patience);
            let result =
                lead_in(&mut tap, target).and_then(|()| handshake(&mut tap, target, ip, offer, alpn, &mut probe));
            settle(&mut probe, &tap, result);
            let _ = tap.stream.shutdown(Shutdown::Both);
        }
        Err(e) => {
            probe.outcome = match e.kind() {
                io::ErrorKind::ConnectionRefused => Outcome::NoListener,
                io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Outcome::Timeout,
                _ => Outcome::Unreachable,
            };
            probe.error = Some(e.to_string());
        }
    }
    probe.ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    probe
}

/// What the handshake's end and the raw bytes say together.
fn settle(probe: &mut Probe, tap: &Tap, result: Result<(), io::Error>) {
    probe.head = hex(&tap.head);
    probe.bytes_sent = tap.sent;
    let seen = answer(&tap.head);
    probe.outcome = match (&result, &seen) {
        (Ok(()), Answer::Http) => Outcome::PlainHttp,
        (Ok(()), _) => Outcome::Accepted,
        (_, Answer::Http) => Outcome::PlainHttp,
        (_, Answer::Alert(_) | Answer::Tls) => Outcome::Refused,
        (_, Answer::Other) => Outcome::NotTls,
        (Err(e), Answer::Nothing) if is_timeout(e) => Outcome::Timeout,
        (_, Answer::Nothing) => Outcome::Closed,
    };
    if let Err(e) = result {
        // A server that speaks TLS and then falls silent has not refused anything.
        if seen == Answer::Tls && is_timeout(&e) {
            probe.outcome = Outcome::Timeout;
        }
        probe.error = Some(e.to_string());
    }
    match seen {
        Answer::Alert(alert) if probe.outcome == Outcome::Refused => probe.alert = Some(alert),
        _ => {}
    }
}

fn is_timeout(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock)
}

/// Talks the plain protocol until it goes over to TLS; what it says until then is no answer to a hello.
pub(super) fn lead_in(tap: &mut Tap, target: &Target) -> io::Result<()> {
    let Some(protocol) = target.starttls else { return Ok(()) };
    let mut machine = Machine::new(protocol, target.name());
    let mut buffer = [0; 4096];
    let mut count = 0;
    loop {
        match machine.step(&buffer[..count]) {
            Step::Wait => {}
            Step::Send(bytes) => tap.write_all(&bytes)?,
            Step::SendThenTls(bytes) => {
                tap.write_all(&bytes)?;
                break;
            }
            Step::Tls => break,
            Step::Refused { words } | Step::NotThis { seen: words } => return Err(io::Error::other(words)),
        }
        count = tap.read(&mut buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    tap.head.clear();
    Ok(())
}

fn handshake(
    tap: &mut Tap,
    target: &Target,
    ip: IpAddr,
    offer: Offer,
    alpn: &[&[u8]],
    probe: &mut Probe,
) -> Result<(), io::Error> {
    let (config, witness) = config(offer, alpn)?;
    let mut connection = ClientConnection::new(Arc::new(config), server_name(target, ip)).map_err(io::Error::other)?;
    let result = complete(&mut connection, tap);
    let seen = witness.seen();
    probe.chain = x509::to_pem(seen.chain.iter().map(Vec::as_slice));
    probe.key_proven = seen.key_proven();
    probe.staple = hex(&seen.ocsp);
    probe.client_auth = if witness.was_asked() { Tri::Yes } else { Tri::Unknown };
    if result.is_ok() {
        note(&connection, probe);
        probe.client_auth = witness.was_asked().into();
        probe.ocsp = (!seen.ocsp.is_empty()).into();
        connection.send_close_notify();
        let _ = connection.write_tls(tap);
    }
    result
}

/// A client that takes every certificate and writes down what it saw.
pub(super) fn config(offer: Offer, alpn: &[&[u8]]) -> io::Result<(ClientConfig, Arc<Witness>)> {
    let provider = Arc::new(ring::default_provider());
    let witness = Arc::new(Witness::new(provider.clone(), offer.keys()));
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&offer.versions())
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(witness.clone())
        .with_client_cert_resolver(Arc::new(Asked(witness.clone())));
    config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
    config.resumption = rustls::client::Resumption::disabled();
    config.enable_sni = offer != Offer::Only1_3WithoutName;
    Ok((config, witness))
}

pub(super) fn server_name(target: &Target, ip: IpAddr) -> ServerName<'static> {
    ServerName::try_from(target.name().to_owned()).unwrap_or(ServerName::IpAddress(ip.into()))
}

pub(super) fn complete(connection: &mut ClientConnection, tap: &mut Tap) -> Result<(), io::Error> {
    while connection.is_handshaking() {
        while connection.wants_write() {
            connection.write_tls(tap)?;
        }
        if !connection.is_handshaking() {
            break;
        }
        if tap.received > MOST {
            return Err(io::Error::other("a handshake without end"));
        }
        if connection.read_tls(tap)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Err(e) = connection.process_new_packets() {
            // Our alert, so that the peer's log says why we left.
            let _ = connection.write_tls(tap);
            return Err(io::Error::other(e));
        }
    }
    while connection.wants_write() {
        connection.write_tls(tap)?;
    }
    Ok(())
}

fn note(connection: &ClientConnection, probe: &mut Probe) {
    probe.version = connection.protocol_version().map(version_name);
    probe.suite = connection.negotiated_cipher_suite().map(|suite| u16::from(suite.suite()));
    probe.group = connection.negotiated_key_exchange_group().map(|group| format!("{:?}", group.name()));
    probe.alpn = connection.alpn_protocol().map(|name| String::from_utf8_lossy(name).into_owned());
}

fn version_name(version: ProtocolVersion) -> String {
    match version {
        ProtocolVersion::TLSv1_2 => "tls1_2".to_owned(),
        ProtocolVersion::TLSv1_3 => "tls1_3".to_owned(),
        other => format!("{other:?}"),
    }
}

/// Counts and remembers what goes over the wire, and never waits past the deadline.
pub(super) struct Tap {
    stream: TcpStream,
    pub(super) deadline: Instant,
    head: Vec<u8>,
    received: u64,
    pub(super) sent: u64,
}

impl Tap {
    pub(super) fn new(stream: TcpStream, deadline: Instant) -> Self {
        Self { stream, deadline, head: Vec::new(), received: 0, sent: 0 }
    }

    /// Time is asked for before each call, so that a peer that drips bytes gains nothing by it.
    fn left(&self) -> io::Result<Duration> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
    }
}

impl Read for Tap {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.stream.set_read_timeout(Some(self.left()?))?;
        let n = self.stream.read(buffer)?;
        let room = HEAD.saturating_sub(self.head.len()).min(n);
        self.head.extend_from_slice(&buffer[..room]);
        self.received += n as u64;
        Ok(n)
    }
}

impl Write for Tap {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(self.left()?))?;
        let n = self.stream.write(bytes)?;
        self.sent += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}
