//! What else lies in a package: bytecode, native libraries, source maps, resources, packages that were compiled in.

use flate2::{Decompress, FlushDecompress};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    bytes::{fill, u32_at},
    document::LeftOut,
    json::{Document, Node, fact},
    manifest::cut,
};
use crate::{
    formats::zip::{Archive, Entry},
    model::{Fact, Tri, Unread},
};

/// What bytecode of ArkCompiler begins with: magic, checksum, version, size (arkcompiler_runtime_core, `file.h`).
const ABC_MAGIC: &[u8] = b"PANDA\0\0\0";
const ABC_HEAD: usize = 20;
/// Compressed bytes that hold the first bytes of bytecode in any case.
const PREFIX: usize = 4 << 10;
/// What the resource compiler begins its index with.
const RESOURCE_MAGIC: &[u8] = b"Restool";
const RESOURCES: &str = "resources.index";
const PACKAGES: &str = "pkgContextInfo.json";

/// What lies in a package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Files {
    /// By path.
    pub bytecode: Vec<Bytecode>,
    /// Paths below `libs/`.
    pub native_libs: Vec<String>,
    /// As `arm64-v8a`.
    pub abis: Vec<String>,
    /// Source maps, which tell names and lines of the source.
    pub source_maps: Vec<String>,
    /// Source text of ArkTS or TypeScript, which a built package has no use for.
    pub sources: Vec<String>,
    /// `resources.index` is there and begins as one.
    pub resource_index: Tri,
    /// Whether names in the bytecode are obfuscated. Nothing in a package tells; always `unknown`.
    pub obfuscated: Tri,
    /// Packages that were compiled in, as `pkgContextInfo.json` lists them, by name; none where that file is not there.
    pub packages: Fact<Vec<Package>>,
}

/// A file of bytecode.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Bytecode {
    pub path: String,
    /// As the directory declares it.
    pub bytes: i64,
    /// It begins as bytecode and says its own size right.
    pub well_formed: Tri,
    /// As `12.0.6.0`; empty where it cannot be read.
    pub version: String,
}

/// A package that was compiled in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Package {
    pub name: String,
    /// Empty where it says none, as for the modules of the app itself.
    pub version: String,
    /// A native library.
    pub native: bool,
}

/// Looks over the names, and into the few files that are asked for.
pub(super) fn read(
    archive: &Archive<'_>,
    file: impl FnOnce(&str) -> Option<Result<Vec<u8>, Unread>>,
    duplicates: &mut Vec<String>,
    left_out: &mut Vec<LeftOut>,
) -> Files {
    let mut files = Files {
        bytecode: Vec::new(),
        native_libs: Vec::new(),
        abis: Vec::new(),
        source_maps: Vec::new(),
        sources: Vec::new(),
        resource_index: resource_index(archive),
        obfuscated: Tri::Unknown,
        packages: fact(file(PACKAGES).map_or(Ok(Vec::new()), |bytes| packages(bytes, duplicates, left_out))),
    };
    for entry in archive.entries().iter().filter(|entry| !entry.is_directory()) {
        files.sort_in(archive, entry);
    }
    files.bytecode.sort();
    cut("bytecode", &mut files.bytecode, left_out);
    let lists = [
        ("native_libs", &mut files.native_libs),
        ("abis", &mut files.abis),
        ("source_maps", &mut files.source_maps),
        ("sources", &mut files.sources),
    ];
    for (what, list) in lists {
        list.sort();
        list.dedup();
        cut(what, list, left_out);
    }
    files
}

impl Files {
    fn sort_in(&mut self, archive: &Archive<'_>, entry: &Entry) {
        let name = &entry.name;
        let parts: Vec<&str> = name.split('/').collect();
        if let ["libs", abi, .., last] = parts.as_slice() {
            if last.ends_with(".so") || last.contains(".so.") {
                self.native_libs.push(name.clone());
                self.abis.push((*abi).to_owned());
            }
        } else if name.ends_with(".map") {
            self.source_maps.push(name.clone());
        } else if name.ends_with(".abc") {
            // Each costs a read: more than are told are not looked into.
            if self.bytecode.len() <= super::manifest::MAX_LISTED {
                self.bytecode.push(bytecode(archive, entry));
            }
        } else if name.ends_with(".ets") || name.ends_with(".ts") {
            self.sources.push(name.clone());
        }
    }
}

fn bytecode(archive: &Archive<'_>, entry: &Entry) -> Bytecode {
    let head = beginning(archive, entry);
    let version = head.as_deref().and_then(|head| head.get(12..16)).map(|version| {
        let parts: Vec<_> = version.iter().map(u8::to_string).collect();
        parts.join(".")
    });
    let well_formed = head.as_deref().map(|head| {
        let size = u32_at(head, 16).map(u64::from);
        head.starts_with(ABC_MAGIC) && size == Some(entry.uncompressed)
    });
    Bytecode {
        path: entry.name.clone(),
        bytes: i64::try_from(entry.uncompressed).unwrap_or(i64::MAX),
        version: version.filter(|_| well_formed == Some(true)).unwrap_or_default(),
        well_formed: well_formed.map_or(Tri::Unknown, Into::into),
    }
}

/// The first bytes of an entry, without inflating more of it; `None` where it cannot be read.
fn beginning(archive: &Archive<'_>, entry: &Entry) -> Option<Vec<u8>> {
    let data = entry.data?;
    let there = usize::try_from(entry.compressed.min(PREFIX as u64)).ok()?;
    let mut stored = vec![0; there];
    if !fill(archive.source(), data, &mut stored) {
        return None;
    }
    if entry.is_stored() {
        stored.truncate(ABC_HEAD);
        return Some(stored);
    }
    let mut head = vec![0; ABC_HEAD];
    let mut inflate = Decompress::new(false);
    inflate.decompress(&stored, &mut head, FlushDecompress::None).ok()?;
    head.truncate(usize::try_from(inflate.total_out()).ok()?);
    Some(head)
}

fn resource_index(archive: &Archive<'_>) -> Tri {
    let Some(entry) = archive.find(RESOURCES) else { return Tri::No };
    beginning(archive, entry).map_or(Tri::Unknown, |head| head.starts_with(RESOURCE_MAGIC).into())
}

fn packages(
    bytes: Result<Vec<u8>, Unread>,
    duplicates: &mut Vec<String>,
    left_out: &mut Vec<LeftOut>,
) -> Result<Vec<Package>, Unread> {
    let document = Document::read(&bytes?)?;
    duplicates.extend(document.duplicates.iter().map(|key| format!("{PACKAGES}: {key}")));
    let root = document.object()?;
    let read = |node: &Node| {
        let one = node.object()?;
        Ok(Package {
            name: one.demanded_text("packageName")?,
            version: one.text("version")?.unwrap_or_default(),
            native: one.flag("isSO")?.unwrap_or_default(),
        })
    };
    let mut out: Vec<_> = root.values().map(read).collect::<Result<_, Unread>>()?;
    out.sort();
    out.dedup();
    cut("packages", &mut out, left_out);
    Ok(out)
}
