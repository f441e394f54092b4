//! Audit, logs and time.

use schemars::JsonSchema;
use serde::Serialize;

use super::files::FileMode;
use crate::model::Fact;

/// The Linux audit system.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Audit {
    pub installed: Fact<bool>,
    /// auditd runs.
    pub running: Fact<bool>,
    /// The kernel records (`enabled` is 1 or 2).
    pub enabled: Fact<bool>,
    /// Rules cannot be changed before the next boot (`enabled` is 2).
    pub immutable: Fact<bool>,
    /// What happens when records cannot be written: `silent`, `printk` or `panic`.
    pub failure: Fact<String>,
    pub backlog_limit: Fact<i64>,
    pub lost: Fact<i64>,
    /// Rules in the kernel (`auditctl -l`).
    pub rules: Fact<Vec<AuditRule>>,
    /// Rules on disk (`rules.d`, `audit.rules`), which the next boot loads.
    pub rules_on_disk: Fact<Vec<AuditRule>>,
    /// What the rules in the kernel cover.
    pub coverage: AuditCoverage,
    pub log: AuditLog,
    /// Recording starts with the kernel (`audit=1` on its command line).
    pub boot_enabled: Fact<bool>,
}

/// One rule, in one form whatever its source.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AuditRule {
    /// `watch`, `syscall` or `control`.
    pub kind: String,
    /// Path that is watched (`-w`, `path=`, `dir=`), or `""`.
    pub path: String,
    /// Letters of `rwxa`, in this order.
    pub perms: String,
    /// `always,exit` and the like, in this order; `""` for a watch.
    pub list: String,
    pub arch: String,
    pub syscalls: Vec<String>,
    /// Other fields as written, such as `auid>=1000`.
    pub fields: Vec<String>,
    pub key: String,
    /// The rule as written, blanks as one.
    pub raw: String,
}

/// Whether the rules in the kernel cover what matters. A later `never` rule or `-a never,task` counts against it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AuditCoverage {
    /// passwd, shadow, group and gshadow are watched for writes.
    pub identity: Fact<bool>,
    /// sudoers and sudoers.d.
    pub privilege: Fact<bool>,
    /// Login records: lastlog, faillog or faillock, wtmp, btmp.
    pub logins: Fact<bool>,
    /// Setting of the clock: adjtimex, settimeofday, clock_settime or /etc/localtime.
    pub time_change: Fact<bool>,
    /// chmod, chown and setxattr families.
    pub permission_change: Fact<bool>,
    /// unlink and rename families.
    pub deletion: Fact<bool>,
    /// mount.
    pub mounts: Fact<bool>,
    /// init_module, finit_module, delete_module or the tools.
    pub modules: Fact<bool>,
    /// execve by users, or set-uid programs, or sudo itself.
    pub execution: Fact<bool>,
    /// open with EACCES or EPERM.
    pub denied_access: Fact<bool>,
    /// The configuration of audit itself (`/etc/audit`).
    pub audit_config: Fact<bool>,
    /// SSH configuration, name resolution or network settings.
    pub system_config: Fact<bool>,
}

/// What auditd.conf says of its log.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct AuditLog {
    pub file: Fact<String>,
    pub max_mb: Fact<i64>,
    pub files: Fact<i64>,
    /// `max_log_file_action`, lower case: `rotate`, `keep_logs`, ...
    pub action: Fact<String>,
    pub space_left_action: Fact<String>,
    pub admin_space_left_action: Fact<String>,
    pub disk_full_action: Fact<String>,
    pub disk_error_action: Fact<String>,
    /// `raw`, `enriched` or `nolog`.
    pub format: Fact<String>,
    /// Days that are kept: 99999 for `keep_logs`; unread where only a size limits it, as no rule of time can be read from that.
    pub retention_days: Fact<i64>,
    /// Time of the oldest record that is there, `""` where there is none.
    pub oldest_record: Fact<String>,
    pub oldest_record_days: Fact<i64>,
    /// The folder and its files.
    pub modes: Fact<Vec<FileMode>>,
    /// Records also go elsewhere (audisp-remote, or the syslog plugin).
    pub remote: Fact<bool>,
}

/// System logs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Logs {
    /// `rsyslog`, `syslog-ng`, `journald`, ... that run.
    pub daemons: Fact<Vec<String>>,
    pub rsyslog_installed: Fact<bool>,
    pub rsyslog_running: Fact<bool>,
    pub journald_running: Fact<bool>,
    /// `persistent`, `volatile`, `none`, or `auto` resolved by whether /var/log/journal exists; `""` where journald is not there.
    pub journald_storage: Fact<String>,
    pub journald_compress: Fact<bool>,
    pub journald_forward_to_syslog: Fact<bool>,
    /// Where records are sent.
    pub remote_targets: Fact<Vec<RemoteTarget>>,
    /// Days that security logs are kept by the rules: the shortest of those found (logrotate count x period, `maxage`,
    /// journald's `MaxRetentionSec`); 99999 where they are kept for ever, 0 where they do not outlive a boot.
    pub retention_days: Fact<i64>,
    /// File or setting that the shortest retention comes from.
    pub retention_source: Fact<String>,
    /// Time of the oldest record that is there, `""` where there is none.
    pub oldest_record: Fact<String>,
    pub oldest_record_days: Fact<i64>,
    /// Modes of log files and folders.
    pub modes: Fact<Vec<FileMode>>,
    /// `$FileCreateMode` of rsyslog as octal text, `0644` by default; `""` where rsyslog is not there.
    pub rsyslog_file_mode: Fact<String>,
    /// Log files that rsyslog writes, with the selector.
    pub rsyslog_rules: Fact<Vec<String>>,
    /// It takes records from other hosts (imudp, imtcp, imrelp).
    pub rsyslog_listens: Fact<bool>,
    pub logrotate_installed: Fact<bool>,
}

/// Where records are sent.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct RemoteTarget {
    /// `rsyslog`, `syslog-ng`, `journal-upload`, `audisp` or the agent's name.
    pub via: String,
    pub host: String,
    /// 0 where not said.
    pub port: i64,
    /// `udp`, `tcp`, `relp`, `https`, or `""` where not said.
    pub proto: String,
    /// What is sent, such as `*.*`.
    pub selector: String,
    /// Encrypted on the way.
    pub encrypted: bool,
}

/// Clock.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Time {
    /// The clock is held by a source right now.
    pub synchronised: Fact<bool>,
    /// Servers and pools that are configured.
    pub sources: Fact<Vec<String>>,
    /// Daemons that run: `chronyd`, `ntpd`, `systemd-timesyncd`, ...
    pub daemons: Fact<Vec<String>>,
    pub timezone: Fact<String>,
}
