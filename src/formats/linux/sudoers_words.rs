//! The words of sudoers: logical lines, quoting, lists with commas.

/// Logical lines with the number of their first line: continuations joined, comments cut (`#include`, `#uid` and `#`
/// behind a backslash are none).
pub fn logical(text: &str) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut held: Option<(usize, String)> = None;
    for (i, raw) in text.lines().enumerate() {
        let (number, mut line) = held.take().unwrap_or((i + 1, String::new()));
        let raw = uncommented(raw);
        match raw.strip_suffix('\\') {
            Some(head) => {
                line.push_str(head);
                held = Some((number, line));
            }
            None => {
                line.push_str(raw);
                lines.push((number, line.trim().to_owned()));
            }
        }
    }
    lines.extend(held);
    lines.retain(|(_, line)| !line.is_empty());
    lines
}

fn uncommented(line: &str) -> &str {
    let trimmed = line.trim_start();
    if trimmed.starts_with("#include") {
        return line;
    }
    let mut quoted = false;
    let mut before = ' ';
    for (at, c) in line.char_indices() {
        let escaped = before == '\\';
        let id = line[at + c.len_utf8()..].starts_with(|c: char| c.is_ascii_digit() || c == '-');
        match c {
            '"' if !escaped => quoted = !quoted,
            '#' if !escaped && !quoted && !id => return &line[..at],
            _ => {}
        }
        before = c;
    }
    line
}

/// Splits at `separator` outside of quotes, backslashes and parentheses; parts are trimmed.
pub fn split(text: &str, separator: char) -> Vec<String> {
    let mut parts = vec![String::new()];
    let (mut quoted, mut escaped, mut depth) = (false, false, 0_u32);
    for c in text.chars() {
        let plain = !quoted && !escaped && depth == 0;
        match c {
            '"' if !escaped => quoted = !quoted,
            '(' if !quoted && !escaped => depth += 1,
            ')' if !quoted && !escaped => depth = depth.saturating_sub(1),
            _ => {}
        }
        if c == separator && plain {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
    parts.iter().map(|part| part.trim().to_owned()).collect()
}

/// The text before and behind the first `separator` outside of quotes and backslashes.
pub fn split_once(text: &str, separator: char) -> Option<(&str, &str)> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            '"' if !escaped => quoted = !quoted,
            c if c == separator && !quoted && !escaped => {
                return Some((text[..at].trim(), text[at + c.len_utf8()..].trim()));
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn continuations_are_joined_and_comments_cut() {
        let lines = logical("alice ALL = \\\n ALL # why\n#1000 ALL=ALL\n#include /x\n# no\n");
        let texts: Vec<_> = lines.iter().map(|(_, line)| line.as_str()).collect();
        assert_eq!(texts, ["alice ALL =  ALL", "#1000 ALL=ALL", "#include /x"]);
        assert_eq!(lines[1].0, 3);
    }

    #[test]
    fn commas_in_quotes_and_behind_backslashes_do_not_split() {
        assert_eq!(split(r#"a, "b,c", d\,e, (x, y) f"#, ','), ["a", "\"b,c\"", "d\\,e", "(x, y) f"]);
    }
}
