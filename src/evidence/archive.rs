//! `.jxb`: a bundle in one file. A tar of its files in the order of their names, with nothing that depends on the
//! machine, compressed by zstd. The same bundle always gives the same bytes.
//!
//! An archive is hostile until it was read: only the names of a bundle, each once and in order, only plain files, no
//! more bytes than a limit. Entries never become paths; they are unpacked into one file without a name.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use super::{
    EvidenceError,
    disk::{make_folders, new_file},
    layout,
    store::{Extent, Store},
};

/// Compression level: near the best there is for text, at some 40 MB/s.
const LEVEL: i32 = 9;
/// Most that an archive may unpack to: this many bytes...
const MAX_FREE: u64 = 64 * 1024 * 1024;
/// ... and this many for each compressed byte, ...
const MAX_RATIO: u64 = 1000;
/// ... and never more than this many.
const MAX_TOTAL: u64 = 64 * 1024 * 1024 * 1024;
/// Largest window that a frame may ask for: 128 MiB.
const MAX_WINDOW_LOG: u32 = 27;
const MAX_ENTRIES: usize = 1_000_000;

/// Packs the folder of a bundle into `out`, which must not exist. Signatures go with it; files that no bundle has don't.
pub fn pack(dir: &Path, out: &Path) -> Result<(), EvidenceError> {
    if !dir.join(layout::MANIFEST).is_file() {
        let why = "it has no manifest.json".to_owned();
        return Err(EvidenceError::NotABundle { path: dir.to_owned(), why });
    }
    if out.exists() {
        return Err(EvidenceError::Exists { path: out.to_owned() });
    }
    let partial = partial_name(out);
    let file = new_file(&partial).map_err(EvidenceError::io("create", &partial))?;
    let packed = write_archive(&Store::folder(dir), file, &partial)
        .and_then(|()| fs::rename(&partial, out).map_err(EvidenceError::io("write", out)));
    if packed.is_err() {
        let _ = fs::remove_file(&partial);
    }
    packed
}

/// Unpacks a `.jxb` into `dir`, which must not exist or be empty. Packing it again gives the same bytes.
pub fn unpack(archive: &Path, dir: &Path) -> Result<(), EvidenceError> {
    let store = open(archive)?;
    make_folders(dir)?;
    if fs::read_dir(dir).map_err(EvidenceError::io("list", dir))?.next().is_some() {
        return Err(EvidenceError::Exists { path: dir.to_owned() });
    }
    for name in store.list()?.files {
        let path = dir.join(&name);
        path.parent().map_or(Ok(()), make_folders)?;
        let mut file = new_file(&path).map_err(EvidenceError::io("create", &path))?;
        if let Some(mut reader) = store.open(&name)? {
            io::copy(&mut reader, &mut file).map_err(EvidenceError::io("write", &path))?;
        }
        file.sync_all().map_err(EvidenceError::io("sync", &path))?;
    }
    Ok(())
}

/// Opens a `.jxb` for reading.
pub(super) fn open(path: &Path) -> Result<Store, EvidenceError> {
    let file = File::open(path).map_err(EvidenceError::io("read", path))?;
    let meta = file.metadata().map_err(EvidenceError::io("read", path))?;
    if !meta.is_file() {
        return Err(EvidenceError::NotABundle { path: path.to_owned(), why: "neither a folder nor a file".to_owned() });
    }
    let limit = meta.len().saturating_mul(MAX_RATIO).saturating_add(MAX_FREE).min(MAX_TOTAL);
    let mut spool = tempfile::tempfile().map_err(EvidenceError::io("unpack to a temporary file", path))?;
    let entries = read_archive(BufReader::new(file), limit, &mut spool).map_err(|error| error.of(path))?;
    Ok(Store::archive(path, spool, entries))
}

/// Why an archive was not taken.
#[derive(Debug)]
pub enum ArchiveError {
    /// It is not what a `.jxb` may be.
    Refused(String),
    /// What was unpacked could not be kept.
    Spool(io::Error),
}

impl ArchiveError {
    fn of(self, path: &Path) -> EvidenceError {
        match self {
            Self::Refused(why) => EvidenceError::Refused { path: path.to_owned(), why },
            Self::Spool(error) => EvidenceError::io("unpack to a temporary file", path)(error),
        }
    }
}

/// Reads hostile bytes as an archive, for fuzzing: nothing is kept. Gives the names of its entries.
pub fn scan_archive(bytes: &[u8], limit: u64) -> Result<Vec<String>, ArchiveError> {
    read_archive(bytes, limit, &mut io::sink()).map(|entries| entries.into_keys().collect())
}

fn read_archive(
    compressed: impl io::BufRead,
    limit: u64,
    spool: &mut dyn Write,
) -> Result<BTreeMap<String, Extent>, ArchiveError> {
    let refused = |error: io::Error| ArchiveError::Refused(format!("not a readable .jxb: {error}"));
    let mut decoder = zstd::Decoder::with_buffer(compressed).map_err(refused)?;
    decoder.window_log_max(MAX_WINDOW_LOG).map_err(refused)?;
    let mut bounded = Bounded { inner: decoder, left: limit };
    let mut archive = tar::Archive::new(&mut bounded);
    let mut entries: BTreeMap<String, Extent> = BTreeMap::new();
    let mut offset = 0;
    for entry in archive.entries().map_err(refused)?.raw(true) {
        let mut entry = entry.map_err(refused)?;
        let name = entry_name(&entry, entries.last_key_value().map(|(name, _)| name.as_str()))?;
        if entries.len() == MAX_ENTRIES {
            return Err(ArchiveError::Refused(format!("more than {MAX_ENTRIES} entries")));
        }
        let size = pour(&mut entry, spool)?;
        if size != entry.size() {
            return Err(ArchiveError::Refused(format!("`{name}` is cut off")));
        }
        entries.insert(name, Extent { offset, size });
        offset += size;
    }
    // The second of the two empty blocks that end a tar, and nothing more.
    let mut rest = Vec::new();
    bounded.take(1024).read_to_end(&mut rest).map_err(refused)?;
    if rest != [0; 512] {
        return Err(ArchiveError::Refused("it does not end where its last file ends".to_owned()));
    }
    Ok(entries)
}

/// The name of an entry, if it is a plain file that a bundle may have and comes after the one before.
fn entry_name<R: Read>(entry: &tar::Entry<'_, R>, last: Option<&str>) -> Result<String, ArchiveError> {
    let bytes = entry.path_bytes();
    let shown = String::from_utf8_lossy(&bytes).chars().take(120).collect::<String>();
    let refuse = |why: &str| Err(ArchiveError::Refused(format!("entry `{}` {why}", shown.escape_debug())));
    if entry.header().as_bytes()[156] != b'0' {
        return refuse("is not a plain file");
    }
    match std::str::from_utf8(&bytes) {
        Ok(name) if !layout::is_bundle_file(name) => refuse("is not a file of a bundle"),
        Ok(name) if last.is_some_and(|last| last >= name) => refuse("is not in order, or comes twice"),
        Ok(name) => Ok(name.to_owned()),
        Err(_) => refuse("is not a file of a bundle"),
    }
}

fn pour(from: &mut impl Read, to: &mut dyn Write) -> Result<u64, ArchiveError> {
    let mut window = vec![0; 64 * 1024];
    let mut total = 0;
    loop {
        match from.read(&mut window) {
            Ok(0) => return Ok(total),
            Ok(n) => {
                to.write_all(&window[..n]).map_err(ArchiveError::Spool)?;
                total += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ArchiveError::Refused(format!("not a readable .jxb: {error}"))),
        }
    }
}

/// Gives no more than `left` bytes and then an error: what unpacks to more is a bomb.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.left = self
            .left
            .checked_sub(n as u64)
            .ok_or_else(|| io::Error::other("it unpacks to more than a bundle of its size can"))?;
        Ok(n)
    }
}

fn write_archive(store: &Store, file: File, path: &Path) -> Result<(), EvidenceError> {
    let failed = |error| EvidenceError::io("write", path)(error);
    let mut encoder = zstd::Encoder::new(BufWriter::new(file), LEVEL).map_err(failed)?;
    encoder.include_checksum(true).map_err(failed)?;
    let mut tar = tar::Builder::new(encoder);
    for name in store.list()?.files {
        let (Some(size), Some(reader)) = (store.size(&name)?, store.open(&name)?) else { continue };
        let header = plain_header(&name, size).map_err(failed)?;
        tar.append(&header, reader.take(size)).map_err(failed)?;
    }
    let buffered = tar.into_inner().and_then(zstd::Encoder::finish).map_err(failed)?;
    let file = buffered.into_inner().map_err(|error| failed(error.into_error()))?;
    file.sync_all().map_err(failed)
}

/// Name and size; everything else is the same for every file on every machine.
fn plain_header(name: &str, size: u64) -> io::Result<tar::Header> {
    let mut header = tar::Header::new_ustar();
    header.set_path(name)?;
    header.set_size(size);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_entry_type(tar::EntryType::Regular);
    header.set_cksum();
    Ok(header)
}

fn partial_name(out: &Path) -> PathBuf {
    let mut name = out.file_name().unwrap_or_default().to_owned();
    name.push(".partial");
    out.with_file_name(name)
}
