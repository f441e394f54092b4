//! Signed messages: CMS and PKCS#7 SignedData (RFC 5652, RFC 2315; GM/T 0010 for those with SM2), in BER as well as DER.
//!
//! Android's v1 signatures, HarmonyOS's signatures and profiles and Apple's code signatures and profiles are such
//! messages. What is said here of a signer is that its key made the signature: nothing of chains, dates or rights.

mod certificate;
mod names;
mod signer;

use std::borrow::Cow;

use thiserror::Error;

use super::{
    ber::{self, BerError, Element, Elements, OCTET_STRING, OID, SEQUENCE, SET, context, oid},
    public_key::PublicKeyError,
};

pub use certificate::{Certificate, Extension};
pub use signer::{Attribute, Signer, SignerId};

/// `data`, what is signed in nearly every message.
pub const DATA: &str = "1.2.840.113549.1.7.1";
const SIGNED_DATA: [&str; 2] = ["1.2.840.113549.1.7.2", "1.2.156.10197.6.1.4.2.2"];

/// No signed message of an app comes near.
const MAX_MESSAGE: usize = 16 << 20;
/// More than anybody has; what is above is refused, not cut off.
const MAX_CERTIFICATES: usize = 256;
const MAX_SIGNERS: usize = 64;

/// Why a message or its signature does not count.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CmsError {
    #[error("not a signed message: {0}")]
    Malformed(#[from] BerError),
    #[error("content of type {found} where a signed message belongs")]
    NotSignedData { found: String },
    #[error("more than {limit} {what}")]
    TooMany { what: &'static str, limit: usize },
    #[error("no certificate in the message is that of the signer")]
    NoCertificate,
    #[error("neither in the message nor beside it is what was signed")]
    NoContent,
    #[error("hash {0}")]
    UnknownHash(String),
    #[error("the signed attribute {0} is not there just once")]
    Attribute(&'static str),
    #[error("the digest among the signed attributes is of other content")]
    DigestMismatch,
    #[error("the signature: {0}")]
    Signature(#[from] PublicKeyError),
    /// All else holds: only what the content is said to be differs.
    #[error("the signed attributes say content of type {attribute}, the message of type {message}")]
    ContentType { attribute: String, message: String },
}

/// A signed message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedData<'a> {
    /// What the content is said to be, in dots.
    pub content_type: String,
    /// What was signed, where it is inside.
    pub content: Option<Cow<'a, [u8]>>,
    /// Those that can be read, in their order.
    pub certificates: Vec<Certificate<'a>>,
    /// Certificates that cannot, and of other kinds.
    pub unread_certificates: usize,
    pub signers: Vec<Signer<'a>>,
}

impl<'a> SignedData<'a> {
    /// Reads a message; what follows it is not looked at, as some pad it.
    ///
    /// # Errors
    /// What is no SignedData, and more certificates or signers than anybody has.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, CmsError> {
        if bytes.len() > MAX_MESSAGE {
            return Err(CmsError::TooMany { what: "bytes", limit: MAX_MESSAGE });
        }
        let mut message = Elements::new(bytes).enter(SEQUENCE)?;
        let found = oid(message.take(OID)?.body).unwrap_or_default();
        if !SIGNED_DATA.contains(&found.as_str()) {
            return Err(CmsError::NotSignedData { found });
        }
        let mut parts = message.enter(context(0))?.enter(SEQUENCE)?;
        parts.take(ber::INTEGER)?;
        parts.take(SET)?;
        let (content_type, content) = encapsulated(parts.enter(SEQUENCE)?)?;
        let mut out =
            Self { content_type, content, certificates: Vec::new(), unread_certificates: 0, signers: Vec::new() };
        if let Some(set) = parts.optional(context(0))? {
            out.read_certificates(set.children())?;
        }
        parts.optional(context(1))?;
        out.read_signers(parts.enter(SET)?)?;
        Ok(out)
    }

    /// The certificate of a signer.
    pub fn certificate_of(&self, signer: &Signer<'a>) -> Option<&Certificate<'a>> {
        self.certificates.iter().find(|certificate| signer.id.is(certificate))
    }

    /// Verifies one signer by its certificate, over the content inside or else over `detached`.
    ///
    /// # Errors
    /// [`CmsError::ContentType`] comes last, where nothing else is wrong.
    pub fn verify(&self, signer: &Signer<'a>, detached: Option<&[u8]>) -> Result<&Certificate<'a>, CmsError> {
        let certificate = self.certificate_of(signer).ok_or(CmsError::NoCertificate)?;
        let content = self.content.as_deref().or(detached).ok_or(CmsError::NoContent)?;
        signer.verify(certificate.spki, content, &self.content_type)?;
        Ok(certificate)
    }

    fn read_certificates(&mut self, mut set: Elements<'a>) -> Result<(), CmsError> {
        while let Some(element) = set.next()? {
            if self.certificates.len() + self.unread_certificates >= MAX_CERTIFICATES {
                return Err(CmsError::TooMany { what: "certificates", limit: MAX_CERTIFICATES });
            }
            match Certificate::read(&element) {
                Ok(certificate) => self.certificates.push(certificate),
                Err(_) => self.unread_certificates += 1,
            }
        }
        Ok(())
    }

    fn read_signers(&mut self, mut set: Elements<'a>) -> Result<(), CmsError> {
        while let Some(element) = set.next()? {
            if self.signers.len() >= MAX_SIGNERS {
                return Err(CmsError::TooMany { what: "signers", limit: MAX_SIGNERS });
            }
            self.signers.push(Signer::read(&element)?);
        }
        Ok(())
    }
}

/// The type of a content, and the content where it is inside.
type Encapsulated<'a> = (String, Option<Cow<'a, [u8]>>);

/// EncapsulatedContentInfo (RFC 5652, 5.2); in PKCS#7 the content may be of any kind, and what is signed is within it.
fn encapsulated(mut parts: Elements<'_>) -> Result<Encapsulated<'_>, CmsError> {
    let content_type = oid(parts.take(OID)?.body).ok_or(BerError::Malformed)?;
    let Some(explicit) = parts.optional(context(0))? else { return Ok((content_type, None)) };
    let Some(content) = explicit.children().next()? else { return Ok((content_type, None)) };
    Ok((content_type, Some(octets_or_body(&content)?)))
}

fn octets_or_body<'a>(content: &Element<'a>) -> Result<Cow<'a, [u8]>, BerError> {
    if content.tag & !0x20 == OCTET_STRING { content.octets() } else { Ok(content.body.into()) }
}

#[cfg(test)]
mod tests;
