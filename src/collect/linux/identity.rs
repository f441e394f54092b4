//! Jobs on the system itself, its accounts, and the ways in: PAM, shells, SSH, sudo, cron.

use super::{lists, walk};
use crate::{
    collect::{Hint, Job},
    formats::linux::{accounts, masks, shadow},
};

pub(super) const JOBS: &[Job] = &[
    Job::glob(
        "os.release",
        &[
            "/etc/os-release",
            "/usr/lib/os-release",
            "/etc/kylin-release",
            "/etc/.kyinfo",
            "/etc/openEuler-release",
            "/etc/uos-release",
            "/etc/os-version",
            "/etc/anolis-release",
            "/etc/centos-release",
            "/etc/redhat-release",
            "/etc/debian_version",
        ],
    ),
    Job::argv("os.kernel", &["uname", "-srm"]),
    Job::file("os.cmdline", "/proc/cmdline").redacted(masks::secrets),
    Job::file("os.uptime", "/proc/uptime"),
    Job::file("os.hostname", "/proc/sys/kernel/hostname"),
    // It prints `none` and returns 1 on bare metal.
    Job::argv("os.virtualisation", &["systemd-detect-virt"]).ok_rc(&[1]),
    Job::builtin("os.container", walk::container),
    Job::file("accounts.passwd", "/etc/passwd").redacted(accounts::redact_passwd),
    Job::file("accounts.nsswitch", "/etc/nsswitch.conf"),
    Job::file("accounts.group", "/etc/group").redacted(accounts::redact_group),
    Job::file("accounts.shadow", "/etc/shadow").redacted(shadow::redact),
    Job::file("accounts.gshadow", "/etc/gshadow").redacted(shadow::redact),
    Job::glob(
        "accounts.login_defs",
        &["/etc/login.defs", "/etc/default/useradd", "/usr/etc/login.defs", "/etc/login.defs.d/*"],
    ),
    Job::argv("accounts.lastlog", &["lastlog"]),
    Job::argv("accounts.lastlog2", &["lastlog2"]),
    Job::argv("accounts.failed_logins", &["lastb", "-F", "-w", "-n", "50"])
        .redacted(masks::count_only)
        .absent_when(&[Hint::Stderr("No such file")]),
    Job::builtin("accounts.homes", walk::homes),
    Job::builtin("accounts.trust_files", walk::trust_files),
    Job::glob("pam.stacks", &["/etc/pam.d/*", "/usr/etc/pam.d/*", "/usr/lib/pam.d/*"]).redacted(masks::secrets),
    Job::glob(
        "pam.settings",
        &[
            "/etc/security/pwquality.conf",
            "/etc/security/pwquality.conf.d/*.conf",
            "/etc/security/faillock.conf",
            "/etc/security/pwhistory.conf",
            "/etc/security/access.conf",
            "/etc/passwdqc.conf",
        ],
    ),
    Job::glob("pam.limits", &["/etc/security/limits.conf", "/etc/security/limits.d/*.conf"]),
    Job::argv("pam.authselect", &["authselect", "current"]).absent_when(&[Hint::Rc(2)]),
    Job::glob("pam.sssd", &["/etc/sssd/sssd.conf", "/etc/sssd/conf.d/*.conf"]).redacted(masks::secrets),
    Job::glob(
        "shell.profiles",
        &[
            "/etc/environment",
            "/etc/profile",
            "/etc/profile.d/*.sh",
            "/etc/bashrc",
            "/etc/bash.bashrc",
            "/root/.bash_profile",
            "/root/.profile",
            "/root/.bashrc",
            "/etc/shells",
        ],
    )
    .redacted(masks::secrets),
    Job::argv("ssh.effective", &["sshd", "-T", "-C", "user=root,host=localhost,addr=127.0.0.1"])
        .denied_when(&[Hint::Stderr("no hostkeys available")]),
    Job::argv("ssh.effective_user", &["sshd", "-T", "-C", "user=nobody,host=localhost,addr=127.0.0.1"])
        .denied_when(&[Hint::Stderr("no hostkeys available")]),
    // From OpenSSH 9.3 on; asks for neither root nor host keys nor a service that was ever started.
    Job::argv("ssh.parsed", &["sshd", "-G", "-C", "user=root,host=localhost,addr=127.0.0.1"]),
    Job::glob(
        "ssh.config",
        &[
            "/etc/ssh/sshd_config",
            "/etc/ssh/sshd_config.d/*",
            "/usr/etc/ssh/sshd_config",
            "/usr/etc/ssh/sshd_config.d/*",
        ],
    ),
    Job::glob("ssh.host_keys", &["/etc/ssh/ssh_host_*_key.pub"]),
    // Reduced to key types by the walk itself, before anything is kept.
    Job::builtin("ssh.authorized_keys", walk::authorized_keys),
    Job::glob("sudo.rules", &["/etc/sudoers", "/etc/sudoers.d/*", "/usr/etc/sudoers"]).redacted(masks::secrets),
    Job::glob(
        "cron.tables",
        &["/etc/crontab", "/etc/cron.d/*", "/etc/anacrontab", "/var/spool/cron/*", "/var/spool/cron/crontabs/*"],
    )
    .redacted(masks::secrets),
    Job::glob("cron.access", &["/etc/cron.allow", "/etc/cron.deny", "/etc/at.allow", "/etc/at.deny"]),
    Job::glob("banners", &["/etc/issue", "/etc/issue.net", "/etc/motd"]),
    Job::builtin("files.modes", lists::modes),
    Job::builtin("files.logs", lists::logs),
    Job::builtin("files.links", lists::links),
    Job::builtin("files.walk", walk::roots).seconds(20),
    Job::argv("files.capabilities", &["getcap", "-r", "/usr/bin", "/usr/sbin"]),
];
