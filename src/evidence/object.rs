//! Objects: bytes named by their SHA-256, with a list of chunk digests beside large ones.

use std::io::{self, Read};

use sha2::{Digest as _, Sha256};

use crate::model::Digest;

/// Size of a chunk, in bytes. Objects no larger than one chunk have no list.
pub(super) const CHUNK: usize = 64 * 1024;

const LIST_HEAD: &str = "jixian.chunks/v1";

/// Hashes bytes as they pass: the whole and each chunk.
pub(super) struct Hasher {
    whole: Sha256,
    chunk: Sha256,
    filled: usize,
    chunks: Vec<Digest>,
    size: u64,
}

/// What a [`Hasher`] saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hashed {
    pub digest: Digest,
    pub size: u64,
    pub chunks: Vec<Digest>,
}

impl Hasher {
    pub fn new() -> Self {
        Self { whole: Sha256::new(), chunk: Sha256::new(), filled: 0, chunks: Vec::new(), size: 0 }
    }

    pub fn update(&mut self, mut bytes: &[u8]) {
        self.whole.update(bytes);
        self.size += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.filled));
            self.chunk.update(now);
            self.filled += now.len();
            if self.filled == CHUNK {
                self.close_chunk();
            }
            bytes = later;
        }
    }

    pub fn finish(mut self) -> Hashed {
        if self.filled > 0 {
            self.close_chunk();
        }
        Hashed { digest: Digest::from_bytes(self.whole.finalize().into()), size: self.size, chunks: self.chunks }
    }

    fn close_chunk(&mut self) {
        self.chunks.push(Digest::from_bytes(self.chunk.finalize_reset().into()));
        self.filled = 0;
    }
}

impl Hashed {
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = Hasher::new();
        hasher.update(bytes);
        hasher.finish()
    }

    /// Reads to the end in windows.
    pub fn of_reader(reader: &mut dyn Read) -> io::Result<Self> {
        let mut hasher = Hasher::new();
        let mut window = vec![0; CHUNK];
        loop {
            match reader.read(&mut window) {
                Ok(0) => return Ok(hasher.finish()),
                Ok(n) => hasher.update(&window[..n]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The chunk list that lies beside the object, or `None` where one chunk holds it. Its last line is the digest of
    /// the lines before, so that a damaged list is told from a damaged object.
    pub fn list(&self) -> Option<Vec<u8>> {
        if self.chunks.len() < 2 {
            return None;
        }
        let mut text = format!("{LIST_HEAD} {CHUNK} {} {}\n", self.size, self.digest.hex());
        for chunk in &self.chunks {
            text.push_str(&chunk.hex());
            text.push('\n');
        }
        let own = Digest::of(text.as_bytes()).hex();
        text.push_str(&own);
        text.push('\n');
        Some(text.into_bytes())
    }
}

/// Reads a chunk list of the object `digest`; `None` where the list itself is damaged.
pub(super) fn read_list(digest: &Digest, bytes: &[u8]) -> Option<Vec<Digest>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let body = text.len().checked_sub(65)?;
    let (body, own) = text.split_at_checked(body)?;
    if own.strip_suffix('\n')? != Digest::of(body.as_bytes()).hex() {
        return None;
    }
    let mut lines = body.lines();
    let head: Vec<_> = lines.next()?.split(' ').collect();
    if head.len() != 4 || head[0] != LIST_HEAD || head[3] != digest.hex() {
        return None;
    }
    lines.map(|line| line.parse().ok()).collect()
}

/// Passes on the bytes of an object and ends in an error where they are not the ones that its digest names.
///
/// The last bytes are only handed out when the digest holds, so whoever reads to the end has the truth.
pub(super) struct Checked<R> {
    inner: R,
    whole: Sha256,
    expected: Digest,
    left: u64,
    checked: bool,
}

impl<R: Read> Checked<R> {
    pub fn new(inner: R, expected: Digest, size: u64) -> Self {
        Self { inner, whole: Sha256::new(), expected, left: size, checked: false }
    }

    fn check(&mut self) -> io::Result<()> {
        if self.checked {
            return Ok(());
        }
        let mut beyond = [0];
        let over = self.left == 0 && self.inner.read(&mut beyond)? > 0;
        let found = Digest::from_bytes(self.whole.finalize_reset().into());
        if over || self.left > 0 || found != self.expected {
            let what = format!("the bytes of {} are not those that were sealed", self.expected);
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        self.checked = true;
        Ok(())
    }
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            self.check()?;
            return Ok(0);
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let n = self.inner.read(&mut buffer[..most])?;
        self.whole.update(&buffer[..n]);
        self.left -= n as u64;
        if n == 0 || self.left == 0 {
            self.check()?;
        }
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use proptest::prelude::*;

    use crate::model::Digest;

    use super::{CHUNK, Checked, Hashed, Hasher, read_list};

    #[test]
    fn an_object_of_one_chunk_needs_no_list() {
        assert_eq!(Hashed::of(&[7; CHUNK]).list(), None);
        assert!(Hashed::of(&[7; CHUNK + 1]).list().is_some());
    }

    #[test]
    fn a_list_reads_back_and_a_damaged_one_is_known_as_such() {
        let hashed = Hashed::of(&[7; 3 * CHUNK + 5]);
        let list = hashed.list().unwrap();
        assert_eq!(read_list(&hashed.digest, &list), Some(hashed.chunks.clone()));
        assert_eq!(read_list(&Digest::of(b"other"), &list), None);
        for at in 0..list.len() {
            let mut wrong = list.clone();
            wrong[at] ^= 1;
            assert_eq!(read_list(&hashed.digest, &wrong), None, "byte {at}");
        }
    }

    #[test]
    fn a_reader_of_changed_cut_or_longer_bytes_ends_in_an_error() {
        let digest = Digest::of(b"abc");
        let read = |bytes: &[u8]| Checked::new(bytes, digest, 3).read_to_end(&mut Vec::new()).map_err(|e| e.kind());
        assert_eq!(read(b"abc"), Ok(3));
        for wrong in [&b"abd"[..], b"ab", b"abcd", b""] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
        let empty = Checked::new(&b""[..], Digest::of(b""), 0).read_to_end(&mut Vec::new()).unwrap();
        assert_eq!(empty, 0);
    }

    proptest! {
        #[test]
        fn how_the_bytes_arrive_does_not_matter(bytes in prop::collection::vec(any::<u8>(), 0..200_000), cut in 1..70_000_usize) {
            let mut hasher = Hasher::new();
            bytes.chunks(cut).for_each(|window| hasher.update(window));
            let hashed = hasher.finish();
            prop_assert_eq!(&hashed, &Hashed::of_reader(&mut bytes.as_slice()).unwrap());
            prop_assert_eq!(hashed.digest, Digest::of(&bytes));
            let chunks: Vec<_> = bytes.chunks(CHUNK).map(Digest::of).collect();
            prop_assert_eq!(hashed.chunks, chunks);
        }
    }
}
