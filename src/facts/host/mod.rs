//! Typed facts of one Linux host: what the checks of the `host` domain see below `host`.
//!
//! Conventions that every field keeps. A value that could not be read is a [`Fact::Unread`] with the status of the
//! evidence item. Proven absence is a value: `installed: false`, an empty list, `"none"`, `""`. Numbers where "not
//! limited" or "kept for ever" is meant are [`UNLIMITED`], so that `<= 90` fails and `>= 180` holds; where "never
//! happened" is meant they are [`NEVER`]. Dates are ISO 8601 in UTC. Every `*_days` that counts from a date is
//! `not_tested` until [`at_evaluation`] computes it from `as_of`, so that nothing sealed depends on the day.

mod access;
mod accounts;
mod audit;
mod derive;
mod eol;
mod evaluation;
mod files;
mod integrity;
mod network;
mod software;
mod ssh;
mod system;

pub use access::{
    AuthorizedKeys, ControlModule, Cron, CronJob, IdleTimeout, Lockout, Pam, PasswordPolicy, PlainFile, ServiceLockout,
    Shell, SudoRule, Sudoers, TcpWrappers, TrustFile, Umask,
};
pub use accounts::{Account, Group, Identity, PasswordState, SharedId};
pub use audit::{Audit, AuditCoverage, AuditLog, AuditRule, Logs, RemoteTarget, Time};
pub use derive::{derive, typed};
pub use evaluation::at_evaluation;
pub use files::{FileMode, Home, WorldWritable};
pub use integrity::{Boot, CoreDumps, Crypto, Disk, Mac, Modules, Mount, Swap, Trust};
pub use network::{Firewall, Interface, Listener, Net, Service};
pub use software::{Agent, Backup, Containers, Malware, Package, Updates};
pub use ssh::{HostKey, Sshd};
pub use system::{Banner, Banners, Os};

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Fact;

/// Stands for "no limit" in counts of days and the like: the value that Linux itself uses for password ages.
pub const UNLIMITED: i64 = 99_999;
/// Stands for "never happened" in counts of days since something.
pub const NEVER: i64 = -1;

/// The facts of one host. Groups are named as in the published list of fact names.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Host {
    pub os: Os,
    /// Whether the collection ran as root; much is `denied` without.
    pub privileged: Fact<bool>,
    pub accounts: Fact<Vec<Account>>,
    pub groups: Fact<Vec<Group>>,
    /// What only shows when accounts and groups are held against each other.
    pub identity: Identity,
    pub password_policy: PasswordPolicy,
    pub lockout: Lockout,
    /// Seconds after which an idle login shell ends (`TMOUT`); 0 where none is set.
    pub idle_timeout: Fact<i64>,
    /// Where the idle timeout comes from and whether users can undo it.
    pub idle: IdleTimeout,
    pub umask: Umask,
    /// History and environment of login shells.
    pub shell: Shell,
    pub pam: Pam,
    pub sshd: Sshd,
    /// Rules of sudoers and what it includes, aliases resolved.
    pub sudo: Fact<Vec<SudoRule>>,
    pub sudoers: Sudoers,
    pub listeners: Fact<Vec<Listener>>,
    pub net: Net,
    pub firewall: Firewall,
    pub tcp_wrappers: TcpWrappers,
    pub services: Fact<Vec<Service>>,
    pub audit: Audit,
    pub logs: Logs,
    pub time: Time,
    /// Modes of a fixed list of sensitive files; those that do not exist are in `files_absent`.
    pub files: Fact<Vec<FileMode>>,
    pub files_absent: Fact<Vec<String>>,
    /// Files with the set-uid or set-gid bit below the fixed roots, each walked to a fixed depth; unread where the walk
    /// ran out of its budget or was kept out of a folder.
    pub suid: Fact<Vec<FileMode>>,
    pub world_writable: WorldWritable,
    /// Files whose owner or group does not exist, below the fixed roots.
    pub unowned: Fact<Vec<FileMode>>,
    /// Home directories of accounts that can log in.
    pub homes: Fact<Vec<Home>>,
    /// `.rhosts`, `.shosts`, `.netrc`, `hosts.equiv` and `shosts.equiv`.
    pub trust_files: Fact<Vec<TrustFile>>,
    pub authorized_keys: Fact<Vec<AuthorizedKeys>>,
    /// Kernel parameters by name, such as `net.ipv4.ip_forward`; values as the kernel prints them, tabs as one space.
    pub sysctl: Fact<BTreeMap<String, Fact<String>>>,
    pub mac: Mac,
    pub modules: Modules,
    pub boot: Boot,
    pub trust: Trust,
    pub crypto: Crypto,
    pub core_dumps: CoreDumps,
    pub mounts: Fact<Vec<Mount>>,
    pub disk: Disk,
    pub cron: Cron,
    /// `dpkg`, `rpm` or `none`: decided by which of them is there, never by the name of the system.
    pub package_manager: Fact<String>,
    pub packages: Fact<Vec<Package>>,
    pub updates: Updates,
    /// Anti-malware and EDR products that were found; an empty list is proven absence of all that we know.
    pub malware: Fact<Vec<Malware>>,
    /// Other agents: integrity, intrusion, monitoring, log forwarding, backup, high availability, remote control.
    pub agents: Fact<Vec<Agent>>,
    pub backup: Backup,
    pub containers: Containers,
    pub banners: Banners,
}
