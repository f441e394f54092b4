//! Modified UTF-8, the encoding of strings in dex and ark files.
//!
//! U+0000 is two bytes, and what lies beyond the basic plane is a pair of surrogates of three bytes each.

use std::borrow::Cow;

/// The text of these bytes. What is not of the encoding becomes U+FFFD.
pub(crate) fn decode(bytes: &[u8]) -> Cow<'_, str> {
    // Almost every string is plain UTF-8 as well.
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(char::decode_utf16(Units(bytes)).map(|unit| unit.unwrap_or('\u{fffd}')).collect()),
    }
}

/// UTF-16 code units, one after another.
struct Units<'a>(&'a [u8]);

impl Iterator for Units<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        let (unit, used) = match *self.0 {
            [] => return None,
            [a @ 0..=0x7f, ..] => (u16::from(a), 1),
            [a @ 0xc0..=0xdf, b @ 0x80..=0xbf, ..] => (u16::from(a & 0x1f) << 6 | low(b), 2),
            [a @ 0xe0..=0xef, b @ 0x80..=0xbf, c @ 0x80..=0xbf, ..] => {
                (u16::from(a & 0x0f) << 12 | low(b) << 6 | low(c), 3)
            }
            _ => (0xfffd, 1),
        };
        self.0 = self.0.get(used..).unwrap_or_default();
        Some(unit)
    }
}

fn low(byte: u8) -> u16 {
    u16::from(byte & 0x3f)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn plain_text_is_not_copied() {
        assert!(matches!(decode("政务 a".as_bytes()), std::borrow::Cow::Borrowed("政务 a")));
    }

    #[test]
    fn zero_and_the_upper_planes_are_written_otherwise() {
        assert_eq!(decode(b"a\xc0\x80b"), "a\0b");
        assert_eq!(decode(b"\xed\xa0\xbd\xed\xb8\x80!"), "\u{1f600}!");
    }

    #[test]
    fn what_is_no_text_is_marked() {
        assert_eq!(decode(b"a\xff\xe4\xb8b\xed\xa0\xbd"), "a\u{fffd}\u{fffd}\u{fffd}b\u{fffd}");
    }
}
