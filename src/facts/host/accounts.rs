//! Accounts and groups.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Fact, Tri};

/// One line of passwd with its line of shadow.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Account {
    pub name: String,
    pub uid: i64,
    pub gid: i64,
    pub home: String,
    pub shell: String,
    /// Whether the shell is one that gives a session (not nologin, false, sync and the like).
    pub login_shell: bool,
    /// Whether the uid is below `UID_MIN` of login.defs (1000 by default) or is the overflow uid.
    pub system: bool,
    /// `none` (logs in without a password), `locked` or `set`.
    pub password: Fact<PasswordState>,
    /// `descrypt`, `md5`, `bcrypt`, `sha256`, `sha512`, `yescrypt`, `gost-yescrypt`, `scrypt`, `sm3`, `other`; `""` where none is set.
    pub hash_algorithm: Fact<String>,
    /// Day of the last change, `""` where shadow has none.
    pub last_change: Fact<String>,
    /// Days since then; [`NEVER`](super::NEVER) where shadow has no day.
    pub last_change_days: Fact<i64>,
    /// The password must be changed at the next login (day 0 in shadow).
    pub must_change: Fact<bool>,
    /// Days before which it may not be changed again; 0 where not set.
    pub min: Fact<i64>,
    /// Days after which it must be changed; 99999 where not set.
    pub max: Fact<i64>,
    /// Days of warning; 0 where not set.
    pub warn: Fact<i64>,
    /// Days of grace after expiry; -1 where not set.
    pub inactive: Fact<i64>,
    /// Day on which the account expires, `""` where it never does.
    pub expires: Fact<String>,
    /// Whether it has expired on the day of evaluation.
    pub expired: Fact<Tri>,
    /// Time of the last login, `""` where there never was one.
    pub last_login: Fact<String>,
    /// Days since then; [`NEVER`](super::NEVER) where there never was one.
    pub last_login_days: Fact<i64>,
    /// Names of all groups that it is in, primary first.
    pub groups: Fact<Vec<String>>,
}

/// What the password field says, without the hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PasswordState {
    None,
    Locked,
    Set,
}

/// One line of group.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Group {
    pub name: String,
    pub gid: i64,
    /// Named members and those whose primary group it is, sorted.
    pub members: Fact<Vec<String>>,
    /// Whether gshadow holds a group password.
    pub password: Fact<bool>,
}

/// Contradictions and privileges that need all accounts and groups at once.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Identity {
    /// Names of accounts with uid 0.
    pub uid0: Fact<Vec<String>>,
    pub duplicate_uids: Fact<Vec<SharedId>>,
    pub duplicate_gids: Fact<Vec<SharedId>>,
    pub duplicate_names: Fact<Vec<String>>,
    pub duplicate_groups: Fact<Vec<String>>,
    /// Accounts whose primary group does not exist.
    pub missing_groups: Fact<Vec<String>>,
    /// Accounts without a line in shadow although passwd says `x`.
    pub missing_shadow: Fact<Vec<String>>,
    /// Accounts whose hash stands in passwd itself.
    pub unshadowed: Fact<Vec<String>>,
    /// Accounts that can log in with no password at all.
    pub empty_passwords: Fact<Vec<String>>,
    /// Lines that start with `+` (old NIS inclusion) in passwd, group or shadow.
    pub nis_lines: Fact<Vec<String>>,
    /// Members of root, wheel, sudo, admin and of gid 0, without root itself.
    pub administrators: Fact<Vec<String>>,
    /// Accounts that can log in: a login shell, and a password or a key is possible.
    pub can_log_in: Fact<Vec<String>>,
    /// Accounts below `UID_MIN`, without root, that have a login shell.
    pub system_with_shell: Fact<Vec<String>>,
    /// Lines that are not of the right form; they are not in `accounts` or `groups`.
    pub malformed_lines: Fact<i64>,
}

/// An id that several names share.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SharedId {
    pub id: i64,
    pub names: Vec<String>,
}
