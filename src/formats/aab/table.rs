//! The resources of a bundle's module: `aapt.pb.ResourceTable` (AOSP `tools/aapt2/Resources.proto`), asked by number or name.

use std::cell::Cell;

use super::{
    protobuf::{Fields, Wire},
    xml::item,
};
use crate::formats::apk::{
    element::{Reference, Value},
    oddities::Oddities,
    resources::Table,
};

/// The part under which oddities are noted.
pub const PART: &str = "resources.pb";

/// Entries of one table: the largest app's has some hundred thousand.
const MAX_ENTRIES: usize = 500_000;

/// Entries that all look-ups by name together walk at most.
const MAX_STEPS: usize = 20_000_000;

/// Values of one resource that are told apart at most, and configurations that are looked at.
const MAX_VALUES: usize = 64;
const MAX_CONFIGURATIONS: usize = 5_000;

/// A table, ready to be asked.
#[derive(Debug)]
pub(super) struct ProtoTable<'a> {
    /// By number; those without one come first.
    entries: Vec<Entry<'a>>,
    steps: Cell<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Entry<'a> {
    id: u32,
    kind: &'a str,
    message: &'a [u8],
}

impl<'a> ProtoTable<'a> {
    /// `ResourceTable`: 2 packages. `Package`: 1 number, 3 types. `Type`: 1 number, 2 name, 3 entries. `Entry`: 1 number.
    pub fn read(bytes: &'a [u8], oddities: &Oddities) -> Option<Self> {
        if bytes.is_empty() || !Fields::well_formed(bytes) {
            return None;
        }
        let mut entries = Vec::new();
        for package in messages(bytes, 2) {
            let package_id = number(package);
            for kind in messages(package, 3) {
                let type_id = number(kind);
                let name = Fields::last(kind, 2).and_then(Wire::text).unwrap_or_default();
                for message in messages(kind, 3) {
                    if entries.len() >= MAX_ENTRIES {
                        oddities.add(PART, "too_many_entries", MAX_ENTRIES);
                        break;
                    }
                    let id = (package_id & 0xff) << 24 | (type_id & 0xff) << 16 | number(message) & 0xffff;
                    // Numbers are given when a bundle is linked; without them there are names alone.
                    entries.push(Entry { id: if type_id == 0 { 0 } else { id }, kind: name, message });
                }
            }
        }
        entries.sort_by_key(|entry| entry.id);
        Some(Self { entries, steps: Cell::new(0) })
    }

    fn by_id(&self, id: u32) -> Option<Entry<'a>> {
        let at = self.entries.binary_search_by_key(&id, |entry| entry.id).ok()?;
        self.entries.get(at).copied()
    }

    /// `type/entry`; the name is field 2 of `Entry`.
    fn by_name(&self, name: &str) -> Option<Entry<'a>> {
        let (kind, name) = name.split_once('/')?;
        let steps = self.steps.get().saturating_add(self.entries.len());
        self.steps.set(steps);
        if steps > MAX_STEPS {
            return None;
        }
        let called = |entry: &&Entry<'a>| Fields::last(entry.message, 2).and_then(Wire::text) == Some(name);
        self.entries.iter().filter(|entry| entry.kind == kind).find(called).copied()
    }
}

impl Table for ProtoTable<'_> {
    /// `Entry`: 6 values by configuration. `ConfigValue`: 2 value. `Value`: 4 item.
    fn values(&self, reference: &Reference) -> Option<Vec<Value>> {
        let found = if reference.id == 0 { None } else { self.by_id(reference.id) };
        let entry = found.or_else(|| self.by_name(&reference.name))?;
        let mut out: Vec<Value> = Vec::new();
        for (index, of) in messages(entry.message, 6).enumerate() {
            let compiled = Fields::last(of, 2).and_then(Wire::bytes).and_then(|value| Fields::last(value, 4));
            if let Some(value) = compiled.and_then(Wire::bytes).and_then(item).filter(|value| !out.contains(value)) {
                out.push(value);
            }
            if out.len() > MAX_VALUES || index >= MAX_CONFIGURATIONS {
                return None;
            }
        }
        Some(out)
    }
}

/// The messages in a field.
fn messages(of: &[u8], number: u32) -> impl Iterator<Item = &[u8]> {
    Fields::of(of).filter(move |(field, _)| *field == number).filter_map(|(_, wire)| wire.bytes())
}

/// A number that is wrapped in a message, the first field of both.
fn number(of: &[u8]) -> u32 {
    let inner = Fields::last(of, 1).and_then(Wire::bytes);
    inner.and_then(|inner| Fields::last(inner, 1)).and_then(Wire::number).unwrap_or(0)
}
