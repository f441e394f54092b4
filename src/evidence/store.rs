//! The files of a bundle, wherever they lie: in a folder or unpacked from one archive.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{EvidenceError, layout};

/// Read access to the files of one bundle, by relative path.
#[derive(Clone, Debug)]
pub(super) struct Store {
    path: Arc<PathBuf>,
    place: Arc<Place>,
}

#[derive(Debug)]
enum Place {
    Folder,
    /// The unpacked archive in a file without a name, and where each entry lies in it.
    Archive {
        spool: File,
        entries: BTreeMap<String, Extent>,
    },
}

/// Where the bytes of an entry lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Extent {
    pub offset: u64,
    pub size: u64,
}

impl Store {
    pub fn folder(path: &Path) -> Self {
        Self { path: Arc::new(path.to_owned()), place: Arc::new(Place::Folder) }
    }

    pub fn archive(path: &Path, spool: File, entries: BTreeMap<String, Extent>) -> Self {
        Self { path: Arc::new(path.to_owned()), place: Arc::new(Place::Archive { spool, entries }) }
    }

    /// Where the bundle lies, for messages.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The file itself, where the bundle is a folder: what can be hard-linked.
    pub fn file_path(&self, relative: &str) -> Option<PathBuf> {
        matches!(*self.place, Place::Folder).then(|| self.path.join(relative))
    }

    /// Size of a file in bytes; `None` where there is none.
    pub fn size(&self, relative: &str) -> Result<Option<u64>, EvidenceError> {
        match &*self.place {
            Place::Archive { entries, .. } => Ok(entries.get(relative).map(|extent| extent.size)),
            Place::Folder => self.look(relative),
        }
    }

    /// Opens a file for reading in windows; `None` where there is none.
    pub fn open(&self, relative: &str) -> Result<Option<Box<dyn Read + Send>>, EvidenceError> {
        match &*self.place {
            Place::Archive { spool, entries } => {
                let Some(extent) = entries.get(relative) else { return Ok(None) };
                let file = spool.try_clone().map_err(EvidenceError::io("read", self.path.join(relative)))?;
                Ok(Some(Box::new(Section { file, at: extent.offset, end: extent.offset + extent.size })))
            }
            Place::Folder => {
                if self.look(relative)?.is_none() {
                    return Ok(None);
                }
                let path = self.path.join(relative);
                let file = File::open(&path).map_err(EvidenceError::io("read", &path))?;
                Ok(Some(Box::new(file)))
            }
        }
    }

    /// A small file whole; `None` where there is none.
    pub fn read(&self, relative: &str, limit: u64) -> Result<Option<Vec<u8>>, EvidenceError> {
        let Some(reader) = self.open(relative)? else { return Ok(None) };
        let mut bytes = Vec::new();
        let path = self.path.join(relative);
        reader.take(limit + 1).read_to_end(&mut bytes).map_err(EvidenceError::io("read", &path))?;
        if bytes.len() as u64 > limit {
            return Err(EvidenceError::Refused { path, why: format!("more than {limit} bytes") });
        }
        Ok(Some(bytes))
    }

    /// Every file, sorted: those that a bundle may have, and the strangers.
    pub fn list(&self) -> Result<Listing, EvidenceError> {
        let mut listing = Listing::default();
        match &*self.place {
            Place::Archive { entries, .. } => listing.files.extend(entries.keys().cloned()),
            Place::Folder => self.walk("", 0, &mut listing)?,
        }
        listing.files.sort();
        listing.strangers.sort();
        Ok(listing)
    }

    /// Only regular files count: a link or a pipe could lead or block elsewhere.
    fn look(&self, relative: &str) -> Result<Option<u64>, EvidenceError> {
        let path = self.path.join(relative);
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() => Ok(Some(found.len())),
            Ok(_) => Err(EvidenceError::Refused { path, why: "not a regular file".to_owned() }),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(EvidenceError::io("read", path)(error)),
        }
    }

    fn walk(&self, folder: &str, depth: u8, listing: &mut Listing) -> Result<(), EvidenceError> {
        let path = self.path.join(folder);
        for entry in fs::read_dir(&path).map_err(EvidenceError::io("list", &path))? {
            let entry = entry.map_err(EvidenceError::io("list", &path))?;
            let kind = entry.file_type().map_err(EvidenceError::io("list", &path))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let relative = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            if relative == layout::SCRATCH {
                continue;
            }
            if kind.is_dir() && depth < 3 {
                self.walk(&relative, depth + 1, listing)?;
            } else if kind.is_file() && layout::is_bundle_file(&relative) {
                listing.files.push(relative);
            } else {
                listing.strangers.push(relative);
            }
        }
        Ok(())
    }
}

/// What lies in a bundle.
#[derive(Debug, Default)]
pub(super) struct Listing {
    pub files: Vec<String>,
    /// Files and folders that no bundle has. They are not evidence and never packed.
    pub strangers: Vec<String>,
}

impl Listing {
    /// Names of the folders directly under `prefix` (`parts/`).
    pub fn folders<'a>(&'a self, prefix: &'a str) -> Vec<&'a str> {
        let mut names: Vec<_> = self
            .files
            .iter()
            .filter_map(|path| path.strip_prefix(prefix)?.split_once('/').map(|(folder, _)| folder))
            .collect();
        names.dedup();
        names
    }
}

/// A window on the spool. Handles share one file offset, so each read says where it reads.
struct Section {
    file: File,
    at: u64,
    end: u64,
}

impl Read for Section {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        let most = left.min(buffer.len());
        if most == 0 {
            return Ok(0);
        }
        let n = read_at(&mut self.file, &mut buffer[..most], self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}

#[cfg(unix)]
fn read_at(file: &mut File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, at)
}

#[cfg(windows)]
fn read_at(file: &mut File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, at)
}
