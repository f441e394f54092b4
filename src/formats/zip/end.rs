//! The end of the central directory (APPNOTE.TXT 4.3.14 to 4.3.16), searched from the end of the file.
//!
//! Android (libziparchive, `FindCentralDirectoryInfo`) takes the last signature and refuses the archive unless the comment
//! ends with the file; apksig takes the last one whose comment does. Here: that of apksig, else the last that makes sense.

use super::{
    AnomalyKind, ZipError,
    anomaly::Anomalies,
    source::{ReadAt, read_range, u16_at, u32_at, u64_at},
};

/// Length of the end record without its comment.
pub(super) const RECORD: usize = 22;
/// The record with the longest comment.
const SEARCH: usize = RECORD + 0xffff;
/// How far back an end record is searched that has foreign bytes behind it.
const FAR: usize = 1 << 20;
const SIGNATURE: &[u8] = b"PK\x05\x06";
const LOCATOR: &[u8] = b"PK\x06\x07";
const LOCATOR_LENGTH: u64 = 20;
const ZIP64: &[u8] = b"PK\x06\x06";
const ZIP64_LENGTH: usize = 56;

/// What the end records say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// Offset of the end record.
    pub(super) offset: u64,
    /// The record, its comment and whatever follows, at most 64 KiB.
    pub(super) bytes: Vec<u8>,
    /// Where the central directory ends at the latest: the ZIP64 record, else the end record.
    pub(super) limit: u64,
    /// Declared.
    pub(super) directory: u64,
    /// Declared.
    pub(super) directory_size: u64,
    /// Declared.
    pub(super) entries: u64,
}

/// Finds the end records.
pub(super) fn find(source: &dyn ReadAt, anomalies: &mut Anomalies) -> Result<End, ZipError> {
    let (start, tail) = match tail_with_end(source, SEARCH)? {
        Some(found) => found,
        None => tail_with_end(source, FAR)?.ok_or(ZipError::NoEnd)?,
    };
    let at = chosen(start, &tail, anomalies).ok_or(ZipError::NoEnd)?;
    let record = tail.get(at..).unwrap_or_default();
    let short = |at| u16_at(record, at).unwrap_or_default();
    let long = |at| u32_at(record, at).unwrap_or_default();
    let offset = start.saturating_add(at as u64);
    let mut end = End {
        offset,
        bytes: record.get(..record.len().min(SEARCH)).unwrap_or_default().to_vec(),
        limit: offset,
        directory: long(16).into(),
        directory_size: long(12).into(),
        entries: short(10).into(),
    };
    let comment = usize::from(short(20));
    let behind = record.len().saturating_sub(RECORD);
    if comment > behind {
        anomalies.add(AnomalyKind::CommentLength, "", format_args!("{comment} bytes declared, {behind} there"));
    } else if comment < behind {
        let more = behind.saturating_sub(comment);
        anomalies.add(AnomalyKind::DataAfterEnd, "", format_args!("{more} bytes"));
    }
    // The fields that send libziparchive to the ZIP64 record.
    let saturated = short(8) == u16::MAX || short(10) == u16::MAX || long(12) == u32::MAX || long(16) == u32::MAX;
    if saturated || short(20) == u16::MAX {
        match zip64(source, offset)? {
            Some(wide) => (end.limit, end.directory, end.directory_size, end.entries) = wide,
            None => {
                anomalies.add(AnomalyKind::Zip64Missing, "", format_args!("no ZIP64 end record before the end record"))
            }
        }
    }
    Ok(end)
}

/// The last `len` bytes and where they begin, if there is a signature in them.
fn tail_with_end(source: &dyn ReadAt, len: usize) -> Result<Option<(u64, Vec<u8>)>, ZipError> {
    let start = source.len().saturating_sub(len as u64);
    let tail = read_range(source, start, len)?;
    let found = signatures(&tail).next().is_some();
    Ok(found.then_some((start, tail)))
}

/// Where whole end records may begin, the last first.
fn signatures(tail: &[u8]) -> impl Iterator<Item = usize> + '_ {
    let last = tail.len().checked_sub(RECORD);
    let places = last.map_or(0..0, |last| 0..last.saturating_add(1));
    places.rev().filter(|at| tail.get(*at..).is_some_and(|rest| rest.starts_with(SIGNATURE)))
}

fn chosen(start: u64, tail: &[u8], anomalies: &mut Anomalies) -> Option<usize> {
    let exact = |at: &usize| {
        let comment = u16_at(tail, at.saturating_add(20)).map(usize::from);
        comment.and_then(|comment| at.checked_add(RECORD)?.checked_add(comment)) == Some(tail.len())
    };
    let sensible = |at: &usize| {
        let size = u32_at(tail, at.saturating_add(12)).map_or(0, u64::from);
        let zip64 = size == u64::from(u32::MAX);
        zip64 || size <= start.saturating_add(*at as u64)
    };
    let chosen = signatures(tail).find(exact).or_else(|| signatures(tail).find(sensible))?;
    let others = signatures(tail).filter(|at| *at > chosen).count();
    if others > 0 {
        anomalies.add(AnomalyKind::SeveralEnds, "", format_args!("{others} more after the one that was taken"));
    }
    Some(chosen)
}

/// Where the ZIP64 record is, the central directory's offset and size, and the number of entries.
fn zip64(source: &dyn ReadAt, end: u64) -> Result<Option<(u64, u64, u64, u64)>, ZipError> {
    let Some(at) = end.checked_sub(LOCATOR_LENGTH) else { return Ok(None) };
    let locator = read_range(source, at, 20)?;
    if !locator.starts_with(LOCATOR) {
        return Ok(None);
    }
    // Where it is said to be, else right before its locator, where it is when offsets are shifted.
    let declared = u64_at(&locator, 8);
    for offset in [declared, at.checked_sub(ZIP64_LENGTH as u64)].into_iter().flatten().filter(|offset| *offset < at) {
        let record = read_range(source, offset, ZIP64_LENGTH)?;
        if let (true, Some(entries), Some(size), Some(directory)) =
            (record.starts_with(ZIP64), u64_at(&record, 32), u64_at(&record, 40), u64_at(&record, 48))
        {
            return Ok(Some((offset, directory, size, entries)));
        }
    }
    Ok(None)
}
