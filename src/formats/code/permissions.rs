//! Whether code uses the permissions that a package declares, as far as the rules can see.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    findings::CodeFindings,
    rule::{Kind, On},
    rules::rules,
};

/// How a permission is used beside what the rules see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Beside {
    /// In no way but through the APIs of the rules.
    Nothing,
    /// By native code, without any Java.
    Native,
    /// The rules see whatever reads or writes, and cannot tell which of the two it does.
    Writes,
    /// The manifest may declare what receives it, or the system acts for the app.
    System,
    /// No rule sees it at all.
    Everything,
}

use Beside::{Everything, Native, Nothing, System, Writes};

/// The permissions that users are asked for (AOSP `frameworks/base/core/res/AndroidManifest.xml`, API level 36).
const DANGEROUS: &[(&str, Beside)] = &[
    ("android.permission.ACCEPT_HANDOVER", Everything),
    ("android.permission.ACCESS_BACKGROUND_LOCATION", System),
    ("android.permission.ACCESS_COARSE_LOCATION", Nothing),
    ("android.permission.ACCESS_FINE_LOCATION", Nothing),
    ("android.permission.ACCESS_MEDIA_LOCATION", System),
    ("android.permission.ACTIVITY_RECOGNITION", Native),
    ("android.permission.ANSWER_PHONE_CALLS", Nothing),
    ("android.permission.BLUETOOTH_ADVERTISE", Nothing),
    ("android.permission.BLUETOOTH_CONNECT", System),
    ("android.permission.BLUETOOTH_SCAN", Nothing),
    ("android.permission.BODY_SENSORS", Native),
    ("android.permission.BODY_SENSORS_BACKGROUND", Native),
    ("android.permission.CALL_PHONE", Nothing),
    ("android.permission.CAMERA", Native),
    ("android.permission.GET_ACCOUNTS", Nothing),
    ("android.permission.NEARBY_WIFI_DEVICES", System),
    ("android.permission.POST_NOTIFICATIONS", System),
    ("android.permission.PROCESS_OUTGOING_CALLS", System),
    ("android.permission.RANGING", Everything),
    ("android.permission.READ_CALENDAR", Nothing),
    ("android.permission.READ_CALL_LOG", Nothing),
    ("android.permission.READ_CELL_BROADCASTS", Everything),
    ("android.permission.READ_CONTACTS", Nothing),
    ("android.permission.READ_EXTERNAL_STORAGE", Native),
    ("android.permission.READ_MEDIA_AUDIO", Native),
    ("android.permission.READ_MEDIA_IMAGES", Native),
    ("android.permission.READ_MEDIA_VIDEO", Native),
    ("android.permission.READ_MEDIA_VISUAL_USER_SELECTED", Native),
    ("android.permission.READ_PHONE_NUMBERS", Nothing),
    ("android.permission.READ_PHONE_STATE", Nothing),
    ("android.permission.READ_SMS", Nothing),
    ("android.permission.RECEIVE_MMS", System),
    ("android.permission.RECEIVE_SMS", System),
    ("android.permission.RECEIVE_WAP_PUSH", System),
    ("android.permission.RECORD_AUDIO", Native),
    ("android.permission.SEND_SMS", Nothing),
    ("android.permission.USE_SIP", Nothing),
    ("android.permission.UWB_RANGING", System),
    ("android.permission.WRITE_CALENDAR", Writes),
    ("android.permission.WRITE_CALL_LOG", Writes),
    ("android.permission.WRITE_CONTACTS", Writes),
    ("android.permission.WRITE_EXTERNAL_STORAGE", Writes),
    ("com.android.voicemail.permission.ADD_VOICEMAIL", Nothing),
];

/// Whether code uses a permission.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", tag = "use")]
pub enum PermissionUse {
    /// By what these rules found.
    Used { by: Vec<String> },
    /// The code was read, and nothing of it needs the permission.
    NotSeen,
    /// It may be used where nobody looked: `not_in_table`, `no_rule`, `system`, `native_code`, `dynamic_code`,
    /// `code_not_read`; or `read_or_write`, where what is found may do with the permission to read.
    Unknown { reason: String },
}

/// Permissions of the table.
pub fn permissions() -> impl Iterator<Item = &'static str> {
    DANGEROUS.iter().map(|(permission, _)| *permission)
}

/// What the rules know to need a permission on some API level: rule id and API, class or string.
pub fn apis_of(permission: &str) -> Vec<(&'static str, String)> {
    let mut found = BTreeSet::new();
    let granted = rules().filter(|(_, rule)| rule.grants.iter().any(|grant| grant.permission == permission));
    for (_, rule) in granted {
        match rule.on {
            On::Call { classes, method: member } | On::Read { classes, field: member } => {
                found.extend(classes.iter().map(|class| (rule.id, format!("{class}.{member}"))));
            }
            On::Text(texts) => found.extend(texts.iter().map(|text| (rule.id, (*text).to_owned()))),
            On::Defines(_) | On::Body { .. } => {}
        }
    }
    found.into_iter().collect()
}

/// Whether code uses a permission. `native_code` says whether the package has libraries of its own.
pub fn permission_use(permission: &str, findings: &CodeFindings, native_code: bool) -> PermissionUse {
    let by: BTreeSet<&str> = rules()
        .filter(|(kind, rule)| *kind == Kind::PrivacyApis && rule.grants.iter().any(|one| one.permission == permission))
        .map(|(_, rule)| rule.id)
        .filter(|id| findings.counted(id).is_some_and(|count| count.found > 0))
        .collect();
    let unknown = |reason: &str| PermissionUse::Unknown { reason: reason.to_owned() };
    let beside = DANGEROUS.iter().find(|(name, _)| *name == permission).map(|(_, beside)| *beside);
    if !by.is_empty() && beside == Some(Writes) {
        return unknown("read_or_write");
    }
    if !by.is_empty() {
        return PermissionUse::Used { by: by.into_iter().map(str::to_owned).collect() };
    }
    let dex = &findings.dex;
    match beside {
        None => unknown("not_in_table"),
        Some(Everything) => unknown("no_rule"),
        Some(System) => unknown("system"),
        Some(Native | Writes) if native_code => unknown("native_code"),
        Some(_) if loads_code(findings) => unknown("dynamic_code"),
        Some(_) if dex.scanned == 0 || dex.scanned < dex.present || !dex.skipped.is_empty() => unknown("code_not_read"),
        Some(_) => PermissionUse::NotSeen,
    }
}

fn loads_code(findings: &CodeFindings) -> bool {
    let loaders = ["dex_class_loader", "path_class_loader", "in_memory_dex_class_loader", "dex_file", "hot_patch_"];
    findings.dynamic_code.iter().any(|found| loaders.iter().any(|loader| found.what.starts_with(loader)))
}
