//! A part that was read and whose chain and seal hold.

use std::{collections::HashMap, io::Read};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{AssetId, AssetKind, Digest};

use super::{
    Defect, EvidenceError, PartEntry, Problem, Record, Recorded, facts, inspect, layout,
    object::Checked,
    seal::{PartHeader, PartSeal},
    store::Store,
};

/// Most bytes of an object that are read at once; larger ones are streamed.
pub(super) const MAX_WHOLE: u64 = 256 * 1024 * 1024;

/// Whether everything that was meant to be collected was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PartState {
    Complete,
    Incomplete,
}

/// What one collection of one asset brought. Only made by checking the chain of its records and its seal; a part of an
/// interrupted run has no seal and is incomplete.
#[derive(Clone, Debug)]
pub struct Part {
    store: Store,
    header: PartHeader,
    seal: PartSeal,
    sealed: bool,
    records: Vec<Record>,
    by_item: HashMap<String, usize>,
    whole: u64,
    torn: u64,
    facts: Option<Digest>,
}

impl Part {
    /// Reads and checks a part; the first thing that is wrong is the error.
    pub(super) fn load(store: &Store, asset: &AssetId, entry: Option<&PartEntry>) -> Result<Self, EvidenceError> {
        let found = inspect::part(store, asset, entry)?;
        if let Some(problem) = found.problems.first() {
            return Err(problem.clone().into_error(store.path()));
        }
        let effective = found.effective_seal();
        let (Some(header), Some(seal)) = (found.header, effective) else {
            let problem = Problem::new(layout::part(asset, layout::PART), Defect::Missing).of_part(asset);
            return Err(problem.into_error(store.path()));
        };
        let by_item = found.log.records.iter().enumerate().map(|(i, record)| (record.item.clone(), i)).collect();
        Ok(Self {
            store: store.clone(),
            header,
            seal,
            sealed: found.seal.is_some(),
            records: found.log.records,
            by_item,
            whole: found.log.whole,
            torn: found.log.torn,
            facts: entry.and_then(|entry| entry.facts),
        })
    }

    pub fn asset(&self) -> &AssetId {
        &self.header.asset
    }

    pub fn kind(&self) -> AssetKind {
        self.header.kind
    }

    pub fn state(&self) -> PartState {
        self.seal.state
    }

    /// Whether the collection came to its end and was sealed.
    pub fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// The part's root; of an unsealed part, the root that it would get as incomplete.
    pub fn root(&self) -> Digest {
        self.seal.computed()
    }

    /// Where the part was recorded, if it was copied in.
    pub fn recorded(&self) -> Option<&Recorded> {
        self.header.recorded.as_ref()
    }

    /// Bytes of a cut-off last line that were dropped.
    pub fn torn(&self) -> u64 {
        self.torn
    }

    /// All records in the order in which they were taken.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    pub fn record(&self, item: &str) -> Option<&Record> {
        self.by_item.get(item).map(|i| &self.records[*i])
    }

    /// The whole artifact of an item, checked against its digest. At most 256 MiB; for what may be large use
    /// [`Part::open`].
    pub fn bytes(&self, item: &str) -> Result<Vec<u8>, EvidenceError> {
        let (digest, size) = self.object(item)?;
        if size > MAX_WHOLE {
            return Err(EvidenceError::TooLarge { digest, size, limit: MAX_WHOLE });
        }
        read_object(&self.store, digest, size)
    }

    /// The artifact of an item as a stream that is never held whole. It ends in an error where the bytes are not those
    /// that were sealed: read to the end before you trust what you read.
    pub fn open(&self, item: &str) -> Result<Box<dyn Read + Send>, EvidenceError> {
        let (digest, size) = self.object(item)?;
        open_object(&self.store, digest, size)
    }

    /// Derived facts that belong to exactly these artifacts and these `decoders`; stale ones are `None`.
    pub fn facts(&self, decoders: Digest) -> Result<Option<Value>, EvidenceError> {
        let Some(expected) = self.facts else { return Ok(None) };
        facts::read(&self.store, self.asset(), expected, self.artifacts(), decoders)
    }

    /// What the facts of this part rest on: its kind and everything that was recorded, whatever the asset is called.
    pub fn artifacts(&self) -> Digest {
        facts::artifacts_key(&self.seal)
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub(super) fn header(&self) -> &PartHeader {
        &self.header
    }

    pub(super) fn seal(&self) -> &PartSeal {
        &self.seal
    }

    /// Bytes of the log that hold whole records.
    pub(super) fn log_bytes(&self) -> u64 {
        self.whole
    }

    fn object(&self, item: &str) -> Result<(Digest, u64), EvidenceError> {
        let asset = || self.asset().clone();
        let record =
            self.record(item).ok_or_else(|| EvidenceError::NoSuchItem { asset: asset(), item: item.to_owned() })?;
        match record.object {
            Some(digest) if record.external => Err(EvidenceError::External { digest }),
            Some(digest) => Ok((digest, record.size)),
            None => Err(EvidenceError::NoBytes { asset: asset(), item: item.to_owned() }),
        }
    }
}

/// Opens an object for reading; the stream checks its digest and its size.
pub(super) fn open_object(store: &Store, digest: Digest, size: u64) -> Result<Box<dyn Read + Send>, EvidenceError> {
    let file = layout::object(&digest);
    match store.open(&file)? {
        Some(reader) => Ok(Box::new(Checked::new(reader, digest, size))),
        None => Err(Problem::new(file, Defect::Missing).of_object(digest).into_error(store.path())),
    }
}

/// Reads an object whole and checks its digest and its size.
pub(super) fn read_object(store: &Store, digest: Digest, size: u64) -> Result<Vec<u8>, EvidenceError> {
    let file = layout::object(&digest);
    let damaged = |what| Problem::new(&file, what).of_object(digest).into_error(store.path());
    let found = store.size(&file)?.ok_or_else(|| damaged(Defect::Missing))?;
    let bytes = if found == size { store.read(&file, size)? } else { None };
    bytes.filter(|bytes| Digest::of(bytes) == digest).ok_or_else(|| damaged(Defect::ContentDiffers))
}
