//! What is Android's own in a package: the manifest, the signatures, whether hardening hides the code, and which SDKs are inside.

use super::{Kind, document::unread, walk::Walked};
use crate::{
    formats::{
        aab,
        apk::{
            self, Manifest,
            signing::{Request, Signing, Verifier},
        },
        packers::{self, Packing},
        public_key::Hash,
        sdks,
        zip::{Archive, ZipError},
    },
    model::{DecodeFailure, Fact, UnreadStatus},
};

/// Larger manifests and resource tables are no app's.
const MAX_PART: u64 = 48 << 20;

/// The Android side of one archive, read before its entries are.
pub struct Android<'a> {
    pub manifest: Fact<Manifest>,
    signatures: Option<Verifier<'a>>,
}

impl<'a> Android<'a> {
    /// Reads the manifest, and of what is installed as it is the signatures up to the entries.
    pub fn read(kind: Kind, archive: &'a Archive<'a>) -> Self {
        let manifest = match kind {
            Kind::Aab => bundle_manifest(archive),
            _ => apk_manifest(archive),
        };
        let signatures = (kind == Kind::Apk).then(|| Verifier::new(archive, request(&manifest)));
        Self { manifest, signatures }
    }

    /// Digests that signatures need of an entry, by its place in the directory.
    pub fn wanted(&self, entry: usize) -> Vec<Hash> {
        self.signatures.as_ref().map(|verifier| verifier.wanted(entry)).unwrap_or_default()
    }

    /// Verifies the signatures; those of a bundle say nothing of what a store will make of it.
    pub fn finish(self, walked: &Walked) -> (Fact<Manifest>, Fact<Signing>) {
        let signing = match self.signatures {
            Some(verifier) => Fact::Known(verifier.finish(&walked.digests)),
            None => Fact::unread(UnreadStatus::NotTested, "app_bundle"),
        };
        (self.manifest, signing)
    }
}

/// Without a manifest every platform is meant, so that nothing is left out.
fn request(manifest: &Fact<Manifest>) -> Request<'static> {
    match manifest {
        Fact::Known(manifest) => Request {
            target_sdk: Some(manifest.target_sdk),
            target_sandbox: Some(manifest.target_sandbox),
            ..Request::from_sdk(manifest.min_sdk)
        },
        Fact::Unread(_) => Request::from_sdk(1),
    }
}

/// Looks for hardening.
pub fn packing(names: &[&str], manifest: &Fact<Manifest>, walked: &Walked) -> Packing {
    let classes: Vec<&str> = walked.classes.iter().map(String::as_str).collect();
    let dex = &walked.code.dex;
    let is_complete = dex.scanned >= dex.present && dex.skipped.is_empty() && manifest.known().is_some();
    packers::detect(&packers::Seen {
        entries: names,
        application: manifest.known().map(|manifest| manifest.application.class.as_str()).unwrap_or_default(),
        components: &components(manifest),
        classes: is_complete.then_some(&classes),
    })
}

/// Looks for SDKs.
pub fn inventory(names: &[&str], manifest: &Fact<Manifest>, walked: &Walked) -> sdks::Inventory {
    let classes: Vec<&str> = walked.classes.iter().map(String::as_str).collect();
    let metadata: Vec<(&str, &[u8])> =
        walked.metadata.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    sdks::inventory(&sdks::Seen {
        entries: names,
        components: &components(manifest),
        classes: &classes,
        metadata: &metadata,
    })
}

fn components(manifest: &Fact<Manifest>) -> Vec<&str> {
    let Fact::Known(manifest) = manifest else { return Vec::new() };
    manifest.components.iter().filter(|one| one.alias_of.is_empty()).map(|one| one.class.as_str()).collect()
}

fn apk_manifest(archive: &Archive<'_>) -> Fact<Manifest> {
    let arsc = part(archive, "resources.arsc").and_then(Result::ok);
    whole(archive, apk::MANIFEST, |axml| apk::manifest_of(axml, arsc.as_deref(), &mut |path| part(archive, path)?.ok()))
}

fn bundle_manifest(archive: &Archive<'_>) -> Fact<Manifest> {
    let resources = part(archive, aab::BASE_RESOURCES).and_then(Result::ok);
    whole(archive, aab::BASE_MANIFEST, |bytes| {
        aab::manifest_of(bytes, resources.as_deref(), &mut |path| part(archive, &format!("base/{path}"))?.ok())
    })
}

fn whole(
    archive: &Archive<'_>,
    name: &str,
    read: impl FnOnce(&[u8]) -> Result<Manifest, DecodeFailure>,
) -> Fact<Manifest> {
    match part(archive, name) {
        Some(Ok(bytes)) => read(&bytes).map_or_else(|failure| unread(name, &failure), Fact::Known),
        Some(Err(failure)) => unread(name, &failure),
        None => Fact::unread(UnreadStatus::Error, format!("{name}: absent")),
    }
}

/// One entry, if it is within bounds.
fn part(archive: &Archive<'_>, name: &str) -> Option<Result<Vec<u8>, DecodeFailure>> {
    let entry = archive.find(name)?;
    Some(archive.read(entry, MAX_PART).map_err(|error| match error {
        ZipError::TooLarge { .. } => DecodeFailure::Budget { what: error.to_string() },
        other => DecodeFailure::Malformed { offset: 0, what: other.to_string() },
    }))
}
