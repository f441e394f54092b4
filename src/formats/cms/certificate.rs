//! What a signed message needs of a certificate (RFC 5280), read leniently: some are not DER, and are signed as they are.

use std::borrow::Cow;

use crate::formats::{
    ber::{self, BerError, Element, Elements, INTEGER, OCTET_STRING, OID, SEQUENCE, context, oid},
    x509,
};
use crate::model::{DecodeFailure, Digest};

/// A certificate, by its own bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Certificate<'a> {
    /// All of it, as it is.
    pub bytes: &'a [u8],
    /// What its issuer signed.
    pub tbs: &'a [u8],
    /// The contents of the INTEGER.
    pub serial: &'a [u8],
    /// A Name, whole.
    pub issuer: &'a [u8],
    /// A Name, whole.
    pub subject: &'a [u8],
    /// The SubjectPublicKeyInfo, whole.
    pub spki: &'a [u8],
    /// What follows the public key: identifiers and extensions.
    rest: &'a [u8],
    /// The contents of the AlgorithmIdentifier of its signature.
    pub algorithm: &'a [u8],
    pub signature: &'a [u8],
}

impl<'a> Certificate<'a> {
    /// Reads one, of which these bytes begin with.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, BerError> {
        Self::read(&Elements::new(bytes).take(SEQUENCE)?)
    }

    pub(super) fn read(element: &Element<'a>) -> Result<Self, BerError> {
        if element.tag != SEQUENCE {
            return Err(BerError::Unexpected { expected: SEQUENCE, found: element.tag });
        }
        let mut outer = element.children();
        let tbs = outer.take(SEQUENCE)?;
        let mut parts = tbs.children();
        parts.optional(context(0))?;
        let serial = parts.take(INTEGER)?.body;
        parts.take(SEQUENCE)?;
        let issuer = parts.take(SEQUENCE)?.whole;
        parts.take(SEQUENCE)?;
        let subject = parts.take(SEQUENCE)?.whole;
        let spki = parts.take(SEQUENCE)?.whole;
        let algorithm = outer.take(SEQUENCE)?.body;
        Ok(Self {
            bytes: element.whole,
            tbs: tbs.whole,
            serial,
            issuer,
            subject,
            spki,
            rest: parts.rest(),
            algorithm,
            signature: outer.bits()?,
        })
    }

    /// Its extensions.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn extensions(&self) -> Result<Vec<Extension<'a>>, BerError> {
        extensions(Elements::new(self.rest))
    }

    /// How it names its key; extensions that cannot be read name none.
    pub fn subject_key_id(&self) -> Option<&'a [u8]> {
        let value = self.extensions().ok()?.into_iter().find(|extension| extension.id == SUBJECT_KEY_ID)?.value;
        Elements::new(value).take(OCTET_STRING).ok().map(|id| id.body)
    }

    /// What it says, with the digest of its own bytes.
    ///
    /// # Errors
    /// Not even rewritten as DER does it parse.
    pub fn describe(&self) -> Result<x509::Certificate, DecodeFailure> {
        let mut described = x509::decode(&self.as_der())?.certificate;
        described.sha256 = Digest::of(self.bytes);
        described.spki_sha256 = Digest::of(self.spki);
        Ok(described)
    }

    /// The bytes where they are DER, else the same elements written so.
    pub fn as_der(&self) -> Cow<'a, [u8]> {
        match ber::to_der(self.bytes) {
            Ok(der) if der != self.bytes => der.into(),
            _ => self.bytes.into(),
        }
    }
}

/// An extension (RFC 5280, 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    /// In dots.
    pub id: String,
    pub critical: bool,
    /// What the OCTET STRING holds.
    pub value: &'a [u8],
}

const SUBJECT_KEY_ID: &str = "2.5.29.14";
/// No certificate has more.
const MAX_EXTENSIONS: usize = 200;

/// What follows the public key.
fn extensions(mut parts: Elements<'_>) -> Result<Vec<Extension<'_>>, BerError> {
    let mut out = Vec::new();
    while let Some(field) = parts.next()? {
        if field.tag != context(3) {
            continue;
        }
        let mut list = field.children().enter(SEQUENCE)?;
        while let Some(extension) = list.next()? {
            let mut inside = extension.children();
            let id = oid(inside.take(OID)?.body).ok_or(BerError::Malformed)?;
            let critical = inside.optional(ber::BOOLEAN)?.is_some_and(|value| value.body != [0]);
            out.push(Extension { id, critical, value: inside.take(OCTET_STRING)?.body });
            if out.len() > MAX_EXTENSIONS {
                return Err(BerError::Malformed);
            }
        }
    }
    Ok(out)
}
