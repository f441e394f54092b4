//! Little-endian words at an offset, where they are inside.

pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// A word that counts or points.
pub fn usize_at(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32_at(bytes, at)?).ok()
}

/// The header that every chunk of a resource file begins with (AOSP `ResChunk_header`).
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    pub kind: u16,
    /// Where its contents begin.
    pub header: usize,
    /// All of it, cut at the end of what there is.
    pub bytes: &'a [u8],
    /// As declared; more than `bytes` where it was cut off.
    pub declared: usize,
}

impl<'a> Chunk<'a> {
    /// Bytes of the header itself.
    pub const HEADER: usize = 8;

    /// The chunk that begins with these bytes. One that would not move a reader on is none.
    pub fn at(bytes: &'a [u8]) -> Option<Self> {
        let declared = usize_at(bytes, 4).filter(|size| *size >= Self::HEADER)?;
        Some(Self {
            kind: u16_at(bytes, 0)?,
            header: usize::from(u16_at(bytes, 2)?),
            bytes: bytes.get(..declared.min(bytes.len()))?,
            declared,
        })
    }
}
