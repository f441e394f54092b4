//! The Linux audit system: its status and its rules, as auditctl prints them and as rules.d holds them.

use std::collections::BTreeMap;

/// One rule in one form, whatever its source: `auditctl -l` writes a watch either as `-w` or as `-a always,exit -F path=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub kind: Kind,
    /// Path or folder that is watched, or `""`.
    pub path: String,
    /// Letters of `rwxa`, in this order.
    pub perms: String,
    /// `always,exit` and the like, action first; `""` for a watch.
    pub list: String,
    pub arch: String,
    pub syscalls: Vec<String>,
    /// Fields other than arch, path, dir, perm and key.
    pub fields: Vec<String>,
    pub key: String,
    /// Blanks as one.
    pub raw: String,
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Watch,
    Syscall,
    /// `-e`, `-b`, `-f`, `-D` and so on.
    Control,
}

/// What `auditctl -s` says: name to value.
pub fn status(text: &str) -> Option<BTreeMap<String, i64>> {
    let mut values = BTreeMap::new();
    for line in text.lines() {
        // The form of old versions has all pairs in one line: `AUDIT_STATUS: enabled=1 flag=1 pid=800`.
        let line = line.strip_prefix("AUDIT_STATUS:").unwrap_or(line);
        if line.contains('=') {
            let pairs = line.split_whitespace().filter_map(|pair| pair.split_once('='));
            values.extend(pairs.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))));
        } else if let Some((name, value)) = line.trim().split_once(' ')
            && let Ok(value) = value.trim().parse()
        {
            values.insert(name.to_owned(), value);
        }
    }
    values.contains_key("enabled").then_some(values)
}

/// Reads rules. The second value holds lines that are none.
pub fn rules(text: &str) -> (Vec<Rule>, Vec<String>) {
    let mut rules = Vec::new();
    let mut malformed = Vec::new();
    for (_, line) in super::conf::lines(text) {
        if line == "No rules" {
            continue;
        }
        match rule(line) {
            Some(rule) => rules.push(rule),
            None => malformed.push(line.to_owned()),
        }
    }
    (rules, malformed)
}

fn rule(line: &str) -> Option<Rule> {
    let words: Vec<_> = line.split_whitespace().collect();
    let mut rule = Rule {
        kind: Kind::Control,
        path: String::new(),
        perms: String::new(),
        list: String::new(),
        arch: String::new(),
        syscalls: Vec::new(),
        fields: Vec::new(),
        key: String::new(),
        raw: words.join(" "),
    };
    let mut at = words.iter();
    while let Some(word) = at.next() {
        match *word {
            "-w" => {
                rule.kind = Kind::Watch;
                rule.path = folder(at.next()?);
            }
            "-p" => rule.perms = ordered(at.next()?),
            "-k" => rule.key = unquoted(at.next()?),
            "-a" | "-A" => {
                rule.kind = Kind::Syscall;
                rule.list = list(at.next()?);
            }
            "-S" => rule.syscalls.extend(at.next()?.split(',').map(str::to_owned)),
            "-F" | "-C" => field(&mut rule, at.next()?),
            other if other.starts_with('-') => {}
            _ if rule.kind == Kind::Control && rule.raw.starts_with('-') => {}
            _ => return None,
        }
    }
    if rule.kind == Kind::Syscall && !rule.path.is_empty() && rule.syscalls.iter().all(|call| call == "all") {
        rule.kind = Kind::Watch;
        if rule.perms.is_empty() {
            rule.perms = "rwxa".to_owned();
        }
    }
    if rule.kind == Kind::Watch && rule.perms.is_empty() {
        rule.perms = "rwxa".to_owned();
    }
    rule.raw.starts_with('-').then_some(rule)
}

fn field(rule: &mut Rule, field: &str) {
    match field.split_once('=') {
        Some(("arch", value)) => rule.arch = value.to_owned(),
        Some(("path" | "dir", value)) => rule.path = folder(value),
        Some(("perm", value)) => rule.perms = ordered(value),
        Some(("key", value)) => rule.key = unquoted(value),
        _ => rule.fields.push(field.to_owned()),
    }
}

fn folder(path: &str) -> String {
    let path = path.trim_matches('"');
    if path.len() > 1 { path.trim_end_matches('/').to_owned() } else { path.to_owned() }
}

fn ordered(perms: &str) -> String {
    "rwxa".chars().filter(|letter| perms.contains(*letter)).collect()
}

fn unquoted(word: &str) -> String {
    word.trim_matches('"').to_owned()
}

/// Action and list in one order: auditctl takes both.
fn list(word: &str) -> String {
    match word.split_once(',') {
        Some((a, b)) if matches!(b, "always" | "never") => format!("{b},{a}"),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_forms_of_status_are_read() {
        assert_eq!(status("enabled 2\nfailure 1\npid 800\nlost 0\nbacklog_limit 8192\n").unwrap()["enabled"], 2);
        assert_eq!(status("AUDIT_STATUS: enabled=1 flag=1 pid=800 backlog_limit=320\n").unwrap()["backlog_limit"], 320);
        assert_eq!(status("Error - audit support not in kernel\n"), None);
    }

    #[test]
    fn a_watch_is_the_same_in_both_spellings() {
        let (rules, malformed) = rules(
            "-w /etc/sudoers.d/ -p aw -k scope\n-a always,exit -S all -F dir=/etc/sudoers.d -F perm=wa -F key=scope\n",
        );
        assert!(malformed.is_empty());
        for rule in &rules {
            assert_eq!(
                (rule.kind, rule.path.as_str(), rule.perms.as_str(), rule.key.as_str()),
                (Kind::Watch, "/etc/sudoers.d", "wa", "scope")
            );
        }
    }

    #[test]
    fn syscalls_and_fields_are_kept() {
        let (rules, _) =
            rules("-a exit,always -F arch=b64 -S adjtimex,settimeofday -F auid>=1000 -F auid!=-1 -k time\n-e 2\n");
        assert_eq!(rules[0].list, "always,exit");
        assert_eq!(rules[0].syscalls, ["adjtimex", "settimeofday"]);
        assert_eq!(rules[0].fields, ["auid>=1000", "auid!=-1"]);
        assert_eq!((rules[1].kind, rules[1].raw.as_str()), (Kind::Control, "-e 2"));
    }

    #[test]
    fn no_rules_is_an_empty_list_and_nonsense_is_named() {
        assert_eq!(rules("No rules\n"), (vec![], vec![]));
        assert_eq!(rules("Operation not permitted\n").1.len(), 1);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(-w|-a|-S|-F|-k|-p| |=|,|\\n|/etc|always|exit|\\PC)*") {
            let _ = (rules(&text), status(&text));
        }
    }
}
