//! The property sub-block: signatures over code, and the one over what decides of permissions.
//!
//! Source: OpenHarmony `security_appverify` (HapVerifyV2) and `developtools_hapsigner` (HapUtils, SignHap,
//! CodeSignBlockHeader), of 2026-08. It is a row of blocks, each with a kind, a length and an offset before it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    block::SubBlock,
    bytes::{exact, fill, u16_at, u32_at, u64_at},
    document::Verified,
};
use crate::formats::{
    public_key::{self, Algorithm, Family, Hash, Message, PublicKeyError},
    zip::ReadAt,
};

const CODE_SIGNING: u32 = 0x3000_0001;
const PERMISSION: u32 = 0x3000_0002;
const CODE_MAGIC: u64 = 0xe046_c8c6_5389_fccd;
const PERMISSION_MAGIC: u64 = 0x28e2_450f_9303_6a7d;
/// Blocks in one property; two are in practice.
const MAX_BLOCKS: usize = 16;
/// A permission block has at most four digests and a signature.
const MAX_PERMISSION: u32 = 64 << 10;

/// The block with signatures over native libraries and bytecode, which the kernel holds pages against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodeSigning {
    /// It is there and begins as one. Its hash trees are not recomputed.
    pub present: bool,
    /// Of its format; 0 where there is none.
    pub version: i64,
    pub bytes: i64,
}

/// The block by which a device sees at start, without reading all of the package, that profile and module are unchanged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PermissionBlock {
    pub present: bool,
    /// Its digests are those of profile, module and shared files, and the signer's key signed them; `indeterminate` where
    /// there is none.
    pub verified: Verified,
}

/// What is in a property.
#[derive(Clone, Debug)]
pub(super) struct Property {
    pub code: CodeSigning,
    /// Where the block with signatures over code lies.
    code_at: Option<(u64, u32)>,
    permission: Option<Vec<u8>>,
    /// It is cut off, or a block reaches beyond it.
    pub malformed: bool,
}

/// What a permission block is over.
#[derive(Clone, Copy)]
pub(super) struct Covered<'a> {
    /// The profile, without the signature around it.
    pub profile: &'a [u8],
    /// `module.json` as it is in the package.
    pub module: &'a [u8],
    /// The file that `shareFiles` of the module names; empty where there is none.
    pub shared: &'a [u8],
}

impl Property {
    pub fn none() -> Self {
        let code = CodeSigning { present: false, version: 0, bytes: 0 };
        Self { code, code_at: None, permission: None, malformed: false }
    }

    pub fn read(source: &dyn ReadAt, block: SubBlock) -> Self {
        let mut out = Self::none();
        let end = block.offset.saturating_add(block.length.into());
        let mut at = block.offset;
        for _ in 0..MAX_BLOCKS {
            if at >= end {
                return out;
            }
            let Some((kind, length)) = head(source, at) else { break };
            let body = at.saturating_add(12);
            at = body.saturating_add(length.into());
            if at > end {
                break;
            }
            match kind {
                CODE_SIGNING => out.read_code(source, body, length),
                PERMISSION if length <= MAX_PERMISSION => out.permission = exact(source, body, length as usize),
                PERMISSION => out.permission = Some(Vec::new()),
                _ => {}
            }
        }
        out.malformed |= at != end;
        out
    }

    fn read_code(&mut self, source: &dyn ReadAt, at: u64, length: u32) {
        let head = exact(source, at, 12.min(length as usize)).unwrap_or_default();
        if u64_at(&head, 0) != Some(CODE_MAGIC) {
            self.malformed = true;
            return;
        }
        self.code_at = Some((at, length));
        self.code = CodeSigning { present: true, version: u32_at(&head, 8).unwrap_or(0).into(), bytes: length.into() };
    }

    /// Holds the permission block against what it is over, and its signature against the key of the signer.
    pub fn permission(&self, source: &dyn ReadAt, covered: Covered<'_>, key: &[u8]) -> PermissionBlock {
        let Some(bytes) = &self.permission else {
            return PermissionBlock { present: false, verified: Verified::Indeterminate };
        };
        let verified = Permission::read(bytes).map_or(Verified::No, |block| {
            let signature =
                match public_key::verify(key, block.algorithm, Message::Bytes(block.signed), block.signature) {
                    Ok(()) => Verified::Yes,
                    Err(PublicKeyError::Unsupported(_)) => Verified::Indeterminate,
                    Err(_) => Verified::No,
                };
            signature.max(if self.fits(source, &block, covered) { Verified::Yes } else { Verified::No })
        });
        PermissionBlock { present: true, verified }
    }

    /// Every digest is of what it is over, and of what there is, every one is there.
    fn fits(&self, source: &dyn ReadAt, block: &Permission<'_>, covered: Covered<'_>) -> bool {
        let hash = block.algorithm.hash;
        let code = self.code_at.and_then(|(at, length)| digest(source, at, length, hash));
        let of = |bytes: &[u8]| (!bytes.is_empty()).then(|| hash.digest(bytes));
        let expected = [(1, of(covered.profile)), (2, of(covered.module)), (3, code), (4, of(covered.shared))];
        let all_there = expected.iter().all(|(kind, digest)| {
            let declared = block.digests.iter().find(|(declared, _)| declared == kind).map(|(_, digest)| *digest);
            // The digest over code is younger than the others, and the platform does not ask for it.
            declared == digest.as_deref() || (*kind == 3 && declared.is_none())
        });
        all_there && block.digests.iter().all(|(kind, _)| (1..=4).contains(kind))
    }
}

/// Kind and length.
fn head(source: &dyn ReadAt, at: u64) -> Option<(u32, u32)> {
    let head = exact(source, at, 12)?;
    Some((u32_at(&head, 0)?, u32_at(&head, 4)?))
}

/// A permission block, taken apart.
struct Permission<'a> {
    algorithm: Algorithm,
    digests: Vec<(u32, &'a [u8])>,
    signed: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Permission<'a> {
    fn read(bytes: &'a [u8]) -> Option<Self> {
        if u64_at(bytes, 0)? != PERMISSION_MAGIC {
            return None;
        }
        let algorithm = algorithm(u32_at(bytes, 8)?)?;
        let (length, count) = (usize::try_from(u32_at(bytes, 12)?).ok()?, usize::from(u16_at(bytes, 16)?));
        let size = algorithm.hash.size().checked_add(4)?;
        if count == 0 || count.checked_mul(size)? != length {
            return None;
        }
        let end = length.checked_add(18)?;
        let mut digests = Vec::new();
        for line in bytes.get(18..end)?.chunks_exact(size) {
            digests.push((u32_at(line, 0)?, line.get(4..)?));
        }
        let signature = bytes.get(end.checked_add(4)?..)?;
        if u32_at(bytes, end)? as usize != signature.len() {
            return None;
        }
        Some(Self { algorithm, digests, signed: bytes.get(..end)?, signature })
    }
}

/// By the numbers that the signature over the contents has as well.
fn algorithm(number: u32) -> Option<Algorithm> {
    let hash = match number & 0xff {
        1 | 4 => Hash::Sha256,
        2 | 5 => Hash::Sha384,
        3 | 6 => Hash::Sha512,
        _ => return None,
    };
    match number {
        0x101..=0x103 => Some(Algorithm::pss(hash)),
        0x104..=0x106 => Some(Algorithm::new(Family::RsaPkcs1, hash)),
        0x201..=0x203 => Some(Algorithm::new(Family::Ecdsa, hash)),
        0x301..=0x303 => Some(Algorithm::new(Family::Dsa, hash)),
        _ => None,
    }
}

fn digest(source: &dyn ReadAt, offset: u64, length: u32, hash: Hash) -> Option<Vec<u8>> {
    let mut hasher = hash.hasher();
    let (mut at, end) = (offset, offset.checked_add(length.into())?);
    let mut buffer = vec![0; (length as usize).min(1 << 16)];
    while at < end {
        let window = buffer.get_mut(..usize::try_from((end - at).min(1 << 16)).ok()?)?;
        if !fill(source, at, window) {
            return None;
        }
        hasher.update(window);
        at = at.checked_add(window.len() as u64)?;
    }
    Some(hasher.finish())
}
