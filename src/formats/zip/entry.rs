//! One entry, as the central directory has it.

/// Method of an entry that is as it is.
pub const STORED: u16 = 0;
/// Method of an entry that is compressed by deflate.
pub const DEFLATED: u16 = 8;

/// Bit 0 of the flags: encrypted.
pub(super) const ENCRYPTED: u16 = 1;
/// Bit 3 of the flags: sizes and CRC-32 follow the data.
pub(super) const DESCRIPTOR: u16 = 1 << 3;

/// An entry of the central directory (APPNOTE.TXT 4.3.12), with ZIP64 sizes resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What is no UTF-8 is replaced.
    pub name: String,
    pub raw_name: Vec<u8>,
    /// [`STORED`], [`DEFLATED`] or another.
    pub method: u16,
    pub flags: u16,
    pub crc32: u32,
    /// Bytes in the archive.
    pub compressed: u64,
    /// Bytes of the contents, as declared.
    pub uncompressed: u64,
    /// Offset in the source, corrected where offsets are shifted.
    pub local_header: u64,
    /// Offset of the data in the source; `None` where there is no local header.
    pub data: Option<u64>,
    /// Date (upper half) and time in the form of MS-DOS.
    pub modified: u32,
    /// Upper half: mode of Unix where `made_by` says Unix.
    pub external_attributes: u32,
    /// Upper byte: the system, of which 3 is Unix.
    pub made_by: u16,
}

impl Entry {
    /// A name with `/` at its end is that of a folder.
    pub fn is_directory(&self) -> bool {
        self.raw_name.last() == Some(&b'/')
    }

    /// Whether the bytes in the archive are the contents. Android's resource reader takes all that is not deflated so.
    pub fn is_stored(&self) -> bool {
        self.method != DEFLATED
    }

    /// A symbolic link, as Unix makes them.
    pub fn is_link(&self) -> bool {
        self.made_by >> 8 == 3 && self.external_attributes >> 28 == 0o12
    }

    /// How many bytes from `data` on are read: Android counts the contents of what is stored.
    pub(super) fn span(&self) -> u64 {
        if self.is_stored() { self.uncompressed } else { self.compressed }
    }
}
