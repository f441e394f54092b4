//! Blots out what looks like a secret in a line that is shown: a mistake beside it must not carry it to a CI log.

/// Parts of keys whose values are never shown, in whatever spelling they were mistyped.
const SECRET: [&str; 6] = ["pass", "pasw", "pwd", "secret", "token", "credential"];

/// The line with secrets replaced, one character for each, so that columns stay right.
pub(super) fn masked(line: &str) -> String {
    let mut chars: Vec<char> = line.chars().collect();
    let mut at = 0;
    while let Some(colon) = (at..chars.len()).find(|n| chars[*n] == ':') {
        at = colon + 1;
        let key = key_before(&chars, colon).to_lowercase();
        if SECRET.iter().any(|part| key.contains(part)) {
            at = blot(&mut chars, at);
        }
    }
    chars.into_iter().collect()
}

/// Whether a key is one of those that hold secrets.
pub(super) fn is_secret_key(key: &str) -> bool {
    matches!(key, "password" | "passphrase" | "secret" | "token")
}

fn key_before(chars: &[char], colon: usize) -> String {
    let start = chars[..colon].iter().rposition(|c| matches!(c, '{' | ',' | ' ' | '\t')).map_or(0, |n| n + 1);
    chars[start..colon].iter().collect()
}

/// Blots out the value that begins after `from`, unless it is a reference; gives where it ends.
fn blot(chars: &mut [char], from: usize) -> usize {
    let Some(start) = (from..chars.len()).find(|n| !chars[*n].is_whitespace()) else { return chars.len() };
    let quote = Some(chars[start]).filter(|c| matches!(c, '"' | '\''));
    let inner = start + usize::from(quote.is_some());
    let ends = |c: char| quote.map_or(matches!(c, ',' | '}' | ']'), |quote| c == quote);
    let end = (inner..chars.len()).find(|n| ends(chars[*n])).unwrap_or(chars.len());
    let value: String = chars[inner..end].iter().collect();
    if !value.starts_with("env:") && !value.starts_with("file:") {
        chars[inner..end].fill('*');
    }
    end
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn secrets_are_blotted_out_and_references_are_not() {
        for (line, shown) in [
            ("  password: hunter2", "  password: *******"),
            ("{user: a, password: \"hunter2\", x: 1}", "{user: a, password: \"*******\", x: 1}"),
            ("{user: a, pasword: hunter2, x: 1}", "{user: a, pasword: *******, x: 1}"),
            ("password: \"env:JX_DB\"", "password: \"env:JX_DB\""),
            ("password: file:/run/x, key: y", "password: file:/run/x, key: y"),
            ("user: hunter2", "user: hunter2"),
            ("password:", "password:"),
            ("passphrase: '密码", "passphrase: '**"),
        ] {
            assert_eq!(masked(line), shown);
        }
    }
}
