//! The dynamic section: flags, names of other libraries, and the symbols that linking needs.

use std::{borrow::Cow, collections::HashSet};

use goblin::{
    container::{Container, Ctx},
    elf::{
        Dynamic, ProgramHeader,
        dynamic::{DT_NEEDED, DT_SONAME, DynamicInfo},
        program_header::PT_DYNAMIC,
        sym::Symtab,
    },
};

use super::{NativeError, sorted};
use crate::model::Tri;

/// Bytes of the dynamic section that are read: some thousand entries.
const MAX_DYNAMIC: u64 = 64 * 1024;
/// Symbols that are looked at.
const MAX_SYMBOLS: usize = 300_000;
const MAX_NEEDED: usize = 100;
const LONGEST_NAME: usize = 1024;

/// Functions that have a checked form in bionic or glibc when `_FORTIFY_SOURCE` is on.
const CHECKED: [&str; 31] = [
    "FD_CLR",
    "FD_SET",
    "fgets",
    "fread",
    "fwrite",
    "getcwd",
    "memchr",
    "memcpy",
    "memmove",
    "memrchr",
    "memset",
    "poll",
    "pread",
    "pread64",
    "read",
    "readlink",
    "recv",
    "recvfrom",
    "sprintf",
    "snprintf",
    "stpcpy",
    "strcat",
    "strchr",
    "strcpy",
    "strlcat",
    "strlcpy",
    "strlen",
    "strncat",
    "strncpy",
    "vsnprintf",
    "vsprintf",
];

/// What the dynamic section says.
#[derive(Debug, Default)]
pub(super) struct Linking<'a> {
    entries: Vec<(u64, u64)>,
    strings: &'a [u8],
    pub flags: u64,
    pub flags_1: u64,
    pub textrel: bool,
    pub needed: Vec<String>,
    pub soname: String,
    imports: Vec<&'a [u8]>,
    exports: Vec<&'a [u8]>,
}

impl<'a> Linking<'a> {
    pub(super) fn read(bytes: &'a [u8], segments: &[ProgramHeader], ctx: Ctx) -> Result<Self, NativeError> {
        let capped: Vec<_> = segments
            .iter()
            .map(|segment| {
                let capped =
                    if segment.p_type == PT_DYNAMIC { segment.p_filesz.min(MAX_DYNAMIC) } else { segment.p_filesz };
                ProgramHeader { p_filesz: capped, ..segment.clone() }
            })
            .collect();
        let dynamic =
            Dynamic::parse(bytes, &capped, ctx).map_err(|_| NativeError::Malformed { part: "dynamic section" })?;
        let Some(Dynamic { dyns, info }) = dynamic else { return Ok(Self::default()) };
        let strings = bytes.get(info.strtab..).map(|rest| &rest[..info.strsz.min(rest.len())]).unwrap_or_default();
        let mut linking = Self {
            entries: dyns.iter().map(|entry| (entry.d_tag, entry.d_val)).collect(),
            strings,
            flags: info.flags,
            flags_1: info.flags_1,
            textrel: info.textrel,
            ..Self::default()
        };
        linking.needed = sorted(linking.texts(DT_NEEDED), MAX_NEEDED);
        linking.soname = linking.path(DT_SONAME);
        if info.symtab != 0 {
            let count = symbol_count(bytes, info.hash, info.gnu_hash, ctx).unwrap_or_else(|| room(&info, ctx));
            linking.take_symbols(bytes, info.symtab, count.min(MAX_SYMBOLS), ctx);
        }
        Ok(linking)
    }

    fn take_symbols(&mut self, bytes: &'a [u8], offset: usize, count: usize, ctx: Ctx) {
        // A count that reaches behind the end of the file is cut to what is there.
        let size = if ctx.container == Container::Big { 24 } else { 16 };
        let there = bytes.len().saturating_sub(offset) / size;
        let Ok(symbols) = Symtab::parse(bytes, offset, count.min(there), ctx) else { return };
        for symbol in symbols.iter() {
            let Some(name) = text(self.strings, symbol.st_name).filter(|name| !name.is_empty()) else { continue };
            if symbol.st_shndx == 0 { self.imports.push(name) } else { self.exports.push(name) }
        }
    }

    pub(super) fn has(&self, tag: u64) -> bool {
        self.entries.iter().any(|(found, _)| *found == tag)
    }

    /// The text of an entry such as DT_RUNPATH; empty where there is none.
    pub(super) fn path(&self, tag: u64) -> String {
        self.texts(tag).next().unwrap_or_default()
    }

    /// Names of everything that is imported or exported.
    pub(super) fn names(&self) -> Vec<&'a [u8]> {
        self.exports.iter().chain(&self.imports).copied().collect()
    }

    pub(super) fn canary(&self) -> Tri {
        const FAILS: [&[u8]; 3] = [b"__stack_chk_fail", b"__stack_chk_fail_local", b"__stack_smash_handler"];
        let has = self.imports.iter().chain(&self.exports).any(|name| FAILS.contains(name));
        if has {
            Tri::Yes
        } else if self.imports.is_empty() {
            Tri::Unknown
        } else {
            Tri::No
        }
    }

    pub(super) fn fortify(&self) -> Tri {
        let checked = |name: &&[u8]| name.starts_with(b"__") && name.ends_with(b"_chk");
        if self.imports.iter().any(checked) {
            return Tri::Yes;
        }
        let known: HashSet<&[u8]> = CHECKED.iter().map(|name| name.as_bytes()).collect();
        if self.imports.iter().any(|name| known.contains(name)) { Tri::No } else { Tri::Unknown }
    }

    fn texts(&self, tag: u64) -> impl Iterator<Item = String> {
        let values = self.entries.iter().filter(move |(found, _)| *found == tag).map(|(_, value)| *value);
        let texts = values.filter_map(|value| text(self.strings, usize::try_from(value).ok()?));
        texts
            .map(String::from_utf8_lossy)
            .map(Cow::into_owned)
            .map(|text| text.chars().filter(|c| !c.is_control()).collect())
    }
}

/// A text of a string table, up to its zero.
fn text(strings: &[u8], at: usize) -> Option<&[u8]> {
    let rest = strings.get(at..)?;
    let end = rest.iter().take(LONGEST_NAME).position(|byte| *byte == 0)?;
    rest.get(..end)
}

/// The symbols that fit before the next table behind them.
fn room(info: &DynamicInfo, ctx: Ctx) -> usize {
    let offset = |at: u64| usize::try_from(at).ok();
    let hashes = [info.hash, info.gnu_hash].into_iter().flatten();
    let tables = hashes.chain([info.versym, info.verneed, info.verdef]).filter_map(offset).chain([info.strtab]);
    let end = tables.filter(|at| *at > info.symtab).min().unwrap_or(info.symtab);
    (end - info.symtab) / if ctx.container == Container::Big { 24 } else { 16 }
}

/// The number of symbols, which only the hash tables know.
fn symbol_count(bytes: &[u8], hash: Option<u64>, gnu_hash: Option<u64>, ctx: Ctx) -> Option<usize> {
    let word = |at: usize| {
        let word = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if ctx.le.is_little() { u32::from_le_bytes(word) } else { u32::from_be_bytes(word) })
    };
    let size = |at: usize| word(at).and_then(|size| usize::try_from(size).ok());
    let of_hash = hash.and_then(|at| usize::try_from(at).ok()).and_then(|at| size(at.checked_add(4)?));
    of_hash.or_else(|| {
        let at = usize::try_from(gnu_hash?).ok()?;
        let (buckets, first, bloom) = (size(at)?, size(at.checked_add(4)?)?, size(at.checked_add(8)?)?);
        let bloom = bloom.checked_mul(if ctx.container == Container::Big { 8 } else { 4 })?;
        let table = at.checked_add(16)?.checked_add(bloom)?;
        let chains = table.checked_add(buckets.checked_mul(4)?)?;
        // The last bucket's chain ends the table. Symbols that nothing looks up are in none, and then the table says nothing.
        let last = (0..buckets.min(MAX_SYMBOLS)).filter_map(|bucket| size(table + bucket * 4)).max()?;
        let mut symbol = last;
        if last < first {
            return None;
        }
        while symbol - first <= MAX_SYMBOLS {
            if word(chains.checked_add((symbol - first).checked_mul(4)?)?)? & 1 == 1 {
                return Some(symbol + 1);
            }
            symbol += 1;
        }
        None
    })
}
