//! BER as signed messages are written (ITU-T X.690): lengths left open, lengths longer than they need be, strings in
//! pieces. Each element keeps the very bytes it was; `der` is for what has to be DER.

use std::borrow::Cow;

use thiserror::Error;

pub const BOOLEAN: u8 = 0x01;
pub const INTEGER: u8 = 0x02;
pub const BIT_STRING: u8 = 0x03;
pub const OCTET_STRING: u8 = 0x04;
pub const OID: u8 = 0x06;
pub const SEQUENCE: u8 = 0x30;
pub const SET: u8 = 0x31;

/// Elements within each other that are followed at most.
const MAX_DEPTH: usize = 48;
/// An identifier has this bit where elements are inside.
const CONSTRUCTED: u8 = 0x20;

/// Bytes that are not the BER that was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum BerError {
    #[error("an element does not end, or its identifier or length is none")]
    Malformed,
    #[error("an element with identifier {found:#04x} where {expected:#04x} belongs")]
    Unexpected { expected: u8, found: u8 },
    #[error("elements are nested too deeply")]
    TooDeep,
    #[error("bytes after the last element")]
    More,
}

/// An explicit or constructed tag of the context.
pub fn context(number: u8) -> u8 {
    0xa0 | number
}

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// The identifier octet; tags of more than one octet are refused.
    pub tag: u8,
    /// The contents, without the mark of an end.
    pub body: &'a [u8],
    /// All of it.
    pub whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// What is inside.
    pub fn children(&self) -> Elements<'a> {
        Elements(self.body)
    }

    /// The contents of an OCTET STRING, its pieces put together (X.690, 8.7.3); the tag itself may be another's.
    pub fn octets(&self) -> Result<Cow<'a, [u8]>, BerError> {
        octets(self, 0)
    }
}

fn octets<'a>(element: &Element<'a>, depth: usize) -> Result<Cow<'a, [u8]>, BerError> {
    if element.tag & CONSTRUCTED == 0 {
        return Ok(element.body.into());
    }
    if depth > MAX_DEPTH {
        return Err(BerError::TooDeep);
    }
    let mut out = Vec::new();
    let mut pieces = element.children();
    while let Some(piece) = pieces.next()? {
        if piece.tag & !CONSTRUCTED != OCTET_STRING {
            return Err(BerError::Unexpected { expected: OCTET_STRING, found: piece.tag });
        }
        out.extend_from_slice(&octets(&piece, depth + 1)?);
    }
    Ok(out.into())
}

/// Elements beside each other.
#[derive(Clone, Copy, Debug)]
pub struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// The next one; none at the end.
    #[expect(clippy::should_implement_trait, reason = "it may fail, and then it is over")]
    pub fn next(&mut self) -> Result<Option<Element<'a>>, BerError> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let (element, rest) = split(self.0, 0)?;
        self.0 = rest;
        Ok(Some(element))
    }

    /// The next one, which has to be of this kind.
    pub fn take(&mut self, tag: u8) -> Result<Element<'a>, BerError> {
        let element = self.next()?.ok_or(BerError::Malformed)?;
        if element.tag == tag { Ok(element) } else { Err(BerError::Unexpected { expected: tag, found: element.tag }) }
    }

    /// The next one where it is of this kind.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, BerError> {
        if self.0.first() == Some(&tag) { self.take(tag).map(Some) } else { Ok(None) }
    }

    /// What is within the next one.
    pub fn enter(&mut self, tag: u8) -> Result<Self, BerError> {
        self.take(tag).map(|element| element.children())
    }

    /// A BIT STRING of whole bytes.
    pub fn bits(&mut self) -> Result<&'a [u8], BerError> {
        match self.take(BIT_STRING)?.body {
            [0, bits @ ..] => Ok(bits),
            _ => Err(BerError::Malformed),
        }
    }

    pub fn end(&self) -> Result<(), BerError> {
        if self.is_empty() { Ok(()) } else { Err(BerError::More) }
    }
}

/// An object identifier in dots; none where the bytes are no identifier.
pub fn oid(body: &[u8]) -> Option<String> {
    use std::fmt::Write as _;
    let mut out = String::new();
    let mut arc: u64 = 0;
    for (n, byte) in body.iter().enumerate() {
        arc = arc.checked_mul(128)?.checked_add(u64::from(byte & 0x7f))?;
        if byte & 0x80 != 0 {
            // The last octet ends the last arc.
            if n + 1 == body.len() {
                return None;
            }
            continue;
        }
        if out.is_empty() {
            let first = (arc / 40).min(2);
            let _ = write!(out, "{first}.{}", arc - first * 40);
        } else {
            let _ = write!(out, ".{arc}");
        }
        arc = 0;
    }
    (!out.is_empty()).then_some(out)
}

/// The same elements with lengths as DER wants them. Values stay as they are: this is no full canonical form.
pub fn to_der(bytes: &[u8]) -> Result<Vec<u8>, BerError> {
    let mut out = Vec::with_capacity(bytes.len());
    rewrite(Elements::new(bytes), 0, &mut out)?;
    Ok(out)
}

fn rewrite(mut elements: Elements<'_>, depth: usize, out: &mut Vec<u8>) -> Result<(), BerError> {
    if depth > MAX_DEPTH {
        return Err(BerError::TooDeep);
    }
    while let Some(element) = elements.next()? {
        if element.tag & CONSTRUCTED == 0 {
            out.extend(super::der::element(element.tag, element.body));
        } else if element.tag & !CONSTRUCTED == OCTET_STRING {
            out.extend(super::der::element(OCTET_STRING, &element.octets()?));
        } else {
            let mut inside = Vec::with_capacity(element.body.len());
            rewrite(element.children(), depth + 1, &mut inside)?;
            out.extend(super::der::element(element.tag, &inside));
        }
    }
    Ok(())
}

/// The first element and what follows it.
fn split(bytes: &[u8], depth: usize) -> Result<(Element<'_>, &[u8]), BerError> {
    let [tag, length, after @ ..] = bytes else { return Err(BerError::Malformed) };
    // Zero is the mark of an end, and tags of more than one octet are in nothing that is read here.
    if *tag == 0 || tag & 0x1f == 0x1f {
        return Err(BerError::Malformed);
    }
    if *length == 0x80 {
        return open_ended(*tag, bytes, after, depth);
    }
    let (length, after) = definite(*length, after)?;
    let (body, rest) = after.split_at_checked(length).ok_or(BerError::Malformed)?;
    let whole = bytes.get(..bytes.len() - rest.len()).ok_or(BerError::Malformed)?;
    Ok((Element { tag: *tag, body, whole }, rest))
}

fn definite(first: u8, after: &[u8]) -> Result<(usize, &[u8]), BerError> {
    if first < 0x80 {
        return Ok((usize::from(first), after));
    }
    let (digits, after) = after.split_at_checked(usize::from(first & 0x7f)).ok_or(BerError::Malformed)?;
    let length = digits.iter().try_fold(0_usize, |sum, digit| sum.checked_mul(256)?.checked_add(usize::from(*digit)));
    Ok((length.ok_or(BerError::Malformed)?, after))
}

/// An element whose end is marked by two zeros (X.690, 8.1.5).
fn open_ended<'a>(
    tag: u8,
    bytes: &'a [u8],
    after: &'a [u8],
    depth: usize,
) -> Result<(Element<'a>, &'a [u8]), BerError> {
    if tag & CONSTRUCTED == 0 {
        return Err(BerError::Malformed);
    }
    if depth > MAX_DEPTH {
        return Err(BerError::TooDeep);
    }
    let mut at = after;
    loop {
        if let [0, 0, rest @ ..] = at {
            let body = after.get(..after.len() - at.len()).ok_or(BerError::Malformed)?;
            let whole = bytes.get(..bytes.len() - rest.len()).ok_or(BerError::Malformed)?;
            return Ok((Element { tag, body, whole }, rest));
        }
        at = split(at, depth + 1)?.1;
    }
}

#[cfg(test)]
mod tests;
