//! The string pool of binary XML and of resource tables (AOSP `ResStringPool`), decoded a string at a time.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    sync::Arc,
};

use super::{
    bytes::{Chunk, u16_at, u32_at, usize_at},
    oddities::Oddities,
};

/// Bytes of text that one pool gives at most: overlapping strings would make any number of a few bytes.
const MAX_DECODED: usize = 16 << 20;

/// Flag of the header: strings are UTF-8, else UTF-16.
const UTF8: u32 = 1 << 8;

/// The smallest header of a pool.
const HEADER: usize = 28;

/// Strings by number.
#[derive(Debug)]
pub struct StringPool<'a> {
    offsets: &'a [u8],
    data: &'a [u8],
    utf8: bool,
    decoded: RefCell<HashMap<u32, Arc<str>>>,
    budget: Cell<usize>,
}

impl<'a> StringPool<'a> {
    /// Chunk type of a pool.
    pub const KIND: u16 = 0x0001;

    /// A pool without strings.
    pub fn empty() -> Self {
        Self { offsets: &[], data: &[], utf8: true, decoded: RefCell::default(), budget: Cell::new(MAX_DECODED) }
    }

    /// Reads the header; what it declares beyond the chunk is cut off and noted.
    pub fn read(chunk: Chunk<'a>, part: &str, oddities: &Oddities) -> Option<Self> {
        let bytes = chunk.bytes;
        let header = chunk.header.max(HEADER);
        let [count, styles, start, styles_start] = [8, 12, 20, 24].map(|at| usize_at(bytes, at));
        let (count, styles, start, styles_start) = (count?, styles?, start?, styles_start?);
        let flags = u32_at(bytes, 16)?;
        let rest = bytes.get(header..)?;
        let fits = count.min(rest.len() / 4);
        if fits < count {
            oddities.add(part, "string_count", format_args!("{count} strings declared, room for {fits}"));
        }
        let expected = count.saturating_add(styles).saturating_mul(4).saturating_add(header);
        if count > 0 && start != expected {
            oddities.add(part, "string_pool_layout", format_args!("strings begin at {start}, not at {expected}"));
        }
        if styles == 0 && styles_start != 0 {
            oddities.add(
                part,
                "styles_without_count",
                format_args!("styles begin at {styles_start}, none is declared"),
            );
        }
        Some(Self {
            offsets: rest.get(..fits.saturating_mul(4)).unwrap_or_default(),
            data: bytes.get(start..).unwrap_or_default(),
            utf8: flags & UTF8 != 0,
            ..Self::empty()
        })
    }

    /// One string; `None` where there is none of this number, or it cannot be read.
    pub fn get(&self, number: u32, part: &str, oddities: &Oddities) -> Option<Arc<str>> {
        if number == u32::MAX {
            return None;
        }
        if let Some(known) = self.decoded.borrow().get(&number) {
            return Some(known.clone());
        }
        if self.budget.get() == 0 {
            return None;
        }
        let Some(at) = usize_at(self.offsets, usize::try_from(number).ok()?.checked_mul(4)?) else {
            oddities.add(part, "string_number", format_args!("string {number} of {}", self.offsets.len() / 4));
            return None;
        };
        let span = if self.utf8 { self.utf8(at) } else { self.utf16(at) };
        let Some((bytes, rest)) = span.and_then(|(from, to)| Some((self.data.get(from..to)?, self.data.get(to..)?)))
        else {
            oddities.add(part, "string_outside", format_args!("string {number} is not within its pool"));
            return None;
        };
        // Nothing is decoded, and so nothing allocated, that the budget has no room for.
        let Some(left) = self.budget.get().checked_sub(bytes.len().max(1)) else {
            self.budget.set(0);
            oddities.add(part, "string_budget", format_args!("more than {MAX_DECODED} bytes of strings"));
            return None;
        };
        self.budget.set(left);
        let (text, terminated) = if self.utf8 {
            (String::from_utf8_lossy(bytes).into_owned(), rest.first() == Some(&0))
        } else {
            (utf16(bytes), u16_at(rest, 0) == Some(0))
        };
        if !terminated {
            oddities.add(part, "string_not_terminated", format_args!("string {number}"));
        }
        let text: Arc<str> = text.into();
        self.decoded.borrow_mut().insert(number, text.clone());
        Some(text)
    }

    /// Where a string begins and ends: two lengths of one or two bytes each, UTF-16 units and then bytes.
    fn utf8(&self, at: usize) -> Option<(usize, usize)> {
        let length = |at: usize| {
            let first = usize::from(*self.data.get(at)?);
            if first & 0x80 == 0 {
                return Some((first, at.checked_add(1)?));
            }
            let second = usize::from(*self.data.get(at.checked_add(1)?)?);
            Some(((first & 0x7f) << 8 | second, at.checked_add(2)?))
        };
        let (_, at) = length(at)?;
        let (bytes, at) = length(at)?;
        Some((at, at.checked_add(bytes)?))
    }

    /// The same: one length of one or two words, UTF-16 units.
    fn utf16(&self, at: usize) -> Option<(usize, usize)> {
        let first = usize::from(u16_at(self.data, at)?);
        let mut at = at.checked_add(2)?;
        let mut units = first;
        if first & 0x8000 != 0 {
            units = (first & 0x7fff) << 16 | usize::from(u16_at(self.data, at)?);
            at = at.checked_add(2)?;
        }
        Some((at, at.checked_add(units.checked_mul(2)?)?))
    }
}

fn utf16(bytes: &[u8]) -> String {
    let (words, _) = bytes.as_chunks::<2>();
    let words = words.iter().map(|pair| u16::from_le_bytes(*pair));
    char::decode_utf16(words).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}
