//! Looking things up in property lists.

use super::plist::{Dictionary, Value};

/// Entries of one list that are kept.
pub(super) const MAX_LIST: usize = 500;
/// Longer texts are cut.
const MAX_TEXT: usize = 300;

/// The text of a key; empty where it is not there or no text.
pub(super) fn text(pairs: &Dictionary, key: &str) -> String {
    cut(pairs.get(key).and_then(Value::as_str).unwrap_or_default())
}

/// A switch, whose absence means no. `1` and `YES` are taken for yes, as Foundation takes them.
pub(super) fn switch(pairs: &Dictionary, key: &str) -> bool {
    declared(pairs, key).unwrap_or(false)
}

/// A switch, where it is there.
pub(super) fn declared(pairs: &Dictionary, key: &str) -> Option<bool> {
    match pairs.get(key)? {
        Value::Boolean(value) => Some(*value),
        Value::Integer(number) => Some(*number != 0),
        Value::String(text) => Some(matches!(text.to_ascii_lowercase().as_str(), "yes" | "true" | "1")),
        _ => None,
    }
}

pub(super) fn dictionary<'a>(pairs: &'a Dictionary, key: &str) -> Option<&'a Dictionary> {
    pairs.get(key).and_then(Value::as_dictionary)
}

pub(super) fn list<'a>(pairs: &'a Dictionary, key: &str) -> &'a [Value] {
    pairs.get(key).and_then(Value::as_array).unwrap_or_default()
}

/// The texts of a list, sorted.
pub(super) fn texts(pairs: &Dictionary, key: &str) -> Vec<String> {
    sorted(list(pairs, key).iter().filter_map(Value::as_str).map(cut))
}

/// Sorted, each once, and not too many.
pub(super) fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<_> = texts.collect();
    texts.sort();
    texts.dedup();
    texts.truncate(MAX_LIST);
    texts
}

pub(super) fn cut(text: &str) -> String {
    text.chars().take(MAX_TEXT).collect()
}
