//! A bundle that was opened: its manifest holds, its parts are checked when asked for.

use std::path::Path;

use crate::model::{AssetId, CatalogueFiles, Digest};

use super::{BundleWriter, EvidenceError, Layer, Manifest, ManifestInputs, Part, PartState};

/// A bundle whose manifest was checked against its seal, or that was recovered from an interrupted run.
#[derive(Clone, Debug)]
pub struct Bundle {}

impl Bundle {
    /// Opens a folder or a `.jxb`. A run that was interrupted opens as incomplete.
    pub fn open(_path: &Path) -> Result<Self, EvidenceError> {
        todo!()
    }

    /// SHA-256 of the manifest; for an interrupted run, of the manifest as it would have been.
    pub fn root(&self) -> Digest {
        todo!()
    }

    pub fn manifest(&self) -> &Manifest {
        todo!()
    }

    pub fn state(&self) -> PartState {
        todo!()
    }

    /// Assets that have a part, sorted.
    pub fn parts(&self) -> Vec<AssetId> {
        todo!()
    }

    pub fn part(&self, _asset: &AssetId) -> Result<Part, EvidenceError> {
        todo!()
    }

    /// The whole bytes of an object, checked.
    pub fn object(&self, _digest: &Digest) -> Result<Vec<u8>, EvidenceError> {
        todo!()
    }

    pub fn inventory(&self) -> Result<Vec<u8>, EvidenceError> {
        todo!()
    }

    /// The bundle's own catalogue, for `replay` only.
    pub fn catalogue(&self) -> Result<Option<CatalogueFiles>, EvidenceError> {
        todo!()
    }

    /// All layers in the order in which they were laid.
    pub fn layers(&self) -> Result<Vec<Layer>, EvidenceError> {
        todo!()
    }

    /// What this bundle was made with, to derive another from it.
    pub fn inputs(&self) -> Result<ManifestInputs, EvidenceError> {
        todo!()
    }

    /// Begins a new bundle in `out` that names this one as its parent and has its parts, layers and objects.
    pub fn derive(&self, _out: &Path, _inputs: ManifestInputs) -> Result<BundleWriter, EvidenceError> {
        todo!()
    }
}
