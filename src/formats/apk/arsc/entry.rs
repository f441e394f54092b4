//! The values of one type in one configuration, in the four ways that tables store them.

use crate::formats::apk::bytes::{Chunk, u16_at, u32_at, usize_at};

/// Flags of a chunk: entries by number and offset; offsets of 16 bits.
const SPARSE: u8 = 0x01;
const OFFSETS_16: u8 = 0x02;

/// Flags of an entry: several values by key; a value within the entry itself.
const COMPLEX: u16 = 0x0001;
const COMPACT: u16 = 0x0008;

/// The smallest header: without a configuration.
const HEADER: usize = 20;

/// One chunk of values (AOSP `ResTable_type`).
#[derive(Clone, Copy, Debug)]
pub(super) struct TypeChunk<'a> {
    pub id: u8,
    flags: u8,
    count: usize,
    /// Offsets of entries, and what follows them.
    offsets: &'a [u8],
    entries: &'a [u8],
}

impl<'a> TypeChunk<'a> {
    pub fn read(chunk: Chunk<'a>) -> Option<Self> {
        let bytes = chunk.bytes;
        if chunk.header < HEADER {
            return None;
        }
        Some(Self {
            id: *bytes.get(8)?,
            flags: *bytes.get(9)?,
            count: usize_at(bytes, 12)?,
            offsets: bytes.get(chunk.header..)?,
            entries: bytes.get(usize_at(bytes, 16)?..)?,
        })
    }

    /// Type and bits of an entry's value; `None` where there is no entry, or it is a bag of several values.
    pub fn value(&self, entry: u16) -> Option<(u8, u32)> {
        let at = self.offset(entry)?;
        let bytes = self.entries.get(at..)?;
        let flags = u16_at(bytes, 2)?;
        if flags & COMPACT != 0 {
            let [of, _] = flags.to_be_bytes();
            return Some((of, u32_at(bytes, 4)?));
        }
        if flags & COMPLEX != 0 {
            return None;
        }
        let value = bytes.get(usize::from(u16_at(bytes, 0)?)..)?;
        Some((*value.get(3)?, u32_at(value, 4)?))
    }

    fn offset(&self, entry: u16) -> Option<usize> {
        if self.flags & SPARSE != 0 {
            return self.sparse(entry);
        }
        let index = usize::from(entry);
        if index >= self.count {
            return None;
        }
        if self.flags & OFFSETS_16 != 0 {
            let offset = u16_at(self.offsets, index.checked_mul(2)?).filter(|offset| *offset != u16::MAX)?;
            return usize::from(offset).checked_mul(4);
        }
        let offset = u32_at(self.offsets, index.checked_mul(4)?).filter(|offset| *offset != u32::MAX)?;
        usize::try_from(offset).ok()
    }

    /// Sorted by number; a table that is not, is one that the platform does not find its entries in either.
    fn sparse(&self, entry: u16) -> Option<usize> {
        let (pairs, _) = self.offsets.as_chunks::<4>();
        let pairs = pairs.get(..self.count.min(pairs.len()))?;
        let found = pairs.binary_search_by_key(&entry, |[low, high, ..]| u16::from_le_bytes([*low, *high])).ok()?;
        let [.., low, high] = pairs.get(found)?;
        usize::from(u16::from_le_bytes([*low, *high])).checked_mul(4)
    }
}
