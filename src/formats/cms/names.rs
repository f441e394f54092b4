//! Whether two distinguished names are the same: however their strings are encoded (RFC 5280, 7.1; RFC 4518).

use crate::formats::ber::{BerError, Elements, OID, SEQUENCE, SET, oid};

/// Types of strings that are compared by their characters: UTF8, Numeric, Printable, Teletex, IA5, Visible, Universal, BMP.
const STRINGS: [u8; 8] = [0x0c, 0x12, 0x13, 0x14, 0x16, 0x1a, 0x1c, 0x1e];

/// Whether two Names, whole, are the same.
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    a == b || matches!((canonical(a), canonical(b)), (Ok(a), Ok(b)) if a == b)
}

/// Type and value of each part; parts of one level in an order of their own.
fn canonical(name: &[u8]) -> Result<Vec<Vec<(String, Value)>>, BerError> {
    let (mut levels, mut out) = (Elements::new(name).enter(SEQUENCE)?, Vec::new());
    while !levels.is_empty() {
        let (mut parts, mut level) = (levels.enter(SET)?, Vec::new());
        while !parts.is_empty() {
            let mut part = parts.enter(SEQUENCE)?;
            let id = oid(part.take(OID)?.body).ok_or(BerError::Malformed)?;
            let value = part.next()?.ok_or(BerError::Malformed)?;
            level.push((id, Value::of(value.tag, value.body)));
        }
        level.sort();
        out.push(level);
    }
    Ok(out)
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    /// Without case, and with spaces only where words part.
    Text(String),
    Other(u8, Vec<u8>),
}

impl Value {
    fn of(tag: u8, body: &[u8]) -> Self {
        if !STRINGS.contains(&tag) {
            return Self::Other(tag, body.to_vec());
        }
        let text = match tag {
            0x1e => body.chunks_exact(2).map(wide).collect(),
            0x1c => body.chunks_exact(4).map(wide).collect(),
            0x14 => body.iter().map(|byte| char::from(*byte)).collect(),
            _ => String::from_utf8_lossy(body).into_owned(),
        };
        Self::Text(text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
    }
}

fn wide(bytes: &[u8]) -> char {
    let code = bytes.iter().fold(0_u32, |code, byte| code << 8 | u32::from(*byte));
    char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
}
