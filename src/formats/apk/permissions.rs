//! The permissions of an Android app: asked for, implied, and how much each of them means.

use apk_info_xml::Element;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::manifest::{MAX_LISTED, number};

/// A permission that the app asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Permission {
    pub name: String,
    /// `dangerous`, `normal`, `signature`, `special`, or `other` for what the platform does not define.
    pub level: String,
    /// The last SDK it is asked on; 0 where there is no limit.
    pub max_sdk: i64,
    /// Not asked for, but granted because another permission or an old target SDK implies it.
    pub implied: bool,
}

/// What the manifest asks for, and what follows from it.
pub(super) fn read(root: &Element, target_sdk: i64) -> Vec<Permission> {
    let mut out: Vec<Permission> = root
        .childrens()
        .filter(|e| matches!(e.name(), "uses-permission" | "uses-permission-sdk-23"))
        .filter_map(|e| {
            let max_sdk = e.attr("maxSdkVersion").and_then(number).unwrap_or(0);
            Some(permission(e.attr("name")?, max_sdk, false))
        })
        .take(MAX_LISTED)
        .collect();
    for name in implied(&out, target_sdk) {
        out.push(permission(name, 0, true));
    }
    out.sort();
    out.dedup();
    out
}

fn permission(name: &str, max_sdk: i64, implied: bool) -> Permission {
    Permission { name: name.to_owned(), level: level(name).to_owned(), max_sdk, implied }
}

/// What older apps get without asking (the platform's split permissions).
fn implied(asked: &[Permission], target_sdk: i64) -> Vec<&'static str> {
    const STORAGE_WRITE: &str = "android.permission.WRITE_EXTERNAL_STORAGE";
    const STORAGE_READ: &str = "android.permission.READ_EXTERNAL_STORAGE";
    let has = |name: &str| asked.iter().any(|p| p.name == name);
    let mut out = Vec::new();
    if target_sdk < 4 {
        out.extend([STORAGE_WRITE, "android.permission.READ_PHONE_STATE"]);
    }
    if has(STORAGE_WRITE) || target_sdk < 4 {
        out.push(STORAGE_READ);
    }
    if target_sdk < 16 && has("android.permission.READ_CONTACTS") {
        out.push("android.permission.READ_CALL_LOG");
    }
    if target_sdk < 16 && has("android.permission.WRITE_CONTACTS") {
        out.push("android.permission.WRITE_CALL_LOG");
    }
    let location = ["FINE", "COARSE"].iter().any(|kind| has(&format!("android.permission.ACCESS_{kind}_LOCATION")));
    if target_sdk < 29 && location {
        out.push("android.permission.ACCESS_BACKGROUND_LOCATION");
    }
    if target_sdk < 33 && has("android.permission.BODY_SENSORS") {
        out.push("android.permission.BODY_SENSORS_BACKGROUND");
    }
    out.retain(|name| !has(name));
    out
}

/// Runtime permissions of the platform, without their common prefix.
const DANGEROUS: &[&str] = &[
    "ACCEPT_HANDOVER",
    "ACCESS_BACKGROUND_LOCATION",
    "ACCESS_COARSE_LOCATION",
    "ACCESS_FINE_LOCATION",
    "ACCESS_MEDIA_LOCATION",
    "ACTIVITY_RECOGNITION",
    "ADD_VOICEMAIL",
    "ANSWER_PHONE_CALLS",
    "BLUETOOTH_ADVERTISE",
    "BLUETOOTH_CONNECT",
    "BLUETOOTH_SCAN",
    "BODY_SENSORS",
    "BODY_SENSORS_BACKGROUND",
    "CALL_PHONE",
    "CAMERA",
    "GET_ACCOUNTS",
    "NEARBY_WIFI_DEVICES",
    "POST_NOTIFICATIONS",
    "PROCESS_OUTGOING_CALLS",
    "READ_CALENDAR",
    "READ_CALL_LOG",
    "READ_CONTACTS",
    "READ_EXTERNAL_STORAGE",
    "READ_MEDIA_AUDIO",
    "READ_MEDIA_IMAGES",
    "READ_MEDIA_VIDEO",
    "READ_MEDIA_VISUAL_USER_SELECTED",
    "READ_PHONE_NUMBERS",
    "READ_PHONE_STATE",
    "READ_SMS",
    "RECEIVE_MMS",
    "RECEIVE_SMS",
    "RECEIVE_WAP_PUSH",
    "RECORD_AUDIO",
    "SEND_SMS",
    "USE_SIP",
    "UWB_RANGING",
    "WRITE_CALENDAR",
    "WRITE_CALL_LOG",
    "WRITE_CONTACTS",
    "WRITE_EXTERNAL_STORAGE",
];

/// Granted by the user in the settings, not by a dialogue.
const SPECIAL: &[&str] = &[
    "MANAGE_EXTERNAL_STORAGE",
    "MANAGE_MEDIA",
    "PACKAGE_USAGE_STATS",
    "REQUEST_INSTALL_PACKAGES",
    "SCHEDULE_EXACT_ALARM",
    "SYSTEM_ALERT_WINDOW",
    "WRITE_SETTINGS",
];

/// Only for the system and its vendor.
const SIGNATURE: &[&str] = &[
    "BIND_ACCESSIBILITY_SERVICE",
    "BIND_DEVICE_ADMIN",
    "DELETE_PACKAGES",
    "INSTALL_PACKAGES",
    "MOUNT_UNMOUNT_FILESYSTEMS",
    "READ_LOGS",
    "READ_PRIVILEGED_PHONE_STATE",
    "REBOOT",
    "SET_TIME",
    "WRITE_SECURE_SETTINGS",
];

fn level(name: &str) -> &'static str {
    let Some(name) = name.strip_prefix("android.permission.") else { return "other" };
    if DANGEROUS.contains(&name) {
        "dangerous"
    } else if SPECIAL.contains(&name) {
        "special"
    } else if SIGNATURE.contains(&name) {
        "signature"
    } else {
        "normal"
    }
}
