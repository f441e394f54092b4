//! sudoers and what it includes: aliases resolved, one rule for each user or group and command list.

use std::collections::{BTreeMap, BTreeSet};

use super::sudoers_words::{logical, split, split_once};

/// What sudoers says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sudoers {
    pub rules: Vec<Rule>,
    /// Settings of `Defaults` lines that hold for everybody, as written, in order.
    pub defaults: Vec<String>,
    /// Settings with a scope: `:user`, `@host`, `!command`, `>runas`, with the scope first.
    pub scoped_defaults: Vec<(String, String)>,
    /// `path:line` of lines that could not be understood.
    pub malformed: Vec<String>,
    /// Files that were to be included and were not among those given.
    pub missing_includes: Vec<String>,
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub who: String,
    pub hosts: Vec<String>,
    pub runas: Vec<String>,
    pub commands: Vec<String>,
    pub nopasswd: bool,
    pub tags: Vec<String>,
    /// `path:line`.
    pub place: String,
}

const KINDS: &[&str] = &["User_Alias", "Host_Alias", "Runas_Alias", "Cmnd_Alias", "Cmd_Alias"];
const TAGS: &[&str] = &[
    "NOPASSWD",
    "PASSWD",
    "NOEXEC",
    "EXEC",
    "SETENV",
    "NOSETENV",
    "LOG_INPUT",
    "NOLOG_INPUT",
    "LOG_OUTPUT",
    "NOLOG_OUTPUT",
    "MAIL",
    "NOMAIL",
    "FOLLOW",
    "NOFOLLOW",
    "INTERCEPT",
    "NOINTERCEPT",
];

/// Reads `main` with its includes. `files` is path to text.
pub fn read(main: &str, files: &BTreeMap<String, String>) -> Sudoers {
    let mut reader =
        Reader { files, aliases: BTreeMap::new(), raw: Vec::new(), into: Sudoers::default(), done: BTreeSet::new() };
    reader.file(main, 0);
    reader.resolve();
    reader.into
}

struct Reader<'a> {
    files: &'a BTreeMap<String, String>,
    /// Kind and name to members. Aliases may be used before they are defined, so rules wait until all is read.
    aliases: BTreeMap<(String, String), Vec<String>>,
    raw: Vec<(String, String)>,
    into: Sudoers,
    done: BTreeSet<String>,
}

impl Reader<'_> {
    fn file(&mut self, path: &str, depth: usize) {
        if depth > 16 || !self.done.insert(path.to_owned()) {
            return;
        }
        let Some(text) = self.files.get(path) else {
            self.into.missing_includes.push(path.to_owned());
            return;
        };
        for (number, line) in logical(text) {
            self.line(path, &format!("{path}:{number}"), &line, depth);
        }
    }

    fn line(&mut self, path: &str, place: &str, line: &str, depth: usize) {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        match word {
            "#include" | "@include" => self.file(&absolute(path, rest), depth + 1),
            "#includedir" | "@includedir" => {
                for file in members(self.files, &absolute(path, rest)) {
                    self.file(&file, depth + 1);
                }
            }
            _ if KINDS.contains(&word) => self.alias(place, word, rest),
            _ if word.starts_with("Defaults") => self.default(place, word, rest),
            _ => self.raw.push((place.to_owned(), line.to_owned())),
        }
    }

    fn alias(&mut self, place: &str, kind: &str, rest: &str) {
        let kind = if kind == "Cmd_Alias" { "Cmnd_Alias" } else { kind };
        for definition in split(rest, ':') {
            match split_once(&definition, '=') {
                Some((name, list)) if !name.is_empty() => {
                    let members = split(list, ',').into_iter().filter(|member| !member.is_empty()).collect();
                    self.aliases.insert((kind.to_owned(), name.to_owned()), members);
                }
                _ => self.into.malformed.push(place.to_owned()),
            }
        }
    }

    fn default(&mut self, place: &str, word: &str, rest: &str) {
        let scope = word.strip_prefix("Defaults").unwrap_or_default();
        let (scope, rest) = match scope {
            ":" | "@" | "!" | ">" => {
                let (name, rest) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest, ""));
                (format!("{scope}{name}"), rest)
            }
            _ => (scope.to_owned(), rest),
        };
        if !scope.is_empty() && !scope.starts_with([':', '@', '!', '>']) {
            self.into.malformed.push(place.to_owned());
            return;
        }
        for setting in split(rest, ',').into_iter().filter(|setting| !setting.is_empty()) {
            let setting = normal(&setting);
            if scope.is_empty() {
                self.into.defaults.push(setting);
            } else {
                self.into.scoped_defaults.push((scope.clone(), setting));
            }
        }
    }

    fn resolve(&mut self) {
        for (place, line) in std::mem::take(&mut self.raw) {
            if let Some(mut rules) = self.rules(&place, &line) {
                self.into.rules.append(&mut rules);
            } else {
                self.into.malformed.push(place);
            }
        }
    }

    /// `users hosts = (runas) TAG: cmd, cmd : hosts = ...`
    fn rules(&self, place: &str, line: &str) -> Option<Vec<Rule>> {
        let (left, _) = split_once(line, '=')?;
        // The user list ends at the blank that no comma stands beside.
        let (users, _) = user_list(left)?;
        let users: Vec<_> = split(users, ',').iter().flat_map(|user| self.expand("User_Alias", user)).collect();
        let rest = line.get(user_list(line)?.1..)?;
        let mut rules = Vec::new();
        for section in split(rest, ':').into_iter().fold(Vec::new(), rejoin) {
            let (hosts, commands) = split_once(&section, '=')?;
            let hosts: Vec<_> = split(hosts, ',').iter().flat_map(|host| self.expand("Host_Alias", host)).collect();
            let specs = self.commands(commands)?;
            for who in &users {
                rules.extend(specs.iter().map(|spec| Rule {
                    who: who.clone(),
                    hosts: hosts.clone(),
                    runas: spec.runas.clone(),
                    commands: spec.commands.clone(),
                    nopasswd: spec.tags.iter().any(|tag| tag == "NOPASSWD"),
                    tags: spec.tags.clone(),
                    place: place.to_owned(),
                }));
            }
        }
        (!users.is_empty() && !rules.is_empty()).then_some(rules)
    }

    /// Commands in order; runas and tags hold until the next ones. Commands with the same of both come together.
    fn commands(&self, list: &str) -> Option<Vec<Spec>> {
        let mut specs: Vec<Spec> = Vec::new();
        let mut runas = vec!["root".to_owned()];
        let mut tags: Vec<String> = Vec::new();
        for item in split(list, ',') {
            let mut item = item.as_str();
            if let Some(inner) = item.strip_prefix('(') {
                let (inner, rest) = inner.split_once(')')?;
                runas = self.runas(inner);
                item = rest.trim_start();
            }
            while let Some((tag, rest)) = tag(item) {
                let opposite = tag.strip_prefix("NO").map_or_else(|| format!("NO{tag}"), str::to_owned);
                tags.retain(|held| *held != tag && *held != opposite);
                tags.push(tag.to_owned());
                item = rest;
            }
            if item.is_empty() {
                return None;
            }
            let commands = self.expand("Cmnd_Alias", item);
            match specs.last_mut() {
                Some(spec) if spec.runas == runas && spec.tags == tags => spec.commands.extend(commands),
                _ => specs.push(Spec { runas: runas.clone(), tags: tags.clone(), commands }),
            }
        }
        Some(specs)
    }

    fn runas(&self, inner: &str) -> Vec<String> {
        let users = inner.split(':').next().unwrap_or_default();
        let users: Vec<_> = split(users, ',').iter().flat_map(|user| self.expand("Runas_Alias", user)).collect();
        // `(:group)` runs as the caller, with another group.
        if users.iter().all(String::is_empty) { vec![String::new()] } else { users }
    }

    /// Members of an alias, through aliases in it; `!` is kept with each member.
    fn expand(&self, kind: &str, name: &str) -> Vec<String> {
        let mut out = Vec::new();
        self.expand_into(kind, name.trim(), 0, &mut out);
        out
    }

    fn expand_into(&self, kind: &str, name: &str, depth: usize, out: &mut Vec<String>) {
        let (bang, plain) = name.strip_prefix('!').map_or(("", name), |plain| ("!", plain.trim_start()));
        match self.aliases.get(&(kind.to_owned(), plain.to_owned())) {
            Some(members) if depth < 8 && out.len() < 1024 => {
                members.iter().for_each(|member| self.expand_into(kind, &format!("{bang}{member}"), depth + 1, out));
            }
            _ => out.push(format!("{bang}{plain}")),
        }
    }
}

struct Spec {
    runas: Vec<String>,
    tags: Vec<String>,
    commands: Vec<String>,
}

/// The user list of a rule, and where the rest begins.
fn user_list(line: &str) -> Option<(&str, usize)> {
    let bytes = line.as_bytes();
    let (mut quoted, mut at) = (false, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => quoted = !quoted,
            b' ' | b'\t' if !quoted => {
                let before = line[..at].trim_end();
                let behind = line[at..].trim_start();
                if !before.ends_with(',') && !behind.starts_with(',') && !before.is_empty() {
                    return Some((before, at));
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// A `:` also stands behind tags and in runas; only what has a `=` of its own begins a new section.
fn rejoin(mut sections: Vec<String>, part: String) -> Vec<String> {
    let begins =
        split_once(&part, '=').is_some_and(|(hosts, _)| !hosts.contains(['/', '(']) && !hosts.trim().contains(' '));
    match sections.last_mut() {
        Some(last) if !begins => {
            last.push(':');
            last.push_str(&part);
        }
        _ => sections.push(part),
    }
    sections
}

fn tag(item: &str) -> Option<(&str, &str)> {
    let (word, rest) = item.split_once(':')?;
    TAGS.contains(&word.trim()).then(|| (word.trim(), rest.trim_start()))
}

fn normal(setting: &str) -> String {
    match split_once(setting, '=') {
        Some((name, value)) => format!("{name}={}", super::conf::unquoted(value)),
        None => setting.split_whitespace().collect::<Vec<_>>().join(" "),
    }
}

fn absolute(from: &str, path: &str) -> String {
    let path = super::conf::unquoted(path.trim());
    if path.starts_with('/') {
        return path.to_owned();
    }
    let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{folder}/{path}")
}

/// Files right inside a folder, as sudo takes them: no dot in the name, no `~` at its end.
fn members(files: &BTreeMap<String, String>, folder: &str) -> Vec<String> {
    let folder = format!("{}/", folder.trim_end_matches('/'));
    let fits = |path: &&String| {
        path.strip_prefix(&folder).is_some_and(|name| !name.contains(['/', '.']) && !name.ends_with('~'))
    };
    files.keys().filter(fits).cloned().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one(text: &str) -> Sudoers {
        read("/etc/sudoers", &BTreeMap::from([("/etc/sudoers".to_owned(), text.to_owned())]))
    }

    #[test]
    fn the_rules_that_distributions_ship_are_read() {
        let sudoers = one("root\tALL=(ALL:ALL) ALL\n%wheel  ALL=(ALL)       NOPASSWD: ALL\n");
        assert_eq!(sudoers.malformed, Vec::<String>::new());
        let seen: Vec<_> =
            sudoers.rules.iter().map(|rule| (rule.who.as_str(), rule.nopasswd, rule.commands.join(","))).collect();
        assert_eq!(seen, [("root", false, "ALL".into()), ("%wheel", true, "ALL".into())]);
        assert_eq!(sudoers.rules[0].runas, ["ALL"]);
    }

    #[test]
    fn aliases_are_resolved_wherever_they_stand() {
        let text = "ADMINS SERVERS = (OPS) NOPASSWD: NET, PASSWD: /bin/ls, !SHELLS\n\
            User_Alias ADMINS = alice, %ops : OTHERS = bob\nRunas_Alias OPS = root, oper\nHost_Alias SERVERS = s1, s2\n\
            Cmnd_Alias NET = /sbin/ip, /sbin/ss -tl\nCmnd_Alias SHELLS = /bin/sh, /bin/bash\n";
        let sudoers = one(text);
        assert_eq!(sudoers.rules.len(), 4);
        assert_eq!(sudoers.rules[0].commands, ["/sbin/ip", "/sbin/ss -tl"]);
        assert_eq!(sudoers.rules[0].runas, ["root", "oper"]);
        assert!(sudoers.rules[0].nopasswd && !sudoers.rules[1].nopasswd);
        assert_eq!(sudoers.rules[1].commands, ["/bin/ls", "!/bin/sh", "!/bin/bash"]);
        assert_eq!(sudoers.rules[3].who, "%ops");
        assert_eq!(sudoers.rules[0].hosts, ["s1", "s2"]);
    }

    #[test]
    fn defaults_with_and_without_a_scope_are_kept_apart() {
        let sudoers = one("Defaults env_reset, timestamp_timeout = 5\nDefaults secure_path=\"/sbin:/bin\"\n\
            Defaults:bob !authenticate\nDefaults !visiblepw\n");
        assert_eq!(sudoers.defaults, ["env_reset", "timestamp_timeout=5", "secure_path=/sbin:/bin", "!visiblepw"]);
        assert_eq!(sudoers.scoped_defaults, [(":bob".into(), "!authenticate".into())]);
    }

    #[test]
    fn a_folder_is_included_without_names_that_sudo_skips() {
        let files = BTreeMap::from(
            [
                ("/etc/sudoers", "@includedir /etc/sudoers.d\n"),
                ("/etc/sudoers.d/ops", "ops ALL=(root) /bin/systemctl restart nginx\n"),
                ("/etc/sudoers.d/old.bak", "evil ALL=(ALL) NOPASSWD: ALL\n"),
            ]
            .map(|(path, text)| (path.to_owned(), text.to_owned())),
        );
        let sudoers = read("/etc/sudoers", &files);
        assert_eq!(sudoers.rules.len(), 1);
        assert_eq!(sudoers.rules[0].place, "/etc/sudoers.d/ops:1");
    }

    #[test]
    fn a_user_with_several_hosts_and_commands_with_colons() {
        let sudoers =
            one("carol web1 = (www:www) /bin/a : db1 = /bin/b -x a\\:b\nUser ALL=(ALL) NOEXEC: NOPASSWD: /bin/c\n");
        assert_eq!(sudoers.rules.len(), 3);
        assert_eq!(sudoers.rules[1].hosts, ["db1"]);
        assert_eq!(sudoers.rules[2].tags, ["NOEXEC", "NOPASSWD"]);
    }

    #[test]
    fn nonsense_is_named_and_not_dropped() {
        assert_eq!(one("this is not a rule\nalice ALL\n").malformed.len(), 2);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(ALL|=|\\(|\\)|:|,|NOPASSWD:|Defaults|User_Alias|@include|@includedir|#| |\\\\|\"|!|\\n|/etc/sudoers|a|\\PC)*") {
            let _ = one(&text);
        }
    }
}
