//! Reads records and handshake messages out of what came back, while it comes: RFC 8446 section 5, GB/T 38636-2020
//! section 6.3, and the headers of SSL 2.0.
//!
//! Tolerant: what was complete is kept whatever comes after it. [`Reader::tail`] says how the bytes ended.

use super::{alert::Alert, server_hello};

/// A handshake message longer than this is not kept.
pub const MAX_MESSAGE: usize = 64 << 10;
/// Bytes of one connection that are looked at.
pub const MAX_CONNECTION: usize = 1 << 20;
/// Messages of one connection that are kept.
const MAX_MESSAGES: usize = 256;
const MAX_ALERTS: usize = 16;
/// RFC 5246 section 6.2.3: 2^14 and what encryption adds.
const MAX_RECORD: usize = (1 << 14) + 2048;
const HEADER: usize = 5;

/// Types of records.
pub mod content {
    pub const CHANGE_CIPHER_SPEC: u8 = 20;
    pub const ALERT: u8 = 21;
    pub const HANDSHAKE: u8 = 22;
    pub const APPLICATION_DATA: u8 = 23;
    pub const HEARTBEAT: u8 = 24;
    /// GB/T 38636-2020, 6.3: between the gateways of two sites.
    pub const SITE2SITE: u8 = 80;

    /// As the standards write it; `unknown` where nobody defined it.
    pub fn name(content: u8) -> &'static str {
        match content {
            CHANGE_CIPHER_SPEC => "change_cipher_spec",
            ALERT => "alert",
            HANDSHAKE => "handshake",
            APPLICATION_DATA => "application_data",
            HEARTBEAT => "heartbeat",
            SITE2SITE => "site2site",
            _ => "unknown",
        }
    }
}

/// Types of handshake messages.
pub mod message {
    pub const HELLO_REQUEST: u8 = 0;
    pub const CLIENT_HELLO: u8 = 1;
    pub const SERVER_HELLO: u8 = 2;
    pub const NEW_SESSION_TICKET: u8 = 4;
    pub const ENCRYPTED_EXTENSIONS: u8 = 8;
    pub const CERTIFICATE: u8 = 11;
    pub const SERVER_KEY_EXCHANGE: u8 = 12;
    pub const CERTIFICATE_REQUEST: u8 = 13;
    pub const SERVER_HELLO_DONE: u8 = 14;
    pub const CERTIFICATE_VERIFY: u8 = 15;
    pub const CLIENT_KEY_EXCHANGE: u8 = 16;
    pub const FINISHED: u8 = 20;
    pub const CERTIFICATE_STATUS: u8 = 22;

    /// As the standards write it; `unknown` where we do not speak of it.
    pub fn name(kind: u8) -> &'static str {
        match kind {
            HELLO_REQUEST => "hello_request",
            CLIENT_HELLO => "client_hello",
            SERVER_HELLO => "server_hello",
            NEW_SESSION_TICKET => "new_session_ticket",
            CERTIFICATE => "certificate",
            SERVER_KEY_EXCHANGE => "server_key_exchange",
            CERTIFICATE_REQUEST => "certificate_request",
            SERVER_HELLO_DONE => "server_hello_done",
            CERTIFICATE_VERIFY => "certificate_verify",
            CLIENT_KEY_EXCHANGE => "client_key_exchange",
            FINISHED => "finished",
            CERTIFICATE_STATUS => "certificate_status",
            _ => "unknown",
        }
    }
}

/// One record, as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record<'a> {
    /// One of [`content`], or a number that nobody defined.
    pub content: u8,
    pub version: u16,
    pub body: &'a [u8],
}

/// One handshake message in clear, put together from its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// One of [`message`], or another number.
    pub kind: u8,
    /// The version of the record in which it began.
    pub record_version: u16,
    pub body: Vec<u8>,
}

/// What the first bytes are framed as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Too few bytes to tell.
    Unknown,
    /// Records of SSL 3.0 to TLS 1.3, or of TLCP.
    Tls,
    /// A message of SSL 2.0; its header has two bytes, or three where it is padded.
    Ssl2 {
        header: u8,
    },
    Other,
}

/// How the bytes ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    /// With a whole record and a whole message.
    Clean,
    /// Within a record.
    InRecord,
    /// Within a handshake message, its records being whole.
    InMessage { have: usize, want: usize },
    /// A record says that it is longer than any may be.
    RecordTooLong { length: usize },
    /// A message says that it is longer than [`MAX_MESSAGE`].
    MessageTooLong { kind: u8, length: usize },
    /// What follows the last record is none.
    NotARecord { offset: usize },
    /// More came than [`MAX_CONNECTION`], or than messages are kept.
    Full,
}

/// Takes what a server sends and tells what it is so far; no byte is looked at twice.
#[derive(Clone, Debug, Default)]
pub struct Reader {
    bytes: Vec<u8>,
    /// Where the next record begins.
    at: usize,
    /// The handshake message that is being put together, with the version of its first record.
    open: Vec<u8>,
    open_version: u16,
    messages: Vec<Message>,
    alerts: Vec<Alert>,
    /// What follows is encrypted.
    sealed: bool,
    stopped: Option<Tail>,
}

impl Reader {
    /// All bytes at once.
    pub fn of(bytes: &[u8]) -> Self {
        let mut reader = Self::default();
        reader.push(bytes);
        reader
    }

    /// Takes what came next.
    pub fn push(&mut self, bytes: &[u8]) {
        let room = MAX_CONNECTION - self.bytes.len();
        self.bytes.extend_from_slice(&bytes[..bytes.len().min(room)]);
        while self.stopped.is_none() && self.framing() == Framing::Tls {
            let Some(length) = self.next_record() else { break };
            self.at += length;
        }
        if bytes.len() > room {
            self.stopped.get_or_insert(Tail::Full);
        }
    }

    /// All that came, up to [`MAX_CONNECTION`].
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub fn framing(&self) -> Framing {
        framing(&self.bytes)
    }

    /// All whole records from the start.
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        let mut rest = if self.framing() == Framing::Tls { &self.bytes[..self.at] } else { &[] };
        std::iter::from_fn(move || {
            let (record, after) = split(rest)?;
            rest = after;
            Some(record)
        })
    }

    /// The handshake messages in clear.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// The last message of a type.
    pub fn find(&self, kind: u8) -> Option<&Message> {
        self.messages.iter().rev().find(|message| message.kind == kind)
    }

    /// A ServerHello or a HelloRetryRequest is complete, or a SERVER-HELLO of SSL 2.0.
    pub fn has_server_hello(&self) -> bool {
        match self.framing() {
            Framing::Ssl2 { .. } => ssl2_message(&self.bytes).is_some(),
            _ => self.find(message::SERVER_HELLO).is_some(),
        }
    }

    pub fn has_server_hello_done(&self) -> bool {
        self.find(message::SERVER_HELLO_DONE).is_some()
    }

    /// Alerts in clear, the first few.
    pub fn alerts(&self) -> &[Alert] {
        &self.alerts
    }

    /// The alert that ends the connection.
    pub fn fatal_alert(&self) -> Option<&Alert> {
        self.alerts.iter().find(|alert| alert.ends())
    }

    /// Nothing that can still come says more: the bytes are no records, or too many, or an alert ended it.
    pub fn is_over(&self) -> bool {
        self.stopped.is_some() || self.fatal_alert().is_some() || self.framing() == Framing::Other
    }

    /// How the bytes ended.
    pub fn tail(&self) -> Tail {
        match (self.stopped, self.framing()) {
            (Some(stopped), _) => stopped,
            (None, Framing::Other) => Tail::NotARecord { offset: 0 },
            (None, Framing::Ssl2 { .. }) if ssl2_message(&self.bytes).is_some() => Tail::Clean,
            (None, _) if self.at < self.bytes.len() => Tail::InRecord,
            (None, _) if !self.open.is_empty() => {
                Tail::InMessage { have: self.open.len(), want: wanted(&self.open).unwrap_or(4) }
            }
            _ => Tail::Clean,
        }
    }

    /// Reads the record at `at`, where it is whole, and gives its length.
    fn next_record(&mut self) -> Option<usize> {
        let rest = &self.bytes[self.at..];
        let header: [u8; HEADER] = rest.get(..HEADER)?.try_into().ok()?;
        let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
        if !is_header(header[0], header[1]) {
            self.stopped = Some(Tail::NotARecord { offset: self.at });
            return None;
        }
        if length > MAX_RECORD {
            self.stopped = Some(Tail::RecordTooLong { length });
            return None;
        }
        let version = u16::from_be_bytes([header[1], header[2]]);
        let body = rest.get(HEADER..HEADER + length)?;
        match header[0] {
            content::CHANGE_CIPHER_SPEC => self.sealed |= !self.asked_again(),
            content::ALERT if !self.sealed => note_alerts(&mut self.alerts, version, body),
            content::HANDSHAKE if !self.sealed => {
                if self.open.is_empty() {
                    self.open_version = version;
                }
                self.open.extend_from_slice(body);
                self.close_messages(version);
            }
            _ => {}
        }
        Some(HEADER + length)
    }

    /// After a HelloRetryRequest a server may say ChangeCipherSpec and means nothing by it (RFC 8446 appendix D.4).
    fn asked_again(&self) -> bool {
        self.messages
            .last()
            .is_some_and(|last| last.kind == message::SERVER_HELLO && server_hello::is_retry(&last.body))
    }

    /// Takes the whole messages from the front of what is open.
    fn close_messages(&mut self, version: u16) {
        let mut from = 0;
        while let Some(want) = wanted(&self.open[from..]) {
            let kind = self.open[from];
            if want - 4 > MAX_MESSAGE {
                self.stopped = Some(Tail::MessageTooLong { kind, length: want - 4 });
                break;
            }
            let Some(whole) = self.open.get(from + 4..from + want) else { break };
            if self.messages.len() == MAX_MESSAGES {
                self.stopped = Some(Tail::Full);
                break;
            }
            self.messages.push(Message { kind, record_version: self.open_version, body: whole.to_vec() });
            self.open_version = version;
            from += want;
        }
        self.open.drain(..from);
    }
}

/// The first message of SSL 2.0, without its header and padding, where it is whole.
pub fn ssl2_message(bytes: &[u8]) -> Option<&[u8]> {
    let (&first, &second) = (bytes.first()?, bytes.get(1)?);
    if first & 0x80 != 0 {
        let length = usize::from(first & 0x7f) << 8 | usize::from(second);
        return bytes.get(2..2 + length);
    }
    let length = usize::from(first & 0x3f) << 8 | usize::from(second);
    let padding = usize::from(*bytes.get(2)?);
    bytes.get(3..3 + length)?.get(..length.checked_sub(padding)?)
}

/// Tells records apart from anything else by the first bytes.
pub fn framing(bytes: &[u8]) -> Framing {
    match *bytes {
        [content, major, ..] if is_header(content, major) => Framing::Tls,
        [content] if is_content(content) => Framing::Unknown,
        // SERVER-HELLO and ERROR, the only messages of a server in clear, and the CLIENT-HELLO that we send.
        [0x80, 3, 0, ..] => Framing::Ssl2 { header: 2 },
        [first, _, 1 | 4, ..] if first & 0x80 != 0 => Framing::Ssl2 { header: 2 },
        [first, _, _, 4, ..] if first & 0xc0 == 0 => Framing::Ssl2 { header: 3 },
        [first, ..] if bytes.len() < 3 && first & 0x80 != 0 => Framing::Unknown,
        [first, ..] if bytes.len() < 4 && first & 0xc0 == 0 => Framing::Unknown,
        [] => Framing::Unknown,
        _ => Framing::Other,
    }
}

fn is_content(content: u8) -> bool {
    matches!(content, content::CHANGE_CIPHER_SPEC..=content::HEARTBEAT | content::SITE2SITE)
}

/// Majors 1 (TLCP), 2 (seen of confused servers) and 3.
fn is_header(content: u8, major: u8) -> bool {
    is_content(content) && (1..=3).contains(&major)
}

fn split(bytes: &[u8]) -> Option<(Record<'_>, &[u8])> {
    let header = bytes.get(..HEADER)?;
    let end = HEADER + usize::from(u16::from_be_bytes([header[3], header[4]]));
    let body = bytes.get(HEADER..end)?;
    Some((Record { content: header[0], version: u16::from_be_bytes([header[1], header[2]]), body }, &bytes[end..]))
}

/// Length of the handshake message that begins here, with its header of four bytes.
fn wanted(open: &[u8]) -> Option<usize> {
    let [_, a, b, c] = *open.get(..4)? else { return None };
    Some(4 + (usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c)))
}

/// An alert has two bytes, and several may share a record; anything else is encrypted or broken.
fn note_alerts(alerts: &mut Vec<Alert>, record_version: u16, body: &[u8]) {
    if body.len() > 2 * MAX_ALERTS || !body.len().is_multiple_of(2) {
        return;
    }
    let room = MAX_ALERTS - alerts.len();
    let pairs = body.chunks_exact(2).take(room);
    alerts.extend(pairs.map(|pair| Alert { level: pair[0], description: pair[1], record_version }));
}

#[cfg(test)]
#[path = "record_tests.rs"]
mod tests;
