//! A bundle that was opened: its manifest holds, its parts are checked when asked for.

use std::{collections::BTreeMap, io::Read, path::Path};

use crate::model::{AssetId, CatalogueFiles, Digest};

use super::{
    BundleWriter, Defect, EvidenceError, Input, Layer, LayerFile, Manifest, ManifestInputs, ObjectRef, Part, PartState,
    Problem, archive,
    canonical::{canonical, from_canonical},
    draft::decode_catalogue,
    inspect::{self, MAX_SMALL},
    layout, manifest,
    part::{open_object, read_object},
    seal::FileSeal,
    store::Store,
};

/// Largest `manifest.json`, in bytes: about 200,000 parts.
const MAX_MANIFEST: u64 = 64 * 1024 * 1024;

/// A bundle whose manifest was checked against its seal, or that was recovered from an interrupted run.
#[derive(Clone, Debug)]
pub struct Bundle {
    store: Store,
    manifest: Manifest,
    root: Digest,
    sealed: bool,
    lost: Vec<Problem>,
}

impl Bundle {
    /// Opens a folder or a `.jxb`. A run that was interrupted opens as incomplete, with every finished item.
    pub fn open(path: &Path) -> Result<Self, EvidenceError> {
        Self::load(open_store(path)?)
    }

    pub(super) fn load(store: Store) -> Result<Self, EvidenceError> {
        let (manifest, root) = match read_manifest(&store)? {
            Found::Sealed(manifest, root) => (manifest, root),
            Found::Unsealed(manifest) => return recover(store, manifest),
            Found::Damaged(problem) => return Err(problem.into_error(store.path())),
        };
        Ok(Self { store, manifest, root, sealed: true, lost: Vec::new() })
    }

    /// SHA-256 of the manifest; of an interrupted run, of the manifest that it would have as incomplete.
    pub fn root(&self) -> Digest {
        self.root
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Complete: the run came to its end, and every planned asset has a complete part.
    pub fn state(&self) -> PartState {
        self.manifest.state
    }

    /// Whether the run came to its end.
    pub fn is_sealed(&self) -> bool {
        self.sealed
    }

    /// Of an interrupted run: parts that could not be recovered.
    pub fn lost(&self) -> &[Problem] {
        &self.lost
    }

    /// Assets that have a part, sorted.
    pub fn parts(&self) -> Vec<AssetId> {
        self.manifest.parts.iter().map(|entry| entry.asset.clone()).collect()
    }

    /// Reads one part and checks its chain and its seal.
    pub fn part(&self, asset: &AssetId) -> Result<Part, EvidenceError> {
        let entry = self.manifest.part(asset).ok_or_else(|| EvidenceError::NoSuchPart { asset: asset.clone() })?;
        Part::load(&self.store, asset, self.sealed.then_some(entry))
    }

    /// The whole bytes of an object, checked.
    pub fn object(&self, object: &ObjectRef) -> Result<Vec<u8>, EvidenceError> {
        read_object(&self.store, object.digest, object.size)
    }

    /// An object as a stream that ends in an error where its bytes are not those that were sealed.
    pub fn open_object(&self, object: &ObjectRef) -> Result<Box<dyn Read + Send>, EvidenceError> {
        open_object(&self.store, object.digest, object.size)
    }

    /// The inventory file as it was read.
    pub fn inventory(&self) -> Result<Vec<u8>, EvidenceError> {
        self.object(&self.manifest.inventory)
    }

    /// The bundle's own catalogue, for `replay` only; `None` where it was not stored.
    pub fn catalogue(&self) -> Result<Option<CatalogueFiles>, EvidenceError> {
        let Some(object) = self.manifest.catalogue_files else { return Ok(None) };
        let bytes = self.object(&object)?;
        let damaged = |what| {
            Problem::new(layout::object(&object.digest), what).of_object(object.digest).into_error(self.store.path())
        };
        let files = decode_catalogue(&bytes).map_err(|why| damaged(Defect::Malformed { why }))?;
        if files.digest() != self.manifest.catalogue.digest {
            return Err(damaged(Defect::CatalogueDiffers));
        }
        Ok(Some(files))
    }

    /// The bytes of a named input; `None` where there is none or only its digest is known.
    pub fn input(&self, name: &str) -> Result<Option<Vec<u8>>, EvidenceError> {
        match self.manifest.inputs.get(name).and_then(|input| Some((input.digest, input.size?))) {
            Some((digest, size)) => read_object(&self.store, digest, size).map(Some),
            None => Ok(None),
        }
    }

    /// A recorded result, such as the assessment of a subsite.
    pub fn result(&self, name: &str) -> Result<Option<Vec<u8>>, EvidenceError> {
        self.manifest.results.get(name).map(|object| self.object(object)).transpose()
    }

    /// All layers in the order in which they were laid.
    pub fn layers(&self) -> Result<Vec<Layer>, EvidenceError> {
        let load = |entry| {
            Layer::load(&self.store, entry)?.map_err(|mut problems| problems.remove(0).into_error(self.store.path()))
        };
        self.manifest.layers.iter().map(load).collect()
    }

    /// The bytes of a file of a layer, checked.
    pub fn layer_file(&self, file: &LayerFile) -> Result<Vec<u8>, EvidenceError> {
        self.object(&file.object)
    }

    /// What this bundle was made with, to derive another from it.
    pub fn inputs(&self) -> Result<ManifestInputs, EvidenceError> {
        let mut inputs = BTreeMap::new();
        for (name, input) in &self.manifest.inputs {
            let input = self.input(name)?.map_or(Input::Digest(input.digest), Input::Bytes);
            inputs.insert(name.clone(), input);
        }
        Ok(ManifestInputs {
            inventory: self.inventory()?,
            catalogue: self.manifest.catalogue,
            catalogue_files: self.catalogue()?,
            engine: self.manifest.engine.clone(),
            as_of: self.manifest.as_of.clone(),
            language: self.manifest.language,
            operator: self.manifest.operator.clone(),
            inputs,
            planned: self.manifest.planned.iter().map(|(asset, kind)| (asset.clone(), *kind)).collect(),
        })
    }

    /// Begins a new bundle in `out` that names this one as its parent and has its parts, layers and objects. Objects
    /// are shared by hard links where that is possible; the new bundle stands by itself. Nothing is changed here.
    pub fn derive(&self, out: &Path, inputs: ManifestInputs) -> Result<BundleWriter, EvidenceError> {
        BundleWriter::derive(self, out, inputs)
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }
}

/// A manifest as it was found.
pub(super) enum Found {
    Sealed(Manifest, Digest),
    /// The run did not come to its end.
    Unsealed(Manifest),
    Damaged(Problem),
}

pub(super) fn open_store(path: &Path) -> Result<Store, EvidenceError> {
    if path.is_dir() { Ok(Store::folder(path)) } else { archive::open(path) }
}

/// Reads the manifest and checks it against the seal.
pub(super) fn read_manifest(store: &Store) -> Result<Found, EvidenceError> {
    let Some(bytes) = store.read(layout::MANIFEST, MAX_MANIFEST)? else {
        let why = "it has no manifest.json".to_owned();
        return Err(EvidenceError::NotABundle { path: store.path().to_owned(), why });
    };
    let seal = store.read(layout::SEAL, MAX_SMALL)?;
    let manifest: Manifest = match from_canonical(&bytes) {
        Ok(manifest) => manifest,
        Err(why) => return Ok(Found::Damaged(Problem::malformed(layout::MANIFEST, why))),
    };
    if let Some(what) = defect(&manifest) {
        return Ok(Found::Damaged(Problem::new(layout::MANIFEST, what)));
    }
    let Some(seal) = seal else { return Ok(Found::Unsealed(manifest)) };
    let root = Digest::of(&bytes);
    if seal == canonical(&FileSeal::with_root(layout::MANIFEST, root, manifest.state)) {
        return Ok(Found::Sealed(manifest, root));
    }
    let seal_is_sound = from_canonical::<FileSeal>(&seal).is_ok_and(|seal| seal.is_sound() && seal.root != root);
    let (file, what) =
        if seal_is_sound { (layout::MANIFEST, Defect::Differs) } else { (layout::SEAL, Defect::SealUnsound) };
    Ok(Found::Damaged(Problem::new(file, what)))
}

/// What a manifest must not be, whatever its digest.
fn defect(manifest: &Manifest) -> Option<Defect> {
    if manifest.schema != manifest::SCHEMA {
        return Some(Defect::SchemaUnknown { schema: manifest.schema.clone() });
    }
    if !manifest.parts.is_sorted_by(|a, b| a.asset < b.asset) {
        return Some(Defect::PartsUnsorted);
    }
    let numbered = manifest.layers.iter().zip(1..).all(|(layer, n)| layer.n == n);
    (!numbered).then_some(Defect::LayersUnnumbered)
}

/// Makes the manifest that an interrupted run would have: what it planned, and the parts that are there.
fn recover(store: Store, mut manifest: Manifest) -> Result<Bundle, EvidenceError> {
    let mut lost = Vec::new();
    manifest.state = PartState::Incomplete;
    manifest.parts.clear();
    for asset in part_folders(&store)? {
        let found = inspect::part(&store, &asset, None)?;
        match (found.problems.is_empty(), found.effective_seal()) {
            (true, Some(seal)) => manifest.parts.push(seal.entry()),
            _ => lost.extend(found.problems),
        }
    }
    let root = Digest::of(&canonical(&manifest));
    Ok(Bundle { store, manifest, root, sealed: false, lost })
}

/// Assets that have begun a part, sorted. A folder without `part.json` was not begun.
pub(super) fn part_folders(store: &Store) -> Result<Vec<AssetId>, EvidenceError> {
    let listing = store.list()?;
    let mut assets: Vec<AssetId> = listing.folders("parts/").into_iter().filter_map(|name| name.parse().ok()).collect();
    assets.retain(|asset| listing.files.binary_search(&layout::part(asset, layout::PART)).is_ok());
    assets.sort();
    Ok(assets)
}
