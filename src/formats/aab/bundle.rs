//! The modules of an Android App Bundle, and which tool put them together.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::protobuf::{Fields, Wire};
use crate::{
    formats::apk::{
        element::{Element, Value},
        resources::cut,
    },
    model::{Fact, UnreadStatus},
};

/// Modules that are listed at most.
const MAX_MODULES: usize = 500;

/// Where the configuration of a bundle lies.
pub const CONFIG: &str = "BundleConfig.pb";

/// The namespace of what says how a module is delivered.
const DISTRIBUTION: &str = "http://schemas.android.com/apk/distribution";

/// What a bundle says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bundle {
    /// Of the `bundletool` that made it.
    pub version: Fact<String>,
    /// `regular`, `apex` or `asset_only`.
    pub kind: Fact<String>,
    /// By name, sorted.
    pub modules: Vec<Module>,
    /// Modules beyond the cap.
    pub left_out: i64,
}

/// One module.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Module {
    /// Its folder; `base` is what every device gets.
    pub name: String,
    /// `base`, `feature`, `asset_pack` or `ml_pack`; unread where its manifest cannot be read.
    pub kind: Fact<String>,
    /// `install_time`, `fast_follow`, `on_demand` or `conditional`.
    pub delivery: Fact<String>,
    /// It runs without being installed.
    pub instant: Fact<bool>,
}

/// The modules among these entries, each with what its manifest says.
pub(super) fn read(
    entries: &mut dyn Iterator<Item = &str>,
    config: Option<&[u8]>,
    manifest: &mut dyn FnMut(&str) -> Option<Element>,
) -> Bundle {
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.strip_suffix("/manifest/AndroidManifest.xml"))
        .filter(|name| !name.is_empty() && !name.contains('/'))
        .map(cut)
        .collect();
    names.sort();
    names.dedup();
    let left_out = i64::try_from(names.len().saturating_sub(MAX_MODULES)).unwrap_or(i64::MAX);
    let modules = names.into_iter().take(MAX_MODULES).map(|name| module(manifest(&name).as_ref(), name)).collect();
    Bundle { version: version(config), kind: kind(config), modules, left_out }
}

/// `BundleConfig` (bundletool `config.proto`): 1 `Bundletool`, whose version is 2.
fn version(config: Option<&[u8]>) -> Fact<String> {
    let tool = config.and_then(|config| Fields::last(config, 1)).and_then(Wire::bytes);
    match tool.and_then(|tool| Fields::last(tool, 2)).and_then(Wire::text) {
        Some(version) => Fact::Known(cut(version)),
        None => unread(CONFIG),
    }
}

/// Field 8, which is not written where it is zero.
fn kind(config: Option<&[u8]>) -> Fact<String> {
    let Some(config) = config.filter(|config| Fields::well_formed(config)) else { return unread(CONFIG) };
    match Fields::last(config, 8).map_or(Some(0), Wire::number) {
        Some(0) => Fact::Known("regular".to_owned()),
        Some(1) => Fact::Known("apex".to_owned()),
        Some(2) => Fact::Known("asset_only".to_owned()),
        _ => unread(CONFIG),
    }
}

fn unread<T>(reason: &str) -> Fact<T> {
    Fact::unread(UnreadStatus::Error, reason)
}

fn module(manifest: Option<&Element>, name: String) -> Module {
    let Some(root) = manifest.filter(|root| &*root.name == "manifest") else {
        return Module { name, kind: unread("manifest"), delivery: unread("manifest"), instant: unread("manifest") };
    };
    let element = root.child("module");
    let attribute = |called: &str| {
        let found = element?.attributes.iter().find(|a| &*a.name == called && &*a.namespace == DISTRIBUTION)?;
        Some(&found.value)
    };
    let written = attribute("type").and_then(Value::text);
    let kind = match written.as_deref() {
        Some("asset-pack") => "asset_pack",
        Some("ml-pack") => "ml_pack",
        _ if name == "base" => "base",
        _ => "feature",
    };
    Module {
        kind: Fact::Known(kind.to_owned()),
        delivery: Fact::Known(delivery(element, attribute("onDemand").and_then(Value::boolean)).to_owned()),
        instant: match attribute("instant") {
            None => Fact::Known(false),
            Some(value) => value.boolean().map_or_else(|| unread("instant"), Fact::Known),
        },
        name,
    }
}

/// By the element of the way, or by the flag of older bundles.
fn delivery(module: Option<&Element>, on_demand: Option<bool>) -> &'static str {
    let ways = module.and_then(|module| module.child("delivery"));
    let has = |way| ways.is_some_and(|ways| ways.child(way).is_some());
    let conditional = ways.and_then(|ways| ways.child("install-time")).is_some_and(|e| e.child("conditions").is_some());
    match () {
        () if conditional => "conditional",
        () if has("install-time") => "install_time",
        () if has("fast-follow") => "fast_follow",
        () if has("on-demand") || on_demand == Some(true) => "on_demand",
        () => "install_time",
    }
}
