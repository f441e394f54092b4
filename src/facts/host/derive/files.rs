//! Modes of files: the fixed list, homes, and what the walk found.

use super::{
    base::{self, Owners, octal},
    items::Items,
};
use crate::{
    facts::host::{FileMode, Home, TrustFile, WorldWritable},
    formats::linux::{conf, stat},
    model::{Fact, UnreadStatus},
};

/// Modes of what is there, and paths of what is not.
pub(super) fn fixed(items: &Items<'_>) -> (Fact<Vec<FileMode>>, Fact<Vec<String>>) {
    let owners = Owners::read(items);
    let stats = base::modes(items).and_then(|stats| match stats.denied.first() {
        Some(path) => Fact::unread(UnreadStatus::Denied, format!("files.modes: {path}")),
        None => Fact::Known(stats),
    });
    let found = stats.as_ref().map(|stats| {
        let mut modes: Vec<_> = stats.found.iter().map(|stat| owners.mode(stat)).collect();
        modes.sort_by(|a, b| a.path.cmp(&b.path));
        modes.dedup_by(|a, b| a.path == b.path);
        modes
    });
    (found, stats.map(|stats| stats.absent))
}

/// What the walk found under one tag; unread where it was cut short or kept out.
fn walked(items: &Items<'_>, tag: &str) -> Fact<Vec<FileMode>> {
    let owners = Owners::read(items);
    items.text_or_empty("files.walk").and_then(|text| {
        let mut modes = Vec::new();
        for (of, rest) in text.lines().filter_map(|line| line.split_once('\t')) {
            match of {
                "cut" => return Fact::unread(UnreadStatus::TooLarge, format!("files.walk: {rest}")),
                "denied" => return Fact::unread(UnreadStatus::Denied, format!("files.walk: {rest}")),
                of if of == tag => modes.extend(stat::read(rest).found.iter().map(|stat| owners.mode(stat))),
                _ => {}
            }
        }
        modes.sort_by(|a, b| a.path.cmp(&b.path));
        Fact::Known(modes)
    })
}

pub(super) fn suid(items: &Items<'_>) -> Fact<Vec<FileMode>> {
    walked(items, "suid")
}

pub(super) fn world_writable(items: &Items<'_>) -> WorldWritable {
    let all = walked(items, "writable");
    let of =
        |kind: &'static str| all.as_ref().map(|all| all.iter().filter(|mode| mode.kind == kind).cloned().collect());
    WorldWritable { files: of("file"), dirs: of("dir") }
}

/// Owners that only a directory service knows look unowned from passwd alone.
pub(super) fn unowned(items: &Items<'_>) -> Fact<Vec<FileMode>> {
    let names = items.text_or_empty("accounts.nsswitch");
    names.and_then(|text| {
        let remote = conf::lines(&text)
            .filter(|(_, line)| line.starts_with("passwd:") || line.starts_with("group:"))
            .any(|(_, line)| {
                ["sss", "ldap", "winbind", "nis"]
                    .iter()
                    .any(|source| line.split_whitespace().any(|word| word == *source))
            });
        match walked(items, "unowned") {
            Fact::Known(list) if remote && !list.is_empty() => {
                Fact::unread(UnreadStatus::NotTested, "accounts.nsswitch: a directory service names owners too")
            }
            other => other,
        }
    })
}

pub(super) fn homes(items: &Items<'_>) -> Fact<Vec<Home>> {
    let people = base::passwd(items);
    items.text_or_empty("accounts.homes").and_then(|text| {
        people.and_then(|people| {
            let mut homes: Vec<Home> = Vec::new();
            for (tag, user, rest) in text.lines().filter_map(three) {
                let stats = stat::read(rest);
                if let (Some(path), "home") = (stats.denied.first(), tag) {
                    return Fact::unread(UnreadStatus::Denied, format!("accounts.homes: {path}"));
                }
                match (tag, stats.found.first(), stats.absent.first()) {
                    ("home", Some(stat), _) => homes.push(Home {
                        user: user.to_owned(),
                        path: stat.path.clone(),
                        exists: stat.kind == "dir",
                        mode: i64::from(stat.mode),
                        octal: octal(stat.mode),
                        owned: people.lines.iter().any(|account| account.name == user && account.uid == stat.uid),
                        writable_dotfiles: Vec::new(),
                    }),
                    ("home", None, Some(path)) => homes.push(missing(user, path)),
                    ("dot", Some(stat), _) => {
                        if let Some(home) = homes.iter_mut().rev().find(|home| home.user == user) {
                            home.writable_dotfiles.push(stat.path.clone());
                        }
                    }
                    _ => {}
                }
            }
            Fact::Known(homes)
        })
    })
}

fn three(line: &str) -> Option<(&str, &str, &str)> {
    let (tag, rest) = line.split_once('\t')?;
    let (user, rest) = rest.split_once('\t')?;
    Some((tag, user, rest))
}

fn missing(user: &str, path: &str) -> Home {
    Home {
        user: user.to_owned(),
        path: path.to_owned(),
        exists: false,
        mode: 0,
        octal: "0000".to_owned(),
        owned: false,
        writable_dotfiles: Vec::new(),
    }
}

pub(super) fn trust_files(items: &Items<'_>) -> Fact<Vec<TrustFile>> {
    items.text_or_empty("accounts.trust_files").and_then(|text| {
        let mut all = Vec::new();
        for (user, rest) in text.lines().filter_map(|line| line.split_once('\t')) {
            let stats = stat::read(rest);
            if let Some(path) = stats.denied.first() {
                return Fact::unread(UnreadStatus::Denied, format!("accounts.trust_files: {path}"));
            }
            // A link to /dev/null, as some guides ask for, trusts nobody.
            all.extend(stats.found.iter().filter(|stat| stat.kind == "file").map(|stat| TrustFile {
                path: stat.path.clone(),
                user: if user == "-" { String::new() } else { user.to_owned() },
                bytes: super::items::number(stat.bytes),
                octal: octal(stat.mode),
            }));
        }
        Fact::Known(all)
    })
}
