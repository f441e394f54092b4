//! The signing block between the contents and the central directory, and the strict layout around it.
//!
//! Source: OpenHarmony `security_appverify` (HapSigningBlockUtils) and `developtools_hapsigner` (HapUtils, SignHap), of
//! 2026-08. A block ends with its head: count of sub-blocks, size, magic and version; it begins with a table of the
//! sub-blocks. All numbers are little-endian.

use thiserror::Error;

use super::bytes::{exact, u32_at, u64_at};
use crate::formats::zip::ReadAt;

/// Fixed part of the end-of-central-directory record.
const END: usize = 22;
const END_MAGIC: &[u8] = b"PK\x05\x06";
/// Where that record has the offset of the central directory.
const OFFSET_IN_END: usize = 16;
/// A comment has at most this many bytes.
const MAX_COMMENT: usize = 0xffff;
/// Locator of the ZIP64 end record, directly before the end record.
const ZIP64_LOCATOR: usize = 20;
const ZIP64_MAGIC: &[u8] = b"PK\x06\x07";

/// Head of a signing block.
const HEAD: u64 = 32;
/// One line of the table of sub-blocks.
const LINE: u64 = 12;
/// The platform takes no block with more sub-blocks.
const MAX_SUB_BLOCKS: u32 = 10;
/// The platform takes no larger block.
const MAX_BLOCK: u64 = 1 << 30;
/// The first version with the newer magic.
const NEW_MAGIC_SINCE: u32 = 3;
const OLD_MAGIC: &[u8; 16] = b"HAP Sig Block 42";
const NEW_MAGIC: &[u8; 16] = b"<hap sign block>";

/// Kinds of sub-blocks.
pub(super) mod kind {
    pub const SIGNATURE: u32 = 0x2000_0000;
    pub const ROTATION: u32 = 0x2000_0001;
    pub const PROFILE: u32 = 0x2000_0002;
    pub const PROPERTY: u32 = 0x2000_0003;
    pub const ENTERPRISE_SIGNATURE: u32 = 0x2000_0004;
    pub const ENTERPRISE_CODE: u32 = 0x2000_0005;
}

/// Why there is no signing block, or none that the platform takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub(super) enum BlockError {
    #[error("the file cannot be read")]
    Unreadable,
    #[error("the file has no end-of-central-directory record whose comment ends where the file ends")]
    NoEnd,
    #[error("the central directory does not end where the end-of-central-directory record begins")]
    DirectoryElsewhere,
    #[error("an archive in the form of ZIP64, which the platform does not sign")]
    Zip64,
    #[error("no signing block before the central directory")]
    Absent,
    #[error("the magic of a signing block with a version that goes with another magic")]
    MagicOfOtherVersion,
    #[error("a size that is impossible")]
    Size,
    #[error("too many sub-blocks")]
    Count,
    #[error("sub-blocks that overlap, leave gaps or reach outside")]
    Table,
    #[error("a sub-block of a kind that the platform does not know")]
    UnknownKind,
    #[error("two sub-blocks of a kind of which there may be one")]
    Repeated,
}

impl BlockError {
    /// A stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "file.unreadable",
            Self::NoEnd => "zip.no_end",
            Self::DirectoryElsewhere => "zip.directory_elsewhere",
            Self::Zip64 => "zip.zip64",
            Self::Absent => "block.absent",
            Self::MagicOfOtherVersion => "block.magic_of_other_version",
            Self::Size => "block.size",
            Self::Count => "block.count",
            Self::Table => "block.table",
            Self::UnknownKind => "block.unknown_kind",
            Self::Repeated => "block.repeated",
        }
    }
}

/// A package, taken apart as its signature sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signed {
    /// The contents go from 0 to here.
    pub contents_end: u64,
    pub directory: u64,
    pub directory_size: u64,
    /// The end record with the offset that it had before the signing block was put in.
    pub end: Vec<u8>,
    pub version: u32,
    pub magic: &'static str,
    pub size: u64,
    /// In the order of their table, which is that in which they were signed.
    pub sub_blocks: Vec<SubBlock>,
}

/// One sub-block, where it lies in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SubBlock {
    pub kind: u32,
    pub offset: u64,
    pub length: u32,
}

impl Signed {
    pub fn find(&self, kind: u32) -> Option<SubBlock> {
        self.sub_blocks.iter().copied().find(|block| block.kind == kind)
    }
}

/// Finds the signing block of a package.
pub(super) fn find(source: &dyn ReadAt) -> Result<Signed, BlockError> {
    let (end_offset, mut end) = end_record(source)?;
    let size = u32_at(&end, 12).map(u64::from).ok_or(BlockError::NoEnd)?;
    let directory = u32_at(&end, OFFSET_IN_END).map(u64::from).ok_or(BlockError::NoEnd)?;
    if directory.saturating_add(size) != end_offset {
        return Err(BlockError::DirectoryElsewhere);
    }
    let before = end_offset.checked_sub(ZIP64_LOCATOR as u64).and_then(|at| exact(source, at, ZIP64_MAGIC.len()));
    if before.is_some_and(|magic| magic == ZIP64_MAGIC) {
        return Err(BlockError::Zip64);
    }
    let head_at = directory.checked_sub(HEAD).ok_or(BlockError::Absent)?;
    let head = exact(source, head_at, 32).ok_or(BlockError::Unreadable)?;
    let (count, block_size, version, magic) = head_fields(&head)?;
    let start = directory.checked_sub(block_size).ok_or(BlockError::Size)?;
    let sub_blocks = table(source, start, head_at, count)?;
    // Less than the offset that was there, so it fits into the field.
    let patched = u32::try_from(start).map_err(|_| BlockError::Size)?.to_le_bytes();
    end.get_mut(OFFSET_IN_END..OFFSET_IN_END + 4).ok_or(BlockError::NoEnd)?.copy_from_slice(&patched);
    Ok(Signed {
        contents_end: start,
        directory,
        directory_size: size,
        end,
        version,
        magic,
        size: block_size,
        sub_blocks,
    })
}

/// The last record whose comment ends where the file ends, and where it begins.
fn end_record(source: &dyn ReadAt) -> Result<(u64, Vec<u8>), BlockError> {
    let tail = source.len().min((END + MAX_COMMENT) as u64);
    let from = source.len().saturating_sub(tail);
    let length = usize::try_from(tail).map_err(|_| BlockError::Unreadable)?;
    let bytes = exact(source, from, length).ok_or(BlockError::Unreadable)?;
    let last = bytes.len().checked_sub(END).ok_or(BlockError::NoEnd)?;
    let at = (0..=last).rev().find(|at| {
        let record = bytes.get(*at..).unwrap_or_default();
        let comment = record.get(20..22).map(|b| b.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte)));
        record.starts_with(END_MAGIC) && comment == record.len().checked_sub(END)
    });
    let at = at.ok_or(BlockError::NoEnd)?;
    Ok((from.saturating_add(at as u64), bytes.get(at..).unwrap_or_default().to_vec()))
}

/// Count, size, version and magic.
fn head_fields(head: &[u8]) -> Result<(u32, u64, u32, &'static str), BlockError> {
    let missing = BlockError::Absent;
    let magic = match head.get(12..28) {
        Some(magic) if magic == OLD_MAGIC => "HAP Sig Block 42",
        Some(magic) if magic == NEW_MAGIC => "<hap sign block>",
        _ => return Err(missing),
    };
    let (count, size, version) = (u32_at(head, 0), u64_at(head, 4), u32_at(head, 28));
    let (count, size, version) = (count.ok_or(missing)?, size.ok_or(missing)?, version.ok_or(missing)?);
    if (version >= NEW_MAGIC_SINCE) != (magic.as_bytes() == NEW_MAGIC) {
        return Err(BlockError::MagicOfOtherVersion);
    }
    if !(HEAD..=MAX_BLOCK).contains(&size) {
        return Err(BlockError::Size);
    }
    if count > MAX_SUB_BLOCKS {
        return Err(BlockError::Count);
    }
    Ok((count, size, version, magic))
}

/// The sub-blocks, which have to fill the space between table and head without gap: bytes that no sub-block has, nobody
/// signed. The platform compares only the sum of the lengths.
fn table(source: &dyn ReadAt, start: u64, head: u64, count: u32) -> Result<Vec<SubBlock>, BlockError> {
    let lines = u64::from(count) * LINE;
    if start.saturating_add(lines) > head {
        return Err(BlockError::Table);
    }
    let bytes = exact(source, start, usize::try_from(lines).unwrap_or(0)).ok_or(BlockError::Unreadable)?;
    let mut blocks = Vec::new();
    for line in bytes.chunks_exact(12) {
        let field = |at| u32_at(line, at).ok_or(BlockError::Table);
        blocks.push(SubBlock { kind: field(0)?, length: field(4)?, offset: start.saturating_add(field(8)?.into()) });
    }
    let mut by_offset: Vec<_> = blocks.iter().map(|block| (block.offset, u64::from(block.length))).collect();
    by_offset.sort_unstable();
    let end = by_offset.iter().try_fold(start.saturating_add(lines), |at, (offset, length)| {
        (*offset == at).then(|| at.saturating_add(*length))
    });
    if end != Some(head) {
        return Err(BlockError::Table);
    }
    if blocks.iter().any(|block| !(kind::SIGNATURE..=kind::ENTERPRISE_CODE).contains(&block.kind)) {
        return Err(BlockError::UnknownKind);
    }
    let mut kinds: Vec<_> = blocks.iter().map(|block| block.kind).collect();
    kinds.sort_unstable();
    if kinds.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(BlockError::Repeated);
    }
    Ok(blocks)
}
