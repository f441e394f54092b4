//! What a signed message needs of a certificate (RFC 5280), read leniently: some are not DER, and are signed as they are.

use std::borrow::Cow;

use crate::formats::{
    ber::{self, BerError, Element, Elements, INTEGER, OCTET_STRING, OID, SEQUENCE, context},
    x509,
};
use crate::model::DecodeFailure;

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
    pub subject_key_id: Option<&'a [u8]>,
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
            // Extensions that cannot be read name no key.
            subject_key_id: subject_key_id(parts).ok().flatten(),
            algorithm,
            signature: outer.bits()?,
        })
    }

    /// What it says, with the digest of its own bytes.
    ///
    /// # Errors
    /// Not even rewritten as DER does it parse.
    pub fn describe(&self) -> Result<x509::Certificate, DecodeFailure> {
        let mut described = x509::decode(&self.as_der())?.certificate;
        described.sha256 = crate::model::Digest::of(self.bytes);
        described.spki_sha256 = crate::model::Digest::of(self.spki);
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

const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 0x0e];

fn subject_key_id(mut parts: Elements<'_>) -> Result<Option<&[u8]>, BerError> {
    while let Some(field) = parts.next()? {
        if field.tag != context(3) {
            continue;
        }
        let mut extensions = field.children().enter(SEQUENCE)?;
        while let Some(extension) = extensions.next()? {
            let mut inside = extension.children();
            if inside.take(OID)?.body == SUBJECT_KEY_ID {
                inside.optional(ber::BOOLEAN)?;
                let value = inside.take(OCTET_STRING)?.body;
                return Elements::new(value).take(OCTET_STRING).map(|id| Some(id.body));
            }
        }
    }
    Ok(None)
}
