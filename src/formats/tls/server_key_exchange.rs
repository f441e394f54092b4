//! ServerKeyExchange: RFC 5246 section 7.4.3, RFC 8422 section 5.4, RFC 4279, RFC 5054, RFC 2246 section 7.4.3 for the RSA
//! of export suites, GB/T 38636-2020 section 6.4.5.4 for TLCP.

use super::{
    bytes::{Cursor, Malformed},
    suites::{Auth, Kx, Suite},
    version::Version,
};

/// What the server sent for the key exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerKeyExchange {
    pub params: Params,
    /// The bytes of the parameters, which the signature covers after both randoms.
    pub signed: Vec<u8>,
    /// `None` where nobody signs: anonymous suites, and those of shared keys.
    pub signature: Option<Signature>,
    /// The hint to the shared key, in suites with one.
    pub psk_hint: Option<Vec<u8>>,
}

/// The parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Params {
    Dhe(Dhe),
    /// A named curve; 0x0029 in TLCP.
    Ecdhe {
        group: u16,
        point: Vec<u8>,
    },
    /// A curve spelled out: 1 over a prime field, 2 over one of characteristic two.
    EcExplicit {
        kind: u8,
    },
    /// TLCP with static keys: the server signs its encryption certificate.
    Ecc,
    /// A key for this connection alone, of 512 bits where the suite is for export.
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// A hint to a shared key and no more.
    Psk,
    Srp {
        prime: Vec<u8>,
    },
}

/// A group modulo a prime, and the server's half.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dhe {
    pub p: Vec<u8>,
    pub g: Vec<u8>,
    pub public: Vec<u8>,
}

impl Dhe {
    /// Of the prime.
    pub fn bits(&self) -> usize {
        bits(&self.p)
    }

    /// Of the server's half: far fewer than the prime has where it is padded or made small.
    pub fn public_bits(&self) -> usize {
        bits(&self.public)
    }
}

/// A signature over the randoms and the parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// TLS 1.2 says it; before, and in TLCP, it follows from the certificate.
    pub scheme: Option<u16>,
    pub bytes: Vec<u8>,
}

impl ServerKeyExchange {
    /// Reads the body of the message, in the form of the version and the suite that were chosen.
    pub fn parse(version: Version, suite: &Suite, body: &[u8]) -> Result<Self, Malformed> {
        let mut cursor = Cursor::new("ServerKeyExchange", body);
        let psk_hint = match suite.kx {
            Kx::Psk | Kx::RsaPsk | Kx::DhePsk | Kx::EcdhePsk => Some(cursor.vec16()?.to_vec()),
            _ => None,
        };
        let before = cursor.rest();
        let params = params(version, suite.kx, &mut cursor)?;
        let signed = before[..before.len() - cursor.rest().len()].to_vec();
        let signature = match params {
            // How long a curve spelled out is depends on its own contents; nobody sends one.
            Params::EcExplicit { .. } => return Ok(Self { params, signed, signature: None, psk_hint }),
            _ if signs(suite) => {
                let scheme = if version == Version::Tls12 { Some(cursor.u16()?) } else { None };
                Some(Signature { scheme, bytes: cursor.vec16()?.to_vec() })
            }
            _ => None,
        };
        cursor.end()?;
        Ok(Self { params, signed, signature, psk_hint })
    }

    /// The group, where it is a named curve.
    pub fn group(&self) -> Option<u16> {
        match self.params {
            Params::Ecdhe { group, .. } => Some(group),
            _ => None,
        }
    }

    pub fn dhe(&self) -> Option<&Dhe> {
        match &self.params {
            Params::Dhe(dhe) => Some(dhe),
            _ => None,
        }
    }
}

fn params(version: Version, kx: Kx, cursor: &mut Cursor<'_>) -> Result<Params, Malformed> {
    Ok(match kx {
        Kx::Dhe | Kx::DhePsk => Params::Dhe(Dhe {
            p: cursor.vec16()?.to_vec(),
            g: cursor.vec16()?.to_vec(),
            public: cursor.vec16()?.to_vec(),
        }),
        Kx::Ecdhe | Kx::EcdhePsk => match cursor.u8()? {
            3 => Params::Ecdhe { group: cursor.u16()?, point: cursor.vec8()?.to_vec() },
            kind @ 1..=2 => Params::EcExplicit { kind },
            _ => return Err(cursor.wrong()),
        },
        Kx::Ecc => Params::Ecc,
        Kx::Rsa if version == Version::Tlcp11 => Params::Ecc,
        Kx::Rsa => Params::Rsa { modulus: cursor.vec16()?.to_vec(), exponent: cursor.vec16()?.to_vec() },
        Kx::Psk | Kx::RsaPsk => Params::Psk,
        Kx::Srp => {
            let prime = cursor.vec16()?.to_vec();
            // Generator, salt and the server's half.
            let _ = (cursor.vec16()?, cursor.vec8()?, cursor.vec16()?);
            Params::Srp { prime }
        }
        _ => return Err(cursor.wrong()),
    })
}

fn signs(suite: &Suite) -> bool {
    let psk = matches!(suite.kx, Kx::Psk | Kx::RsaPsk | Kx::DhePsk | Kx::EcdhePsk);
    !psk && !matches!(suite.auth, Auth::Anon | Auth::Srp)
}

/// Of a number in its bytes, leading zeros left out.
fn bits(bytes: &[u8]) -> usize {
    let start = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(start).map_or(0, |first| (bytes.len() - start) * 8 - first.leading_zeros() as usize)
}

#[cfg(test)]
#[path = "server_key_exchange_tests.rs"]
mod tests;
