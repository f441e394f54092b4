//! Dalvik executables (versions 035 to 041): tables, classes, and what code calls with which constants.
//!
//! Everything is read where it lies. A file may say anything of itself: what it says wrongly is said, and the
//! rest is read all the same. Layout: <https://source.android.com/docs/core/runtime/dex-format>.

mod bytes;
mod classes;
mod code;
mod constants;
mod header;
mod instruction;
mod labels;
mod mutf8;
mod names;
mod opcodes;
mod tables;

use thiserror::Error;

pub use classes::{ClassDef, Method, Methods};
pub use code::{Code, CodeError};
pub use constants::{Arguments, Constants, Event, Value};
pub use header::{Header, Integrity};
pub use instruction::{Handed, Instruction, Instructions};
pub(crate) use mutf8::decode;
pub use names::{readable, readable_name};
pub use tables::{FieldId, MethodId, StringError};

/// Files of one container that are read at most (version 041).
const MAX_PARTS: usize = 256;

/// Entries of every table but that of strings; more cannot be named.
const MAX_NAMED: u32 = 1 << 16;

/// Why nothing of a file can be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DexError {
    #[error("shorter than the header of a dex file: {bytes} bytes")]
    Short { bytes: usize },
    #[error("not a dex file: it begins with {magic:02x?}")]
    Magic { magic: [u8; 8] },
    #[error("the byte order mark is {mark:#010x}; only little-endian files are installed anywhere")]
    Endian { mark: u32 },
}

/// One dex file. Offsets in it count from the beginning of `bytes`, which are the whole container (version 041) or the
/// file itself.
#[derive(Clone, Debug)]
pub struct Dex<'a> {
    bytes: &'a [u8],
    header: Header,
    strings: &'a [u8],
    types: &'a [u8],
    protos: &'a [u8],
    fields: &'a [u8],
    methods: &'a [u8],
    classes: &'a [u8],
}

/// The dex files in these bytes: one, or those of a container. What follows a part that cannot be read is not found.
pub fn parts(bytes: &[u8]) -> Vec<Result<Dex<'_>, DexError>> {
    let mut found = Vec::new();
    let mut at = 0;
    while found.len() < MAX_PARTS {
        let part = Dex::open(bytes, at);
        let next = part.as_ref().ok().and_then(|dex| dex.header.next_in_container());
        found.push(part);
        match next {
            Some(next) if next > at && next < bytes.len() => at = next,
            _ => break,
        }
    }
    found
}

impl<'a> Dex<'a> {
    /// The file whose header is at `at`.
    pub fn open(bytes: &'a [u8], at: usize) -> Result<Self, DexError> {
        let header = Header::read(bytes, at)?;
        let table = |which: header::Section, size| header.table(bytes, which, size);
        // Instructions and other tables name everything but strings by 16 bits.
        let named = |which: header::Section, size| header.table(bytes, which.capped(MAX_NAMED), size);
        Ok(Self {
            bytes,
            strings: table(header.strings, tables::STRING_ID),
            types: named(header.types, tables::TYPE_ID),
            protos: named(header.protos, tables::PROTO_ID),
            fields: named(header.fields, tables::FIELD_ID),
            methods: named(header.methods, tables::METHOD_ID),
            classes: named(header.classes, classes::CLASS_DEF),
            header,
        })
    }

    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Whether checksum and signature are those of the bytes.
    pub fn integrity(&self) -> Integrity {
        self.header.integrity(self.bytes)
    }

    /// Entries that the header declares and that cannot be read or named, of all tables.
    pub fn missing_entries(&self) -> u64 {
        let header = &self.header;
        let declared = [header.strings, header.types, header.protos, header.fields, header.methods, header.classes]
            .iter()
            .map(|section| u64::from(section.size))
            .sum::<u64>();
        let read = [
            self.string_count(),
            self.type_count(),
            self.proto_count(),
            self.field_count(),
            self.method_count(),
            self.class_count(),
        ];
        declared.saturating_sub(read.iter().map(|count| u64::from(*count)).sum())
    }
}

#[cfg(test)]
mod tests;
