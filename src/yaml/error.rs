//! What of a file does not fit its type, with the path to it.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::model::Text;

use super::{both_languages, suggest::did_you_mean, tree::Map};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// What does not fit, and the path to it.
#[derive(Clone, Debug)]
pub(super) struct Error {
    pub path: Vec<Step>,
    problem: Problem,
}

#[derive(Clone, Debug)]
pub(super) enum Problem {
    Custom(String),
    Type {
        found: String,
        expected: String,
        quote: bool,
    },
    Missing(&'static str),
    UnknownKey {
        key: String,
        known: &'static [&'static str],
    },
    UnknownWord {
        word: String,
        known: &'static [&'static str],
    },
    OutOfRange,
    /// Follows from a mistake that is already listed.
    Silent,
}

impl Error {
    pub fn is_silent(&self) -> bool {
        matches!(self.problem, Problem::Silent)
    }

    pub fn is_unknown_key(&self) -> bool {
        matches!(self.problem, Problem::UnknownKey { .. })
    }

    /// Message and help.
    pub fn texts(&self) -> (Text, Option<Text>) {
        match &self.problem {
            Problem::Custom(words) => (both_languages(words), None),
            Problem::Type { found, expected, quote } => {
                let message = Text::new(
                    format!("应为{}，实为{}", in_chinese(expected), in_chinese(found)),
                    format!("expected {expected}, found {found}"),
                );
                (message, quote.then(|| Text::new("文本请加引号", "quote it to make it a text")))
            }
            Problem::Missing(key) => (Text::new(format!("缺少 {key}"), format!("{key} is missing")), None),
            Problem::UnknownKey { key, known } => {
                (Text::new(format!("未知的键：{key}"), format!("unknown key: {key}")), suggestion(key, known))
            }
            Problem::UnknownWord { word, known } => {
                (Text::new(format!("未知的取值：{word}"), format!("unknown value: {word}")), suggestion(word, known))
            }
            Problem::OutOfRange => (Text::new("数值超出范围", "the number is out of range"), None),
            Problem::Silent => (Text::default(), None),
        }
    }

    pub fn new(problem: Problem) -> Self {
        Self { path: Vec::new(), problem }
    }

    pub fn under(mut self, step: Step) -> Self {
        self.path.insert(0, step);
        self
    }

    /// An error raised at a map itself: one about a key belongs to that key, and one about a key that was taken out
    /// says nothing new.
    pub fn at_map(self, map: &Map) -> Self {
        if !self.path.is_empty() {
            return self;
        }
        match &self.problem {
            Problem::Missing(key) if map.pruned.iter().any(|pruned| pruned == key) => Self::new(Problem::Silent),
            Problem::UnknownKey { key, .. } if map.entries.iter().any(|entry| entry.key == *key) => {
                let key = key.clone();
                self.under(Step::Key(key))
            }
            _ => self,
        }
    }
}

fn suggestion(word: &str, known: &'static [&'static str]) -> Option<Text> {
    if let Some(near) = did_you_mean(word, known.iter().copied()) {
        return Some(Text::new(format!("是否想写 {near}？"), format!("did you mean {near}?")));
    }
    let list = known.join(", ");
    (!known.is_empty()).then(|| Text::new(format!("可用：{list}"), format!("known here: {list}")))
}

fn in_chinese(words: &str) -> String {
    let known = match words {
        "a string" | "string" => "文本",
        "a boolean" => "true 或 false",
        "a sequence" | "sequence" => "列表",
        "a map" | "map" => "键值表",
        "null" | "unit" | "unit value" => "空值",
        "u8" => "0 至 255 的整数",
        "u16" => "0 至 65535 的整数",
        "u32" | "u64" | "usize" => "非负整数",
        "i8" | "i16" | "i32" | "i64" | "isize" => "整数",
        "f32" | "f64" => "数字",
        _ => "",
    };
    if !known.is_empty() {
        return known.to_owned();
    }
    match words.split_once(' ') {
        Some(("struct", _)) => "键值表".to_owned(),
        Some(("integer" | "boolean", value)) => value.trim_matches('`').to_owned(),
        Some(("floating", value)) => value.trim_start_matches("point ").trim_matches('`').to_owned(),
        Some(("string", value)) => format!("文本 {value}"),
        _ => words.to_owned(),
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts().0.en)
    }
}

impl std::error::Error for Error {}

impl de::Error for Error {
    fn custom<T: fmt::Display>(words: T) -> Self {
        Self::new(Problem::Custom(words.to_string()))
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Problem::Type { found: describe(found), expected: expected.to_string(), quote: false })
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }

    fn unknown_variant(word: &str, known: &'static [&'static str]) -> Self {
        Self::new(Problem::UnknownWord { word: short(word), known })
    }

    fn unknown_field(key: &str, known: &'static [&'static str]) -> Self {
        Self::new(Problem::UnknownKey { key: key.to_owned(), known })
    }

    fn missing_field(key: &'static str) -> Self {
        Self::new(Problem::Missing(key))
    }
}

fn describe(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Unit | Unexpected::Option => "null".to_owned(),
        Unexpected::Str(text) => format!("string \"{}\"", short(text)),
        other => other.to_string(),
    }
}

pub(super) fn short(text: &str) -> String {
    if text.chars().count() <= 60 { text.to_owned() } else { text.chars().take(60).chain(['…']).collect() }
}
