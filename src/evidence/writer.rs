//! Writing a bundle: unsealed until `finish`.

use std::path::Path;

use serde_json::Value;

use crate::model::{AssetId, AssetKind, Digest};

use super::{Bundle, Content, EvidenceError, ManifestInputs, NewLayer, NewRecord, Part, PartState, Record};

/// A bundle that is being written. `Sync`: parts may be written from several threads at once.
#[derive(Debug)]
pub struct BundleWriter {}

impl BundleWriter {
    /// Begins a bundle in `dir`, which must not exist or be empty.
    pub fn create(_dir: &Path, _inputs: ManifestInputs) -> Result<Self, EvidenceError> {
        todo!()
    }

    /// Begins the part of an asset.
    pub fn part(&self, _asset: &AssetId, _kind: AssetKind) -> Result<PartWriter, EvidenceError> {
        todo!()
    }

    /// Copies a recorded part (a part folder, a bundle folder or a `.jxb`) after checking its seal.
    pub fn import_part(
        &self,
        _asset: &AssetId,
        _kind: AssetKind,
        _path: &Path,
        _sha256: Option<Digest>,
    ) -> Result<Part, EvidenceError> {
        todo!()
    }

    /// Keeps derived facts beside a sealed part.
    pub fn write_facts(&self, _part: &Part, _decoders: Digest, _facts: &Value) -> Result<(), EvidenceError> {
        todo!()
    }

    /// Adds a judgement layer on top of those that are there.
    pub fn add_layer(&self, _layer: NewLayer) -> Result<(), EvidenceError> {
        todo!()
    }

    /// Keeps a result, such as the assessment of a subsite, for `replay` to compare with.
    pub fn add_result(&self, _name: &str, _bytes: Vec<u8>) -> Result<(), EvidenceError> {
        todo!()
    }

    /// Seals the bundle. Parts that were begun and not finished are sealed as incomplete.
    pub fn finish(self) -> Result<Bundle, EvidenceError> {
        todo!()
    }
}

/// A part that is being written.
#[derive(Debug)]
pub struct PartWriter {}

impl PartWriter {
    /// Writes one record and its bytes. When this returns, both survive the death of the process.
    pub fn record<'a>(
        &mut self,
        _record: NewRecord,
        _content: impl Into<Content<'a>>,
    ) -> Result<Record, EvidenceError> {
        todo!()
    }

    /// Seals the part. `Complete` is written as incomplete where a record was lost to a write error.
    pub fn finish(self, _state: PartState) -> Result<Part, EvidenceError> {
        todo!()
    }
}
