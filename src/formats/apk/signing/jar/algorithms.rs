//! Which pairs of hash and signature algorithm platforms take in a signature block (AOSP `apksig`, `OidConstants`).
//!
//! Android 5.0 to 6.0 (SDK 21 to 23) take nearly every pair, even where the two name different hashes; before and since, the
//! pairs that make sense, each from some platform on.

use crate::formats::apk::signing::signer::Range;
use crate::formats::public_key::Hash;

/// No end.
const ON: i64 = i64::MAX;

/// Whether all platforms of a range take the pair.
pub(super) fn taken(digest: &str, signature: &str, range: Range) -> bool {
    let (Some(hash), Some((kind, named))) = (Hash::from_oid(digest), signature_kind(signature)) else { return false };
    let ranges = ranges(hash, kind, named);
    let mut next = range.min;
    for (from, to) in ranges {
        if *from <= next && *to >= next {
            if *to >= range.max {
                return true;
            }
            next = to.saturating_add(1);
        }
    }
    false
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Rsa,
    Dsa,
    Ecdsa,
}

/// What an identifier names; the hash only in some.
fn signature_kind(id: &str) -> Option<(Kind, Option<Hash>)> {
    Some(match id {
        "1.2.840.113549.1.1.1" => (Kind::Rsa, None),
        "1.2.840.113549.1.1.4" => (Kind::Rsa, Some(Hash::Md5)),
        "1.2.840.113549.1.1.5" => (Kind::Rsa, Some(Hash::Sha1)),
        "1.2.840.113549.1.1.14" => (Kind::Rsa, Some(Hash::Sha224)),
        "1.2.840.113549.1.1.11" => (Kind::Rsa, Some(Hash::Sha256)),
        "1.2.840.113549.1.1.12" => (Kind::Rsa, Some(Hash::Sha384)),
        "1.2.840.113549.1.1.13" => (Kind::Rsa, Some(Hash::Sha512)),
        "1.2.840.10040.4.1" => (Kind::Dsa, None),
        "1.2.840.10040.4.3" => (Kind::Dsa, Some(Hash::Sha1)),
        "2.16.840.1.101.3.4.3.1" => (Kind::Dsa, Some(Hash::Sha224)),
        "2.16.840.1.101.3.4.3.2" => (Kind::Dsa, Some(Hash::Sha256)),
        "1.2.840.10045.2.1" => (Kind::Ecdsa, None),
        "1.2.840.10045.4.1" => (Kind::Ecdsa, Some(Hash::Sha1)),
        "1.2.840.10045.4.3.1" => (Kind::Ecdsa, Some(Hash::Sha224)),
        "1.2.840.10045.4.3.2" => (Kind::Ecdsa, Some(Hash::Sha256)),
        "1.2.840.10045.4.3.3" => (Kind::Ecdsa, Some(Hash::Sha384)),
        "1.2.840.10045.4.3.4" => (Kind::Ecdsa, Some(Hash::Sha512)),
        _ => return None,
    })
}

fn ranges(hash: Hash, kind: Kind, named: Option<Hash>) -> &'static [(i64, i64)] {
    use Hash::{Md5, Sha1, Sha224, Sha256, Sha384, Sha512};
    match (kind, named, hash) {
        (Kind::Rsa, None, Md5 | Sha1) => &[(0, ON)],
        (Kind::Rsa, None, Sha224) => &[(0, 8), (21, ON)],
        (Kind::Rsa, None, Sha256) => &[(0, 8), (18, ON)],
        (Kind::Rsa, None, Sha384 | Sha512) => &[(18, ON)],
        (Kind::Rsa, Some(Sha1), Sha1) => &[(0, ON)],
        (Kind::Rsa, Some(Md5), Md5) | (Kind::Rsa, Some(Sha224), Sha224) => &[(0, 8), (21, ON)],
        (Kind::Rsa, Some(Sha256), Sha256) => &[(0, 8), (18, ON)],
        (Kind::Rsa, Some(Sha384), Sha384) | (Kind::Rsa, Some(Sha512), Sha512) => &[(21, ON)],
        // Of the pairs that do not match, these three only in Android 5.0.
        (Kind::Rsa, Some(Sha256), Sha224) | (Kind::Rsa, Some(Sha1), Sha256) | (Kind::Rsa, Some(Sha384), Sha512) => {
            &[(21, 21)]
        }
        (Kind::Dsa, None, Sha1) => &[(0, ON)],
        (Kind::Dsa, None, Sha224 | Sha256) => &[(22, ON)],
        (Kind::Dsa, Some(Sha1), Sha1) => &[(9, ON)],
        (Kind::Dsa, Some(Sha224), Sha224) | (Kind::Dsa, Some(Sha256), Sha256) => &[(21, ON)],
        (Kind::Ecdsa, None, Sha1 | Sha256 | Sha384 | Sha512) => &[(18, ON)],
        (Kind::Ecdsa, None, Sha224) => &[(21, ON)],
        (Kind::Ecdsa, Some(Sha1), Sha1) => &[(18, ON)],
        (Kind::Ecdsa, Some(named), hash) if named == hash => &[(21, ON)],
        (_, Some(_), Md5 | Sha1 | Sha224 | Sha256 | Sha384 | Sha512) => &[(21, 23)],
        _ => &[],
    }
}
