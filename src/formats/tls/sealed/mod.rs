//! The flight of a TLS 1.3 server that speaks RFC 8998, opened with our half of the key agreement: certificates are sealed
//! there, and no library of ours has these suites.
//!
//! [`open`] reads a whole exchange; [`Opener`] takes the records while they come, so that who asks knows when to hang up.

mod cipher;
mod messages;
mod schedule;

use sm3::{Digest as _, Sm3};
use thiserror::Error;

use super::{
    bytes::Malformed,
    certificate::Certificates,
    extension::id,
    record::{MAX_MESSAGE, Reader, Record, content, message},
    server_hello::ServerHello,
    version::Version,
};
use crate::{
    formats::sm2::{self, Ephemeral, Sm2Error},
    model::Tri,
};
use cipher::Cipher;
use schedule::{Traffic, WrongLength};

/// TLS_SM4_GCM_SM3.
pub const SM4_GCM_SM3: u16 = 0x00c6;
/// TLS_SM4_CCM_SM3.
pub const SM4_CCM_SM3: u16 = 0x00c7;
/// Both suites of RFC 8998.
pub const SUITES: [u16; 2] = [SM4_GCM_SM3, SM4_CCM_SM3];
/// The group of RFC 8998.
pub const CURVE_SM2: u16 = 0x0029;
/// The signature scheme of RFC 8998.
pub const SM2SIG_SM3: u16 = 0x0708;

/// What the exchange is called that asks for a chain under seal.
pub const QUESTION: &str = "tls1_3.certificate";

/// A flight has some five records; who cuts it into more is not followed.
const RECORDS: usize = 1000;

/// What a server signs before the transcript (RFC 8446 section 4.4.3).
const SIGNED: &[u8] = b"TLS 1.3, server CertificateVerify\0";

/// Why a flight is not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SealedError {
    #[error("what was sent is no hello with a share of curveSM2 that the scalar belongs to")]
    NotOurs,
    #[error("the server did not agree on a key of curveSM2 with a suite of RFC 8998")]
    NotAgreed,
    #[error("the tag of sealed record {number} does not fit")]
    Tag { number: u64 },
    #[error("the server ended the handshake with alert {description}")]
    Alert { description: u8 },
    #[error("a record or message of type {kind} where none may be")]
    Unexpected { kind: u8 },
    #[error("a message of {length} bytes, or too many records")]
    TooLong { length: usize },
    #[error(transparent)]
    Malformed(#[from] Malformed),
    #[error(transparent)]
    Schedule(#[from] WrongLength),
    #[error("the Finished does not fit the messages before it")]
    Finished,
    #[error("the flight ended before its Finished")]
    Unfinished,
}

/// What a server said under seal, to its Finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    pub suite: u16,
    pub certificates: Certificates,
    /// It asked for a certificate of the client's.
    pub client_auth: bool,
    /// The scheme that it signed the handshake with.
    pub scheme: u16,
    /// Whether the key of its certificate made that signature; unknown where the scheme is not that of RFC 8998.
    pub key_proven: Tri,
}

/// Opens what came back to `sent`, with the scalar of the share in it.
pub fn open(sent: &[u8], scalar: &[u8], received: &[u8]) -> Result<Opened, SealedError> {
    let mut opener = Opener::new(sent, scalar)?;
    opener.advance(&Reader::of(received))?;
    opener.opened().ok_or(SealedError::Unfinished)
}

/// What comes next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Extensions,
    RequestOrCertificate,
    Certificate,
    Verify,
    Finished,
    Nothing,
}

/// Opens records as they come.
pub struct Opener {
    ephemeral: Ephemeral,
    /// Of the messages so far.
    transcript: Sm3,
    /// Records that were looked at.
    seen: usize,
    keys: Option<Keys>,
    /// Messages that are not whole yet.
    partial: Vec<u8>,
    next: Next,
    opened: Opened,
}

struct Keys {
    traffic: Traffic<Sm3>,
    cipher: Cipher,
    iv: [u8; 12],
    /// Number of the next record.
    number: u64,
}

impl Opener {
    /// For what comes back to this hello.
    ///
    /// # Errors
    /// It is none, or its share is not that of the scalar.
    pub fn new(sent: &[u8], scalar: &[u8]) -> Result<Self, SealedError> {
        let ephemeral = Ephemeral::of(scalar).ok_or(SealedError::NotOurs)?;
        let hello = super::client_hello::ClientHello::parse(sent).map_err(|_| SealedError::NotOurs)?;
        let share = hello.key_shares().into_iter().flatten().find(|share| share.group == CURVE_SM2);
        if share.is_none_or(|share| share.key != ephemeral.share()) {
            return Err(SealedError::NotOurs);
        }
        let reader = Reader::of(sent);
        let message = reader.messages().first().ok_or(SealedError::NotOurs)?;
        let mut transcript = Sm3::new();
        feed(&mut transcript, message.kind, &message.body);
        let opened = Opened {
            suite: 0,
            certificates: Certificates::default(),
            client_auth: false,
            scheme: 0,
            key_proven: Tri::Unknown,
        };
        Ok(Self { ephemeral, transcript, seen: 0, keys: None, partial: Vec::new(), next: Next::Extensions, opened })
    }

    /// Goes through what came since the last time.
    ///
    /// # Errors
    /// The first thing that is wrong; nothing after it counts.
    pub fn advance(&mut self, reader: &Reader) -> Result<(), SealedError> {
        if self.keys.is_none() {
            let Some(hello) = reader.find(message::SERVER_HELLO) else { return Ok(()) };
            let read = ServerHello::parse(hello.record_version, &hello.body)?;
            feed(&mut self.transcript, hello.kind, &hello.body);
            self.agree(&read)?;
        }
        for record in reader.records().skip(self.seen) {
            if self.is_done() {
                break;
            }
            self.seen += 1;
            if self.seen > RECORDS {
                return Err(SealedError::TooLong { length: reader.bytes().len() });
            }
            self.record(record)?;
        }
        Ok(())
    }

    /// The Finished came and fits.
    pub fn is_done(&self) -> bool {
        self.next == Next::Nothing
    }

    /// What was said, where all of it came.
    pub fn opened(self) -> Option<Opened> {
        self.is_done().then_some(self.opened)
    }

    fn agree(&mut self, hello: &ServerHello) -> Result<(), SealedError> {
        let share = hello.extension(id::KEY_SHARE).filter(|_| hello.group() == Some(CURVE_SM2) && !hello.is_retry());
        // Group and length come before the point.
        let point = share.and_then(|share| share.get(4..)).ok_or(SealedError::NotAgreed)?;
        if hello.selected_version() != Some(Version::Tls13) {
            return Err(SealedError::NotAgreed);
        }
        let agreed = self.ephemeral.agree(point).map_err(|_| SealedError::NotAgreed)?;
        let traffic = Traffic::<Sm3>::of(&agreed, &self.hash())?;
        let cipher = Cipher::of(hello.suite, traffic.key()?).ok_or(SealedError::NotAgreed)?;
        self.opened.suite = hello.suite;
        self.keys = Some(Keys { iv: traffic.iv()?, traffic, cipher, number: 0 });
        Ok(())
    }

    fn record(&mut self, record: Record<'_>) -> Result<(), SealedError> {
        let Some(keys) = &mut self.keys else { return Ok(()) };
        match record.content {
            // The hello, which may fill several; and what middle boxes are shown (RFC 8446 appendix D.4).
            content::HANDSHAKE if keys.number == 0 => return Ok(()),
            content::CHANGE_CIPHER_SPEC if record.body == [1] => return Ok(()),
            content::ALERT if record.body.len() == 2 => {
                return Err(SealedError::Alert { description: record.body[1] });
            }
            content::APPLICATION_DATA => {}
            kind => return Err(SealedError::Unexpected { kind }),
        }
        let plain = keys.open(record).ok_or(SealedError::Tag { number: keys.number })?;
        keys.number += 1;
        self.take(&plain)
    }

    /// Takes one record as it was before it was sealed (RFC 8446 section 5.4): the flight without its ciphers.
    ///
    /// # Errors
    /// As [`Self::advance`].
    pub fn take(&mut self, plain: &[u8]) -> Result<(), SealedError> {
        // The type is the last byte that is not padding.
        let end = plain.iter().rposition(|byte| *byte != 0).ok_or(SealedError::Unexpected { kind: 0 })?;
        match (plain[end], &plain[..end]) {
            (content::HANDSHAKE, body) => {
                self.partial.extend_from_slice(body);
                self.messages()
            }
            (content::ALERT, [_, description]) => Err(SealedError::Alert { description: *description }),
            (kind, _) => Err(SealedError::Unexpected { kind }),
        }
    }

    fn messages(&mut self) -> Result<(), SealedError> {
        while let Some([kind, a, b, c]) = self.partial.first_chunk::<4>().copied() {
            let length = usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c);
            if length > MAX_MESSAGE {
                return Err(SealedError::TooLong { length });
            }
            if self.partial.len() < 4 + length {
                break;
            }
            let rest = self.partial.split_off(4 + length);
            let whole = std::mem::replace(&mut self.partial, rest);
            self.message(kind, &whole[4..])?;
            if self.is_done() {
                break;
            }
            feed(&mut self.transcript, kind, &whole[4..]);
        }
        Ok(())
    }

    fn message(&mut self, kind: u8, body: &[u8]) -> Result<(), SealedError> {
        self.next = match (self.next, kind) {
            (Next::Extensions, message::ENCRYPTED_EXTENSIONS) => Next::RequestOrCertificate,
            (Next::RequestOrCertificate, message::CERTIFICATE_REQUEST) => {
                messages::request(body)?;
                self.opened.client_auth = true;
                Next::Certificate
            }
            (Next::RequestOrCertificate | Next::Certificate, message::CERTIFICATE) => {
                self.opened.certificates = messages::certificates(body)?;
                Next::Verify
            }
            (Next::Verify, message::CERTIFICATE_VERIFY) => {
                let (scheme, signature) = messages::verify(body)?;
                self.opened.scheme = scheme;
                self.opened.key_proven = self.proof(scheme, signature);
                Next::Finished
            }
            (Next::Finished, message::FINISHED) => {
                let keys = self.keys.as_ref().ok_or(SealedError::Finished)?;
                if keys.traffic.finished(&self.hash())?.as_slice() != body {
                    return Err(SealedError::Finished);
                }
                Next::Nothing
            }
            _ => return Err(SealedError::Unexpected { kind }),
        };
        Ok(())
    }

    /// Whether the key of the certificate signed the messages so far.
    fn proof(&self, scheme: u16, signature: &[u8]) -> Tri {
        let Some(own) = self.opened.certificates.leaf() else { return Tri::No };
        if scheme != SM2SIG_SM3 {
            return Tri::Unknown;
        }
        let verified = sm2::public_key(own).and_then(|key| {
            let signed: [&[u8]; 3] = [&[b' '; 64], SIGNED, &self.hash()];
            sm2::verify_as(sm2::HANDSHAKE_ID, &key, &signed, signature)
        });
        match verified {
            Ok(()) => Tri::Yes,
            Err(Sm2Error::Certificate) => Tri::Unknown,
            Err(_) => Tri::No,
        }
    }

    fn hash(&self) -> [u8; 32] {
        self.transcript.clone().finalize().into()
    }
}

impl Keys {
    fn open(&self, record: Record<'_>) -> Option<Vec<u8>> {
        let mut nonce = self.iv;
        nonce.iter_mut().skip(4).zip(self.number.to_be_bytes()).for_each(|(byte, part)| *byte ^= part);
        let length = u16::try_from(record.body.len()).ok()?.to_be_bytes();
        let version = record.version.to_be_bytes();
        let header = [record.content, version[0], version[1], length[0], length[1]];
        self.cipher.open(nonce, &header, record.body)
    }
}

/// Adds a message with its header of four bytes.
fn feed(transcript: &mut Sm3, kind: u8, body: &[u8]) {
    let length = body.len().to_be_bytes();
    transcript.update([kind]);
    transcript.update(&length[length.len() - 3..]);
    transcript.update(body);
}

#[cfg(test)]
mod tests;
