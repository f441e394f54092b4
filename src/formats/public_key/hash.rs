//! The hashes that signatures are made with (RFC 1321, FIPS 180-4, GB/T 32905).

use ring::digest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Hash {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
    Sm3,
}

impl Hash {
    /// By its object identifier in dots.
    pub fn from_oid(id: &str) -> Option<Self> {
        Some(match id {
            "1.2.840.113549.2.5" => Self::Md5,
            "1.3.14.3.2.26" => Self::Sha1,
            "2.16.840.1.101.3.4.2.4" => Self::Sha224,
            "2.16.840.1.101.3.4.2.1" => Self::Sha256,
            "2.16.840.1.101.3.4.2.2" => Self::Sha384,
            "2.16.840.1.101.3.4.2.3" => Self::Sha512,
            "1.2.156.10197.1.401" | "1.2.156.10197.1.401.1" => Self::Sm3,
            _ => return None,
        })
    }

    /// As `sha256`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Md5 => "md5",
            Self::Sha1 => "sha1",
            Self::Sha224 => "sha224",
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
            Self::Sm3 => "sm3",
        }
    }

    /// Bytes of a digest.
    pub fn size(self) -> usize {
        match self {
            Self::Md5 => 16,
            Self::Sha1 => 20,
            Self::Sha224 => 28,
            Self::Sha256 | Self::Sm3 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Collisions of it have been made.
    pub fn is_broken(self) -> bool {
        matches!(self, Self::Md5 | Self::Sha1)
    }

    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        let mut hasher = self.hasher();
        hasher.update(bytes);
        hasher.finish()
    }

    pub fn hasher(self) -> Hasher {
        Hasher(match self {
            Self::Md5 => State::Md5(md5::Md5::default()),
            Self::Sha1 => State::Ring(digest::Context::new(&digest::SHA1_FOR_LEGACY_USE_ONLY)),
            Self::Sha224 => State::Sha224(sha2_current::Sha224::default()),
            Self::Sha256 => State::Ring(digest::Context::new(&digest::SHA256)),
            Self::Sha384 => State::Ring(digest::Context::new(&digest::SHA384)),
            Self::Sha512 => State::Ring(digest::Context::new(&digest::SHA512)),
            Self::Sm3 => State::Sm3(sm3::Sm3::default()),
        })
    }
}

/// A digest in the making.
#[derive(Clone)]
pub struct Hasher(State);

#[derive(Clone)]
enum State {
    Ring(digest::Context),
    Md5(md5::Md5),
    Sha224(sha2_current::Sha224),
    Sm3(sm3::Sm3),
}

impl Hasher {
    pub fn update(&mut self, bytes: &[u8]) {
        use sha2_current::Digest as _;
        match &mut self.0 {
            State::Ring(context) => context.update(bytes),
            State::Md5(md5) => md5.update(bytes),
            State::Sha224(sha224) => sha224.update(bytes),
            State::Sm3(sm3) => sm3.update(bytes),
        }
    }

    pub fn finish(self) -> Vec<u8> {
        use sha2_current::Digest as _;
        match self.0 {
            State::Ring(context) => context.finish().as_ref().to_vec(),
            State::Md5(md5) => md5.finalize().to_vec(),
            State::Sha224(sha224) => sha224.finalize().to_vec(),
            State::Sm3(sm3) => sm3.finalize().to_vec(),
        }
    }
}
