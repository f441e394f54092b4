//! The Android manifest as the platform takes it: defaults of the target SDK filled in.

use apk_info_xml::Element;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    NetworkSecurity,
    permissions::{self, Permission},
};
use crate::model::{DecodeFailure, Fact, Tri, UnreadStatus};

/// More are no app's.
pub(super) const MAX_LISTED: usize = 20_000;

/// What the manifest says, defaults filled in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Manifest {
    pub package: String,
    pub version_name: String,
    /// Major and minor in one number, as the platform has it.
    pub version_code: i64,
    pub min_sdk: i64,
    /// The minimum where no target is declared.
    pub target_sdk: i64,
    /// Unread where it refers to a resource that cannot be resolved.
    pub debuggable: Fact<bool>,
    pub test_only: Fact<bool>,
    pub allow_backup: Fact<bool>,
    pub cleartext_permitted: Tri,
    pub network_security: NetworkSecurity,
    pub permissions: Vec<Permission>,
    pub components: Vec<Component>,
}

/// A part of the app that the system can start.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Component {
    /// `activity`, `service`, `receiver` or `provider`; an alias is an activity.
    pub kind: String,
    pub name: String,
    /// Whether other apps can reach it, and it is enabled. Unread where it refers to a resource that cannot be resolved.
    pub exported: Fact<bool>,
    /// What a caller needs; empty where nothing is asked for.
    pub permission: String,
    /// URL schemes that start it.
    pub schemes: Vec<String>,
    /// It is what the launcher starts.
    pub launcher: bool,
}

/// What a reference in the manifest leads to.
pub(super) trait Resources {
    /// The value behind `@bool/name` and the like.
    fn resolve(&self, reference: &str) -> Option<String>;

    /// The network security configuration behind `@xml/name`.
    fn network_security(&self, reference: &str) -> Option<NetworkSecurity>;
}

/// Reads the tree.
pub(super) fn read(root: &Element, resources: &dyn Resources) -> Result<Manifest, DecodeFailure> {
    if root.name() != "manifest" {
        let what = format!("the manifest's root is `{}`", root.name());
        return Err(DecodeFailure::Malformed { offset: 0, what });
    }
    let application = child(root, "application");
    let flag =
        |name: &str, default: bool| application.map_or(Fact::Known(default), |a| boolean(a, name, resources, default));
    let text = |name: &str| root.attr(name).map(|value| resolved(value, resources)).unwrap_or_default();
    let (min_sdk, target_sdk) = sdks(root);
    let permissions = permissions::read(root, target_sdk);
    let guard = application.and_then(|a| a.attr("permission")).unwrap_or_default();
    let (cleartext_permitted, network_security) = network(application, target_sdk, resources);
    Ok(Manifest {
        package: text("package"),
        version_name: text("versionName"),
        version_code: version_code(root),
        min_sdk,
        target_sdk,
        debuggable: flag("debuggable", false),
        test_only: flag("testOnly", false),
        allow_backup: flag("allowBackup", true),
        cleartext_permitted,
        network_security,
        permissions,
        components: application.map(|a| components(a, target_sdk, guard, resources)).unwrap_or_default(),
    })
}

fn child<'a>(of: &'a Element, name: &str) -> Option<&'a Element> {
    of.childrens().find(|element| element.name() == name)
}

/// A flag as written, or as the resource says that it refers to.
fn boolean(of: &Element, name: &str, resources: &dyn Resources, default: bool) -> Fact<bool> {
    let Some(value) = of.attr(name).filter(|value| !value.is_empty()) else { return Fact::Known(default) };
    match resolved(value, resources).as_str() {
        "true" | "1" | "-1" | "0xffffffff" => Fact::Known(true),
        "false" | "0" | "0x00000000" => Fact::Known(false),
        _ => Fact::unread(UnreadStatus::Error, format!("AndroidManifest.xml {name}")),
    }
}

/// The value behind a reference; the reference itself where it leads nowhere.
fn resolved(value: &str, resources: &dyn Resources) -> String {
    let behind = value.starts_with('@').then(|| resources.resolve(value)).flatten();
    behind.unwrap_or_else(|| value.to_owned())
}

pub(super) fn number(text: &str) -> Option<i64> {
    match text.strip_prefix("0x") {
        Some(hex) => i64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    }
}

fn version_code(root: &Element) -> i64 {
    let part = |name| root.attr(name).and_then(number).unwrap_or(0);
    (part("versionCodeMajor") & 0x7fff_ffff) << 32 | part("versionCode") & 0xffff_ffff
}

/// The platform takes 1 for a missing minimum and the minimum for a missing target.
fn sdks(root: &Element) -> (i64, i64) {
    let uses = child(root, "uses-sdk");
    let sdk = |name| uses.and_then(|u| u.attr(name)).and_then(sdk_number);
    let min = sdk("minSdkVersion").unwrap_or(1);
    (min, sdk("targetSdkVersion").unwrap_or(min))
}

/// A letter stands for a preview, which is newer than every number we know.
fn sdk_number(text: &str) -> Option<i64> {
    number(text).or_else(|| text.starts_with(|c: char| c.is_ascii_uppercase()).then_some(10_000))
}

fn components(application: &Element, target_sdk: i64, guard: &str, resources: &dyn Resources) -> Vec<Component> {
    let mut out: Vec<Component> = application
        .childrens()
        .filter_map(|element| {
            let kind = match element.name() {
                "activity" | "activity-alias" => "activity",
                "service" => "service",
                "receiver" => "receiver",
                "provider" => "provider",
                _ => return None,
            };
            Some(component(kind, element, target_sdk, guard, resources))
        })
        .take(MAX_LISTED)
        .collect();
    out.sort();
    out
}

fn component(kind: &str, element: &Element, target_sdk: i64, guard: &str, resources: &dyn Resources) -> Component {
    let filters = || element.childrens().filter(|child| child.name() == "intent-filter");
    // Without a word: a provider was open before SDK 17, the others are open when they listen to something.
    let default = if kind == "provider" { target_sdk < 17 } else { filters().next().is_some() };
    let exported = match boolean(element, "enabled", resources, true) {
        Fact::Known(false) => Fact::Known(false),
        Fact::Known(true) => boolean(element, "exported", resources, default),
        unread => boolean(element, "exported", resources, default)
            .and_then(|open| if open { unread } else { Fact::Known(false) }),
    };
    let named = |name: &str| element.attr(name).filter(|value| !value.is_empty());
    let permission = match kind {
        "provider" => named("permission").or(named("readPermission")).or(named("writePermission")),
        _ => named("permission"),
    };
    let has = |tag: &str, value: &str| {
        filters().any(|f| f.childrens().any(|e| e.name() == tag && e.attr("name") == Some(value)))
    };
    Component {
        kind: kind.to_owned(),
        name: element.attr("name").unwrap_or_default().to_owned(),
        exported,
        permission: permission.unwrap_or(guard).to_owned(),
        schemes: schemes(element),
        launcher: has("action", "android.intent.action.MAIN") && has("category", "android.intent.category.LAUNCHER"),
    }
}

fn schemes(element: &Element) -> Vec<String> {
    let mut out: Vec<_> = element
        .childrens()
        .filter(|child| child.name() == "intent-filter")
        .flat_map(Element::childrens)
        .filter(|child| child.name() == "data")
        .filter_map(|data| data.attr("scheme").map(str::to_owned))
        .collect();
    out.sort();
    out.dedup();
    out
}

/// A configuration decides from SDK 24; else the attribute; else what the target SDK's default is.
fn network(application: Option<&Element>, target_sdk: i64, resources: &dyn Resources) -> (Tri, NetworkSecurity) {
    let default = target_sdk < 28;
    let attribute = application.map(|a| boolean(a, "usesCleartextTraffic", resources, default));
    let otherwise = attribute.map_or(default.into(), |flag| flag.known().map_or(Tri::Unknown, |flag| (*flag).into()));
    match application.and_then(|a| a.attr("networkSecurityConfig")) {
        None => {
            let none = NetworkSecurity {
                declared: Tri::No,
                cleartext: otherwise,
                cleartext_exceptions: 0,
                user_anchors: Tri::from(target_sdk < 24),
                pins: Tri::No,
                debug_overrides: Tri::No,
            };
            (otherwise, none)
        }
        Some(reference) => match resources.network_security(reference) {
            Some(mut config) => {
                if config.cleartext == Tri::Unknown {
                    config.cleartext = default.into();
                }
                if config.user_anchors == Tri::Unknown {
                    config.user_anchors = Tri::from(target_sdk < 24);
                }
                let any = config.cleartext == Tri::Yes || config.cleartext_exceptions > 0;
                (any.into(), config)
            }
            // It is there and cannot be read: nothing is known, whatever the attribute says.
            None => (Tri::Unknown, security_unknown()),
        },
    }
}

fn security_unknown() -> NetworkSecurity {
    NetworkSecurity {
        declared: Tri::Yes,
        cleartext: Tri::Unknown,
        cleartext_exceptions: 0,
        user_anchors: Tri::Unknown,
        pins: Tri::Unknown,
        debug_overrides: Tri::Unknown,
    }
}
