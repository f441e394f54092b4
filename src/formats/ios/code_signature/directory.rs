//! Code directories: the digests that everything of a signature rests on (Darwin, `cs_blobs.h`; Security, `cscdefs.h`).

use super::blob::{long, magic, word};
use crate::formats::ios::macho::Algorithm;

/// Names longer than this are cut.
const MAX_NAME: usize = 256;

/// A code directory, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Directory<'a> {
    pub bytes: &'a [u8],
    pub version: u32,
    pub flags: u32,
    /// The number of the hash.
    pub hash_type: u8,
    /// Bytes of a digest, cut off where the hash is longer.
    pub hash_size: usize,
    /// Bytes of a page; 0 where all code is one.
    pub page: u64,
    /// Bytes of code that are covered.
    pub limit: u64,
    pub pages: u32,
    pub specials: u32,
    pub identifier: String,
    pub team: String,
    /// Of the executable segment.
    pub segment_flags: u64,
    hashes: usize,
}

impl<'a> Directory<'a> {
    /// `None` where the blob is no code directory, or its digests lie outside.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        if word(bytes, 0)? != magic::CODE_DIRECTORY {
            return None;
        }
        let version = word(bytes, 8)?;
        let offset = |at: usize| word(bytes, at).and_then(|offset| usize::try_from(offset).ok());
        let since = |first: u32| version >= first;
        let [hash_size, hash_type, _, page] = word(bytes, 36)?.to_be_bytes();
        let limit = match if since(0x2_0300) { long(bytes, 56)? } else { 0 } {
            0 => word(bytes, 32)?.into(),
            wide => wide,
        };
        let team = if since(0x2_0200) { offset(48)? } else { 0 };
        let directory = Self {
            bytes,
            version,
            flags: word(bytes, 12)?,
            hash_type,
            hash_size: hash_size.into(),
            page: if page == 0 { 0 } else { 1_u64.checked_shl(page.into())? },
            limit,
            pages: word(bytes, 28)?,
            specials: word(bytes, 24)?,
            identifier: name(bytes, offset(20)?),
            team: if team == 0 { String::new() } else { name(bytes, team) },
            segment_flags: if since(0x2_0400) { long(bytes, 80)? } else { 0 },
            hashes: offset(16)?,
        };
        let (before, after) = (directory.bytes_of(directory.specials)?, directory.bytes_of(directory.pages)?);
        let first = directory.hashes.checked_sub(before)?;
        (directory.hash_size > 0 && bytes.get(first..directory.hashes.checked_add(after)?).is_some())
            .then_some(directory)
    }

    fn bytes_of(&self, digests: u32) -> Option<usize> {
        usize::try_from(digests).ok()?.checked_mul(self.hash_size)
    }

    /// Digests of the pages, in their order.
    pub(super) fn page_digests(&self) -> impl Iterator<Item = &'a [u8]> {
        let length = self.bytes_of(self.pages).unwrap_or_default();
        let all = self.bytes.get(self.hashes..self.hashes.saturating_add(length)).unwrap_or_default();
        all.chunks_exact(self.hash_size.max(1))
    }

    /// The digest of what is in a special slot; `None` where the slot is not there or is left zero.
    pub(super) fn special(&self, slot: u32) -> Option<&'a [u8]> {
        let at = (1..=self.specials).contains(&slot).then(|| self.bytes_of(slot))??;
        let start = self.hashes.checked_sub(at)?;
        let digest = self.bytes.get(start..start.checked_add(self.hash_size)?)?;
        digest.iter().any(|byte| *byte != 0).then_some(digest)
    }

    /// The hash; `None` for those that nobody here computes. `sha256-truncated` is the same, cut off.
    pub(super) fn algorithm(&self) -> Option<Algorithm> {
        let (algorithm, sizes) = match self.hash_type {
            1 => (Algorithm::Sha1, 20..=20),
            2 => (Algorithm::Sha256, 32..=32),
            3 => (Algorithm::Sha256, 20..=20),
            _ => return None,
        };
        sizes.contains(&self.hash_size).then_some(algorithm)
    }

    /// As `sha256`.
    pub(super) fn hash_name(&self) -> String {
        match self.hash_type {
            1 => "sha1".to_owned(),
            2 => "sha256".to_owned(),
            3 => "sha256-truncated".to_owned(),
            4 => "sha384".to_owned(),
            5 => "sha512".to_owned(),
            other => format!("hash {other}"),
        }
    }

    /// The order in which systems prefer directories: what is above is better.
    pub(super) fn rank(&self) -> u8 {
        match self.hash_type {
            1 => 1,
            3 => 2,
            2 => 3,
            4 => 4,
            5 => 5,
            _ => 0,
        }
    }

    /// Its own digest by its own hash, whole.
    pub(super) fn digest(&self) -> Option<Vec<u8>> {
        self.algorithm().map(|algorithm| algorithm.digest(self.bytes))
    }

    pub(super) fn flag_names(&self) -> Vec<String> {
        named(self.flags.into(), &FLAGS)
    }

    pub(super) fn segment_flag_names(&self) -> Vec<String> {
        named(self.segment_flags, &SEGMENT_FLAGS)
    }

    pub(super) fn is_adhoc(&self) -> bool {
        self.flags & 0x2 != 0
    }
}

const FLAGS: [(u64, &str); 10] = [
    (0x1, "host"),
    (0x2, "adhoc"),
    (0x100, "hard"),
    (0x200, "kill"),
    (0x400, "expires"),
    (0x800, "restrict"),
    (0x1000, "enforcement"),
    (0x2000, "library_validation"),
    (0x1_0000, "runtime"),
    (0x2_0000, "linker_signed"),
];

const SEGMENT_FLAGS: [(u64, &str); 7] = [
    (0x1, "main_binary"),
    (0x10, "allow_unsigned"),
    (0x20, "debugger"),
    (0x40, "jit"),
    (0x80, "skip_library_validation"),
    (0x100, "can_load_cdhash"),
    (0x200, "can_exec_cdhash"),
];

/// Names of the flags that are set, and what remains as a number.
fn named(flags: u64, names: &[(u64, &str)]) -> Vec<String> {
    let known = names.iter().filter(|(flag, _)| flags & flag != 0);
    let rest = names.iter().fold(flags, |rest, (flag, _)| rest & !flag);
    let rest = (rest != 0).then(|| format!("{rest:#x}"));
    known.map(|(_, name)| (*name).to_owned()).chain(rest).collect()
}

fn name(bytes: &[u8], at: usize) -> String {
    let rest = bytes.get(at..).unwrap_or_default();
    let end = rest.iter().take(MAX_NAME).position(|byte| *byte == 0).unwrap_or(rest.len().min(MAX_NAME));
    String::from_utf8_lossy(rest.get(..end).unwrap_or_default()).into_owned()
}
