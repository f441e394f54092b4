//! Entries of a package as they are inflated, each once: digests of all files of the app, and what executables say.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use ring::digest::{Context, SHA1_FOR_LEGACY_USE_ONLY, SHA256};

use super::{
    Ios, IosError, assemble,
    code_signature::{Examined, FileDigests, examine},
    layout::{Layout, MAX_METADATA, file},
    macho::{self, MachO, MachOError, Slice},
    privacy::{self, ManifestAt},
    resources::{CodeResources, Found},
};
use crate::{
    formats::zip::{Archive, Entry, ZipError},
    model::{Fact, UnreadStatus},
};

/// Bytes of the list of all files.
const MAX_RESOURCES: u64 = 16 << 20;
/// Privacy manifests that are read.
const MAX_MANIFESTS: usize = 200;
/// Bytes of a path that a symbolic link has.
const MAX_LINK: usize = 1024;
/// The name of a privacy manifest.
const MANIFEST: &str = "PrivacyInfo.xcprivacy";

/// Reads what is small, and takes the entries that its caller inflates, in any order and from several threads.
#[derive(Debug)]
pub struct Scanner {
    pub(super) layout: Layout,
    pub(super) profile: Fact<Vec<u8>>,
    pub(super) resources: Fact<CodeResources>,
    pub(super) manifests: Vec<ManifestAt>,
    pub(super) manifests_left_out: usize,
}

impl Scanner {
    /// Reads the metadata of the app.
    ///
    /// # Errors
    /// There is no app in `Payload/`.
    pub fn open(archive: &Archive<'_>) -> Result<Self, IosError> {
        let layout = Layout::read(archive).ok_or(IosError::NoApp)?;
        let at = |path: &str| format!("{}{path}", layout.root);
        let resources = file(archive, &at("_CodeSignature/CodeResources"), MAX_RESOURCES).and_then(|bytes| {
            CodeResources::read(&bytes).map_or_else(|_| Fact::unread(UnreadStatus::Error, "malformed"), Fact::Known)
        });
        let is_manifest =
            |path: &&str| *path == MANIFEST || path.strip_suffix(MANIFEST).is_some_and(|folder| folder.ends_with('/'));
        let names = archive.entries().iter().filter_map(|entry| layout.within(&entry.name));
        let paths: BTreeSet<&str> = names.filter(is_manifest).collect();
        let manifests_left_out = paths.len().saturating_sub(MAX_MANIFESTS);
        let manifests = paths.into_iter().take(MAX_MANIFESTS).map(|path| ManifestAt {
            path: path.to_owned(),
            manifest: file(archive, &at(path), MAX_METADATA).and_then(|bytes| {
                privacy::read(&bytes).map_or_else(|_| Fact::unread(UnreadStatus::Error, "malformed"), Fact::Known)
            }),
        });
        let manifests = manifests.collect();
        let profile = file(archive, &at("embedded.mobileprovision"), MAX_METADATA);
        Ok(Self { profile, resources, manifests, manifests_left_out, layout })
    }

    /// Takes the contents of an entry; `None` for what is no file of the app.
    pub fn entry(&self, entry: &Entry) -> Option<EntryScan> {
        let path = self.layout.within(&entry.name).filter(|_| !entry.is_directory())?;
        let sealed = path.ends_with("Info.plist") || path.ends_with("_CodeSignature/CodeResources");
        let wants_sha1 = self.resources.known().is_some_and(|resources| resources.wants_sha1(path));
        Some(EntryScan {
            path: path.to_owned(),
            sha256: Context::new(&SHA256),
            sha1: (sealed || wants_sha1).then(|| Context::new(&SHA1_FOR_LEGACY_USE_ONLY)),
            link: entry.is_link().then(Vec::new),
            code: Code::Undecided(Vec::new()),
        })
    }

    /// Puts together what the entries said. Entries that were not handed over count as missing.
    pub fn finish(self, entries: impl IntoIterator<Item = Scanned>) -> Ios {
        let mut files: BTreeMap<String, Found> = BTreeMap::new();
        let mut code = Vec::new();
        for Scanned { path, found, slices } in entries {
            if let Some(slices) = slices {
                code.push((path.clone(), slices));
            }
            // Of a name that is there twice nobody knows which file a system installs.
            match files.get_mut(&path) {
                Some(other) if *other != found => other.unread = Some(UnreadStatus::Error),
                Some(_) => {}
                None => drop(files.insert(path, found)),
            }
        }
        code.sort_by(|a, b| a.0.cmp(&b.0));
        assemble::put_together(self, &files, code)
    }
}

/// Reads a whole package, one entry after another.
///
/// # Errors
/// There is no app in it.
pub fn scan(archive: &Archive<'_>, cap: u64) -> Result<Ios, IosError> {
    let scanner = Scanner::open(archive)?;
    let mut scanned = Vec::new();
    for entry in archive.entries() {
        let Some(mut scan) = scanner.entry(entry) else { continue };
        scanned.push(match archive.stream(entry, cap, &mut |window| scan.push(window)) {
            Ok(_) => scan.finish(),
            Err(ZipError::TooLarge { .. }) => scan.unread(UnreadStatus::TooLarge),
            Err(_) => scan.unread(UnreadStatus::Error),
        });
    }
    Ok(scanner.finish(scanned))
}

/// The contents of one entry, window by window.
pub struct EntryScan {
    path: String,
    sha256: Context,
    sha1: Option<Context>,
    link: Option<Vec<u8>>,
    code: Code,
}

/// Whether it is code: that is told by its first bytes, never by its name.
#[derive(Debug)]
enum Code {
    Undecided(Vec<u8>),
    No,
    Yes(Box<MachO>),
}

impl EntryScan {
    /// The next bytes of the contents.
    pub fn push(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        if let Some(sha1) = &mut self.sha1 {
            sha1.update(bytes);
        }
        if let Some(link) = &mut self.link {
            let room = MAX_LINK.saturating_sub(link.len()).min(bytes.len());
            link.extend_from_slice(bytes.get(..room).unwrap_or_default());
        }
        match &mut self.code {
            Code::Undecided(head) => {
                head.extend_from_slice(bytes);
                if head.len() >= 8 {
                    let head = mem::take(head);
                    self.code = if macho::is_macho(&head) { begun(&head) } else { Code::No };
                }
            }
            Code::No => {}
            Code::Yes(file) => file.push(bytes),
        }
    }

    /// All contents were handed over.
    pub fn finish(self) -> Scanned {
        let take = |context: Context| context.finish().as_ref().to_vec();
        let slices = match self.code {
            Code::Yes(file) => Some(slices(file.finish())),
            Code::Undecided(_) | Code::No => None,
        };
        let hashes = slices.iter().flatten().filter_map(|slice| slice.as_ref().ok());
        let found = Found {
            digests: FileDigests { sha1: self.sha1.map(take), sha256: Some(take(self.sha256)) },
            link: self.link.map(|link| String::from_utf8_lossy(&link).into_owned()),
            cdhashes: hashes.flat_map(|slice| slice.signature.cdhashes()).map(str::to_owned).collect(),
            unread: None,
        };
        Scanned { path: self.path, found, slices }
    }

    /// The contents could not be had, for this reason: what was handed over so far counts for nothing.
    pub fn unread(self, status: UnreadStatus) -> Scanned {
        Scanned { path: self.path, found: Found { unread: Some(status), ..Found::default() }, slices: None }
    }
}

fn begun(head: &[u8]) -> Code {
    let mut file = Box::new(MachO::default());
    file.push(head);
    Code::Yes(file)
}

fn slices(read: Result<Vec<Result<macho::Scanned, MachOError>>, MachOError>) -> Vec<Result<SliceFound, MachOError>> {
    let of = |scanned: macho::Scanned| SliceFound { signature: examine(&scanned), slice: scanned.slice };
    match read {
        Ok(slices) => slices.into_iter().map(|slice| slice.map(of)).collect(),
        Err(error) => vec![Err(error)],
    }
}

/// What one entry said.
#[derive(Clone, Debug)]
pub struct Scanned {
    pub(super) path: String,
    pub(super) found: Found,
    /// Of code.
    pub(super) slices: Option<Vec<Result<SliceFound, MachOError>>>,
}

/// One slice of code.
#[derive(Clone, Debug)]
pub(super) struct SliceFound {
    pub slice: Slice,
    pub signature: Examined,
}
