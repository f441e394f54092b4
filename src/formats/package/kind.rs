//! The kind of a package, by the entries that its platform demands.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::formats::zip::Archive;

/// Larger metadata files are no app's.
const MAX_METADATA: u64 = 4 << 20;

/// What a package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Android, as it is installed.
    Apk,
    /// Several APKs of one app, as bundletool writes them.
    Apks,
    /// Several APKs of one app with a `manifest.json`, as stores outside of Google hand them out.
    Xapk,
    /// Android App Bundle, from which a store makes APKs.
    Aab,
    /// iOS.
    Ipa,
    /// HarmonyOS, as it is installed.
    Hap,
    /// HarmonyOS shared library, installed beside a HAP.
    Hsp,
    /// HarmonyOS, several HAPs and HSPs of one app, as it is handed to the store.
    App,
    /// HarmonyOS static library, built into others.
    Har,
}

impl Kind {
    /// As it is written in facts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apk => "apk",
            Self::Apks => "apks",
            Self::Xapk => "xapk",
            Self::Aab => "aab",
            Self::Ipa => "ipa",
            Self::Hap => "hap",
            Self::Hsp => "hsp",
            Self::App => "app",
            Self::Har => "har",
        }
    }

    /// The kind of an archive; `None` where it is that of something else.
    pub fn of(archive: &Archive<'_>) -> Option<Self> {
        let has = |name: &str| archive.find(name).is_some();
        if has("AndroidManifest.xml") {
            // A library for Android has a manifest as well, and its code as Java classes.
            let is_library = has("classes.jar") && !has("classes.dex") && !has("resources.arsc");
            return (!is_library).then_some(Self::Apk);
        }
        if has("BundleConfig.pb") || has("base/manifest/AndroidManifest.xml") {
            return Some(Self::Aab);
        }
        if any(archive, is_ios) {
            return Some(Self::Ipa);
        }
        if let Some(kind) = harmony(archive) {
            return Some(kind);
        }
        if has("pack.info") && any(archive, |name| name.ends_with(".hap") || name.ends_with(".hsp")) {
            return Some(Self::App);
        }
        if has("toc.pb") {
            return Some(Self::Apks);
        }
        let has_apks = any(archive, |name| name.ends_with(".apk") && name.matches('/').count() <= 1);
        has_apks.then(|| if is_xapk(archive) { Self::Xapk } else { Self::Apks })
    }
}

fn any(archive: &Archive<'_>, test: impl Fn(&str) -> bool) -> bool {
    archive.entries().iter().any(|entry| test(&entry.name))
}

fn is_ios(name: &str) -> bool {
    let folder = name.strip_prefix("Payload/").and_then(|rest| rest.split_once('/'));
    folder.is_some_and(|(folder, _)| folder.ends_with(".app"))
}

/// What `module.json` (stage model) and `config.json` (FA model) say of themselves.
#[derive(Deserialize)]
struct Module {
    module: Type,
}

#[derive(Deserialize)]
struct Type {
    #[serde(default, rename = "type")]
    kind: String,
}

/// By `module.type` where it can be read; a HAP where it cannot, and the rest is as HarmonyOS wants it.
fn harmony(archive: &Archive<'_>) -> Option<Kind> {
    let entry = archive.find("module.json").or_else(|| archive.find("config.json"))?;
    let bytes = archive.read(entry, MAX_METADATA).ok();
    match bytes.and_then(|bytes| serde_json::from_slice::<Module>(&bytes).ok()) {
        Some(Module { module }) => Some(match module.kind.as_str() {
            "shared" => Kind::Hsp,
            "har" => Kind::Har,
            _ => Kind::Hap,
        }),
        None => ["pack.info", "resources.index"].iter().any(|name| archive.find(name).is_some()).then_some(Kind::Hap),
    }
}

#[derive(Deserialize)]
struct XapkManifest {
    #[serde(rename = "package_name")]
    _package: String,
}

fn is_xapk(archive: &Archive<'_>) -> bool {
    let bytes = archive.find("manifest.json").and_then(|entry| archive.read(entry, MAX_METADATA).ok());
    bytes.is_some_and(|bytes| serde_json::from_slice::<XapkManifest>(&bytes).is_ok())
}
