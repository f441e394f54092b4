//! The resource table of an Android package (AOSP `ResTable`): every value that a number stands for, in all configurations.
//!
//! Only chunk headers are read at first; a look-up walks the chunks of its type. Nothing is allocated by a declared count.

mod entry;

use std::{cell::Cell, collections::BTreeMap, sync::Arc};

use self::entry::TypeChunk;
use super::{
    bytes::{Chunk, u32_at, usize_at},
    element::{Reference, Value},
    oddities::Oddities,
    resources::Table,
    strings::StringPool,
};

/// The part under which oddities are noted.
pub const PART: &str = "resources.arsc";

/// Chunks of values that one table may have: the largest app's has some ten thousand.
const MAX_CHUNKS: usize = 200_000;

/// What all look-ups together cost at most, in steps: a chunk that is walked, or 64 bytes of a text that is compared.
const MAX_STEPS: u64 = 20_000_000;

/// Values of one resource that are told apart at most.
const MAX_VALUES: usize = 64;

/// Chunk types (AOSP `ResourceTypes.h`).
mod kind {
    pub const TABLE: u16 = 0x0002;
    pub const PACKAGE: u16 = 0x0200;
    pub const TYPE: u16 = 0x0201;
    pub const TYPE_SPEC: u16 = 0x0202;
    pub const LIBRARY: u16 = 0x0203;
    pub const OVERLAYABLE: u16 = 0x0204;
    pub const OVERLAYABLE_POLICY: u16 = 0x0205;
    pub const STAGED_ALIAS: u16 = 0x0206;
}

/// A table, ready to be asked.
#[derive(Debug)]
pub struct ResourceTable<'a> {
    strings: StringPool<'a>,
    /// By package and type number.
    types: BTreeMap<(u8, u8), Vec<TypeChunk<'a>>>,
    chunks: usize,
    steps: Cell<u64>,
    oddities: &'a Oddities,
}

impl<'a> ResourceTable<'a> {
    /// Reads the headers; `None` where it is no table at all.
    pub fn read(bytes: &'a [u8], oddities: &'a Oddities) -> Option<Self> {
        let table = Chunk::at(bytes).filter(|chunk| chunk.kind == kind::TABLE && chunk.header >= 12)?;
        if table.declared != bytes.len() {
            let detail = format_args!("{} bytes declared, {} there", table.declared, bytes.len());
            oddities.add(PART, "table_size", detail);
        }
        let mut out =
            Self { strings: StringPool::empty(), types: BTreeMap::new(), chunks: 0, steps: Cell::new(0), oddities };
        let mut packages = 0_u32;
        let mut pools = 0;
        for chunk in Chunks(table.bytes.get(table.header..)?) {
            out.note_cut(chunk);
            match chunk.kind {
                StringPool::KIND => {
                    pools += 1;
                    if pools > 1 {
                        oddities.add(PART, "second_string_pool", pools);
                    } else if let Some(pool) = StringPool::read(chunk, PART, oddities) {
                        out.strings = pool;
                    }
                }
                kind::PACKAGE => {
                    packages = packages.saturating_add(1);
                    out.package(chunk);
                }
                other => oddities.add(PART, "unknown_chunk", format_args!("{other:#06x}")),
            }
        }
        if u32_at(table.bytes, 8) != Some(packages) {
            oddities.add(PART, "package_count", format_args!("{packages} packages there"));
        }
        Some(out)
    }

    fn note_cut(&self, chunk: Chunk<'_>) {
        if chunk.declared > chunk.bytes.len() {
            self.oddities.add(PART, "truncated", format_args!("a chunk of {} bytes", chunk.declared));
        }
    }

    fn package(&mut self, package: Chunk<'a>) {
        let Some(id) = usize_at(package.bytes, 8).and_then(|id| u8::try_from(id).ok()) else {
            return self.oddities.add(PART, "package_number", "more than 255, or cut off");
        };
        for chunk in Chunks(package.bytes.get(package.header..).unwrap_or_default()) {
            self.note_cut(chunk);
            match chunk.kind {
                kind::TYPE if self.chunks >= MAX_CHUNKS => self.oddities.add(PART, "too_many_chunks", MAX_CHUNKS),
                kind::TYPE => match TypeChunk::read(chunk) {
                    Some(values) => {
                        self.chunks += 1;
                        self.types.entry((id, values.id)).or_default().push(values);
                    }
                    None => self.oddities.add(PART, "type_chunk", format_args!("{} bytes", chunk.declared)),
                },
                StringPool::KIND
                | kind::TYPE_SPEC
                | kind::LIBRARY
                | kind::OVERLAYABLE
                | kind::OVERLAYABLE_POLICY
                | kind::STAGED_ALIAS => {}
                other => self.oddities.add(PART, "unknown_chunk", format_args!("{other:#06x}")),
            }
        }
    }

    /// None where all is spent.
    fn spend(&self, steps: u64) -> Option<()> {
        let spent = self.steps.get().saturating_add(steps);
        self.steps.set(spent);
        if spent > MAX_STEPS {
            self.oddities.add(PART, "look_up_budget", format_args!("more than {MAX_STEPS} steps"));
        }
        (spent <= MAX_STEPS).then_some(())
    }

    fn string(&self, number: u32) -> Option<Arc<str>> {
        self.strings.get(number, PART, self.oddities)
    }
}

impl Table for ResourceTable<'_> {
    fn values(&self, reference: &Reference) -> Option<Vec<Value>> {
        let [package, kind, high, low] = reference.id.to_be_bytes();
        let chunks = self.types.get(&(package, kind))?;
        self.spend(u64::try_from(chunks.len()).unwrap_or(u64::MAX))?;
        let mut out: Vec<Value> = Vec::new();
        for (of, data) in chunks.iter().filter_map(|chunk| chunk.value(u16::from_be_bytes([high, low]))) {
            let value = Value::typed(of, data, |number| self.string(number));
            self.spend(value.weight().saturating_mul(u64::try_from(out.len()).unwrap_or(u64::MAX)))?;
            if !out.contains(&value) {
                out.push(value);
            }
            if out.len() > MAX_VALUES {
                return None;
            }
        }
        Some(out)
    }
}

/// Chunks beside each other, up to the first that is none.
struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let chunk = Chunk::at(self.0)?;
        self.0 = self.0.get(chunk.bytes.len()..).unwrap_or_default();
        Some(chunk)
    }
}

#[cfg(test)]
mod tests;
