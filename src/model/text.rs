//! Texts in Chinese and English, and the language a reader asked for.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The language of what a person reads. Chinese is the first language of every text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    Zh,
    En,
}

impl Lang {
    /// Picks the half of a pair that belongs to this language.
    pub fn pick<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// The operating system says what went wrong in English only; the common causes are said in Chinese too.
pub fn system_words(text: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return text.to_owned();
    }
    let words = [
        ("No such file or directory", "文件或目录不存在"),
        ("Permission denied", "没有权限"),
        ("File exists", "文件已存在"),
        ("No space left on device", "磁盘已满"),
        ("Is a directory", "这是一个目录"),
        ("Not a directory", "路径中有一段不是目录"),
        ("Read-only file system", "文件系统只读"),
        ("not a regular file", "不是普通文件"),
    ];
    words.iter().find(|(en, _)| text.starts_with(en)).map_or_else(|| text.to_owned(), |(_, zh)| (*zh).to_owned())
}

impl FromStr for Lang {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "zh" => Ok(Self::Zh),
            "en" => Ok(Self::En),
            other => Err(format!("`{other}` is not a language; use zh or en")),
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.pick("zh", "en"))
    }
}

/// One text in both languages, as `{zh: ..., en: ...}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Text {
    pub zh: String,
    /// May be left out where only Chinese is shown, such as an answer; then Chinese stands in.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
}

impl Text {
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The text in `lang`; Chinese where there is no English.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::En if !self.en.is_empty() => &self.en,
            _ => &self.zh,
        }
    }
}
