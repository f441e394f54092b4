//! A client of TLS 1.0 to 1.2, made by hand for what no library does: renegotiate, send what no client may, say why it failed.
//!
//! It verifies no certificate and no signature, for it probes how a server behaves and never sends anything secret. Do not use
//! it for anything else. Every byte of the server is hostile: lengths are checked, and a connection is bounded by
//! [`Line`] in bytes and by its admission in time.

mod key_exchange;
mod keys;
mod number;
mod records;

use std::{io, time::Instant};

use thiserror::Error;

use super::{hello::random, wire::Line};
use crate::formats::tls::{
    Malformed, TooLong, Unsealed,
    alert::Alert,
    certificate::Certificates,
    client_hello::ClientHello,
    exchange::End,
    record::{content, message},
    server_hello::ServerHello,
    server_key_exchange::ServerKeyExchange,
    suites::{self, Kx, Suite},
    version::Version,
};
use keys::Hash;
use records::{Bulk, Sealed};

pub(super) use key_exchange::{GROUPS, RsaKey};

/// Bytes before the body of a record.
const HEADER: usize = 5;
/// RFC 5246 section 6.2.3: 2^14 and what encryption adds.
const MAX_RECORD: usize = (1 << 14) + 2048;
/// The version in a record before one is agreed on.
const FIRST_RECORD: u16 = 0x0301;

/// Why a handshake did not come to its end.
#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error("the server said {}", .0.name())]
    Alert(Alert),
    #[error("the connection ended: {0:?}")]
    Ended(End),
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error("no key could be agreed on with what the server sent")]
    Key,
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error("the server chose the version {version:04x} with the suite {suite:04x}")]
    Choice { version: u16, suite: u16 },
    #[error("a record could not be opened, or not be sealed")]
    Sealing,
    #[error(transparent)]
    TooLong(#[from] TooLong),
    #[error("the message {kind} came out of turn")]
    Unexpected { kind: u8 },
    #[error("the server's Finished does not fit the handshake")]
    Verify,
}

/// What came next.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Event {
    Alert(Alert),
    ChangeCipherSpec,
    /// A handshake message with its header.
    Message(u8, Vec<u8>),
    Other,
}

/// A handshake that came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Established {
    pub version: Version,
    pub suite: u16,
    /// The server knows RFC 5746.
    pub secure_renegotiation: bool,
    /// What our Finished held, which a renegotiation names.
    pub client_verify: Vec<u8>,
    /// The ticket of RFC 5077, where one was given.
    pub ticket: Option<Vec<u8>>,
}

/// One connection of this client.
pub(super) struct Client<'c, 'l> {
    line: &'c mut Line<'l>,
    /// Where the next record begins in what came.
    at: usize,
    /// Handshake bytes that are no whole message yet.
    open: Vec<u8>,
    record_version: u16,
    version: Version,
    read: Option<Sealed>,
    write: Option<Sealed>,
    out: Vec<u8>,
    /// From when on what comes is written down.
    since: Option<Instant>,
    heard: &'c mut Vec<Unsealed>,
}

/// Whether this client can finish a handshake with a suite in a version.
pub(super) fn speaks(version: Version, id: u16) -> bool {
    suites::suite(id).is_some_and(|suite| {
        matches!(suite.kx, Kx::Ecdhe | Kx::Dhe | Kx::Rsa)
            && !suite.export()
            && suite.permitted(version)
            && Bulk::of(suite).is_some()
            && Hash::of(version, suite).is_some()
    })
}

impl<'c, 'l> Client<'c, 'l> {
    /// Begins on an open line; what comes once [`Client::listen`] was called is written to `heard`.
    pub fn new(line: &'c mut Line<'l>, heard: &'c mut Vec<Unsealed>) -> Self {
        Self {
            line,
            at: 0,
            open: Vec::new(),
            record_version: FIRST_RECORD,
            version: Version::Tls12,
            read: None,
            write: None,
            out: Vec::new(),
            since: None,
            heard,
        }
    }

    /// Writes down what comes from now on.
    pub fn listen(&mut self) {
        self.since = Some(Instant::now());
    }

    /// What goes over the wire as it is.
    pub fn line(&mut self) -> &mut Line<'l> {
        self.line
    }

    /// A whole handshake; on a connection that has one already, a renegotiation.
    pub async fn handshake(&mut self, hello: &ClientHello) -> Result<Established, Failure> {
        let mut said = hello.message()?;
        self.put(content::HANDSHAKE, &said)?;
        self.flush().await?;
        let flight = self.flight(hello, &mut said).await?;
        let Flight { hello: answer, version, suite, hash, bulk, .. } = &flight;
        if flight.asked {
            self.say(&mut said, message::CERTIFICATE, &[0, 0, 0])?;
        }
        let agreed =
            key_exchange::agree(suite.kx, hello.version, flight.certificate.as_deref(), flight.key_exchange.as_ref())?;
        self.say(&mut said, message::CLIENT_KEY_EXCHANGE, &agreed.told)?;
        let session = answer.extended_master_secret().then_some(said.as_slice());
        let master = hash.master(&agreed.premaster, &[hello.random, answer.random].concat(), session);
        let [ours, theirs] = keys(*hash, *bulk, *version, &master, &[answer.random, hello.random].concat())?;
        self.put(content::CHANGE_CIPHER_SPEC, &[1])?;
        self.write = Some(ours);
        let client_verify = hash.verify(&master, "client finished", &said);
        self.say(&mut said, message::FINISHED, &client_verify)?;
        self.flush().await?;
        let ticket = self.finish(theirs, *hash, &master, &mut said).await?;
        Ok(Established {
            version: *version,
            suite: suite.id,
            secure_renegotiation: answer.renegotiation_info().is_some(),
            client_verify,
            ticket,
        })
    }

    /// Sends a record of any kind, sealed where there are keys.
    pub async fn send(&mut self, content: u8, body: &[u8]) -> Result<(), Failure> {
        self.put(content, body)?;
        self.flush().await
    }

    /// The server's messages up to its ServerHelloDone.
    async fn flight(&mut self, hello: &ClientHello, said: &mut Vec<u8>) -> Result<Flight, Failure> {
        let mut flight: Option<Flight> = None;
        loop {
            let (kind, whole) = self.message().await?;
            if kind == message::HELLO_REQUEST {
                // No part of any handshake (RFC 5246 section 7.4.1.1).
                continue;
            }
            said.extend_from_slice(&whole);
            let body = whole.get(4..).unwrap_or_default();
            match (kind, &mut flight) {
                (message::SERVER_HELLO, None) => {
                    let begun = Flight::of(hello, ServerHello::parse(self.record_version, body)?)?;
                    (self.version, self.record_version) = (begun.version, begun.version.number());
                    flight = Some(begun);
                }
                (message::CERTIFICATE, Some(flight)) => {
                    flight.certificate = Certificates::parse(body)?.leaf().map(<[u8]>::to_vec);
                }
                (message::SERVER_KEY_EXCHANGE, Some(flight)) => {
                    flight.key_exchange = Some(ServerKeyExchange::parse(flight.version, flight.suite, body)?);
                }
                (message::CERTIFICATE_REQUEST, Some(flight)) => flight.asked = true,
                (message::CERTIFICATE_STATUS, Some(_)) => {}
                (message::SERVER_HELLO_DONE, Some(_)) => break,
                _ => return Err(Failure::Unexpected { kind }),
            }
        }
        flight.ok_or(Failure::Unexpected { kind: message::SERVER_HELLO_DONE })
    }

    /// From our Finished to the server's.
    async fn finish(
        &mut self,
        theirs: Sealed,
        hash: Hash,
        master: &[u8],
        said: &mut Vec<u8>,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let mut theirs = Some(theirs);
        let mut ticket = None;
        loop {
            match self.next().await? {
                Event::ChangeCipherSpec if theirs.is_some() => self.read = theirs.take(),
                Event::Message(message::NEW_SESSION_TICKET, whole) if theirs.is_some() => {
                    // A lifetime of four bytes and a length of two stand before it (RFC 5077 section 3.3).
                    ticket = whole.get(10..).filter(|ticket| !ticket.is_empty()).map(<[u8]>::to_vec);
                    said.extend(whole);
                }
                Event::Message(message::FINISHED, whole) if theirs.is_none() => {
                    let expected = hash.verify(master, "server finished", said);
                    return if whole.get(4..) == Some(&expected) { Ok(ticket) } else { Err(Failure::Verify) };
                }
                Event::Alert(alert) if alert.ends() || alert.name() == "no_renegotiation" => {
                    return Err(Failure::Alert(alert));
                }
                Event::Message(kind, _) => return Err(Failure::Unexpected { kind }),
                Event::ChangeCipherSpec => return Err(Failure::Unexpected { kind: content::CHANGE_CIPHER_SPEC }),
                Event::Alert(_) | Event::Other => {}
            }
        }
    }

    /// The next handshake message; warnings are passed over, but for the one that ends a renegotiation.
    async fn message(&mut self) -> Result<(u8, Vec<u8>), Failure> {
        loop {
            match self.next().await? {
                Event::Message(kind, whole) => return Ok((kind, whole)),
                Event::Alert(alert) if alert.ends() || alert.name() == "no_renegotiation" => {
                    return Err(Failure::Alert(alert));
                }
                Event::ChangeCipherSpec => return Err(Failure::Unexpected { kind: content::CHANGE_CIPHER_SPEC }),
                Event::Alert(_) | Event::Other => {}
            }
        }
    }

    async fn next(&mut self) -> Result<Event, Failure> {
        loop {
            if let Some((kind, whole)) = take_message(&mut self.open) {
                self.note(content::HANDSHAKE, Some(kind), None, whole.len());
                return Ok(Event::Message(kind, whole));
            }
            let (kind, body) = self.record().await?;
            match kind {
                content::HANDSHAKE => self.open.extend(body),
                content::CHANGE_CIPHER_SPEC => {
                    self.note(kind, None, None, body.len());
                    return Ok(Event::ChangeCipherSpec);
                }
                content::ALERT => {
                    let [level, description] = *body.as_slice() else { return Err(Failure::Sealing) };
                    let alert = Alert { level, description, record_version: self.record_version };
                    self.note(kind, None, Some(alert), body.len());
                    return Ok(Event::Alert(alert));
                }
                _ => {
                    self.note(kind, None, None, body.len());
                    return Ok(Event::Other);
                }
            }
        }
    }

    /// The next record, opened.
    async fn record(&mut self) -> Result<(u8, Vec<u8>), Failure> {
        loop {
            let rest = self.line.reader().bytes().get(self.at..).unwrap_or_default();
            if let Some((kind, body)) = whole_record(rest)? {
                self.at += HEADER + body.len();
                let plain = match &mut self.read {
                    Some(keys) => keys.open(kind, body).ok_or(Failure::Sealing)?,
                    None => body.to_vec(),
                };
                return Ok((kind, plain));
            }
            if let Some(end) = self.line.read().await? {
                return Err(Failure::Ended(end));
            }
        }
    }

    fn say(&mut self, said: &mut Vec<u8>, kind: u8, body: &[u8]) -> Result<(), Failure> {
        let length = u32::try_from(body.len()).map_err(|_| Failure::Sealing)?.to_be_bytes();
        let whole = [&[kind], length.get(1..).unwrap_or_default(), body].concat();
        said.extend_from_slice(&whole);
        self.put(content::HANDSHAKE, &whole)
    }

    fn put(&mut self, content: u8, plain: &[u8]) -> Result<(), Failure> {
        let body = match &mut self.write {
            Some(keys) => keys.seal(content, plain).ok_or(Failure::Sealing)?,
            None => plain.to_vec(),
        };
        self.out.push(content);
        self.out.extend(self.record_version.to_be_bytes());
        self.out.extend(u16::try_from(body.len()).map_err(|_| Failure::Sealing)?.to_be_bytes());
        self.out.extend(body);
        Ok(())
    }

    async fn flush(&mut self) -> Result<(), Failure> {
        let out = std::mem::take(&mut self.out);
        Ok(self.line.send(&out).await?)
    }

    fn note(&mut self, content: u8, message: Option<u8>, alert: Option<Alert>, bytes: usize) {
        if let Some(since) = self.since {
            let ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            self.heard.push(Unsealed::new(ms, content, message, alert, bytes));
        }
    }
}

/// What a server said up to its ServerHelloDone, and what follows from it.
struct Flight {
    hello: ServerHello,
    version: Version,
    suite: &'static Suite,
    hash: Hash,
    bulk: Bulk,
    certificate: Option<Vec<u8>>,
    key_exchange: Option<ServerKeyExchange>,
    /// A certificate of ours is asked for; we have none.
    asked: bool,
}

impl Flight {
    fn of(offer: &ClientHello, hello: ServerHello) -> Result<Self, Failure> {
        let wrong = || Failure::Choice { version: hello.selected(), suite: hello.suite };
        let version = hello.selected_version().filter(|version| version.number() == offer.version).ok_or_else(wrong)?;
        let known = offer.suites.contains(&hello.suite) && speaks(version, hello.suite) && hello.compression == 0;
        let suite = suites::suite(hello.suite).filter(|_| known).ok_or_else(wrong)?;
        let (hash, bulk) = Hash::of(version, suite).zip(Bulk::of(suite)).ok_or_else(wrong)?;
        Ok(Self { hello, version, suite, hash, bulk, certificate: None, key_exchange: None, asked: false })
    }
}

/// Both directions of the key block (RFC 5246 section 6.3): ours, the server's.
fn keys(hash: Hash, bulk: Bulk, version: Version, master: &[u8], randoms: &[u8]) -> Result<[Sealed; 2], Failure> {
    let lengths = bulk.lengths(version);
    let block = hash.expand(master, "key expansion", randoms, 2 * lengths.iter().sum::<usize>());
    let mut rest = block.as_slice();
    let mut parts = Vec::new();
    for length in lengths.into_iter().flat_map(|length| [length, length]) {
        let (part, after) = rest.split_at_checked(length).ok_or(Failure::Key)?;
        parts.push(part.to_vec());
        rest = after;
    }
    let [our_mac, their_mac, our_key, their_key, our_iv, their_iv]: [Vec<u8>; 6] =
        parts.try_into().map_err(|_| Failure::Key)?;
    let sealed = |mac, key, iv| Sealed::new(bulk, version, mac, key, iv);
    Ok([sealed(our_mac, our_key, our_iv), sealed(their_mac, their_key, their_iv)])
}

/// The record in front, where it is whole.
fn whole_record(bytes: &[u8]) -> Result<Option<(u8, &[u8])>, Failure> {
    let Some([kind, major, _, high, low]) = bytes.first_chunk::<HEADER>().copied() else { return Ok(None) };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if major != 3 || length > MAX_RECORD {
        return Err(Failure::Malformed(Malformed { what: "record", offset: 0 }));
    }
    Ok(bytes.get(HEADER..HEADER + length).map(|body| (kind, body)))
}

/// Takes the whole message in front, with its header.
fn take_message(open: &mut Vec<u8>) -> Option<(u8, Vec<u8>)> {
    let [kind, a, b, c] = open.first_chunk::<4>().copied()?;
    let end = 4 + (usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c));
    if open.len() < end {
        return None;
    }
    let rest = open.split_off(end);
    Some((kind, std::mem::replace(open, rest)))
}
