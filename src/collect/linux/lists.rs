//! Fixed lists of files whose metadata is evidence. Metadata only: none of these files is opened.
#![expect(clippy::disallowed_methods, reason = "this is collect: folders of the host are listed here")]

use std::{
    fs, io,
    os::unix::{
        ffi::OsStrExt,
        fs::{FileTypeExt, MetadataExt},
    },
    path::Path,
};

use crate::{
    collect::{Bounds, BuiltinFailure, read::status_of},
    formats::linux::stat::{self, Stat},
    model::ItemStatus,
};

/// Files that hold identities, rights, keys, logs settings and start-up; folders stand for themselves.
const PATHS: &[&str] = &[
    "/etc/passwd",
    "/etc/passwd-",
    "/etc/shadow",
    "/etc/shadow-",
    "/etc/group",
    "/etc/group-",
    "/etc/gshadow",
    "/etc/gshadow-",
    "/etc/security/opasswd",
    "/etc/sudoers",
    "/etc/sudoers.d",
    "/etc/login.defs",
    "/etc/pam.d",
    "/etc/security",
    "/etc/ssh",
    "/etc/ssh/sshd_config",
    "/etc/ssh/sshd_config.d",
    "/usr/sbin/sshd",
    "/etc/crontab",
    "/etc/cron.d",
    "/etc/cron.hourly",
    "/etc/cron.daily",
    "/etc/cron.weekly",
    "/etc/cron.monthly",
    "/etc/cron.allow",
    "/etc/cron.deny",
    "/etc/at.allow",
    "/etc/at.deny",
    "/var/spool/cron",
    "/var/spool/cron/crontabs",
    "/etc/fstab",
    "/etc/hosts",
    "/etc/hosts.allow",
    "/etc/hosts.deny",
    "/etc/hosts.equiv",
    "/etc/ssh/shosts.equiv",
    "/etc/exports",
    "/etc/profile",
    "/etc/profile.d",
    "/etc/bashrc",
    "/etc/bash.bashrc",
    "/etc/environment",
    "/etc/shells",
    "/etc/securetty",
    "/etc/services",
    "/etc/resolv.conf",
    "/etc/nsswitch.conf",
    "/etc/ld.so.preload",
    "/etc/ld.so.conf",
    "/etc/sysctl.conf",
    "/etc/sysctl.d",
    "/etc/rsyslog.conf",
    "/etc/rsyslog.d",
    "/etc/logrotate.conf",
    "/etc/systemd/journald.conf",
    "/etc/audit",
    "/etc/audit/auditd.conf",
    "/etc/audit/audit.rules",
    "/etc/audit/rules.d",
    "/sbin/auditd",
    "/usr/sbin/auditctl",
    "/sbin/auditctl",
    "/etc/issue",
    "/etc/issue.net",
    "/etc/motd",
    "/boot/grub/grub.cfg",
    "/boot/grub2/grub.cfg",
    "/boot/grub2/user.cfg",
    "/boot/efi/EFI/BOOT",
    "/etc/grub.d",
    "/boot/loader/entries",
    "/root",
    "/root/.ssh",
    "/root/.bash_history",
    "/home",
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/var/log",
    "/var/log/audit",
    "/var/log/journal",
    "/var/log/wtmp",
    "/var/log/btmp",
    "/var/log/lastlog",
    "/var/log/faillog",
    "/var/lib/aide/aide.db",
    "/var/lib/aide/aide.db.gz",
    "/etc/aide.conf",
    "/etc/aide/aide.conf",
    "/etc/krb5.keytab",
    "/etc/sssd/sssd.conf",
    "/etc/docker/daemon.json",
    "/var/run/docker.sock",
    "/run/docker.sock",
    "/usr/bin/docker",
    "/usr/bin/dockerd",
    "/usr/bin/containerd",
    "/usr/local/bin/containerd",
    "/usr/bin/podman",
    "/usr/bin/kubelet",
    "/usr/local/bin/kubelet",
    "/usr/sbin/rsyslogd",
    "/usr/sbin/logrotate",
    "/usr/bin/sudo",
    "/usr/local/bin/sudo",
    "/usr/bin/su",
    "/bin/su",
    "/etc/cups/cupsd.conf",
    "/etc/snmp/snmpd.conf",
    "/etc/vsftpd.conf",
    "/etc/vsftpd/vsftpd.conf",
    "/etc/samba/smb.conf",
    "/usr/lib/systemd/systemd",
    "/lib/systemd/systemd",
    "/usr/lib/systemd/systemd-coredump",
    "/lib/systemd/systemd-coredump",
    "/sbin/iptables-save",
    "/usr/sbin/iptables-save",
    "/usr/sbin/nft",
    "/sbin/nft",
];

/// Folders whose members count one by one.
const MEMBERS: &[&str] =
    &["/etc/ssh", "/etc/ssh/sshd_config.d", "/etc/sudoers.d", "/etc/cron.d", "/etc/audit/rules.d", "/etc/profile.d"];

/// Members of one folder that are listed.
const MOST: usize = 256;

/// Metadata of sensitive files.
pub(super) fn modes(_: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let mut out = String::new();
    for path in PATHS {
        out.push_str(&stat_line(Path::new(path), false));
    }
    for folder in MEMBERS {
        members(Path::new(folder), &mut out);
    }
    Ok(out.into_bytes())
}

/// Metadata of what lies in `/var/log`, two folders deep.
pub(super) fn logs(bounds: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let mut out = String::new();
    let root = Path::new("/var/log");
    if let Err(error) = fs::read_dir(root) {
        return Err(BuiltinFailure { status: status_of(&error), note: format!("/var/log: {error}") });
    }
    let mut folders = vec![(root.to_owned(), 0)];
    let mut count = 0;
    while let Some((folder, depth)) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            out.push_str(&format!("denied\t{}\n", stat::escape(folder.as_os_str().as_bytes())));
            continue;
        };
        let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        for path in paths {
            count += 1;
            if count > 20_000 || std::time::Instant::now() >= bounds.deadline {
                return Err(BuiltinFailure {
                    status: ItemStatus::TooLarge,
                    note: "more than 20000 files in /var/log".into(),
                });
            }
            out.push_str(&stat_line(&path, false));
            if depth < 2 && fs::symlink_metadata(&path).is_ok_and(|meta| meta.is_dir()) {
                folders.push((path, depth + 1));
            }
        }
    }
    Ok(out.into_bytes())
}

/// Links that say something by what they point to.
pub(super) fn links(_: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    const LINKS: &[&str] = &[
        "/etc/localtime",
        "/etc/systemd/system/ctrl-alt-del.target",
        "/etc/systemd/system/default.target",
        "/etc/crypto-policies/config",
        "/bin/sh",
    ];
    Ok(LINKS.iter().map(|path| stat_line(Path::new(path), true)).collect::<String>().into_bytes())
}

/// Names in the runlevel folders of System V and in `/etc/init.d`.
pub(super) fn sysv(_: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let mut out = String::new();
    for folder in ["/etc/init.d", "/etc/rc2.d", "/etc/rc3.d", "/etc/rc5.d", "/etc/rc.d/rc3.d", "/etc/rc.d/rc5.d"] {
        members(Path::new(folder), &mut out);
    }
    Ok(out.into_bytes())
}

fn members(folder: &Path, out: &mut String) {
    match fs::read_dir(folder) {
        Ok(entries) => {
            let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
            paths.sort();
            paths.iter().take(MOST).for_each(|path| out.push_str(&stat_line(path, false)));
        }
        Err(error) if status_of(&error) == ItemStatus::Denied => {
            out.push_str(&format!("denied\t{}\n", stat::escape(folder.as_os_str().as_bytes())));
        }
        Err(_) => {}
    }
}

/// One line of metadata, or the proof of absence. Links are followed unless they are the question.
pub(super) fn stat_line(path: &Path, link: bool) -> String {
    let meta =
        if link { fs::symlink_metadata(path) } else { fs::metadata(path).or_else(|_| fs::symlink_metadata(path)) };
    let shown = || stat::escape(path.as_os_str().as_bytes());
    match meta {
        Ok(meta) => {
            let target = if link { fs::read_link(path).ok() } else { None };
            stat::line(&of(path, &meta, target.as_deref()))
        }
        Err(error) if status_of(&error) == ItemStatus::Absent => format!("absent\t{}\n", shown()),
        Err(_) => format!("denied\t{}\n", shown()),
    }
}

pub(super) fn of(path: &Path, meta: &fs::Metadata, target: Option<&Path>) -> Stat {
    let kind = meta.file_type();
    let kind = if kind.is_file() {
        "file"
    } else if kind.is_dir() {
        "dir"
    } else if kind.is_symlink() {
        "link"
    } else if kind.is_block_device() || kind.is_char_device() {
        "device"
    } else {
        "other"
    };
    Stat {
        path: text(path),
        mode: meta.mode() & 0o7777,
        uid: meta.uid(),
        gid: meta.gid(),
        bytes: meta.size(),
        mtime: meta.mtime(),
        kind: kind.to_owned(),
        target: target.map(text).unwrap_or_default(),
    }
}

/// A path as text. Bytes that are no UTF-8 are written as such here already, so that two paths never look the same.
fn text(path: &Path) -> String {
    match path.to_str() {
        Some(text) => text.to_owned(),
        None => stat::escape(path.as_os_str().as_bytes()),
    }
}

/// The failure that an error of the system stands for.
pub(super) fn failure(what: &str, error: &io::Error) -> BuiltinFailure {
    BuiltinFailure { status: status_of(error), note: format!("{what}: {error}") }
}
