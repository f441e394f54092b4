//! JSON out of packages: bounded in size, depth and values, and every key that an object has twice is noted.
//!
//! Readers differ on such a key (cJSON takes the first, nlohmann's library the last), so its value counts as unread.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
    fmt,
};

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};

use crate::model::{Fact, Unread, UnreadStatus};

/// Files of metadata are some KiB; no larger one is read.
pub(super) const MAX_BYTES: u64 = 1 << 20;
/// Values in one document.
const MAX_VALUES: u32 = 100_000;
/// Longer texts are no names, and no value that is judged.
const MAX_TEXT: usize = 16 << 10;
/// Keys that are listed as occurring twice, of one document.
const MAX_DUPLICATES: usize = 50;

/// A document, read.
#[derive(Debug)]
pub(super) struct Document {
    root: Node,
    /// Keys that some object has more than once; sorted, each once, at most [`MAX_DUPLICATES`].
    pub duplicates: Vec<String>,
}

/// One value.
#[derive(Debug)]
pub(super) enum Node {
    Null,
    Flag(bool),
    Number(i64),
    /// A number that is none of 64 bits, or has a fraction.
    Odd,
    Text(String),
    List(Vec<Self>),
    Object(BTreeMap<String, Slot>),
}

/// The value of a key.
#[derive(Debug)]
pub(super) struct Slot {
    node: Node,
    /// The key is there more than once.
    twice: bool,
}

/// An object, to be asked for its keys. What a key has of another kind than was asked for is unread, never a default.
#[derive(Clone, Copy, Debug)]
pub(super) struct Object<'a>(&'a BTreeMap<String, Slot>);

impl Document {
    /// Reads a document; a byte order mark before it is passed over, as the packing tools leave some.
    pub fn read(bytes: &[u8]) -> Result<Self, Unread> {
        if bytes.len() as u64 > MAX_BYTES {
            return Err(unread(UnreadStatus::TooLarge, "json.too_large"));
        }
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let (left, duplicates) = (Cell::new(MAX_VALUES), RefCell::default());
        let mut deserializer = serde_json::Deserializer::from_slice(bytes);
        let seed = Seed { left: &left, duplicates: &duplicates };
        let root = seed.deserialize(&mut deserializer).and_then(|root| deserializer.end().map(|()| root));
        let root = root.map_err(|_| match left.get() {
            0 => unread(UnreadStatus::TooLarge, "json.too_many_values"),
            _ => unread(UnreadStatus::Error, "json.malformed"),
        })?;
        let mut duplicates = duplicates.into_inner();
        duplicates.sort();
        duplicates.dedup();
        Ok(Self { root, duplicates })
    }

    /// The object that the document is.
    pub fn object(&self) -> Result<Object<'_>, Unread> {
        self.root.object()
    }
}

impl Node {
    pub fn object(&self) -> Result<Object<'_>, Unread> {
        match self {
            Self::Object(members) => Ok(Object(members)),
            _ => Err(wrong_type()),
        }
    }

    pub fn text(&self) -> Result<String, Unread> {
        match self {
            Self::Text(text) if text.len() > MAX_TEXT => Err(unread(UnreadStatus::TooLarge, "json.text_too_long")),
            Self::Text(text) => Ok(text.clone()),
            _ => Err(wrong_type()),
        }
    }
}

impl<'a> Object<'a> {
    /// The value of a key; `None` where there is no such key.
    pub fn get(self, key: &str) -> Result<Option<&'a Node>, Unread> {
        match self.0.get(key) {
            Some(slot) if slot.twice => Err(unread(UnreadStatus::Error, "json.duplicate_key")),
            Some(slot) => Ok(Some(&slot.node)),
            None => Ok(None),
        }
    }

    /// What its keys have, of a key that is there twice what came last.
    pub fn values(self) -> impl Iterator<Item = &'a Node> {
        self.0.values().map(|slot| &slot.node)
    }

    pub fn has(self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    pub fn object(self, key: &str) -> Result<Option<Self>, Unread> {
        self.get(key)?.map(Node::object).transpose()
    }

    pub fn flag(self, key: &str) -> Result<Option<bool>, Unread> {
        match self.get(key)? {
            None => Ok(None),
            Some(Node::Flag(flag)) => Ok(Some(*flag)),
            Some(_) => Err(wrong_type()),
        }
    }

    pub fn number(self, key: &str) -> Result<Option<i64>, Unread> {
        match self.get(key)? {
            None => Ok(None),
            Some(Node::Number(number)) => Ok(Some(*number)),
            Some(_) => Err(wrong_type()),
        }
    }

    pub fn text(self, key: &str) -> Result<Option<String>, Unread> {
        self.get(key)?.map(Node::text).transpose()
    }

    /// The elements of a list; none where there is no such key.
    pub fn list(self, key: &str) -> Result<&'a [Node], Unread> {
        match self.get(key)? {
            None => Ok(&[]),
            Some(Node::List(elements)) => Ok(elements),
            Some(_) => Err(wrong_type()),
        }
    }

    pub fn texts(self, key: &str) -> Result<Vec<String>, Unread> {
        self.list(key)?.iter().map(Node::text).collect()
    }

    /// A text that the format demands.
    pub fn demanded_text(self, key: &str) -> Result<String, Unread> {
        self.text(key)?.ok_or_else(missing)
    }

    /// A number that the format demands.
    pub fn demanded_number(self, key: &str) -> Result<i64, Unread> {
        self.number(key)?.ok_or_else(missing)
    }

    /// An object that the format demands.
    pub fn demanded_object(self, key: &str) -> Result<Self, Unread> {
        self.object(key)?.ok_or_else(missing)
    }
}

/// What was read, as a fact.
pub(super) fn fact<T>(read: Result<T, Unread>) -> Fact<T> {
    match read {
        Ok(value) => Fact::Known(value),
        Err(why) => Fact::Unread(why),
    }
}

pub(super) fn unread(status: UnreadStatus, reason: &str) -> Unread {
    Unread { status, reason: reason.to_owned() }
}

fn missing() -> Unread {
    unread(UnreadStatus::Error, "json.missing")
}

fn wrong_type() -> Unread {
    unread(UnreadStatus::Error, "json.wrong_type")
}

/// Counts values and notes keys while a document is read.
#[derive(Clone, Copy)]
struct Seed<'a> {
    left: &'a Cell<u32>,
    duplicates: &'a RefCell<Vec<String>>,
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Node;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        let left = self.left.get().checked_sub(1).filter(|left| *left > 0);
        self.left.set(left.unwrap_or(0));
        left.ok_or_else(|| D::Error::custom("too many values"))?;
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Node, E> {
        Ok(Node::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(Node::Number(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(i64::try_from(number).map_or(Node::Odd, Node::Number))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Odd)
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Node, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = sequence.next_element_seed(self)? {
            elements.push(element);
        }
        Ok(Node::List(elements))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members: BTreeMap<String, Slot> = BTreeMap::new();
        while let Some(key) = map.next_key::<String>()? {
            let node = map.next_value_seed(self)?;
            let twice = members.contains_key(&key);
            if twice {
                self.note(&key);
            }
            members.insert(key, Slot { node, twice });
        }
        Ok(Node::Object(members))
    }
}

impl Seed<'_> {
    fn note(&self, key: &str) {
        let mut noted = self.duplicates.borrow_mut();
        if noted.len() < MAX_DUPLICATES && key.len() <= MAX_TEXT && !noted.iter().any(|one| one == key) {
            noted.push(key.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Document;
    use crate::model::UnreadStatus;

    #[test]
    fn a_key_that_is_there_twice_has_no_value() {
        let document = Document::read(br#"{"app": {"debug": true, "debug": false, "name": "a"}}"#).unwrap();
        let app = document.object().unwrap().demanded_object("app").unwrap();
        assert_eq!(document.duplicates, ["debug"]);
        assert_eq!(app.flag("debug").unwrap_err().reason, "json.duplicate_key");
        assert_eq!(app.text("name"), Ok(Some("a".to_owned())));
    }

    #[test]
    fn what_is_of_another_kind_is_unread_and_what_is_not_there_is_none() {
        let document =
            Document::read(br#"{"flag": "true", "number": 1.5, "large": 99999999999999999999, "null": null}"#);
        let document = document.unwrap();
        let object = document.object().unwrap();
        for key in ["flag", "null"] {
            assert_eq!(object.flag(key).unwrap_err().reason, "json.wrong_type", "{key}");
        }
        for key in ["number", "large"] {
            assert_eq!(object.number(key).unwrap_err().reason, "json.wrong_type", "{key}");
        }
        assert_eq!(object.flag("absent"), Ok(None));
        assert_eq!(object.demanded_text("absent").unwrap_err().reason, "json.missing");
        assert_eq!(object.texts("absent"), Ok(Vec::new()));
    }

    #[test]
    fn size_depth_and_values_are_bounded() {
        let deep = "[".repeat(100_000);
        assert_eq!(Document::read(deep.as_bytes()).unwrap_err().reason, "json.malformed");
        let many = format!("[{}0]", "0,".repeat(200_000));
        assert_eq!(Document::read(many.as_bytes()).unwrap_err().reason, "json.too_many_values");
        let large = format!("\"{}\"", "a".repeat(2 << 20));
        assert_eq!(Document::read(large.as_bytes()).unwrap_err().status, UnreadStatus::TooLarge);
        let long = format!("{{\"name\": \"{}\"}}", "a".repeat(20_000));
        let long = Document::read(long.as_bytes()).unwrap();
        assert_eq!(long.object().unwrap().text("name").unwrap_err().reason, "json.text_too_long");
    }

    #[test]
    fn a_byte_order_mark_is_passed_over_and_bytes_after_the_document_are_not() {
        assert!(Document::read(b"\xef\xbb\xbf{}").is_ok());
        assert_eq!(Document::read(b"{} {}").unwrap_err().reason, "json.malformed");
    }
}
