//! What leaves the device with a backup.
//!
//! Sources: OpenHarmony documentation of the backup extension and of `deviceConfig`; `filemanagement_app_file_service`
//! (BJsonEntityExtensionConfig), where nothing is allowed that `allowToBackupRestore` does not allow.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::json::{Document, fact};
use crate::model::{Fact, Tri, Unread};

/// What a package says of backups.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Backup {
    /// A backup extension, or `supportBackup` in the feature-ability model.
    pub declared: Tri,
    /// Effective: data of the app may go into backups and be restored.
    pub allowed: Tri,
    /// The file of settings; empty where there is none.
    pub config: String,
    /// Paths that are backed up; empty where all that is usual is.
    pub includes: Fact<Vec<String>>,
    /// Paths that are not.
    pub excludes: Fact<Vec<String>>,
    pub full_backup_only: Fact<bool>,
}

/// What the description of the module says.
#[derive(Clone, Debug)]
pub(super) enum Declared {
    No,
    /// The feature-ability model has a flag.
    Flag(bool),
    /// The stage model has an extension, and the path of its settings where it names them.
    Extension(Option<String>),
    Unread(Unread),
}

impl Backup {
    fn plain(declared: Tri, allowed: Tri) -> Self {
        Self {
            declared,
            allowed,
            config: String::new(),
            includes: Fact::Known(Vec::new()),
            excludes: Fact::Known(Vec::new()),
            full_backup_only: Fact::Known(false),
        }
    }

    fn unread(declared: Tri, config: String, why: &Unread) -> Self {
        Self {
            declared,
            allowed: Tri::Unknown,
            config,
            includes: Fact::Unread(why.clone()),
            excludes: Fact::Unread(why.clone()),
            full_backup_only: Fact::Unread(why.clone()),
        }
    }
}

/// What is declared, with the settings that `file` finds.
pub(super) fn read(
    declared: &Declared,
    file: impl FnOnce(&str) -> Result<Vec<u8>, Unread>,
    duplicates: &mut Vec<String>,
) -> Backup {
    match declared {
        Declared::No => Backup::plain(Tri::No, Tri::No),
        Declared::Flag(flag) => Backup::plain((*flag).into(), (*flag).into()),
        // Nothing allows anything.
        Declared::Extension(None) => Backup::plain(Tri::Yes, Tri::No),
        Declared::Unread(why) => Backup::unread(Tri::Unknown, String::new(), why),
        Declared::Extension(Some(path)) => match file(path).and_then(|bytes| Document::read(&bytes)) {
            Ok(document) => {
                duplicates.extend(document.duplicates.iter().map(|key| format!("{path}: {key}")));
                settings(path, &document)
            }
            Err(why) => Backup::unread(Tri::Yes, path.clone(), &why),
        },
    }
}

fn settings(path: &str, document: &Document) -> Backup {
    let object = document.object();
    let allowed = object.clone().and_then(|object| object.flag("allowToBackupRestore"));
    let texts = |key| fact(object.clone().and_then(|object| object.texts(key)));
    Backup {
        declared: Tri::Yes,
        allowed: allowed.map_or(Tri::Unknown, |allowed| allowed.unwrap_or_default().into()),
        config: path.to_owned(),
        includes: texts("includes"),
        excludes: texts("excludes"),
        full_backup_only: fact(
            object.clone().and_then(|object| object.flag("fullBackupOnly")).map(Option::unwrap_or_default),
        ),
    }
}
