//! Makes hostile text harmless: what a reader cannot see is spelled out.

use std::borrow::Cow;
use std::fmt::Write as _;

/// `markup` with each character that XML forbids spelled out, so that evidence text cannot make a report impossible.
pub(super) fn well_formed(markup: &str) -> Cow<'_, str> {
    spell_out(markup, |c| !is_xml_char(c))
}

/// `text` with control, direction and invisible characters spelled out and variation selectors dropped.
pub(in crate::report::pdf) fn printable(text: &str) -> Cow<'_, str> {
    spell_out(text, |c| is_invisible(c) || is_variation_selector(c))
}

/// The white space that HTML folds. U+3000 and U+00A0 are not among it.
pub(super) fn is_folded(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

fn spell_out(text: &str, hit: impl Fn(char) -> bool) -> Cow<'_, str> {
    let Some(first) = text.find(&hit) else { return Cow::Borrowed(text) };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    for c in text[first..].chars() {
        match c {
            c if !hit(c) => out.push(c),
            c if is_variation_selector(c) => {}
            c if (c as u32) < 0x100 => {
                let _ = write!(out, "\\x{:02x}", c as u32);
            }
            c => {
                let _ = write!(out, "\\u{{{:x}}}", c as u32);
            }
        }
    }
    Cow::Owned(out)
}

/// Production 2 of XML 1.0.
fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{10000}'..)
}

fn is_invisible(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        c if c.is_control() => true,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' => true,
        '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' => true,
        '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{fffd}'..='\u{ffff}' => true,
        '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::{printable, well_formed};

    #[test]
    fn what_cannot_be_seen_is_spelled_out() {
        assert_eq!(printable("a\u{1b}[31m"), "a\\x1b[31m");
        assert_eq!(printable("txt\u{202e}exe"), "txt\\u{202e}exe");
        assert_eq!(printable("zero\u{200b}width"), "zero\\u{200b}width");
        assert_eq!(printable("\u{845b}\u{e0100}"), "\u{845b}");
        assert_eq!(printable("基线\u{3000}ok"), "基线\u{3000}ok");
    }

    #[test]
    fn a_null_byte_in_evidence_cannot_break_the_markup() {
        assert_eq!(well_formed("<p>a\0b\u{ffff}</p>"), "<p>a\\x00b\\u{ffff}</p>");
    }
}
