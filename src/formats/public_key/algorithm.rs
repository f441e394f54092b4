//! Which algorithm a signature was made with, by its AlgorithmIdentifier (RFC 3279, 4055, 5754, 5758, 8410; GM/T 0006).

use super::{Hash, PublicKeyError};
use crate::formats::ber::{self, BerError, Elements, INTEGER, SEQUENCE, context, oid};

const RSA_KEY: &str = "1.2.840.113549.1.1.1";
const PSS: &str = "1.2.840.113549.1.1.10";
const DSA_KEY: &str = "1.2.840.10040.4.1";
const EC_KEY: &str = "1.2.840.10045.2.1";
const ED25519: &str = "1.3.101.112";
pub(super) const SM2_CURVE: &str = "1.2.156.10197.1.301";

/// An algorithm with all that it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Algorithm {
    pub family: Family,
    /// Ed25519 brings its own, and this one is not asked.
    pub hash: Hash,
}

/// What kind of key signs, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// RSASSA-PKCS1-v1_5 (RFC 8017, 8.2).
    RsaPkcs1,
    /// RSASSA-PSS (RFC 8017, 8.1).
    RsaPss(Pss),
    Dsa,
    Ecdsa,
    Ed25519,
    /// With the identity that certificates are signed under.
    Sm2,
}

/// The parameters of RSASSA-PSS beside its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pss {
    /// The hash of MGF1.
    pub mask: Hash,
    /// Bytes of salt.
    pub salt: usize,
}

impl Family {
    /// Whose keys fit.
    pub(super) fn key_algorithms(self) -> &'static [&'static str] {
        match self {
            Self::RsaPkcs1 => &[RSA_KEY],
            Self::RsaPss(_) => &[RSA_KEY, PSS],
            Self::Dsa => &[DSA_KEY],
            Self::Ecdsa => &[EC_KEY],
            Self::Ed25519 => &[ED25519],
            Self::Sm2 => &[EC_KEY, SM2_CURVE],
        }
    }

    /// As `rsa-pss`.
    pub fn name(self) -> &'static str {
        match self {
            Self::RsaPkcs1 => "rsa",
            Self::RsaPss(_) => "rsa-pss",
            Self::Dsa => "dsa",
            Self::Ecdsa => "ecdsa",
            Self::Ed25519 => "ed25519",
            Self::Sm2 => "sm2",
        }
    }
}

impl Algorithm {
    pub fn new(family: Family, hash: Hash) -> Self {
        Self { family, hash }
    }

    /// RSASSA-PSS as it is used everywhere: MGF1 with the same hash, and a salt as long as a digest.
    pub fn pss(hash: Hash) -> Self {
        Self::new(Family::RsaPss(Pss { mask: hash, salt: hash.size() }), hash)
    }

    /// By the contents of an AlgorithmIdentifier. `digest` is the hash that is named beside it, for identifiers that only
    /// name the kind of key, as CMS has them.
    ///
    /// # Errors
    /// `Unsupported` for what is not known here.
    pub fn read(identifier: &[u8], digest: Option<Hash>) -> Result<Self, PublicKeyError> {
        let mut parts = Elements::new(identifier);
        let id = oid(parts.take(ber::OID)?.body).unwrap_or_default();
        if id == PSS {
            return pss(parts);
        }
        if let Some((family, hash)) = combined(&id) {
            return Ok(Self::new(family, hash));
        }
        let unknown = || PublicKeyError::Unsupported(format!("signature algorithm {id}"));
        let family = key_alone(&id).ok_or_else(unknown)?;
        Ok(Self::new(family, digest.ok_or_else(unknown)?))
    }
}

/// Identifiers that name the hash as well.
fn combined(id: &str) -> Option<(Family, Hash)> {
    use Family::{Dsa, Ecdsa, Ed25519, RsaPkcs1, Sm2};
    Some(match id {
        "1.2.840.113549.1.1.4" => (RsaPkcs1, Hash::Md5),
        "1.2.840.113549.1.1.5" | "1.3.14.3.2.29" => (RsaPkcs1, Hash::Sha1),
        "1.2.840.113549.1.1.14" => (RsaPkcs1, Hash::Sha224),
        "1.2.840.113549.1.1.11" => (RsaPkcs1, Hash::Sha256),
        "1.2.840.113549.1.1.12" => (RsaPkcs1, Hash::Sha384),
        "1.2.840.113549.1.1.13" => (RsaPkcs1, Hash::Sha512),
        "1.2.840.10040.4.3" | "1.3.14.3.2.27" => (Dsa, Hash::Sha1),
        "2.16.840.1.101.3.4.3.1" => (Dsa, Hash::Sha224),
        "2.16.840.1.101.3.4.3.2" => (Dsa, Hash::Sha256),
        "2.16.840.1.101.3.4.3.3" => (Dsa, Hash::Sha384),
        "2.16.840.1.101.3.4.3.4" => (Dsa, Hash::Sha512),
        "1.2.840.10045.4.1" => (Ecdsa, Hash::Sha1),
        "1.2.840.10045.4.3.1" => (Ecdsa, Hash::Sha224),
        "1.2.840.10045.4.3.2" => (Ecdsa, Hash::Sha256),
        "1.2.840.10045.4.3.3" => (Ecdsa, Hash::Sha384),
        "1.2.840.10045.4.3.4" => (Ecdsa, Hash::Sha512),
        ED25519 => (Ed25519, Hash::Sha512),
        "1.2.156.10197.1.501" => (Sm2, Hash::Sm3),
        _ => return None,
    })
}

/// Identifiers that leave the hash to another field.
fn key_alone(id: &str) -> Option<Family> {
    Some(match id {
        RSA_KEY => Family::RsaPkcs1,
        DSA_KEY => Family::Dsa,
        EC_KEY => Family::Ecdsa,
        SM2_CURVE | "1.2.156.10197.1.301.1" => Family::Sm2,
        _ => return None,
    })
}

/// RSASSA-PSS-params (RFC 4055, 3.1); what is left out is SHA-1 and 20.
fn pss(mut parts: Elements<'_>) -> Result<Algorithm, PublicKeyError> {
    let (mut hash, mut mask, mut salt) = (Hash::Sha1, Hash::Sha1, 20);
    if !parts.is_empty() {
        let mut parameters = parts.enter(SEQUENCE)?;
        if let Some(field) = parameters.optional(context(0))? {
            hash = hash_of(field.children().enter(SEQUENCE)?)?;
        }
        if let Some(field) = parameters.optional(context(1))? {
            let mut generator = field.children().enter(SEQUENCE)?;
            if generator.take(ber::OID)?.body != MGF1 {
                return Err(PublicKeyError::Unsupported("a mask generation function other than MGF1".to_owned()));
            }
            mask = hash_of(generator.enter(SEQUENCE)?)?;
        }
        if let Some(field) = parameters.optional(context(2))? {
            salt = small(field.children().take(INTEGER)?.body)?;
        }
    }
    Ok(Algorithm::new(Family::RsaPss(Pss { mask, salt }), hash))
}

const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];

fn hash_of(mut identifier: Elements<'_>) -> Result<Hash, PublicKeyError> {
    let id = oid(identifier.take(ber::OID)?.body).unwrap_or_default();
    Hash::from_oid(&id).ok_or_else(|| PublicKeyError::Unsupported(format!("hash {id}")))
}

fn small(integer: &[u8]) -> Result<usize, BerError> {
    match integer {
        [low @ 0..=0x7f] => Ok(usize::from(*low)),
        [high @ 0..=0x7f, low] => Ok(usize::from(*high) << 8 | usize::from(*low)),
        _ => Err(BerError::Malformed),
    }
}
