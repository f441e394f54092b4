//! Native libraries (ELF): what the compiler and the linker did to harden them, what they need, and what is inside.
//!
//! The platform's loader looks at program headers and the dynamic section alone, and so do the facts here; section headers,
//! which packers fill with nonsense, only tell whether symbols were stripped.

mod dynamic;
mod marks;

use std::collections::BTreeSet;

use goblin::{
    container::{Container, Ctx},
    elf::{
        Elf, Header, ProgramHeader, SectionHeader,
        dynamic::{DF_1_NOW, DF_BIND_NOW, DF_TEXTREL, DT_BIND_NOW, DT_RPATH, DT_RUNPATH},
        header::{EM_386, EM_AARCH64, EM_ARM, EM_LOONGARCH, EM_RISCV, EM_X86_64, ET_DYN, ET_EXEC},
        program_header::{PF_W, PF_X, PT_GNU_RELRO, PT_GNU_STACK, PT_LOAD, PT_NOTE},
        section_header::SHT_SYMTAB,
    },
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::Tri;
use dynamic::Linking;

pub use marks::{Embedded, SmUse};

/// More program headers than any loader takes in earnest.
const MAX_HEADERS: usize = 256;
/// Larger pages than 4 KiB that devices with Android 15 may have.
const PAGE_16K: u64 = 16 * 1024;
/// Bytes of notes that are looked through for the build id.
const MAX_NOTES: usize = 64 * 1024;

/// One native library.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct NativeLib {
    pub path: String,
    /// As Android and HarmonyOS name it: by the folder, else by the machine of the ELF header.
    pub abi: String,
    /// 32 or 64.
    pub bits: i64,
    /// The stack is not executable, and no segment is both writable and executable. A library without PT_GNU_STACK asks for an
    /// executable stack.
    pub nx: Tri,
    /// Loads at any address: ET_DYN.
    pub pie: Tri,
    pub relro: Relro,
    /// Imports `__stack_chk_fail`. Unknown where nothing at all is imported: Dart's snapshots and the like.
    pub canary: Tri,
    /// Imports a checked function (`__memcpy_chk`). `no` where it imports functions that have a checked form, and none of those;
    /// unknown where there is nothing to fortify. Compilers leave out checks that they can prove, so `no` is a sign, no proof.
    pub fortify: Tri,
    /// DT_RPATH; empty where there is none.
    pub rpath: String,
    /// DT_RUNPATH; empty where there is none.
    pub runpath: String,
    /// No table of symbols besides the one that linking needs.
    pub stripped: Tri,
    /// NT_GNU_BUILD_ID in hexadecimal digits; empty where there is none.
    pub build_id: String,
    /// Every segment is aligned for pages of 16 KiB.
    pub page_align_16k: Tri,
    /// DT_TEXTREL: code is written to while it loads.
    pub text_relocations: Tri,
    /// Libraries that it asks for, sorted, at most 100.
    pub needed: Vec<String>,
    pub soname: String,
    /// What follows `.so.` in its own name, or `-` in its file name; empty where neither says one.
    pub version: String,
    /// SM2, SM3, SM4, SM9 and ZUC by symbols, constants and object identifiers, one mark each.
    pub sm: Vec<SmUse>,
    /// Libraries whose version strings are inside, sorted, at most 20.
    pub embedded: Vec<Embedded>,
}

/// How much of what is relocated cannot be written afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Relro {
    /// PT_GNU_RELRO, and all symbols are bound at load.
    Full,
    /// PT_GNU_RELRO alone. Android's loader binds at load in any case.
    Partial,
    None,
}

/// Why a library says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NativeError {
    #[error("not an ELF file")]
    NotElf,
    #[error("an ELF file of type {kind}, which nothing loads")]
    NotLoadable { kind: u16 },
    #[error("{count} program headers")]
    TooManyHeaders { count: usize },
    #[error("the {part} does not parse")]
    Malformed { part: &'static str },
}

impl NativeError {
    /// The code of an unread fact.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotElf => "not_elf",
            Self::NotLoadable { .. } => "elf_not_loadable",
            Self::TooManyHeaders { .. } | Self::Malformed { .. } => "elf_malformed",
        }
    }
}

/// Reads one library; `path` is its entry.
pub fn read(path: &str, bytes: &[u8]) -> Result<NativeLib, NativeError> {
    if !bytes.starts_with(b"\x7fELF") {
        return Err(NativeError::NotElf);
    }
    let malformed = |part| move |_| NativeError::Malformed { part };
    let header = Elf::parse_header(bytes).map_err(malformed("header"))?;
    let container = header.container().map_err(malformed("header"))?;
    let ctx = Ctx::new(container, header.endianness().map_err(malformed("header"))?);
    if !matches!(header.e_type, ET_DYN | ET_EXEC) {
        return Err(NativeError::NotLoadable { kind: header.e_type });
    }
    let segments = segments(bytes, &header, ctx)?;
    let linking = Linking::read(bytes, &segments, ctx)?;
    Ok(facts(path, bytes, &header, ctx, &segments, &linking))
}

fn segments(bytes: &[u8], header: &Header, ctx: Ctx) -> Result<Vec<ProgramHeader>, NativeError> {
    let count = usize::from(header.e_phnum);
    if count > MAX_HEADERS {
        return Err(NativeError::TooManyHeaders { count });
    }
    let malformed = NativeError::Malformed { part: "program headers" };
    let offset = usize::try_from(header.e_phoff).map_err(|_| malformed.clone())?;
    let segments = ProgramHeader::parse(bytes, offset, count, ctx).map_err(|_| malformed.clone())?;
    if segments.iter().any(|segment| segment.p_type == PT_LOAD) { Ok(segments) } else { Err(malformed) }
}

fn facts(
    path: &str,
    bytes: &[u8],
    header: &Header,
    ctx: Ctx,
    segments: &[ProgramHeader],
    linking: &Linking<'_>,
) -> NativeLib {
    let marks = marks::read(bytes, &linking.names());
    let soname = linking.soname.clone();
    NativeLib {
        path: path.to_owned(),
        abi: abi(path, header).to_owned(),
        bits: if ctx.container == Container::Big { 64 } else { 32 },
        nx: Tri::from(!has_executable_stack(segments)),
        pie: Tri::from(header.e_type == ET_DYN),
        relro: relro(segments, linking),
        canary: linking.canary(),
        fortify: linking.fortify(),
        rpath: linking.path(DT_RPATH),
        runpath: linking.path(DT_RUNPATH),
        stripped: Tri::from(!has_symbols(bytes, header, ctx)),
        build_id: build_id(bytes, segments, ctx).unwrap_or_default(),
        page_align_16k: Tri::from(
            segments.iter().filter(|one| one.p_type == PT_LOAD).all(|one| one.p_align >= PAGE_16K),
        ),
        text_relocations: Tri::from(linking.textrel || linking.flags & DF_TEXTREL != 0),
        needed: linking.needed.clone(),
        version: version(path, &soname),
        soname,
        sm: marks.sm,
        embedded: marks.embedded,
    }
}

fn has_executable_stack(segments: &[ProgramHeader]) -> bool {
    let stack = segments.iter().find(|segment| segment.p_type == PT_GNU_STACK);
    let both = PF_W | PF_X;
    stack.is_none_or(|stack| stack.p_flags & PF_X != 0)
        || segments.iter().any(|segment| segment.p_type == PT_LOAD && segment.p_flags & both == both)
}

fn relro(segments: &[ProgramHeader], linking: &Linking<'_>) -> Relro {
    let at_load = linking.has(DT_BIND_NOW) || linking.flags & DF_BIND_NOW != 0 || linking.flags_1 & DF_1_NOW != 0;
    match (segments.iter().any(|segment| segment.p_type == PT_GNU_RELRO), at_load) {
        (true, true) => Relro::Full,
        (true, false) => Relro::Partial,
        (false, _) => Relro::None,
    }
}

fn has_symbols(bytes: &[u8], header: &Header, ctx: Ctx) -> bool {
    let offset = usize::try_from(header.e_shoff).unwrap_or(usize::MAX);
    if header.e_shnum == 0 || offset >= bytes.len() {
        return false;
    }
    let sections = SectionHeader::parse(bytes, offset, usize::from(header.e_shnum), ctx).unwrap_or_default();
    sections.iter().any(|section| section.sh_type == SHT_SYMTAB && section.sh_size > 0)
}

/// The folders of `lib/<abi>/` and `libs/<abi>/`, else the machine.
fn abi<'a>(path: &'a str, header: &Header) -> &'a str {
    const KNOWN: [&str; 9] =
        ["arm64-v8a", "armeabi", "armeabi-v7a", "mips", "mips64", "riscv64", "x86", "x86_64", "loongarch64"];
    if let Some(folder) = path.split('/').find(|folder| KNOWN.contains(folder)) {
        return folder;
    }
    match header.e_machine {
        EM_AARCH64 => "arm64-v8a",
        EM_ARM => "armeabi-v7a",
        EM_386 => "x86",
        EM_X86_64 => "x86_64",
        EM_RISCV => "riscv64",
        EM_LOONGARCH => "loongarch64",
        _ => "",
    }
}

/// The id that the linker made of the contents: a note of type 3 of the name `GNU`.
fn build_id(bytes: &[u8], segments: &[ProgramHeader], ctx: Ctx) -> Option<String> {
    segments.iter().filter(|segment| segment.p_type == PT_NOTE).find_map(|segment| {
        let from = usize::try_from(segment.p_offset).ok()?;
        let length = usize::try_from(segment.p_filesz).ok()?.min(MAX_NOTES);
        let mut notes = bytes.get(from..from.checked_add(length)?)?;
        let alignment = if segment.p_align == 8 { 8 } else { 4 };
        while let Some((note, rest)) = note(notes, alignment, ctx) {
            if let (3, b"GNU\0", id) = note {
                return Some(id.iter().take(64).map(|byte| format!("{byte:02x}")).collect());
            }
            notes = rest;
        }
        None
    })
}

/// One note: its type, its name and its contents; and what follows it.
/// Type, name and contents of a note, and what follows it.
type Note<'a> = ((u32, &'a [u8], &'a [u8]), &'a [u8]);

fn note(bytes: &[u8], alignment: usize, ctx: Ctx) -> Option<Note<'_>> {
    let word = |at: usize| {
        let word = bytes.get(at..at + 4)?.try_into().ok()?;
        Some(if ctx.le.is_little() { u32::from_le_bytes(word) } else { u32::from_be_bytes(word) })
    };
    let size = |at: usize| word(at).and_then(|size| usize::try_from(size).ok());
    let (name_size, size, kind) = (size(0)?, size(4)?, word(8)?);
    let name_end = 12_usize.checked_add(name_size)?;
    let from = name_end.checked_next_multiple_of(alignment)?;
    let end = from.checked_add(size)?;
    let rest = bytes.get(end.checked_next_multiple_of(alignment)?..).unwrap_or_default();
    Some(((kind, bytes.get(12..name_end)?, bytes.get(from..end)?), rest))
}

fn version(path: &str, soname: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or_default();
    let after_so = [soname, file].into_iter().find_map(|name| name.split_once(".so.").map(|(_, version)| version));
    let after_hyphen = || file.strip_suffix(".so").and_then(|name| name.rsplit_once('-')).map(|(_, version)| version);
    let number = |text: &&str| text.starts_with(|c: char| c.is_ascii_digit()) && text.len() <= 20;
    let digits = |text: &&str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    after_so.or_else(after_hyphen).filter(number).filter(digits).unwrap_or_default().to_owned()
}

/// Sorted, each once, and no more than this many.
fn sorted(names: impl IntoIterator<Item = String>, most: usize) -> Vec<String> {
    names.into_iter().collect::<BTreeSet<_>>().into_iter().take(most).collect()
}

#[cfg(test)]
mod tests;
