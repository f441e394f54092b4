//! The symbol table as it streams by: which strings name what is undefined, and how much is named at all.

use super::bytes::u32_at;

/// Undefined symbols that are looked up; the largest apps have some ten thousand.
const MAX_UNDEFINED: usize = 1_000_000;

const STAB: u8 = 0xe0;
const TYPE: u8 = 0x0e;
const EXTERNAL: u8 = 0x01;

/// Counts and filters entries (`nlist`, `nlist_64`).
#[derive(Debug)]
pub(super) struct Symbols {
    width: usize,
    /// An entry of which the rest comes with the next piece.
    begun: Vec<u8>,
    /// Offsets of names in the strings.
    undefined: Vec<u32>,
    pub entries: u64,
    /// Names of the file's own that nobody else needs.
    pub local: u64,
    /// Entries for a debugger.
    pub debug: u64,
    pub left_out: u64,
}

impl Symbols {
    pub(super) fn new(wide: bool) -> Self {
        Self {
            width: if wide { 16 } else { 12 },
            begun: Vec::new(),
            undefined: Vec::new(),
            entries: 0,
            local: 0,
            debug: 0,
            left_out: 0,
        }
    }

    pub(super) fn push(&mut self, mut bytes: &[u8]) {
        if !self.begun.is_empty() {
            let missing = self.width.saturating_sub(self.begun.len());
            let (head, rest) = bytes.split_at_checked(missing).unwrap_or((bytes, &[]));
            self.begun.extend_from_slice(head);
            bytes = rest;
            if self.begun.len() == self.width {
                let entry = std::mem::take(&mut self.begun);
                self.entry(&entry);
            }
        }
        let entries = bytes.chunks_exact(self.width);
        let rest = entries.remainder();
        entries.for_each(|entry| self.entry(entry));
        self.begun.extend_from_slice(rest);
    }

    fn entry(&mut self, entry: &[u8]) {
        let (Some(name), Some(kind)) = (u32_at(entry, 0), entry.get(4)) else { return };
        self.entries = self.entries.saturating_add(1);
        if kind & STAB != 0 {
            self.debug = self.debug.saturating_add(1);
        } else if kind & TYPE == 0 && kind & EXTERNAL != 0 {
            if self.undefined.len() < MAX_UNDEFINED {
                self.undefined.push(name);
            } else {
                self.left_out = self.left_out.saturating_add(1);
            }
        } else if kind & EXTERNAL == 0 {
            self.local = self.local.saturating_add(1);
        }
    }

    /// Where the names of undefined symbols begin, sorted.
    pub(super) fn wanted(&mut self) -> Vec<u32> {
        let mut wanted = std::mem::take(&mut self.undefined);
        wanted.sort_unstable();
        wanted.dedup();
        wanted
    }
}
