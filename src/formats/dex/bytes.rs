//! Little-endian numbers at a place that may not be there.

pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    let end = at.checked_add(2)?;
    bytes.get(at..end)?.try_into().ok().map(u16::from_le_bytes)
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let end = at.checked_add(4)?;
    bytes.get(at..end)?.try_into().ok().map(u32::from_le_bytes)
}

/// An unsigned LEB128 number of at most five bytes; `at` moves behind it.
pub(super) fn uleb128(bytes: &[u8], at: &mut usize) -> Option<u32> {
    let mut value = 0_u32;
    for shift in [0, 7, 14, 21, 28] {
        let byte = *bytes.get(*at)?;
        *at += 1;
        value |= u32::from(byte & 0x7f).wrapping_shl(shift);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// A signed LEB128 number of at most five bytes; `at` moves behind it.
pub(super) fn sleb128(bytes: &[u8], at: &mut usize) -> Option<i32> {
    let start = *at;
    let value = uleb128(bytes, at)?;
    let bits = u32::try_from(at.saturating_sub(start)).ok()?.saturating_mul(7);
    let unused = 32_u32.saturating_sub(bits);
    // The number's own sign bit is moved to the top and spread back down.
    Some(value.wrapping_shl(unused).cast_signed().wrapping_shr(unused))
}

/// An offset or a count as an index.
pub(super) fn index(value: u32) -> usize {
    usize::try_from(value).unwrap_or(usize::MAX)
}
