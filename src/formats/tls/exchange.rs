//! The evidence of one raw connection: what was sent, what came back, how it ended. Facts are read from it again.

use serde::{Deserialize, Serialize};

use super::{
    alert::Alert,
    bytes::as_hex,
    client_hello::ClientHello,
    flight::Flight,
    record::{Framing, Reader, message, ssl2_message},
    server_hello::ServerHello,
    ssl2,
    version::Version,
};

/// Bytes of an answer that the evidence keeps: a flight with long chains, and no flood.
pub const KEPT: usize = 128 << 10;

/// How the reason begins where a server does not go over to TLS; its words follow.
pub const REFUSED: &str = "starttls: ";

/// One connection of the prober.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// What the probe is for, such as `tls1_2.suites.3`.
    pub name: String,
    pub ip: String,
    pub port: u16,
    /// The name in the hello; empty without one.
    pub sni: String,
    /// The protocol that was asked to go over to TLS, as `smtp`; empty where TLS came first.
    pub starttls: String,
    /// The hello that was sent, after what STARTTLS needs; lower-case hex.
    #[serde(with = "as_hex")]
    pub sent: Vec<u8>,
    /// What came back to the hello, at most [`KEPT`] bytes; lower-case hex.
    #[serde(with = "as_hex")]
    pub received: Vec<u8>,
    /// The private scalar of the curveSM2 share in `sent`, where the flight of the server is to be opened again; empty
    /// otherwise. It keeps nothing secret: it was made for this connection alone, which ended before any data was sent.
    #[serde(with = "as_hex", default, skip_serializing_if = "Vec::is_empty")]
    pub ephemeral: Vec<u8>,
    pub end: End,
    /// All bytes of the connection, those of STARTTLS among them.
    pub sent_bytes: u64,
    pub received_bytes: u64,
    pub ms: u64,
}

/// How a connection ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// What was wanted came, and we hung up.
    Complete,
    /// The server hung up.
    Closed,
    /// The server hung up without manners.
    Reset,
    /// Nobody listens.
    Refused,
    /// No way there.
    Unreachable,
    /// Nothing more came in time.
    Timeout,
    /// More came, or it took longer, than the budget allows.
    Limit,
    /// It was not done.
    NotTested { reason: String },
}

/// What came back, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    ServerHello(ServerHello),
    HelloRetryRequest(ServerHello),
    Ssl2ServerHello(ssl2::ServerHello),
    /// ERROR of SSL 2.0, by its code.
    Ssl2Error(u16),
    /// The alert that ended it, or the first where none did.
    Alert(Alert),
    /// Records of TLS with neither a whole hello nor an alert in them, or a hello that does not parse.
    Unfinished,
    /// HTTP without TLS.
    Http,
    NotTls,
    Nothing,
}

impl Exchange {
    /// Reads what came back.
    pub fn answer(&self) -> Answer {
        answer(&self.reader())
    }

    /// Records and messages of what came back.
    pub fn reader(&self) -> Reader {
        Reader::of(&self.received)
    }

    /// The first flight of the server, as far as it came in clear.
    pub fn flight(&self) -> Flight {
        Flight::of(&self.reader())
    }

    /// The suite that was chosen, where it was in this version and one of those offered.
    pub fn chosen(&self, version: Version) -> Option<u16> {
        match self.answer() {
            Answer::ServerHello(hello) | Answer::HelloRetryRequest(hello) => {
                let offered = self.offered().is_some_and(|offer| offer.suites.contains(&hello.suite));
                (offered && hello.selected_version() == Some(version)).then_some(hello.suite)
            }
            _ => None,
        }
    }

    /// Whether the server passed over an `accepted` suite that stood before the one it chose: it has an order of its own.
    pub fn deviates(&self, version: Version, accepted: &[u16]) -> bool {
        let (Some(chosen), Some(offered)) = (self.chosen(version), self.offered()) else { return false };
        offered.suites.iter().find(|suite| accepted.contains(suite)).is_some_and(|first| *first != chosen)
    }

    /// What was offered; `None` where nothing was, or a hello of SSL 2.0.
    pub fn offered(&self) -> Option<ClientHello> {
        ClientHello::parse(&self.sent).ok()
    }
}

/// Tells what a server answered with. A hello stands above an alert that follows it.
pub fn answer(reader: &Reader) -> Answer {
    match reader.framing() {
        Framing::Tls => of_records(reader),
        Framing::Ssl2 { .. } => of_ssl2(reader.bytes()),
        _ if reader.bytes().is_empty() => Answer::Nothing,
        _ if is_http(reader.bytes()) => Answer::Http,
        _ => Answer::NotTls,
    }
}

fn of_records(reader: &Reader) -> Answer {
    // The last hello: after a HelloRetryRequest the one that follows it says what was chosen.
    let hello = reader.find(message::SERVER_HELLO);
    if let Some(Ok(hello)) = hello.map(|found| ServerHello::parse(found.record_version, &found.body)) {
        return if hello.is_retry() { Answer::HelloRetryRequest(hello) } else { Answer::ServerHello(hello) };
    }
    match reader.fatal_alert().or(reader.alerts().first()) {
        Some(alert) => Answer::Alert(*alert),
        None => Answer::Unfinished,
    }
}

fn of_ssl2(bytes: &[u8]) -> Answer {
    match (ssl2::ServerHello::parse(bytes), ssl2::error(bytes)) {
        (Ok(hello), _) => Answer::Ssl2ServerHello(hello),
        (_, Some(code)) => Answer::Ssl2Error(code),
        _ if ssl2_message(bytes).is_none() => Answer::Unfinished,
        _ => Answer::NotTls,
    }
}

fn is_http(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    let begins = |tag: &[u8]| start.get(..tag.len()).is_some_and(|text| text.eq_ignore_ascii_case(tag));
    // Old servers answer a hello with the page of an error and no status line.
    bytes.starts_with(b"HTTP/") || begins(b"<html") || begins(b"<!doctype html")
}

#[cfg(test)]
mod tests {
    use super::{Answer, End, Exchange, answer};
    use crate::formats::tls::record::Reader;

    fn of(bytes: &[u8]) -> Answer {
        answer(&Reader::of(bytes))
    }

    #[test]
    fn answers_are_told_apart() {
        assert_eq!(of(b""), Answer::Nothing);
        assert!(matches!(of(b"\x15\x03\x01\x00\x02\x02\x70"), Answer::Alert(a) if a.name() == "unrecognized_name"));
        assert!(matches!(of(b"\x15\x01\x01\x00\x02\x02\x28"), Answer::Alert(a) if a.record_version == 0x0101));
        assert!(matches!(of(b"\x15\x02\x00\x00\x02\x02\x46"), Answer::Alert(a) if a.description == 70));
        assert_eq!(of(b"\x16\x03\x03\x00\x7a\x02"), Answer::Unfinished);
        assert_eq!(of(b"\x15\x03\x03\x00\x02\x02"), Answer::Unfinished);
        assert_eq!(of(b"HTTP/1.1 400 Bad Request\r\n"), Answer::Http);
        assert_eq!(of(b"<html>\r\n<head><title>400"), Answer::Http);
        assert_eq!(of(b"SSH-2.0-OpenSSH_9.2"), Answer::NotTls);
        assert_eq!(of(b"220 mail ESMTP\r\n"), Answer::NotTls);
        assert_eq!(of(b"\x80\x03\x00\x00\x01"), Answer::Ssl2Error(1));
        assert_eq!(of(b"\x16"), Answer::NotTls);
    }

    #[test]
    fn evidence_leads_back_through_json() {
        let exchange = Exchange {
            name: "tls1_3.versions".to_owned(),
            ip: "192.0.2.1".to_owned(),
            port: 443,
            sni: "host.example".to_owned(),
            starttls: String::new(),
            sent: vec![0x16, 3, 1],
            received: vec![0x15, 0xff],
            ephemeral: vec![1],
            end: End::NotTested { reason: "budget".to_owned() },
            sent_bytes: 3,
            received_bytes: 2,
            ms: 1,
        };
        let json = serde_json::to_value(&exchange).unwrap();
        assert_eq!(json["sent"], "160301");
        assert_eq!(json["end"]["not_tested"]["reason"], "budget");
        assert_eq!(serde_json::from_value::<Exchange>(json).unwrap(), exchange);
        assert_eq!(serde_json::to_value(End::Complete).unwrap(), "complete");
        assert!(serde_json::from_str::<End>("\"gone\"").is_err());
    }
}
