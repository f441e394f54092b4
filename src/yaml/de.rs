//! From the tree of a file to types.

use std::fmt;

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, Expected, IntoDeserializer, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

use super::{
    error::{Error, Problem, Step, short},
    scalar::{Scalar, resolve},
    tree::{Kind, Map, Node},
};

/// Reads one node.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    node: &'a Node,
}

impl<'a> Reader<'a> {
    pub fn new(node: &'a Node) -> Self {
        Self { node }
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.kind {
            Kind::Scalar { text, plain } if !plain || matches!(resolve(text), Scalar::Text(_)) => {
                visitor.visit_str(text)
            }
            Kind::Scalar { text, .. } if resolve(text) != Scalar::Null => {
                Err(Error::new(Problem::Type { found: short(text), expected: "a string".to_owned(), quote: true }))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn map<'de, V: Visitor<'de>>(map: &Map, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Entries { map, next: 0 }).map_err(|error| error.at_map(map))
    }
}

impl<'de> Deserializer<'de> for Reader<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.kind {
            Kind::List(items) => visitor.visit_seq(Items { items, next: 0 }),
            Kind::Map(map) => Self::map(map, visitor),
            Kind::Scalar { text, plain: false } => visitor.visit_str(text),
            Kind::Scalar { text, plain: true } => match resolve(text) {
                Scalar::Null => visitor.visit_unit(),
                Scalar::Bool(value) => visitor.visit_bool(value),
                Scalar::Unsigned(value) => visitor.visit_u64(value),
                Scalar::Signed(value) => visitor.visit_i64(value),
                Scalar::Float(value) => visitor.visit_f64(value),
                Scalar::Text(text) => visitor.visit_str(text),
                Scalar::OutOfRange => Err(Error::new(Problem::OutOfRange)),
            },
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.text(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match &self.node.kind {
            Kind::Scalar { text, plain: true } if resolve(text) == Scalar::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let Kind::Map(map) = &self.node.kind else { return self.deserialize_any(visitor) };
        match map.entries.iter().find(|entry| !fields.contains(&entry.key.as_str())) {
            Some(entry) => {
                let problem = Problem::UnknownKey { key: entry.key.clone(), known: fields };
                Err(Error::new(problem).under(Step::Key(entry.key.clone())))
            }
            None => Self::map(map, visitor),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match &self.node.kind {
            Kind::Scalar { text, plain } => match resolve(text) {
                Scalar::Null if *plain => Err(de::Error::invalid_type(Unexpected::Unit, &OneOf(variants))),
                // A word such as `no` or a number may be a variant; its spelling is what counts.
                _ => visitor.visit_enum(Variant { name: text, value: None }),
            },
            Kind::Map(map) if map.entries.len() == 1 => {
                let entry = &map.entries[0];
                visitor.visit_enum(Variant { name: &entry.key, value: Some(&entry.value) })
            }
            Kind::Map(_) => Err(de::Error::invalid_type(Unexpected::Map, &OneOf(variants))),
            Kind::List(_) => Err(de::Error::invalid_type(Unexpected::Seq, &OneOf(variants))),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char bytes byte_buf unit unit_struct seq tuple
        tuple_struct map
    }
}

/// "one of a, b, c".
struct OneOf(&'static [&'static str]);

impl Expected for OneOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" | "))
    }
}

struct Items<'a> {
    items: &'a [Node],
    next: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let Some(item) = self.items.get(self.next) else { return Ok(None) };
        let index = self.next;
        self.next += 1;
        seed.deserialize(Reader::new(item)).map(Some).map_err(|error| error.under(Step::Index(index)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next)
    }
}

struct Entries<'a> {
    map: &'a Map,
    next: usize,
}

impl<'de> MapAccess<'de> for Entries<'_> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let Some(entry) = self.map.entries.get(self.next) else { return Ok(None) };
        let key = entry.key.as_str().into_deserializer();
        seed.deserialize(key).map(Some).map_err(|error: Error| error.under(Step::Key(entry.key.clone())))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let Some(entry) = self.map.entries.get(self.next) else { return Err(de::Error::custom("no value")) };
        self.next += 1;
        seed.deserialize(Reader::new(&entry.value)).map_err(|error| error.under(Step::Key(entry.key.clone())))
    }
}

struct Variant<'a> {
    name: &'a str,
    value: Option<&'a Node>,
}

impl<'de, 'a> EnumAccess<'de> for Variant<'a> {
    type Error = Error;
    type Variant = Content<'a>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content<'a>), Error> {
        let variant = seed.deserialize(self.name.into_deserializer())?;
        Ok((variant, Content { name: self.name, value: self.value }))
    }
}

struct Content<'a> {
    name: &'a str,
    value: Option<&'a Node>,
}

impl<'a> Content<'a> {
    fn read<T>(self, read: impl FnOnce(Reader<'a>) -> Result<T, Error>) -> Result<T, Error> {
        let Some(node) = self.value else {
            let zh = format!("{} 需要内容", self.name);
            return Err(de::Error::custom(super::bilingual(&zh, &format!("{} needs a value", self.name))));
        };
        read(Reader::new(node)).map_err(|error| error.under(Step::Key(self.name.to_owned())))
    }
}

impl<'de> VariantAccess<'de> for Content<'_> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.value {
            None => Ok(()),
            Some(_) => Err(de::Error::invalid_type(Unexpected::Map, &self.name)),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.read(|reader| seed.deserialize(reader))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.read(|reader| reader.deserialize_any(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, Error> {
        self.read(|reader| reader.deserialize_struct("", fields, visitor))
    }
}
