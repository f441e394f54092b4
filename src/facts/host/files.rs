//! Modes of files and folders, and what walks of fixed roots found.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Fact;

/// One file or folder.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct FileMode {
    pub path: String,
    /// Permission bits with set-uid, set-gid and sticky, as a number.
    pub mode: i64,
    /// The same as octal text, such as `0640`.
    pub octal: String,
    pub uid: i64,
    pub gid: i64,
    /// Names by passwd and group, or the number where there is none.
    pub owner: String,
    pub group: String,
    /// `file`, `dir`, `link`, `device` or `other`.
    pub kind: String,
    pub bytes: i64,
}

/// What everybody may write, below the fixed roots (`-xdev`).
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct WorldWritable {
    pub files: Fact<Vec<FileMode>>,
    /// Folders without the sticky bit.
    pub dirs: Fact<Vec<FileMode>>,
}

/// The home of an account that can log in.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Home {
    pub user: String,
    pub path: String,
    pub exists: bool,
    pub mode: i64,
    pub octal: String,
    /// Owned by the user.
    pub owned: bool,
    /// Start-up files in it that group or others may write.
    pub writable_dotfiles: Vec<String>,
}
