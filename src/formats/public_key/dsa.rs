//! DSA (FIPS 186-4, 4.7): primes of 1024 to 3072 bits, with parameters in the key.

use crypto_bigint::BoxedUint;
use dsa::{Components, Signature, VerifyingKey, signature::hazmat::PrehashVerifier as _};

use super::{Key, PublicKeyError};
use crate::formats::ber::{Elements, INTEGER, SEQUENCE};

const MAX_BITS: u32 = 3072;

pub(super) fn verify(key: &Key<'_>, digest: &[u8], signature: &[u8]) -> Result<(), PublicKeyError> {
    let key = read(key)?;
    let mut pair = Elements::new(signature).enter(SEQUENCE)?;
    let (r, s) = (number(pair.take(INTEGER)?.body)?, number(pair.take(INTEGER)?.body)?);
    let signature = Signature::from_components(r, s).ok_or(PublicKeyError::Mismatch)?;
    key.verify_prehash(digest, &signature).map_err(|_| PublicKeyError::Mismatch)
}

fn read(key: &Key<'_>) -> Result<VerifyingKey, PublicKeyError> {
    let malformed = |_| PublicKeyError::Malformed("the numbers of the key are none of DSA".to_owned());
    let mut parameters = Elements::new(key.parameters).enter(SEQUENCE)?;
    let (p, q) = (number(parameters.take(INTEGER)?.body)?, number(parameters.take(INTEGER)?.body)?);
    let size = p.bits_precision();
    if !(1024..=MAX_BITS).contains(&p.bit_width()) {
        return Err(PublicKeyError::Unsupported(format!("DSA with a prime of {} bits", p.bit_width())));
    }
    let at_full_size = |body: &[u8]| BoxedUint::from_be_slice(trimmed(body), size).ok();
    let g = at_full_size(parameters.take(INTEGER)?.body).filter(|g| *g < p);
    let y = at_full_size(Elements::new(key.bits).take(INTEGER)?.body).filter(|y| *y < p);
    let (Some(g), Some(y)) = (g, y) else { return Err(malformed(())) };
    let sizes = (p.bit_width(), q.bit_width());
    let components = Components::from_components(p, q, g)
        .map_err(|_| PublicKeyError::Unsupported(format!("DSA with primes of {} and {} bits", sizes.0, sizes.1)))?;
    VerifyingKey::from_components(components, y).map_err(|_| malformed(()))
}

fn number(integer: &[u8]) -> Result<BoxedUint, PublicKeyError> {
    let digits = trimmed(integer);
    if digits.len() > MAX_BITS as usize / 8 {
        return Err(PublicKeyError::Unsupported("a number too large for DSA".to_owned()));
    }
    Ok(BoxedUint::from_be_slice_vartime(digits))
}

fn trimmed(integer: &[u8]) -> &[u8] {
    let zeros = integer.iter().take_while(|byte| **byte == 0).count();
    integer.get(zeros..).unwrap_or_default()
}
