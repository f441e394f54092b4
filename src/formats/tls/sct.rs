//! Signed certificate timestamps (RFC 6962 section 3.2): promises of a log that it will publish a certificate, inside the
//! certificate, in an extension of TLS or in an OCSP response; and whether the log made them.

use thiserror::Error;

use super::bytes::{Cursor, Malformed};
use crate::formats::{
    der::{BIT_STRING, DerError, Elements, OCTET_STRING, OID, SEQUENCE, context, element},
    signature::{self, SignatureError},
};

/// Timestamps of one list that are read; certificates have two to five.
const MOST: usize = 64;

/// The list in a certificate: 1.3.6.1.4.1.11129.2.4.2.
const EMBEDDED: [u8; 10] = [0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 2];
/// ecdsa-with-SHA256, as the contents of an AlgorithmIdentifier.
const ECDSA_SHA256: [u8; 10] = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
/// sha256WithRSAEncryption.
const RSA_SHA256: [u8; 13] = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0b, 5, 0];

/// Why there is no timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SctError {
    #[error("no list of timestamps: {0}")]
    Malformed(#[from] Malformed),
    #[error("the certificate does not parse: {0}")]
    Certificate(#[from] DerError),
    #[error("more than {MOST} timestamps")]
    TooMany,
    #[error("a certificate with two lists")]
    TwoLists,
}

/// A timestamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sct {
    pub log_id: [u8; 32],
    /// Milliseconds since 1970.
    pub timestamp: u64,
    extensions: Vec<u8>,
    /// HashAlgorithm and SignatureAlgorithm of TLS 1.2.
    algorithm: [u8; 2],
    signature: Vec<u8>,
}

/// What a log took.
#[derive(Clone, Copy, Debug)]
pub enum Entry<'a> {
    /// The certificate itself, as DER.
    Certificate(&'a [u8]),
    /// What was to become the certificate: the hash of its issuer's key, and its TBSCertificate without the timestamps.
    Precertificate { issuer_key_hash: &'a [u8; 32], tbs: &'a [u8] },
}

impl Sct {
    /// Reads one; nothing where it is of another version than the first, which nobody can read further.
    pub fn parse(bytes: &[u8]) -> Result<Option<Self>, Malformed> {
        let mut cursor = Cursor::new("SignedCertificateTimestamp", bytes);
        if cursor.u8()? != 0 {
            return Ok(None);
        }
        let sct = Self {
            log_id: cursor.array()?,
            timestamp: u64::from_be_bytes(cursor.array()?),
            extensions: cursor.vec16()?.to_vec(),
            algorithm: cursor.array()?,
            signature: cursor.vec16()?.to_vec(),
        };
        cursor.end()?;
        Ok(Some(sct))
    }

    /// Whether the log of this key made it for this entry.
    pub fn verify(&self, entry: Entry<'_>, key: &[u8]) -> Result<(), SignatureError> {
        let algorithm: &[u8] = match self.algorithm {
            [4, 3] => &ECDSA_SHA256,
            [4, 1] => &RSA_SHA256,
            _ => return Err(SignatureError::Unsupported),
        };
        // Version 1, certificate_timestamp.
        let mut signed = vec![0, 0];
        signed.extend(self.timestamp.to_be_bytes());
        let body = match entry {
            Entry::Certificate(der) => {
                signed.extend([0, 0]);
                der
            }
            Entry::Precertificate { issuer_key_hash, tbs } => {
                signed.extend([0, 1]);
                signed.extend(issuer_key_hash);
                tbs
            }
        };
        let length = u32::try_from(body.len()).map_err(|_| SignatureError::Unsupported)?;
        let [0, length @ ..] = length.to_be_bytes() else { return Err(SignatureError::Unsupported) };
        signed.extend(length);
        signed.extend(body);
        signed.extend(u16::try_from(self.extensions.len()).map_err(|_| SignatureError::Unsupported)?.to_be_bytes());
        signed.extend(&self.extensions);
        signature::verify(key, algorithm, &signed, &self.signature)
    }
}

/// The timestamps of a SignedCertificateTimestampList, each as its bytes.
pub fn list(bytes: &[u8]) -> Result<Vec<Vec<u8>>, SctError> {
    let mut cursor = Cursor::new("SignedCertificateTimestampList", bytes);
    let mut inside = cursor.list16()?;
    cursor.end()?;
    let mut out = Vec::new();
    while !inside.is_empty() {
        if out.len() == MOST {
            return Err(SctError::TooMany);
        }
        out.push(inside.vec16()?.to_vec());
    }
    Ok(out)
}

/// The timestamps within a certificate, each as its bytes; none where it has no list.
pub fn embedded(certificate: &[u8]) -> Result<Vec<Vec<u8>>, SctError> {
    let Some(value) = split(certificate)?.1 else { return Ok(Vec::new()) };
    let mut value = Elements::new(value);
    let inside = value.take(OCTET_STRING)?;
    value.end()?;
    list(inside)
}

/// The TBSCertificate that the logs were shown: that of the certificate without its list (RFC 6962 section 3.2), every
/// other byte as it is.
pub fn precertificate(certificate: &[u8]) -> Result<Vec<u8>, SctError> {
    Ok(split(certificate)?.0)
}

/// A TBSCertificate without its list, and the value of the extension that held it.
fn split(certificate: &[u8]) -> Result<(Vec<u8>, Option<&[u8]>), SctError> {
    let mut outer = Elements::within(certificate, SEQUENCE)?;
    let mut parts = outer.enter(SEQUENCE)?;
    outer.take(SEQUENCE)?;
    outer.take(BIT_STRING)?;
    outer.end()?;
    let (mut tbs, mut found) = (Vec::new(), None);
    while !parts.is_empty() {
        let part = parts.next()?;
        if part.tag != context(3) {
            tbs.extend(part.whole);
            continue;
        }
        let (mut extensions, mut kept) = (Elements::within(part.body, SEQUENCE)?, Vec::new());
        while !extensions.is_empty() {
            let extension = extensions.next()?;
            match list_in(extension.body)? {
                None => kept.extend(extension.whole),
                Some(_) if found.is_some() => return Err(SctError::TwoLists),
                value => found = value,
            }
        }
        if !kept.is_empty() {
            tbs.extend(element(context(3), &element(SEQUENCE, &kept)));
        }
    }
    Ok((element(SEQUENCE, &tbs), found))
}

/// The value of an extension that is a list of timestamps.
fn list_in(extension: &[u8]) -> Result<Option<&[u8]>, DerError> {
    let mut parts = Elements::new(extension);
    if parts.take(OID)? != EMBEDDED {
        return Ok(None);
    }
    parts.optional(0x01)?;
    let value = parts.take(OCTET_STRING)?;
    parts.end()?;
    Ok(Some(value))
}

#[cfg(test)]
#[path = "sct_tests.rs"]
mod tests;
