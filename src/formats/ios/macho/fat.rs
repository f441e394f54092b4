//! The table at the head of a fat file, whose numbers are big-endian.

use std::collections::VecDeque;

use super::{
    MAX_SLICES, MachOError,
    bytes::{be32_at, be64_at},
    slice,
};

const FAT: [u8; 4] = [0xca, 0xfe, 0xba, 0xbe];
const FAT_64: [u8; 4] = [0xca, 0xfe, 0xba, 0xbf];
/// Compiled Java classes begin as fat files do; what follows is their version, of which the first was 45.
const FIRST_JAVA: u32 = 45;

/// Where a slice lies in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub offset: u64,
    pub size: u64,
}

impl Part {
    pub(super) fn end(self) -> u64 {
        self.offset.saturating_add(self.size)
    }
}

pub(super) fn is_fat(head: &[u8]) -> bool {
    (head.starts_with(&FAT) || head.starts_with(&FAT_64)) && be32_at(head, 4).is_some_and(|count| count < FIRST_JAVA)
}

/// The slices of a file that begins so; `None` while that does not tell.
pub(super) fn parts(head: &[u8]) -> Option<Result<VecDeque<Part>, MachOError>> {
    if head.len() < 8 {
        return None;
    }
    if slice::is_thin(head) {
        return Some(Ok([Part { offset: 0, size: u64::MAX }].into()));
    }
    if slice::is_swapped(head) {
        return Some(Err(MachOError::BigEndian));
    }
    if !is_fat(head) {
        return Some(Err(MachOError::NotMachO));
    }
    let count = usize::try_from(be32_at(head, 4)?).ok()?;
    if count > MAX_SLICES {
        return Some(Err(MachOError::Slices(count)));
    }
    let wide = head.starts_with(&FAT_64);
    let row = if wide { 32 } else { 20 };
    let table = count.saturating_mul(row);
    let rows = head.get(8..)?.get(..table)?;
    let mut parts: Vec<_> = rows.chunks(row).filter_map(|row| part(row, wide)).collect();
    parts.sort_by_key(|part| part.offset);
    let mut free = 8_u64.saturating_add(table as u64);
    for part in &parts {
        if part.offset < free || part.offset.checked_add(part.size).is_none() {
            return Some(Err(MachOError::Overlap));
        }
        free = part.end();
    }
    Some(Ok(parts.into()))
}

fn part(row: &[u8], wide: bool) -> Option<Part> {
    Some(if wide {
        Part { offset: be64_at(row, 8)?, size: be64_at(row, 16)? }
    } else {
        Part { offset: be32_at(row, 8)?.into(), size: be32_at(row, 12)?.into() }
    })
}
