//! What is Android's own in a package: the manifest, the signatures, and whether hardening hides the code.

use std::collections::BTreeMap;

use super::{Kind, document::unread, walk::Walked};
use crate::{
    formats::{
        apk::{self, Manifest, signing::{Signing, Verified}},
        hap,
        packers::{self, Packing, Seen},
        public_key::Hash,
        zip::{Archive, Entry, ZipError},
    },
    model::{DecodeFailure, Fact, UnreadStatus},
};

/// Larger manifests and resource tables are no app's.
const MAX_PART: u64 = 48 << 20;
const MANIFEST: &str = "AndroidManifest.xml";

/// The Android side of a package; nothing for other platforms.
pub struct Android {
    manifest: Option<Fact<Manifest>>,
}

impl Android {
    pub fn read(kind: Kind, archive: &Archive<'_>) -> Self {
        let manifest = match kind {
            Kind::Apk => Some(manifest(archive)),
            _ => None,
        };
        Self { manifest }
    }

    /// Digests that signatures need of an entry.
    pub fn wanted(&self, _entry: &Entry) -> Vec<Hash> {
        Vec::new()
    }

    pub fn signing(&self, _archive: &Archive<'_>, _digests: BTreeMap<(usize, Hash), Vec<u8>>) -> Option<Fact<Signing>> {
        None
    }

    pub fn packing(&self, archive: &Archive<'_>, walked: &Walked) -> Packing {
        let entries: Vec<&str> = archive.entries().iter().map(|entry| entry.name.as_str()).collect();
        let manifest = self.manifest.as_ref().and_then(|manifest| manifest.known());
        let components: Vec<&str> = manifest
            .map(|manifest| manifest.components.iter().filter(|one| one.alias_of.is_empty()).map(|one| one.class.as_str()))
            .map(Iterator::collect)
            .unwrap_or_default();
        let dex = &walked.code.dex;
        packers::look(Seen {
            entries: &entries,
            application: manifest.map(|manifest| manifest.application.class.as_str()).unwrap_or_default(),
            components: &components,
            defined: &walked.classes,
            complete: dex.scanned >= dex.present && dex.skipped.is_empty(),
        })
    }

    pub fn into_manifest(self) -> Option<Fact<Manifest>> {
        self.manifest
    }
}

fn manifest(archive: &Archive<'_>) -> Fact<Manifest> {
    let axml = match part(archive, MANIFEST) {
        Some(Ok(bytes)) => bytes,
        Some(Err(failure)) => return unread(MANIFEST, &failure),
        None => return Fact::unread(UnreadStatus::Error, MANIFEST),
    };
    let arsc = part(archive, "resources.arsc").and_then(Result::ok);
    let read = apk::manifest_of(&axml, arsc.as_deref(), &mut |path| part(archive, path)?.ok());
    read.map_or_else(|failure| unread(MANIFEST, &failure), Fact::Known)
}

/// One entry, if it is within bounds.
fn part(archive: &Archive<'_>, name: &str) -> Option<Result<Vec<u8>, DecodeFailure>> {
    let entry = archive.find(name)?;
    Some(archive.read(entry, MAX_PART).map_err(|error| match error {
        ZipError::TooLarge { .. } => DecodeFailure::Budget { what: error.to_string() },
        other => DecodeFailure::Malformed { offset: 0, what: other.to_string() },
    }))
}

/// The word of one platform in that of another.
pub fn verified(verified: hap::Verified) -> Verified {
    match verified {
        hap::Verified::Yes => Verified::Yes,
        hap::Verified::No => Verified::No,
        hap::Verified::Indeterminate => Verified::Indeterminate,
    }
}
