//! Numbers and ranges of bytes, none beyond the end.

/// A little-endian number of four bytes.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

/// A little-endian number of eight bytes.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_le_bytes)
}

/// A big-endian number of four bytes.
pub(super) fn be32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

/// A big-endian number of eight bytes.
pub(super) fn be64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_be_bytes)
}

/// Text that ends with a zero or with the bytes.
pub(super) fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()).into_owned()
}

/// What of a piece at `at` is between `start` and `end`; `None` where nothing is.
pub(super) fn overlap(at: u64, piece: &[u8], start: u64, end: u64) -> Option<&[u8]> {
    let from = usize::try_from(start.saturating_sub(at)).ok()?;
    let to = usize::try_from(end.saturating_sub(at)).unwrap_or(usize::MAX).min(piece.len());
    piece.get(from..to).filter(|own| !own.is_empty())
}
