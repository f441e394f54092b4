//! System logs and the clock.

use super::{
    base::{self, Owners},
    items::{Items, both},
};
use crate::{
    facts::host::{FileMode, Logs, RemoteTarget, Time, UNLIMITED},
    formats::linux::{
        conf, logrotate, stat,
        syslog::{self, Rsyslog, Target},
        time,
    },
    model::{Fact, UnreadStatus},
};

/// Logs whose retention counts: the files of security and system records of both families.
const SECURITY_LOGS: &[&str] = &["/var/log/auth.log", "/var/log/secure", "/var/log/syslog", "/var/log/messages"];

pub(super) fn facts(items: &Items<'_>) -> Logs {
    let rsyslog = rsyslog(items);
    let journald = journald(items);
    let retention = retention(items, &journald);
    let installed = base::any_exists(items, &["/usr/sbin/rsyslogd"]);
    let journald_there = base::any_exists(items, &["/usr/lib/systemd/systemd", "/lib/systemd/systemd"]);
    Logs {
        daemons: daemons(items),
        rsyslog_running: base::runs(items, &["rsyslogd"]),
        journald_running: base::runs(items, &["systemd-journald"]),
        journald_storage: both(journald_there, journald.clone()).and_then(|(there, set)| storage(items, there, &set)),
        journald_compress: flag(&journald, "Compress", true),
        journald_forward_to_syslog: flag(&journald, "ForwardToSyslog", false),
        remote_targets: targets(items, &rsyslog),
        retention_days: retention.clone().map(|(days, _)| days),
        retention_source: retention.map(|(_, source)| source),
        oldest_record: oldest(items, &["security", "system", "journal"]),
        oldest_record_days: Fact::unread(UnreadStatus::NotTested, "as_of"),
        modes: modes(items),
        rsyslog_file_mode: both(installed.clone(), rsyslog.clone()).map(|(installed, read)| {
            match (installed, read.file_create_mode) {
                (_, Some(mode)) => mode,
                (true, None) => "0644".to_owned(),
                (false, None) => String::new(),
            }
        }),
        rsyslog_rules: rsyslog
            .as_ref()
            .map(|read| read.files.iter().map(|(selector, file)| format!("{selector} {file}")).collect()),
        rsyslog_listens: rsyslog.map(|read| !read.listens.is_empty()),
        rsyslog_installed: installed,
        logrotate_installed: base::any_exists(items, &["/usr/sbin/logrotate"]),
    }
}

fn rsyslog(items: &Items<'_>) -> Fact<Rsyslog> {
    items.files("logs.rsyslog").all().map(|files| {
        let mut read = Rsyslog::default();
        files.iter().for_each(|file| syslog::rsyslog(&file.text, &mut read));
        read
    })
}

type Settings = std::collections::BTreeMap<String, String>;

/// journald.conf, then its parts in the order of their names; what `/etc` has under a name wins over the same name below.
fn journald(items: &Items<'_>) -> Fact<Settings> {
    items.files("logs.journald").all().map(|files| {
        let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
        let (main, mut parts): (Vec<_>, Vec<_>) =
            files.into_iter().partition(|file| file.path.ends_with("/journald.conf"));
        parts.sort_by_key(|file| (name(&file.path), file.path.starts_with("/etc/")));
        let mut main = main;
        main.sort_by_key(|file| file.path.starts_with("/etc/"));
        main.into_iter().chain(parts).flat_map(|file| conf::section(&file.text, "Journal")).collect()
    })
}

fn flag(settings: &Fact<Settings>, key: &'static str, otherwise: bool) -> Fact<bool> {
    settings.as_ref().map(|set| match set.get(key).map(|value| value.to_ascii_lowercase()).as_deref() {
        Some("yes" | "true" | "1" | "on") => true,
        Some("no" | "false" | "0" | "off") => false,
        // `Compress` may be a size, which is on.
        Some(value) if !value.is_empty() => true,
        _ => otherwise,
    })
}

/// `auto` keeps records if `/var/log/journal` is there.
fn storage(items: &Items<'_>, there: bool, set: &Settings) -> Fact<String> {
    if !there {
        return Fact::Known(String::new());
    }
    match set.get("Storage").map(String::as_str) {
        Some(word @ ("persistent" | "volatile" | "none")) => Fact::Known(word.to_owned()),
        _ => {
            base::exists(items, "/var/log/journal").map(|kept| if kept { "persistent" } else { "volatile" }.to_owned())
        }
    }
}

fn daemons(items: &Items<'_>) -> Fact<Vec<String>> {
    const ALL: &[(&str, &str)] = &[
        ("rsyslogd", "rsyslog"),
        ("syslog-ng", "syslog-ng"),
        ("systemd-journald", "journald"),
        ("syslogd", "syslogd"),
        ("busybox-syslogd", "busybox"),
        ("klogd", "klogd"),
    ];
    base::processes(items).and_then(|_| {
        let running = ALL.iter().filter(|(process, _)| base::runs(items, &[process]) == Fact::Known(true));
        Fact::Known(running.map(|(_, name)| (*name).to_owned()).collect())
    })
}

fn targets(items: &Items<'_>, rsyslog: &Fact<Rsyslog>) -> Fact<Vec<RemoteTarget>> {
    let shown = |via: &str, target: &Target| RemoteTarget {
        via: via.to_owned(),
        host: target.host.clone(),
        port: target.port,
        proto: target.proto.clone(),
        selector: target.selector.clone(),
        encrypted: target.encrypted,
    };
    let mut all = match rsyslog {
        Fact::Known(read) => read.targets.iter().map(|target| shown("rsyslog", target)).collect::<Vec<_>>(),
        Fact::Unread(why) => return Fact::Unread(why.clone()),
    };
    match items.files("logs.syslog_ng").all() {
        Fact::Known(files) => all.extend(
            files.iter().flat_map(|file| syslog::syslog_ng(&file.text)).map(|target| shown("syslog-ng", &target)),
        ),
        Fact::Unread(why) => return Fact::Unread(why),
    }
    match items.files("logs.journal_upload").all() {
        Fact::Known(files) => all.extend(files.iter().filter_map(|file| {
            let url = conf::section(&file.text, "Upload").get("URL").cloned().filter(|url| !url.is_empty())?;
            let (scheme, rest) = url.split_once("://").unwrap_or(("https", &url));
            let (host, port) = rest.trim_end_matches('/').rsplit_once(':').unwrap_or((rest, "19532"));
            Some(RemoteTarget {
                via: "journal-upload".to_owned(),
                host: host.to_owned(),
                port: port.parse().unwrap_or(0),
                proto: scheme.to_owned(),
                selector: "*.*".to_owned(),
                encrypted: scheme == "https",
            })
        })),
        Fact::Unread(why) => return Fact::Unread(why),
    }
    Fact::Known(all)
}

/// The shortest promise among the rules that hold security logs, and where it stands.
fn retention(items: &Items<'_>, journald: &Fact<Settings>) -> Fact<(i64, String)> {
    let written = items.text_or_empty("files.logs").map(|text| {
        let stats = stat::read(&text);
        SECURITY_LOGS.iter().copied().filter(|path| stats.get(path).is_some()).collect::<Vec<_>>()
    });
    both(
        written,
        items.files("logs.logrotate").all().map(|files| {
            let mut files: Vec<_> = files.iter().map(|file| (file.path.clone(), file.text.clone())).collect();
            files.sort_by_key(|(path, _)| (path != "/etc/logrotate.conf", path.clone()));
            logrotate::read(&files)
        }),
    )
    .and_then(|(written, blocks)| {
        if written.is_empty() {
            return journald.as_ref().and_then(|set| journal_retention(items, set));
        }
        shortest(&written, &blocks)
    })
}

fn shortest(written: &[&str], blocks: &[logrotate::Block]) -> Fact<(i64, String)> {
    let mut best: Option<(i64, String)> = None;
    for path in written {
        let block = blocks.iter().find(|block| block.patterns.iter().any(|pattern| logrotate::covers(pattern, path)));
        let found = match block.map(|block| (block.days(), block)) {
            None => (UNLIMITED, format!("{path}: no rule")),
            Some((Some(days), block)) => (days, block.place.clone()),
            Some((None, block)) => {
                return Fact::unread(UnreadStatus::NotTested, format!("{}: limited by size", block.place));
            }
        };
        if best.as_ref().is_none_or(|(days, _)| found.0 < *days) {
            best = Some(found);
        }
    }
    best.map_or_else(|| Fact::unread(UnreadStatus::NotTested, "logs.logrotate"), Fact::Known)
}

/// Where only journald keeps records: what it is told, or nothing beyond a boot. A size alone promises no days.
fn journal_retention(items: &Items<'_>, set: &Settings) -> Fact<(i64, String)> {
    let there = base::any_exists(items, &["/usr/lib/systemd/systemd", "/lib/systemd/systemd"]);
    there.and_then(|there| storage(items, there, set)).and_then(|storage| match storage.as_str() {
        "persistent" => match set.get("MaxRetentionSec").and_then(|span| conf::seconds(span)) {
            Some(seconds) if seconds > 0 => Fact::Known((seconds / 86_400, "journald MaxRetentionSec".to_owned())),
            _ => Fact::unread(UnreadStatus::NotTested, "logs.journald: limited by size only"),
        },
        "" => Fact::Known((0, "no log is kept".to_owned())),
        _ => Fact::Known((0, "journald keeps nothing beyond a boot".to_owned())),
    })
}

/// The oldest time of the groups, `""` where none of them has a record.
pub(super) fn oldest(items: &Items<'_>, groups: &[&str]) -> Fact<String> {
    items.text_or_empty("logs.oldest").and_then(|text| {
        let mut times = Vec::new();
        for line in text.lines() {
            let fields: Vec<_> = line.split('\t').collect();
            let [group, time, path, _] = fields[..] else { continue };
            if !groups.contains(&group) {
                continue;
            }
            match time {
                "absent" => {}
                "denied" => return Fact::unread(UnreadStatus::Denied, format!("logs.oldest: {path}")),
                "error" | "timeout" => return Fact::unread(UnreadStatus::Error, format!("logs.oldest: {path}")),
                _ => times.push(time.to_owned()),
            }
        }
        Fact::Known(times.into_iter().min().unwrap_or_default())
    })
}

fn modes(items: &Items<'_>) -> Fact<Vec<FileMode>> {
    let owners = Owners::read(items);
    items.text_or_empty("files.logs").map(|text| {
        let stats = stat::read(&text);
        let log = |stat: &&stat::Stat| stat.kind == "file" || stat.kind == "dir";
        stats.found.iter().filter(log).map(|stat| owners.mode(stat)).collect()
    })
}

pub(super) fn time(items: &Items<'_>) -> Time {
    Time {
        synchronised: synchronised(items),
        sources: sources(items),
        daemons: base::processes(items).and_then(|_| {
            const ALL: &[&str] = &["chronyd", "ntpd", "systemd-timesyncd", "openntpd", "ntpsec"];
            Fact::Known(
                ALL.iter()
                    .filter(|name| base::runs(items, &[name]) == Fact::Known(true))
                    .map(|name| (*name).to_owned())
                    .collect(),
            )
        }),
        timezone: zone(items),
    }
}

/// The daemon that holds the clock knows best; systemd's word is next. Without any daemon nothing holds it.
fn synchronised(items: &Items<'_>) -> Fact<bool> {
    let text = |item| items.text(item).known().cloned().flatten();
    let by_daemon = text("time.chrony")
        .as_deref()
        .and_then(time::chrony_tracking)
        .or_else(|| text("time.ntpq").as_deref().and_then(time::ntpq));
    if let Some(word) = by_daemon {
        return Fact::Known(word);
    }
    if let Some(word) = text("time.timedatectl").and_then(|text| time::timedatectl(&text).synchronised) {
        return Fact::Known(word);
    }
    // The clock of a container is held by the host below it.
    match items.text_or_empty("os.container") {
        Fact::Known(word) if word.trim() == "none" => {}
        Fact::Known(_) => return Fact::unread(UnreadStatus::NotTested, "os.container"),
        Fact::Unread(why) => return Fact::Unread(why),
    }
    match base::runs(
        items,
        &["chronyd", "ntpd", "systemd-timesyncd", "openntpd", "ptp4l", "VBoxService", "vmtoolsd", "chrony"],
    ) {
        Fact::Known(false) => Fact::Known(false),
        Fact::Known(_) => Fact::unread(UnreadStatus::Error, "time.timedatectl"),
        Fact::Unread(why) => Fact::Unread(why),
    }
}

fn sources(items: &Items<'_>) -> Fact<Vec<String>> {
    items.files("time.config").all().map(|files| {
        let mut all: Vec<_> = files
            .iter()
            .flat_map(|file| {
                if file.path.contains("timesyncd") { time::timesyncd(&file.text) } else { time::servers(&file.text) }
            })
            .collect();
        all.sort();
        all.dedup();
        all
    })
}

fn zone(items: &Items<'_>) -> Fact<String> {
    let said =
        items.text("time.timedatectl").known().cloned().flatten().and_then(|text| time::timedatectl(&text).timezone);
    if let Some(zone) = said {
        return Fact::Known(zone);
    }
    items.text_or_empty("files.links").map(|text| {
        let stats = stat::read(&text);
        let link = stats.get("/etc/localtime").map(|stat| stat.target.clone()).unwrap_or_default();
        time::zone_of_link(&link).map_or_else(|| "UTC".to_owned(), str::to_owned)
    })
}
