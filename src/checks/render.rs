//! Scanned values as bounded, printable text, and texts with their placeholders filled in.

use serde_json::{Map, Value};

use crate::model::{Lang, Text};

/// Longest rendered value, in characters.
const LONGEST: usize = 240;

/// A value as one line: strings as they are, lists with commas, the rest as JSON; what terminals and pages could take
/// for control is escaped.
pub fn value(value: &Value) -> String {
    let mut out = Bounded::default();
    write(&mut out, value, false);
    out.finish()
}

/// Any text as one bounded, printable line.
pub fn line(text: &str) -> String {
    let mut out = Bounded::default();
    out.push_str(text);
    out.finish()
}

/// What a text may refer to.
pub struct Blanks<'a> {
    pub actual: &'a str,
    pub key: &'a str,
    pub params: &'a Map<String, Value>,
    pub it: Option<&'a Value>,
}

/// Fills `{actual}`, `{actual.days_ago}`, `{key}`, `{params.name}` and `{it.field}` in both languages.
pub fn fill(text: &Text, blanks: &Blanks<'_>) -> Text {
    let fill = |template: &str, lang| {
        let mut out = String::with_capacity(template.len() + 32);
        for piece in pieces(template) {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Blank(name) => out.push_str(&blank(name, blanks, lang)),
            }
        }
        out
    };
    let en = if text.en.is_empty() { String::new() } else { fill(&text.en, Lang::En) };
    Text { zh: fill(&text.zh, Lang::Zh), en }
}

/// The names between braces.
pub fn blanks(template: &str) -> Vec<&str> {
    let names = pieces(template).into_iter().filter_map(|piece| match piece {
        Piece::Blank(name) => Some(name),
        Piece::Text(_) => None,
    });
    names.collect()
}

enum Piece<'a> {
    Text(&'a str),
    Blank(&'a str),
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        out.push(Piece::Text(before));
        out.push(Piece::Blank(name));
        rest = after;
    }
    out.push(Piece::Text(rest));
    out
}

fn blank(name: &str, blanks: &Blanks<'_>, lang: Lang) -> String {
    let shown = |found: Option<&Value>| found.map_or_else(|| "?".to_owned(), value);
    match name.split_once('.') {
        None if name == "actual" && blanks.actual.is_empty() => lang.pick("空", "empty").to_owned(),
        None if name == "actual" => blanks.actual.to_owned(),
        None if name == "key" => blanks.key.to_owned(),
        Some(("actual", "days_ago")) => days_ago(blanks.actual, lang),
        Some(("params", name)) => shown(blanks.params.get(name)),
        Some(("it", path)) => shown(path.split('.').try_fold(blanks.it, |it, name| Some(it?.get(name))).flatten()),
        _ => format!("{{{name}}}"),
    }
}

/// Facts count days since something, and write -1 where it never was.
fn days_ago(days: &str, lang: Lang) -> String {
    match (days, lang) {
        ("-1", _) => lang.pick("没有", "there is none").to_owned(),
        (days, Lang::Zh) => format!("{days} 天前"),
        ("1", Lang::En) => "1 day ago".to_owned(),
        (days, Lang::En) => format!("{days} days ago"),
    }
}

fn write(out: &mut Bounded, value: &Value, inside: bool) {
    match value {
        Value::String(text) if inside && (text.is_empty() || text.contains([',', ' '])) => {
            out.push('"');
            out.push_str(text);
            out.push('"');
        }
        Value::String(text) => out.push_str(text),
        Value::Array(list) => {
            for (index, element) in list.iter().enumerate() {
                if out.full() {
                    break;
                }
                if index > 0 {
                    out.push_str(", ");
                }
                write(out, element, true);
            }
        }
        Value::Object(map) => match map.get("$status").and_then(Value::as_str) {
            Some(status) => out.push_str(&format!("<{status}>")),
            None => write_map(out, map),
        },
        other => out.push_str(&other.to_string()),
    }
}

fn write_map(out: &mut Bounded, map: &Map<String, Value>) {
    out.push('{');
    // By name: facts that were stored have other orders than those that were just derived.
    let mut sorted: Vec<_> = map.iter().collect();
    sorted.sort_by_key(|(key, _)| *key);
    for (index, (key, value)) in sorted.into_iter().enumerate() {
        if out.full() {
            break;
        }
        if index > 0 {
            out.push_str(", ");
        }
        out.push_str(key);
        out.push_str(": ");
        write(out, value, true);
    }
    out.push('}');
}

/// Text that stops growing.
#[derive(Default)]
struct Bounded {
    text: String,
    length: usize,
    cut: bool,
}

impl Bounded {
    fn full(&self) -> bool {
        self.cut
    }

    fn push_str(&mut self, text: &str) {
        for c in text.chars() {
            if self.cut {
                return;
            }
            self.push(c);
        }
    }

    fn push(&mut self, c: char) {
        if self.length >= LONGEST {
            self.cut = true;
            return;
        }
        if is_printable(c) {
            self.text.push(c);
            self.length += 1;
        } else {
            let escaped = c.escape_unicode().to_string();
            self.length += escaped.len();
            self.text.push_str(&escaped);
        }
    }

    fn finish(mut self) -> String {
        if self.cut {
            self.text.push('…');
        }
        self.text
    }
}

/// Neither a control nor a mark that reorders or hides text.
fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use crate::model::Text;

    use super::{Blanks, fill, value};

    #[test]
    fn values_are_one_short_printable_line() {
        assert_eq!(value(&json!("no")), "no");
        assert_eq!(value(&json!(["a", "b c", ""])), "a, \"b c\", \"\"");
        assert_eq!(value(&json!({"a": 1, "b": [true]})), "{a: 1, b: true}");
        assert_eq!(value(&json!({"$status": "denied", "reason": "x"})), "<denied>");
        assert_eq!(value(&json!("\u{1b}[31m\n\u{202e}")), "\\u{1b}[31m\\u{a}\\u{202e}");
        let long = value(&json!("长".repeat(1000)));
        assert!(long.chars().count() <= 250 && long.ends_with('…'));
        assert!(value(&json!(vec!["\u{7}"; 100_000])).len() < 1000);
    }

    #[test]
    fn days_since_what_never_was_are_said_in_words() {
        let params = Map::new();
        let said = |actual| {
            let blanks = Blanks { actual, key: "", params: &params, it: None };
            let text = fill(&Text::new("最早：{actual.days_ago}", "oldest: {actual.days_ago}"), &blanks);
            (text.zh, text.en)
        };
        assert_eq!(said("179"), ("最早：179 天前".to_owned(), "oldest: 179 days ago".to_owned()));
        assert_eq!(said("-1"), ("最早：没有".to_owned(), "oldest: there is none".to_owned()));
    }

    #[test]
    fn placeholders_are_filled_once() {
        let it = json!({"name": "{key}"});
        let params = Map::from_iter([("min".to_owned(), json!(8))]);
        let blanks = Blanks { actual: "3", key: "root", params: &params, it: Some(&it) };
        let text = Text::new("{key} {actual} {params.min} {it.name} {x} {", "{actual}");
        let filled = fill(&text, &blanks);
        assert_eq!(filled.zh, "root 3 8 {key} {x} {");
        assert_eq!(filled.en, "3");
    }
}
