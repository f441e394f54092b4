//! Keys of TLS 1.0 to 1.2: the pseudorandom function (RFC 5246 section 5, RFC 2246 section 5) and what is derived by it.

use hmac::{Hmac, KeyInit, Mac};
use md5::Md5;
use ring::{digest, hmac as ring_hmac};

use crate::formats::tls::{
    suites::{Prf, Suite},
    version::Version,
};

/// Bytes of the master secret (RFC 5246 section 8.1).
const MASTER: usize = 48;
/// Bytes of what a Finished message holds (RFC 5246 section 7.4.9).
pub(super) const VERIFY: usize = 12;

/// The hash behind the keys of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hash {
    /// MD5 and SHA-1 together, before TLS 1.2.
    Both,
    Sha256,
    Sha384,
}

impl Hash {
    /// What a version and a suite say; none where the suite has a hash that no server of our scope has.
    pub fn of(version: Version, suite: &Suite) -> Option<Self> {
        match (version, suite.prf) {
            (Version::Tls10 | Version::Tls11, _) => Some(Self::Both),
            (_, Prf::Default | Prf::Sha256) => Some(Self::Sha256),
            (_, Prf::Sha384) => Some(Self::Sha384),
            _ => None,
        }
    }

    /// The hash of all handshake messages so far.
    pub fn transcript(self, messages: &[u8]) -> Vec<u8> {
        let of = |algorithm| digest::digest(algorithm, messages).as_ref().to_vec();
        match self {
            Self::Both => {
                let md5 = <Md5 as hmac::digest::Digest>::digest(messages);
                [md5.as_slice(), &of(&digest::SHA1_FOR_LEGACY_USE_ONLY)].concat()
            }
            Self::Sha256 => of(&digest::SHA256),
            Self::Sha384 => of(&digest::SHA384),
        }
    }

    /// Bytes that only who knows the secret can make.
    pub fn expand(self, secret: &[u8], label: &str, seed: &[u8], length: usize) -> Vec<u8> {
        let seed = [label.as_bytes(), seed].concat();
        let by = |algorithm| stretch(|bytes| sign(algorithm, secret, bytes), &seed, length);
        match self {
            Self::Sha256 => by(ring_hmac::HMAC_SHA256),
            Self::Sha384 => by(ring_hmac::HMAC_SHA384),
            Self::Both => {
                // The halves share the middle byte of a secret of odd length.
                let half = secret.len().div_ceil(2);
                let first = secret.get(..half).unwrap_or_default();
                let second = secret.get(secret.len() - half..).unwrap_or_default();
                let md5 = stretch(|bytes| sign_md5(first, bytes), &seed, length);
                let sha1 = |bytes: &[u8]| sign(ring_hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, second, bytes);
                md5.into_iter().zip(stretch(sha1, &seed, length)).map(|(a, b)| a ^ b).collect()
            }
        }
    }

    /// The master secret: of both randoms, or of the messages where both sides know RFC 7627.
    pub fn master(self, premaster: &[u8], randoms: &[u8], session: Option<&[u8]>) -> Vec<u8> {
        match session {
            Some(messages) => self.expand(premaster, "extended master secret", &self.transcript(messages), MASTER),
            None => self.expand(premaster, "master secret", randoms, MASTER),
        }
    }

    /// What the Finished message of a side holds.
    pub fn verify(self, master: &[u8], label: &str, messages: &[u8]) -> Vec<u8> {
        self.expand(master, label, &self.transcript(messages), VERIFY)
    }
}

fn sign(algorithm: ring_hmac::Algorithm, secret: &[u8], bytes: &[u8]) -> Vec<u8> {
    ring_hmac::sign(&ring_hmac::Key::new(algorithm, secret), bytes).as_ref().to_vec()
}

fn sign_md5(secret: &[u8], bytes: &[u8]) -> Vec<u8> {
    // A key of any length will do.
    Hmac::<Md5>::new_from_slice(secret)
        .map(|mac| mac.chain_update(bytes).finalize().into_bytes().to_vec())
        .unwrap_or_default()
}

/// P_hash of RFC 5246 section 5.
fn stretch(sign: impl Fn(&[u8]) -> Vec<u8>, seed: &[u8], length: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut link = sign(seed);
    while out.len() < length && !link.is_empty() {
        out.extend(sign(&[link.as_slice(), seed].concat()));
        link = sign(&link);
    }
    out.truncate(length);
    out
}

#[cfg(test)]
mod tests {
    use super::Hash;
    use crate::formats::tls::from_hex;

    fn bytes(text: &str) -> Vec<u8> {
        from_hex(&text.replace(' ', "")).unwrap()
    }

    /// The vectors that the working group's list gave for P_SHA256 and P_SHA384 (Fisher, 2005 and after).
    #[test]
    fn the_function_of_tls_1_2_gives_the_published_values() {
        let secret = bytes("9bbe436ba940f017b17652849a71db35");
        let seed = bytes("a0ba9f936cda311827a6f796ffd5198c");
        let out = Hash::Sha256.expand(&secret, "test label", &seed, 100);
        assert!(out.starts_with(&bytes("e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a")));
        assert_eq!(out.len(), 100);
        let secret = bytes("b80b733d6ceefcdc71566ea48e5567df");
        let seed = bytes("cd665cf6a8447dd6ff8b27555edb7465");
        let out = Hash::Sha384.expand(&secret, "test label", &seed, 148);
        assert!(out.starts_with(&bytes("7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cd")));
    }

    #[test]
    fn halves_of_an_odd_secret_share_a_byte() {
        let out = Hash::Both.expand(&[1, 2, 3], "label", &[4], 40);
        assert_eq!(out.len(), 40);
        assert_ne!(out, Hash::Both.expand(&[1, 9, 3], "label", &[4], 40));
    }
}
