//! Where things are in a package: the app in `Payload/`, the bundles within it, and to which a file belongs.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::info::{self, Info};
use crate::{
    formats::zip::{Archive, ZipError},
    model::{Fact, UnreadStatus},
};

/// Bundles within an app whose `Info.plist` is read.
const MAX_BUNDLES: usize = 300;
/// Bytes of a small file of metadata.
pub(super) const MAX_METADATA: u64 = super::plist::MAX_BYTES as u64;

/// What code is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The app's own executable.
    Executable,
    /// The executable of an app within, as for a watch.
    App,
    Extension,
    Framework,
    /// Any other: libraries, plug-ins, programs.
    Library,
}

/// A bundle, by its folder within the app.
#[derive(Clone, Debug)]
pub(super) struct Bundle {
    pub info: Fact<Info>,
}

/// The app and its bundles.
#[derive(Debug)]
pub(super) struct Layout {
    /// `Payload/Name.app/`.
    pub root: String,
    /// Apps in `Payload/`; more than one is odd.
    pub apps: usize,
    /// By their folders, with `/` at the end; that of the app is empty.
    pub bundles: BTreeMap<String, Bundle>,
    pub left_out: usize,
}

impl Layout {
    /// `None` where there is no app.
    pub(super) fn read(archive: &Archive<'_>) -> Option<Self> {
        let names = || archive.entries().iter().map(|entry| entry.name.as_str());
        let apps: BTreeSet<&str> = names().filter_map(app_folder).collect();
        let with_info = |root: &&&str| archive.find(&format!("{root}Info.plist")).is_some();
        let root = (*apps.iter().find(with_info).or_else(|| apps.first())?).to_owned();
        let folders: BTreeSet<&str> =
            names().filter_map(|name| name.strip_prefix(root.as_str())).flat_map(folders).collect();
        let left_out = folders.len().saturating_sub(MAX_BUNDLES);
        let chosen = std::iter::once("").chain(folders.into_iter().take(MAX_BUNDLES));
        let bundles = chosen
            .map(|folder| {
                let info = file(archive, &format!("{root}{folder}Info.plist"), MAX_METADATA);
                (folder.to_owned(), Bundle { info: info.and_then(|bytes| parsed(&bytes)) })
            })
            .collect();
        Some(Self { apps: apps.len(), bundles, left_out, root })
    }

    /// The path within the app.
    pub(super) fn within<'a>(&self, name: &'a str) -> Option<&'a str> {
        name.strip_prefix(self.root.as_str()).filter(|path| !path.is_empty())
    }

    /// The folder of the innermost bundle around a path.
    pub(super) fn bundle_of<'a>(&self, path: &'a str) -> &'a str {
        folders(path).last().unwrap_or("")
    }

    /// What code at a path is for.
    pub(super) fn role(&self, path: &str) -> Role {
        let folder = self.bundle_of(path);
        if !self.is_executable(path) {
            return Role::Library;
        }
        match suffix(folder) {
            None => Role::Executable,
            Some("app") => Role::App,
            Some("appex") => Role::Extension,
            Some("framework") => Role::Framework,
            Some(_) => Role::Library,
        }
    }

    /// Whether a path is the executable of the bundle that it is in: by its `Info.plist`, else by the name of the folder.
    pub(super) fn is_executable(&self, path: &str) -> bool {
        let folder = self.bundle_of(path);
        let named =
            self.bundles.get(folder).and_then(|bundle| bundle.info.known()).map(|info| info.executable.as_str());
        let last = folder.strip_suffix('/').unwrap_or(folder).rsplit('/').next().unwrap_or_default();
        let last = if folder.is_empty() {
            self.root.strip_suffix('/').and_then(|root| root.rsplit('/').next()).unwrap_or_default()
        } else {
            last
        };
        let name = named.filter(|name| !name.is_empty()).or_else(|| last.rsplit_once('.').map(|(stem, _)| stem));
        name.is_some() && path.strip_prefix(folder) == name
    }
}

/// `Payload/Name.app/` of a path within it.
fn app_folder(name: &str) -> Option<&str> {
    let rest = name.strip_prefix("Payload/")?;
    let end = rest.find('/').filter(|end| rest.get(..*end).is_some_and(|folder| folder.ends_with(".app")))?;
    name.get(..end.saturating_add("Payload/".len()).saturating_add(1))
}

/// The folders of bundles that a path within the app goes through, from the outermost.
fn folders(path: &str) -> impl Iterator<Item = &str> {
    let ends = path.match_indices('/').map(|(at, _)| at);
    ends.filter_map(|at| path.get(..at.saturating_add(1))).filter(|folder| suffix(folder).is_some())
}

/// Of bundles that may have code; a folder of resources alone is part of the bundle around it.
fn suffix(folder: &str) -> Option<&str> {
    let name = folder.strip_suffix('/')?.rsplit('/').next()?;
    let (_, suffix) = name.rsplit_once('.')?;
    matches!(suffix, "app" | "appex" | "framework" | "xctest" | "xpc").then_some(suffix)
}

/// The bytes of a small file, or why they are not had; `missing` where there is no such file.
pub(super) fn file(archive: &Archive<'_>, name: &str, cap: u64) -> Fact<Vec<u8>> {
    let Some(entry) = archive.find(name) else { return Fact::unread(UnreadStatus::Error, "missing") };
    match archive.read(entry, cap) {
        Ok(bytes) => Fact::Known(bytes),
        Err(ZipError::TooLarge { .. }) => Fact::unread(UnreadStatus::TooLarge, "too_large"),
        Err(_) => Fact::unread(UnreadStatus::Error, "unreadable"),
    }
}

fn parsed(bytes: &[u8]) -> Fact<Info> {
    info::read(bytes).map_or_else(|_| Fact::unread(UnreadStatus::Error, "malformed"), Fact::Known)
}
