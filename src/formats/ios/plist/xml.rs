//! The XML form (`PropertyList-1.0.dtd`). No entity is declared or fetched.

use quick_xml::{Reader, escape::resolve_xml_entity, events::Event};

use super::{Budget, Dictionary, MAX_DEPTH, PlistError, Value, date};

pub(super) fn read(text: &str, budget: Budget) -> Result<Value, PlistError> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    let mut state = State { budget, ..State::default() };
    loop {
        let offset = reader.buffer_position();
        let bad = |what: &str| PlistError::Malformed { offset, what: what.to_owned() };
        let event = reader.read_event().map_err(|e| bad(&e.to_string()))?;
        match event {
            Event::Start(start) => state.start(start.local_name().as_ref(), offset)?,
            Event::End(end) => state.end(end.local_name().as_ref(), offset)?,
            Event::Text(text) => state.text(&text, offset)?,
            Event::CData(data) => state.text(&data, offset)?,
            Event::GeneralRef(reference) => {
                let character = reference.resolve_char_ref().map_err(|e| bad(&e.to_string()))?;
                match (character, resolve_xml_entity(&reference)) {
                    (Some(character), _) => state.text(character.encode_utf8(&mut [0; 4]), offset)?,
                    (None, Some(entity)) => state.text(entity, offset)?,
                    (None, None) => return Err(bad("an entity that the file would have to declare")),
                }
            }
            Event::DocType(doctype) if doctype.contains('[') => return Err(bad("a document type with declarations")),
            Event::Comment(_) | Event::Decl(_) | Event::DocType(_) | Event::Empty(_) | Event::PI(_) => {}
            Event::Eof => return state.root.filter(|_| state.open.is_empty()).ok_or_else(|| bad("it breaks off")),
        }
    }
}

/// What has been read so far.
#[derive(Default)]
struct State {
    open: Vec<Collection>,
    /// The element whose contents are text, and these.
    scalar: Option<(Scalar, String)>,
    root: Option<Value>,
    budget: Budget,
}

enum Collection {
    Array(Vec<Value>),
    /// With the key whose value comes next.
    Dictionary(Dictionary, Option<String>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Scalar {
    Data,
    Date,
    False,
    Integer,
    Key,
    Real,
    String,
    True,
}

impl State {
    fn start(&mut self, name: &str, offset: u64) -> Result<(), PlistError> {
        if self.scalar.is_some() {
            return Err(malformed(offset, "a tag within text"));
        }
        self.budget.take(0)?;
        let scalar = match name {
            "plist" if self.open.is_empty() && self.root.is_none() => return Ok(()),
            "array" => return self.enter(Collection::Array(Vec::new())),
            "dict" => return self.enter(Collection::Dictionary(Dictionary::new(), None)),
            "data" => Scalar::Data,
            "date" => Scalar::Date,
            "false" => Scalar::False,
            "integer" => Scalar::Integer,
            "key" => Scalar::Key,
            "real" => Scalar::Real,
            "string" => Scalar::String,
            "true" => Scalar::True,
            _ => return Err(malformed(offset, "a tag that no property list has")),
        };
        self.scalar = Some((scalar, String::new()));
        Ok(())
    }

    fn enter(&mut self, collection: Collection) -> Result<(), PlistError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(PlistError::TooDeep);
        }
        self.open.push(collection);
        Ok(())
    }

    fn text(&mut self, text: &str, offset: u64) -> Result<(), PlistError> {
        match &mut self.scalar {
            Some((_, contents)) => {
                self.budget.take(text.len())?;
                contents.push_str(text);
                Ok(())
            }
            None if text.trim().is_empty() => Ok(()),
            None => Err(malformed(offset, "text between tags")),
        }
    }

    fn end(&mut self, name: &str, offset: u64) -> Result<(), PlistError> {
        if let Some((scalar, text)) = self.scalar.take() {
            return match (scalar, self.open.last_mut()) {
                (Scalar::Key, Some(Collection::Dictionary(_, key @ None))) => {
                    *key = Some(text);
                    Ok(())
                }
                (Scalar::Key, _) => Err(malformed(offset, "a key without its dictionary, or without its value")),
                _ => self.put(value(scalar, text, offset)?, offset),
            };
        }
        if name == "plist" {
            return Ok(());
        }
        match self.open.pop() {
            Some(Collection::Array(values)) => self.put(Value::Array(values), offset),
            Some(Collection::Dictionary(pairs, None)) => self.put(Value::Dictionary(pairs), offset),
            Some(Collection::Dictionary(_, Some(_))) => Err(malformed(offset, "a key without a value")),
            None => Err(malformed(offset, "an end without a beginning")),
        }
    }

    fn put(&mut self, value: Value, offset: u64) -> Result<(), PlistError> {
        match self.open.last_mut() {
            Some(Collection::Array(values)) => values.push(value),
            Some(Collection::Dictionary(pairs, key)) => match key.take() {
                Some(key) => drop(pairs.insert(key, value)),
                None => return Err(malformed(offset, "a value without a key")),
            },
            None if self.root.is_none() => self.root = Some(value),
            None => return Err(malformed(offset, "a second value beside the root")),
        }
        Ok(())
    }
}

fn value(scalar: Scalar, text: String, offset: u64) -> Result<Value, PlistError> {
    let number = text.trim();
    let read = match scalar {
        Scalar::Data => base64(&text).map(Value::Data),
        Scalar::Date => number.parse::<jiff::Timestamp>().ok().and_then(|at| date(at.as_second())).map(Value::Date),
        Scalar::False => Some(Value::Boolean(false)),
        Scalar::Integer => integer(number).map(Value::Integer),
        Scalar::Key | Scalar::String => Some(Value::String(text)),
        Scalar::Real => number.parse().ok().map(Value::Real),
        Scalar::True => Some(Value::Boolean(true)),
    };
    read.ok_or_else(|| malformed(offset, &format!("no {scalar:?} is written so")))
}

/// Decimal, or hexadecimal behind `0x`; saturated.
fn integer(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1_i128, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let hex = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"));
    let digits = hex.unwrap_or(digits);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let number = i128::from_str_radix(digits, if hex.is_some() { 16 } else { 10 });
    let number = number.ok().filter(|_| digits.len() <= 30)?.saturating_mul(sign);
    Some(i64::try_from(number).unwrap_or(if sign < 0 { i64::MIN } else { i64::MAX }))
}

/// RFC 4648 with white space anywhere.
fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0_u32, 0_u8);
    let mut rest = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    for byte in rest.by_ref() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'=' => break,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held & 0xff) as u8);
        }
    }
    rest.all(|byte| byte == b'=').then_some(out)
}

fn malformed(offset: u64, what: &str) -> PlistError {
    PlistError::Malformed { offset, what: what.to_owned() }
}
