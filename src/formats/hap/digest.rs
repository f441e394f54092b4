//! Digests over the contents of a package: what the signature says of them, and what they are.
//!
//! Source: OpenHarmony `security_appverify` (HapVerifyV2::GetDigestAndAlgorithm, HapSigningBlockUtils) and
//! `developtools_hapsigner` (HapUtils, SignatureAlgorithm), of 2026-08. Contents, central directory and the end record (with
//! the offset that it had before the signing block came in) are each cut into pieces of 1 MiB. The digest of a piece is
//! over 0xa5, its length and its bytes; that of the package is over 0x5a, the number of pieces, their digests, and the
//! optional sub-blocks as they are.

use sha2::{Digest, Sha256, Sha384, Sha512};

use super::{
    block::{Signed, SubBlock, kind},
    bytes::{fill, u32_at},
};
use crate::formats::zip::ReadAt;

/// A piece.
const PIECE: usize = 1 << 20;
const PIECE_PREFIX: u8 = 0xa5;
const LIST_PREFIX: u8 = 0x5a;
/// Digests that one signature may declare; there is one in practice.
const MAX_DECLARED: usize = 8;

/// A digest that the signature declares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declared {
    pub algorithm: u32,
    pub digest: Vec<u8>,
}

/// What became of a declared digest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Verified,
    Mismatch,
    /// The algorithm is none of the format's, or the digest is none of its length.
    Unknown,
    Unreadable,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// The name of an algorithm of the format, by its number.
pub(super) fn name(algorithm: u32) -> &'static str {
    match algorithm {
        0x101 => "rsa-pss-sha256",
        0x102 => "rsa-pss-sha384",
        0x103 => "rsa-pss-sha512",
        0x104 => "rsa-sha256",
        0x105 => "rsa-sha384",
        0x106 => "rsa-sha512",
        0x201 => "ecdsa-sha256",
        0x202 => "ecdsa-sha384",
        0x203 => "ecdsa-sha512",
        0x301 => "dsa-sha256",
        0x302 => "dsa-sha384",
        0x303 => "dsa-sha512",
        _ => "",
    }
}

/// The digests in the message that was signed: a version, a number, and for each digest its length with the two numbers
/// that follow, the algorithm, its own length, and itself.
pub(super) fn declared(message: &[u8]) -> Option<Vec<Declared>> {
    let mut rest = message.get(8..)?;
    let mut out = Vec::new();
    while !rest.is_empty() {
        let (outer, algorithm, length) = (u32_at(rest, 0)?, u32_at(rest, 4)?, u32_at(rest, 8)?);
        if length == 0 || outer.checked_sub(8)? != length || out.len() == MAX_DECLARED {
            return None;
        }
        let end = usize::try_from(length).ok()?.checked_add(12)?;
        out.push(Declared { algorithm, digest: rest.get(12..end)?.to_vec() });
        rest = rest.get(end..)?;
    }
    (!out.is_empty()).then_some(out)
}

/// Computes what is declared, in one pass for each hash.
pub(super) fn verify(source: &dyn ReadAt, signed: &Signed, over: Over, declared: &[Declared]) -> Vec<Outcome> {
    let mut computed: Vec<(Hash, Option<Vec<Vec<u8>>>)> = Vec::new();
    let mut outcomes = Vec::new();
    for one in declared {
        let Some(hash) = hash(one) else {
            outcomes.push(Outcome::Unknown);
            continue;
        };
        let known = computed.iter().position(|(of, _)| *of == hash).unwrap_or_else(|| {
            computed.push((hash, compute(source, signed, over, hash)));
            computed.len() - 1
        });
        outcomes.push(match computed.get(known).and_then(|(_, digests)| digests.as_ref()) {
            Some(digests) if digests.contains(&one.digest) => Outcome::Verified,
            Some(_) => Outcome::Mismatch,
            None => Outcome::Unreadable,
        });
    }
    outcomes
}

/// Which sub-blocks a digest is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Over {
    /// The package as its developer or store signed it.
    Package,
    /// What an enterprise signed once more: the first signature included.
    Enterprise,
}

/// The hash by the number of the algorithm. Under 0x105 hapsigner has always written SHA-256, and the platform wants
/// SHA-384: the length tells which of the two it is.
fn hash(declared: &Declared) -> Option<Hash> {
    let hash = match (declared.algorithm, declared.digest.len()) {
        (0x105, 32) => Hash::Sha256,
        (0x101 | 0x104 | 0x201 | 0x301, _) => Hash::Sha256,
        (0x102 | 0x105 | 0x202 | 0x302, _) => Hash::Sha384,
        (0x103 | 0x106 | 0x203 | 0x303, _) => Hash::Sha512,
        _ => return None,
    };
    (declared.digest.len() == hash.length()).then_some(hash)
}

impl Hash {
    fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }
}

fn compute(source: &dyn ReadAt, signed: &Signed, over: Over, hash: Hash) -> Option<Vec<Vec<u8>>> {
    match hash {
        Hash::Sha256 => digests::<Sha256>(source, signed, over),
        Hash::Sha384 => digests::<Sha384>(source, signed, over),
        Hash::Sha512 => digests::<Sha512>(source, signed, over),
    }
}

/// The digest, once for each order of the sub-blocks that signers and the platform have had.
fn digests<D: Digest + Clone>(source: &dyn ReadAt, signed: &Signed, over: Over) -> Option<Vec<Vec<u8>>> {
    let mut pieces = Vec::new();
    stretch::<D>(source, 0, signed.contents_end, &mut pieces)?;
    stretch::<D>(source, signed.directory, signed.directory_size, &mut pieces)?;
    stretch::<D>(&signed.end, 0, signed.end.len() as u64, &mut pieces)?;
    let count = u32::try_from(pieces.len() / <D as Digest>::output_size()).ok()?;
    let mut list = D::new();
    list.update([LIST_PREFIX]);
    list.update(count.to_le_bytes());
    list.update(&pieces);
    orders(&signed.sub_blocks, over)
        .into_iter()
        .map(|order| {
            let mut digest = list.clone();
            for block in order {
                feed(source, block.offset, block.length.into(), &mut digest)?;
            }
            Some(digest.finalize().to_vec())
        })
        .collect()
}

/// Appends the digests of the pieces of `length` bytes from `offset`.
fn stretch<D: Digest>(source: &dyn ReadAt, offset: u64, length: u64, out: &mut Vec<u8>) -> Option<()> {
    let (mut at, end) = (offset, offset.checked_add(length)?);
    while at < end {
        let size = (end - at).min(PIECE as u64);
        let mut digest = D::new();
        digest.update([PIECE_PREFIX]);
        digest.update(u32::try_from(size).ok()?.to_le_bytes());
        feed(source, at, size, &mut digest)?;
        out.extend_from_slice(&digest.finalize());
        at = at.checked_add(size)?;
    }
    Some(())
}

fn feed<D: Digest>(source: &dyn ReadAt, offset: u64, length: u64, digest: &mut D) -> Option<()> {
    let mut buffer = vec![0; usize::try_from(length.min(1 << 16)).ok()?];
    let (mut at, end) = (offset, offset.checked_add(length)?);
    while at < end {
        let size = usize::try_from((end - at).min(1 << 16)).ok()?;
        let window = buffer.get_mut(..size)?;
        if !fill(source, at, window) {
            return None;
        }
        digest.update(window);
        at = at.checked_add(size as u64)?;
    }
    Some(())
}

/// The sub-blocks that a digest takes in: as they lie in the table, which is how they were signed, and in the fixed order
/// of the platform since 2026 where that is another. Each covers the same bytes.
fn orders(blocks: &[SubBlock], over: Over) -> Vec<Vec<SubBlock>> {
    let taken: Vec<SubBlock> = blocks
        .iter()
        .copied()
        .filter(|block| match over {
            Over::Package => matches!(block.kind, kind::ROTATION | kind::PROFILE | kind::PROPERTY),
            Over::Enterprise => block.kind != kind::ENTERPRISE_SIGNATURE,
        })
        .collect();
    let mut fixed = taken.clone();
    fixed.sort_by_key(|block| match block.kind {
        kind::PROPERTY => 0,
        kind::PROFILE => 1,
        kind::SIGNATURE => 2,
        kind::ENTERPRISE_CODE => 3,
        _ => 4,
    });
    if fixed == taken { vec![taken] } else { vec![taken, fixed] }
}
