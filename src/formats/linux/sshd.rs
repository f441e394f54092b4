//! The SSH server: the effective configuration as `sshd -T` prints it, and the files behind it.

use std::collections::BTreeMap;

/// Reads `sshd -T`: keyword (lower case) to value; values of a repeated keyword are joined by one space. `None` where
/// the text is not such a listing (it always names `permitrootlogin`).
pub fn effective(text: &str) -> Option<BTreeMap<String, String>> {
    let mut map: BTreeMap<String, String> = BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (keyword, value) = line.split_once(' ').unwrap_or((line, ""));
        if !keyword.chars().all(|c| c.is_ascii_alphanumeric()) {
            continue;
        }
        let value = value.trim();
        map.entry(keyword.to_ascii_lowercase())
            .and_modify(|held| {
                held.push(' ');
                held.push_str(value);
            })
            .or_insert_with(|| value.to_owned());
    }
    map.contains_key("permitrootlogin").then_some(map)
}

/// What configuration files say, without the defaults of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// Keyword (lower case) to value outside of `Match`; the first one wins, as in sshd, but keywords that add up
    /// (`port`, `listenaddress`, `hostkey`, `acceptenv`, `allowusers` and its like) are joined by one space.
    pub global: BTreeMap<String, String>,
    /// Conditions of `Match` blocks with what they set.
    pub blocks: Vec<(String, BTreeMap<String, String>)>,
    /// Patterns of `Include` whose files were not among those given.
    pub missing_includes: Vec<String>,
}

const ADDING: &[&str] = &[
    "acceptenv",
    "allowgroups",
    "allowusers",
    "denygroups",
    "denyusers",
    "hostkey",
    "listenaddress",
    "permitlisten",
    "permitopen",
    "port",
    "setenv",
    "subsystem",
];

/// Reads sshd_config with its includes. `files` is path to text; `main` is the path to begin with.
pub fn declared(main: &str, files: &BTreeMap<String, String>) -> Declared {
    let mut declared = Declared::default();
    let mut block = None;
    let mut budget = READS;
    read_file(main, &mut Source { files, budget: &mut budget }, 0, &mut block, &mut declared);
    declared
}

/// Files that are read in all: files that include each other would go on for ever.
const READS: usize = 256;

struct Source<'a> {
    files: &'a BTreeMap<String, String>,
    budget: &'a mut usize,
}

fn read_file(path: &str, source: &mut Source<'_>, depth: usize, block: &mut Option<usize>, into: &mut Declared) {
    let Some(text) = source.files.get(path).filter(|_| *source.budget > 0) else {
        into.missing_includes.push(path.to_owned());
        return;
    };
    *source.budget -= 1;
    for (keyword, value) in text.lines().filter_map(keyword) {
        match keyword.as_str() {
            "include" if depth < 16 => include(&value, source, depth, block, into),
            "match" => {
                *block = (!value.trim().eq_ignore_ascii_case("all")).then(|| {
                    into.blocks.push((value.clone(), BTreeMap::new()));
                    into.blocks.len() - 1
                });
            }
            _ => {
                let map = match block.and_then(|at| into.blocks.get_mut(at)) {
                    Some((_, map)) => map,
                    None => &mut into.global,
                };
                set(map, keyword, value);
            }
        }
    }
}

/// A file that is included ends its own `Match` blocks; those around the `Include` go on.
fn include(value: &str, source: &mut Source<'_>, depth: usize, block: &mut Option<usize>, into: &mut Declared) {
    for pattern in value.split_whitespace() {
        let pattern = pattern.trim_matches('"');
        let absolute = if pattern.starts_with('/') { pattern.to_owned() } else { format!("/etc/ssh/{pattern}") };
        let matching: Vec<_> = source.files.keys().filter(|path| glob(&absolute, path)).cloned().collect();
        if matching.is_empty() && !absolute.contains('*') {
            into.missing_includes.push(absolute.clone());
        }
        for path in matching {
            let around = *block;
            read_file(&path, source, depth + 1, block, into);
            *block = around;
        }
    }
}

fn set(map: &mut BTreeMap<String, String>, keyword: String, value: String) {
    let adding = ADDING.contains(&keyword.as_str());
    map.entry(keyword)
        .and_modify(|held| {
            if adding {
                held.push(' ');
                held.push_str(&value);
            }
        })
        .or_insert(value);
}

/// `Keyword value`, `Keyword=value` or `Keyword "value"`, comments cut.
fn keyword(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return None;
    }
    let end = line.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(line.len());
    let (keyword, rest) = line.split_at(end);
    let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '=');
    let rest = super::conf::uncommented(rest.trim());
    Some((keyword.to_ascii_lowercase(), super::conf::unquoted(rest).to_owned()))
}

/// `*` for any run of characters but `/`.
fn glob(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        if rest[..at].contains('/') {
            return false;
        }
        rest = &rest[at + part.len()..];
    }
    rest.len() >= last.len() && rest.ends_with(last) && !rest[..rest.len() - last.len()].contains('/')
}

/// Seconds of a time of sshd_config such as `2m`, `1h30m` or `120`; `None` where it is none.
pub fn seconds(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut number: Option<i64> = None;
    for c in text.trim().chars() {
        if let Some(digit) = c.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(i64::from(digit))?);
            continue;
        }
        let factor = match c.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(factor)?)?;
    }
    match number {
        Some(rest) => total.checked_add(rest),
        None if text.trim().is_empty() => None,
        None => Some(total),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn files(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn repeated_keywords_of_the_effective_listing_are_joined() {
        let map = effective("port 22\nport 2222\nPermitRootLogin no\nallowusers a@10.0.0.1\nallowusers b\n").unwrap();
        assert_eq!(map["port"], "22 2222");
        assert_eq!(map["allowusers"], "a@10.0.0.1 b");
        assert_eq!(effective("sshd: no hostkeys available -- exiting.\n"), None);
    }

    #[test]
    fn the_first_value_wins_and_an_include_above_comes_first() {
        let files = files(&[
            (
                "/etc/ssh/sshd_config",
                "Include /etc/ssh/sshd_config.d/*.conf\nPermitRootLogin no\nPermitRootLogin yes\n",
            ),
            ("/etc/ssh/sshd_config.d/50-cloud.conf", "PermitRootLogin prohibit-password\n"),
            ("/etc/ssh/sshd_config.d/sub/x.conf", "PermitRootLogin yes\n"),
        ]);
        assert_eq!(declared("/etc/ssh/sshd_config", &files).global["permitrootlogin"], "prohibit-password");
    }

    #[test]
    fn a_match_block_keeps_to_itself() {
        let files = files(&[(
            "/etc/ssh/sshd_config",
            "PasswordAuthentication no\nMatch Address 10.0.0.0/8 # office\n  PasswordAuthentication yes\nMatch all\nMaxAuthTries=4\n",
        )]);
        let declared = declared("/etc/ssh/sshd_config", &files);
        assert_eq!(declared.global["passwordauthentication"], "no");
        assert_eq!(declared.global["maxauthtries"], "4");
        assert_eq!(declared.blocks[0].0, "Address 10.0.0.0/8");
        assert_eq!(declared.blocks[0].1["passwordauthentication"], "yes");
    }

    #[test]
    fn times_are_read_as_sshd_does() {
        assert_eq!(
            (seconds("2m"), seconds("1h30m"), seconds("120"), seconds("x")),
            (Some(120), Some(5400), Some(120), None)
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(Include |Match |a|\\*|/etc/ssh/|=|\"|#| |\\n|\\PC)*") {
            let _ = (effective(&text), seconds(&text));
            let _ = declared("/etc/ssh/sshd_config", &files(&[("/etc/ssh/sshd_config", &text), ("/etc/ssh/a", &text)]));
        }
    }
}
