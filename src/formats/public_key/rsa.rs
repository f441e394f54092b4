//! RSA (RFC 8017). `ring` verifies what it takes, and quickly; the rest goes to `rsa`: old hashes, digests, keys of 512 to
//! 16384 bits.

use crypto_bigint::BoxedUint;
use ring::signature as quick;
use rsa::{PublicKey, traits::SignatureScheme};

use super::{Hash, Message, PublicKeyError, algorithm::Pss, digest};
use crate::formats::ber::{Elements, INTEGER, SEQUENCE};

/// Bits of a modulus.
const SIZES: std::ops::RangeInclusive<usize> = 512..=16384;

pub(super) fn pkcs1(key: &[u8], hash: Hash, message: Message<'_>, signature: &[u8]) -> Result<(), PublicKeyError> {
    let with: Option<&quick::RsaParameters> = match hash {
        Hash::Sha1 => Some(&quick::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
        Hash::Sha256 => Some(&quick::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
        Hash::Sha384 => Some(&quick::RSA_PKCS1_2048_8192_SHA384),
        Hash::Sha512 => Some(&quick::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
        _ => None,
    };
    if quickly(with, key, message, signature) {
        return Ok(());
    }
    let prefix = prefix(hash).ok_or_else(|| PublicKeyError::Unsupported(format!("RSA with {}", hash.name())))?;
    let scheme = rsa::Pkcs1v15Sign { hash_len: Some(hash.size()), prefix: prefix.into() };
    slowly(scheme, key, &digest(hash, message)?, signature)
}

pub(super) fn pss(
    key: &[u8],
    hash: Hash,
    pss: Pss,
    message: Message<'_>,
    signature: &[u8],
) -> Result<(), PublicKeyError> {
    let usual = pss.mask == hash && pss.salt == hash.size();
    let with: Option<&quick::RsaParameters> = match hash {
        Hash::Sha256 if usual => Some(&quick::RSA_PSS_2048_8192_SHA256),
        Hash::Sha384 if usual => Some(&quick::RSA_PSS_2048_8192_SHA384),
        Hash::Sha512 if usual => Some(&quick::RSA_PSS_2048_8192_SHA512),
        _ => None,
    };
    if quickly(with, key, message, signature) {
        return Ok(());
    }
    if pss.mask != hash {
        return Err(PublicKeyError::Unsupported("RSASSA-PSS with two hashes".to_owned()));
    }
    let digest = digest(hash, message)?;
    match hash {
        Hash::Sha1 => slowly(rsa::Pss::<sha1::Sha1>::new_with_salt(pss.salt), key, &digest, signature),
        Hash::Sha224 => slowly(rsa::Pss::<sha2_current::Sha224>::new_with_salt(pss.salt), key, &digest, signature),
        Hash::Sha256 => slowly(rsa::Pss::<sha2_current::Sha256>::new_with_salt(pss.salt), key, &digest, signature),
        Hash::Sha384 => slowly(rsa::Pss::<sha2_current::Sha384>::new_with_salt(pss.salt), key, &digest, signature),
        Hash::Sha512 => slowly(rsa::Pss::<sha2_current::Sha512>::new_with_salt(pss.salt), key, &digest, signature),
        Hash::Md5 | Hash::Sm3 => Err(PublicKeyError::Unsupported(format!("RSASSA-PSS with {}", hash.name()))),
    }
}

/// A `no` may come from a key that is not taken, so only `yes` counts.
fn quickly(with: Option<&'static quick::RsaParameters>, key: &[u8], message: Message<'_>, signature: &[u8]) -> bool {
    let (Some(with), Message::Bytes(bytes)) = (with, message) else { return false };
    quick::UnparsedPublicKey::new(with, key).verify(bytes, signature).is_ok()
}

fn slowly(scheme: impl SignatureScheme, key: &[u8], digest: &[u8], signature: &[u8]) -> Result<(), PublicKeyError> {
    read(key)?.verify(scheme, digest, signature).map_err(|_| PublicKeyError::Mismatch)
}

/// RSAPublicKey (RFC 8017, A.1.1).
fn read(key: &[u8]) -> Result<PublicKey, PublicKeyError> {
    let mut parts = Elements::new(key).enter(SEQUENCE)?;
    let (modulus, exponent) = (parts.take(INTEGER)?.body, parts.take(INTEGER)?.body);
    if modulus.len() > SIZES.end() / 8 + 1 || exponent.len() > 32 {
        return Err(PublicKeyError::Unsupported("an RSA key that is too large".to_owned()));
    }
    let number = BoxedUint::from_be_slice_vartime;
    PublicKey::new_with_size_limits(number(modulus), number(exponent), SIZES).map_err(|error| match error {
        rsa::Error::InvalidModulus | rsa::Error::InvalidExponent => PublicKeyError::Malformed(error.to_string()),
        _ => PublicKeyError::Unsupported(error.to_string()),
    })
}

/// DigestInfo up to the digest (RFC 8017, 9.2, note 1).
fn prefix(hash: Hash) -> Option<&'static [u8]> {
    Some(match hash {
        Hash::Md5 => &[0x30, 0x20, 0x30, 0x0c, 6, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5, 5, 0, 4, 0x10],
        Hash::Sha1 => &[0x30, 0x21, 0x30, 9, 6, 5, 0x2b, 0x0e, 3, 2, 0x1a, 5, 0, 4, 0x14],
        Hash::Sha224 => &[0x30, 0x2d, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 4, 5, 0, 4, 0x1c],
        Hash::Sha256 => &[0x30, 0x31, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 0x20],
        Hash::Sha384 => &[0x30, 0x41, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2, 5, 0, 4, 0x30],
        Hash::Sha512 => &[0x30, 0x51, 0x30, 0x0d, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3, 5, 0, 4, 0x40],
        Hash::Sm3 => return None,
    })
}
