//! `jixian verify`: reads a whole bundle and says everything that is wrong with it, each thing at its place.
//!
//! Four questions that must not be mixed: is it what was sealed (integrity), who vouches for it (authenticity), whose
//! catalogue was it judged with (origin), and did the collection come to its end (completeness).

use std::{collections::BTreeMap, path::Path};

use crate::model::{AssetId, Digest};

use super::{
    Authenticity, CatalogueReport, CatalogueStanding, Completeness, Counts, Defect, EvidenceError, Integrity, Layer,
    Manifest, ObjectRef, PartState, Place, Problem, PublicKey, Signature, SignatureReport, SignatureStatus, TornTail,
    VerifyReport,
    bundle::{Found, open_store, part_folders, read_manifest},
    canonical::canonical,
    check_object::{self, Need},
    draft::decode_catalogue,
    facts::MAX_FACTS,
    inspect::{self, MAX_SMALL},
    layout,
    part::read_object,
    sign::signatures_beside,
    store::{Listing, Store},
};

/// What a bundle is held against.
#[derive(Clone, Debug, Default)]
pub struct VerifyOptions {
    /// Public keys that the user trusts.
    pub keys: Vec<PublicKey>,
    /// Digest of the catalogue in this program.
    pub installed: Option<Digest>,
    /// Digest of the catalogue that the user pinned.
    pub pinned: Option<Digest>,
}

/// Reads every byte of a bundle, folder or `.jxb`. An error means that it could not be read at all; what is wrong inside
/// is in the report.
pub fn verify(path: &Path, options: &VerifyOptions) -> Result<VerifyReport, EvidenceError> {
    let store = open_store(path)?;
    let mut work = Work { listing: store.list()?, store, problems: Vec::new(), needs: BTreeMap::new() };
    let (mut manifest, root) = match read_manifest(&work.store)? {
        Found::Sealed(manifest, root) => (Some(manifest), Some(root)),
        Found::Unsealed(manifest) => (Some(manifest), None),
        Found::Damaged(problem) => {
            work.problems.push(problem);
            (None, None)
        }
    };
    let sealed = work.listing.files.binary_search_by(|name| name.as_str().cmp(layout::SEAL)).is_ok();
    let parts = work.parts(manifest.as_mut(), sealed)?;
    let root = root.or_else(|| manifest.as_ref().filter(|_| !sealed).map(|m| Digest::of(&canonical(m))));
    if let Some(manifest) = &manifest {
        work.inputs(manifest);
        work.layers(manifest)?;
    }
    let objects = check_object::all(&work.store, &work.listing, &work.needs, &mut work.problems)?;
    if let Some(manifest) = &manifest {
        work.catalogue(manifest);
    }
    let authenticity = authenticity(&work, root.filter(|_| sealed), &options.keys)?;
    let notes = work.notes(manifest.as_ref(), sealed);
    Ok(VerifyReport {
        schema: "jixian.verify/v1",
        path: path.display().to_string(),
        root,
        integrity: if work.problems.is_empty() { Integrity::Intact } else { Integrity::Damaged },
        authenticity,
        catalogue: catalogue_report(manifest.as_ref(), options),
        completeness: completeness(manifest.as_ref(), sealed, parts.torn),
        counts: Counts { objects: objects.count, bytes: objects.bytes, ..parts.counts },
        problems: work.problems,
        notes,
    })
}

struct Work {
    store: Store,
    listing: Listing,
    problems: Vec<Problem>,
    /// Objects that something in the bundle names, with the first that does.
    needs: BTreeMap<Digest, Need>,
}

#[derive(Default)]
struct Parts {
    counts: Counts,
    torn: Vec<TornTail>,
}

impl Work {
    /// Checks every part. For an interrupted run, `manifest` gets the parts that are there.
    fn parts(&mut self, manifest: Option<&mut Manifest>, sealed: bool) -> Result<Parts, EvidenceError> {
        let mut parts = Parts::default();
        match manifest {
            Some(manifest) if sealed => {
                for entry in &manifest.parts {
                    let found = inspect::part(&self.store, &entry.asset, Some(entry))?;
                    self.part(&entry.asset, found, &mut parts);
                    self.facts(&entry.asset, entry.facts)?;
                }
            }
            other => {
                let mut entries = Vec::new();
                for asset in part_folders(&self.store)? {
                    let found = inspect::part(&self.store, &asset, None)?;
                    if found.problems.is_empty() {
                        entries.extend(found.effective_seal().map(|seal| seal.entry()));
                    }
                    self.part(&asset, found, &mut parts);
                }
                if let Some(manifest) = other {
                    manifest.state = PartState::Incomplete;
                    manifest.parts = entries;
                }
            }
        }
        Ok(parts)
    }

    fn part(&mut self, asset: &AssetId, found: inspect::Inspection, parts: &mut Parts) {
        parts.counts.parts += 1;
        parts.counts.records += found.log.records.len() as u64;
        if found.log.torn > 0 && found.seal.is_none() {
            parts.torn.push(TornTail { part: asset.clone(), bytes: found.log.torn });
        }
        self.problems.extend(found.problems);
        for record in found.log.records {
            let Some(digest) = record.object else { continue };
            if record.external {
                parts.counts.external += 1;
                continue;
            }
            let place = Place {
                part: Some(asset.clone()),
                record: Some(record.n),
                item: Some(record.item),
                ..Place::default()
            };
            self.need(digest, record.size, place);
        }
    }

    fn facts(&mut self, asset: &AssetId, expected: Option<Digest>) -> Result<(), EvidenceError> {
        let Some(expected) = expected else { return Ok(()) };
        let file = layout::part(asset, layout::FACTS);
        let what = match self.store.read(&file, MAX_FACTS)? {
            None => Defect::Missing,
            Some(bytes) if Digest::of(&bytes) != expected => Defect::Differs,
            Some(_) => return Ok(()),
        };
        self.problems.push(Problem::new(file, what).of_part(asset));
        Ok(())
    }

    fn inputs(&mut self, manifest: &Manifest) {
        let mut named = vec![("inventory".to_owned(), manifest.inventory)];
        named.extend(manifest.catalogue_files.map(|object| ("catalogue".to_owned(), object)));
        named.extend(manifest.results.iter().map(|(name, object)| (name.clone(), *object)));
        named.extend(
            manifest.inputs.iter().filter_map(|(name, input)| {
                Some((name.clone(), ObjectRef { digest: input.digest, size: input.size? }))
            }),
        );
        for (name, object) in named {
            self.need(object.digest, object.size, Place { item: Some(name), ..Place::default() });
        }
    }

    fn layers(&mut self, manifest: &Manifest) -> Result<(), EvidenceError> {
        for entry in &manifest.layers {
            match Layer::load(&self.store, entry)? {
                Err(problems) => self.problems.extend(problems),
                Ok(layer) => {
                    for file in layer.files {
                        let item = Some(format!("{}-{}/{}", entry.n, entry.kind, file.name));
                        self.need(file.object.digest, file.object.size, Place { item, ..Place::default() });
                    }
                }
            }
        }
        Ok(())
    }

    /// The stored catalogue must be the one whose digest the manifest names.
    fn catalogue(&mut self, manifest: &Manifest) {
        let Some(object) = manifest.catalogue_files else { return };
        // A damaged object has been reported as such.
        let Ok(bytes) = read_object(&self.store, object.digest, object.size) else { return };
        let same = decode_catalogue(&bytes).is_ok_and(|files| files.digest() == manifest.catalogue.digest);
        if !same {
            self.problems
                .push(Problem::new(layout::object(&object.digest), Defect::CatalogueDiffers).of_object(object.digest));
        }
    }

    fn need(&mut self, digest: Digest, size: u64, place: Place) {
        self.needs.entry(digest).or_insert(Need { size, place });
    }

    /// What lies in the bundle and is not part of what was sealed.
    fn notes(&self, manifest: Option<&Manifest>, sealed: bool) -> Vec<Problem> {
        let strangers = self.listing.strangers.iter().map(|file| Problem::new(file, Defect::NotOfBundle));
        let Some(manifest) = manifest.filter(|_| sealed) else { return strangers.collect() };
        let stray = |file: &&String| match file.split('/').collect::<Vec<_>>()[..] {
            ["parts", asset, name] => manifest
                .parts
                .iter()
                .find(|entry| entry.asset.as_str() == asset)
                .is_none_or(|entry| name == layout::FACTS && entry.facts.is_none()),
            ["layers", folder, _] => {
                !manifest.layers.iter().any(|layer| format!("{}-{}", layer.n, layer.kind) == folder)
            }
            ["objects", ..] => layout::object_of(file).is_none_or(|(digest, _)| !self.needs.contains_key(&digest)),
            _ => false,
        };
        let strays = self.listing.files.iter().filter(stray).map(|file| Problem::new(file, Defect::NotNamed));
        strays.chain(strangers).collect()
    }
}

fn authenticity(work: &Work, root: Option<Digest>, keys: &[PublicKey]) -> Result<Authenticity, EvidenceError> {
    let mut files = Vec::new();
    for name in work.listing.files.iter().filter(|name| name.starts_with("signatures/")) {
        files.push((name.clone(), work.store.read(name, MAX_SMALL)?.unwrap_or_default()));
    }
    if work.store.file_path(layout::SEAL).is_none() {
        files.extend(signatures_beside(work.store.path())?);
    }
    let signatures = files
        .into_iter()
        .map(|(file, bytes)| {
            let parsed = Signature::parse(&bytes).ok();
            let status = match (&parsed, root) {
                (Some(signature), Some(root)) => signature.check(root, keys),
                _ => SignatureStatus::Invalid,
            };
            SignatureReport { file, key: parsed.and_then(|signature| signature.key_id()), status }
        })
        .collect();
    Ok(Authenticity { signatures })
}

fn catalogue_report(manifest: Option<&Manifest>, options: &VerifyOptions) -> CatalogueReport {
    let digest = manifest.map(|manifest| manifest.catalogue.digest);
    let standing = if digest.is_some() && digest == options.pinned {
        CatalogueStanding::Pinned
    } else if digest.is_some() && digest == options.installed {
        CatalogueStanding::Installed
    } else if manifest.is_some_and(|manifest| manifest.catalogue_files.is_some()) {
        CatalogueStanding::Bundle
    } else {
        CatalogueStanding::Absent
    };
    CatalogueReport { digest, recorded: manifest.map(|manifest| manifest.catalogue.origin), standing }
}

fn completeness(manifest: Option<&Manifest>, sealed: bool, torn: Vec<TornTail>) -> Completeness {
    let incomplete = |manifest: &Manifest| {
        let open = manifest.parts.iter().filter(|entry| entry.state == PartState::Incomplete);
        open.map(|entry| entry.asset.clone()).collect()
    };
    Completeness {
        state: manifest.map_or(PartState::Incomplete, |manifest| manifest.state),
        sealed,
        missing: manifest.map(Manifest::missing).unwrap_or_default(),
        incomplete: manifest.map(incomplete).unwrap_or_default(),
        torn,
    }
}
