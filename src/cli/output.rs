//! Everything that is printed: escaped for terminals, and silent when nobody listens any more.

use std::io::{IsTerminal as _, Write as _};

/// Prints a line of results. A closed pipe ends the output quietly.
pub fn line(text: &str) {
    raw(&format!("{}\n", safe(text)));
}

/// Prints text that is already safe, such as JSON or a generated script.
pub fn raw(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Prints a document of a machine format, with what could disturb a terminal written as escapes.
pub fn json(document: &impl serde::Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(document)?;
    raw(&text.chars().fold(String::with_capacity(text.len() + 1), escaped));
    raw("\n");
    Ok(())
}

/// Outside of strings, JSON has no such characters; inside, their escapes mean the same.
fn escaped(mut out: String, c: char) -> String {
    match c {
        '\u{7f}'..='\u{9f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        }
        c => out.push(c),
    }
    out
}

/// Prints a line for people beside the results.
pub fn note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", safe(text));
}

/// Prints text for people that carries colours of ours.
pub fn styled_note(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Whether messages go to a terminal, and colours may be used.
pub fn is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// Whether results go to a terminal that may be sent colours.
pub fn colours() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Scanned text is hostile: control and direction characters are shown, never obeyed.
pub fn safe(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' => out.push(c),
            c if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{escaped, safe};

    #[test]
    fn escapes_in_json_mean_the_same_character() {
        let hostile = "a\u{9b}31m\u{202e}\u{7f}中";
        let text = serde_json::to_string(hostile).unwrap().chars().fold(String::new(), escaped);
        assert_eq!(text, r#""a\u009b31m\u202e\u007f中""#);
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), hostile);
    }

    #[test]
    fn escape_sequences_of_scanned_text_do_not_reach_the_terminal() {
        assert_eq!(safe("a\u{1b}]0;x\u{7}\r\nb\u{202e}"), "a\\x1b]0;x\\x07\\x0d\nb\\u{202e}");
    }
}
