//! Writing a bundle: unsealed until `finish`.

use std::{
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;

use crate::model::{AssetId, AssetKind, Digest};

use super::{
    Bundle, EvidenceError, ManifestInputs, NewLayer, Part, PartWriter, copy,
    disk::{Disk, Keeping},
    draft::{Draft, PendingLayer, put_object},
    facts, import, layer, layout,
    seal::PartHeader,
    store::Store,
    worker::Writer,
};

/// A bundle that is being written. `Sync`: parts may be written from several threads at once, and the order in which
/// they come to their end does not show in the result.
#[derive(Debug)]
pub struct BundleWriter {
    root: PathBuf,
    writer: Writer,
    draft: Mutex<Draft>,
}

impl BundleWriter {
    /// Begins a bundle in `dir`, which must not exist or be empty: a run is never overwritten. The inputs are stored and
    /// a preliminary manifest is written, so that a run that is interrupted can still be opened.
    pub fn create(dir: &Path, inputs: ManifestInputs) -> Result<Self, EvidenceError> {
        Self::first(dir, inputs, Keeping::Durable)
    }

    /// As [`Self::create`], for a bundle that is read and removed by the same process: nobody waits for the disk.
    pub fn create_passing(dir: &Path, inputs: ManifestInputs) -> Result<Self, EvidenceError> {
        Self::first(dir, inputs, Keeping::Passing)
    }

    fn first(dir: &Path, inputs: ManifestInputs, keeping: Keeping) -> Result<Self, EvidenceError> {
        let bundle = Self::begin(dir, inputs, None, keeping)?;
        bundle.draft().write_preliminary(&bundle.writer)?;
        Ok(bundle)
    }

    /// The folder that is being written.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// Begins the part of an asset.
    pub fn part(&self, asset: &AssetId, kind: AssetKind) -> Result<PartWriter, EvidenceError> {
        let mut draft = self.draft();
        if !draft.reserve(asset) {
            return Err(EvidenceError::DuplicatePart { asset: asset.clone() });
        }
        let header = PartHeader::new(asset.clone(), kind, None);
        let part = PartWriter::begin(self.writer.clone(), &self.root, header)?;
        draft.begun.insert(asset.clone(), part.chain());
        Ok(part)
    }

    /// Copies a recorded part in under `asset`, after its seal, its chain and each of its objects were checked.
    ///
    /// `path` is a bundle (folder or `.jxb`; the part of the same name, or its only part) or the folder of a part
    /// inside a bundle. `sha256` is the digest of the `.jxb` file, or the root of the bundle or of the part.
    pub fn import_part(
        &self,
        asset: &AssetId,
        kind: AssetKind,
        path: &Path,
        sha256: Option<Digest>,
    ) -> Result<Part, EvidenceError> {
        let (part, recorded) = import::find(asset, kind, path, sha256)?;
        if !self.draft().reserve(asset) {
            return Err(EvidenceError::DuplicatePart { asset: asset.clone() });
        }
        let header = PartHeader::new(asset.clone(), kind, Some(recorded));
        let entry = copy::part(&self.writer, &part, &header)?;
        let part = Part::load(&Store::folder(&self.root), asset, Some(&entry))?;
        self.draft().copied.insert(asset.clone(), entry);
        Ok(part)
    }

    /// Keeps derived facts beside a sealed part of this bundle. `decoders` names the code that derived them.
    pub fn write_facts(&self, part: &Part, decoders: Digest, facts: &Value) -> Result<(), EvidenceError> {
        if !self.draft().has_part(part.asset()) {
            return Err(EvidenceError::NoSuchPart { asset: part.asset().clone() });
        }
        let bytes = facts::encode(part.artifacts(), decoders, facts);
        let digest = Digest::of(&bytes);
        let asset = part.asset().clone();
        let file = layout::part(&asset, layout::FACTS);
        self.writer.run(move |disk| disk.put(&file, &bytes))?;
        self.draft().facts.insert(asset, digest);
        Ok(())
    }

    /// Adds a judgement layer on top of those that are there. It is sealed with the bundle.
    pub fn add_layer(&self, layer: NewLayer) -> Result<(), EvidenceError> {
        let pending = PendingLayer::store(&self.writer, layer)?;
        self.draft().layers.push(pending);
        Ok(())
    }

    /// Keeps a result, such as the assessment of a subsite, for `replay` to compare with.
    pub fn add_result(&self, name: &str, bytes: Vec<u8>) -> Result<(), EvidenceError> {
        layer::check_name(name)?;
        let object = put_object(&self.writer, bytes)?;
        self.draft().manifest.results.insert(name.to_owned(), object);
        Ok(())
    }

    /// Seals the bundle and reads it back. Parts that were begun and not finished are sealed as incomplete.
    pub fn finish(self) -> Result<Bundle, EvidenceError> {
        let draft = self.draft.into_inner().unwrap_or_else(PoisonError::into_inner);
        draft.seal(&self.writer)?;
        Bundle::open(&self.root)
    }

    /// Begins a bundle that has the parts and layers of `parent`.
    pub(super) fn derive(parent: &Bundle, dir: &Path, inputs: ManifestInputs) -> Result<Self, EvidenceError> {
        let bundle = Self::begin(dir, inputs, Some(parent.root()), Keeping::Durable)?;
        {
            let mut draft = bundle.draft();
            for entry in &parent.manifest().parts {
                let part = parent.part(&entry.asset)?;
                let copied = copy::part(&bundle.writer, &part, part.header())?;
                if let Some(facts) = entry.facts {
                    copy::facts(&bundle.writer, parent.store(), &entry.asset, facts)?;
                    draft.facts.insert(entry.asset.clone(), facts);
                }
                draft.reserve(&entry.asset);
                draft.copied.insert(entry.asset.clone(), copied);
            }
            for entry in &parent.manifest().layers {
                copy::layer(&bundle.writer, parent.store(), entry)?;
                draft.manifest.layers.push(entry.clone());
            }
            draft.write_preliminary(&bundle.writer)?;
        }
        Ok(bundle)
    }

    fn begin(
        dir: &Path,
        inputs: ManifestInputs,
        parent: Option<Digest>,
        keeping: Keeping,
    ) -> Result<Self, EvidenceError> {
        let writer = Writer::start(Disk::create(dir, keeping)?)?;
        let draft = Mutex::new(Draft::new(&writer, inputs, parent)?);
        Ok(Self { root: dir.to_owned(), writer, draft })
    }

    fn draft(&self) -> MutexGuard<'_, Draft> {
        self.draft.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
