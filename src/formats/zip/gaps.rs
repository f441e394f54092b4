//! What lies before, between and behind the entries, and entries that share bytes.

use super::{
    AnomalyKind, ZipError,
    anomaly::Anomalies,
    entry::{DESCRIPTOR, Entry},
    source::{ReadAt, bytes, u64_at},
};

/// The longest data descriptor: signature, CRC-32 and two sizes of eight bytes.
const LONGEST_DESCRIPTOR: u64 = 24;
/// Signing blocks are aligned to pages by zeros before them.
const PAGE: u64 = 4096;
const APK_BLOCK: &[u8] = b"APK Sig Block 42";
const HAP_BLOCKS: [&[u8]; 2] = [b"<hap sign block>", b"HAP Sig Block 42"];
/// Of an APK signing block: its size once more, and the magic.
const APK_FOOTER: usize = 24;
/// Of a HAP signing block: number of blocks, size of all, magic, version.
const HAP_FOOTER: usize = 32;

/// Goes along the entries in the order of their offsets.
pub(super) struct Gaps<'a> {
    source: &'a dyn ReadAt,
    directory: u64,
    /// Where the entries that were seen end; `None` before the first.
    reached: Option<u64>,
    /// A data descriptor may follow there.
    descriptor: bool,
}

impl<'a> Gaps<'a> {
    pub(super) fn new(source: &'a dyn ReadAt, directory: u64) -> Self {
        Self { source, directory, reached: None, descriptor: false }
    }

    pub(super) fn entry(&mut self, entry: &Entry, anomalies: &mut Anomalies) -> Result<(), ZipError> {
        let Some(data) = entry.data else { return Ok(()) };
        let (start, stop) = (entry.local_header, data.saturating_add(entry.span()));
        if stop > self.directory {
            let text = format_args!("its data end at {stop}, the central directory begins at {}", self.directory);
            anomalies.add(AnomalyKind::OutOfBounds, &entry.name, text);
        }
        match self.reached {
            None => self.before(start, anomalies)?,
            Some(reached) if start < reached => {
                let text = format_args!("begins at {start}, where another goes to {reached}");
                anomalies.add(AnomalyKind::Overlap, &entry.name, text);
            }
            Some(reached) => {
                let gap = start.saturating_sub(reached);
                if gap > self.slack() {
                    let text = format_args!("{gap} bytes before the entry, at {reached}");
                    anomalies.add(AnomalyKind::DataBetweenEntries, &entry.name, text);
                }
            }
        }
        if self.reached.is_none_or(|reached| stop >= reached) {
            (self.reached, self.descriptor) = (Some(stop), entry.flags & DESCRIPTOR != 0);
        }
        Ok(())
    }

    fn slack(&self) -> u64 {
        if self.descriptor { LONGEST_DESCRIPTOR } else { 0 }
    }

    fn before(&self, start: u64, anomalies: &mut Anomalies) -> Result<(), ZipError> {
        if start > 0 {
            anomalies.add(AnomalyKind::DataBeforeEntries, "", format_args!("{start} bytes"));
        }
        let magic = bytes(self.source, 0, 8)?;
        if magic.starts_with(b"dex\n0") && magic.last() == Some(&0) {
            anomalies.add(AnomalyKind::DexPrefix, "", format_args!("the file begins with the magic of a DEX file"));
        }
        Ok(())
    }

    /// What is behind the last entry: a signing block is none of the oddities.
    pub(super) fn finish(self, anomalies: &mut Anomalies) -> Result<(), ZipError> {
        let stop = block(self.source, self.directory)?;
        let reached = self.reached.unwrap_or_default();
        let gap = stop.saturating_sub(reached);
        if gap <= self.slack() || (stop < self.directory && self.is_padding(reached, gap)?) {
            return Ok(());
        }
        anomalies.add(AnomalyKind::DataAfterEntries, "", format_args!("{gap} bytes at {reached}"));
        Ok(())
    }

    fn is_padding(&self, at: u64, gap: u64) -> Result<bool, ZipError> {
        if gap >= PAGE.saturating_add(self.slack()) {
            return Ok(false);
        }
        let padding = bytes(self.source, at, usize::try_from(gap).unwrap_or_default())?;
        let skip = usize::try_from(self.slack()).unwrap_or_default();
        Ok(padding.iter().skip(skip).all(|byte| *byte == 0))
    }
}

/// Where the signing block before the central directory begins; the directory itself where there is none.
fn block(source: &dyn ReadAt, directory: u64) -> Result<u64, ZipError> {
    let Some(at) = directory.checked_sub(HAP_FOOTER as u64) else { return Ok(directory) };
    let footer = bytes(source, at, HAP_FOOTER)?;
    // The size of an APK signing block does not count its own first copy.
    let apk =
        footer.ends_with(APK_BLOCK).then(|| u64_at(&footer, HAP_FOOTER.saturating_sub(APK_FOOTER))?.checked_add(8));
    let hap = HAP_BLOCKS.iter().any(|magic| footer.get(12..28) == Some(*magic)).then(|| u64_at(&footer, 4));
    let size = apk.or(hap).flatten().unwrap_or_default();
    Ok(directory.checked_sub(size).unwrap_or(directory))
}
