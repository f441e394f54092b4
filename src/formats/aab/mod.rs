//! Android App Bundles: the manifest, resources and configurations of a module as protocol buffers, and the modules.
//!
//! The tree is that of an APK, and so is what follows from it.

mod bundle;
mod protobuf;
mod table;
mod xml;

use self::table::ProtoTable;
use super::apk::{MANIFEST, Manifest, assembled, oddities::Oddities, resources::Table};
use crate::model::DecodeFailure;

pub use bundle::{Bundle, CONFIG, Module};
pub use xml::XmlError;

/// Where the manifest of the base module lies.
pub const BASE_MANIFEST: &str = "base/manifest/AndroidManifest.xml";

/// Where its resource table lies.
pub const BASE_RESOURCES: &str = "base/resources.pb";

/// Reads the manifest of a module. `file` is asked by the path within the module, such as `res/xml/network.xml`.
pub fn manifest_of(
    manifest: &[u8],
    resources: Option<&[u8]>,
    file: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
) -> Result<Manifest, DecodeFailure> {
    let oddities = Oddities::default();
    let root = xml::read(manifest, MANIFEST, &oddities)?;
    let table = resources.and_then(|bytes| ProtoTable::read(bytes, &oddities));
    if resources.is_some() && table.is_none() {
        oddities.add(table::PART, "no_table", "it is no resource table");
    }
    let read = |bytes: &[u8], path: &str| xml::read(bytes, path, &oddities).ok();
    assembled(&root, table.as_ref().map(|table| table as &dyn Table), file, &read, &oddities)
}

/// The modules of a bundle. `entries` are the names in the archive; `file` is asked by them.
pub fn bundle_of(
    entries: &mut dyn Iterator<Item = &str>,
    config: Option<&[u8]>,
    file: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
) -> Bundle {
    let oddities = Oddities::default();
    bundle::read(entries, config, &mut |module| {
        let bytes = file(&format!("{module}/manifest/AndroidManifest.xml"))?;
        xml::read(&bytes, MANIFEST, &oddities).ok()
    })
}

#[cfg(test)]
mod tests;
