//! Signatures that a public key verifies: RSA, DSA, ECDSA, Ed25519 and SM2, by the key as a certificate holds it.
//!
//! Old and weak algorithms are verified as well: what made a signature and whether it should have are two questions. A
//! signature that nobody here can verify is told apart from one that is wrong.

mod algorithm;
mod dsa;
mod ec;
mod hash;
mod rsa;

use thiserror::Error;

use super::{
    ber::{BerError, Elements, SEQUENCE, oid},
    sm2::{self, Sm2Error},
};

pub use algorithm::{Algorithm, Family, Pss};
pub use hash::{Hash, Hasher};

/// What was signed.
#[derive(Clone, Copy, Debug)]
pub enum Message<'a> {
    Bytes(&'a [u8]),
    /// The digest of it by the hash of the algorithm.
    Digest(&'a [u8]),
}

/// Why a signature does not count.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PublicKeyError {
    #[error("malformed: {0}")]
    Malformed(String),
    #[error("cannot be verified here: {0}")]
    Unsupported(String),
    #[error("the signature does not fit the key and the bytes")]
    Mismatch,
}

impl From<BerError> for PublicKeyError {
    fn from(error: BerError) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// A SubjectPublicKeyInfo (RFC 5280, 4.1.2.7), taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key<'a> {
    algorithm: String,
    /// The parameters, whole; empty where there are none.
    parameters: &'a [u8],
    bits: &'a [u8],
}

/// Verifies a signature with the key in a SubjectPublicKeyInfo.
///
/// # Errors
/// `Mismatch` where the signature is another's or the bytes are others; `Unsupported` where nobody here can tell;
/// `Malformed` where key or signature is none.
pub fn verify(spki: &[u8], algorithm: Algorithm, message: Message<'_>, signature: &[u8]) -> Result<(), PublicKeyError> {
    let key = split(spki)?;
    let fits = algorithm.family.key_algorithms().contains(&key.algorithm.as_str());
    if !fits {
        // A key of another kind cannot have made it, whatever kind it is.
        return Err(PublicKeyError::Malformed(format!("a key of {} for {}", key.algorithm, algorithm.family.name())));
    }
    match algorithm.family {
        Family::RsaPkcs1 => rsa::pkcs1(key.bits, algorithm.hash, message, signature),
        Family::RsaPss(pss) => rsa::pss(key.bits, algorithm.hash, pss, message, signature),
        Family::Dsa => dsa::verify(&key, &digest(algorithm.hash, message)?, signature),
        Family::Ecdsa => ec::verify(&key, algorithm.hash, message, signature),
        Family::Ed25519 => ed25519(key.bits, message, signature),
        Family::Sm2 => with_sm2(&key, message, signature),
    }
}

fn split(spki: &[u8]) -> Result<Key<'_>, PublicKeyError> {
    let mut parts = Elements::new(spki).enter(SEQUENCE)?;
    let mut algorithm = parts.enter(SEQUENCE)?;
    let id = oid(algorithm.take(super::ber::OID)?.body);
    let id = id.ok_or_else(|| PublicKeyError::Malformed("the algorithm of the key is no identifier".to_owned()))?;
    Ok(Key { algorithm: id, parameters: algorithm.rest(), bits: parts.bits()? })
}

/// The digest of a message, which has the length that its hash gives.
fn digest(hash: Hash, message: Message<'_>) -> Result<Vec<u8>, PublicKeyError> {
    match message {
        Message::Bytes(bytes) => Ok(hash.digest(bytes)),
        Message::Digest(digest) if digest.len() == hash.size() => Ok(digest.to_vec()),
        Message::Digest(digest) => {
            Err(PublicKeyError::Malformed(format!("a digest of {} bytes for {}", digest.len(), hash.name())))
        }
    }
}

fn ed25519(key: &[u8], message: Message<'_>, signature: &[u8]) -> Result<(), PublicKeyError> {
    let Message::Bytes(bytes) = message else {
        return Err(PublicKeyError::Unsupported("Ed25519 over a digest".to_owned()));
    };
    let key = ring::signature::UnparsedPublicKey::new(&ring::signature::ED25519, key);
    key.verify(bytes, signature).map_err(|_| PublicKeyError::Mismatch)
}

fn with_sm2(key: &Key<'_>, message: Message<'_>, signature: &[u8]) -> Result<(), PublicKeyError> {
    if ec::curve(key).as_deref() != Some(algorithm::SM2_CURVE) {
        return Err(PublicKeyError::Malformed("a key on another curve for SM2".to_owned()));
    }
    // The digest covers the key and the identity of the signer first.
    let Message::Bytes(bytes) = message else {
        return Err(PublicKeyError::Unsupported("SM2 over a digest".to_owned()));
    };
    sm2::verify(key.bits, &[bytes], signature).map_err(|error| match error {
        Sm2Error::NotAnSm2Key => PublicKeyError::Malformed("the key is no point of the curve".to_owned()),
        Sm2Error::MalformedSignature => PublicKeyError::Malformed("the signature is no pair of numbers".to_owned()),
        _ => PublicKeyError::Mismatch,
    })
}

#[cfg(test)]
mod tests;
