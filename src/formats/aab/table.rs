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
const MAX_ENTRIES: usize = 300_000;

/// What all look-ups together cost at most, in steps: an entry or a configuration that is walked, or 64 bytes of a text
/// that is compared.
const MAX_STEPS: u64 = 20_000_000;

/// Values of one resource that are told apart at most, and configurations that are looked at.
const MAX_VALUES: usize = 64;
const MAX_CONFIGURATIONS: usize = 5_000;

/// A table, ready to be asked.
#[derive(Debug)]
pub(super) struct ProtoTable<'a> {
    /// By number; those without one come first.
    entries: Vec<Entry<'a>>,
    steps: Cell<u64>,
}

#[derive(Clone, Copy, Debug)]
struct Entry<'a> {
    id: u32,
    kind: &'a str,
    name: &'a str,
    message: &'a [u8],
}

impl<'a> ProtoTable<'a> {
    /// `ResourceTable`: 2 packages. `Package`: 1 number, 3 types. `Type`: 1 number, 2 name, 3 entries. `Entry`: 1 number,
    /// 2 name.
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
                    let called = Fields::last(message, 2).and_then(Wire::text).unwrap_or_default();
                    entries.push(Entry { id: if type_id == 0 { 0 } else { id }, kind: name, name: called, message });
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

    fn spend(&self, steps: usize) -> Option<()> {
        let spent = self.steps.get().saturating_add(u64::try_from(steps).unwrap_or(u64::MAX));
        self.steps.set(spent);
        (spent <= MAX_STEPS).then_some(())
    }

    /// `type/entry`.
    fn by_name(&self, name: &str) -> Option<Entry<'a>> {
        let (kind, name) = name.split_once('/')?;
        self.spend(self.entries.len())?;
        self.entries.iter().find(|entry| entry.kind == kind && entry.name == name).copied()
    }
}

impl Table for ProtoTable<'_> {
    /// `Entry`: 6 values by configuration. `ConfigValue`: 2 value. `Value`: 4 item.
    fn values(&self, reference: &Reference) -> Option<Vec<Value>> {
        let found = if reference.id == 0 { None } else { self.by_id(reference.id) };
        let entry = found.or_else(|| self.by_name(&reference.name))?;
        self.spend(entry.message.len() / 64)?;
        let mut out: Vec<Value> = Vec::new();
        for (index, of) in messages(entry.message, 6).enumerate() {
            let compiled = Fields::last(of, 2).and_then(Wire::bytes).and_then(|value| Fields::last(value, 4));
            let value = compiled.and_then(Wire::bytes).and_then(item);
            let weight = value.as_ref().map_or(1, Value::weight);
            self.spend(usize::try_from(weight).unwrap_or(usize::MAX).saturating_mul(out.len().max(1)))?;
            if let Some(value) = value.filter(|value| !out.contains(value)) {
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
