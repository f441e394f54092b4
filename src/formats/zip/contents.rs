//! The contents of an entry, in windows and never more than asked for.

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{
    Anomaly, AnomalyKind, ZipError,
    entry::Entry,
    source::{ReadAt, fill},
};

/// What is read, and handed on, at once.
pub const WINDOW: usize = 64 << 10;

/// What came of reading an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streamed {
    /// Bytes that were handed on.
    pub bytes: u64,
    /// Of those bytes.
    pub crc32: u32,
    /// Bytes of the archive that belong to the entry and come after the end of its compressed contents.
    pub unused: u64,
    /// False where the contents go on: reading stops one window after the declared size, since no platform hands out more.
    pub complete: bool,
}

impl Streamed {
    /// What the contents show to be odd about the entry.
    pub(super) fn check(self, entry: &Entry) -> Option<Anomaly> {
        if self.bytes != entry.uncompressed || !self.complete {
            let more = if self.complete { "" } else { "more than " };
            let text = format_args!("{} bytes declared, {more}{} there", entry.uncompressed, self.bytes);
            return Some(Anomaly::new(AnomalyKind::SizeDiffers, &entry.name, text));
        }
        if self.crc32 != entry.crc32 {
            let text = format_args!("{:08x} declared, {:08x} found", entry.crc32, self.crc32);
            return Some(Anomaly::new(AnomalyKind::CrcDiffers, &entry.name, text));
        }
        if self.unused > 0 {
            let text = format_args!("{} of {} bytes", self.unused, entry.compressed);
            return Some(Anomaly::new(AnomalyKind::UnusedData, &entry.name, text));
        }
        None
    }
}

/// Hands the contents to `sink`, window by window; an error once there are more than `cap` bytes.
pub(super) fn stream(
    source: &dyn ReadAt,
    entry: &Entry,
    cap: u64,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<Streamed, ZipError> {
    let data = entry.data.ok_or_else(|| ZipError::NoLocalHeader { entry: entry.name.clone() })?;
    if source.len().checked_sub(data).is_none_or(|there| there < entry.span()) {
        return Err(ZipError::OutOfBounds { entry: entry.name.clone() });
    }
    if entry.uncompressed > cap {
        return Err(ZipError::TooLarge { entry: entry.name.clone(), cap });
    }
    let mut out = Out { sink, crc: Crc::new(), bytes: 0, cap };
    let mut input = Input::new(source, data, entry.span());
    let used =
        if entry.is_stored() { stored(&mut input, entry, &mut out) } else { inflated(&mut input, entry, &mut out) }?;
    let unused = used.map_or(0, |used| entry.span().saturating_sub(used));
    Ok(Streamed { bytes: out.bytes, crc32: out.crc.sum(), unused, complete: used.is_some() })
}

/// Counts what is handed on.
struct Out<'a> {
    sink: &'a mut dyn FnMut(&[u8]),
    crc: Crc,
    bytes: u64,
    cap: u64,
}

impl Out<'_> {
    fn put(&mut self, entry: &Entry, piece: &[u8]) -> Result<(), ZipError> {
        let left = self.cap.saturating_sub(self.bytes);
        if piece.len() as u64 > left {
            return Err(ZipError::TooLarge { entry: entry.name.clone(), cap: self.cap });
        }
        self.crc.update(piece);
        self.bytes = self.bytes.saturating_add(piece.len() as u64);
        (self.sink)(piece);
        Ok(())
    }
}

/// How many bytes of the archive were used.
fn stored(input: &mut Input<'_>, entry: &Entry, out: &mut Out<'_>) -> Result<Option<u64>, ZipError> {
    loop {
        let piece = input.next()?;
        if piece.is_empty() {
            return Ok(Some(entry.span()));
        }
        out.put(entry, piece)?;
    }
}

/// How many bytes of the archive were used; `None` where the contents go on beyond what is declared.
fn inflated(input: &mut Input<'_>, entry: &Entry, out: &mut Out<'_>) -> Result<Option<u64>, ZipError> {
    let start = input.at;
    let damaged = |at: u64| ZipError::Damaged { entry: entry.name.clone(), offset: start.saturating_add(at) };
    let mut inflate = Decompress::new(false);
    // One byte more than declared, so that an honest entry is done at the first call.
    let size = usize::try_from(entry.uncompressed.saturating_add(1)).unwrap_or(WINDOW);
    let mut window = vec![0; size.min(WINDOW)];
    let enough = entry.uncompressed.saturating_add(WINDOW as u64);
    loop {
        let mut piece = input.next()?;
        let is_over = piece.is_empty();
        loop {
            let before = (inflate.total_in(), inflate.total_out());
            let status =
                inflate.decompress(piece, &mut window, FlushDecompress::None).map_err(|_| damaged(before.0))?;
            let taken = usize::try_from(inflate.total_in().saturating_sub(before.0)).unwrap_or_default();
            let made = usize::try_from(inflate.total_out().saturating_sub(before.1)).unwrap_or_default();
            piece = piece.get(taken..).unwrap_or_default();
            out.put(entry, window.get(..made).unwrap_or_default())?;
            if status == Status::StreamEnd {
                return Ok(Some(inflate.total_in()));
            }
            if out.bytes >= enough {
                return Ok(None);
            }
            // A window that was not filled means that all was taken.
            if made < window.len() {
                break;
            }
        }
        if is_over {
            return Err(damaged(inflate.total_in()));
        }
    }
}

/// The bytes in the archive, window by window.
struct Input<'a> {
    source: &'a dyn ReadAt,
    at: u64,
    left: u64,
    window: Vec<u8>,
}

impl<'a> Input<'a> {
    fn new(source: &'a dyn ReadAt, at: u64, left: u64) -> Self {
        let size = usize::try_from(left).unwrap_or(WINDOW).min(WINDOW);
        Self { source, at, left, window: vec![0; size] }
    }

    /// The next window; empty at the end.
    fn next(&mut self) -> Result<&[u8], ZipError> {
        let size = usize::try_from(self.left).unwrap_or(WINDOW).min(self.window.len());
        let Some(window) = self.window.get_mut(..size) else { return Ok(&[]) };
        let filled = fill(self.source, self.at, window)?;
        self.at = self.at.saturating_add(filled as u64);
        // A source that became shorter ends here.
        self.left = if filled == 0 { 0 } else { self.left.saturating_sub(filled as u64) };
        Ok(window.get(..filled).unwrap_or_default())
    }
}
