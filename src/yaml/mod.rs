//! The one strict reader of what people write: positions, budgets, help.

mod de;
mod error;
mod mask;
mod mistake;
mod packed;
mod place;
mod positions;
mod read;
mod scalar;
mod schema;
mod source;
mod suggest;
mod time;
mod tree;

use crate::model::Text;

pub use mistake::{Mistake, Mistakes};
pub use positions::Positions;
pub use read::{Document, read, read_document, read_recovering};
pub use schema::{Schema, schema_version};
pub use source::{MAX_BYTES, Source};
pub use suggest::did_you_mean;
pub use time::{Date, DateTime, TimeZone};

/// Joins both languages into the one string that `serde::de::Error::custom` takes; the reader splits it again, so
/// that a `Deserialize` of a file type can speak both.
pub fn bilingual(zh: &str, en: &str) -> String {
    format!("{zh}{}{en}", mistake::SEPARATOR)
}

/// The two languages of what [`bilingual`] joined; words in one language stand for both.
pub fn both_languages(words: &str) -> Text {
    match words.split_once(mistake::SEPARATOR) {
        Some((zh, en)) => Text::new(zh, en),
        None => Text::new(words, words),
    }
}

#[cfg(test)]
mod tests;
