//! The binary form: a table of offsets, and objects that refer to each other by number (CoreFoundation, `CFBinaryPList.c`).

use super::{Budget, Dictionary, MAX_DEPTH, PlistError, Value, date};

pub(super) const MAGIC: &[u8] = b"bplist0";

const TRAILER: usize = 32;
/// 2001-01-01, from which dates are counted.
const EPOCH: f64 = 978_307_200.0;

pub(super) fn read(bytes: &[u8], budget: Budget) -> Result<Value, PlistError> {
    let trailer_at = bytes.len().checked_sub(TRAILER).ok_or_else(|| malformed(bytes.len(), "no trailer"))?;
    let trailer = bytes.get(trailer_at..).unwrap_or_default();
    let number = |at: usize| trailer.get(at..at.saturating_add(8)).and_then(unsigned).and_then(index);
    let width = |at: usize| trailer.get(at).copied().map(usize::from).filter(|width| (1..=8).contains(width));
    let bad = |what| malformed(trailer_at, what);
    let mut objects = Objects {
        bytes: bytes.get(..trailer_at).unwrap_or_default(),
        table: number(24).ok_or_else(|| bad("the offset of its table"))?,
        offset_width: width(6).ok_or_else(|| bad("the width of its offsets"))?,
        reference_width: width(7).ok_or_else(|| bad("the width of its references"))?,
        count: number(8).ok_or_else(|| bad("the number of its objects"))?,
        open: Vec::new(),
        budget,
    };
    let root = number(16).ok_or_else(|| bad("the number of its root"))?;
    objects.value(root)
}

struct Objects<'a> {
    /// All before the trailer.
    bytes: &'a [u8],
    table: usize,
    offset_width: usize,
    reference_width: usize,
    count: usize,
    /// The collections that are being read, the outermost first.
    open: Vec<usize>,
    budget: Budget,
}

impl Objects<'_> {
    fn value(&mut self, object: usize) -> Result<Value, PlistError> {
        let at = self.offset(object)?;
        let marker = *self.bytes.get(at).ok_or_else(|| malformed(at, "an object beyond the end"))?;
        let after = at.saturating_add(1);
        match (marker >> 4, marker & 0x0f) {
            (0x0, 0x8 | 0x9) => {
                self.budget.take(0)?;
                Ok(Value::Boolean(marker & 1 == 1))
            }
            (0x1, width @ 0..=4) => {
                self.budget.take(0)?;
                Ok(Value::Integer(integer(self.slice(after, 1 << width)?)))
            }
            (0x2, width @ 2..=3) => {
                self.budget.take(0)?;
                Ok(Value::Real(real(self.slice(after, 1 << width)?)))
            }
            (0x3, 3) => {
                self.budget.take(32)?;
                let seconds = real(self.slice(after, 8)?) + EPOCH;
                date(seconds).map(Value::Date).ok_or_else(|| malformed(at, "a date beyond all years"))
            }
            (0x4, _) => {
                let data = self.contents(at, 1)?;
                self.budget.take(data.len())?;
                Ok(Value::Data(self.contents(at, 1)?.to_vec()))
            }
            (0x5..=0x7, _) => self.text(at).map(Value::String),
            (0x8, width) => {
                self.budget.take(0)?;
                let bytes = self.slice(after, usize::from(width).saturating_add(1))?;
                Ok(Value::Uid(unsigned(bytes).ok_or_else(|| malformed(at, "a reference of over 64 bits"))?))
            }
            (0xa | 0xc, _) => self.within(object, |objects| objects.array(at)),
            (0xd, _) => self.within(object, |objects| objects.dictionary(at)),
            _ => Err(malformed(at, &format!("an object of kind {marker:#04x}"))),
        }
    }

    /// Reads a collection, which may not contain itself.
    fn within(
        &mut self,
        object: usize,
        read: impl FnOnce(&mut Self) -> Result<Value, PlistError>,
    ) -> Result<Value, PlistError> {
        if self.open.contains(&object) {
            return Err(PlistError::Cycle);
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(PlistError::TooDeep);
        }
        self.budget.take(0)?;
        self.open.push(object);
        let value = read(self);
        self.open.pop();
        value
    }

    fn array(&mut self, at: usize) -> Result<Value, PlistError> {
        let (start, count) = self.collection(at, 1)?;
        let mut values = Vec::new();
        for n in 0..count {
            let object = self.reference(start, n)?;
            values.push(self.value(object)?);
        }
        Ok(Value::Array(values))
    }

    fn dictionary(&mut self, at: usize) -> Result<Value, PlistError> {
        let (start, count) = self.collection(at, 2)?;
        let mut pairs = Dictionary::new();
        for n in 0..count {
            let (key, value) = (self.reference(start, n)?, self.reference(start, count.saturating_add(n))?);
            let key_at = self.offset(key)?;
            let key = self.text(key_at)?;
            let value = self.value(value)?;
            pairs.insert(key, value);
        }
        Ok(Value::Dictionary(pairs))
    }

    /// Text in ASCII, UTF-16 or UTF-8.
    fn text(&mut self, at: usize) -> Result<String, PlistError> {
        let kind = self.bytes.get(at).map_or(0, |marker| marker >> 4);
        let width = match kind {
            0x5 | 0x7 => 1,
            0x6 => 2,
            _ => return Err(malformed(at, "no text where text belongs")),
        };
        let length = self.contents(at, width)?.len();
        self.budget.take(length.saturating_mul(if kind == 0x7 { 1 } else { 2 }))?;
        let bytes = self.contents(at, width)?;
        Ok(match kind {
            0x6 => {
                let units =
                    bytes.chunks_exact(2).map(|pair| pair.iter().fold(0, |unit, byte| unit << 8 | u16::from(*byte)));
                char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
            }
            0x7 => String::from_utf8_lossy(bytes).into_owned(),
            _ => bytes.iter().map(|byte| char::from(*byte)).collect(),
        })
    }

    /// Where the references of a collection begin, and how many values or pairs it has.
    fn collection(&self, at: usize, references: usize) -> Result<(usize, usize), PlistError> {
        let (start, count) = self.length(at)?;
        let bytes = count.checked_mul(references).and_then(|n| n.checked_mul(self.reference_width));
        let end = bytes.and_then(|bytes| start.checked_add(bytes)).filter(|end| *end <= self.bytes.len());
        end.map(|_| (start, count)).ok_or_else(|| malformed(at, "a collection beyond the end"))
    }

    /// The bytes of data or text whose units have so many bytes.
    fn contents(&self, at: usize, width: usize) -> Result<&[u8], PlistError> {
        let (start, count) = self.length(at)?;
        self.slice(start, count.checked_mul(width).ok_or_else(|| malformed(at, "a length beyond all files"))?)
    }

    /// Where the contents of an object begin, and its length: in its marker, or an integer behind that.
    fn length(&self, at: usize) -> Result<(usize, usize), PlistError> {
        let after = at.saturating_add(1);
        let short = self.bytes.get(at).map_or(0, |marker| usize::from(marker & 0x0f));
        if short < 0x0f {
            return Ok((after, short));
        }
        let width = match self.bytes.get(after) {
            Some(marker @ 0x10..=0x13) => 1_usize << (marker & 0x0f),
            _ => return Err(malformed(after, "a length that is no integer")),
        };
        let start = after.saturating_add(1);
        let length = unsigned(self.slice(start, width)?).and_then(index);
        let length = length.ok_or_else(|| malformed(after, "a length beyond all files"))?;
        Ok((start.saturating_add(width), length))
    }

    fn offset(&self, object: usize) -> Result<usize, PlistError> {
        if object >= self.count {
            return Err(malformed(self.table, &format!("no object {object}")));
        }
        self.number(self.table, object, self.offset_width)
    }

    fn reference(&self, start: usize, n: usize) -> Result<usize, PlistError> {
        self.number(start, n, self.reference_width)
    }

    /// The `n`th of numbers of this width.
    fn number(&self, start: usize, n: usize, width: usize) -> Result<usize, PlistError> {
        let at = n.checked_mul(width).and_then(|skip| skip.checked_add(start)).unwrap_or(usize::MAX);
        unsigned(self.slice(at, width)?).and_then(index).ok_or_else(|| malformed(at, "a number beyond all files"))
    }

    fn slice(&self, at: usize, len: usize) -> Result<&[u8], PlistError> {
        let end = at.checked_add(len);
        end.and_then(|end| self.bytes.get(at..end)).ok_or_else(|| malformed(at, "an object beyond the end"))
    }
}

/// A big-endian number of at most 8 bytes.
fn unsigned(bytes: &[u8]) -> Option<u64> {
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// Of 8 bytes it is signed, of fewer it is not, of 16 it is saturated.
fn integer(bytes: &[u8]) -> i64 {
    let wide = bytes.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    match bytes.len() {
        8 => u64::try_from(wide).unwrap_or_default().cast_signed(),
        _ => i64::try_from(wide.cast_signed()).unwrap_or(if wide.cast_signed() < 0 { i64::MIN } else { i64::MAX }),
    }
}

fn real(bytes: &[u8]) -> f64 {
    if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
        return f32::from_be_bytes(bytes).into();
    }
    <[u8; 8]>::try_from(bytes).map_or(0.0, f64::from_be_bytes)
}

fn index(number: u64) -> Option<usize> {
    usize::try_from(number).ok()
}

fn malformed(offset: usize, what: &str) -> PlistError {
    PlistError::Malformed { offset: offset as u64, what: what.to_owned() }
}
