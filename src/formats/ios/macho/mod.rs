//! Mach-O files, thin and fat, read as they stream by: a few kilobytes of an executable of hundreds of megabytes are kept.
//!
//! Load commands come first and say where the rest lies, so one pass in order is enough. Structures are those of Darwin's
//! `mach-o/loader.h`, `mach-o/nlist.h`, `mach-o/fat.h` and `mach-o/fixup-chains.h`. Symbols are compared whole, never by a part.

mod arch;
mod bytes;
mod commands;
mod fat;
mod fixups;
mod imports;
mod names;
mod pages;
mod slice;
mod strings;
mod symbols;

use std::collections::VecDeque;

use thiserror::Error;

pub use imports::{Import, ImportUse};
pub use pages::{Algorithm, PageHashes};
pub use slice::{Blob, Library, Scanned, Slice};

use fat::Part;
use slice::SliceScan;

/// Slices of one file.
const MAX_SLICES: usize = 16;
/// Bytes of the signatures of all slices of a file.
const MAX_KEPT: u64 = 16 << 20;

/// Why bytes are no Mach-O file that is read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MachOError {
    #[error("no Mach-O file")]
    NotMachO,
    #[error("a Mach-O file of big-endian machines")]
    BigEndian,
    #[error("{0} slices")]
    Slices(usize),
    #[error("slices that lie in each other, or outside of the file")]
    Overlap,
    #[error("load commands of {0} bytes")]
    CommandsTooLarge(u64),
    #[error("it breaks off within its load commands")]
    Truncated,
}

impl MachOError {
    /// A short code for reasons.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotMachO => "not_mach_o",
            Self::BigEndian => "big_endian",
            Self::Slices(_) => "too_many_slices",
            Self::Overlap => "slices_overlap",
            Self::CommandsTooLarge(_) => "load_commands_too_large",
            Self::Truncated => "truncated",
        }
    }
}

/// Whether a file that begins so may be a Mach-O file.
pub fn is_macho(head: &[u8]) -> bool {
    fat::is_fat(head) || slice::is_thin(head)
}

/// A Mach-O file that is handed over piece by piece, from its beginning on.
#[derive(Debug, Default)]
pub struct MachO {
    at: u64,
    /// Until it is known whether the file is fat.
    head: Vec<u8>,
    parts: Option<Result<VecDeque<Part>, MachOError>>,
    /// The slice that is coming by: one after another.
    scan: SliceScan,
    done: Vec<Result<Scanned, MachOError>>,
    /// Bytes of signatures that are kept of the slices before.
    kept: u64,
}

impl MachO {
    /// The next bytes of the file.
    pub fn push(&mut self, bytes: &[u8]) {
        if self.parts.is_none() {
            self.head.extend_from_slice(bytes);
            self.parts = fat::parts(&self.head);
            if self.parts.is_some() {
                let head = std::mem::take(&mut self.head);
                self.deliver(&head);
            }
        } else {
            self.deliver(bytes);
        }
    }

    fn deliver(&mut self, bytes: &[u8]) {
        let at = self.at;
        self.at = at.saturating_add(bytes.len() as u64);
        while let Some(part) = self.part() {
            if let Some(own) = bytes::overlap(at, bytes, part.offset, part.end()) {
                self.scan.push(own);
            }
            if self.at < part.end() {
                break;
            }
            self.end_slice();
        }
    }

    fn part(&self) -> Option<Part> {
        self.parts.as_ref()?.as_ref().ok()?.front().copied()
    }

    fn end_slice(&mut self) {
        let mut scanned = std::mem::take(&mut self.scan).finish();
        if let Ok(Scanned { signature, .. }) = &mut scanned
            && let Blob::Held(blob) = signature
        {
            let size = blob.len() as u64;
            self.kept = self.kept.saturating_add(size);
            if self.kept > MAX_KEPT {
                *signature = Blob::TooLarge(size);
            }
        }
        self.done.push(scanned);
        if let Some(Ok(parts)) = &mut self.parts {
            parts.pop_front();
        }
    }

    /// What each slice says, in the order of the file; those that break off or are no Mach-O say so.
    pub fn finish(mut self) -> Result<Vec<Result<Scanned, MachOError>>, MachOError> {
        while self.part().is_some() {
            self.end_slice();
        }
        self.parts.unwrap_or(Err(MachOError::NotMachO)).map(|_| self.done)
    }
}

/// Reads a file that is in memory.
pub fn read(bytes: &[u8]) -> Result<Vec<Result<Scanned, MachOError>>, MachOError> {
    let mut file = MachO::default();
    file.push(bytes);
    file.finish()
}

#[cfg(test)]
pub(super) mod build;
#[cfg(test)]
mod tests;
