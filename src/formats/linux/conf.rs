//! Small configuration syntaxes: `key = value`, `KEY value`, sections in brackets.

use std::collections::BTreeMap;

/// Lines without comments (`#` or `;` at their start) and without blank ones, trimmed, with their number from 1.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(i, line)| (i + 1, line.trim()))
        .filter(|(_, line)| !line.is_empty() && !line.starts_with(['#', ';']))
}

/// `key = value` lines; the last one of a key wins. A key alone has the value `""`. Comments behind values are cut
/// where a blank stands before the `#`. Keys keep their case.
pub fn equals(text: &str) -> BTreeMap<String, String> {
    lines(text)
        .map(|(_, line)| {
            let line = uncommented(line);
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            (key.trim().to_owned(), unquoted(value.trim()).to_owned())
        })
        .collect()
}

/// `KEY value` lines as in login.defs; the last one of a key wins.
pub fn words(text: &str) -> BTreeMap<String, String> {
    lines(text)
        .map(|(_, line)| {
            let line = uncommented(line);
            let (key, value) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            (key.to_owned(), unquoted(value.trim()).to_owned())
        })
        .collect()
}

/// One `[section]` of an INI file (systemd's, yum's) as key to value; the last one wins, an empty value resets.
pub fn section(text: &str, name: &str) -> BTreeMap<String, String> {
    sections(text).into_iter().filter(|(section, _)| section == name).flat_map(|(_, keys)| keys).collect()
}

/// All sections in order. What stands before the first belongs to the section `""`.
pub fn sections(text: &str) -> Vec<(String, BTreeMap<String, String>)> {
    let mut all = vec![(String::new(), BTreeMap::new())];
    for (_, line) in lines(text) {
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            all.push((name.trim().to_owned(), BTreeMap::new()));
        } else if let (Some((_, keys)), Some((key, value))) = (all.last_mut(), line.split_once('=')) {
            keys.insert(key.trim().to_owned(), unquoted(value.trim()).to_owned());
        }
    }
    all
}

/// Cuts a comment that follows a blank.
pub fn uncommented(line: &str) -> &str {
    let cut = line.char_indices().find(|(at, c)| *c == '#' && line[..*at].ends_with(char::is_whitespace));
    cut.map_or(line, |(at, _)| line[..at].trim_end())
}

/// The text without one pair of quotes around it.
pub fn unquoted(text: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    text
}

/// Seconds of a systemd time span such as `1month 2d`, `90s` or a bare number of seconds; `None` where it is none.
pub fn seconds(span: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut rest = span.trim();
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let number: i64 = rest[..digits].parse().ok()?;
        rest = rest[digits..].trim_start();
        let letters = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
        let factor = match &rest[..letters] {
            "" | "s" | "sec" | "second" | "seconds" => 1,
            "m" | "min" | "minute" | "minutes" => 60,
            "h" | "hr" | "hour" | "hours" => 3600,
            "d" | "day" | "days" => 86_400,
            "w" | "week" | "weeks" => 604_800,
            "M" | "month" | "months" => 2_629_800,
            "y" | "year" | "years" => 31_557_600,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(factor)?)?;
        rest = rest[letters..].trim_start();
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_last_value_of_a_key_wins_and_comments_are_no_values() {
        let conf = equals("minlen = 8\n# minlen = 20\n minlen=12 # long\nenforce_for_root\n");
        assert_eq!(conf["minlen"], "12");
        assert_eq!(conf["enforce_for_root"], "");
    }

    #[test]
    fn login_defs_separates_by_blanks() {
        assert_eq!(words("PASS_MAX_DAYS\t90\n#UMASK 077\nUMASK\t\t022")["UMASK"], "022");
    }

    #[test]
    fn a_section_of_an_ini_file_ends_at_the_next() {
        let text = "[Journal]\nStorage=persistent\n[Other]\nStorage=none\n";
        assert_eq!(section(text, "Journal")["Storage"], "persistent");
    }

    #[test]
    fn time_spans_are_those_of_systemd() {
        assert_eq!(seconds("6month"), Some(15_778_800));
        assert_eq!(seconds("1h 30min"), Some(5400));
        assert_eq!(seconds("90"), Some(90));
        assert_eq!(seconds("soon"), None);
        assert_eq!(seconds(""), None);
    }

    proptest! {
        #[test]
        fn every_reader_takes_any_text(text in "\\PC*|[=\\[\\]#;\"' \\t\\na-z0-9]*") {
            let _ = (equals(&text), words(&text), sections(&text), seconds(&text), uncommented(&text));
        }
    }
}
