//! One SignerInfo (RFC 5652, 5.3): whom it names, what it covers, and whether a key made it.

use super::{Certificate, CmsError, names};
use crate::formats::{
    ber::{self, BerError, Element, Elements, INTEGER, OCTET_STRING, OID, SEQUENCE, SET, context, oid},
    public_key::{self, Algorithm, Hash, Message, PublicKeyError},
};

const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";

/// One signer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer<'a> {
    pub id: SignerId<'a>,
    /// The hash over the content, in dots.
    pub digest_algorithm: String,
    /// What is signed beside the content; none where the signature is over the content itself.
    pub signed_attributes: Option<Vec<Attribute<'a>>>,
    pub unsigned_attributes: Vec<Attribute<'a>>,
    /// The contents of the AlgorithmIdentifier.
    pub signature_algorithm: &'a [u8],
    pub signature: Vec<u8>,
    /// The field of signed attributes, whole.
    attributes: &'a [u8],
}

/// How the certificate is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignerId<'a> {
    /// A Name, whole, and the contents of an INTEGER.
    IssuerAndSerial {
        issuer: &'a [u8],
        serial: &'a [u8],
    },
    SubjectKeyId(&'a [u8]),
}

impl SignerId<'_> {
    /// Whether it names this certificate.
    pub fn is(&self, certificate: &Certificate<'_>) -> bool {
        match self {
            Self::IssuerAndSerial { issuer, serial } => {
                *serial == certificate.serial && names::same(issuer, certificate.issuer)
            }
            Self::SubjectKeyId(id) => certificate.subject_key_id() == Some(*id),
        }
    }
}

/// An attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// In dots.
    pub id: String,
    pub values: Vec<Element<'a>>,
}

impl<'a> Signer<'a> {
    pub(super) fn read(element: &Element<'a>) -> Result<Self, CmsError> {
        if element.tag != SEQUENCE {
            return Err(BerError::Unexpected { expected: SEQUENCE, found: element.tag }.into());
        }
        let mut parts = element.children();
        parts.take(INTEGER)?;
        let id = named(&mut parts)?;
        let digest_algorithm = oid(parts.enter(SEQUENCE)?.take(OID)?.body).ok_or(BerError::Malformed)?;
        let signed = parts.optional(context(0))?;
        let signature_algorithm = parts.take(SEQUENCE)?.body;
        let signature = octets(&mut parts)?;
        let unsigned = parts.optional(context(1))?;
        Ok(Self {
            id,
            digest_algorithm,
            attributes: signed.map_or(&[], |field| field.whole),
            signed_attributes: signed.map(|field| attributes(field.children())).transpose()?,
            // Nothing rests on them.
            unsigned_attributes: unsigned.and_then(|field| attributes(field.children()).ok()).unwrap_or_default(),
            signature_algorithm,
            signature,
        })
    }

    /// The hash over the content.
    pub fn digest_hash(&self) -> Option<Hash> {
        Hash::from_oid(&self.digest_algorithm)
    }

    /// The identifier of the signature's algorithm, in dots; empty where it is none.
    pub fn signature_oid(&self) -> String {
        let id = Elements::new(self.signature_algorithm).take(OID);
        id.ok().and_then(|id| oid(id.body)).unwrap_or_default()
    }

    /// How the signature was made.
    pub fn algorithm(&self) -> Result<Algorithm, PublicKeyError> {
        Algorithm::read(self.signature_algorithm, self.digest_hash())
    }

    /// The one value of a signed attribute that is there just once.
    pub fn signed_attribute(&self, id: &str) -> Option<&Element<'a>> {
        let mut with_it = self.signed_attributes.iter().flatten().filter(|attribute| attribute.id == id);
        match (with_it.next()?.values.as_slice(), with_it.next()) {
            ([value], None) => Some(value),
            _ => None,
        }
    }

    /// Verifies that the key in `spki` made the signature over `content` (RFC 5652, 5.4 and 5.6).
    ///
    /// # Errors
    /// [`CmsError::ContentType`] comes last, where nothing else is wrong.
    pub fn verify(&self, spki: &[u8], content: &[u8], content_type: &str) -> Result<(), CmsError> {
        if self.signed_attributes.is_none() {
            return Ok(public_key::verify(spki, self.algorithm()?, Message::Bytes(content), &self.signature)?);
        }
        let hash = self.digest_hash().ok_or_else(|| CmsError::UnknownHash(self.digest_algorithm.clone()))?;
        let digest = self.signed_attribute(MESSAGE_DIGEST).filter(|value| value.tag & !0x20 == OCTET_STRING);
        let digest = digest.ok_or(CmsError::Attribute("message digest"))?.octets()?;
        if *digest != hash.digest(content) {
            return Err(CmsError::DigestMismatch);
        }
        self.verify_attributes(spki)?;
        let attribute = self.signed_attribute(CONTENT_TYPE).and_then(|value| oid(value.body));
        let attribute = attribute.ok_or(CmsError::Attribute("content type"))?;
        if attribute == content_type {
            Ok(())
        } else {
            Err(CmsError::ContentType { attribute, message: content_type.to_owned() })
        }
    }

    /// The signature is over the attributes as a SET in DER; some sign what they wrote, whatever its order and lengths.
    fn verify_attributes(&self, spki: &[u8]) -> Result<(), CmsError> {
        let algorithm = self.algorithm()?;
        let verify = |bytes: &[u8]| public_key::verify(spki, algorithm, Message::Bytes(bytes), &self.signature);
        let as_written = retagged(self.attributes);
        let first = verify(&as_written);
        let Err(PublicKeyError::Mismatch) = first else { return Ok(first?) };
        let der = ber::to_der(&as_written)?;
        let sorted = sorted(&der)?;
        for other in [der, sorted] {
            if other != as_written && verify(&other).is_ok() {
                return Ok(());
            }
        }
        Ok(first?)
    }
}

fn named<'a>(parts: &mut Elements<'a>) -> Result<SignerId<'a>, BerError> {
    let id = parts.next()?.ok_or(BerError::Malformed)?;
    match id.tag {
        SEQUENCE => {
            let mut pair = id.children();
            Ok(SignerId::IssuerAndSerial { issuer: pair.take(SEQUENCE)?.whole, serial: pair.take(INTEGER)?.body })
        }
        0x80 => Ok(SignerId::SubjectKeyId(id.body)),
        found => Err(BerError::Unexpected { expected: SEQUENCE, found }),
    }
}

fn octets(parts: &mut Elements<'_>) -> Result<Vec<u8>, BerError> {
    let element = parts.next()?.ok_or(BerError::Malformed)?;
    if element.tag & !0x20 != OCTET_STRING {
        return Err(BerError::Unexpected { expected: OCTET_STRING, found: element.tag });
    }
    Ok(element.octets()?.into_owned())
}

fn attributes(mut list: Elements<'_>) -> Result<Vec<Attribute<'_>>, BerError> {
    let mut out = Vec::new();
    while let Some(element) = list.next()? {
        let mut parts = element.children();
        let id = oid(parts.take(OID)?.body).ok_or(BerError::Malformed)?;
        let (mut set, mut values) = (parts.enter(SET)?, Vec::new());
        while let Some(value) = set.next()? {
            values.push(value);
        }
        out.push(Attribute { id, values });
    }
    Ok(out)
}

fn retagged(field: &[u8]) -> Vec<u8> {
    let mut out = field.to_vec();
    if let Some(tag) = out.first_mut() {
        *tag = SET;
    }
    out
}

/// A SET whose elements are in the order of their bytes (X.690, 11.6).
fn sorted(set: &[u8]) -> Result<Vec<u8>, BerError> {
    let (mut elements, mut wholes) = (Elements::new(set).enter(SET)?, Vec::new());
    while let Some(element) = elements.next()? {
        wholes.push(element.whole);
    }
    wholes.sort_unstable();
    Ok(crate::formats::der::element(SET, &wholes.concat()))
}
