//! Strings of Ark bytecode (`.abc`, HarmonyOS). Which code uses them, and what it calls, is not read.
//!
//! The format has no table of its strings: they are items among others, each a ULEB128 number that is twice the length in
//! UTF-16 units plus one for plain ASCII, the text in MUTF-8, and a zero. Whatever has that form is one. Layout: the page
//! "Ark Bytecode File Format" of the OpenHarmony documentation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::dex::decode;
use crate::model::Tri;

const MAGIC: [u8; 8] = *b"PANDA\0\0\0";
/// Bytes up to the last field that every version has.
const HEADER: usize = 60;
/// The checksum covers what comes after itself.
const CHECKED: usize = 12;
/// Shorter ones are not told from chance.
const SHORTEST: usize = 2;

/// Why nothing of a file can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum AbcError {
    #[error("shorter than the header of Ark bytecode: {bytes} bytes")]
    Short { bytes: usize },
    #[error("not Ark bytecode")]
    Magic,
}

/// What one file says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Abc {
    /// Four numbers, as in `12.0.6.0`.
    pub version: String,
    pub bytes: i64,
    /// Bytes that the header names.
    pub declared_bytes: i64,
    /// Adler-32 of the header.
    pub checksum: Tri,
    /// Classes, which are source files in most cases.
    pub classes: i64,
    /// Strings that were found.
    pub strings: i64,
    /// No reader of the instructions exists here: what they call is unknown, never none.
    pub call_sites_read: bool,
}

/// Reads the header, and gives every string to `on_string`.
pub fn scan(bytes: &[u8], on_string: &mut dyn FnMut(&str)) -> Result<Abc, AbcError> {
    let header = bytes.get(..HEADER).ok_or(AbcError::Short { bytes: bytes.len() })?;
    if !header.starts_with(&MAGIC) {
        return Err(AbcError::Magic);
    }
    let word = |at: usize| {
        header.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |word: &[u8; 4]| u32::from_le_bytes(*word))
    };
    let checked = bytes.get(CHECKED..).unwrap_or_default();
    let [major, minor, feature, build] = word(12).to_le_bytes();
    Ok(Abc {
        version: format!("{major}.{minor}.{feature}.{build}"),
        bytes: number(bytes.len()),
        declared_bytes: word(16).into(),
        checksum: (simd_adler32::adler32(&checked) == word(8)).into(),
        classes: word(28).into(),
        strings: strings(bytes.get(HEADER..).unwrap_or_default(), on_string),
        call_sites_read: false,
    })
}

/// Every string ends with a zero and has none within, so that each stretch between zeros ends with at most one.
fn strings(bytes: &[u8], on_string: &mut dyn FnMut(&str)) -> i64 {
    let mut found = 0_i64;
    let mut rest = bytes;
    while let Some(end) = memchr::memchr(0, rest) {
        let (stretch, next) = rest.split_at(end);
        if let Some(text) = string_at_end(stretch) {
            found = found.saturating_add(1);
            on_string(&decode(text));
        }
        rest = next.get(1..).unwrap_or_default();
    }
    found
}

/// The longest text at the end of these bytes that is preceded by its own length.
fn string_at_end(bytes: &[u8]) -> Option<&[u8]> {
    let mut longest = None;
    let (mut units, mut ascii) = (0_u32, true);
    for (start, byte) in bytes.iter().enumerate().rev() {
        match byte {
            0x09 | 0x0a | 0x0d | 0x20..=0x7e => units = units.checked_add(1)?,
            // Three bytes before it begin a character, or two.
            0x80..=0xbf => ascii = false,
            0xc0..=0xef => (units, ascii) = (units.checked_add(1)?, false),
            // Four bytes are a pair of units; the format has none, and compilers write them.
            0xf0..=0xf4 => (units, ascii) = (units.checked_add(2)?, false),
            _ => break,
        }
        let text = bytes.get(start..)?;
        let is_start = !matches!(byte, 0x80..=0xbf);
        if is_start && text.len() >= SHORTEST && is_length(bytes.get(..start)?, units, ascii) {
            longest = Some(text);
        }
    }
    longest.filter(|text| !text.is_empty())
}

/// Whether these bytes end with the ULEB128 number of a string of so many units.
fn is_length(bytes: &[u8], units: u32, ascii: bool) -> bool {
    let Some(mut value) = units.checked_mul(2).map(|twice| twice | u32::from(ascii)) else { return false };
    let mut written = [0; 5];
    let mut length = 0;
    for place in &mut written {
        let low = u8::try_from(value & 0x7f).unwrap_or_default();
        value >>= 7;
        *place = if value == 0 { low } else { low | 0x80 };
        length += 1;
        if value == 0 {
            break;
        }
    }
    written.get(..length).is_some_and(|written| bytes.ends_with(written))
}

fn number(value: usize) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
