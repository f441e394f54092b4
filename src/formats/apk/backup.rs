//! What of an app's data leaves the device: into the cloud, to a new device, and on platforms before Android 12.
//!
//! Rules: AOSP `BackupEligibilityRules` (who is backed up), `FullBackup.BackupScheme` (what), `ParsingPackageUtils` (which
//! attributes count without `allowBackup`).

mod rules;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Package, attributes,
    element::{Element, Value},
};
use crate::model::{Fact, Tri, UnreadStatus};

pub use rules::BackupRule;
use rules::Rules;

/// The first SDK whose apps cannot keep their data from a transfer to a new device by `allowBackup`, and for whose
/// transfers `fullBackupContent` says nothing.
const TRANSFER_BY_RULES: i64 = 31;

/// What is backed up, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Backup {
    /// `allowBackup`, which is on where nothing is written.
    pub allowed: Fact<bool>,
    /// Whether `allowBackup` is written.
    pub explicit: bool,
    /// The class that hands over the data; empty where the platform copies files by itself.
    pub agent: String,
    /// The agent takes part in copies of files only.
    pub full_backup_only: Fact<bool>,
    /// A copy of a newer version is taken too.
    pub restore_any_version: Fact<bool>,
    /// The user is asked on removal whether the data stay.
    pub fragile_user_data: Fact<bool>,
    /// To the cloud, on Android 12 and later.
    pub cloud: BackupWay,
    /// From device to device, on Android 12 and later.
    pub device_transfer: BackupWay,
    /// Either, on platforms before Android 12; `none` in `rules` where the app cannot be installed on them.
    pub before_android_12: BackupWay,
}

/// One way on which data leave the device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BackupWay {
    /// Whether anything leaves on it.
    pub open: Tri,
    /// What decides: `none` (closed, or nothing to decide), `default` (everything), `agent`, `full_backup_content`,
    /// `data_extraction_rules` or `unread`.
    pub rules: String,
    /// How much leaves: `everything`, `some`, `nothing` or `unknown`.
    #[schemars(extend("enum" = ["everything", "some", "nothing", "unknown"]))]
    pub content: String,
    /// Only where it is encrypted with a key of the device's user.
    pub encrypted_only: Tri,
    pub includes: Vec<BackupRule>,
    pub excludes: Vec<BackupRule>,
}

/// The backup section of a manifest. Without an application there is nothing to back up.
pub(super) fn read(application: Option<&Element>, sdks: (i64, i64), package: &mut Package<'_>) -> Backup {
    let nothing = Element::default();
    let app = application.unwrap_or(&nothing);
    let flag = |id, default| package.resources.flag(app, id, default);
    let allowed = flag(attributes::ALLOW_BACKUP, true);
    let full_backup_only = flag(attributes::FULL_BACKUP_ONLY, false);
    let restore_any_version = flag(attributes::RESTORE_ANY_VERSION, false);
    let fragile_user_data = flag(attributes::HAS_FRAGILE_USER_DATA, false);
    let agent = package.resources.android(app, attributes::BACKUP_AGENT);
    let by_keys = match (&*agent, &full_backup_only) {
        ("", _) => Tri::No,
        (_, Fact::Known(only)) => (!only).into(),
        _ => Tri::Unknown,
    };
    let sources = Sources {
        by_keys,
        content: content(app, package),
        extraction: app.android(attributes::DATA_EXTRACTION_RULES).map(|value| package.documents(value)),
    };
    let (min_sdk, target_sdk) = sdks;
    let opened = |allowed: &Fact<bool>| allowed.known().map_or(Tri::Unknown, |allowed| (*allowed).into());
    let transfer = if target_sdk >= TRANSFER_BY_RULES { Tri::Yes } else { opened(&allowed) };
    Backup {
        explicit: app.android(attributes::ALLOW_BACKUP).is_some(),
        cloud: sources.way(opened(&allowed), Some("cloud-backup"), true, package),
        device_transfer: sources.transfer(transfer, target_sdk, &allowed, package),
        before_android_12: if min_sdk < TRANSFER_BY_RULES {
            sources.way(opened(&allowed), None, true, package)
        } else {
            BackupWay::of(Tri::No, "none", "nothing")
        },
        allowed,
        agent,
        full_backup_only,
        restore_any_version,
        fragile_user_data,
    }
}

/// What `fullBackupContent` says: nothing, yes, no, or a document of rules.
#[derive(Debug)]
enum Content {
    Default,
    Off,
    Rules(Vec<Option<Element>>),
    Unread,
}

/// A reference is rules, whatever it leads to; else zero is off and the rest is on.
fn content(app: &Element, package: &mut Package<'_>) -> Content {
    match app.android(attributes::FULL_BACKUP_CONTENT) {
        None => Content::Default,
        Some(reference @ Value::Reference(_)) => Content::Rules(package.documents(reference)),
        Some(value) => match value.boolean() {
            Some(true) => Content::Default,
            Some(false) => Content::Off,
            None => Content::Unread,
        },
    }
}

/// Where the rules of every way are looked for.
struct Sources {
    /// An agent hands over keys and values, and no file is copied.
    by_keys: Tri,
    content: Content,
    extraction: Option<Vec<Option<Element>>>,
}

impl Sources {
    /// `section` of the new rules, where it is there; else the old ones, where they count; else everything.
    fn way(&self, open: Tri, section: Option<&str>, old_rules: bool, package: &Package<'_>) -> BackupWay {
        if open == Tri::No {
            return BackupWay::of(Tri::No, "none", "nothing");
        }
        match self.by_keys {
            Tri::Yes => return BackupWay::of(open, "agent", "unknown"),
            Tri::Unknown => return BackupWay::of(open, "unread", "unknown"),
            Tri::No => {}
        }
        if let (Some(section), Some(documents)) = (section, &self.extraction) {
            match Rules::extraction(documents, section, package.resources) {
                Fact::Known(Some(rules)) => return rules.way(open, "data_extraction_rules"),
                Fact::Known(None) => {}
                Fact::Unread(_) => return BackupWay::of(open, "unread", "unknown"),
            }
        }
        match &self.content {
            _ if !old_rules => BackupWay::of(open, "default", "everything"),
            Content::Default => BackupWay::of(open, "default", "everything"),
            Content::Off => BackupWay::of(Tri::No, "full_backup_content", "nothing"),
            Content::Unread => BackupWay::of(open, "unread", "unknown"),
            Content::Rules(documents) => match Rules::full_backup(documents, package.resources) {
                Fact::Known(rules) => rules.way(open, "full_backup_content"),
                Fact::Unread(_) => BackupWay::of(open, "unread", "unknown"),
            },
        }
    }

    /// Agents and old rules are not asked where `allowBackup` is off and yet the transfer takes place.
    fn transfer(&self, open: Tri, target_sdk: i64, allowed: &Fact<bool>, package: &Package<'_>) -> BackupWay {
        let old_rules = target_sdk < TRANSFER_BY_RULES;
        if matches!(allowed, Fact::Known(false)) && open == Tri::Yes {
            let alone = Sources { by_keys: Tri::No, content: Content::Default, extraction: self.extraction.clone() };
            return alone.way(open, Some("device-transfer"), old_rules, package);
        }
        self.way(open, Some("device-transfer"), old_rules, package)
    }
}

impl BackupWay {
    fn of(open: Tri, rules: &str, content: &str) -> Self {
        Self {
            open,
            rules: rules.to_owned(),
            content: content.to_owned(),
            encrypted_only: Tri::No,
            includes: Vec::new(),
            excludes: Vec::new(),
        }
    }
}

/// The same rules in all configurations, or none that can be told.
fn only<T: PartialEq>(mut found: Vec<T>) -> Fact<T> {
    match (found.pop(), found.as_slice()) {
        (Some(last), rest) if rest.iter().all(|other| *other == last) => Fact::Known(last),
        _ => Fact::unread(UnreadStatus::Error, super::resources::AMBIGUOUS),
    }
}

#[cfg(test)]
mod tests;
