//! A package within a package (`.apks`, `.xapk`, `.app`), as a source of its own.

use std::io;

use super::source::{ReadAt, SliceAt};

/// The contents of an entry: a range of the outer archive where it is stored, else its bytes.
pub enum Nested<'a> {
    Slice(SliceAt<'a>),
    Bytes(Vec<u8>),
}

impl ReadAt for Nested<'_> {
    fn len(&self) -> u64 {
        match self {
            Self::Slice(slice) => slice.len(),
            Self::Bytes(bytes) => ReadAt::len(bytes),
        }
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Slice(slice) => slice.read_at(offset, buffer),
            Self::Bytes(bytes) => bytes.read_at(offset, buffer),
        }
    }
}
