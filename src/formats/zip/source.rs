//! Where the bytes of an archive come from: read at any place, in windows, never mapped or held whole.

use std::{fs::File, io};

use super::ZipError;

/// Bytes that can be read at any offset, from several threads at once.
pub trait ReadAt: Sync {
    /// How many bytes there are.
    fn len(&self) -> u64;

    /// Reads into `buffer` from `offset`; fewer bytes than asked for only at the end, 0 beyond it.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize>;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl ReadAt for [u8] {
    fn len(&self) -> u64 {
        self.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(offset).ok().and_then(|from| self.get(from..)).unwrap_or_default();
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        Ok(count)
    }
}

impl ReadAt for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.as_slice().read_at(offset, buffer)
    }
}

impl<T: ReadAt + ?Sized> ReadAt for &T {
    fn len(&self) -> u64 {
        (**self).len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        (**self).read_at(offset, buffer)
    }
}

/// An open file. Its length is taken once: what grows or shrinks meanwhile is read as far as it then goes.
#[derive(Debug)]
pub struct FileSource {
    file: File,
    len: u64,
}

impl FileSource {
    pub fn new(file: File) -> io::Result<Self> {
        let len = file.metadata()?.len();
        Ok(Self { file, len })
    }
}

impl ReadAt for FileSource {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        return std::os::unix::fs::FileExt::read_at(&self.file, buffer, offset);
        #[cfg(windows)]
        return std::os::windows::fs::FileExt::seek_read(&self.file, buffer, offset);
    }
}

/// A range of another source, as a source of its own.
#[derive(Clone, Copy)]
pub struct SliceAt<'a> {
    source: &'a dyn ReadAt,
    start: u64,
    len: u64,
}

impl<'a> SliceAt<'a> {
    /// `len` bytes from `start`, or as many as there are.
    pub fn new(source: &'a dyn ReadAt, start: u64, len: u64) -> Self {
        Self { source, start, len: len.min(source.len().saturating_sub(start)) }
    }
}

impl ReadAt for SliceAt<'_> {
    fn len(&self) -> u64 {
        self.len
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.len.saturating_sub(offset)).unwrap_or(usize::MAX);
        let count = left.min(buffer.len());
        match buffer.get_mut(..count) {
            Some(buffer) if count > 0 => self.source.read_at(self.start.saturating_add(offset), buffer),
            _ => Ok(0),
        }
    }
}

/// Fills `buffer` from `offset` as far as the source goes, and says how far that was.
pub(super) fn fill(source: &dyn ReadAt, offset: u64, buffer: &mut [u8]) -> Result<usize, ZipError> {
    let mut filled = 0_usize;
    while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        let at = offset.saturating_add(filled as u64);
        match source.read_at(at, rest) {
            Ok(0) => break,
            Ok(count) => filled = filled.saturating_add(count),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ZipError::Read { offset: at, what: error.to_string() }),
        }
    }
    Ok(filled.min(buffer.len()))
}

/// The bytes from `offset`, at most `len` of them and fewer at the end of the source. Callers bound `len`.
pub fn read_range(source: &dyn ReadAt, offset: u64, len: usize) -> Result<Vec<u8>, ZipError> {
    let there = usize::try_from(source.len().saturating_sub(offset)).unwrap_or(usize::MAX);
    let mut bytes = vec![0; len.min(there)];
    let filled = fill(source, offset, &mut bytes)?;
    bytes.truncate(filled);
    Ok(bytes)
}

/// A stretch of the source that is held, so that neighbours are read together.
pub(super) struct Window<'a> {
    source: &'a dyn ReadAt,
    start: u64,
    /// Grows and never shrinks; only the first `filled` bytes are of the source.
    buffer: Vec<u8>,
    filled: usize,
}

impl<'a> Window<'a> {
    pub(super) fn new(source: &'a dyn ReadAt) -> Self {
        Self { source, start: 0, buffer: Vec::new(), filled: 0 }
    }

    /// `len` bytes from `offset`, or as many as there are; where they are not held, `ahead` bytes are read at once.
    pub(super) fn at(&mut self, offset: u64, len: usize, ahead: usize) -> Result<&[u8], ZipError> {
        self.at_lazily(offset, len, || ahead)
    }

    /// The same where it costs something to know how far to read.
    pub(super) fn at_lazily(
        &mut self,
        offset: u64,
        len: usize,
        ahead: impl FnOnce() -> usize,
    ) -> Result<&[u8], ZipError> {
        let from = match self.holds(offset, len) {
            Some(from) => from,
            None => {
                self.load(offset, len.max(ahead()))?;
                0
            }
        };
        let held = self.buffer.get(..self.filled).unwrap_or_default().get(from..).unwrap_or_default();
        Ok(held.get(..len).unwrap_or(held))
    }

    /// Where in the buffer the bytes are, or as many of them as there are.
    fn holds(&self, offset: u64, len: usize) -> Option<usize> {
        let from = usize::try_from(offset.checked_sub(self.start)?).ok()?;
        let to_the_end = self.start.saturating_add(self.filled as u64) >= self.source.len();
        let holds = from.checked_add(len)? <= self.filled || (to_the_end && from <= self.filled);
        holds.then_some(from)
    }

    fn load(&mut self, offset: u64, len: usize) -> Result<(), ZipError> {
        let there = usize::try_from(self.source.len().saturating_sub(offset)).unwrap_or(usize::MAX);
        let len = len.min(there);
        if self.buffer.len() < len {
            self.buffer.resize(len, 0);
        }
        (self.start, self.filled) = (offset, 0);
        self.filled = fill(self.source, offset, self.buffer.get_mut(..len).unwrap_or_default())?;
        Ok(())
    }
}

/// A little-endian number of two bytes.
pub(super) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at.checked_add(2)?)?.try_into().ok().map(u16::from_le_bytes)
}

/// A little-endian number of four bytes.
pub(super) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_le_bytes)
}

/// A little-endian number of eight bytes.
pub(super) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_le_bytes)
}
