//! What our own TLS probes write down, and the names of what they meet.

use serde::{Deserialize, Serialize};

use crate::model::Tri;

/// The item that says what a name resolved to.
pub const RESOLVE: &str = "tls.resolve";
/// The probe that offers everything our client speaks.
pub const DEFAULT: &str = "tls.probe.default";
/// The probe restricted to TLS 1.2.
pub const ONLY_1_2: &str = "tls.probe.tls1_2";
/// The probe restricted to TLS 1.3.
pub const ONLY_1_3: &str = "tls.probe.tls1_3";
/// A plain HTTP request, made only where no TLS was found.
pub const PLAIN: &str = "tls.probe.plain";

/// What a name resolved to, and which address was contacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    pub host: String,
    pub port: u16,
    pub addresses: Vec<String>,
    /// The first address that took a connection; the first of all where none did.
    pub chosen: Option<String>,
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
    /// The key of the certificate proved itself.
    pub key_proven: Tri,
    /// The chain as sent, as PEM.
    pub chain: String,
    /// What the client library said where the handshake failed.
    pub error: Option<String>,
    pub bytes_sent: u64,
    pub ms: u64,
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

/// A suite that our client speaks: number, name, key exchange, authentication, cipher, bits, MAC.
type Row = (u16, &'static str, &'static str, &'static str, &'static str, i64, &'static str);

const SUITES: &[Row] = &[
    (0x1301, "TLS_AES_128_GCM_SHA256", "any", "any", "AES_128_GCM", 128, "AEAD"),
    (0x1302, "TLS_AES_256_GCM_SHA384", "any", "any", "AES_256_GCM", 256, "AEAD"),
    (0x1303, "TLS_CHACHA20_POLY1305_SHA256", "any", "any", "CHACHA20_POLY1305", 256, "AEAD"),
    (0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "ECDHE", "ECDSA", "AES_128_GCM", 128, "AEAD"),
    (0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "ECDHE", "ECDSA", "AES_256_GCM", 256, "AEAD"),
    (0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "ECDHE", "RSA", "AES_128_GCM", 128, "AEAD"),
    (0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "ECDHE", "RSA", "AES_256_GCM", 256, "AEAD"),
    (0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE", "RSA", "CHACHA20_POLY1305", 256, "AEAD"),
    (0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE", "ECDSA", "CHACHA20_POLY1305", 256, "AEAD"),
];

/// What is known of a suite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuiteInfo {
    pub name: &'static str,
    pub kx: &'static str,
    pub auth: &'static str,
    pub enc: &'static str,
    pub bits: i64,
    pub mac: &'static str,
}

/// The suite of a number, where our client speaks it.
pub fn suite(id: u16) -> Option<SuiteInfo> {
    let (_, name, kx, auth, enc, bits, mac) = *SUITES.iter().find(|row| row.0 == id)?;
    Some(SuiteInfo { name, kx, auth, enc, bits, mac })
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
