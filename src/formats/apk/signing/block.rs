//! The signing block before the central directory (source.android.com, "APK signature scheme v2", "APK signing block").
//!
//! Where it is not just where Android looks for it, Android does not see it: then it counts as not there.

use std::collections::BTreeMap;

use super::{
    digest::{Contents, exactly},
    fields::Fields,
    issue::{Issue, IssueCode},
    report::{BlockEntry, SigningBlock},
};
use crate::formats::zip::Archive;

pub(super) const V2: u32 = 0x7109_871a;
pub(super) const V3: u32 = 0xf053_68c0;
pub(super) const V31: u32 = 0x1b93_ad61;
/// A classical signature and one that resists quantum computers, from Android 17 on (source.android.com, "APK signature
/// scheme v3.2").
pub(super) const V32: u32 = 0x70e1_c89f;
pub(super) const STAMP_V1: u32 = 0x2b09_189e;
pub(super) const STAMP_V2: u32 = 0x6dff_800d;

const MAGIC: &[u8] = b"APK Sig Block 42";
/// Length and magic at the end.
const FOOTER: usize = 24;
/// Channels and stores keep their own data in it; what is larger than this is not read.
const MAX_BLOCK: u64 = 16 << 20;
/// Length of an end record without comment, and of one with the longest.
const END: std::ops::RangeInclusive<usize> = 22..=22 + 0xffff;
const MAX_ENTRIES: usize = 100;

/// Ids that something is known of. Those beside the schemes are of AOSP `apksig` and of the tools that write them.
const NAMES: &[(u32, &str)] = &[
    (V2, "v2"),
    (V3, "v3"),
    (V31, "v3.1"),
    (V32, "v3.2"),
    (STAMP_V1, "source-stamp-v1"),
    (STAMP_V2, "source-stamp-v2"),
    (0x4272_6577, "verity-padding"),
    (0x504b_4453, "dependency-metadata"),
    (0x2146_444e, "google-play-frosting"),
    (0x7177_7777, "walle-channel"),
    (0x881d_a7cf, "vasdolly-channel"),
];

/// The block, if Android sees one.
pub(super) struct Block<'a> {
    pub(super) contents: Contents<'a>,
    bytes: Vec<u8>,
    /// Id and where its value is; those before the first that is malformed.
    entries: Vec<(u32, std::ops::Range<usize>)>,
    malformed: Option<Issue>,
}

/// Finds the block.
///
/// # Errors
/// There is one, and it is not where or as Android takes it.
pub(super) fn find<'a>(archive: &Archive<'a>) -> Result<Option<Block<'a>>, Issue> {
    let (source, layout) = (archive.source(), archive.layout());
    let end = layout.end_of_central_directory;
    let length = usize::try_from(source.len().saturating_sub(end)).unwrap_or(usize::MAX);
    let Some(record) = layout.end.get(..length).filter(|record| END.contains(&record.len())) else { return Ok(None) };
    // As declared: where offsets are shifted by what was put before the archive, Android looks in the wrong place too.
    let mut declared = Fields::new(record.get(12..20).unwrap_or_default());
    let (Ok(size), Ok(directory)) = (declared.u32(), declared.u32()) else { return Ok(None) };
    let (size, directory) = (u64::from(size), u64::from(directory));
    if directory.checked_add(size) != Some(end) || directory < FOOTER as u64 + 8 {
        return misplaced(archive);
    }
    let footer = exactly(source, directory.saturating_sub(FOOTER as u64), FOOTER)?;
    let Some(length) = footer.strip_suffix(MAGIC).and_then(|length| Fields::new(length).u64().ok()) else {
        return Ok(None);
    };
    let malformed = |what: &str| Issue::new(IssueCode::BlockMalformed, format!("{what}: {length} bytes at its end"));
    let whole = length.checked_add(8).filter(|_| length >= FOOTER as u64);
    let offset = whole.and_then(|whole| directory.checked_sub(whole)).ok_or_else(|| malformed("impossible length"))?;
    if length > MAX_BLOCK {
        return Err(Issue::new(IssueCode::BlockTooLarge, format!("{length} bytes")));
    }
    let inside = usize::try_from(length).map_err(|_| malformed("impossible length"))?;
    let bytes = exactly(source, offset, inside.saturating_add(8))?;
    if Fields::new(&bytes).u64() != Ok(length) {
        return Err(malformed("another length at its beginning"));
    }
    let contents = Contents::new(source, offset, directory, end, record);
    let (entries, malformed) = entries(&bytes);
    Ok(Some(Block { contents, bytes, entries, malformed }))
}

/// A block where the directory is, and not where it is said to be.
fn misplaced<'a>(archive: &Archive<'a>) -> Result<Option<Block<'a>>, Issue> {
    let directory = archive.layout().central_directory;
    let Some(at) = directory.checked_sub(MAGIC.len() as u64) else { return Ok(None) };
    let there = exactly(archive.source(), at, MAGIC.len()).is_ok_and(|found| found == MAGIC);
    if there { Err(Issue::new(IssueCode::BlockMalformed, "offsets in the end record pass it by")) } else { Ok(None) }
}

/// Pairs of a length in eight bytes and as many bytes, of which the first four are an id.
fn entries(bytes: &[u8]) -> (Vec<(u32, std::ops::Range<usize>)>, Option<Issue>) {
    let until = bytes.len().saturating_sub(FOOTER);
    let mut pairs = Fields::new(bytes.get(8..until).unwrap_or_default());
    let mut out = Vec::new();
    while !pairs.is_empty() {
        let start = until.saturating_sub(pairs.rest().len());
        let length = pairs.u64().ok().and_then(|length| i32::try_from(length).ok()).filter(|length| *length >= 4);
        let pair = length.and_then(|length| pairs.bytes(usize::try_from(length).ok()?).ok());
        let Some((id, pair)) = pair.and_then(|pair| Some((Fields::new(pair).u32().ok()?, pair))) else {
            let issue = Issue::new(IssueCode::BlockMalformed, format!("entry {}", out.len() + 1));
            return (out, Some(issue));
        };
        out.push((id, start + 12..start + 8 + pair.len()));
    }
    (out, None)
}

impl Block<'_> {
    /// The first entry of an id.
    pub(super) fn entry(&self, id: u32) -> Option<&[u8]> {
        let (_, range) = self.entries.iter().find(|(other, _)| *other == id)?;
        self.bytes.get(range.clone())
    }

    /// What it is like, for people.
    pub(super) fn describe(&self) -> SigningBlock {
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let mut times: BTreeMap<u32, usize> = BTreeMap::new();
        self.entries.iter().for_each(|(id, _)| *times.entry(*id).or_default() += 1);
        SigningBlock {
            present: true,
            offset: i64::try_from(self.contents.block).unwrap_or(i64::MAX),
            bytes: count(self.bytes.len()),
            entries: self
                .entries
                .iter()
                .take(MAX_ENTRIES)
                .map(|(id, range)| BlockEntry { id: text(*id), name: name(*id), bytes: count(range.len()) })
                .collect(),
            left_out: count(self.entries.len().saturating_sub(MAX_ENTRIES)),
            duplicates: times
                .iter()
                .filter(|(_, times)| **times > 1)
                .map(|(id, _)| text(*id))
                .take(MAX_ENTRIES)
                .collect(),
            errors: self.malformed.iter().cloned().collect(),
        }
    }
}

fn text(id: u32) -> String {
    format!("{id:#010x}")
}

fn name(id: u32) -> String {
    NAMES.iter().find(|(known, _)| *known == id).map_or_else(String::new, |(_, name)| (*name).to_owned())
}
