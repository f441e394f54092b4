//! The client's half of a key exchange: static RSA, ephemeral Diffie-Hellman over curves and modulo a prime.

use ring::{
    agreement::{ECDH_P256, ECDH_P384, EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral},
    rand::SystemRandom,
};

use super::{
    Failure,
    number::{power, trimmed},
    random,
};
use crate::formats::{
    tls::{
        server_key_exchange::{Dhe, Params, ServerKeyExchange},
        suites::Kx,
    },
    x509,
};

/// What a premaster secret of static RSA has (RFC 5246 section 7.4.7.1).
const PREMASTER: usize = 48;

/// Groups that this client can agree on a key in.
pub(in crate::collect::tls) const GROUPS: [u16; 3] = [0x001d, 0x0017, 0x0018];

/// What both sides now know, and what the server has to be told for it.
pub(super) struct Agreed {
    pub premaster: Vec<u8>,
    /// The body of the ClientKeyExchange.
    pub told: Vec<u8>,
}

/// Agrees on a premaster secret. `offered` is the version of our hello.
pub(super) fn agree(
    kx: Kx,
    offered: u16,
    certificate: Option<&[u8]>,
    sent: Option<&ServerKeyExchange>,
) -> Result<Agreed, Failure> {
    let agreed = match (kx, sent.map(|sent| &sent.params)) {
        (Kx::Rsa, None) => certificate.and_then(|der| rsa(offered, der)),
        (Kx::Ecdhe, Some(Params::Ecdhe { group, point })) => ecdhe(*group, point),
        (Kx::Dhe, Some(Params::Dhe(dhe))) => self::dhe(dhe),
        _ => None,
    };
    agreed.ok_or(Failure::Key)
}

fn rsa(offered: u16, certificate: &[u8]) -> Option<Agreed> {
    let mut premaster = random::<PREMASTER>();
    if let Some(version) = premaster.first_chunk_mut() {
        *version = offered.to_be_bytes();
    }
    let key = RsaKey::of(certificate)?;
    let told = key.told(&key.padded(&[0, 2], &[&[0][..], &premaster].concat())?)?;
    Some(Agreed { premaster: premaster.to_vec(), told })
}

/// The key of a certificate.
pub(in crate::collect::tls) struct RsaKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl RsaKey {
    pub fn of(certificate: &[u8]) -> Option<Self> {
        let (modulus, exponent) = x509::rsa_key(certificate)?;
        Some(Self { modulus: trimmed(&modulus).to_vec(), exponent: trimmed(&exponent).to_vec() })
    }

    /// A block as long as the modulus: what it begins with, bytes that are not zero, what it ends with. None where the
    /// modulus is too short for eight bytes in between, which PKCS #1 wants.
    pub fn padded(&self, begin: &[u8], end: &[u8]) -> Option<Vec<u8>> {
        let room = self.modulus.len().checked_sub(begin.len() + end.len()).filter(|room| *room >= 8)?;
        let filling: Vec<u8> =
            std::iter::repeat_with(|| random::<32>().map(|byte| byte | 1)).flatten().take(room).collect();
        Some([begin, &filling, end].concat())
    }

    /// The body of a ClientKeyExchange that holds this block, encrypted.
    pub fn told(&self, block: &[u8]) -> Option<Vec<u8>> {
        let sealed = power(block, &self.exponent, &self.modulus)?;
        Some([&u16::try_from(sealed.len()).ok()?.to_be_bytes()[..], &sealed].concat())
    }
}

fn ecdhe(group: u16, point: &[u8]) -> Option<Agreed> {
    let algorithm = match group {
        0x001d => &X25519,
        0x0017 => &ECDH_P256,
        0x0018 => &ECDH_P384,
        _ => return None,
    };
    let own = EphemeralPrivateKey::generate(algorithm, &SystemRandom::new()).ok()?;
    let public = own.compute_public_key().ok()?;
    let premaster = agree_ephemeral(own, &UnparsedPublicKey::new(algorithm, point), <[u8]>::to_vec).ok()?;
    let told = [&[u8::try_from(public.as_ref().len()).ok()?][..], public.as_ref()].concat();
    Some(Agreed { premaster, told })
}

fn dhe(dhe: &Dhe) -> Option<Agreed> {
    let own = random::<32>();
    let public = power(&dhe.g, &own, &dhe.p)?;
    let shared = power(&dhe.public, &own, &dhe.p)?;
    let told = [&u16::try_from(public.len()).ok()?.to_be_bytes()[..], &public].concat();
    // RFC 5246 section 8.1.2: zeros in front are left out.
    Some(Agreed { premaster: trimmed(&shared).to_vec(), told })
}
