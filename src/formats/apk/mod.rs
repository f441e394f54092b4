//! Android packages: kind by content, the manifest as the platform takes it, the archive's own defects.
//!
//! `apk-info` reads the archive, the binary XML and the resource table; what follows from them is decided here.

mod manifest;
mod permissions;
mod security;
pub mod signing;

use std::{
    borrow::Cow,
    fs::File,
    io::{Cursor, Read},
};

use apk_info::{ARSC, AXML, ZipEntry, ZipError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{DecodeFailure, Tri};

pub use manifest::{Component, Manifest};
pub use permissions::Permission;

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

/// What the network security configuration says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkSecurity {
    pub declared: Tri,
    pub cleartext: Tri,
    /// How many domains may be reached in clear text against the base.
    pub cleartext_exceptions: i64,
    pub user_anchors: Tri,
    pub pins: Tri,
    pub debug_overrides: Tri,
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
    let table = part(zip, "resources.arsc")?.and_then(|bytes| ARSC::new(&mut &bytes[..]).ok());
    let bytes = part(zip, "AndroidManifest.xml")?.ok_or_else(|| malformed("AndroidManifest.xml cannot be read"))?;
    let xml = AXML::new(&mut &with_resource_map(&bytes)[..], table.as_ref())
        .map_err(|e| malformed(&format!("AndroidManifest.xml is no binary XML: {e}")))?;
    manifest::read(&xml.root, &Table { zip, table: table.as_ref() })
}

/// The resources of one package.
struct Table<'a> {
    zip: &'a ZipEntry,
    table: Option<&'a ARSC>,
}

impl manifest::Resources for Table<'_> {
    fn resolve(&self, reference: &str) -> Option<String> {
        let name = reference.strip_prefix('@')?;
        let table = self.table?;
        // A name, or the number of a resource whose name was taken out of the table.
        match u32::from_str_radix(name, 16) {
            Ok(id) if name.len() == 8 => table.get_resource_value(id),
            _ => table.get_resource_value_by_name(name),
        }
    }

    fn network_security(&self, reference: &str) -> Option<NetworkSecurity> {
        let path = self.resolve(reference)?;
        let bytes = part(self.zip, &path).ok()??;
        let xml = AXML::new(&mut &with_resource_map(&bytes)[..], self.table).ok()?;
        security::read(&xml.root)
    }
}

/// The reader takes whatever follows the string pool for the resource map and so loses the root of a document that has
/// none, which is every one without an `android:` attribute. An empty map in its place costs nothing.
fn with_resource_map(xml: &[u8]) -> Cow<'_, [u8]> {
    const HEADER: usize = 8;
    const RESOURCE_MAP: u16 = 0x0180;
    let word = |at: usize| xml.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes);
    let Some(pool) = word(HEADER + 4).and_then(|size| usize::try_from(size).ok()) else { return xml.into() };
    let Some(next) = HEADER.checked_add(pool).filter(|next| *next < xml.len()) else { return xml.into() };
    let is_map = xml.get(next..next + 2).is_some_and(|kind| kind == RESOURCE_MAP.to_le_bytes());
    let Some(total) = word(4).and_then(|size| size.checked_add(8)) else { return xml.into() };
    if is_map {
        return xml.into();
    }
    let mut out = xml[..next].to_vec();
    out[4..8].copy_from_slice(&total.to_le_bytes());
    out.extend_from_slice(&RESOURCE_MAP.to_le_bytes());
    out.extend_from_slice(&[8, 0, 8, 0, 0, 0]);
    out.extend_from_slice(&xml[next..]);
    out.into()
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
