//! The manifest: everything that a bundle rests on, by digest, in one sorted file.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{AssetId, AssetKind, CatalogueFiles, Digest, Lang};

use super::{LayerKind, PartState, canonical::canonical};

/// What a bundle is made with. Everything here is recorded by digest, and as an object where the bytes are given.
#[derive(Clone, Debug)]
pub struct ManifestInputs {
    /// The inventory file as it was read.
    pub inventory: Vec<u8>,
    pub catalogue: CatalogueRef,
    /// Given when the catalogue itself is to lie in the bundle, so that `replay` works anywhere.
    pub catalogue_files: Option<CatalogueFiles>,
    /// Version of jixian.
    pub engine: String,
    /// RFC 3339: the moment as of which everything is judged.
    pub as_of: String,
    pub language: Lang,
    pub operator: Option<String>,
    /// Trust roots, fonts, advisories, options and whatever else a result depends on, by name (`roots`, `fonts`, ...).
    pub inputs: BTreeMap<String, Input>,
    /// The assets that the run means to collect. One without a part makes the bundle incomplete.
    pub planned: Vec<(AssetId, AssetKind)>,
}

/// A named input of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// Stored as an object.
    Bytes(Vec<u8>),
    /// Known by digest only.
    Digest(Digest),
}

/// The catalogue that judged, and where it came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CatalogueRef {
    pub digest: Digest,
    pub origin: CatalogueOrigin,
}

/// Where a catalogue comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CatalogueOrigin {
    /// The bundle's own; only `replay` uses it.
    Bundle,
    /// Compiled into the program.
    Installed,
    /// Named by its digest by the user.
    Pinned,
}

/// `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    pub schema: String,
    pub state: PartState,
    pub engine: String,
    pub as_of: String,
    pub language: Lang,
    pub operator: Option<String>,
    pub inventory: ObjectRef,
    pub catalogue: CatalogueRef,
    /// The catalogue as one object, where it was stored.
    pub catalogue_files: Option<ObjectRef>,
    pub inputs: BTreeMap<String, InputRef>,
    /// Root of the bundle that this one was derived from.
    pub parent: Option<Digest>,
    pub planned: BTreeMap<AssetId, AssetKind>,
    /// Sorted by asset.
    pub parts: Vec<PartEntry>,
    /// In the order in which they were laid.
    pub layers: Vec<LayerEntry>,
    /// What was concluded, by name, such as the assessment of each subsite; `replay` compares with it.
    pub results: BTreeMap<String, ObjectRef>,
}

pub(super) const SCHEMA: &str = "jixian.manifest/v1";

impl Manifest {
    /// Assets that the run meant to collect and that have no part.
    pub fn missing(&self) -> Vec<AssetId> {
        self.planned.keys().filter(|asset| self.part(asset).is_none()).cloned().collect()
    }

    /// Digest over the assets and the roots of their parts: which evidence this is, whatever was judged with it. Layers
    /// of a bundle without a parent are laid on it.
    pub fn evidence_root(&self) -> Digest {
        #[derive(Serialize)]
        struct Line<'a> {
            asset: &'a AssetId,
            root: Digest,
        }
        let lines: Vec<_> = self.parts.iter().map(|entry| Line { asset: &entry.asset, root: entry.root }).collect();
        Digest::of(&canonical(&lines))
    }

    /// The entry of an asset's part.
    pub fn part(&self, asset: &AssetId) -> Option<&PartEntry> {
        let i = self.parts.binary_search_by(|entry| entry.asset.cmp(asset)).ok()?;
        self.parts.get(i)
    }
}

/// An object that is in the bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectRef {
    pub digest: Digest,
    /// Bytes.
    pub size: u64,
}

/// A named input in the manifest; without `size` it is known by digest only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputRef {
    pub digest: Digest,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// One part in the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PartEntry {
    pub asset: AssetId,
    pub kind: AssetKind,
    pub state: PartState,
    pub records: u64,
    pub root: Digest,
    /// Digest of `facts.json`, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Digest>,
}

/// One layer in the manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerEntry {
    pub n: u64,
    pub kind: LayerKind,
    /// SHA-256 of its `layer.json`.
    pub root: Digest,
}
