//! The permissions of an Android app: asked for, implied, declared, and how much each of them means.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{attributes, declared::DeclaredPermission, element::Element, permission_levels, resources::Resources};

/// The level of a permission that neither the platform nor the app defines.
pub const OTHER: &str = "other";

/// Flag of `usesPermissionFlags`: what is seen is never used to find out where the device is.
const NEVER_FOR_LOCATION: i64 = 0x0001_0000;

/// A permission that the app asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Permission {
    pub name: String,
    /// `dangerous`, `normal`, `signature`, `special`, or `other` for what neither the platform nor the app defines.
    pub level: String,
    /// The last SDK it is asked on; 0 where there is no limit.
    pub max_sdk: i64,
    /// Not asked for, but granted because another permission or an old target SDK implies it.
    pub implied: bool,
    /// Who defines it: `platform`, `app` or `other`.
    pub defined_by: String,
    /// Asked for on SDK 23 and later only.
    pub sdk_23: bool,
    /// The app declares that it does not find out its place by it.
    pub never_for_location: bool,
}

/// What is asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    /// Declared ones and then implied ones, each part sorted.
    pub permissions: Vec<Permission>,
    /// Names that are asked for more than once.
    pub duplicates: Vec<String>,
    /// Elements beyond the cap.
    pub left_out: usize,
}

/// What the manifest asks for, and what follows from it.
pub(super) fn read(
    root: &Element,
    target_sdk: i64,
    own: &[DeclaredPermission],
    resources: &Resources<'_>,
    cap: usize,
) -> Asked {
    let tags = ["uses-permission", "uses-permission-sdk-23", "uses-permission-sdk-m"];
    let mut declared: BTreeSet<Permission> = BTreeSet::new();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    let elements = || root.children.iter().filter(|e| tags.contains(&&*e.name));
    for element in elements().take(cap) {
        let name = resources.android(element, attributes::NAME);
        if name.is_empty() {
            continue;
        }
        *times.entry(name.clone()).or_default() += 1;
        let number = |id| resources.number(element.android(id)).unwrap_or(0);
        declared.insert(Permission {
            max_sdk: number(attributes::MAX_SDK_VERSION),
            sdk_23: &*element.name != "uses-permission",
            never_for_location: number(attributes::USES_PERMISSION_FLAGS) & NEVER_FOR_LOCATION != 0,
            ..permission(name, own, false)
        });
    }
    let names: BTreeSet<&str> = declared.iter().map(|p| p.name.as_str()).collect();
    let implied: BTreeSet<Permission> =
        implied(&names, target_sdk).into_iter().map(|name| permission(name.to_owned(), own, true)).collect();
    Asked {
        permissions: declared.iter().chain(&implied).cloned().collect(),
        duplicates: times.into_iter().filter(|(_, times)| *times > 1).map(|(name, _)| name).collect(),
        left_out: elements().count().saturating_sub(cap),
    }
}

fn permission(name: String, own: &[DeclaredPermission], implied: bool) -> Permission {
    let (level, defined_by) = level(&name, own);
    Permission {
        level: level.to_owned(),
        defined_by: defined_by.to_owned(),
        name,
        max_sdk: 0,
        implied,
        sdk_23: false,
        never_for_location: false,
    }
}

/// The level of a permission and who defines it. What the platform defines, an app cannot define anew.
pub(super) fn level<'a>(name: &str, own: &'a [DeclaredPermission]) -> (&'a str, &'static str) {
    if let Some(level) = permission_levels::level(name) {
        return (level, "platform");
    }
    match own.iter().find(|permission| permission.name == name) {
        Some(permission) => (&permission.level, "app"),
        None => (OTHER, OTHER),
    }
}

/// Targets that are never reached: the split holds for every app.
const ALWAYS: i64 = i64::MAX;

/// Permissions that bring others, below a target SDK, in the platform's order: a later one sees what an earlier one
/// brought (AOSP frameworks/base `data/etc/platform.xml`, split permissions).
const SPLITS: &[(&[&str], i64, &[&str])] = &[
    (&["ACCESS_FINE_LOCATION"], ALWAYS, &["ACCESS_COARSE_LOCATION"]),
    (&["WRITE_EXTERNAL_STORAGE"], ALWAYS, &["READ_EXTERNAL_STORAGE"]),
    (&["READ_CONTACTS"], 16, &["READ_CALL_LOG"]),
    (&["WRITE_CONTACTS"], 16, &["WRITE_CALL_LOG"]),
    (&["ACCESS_FINE_LOCATION", "ACCESS_COARSE_LOCATION"], 29, &["ACCESS_BACKGROUND_LOCATION"]),
    (&["READ_EXTERNAL_STORAGE"], 29, &["ACCESS_MEDIA_LOCATION"]),
    (&["BLUETOOTH", "BLUETOOTH_ADMIN"], 31, &["BLUETOOTH_ADVERTISE", "BLUETOOTH_CONNECT", "BLUETOOTH_SCAN"]),
    (&["BODY_SENSORS"], 33, &["BODY_SENSORS_BACKGROUND"]),
    (&["READ_EXTERNAL_STORAGE"], 33, &["READ_MEDIA_AUDIO", "READ_MEDIA_IMAGES", "READ_MEDIA_VIDEO"]),
    (&["READ_MEDIA_IMAGES", "READ_MEDIA_VIDEO"], ALWAYS, &["READ_MEDIA_VISUAL_USER_SELECTED"]),
];

/// Permissions that old targets have without asking (AOSP `CompatibilityPermissionInfo`).
const COMPATIBILITY: &[(&str, i64)] =
    &[("POST_NOTIFICATIONS", 33), ("READ_PHONE_STATE", 4), ("WRITE_EXTERNAL_STORAGE", 4)];

/// What older apps get without asking.
fn implied(asked: &BTreeSet<&str>, target_sdk: i64) -> BTreeSet<String> {
    let long = |short: &str| format!("android.permission.{short}");
    let mut out: BTreeSet<String> =
        COMPATIBILITY.iter().filter(|(_, below)| target_sdk < *below).map(|(name, _)| long(name)).collect();
    for (of, below, brings) in SPLITS {
        let has = |name: &String| asked.contains(name.as_str()) || out.contains(name);
        if target_sdk < *below && of.iter().any(|name| has(&long(name))) {
            out.extend(brings.iter().map(|name| long(name)));
        }
    }
    out.retain(|name| !asked.contains(name.as_str()));
    out
}

#[cfg(test)]
mod tests;
