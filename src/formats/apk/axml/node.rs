//! The nodes of a binary XML document, put together to a tree.

use std::{collections::BTreeSet, sync::Arc};

use super::{AxmlError, Reader};
use crate::formats::apk::{
    bytes::{Chunk, u16_at, u32_at},
    element::{ANDROID, Attribute, Element, Value},
};

/// Elements of one document: the largest app's manifest has some ten thousand.
const MAX_ELEMENTS: usize = 100_000;

/// Attributes of one document.
const MAX_ATTRIBUTES: usize = 400_000;

/// Character data of one document, bytes.
const MAX_TEXT: usize = 4 << 20;

/// Elements within each other: manifests have six, layouts some dozens.
const MAX_DEPTH: usize = 64;

/// Namespaces that are remembered.
const MAX_NAMESPACES: usize = 1_000;

/// The header of a node: the chunk's, a line, a comment.
const HEADER: usize = 16;

/// Size of one attribute as compilers write it.
const ATTRIBUTE: usize = 20;

/// Chunk types of nodes (AOSP `ResourceTypes.h`).
mod kind {
    pub const START_NAMESPACE: u16 = 0x0100;
    pub const END_NAMESPACE: u16 = 0x0101;
    pub const START: u16 = 0x0102;
    pub const END: u16 = 0x0103;
    pub const TEXT: u16 = 0x0104;
}

/// The tree as far as it is read.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    root: Option<Element>,
    begun: bool,
    /// Those that were declared.
    namespaces: BTreeSet<Arc<str>>,
    /// Elements that are not yet closed, from the root inwards.
    open: Vec<Element>,
    /// Those within [`MAX_DEPTH`] others, which are not kept.
    too_deep: usize,
    elements: usize,
    attributes: usize,
    text: usize,
}

impl Nodes {
    /// Whether there was a node of any kind.
    pub fn begun(&self) -> bool {
        self.begun
    }

    pub fn open(&self) -> usize {
        self.open.len()
    }

    /// The root, with what was left open closed.
    pub fn finish(mut self) -> Option<Element> {
        while !self.open.is_empty() {
            self.close();
        }
        self.root
    }

    pub fn take(&mut self, chunk: Chunk<'_>, reader: &Reader<'_>) -> Result<(), AxmlError> {
        self.begun = true;
        if chunk.header < HEADER {
            reader.odd("node_header", format_args!("{} bytes", chunk.header));
            return Ok(());
        }
        if chunk.header != HEADER {
            reader.odd("node_header", format_args!("{} bytes", chunk.header));
        }
        if u32_at(chunk.bytes, 12).is_some_and(|comment| comment != u32::MAX) {
            reader.odd("comment", format_args!("in the node {:#06x}", chunk.kind));
        }
        let body = chunk.bytes.get(chunk.header..).unwrap_or_default();
        match chunk.kind {
            kind::START => self.start(body, reader)?,
            kind::END => self.end(body, reader),
            kind::TEXT => self.text(body, reader)?,
            kind::START_NAMESPACE => self.namespace(body, reader),
            kind::END_NAMESPACE => {}
            other => reader.odd("unknown_node", format_args!("{other:#06x}")),
        }
        Ok(())
    }

    /// Attributes carry their namespace with them, so that declarations say nothing; odd ones are signs of tampering.
    fn namespace(&mut self, body: &[u8], reader: &Reader<'_>) {
        let uri = u32_at(body, 4).and_then(|number| reader.string(number)).unwrap_or_default();
        if !uri.starts_with("http://schemas.") {
            reader.odd("foreign_namespace", uri.escape_debug());
        }
        if self.namespaces.len() < MAX_NAMESPACES && !self.namespaces.insert(uri.clone()) {
            reader.odd("namespace_twice", uri.escape_debug());
        }
    }

    fn start(&mut self, body: &[u8], reader: &Reader<'_>) -> Result<(), AxmlError> {
        count(&mut self.elements, MAX_ELEMENTS, "elements")?;
        if self.open.len() >= MAX_DEPTH {
            reader.odd("too_deep", format_args!("more than {MAX_DEPTH} elements within each other"));
            self.too_deep += 1;
            return Ok(());
        }
        if self.root.is_some() {
            reader.odd("second_root", "an element after the root was closed");
        }
        let name = u32_at(body, 4).and_then(|number| reader.string(number)).unwrap_or_default();
        if !is_name(&name) {
            reader.odd("element_name", name.escape_debug());
        }
        let attributes = self.attributes(body, reader)?;
        self.open.push(Element { name, attributes, ..Element::default() });
        Ok(())
    }

    /// At the distance that the element declares, whatever its compiler would have written.
    fn attributes(&mut self, body: &[u8], reader: &Reader<'_>) -> Result<Vec<Attribute>, AxmlError> {
        let word = |at| u16_at(body, at).map_or(0, usize::from);
        let (start, size, declared) = (word(8), word(10), word(12));
        if declared > 0 && (start != ATTRIBUTE || size != ATTRIBUTE) {
            reader.odd("attribute_layout", format_args!("from {start}, {size} bytes each"));
        }
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        for index in 0..declared {
            let at = index.checked_mul(size).and_then(|offset| offset.checked_add(start));
            let Some(bytes) = at.and_then(|at| body.get(at..at.checked_add(ATTRIBUTE)?)) else {
                reader.odd("attribute_outside", format_args!("attribute {index} of {declared}"));
                break;
            };
            count(&mut self.attributes, MAX_ATTRIBUTES, "attributes")?;
            let Some(attribute) = attribute(bytes, reader) else { continue };
            let label = (attribute.namespace.clone(), attribute.name.clone());
            if !seen.insert((attribute.id, (attribute.id == 0).then_some(label))) {
                reader.odd("attribute_twice", attribute.name.escape_debug());
                continue;
            }
            out.push(attribute);
        }
        Ok(out)
    }

    fn end(&mut self, body: &[u8], reader: &Reader<'_>) {
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let name = u32_at(body, 4).and_then(|number| reader.string(number)).unwrap_or_default();
        match self.open.last() {
            None => reader.odd("end_without_start", name.escape_debug()),
            Some(open) if open.name != name => {
                reader
                    .odd("end_of_another", format_args!("{} closes {}", name.escape_debug(), open.name.escape_debug()));
                self.close();
            }
            Some(_) => self.close(),
        }
    }

    fn text(&mut self, body: &[u8], reader: &Reader<'_>) -> Result<(), AxmlError> {
        let Some(text) = u32_at(body, 0).and_then(|number| reader.string(number)) else { return Ok(()) };
        self.text = self.text.saturating_add(text.len());
        if self.text > MAX_TEXT {
            return Err(AxmlError::TooMany { what: "bytes of character data", limit: MAX_TEXT });
        }
        if let Some(open) = self.open.last_mut().filter(|_| self.too_deep == 0) {
            open.text.push_str(&text);
        }
        Ok(())
    }

    fn close(&mut self) {
        let Some(done) = self.open.pop() else { return };
        match (self.open.last_mut(), &self.root) {
            (Some(parent), _) => parent.children.push(done),
            (None, None) => self.root = Some(done),
            (None, Some(_)) => {}
        }
    }
}

fn attribute(bytes: &[u8], reader: &Reader<'_>) -> Option<Attribute> {
    let namespace = reader.string(u32_at(bytes, 0)?).unwrap_or_default();
    let number = u32_at(bytes, 4)?;
    let id = reader.id(number);
    let name: Arc<str> = reader.string(number).unwrap_or_default();
    // Nothing asks for the name of a numbered attribute, so that some tools take it away.
    if name.is_empty() && id != 0 {
        reader.odd("attribute_name_missing", format_args!("{id:#010x}"));
    } else if !is_name(&name) {
        reader.odd("attribute_name", name.escape_debug());
    }
    if id == 0 && &*namespace == ANDROID {
        reader.odd("attribute_without_id", name.escape_debug());
    }
    // Eight bytes of value: size, a zero, the type, the bits; before them the text as it was written.
    let (kind, data) = (*bytes.get(15)?, u32_at(bytes, 16)?);
    let value = Value::typed(kind, data, |number| reader.string(number));
    if let Value::Text(text) = &value
        && text.chars().any(is_odd)
    {
        reader.odd("control_characters", text.escape_debug());
    }
    Some(Attribute { namespace, name, id, value })
}

fn count(of: &mut usize, limit: usize, what: &'static str) -> Result<(), AxmlError> {
    *of = of.saturating_add(1);
    if *of > limit { Err(AxmlError::TooMany { what, limit }) } else { Ok(()) }
}

/// What no text has: control characters, and what stands for bytes that are no characters.
fn is_odd(c: char) -> bool {
    c == char::REPLACEMENT_CHARACTER || c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

/// Whether a name could have been written in XML.
fn is_name(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    !name.is_empty()
        && name.chars().all(plain)
        && !name.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '.')
}
