//! The manifest of a bundle that is not sealed yet.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{AssetId, CatalogueFiles, Digest};

use super::{
    EvidenceError, Input, InputRef, Layer, LayerFile, LayerKind, Manifest, ManifestInputs, NewLayer, ObjectRef,
    PartEntry, PartState,
    canonical::canonical,
    layer, layout,
    manifest::{self, LayerEntry},
    object::Hashed,
    part_writer::SharedChain,
    seal::FileSeal,
    worker::Writer,
};

/// Everything that will be in the manifest, as far as it is known.
#[derive(Debug)]
pub(super) struct Draft {
    pub manifest: Manifest,
    /// Parts that were begun here; what nobody finished is sealed with the bundle.
    pub begun: BTreeMap<AssetId, SharedChain>,
    /// Parts that were copied in and are sealed already.
    pub copied: BTreeMap<AssetId, PartEntry>,
    pub facts: BTreeMap<AssetId, Digest>,
    taken: BTreeSet<AssetId>,
    /// Layers to be laid; they name a root that is only known at the end.
    pub layers: Vec<PendingLayer>,
}

/// A layer whose files are stored.
#[derive(Debug)]
pub(super) struct PendingLayer {
    kind: LayerKind,
    files: Vec<LayerFile>,
}

impl Draft {
    /// Stores the inputs as objects and begins a manifest without parts.
    pub fn new(writer: &Writer, inputs: ManifestInputs, parent: Option<Digest>) -> Result<Self, EvidenceError> {
        let catalogue_files = inputs.catalogue_files.as_ref().map(encode_catalogue);
        let manifest = Manifest {
            schema: manifest::SCHEMA.to_owned(),
            state: PartState::Incomplete,
            engine: inputs.engine,
            as_of: inputs.as_of,
            language: inputs.language,
            operator: inputs.operator,
            inventory: put_object(writer, inputs.inventory)?,
            catalogue: inputs.catalogue,
            catalogue_files: catalogue_files.map(|bytes| put_object(writer, bytes)).transpose()?,
            inputs: put_inputs(writer, inputs.inputs)?,
            parent,
            planned: inputs.planned.into_iter().collect(),
            parts: Vec::new(),
            layers: Vec::new(),
            results: BTreeMap::new(),
        };
        Ok(Self {
            manifest,
            begun: BTreeMap::new(),
            copied: BTreeMap::new(),
            facts: BTreeMap::new(),
            taken: BTreeSet::new(),
            layers: Vec::new(),
        })
    }

    pub fn has_part(&self, asset: &AssetId) -> bool {
        self.taken.contains(asset)
    }

    /// Takes the name of a part; false where it was taken before.
    pub fn reserve(&mut self, asset: &AssetId) -> bool {
        self.taken.insert(asset.clone())
    }

    /// Writes the manifest as it stands, so that an interrupted run can be opened and judged as incomplete.
    pub fn write_preliminary(&self, writer: &Writer) -> Result<(), EvidenceError> {
        let bytes = canonical(&self.manifest);
        writer.run(move |disk| disk.put(layout::MANIFEST, &bytes))
    }

    /// Settles parts and layers, and seals the bundle.
    pub fn seal(mut self, writer: &Writer) -> Result<(), EvidenceError> {
        self.settle_parts()?;
        self.lay_layers(writer)?;
        self.manifest.state = state(&self.manifest);
        let bytes = canonical(&self.manifest);
        let seal = canonical(&FileSeal::new(layout::MANIFEST, &bytes, self.manifest.state));
        writer.run(move |disk| {
            disk.put(layout::MANIFEST, &bytes)?;
            disk.sync()?;
            disk.put(layout::SEAL, &seal)?;
            disk.tidy();
            disk.sync()
        })
    }

    fn settle_parts(&mut self) -> Result<(), EvidenceError> {
        let mut parts = std::mem::take(&mut self.copied);
        for (asset, chain) in &self.begun {
            parts.insert(asset.clone(), chain.settle()?);
        }
        for (asset, digest) in &self.facts {
            if let Some(entry) = parts.get_mut(asset) {
                entry.facts = Some(*digest);
            }
        }
        self.manifest.parts = parts.into_values().collect();
        Ok(())
    }

    fn lay_layers(&mut self, writer: &Writer) -> Result<(), EvidenceError> {
        let parent = self.manifest.parent.unwrap_or_else(|| self.manifest.evidence_root());
        for pending in std::mem::take(&mut self.layers) {
            let n = self.manifest.layers.len() as u64 + 1;
            let layer = Layer::new(n, pending.kind, parent, pending.files);
            self.manifest.layers.push(put_layer(writer, &layer)?);
        }
        Ok(())
    }
}

impl PendingLayer {
    /// Stores the files of a layer.
    pub fn store(writer: &Writer, layer: NewLayer) -> Result<Self, EvidenceError> {
        let mut files = BTreeMap::new();
        for (name, bytes) in layer.files {
            layer::check_name(&name)?;
            files.insert(name, put_object(writer, bytes)?);
        }
        let files = files.into_iter().map(|(name, object)| LayerFile { name, object }).collect();
        Ok(Self { kind: layer.kind, files })
    }
}

/// Stores bytes as an object.
pub(super) fn put_object(writer: &Writer, bytes: Vec<u8>) -> Result<ObjectRef, EvidenceError> {
    let hashed = Hashed::of(&bytes);
    let (digest, list) = (hashed.digest, hashed.list());
    writer.run(move |disk| disk.put_object(&digest, &bytes, list.as_deref()))?;
    Ok(ObjectRef { digest, size: hashed.size })
}

/// Reads the catalogue back from its object.
pub(super) fn decode_catalogue(bytes: &[u8]) -> Result<CatalogueFiles, String> {
    let files: BTreeMap<String, String> = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    Ok(CatalogueFiles::new(files))
}

/// Complete: every planned asset has a part, and every part is complete.
fn state(manifest: &Manifest) -> PartState {
    let whole = manifest.missing().is_empty() && manifest.parts.iter().all(|part| part.state == PartState::Complete);
    if whole { PartState::Complete } else { PartState::Incomplete }
}

fn encode_catalogue(files: &CatalogueFiles) -> Vec<u8> {
    canonical(&files.iter().collect::<BTreeMap<_, _>>())
}

fn put_inputs(writer: &Writer, inputs: BTreeMap<String, Input>) -> Result<BTreeMap<String, InputRef>, EvidenceError> {
    let mut refs = BTreeMap::new();
    for (name, input) in inputs {
        layer::check_name(&name)?;
        let stored = match input {
            Input::Bytes(bytes) => {
                put_object(writer, bytes).map(|o| InputRef { digest: o.digest, size: Some(o.size) })?
            }
            Input::Digest(digest) => InputRef { digest, size: None },
        };
        refs.insert(name, stored);
    }
    Ok(refs)
}

/// Writes a layer and its seal.
pub(super) fn put_layer(writer: &Writer, layer: &Layer) -> Result<LayerEntry, EvidenceError> {
    let bytes = canonical(layer);
    let entry = LayerEntry { n: layer.n, kind: layer.kind, root: Digest::of(&bytes) };
    let seal = canonical(&FileSeal::new(layout::LAYER, &bytes, PartState::Complete));
    writer.run(move |disk| {
        disk.put(&layout::layer(entry.n, entry.kind, layout::LAYER), &bytes)?;
        disk.put(&layout::layer(entry.n, entry.kind, layout::SEAL), &seal)
    })?;
    Ok(entry)
}
