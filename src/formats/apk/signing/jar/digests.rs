//! Which of the digests in a section count, by platform (AOSP `apksig`, `V1SchemeVerifier.getDigestsToVerify`).

use super::{super::signer::Range, manifest::Section};
use crate::formats::public_key::Hash;

/// The platform from which on the strongest digest counts: Android 4.3.
const STRONGEST: i64 = 18;
/// The platform from which on SHA-384 and SHA-512 are known.
const LONG: i64 = 9;

/// A digest that has to match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) hash: Hash,
    /// Empty where it is no base64: then nothing matches.
    pub(super) digest: Vec<u8>,
}

impl Expected {
    pub(super) fn matches(&self, bytes: &[u8]) -> bool {
        self.hash.digest(bytes) == self.digest
    }
}

/// The digests that platforms of the range look at; none where some platform finds none that it knows.
pub(super) fn expected(section: &Section, suffix: &str, range: Range) -> Vec<Expected> {
    let mut out = Vec::new();
    if range.min < STRONGEST {
        match first_listed(section, suffix, range.min) {
            Some(expected) => out.push(expected),
            None => return out,
        }
    }
    if range.max >= STRONGEST {
        let strongest =
            [("SHA-512", Hash::Sha512), ("SHA-384", Hash::Sha384), ("SHA-256", Hash::Sha256), ("SHA1", Hash::Sha1)];
        let found = strongest.into_iter().find_map(|(name, hash)| read(section, name, suffix, hash));
        out.extend(found.filter(|found| !out.contains(found)));
    }
    out
}

/// Older platforms go by a list in the section itself, SHA-1 where there is none.
fn first_listed(section: &Section, suffix: &str, sdk: i64) -> Option<Expected> {
    let listed = section.attribute("Digest-Algorithms").unwrap_or("SHA SHA1");
    listed.split_ascii_whitespace().find_map(|name| {
        let (hash, from) = match name.to_ascii_uppercase().as_str() {
            "MD5" => (Hash::Md5, 0),
            "SHA" | "SHA1" | "SHA-1" => (Hash::Sha1, 0),
            "SHA-256" => (Hash::Sha256, 0),
            "SHA-384" => (Hash::Sha384, LONG),
            "SHA-512" => (Hash::Sha512, LONG),
            _ => return None,
        };
        if from > sdk { None } else { read(section, name, suffix, hash) }
    })
}

fn read(section: &Section, name: &str, suffix: &str, hash: Hash) -> Option<Expected> {
    let text = section.attribute(&format!("{name}{suffix}"))?;
    Some(Expected { hash, digest: base64(text).unwrap_or_default() })
}

/// Base64 (RFC 4648, 4), its padding as it belongs or left out.
pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    let text = text.as_bytes();
    let digits = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    let (mut out, mut word, mut bits) = (Vec::with_capacity(digits.len() / 4 * 3 + 2), 0_u32, 0_u32);
    for digit in digits {
        let value = match digit {
            b'A'..=b'Z' => digit - b'A',
            b'a'..=b'z' => digit - b'a' + 26,
            b'0'..=b'9' => digit - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        word = (word << 6 | u32::from(value)) & 0xffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push(u8::try_from(word >> bits & 0xff).ok()?);
        }
    }
    Some(out)
}
