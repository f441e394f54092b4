//! ECDSA on P-256, P-384 and P-521 with any hash (FIPS 186-5, 6.4; RFC 3279, 2.2.3).

use ring::signature as quick;

use super::{Hash, Key, Message, PublicKeyError, digest};
use crate::formats::ber::{Elements, OID, oid};

/// The curve by its number in dots; none where it is spelled out.
pub(super) fn curve(key: &Key<'_>) -> Option<String> {
    oid(Elements::new(key.parameters).take(OID).ok()?.body)
}

pub(super) fn verify(key: &Key<'_>, hash: Hash, message: Message<'_>, signature: &[u8]) -> Result<(), PublicKeyError> {
    let curve = curve(key).unwrap_or_default();
    if quickly(&curve, hash, key.bits, message, signature) {
        return Ok(());
    }
    let digest = digest(hash, message)?;
    match curve.as_str() {
        "1.2.840.10045.3.1.7" => p256(key.bits, &padded::<32>(&digest), signature),
        "1.3.132.0.34" => p384(key.bits, &padded::<48>(&digest), signature),
        "1.3.132.0.35" => p521(key.bits, &padded::<66>(&digest), signature),
        _ => Err(PublicKeyError::Unsupported(format!("ECDSA on curve {curve}"))),
    }
}

/// A `no` may come from a form that is not taken, so only `yes` counts.
fn quickly(curve: &str, hash: Hash, point: &[u8], message: Message<'_>, signature: &[u8]) -> bool {
    let Message::Bytes(bytes) = message else { return false };
    let with = match (curve, hash) {
        ("1.2.840.10045.3.1.7", Hash::Sha256) => &quick::ECDSA_P256_SHA256_ASN1,
        ("1.2.840.10045.3.1.7", Hash::Sha384) => &quick::ECDSA_P256_SHA384_ASN1,
        ("1.3.132.0.34", Hash::Sha256) => &quick::ECDSA_P384_SHA256_ASN1,
        ("1.3.132.0.34", Hash::Sha384) => &quick::ECDSA_P384_SHA384_ASN1,
        _ => return false,
    };
    quick::UnparsedPublicKey::new(with, point).verify(bytes, signature).is_ok()
}

/// A digest shorter than the order counts as the number it is; the crates want the zeros written.
fn padded<const SIZE: usize>(digest: &[u8]) -> Vec<u8> {
    let mut out = vec![0; SIZE.saturating_sub(digest.len())];
    out.extend_from_slice(digest);
    out
}

fn no_point<E>(_: E) -> PublicKeyError {
    PublicKeyError::Malformed("the key is no point of its curve".to_owned())
}

fn no_pair<E>(_: E) -> PublicKeyError {
    PublicKeyError::Malformed("the signature is no pair of numbers".to_owned())
}

macro_rules! curve {
    ($name:ident, $ecdsa:path) => {
        fn $name(point: &[u8], digest: &[u8], signature: &[u8]) -> Result<(), PublicKeyError> {
            use $ecdsa::{Signature, VerifyingKey, signature::hazmat::PrehashVerifier as _};
            let key = VerifyingKey::from_sec1_bytes(point).map_err(no_point)?;
            let signature = Signature::from_der(signature).map_err(no_pair)?;
            key.verify_prehash(digest, &signature).map_err(|_| PublicKeyError::Mismatch)
        }
    };
}

curve!(p256, p256::ecdsa);
curve!(p384, p384::ecdsa);
curve!(p521, p521::ecdsa);
