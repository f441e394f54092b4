//! Android packages: kind by content, the manifest as the platform takes it, the archive's own defects.
//!
//! `apk-info` reads the archive; binary XML and resource table are read here, and what follows from them is decided here.

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
mod splits;
mod strings;
#[cfg(test)]
mod testing;
mod uses;

use std::{
    fs::File,
    io::{Cursor, Read},
};

use apk_info::{ZipEntry, ZipError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

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

/// Packages that come as a stream are held whole; larger ones are read from their file.
pub const MAX_STREAM: u64 = 64 << 20;

/// Larger manifests and resource tables are no app's.
const MAX_PART: u64 = 48 << 20;

/// Defects that are listed at most.
const MAX_ANOMALIES: usize = 200;

/// What one package says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    /// `apk`, `apks`, `aab`, `ipa`, `hap`, `hsp` or `app`.
    pub kind: String,
    pub entries: i64,
    /// Sum of the sizes that the archive declares.
    pub uncompressed: i64,
    pub anomalies: Vec<Anomaly>,
    pub dex_present: i64,
    /// Of an Android package that is installed as it is; other kinds have none here.
    pub manifest: Option<Manifest>,
}

/// A defect of the archive that a reader has to work around.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Anomaly {
    pub kind: String,
    /// The entry it is about; empty for the archive as a whole.
    pub entry: String,
    pub detail: String,
}

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

/// Reads a package from a stream, whole into memory: for what is not larger than [`MAX_STREAM`].
pub fn decode(input: &mut dyn Read) -> Result<Document, DecodeFailure> {
    let mut bytes = Vec::new();
    input.take(MAX_STREAM + 1).read_to_end(&mut bytes).map_err(|e| malformed(&e.to_string()))?;
    if bytes.len() as u64 > MAX_STREAM {
        return Err(DecodeFailure::Budget { what: format!("a package of more than {MAX_STREAM} bytes as a stream") });
    }
    refuse_empty(bytes.len() as u64)?;
    document(&ZipEntry::from_reader(Cursor::new(bytes)).map_err(|e| unreadable(&e))?)
}

/// Reads a package from its file, in windows.
pub fn decode_file(file: File) -> Result<Document, DecodeFailure> {
    let size = file.metadata().map_err(|e| malformed(&e.to_string()))?.len();
    refuse_empty(size)?;
    document(&ZipEntry::from_reader(file).map_err(|e| unreadable(&e))?)
}

fn refuse_empty(size: u64) -> Result<(), DecodeFailure> {
    if size == 0 { Err(malformed("the file is empty")) } else { Ok(()) }
}

fn document(zip: &ZipEntry) -> Result<Document, DecodeFailure> {
    let names: Vec<&str> = zip.namelist().collect();
    let kind = kind(&names).ok_or_else(|| malformed("an archive, but of no kind of app package"))?;
    let manifest = if kind == "apk" { Some(manifest(zip)?) } else { None };
    let sizes = names.iter().filter_map(|name| zip.entry_info(name)).map(|info| info.uncompressed_size);
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Ok(Document {
        kind: kind.to_owned(),
        entries: count(names.len()),
        uncompressed: i64::try_from(sizes.fold(0, u64::saturating_add)).unwrap_or(i64::MAX),
        anomalies: anomalies(zip),
        dex_present: count(names.iter().filter(|name| is_dex(name)).count()),
        manifest,
    })
}

/// By what is inside, never by the name of the file.
fn kind(names: &[&str]) -> Option<&'static str> {
    let has = |name: &str| names.contains(&name);
    let any = |test: &dyn Fn(&str) -> bool| names.iter().any(|name| test(name));
    if has("AndroidManifest.xml") {
        Some("apk")
    } else if has("BundleConfig.pb") || has("base/manifest/AndroidManifest.xml") {
        Some("aab")
    } else if any(&|name| name.starts_with("Payload/") && name.contains(".app/")) {
        Some("ipa")
    } else if has("module.json") || has("config.json") {
        Some(if any(&|name| name.starts_with("ets/") || name.ends_with(".abc")) { "hap" } else { "hsp" })
    } else if has("pack.info") {
        Some("app")
    } else if has("toc.pb") || any(&|name| name.ends_with(".apk")) {
        Some("apks")
    } else {
        None
    }
}

fn is_dex(name: &str) -> bool {
    let middle = name.strip_prefix("classes").and_then(|rest| rest.strip_suffix(".dex"));
    middle.is_some_and(|middle| middle.bytes().all(|b| b.is_ascii_digit()))
}

fn manifest(zip: &ZipEntry) -> Result<Manifest, DecodeFailure> {
    let table = part(zip, "resources.arsc")?;
    let bytes = part(zip, MANIFEST)?.ok_or_else(|| malformed("AndroidManifest.xml cannot be read"))?;
    manifest_of(&bytes, table.as_deref(), &mut |path| part(zip, path).ok().flatten())
}

/// One entry, if its declared size is within bounds.
fn part(zip: &ZipEntry, name: &str) -> Result<Option<Vec<u8>>, DecodeFailure> {
    let Some(info) = zip.entry_info(name) else { return Ok(None) };
    let declared = info.uncompressed_size;
    if declared > MAX_PART {
        return Err(DecodeFailure::Budget { what: format!("{name} of {declared} bytes") });
    }
    match zip.read(name) {
        Ok((bytes, _)) => Ok(Some(bytes)),
        Err(e) => Err(malformed(&format!("{name}: {e}"))),
    }
}

fn anomalies(zip: &ZipEntry) -> Vec<Anomaly> {
    let mut out: Vec<_> = zip
        .anomalies()
        .iter()
        .take(MAX_ANOMALIES)
        .map(|anomaly| Anomaly {
            kind: anomaly.code().to_owned(),
            entry: anomaly.entry().unwrap_or_default().to_owned(),
            detail: anomaly.to_string(),
        })
        .collect();
    out.sort();
    out
}

fn malformed(what: &str) -> DecodeFailure {
    DecodeFailure::Malformed { offset: 0, what: what.to_owned() }
}

fn unreadable(error: &ZipError) -> DecodeFailure {
    match error {
        ZipError::InvalidHeader => malformed("not a zip archive"),
        ZipError::NotFoundEOCD => malformed("the archive has no end: it was cut off, or it is not a zip archive"),
        other => malformed(&other.to_string()),
    }
}

#[cfg(test)]
mod tests;
