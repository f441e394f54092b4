//! DER, one element after another, on `asn1-rs`: each with its identifier, its contents and the very bytes it was.

use thiserror::Error;
use x509_parser::asn1_rs::{Any, FromDer as _};

pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OID: u8 = 0x06;
pub(super) const ENUMERATED: u8 = 0x0a;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;

/// Bytes that are not the DER that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum DerError {
    #[error("an element does not end, or is not written as DER")]
    Malformed,
    #[error("an element with identifier {found:#04x} where {expected:#04x} belongs")]
    Unexpected { expected: u8, found: u8 },
    #[error("bytes after the last element")]
    More,
}

/// An explicit tag of the context.
pub(super) fn context(number: u8) -> u8 {
    0xa0 | number
}

/// One element.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    pub tag: u8,
    pub body: &'a [u8],
    pub whole: &'a [u8],
}

/// Elements beside each other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// What is within the one element that these bytes are.
    pub fn within(bytes: &'a [u8], tag: u8) -> Result<Self, DerError> {
        let mut outer = Self(bytes);
        let body = outer.take(tag)?;
        outer.end()?;
        Ok(Self(body))
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn next(&mut self) -> Result<Element<'a>, DerError> {
        // Tags of more than one byte are in nothing that is read here.
        let tag = *self.0.first().filter(|byte| *byte & 0x1f != 0x1f).ok_or(DerError::Malformed)?;
        let (rest, any) = Any::from_der(self.0).map_err(|_| DerError::Malformed)?;
        let whole = self.0.get(..self.0.len() - rest.len()).ok_or(DerError::Malformed)?;
        self.0 = rest;
        Ok(Element { tag, body: any.data, whole })
    }

    /// The contents of the next one, which has to be of this kind.
    pub fn take(&mut self, tag: u8) -> Result<&'a [u8], DerError> {
        let element = self.next()?;
        if element.tag == tag {
            Ok(element.body)
        } else {
            Err(DerError::Unexpected { expected: tag, found: element.tag })
        }
    }

    /// The contents of the next one where it is of this kind.
    pub fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, DerError> {
        if self.0.first() == Some(&tag) { self.take(tag).map(Some) } else { Ok(None) }
    }

    /// What is within the next one.
    pub fn enter(&mut self, tag: u8) -> Result<Self, DerError> {
        self.take(tag).map(Self)
    }

    /// A BIT STRING of whole bytes.
    pub fn bits(&mut self) -> Result<&'a [u8], DerError> {
        match self.take(BIT_STRING)? {
            [0, bits @ ..] => Ok(bits),
            _ => Err(DerError::Malformed),
        }
    }

    pub fn end(&self) -> Result<(), DerError> {
        if self.is_empty() { Ok(()) } else { Err(DerError::More) }
    }
}

/// An element of these contents, its length written as DER wants it.
pub(super) fn element(tag: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(body.len()) {
        Ok(short @ 0..=0x7f) => out.push(short),
        _ => {
            let bytes = body.len().to_be_bytes();
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            let digits = bytes.get(zeros..).unwrap_or_default();
            out.push(0x80 | u8::try_from(digits.len()).unwrap_or(8));
            out.extend(digits);
        }
    }
    out.extend(body);
    out
}

#[cfg(test)]
mod tests {
    use super::{DerError, Elements, INTEGER, SEQUENCE, element};

    #[test]
    fn elements_come_one_after_another_with_their_very_bytes() {
        let mut inside = Elements::within(&[0x30, 6, 2, 1, 7, 0xa0, 1, 9], SEQUENCE).unwrap();
        assert_eq!(inside.optional(0xa0), Ok(None));
        assert_eq!(inside.take(INTEGER), Ok(&[7][..]));
        let tagged = inside.next().unwrap();
        assert_eq!((tagged.tag, tagged.body, tagged.whole), (0xa0, &[9][..], &[0xa0, 1, 9][..]));
        assert_eq!(inside.next().unwrap_err(), DerError::Malformed);
    }

    #[test]
    fn what_is_not_der_is_refused() {
        for bytes in [&[0x30, 0x80, 0, 0][..], &[2, 5, 1], &[0x1f, 1, 0], &[2, 0x84, 0xff, 0xff, 0xff, 0xff, 1]] {
            assert_eq!(Elements::new(bytes).next().unwrap_err(), DerError::Malformed, "{bytes:x?}");
        }
        assert_eq!(Elements::within(&[2, 1, 1, 0], INTEGER).unwrap_err(), DerError::More);
    }

    #[test]
    fn lengths_are_the_shortest() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0x1_0000] {
            let written = element(INTEGER, &vec![1; length]);
            assert_eq!(Elements::new(&written).take(INTEGER).map(<[u8]>::len), Ok(length));
        }
    }
}
