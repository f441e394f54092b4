//! Classes that a dex file defines, and their methods.

use std::collections::BTreeSet;

use super::{
    Dex,
    bytes::{index, u32_at, uleb128},
    names::readable,
};

pub(super) const CLASS_DEF: usize = 32;

/// No superclass, no source file.
const NO_INDEX: u32 = u32::MAX;

/// The data of a class that has none: no fields and no methods.
const NOTHING: &[u8] = &[0; 4];

/// A class, as its entry in the table says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassDef {
    /// Index of its type.
    pub class: u32,
    pub access: u32,
    /// Index of the type of its superclass; none for `java.lang.Object`.
    pub superclass: Option<u32>,
    /// Where the list of its interfaces lies; 0 for none.
    pub interfaces: u32,
    /// Index of the string that names its source file.
    pub source_file: Option<u32>,
    /// Where its fields and methods lie; 0 for a class that has none.
    data: u32,
}

/// A method with what its class says of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    /// Index of its identifier.
    pub method: u32,
    pub access: u32,
    /// Where its code lies; 0 for abstract and native methods.
    pub code: u32,
}

impl<'a> Dex<'a> {
    pub fn class_count(&self) -> u32 {
        u32::try_from(self.classes.len() / CLASS_DEF).unwrap_or(u32::MAX)
    }

    pub fn classes(&self) -> impl Iterator<Item = ClassDef> + use<'a> {
        self.classes.chunks_exact(CLASS_DEF).map(class_def)
    }

    /// The methods of a class, those called directly first. No more than `limit` bytes are read for them: classes may
    /// share their data, so that a reader of all of them needs a bound of its own.
    pub fn methods(&self, class: &ClassDef, limit: usize) -> Methods<'a> {
        let data = if class.data == 0 { NOTHING } else { self.bytes.get(index(class.data)..).unwrap_or_default() };
        let data = data.get(..limit).unwrap_or(data);
        let mut methods = Methods { data, at: 0, direct: 0, virtuals: 0, method: 0, broken: false };
        let mut size = || methods.number().unwrap_or_default();
        let fields = u64::from(size()).saturating_add(size().into());
        let (direct, virtuals) = (size(), size());
        methods.skip_fields(fields);
        Methods { direct, virtuals, ..methods }
    }

    /// Names of the classes that the file defines, readable.
    pub fn defined_types(&self) -> impl Iterator<Item = String> + '_ {
        self.classes().filter_map(|class| self.class_name(class.class))
    }

    /// Names of classes that the file mentions without defining them, readable.
    pub fn referenced_types(&self) -> impl Iterator<Item = String> + '_ {
        let defined: BTreeSet<u32> = self.classes().map(|class| class.class).collect();
        (0..self.type_count()).filter(move |kind| !defined.contains(kind)).filter_map(|kind| self.class_name(kind))
    }

    /// Nothing for arrays and for types that are no classes.
    fn class_name(&self, kind: u32) -> Option<String> {
        self.descriptor(kind).filter(|descriptor| descriptor.starts_with(b"L")).map(readable)
    }
}

/// Methods, one after another.
#[derive(Clone, Debug)]
pub struct Methods<'a> {
    data: &'a [u8],
    at: usize,
    direct: u32,
    virtuals: u32,
    method: u32,
    broken: bool,
}

impl Methods<'_> {
    /// Whether it ended before the last one.
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// Bytes that were read.
    pub fn consumed(&self) -> usize {
        self.at
    }

    fn skip_fields(&mut self, fields: u64) {
        for _ in 0..fields {
            if self.number().is_none() || self.number().is_none() {
                return;
            }
        }
    }

    fn number(&mut self) -> Option<u32> {
        if self.broken {
            return None;
        }
        let value = uleb128(self.data, &mut self.at);
        self.broken = value.is_none();
        value
    }
}

impl Iterator for Methods<'_> {
    type Item = Method;

    fn next(&mut self) -> Option<Method> {
        if self.broken || (self.direct == 0 && self.virtuals == 0) {
            return None;
        }
        let (step, access, code) = (self.number()?, self.number()?, self.number()?);
        // Indices are differences to the one before, anew in each of the two lists.
        self.method = self.method.wrapping_add(step);
        let method = Method { method: self.method, access, code };
        if self.direct > 0 {
            self.direct -= 1;
            if self.direct == 0 {
                self.method = 0;
            }
        } else {
            self.virtuals -= 1;
        }
        Some(method)
    }
}

fn class_def(entry: &[u8]) -> ClassDef {
    let word = |place| u32_at(entry, place).unwrap_or_default();
    let optional = |place| Some(word(place)).filter(|index| *index != NO_INDEX);
    ClassDef {
        class: word(0),
        access: word(4),
        superclass: optional(8),
        interfaces: word(12),
        source_file: optional(16),
        data: word(24),
    }
}
