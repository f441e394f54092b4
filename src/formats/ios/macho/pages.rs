//! Digests of a slice's pages, taken before the signature that lists them has come by.
//!
//! The signature lies at the end, but its place and size are known from the beginning: which of the usual page sizes and
//! hashes fit into it is worth hashing, and in large files that is nearly always one. The code directory is in the open
//! sources of Darwin's Security (`cscdefs.h`); `codesign` makes pages of 4 or 16 KiB.

use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

/// Smaller signatures are told apart by what they say, since hashing all costs nothing.
const SMALL: u64 = 64 << 10;
/// Digests of one kind that are kept; pages of 4 KiB of 1 GiB have fewer.
const MAX_DIGESTS: usize = 16 << 20;

/// A hash function of code directories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Algorithm {
    Sha1,
    Sha256,
}

impl Algorithm {
    pub fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
        }
    }

    fn context(self) -> Context {
        Context::new(match self {
            Self::Sha1 => &SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &SHA256,
        })
    }

    /// The digest of `bytes`.
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        let mut context = self.context();
        context.update(bytes);
        context.finish().as_ref().to_vec()
    }
}

/// Digests of the pages before the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageHashes {
    pub algorithm: Algorithm,
    pub page: u64,
    /// Bytes that were hashed; the last page may be shorter.
    pub limit: u64,
    digests: Vec<u8>,
}

impl PageHashes {
    /// In the order of the pages.
    pub fn digests(&self) -> impl Iterator<Item = &[u8]> {
        self.digests.chunks_exact(self.algorithm.length())
    }
}

/// Which digests may be listed in a signature of so many bytes, of so many bytes of code.
pub(super) fn candidates(code: u64, signature: u64) -> Vec<(Algorithm, u64)> {
    const PAGE: u64 = 4 << 10;
    const LARGE_PAGE: u64 = 16 << 10;
    let pages = code.div_ceil(PAGE);
    let (sha1, sha256, large) =
        (pages.saturating_mul(20), pages.saturating_mul(32), code.div_ceil(LARGE_PAGE).saturating_mul(32));
    let may = |bytes: u64| bytes <= signature;
    let small = sha256 <= SMALL;
    let mut out = Vec::new();
    if may(sha256) {
        out.push((Algorithm::Sha256, PAGE));
    }
    if may(large) && (small || !may(sha256)) {
        out.push((Algorithm::Sha256, LARGE_PAGE));
    }
    if may(sha1) && (small || !may(sha256) || may(sha1.saturating_add(sha256))) {
        out.push((Algorithm::Sha1, PAGE));
    }
    out
}

/// Hashes pages of one size as they stream by.
pub(super) struct Hasher {
    hashes: PageHashes,
    at: u64,
    context: Context,
    /// Bytes of the page that is being hashed.
    filled: u64,
}

impl Hasher {
    pub(super) fn new(algorithm: Algorithm, page: u64, limit: u64) -> Self {
        let hashes = PageHashes { algorithm, page, limit, digests: Vec::new() };
        Self { hashes, at: 0, context: algorithm.context(), filled: 0 }
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        let left = usize::try_from(self.hashes.limit.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let mut bytes = bytes.get(..left.min(bytes.len())).unwrap_or_default();
        self.at = self.at.saturating_add(bytes.len() as u64);
        while !bytes.is_empty() {
            let room = usize::try_from(self.hashes.page.saturating_sub(self.filled)).unwrap_or(usize::MAX);
            let (head, rest) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            self.context.update(head);
            self.filled = self.filled.saturating_add(head.len() as u64);
            bytes = rest;
            if self.filled == self.hashes.page {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        let context = std::mem::replace(&mut self.context, self.hashes.algorithm.context());
        if self.hashes.digests.len() < MAX_DIGESTS {
            self.hashes.digests.extend_from_slice(context.finish().as_ref());
        }
        self.filled = 0;
    }

    /// `None` where fewer bytes came than there should be.
    pub(super) fn finish(mut self) -> Option<PageHashes> {
        if self.filled > 0 {
            self.close();
        }
        (self.at == self.hashes.limit).then_some(self.hashes)
    }
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher").field("at", &self.at).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::{Algorithm, Hasher, candidates};

    #[test]
    fn pages_are_hashed_however_the_file_is_cut() {
        let bytes: Vec<u8> = (0..10_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        for piece in [1, 100, 4096, 5000, 10_000] {
            let mut hasher = Hasher::new(Algorithm::Sha256, 4096, 9000);
            bytes.chunks(piece).for_each(|piece| hasher.push(piece));
            let hashes = hasher.finish().unwrap();
            let expected: Vec<_> = bytes[..9000].chunks(4096).map(|page| Algorithm::Sha256.digest(page)).collect();
            assert_eq!(hashes.digests().map(<[u8]>::to_vec).collect::<Vec<_>>(), expected, "{piece}");
        }
        let mut short = Hasher::new(Algorithm::Sha1, 4096, 9000);
        short.push(&bytes[..8999]);
        assert_eq!(short.finish(), None);
    }

    #[test]
    fn only_what_fits_into_the_signature_is_hashed() {
        const CODE: u64 = 50 << 20;
        let (sha256, both, large) = (CODE / 4096 * 32, CODE / 4096 * 52, CODE / 16_384 * 32);
        assert_eq!(candidates(CODE, sha256 + 20_000), [(Algorithm::Sha256, 4096)]);
        assert_eq!(candidates(CODE, both + 20_000), [(Algorithm::Sha256, 4096), (Algorithm::Sha1, 4096)]);
        assert_eq!(candidates(CODE, large + 20_000), [(Algorithm::Sha256, 16_384)]);
        assert_eq!(candidates(CODE, CODE / 4096 * 20 + 9_000), [(Algorithm::Sha256, 16_384), (Algorithm::Sha1, 4096)]);
        assert_eq!(candidates(CODE, 100), []);
        assert_eq!(candidates(100_000, 20_000).len(), 3);
    }
}
