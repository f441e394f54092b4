//! Property lists, XML and binary, from hostile hands: depth, values and bytes are counted before anything is kept.
//!
//! A binary list is a graph: an object may be part of many others, so that a file of a few hundred bytes can stand for
//! more values than any memory holds, and its lists may overlap. What counts is what comes out, not what is stored.

mod binary;
mod xml;

use std::collections::BTreeMap;

use thiserror::Error;

/// Bytes of a property list that are read; no `Info.plist`, profile or privacy manifest comes near.
pub const MAX_BYTES: usize = 4 << 20;
/// Collections within collections.
const MAX_DEPTH: usize = 64;
/// Values that come out of one file.
const MAX_VALUES: usize = 400_000;
/// Bytes of text and data that come out of one file of [`MAX_BYTES`], at most, for every byte that it has.
const MAX_GROWTH: usize = 8;

/// A value of a property list (`plist(5)` of Darwin).
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Array(Vec<Self>),
    Boolean(bool),
    Data(Vec<u8>),
    /// RFC 3339 in UTC.
    Date(String),
    /// Of a key that is there twice the last value counts, as it does for CoreFoundation.
    Dictionary(Dictionary),
    /// What is beyond 64 bits is saturated.
    Integer(i64),
    Real(f64),
    String(String),
    /// A reference of an archiver.
    Uid(u64),
}

/// Keys and their values.
pub type Dictionary = BTreeMap<String, Value>;

/// Why bytes are no property list that is read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlistError {
    #[error("{0} bytes")]
    TooLarge(usize),
    #[error("nested over {MAX_DEPTH} deep")]
    TooDeep,
    #[error("over {MAX_VALUES} values, or more bytes of text and data than its size allows")]
    TooMany,
    #[error("an object that contains itself")]
    Cycle,
    #[error("malformed at byte {offset}: {what}")]
    Malformed { offset: u64, what: String },
    #[error("neither XML nor binary")]
    OtherForm,
}

/// Reads a property list of at most [`MAX_BYTES`].
pub fn read(bytes: &[u8]) -> Result<Value, PlistError> {
    read_up_to(bytes, MAX_BYTES)
}

/// Reads a property list of at most `cap` bytes.
pub fn read_up_to(bytes: &[u8], cap: usize) -> Result<Value, PlistError> {
    if bytes.len() > cap {
        return Err(PlistError::TooLarge(bytes.len()));
    }
    let budget = Budget::of(bytes.len());
    if bytes.starts_with(binary::MAGIC) {
        return binary::read(bytes, budget);
    }
    let text = std::str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    let text = text.map_err(|_| PlistError::OtherForm)?;
    if text.trim_start().starts_with('<') { xml::read(text, budget) } else { Err(PlistError::OtherForm) }
}

impl Value {
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(values) => Some(values),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    pub fn as_data(&self) -> Option<&[u8]> {
        match self {
            Self::Data(bytes) => Some(bytes),
            _ => None,
        }
    }

    pub fn as_date(&self) -> Option<&str> {
        match self {
            Self::Date(date) => Some(date),
            _ => None,
        }
    }

    pub fn as_dictionary(&self) -> Option<&Dictionary> {
        match self {
            Self::Dictionary(pairs) => Some(pairs),
            _ => None,
        }
    }

    pub fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(*value),
            _ => None,
        }
    }

    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }
}

/// What may still come out of a file.
#[derive(Debug, Default)]
struct Budget {
    values: usize,
    bytes: usize,
}

impl Budget {
    fn of(input: usize) -> Self {
        Self { values: MAX_VALUES, bytes: input.saturating_mul(MAX_GROWTH).max(1 << 16) }
    }

    /// One value, of so many bytes beside itself.
    fn take(&mut self, bytes: usize) -> Result<(), PlistError> {
        self.values = self.values.checked_sub(1).ok_or(PlistError::TooMany)?;
        self.bytes = self.bytes.checked_sub(bytes).ok_or(PlistError::TooMany)?;
        Ok(())
    }
}

/// Seconds since 1970 as RFC 3339; `None` beyond the years that a date can have.
fn date(seconds: i64) -> Option<String> {
    jiff::Timestamp::from_second(seconds).ok().map(|date| date.to_string())
}

/// RFC 4648.
#[cfg(test)]
pub(super) fn base64_for_tests(bytes: &[u8]) -> String {
    let pem = crate::formats::x509::to_pem([bytes]);
    pem.lines().filter(|line| !line.starts_with('-')).collect()
}

#[cfg(test)]
mod tests;
