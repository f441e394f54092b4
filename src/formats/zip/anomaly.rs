//! What is odd about an archive: closed list of codes, bounded list of findings.

use std::{collections::BTreeMap, fmt::Arguments};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Anomalies that are listed at most. Of each kind the first come first, so that no kind drowns another.
pub const MAX_ANOMALIES: usize = 200;

/// Names and texts in an anomaly are cut to this many bytes.
const MAX_TEXT: usize = 256;

/// Something that readers of archives take differently, refuse or pass over.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Anomaly {
    pub kind: AnomalyKind,
    /// The entry it is about, as its name reads; empty for the archive as a whole.
    pub entry: String,
    /// Numbers and offsets behind it, in English.
    pub detail: String,
}

impl Anomaly {
    pub(super) fn new(kind: AnomalyKind, entry: &str, detail: Arguments<'_>) -> Self {
        Self { kind, entry: cut(entry.to_owned()), detail: cut(detail.to_string()) }
    }
}

fn cut(mut text: String) -> String {
    if text.len() > MAX_TEXT {
        text.truncate(text.floor_char_boundary(MAX_TEXT));
        text.push('…');
    }
    text
}

/// The kinds of anomaly. What Android does with each is said where its libziparchive decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnomalyKind {
    /// The comment of the archive claims more bytes than follow. Android refuses the archive.
    CommentLength,
    /// The contents have another CRC-32 than declared. Android installs them all the same: it never checks.
    CrcDiffers,
    /// Bytes between the last entry and what follows it (signing block or central directory) that belong to neither.
    DataAfterEntries,
    /// Bytes after the end record and its comment. Android refuses the archive.
    DataAfterEnd,
    /// Bytes between the central directory and the end record.
    DataBeforeEnd,
    /// Bytes before the first entry. Android refuses an archive that does not begin with a local header.
    DataBeforeEntries,
    /// Bytes between two entries.
    DataBetweenEntries,
    /// The data descriptor says other than the central directory. Android refuses to extract the entry.
    DescriptorDiffers,
    /// The file begins as a DEX file and ends as an archive: what the Janus attack (CVE-2017-13156) looks like.
    DexPrefix,
    /// More names than are read here, or names of more bytes. What lies beyond was not looked at.
    DirectoryCut,
    /// The central directory breaks off before its declared size or number of entries.
    DirectoryDamaged,
    /// Two entries of the very same name. Android refuses the archive.
    DuplicateName,
    /// Names that are the same path once `.`, `..`, `//`, `\` and a last `/` are taken away.
    DuplicatePath,
    /// The flag for encryption is set. Android passes over it and reads the entry as if it were not.
    Encrypted,
    /// Another number of entries than declared. Android reads as many as declared.
    EntryCount,
    /// Contents more than a thousand times as large as what is stored, and above 1 MiB.
    ExtremeRatio,
    /// General-purpose flags of local and central header differ. Android takes those of the local header.
    FlagsDiffer,
    /// Sizes or CRC-32 of local and central header differ. Android refuses the entry.
    LocalDiffers,
    /// There is no local header where the central directory says, or none within the file. Android refuses the entry.
    LocalHeaderMissing,
    /// Compression methods of local and central header differ. Android takes that of the central directory.
    MethodDiffers,
    /// A method that is neither stored nor deflate. Android's resource reader takes the entry as stored.
    MethodUnknown,
    /// A name that begins at the root of a file system.
    NameAbsolute,
    /// A name with `\`, which some systems take for a separator.
    NameBackslash,
    /// A name with a control character.
    NameControl,
    /// An empty name.
    NameEmpty,
    /// A name with a NUL byte. Android refuses the archive.
    NameNul,
    /// A name that is no UTF-8. Android refuses the archive.
    NameNotUtf8,
    /// A name that leads out of its folder by `..`.
    NameParent,
    /// The local header has another name than the central directory. Android refuses the entry.
    NameDiffers,
    /// Names that differ in case alone. Usual where resource paths were shortened; lost on some file systems.
    NamesByCase,
    /// Offsets are counted from elsewhere than the beginning of the file. Android refuses the archive.
    OffsetsShifted,
    /// Entries that share bytes.
    Overlap,
    /// The data of an entry reach into the central directory or beyond the file. Android refuses the entry.
    OutOfBounds,
    /// A second end record within the last 64 KiB. Readers differ in which one they take.
    SeveralEnds,
    /// The contents are larger or smaller than declared. Android refuses to extract them.
    SizeDiffers,
    /// A stored entry whose two sizes differ. Android reads the uncompressed size.
    StoredSizes,
    /// All contents together are declared larger than 8 GiB.
    TotalSize,
    /// Bytes of an entry behind the end of its compressed contents.
    UnusedData,
    /// A field says that a ZIP64 record has the value, and there is none that fits. Android refuses the archive or entry.
    Zip64Missing,
}

/// Collects anomalies within bounds.
#[derive(Debug, Default)]
pub(super) struct Anomalies {
    list: Vec<Anomaly>,
    seen: BTreeMap<AnomalyKind, usize>,
}

impl Anomalies {
    /// The detail is written only where there is room for it.
    pub(super) fn add(&mut self, kind: AnomalyKind, entry: &str, detail: Arguments<'_>) {
        let seen = self.seen.entry(kind).or_default();
        *seen = seen.saturating_add(1);
        if *seen <= MAX_ANOMALIES {
            self.list.push(Anomaly::new(kind, entry, detail));
        }
    }

    /// Sorted, at most [`MAX_ANOMALIES`], and how many were left out.
    pub(super) fn finish(self) -> (Vec<Anomaly>, u64) {
        let total: usize = self.seen.values().copied().fold(0, usize::saturating_add);
        let mut counts = BTreeMap::new();
        let mut ranked: Vec<(usize, Anomaly)> = self
            .list
            .into_iter()
            .map(|anomaly| {
                let rank: &mut usize = counts.entry(anomaly.kind).or_default();
                *rank = rank.saturating_add(1);
                (*rank, anomaly)
            })
            .collect();
        ranked.sort();
        ranked.truncate(MAX_ANOMALIES);
        let mut list: Vec<_> = ranked.into_iter().map(|(_, anomaly)| anomaly).collect();
        list.sort();
        let left_out = total.saturating_sub(list.len()) as u64;
        (list, left_out)
    }
}
