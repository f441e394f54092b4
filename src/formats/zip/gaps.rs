//! What lies before, between and behind the entries, and entries that share bytes.
//!
//! Zeros are padding, and so are local headers without a name, of no contents: zipflinger, the archive writer of the Android
//! build, fills free space with them (`LocalFileHeader.fillVirtualEntry`). A signing block is expected where it is.

use super::{
    AnomalyKind, ZipError,
    anomaly::Anomalies,
    entry::Entry,
    local::{HEADER, SIGNATURE},
    source::{ReadAt, Window, read_range, u16_at, u32_at, u64_at},
};

/// A longer gap is no padding, whatever is in it.
const LONGEST_PADDING: u64 = 1 << 20;
const APK_BLOCK: &[u8] = b"APK Sig Block 42";
const HAP_BLOCKS: [&[u8]; 2] = [b"<hap sign block>", b"HAP Sig Block 42"];
/// Of an APK signing block: its size once more, and the magic.
const APK_FOOTER: usize = 24;
/// Of a HAP signing block: number of blocks, size of all, magic, version.
const HAP_FOOTER: usize = 32;
const DESCRIPTOR_SIGNATURE: &[u8] = b"PK\x07\x08";

/// Goes along the entries in the order of their offsets.
pub(super) struct Gaps {
    directory: u64,
    /// Where the data of the entries that were seen end; `None` before the first.
    reached: Option<u64>,
    /// The data descriptor that must follow there.
    descriptor: Option<Descriptor>,
}

impl Gaps {
    pub(super) fn new(directory: u64) -> Self {
        Self { directory, reached: None, descriptor: None }
    }

    /// Where the bytes begin that are looked at before a header at `offset`.
    pub(super) fn begins(&self, offset: u64) -> u64 {
        self.reached.unwrap_or_default().min(offset)
    }

    /// What is before the header of an entry.
    pub(super) fn before(
        &mut self,
        window: &mut Window<'_>,
        entry: &Entry,
        anomalies: &mut Anomalies,
    ) -> Result<(), ZipError> {
        let start = entry.local_header;
        let Some(reached) = self.reached else { return first(window, start, anomalies) };
        if start < reached {
            let text = format_args!("begins at {start}, where another goes to {reached}");
            anomalies.add(AnomalyKind::Overlap, &entry.name, text);
            return Ok(());
        }
        if let Some(left) = self.foreign(window, start, anomalies)? {
            let text = format_args!("{left} bytes before the entry at {start}");
            anomalies.add(AnomalyKind::DataBetweenEntries, &entry.name, text);
        }
        Ok(())
    }

    /// Takes note of where an entry ends.
    pub(super) fn after(&mut self, entry: &Entry, has_descriptor: bool, anomalies: &mut Anomalies) {
        let stop = entry.data.unwrap_or(entry.local_header).saturating_add(entry.span());
        if stop > self.directory {
            let text = format_args!("its data end at {stop}, the central directory begins at {}", self.directory);
            anomalies.add(AnomalyKind::OutOfBounds, &entry.name, text);
        }
        if self.reached.is_none_or(|reached| stop >= reached) {
            self.reached = Some(stop);
            self.descriptor = has_descriptor.then(|| Descriptor::of(entry));
        }
    }

    /// What is behind the last entry.
    pub(super) fn finish(mut self, source: &dyn ReadAt, anomalies: &mut Anomalies) -> Result<(), ZipError> {
        let Some(reached) = self.reached else { return Ok(()) };
        let stop = block(source, self.directory)?;
        if let Some(left) = self.foreign(&mut Window::new(source), stop, anomalies)? {
            anomalies.add(
                AnomalyKind::DataAfterEntries,
                "",
                format_args!("{left} bytes, the entries end at {reached}"),
            );
        }
        Ok(())
    }

    /// How many bytes up to `stop` are neither descriptor nor padding; `None` where all are.
    fn foreign(
        &mut self,
        window: &mut Window<'_>,
        stop: u64,
        anomalies: &mut Anomalies,
    ) -> Result<Option<u64>, ZipError> {
        let reached = self.reached.unwrap_or_default();
        let gap = stop.saturating_sub(reached);
        if gap == 0 && self.descriptor.is_none() {
            return Ok(None);
        }
        let len = usize::try_from(gap.min(LONGEST_PADDING)).unwrap_or_default();
        let between = window.at(reached, len, len)?;
        let used = self.descriptor.take().map_or(0, |descriptor| descriptor.check(between, anomalies));
        let left = gap.saturating_sub(used as u64);
        let padding = gap <= LONGEST_PADDING && is_padding(between.get(used..).unwrap_or_default());
        Ok((left > 0 && !padding).then_some(left))
    }
}

/// What is before the first entry.
fn first(window: &mut Window<'_>, start: u64, anomalies: &mut Anomalies) -> Result<(), ZipError> {
    let len = usize::try_from(start.min(LONGEST_PADDING)).unwrap_or_default();
    let before = window.at(0, len, len)?;
    if before.starts_with(b"dex\n0") && before.get(7) == Some(&0) {
        anomalies.add(AnomalyKind::DexPrefix, "", format_args!("the file begins with the magic of a DEX file"));
    }
    let padding = start <= LONGEST_PADDING && before.starts_with(SIGNATURE) && is_padding(before);
    if start > 0 && !padding {
        anomalies.add(AnomalyKind::DataBeforeEntries, "", format_args!("{start} bytes"));
    }
    Ok(())
}

/// Zeros, and local headers without name and contents whose extra field is zeros but for its own header and a number.
fn is_padding(mut bytes: &[u8]) -> bool {
    while bytes.starts_with(SIGNATURE) {
        let empty = u64_at(bytes, 14) == Some(0) && u32_at(bytes, 22) == Some(0) && u16_at(bytes, 8) == Some(0);
        let Some(stop) = u16_at(bytes, 28).and_then(|extra| HEADER.checked_add(extra.into())) else { return false };
        let Some(extra) = bytes.get(HEADER.saturating_add(6)..stop) else { return false };
        if !empty || extra.iter().any(|byte| *byte != 0) {
            return false;
        }
        bytes = bytes.get(stop..).unwrap_or_default();
    }
    bytes.iter().all(|byte| *byte == 0)
}

/// What follows the data of an entry whose sizes were not known when its header was written (APPNOTE.TXT 4.3.9).
struct Descriptor {
    name: String,
    crc32: u32,
    compressed: u64,
    uncompressed: u64,
}

impl Descriptor {
    fn of(entry: &Entry) -> Self {
        let Entry { name, crc32, compressed, uncompressed, .. } = entry;
        Self { name: name.clone(), crc32: *crc32, compressed: *compressed, uncompressed: *uncompressed }
    }

    /// Compares it as Android does (libziparchive, `ValidateDataDescriptor`), and says how long it is.
    fn check(&self, bytes: &[u8], anomalies: &mut Anomalies) -> usize {
        let signature = if bytes.starts_with(DESCRIPTOR_SIGNATURE) { DESCRIPTOR_SIGNATURE.len() } else { 0 };
        let body = bytes.get(signature..).unwrap_or_default();
        let sizes = (Some(self.compressed), Some(self.uncompressed));
        let narrow = (u32_at(body, 4).map(u64::from), u32_at(body, 8).map(u64::from)) == sizes;
        let wide = (u64_at(body, 4), u64_at(body, 12)) == sizes;
        // Eight bytes a size are expected only where four have no room.
        let wanted = if self.compressed.max(self.uncompressed) >= u32::MAX.into() { wide } else { narrow };
        if !wanted || u32_at(body, 0) != Some(self.crc32) {
            let text = format_args!(
                "the data descriptor is not {:08x}, {} and {}",
                self.crc32, self.compressed, self.uncompressed
            );
            anomalies.add(AnomalyKind::DescriptorDiffers, &self.name, text);
        }
        match (narrow, wide) {
            (_, true) if !narrow => signature.saturating_add(20),
            (true, _) => signature.saturating_add(12),
            _ if signature > 0 => signature.saturating_add(12),
            _ => 0,
        }
    }
}

/// Where the signing block before the central directory begins; the directory itself where there is none.
fn block(source: &dyn ReadAt, directory: u64) -> Result<u64, ZipError> {
    let Some(at) = directory.checked_sub(HAP_FOOTER as u64) else { return Ok(directory) };
    let footer = read_range(source, at, HAP_FOOTER)?;
    // The size of an APK signing block does not count its own first copy.
    let apk =
        footer.ends_with(APK_BLOCK).then(|| u64_at(&footer, HAP_FOOTER.saturating_sub(APK_FOOTER))?.checked_add(8));
    let hap = HAP_BLOCKS.iter().any(|magic| footer.get(12..28) == Some(*magic)).then(|| u64_at(&footer, 4));
    let size = apk.or(hap).flatten().unwrap_or_default();
    Ok(directory.checked_sub(size).unwrap_or(directory))
}
