//! Jobs on audit, logs and time.

use super::traces;
use crate::{
    collect::{Hint, Job},
    formats::linux::masks,
};

const NO_SYSTEMD: &[Hint] = &[Hint::Stderr("not been booted with systemd"), Hint::Stderr("Failed to connect to bus")];
/// chronyc and ntpq where nobody answers on loopback.
const NO_DAEMON: &[Hint] =
    &[Hint::Stdout("Cannot talk to daemon"), Hint::Stderr("Connection refused"), Hint::Stdout("Connection refused")];

pub(super) const JOBS: &[Job] = &[
    Job::argv("audit.status", &["auditctl", "-s"]),
    Job::argv("audit.rules", &["auditctl", "-l"]),
    Job::glob("audit.rule_files", &["/etc/audit/audit.rules", "/etc/audit/rules.d/*.rules"]),
    Job::glob(
        "audit.config",
        &[
            "/etc/audit/auditd.conf",
            "/etc/audit/plugins.d/*.conf",
            "/etc/audisp/plugins.d/*.conf",
            "/etc/audit/audisp-remote.conf",
            "/etc/audisp/audisp-remote.conf",
        ],
    ),
    Job::glob("logs.rsyslog", &["/etc/rsyslog.conf", "/etc/rsyslog.d/*.conf"]).redacted(masks::secrets),
    Job::glob("logs.syslog_ng", &["/etc/syslog-ng/syslog-ng.conf", "/etc/syslog-ng/conf.d/*.conf"])
        .redacted(masks::secrets),
    Job::glob(
        "logs.journald",
        &[
            "/usr/lib/systemd/journald.conf",
            "/usr/lib/systemd/journald.conf.d/*.conf",
            "/etc/systemd/journald.conf",
            "/etc/systemd/journald.conf.d/*.conf",
            "/run/systemd/journald.conf.d/*.conf",
        ],
    ),
    Job::glob(
        "logs.journal_upload",
        &["/etc/systemd/journal-upload.conf", "/etc/systemd/journal-upload.conf.d/*.conf"],
    ),
    Job::glob("logs.logrotate", &["/etc/logrotate.conf", "/etc/logrotate.d/*"]),
    Job::builtin("logs.oldest", traces::oldest),
    Job::argv("time.timedatectl", &["timedatectl", "show"]).absent_when(NO_SYSTEMD),
    Job::argv("time.chrony", &["chronyc", "-n", "tracking"]).absent_when(NO_DAEMON),
    Job::argv("time.ntpq", &["ntpq", "-pn"]).absent_when(NO_DAEMON),
    Job::glob(
        "time.config",
        &[
            "/etc/chrony.conf",
            "/etc/chrony/chrony.conf",
            "/etc/chrony/conf.d/*.conf",
            "/etc/chrony/sources.d/*.sources",
            "/etc/ntp.conf",
            "/etc/ntpsec/ntp.conf",
            "/etc/systemd/timesyncd.conf",
            "/etc/systemd/timesyncd.conf.d/*.conf",
        ],
    )
    .redacted(masks::secrets),
];
