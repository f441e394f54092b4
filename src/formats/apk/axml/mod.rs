//! Binary XML of Android (AOSP `ResXMLTree`), read as the platform reads it and further where it would give up.
//!
//! What no compiler writes is noted; sizes and counts that a document declares never cost more than its bytes.

mod node;

use std::sync::Arc;

use thiserror::Error;

use self::node::Nodes;
use super::{
    bytes::{Chunk, u32_at},
    element::Element,
    oddities::Oddities,
    strings::StringPool,
};
use crate::model::DecodeFailure;

/// Chunk types (AOSP `ResourceTypes.h`).
mod kind {
    pub const XML: u16 = 0x0003;
    pub const RESOURCE_MAP: u16 = 0x0180;
    pub const NODES: std::ops::RangeInclusive<u16> = 0x0100..=0x017f;
}

/// Why bytes are no document.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AxmlError {
    #[error("no binary XML: shorter than its header")]
    TooShort,
    #[error("no binary XML: it is written as text")]
    Plain,
    #[error("binary XML without an element")]
    NoRoot,
    #[error("more than {limit} {what} in one document")]
    TooMany { what: &'static str, limit: usize },
}

impl From<AxmlError> for DecodeFailure {
    fn from(error: AxmlError) -> Self {
        match error {
            AxmlError::TooMany { .. } => Self::Budget { what: error.to_string() },
            _ => Self::Malformed { offset: 0, what: error.to_string() },
        }
    }
}

/// Reads a document. `part` is the name under which its oddities are noted.
pub fn read(bytes: &[u8], part: &str, oddities: &Oddities) -> Result<Element, AxmlError> {
    let document = Chunk::at(bytes).filter(|chunk| chunk.header >= Chunk::HEADER).ok_or_else(|| refused(bytes))?;
    if bytes.trim_ascii_start().starts_with(b"<") {
        return Err(AxmlError::Plain);
    }
    envelope(document, bytes.len(), part, oddities);
    let mut reader = Reader { pool: StringPool::empty(), ids: Vec::new(), part, oddities };
    let mut nodes = Nodes::default();
    let mut rest = document.bytes.get(document.header..).unwrap_or_default();
    while rest.len() >= Chunk::HEADER {
        let Some(chunk) = Chunk::at(rest) else {
            oddities.add(part, "chunk_size", format_args!("{} bytes are no chunk", rest.len()));
            break;
        };
        if chunk.declared > rest.len() {
            oddities.add(part, "truncated", format_args!("a chunk of {} bytes, {} left", chunk.declared, rest.len()));
        }
        reader.take(chunk, &mut nodes)?;
        rest = rest.get(chunk.bytes.len()..).unwrap_or_default();
    }
    if nodes.open() > 0 {
        oddities.add(part, "unclosed_elements", format_args!("{} at the end", nodes.open()));
    }
    nodes.finish().ok_or(AxmlError::NoRoot)
}

fn refused(bytes: &[u8]) -> AxmlError {
    if bytes.trim_ascii_start().starts_with(b"<") { AxmlError::Plain } else { AxmlError::TooShort }
}

/// What the outermost header says of itself.
fn envelope(document: Chunk<'_>, size: usize, part: &str, oddities: &Oddities) {
    if document.kind != kind::XML {
        oddities.add(part, "document_type", format_args!("{:#06x}", document.kind));
    }
    if document.header != Chunk::HEADER {
        oddities.add(part, "document_header", format_args!("{} bytes", document.header));
    }
    match document.declared {
        declared if declared > size => {
            oddities.add(part, "document_size", format_args!("{declared} bytes declared, {size} there"));
        }
        declared if declared < size => {
            oddities.add(part, "trailing_bytes", format_args!("{} after the document", size - declared));
        }
        _ => {}
    }
}

/// What the nodes refer to.
struct Reader<'a> {
    pool: StringPool<'a>,
    /// Resource numbers of the strings that name attributes, in the order of the pool.
    ids: Vec<u32>,
    part: &'a str,
    oddities: &'a Oddities,
}

impl<'a> Reader<'a> {
    fn take(&mut self, chunk: Chunk<'a>, nodes: &mut Nodes) -> Result<(), AxmlError> {
        match chunk.kind {
            // Once the tree has begun the platform looks for no other pool.
            StringPool::KIND if nodes.begun() => self.odd("late_string_pool", chunk.declared),
            StringPool::KIND => match StringPool::read(chunk, self.part, self.oddities) {
                Some(pool) => self.pool = pool,
                None => self.odd("string_pool", chunk.declared),
            },
            kind::RESOURCE_MAP if nodes.begun() => self.odd("late_resource_map", chunk.declared),
            kind::RESOURCE_MAP => {
                let words = chunk.bytes.get(chunk.header..).unwrap_or_default();
                self.ids = words.chunks_exact(4).filter_map(|word| u32_at(word, 0)).collect();
            }
            number if kind::NODES.contains(&number) => nodes.take(chunk, self)?,
            other => self.odd("unknown_chunk", format_args!("{other:#06x}")),
        }
        Ok(())
    }

    fn odd(&self, kind: &'static str, detail: impl std::fmt::Display) {
        self.oddities.add(self.part, kind, detail);
    }

    fn string(&self, number: u32) -> Option<Arc<str>> {
        self.pool.get(number, self.part, self.oddities)
    }

    /// The resource number of the attribute that this string names; 0 where it has none.
    fn id(&self, number: u32) -> u32 {
        usize::try_from(number).ok().and_then(|at| self.ids.get(at)).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
