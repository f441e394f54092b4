//! Start-up files of shells: assignments and umask, as far as they can be told without running them.

/// One assignment or command of interest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// `TMOUT`, `HISTSIZE`, `HISTFILESIZE`, `HISTTIMEFORMAT`, `PATH`, `umask`, or `readonly` with the name as value.
    pub name: String,
    pub value: String,
    /// It stands inside an `if`, `case`, loop or function, so it may not hold for everybody.
    pub conditional: bool,
    /// Line number from 1.
    pub number: usize,
}

const NAMES: &[&str] = &["TMOUT", "HISTSIZE", "HISTFILESIZE", "HISTTIMEFORMAT", "PATH"];

/// Settings in the order of the file.
pub fn settings(text: &str) -> Vec<Setting> {
    let mut found = Vec::new();
    let mut depth = 0_i32;
    for (i, line) in text.lines().enumerate() {
        for statement in statements(line) {
            let first = statement.split_whitespace().next().unwrap_or_default();
            if matches!(first, "fi" | "done" | "esac" | "}") {
                depth -= 1;
            }
            let inner = strip_keyword(statement);
            collect(inner, depth > 0, i + 1, &mut found);
            if matches!(first, "if" | "for" | "while" | "until" | "case" | "select") || statement.ends_with('{') {
                depth += 1;
            }
        }
    }
    found
}

/// Statements of one line: split at `;` and `&&` outside of quotes, comments cut.
fn statements(line: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut quote, mut from, mut before) = (None, 0, ' ');
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') if before.is_whitespace() || before == ';' => {
                parts.push(line[from..at].trim());
                from = line.len();
                break;
            }
            (None, ';' | '&' | '|') => {
                parts.push(line[from..at].trim());
                from = at + 1;
            }
            _ => {}
        }
        before = c;
    }
    parts.push(line.get(from..).unwrap_or_default().trim());
    parts.retain(|part| !part.is_empty());
    parts
}

fn strip_keyword(statement: &str) -> &str {
    let mut rest = statement;
    for word in ["then", "else", "do", "{"] {
        if let Some(after) = rest.strip_prefix(word).filter(|after| after.starts_with(char::is_whitespace)) {
            rest = after.trim_start();
        }
    }
    rest
}

fn collect(statement: &str, conditional: bool, number: usize, found: &mut Vec<Setting>) {
    let mut push = |name: &str, value: &str| {
        found.push(Setting { name: name.to_owned(), value: value.to_owned(), conditional, number });
    };
    let words: Vec<_> = statement.split_whitespace().collect();
    if let ["umask", mask] = words[..] {
        push("umask", mask);
        return;
    }
    let declares = words.first().copied().unwrap_or_default();
    let readonly = declares == "readonly"
        || matches!(declares, "declare" | "typeset")
            && words.iter().any(|word| word.starts_with('-') && word.contains('r'));
    for word in &words {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        if !NAMES.contains(&name) {
            continue;
        }
        if word.contains('=') {
            push(name, super::conf::unquoted(value));
        }
        if readonly {
            push("readonly", name);
        }
    }
}

/// A umask as four octal digits, from octal or symbolic (`u=rwx,g=rx,o=`) form; `None` where it is neither.
pub fn mask(text: &str) -> Option<u32> {
    let text = text.trim();
    if !text.is_empty() && text.chars().all(|c| c.is_digit(8)) {
        return u32::from_str_radix(text, 8).ok().filter(|mask| *mask <= 0o7777);
    }
    let mut mask = 0o777;
    for clause in text.split(',') {
        let (who, perms) = clause.split_once('=')?;
        let bits: u32 = perms
            .chars()
            .map(|c| match c {
                'r' => Some(4),
                'w' => Some(2),
                'x' => Some(1),
                _ => None,
            })
            .sum::<Option<u32>>()?;
        for class in who.chars() {
            let shift = match class {
                'u' => 6,
                'g' => 3,
                'o' => 0,
                _ => return None,
            };
            mask = mask & !(7 << shift) | ((7 - bits.min(7)) << shift);
        }
    }
    Some(mask)
}

/// Words of a banner that tell which system this is.
pub fn leaks_system(text: &str, words: &[&str]) -> bool {
    let escapes = ["\\r", "\\s", "\\m", "\\v", "\\S", "\\o"];
    let lower = text.to_lowercase();
    escapes.iter().any(|escape| text.contains(escape))
        || words.iter().any(|word| word.len() > 2 && lower.contains(&word.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(text: &str) -> Vec<(String, String, bool)> {
        settings(text).into_iter().map(|setting| (setting.name, setting.value, setting.conditional)).collect()
    }

    #[test]
    fn assignments_are_found_in_their_usual_spellings() {
        let seen =
            of("export TMOUT=600\nreadonly TMOUT\nTMOUT=900; export TMOUT # x\n# TMOUT=1\ndeclare -xr TMOUT=300\n");
        assert_eq!(
            seen,
            [
                ("TMOUT".into(), "600".into(), false),
                ("readonly".into(), "TMOUT".into(), false),
                ("TMOUT".into(), "900".into(), false),
                ("TMOUT".into(), "300".into(), false),
                ("readonly".into(), "TMOUT".into(), false)
            ]
        );
    }

    #[test]
    fn what_stands_in_a_condition_is_marked() {
        let text = "if [ $UID -gt 199 ] && [ \"`id -gn`\" = \"`id -un`\" ]; then\n    umask 002\nelse\n    umask 022\nfi\numask 027\n";
        assert_eq!(
            of(text),
            [
                ("umask".into(), "002".into(), true),
                ("umask".into(), "022".into(), true),
                ("umask".into(), "027".into(), false)
            ]
        );
    }

    #[test]
    fn masks_are_read_in_both_forms() {
        assert_eq!((mask("027"), mask("0077"), mask("u=rwx,g=rx,o=")), (Some(0o027), Some(0o077), Some(0o027)));
        assert_eq!((mask("9"), mask(""), mask("$x")), (None, None, None));
    }

    #[test]
    fn escapes_and_names_tell_the_system() {
        assert!(leaks_system("\\S\nKernel \\r on an \\m\n", &[]));
        assert!(leaks_system("Debian GNU/Linux 12 \\n \\l\n", &["debian"]));
        assert!(!leaks_system("Authorised users only\n", &["debian"]));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(if|fi|then|TMOUT=|umask |;|&&|\"|'|#| |\\{|\\}|[0-7]|\\n|u=rwx|,|\\PC)*") {
            let _ = (settings(&text), mask(&text), leaks_system(&text, &["x"]));
        }
    }
}
