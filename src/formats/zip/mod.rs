//! Zip archives as hostile packages have them: read in windows, oddities told instead of refused, contents bounded.
//!
//! Where readers differ, Android's decides what is read: libziparchive (AOSP, `system/libziparchive/zip_archive.cc`) for code
//! and libraries, `ZipAssetsProvider` (AOSP, `frameworks/base/libs/androidfw/AssetsProvider.cpp`) for the manifest and
//! resources. Where they refuse, something is read all the same and an [`Anomaly`] says so.

mod anomaly;
mod contents;
mod directory;
mod end;
mod entry;
mod gaps;
mod local;
mod names;
mod nested;
mod source;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use thiserror::Error;

pub use anomaly::{Anomaly, AnomalyKind, MAX_ANOMALIES};
pub use contents::{Streamed, WINDOW};
pub use directory::MAX_ENTRIES;
pub use entry::{DEFLATED, Entry, STORED};
pub use nested::Nested;
pub use source::{FileSource, ReadAt, SliceAt, read_range};

use anomaly::Anomalies;
use names::Names;

/// Contents of all entries together that no app has.
const MAX_TOTAL: u64 = 8 << 30;
/// Contents may be this many times as large as what is stored; deflate itself ends at 1032.
const MAX_RATIO: u64 = 1000;
/// Smaller contents are no bomb, whatever their ratio.
const SMALL: u64 = 1 << 20;
/// Deflate makes no more of a byte.
const MAX_DEFLATE: u64 = 1032;

/// Why an archive, or an entry of it, cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ZipError {
    #[error("reading at byte {offset} failed: {what}")]
    Read { offset: u64, what: String },
    #[error("no end of an archive: the file was cut off, or is no zip archive")]
    NoEnd,
    #[error("no central directory at byte {offset}, nor before the end record")]
    NoDirectory { offset: u64 },
    #[error("{entry}: no local header where the central directory says")]
    NoLocalHeader { entry: String },
    #[error("{entry}: its data reach beyond the file")]
    OutOfBounds { entry: String },
    #[error("{entry}: damaged at byte {offset}")]
    Damaged { entry: String, offset: u64 },
    #[error("{entry}: larger than {cap} bytes")]
    TooLarge { entry: String, cap: u64 },
}

/// An open archive: its directory is read, its contents are not.
pub struct Archive<'a> {
    source: &'a dyn ReadAt,
    entries: Vec<Entry>,
    names: Names,
    layout: Layout,
    anomalies: Vec<Anomaly>,
    left_out: u64,
}

/// Where the parts of an archive are, as found and not as declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Offset of the central directory.
    pub central_directory: u64,
    /// Bytes of its records that were read.
    pub central_directory_size: u64,
    /// Offset of the end record.
    pub end_of_central_directory: u64,
    /// The end record, its comment and what follows, to the end of the file but at most 65,557 bytes.
    pub end: Vec<u8>,
}

impl<'a> Archive<'a> {
    /// Reads the directory and compares every local header with it.
    pub fn open(source: &'a dyn ReadAt) -> Result<Self, ZipError> {
        let mut anomalies = Anomalies::default();
        let end = end::find(source, &mut anomalies)?;
        let mut directory = directory::read(source, &end, &mut anomalies)?;
        local::compare(source, &mut directory, &mut anomalies)?;
        let names = Names::new(&directory.entries);
        names.judge(&directory.entries, &mut anomalies);
        sizes(&directory.entries, &mut anomalies);
        let layout = Layout {
            central_directory: directory.offset,
            central_directory_size: directory.size,
            end_of_central_directory: end.offset,
            end: end.bytes,
        };
        let (anomalies, left_out) = anomalies.finish();
        Ok(Self { source, entries: directory.entries, names, layout, anomalies, left_out })
    }

    pub fn source(&self) -> &'a dyn ReadAt {
        self.source
    }

    /// In the order of the central directory, duplicates included.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The first entry of this name.
    pub fn find(&self, name: &str) -> Option<&Entry> {
        self.names.find(&self.entries, name.as_bytes())
    }

    /// The contents of an entry, if they are at most `cap` bytes.
    pub fn read(&self, entry: &Entry, cap: u64) -> Result<Vec<u8>, ZipError> {
        self.read_measured(entry, cap).map(|(bytes, _)| bytes)
    }

    /// The contents of an entry, and what [`Archive::check`] wants to know of them.
    pub fn read_measured(&self, entry: &Entry, cap: u64) -> Result<(Vec<u8>, Streamed), ZipError> {
        let most = entry
            .uncompressed
            .min(cap)
            .min(entry.span().saturating_mul(MAX_DEFLATE))
            .min(self.source.len().saturating_mul(MAX_DEFLATE));
        let mut bytes = Vec::with_capacity(usize::try_from(most).unwrap_or_default());
        let streamed = self.stream(entry, cap, &mut |piece| bytes.extend_from_slice(piece))?;
        Ok((bytes, streamed))
    }

    /// Hands the contents of an entry to `sink` in windows of at most [`WINDOW`] bytes; an error once there are more than
    /// `cap` bytes, or where they are damaged, by when `sink` had what came before.
    pub fn stream(&self, entry: &Entry, cap: u64, sink: &mut dyn FnMut(&[u8])) -> Result<Streamed, ZipError> {
        contents::stream(self.source, entry, cap, sink)
    }

    /// What only the contents show: a size or a CRC-32 that was not as declared.
    pub fn check(&self, entry: &Entry, streamed: &Streamed) -> Option<Anomaly> {
        streamed.check(entry)
    }

    /// The contents of an entry as a source of their own: in place where they are stored, else inflated, if they are at
    /// most `cap` bytes.
    pub fn nested(&self, entry: &Entry, cap: u64) -> Result<Nested<'a>, ZipError> {
        match entry.data {
            Some(data) if entry.is_stored() => {
                let slice = SliceAt::new(self.source, data, entry.span());
                let whole = slice.len() == entry.span();
                whole.then_some(Nested::Slice(slice)).ok_or_else(|| ZipError::OutOfBounds { entry: entry.name.clone() })
            }
            _ => self.read(entry, cap).map(Nested::Bytes),
        }
    }

    pub fn layout(&self) -> Layout {
        self.layout.clone()
    }

    /// Sorted, at most [`MAX_ANOMALIES`].
    pub fn anomalies(&self) -> &[Anomaly] {
        &self.anomalies
    }

    /// Anomalies beyond [`MAX_ANOMALIES`].
    pub fn anomalies_left_out(&self) -> u64 {
        self.left_out
    }
}

/// What sizes, methods and flags alone tell.
fn sizes(entries: &[Entry], anomalies: &mut Anomalies) {
    let mut total = 0_u64;
    for entry in entries {
        total = total.saturating_add(entry.uncompressed);
        let (small, large) = (entry.compressed, entry.uncompressed);
        if large > SMALL && large / MAX_RATIO > small {
            anomalies.add(AnomalyKind::ExtremeRatio, &entry.name, format_args!("{small} bytes become {large}"));
        }
        if entry.flags & entry::ENCRYPTED != 0 {
            anomalies.add(AnomalyKind::Encrypted, &entry.name, format_args!("flags {:#06x}", entry.flags));
        }
        if !matches!(entry.method, STORED | DEFLATED) {
            anomalies.add(AnomalyKind::MethodUnknown, &entry.name, format_args!("method {}", entry.method));
        }
        if entry.is_stored() && small != large {
            let text = format_args!("{small} bytes compressed, {large} uncompressed");
            anomalies.add(AnomalyKind::StoredSizes, &entry.name, text);
        }
    }
    if total > MAX_TOTAL {
        anomalies.add(AnomalyKind::TotalSize, "", format_args!("{total} bytes"));
    }
}
