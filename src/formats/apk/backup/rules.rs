//! The rules that name what is backed up and what is not.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{BackupWay, only};
use crate::{
    formats::apk::{element::Element, resources::Resources},
    model::{Fact, Tri, UnreadStatus},
};

/// Rules of one kind that are listed at most.
const MAX_RULES: usize = 500;

/// Places that an app keeps its data in (AOSP `FullBackup.BackupScheme`); to exclude one of them whole leaves the others.
pub(super) const DOMAINS: &[&str] = &[
    "root",
    "file",
    "database",
    "sharedpref",
    "external",
    "device_root",
    "device_file",
    "device_database",
    "device_sharedpref",
];

/// A path that is taken or left out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct BackupRule {
    /// `file`, `database`, `sharedpref`, `external`, `root`, or one of them with `device_` before.
    pub domain: String,
    /// Below the domain; `.` is all of it.
    pub path: String,
    /// What the transport has to offer, such as `clientSideEncryption`; empty where nothing.
    pub require_flags: String,
}

/// The rules of one way.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Rules {
    includes: BTreeSet<BackupRule>,
    excludes: BTreeSet<BackupRule>,
    encrypted_only: bool,
    cut: bool,
}

impl Rules {
    /// A section of `dataExtractionRules`; `None` where the document does not have it.
    pub fn extraction(documents: &[Option<Element>], section: &str, resources: &Resources<'_>) -> Fact<Option<Self>> {
        each(documents, "data-extraction-rules", |root| {
            let element = root.child(section)?;
            let flag = element.plain("disableIfNoEncryptionCapabilities");
            let encrypted = resources.boolean(flag, false, "disableIfNoEncryptionCapabilities");
            let known = encrypted.known().copied().unwrap_or(false);
            Some(Self { encrypted_only: known, ..Self::of(element, resources) })
        })
    }

    /// The document of `fullBackupContent`.
    pub fn full_backup(documents: &[Option<Element>], resources: &Resources<'_>) -> Fact<Self> {
        each(documents, "full-backup-content", |root| Self::of(root, resources))
    }

    /// Rules of unknown domains and paths out of their domain are passed over.
    fn of(element: &Element, resources: &Resources<'_>) -> Self {
        let read = |tag: &str| -> BTreeSet<BackupRule> {
            let all = element.each(tag).filter_map(|rule| {
                let text = |name| resources.text(rule.plain(name));
                let path = Some(text("path")).filter(|path| !path.is_empty()).unwrap_or_else(|| ".".to_owned());
                let rule = BackupRule { domain: text("domain"), path, require_flags: text("requireFlags") };
                let inside = !rule.path.contains("..") && !rule.path.contains("//");
                (DOMAINS.contains(&rule.domain.as_str()) && inside).then_some(rule)
            });
            all.take(MAX_RULES).collect()
        };
        let cut = ["include", "exclude"].into_iter().any(|tag| element.each(tag).count() > MAX_RULES);
        Self { includes: read("include"), excludes: read("exclude"), encrypted_only: false, cut }
    }

    /// How much is left: all where nothing is named, nothing where every place is left out whole.
    pub fn way(self, open: Tri, by: &str) -> BackupWay {
        let gone = |domain: &&str| self.excludes.iter().any(|rule| rule.domain == **domain && rule.path == ".");
        let nothing = self.includes.is_empty() && DOMAINS.iter().all(gone);
        let content = if self.cut {
            "unknown"
        } else if nothing {
            "nothing"
        } else if self.includes.is_empty() && self.excludes.is_empty() {
            "everything"
        } else {
            "some"
        };
        BackupWay {
            open: if nothing && !self.cut { Tri::No } else { open },
            rules: by.to_owned(),
            content: content.to_owned(),
            encrypted_only: self.encrypted_only.into(),
            includes: self.includes.into_iter().collect(),
            excludes: self.excludes.into_iter().collect(),
        }
    }
}

/// Reads the document of every configuration, which has to say the same.
fn each<T: PartialEq>(documents: &[Option<Element>], root: &str, read: impl Fn(&Element) -> T) -> Fact<T> {
    let readable = |document: &Option<Element>| document.as_ref().filter(|e| &*e.name == root).map(&read);
    match documents.iter().map(readable).collect::<Option<Vec<T>>>() {
        Some(all) if !all.is_empty() => only(all),
        _ => Fact::unread(UnreadStatus::Error, "backup_rules"),
    }
}
