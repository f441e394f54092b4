//! sudo, shells, cron, TCP wrappers, banners.

use super::{
    base::{self, Owners},
    items::{Files, Items, both, number},
};
use crate::{
    facts::host::{
        Banner, Banners, Cron, CronJob, FileMode, IdleTimeout, PlainFile, Shell, SudoRule, Sudoers, TcpWrappers, Umask,
    },
    formats::{
        files::FileText,
        linux::{conf, cron, shell, sudoers},
    },
    model::{Fact, UnreadStatus},
};

/// What sudoers says, where every file of it was read and understood.
fn read_sudoers(items: &Items<'_>) -> Fact<sudoers::Sudoers> {
    items.files("sudo.rules").texts(|_| true).map(|texts| {
        let main = ["/etc/sudoers", "/usr/etc/sudoers"].into_iter().find(|path| texts.contains_key(*path));
        main.map(|main| sudoers::read(main, &texts)).unwrap_or_default()
    })
}

/// A file that is included and was not among those read leaves the lists open.
fn complete(read: sudoers::Sudoers) -> Fact<sudoers::Sudoers> {
    if let Some(place) = read.malformed.first() {
        return Fact::unread(UnreadStatus::Error, format!("sudo.rules: {place}"));
    }
    match read.missing_includes.first() {
        Some(file) => Fact::unread(UnreadStatus::NotTested, format!("sudo.rules: {file}")),
        None => Fact::Known(read),
    }
}

pub(super) fn sudo(items: &Items<'_>) -> Fact<Vec<SudoRule>> {
    read_sudoers(items).and_then(complete).map(|read| read.rules.into_iter().map(rule).collect())
}

fn rule(rule: sudoers::Rule) -> SudoRule {
    let anybody = rule.runas.iter().any(|user| user == "ALL" || user == "root" || user == "#0");
    let unrestricted = anybody && rule.commands.iter().any(|command| command == "ALL");
    let sudoers::Rule { who, hosts, runas, commands, nopasswd, tags, place } = rule;
    SudoRule { who, hosts, runas, commands, nopasswd, tags, unrestricted, place }
}

pub(super) fn sudoers(items: &Items<'_>, rules: &Fact<Vec<SudoRule>>) -> Sudoers {
    let read = read_sudoers(items);
    let defaults = read.as_ref().map(|read| read.defaults.clone());
    let on = |name: &'static str, otherwise: bool| {
        defaults.as_ref().map(|defaults| {
            let off = format!("!{name}");
            defaults
                .iter()
                .rev()
                .find(|setting| **setting == name || **setting == off)
                .map_or(otherwise, |last| *last == name)
        })
    };
    let value = |name: &'static str| {
        defaults.as_ref().map(|defaults| {
            let begin = format!("{name}=");
            defaults.iter().rev().find_map(|setting| setting.strip_prefix(&begin)).map(str::to_owned)
        })
    };
    let who = |which: fn(&SudoRule) -> bool| {
        rules.as_ref().map(|rules| {
            let mut names: Vec<_> = rules.iter().filter(|rule| which(rule)).map(|rule| rule.who.clone()).collect();
            names.sort();
            names.dedup();
            names
        })
    };
    Sudoers {
        installed: base::any_exists(items, &["/usr/bin/sudo", "/usr/local/bin/sudo"]),
        use_pty: sudo_version(items).and_then(|since_1_9_14| on("use_pty", since_1_9_14)),
        logfile: value("logfile").map(Option::unwrap_or_default),
        authenticate_off: read.as_ref().map(|read| {
            let off = |setting: &String| setting == "!authenticate";
            read.defaults.iter().any(off) || read.scoped_defaults.iter().any(|(_, setting)| off(setting))
        }),
        timestamp_timeout: value("timestamp_timeout").and_then(|minutes| {
            match minutes.and_then(|minutes| minutes.parse::<f64>().ok()) {
                Some(minutes) => Fact::Known(minutes.clamp(-1.0, 1e9) as i64),
                // Debian builds sudo with another default.
                None => base::manager(items).map(|manager| if manager == "dpkg" { 15 } else { 5 }),
            }
        }),
        secure_path: value("secure_path").map(Option::unwrap_or_default),
        unrestricted: who(|rule| rule.unrestricted),
        nopasswd: who(|rule| rule.nopasswd),
        malformed_lines: read.as_ref().map(|read| number(read.malformed.len())),
        defaults,
    }
}

/// Whether sudo is 1.9.14 or later, which uses a pty unless told otherwise.
fn sudo_version(items: &Items<'_>) -> Fact<bool> {
    base::installed(items).map(|all| {
        let version = all.iter().find(|package| package.name == "sudo").map(|package| package.version.clone());
        let numbers = version.map(|version| {
            let plain = version.rsplit_once(':').map_or(version.as_str(), |(_, rest)| rest).to_owned();
            plain
                .split(|c: char| !c.is_ascii_digit())
                .take(3)
                .map(|part| part.parse().unwrap_or(0))
                .collect::<Vec<u32>>()
        });
        numbers.is_some_and(|numbers| numbers >= vec![1, 9, 14])
    })
}

/// Start-up files of all users, in the order in which a login shell reads them.
const SYSTEM_WIDE: &[&str] =
    &["/etc/environment", "/etc/profile", "/etc/profile.d/", "/etc/bashrc", "/etc/bash.bashrc"];
const OF_ROOT: &[&str] = &["/root/.bash_profile", "/root/.profile", "/root/.bashrc"];

fn in_order<'a>(files: &'a Files, order: &[&str]) -> Fact<Vec<&'a FileText>> {
    files.chosen(|path| order.iter().any(|begin| path.starts_with(begin))).map(|chosen| {
        let place = |file: &&FileText| order.iter().position(|begin| file.path.starts_with(begin));
        let mut chosen = chosen;
        chosen.sort_by_key(|file| (place(file), file.path.clone()));
        chosen
    })
}

pub(super) fn idle(items: &Items<'_>) -> (Fact<i64>, IdleTimeout) {
    let files = items.files("shell.profiles");
    let found = in_order(&files, SYSTEM_WIDE).map(|files| timeout(&files));
    let (seconds, source, readonly) = (
        found.as_ref().map(|(seconds, ..)| *seconds),
        found.as_ref().map(|(_, source, _)| source.clone()),
        found.as_ref().map(|(.., readonly)| *readonly),
    );
    (seconds, IdleTimeout { source, readonly })
}

/// Seconds, file and whether it is read-only: once it is, later assignments do nothing.
fn timeout(files: &[&FileText]) -> (i64, String, bool) {
    let (mut seconds, mut source, mut readonly) = (0, String::new(), false);
    for file in files {
        for setting in shell::settings(&file.text) {
            match (setting.name.as_str(), setting.value.parse::<i64>()) {
                ("TMOUT", Ok(value)) if !readonly => (seconds, source) = (value, file.path.clone()),
                ("readonly", _) if setting.value == "TMOUT" => readonly = true,
                _ => {}
            }
        }
    }
    (seconds, source, readonly)
}

pub(super) fn umask(items: &Items<'_>, pam: &Fact<String>) -> Umask {
    let files = items.files("shell.profiles");
    let of = |order: &[&str]| in_order(&files, order).map(|files| last_mask(&files));
    let login_defs = login_defs_umask(items);
    let profile = of(&["/etc/profile", "/etc/profile.d/"]);
    let bashrc = of(&["/etc/bashrc", "/etc/bash.bashrc"]);
    let bits = both(both(profile.clone(), bashrc.clone()), pam.clone()).map(|((profile, bashrc), pam)| {
        let masks = [profile, bashrc, pam.as_str().to_owned()];
        let set: Vec<_> = masks.iter().filter_map(|mask| shell::mask(mask)).collect();
        // What one of them lets through is let through somewhere.
        if set.is_empty() { 0o022 } else { set.iter().fold(0o777, |all, mask| all & mask) }
    });
    Umask {
        login_defs,
        profile,
        bashrc,
        pam: pam.clone(),
        effective: bits.as_ref().map(|bits| base::octal(*bits)),
        effective_bits: bits.map(i64::from),
    }
}

pub(super) fn login_defs_umask(items: &Items<'_>) -> Fact<String> {
    base::login_defs(items)
        .map(|defs| defs.get("UMASK").and_then(|mask| shell::mask(mask)).map(base::octal).unwrap_or_default())
}

/// The last mask that holds for everybody, or the weakest of those that depend on a condition behind it.
fn last_mask(files: &[&FileText]) -> String {
    let mut mask: Option<u32> = None;
    for setting in files.iter().flat_map(|file| shell::settings(&file.text)).filter(|setting| setting.name == "umask") {
        let Some(value) = shell::mask(&setting.value) else { continue };
        mask = Some(match mask {
            Some(before) if setting.conditional => before & value,
            _ => value,
        });
    }
    mask.map(base::octal).unwrap_or_default()
}

pub(super) fn shell(items: &Items<'_>) -> Shell {
    let files = items.files("shell.profiles");
    let settings = in_order(&files, SYSTEM_WIDE)
        .map(|files| files.iter().flat_map(|file| shell::settings(&file.text)).collect::<Vec<_>>());
    let last = |name: &'static str| {
        settings.as_ref().map(|all| {
            all.iter()
                .rev()
                .filter(|setting| setting.name == name)
                .find_map(|setting| setting.value.parse::<i64>().ok())
        })
    };
    let size = last("HISTSIZE").map(|size| size.unwrap_or(500));
    let root = in_order(&files, &[SYSTEM_WIDE, OF_ROOT].concat())
        .map(|files| files.iter().flat_map(|file| shell::settings(&file.text)).collect::<Vec<_>>());
    Shell {
        history_file_size: both(last("HISTFILESIZE"), size.clone()).map(|(file, size)| file.unwrap_or(size)),
        history_size: size,
        history_timestamps: settings
            .as_ref()
            .map(|all| all.iter().any(|setting| setting.name == "HISTTIMEFORMAT" && !setting.value.is_empty())),
        root_path_relative: root.map(|all| {
            let paths =
                all.iter().filter(|setting| setting.name == "PATH").flat_map(|setting| setting.value.split(':'));
            let mut relative: Vec<_> =
                paths.filter(|entry| !entry.starts_with(['/', '$', '~', '"', '`'])).map(str::to_owned).collect();
            relative.sort();
            relative.dedup();
            relative
        }),
        shells: files.get("/etc/shells").map(|file| {
            file.map(|file| conf::lines(&file.text).map(|(_, line)| line.to_owned()).collect()).unwrap_or_default()
        }),
    }
}

pub(super) fn cron(items: &Items<'_>) -> Cron {
    let access = items.files("cron.access");
    let plain = |path: &'static str| {
        access.get(path).map(|file| PlainFile {
            path: path.to_owned(),
            present: file.is_some(),
            lines: file
                .map(|file| conf::lines(&file.text).map(|(_, line)| line.to_owned()).collect())
                .unwrap_or_default(),
        })
    };
    let tables = items.files("cron.tables");
    Cron {
        installed: base::any_exists(items, &["/etc/crontab", "/etc/cron.d"]),
        cron_allow: plain("/etc/cron.allow"),
        cron_deny: plain("/etc/cron.deny"),
        at_allow: plain("/etc/at.allow"),
        at_deny: plain("/etc/at.deny"),
        files: modes_of(items, |path| {
            path.starts_with("/etc/cron") || path.starts_with("/var/spool/cron") || path.starts_with("/etc/at.")
        }),
        jobs: tables.all().map(|files| files.iter().flat_map(|file| jobs(file)).collect()),
    }
}

fn jobs(file: &FileText) -> Vec<CronJob> {
    let owner = file.path.starts_with("/var/spool/").then(|| file.path.rsplit('/').next().unwrap_or_default());
    // anacrontab has days, delay and a name in front of its commands: not the form of a crontab.
    if file.path.ends_with("/anacrontab") {
        return Vec::new();
    }
    cron::read(&file.text, owner)
        .into_iter()
        .map(|job| CronJob { source: file.path.clone(), schedule: job.schedule, user: job.user, command: job.command })
        .collect()
}

/// Modes of the files in the fixed list that are chosen.
pub(super) fn modes_of(items: &Items<'_>, which: impl Fn(&str) -> bool) -> Fact<Vec<FileMode>> {
    let owners = Owners::read(items);
    base::modes(items).and_then(|stats| {
        if stats.denied.iter().any(|path| which(path)) {
            return Fact::unread(UnreadStatus::Denied, "files.modes");
        }
        let mut modes: Vec<_> =
            stats.found.iter().filter(|stat| which(&stat.path)).map(|stat| owners.mode(stat)).collect();
        modes.sort_by(|a, b| a.path.cmp(&b.path));
        modes.dedup_by(|a, b| a.path == b.path);
        Fact::Known(modes)
    })
}

pub(super) fn tcp_wrappers(items: &Items<'_>) -> TcpWrappers {
    let files = items.files("firewall.wrappers");
    let lines = |path: &str| {
        files.get(path).map(|file| {
            file.map(|file| conf::lines(&file.text).map(|(_, line)| line.to_owned()).collect::<Vec<_>>())
                .unwrap_or_default()
        })
    };
    let deny = lines("/etc/hosts.deny");
    TcpWrappers {
        allow: lines("/etc/hosts.allow"),
        deny_all: deny.as_ref().map(|lines| {
            lines.iter().any(|line| {
                let plain: String =
                    line.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
                plain == "ALL:ALL" || plain.starts_with("ALL:ALL:")
            })
        }),
        deny,
    }
}

/// `words` are those that tell the system; without them only what tells it by itself is known.
pub(super) fn banners(items: &Items<'_>, ssh_banner: Fact<String>, words: &Fact<Vec<String>>) -> Banners {
    let files = items.files("banners");
    let of = |path: &str| {
        files.get(path).map(|file| {
            let text = file.map(|file| file.text.clone()).unwrap_or_default();
            Banner {
                present: file.is_some(),
                length: number(text.chars().filter(|c| !c.is_whitespace()).count()),
                leaks_system: leaks(&text, words),
            }
        })
    };
    Banners { issue: of("/etc/issue"), issue_net: of("/etc/issue.net"), motd: of("/etc/motd"), ssh_banner }
}

fn leaks(text: &str, words: &Fact<Vec<String>>) -> Fact<bool> {
    if text.trim().is_empty() || shell::leaks_system(text, &[]) {
        return Fact::Known(!text.trim().is_empty());
    }
    words.as_ref().map(|words| shell::leaks_system(text, &words.iter().map(String::as_str).collect::<Vec<_>>()))
}
