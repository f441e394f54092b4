//! Little-endian fields and fields after their length, as everything in a signing block is made of.

/// A field that reaches beyond what there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Short;

/// Fields beside each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(super) fn bytes(&mut self, count: usize) -> Result<&'a [u8], Short> {
        let (bytes, rest) = self.0.split_at_checked(count).ok_or(Short)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Short> {
        let (byte, rest) = self.0.split_first().ok_or(Short)?;
        self.0 = rest;
        Ok(*byte)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Short> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Short)?;
        self.0 = rest;
        Ok(u32::from_le_bytes(*bytes))
    }

    pub(super) fn u64(&mut self) -> Result<u64, Short> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Short)?;
        self.0 = rest;
        Ok(u64::from_le_bytes(*bytes))
    }

    /// Bytes after their length in four bytes; a negative one is none.
    pub(super) fn prefixed(&mut self) -> Result<&'a [u8], Short> {
        let length = i32::try_from(self.u32()?).ok().and_then(|length| usize::try_from(length).ok()).ok_or(Short)?;
        self.bytes(length)
    }

    /// Fields after their length.
    pub(super) fn nested(&mut self) -> Result<Self, Short> {
        self.prefixed().map(Self)
    }
}
