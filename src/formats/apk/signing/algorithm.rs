//! Signature algorithms of schemes 2 and 3, and which of several a platform takes (source.android.com, "APK signature scheme
//! v2", "Signature algorithm IDs"; "v3"; AOSP `apksig`, `SignatureAlgorithm` and `getSignaturesToVerify`).

use crate::formats::public_key::{Algorithm, Family, Hash};

use super::digest::ContentDigest;

/// An algorithm that has an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SignatureAlgorithm {
    pub(super) id: u32,
    pub(super) name: &'static str,
    pub(super) algorithm: Algorithm,
    /// What the contents are digested with.
    pub(super) digest: ContentDigest,
    /// The first SDK that takes it.
    pub(super) from: i64,
}

/// An algorithm by its id.
pub(super) fn by_id(id: u32) -> Option<SignatureAlgorithm> {
    use ContentDigest::{Sha256, Sha512, Verity};
    let rsa = |hash| Algorithm::new(Family::RsaPkcs1, hash);
    let ecdsa = |hash| Algorithm::new(Family::Ecdsa, hash);
    let dsa = Algorithm::new(Family::Dsa, Hash::Sha256);
    let (name, algorithm, digest) = match id {
        0x0101 => ("rsa-pss-sha256", Algorithm::pss(Hash::Sha256), Sha256),
        0x0102 => ("rsa-pss-sha512", Algorithm::pss(Hash::Sha512), Sha512),
        0x0103 => ("rsa-sha256", rsa(Hash::Sha256), Sha256),
        0x0104 => ("rsa-sha512", rsa(Hash::Sha512), Sha512),
        0x0201 => ("ecdsa-sha256", ecdsa(Hash::Sha256), Sha256),
        0x0202 => ("ecdsa-sha512", ecdsa(Hash::Sha512), Sha512),
        0x0301 => ("dsa-sha256", dsa, Sha256),
        0x0421 => ("verity-rsa-sha256", rsa(Hash::Sha256), Verity),
        0x0423 => ("verity-ecdsa-sha256", ecdsa(Hash::Sha256), Verity),
        0x0425 => ("verity-dsa-sha256", dsa, Verity),
        _ => return None,
    };
    let from = if digest == Verity { 28 } else { 24 };
    Some(SignatureAlgorithm { id, name, algorithm, digest, from })
}

/// As `rsa-sha256`, or as `0x0501` where it is not known.
pub(super) fn name(id: u32) -> String {
    by_id(id).map_or_else(|| format!("{id:#06x}"), |algorithm| algorithm.name.to_owned())
}

/// Signatures that platforms of a range verify: of those that came with the same platform, the first of the strongest.
///
/// None where the oldest platform of the range takes none of them.
pub(super) fn to_verify<'a>(
    signatures: &[(u32, &'a [u8])],
    min_sdk: i64,
    max_sdk: i64,
) -> Vec<(SignatureAlgorithm, &'a [u8])> {
    let known = || signatures.iter().filter_map(|(id, bytes)| Some((by_id(*id)?, *bytes)));
    let mut out: Vec<(SignatureAlgorithm, &[u8])> = Vec::new();
    for (algorithm, bytes) in known().filter(|(algorithm, _)| algorithm.from <= max_sdk) {
        match out.iter_mut().find(|(chosen, _)| chosen.from == algorithm.from) {
            Some(chosen) if chosen.0.digest.strength() < algorithm.digest.strength() => *chosen = (algorithm, bytes),
            Some(_) => {}
            None => out.push((algorithm, bytes)),
        }
    }
    if out.iter().map(|(algorithm, _)| algorithm.from).min().is_none_or(|first| first > min_sdk) {
        return Vec::new();
    }
    out.sort_by_key(|(algorithm, _)| algorithm.id);
    out
}
