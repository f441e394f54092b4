//! Who gets in and what they may do: password rules, lockout, PAM, sudo, cron, shells.

use schemars::JsonSchema;
use serde::Serialize;

use super::files::FileMode;
use crate::model::Fact;

/// Rules for new passwords as they take effect in the stack that `passwd` uses.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PasswordPolicy {
    /// `pwquality`, `cracklib`, `passwdqc` or `none`: the module that is effective in the password stack.
    pub quality_module: Fact<String>,
    /// Shortest password that the stack lets through; 0 where nothing asks.
    pub min_length: Fact<i64>,
    /// Kinds of characters that are enforced (0 to 4): the larger of `minclass` and the number of negative credits.
    pub classes: Fact<i64>,
    /// Old passwords that are remembered; 0 where none.
    pub history: Fact<i64>,
    /// The rules bind root too (`enforce_for_root`).
    pub enforce_for_root: Fact<bool>,
    /// The quality module refuses and not only warns (`enforcing`, and its control can fail the stack).
    pub enforcing: Fact<bool>,
    /// Characters that must differ from the old password; 0 where not asked.
    pub difok: Fact<i64>,
    /// Same character in a row at most; 0 is no limit.
    pub maxrepeat: Fact<i64>,
    /// Words of the dictionary are refused.
    pub dictcheck: Fact<bool>,
    /// Passwords with the user name in them are refused.
    pub usercheck: Fact<bool>,
    /// Attempts before the module gives up.
    pub retry: Fact<i64>,
    /// Hash of new passwords: of pam_unix in the stack, or else `ENCRYPT_METHOD`; lower case.
    pub hash: Fact<String>,
    /// `PASS_MAX_DAYS` of login.defs: for accounts made from now on; 99999 where not set.
    pub max_days: Fact<i64>,
    /// `PASS_MIN_DAYS`; 0 where not set.
    pub min_days: Fact<i64>,
    /// `PASS_WARN_AGE`; 0 where not set.
    pub warn_days: Fact<i64>,
    /// `INACTIVE` of useradd's defaults; -1 where not set.
    pub inactive_days: Fact<i64>,
    /// `UID_MIN` of login.defs; 1000 where not set.
    pub uid_min: Fact<i64>,
}

/// Lockout after failed logins.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Lockout {
    /// `faillock`, `tally2`, `tally` or `none`: effective in the stacks of local and network login.
    pub module: Fact<String>,
    /// Failures that lock; 0 where nothing locks. The weakest of the login services.
    pub deny: Fact<i64>,
    /// Seconds until it opens again; 0 means never by itself.
    pub unlock_seconds: Fact<i64>,
    /// Seconds within which failures count (faillock); 0 where it does not apply.
    pub interval_seconds: Fact<i64>,
    /// Root is locked too.
    pub root_too: Fact<bool>,
    /// The same by service.
    pub services: Fact<Vec<ServiceLockout>>,
}

/// Lockout of one login service.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ServiceLockout {
    /// `login`, `sshd`, `su`, ...
    pub service: String,
    pub module: String,
    /// Whether it can both count and refuse: the counting line is reached when a password is wrong.
    pub effective: bool,
    pub deny: i64,
    pub unlock_seconds: i64,
    pub root_too: bool,
}

/// What the PAM stacks do, includes and control jumps followed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Pam {
    /// pam_pwquality, pam_cracklib or pam_passwdqc can refuse a new password.
    pub quality_effective: Fact<bool>,
    /// pam_pwhistory, or `remember=` of pam_unix, can refuse an old password.
    pub history_effective: Fact<bool>,
    /// pam_faillock, pam_tally2 or pam_tally locks in every login service that exists.
    pub lockout_effective: Fact<bool>,
    /// A login without a password is let through (`nullok` on an effective pam_unix of the auth stacks).
    pub nullok: Fact<bool>,
    /// `su` is kept to a group by pam_wheel.
    pub su_wheel: Fact<bool>,
    /// The group of pam_wheel; `wheel` or `root` by default, `""` where it is not used.
    pub su_group: Fact<String>,
    /// Services whose auth stack lets everybody in (pam_permit reached without any test).
    pub open_services: Fact<Vec<String>>,
    /// Modules of a second factor that are effective in the auth stack of sshd or login.
    pub mfa_modules: Fact<Vec<String>>,
    /// Modules that are effective in login services, with the service.
    pub effective: Fact<Vec<ControlModule>>,
    /// pam_limits is effective in the session stack of sshd or login.
    pub limits_effective: Fact<bool>,
}

/// A module line that is effective in the stack of a service.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct ControlModule {
    pub service: String,
    /// `auth`, `account`, `password` or `session`.
    pub phase: String,
    /// Such as `pam_unix.so`.
    pub module: String,
    pub control: String,
    pub args: Vec<String>,
    /// File and line where it stands.
    pub place: String,
}

/// Idle timeout of shells.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct IdleTimeout {
    /// File that sets it, `""` where none does.
    pub source: Fact<String>,
    /// A user cannot undo it (`readonly TMOUT`).
    pub readonly: Fact<bool>,
}

/// File creation masks, as octal texts such as `0027`; `""` where not set.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Umask {
    pub login_defs: Fact<String>,
    /// The last one that the login profile sets for ordinary users.
    pub profile: Fact<String>,
    /// The last one that the system-wide bashrc sets.
    pub bashrc: Fact<String>,
    /// Of pam_umask where it is effective.
    pub pam: Fact<String>,
    /// The weakest (lets through most) of those that are set; `0022` where none is.
    pub effective: Fact<String>,
    /// The same as a number, so that masks can be compared bit by bit.
    pub effective_bits: Fact<i64>,
}

/// History and environment of login shells.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Shell {
    /// `HISTSIZE`; 500 (bash's own default) where nothing sets it.
    pub history_size: Fact<i64>,
    /// `HISTFILESIZE`; the same as `history_size` where nothing sets it.
    pub history_file_size: Fact<i64>,
    /// `HISTTIMEFORMAT` is set.
    pub history_timestamps: Fact<bool>,
    /// Entries of root's PATH, as the profile files set it, that are relative, empty or `.`.
    pub root_path_relative: Fact<Vec<String>>,
    /// Shells that `/etc/shells` allows.
    pub shells: Fact<Vec<String>>,
}

/// One rule of sudoers for one user or group.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SudoRule {
    /// `alice`, `%wheel`, `#1000`, `ALL`, an expanded alias.
    pub who: String,
    pub hosts: Vec<String>,
    /// Users whom it may become; `root` where the rule names none.
    pub runas: Vec<String>,
    /// Commands after alias expansion; `ALL` for any.
    pub commands: Vec<String>,
    pub nopasswd: bool,
    /// `SETENV`, `NOEXEC`, ... as written.
    pub tags: Vec<String>,
    /// Any command as anybody.
    pub unrestricted: bool,
    /// File and line where it stands.
    pub place: String,
}

/// Settings of sudo.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Sudoers {
    pub installed: Fact<bool>,
    /// Entries of `Defaults` lines as written, such as `use_pty` or `!authenticate`.
    pub defaults: Fact<Vec<String>>,
    pub use_pty: Fact<bool>,
    /// Path of its own log file, `""` where it logs to syslog only.
    pub logfile: Fact<String>,
    /// `!authenticate` stands in any `Defaults`.
    pub authenticate_off: Fact<bool>,
    /// Minutes that a password is remembered; 15 by default (5 upstream), negative is for ever.
    pub timestamp_timeout: Fact<i64>,
    pub secure_path: Fact<String>,
    /// Who may do anything: users and `%groups`.
    pub unrestricted: Fact<Vec<String>>,
    /// Who needs no password for something.
    pub nopasswd: Fact<Vec<String>>,
    /// Lines that our reader could not make sense of; the lists are unread where there are any.
    pub malformed_lines: Fact<i64>,
}

/// `hosts.allow` and `hosts.deny` (only used by programs linked with libwrap).
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TcpWrappers {
    pub allow: Fact<Vec<String>>,
    pub deny: Fact<Vec<String>>,
    /// `ALL: ALL` stands in hosts.deny.
    pub deny_all: Fact<bool>,
}

/// A file that trusts other hosts or stores credentials.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TrustFile {
    pub path: String,
    /// Whose home it lies in, `""` for files of the system.
    pub user: String,
    pub bytes: i64,
    pub octal: String,
}

/// Public keys that open an account.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AuthorizedKeys {
    pub user: String,
    pub path: String,
    pub octal: String,
    pub keys: Fact<i64>,
    /// Types of the keys, such as `ssh-ed25519`.
    pub types: Fact<Vec<String>>,
    /// Keys that carry no `from=` limit.
    pub unrestricted: Fact<i64>,
}

/// A small file with its lines, where the lines themselves are the fact.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct PlainFile {
    pub path: String,
    pub present: bool,
    /// Lines without comments and blanks.
    pub lines: Vec<String>,
}

/// Scheduled jobs and who may make them.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Cron {
    /// A cron daemon is installed (`/etc/crontab` or `/etc/cron.d` exists).
    pub installed: Fact<bool>,
    pub cron_allow: Fact<PlainFile>,
    pub cron_deny: Fact<PlainFile>,
    pub at_allow: Fact<PlainFile>,
    pub at_deny: Fact<PlainFile>,
    /// Modes of crontab, cron.d, cron.daily and the like.
    pub files: Fact<Vec<FileMode>>,
    pub jobs: Fact<Vec<CronJob>>,
}

/// One job of a crontab of the system or of a user.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct CronJob {
    /// File that it stands in.
    pub source: String,
    pub schedule: String,
    pub user: String,
    /// The command, secrets masked.
    pub command: String,
}
