//! The header of a dex file: version, tables, checksum and signature.

use sha1::{Digest as _, Sha1};

use super::{
    DexError,
    bytes::{index, u32_at},
};
use crate::model::Tri;

/// Length of the header up to version 040.
const SIZE: usize = 0x70;
/// Length with the two fields of a container.
const CONTAINER_SIZE: u32 = 0x78;
/// First version whose files share a container.
const CONTAINER_VERSION: u32 = 41;
const LITTLE_ENDIAN: u32 = 0x1234_5678;
/// The checksum covers what comes after itself.
const CHECKED: usize = 12;
/// The signature covers what comes after itself.
const SIGNED: usize = 32;

/// A table of the file: how many entries, and where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Section {
    pub size: u32,
    pub offset: u32,
}

impl Section {
    pub(super) fn capped(self, most: u32) -> Self {
        Self { size: self.size.min(most), ..self }
    }
}

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// 35 to 41; others are no version of the format, and are read as if they were.
    pub version: u32,
    /// Where the header lies: 0 outside of containers.
    pub at: usize,
    /// Adler-32 of everything behind it.
    pub checksum: u32,
    /// SHA-1 of everything behind it.
    pub signature: [u8; 20],
    /// Bytes that it says the file has; in a container those up to the next header.
    pub file_size: u32,
    /// Bytes of the container; 0 outside of one.
    pub container_size: u32,
    pub(super) strings: Section,
    pub(super) types: Section,
    pub(super) protos: Section,
    pub(super) fields: Section,
    pub(super) methods: Section,
    pub(super) classes: Section,
}

/// Whether the file is as its header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Integrity {
    /// The runtime refuses a file whose checksum is wrong.
    pub checksum: Tri,
    /// No runtime looks at it; a tool that changed the file without writing it anew leaves it wrong.
    pub signature: Tri,
}

impl Header {
    pub(super) fn read(bytes: &[u8], at: usize) -> Result<Self, DexError> {
        let header = bytes.get(at..).filter(|rest| rest.len() >= SIZE);
        let header = header.ok_or(DexError::Short { bytes: bytes.len().saturating_sub(at) })?;
        let word = |place| u32_at(header, place).unwrap_or_default();
        let section = |place| Section { size: word(place), offset: word(place + 4) };
        let version = version(header)?;
        if word(40) != LITTLE_ENDIAN {
            return Err(DexError::Endian { mark: word(40) });
        }
        let shared = version >= CONTAINER_VERSION && word(36) >= CONTAINER_SIZE;
        Ok(Self {
            version,
            at,
            checksum: word(8),
            signature: header.get(12..32).and_then(|digest| digest.try_into().ok()).unwrap_or_default(),
            file_size: word(32),
            container_size: if shared { word(112) } else { 0 },
            strings: section(56),
            types: section(64),
            protos: section(72),
            fields: section(80),
            methods: section(88),
            classes: section(96),
        })
    }

    /// Three digits, as in the magic.
    pub fn version_text(&self) -> String {
        format!("{:03}", self.version)
    }

    /// Whether the format has this version.
    pub fn version_known(&self) -> bool {
        matches!(self.version, 35 | 37..=41)
    }

    /// Where the next header of the container lies.
    pub(super) fn next_in_container(&self) -> Option<usize> {
        let next = self.at.checked_add(index(self.file_size))?;
        (self.container_size > 0 && next < index(self.container_size)).then_some(next)
    }

    /// The entries of a table, as far as the file has them.
    pub(super) fn table<'a>(&self, bytes: &'a [u8], which: Section, entry: usize) -> &'a [u8] {
        let rest = bytes.get(index(which.offset)..).unwrap_or_default();
        let room = rest.len() / entry.max(1);
        rest.get(..room.min(index(which.size)).saturating_mul(entry)).unwrap_or_default()
    }

    /// Bytes behind what the header calls the file (or the container).
    pub fn trailing(&self, bytes: &[u8]) -> usize {
        let end = if self.container_size > 0 { self.container_size } else { self.file_size };
        bytes.len().saturating_sub(index(end))
    }

    /// A file that was cut off is not the one that its header was made for: both are wrong then.
    pub(super) fn integrity(&self, bytes: &[u8]) -> Integrity {
        let end = self.at.saturating_add(index(self.file_size)).min(bytes.len());
        let from = |start: usize| bytes.get(self.at.saturating_add(start)..end).unwrap_or_default();
        let digest: [u8; 20] = Sha1::digest(from(SIGNED)).into();
        Integrity {
            checksum: (simd_adler32::adler32(&from(CHECKED)) == self.checksum).into(),
            signature: (digest == self.signature).into(),
        }
    }
}

fn version(header: &[u8]) -> Result<u32, DexError> {
    let digit = |byte: u8| char::from(byte).to_digit(10);
    let version = match header {
        [b'd', b'e', b'x', b'\n', a, b, c, 0, ..] => {
            digit(*a).zip(digit(*b)).zip(digit(*c)).map(|((a, b), c)| a * 100 + b * 10 + c)
        }
        _ => None,
    };
    version.ok_or_else(|| DexError::Magic {
        magic: header.get(..8).and_then(|magic| magic.try_into().ok()).unwrap_or_default(),
    })
}
