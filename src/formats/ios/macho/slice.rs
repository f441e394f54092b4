//! One slice: what its header, load commands and symbols say, and what its signature needs to be judged.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    MachOError, arch,
    commands::{self, Commands, Header, Range},
    fixups,
    imports::{Import, Imports},
    pages::{self, Hasher, PageHashes},
    strings::Picker,
    symbols::Symbols,
};
use crate::{
    formats::ios::macho::bytes::overlap,
    model::{Fact, UnreadStatus},
};

/// Load commands of real apps have some kilobytes.
const MAX_COMMANDS: u64 = 2 << 20;
/// A signature, or a list of fixups or bindings, that is held: of 256 MiB of code a signature has some three.
const MAX_HELD: u64 = 8 << 20;

/// What one slice of a Mach-O file says of itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Slice {
    /// `arm64`, `arm64e`, `armv7` and the like; of what has no name the numbers.
    pub arch: String,
    /// `executable`, `dylib`, `bundle` and the like.
    pub kind: String,
    /// Loaded at an address that is not known before. Libraries always are.
    pub pie: Fact<bool>,
    /// Imports `___stack_chk_fail` or `___stack_chk_guard`. Code without arrays on its stack needs none, whoever compiled it.
    pub canary: Fact<bool>,
    /// Imports what only code with automatic reference counting calls; `not_tested` for code in neither Objective-C nor Swift.
    pub arc: Fact<bool>,
    /// Encrypted by the App Store: its code cannot be read.
    pub encrypted: Fact<bool>,
    /// Whether names of its own that nobody else needs are left out.
    pub stripped: Fact<bool>,
    /// Whether entries for a debugger are left in.
    pub debug_symbols: Fact<bool>,
    pub objective_c: bool,
    pub swift: bool,
    /// Folders where libraries are looked for, sorted; at most 1,000.
    pub rpaths: Vec<String>,
    /// Its segment `__RESTRICT` keeps libraries of others out.
    pub restrict: Fact<bool>,
    /// The header allows code on the stack (`MH_ALLOW_STACK_EXECUTION`).
    pub stack_execution: Fact<bool>,
    /// The header forbids code on the heap (`MH_NO_HEAP_EXECUTION`).
    pub no_heap_execution: Fact<bool>,
    /// `ios`, `ios_simulator`, `macos` and the like; empty where it names none.
    pub platform: String,
    /// As `13.0`; empty where it names none.
    pub min_os: String,
    /// As `17.2`; empty where it names none.
    pub sdk: String,
    /// Libraries and frameworks that it is linked with, sorted; at most 1,000.
    pub libraries: Vec<Library>,
    /// Imported symbols that tell something, by exact name, sorted. What is listed is there, whether all could be read or not.
    pub imports: Vec<Import>,
    /// Whether `imports` is all: false where names are missing, too many or cannot be read.
    pub imports_complete: bool,
    /// Some load command is broken.
    pub damaged: bool,
}

impl Slice {
    /// Of code that cannot be read.
    pub fn unread(status: UnreadStatus, reason: &str) -> Self {
        let unread = || Fact::unread(status, reason);
        Self {
            arch: String::new(),
            kind: String::new(),
            pie: unread(),
            canary: unread(),
            arc: unread(),
            encrypted: unread(),
            stripped: unread(),
            debug_symbols: unread(),
            objective_c: false,
            swift: false,
            rpaths: Vec::new(),
            restrict: unread(),
            stack_execution: unread(),
            no_heap_execution: unread(),
            platform: String::new(),
            min_os: String::new(),
            sdk: String::new(),
            libraries: Vec::new(),
            imports: Vec::new(),
            imports_complete: false,
            damaged: true,
        }
    }
}

/// A library or framework that is linked with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Library {
    /// Its install name.
    pub name: String,
    /// It may be missing.
    pub weak: bool,
}

/// A slice, and what its signature is judged with.
#[derive(Clone, Debug, PartialEq)]
pub struct Scanned {
    pub slice: Slice,
    pub signature: Blob,
    /// Where the signature begins: what comes before is signed.
    pub signed: u64,
    pub pages: Vec<PageHashes>,
    /// First byte that is encrypted and the first behind.
    pub encrypted: Option<(u64, u64)>,
}

/// The signature as it lies in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blob {
    Absent,
    Held(Vec<u8>),
    TooLarge(u64),
    /// It is not where the load commands say.
    Truncated,
}

pub(super) fn is_thin(head: &[u8]) -> bool {
    head.starts_with(&Header::THIN) || head.starts_with(&Header::THIN_64)
}

pub(super) fn is_swapped(head: &[u8]) -> bool {
    head.starts_with(&[0xfe, 0xed, 0xfa, 0xce]) || head.starts_with(&[0xfe, 0xed, 0xfa, 0xcf])
}

/// A slice that is handed over piece by piece.
#[derive(Debug)]
pub(super) enum SliceScan {
    Head(Vec<u8>),
    Body(Box<Body>),
    Failed(MachOError),
}

impl Default for SliceScan {
    fn default() -> Self {
        Self::Head(Vec::new())
    }
}

impl SliceScan {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        match self {
            Self::Head(head) => {
                head.extend_from_slice(bytes);
                match Body::begin(head) {
                    Ok(None) => {}
                    Ok(Some(mut body)) => {
                        body.push(head);
                        *self = Self::Body(Box::new(body));
                    }
                    Err(error) => *self = Self::Failed(error),
                }
            }
            Self::Body(body) => body.push(bytes),
            Self::Failed(_) => {}
        }
    }

    pub(super) fn finish(self) -> Result<Scanned, MachOError> {
        match self {
            Self::Head(_) => Err(MachOError::Truncated),
            Self::Body(body) => Ok(body.finish()),
            Self::Failed(error) => Err(error),
        }
    }
}

/// A slice whose load commands are read.
#[derive(Debug)]
pub(super) struct Body {
    header: Header,
    commands: Commands,
    at: u64,
    imports: Imports,
    symbols: Symbols,
    names: Option<Picker>,
    fixups: Option<Held>,
    bindings: Vec<Held>,
    signature: Option<Held>,
    hashers: Vec<Hasher>,
}

impl Body {
    /// `None` while there are not enough bytes.
    fn begin(head: &[u8]) -> Result<Option<Self>, MachOError> {
        if head.len() >= 4 && !is_thin(head) {
            return Err(if is_swapped(head) { MachOError::BigEndian } else { MachOError::NotMachO });
        }
        let Some(header) = Header::read(head) else { return Ok(None) };
        if u64::from(header.size) > MAX_COMMANDS {
            return Err(MachOError::CommandsTooLarge(header.size.into()));
        }
        let end = header.length().saturating_add(usize::try_from(header.size).unwrap_or(usize::MAX));
        let Some(bytes) = head.get(header.length()..end) else { return Ok(None) };
        let commands = commands::read(bytes, header.count, header.wide);
        let signed = commands.signature.unwrap_or_default();
        let hashers = pages::candidates(signed.offset, signed.size);
        Ok(Some(Self {
            at: 0,
            imports: Imports::default(),
            symbols: Symbols::new(header.wide),
            names: None,
            fixups: commands.fixups.map(Held::new),
            bindings: commands.bindings.iter().filter(|range| range.size > 0).copied().map(Held::new).collect(),
            signature: commands.signature.map(Held::new),
            hashers: hashers.into_iter().map(|(hash, page)| Hasher::new(hash, page, signed.offset)).collect(),
            header,
            commands,
        }))
    }

    fn push(&mut self, bytes: &[u8]) {
        let at = self.at;
        self.at = at.saturating_add(bytes.len() as u64);
        self.hashers.iter_mut().for_each(|hasher| hasher.push(bytes));
        for held in self.fixups.iter_mut().chain(&mut self.bindings).chain(&mut self.signature) {
            held.push(at, bytes);
        }
        let Some((entries, strings)) = self.commands.symbols else { return };
        if let Some(own) = overlap(at, bytes, entries.offset, entries.end()) {
            self.symbols.push(own);
        }
        if let Some(own) = overlap(at, bytes, strings.offset, strings.end()) {
            let symbols = &mut self.symbols;
            let picker = self.names.get_or_insert_with(|| Picker::new(symbols.wanted()));
            let imports = &mut self.imports;
            picker.push(own, &mut |name| imports.see(name));
        }
    }

    fn finish(mut self) -> Scanned {
        let read = self.read_imports();
        let signed = self.commands.signature.map_or(0, |range| range.offset);
        let encrypted = self.commands.encryption.filter(|(_, system)| *system != 0);
        Scanned {
            signature: self.signature.take().map_or(Blob::Absent, Held::finish),
            signed,
            pages: std::mem::take(&mut self.hashers).into_iter().filter_map(Hasher::finish).collect(),
            encrypted: encrypted.map(|(range, _)| (range.offset, range.end())),
            slice: self.slice(read),
        }
    }

    /// Whether the names of all imports were read; the names seen are noted either way.
    fn read_imports(&mut self) -> Result<(), &'static str> {
        let mut all = Ok(());
        let mut places = 0_u32;
        if let Some((entries, strings)) = self.commands.symbols.filter(|(entries, _)| entries.size > 0) {
            places = places.saturating_add(1);
            let whole = self.at >= entries.end() && self.at >= strings.end() && self.symbols.left_out == 0;
            let found = self.names.as_ref().is_some_and(Picker::is_done);
            if entries.end() > strings.offset || !whole || !found {
                all = Err("symbols");
            }
        }
        let imports = &mut self.imports;
        let mut see = |name: &[u8]| imports.see(name);
        if let Some(held) = self.fixups.take() {
            places = places.saturating_add(1);
            let read = held.bytes().and_then(|blob| fixups::chained(blob, &mut see));
            all = all.and(read.ok_or("chained_fixups"));
        }
        for held in std::mem::take(&mut self.bindings) {
            places = places.saturating_add(1);
            let read = held.bytes().and_then(|opcodes| fixups::bindings(opcodes, &mut see));
            all = all.and(read.ok_or("bindings"));
        }
        // Whatever is linked imports something; where no name is found, names were taken out.
        if places == 0 || self.imports.seen == 0 { all.and(Err("stripped")) } else { all }
    }

    fn slice(self, read: Result<(), &'static str>) -> Slice {
        const PIE: u32 = 0x0020_0000;
        const ALLOW_STACK_EXECUTION: u32 = 0x0002_0000;
        const NO_HEAP_EXECUTION: u32 = 0x0100_0000;
        let Self { header, commands, imports, symbols, .. } = self;
        let has = |flag: u32| header.flags & flag != 0;
        let kind = arch::kind(header.file_type);
        let broken = |fact: bool| if commands.damaged { damaged() } else { Fact::Known(fact) };
        let swift = commands.swift || imports.swift;
        let table = if commands.symbols.is_some() { broken(true) } else { broken(false) };
        Slice {
            arch: arch::name(header.cpu, header.subtype),
            pie: Fact::Known(has(PIE) || matches!(kind.as_str(), "dylib" | "bundle")),
            kind,
            canary: absence(imports.canary, read),
            arc: arc(&imports, read, commands.objective_c || swift),
            encrypted: match commands.encryption {
                Some((_, system)) => Fact::Known(system != 0),
                None => broken(false),
            },
            stripped: table.clone().map(|_| symbols.local == 0 && symbols.debug == 0),
            debug_symbols: table.map(|_| symbols.debug > 0),
            objective_c: commands.objective_c,
            swift,
            rpaths: commands.rpaths,
            restrict: broken(commands.restrict),
            stack_execution: Fact::Known(has(ALLOW_STACK_EXECUTION)),
            no_heap_execution: Fact::Known(has(NO_HEAP_EXECUTION)),
            platform: commands.platform,
            min_os: commands.min_os,
            sdk: commands.sdk,
            libraries: commands.libraries,
            imports: imports.told.into_iter().collect(),
            imports_complete: read.is_ok() && !commands.damaged,
            damaged: commands.damaged,
        }
    }
}

fn damaged<T>() -> Fact<T> {
    Fact::unread(UnreadStatus::Error, "load_commands")
}

/// What is imported is there; what is not is absent only where all names were read.
fn absence(found: bool, read: Result<(), &str>) -> Fact<bool> {
    match read {
        _ if found => Fact::Known(true),
        Ok(()) => Fact::Known(false),
        Err(what) => Fact::unread(UnreadStatus::Error, what),
    }
}

fn arc(imports: &Imports, read: Result<(), &str>, counted: bool) -> Fact<bool> {
    match absence(imports.arc, read) {
        Fact::Known(false) if imports.retain_release => Fact::unread(UnreadStatus::NotTested, "retain_release_only"),
        Fact::Known(false) if !counted => Fact::unread(UnreadStatus::NotTested, "no_objective_c_or_swift"),
        other => other,
    }
}

/// A range that is kept as it comes by.
#[derive(Debug)]
struct Held {
    range: Range,
    bytes: Vec<u8>,
}

impl Held {
    fn new(range: Range) -> Self {
        Self { range, bytes: Vec::new() }
    }

    fn push(&mut self, at: u64, piece: &[u8]) {
        if self.range.size <= MAX_HELD
            && let Some(own) = overlap(at, piece, self.range.offset, self.range.end())
        {
            self.bytes.extend_from_slice(own);
        }
    }

    /// All of it, or nothing.
    fn bytes(&self) -> Option<&[u8]> {
        (self.bytes.len() as u64 == self.range.size).then_some(&self.bytes)
    }

    fn finish(self) -> Blob {
        if self.range.size > MAX_HELD {
            Blob::TooLarge(self.range.size)
        } else if self.bytes.len() as u64 == self.range.size {
            Blob::Held(self.bytes)
        } else {
            Blob::Truncated
        }
    }
}
