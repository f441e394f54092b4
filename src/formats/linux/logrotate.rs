//! logrotate: how many days each log is kept by the rules.

/// One block: the files it holds for, and for how long they are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    pub patterns: Vec<String>,
    /// Rotated files that are kept; 0 keeps none.
    pub rotate: i64,
    /// Days from one rotation to the next; `None` where only the size decides.
    pub period_days: Option<i64>,
    /// Rotates when a size is reached, so that days cannot be promised (`size`, or `maxsize` before the period is over).
    pub by_size: bool,
    pub max_age: Option<i64>,
    /// `file:line`.
    pub place: String,
}

impl Block {
    /// Days that records are kept for certain: rotations x period, cut by `maxage`. `None` where the size decides.
    pub fn days(&self) -> Option<i64> {
        if self.rotate < 0 {
            return Some(self.max_age.unwrap_or(99_999));
        }
        let days = self.rotate.checked_mul(self.period_days?)?;
        let days = self.max_age.map_or(days, |age| days.min(age));
        (!self.by_size).then_some(days)
    }
}

#[derive(Clone, Debug)]
struct Settings {
    rotate: i64,
    period_days: Option<i64>,
    by_size: bool,
    max_age: Option<i64>,
}

/// Reads the main file with what it includes, in order: settings outside of blocks are the defaults of later blocks.
/// `files` are path and text of the main file first, then of the included folder.
pub fn read(files: &[(String, String)]) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut defaults = Settings { rotate: 0, period_days: Some(7), by_size: false, max_age: None };
    for (path, text) in files {
        // Defaults that an included file sets hold in that file only.
        let mut local = defaults.clone();
        read_one(path, text, &mut local, &mut blocks);
        if path.ends_with("/logrotate.conf") {
            defaults = local;
        }
    }
    blocks
}

fn read_one(path: &str, text: &str, defaults: &mut Settings, blocks: &mut Vec<Block>) {
    let mut patterns: Vec<String> = Vec::new();
    let mut inside: Option<Settings> = None;
    let mut script = false;
    for (number, line) in super::conf::lines(text) {
        let line = super::conf::uncommented(line);
        let first = line.split_whitespace().next().unwrap_or_default();
        if script {
            script = first != "endscript";
            continue;
        }
        if matches!(first, "postrotate" | "prerotate" | "firstaction" | "lastaction" | "preremove") {
            script = true;
            continue;
        }
        match &mut inside {
            None if line.ends_with('{') || line.starts_with(['/', '"', '\'']) => {
                patterns.extend(names(line.trim_end_matches('{')));
                if line.ends_with('{') {
                    inside = Some(defaults.clone());
                }
            }
            None if line == "{" => inside = Some(defaults.clone()),
            None => set(defaults, line),
            Some(settings) if line.starts_with('}') => {
                let Settings { rotate, period_days, by_size, max_age } = settings.clone();
                let place = format!("{path}:{number}");
                blocks.push(Block {
                    patterns: std::mem::take(&mut patterns),
                    rotate,
                    period_days,
                    by_size,
                    max_age,
                    place,
                });
                inside = None;
            }
            Some(settings) => set(settings, line),
        }
    }
}

fn names(line: &str) -> impl Iterator<Item = String> {
    line.split_whitespace().map(|name| name.trim_matches(['"', '\'']).to_owned()).filter(|name| !name.is_empty())
}

fn set(settings: &mut Settings, line: &str) {
    let mut words = line.split(|c: char| c.is_whitespace() || c == '=').filter(|word| !word.is_empty());
    let word = words.next().unwrap_or_default();
    let number = words.next().and_then(|value| value.parse().ok());
    match word {
        "hourly" | "daily" => (settings.period_days, settings.by_size) = (Some(1), word == "hourly"),
        "weekly" => (settings.period_days, settings.by_size) = (Some(7), false),
        "monthly" => (settings.period_days, settings.by_size) = (Some(28), false),
        "yearly" => (settings.period_days, settings.by_size) = (Some(365), false),
        "size" | "maxsize" => settings.by_size = true,
        "rotate" => settings.rotate = number.unwrap_or(settings.rotate),
        "maxage" => settings.max_age = number,
        _ => {}
    }
}

/// Whether a pattern of logrotate names this path.
pub fn covers(pattern: &str, path: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == path,
        Some((head, tail)) => {
            let inner = path.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail));
            inner.is_some_and(|inner| !inner.contains('/'))
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn files(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
    }

    #[test]
    fn blocks_take_over_the_defaults_of_the_main_file() {
        let blocks = read(&files(&[
            (
                "/etc/logrotate.conf",
                "weekly\nrotate 4\ninclude /etc/logrotate.d\n/var/log/wtmp {\n monthly\n rotate 1\n}\n",
            ),
            (
                "/etc/logrotate.d/rsyslog",
                "/var/log/syslog\n/var/log/auth.log\n{\n\trotate 26\n\tpostrotate\n\t\t/usr/lib/x {\n\tendscript\n}\n",
            ),
            ("/etc/logrotate.d/big", "/var/log/big.log {\n size 10M\n}\n"),
        ]));
        let days: Vec<_> = blocks.iter().map(|block| (block.patterns[0].as_str(), block.days())).collect();
        assert_eq!(days, [("/var/log/wtmp", Some(28)), ("/var/log/syslog", Some(182)), ("/var/log/big.log", None)]);
        assert_eq!(blocks[1].patterns.len(), 2);
    }

    #[test]
    fn max_age_cuts_what_the_count_would_keep() {
        let blocks = read(&files(&[("/etc/logrotate.d/a", "/var/log/a {\n daily\n rotate 365\n maxage 30\n}\n")]));
        assert_eq!(blocks[0].days(), Some(30));
    }

    #[test]
    fn a_star_stays_in_its_folder() {
        assert!(covers("/var/log/*.log", "/var/log/auth.log"));
        assert!(!covers("/var/log/*.log", "/var/log/nginx/access.log"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(/var/log/a|\\{|\\}|rotate|weekly|[0-9]{1,20}|size| |\\n|postrotate|\\PC)*") {
            let blocks = read(&files(&[("/etc/logrotate.conf", &text)]));
            for block in blocks {
                let _ = block.days();
            }
        }
    }
}
