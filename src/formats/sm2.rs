//! SM2 signatures with SM3 (GM/T 0009-2023, GB/T 32918.2): over certificates, and over the ServerKeyExchange of TLCP.

mod agreement;

use sm2::dsa::{Signature, VerifyingKey, signature::MultipartVerifier as _};
use thiserror::Error;
use x509_parser::{certificate::X509Certificate, prelude::FromDer, x509::SubjectPublicKeyInfo};

use super::tls::server_key_exchange::{Params, ServerKeyExchange};

pub use agreement::Ephemeral;

/// The identity that certificates are signed under (GM/T 0009-2023, clause 10), in ASCII.
pub const SIGNER_ID: &str = "1234567812345678";
/// The identity that the handshake of TLS 1.3 is signed under (RFC 8998 section 3.2.1).
pub const HANDSHAKE_ID: &str = "TLSv1.3+GM+Cipher+Suite";

/// SM2-with-SM3.
const SIGNATURE_OID: &str = "1.2.156.10197.1.501";
/// The curve.
const CURVE_OID: &str = "1.2.156.10197.1.301";
const EC_KEY_OID: &str = "1.2.840.10045.2.1";

/// Why a signature does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Sm2Error {
    #[error("the certificate does not parse")]
    Certificate,
    #[error("the key is not one of SM2")]
    NotAnSm2Key,
    #[error("the algorithm is not SM2 with SM3")]
    NotAnSm2Signature,
    #[error("the signature is no pair of numbers in range")]
    MalformedSignature,
    #[error("the message has no signature over an encryption certificate")]
    NotSigned,
    #[error("the signature does not fit the key and the bytes")]
    Mismatch,
}

/// Verifies a signature in DER over the parts of a message, with a key as an uncompressed point, under [`SIGNER_ID`].
pub fn verify(point: &[u8], message: &[&[u8]], signature: &[u8]) -> Result<(), Sm2Error> {
    verify_as(SIGNER_ID, point, message, signature)
}

/// [`verify`] under another identity.
pub fn verify_as(id: &str, point: &[u8], message: &[&[u8]], signature: &[u8]) -> Result<(), Sm2Error> {
    let key = VerifyingKey::from_sec1_bytes(id, point).map_err(|_| Sm2Error::NotAnSm2Key)?;
    let pair = pair(signature).ok_or(Sm2Error::MalformedSignature)?;
    let signature = Signature::from_bytes(&pair.into()).map_err(|_| Sm2Error::MalformedSignature)?;
    key.multipart_verify(message, &signature).map_err(|_| Sm2Error::Mismatch)
}

/// Verifies that the key of `issuer` signed `certificate`, both DER. Says nothing of names, dates or rights.
pub fn verify_certificate(certificate: &[u8], issuer: &[u8]) -> Result<(), Sm2Error> {
    let (_, certificate) = X509Certificate::from_der(certificate).map_err(|_| Sm2Error::Certificate)?;
    if certificate.signature_algorithm.algorithm.to_id_string() != SIGNATURE_OID {
        return Err(Sm2Error::NotAnSm2Signature);
    }
    let signed = certificate.tbs_certificate.as_ref();
    verify(&public_key(issuer)?, &[signed], &certificate.signature_value.data)
}

/// Verifies the ServerKeyExchange of TLCP (GB/T 38636-2020, 6.4.5.4) with the signature certificate of the server: over
/// the randoms and the encryption certificate with its length where keys are static, over the randoms and the
/// parameters in ECDHE.
pub fn verify_key_exchange(
    exchange: &ServerKeyExchange,
    client_random: &[u8; 32],
    server_random: &[u8; 32],
    sign: &[u8],
    encrypt: &[u8],
) -> Result<(), Sm2Error> {
    let signature = &exchange.signature.as_ref().ok_or(Sm2Error::NotSigned)?.bytes;
    let key = public_key(sign)?;
    let length = u32::try_from(encrypt.len()).map_err(|_| Sm2Error::Certificate)?.to_be_bytes();
    match exchange.params {
        Params::Ecc => verify(&key, &[client_random, server_random, &length[1..], encrypt], signature),
        Params::Ecdhe { .. } => verify(&key, &[client_random, server_random, &exchange.signed], signature),
        _ => Err(Sm2Error::NotSigned),
    }
}

/// The point of the key in a certificate, where it is one of SM2.
pub fn public_key(certificate: &[u8]) -> Result<Vec<u8>, Sm2Error> {
    let (_, certificate) = X509Certificate::from_der(certificate).map_err(|_| Sm2Error::Certificate)?;
    let info: &SubjectPublicKeyInfo<'_> = certificate.public_key();
    let curve = info.algorithm.parameters.as_ref().and_then(|any| any.as_oid().ok());
    let is_sm2 = info.algorithm.algorithm.to_id_string() == EC_KEY_OID
        && curve.is_some_and(|oid| oid.to_id_string() == CURVE_OID);
    if is_sm2 { Ok(info.subject_public_key.data.to_vec()) } else { Err(Sm2Error::NotAnSm2Key) }
}

/// SEQUENCE of two INTEGERs of at most 32 bytes each, to 64 bytes.
fn pair(der: &[u8]) -> Option<[u8; 64]> {
    let [0x30, length, body @ ..] = der else { return None };
    if usize::from(*length) != body.len() {
        return None;
    }
    let (r, rest) = integer(body)?;
    let (s, rest) = integer(rest)?;
    let mut pair = [0; 64];
    pair[..32].copy_from_slice(&r);
    pair[32..].copy_from_slice(&s);
    rest.is_empty().then_some(pair)
}

fn integer(der: &[u8]) -> Option<([u8; 32], &[u8])> {
    let [2, length, rest @ ..] = der else { return None };
    let (number, rest) = rest.split_at_checked(usize::from(*length))?;
    if number.first()? & 0x80 != 0 {
        return None;
    }
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let digits = &number[zeros..];
    let mut out = [0; 32];
    out.get_mut(32_usize.checked_sub(digits.len())?..)?.copy_from_slice(digits);
    Some((out, rest))
}

#[cfg(test)]
mod tests;
