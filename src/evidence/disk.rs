//! The folder of a bundle under construction, as the writing thread sees it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{self, File, OpenOptions},
    io::{self, Seek as _, Write as _},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use crate::model::{AssetId, Digest};

use super::{EvidenceError, layout};

/// Records between two syncs.
const SYNC_RECORDS: usize = 64;
/// Time between two syncs while records arrive.
pub(super) const SYNC_EVERY: Duration = Duration::from_secs(1);
/// Files that are synced at once.
const SYNC_THREADS: usize = 8;

/// The folder of a bundle under construction. Lives on the writing thread.
pub(super) struct Disk {
    root: PathBuf,
    logs: BTreeMap<AssetId, Log>,
    spools: BTreeMap<u64, Result<Spool, EvidenceError>>,
    scratch: u64,
    dirty: Dirty,
    keeping: Keeping,
    /// Of a sync that nobody waited for; the next caller gets it.
    late_error: Option<EvidenceError>,
}

struct Log {
    path: PathBuf,
    file: File,
    length: u64,
    broken: bool,
}

/// A large object on its way: written as it is read, named when its digest is known.
struct Spool {
    path: PathBuf,
    file: File,
}

/// What was written since the last sync.
#[derive(Default)]
struct Dirty {
    files: Vec<PathBuf>,
    logs: BTreeSet<AssetId>,
    folders: BTreeSet<PathBuf>,
    records: usize,
    since: Option<Instant>,
}

/// What is to become of a bundle after a loss of power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// It is there, as far as it was sealed.
    Durable,
    /// Nobody wants it beyond this process, so nobody waits for the disk.
    Passing,
}

impl Disk {
    /// Takes a folder that does not exist yet or is empty.
    pub fn create(root: &Path, keeping: Keeping) -> Result<Self, EvidenceError> {
        make_folders(root)?;
        let mut entries = fs::read_dir(root).map_err(EvidenceError::io("list", root))?;
        if entries.next().is_some() {
            return Err(EvidenceError::Exists { path: root.to_owned() });
        }
        // Made here and not found: of two runs that begin at once, one gets the folder.
        let scratch = root.join(layout::SCRATCH);
        make_folder(&scratch).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => EvidenceError::Exists { path: root.to_owned() },
            _ => EvidenceError::io("create", &scratch)(error),
        })?;
        // The name of the folder itself. Its parent may be closed to us for reading, and then it has to do without.
        let _ = root.parent().map(sync_file);
        Ok(Self {
            root: root.to_owned(),
            logs: BTreeMap::new(),
            spools: BTreeMap::new(),
            scratch: 0,
            dirty: Dirty::default(),
            keeping,
            late_error: None,
        })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Whether everything that was written is on stable storage.
    pub fn is_clean(&self) -> bool {
        self.dirty.is_clean()
    }

    /// Writes a small file: whole or not at all.
    pub fn put(&mut self, relative: &str, bytes: &[u8]) -> Result<(), EvidenceError> {
        let (path, mut file) = self.scratch_file()?;
        if let Err(error) = file.write_all(bytes) {
            let _ = fs::remove_file(&path);
            return Err(EvidenceError::io("write", self.root.join(relative))(error));
        }
        self.name(&path, relative)
    }

    /// Writes an object and its chunk list, unless it is there already.
    pub fn put_object(&mut self, digest: &Digest, bytes: &[u8], list: Option<&[u8]>) -> Result<(), EvidenceError> {
        let relative = layout::object(digest);
        if self.root.join(&relative).exists() {
            return Ok(());
        }
        if let Some(list) = list {
            self.put(&layout::chunks(digest), list)?;
        }
        self.put(&relative, bytes)
    }

    /// Begins the log of a part.
    pub fn begin_log(&mut self, asset: &AssetId) -> Result<(), EvidenceError> {
        let relative = layout::part(asset, layout::RECORDS);
        let path = self.root.join(&relative);
        let file = new_file(&path).map_err(EvidenceError::io("create", &path))?;
        self.touch_folders_of(&path);
        self.logs.insert(asset.clone(), Log { path, file, length: 0, broken: false });
        Ok(())
    }

    /// Adds one line to a log; after an error the log is as it was before.
    pub fn append(&mut self, asset: &AssetId, line: &[u8]) -> Result<(), EvidenceError> {
        let log = self.logs.get_mut(asset).ok_or_else(|| EvidenceError::Sealed { asset: asset.clone() })?;
        if log.broken {
            return Err(EvidenceError::Broken { asset: asset.clone() });
        }
        if let Err(error) = log.file.write_all(line) {
            log.broken = log.roll_back().is_err();
            return Err(EvidenceError::io("write", &log.path)(error));
        }
        log.length += line.len() as u64;
        self.dirty.logs.insert(asset.clone());
        self.dirty.records += 1;
        self.dirty.begin();
        Ok(())
    }

    /// Seals a part: all that belongs to it is synced before its seal, and then the seal.
    pub fn seal_part(&mut self, asset: &AssetId, seal: &[u8]) -> Result<(), EvidenceError> {
        self.sync()?;
        self.put(&layout::part(asset, layout::SEAL), seal)?;
        self.sync()?;
        self.logs.remove(asset);
        Ok(())
    }

    pub fn begin_spool(&mut self, id: u64) {
        let spool = self.scratch_file().map(|(path, file)| Spool { path, file });
        self.spools.insert(id, spool);
    }

    pub fn fill_spool(&mut self, id: u64, bytes: &[u8]) {
        let Some(slot) = self.spools.get_mut(&id) else { return };
        if let Ok(spool) = slot
            && let Err(error) = spool.file.write_all(bytes)
        {
            // Makes room at once: the rest of a large artifact is not wanted any more.
            let _ = fs::remove_file(&spool.path);
            *slot = Err(EvidenceError::io("write", &spool.path)(error));
        }
    }

    /// Gives a filled spool the name of its digest.
    pub fn keep_spool(&mut self, id: u64, digest: &Digest, list: Option<&[u8]>) -> Result<(), EvidenceError> {
        let spool = self.spools.remove(&id).unwrap_or(Err(EvidenceError::WriterGone))?;
        let kept = self.keep_spooled(&spool.path, digest, list);
        if kept.is_err() {
            let _ = fs::remove_file(&spool.path);
        }
        kept
    }

    pub fn drop_spool(&mut self, id: u64) {
        if let Some(Ok(spool)) = self.spools.remove(&id) {
            let _ = fs::remove_file(&spool.path);
        }
    }

    /// Shares an object of another bundle: a hard link where the system allows it, else a copy.
    pub fn share_object(&mut self, from: &Path, digest: &Digest, list: Option<&[u8]>) -> Result<(), EvidenceError> {
        let relative = layout::object(digest);
        let to = self.root.join(&relative);
        if to.exists() {
            return Ok(());
        }
        if let Some(list) = list {
            self.put(&layout::chunks(digest), list)?;
        }
        self.folders_for(&to)?;
        if fs::hard_link(from, &to).is_err() {
            let (path, mut file) = self.scratch_file()?;
            let mut source = File::open(from).map_err(EvidenceError::io("read", from))?;
            io::copy(&mut source, &mut file).map_err(EvidenceError::io("write", &path))?;
            return self.name(&path, &relative);
        }
        // Its bytes were synced when they were written.
        self.touch_folders_of(&to);
        Ok(())
    }

    /// Puts everything that was written on stable storage: objects first, then the logs that name them, then folders.
    pub fn sync(&mut self) -> Result<(), EvidenceError> {
        let dirty = std::mem::take(&mut self.dirty);
        if self.keeping == Keeping::Passing {
            return Ok(());
        }
        sync_together(&dirty.files)?;
        for asset in &dirty.logs {
            if let Some(log) = self.logs.get(asset) {
                log.file.sync_data().map_err(EvidenceError::io("sync", &log.path))?;
            }
        }
        // Names are durable once their folder is synced. Windows cannot open a folder and does it by itself.
        let folders: Vec<_> = dirty.folders.into_iter().filter(|_| cfg!(unix)).collect();
        sync_together(&folders)
    }

    /// Removes the scratch folder.
    pub fn tidy(&mut self) {
        let _ = fs::remove_dir_all(self.root.join(layout::SCRATCH));
    }

    /// Syncs once enough has gathered. Nobody waits for it, so the next caller gets its error.
    pub fn sync_if_due(&mut self) {
        if self.dirty.is_due() {
            self.late_error = self.sync().err();
        }
    }

    pub fn take_late_error(&mut self) -> Result<(), EvidenceError> {
        self.late_error.take().map_or(Ok(()), Err)
    }

    fn keep_spooled(&mut self, path: &Path, digest: &Digest, list: Option<&[u8]>) -> Result<(), EvidenceError> {
        if let Some(list) = list {
            self.put(&layout::chunks(digest), list)?;
        }
        self.name(path, &layout::object(digest))
    }

    fn scratch_file(&mut self) -> Result<(PathBuf, File), EvidenceError> {
        self.scratch += 1;
        let path = self.root.join(layout::SCRATCH).join(self.scratch.to_string());
        let file = new_file(&path).map_err(EvidenceError::io("create", &path))?;
        Ok((path, file))
    }

    fn name(&mut self, scratch: &Path, relative: &str) -> Result<(), EvidenceError> {
        let path = self.root.join(relative);
        let named = self
            .folders_for(&path)
            .and_then(|()| fs::rename(scratch, &path).map_err(EvidenceError::io("write", &path)));
        if named.is_err() {
            let _ = fs::remove_file(scratch);
        }
        named?;
        self.touch(&path);
        Ok(())
    }

    fn folders_for(&self, path: &Path) -> Result<(), EvidenceError> {
        path.parent().map_or(Ok(()), make_folders)
    }

    fn touch(&mut self, path: &Path) {
        self.dirty.files.push(path.to_owned());
        self.touch_folders_of(path);
    }

    fn touch_folders_of(&mut self, path: &Path) {
        let folders = path.ancestors().skip(1).take_while(|folder| folder.starts_with(&self.root));
        self.dirty.folders.extend(folders.map(Path::to_owned));
        self.dirty.begin();
    }
}

impl Log {
    fn roll_back(&mut self) -> io::Result<()> {
        self.file.set_len(self.length)?;
        self.file.seek(io::SeekFrom::Start(self.length)).map(drop)
    }
}

impl Dirty {
    fn begin(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }

    fn is_clean(&self) -> bool {
        self.since.is_none()
    }

    fn is_due(&self) -> bool {
        self.records >= SYNC_RECORDS || self.since.is_some_and(|since| since.elapsed() >= SYNC_EVERY)
    }
}

/// Creates `path` and its parents for the owner alone.
pub(super) fn make_folders(path: &Path) -> Result<(), EvidenceError> {
    if path.is_dir() {
        return Ok(());
    }
    folder_builder().recursive(true).create(path).map_err(EvidenceError::io("create", path))
}

fn make_folder(path: &Path) -> io::Result<()> {
    folder_builder().create(path)
}

fn folder_builder() -> fs::DirBuilder {
    #[allow(unused_mut, reason = "only Unix has a mode to set")]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
}

/// Creates a file that must not exist yet, for the owner alone: evidence is confidential.
pub(super) fn new_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Syncs many files, some at once: file systems commit together what is asked for together.
fn sync_together(paths: &[PathBuf]) -> Result<(), EvidenceError> {
    let share = paths.len().div_ceil(SYNC_THREADS).max(1);
    thread::scope(|scope| {
        let syncs: Vec<_> = paths
            .chunks(share)
            .map(|some| scope.spawn(move || some.iter().try_for_each(|path| sync_file(path))))
            .collect();
        syncs.into_iter().try_for_each(|sync| sync.join().unwrap_or(Err(EvidenceError::WriterGone)))
    })
}

fn sync_file(path: &Path) -> Result<(), EvidenceError> {
    // Windows flushes only what is open for writing.
    let opened = OpenOptions::new().read(true).write(cfg!(windows)).open(path);
    opened.and_then(|file| file.sync_all()).map_err(EvidenceError::io("sync", path))
}
