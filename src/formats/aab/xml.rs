//! XML documents as bundles have them: `aapt.pb.XmlNode` (AOSP `tools/aapt2/Resources.proto`), read to the same tree.

use std::sync::Arc;

use thiserror::Error;

use super::protobuf::{Fields, Wire};
use crate::{
    formats::apk::{
        element::{ANDROID, Attribute, Element, Reference, Value},
        oddities::Oddities,
    },
    model::DecodeFailure,
};

/// Elements and attributes of one document.
const MAX_ELEMENTS: usize = 100_000;
const MAX_ATTRIBUTES: usize = 400_000;

/// Elements within each other.
const MAX_DEPTH: usize = 64;

/// Types of `Res_value` that [`Value`] does not tell apart by itself.
const FLOAT: u8 = 0x04;
const NULL: u8 = 0x00;

/// Why bytes are no document.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum XmlError {
    #[error("no XML document of a bundle")]
    NoRoot,
    #[error("more than {limit} {what} in one document")]
    TooMany { what: &'static str, limit: usize },
}

impl From<XmlError> for DecodeFailure {
    fn from(error: XmlError) -> Self {
        match error {
            XmlError::TooMany { .. } => Self::Budget { what: error.to_string() },
            XmlError::NoRoot => Self::Malformed { offset: 0, what: error.to_string() },
        }
    }
}

/// Reads a document. `part` is the name under which its oddities are noted.
pub(super) fn read(bytes: &[u8], part: &str, oddities: &Oddities) -> Result<Element, XmlError> {
    let mut reader = Reader { elements: 0, attributes: 0, part, oddities };
    let root = Fields::last(bytes, 1).and_then(Wire::bytes).ok_or(XmlError::NoRoot)?;
    let root = reader.element(root, 0)?;
    if root.name.is_empty() { Err(XmlError::NoRoot) } else { Ok(root) }
}

struct Reader<'a> {
    elements: usize,
    attributes: usize,
    part: &'a str,
    oddities: &'a Oddities,
}

impl Reader<'_> {
    /// `XmlElement`: 3 name, 4 attributes, 5 children; a child is an element (1) or text (2).
    fn element(&mut self, message: &[u8], depth: usize) -> Result<Element, XmlError> {
        count(&mut self.elements, MAX_ELEMENTS, "elements")?;
        self.whole(message);
        let mut out = Element::default();
        for (number, wire) in Fields::of(message) {
            match (number, wire.bytes()) {
                (3, Some(_)) => out.name = text(wire),
                (4, Some(attribute)) => {
                    count(&mut self.attributes, MAX_ATTRIBUTES, "attributes")?;
                    out.attributes.push(self.attribute(attribute));
                }
                (5, Some(_)) if depth >= MAX_DEPTH => self.oddities.add(self.part, "too_deep", depth),
                (5, Some(node)) => {
                    for (number, wire) in Fields::of(node) {
                        match (number, wire) {
                            (1, Wire::Bytes(child)) => out.children.push(self.element(child, depth + 1)?),
                            (2, Wire::Bytes(_)) => out.text.push_str(&text(wire)),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(out)
    }

    /// `XmlAttribute`: 1 namespace, 2 name, 3 text, 5 resource number, 6 the compiled item.
    fn attribute(&self, message: &[u8]) -> Attribute {
        self.whole(message);
        let field = |number| Fields::last(message, number);
        let namespace = field(1).map(text).unwrap_or_default();
        let name = field(2).map(text).unwrap_or_default();
        let id = field(5).and_then(Wire::number).unwrap_or(0);
        if id == 0 && &*namespace == ANDROID {
            self.oddities.add(self.part, "attribute_without_id", name.escape_debug());
        }
        let compiled = field(6).and_then(Wire::bytes).and_then(item);
        let written = || Value::Text(field(3).map(text).unwrap_or_default());
        Attribute { namespace, name, id, value: compiled.unwrap_or_else(written) }
    }

    fn whole(&self, message: &[u8]) {
        if !Fields::well_formed(message) {
            self.oddities.add(self.part, "broken_message", format_args!("of {} bytes", message.len()));
        }
    }
}

/// `Item`: 1 reference, 2 string, 3 raw string, 4 styled string, 5 file, 7 primitive.
pub(super) fn item(message: &[u8]) -> Option<Value> {
    let (number, wire) = Fields::of(message).filter(|(number, _)| (1..=7).contains(number)).last()?;
    let inner = wire.bytes()?;
    match number {
        1 => Some(Value::Reference(reference(inner))),
        2..=5 => Some(Value::Text(Fields::last(inner, 1).map(text).unwrap_or_default())),
        7 => primitive(inner),
        _ => None,
    }
}

/// `Reference`: 2 number, 3 name, which may have the package before it.
fn reference(message: &[u8]) -> Reference {
    let name = Fields::last(message, 3).and_then(Wire::text).unwrap_or_default();
    Reference {
        id: Fields::last(message, 2).and_then(Wire::number).unwrap_or(0),
        name: name.rsplit_once(':').map_or(name, |(_, name)| name).into(),
    }
}

/// `Primitive`: one of several, by its type.
fn primitive(message: &[u8]) -> Option<Value> {
    let (number, wire) = Fields::of(message).last()?;
    match (number, wire) {
        (1 | 2, _) => Some(Value::Other { kind: NULL, data: 0 }),
        (3, Wire::Fixed32(data)) => Some(Value::Other { kind: FLOAT, data }),
        (8, _) => Some(Value::Boolean(wire.number()? != 0)),
        (6 | 7 | 9..=12, _) => Some(Value::Integer(wire.number()?)),
        (13 | 14, _) => Some(Value::Other { kind: 0x05, data: wire.number()? }),
        _ => None,
    }
}

fn text(wire: Wire<'_>) -> Arc<str> {
    wire.bytes().map(String::from_utf8_lossy).unwrap_or_default().into()
}

fn count(of: &mut usize, limit: usize, what: &'static str) -> Result<(), XmlError> {
    *of = of.saturating_add(1);
    if *of > limit { Err(XmlError::TooMany { what, limit }) } else { Ok(()) }
}
