//! Writing one part: records in a chain, their bytes as objects.

use std::{
    collections::BTreeSet,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::model::{AssetId, Digest};

use super::{
    Content, EvidenceError, NewRecord, Part, PartEntry, PartState, Record,
    canonical::canonical,
    disk::Disk,
    layout,
    log::MAX_LINE,
    object::{Hashed, Hasher},
    record::StoredObject,
    seal::{PartHeader, PartSeal},
    store::Store,
    worker::Writer,
};

/// Window in which large artifacts are read, in bytes.
const WINDOW: usize = 256 * 1024;

/// A part that is being written. Dropped without [`PartWriter::finish`], it is sealed as incomplete with the bundle.
#[derive(Debug)]
pub struct PartWriter {
    root: PathBuf,
    chain: SharedChain,
}

/// The chain of a part, shared with the bundle, which seals what nobody finished.
#[derive(Clone, Debug)]
pub(super) struct SharedChain(Arc<Mutex<Chain>>);

#[derive(Debug)]
pub(super) struct Chain {
    writer: Writer,
    header: PartHeader,
    records: u64,
    head: Digest,
    items: BTreeSet<String>,
    /// A record could not be written, so the part is not complete whatever its collector says.
    lost: bool,
    sealed: Option<PartEntry>,
}

impl PartWriter {
    pub(super) fn begin(writer: Writer, root: &Path, header: PartHeader) -> Result<Self, EvidenceError> {
        let bytes = canonical(&header);
        let asset = header.asset.clone();
        writer.run(move |disk| {
            disk.put(&layout::part(&asset, layout::PART), &bytes)?;
            disk.begin_log(&asset)
        })?;
        let head = header.genesis();
        let items = BTreeSet::new();
        let chain = Chain { writer, header, records: 0, head, items, lost: false, sealed: None };
        Ok(Self { root: root.to_owned(), chain: SharedChain(Arc::new(Mutex::new(chain))) })
    }

    pub(super) fn chain(&self) -> SharedChain {
        self.chain.clone()
    }

    /// Writes one record and its bytes. When this returns, both survive the death of the process.
    ///
    /// After an error the log is as it was before, the record is lost, and the part will be sealed as incomplete;
    /// another record may still be tried (a full disk may have room for a smaller one).
    pub fn record<'a>(&mut self, record: NewRecord, content: impl Into<Content<'a>>) -> Result<Record, EvidenceError> {
        let mut chain = self.chain.lock();
        let written = chain.record(record, content.into());
        chain.lost |= written.is_err();
        written
    }

    /// Seals the part and reads it back. `Complete` is sealed as incomplete where a record was lost to a write error.
    pub fn finish(self, state: PartState) -> Result<Part, EvidenceError> {
        let mut chain = self.chain.lock();
        let entry = chain.seal(state)?;
        Part::load(&Store::folder(&self.root), &entry.asset, Some(&entry))
    }
}

impl SharedChain {
    /// The entry of the part for the manifest; seals as incomplete what is still open.
    pub fn settle(&self) -> Result<PartEntry, EvidenceError> {
        let mut chain = self.lock();
        match &chain.sealed {
            Some(entry) => Ok(entry.clone()),
            None => chain.seal(PartState::Incomplete),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Chain> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Chain {
    fn record(&mut self, new: NewRecord, content: Content<'_>) -> Result<Record, EvidenceError> {
        let asset = self.header.asset.clone();
        if self.sealed.is_some() {
            return Err(EvidenceError::Sealed { asset });
        }
        if self.items.contains(&new.item) {
            return Err(EvidenceError::DuplicateItem { asset, item: new.item });
        }
        let (stored, place) = self.prepare(content)?;
        let record = new.numbered(self.records + 1, self.head, stored);
        let mut line = serde_json::to_vec(&record).expect("a record has text keys and cannot fail to serialise");
        let head = Digest::of(&line);
        line.push(b'\n');
        self.append(asset, line, stored.map(|object| object.digest), place)?;
        self.records += 1;
        self.head = head;
        self.items.insert(record.item.clone());
        Ok(record)
    }

    /// Brings the bytes as far as they can go before the record is known.
    fn prepare(&self, content: Content<'_>) -> Result<(Option<StoredObject>, Placement), EvidenceError> {
        let stored = |hashed: &Hashed| StoredObject { digest: hashed.digest, size: hashed.size, external: false };
        match content {
            Content::Nothing => Ok((None, Placement::None)),
            Content::External { digest, size } => {
                Ok((Some(StoredObject { digest, size, external: true }), Placement::None))
            }
            Content::Bytes(bytes) => {
                let hashed = Hashed::of(&bytes);
                Ok((Some(stored(&hashed)), Placement::Bytes(bytes, hashed.list())))
            }
            Content::Stream(reader) => {
                let (id, hashed) = spool(&self.writer, reader).map_err(|error| error.of(&self.header.asset))?;
                Ok((Some(stored(&hashed)), Placement::Spool(id, hashed.list())))
            }
        }
    }

    fn append(
        &self,
        asset: AssetId,
        line: Vec<u8>,
        object: Option<Digest>,
        place: Placement,
    ) -> Result<(), EvidenceError> {
        if line.len() as u64 > MAX_LINE {
            place.abandon(&self.writer);
            return Err(EvidenceError::TooLong { asset });
        }
        self.writer.run(move |disk| {
            if let Some(digest) = object {
                place.settle(disk, &digest)?;
            }
            disk.append(&asset, &line)
        })
    }

    fn seal(&mut self, state: PartState) -> Result<PartEntry, EvidenceError> {
        let asset = self.header.asset.clone();
        if self.sealed.is_some() {
            return Err(EvidenceError::Sealed { asset });
        }
        let state = if self.lost { PartState::Incomplete } else { state };
        let seal = PartSeal::new(&self.header, self.head, self.records, state);
        let bytes = canonical(&seal);
        let entry = seal.entry();
        self.writer.run(move |disk| disk.seal_part(&asset, &bytes))?;
        self.sealed = Some(entry.clone());
        self.items.clear();
        Ok(entry)
    }
}

/// Where the bytes of an object are when its record is written.
enum Placement {
    None,
    Bytes(Vec<u8>, Option<Vec<u8>>),
    Spool(u64, Option<Vec<u8>>),
}

impl Placement {
    fn settle(self, disk: &mut Disk, digest: &Digest) -> Result<(), EvidenceError> {
        match self {
            Self::None => Ok(()),
            Self::Bytes(bytes, list) => disk.put_object(digest, &bytes, list.as_deref()),
            Self::Spool(id, list) => disk.keep_spool(id, digest, list.as_deref()),
        }
    }

    fn abandon(self, writer: &Writer) {
        if let Self::Spool(id, _) = self {
            let _ = writer.send(move |disk| disk.drop_spool(id));
        }
    }
}

/// Why a stream could not be stored: its source, or the disk.
pub(super) enum SpoolError {
    Source(io::Error),
    Write(EvidenceError),
}

impl SpoolError {
    fn of(self, asset: &AssetId) -> EvidenceError {
        match self {
            Self::Source(source) => EvidenceError::Artifact { asset: asset.clone(), source },
            Self::Write(error) => error,
        }
    }

    pub fn reading(self, path: &Path) -> EvidenceError {
        match self {
            Self::Source(source) => EvidenceError::io("read", path)(source),
            Self::Write(error) => error,
        }
    }
}

/// Reads `reader` to its end in windows and hands them to the writer. The spool has a number until it is kept.
pub(super) fn spool(writer: &Writer, reader: &mut dyn Read) -> Result<(u64, Hashed), SpoolError> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    writer.send(move |disk| disk.begin_spool(id)).map_err(SpoolError::Write)?;
    let mut hasher = Hasher::new();
    loop {
        let mut window = vec![0; WINDOW];
        match reader.read(&mut window) {
            Ok(0) => return Ok((id, hasher.finish())),
            Ok(n) => {
                window.truncate(n);
                hasher.update(&window);
                writer.send(move |disk| disk.fill_spool(id, &window)).map_err(SpoolError::Write)?;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                let _ = writer.send(move |disk| disk.drop_spool(id));
                return Err(SpoolError::Source(error));
            }
        }
    }
}
