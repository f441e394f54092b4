//! The central directory (APPNOTE.TXT 4.3.12), read through a window.
//!
//! Android (libziparchive, `ParseZipArchive`) reads exactly the declared number of entries from exactly the declared place
//! and refuses the archive where anything does not fit. Here what can be read is read, and what Android refuses is an anomaly.

use super::{
    AnomalyKind, ZipError,
    anomaly::Anomalies,
    end::End,
    entry::Entry,
    local,
    source::{ReadAt, Window, read_range, u16_at, u32_at, u64_at},
};

/// Entries that are read at most.
pub const MAX_ENTRIES: usize = 200_000;

/// Bytes of names that are held at most.
const MAX_NAMES: usize = 16 << 20;

const SIGNATURE: &[u8] = b"PK\x01\x02";
const HEADER: usize = 46;
const AHEAD: usize = 64 << 10;
/// Header id of the ZIP64 extended information (APPNOTE.TXT 4.5.3).
const ZIP64_EXTRA: u16 = 1;

/// The central directory as it was found.
#[derive(Debug)]
pub(super) struct Directory {
    pub(super) offset: u64,
    /// Bytes of the records that were read.
    pub(super) size: u64,
    /// Entries were left out.
    pub(super) is_cut: bool,
    pub(super) entries: Vec<Entry>,
}

/// Reads the central directory.
pub(super) fn read(source: &dyn ReadAt, end: &End, anomalies: &mut Anomalies) -> Result<Directory, ZipError> {
    let offset = locate(source, end)?;
    let moved = offset.wrapping_sub(end.directory);
    if moved != 0 {
        let text = format_args!("the central directory is at {offset}, not at {}", end.directory);
        anomalies.add(AnomalyKind::OffsetsShifted, "", text);
    }
    let Records { mut entries, stop, is_cut } = records(source, end, offset, anomalies)?;
    shift(source, &mut entries, moved)?;
    if entries.len() as u64 != end.entries && !is_cut {
        let text = format_args!("{} declared, {} there", end.entries, entries.len());
        anomalies.add(AnomalyKind::EntryCount, "", text);
    }
    let behind = end.limit.saturating_sub(stop);
    if behind > 0 && !is_cut {
        let text = format_args!("{behind} bytes between the central directory and the end record");
        anomalies.add(AnomalyKind::DataBeforeEnd, "", text);
    }
    Ok(Directory { offset, size: stop.saturating_sub(offset), is_cut, entries })
}

/// Where it says it is, else right before the end record, as when bytes were put before the archive.
fn locate(source: &dyn ReadAt, end: &End) -> Result<u64, ZipError> {
    let begins = |offset: u64| -> Result<bool, ZipError> {
        Ok(offset < end.limit && read_range(source, offset, SIGNATURE.len())? == SIGNATURE)
    };
    let (declared, size) = (end.directory, end.directory_size);
    let fits = declared.checked_add(size).is_some_and(|stop| stop <= end.limit);
    if end.entries == 0 && size == 0 && fits {
        return Ok(declared);
    }
    if fits && begins(declared)? {
        return Ok(declared);
    }
    match end.limit.checked_sub(size) {
        Some(shifted) if begins(shifted)? => Ok(shifted),
        _ if begins(declared)? => Ok(declared),
        _ => Err(ZipError::NoDirectory { offset: declared }),
    }
}

/// Local headers have moved as far as the directory where bytes were put before both, and not where they were put between.
fn shift(source: &dyn ReadAt, entries: &mut [Entry], moved: u64) -> Result<(), ZipError> {
    let Some(first) = entries.iter().map(|entry| entry.local_header).min().filter(|_| moved != 0) else {
        return Ok(());
    };
    if read_range(source, first.wrapping_add(moved), local::SIGNATURE.len())? == local::SIGNATURE {
        for entry in entries {
            entry.local_header = entry.local_header.wrapping_add(moved);
        }
    }
    Ok(())
}

/// The entries, and where the first byte behind them is.
struct Records {
    entries: Vec<Entry>,
    stop: u64,
    is_cut: bool,
}

fn records(source: &dyn ReadAt, end: &End, offset: u64, anomalies: &mut Anomalies) -> Result<Records, ZipError> {
    let declared_stop = offset.saturating_add(end.directory_size);
    let (mut entries, mut names, mut at) = (Vec::new(), 0_usize, offset);
    let mut window = Window::new(source);
    // Records that follow one another are read for as long as either the declared size or the declared number asks for more.
    while at < end.limit && (at < declared_stop || (entries.len() as u64) < end.entries) {
        if entries.len() >= MAX_ENTRIES || names >= MAX_NAMES {
            let text = format_args!("{} entries were read of {} declared", entries.len(), end.entries);
            anomalies.add(AnomalyKind::DirectoryCut, "", text);
            return Ok(Records { entries, stop: at, is_cut: true });
        }
        let left = usize::try_from(end.limit.saturating_sub(at)).unwrap_or(usize::MAX);
        let Some(record) = Record::read(&mut window, at, left)? else {
            anomalies.add(AnomalyKind::DirectoryDamaged, "", format_args!("no record at {at}"));
            break;
        };
        let entry = record.entry(anomalies);
        names = names.saturating_add(entry.raw_name.len());
        at = at.saturating_add(record.0.len() as u64);
        entries.push(entry);
    }
    Ok(Records { entries, stop: at, is_cut: false })
}

/// The bytes of one record, its variable parts included.
struct Record<'a>(&'a [u8]);

impl<'a> Record<'a> {
    fn read(window: &'a mut Window<'_>, at: u64, left: usize) -> Result<Option<Self>, ZipError> {
        let fixed = window.at(at, HEADER.min(left), AHEAD.min(left))?;
        if !fixed.starts_with(SIGNATURE) || fixed.len() < HEADER {
            return Ok(None);
        }
        let lengths = [28, 30, 32].map(|at| usize::from(u16_at(fixed, at).unwrap_or_default()));
        let whole = lengths.into_iter().fold(HEADER, usize::saturating_add);
        if whole > left {
            return Ok(None);
        }
        let bytes = window.at(at, whole, AHEAD.min(left))?;
        Ok((bytes.len() == whole).then_some(Self(bytes)))
    }

    fn short(&self, at: usize) -> u16 {
        u16_at(self.0, at).unwrap_or_default()
    }

    fn long(&self, at: usize) -> u32 {
        u32_at(self.0, at).unwrap_or_default()
    }

    fn entry(&self, anomalies: &mut Anomalies) -> Entry {
        let name_end = HEADER.saturating_add(self.short(28).into());
        let raw_name = self.0.get(HEADER..name_end).unwrap_or_default();
        let extra_end = name_end.saturating_add(self.short(30).into());
        let extra = self.0.get(name_end..extra_end).unwrap_or_default();
        let name = String::from_utf8_lossy(raw_name).into_owned();
        let mut wide = [self.long(24), self.long(20), self.long(42)].map(u64::from);
        if !widen(&mut wide, extra) {
            anomalies.add(AnomalyKind::Zip64Missing, &name, format_args!("no ZIP64 field of the central header fits"));
        }
        let [uncompressed, compressed, local_header] = wide;
        Entry {
            name,
            raw_name: raw_name.to_vec(),
            method: self.short(10),
            flags: self.short(8),
            crc32: self.long(16),
            compressed,
            uncompressed,
            local_header,
            data: None,
            modified: self.long(12),
            external_attributes: self.long(38),
            made_by: self.short(4),
        }
    }
}

/// Takes the values that a header has no room for from its ZIP64 field, in its order. False where one is missing.
pub(super) fn widen(values: &mut [u64], extra: &[u8]) -> bool {
    let is_full = |value: &u64| *value == u64::from(u32::MAX);
    if !values.iter().any(is_full) {
        return true;
    }
    let Some(mut field) = extra_field(extra, ZIP64_EXTRA) else { return false };
    for value in values.iter_mut().filter(|value| is_full(value)) {
        let Some(wide) = u64_at(field, 0) else { return false };
        *value = wide;
        field = field.get(8..).unwrap_or_default();
    }
    true
}

/// The contents of the first field with this id.
fn extra_field(mut extra: &[u8], id: u16) -> Option<&[u8]> {
    loop {
        let length = usize::from(u16_at(extra, 2)?);
        let body = extra.get(4..length.checked_add(4)?)?;
        if u16_at(extra, 0)? == id {
            return Some(body);
        }
        extra = extra.get(length.checked_add(4)?..)?;
    }
}
