//! Permissions that the app itself defines for others.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{attributes, element::Element, resources::Resources};

/// A permission of the app's own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct DeclaredPermission {
    pub name: String,
    /// `normal`: every app that asks has it; `dangerous`: the user is asked; `signature`: apps of the same signer;
    /// `other` where the level cannot be read.
    pub level: String,
    /// What widens the level, such as `knownSigner`, `privileged` or `role`. Sorted.
    pub flags: Vec<String>,
    pub group: String,
}

/// The low bits of `protectionLevel` (AOSP `PermissionInfo.PROTECTION_MASK_BASE`).
const BASE: i64 = 0xf;

/// The others.
const FLAGS: &[(i64, &str)] = &[
    (0x10, "privileged"),
    (0x20, "development"),
    (0x40, "appop"),
    (0x80, "pre23"),
    (0x100, "installer"),
    (0x200, "verifier"),
    (0x400, "preinstalled"),
    (0x800, "setup"),
    (0x1000, "instant"),
    (0x2000, "runtime"),
    (0x4000, "oem"),
    (0x8000, "vendorPrivileged"),
    (0x1_0000, "textClassifier"),
    (0x8_0000, "configurator"),
    (0x10_0000, "incidentReportApprover"),
    (0x20_0000, "appPredictor"),
    (0x40_0000, "module"),
    (0x80_0000, "companion"),
    (0x100_0000, "retailDemo"),
    (0x200_0000, "recents"),
    (0x400_0000, "role"),
    (0x800_0000, "knownSigner"),
];

/// Those that the manifest declares, trees of permissions included, sorted.
pub(super) fn read(root: &Element, resources: &Resources<'_>, cap: usize) -> Vec<DeclaredPermission> {
    let mut out: Vec<_> = root
        .children
        .iter()
        .filter(|element| matches!(&*element.name, "permission" | "permission-tree"))
        .take(cap)
        .map(|element| permission(element, resources))
        .collect();
    out.sort();
    out
}

fn permission(element: &Element, resources: &Resources<'_>) -> DeclaredPermission {
    let written = element.android(attributes::PROTECTION_LEVEL);
    let number = written.map_or(Some(0), |value| resources.number(Some(value)));
    let mut flags: Vec<_> =
        FLAGS.iter().filter(|(bit, _)| number.unwrap_or(0) & bit != 0).map(|(_, name)| (*name).to_owned()).collect();
    flags.sort();
    DeclaredPermission {
        name: resources.android(element, attributes::NAME),
        level: match number.map(|number| number & BASE) {
            Some(0) => "normal",
            Some(1) => "dangerous",
            Some(2..=4) => "signature",
            _ => "other",
        }
        .to_owned(),
        flags,
        group: resources.android(element, attributes::PERMISSION_GROUP),
    }
}
