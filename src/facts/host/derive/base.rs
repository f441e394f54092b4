//! What several groups need: accounts, metadata of files, processes, services, packages.

use std::collections::{BTreeMap, BTreeSet};

use super::items::{Items, both, number};
use crate::{
    facts::host::FileMode,
    formats::linux::{
        accounts::{self, Group, Lines, Passwd},
        conf,
        net::{self, Process},
        packages::{self, Package},
        services::{self, Unit},
        stat::{self, Stat, Stats},
    },
    model::{Fact, ItemStatus, UnreadStatus},
};

pub(super) fn passwd(items: &Items<'_>) -> Fact<Lines<Passwd>> {
    items.text_or_empty("accounts.passwd").map(|text| accounts::passwd(&text))
}

pub(super) fn groups(items: &Items<'_>) -> Fact<Lines<Group>> {
    items.text_or_empty("accounts.group").map(|text| accounts::group(&text))
}

/// login.defs: what `/etc` says wins over what the system ships.
pub(super) fn login_defs(items: &Items<'_>) -> Fact<BTreeMap<String, String>> {
    let files = items.files("accounts.login_defs");
    files.texts(|path| path.contains("login.defs")).map(|texts| {
        let mut all = BTreeMap::new();
        for path in ["/usr/etc/login.defs", "/etc/login.defs"] {
            all.extend(texts.get(path).map(|text| conf::words(text)).unwrap_or_default());
        }
        let more = texts.iter().filter(|(path, _)| path.starts_with("/etc/login.defs.d/"));
        more.for_each(|(_, text)| all.extend(conf::words(text)));
        all
    })
}

/// Names of owners, for files of which only the numbers are known.
#[derive(Default)]
pub(super) struct Owners {
    users: BTreeMap<u32, String>,
    groups: BTreeMap<u32, String>,
}

impl Owners {
    pub(super) fn read(items: &Items<'_>) -> Self {
        let mut owners = Self::default();
        if let Fact::Known(lines) = passwd(items) {
            lines.lines.into_iter().rev().for_each(|account| drop(owners.users.insert(account.uid, account.name)));
        }
        if let Fact::Known(lines) = groups(items) {
            lines.lines.into_iter().rev().for_each(|group| drop(owners.groups.insert(group.gid, group.name)));
        }
        owners
    }

    pub(super) fn mode(&self, stat: &Stat) -> FileMode {
        FileMode {
            path: stat.path.clone(),
            mode: i64::from(stat.mode),
            octal: octal(stat.mode),
            uid: i64::from(stat.uid),
            gid: i64::from(stat.gid),
            owner: self.users.get(&stat.uid).cloned().unwrap_or_else(|| stat.uid.to_string()),
            group: self.groups.get(&stat.gid).cloned().unwrap_or_else(|| stat.gid.to_string()),
            kind: stat.kind.clone(),
            bytes: number(stat.bytes),
        }
    }
}

/// A mode as octal text.
pub(super) fn octal(mode: u32) -> String {
    format!("{mode:04o}")
}

pub(super) fn modes(items: &Items<'_>) -> Fact<Stats> {
    items.text_or_empty("files.modes").map(|text| stat::read(&text))
}

/// Whether a path exists; unread where that could not be told.
pub(super) fn exists(items: &Items<'_>, path: &str) -> Fact<bool> {
    modes(items).and_then(|stats| {
        if stats.get(path).is_some() {
            Fact::Known(true)
        } else if stats.absent.iter().any(|absent| absent == path) {
            Fact::Known(false)
        } else if stats.denied.iter().any(|denied| denied == path) {
            Fact::unread(UnreadStatus::Denied, "files.modes")
        } else {
            Fact::unread(UnreadStatus::NotTested, "files.modes")
        }
    })
}

/// Whether one of the paths exists.
pub(super) fn any_exists(items: &Items<'_>, paths: &[&str]) -> Fact<bool> {
    let mut unread = None;
    for path in paths {
        match exists(items, path) {
            Fact::Known(true) => return Fact::Known(true),
            Fact::Known(false) => {}
            Fact::Unread(why) => unread = Some(why),
        }
    }
    unread.map_or(Fact::Known(false), Fact::Unread)
}

pub(super) fn processes(items: &Items<'_>) -> Fact<Vec<Process>> {
    items.text_or_empty("services.processes").map(|text| net::processes(&text))
}

/// Whether a process of one of these names runs. The kernel cuts names after 15 characters.
pub(super) fn runs(items: &Items<'_>, names: &[&str]) -> Fact<bool> {
    processes(items).map(|all| {
        all.iter().any(|process| {
            let program = process.exe.trim_end_matches(" (deleted)").rsplit('/').next().unwrap_or_default();
            names.iter().any(|name| *name == program || cut(name) == process.comm)
        })
    })
}

fn cut(name: &str) -> &str {
    name.get(..15).unwrap_or(name)
}

/// Unit files and units of systemd; `None` where systemd does not run this host.
#[expect(clippy::type_complexity, reason = "two maps of one listing each")]
pub(super) fn units(items: &Items<'_>) -> Fact<Option<(BTreeMap<String, String>, BTreeMap<String, Unit>)>> {
    let missing = |item| matches!(items.status(item), Some(ItemStatus::Absent | ItemStatus::NoTool));
    if missing("services.unit_files") || missing("services.units") {
        return Fact::Known(None);
    }
    both(items.text_or_empty("services.unit_files"), items.text_or_empty("services.units"))
        .map(|(files, units)| Some((services::unit_files(&files), services::units(&units))))
}

/// Which package manager there is: by what answered, and by who knows more packages where both did.
pub(super) fn manager(items: &Items<'_>) -> Fact<&'static str> {
    let count = |item: &str| items.text_or_empty(item).known().map_or(0, |text| text.lines().count());
    let open =
        |item| items.status(item).unwrap_or(ItemStatus::NoTool).unread().filter(|why| *why != UnreadStatus::NoTool);
    match (items.is_ok("packages.dpkg"), items.is_ok("packages.rpm")) {
        (true, true) if count("packages.rpm") > count("packages.dpkg") => Fact::Known("rpm"),
        (true, _) => Fact::Known("dpkg"),
        (_, true) => Fact::Known("rpm"),
        _ => match (open("packages.dpkg"), open("packages.rpm")) {
            (Some(status), _) => Fact::unread(status, "packages.dpkg"),
            (_, Some(status)) => Fact::unread(status, "packages.rpm"),
            (None, None) => Fact::Known("none"),
        },
    }
}

pub(super) fn installed(items: &Items<'_>) -> Fact<Vec<Package>> {
    manager(items).and_then(|manager| match manager {
        "dpkg" => items.text_or_empty("packages.dpkg").map(|text| packages::dpkg(&text)),
        "rpm" => items.text_or_empty("packages.rpm").map(|text| packages::rpm(&text)),
        _ => Fact::unread(UnreadStatus::NoTool, "packages"),
    })
}

/// Names of installed packages.
pub(super) fn package_names(items: &Items<'_>) -> Fact<BTreeSet<String>> {
    installed(items).map(|all| all.into_iter().map(|package| package.name).collect())
}

/// Whether the collection could read what only root can.
pub(super) fn privileged(items: &Items<'_>) -> Fact<bool> {
    match items.status("accounts.shadow") {
        Some(ItemStatus::Ok | ItemStatus::Absent) => Fact::Known(true),
        Some(ItemStatus::Denied) => Fact::Known(false),
        Some(status) => Fact::unread(status.unread().unwrap_or(UnreadStatus::Error), "accounts.shadow"),
        None => Fact::unread(UnreadStatus::NotTested, "accounts.shadow"),
    }
}
