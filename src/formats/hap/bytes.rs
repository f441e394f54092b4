//! Bytes and little-endian numbers out of hostile input, where they are there.

use std::io;

use crate::formats::zip::ReadAt;

/// Exactly `length` bytes from `offset`; callers bound `length`, and what reaches beyond the file is not asked for.
pub(super) fn exact(source: &dyn ReadAt, offset: u64, length: usize) -> Option<Vec<u8>> {
    if offset.checked_add(length as u64)? > source.len() {
        return None;
    }
    let mut bytes = vec![0; length];
    fill(source, offset, &mut bytes).then_some(bytes)
}

/// Fills `buffer` from `offset`, or says that there are not as many bytes.
pub(super) fn fill(source: &dyn ReadAt, offset: u64, buffer: &mut [u8]) -> bool {
    let mut filled = 0_usize;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match source.read_at(offset.saturating_add(filled as u64), rest) {
            Ok(0) => return false,
            Ok(count) => filled = filled.saturating_add(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return false,
        }
    }
    true
}

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_le_bytes)
}
