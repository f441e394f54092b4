//! The SSH server.

use std::collections::BTreeMap;

use super::{
    base::{self, Owners},
    items::{Items, both, first_known, same_reason},
};
use crate::{
    facts::host::{AuthorizedKeys, HostKey, Sshd},
    formats::linux::{keys, sshd, stat::Stats},
    model::{Fact, UnreadStatus},
};

type Keywords = Fact<BTreeMap<String, String>>;

/// What takes effect for root; asked for by PAM facts too.
pub(super) fn effective(items: &Items<'_>) -> Keywords {
    match listing(items, "ssh.effective") {
        Fact::Known(map) => Fact::Known(map),
        // The same listing from a program that did not check whether it could start.
        unread => first_known([unread, listing(items, "ssh.parsed")]),
    }
}

fn listing(items: &Items<'_>, item: &'static str) -> Keywords {
    match base::any_exists(items, &["/usr/sbin/sshd"]) {
        Fact::Known(false) => Fact::unread(UnreadStatus::NotTested, "sshd is not installed"),
        _ => items.text(item).and_then(|text| match text.as_deref().map(sshd::effective) {
            Some(Some(map)) => Fact::Known(map),
            _ => Fact::unread(UnreadStatus::Error, item),
        }),
    }
}

pub(super) fn facts(items: &Items<'_>, effective: &Keywords) -> Sshd {
    let declared = declared(items);
    let blocks = declared
        .as_ref()
        .map(|declared| declared.blocks.iter().map(|(condition, _)| condition.clone()).collect::<Vec<_>>());
    let list = |keyword: &'static str, separator: char| words(effective, keyword, separator);
    let int = |keyword: &'static str| number(effective, keyword);
    let (interval, count) = (int("clientaliveinterval"), int("clientalivecountmax"));
    let allow_users = list("allowusers", ' ');
    let allow_groups = list("allowgroups", ' ');
    let limited =
        both(both(allow_users.clone(), allow_groups.clone()), blocks.clone()).map(|((users, groups), blocks)| {
            !users.is_empty()
                || !groups.is_empty()
                || blocks.iter().any(|block| block.to_ascii_lowercase().contains("address"))
        });
    Sshd {
        installed: base::any_exists(items, &["/usr/sbin/sshd"]),
        running: base::runs(items, &["sshd"]),
        version: version(items),
        effective: effective.clone(),
        effective_user: listing(items, "ssh.effective_user"),
        declared: declared.map(|declared| declared.global),
        match_blocks: blocks,
        ciphers: list("ciphers", ','),
        macs: list("macs", ','),
        kex: list("kexalgorithms", ','),
        host_key_algorithms: list("hostkeyalgorithms", ','),
        pubkey_algorithms: first(&[list("pubkeyacceptedalgorithms", ','), list("pubkeyacceptedkeytypes", ',')]),
        authentication_methods: list("authenticationmethods", ' '),
        ports: list("port", ' ').map(|ports| ports.iter().filter_map(|port| port.parse().ok()).collect()),
        listen_addresses: list("listenaddress", ' '),
        allow_users,
        allow_groups,
        deny_users: list("denyusers", ' '),
        deny_groups: list("denygroups", ' '),
        limited,
        max_auth_tries: int("maxauthtries"),
        max_sessions: int("maxsessions"),
        login_grace_seconds: int("logingracetime"),
        idle_seconds: both(interval.clone(), count.clone()).map(|(interval, count)| interval.saturating_mul(count)),
        client_alive_interval: interval,
        client_alive_count: count,
        config_files: config_files(items),
        host_keys: host_keys(items),
    }
}

/// The first list with something in it: keywords were renamed over the years.
fn first(lists: &[Fact<Vec<String>>]) -> Fact<Vec<String>> {
    let full = lists.iter().find(|list| list.known().is_some_and(|list| !list.is_empty()));
    full.or(lists.first()).cloned().unwrap_or_else(|| Fact::unread(UnreadStatus::Error, "ssh.effective"))
}

fn words(effective: &Keywords, keyword: &str, separator: char) -> Fact<Vec<String>> {
    effective.as_ref().map(|map| {
        let value = map.get(keyword).map_or("", String::as_str);
        value.split([separator, ' ']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
    })
}

fn number(effective: &Keywords, keyword: &'static str) -> Fact<i64> {
    effective.as_ref().and_then(|map| match map.get(keyword).and_then(|value| sshd::seconds(value)) {
        Some(number) => Fact::Known(number),
        None => Fact::unread(UnreadStatus::Error, format!("ssh.effective: {keyword}")),
    })
}

fn declared(items: &Items<'_>) -> Fact<sshd::Declared> {
    let files = items.files("ssh.config");
    files.texts(|_| true).map(|texts| {
        let main =
            ["/etc/ssh/sshd_config", "/usr/etc/ssh/sshd_config"].into_iter().find(|path| texts.contains_key(*path));
        main.map(|main| sshd::declared(main, &texts)).unwrap_or_default()
    })
}

/// Whether sshd asks PAM. Its files may say so even where the program could not: the first line wins, and no `Match`
/// can hold it. Where they do not say it, the default depends on who built the program.
pub(super) fn uses_pam(items: &Items<'_>, effective: &Keywords) -> Fact<bool> {
    let declared = declared(items).and_then(|declared| match declared.global.get("usepam") {
        Some(value) if declared.missing_includes.is_empty() => Fact::Known(value.eq_ignore_ascii_case("yes")),
        _ => Fact::unread(UnreadStatus::NotTested, "ssh.config: UsePAM"),
    });
    let said = effective.as_ref().map(|map| map.get("usepam").is_none_or(|value| value == "yes"));
    first_known([said, declared])
}

fn version(items: &Items<'_>) -> Fact<String> {
    base::installed(items).map(|all| {
        let package = all.iter().find(|package| package.name == "openssh-server");
        package.map(|package| package.version.clone()).unwrap_or_default()
    })
}

fn config_files(items: &Items<'_>) -> Fact<Vec<crate::facts::host::FileMode>> {
    let owners = Owners::read(items);
    base::modes(items).and_then(|stats| {
        let ours = |path: &str| path.starts_with("/etc/ssh/sshd_config");
        if stats.denied.iter().any(|path| ours(path) || path == "/etc/ssh") {
            return Fact::unread(UnreadStatus::Denied, "files.modes");
        }
        let mut modes: Vec<_> =
            stats.found.iter().filter(|stat| ours(&stat.path)).map(|stat| owners.mode(stat)).collect();
        modes.sort_by(|a, b| a.path.cmp(&b.path));
        modes.dedup();
        Fact::Known(modes)
    })
}

fn host_keys(items: &Items<'_>) -> Fact<Vec<HostKey>> {
    let stats = base::modes(items);
    let files = items.files("ssh.host_keys");
    files.all().and_then(|files| {
        let mut all = Vec::new();
        for file in files {
            let Some(key) = keys::public_key(&file.text) else {
                return Fact::unread(UnreadStatus::Error, format!("ssh.host_keys: {}", file.path));
            };
            all.push(host_key(file.path.trim_end_matches(".pub"), key, &stats));
        }
        Fact::Known(all)
    })
}

fn host_key(path: &str, key: keys::PublicKey, stats: &Fact<Stats>) -> HostKey {
    let stat = stats.as_ref().and_then(|stats| match stats.get(path) {
        Some(stat) => Fact::Known(stat.clone()),
        None => Fact::unread(UnreadStatus::Error, format!("files.modes: {path}")),
    });
    HostKey {
        path: path.to_owned(),
        algorithm: key.algorithm,
        bits: key.bits,
        fingerprint: key.fingerprint,
        private_octal: stat.clone().map(|stat| base::octal(stat.mode)),
        private_uid: stat.clone().map(|stat| i64::from(stat.uid)),
        private_gid: stat.map(|stat| i64::from(stat.gid)),
    }
}

/// Keys that open accounts. Only where sshd looks in the usual place can they be told from the homes.
pub(super) fn authorized_keys(items: &Items<'_>, effective: &Keywords) -> Fact<Vec<AuthorizedKeys>> {
    if let Fact::Known(map) = effective
        && let Some(place) = map.get("authorizedkeysfile")
        && place.split_whitespace().any(|file| {
            !matches!(file, "none" | ".ssh/authorized_keys" | ".ssh/authorized_keys2" | "%h/.ssh/authorized_keys")
        })
    {
        return Fact::unread(UnreadStatus::NotTested, format!("AuthorizedKeysFile {place}"));
    }
    let people = base::passwd(items);
    let files = items.files("ssh.authorized_keys");
    if let Fact::Unread(why) = files.chosen(|_| false) {
        return same_reason(&why);
    }
    people.map(|people| {
        let one = |file: &crate::formats::files::FileText| {
            let home = file.path.split_once("/.ssh/").map_or("", |(home, _)| home);
            let user = people.lines.iter().find(|account| account.home == home).map(|account| account.name.clone());
            let keys = match file.status.unread() {
                None => Fact::Known(keys::authorized(&file.text)),
                Some(status) => Fact::unread(status, format!("ssh.authorized_keys: {}", file.path)),
            };
            AuthorizedKeys {
                user: user.unwrap_or_default(),
                path: file.path.clone(),
                octal: file.mode.clone(),
                keys: keys.as_ref().map(|keys| super::items::number(keys.len())),
                types: keys.as_ref().map(|keys| keys.iter().map(|key| key.kind.clone()).collect()),
                unrestricted: keys.map(|keys| super::items::number(keys.iter().filter(|key| !key.limited).count())),
            }
        };
        files.raw().iter().map(one).collect()
    })
}
