//! Reading and writing the vectors of RFC 8446 section 3.4, and hex: every length is checked, nothing panics.

use thiserror::Error;

/// Bytes that are not what they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{what} does not fit the format at byte {offset}")]
pub struct Malformed {
    /// What was being read: `ServerHello` and the like.
    pub what: &'static str,
    /// Bytes of it that were read before.
    pub offset: usize,
}

/// Something asked for is longer than its length field can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("{what} of {length} bytes is longer than its length field can say")]
pub struct TooLong {
    pub what: &'static str,
    pub length: usize,
}

/// Goes through bytes from the front.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    what: &'static str,
    all: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(what: &'static str, all: &'a [u8]) -> Self {
        Self { what, all, at: 0 }
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        self.all.get(self.at..).unwrap_or_default()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rest().is_empty()
    }

    pub(super) fn wrong(&self) -> Malformed {
        Malformed { what: self.what, offset: self.at }
    }

    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let taken = self.rest().get(..length).ok_or(self.wrong())?;
        self.at += length;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let wrong = self.wrong();
        self.take(N)?.try_into().map_err(|_| wrong)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Malformed> {
        Ok(self.array::<1>()?[0])
    }

    pub(super) fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u24(&mut self) -> Result<usize, Malformed> {
        let [a, b, c] = self.array()?;
        Ok(usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c))
    }

    pub(super) fn vec8(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.u8()?;
        self.take(length.into())
    }

    pub(super) fn vec16(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.u16()?;
        self.take(length.into())
    }

    pub(super) fn vec24(&mut self) -> Result<&'a [u8], Malformed> {
        let length = self.u24()?;
        self.take(length)
    }

    /// A vector with a length of two bytes, to go through.
    pub(super) fn list16(&mut self) -> Result<Self, Malformed> {
        Ok(Self::new(self.what, self.vec16()?))
    }

    /// Nothing may be left.
    pub(super) fn end(&self) -> Result<(), Malformed> {
        if self.is_empty() { Ok(()) } else { Err(self.wrong()) }
    }
}

/// Numbers of two bytes each; an odd byte at the end is a mistake.
pub(super) fn numbers(what: &'static str, bytes: &[u8]) -> Result<Vec<u16>, Malformed> {
    if !bytes.len().is_multiple_of(2) {
        return Err(Malformed { what, offset: bytes.len() });
    }
    Ok(bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect())
}

/// Appends a length of `width` bytes and what `body` writes.
pub(super) fn vector(
    out: &mut Vec<u8>,
    width: usize,
    what: &'static str,
    body: impl FnOnce(&mut Vec<u8>) -> Result<(), TooLong>,
) -> Result<(), TooLong> {
    let start = out.len();
    out.extend(std::iter::repeat_n(0, width));
    body(out)?;
    let length = out.len() - start - width;
    if length >> (8 * width) != 0 {
        return Err(TooLong { what, length });
    }
    let bytes = length.to_be_bytes();
    out[start..start + width].copy_from_slice(&bytes[bytes.len() - width..]);
    Ok(())
}

/// [`vector`] of bytes that are there already.
pub(super) fn opaque(out: &mut Vec<u8>, width: usize, what: &'static str, bytes: &[u8]) -> Result<(), TooLong> {
    vector(out, width, what, |out| {
        out.extend_from_slice(bytes);
        Ok(())
    })
}

pub(super) fn put_numbers(out: &mut Vec<u8>, numbers: &[u16]) {
    numbers.iter().for_each(|number| out.extend(number.to_be_bytes()));
}

/// Lower-case hex digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|nibble| char::from(DIGITS[usize::from(nibble)])).collect()
}

/// Bytes of hex digits, two each, in either case.
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes().chunks_exact(2).map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?)).collect()
}

/// For `#[serde(with = "...")]`: bytes as lower-case hex.
pub(super) mod as_hex {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(bytes: &[u8], out: S) -> Result<S::Ok, S::Error> {
        out.serialize_str(&super::hex(bytes))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(from)?;
        super::from_hex(&text).ok_or_else(|| D::Error::custom("not pairs of hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, from_hex, hex, opaque};

    #[test]
    fn vectors_are_read_within_their_lengths() {
        let mut cursor = Cursor::new("test", &[2, 7, 8, 0, 1, 9, 0, 0, 2, 1]);
        assert_eq!(cursor.vec8(), Ok(&[7, 8][..]));
        assert_eq!(cursor.vec16(), Ok(&[9][..]));
        assert_eq!(cursor.vec24().unwrap_err().offset, 9);
    }

    #[test]
    fn a_vector_too_long_is_refused() {
        let mut out = Vec::new();
        assert!(opaque(&mut out, 1, "test", &[0; 255]).is_ok());
        assert_eq!(opaque(&mut out, 1, "test", &[0; 256]).unwrap_err().length, 256);
    }

    #[test]
    fn hex_leads_back() {
        assert_eq!(hex(&[0, 0xaf, 255]), "00afff");
        assert_eq!(from_hex("00aFff"), Some(vec![0, 0xaf, 255]));
        assert_eq!(from_hex("0"), None);
        assert_eq!(from_hex("+1"), None);
    }
}
