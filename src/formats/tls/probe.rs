//! What our own TLS probes write down, and the names of what they meet.

use serde::{Deserialize, Serialize};

use super::{alert, exchange::End, flaws::INTRUSIVE, record};
use crate::model::Tri;

/// The item that says what a name resolved to.
pub const RESOLVE: &str = "tls.resolve";
/// A whole handshake with everything that our client speaks.
pub const SESSION: &str = "session.default";
/// A whole handshake of TLS 1.2.
pub const SESSION_1_2: &str = "session.tls1_2";
/// A whole handshake of TLS 1.3.
pub const SESSION_1_3: &str = "session.tls1_3";
/// Whole handshakes of TLS 1.3, each for one kind of key, where a server has several and shows them in no other way.
pub const SESSION_1_3_RSA: &str = "session.tls1_3.rsa";
pub const SESSION_1_3_ECDSA: &str = "session.tls1_3.ecdsa";
pub const SESSION_1_3_EDDSA: &str = "session.tls1_3.eddsa";
/// A whole handshake of TLS 1.3 that names nothing.
pub const SESSION_NO_NAME: &str = "session.no_name";
/// Two handshakes of TLS 1.2, the second with the session id of the first.
pub const RESUMED_ID: &str = "session.resumed.id";
/// Two handshakes of TLS 1.2, the second with the ticket of the first.
pub const RESUMED_TICKET: &str = "session.resumed.ticket";
/// Two handshakes of TLS 1.3.
pub const RESUMED_1_3: &str = "session.resumed.tls1_3";
/// A handshake within a handshake, in the newest version before TLS 1.3.
pub const RENEGOTIATED: &str = "session.renegotiated";
/// Groups of exchanges; each is an item of its own.
pub const EXCHANGES: &[&str] = &[
    "service",
    "version.ssl2",
    "version.ssl3",
    "version.tls1_0",
    "version.tls1_1",
    "version.tls1_2",
    "version.tls1_3",
    "version.tlcp1_1",
    "groups",
    "schemes",
    "dh",
    "certificates",
    "behaviour",
    AGAIN,
    INTRUSIVE,
];
/// What was accepted, offered among numbers that nobody registered.
pub const GREASE: &str = "grease";
/// What was accepted, asked for once more when everything else had been asked.
pub const AGAIN: &str = "again";

/// The name of the item of a group, or of a session, at the nth address (from 0).
pub fn item_of(group: &str, n: usize) -> String {
    if n == 0 { format!("tls.{group}") } else { format!("tls.{group}@{}", n + 1) }
}

/// What a name resolved to, and which addresses were contacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    pub host: String,
    pub port: u16,
    /// The name in the hellos; empty where the target is an address.
    pub sni: String,
    /// The protocol that was asked to go over to TLS; empty where TLS came first.
    pub starttls: String,
    pub addresses: Vec<String>,
    /// Those that were probed, in order; more than a few are left out.
    pub probed: Vec<String>,
    /// `ipv4` or `ipv6` where the others do not count; empty where all do.
    #[serde(default)]
    pub family: String,
    /// The proxy through which they were reached; empty without one.
    #[serde(default)]
    pub proxy: String,
}

/// One connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    pub ip: String,
    pub port: u16,
    /// The name that was asked for; empty where the target is an address.
    pub sni: String,
    /// `tls1_2`, `tls1_3`; empty for a plain request.
    pub offered: Vec<String>,
    pub outcome: Outcome,
    pub alert: Option<Alert>,
    /// The first bytes that came back, in hex.
    pub head: String,
    pub version: Option<String>,
    pub suite: Option<u16>,
    pub group: Option<String>,
    pub alpn: Option<String>,
    /// The server asked for a certificate of ours.
    pub client_auth: Tri,
    /// An OCSP response came with the certificate.
    pub ocsp: Tri,
    /// That response as DER, in hex; empty where none came, and in evidence from before it was kept.
    #[serde(default)]
    pub staple: String,
    /// The key of the certificate proved itself.
    pub key_proven: Tri,
    /// The chain as sent, as PEM.
    pub chain: String,
    /// What the client library said where the handshake failed.
    pub error: Option<String>,
    pub bytes_sent: u64,
    pub ms: u64,
}

/// Two handshakes of one client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resumed {
    pub ip: String,
    /// The second went on with the session of the first.
    pub resumed: Tri,
    /// Early data would have been taken; none was sent. TLS 1.3 alone has it.
    pub early_data: Tri,
    /// What the client library said where a handshake failed.
    pub error: Option<String>,
    pub connections: u32,
    pub bytes_sent: u64,
    pub ms: u64,
}

/// A handshake to its end, and a second hello within it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Renegotiated {
    pub ip: String,
    /// As `tls1_2`; empty where the first handshake did not come to its end.
    pub version: String,
    pub suite: Option<u16>,
    /// The first handshake came to its end, and the second hello was sent.
    pub asked: bool,
    /// What came after the second hello, opened; in order.
    pub heard: Vec<Unsealed>,
    pub end: End,
    /// Why a handshake did not come to its end.
    pub error: Option<String>,
    pub bytes_sent: u64,
    pub ms: u64,
}

/// Something that came sealed, and what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unsealed {
    /// Since the second hello.
    pub ms: u64,
    /// One of [`record::content`].
    pub content: u8,
    /// One of [`record::message`], where it is a handshake message.
    pub message: Option<u8>,
    pub alert: Option<alert::Alert>,
    /// What the numbers mean: `server_hello`, `no_renegotiation`.
    pub name: String,
    pub bytes: usize,
}

impl Unsealed {
    pub fn new(ms: u64, content: u8, message: Option<u8>, alert: Option<alert::Alert>, bytes: usize) -> Self {
        let name = match (alert, message) {
            (Some(alert), _) => alert.name(),
            (None, Some(message)) => record::message::name(message),
            (None, None) => record::content::name(content),
        };
        Self { ms, content, message, alert, name: name.to_owned(), bytes }
    }
}

/// How one connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The handshake was completed.
    Accepted,
    /// The server spoke TLS, and the handshake failed: by its alert, or because of what it sent.
    Refused,
    /// It hung up without a byte.
    Closed,
    /// Nothing listens.
    NoListener,
    /// No answer, or no end of one, in time.
    Timeout,
    /// No way there.
    Unreachable,
    /// It answered in HTTP without TLS.
    PlainHttp,
    /// It answered in something else.
    NotTls,
}

/// An alert of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    pub description: u8,
    /// `unrecognized_name` and the like.
    pub name: String,
    /// The version in the record, such as `0303`; `0101` is spoken by TLCP only.
    pub record_version: String,
}

/// What the first bytes of an answer are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    Nothing,
    Alert(Alert),
    /// A TLS record that is no alert.
    Tls,
    Http,
    Other,
}

/// Tells apart what came back by its first bytes.
pub fn answer(head: &[u8]) -> Answer {
    match head {
        [] => Answer::Nothing,
        [0x15, major @ (1 | 3), minor, 0, 2, _level, description, ..] => Answer::Alert(Alert {
            description: *description,
            name: alert_name(*description).to_owned(),
            record_version: format!("{major:02x}{minor:02x}"),
        }),
        [0x14..=0x18, 1 | 3, 0..=4, ..] => Answer::Tls,
        _ if head.starts_with(b"HTTP/") || looks_like_html(head) => Answer::Http,
        _ => Answer::Other,
    }
}

/// Old servers answer a hello with the page of an error and no status line.
fn looks_like_html(head: &[u8]) -> bool {
    let start = head.trim_ascii_start();
    let begins = |tag: &[u8]| start.get(..tag.len()).is_some_and(|text| text.eq_ignore_ascii_case(tag));
    begins(b"<html") || begins(b"<!doctype html")
}

fn alert_name(description: u8) -> &'static str {
    match description {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        40 => "handshake_failure",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        47 => "illegal_parameter",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        109 => "missing_extension",
        110 => "unsupported_extension",
        112 => "unrecognized_name",
        116 => "certificate_required",
        120 => "no_application_protocol",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, answer};

    #[test]
    fn answers_are_told_apart_by_their_first_bytes() {
        assert_eq!(answer(b""), Answer::Nothing);
        assert!(matches!(answer(b"\x15\x03\x01\x00\x02\x02\x70"), Answer::Alert(a) if a.name == "unrecognized_name"));
        assert!(matches!(answer(b"\x15\x01\x01\x00\x02\x02\x28"), Answer::Alert(a) if a.record_version == "0101"));
        assert_eq!(answer(b"\x16\x03\x03\x00\x7a\x02"), Answer::Tls);
        assert_eq!(answer(b"HTTP/1.1 400 Bad Request\r\n"), Answer::Http);
        assert_eq!(answer(b"<html>\r\n<head><title>400"), Answer::Http);
        assert_eq!(answer(b"SSH-2.0-OpenSSH_9.2"), Answer::Other);
        assert_eq!(answer(b"\x16"), Answer::Other);
    }
}
