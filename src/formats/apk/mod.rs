//! Android packages: the manifest and what it leads to, as the platform takes them, and the signatures.
//!
//! The archive is read elsewhere; who asks hands over bytes, and entries by their name.

pub mod arsc;
pub mod attributes;
pub mod axml;
mod backup;
mod bytes;
mod components;
mod declared;
pub mod element;
mod manifest;
mod network;
pub mod oddities;
mod permission_levels;
mod permissions;
pub mod resources;
pub mod signing;
mod splits;
mod strings;
#[cfg(test)]
mod testing;
mod uses;

use self::{
    arsc::ResourceTable,
    element::{Element, Value},
    oddities::Oddities,
    resources::{Resources, Table},
};
use crate::model::DecodeFailure;

pub use backup::{Backup, BackupRule, BackupWay};
pub use components::{Component, Link, PathPermission, Provider};
pub use declared::DeclaredPermission;
pub use manifest::{Application, InstallError, Manifest};
pub use network::{DomainSecurity, NetworkSecurity};
pub use oddities::Oddity;
pub use permission_levels::level as permission_level;
pub use permissions::Permission;
pub use splits::Split;
pub use uses::{Feature, Instrumentation, Library, Queries};

/// The entry that every package of Android has.
pub const MANIFEST: &str = "AndroidManifest.xml";

/// Documents that one reference leads to at most, over all configurations.
const MAX_DOCUMENTS: usize = 16;

/// A document larger than this is none of configuration, bytes.
const MAX_DOCUMENT: usize = 4 << 20;

/// Reads the manifest of an APK: binary XML, its resource table where there is one, and the entries that it names.
pub fn manifest_of(
    axml: &[u8],
    arsc: Option<&[u8]>,
    file: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
) -> Result<Manifest, DecodeFailure> {
    let oddities = Oddities::default();
    let root = axml::read(axml, MANIFEST, &oddities)?;
    let table = arsc.and_then(|bytes| ResourceTable::read(bytes, &oddities));
    if arsc.is_some() && table.is_none() {
        oddities.add(arsc::PART, "no_table", "it is no resource table");
    }
    let read = |bytes: &[u8], path: &str| axml::read(bytes, path, &oddities).ok();
    assembled(&root, table.as_ref().map(|table| table as &dyn Table), file, &read, &oddities)
}

/// The manifest of a tree in whichever form, with the resources and documents of the same form.
pub(super) fn assembled(
    root: &Element,
    table: Option<&dyn Table>,
    file: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
    read: &dyn Fn(&[u8], &str) -> Option<Element>,
    oddities: &Oddities,
) -> Result<Manifest, DecodeFailure> {
    let resources = Resources::new(table);
    let mut package = Package { resources: &resources, file, read };
    for (tag, kind) in [("application", "several_applications"), ("uses-sdk", "several_uses_sdk")] {
        let count = root.each(tag).count();
        if count > 1 {
            oddities.add(MANIFEST, kind, count);
        }
    }
    if let Some(text) = text_within(root) {
        oddities.add(MANIFEST, "text", text.trim().escape_debug());
    }
    let mut manifest = manifest::read(root, &mut package)?;
    manifest.oddities = oddities.list();
    Ok(manifest)
}

/// Character data, which a manifest has no place for.
fn text_within(of: &Element) -> Option<&str> {
    let own = Some(of.text.as_str()).filter(|text| !text.trim().is_empty());
    own.or_else(|| of.children.iter().find_map(text_within))
}

/// What the readers of a manifest look things up in.
struct Package<'a> {
    resources: &'a Resources<'a>,
    file: &'a mut dyn FnMut(&str) -> Option<Vec<u8>>,
    read: &'a dyn Fn(&[u8], &str) -> Option<Element>,
}

impl Package<'_> {
    /// The documents behind a reference, over all configurations; one that cannot be read is `None`.
    fn documents(&mut self, reference: &Value) -> Vec<Option<Element>> {
        let Some(values) = self.resources.all(reference) else { return vec![None] };
        let beyond = values.len() > MAX_DOCUMENTS;
        let mut out: Vec<_> = values.iter().take(MAX_DOCUMENTS).map(|value| self.document(value)).collect();
        if beyond {
            out.push(None);
        }
        out
    }

    fn document(&mut self, path: &Value) -> Option<Element> {
        let path = path.text()?;
        let bytes = (self.file)(&path).filter(|bytes| bytes.len() <= MAX_DOCUMENT)?;
        (self.read)(&bytes, &path)
    }
}

#[cfg(test)]
mod tests;
