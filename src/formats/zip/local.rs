//! Local headers (APPNOTE.TXT 4.3.7) against the central directory, and what lies around them.
//!
//! Headers are read in the order of their offsets, neighbours together, so that a hundred thousand of them are not as many
//! reads. What must be equal is what Android (libziparchive, `FindEntry`) wants equal; it takes the method and the sizes of
//! the central directory, and the place of the data from the lengths in the local header.

use super::{
    AnomalyKind, ZipError,
    anomaly::Anomalies,
    directory::{Directory, widen},
    entry::{DESCRIPTOR, Entry},
    gaps::Gaps,
    source::{ReadAt, Window, u16_at, u32_at},
};

pub(super) const SIGNATURE: &[u8] = b"PK\x03\x04";
pub(super) const HEADER: usize = 30;
/// Read at once where headers are close together.
const AHEAD: u64 = 64 << 10;
/// Further apart than this, headers are read one by one.
const CLOSE: u64 = 4 << 10;
/// Neighbours that are looked at to know how far to read.
const NEIGHBOURS: usize = 2048;
/// Read of a header that stands alone: most are not longer.
const ALONE: u64 = 512;

/// Looks at the local header of every entry, and sets where its data begin.
pub(super) fn compare(
    source: &dyn ReadAt,
    directory: &mut Directory,
    anomalies: &mut Anomalies,
) -> Result<(), ZipError> {
    let mut order: Vec<(u64, usize)> =
        directory.entries.iter().enumerate().map(|(index, entry)| (entry.local_header, index)).collect();
    order.sort_unstable();
    let mut window = Window::new(source);
    let mut gaps = Gaps::new(directory.offset);
    for (place, (offset, index)) in order.iter().enumerate() {
        let Some(entry) = directory.entries.get_mut(*index) else { continue };
        warm(&mut window, &order, place, gaps.begins(*offset), entry.raw_name.len())?;
        let Some(header) = Local::read(&mut window, *offset)? else {
            anomalies.add(AnomalyKind::LocalHeaderMissing, &entry.name, format_args!("none at {offset}"));
            continue;
        };
        header.differences(entry, anomalies);
        entry.data = Some(header.data(*offset));
        let has_descriptor = header.has_descriptor();
        gaps.before(&mut window, entry, anomalies)?;
        gaps.after(entry, has_descriptor, anomalies);
    }
    // Behind the last entry that was read are those that were not.
    if directory.is_cut { Ok(()) } else { gaps.finish(source, anomalies) }
}

/// Reads the header at `place` together with its neighbours, and with what lies before it from `begins` on.
fn warm(
    window: &mut Window<'_>,
    order: &[(u64, usize)],
    place: usize,
    begins: u64,
    name: usize,
) -> Result<(), ZipError> {
    let start = order.get(place).map_or(0, |(offset, _)| *offset);
    let before = start.saturating_sub(begins);
    let before = if before <= CLOSE.saturating_add(ALONE) { before } else { 0 };
    let lead = usize::try_from(before).unwrap_or_default();
    let wanted = lead.saturating_add(HEADER).saturating_add(name);
    let ahead = || lead.saturating_add(ahead(order, place));
    window.at_lazily(start.saturating_sub(before), wanted, ahead).map(|_| ())
}

/// How much to read at the header at `place`: as far as the next ones are close.
fn ahead(order: &[(u64, usize)], place: usize) -> usize {
    let following = order.get(place..).unwrap_or_default();
    let start = following.first().map_or(0, |(offset, _)| *offset);
    let limit = start.saturating_add(AHEAD);
    let mut stop = start.saturating_add(ALONE);
    for (offset, _) in following.iter().take(NEIGHBOURS).skip(1) {
        if *offset > stop.saturating_add(CLOSE) || stop >= limit {
            break;
        }
        stop = stop.max(offset.saturating_add(ALONE));
    }
    usize::try_from(stop.min(limit).saturating_sub(start)).unwrap_or_default()
}

/// A local header with its name and, where it has the sizes, its extra field.
struct Local<'a> {
    bytes: &'a [u8],
    name: usize,
}

impl<'a> Local<'a> {
    fn read(window: &'a mut Window<'_>, offset: u64) -> Result<Option<Self>, ZipError> {
        let fixed = window.at(offset, HEADER, HEADER)?;
        let (Some(name), Some(extra)) = (u16_at(fixed, 26), u16_at(fixed, 28)) else { return Ok(None) };
        if !fixed.starts_with(SIGNATURE) {
            return Ok(None);
        }
        let name = usize::from(name);
        let is_wide = u32_at(fixed, 18) == Some(u32::MAX) || u32_at(fixed, 22) == Some(u32::MAX);
        let wanted = if is_wide { usize::from(extra) } else { 0 };
        let whole = HEADER.saturating_add(name).saturating_add(wanted);
        Ok(Some(Self { bytes: window.at(offset, whole, whole)?, name }))
    }

    fn short(&self, at: usize) -> u16 {
        u16_at(self.bytes, at).unwrap_or_default()
    }

    fn long(&self, at: usize) -> u32 {
        u32_at(self.bytes, at).unwrap_or_default()
    }

    fn data(&self, offset: u64) -> u64 {
        offset.saturating_add(HEADER as u64).saturating_add(self.name as u64).saturating_add(self.short(28).into())
    }

    fn has_descriptor(&self) -> bool {
        self.short(6) & DESCRIPTOR != 0
    }

    fn differences(&self, entry: &Entry, anomalies: &mut Anomalies) {
        let name_end = HEADER.saturating_add(self.name);
        let name = self.bytes.get(HEADER..name_end).unwrap_or_default();
        if name != entry.raw_name {
            let text = format_args!("the local header says {:?}", String::from_utf8_lossy(name));
            anomalies.add(AnomalyKind::NameDiffers, &entry.name, text);
        }
        let (flags, method) = (self.short(6), self.short(8));
        if method != entry.method {
            let text = format_args!("{method} in the local header, {} in the central directory", entry.method);
            anomalies.add(AnomalyKind::MethodDiffers, &entry.name, text);
        }
        if flags != entry.flags {
            let text = format_args!("{flags:#06x} in the local header, {:#06x} in the central directory", entry.flags);
            anomalies.add(AnomalyKind::FlagsDiffer, &entry.name, text);
        }
        // Where a descriptor follows the data, the header need not know.
        if !self.has_descriptor() {
            self.sizes(entry, name_end, anomalies);
        }
    }

    fn sizes(&self, entry: &Entry, name_end: usize, anomalies: &mut Anomalies) {
        let mut wide = [self.long(22), self.long(18)].map(u64::from);
        if !widen(&mut wide, self.bytes.get(name_end..).unwrap_or_default()) {
            anomalies.add(
                AnomalyKind::Zip64Missing,
                &entry.name,
                format_args!("no ZIP64 field of the local header fits"),
            );
        }
        let [uncompressed, compressed] = wide;
        let crc32 = self.long(14);
        if (compressed, uncompressed, crc32) != (entry.compressed, entry.uncompressed, entry.crc32) {
            let text = format_args!(
                "{compressed}, {uncompressed} and {crc32:08x} in the local header, {}, {} and {:08x} in the central directory",
                entry.compressed, entry.uncompressed, entry.crc32
            );
            anomalies.add(AnomalyKind::LocalDiffers, &entry.name, text);
        }
    }
}
