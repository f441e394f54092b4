//! The audit system.

use std::collections::BTreeMap;

use super::{
    base::{self, Owners},
    items::Items,
    logs,
};
use crate::{
    facts::host::{Audit, AuditCoverage, AuditLog, AuditRule, FileMode, UNLIMITED},
    formats::linux::{
        audit::{self, Kind, Rule},
        conf, stat,
    },
    model::{Fact, ItemStatus, UnreadStatus},
};

pub(super) fn facts(items: &Items<'_>) -> Audit {
    let installed = base::any_exists(items, &["/sbin/auditd", "/usr/sbin/auditctl", "/sbin/auditctl"]);
    let status = items.text("audit.status").and_then(|text| match text.as_deref().map(audit::status) {
        Some(Some(values)) => Fact::Known(values),
        _ => Fact::unread(UnreadStatus::Error, "audit.status"),
    });
    let status = if installed == Fact::Known(false) {
        // Without its tools nobody has switched it on: the kernel records nothing by rules.
        Fact::Known(BTreeMap::from([("enabled".to_owned(), 0)]))
    } else {
        status
    };
    let value = |name: &'static str| {
        status.as_ref().and_then(|values| match values.get(name) {
            Some(value) => Fact::Known(*value),
            None => Fact::unread(UnreadStatus::NotTested, format!("audit.status: {name}")),
        })
    };
    let rules = rules(items, &installed);
    Audit {
        running: base::runs(items, &["auditd"]),
        enabled: value("enabled").map(|enabled| enabled != 0),
        immutable: value("enabled").map(|enabled| enabled == 2),
        failure: value("failure").map(|failure| {
            ["silent", "printk", "panic"].get(usize::try_from(failure).unwrap_or(9)).unwrap_or(&"unknown").to_string()
        }),
        backlog_limit: value("backlog_limit"),
        lost: value("lost"),
        coverage: coverage(&rules),
        rules: rules.map(|rules| rules.iter().map(shown).collect()),
        rules_on_disk: rules_on_disk(items),
        log: log(items),
        boot_enabled: items
            .text_or_empty("os.cmdline")
            .map(|line| line.split_whitespace().any(|word| word == "audit=1")),
        installed,
    }
}

fn rules(items: &Items<'_>, installed: &Fact<bool>) -> Fact<Vec<Rule>> {
    if *installed == Fact::Known(false) || items.status("audit.rules") == Some(ItemStatus::NoTool) {
        return Fact::Known(Vec::new());
    }
    items.text_or_empty("audit.rules").and_then(|text| match audit::rules(&text) {
        (rules, malformed) if malformed.is_empty() => Fact::Known(rules),
        (_, malformed) => Fact::unread(UnreadStatus::Error, format!("audit.rules: {}", malformed[0])),
    })
}

fn rules_on_disk(items: &Items<'_>) -> Fact<Vec<AuditRule>> {
    let files = items.files("audit.rule_files");
    // Where rules.d has files, audit.rules is made from them.
    let parts = files.raw().iter().any(|file| file.path.starts_with("/etc/audit/rules.d/"));
    files
        .chosen(|path| !parts || path.starts_with("/etc/audit/rules.d/"))
        .map(|files| files.iter().flat_map(|file| audit::rules(&file.text).0).map(|rule| shown(&rule)).collect())
}

fn shown(rule: &Rule) -> AuditRule {
    AuditRule {
        kind: match rule.kind {
            Kind::Watch => "watch",
            Kind::Syscall => "syscall",
            Kind::Control => "control",
        }
        .to_owned(),
        path: rule.path.clone(),
        perms: rule.perms.clone(),
        list: rule.list.clone(),
        arch: rule.arch.clone(),
        syscalls: rule.syscalls.clone(),
        fields: rule.fields.clone(),
        key: rule.key.clone(),
        raw: rule.raw.clone(),
    }
}

fn coverage(rules: &Fact<Vec<Rule>>) -> AuditCoverage {
    let has = |test: &dyn Fn(&Rules<'_>) -> bool| rules.as_ref().map(|rules| test(&Rules(rules)));
    AuditCoverage {
        identity: has(&|rules| {
            ["/etc/passwd", "/etc/shadow", "/etc/group", "/etc/gshadow"].iter().all(|path| rules.watches(path))
        }),
        privilege: has(&|rules| rules.watches("/etc/sudoers") && rules.watches("/etc/sudoers.d")),
        logins: has(&|rules| {
            let failed =
                ["/var/log/faillog", "/var/run/faillock", "/run/faillock", "/var/log/tallylog", "/var/log/btmp"];
            let logged = ["/var/log/lastlog", "/var/log/wtmp", "/var/run/utmp", "/run/utmp"];
            failed.iter().any(|path| rules.watches(path)) && logged.iter().any(|path| rules.watches(path))
        }),
        time_change: has(&|rules| rules.calls(&["adjtimex"]) && rules.calls(&["settimeofday", "clock_settime"])),
        permission_change: has(&|rules| rules.calls(&["chmod", "fchmodat"]) && rules.calls(&["chown", "fchownat"])),
        deletion: has(&|rules| {
            rules.calls(&["unlink", "unlinkat"]) && rules.calls(&["rename", "renameat", "renameat2"])
        }),
        mounts: has(&|rules| rules.calls(&["mount"])),
        modules: has(&|rules| {
            rules.calls(&["init_module", "finit_module"]) && rules.calls(&["delete_module"])
                || ["/sbin/insmod", "/usr/sbin/insmod", "/usr/bin/kmod", "/bin/kmod", "/sbin/modprobe"]
                    .iter()
                    .any(|path| rules.watches(path))
        }),
        execution: has(&|rules| {
            rules.calls(&["execve"])
                || ["/usr/bin/sudo", "/bin/su", "/usr/bin/su"].iter().any(|path| rules.watches(path))
        }),
        denied_access: has(&|rules| {
            ["EACCES", "EPERM"].iter().all(|error| rules.calls_with(&["open", "openat"], &format!("exit=-{error}")))
                || ["-13", "-1"].iter().all(|code| rules.calls_with(&["open", "openat"], &format!("exit={code}")))
        }),
        audit_config: has(&|rules| rules.watches("/etc/audit")),
        system_config: has(&|rules| {
            [
                "/etc/ssh/sshd_config",
                "/etc/ssh",
                "/etc/hosts",
                "/etc/sysconfig/network",
                "/etc/network",
                "/etc/resolv.conf",
            ]
            .iter()
            .any(|path| rules.watches(path))
                || rules.calls(&["sethostname"])
        }),
    }
}

struct Rules<'a>(&'a [Rule]);

impl Rules<'_> {
    /// Nothing is recorded by any rule of the exit list when tasks are never audited.
    fn silenced(&self) -> bool {
        self.0.iter().any(|rule| rule.list == "never,task" && rule.fields.is_empty())
    }

    /// Writes (or attribute changes) to a path are recorded: it is watched, or a folder above it is.
    fn watches(&self, path: &str) -> bool {
        let covers =
            |rule: &Rule| rule.path == path || path.strip_prefix(&rule.path).is_some_and(|rest| rest.starts_with('/'));
        let ours = |rule: &&Rule| {
            rule.kind == Kind::Watch && rule.perms.contains('w') && !rule.path.is_empty() && covers(rule)
        };
        let first = self
            .0
            .iter()
            .find(|rule| rule.list.starts_with("never") && !rule.path.is_empty() && covers(rule) || ours(rule));
        !self.silenced() && first.is_some_and(|rule| !rule.list.starts_with("never"))
    }

    /// One of the calls is recorded. Rules for one architecture only are counted: there may be just one.
    fn calls(&self, names: &[&str]) -> bool {
        self.calls_with(names, "")
    }

    fn calls_with(&self, names: &[&str], field: &str) -> bool {
        !self.silenced()
            && self.0.iter().any(|rule| {
                rule.kind == Kind::Syscall
                    && rule.list == "always,exit"
                    && rule.syscalls.iter().any(|call| call == "all" || names.contains(&call.as_str()))
                    && (field.is_empty() || rule.fields.iter().any(|of| of == field))
            })
    }
}

fn log(items: &Items<'_>) -> AuditLog {
    let files = items.files("audit.config");
    let config = files.get("/etc/audit/auditd.conf").and_then(|file| match file {
        Some(file) => Fact::Known(conf::equals(&file.text)),
        None => Fact::unread(UnreadStatus::NotTested, "audit.config: no auditd.conf"),
    });
    let word = |key: &'static str, otherwise: &'static str| {
        config
            .as_ref()
            .map(|config| config.get(key).map_or_else(|| otherwise.to_owned(), |value| value.to_ascii_lowercase()))
    };
    let int = |key: &'static str, otherwise: i64| {
        config.as_ref().map(|config| config.get(key).and_then(|value| value.parse().ok()).unwrap_or(otherwise))
    };
    let action = word("max_log_file_action", "ignore");
    AuditLog {
        file: config
            .as_ref()
            .map(|config| config.get("log_file").cloned().unwrap_or_else(|| "/var/log/audit/audit.log".to_owned())),
        max_mb: int("max_log_file", 0),
        files: int("num_logs", 0),
        space_left_action: word("space_left_action", "ignore"),
        admin_space_left_action: word("admin_space_left_action", "ignore"),
        disk_full_action: word("disk_full_action", "ignore"),
        disk_error_action: word("disk_error_action", "ignore"),
        format: word("log_format", "raw"),
        retention_days: action.clone().and_then(|action| match action.as_str() {
            "keep_logs" | "ignore" => Fact::Known(UNLIMITED),
            _ => Fact::unread(UnreadStatus::NotTested, "audit.config: limited by size only"),
        }),
        action,
        oldest_record: logs::oldest(items, &["audit"]),
        oldest_record_days: Fact::unread(UnreadStatus::NotTested, "as_of"),
        modes: modes(items),
        remote: remote(items),
    }
}

fn modes(items: &Items<'_>) -> Fact<Vec<FileMode>> {
    let owners = Owners::read(items);
    items.text_or_empty("files.logs").and_then(|text| {
        let stats = stat::read(&text);
        let ours = |path: &str| path == "/var/log/audit" || path.starts_with("/var/log/audit/");
        if stats.denied.iter().any(|path| ours(path)) {
            return Fact::unread(UnreadStatus::Denied, "files.logs");
        }
        Fact::Known(stats.found.iter().filter(|stat| ours(&stat.path)).map(|stat| owners.mode(stat)).collect())
    })
}

/// A plugin that sends records away is active, and knows where to.
fn remote(items: &Items<'_>) -> Fact<bool> {
    items.files("audit.config").all().map(|files| {
        let active = |name: &str| {
            files.iter().any(|file| {
                file.path.contains("plugins.d/")
                    && file.path.ends_with(name)
                    && conf::equals(&file.text).get("active").is_some_and(|value| value == "yes")
            })
        };
        let target = files.iter().any(|file| {
            file.path.ends_with("audisp-remote.conf")
                && conf::equals(&file.text).get("remote_server").is_some_and(|host| !host.is_empty())
        });
        active("au-remote.conf") && target
    })
}
