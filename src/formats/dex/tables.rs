//! The tables of identifiers: strings, types, prototypes, fields and methods.

use std::borrow::Cow;

use thiserror::Error;

use super::{
    Dex,
    bytes::{index, u16_at, u32_at, uleb128},
    mutf8,
};

pub(super) const STRING_ID: usize = 4;
pub(super) const TYPE_ID: usize = 4;
pub(super) const PROTO_ID: usize = 12;
pub(super) const FIELD_ID: usize = 8;
pub(super) const METHOD_ID: usize = 8;

/// Names that are longer are not looked at: no class file can hold them.
const LONGEST_NAME: usize = 1 << 16;

/// Letters of a shorty with its end: instructions hand over no more.
const MOST_PARAMETERS: usize = 258;

/// Why a string is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum StringError {
    #[error("the string lies outside of the file")]
    Outside,
    #[error("no end within {looked_at} bytes")]
    Endless { looked_at: usize },
}

/// A field that code may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldId {
    /// Index of the type that it is looked for in.
    pub class: u32,
    /// Index of its name.
    pub name: u32,
}

/// A method that code may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MethodId {
    /// Index of the type that it is looked for in.
    pub class: u32,
    /// Index of its prototype.
    pub proto: u32,
    /// Index of its name.
    pub name: u32,
}

impl<'a> Dex<'a> {
    pub fn string_count(&self) -> u32 {
        count(self.strings, STRING_ID)
    }

    pub fn type_count(&self) -> u32 {
        count(self.types, TYPE_ID)
    }

    pub fn proto_count(&self) -> u32 {
        count(self.protos, PROTO_ID)
    }

    pub fn field_count(&self) -> u32 {
        count(self.fields, FIELD_ID)
    }

    pub fn method_count(&self) -> u32 {
        count(self.methods, METHOD_ID)
    }

    /// The bytes of a string, as the file has them. One that does not end soon is none.
    pub fn string_bytes(&self, string: u32) -> Option<&'a [u8]> {
        self.string_bytes_within(string, LONGEST_NAME).ok()
    }

    /// The bytes of a string that has fewer than so many.
    pub fn string_bytes_within(&self, string: u32, most: usize) -> Result<&'a [u8], StringError> {
        let rest = self.string_start(string).ok_or(StringError::Outside)?;
        let rest = rest.get(..most).unwrap_or(rest);
        let end = memchr::memchr(0, rest).ok_or(StringError::Endless { looked_at: rest.len() })?;
        rest.get(..end).ok_or(StringError::Outside)
    }

    /// The first bytes of a string, so many at most.
    pub fn string_beginning(&self, string: u32, most: usize) -> Option<Cow<'a, str>> {
        let rest = self.string_start(string)?;
        let rest = rest.get(..most).unwrap_or(rest);
        Some(mutf8::decode(memchr::memchr(0, rest).and_then(|end| rest.get(..end)).unwrap_or(rest)))
    }

    fn string_start(&self, string: u32) -> Option<&'a [u8]> {
        let mut at = index(u32_at(self.strings, index(string).checked_mul(STRING_ID)?)?);
        // The length in UTF-16 units; the end is where the zero is.
        uleb128(self.bytes, &mut at)?;
        self.bytes.get(at..)
    }

    pub fn string(&self, string: u32) -> Option<Cow<'a, str>> {
        self.string_bytes(string).map(mutf8::decode)
    }

    /// The descriptor of a type, such as `Lcom/foo/Bar;`.
    pub fn descriptor(&self, kind: u32) -> Option<&'a [u8]> {
        let string = u32_at(self.types, index(kind).checked_mul(TYPE_ID)?)?;
        self.string_bytes(string)
    }

    /// One letter for the result of a prototype, then one for each parameter; references are `L`.
    pub fn shorty(&self, proto: u32) -> Option<&'a [u8]> {
        let string = u32_at(self.protos, index(proto).checked_mul(PROTO_ID)?)?;
        self.string_bytes_within(string, MOST_PARAMETERS).ok()
    }

    pub fn field(&self, field: u32) -> Option<FieldId> {
        let at = index(field).checked_mul(FIELD_ID)?;
        Some(FieldId { class: u16_at(self.fields, at)?.into(), name: u32_at(self.fields, at.checked_add(4)?)? })
    }

    pub fn method(&self, method: u32) -> Option<MethodId> {
        let at = index(method).checked_mul(METHOD_ID)?;
        Some(MethodId {
            class: u16_at(self.methods, at)?.into(),
            proto: u16_at(self.methods, at.checked_add(2)?)?.into(),
            name: u32_at(self.methods, at.checked_add(4)?)?,
        })
    }

    /// A list of types at an offset: interfaces, parameters. As far as the file has it.
    pub fn type_list(&self, offset: u32) -> impl Iterator<Item = u32> + use<'a> {
        let start = index(offset);
        let size = if offset == 0 { 0 } else { u32_at(self.bytes, start).unwrap_or_default() };
        let entries = self.bytes.get(start.saturating_add(4)..).unwrap_or_default();
        entries.as_chunks().0.iter().take(index(size)).map(|entry: &[u8; 2]| u16::from_le_bytes(*entry).into())
    }
}

fn count(table: &[u8], entry: usize) -> u32 {
    u32::try_from(table.len() / entry).unwrap_or(u32::MAX)
}
