//! Accounts, groups and what shows when they are held against each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    base,
    items::{Items, both, first_known, number, same_reason},
};
use crate::{
    facts::host::{Account, Group, Identity, PasswordState, SharedId, UNLIMITED},
    formats::linux::{
        accounts::{self as lines, Passwd, PasswdField},
        keys,
        shadow::{self, Password, Shadow},
    },
    model::{Fact, Tri, UnreadStatus},
};

/// Uid of accounts that stand for nobody.
const OVERFLOW: u32 = 65534;

/// Shells that give no session.
fn gives_session(shell: &str) -> bool {
    !matches!(shell.rsplit('/').next(), Some("nologin" | "false" | "sync" | "shutdown" | "halt" | "true"))
}

pub(super) fn accounts(items: &Items<'_>) -> Fact<Vec<Account>> {
    let shadow = shadow_lines(items);
    let logins = logins(items);
    let groups = base::groups(items).map(|read| read.lines);
    let uid_min = uid_min(items);
    base::passwd(items)
        .map(|read| read.lines.iter().map(|line| account(line, &shadow, &logins, &groups, uid_min)).collect())
}

fn uid_min(items: &Items<'_>) -> u32 {
    let defs = base::login_defs(items);
    defs.known().and_then(|defs| defs.get("UID_MIN")?.parse().ok()).unwrap_or(1000)
}

/// Lines of shadow by name; no file at all is no line.
fn shadow_lines(items: &Items<'_>) -> Fact<BTreeMap<String, Shadow>> {
    items
        .text_or_empty("accounts.shadow")
        .map(|text| shadow::read(&text).0.into_iter().map(|line| (line.name.clone(), line)).collect())
}

fn logins(items: &Items<'_>) -> Fact<BTreeMap<String, String>> {
    first_known(["accounts.lastlog", "accounts.lastlog2"].map(|item| {
        items.text(item).and_then(|text| match text.as_deref().map(lines::lastlog) {
            Some(Some(times)) => Fact::Known(times.into_iter().collect()),
            _ => Fact::unread(UnreadStatus::Error, item),
        })
    }))
}

fn account(
    line: &Passwd,
    shadow: &Fact<BTreeMap<String, Shadow>>,
    logins: &Fact<BTreeMap<String, String>>,
    groups: &Fact<Vec<lines::Group>>,
    uid_min: u32,
) -> Account {
    let own = shadow.as_ref().map(|all| all.get(&line.name).cloned());
    let password = own.clone().map(|own| password(line, own.as_ref()));
    let age = |pick: fn(&Shadow) -> Option<i64>, unset: i64| {
        own.clone().map(|own| own.as_ref().and_then(pick).unwrap_or(unset))
    };
    let day = |pick: fn(&Shadow) -> Option<i64>| {
        own.clone().and_then(|own| match shadow::date(own.as_ref().and_then(pick)) {
            Ok(date) => Fact::Known(date),
            Err(_) => Fact::unread(UnreadStatus::Error, "accounts.shadow"),
        })
    };
    Account {
        name: line.name.clone(),
        uid: i64::from(line.uid),
        gid: i64::from(line.gid),
        home: line.home.clone(),
        shell: line.shell.clone(),
        login_shell: gives_session(&line.shell),
        system: line.uid < uid_min || line.uid == OVERFLOW,
        password: password.clone().map(|(state, _)| state),
        hash_algorithm: password.map(|(_, algorithm)| algorithm),
        // Day 0 asks for a change at the next login and is no day of a change.
        last_change: day(|shadow| shadow.last_change.filter(|day| *day > 0)),
        last_change_days: Fact::unread(UnreadStatus::NotTested, "as_of"),
        must_change: own.clone().map(|own| own.and_then(|own| own.last_change) == Some(0)),
        min: age(|shadow| shadow.min, 0),
        max: age(|shadow| shadow.max.filter(|days| *days >= 0), UNLIMITED),
        warn: age(|shadow| shadow.warn, 0),
        inactive: age(|shadow| shadow.inactive, -1),
        expires: day(|shadow| shadow.expires.filter(|day| *day >= 0)),
        expired: Fact::unread(UnreadStatus::NotTested, "as_of"),
        last_login: last_login(logins, &line.name),
        last_login_days: Fact::unread(UnreadStatus::NotTested, "as_of"),
        groups: groups.as_ref().map(|groups| groups_of(line, groups)),
    }
    .with_expiry_known()
}

impl Account {
    /// An account that never expires has not expired, whatever the day.
    fn with_expiry_known(mut self) -> Self {
        if self.expires.known().is_some_and(String::is_empty) {
            self.expired = Fact::Known(Tri::No);
        }
        self
    }
}

fn last_login(logins: &Fact<BTreeMap<String, String>>, name: &str) -> Fact<String> {
    logins.as_ref().and_then(|times| match times.get(name) {
        Some(time) => Fact::Known(time.clone()),
        None => Fact::unread(UnreadStatus::Error, "accounts.lastlog"),
    })
}

/// State and algorithm. An account that shadow does not know cannot match any password.
fn password(line: &Passwd, own: Option<&Shadow>) -> (PasswordState, String) {
    match (line.password, own.map(|own| &own.password)) {
        (PasswdField::Empty, _) => (PasswordState::None, String::new()),
        (PasswdField::Hash, _) => (PasswordState::Set, "descrypt".to_owned()),
        (PasswdField::Locked, _) | (PasswdField::Shadow, None) => (PasswordState::Locked, String::new()),
        (PasswdField::Shadow, Some(Password::None)) => (PasswordState::None, String::new()),
        (PasswdField::Shadow, Some(Password::Locked(_))) => (PasswordState::Locked, String::new()),
        (PasswdField::Shadow, Some(Password::Set(algorithm))) => (PasswordState::Set, algorithm.clone()),
    }
}

fn groups_of(line: &Passwd, groups: &[lines::Group]) -> Vec<String> {
    let primary = groups.iter().filter(|group| group.gid == line.gid).map(|group| group.name.clone()).take(1);
    let others = groups.iter().filter(|group| group.gid != line.gid && group.members.contains(&line.name));
    primary.chain(others.map(|group| group.name.clone())).collect()
}

pub(super) fn groups(items: &Items<'_>) -> Fact<Vec<Group>> {
    let passwd = base::passwd(items).map(|read| read.lines);
    let gshadow = items.text_or_empty("accounts.gshadow").map(|text| shadow::read(&text).0);
    base::groups(items).map(|read| {
        let one = |group: &lines::Group| Group {
            name: group.name.clone(),
            gid: i64::from(group.gid),
            members: passwd.as_ref().map(|accounts| members(group, accounts)),
            password: gshadow.as_ref().map(|lines| {
                lines.iter().any(|line| line.name == group.name && matches!(line.password, Password::Set(_)))
            }),
        };
        read.lines.iter().map(one).collect()
    })
}

fn members(group: &lines::Group, accounts: &[Passwd]) -> Vec<String> {
    let primary = accounts.iter().filter(|account| account.gid == group.gid).map(|account| account.name.clone());
    let all: BTreeSet<_> = group.members.iter().cloned().chain(primary).collect();
    all.into_iter().collect()
}

pub(super) fn identity(items: &Items<'_>, accounts: &Fact<Vec<Account>>, groups: &Fact<Vec<Group>>) -> Identity {
    let passwd = base::passwd(items);
    let group = base::groups(items);
    let shadow = shadow_lines(items);
    let names = |which: fn(&Account) -> bool| {
        accounts
            .as_ref()
            .map(|all| all.iter().filter(|account| which(account)).map(|account| account.name.clone()).collect())
    };
    Identity {
        uid0: names(|account| account.uid == 0),
        duplicate_uids: passwd.as_ref().map(|read| shared(read.lines.iter().map(|line| (line.uid, &line.name)))),
        duplicate_gids: group.as_ref().map(|read| shared(read.lines.iter().map(|line| (line.gid, &line.name)))),
        duplicate_names: passwd.as_ref().map(|read| twice(read.lines.iter().map(|line| &line.name))),
        duplicate_groups: group.as_ref().map(|read| twice(read.lines.iter().map(|line| &line.name))),
        missing_groups: both(passwd.as_ref(), group.as_ref()).map(|(accounts, groups)| {
            let gids: BTreeSet<_> = groups.lines.iter().map(|group| group.gid).collect();
            accounts.lines.iter().filter(|line| !gids.contains(&line.gid)).map(|line| line.name.clone()).collect()
        }),
        missing_shadow: both(passwd.as_ref(), shadow.as_ref()).map(|(accounts, shadow)| {
            let without = |line: &&Passwd| line.password == PasswdField::Shadow && !shadow.contains_key(&line.name);
            accounts.lines.iter().filter(without).map(|line| line.name.clone()).collect()
        }),
        unshadowed: passwd.as_ref().map(|read| {
            read.lines.iter().filter(|line| line.password == PasswdField::Hash).map(|line| line.name.clone()).collect()
        }),
        empty_passwords: by_password(accounts, |account, state| account.login_shell && state == PasswordState::None),
        nis_lines: both(passwd.as_ref(), group.as_ref())
            .map(|(accounts, groups)| accounts.nis.iter().chain(&groups.nis).cloned().collect()),
        administrators: groups.as_ref().and_then(|groups| administrators(groups)),
        can_log_in: can_log_in(items, accounts),
        system_with_shell: names(|account| account.system && account.uid != 0 && account.login_shell),
        malformed_lines: both(passwd.as_ref(), group.as_ref())
            .map(|(accounts, groups)| number(accounts.malformed + groups.malformed)),
    }
}

fn shared<'a>(ids: impl Iterator<Item = (u32, &'a String)>) -> Vec<SharedId> {
    let mut by_id: BTreeMap<u32, Vec<String>> = BTreeMap::new();
    ids.for_each(|(id, name)| by_id.entry(id).or_default().push(name.clone()));
    let several = by_id.into_iter().filter(|(_, names)| names.len() > 1);
    several.map(|(id, names)| SharedId { id: i64::from(id), names }).collect()
}

fn twice<'a>(names: impl Iterator<Item = &'a String>) -> Vec<String> {
    let (mut seen, mut again) = (BTreeSet::new(), BTreeSet::new());
    again.extend(names.filter(|name| !seen.insert(*name)).cloned());
    again.into_iter().collect()
}

fn by_password(accounts: &Fact<Vec<Account>>, which: fn(&Account, PasswordState) -> bool) -> Fact<Vec<String>> {
    accounts.as_ref().and_then(|all| {
        let mut names = Vec::new();
        for account in all {
            match &account.password {
                Fact::Known(state) if which(account, *state) => names.push(account.name.clone()),
                Fact::Known(_) => {}
                Fact::Unread(why) => return same_reason(why),
            }
        }
        Fact::Known(names)
    })
}

fn administrators(groups: &[Group]) -> Fact<Vec<String>> {
    let mut names = BTreeSet::new();
    for group in
        groups.iter().filter(|group| group.gid == 0 || matches!(group.name.as_str(), "wheel" | "sudo" | "admin"))
    {
        match &group.members {
            Fact::Known(members) => names.extend(members.iter().filter(|name| *name != "root").cloned()),
            Fact::Unread(why) => return same_reason(why),
        }
    }
    Fact::Known(names.into_iter().collect())
}

/// Login shell, and a password that can match or a key that opens it.
fn can_log_in(items: &Items<'_>, accounts: &Fact<Vec<Account>>) -> Fact<Vec<String>> {
    let by_key = key_holders(items);
    both(accounts.as_ref(), by_key).and_then(|(all, by_key)| {
        let mut names = Vec::new();
        for account in all.iter().filter(|account| account.login_shell) {
            match &account.password {
                Fact::Known(state) if *state != PasswordState::Locked => names.push(account.name.clone()),
                _ if by_key.contains(&account.home) => names.push(account.name.clone()),
                Fact::Known(_) => {}
                Fact::Unread(why) => return same_reason(why),
            }
        }
        Fact::Known(names)
    })
}

/// Homes with at least one authorized key.
fn key_holders(items: &Items<'_>) -> Fact<BTreeSet<String>> {
    items.files("ssh.authorized_keys").all().map(|files| {
        let with_keys = files.iter().filter(|file| !keys::authorized(&file.text).is_empty());
        with_keys.filter_map(|file| file.path.split_once("/.ssh/")).map(|(home, _)| home.to_owned()).collect()
    })
}
