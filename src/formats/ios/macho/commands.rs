//! Load commands: what a slice says of itself before its contents.

use super::{
    arch,
    bytes::{text, u32_at, u64_at},
    slice::Library,
};

/// Names that are kept of one slice.
const MAX_NAMES: usize = 1000;
/// Paths longer than this are cut.
const MAX_PATH: usize = 1024;

/// A range of the slice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Range {
    pub offset: u64,
    pub size: u64,
}

impl Range {
    pub(super) fn end(self) -> u64 {
        self.offset.saturating_add(self.size)
    }
}

/// What the load commands say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Commands {
    /// Some command does not end, or is not what its kind wants.
    pub damaged: bool,
    pub platform: String,
    pub min_os: String,
    pub sdk: String,
    pub libraries: Vec<Library>,
    pub rpaths: Vec<String>,
    /// A segment `__RESTRICT` with a section `__restrict`.
    pub restrict: bool,
    pub objective_c: bool,
    pub swift: bool,
    /// Where it is encrypted, and by which system; 0 is none.
    pub encryption: Option<(Range, u32)>,
    /// `nsyms` entries of symbols, and their strings.
    pub symbols: Option<(Range, Range)>,
    pub bindings: Vec<Range>,
    pub fixups: Option<Range>,
    pub signature: Option<Range>,
}

/// Reads the load commands behind a header.
pub(super) fn read(bytes: &[u8], count: u32, wide: bool) -> Commands {
    let mut commands = Commands::default();
    let mut rest = bytes;
    for _ in 0..count {
        let size = u32_at(rest, 4).and_then(|size| usize::try_from(size).ok()).filter(|size| *size >= 8);
        let Some((command, after)) = size.and_then(|size| rest.split_at_checked(size)) else {
            commands.damaged = true;
            break;
        };
        if commands.take(command, wide).is_none() {
            commands.damaged = true;
        }
        rest = after;
    }
    commands.rpaths.sort();
    commands.rpaths.dedup();
    commands.libraries.sort();
    commands.libraries.dedup();
    commands
}

impl Commands {
    /// One command; `None` where it is too short for its kind.
    fn take(&mut self, command: &[u8], wide: bool) -> Option<()> {
        // The highest bit asks dyld to refuse what it does not know.
        match u32_at(command, 0)? & !0x8000_0000 {
            0x01 if !wide => self.segment(command, 48, 56, 68)?,
            0x19 if wide => self.segment(command, 64, 72, 80)?,
            0x02 => self.symbols(command, wide)?,
            0x0c | 0x20 | 0x23 => self.library(command, false)?,
            0x18 => self.library(command, true)?,
            0x1f => self.library(command, false)?,
            0x1c => push(&mut self.rpaths, path(command)?),
            0x1d => self.signature = Some(range(command, 8)?),
            0x21 | 0x2c => self.encryption = Some((range(command, 8)?, u32_at(command, 16)?)),
            0x22 => self.dyld_info(command)?,
            0x24 => self.version("macos", u32_at(command, 8)?, u32_at(command, 12)?),
            0x25 => self.version("ios", u32_at(command, 8)?, u32_at(command, 12)?),
            0x2f => self.version("tvos", u32_at(command, 8)?, u32_at(command, 12)?),
            0x30 => self.version("watchos", u32_at(command, 8)?, u32_at(command, 12)?),
            0x32 => {
                self.version(&arch::platform(u32_at(command, 8)?), u32_at(command, 12)?, u32_at(command, 16)?);
            }
            0x34 => self.fixups = Some(range(command, 8)?),
            _ => {}
        }
        Some(())
    }

    /// The first one counts: an app for several platforms names its own first.
    fn version(&mut self, platform: &str, min_os: u32, sdk: u32) {
        if self.platform.is_empty() {
            self.platform = platform.to_owned();
            self.min_os = arch::version(min_os);
            self.sdk = if sdk == 0 { String::new() } else { arch::version(sdk) };
        }
    }

    /// A segment, where its number of sections lies, where they begin and how long each is.
    fn segment(&mut self, command: &[u8], count_at: usize, sections_at: usize, section_size: usize) -> Option<()> {
        let segment = text(command.get(8..24)?);
        let count = usize::try_from(u32_at(command, count_at)?).ok()?;
        let sections = command.get(sections_at..)?.get(..count.checked_mul(section_size)?)?;
        for section in sections.chunks(section_size) {
            let name = text(section.get(..16)?);
            self.restrict |= segment == "__RESTRICT" && name == "__restrict";
            self.objective_c |= matches!(name.as_str(), "__objc_classlist" | "__objc_catlist" | "__objc_selrefs");
            self.swift |= matches!(
                name.as_str(),
                "__swift5_types" | "__swift5_typeref" | "__swift5_fieldmd" | "__swift5_reflstr"
            );
        }
        Some(())
    }

    fn symbols(&mut self, command: &[u8], wide: bool) -> Option<()> {
        let entry = if wide { 16 } else { 12 };
        let count = u64::from(u32_at(command, 12)?);
        let entries = Range { offset: u32_at(command, 8)?.into(), size: count.saturating_mul(entry) };
        self.symbols = Some((entries, range(command, 16)?));
        Some(())
    }

    fn library(&mut self, command: &[u8], weak: bool) -> Option<()> {
        push(&mut self.libraries, Library { name: path(command)?, weak });
        Some(())
    }

    /// Of the opcodes those that bind: once, weakly and late.
    fn dyld_info(&mut self, command: &[u8]) -> Option<()> {
        self.bindings = [16, 24, 32].into_iter().map(|at| range(command, at)).collect::<Option<_>>()?;
        Some(())
    }
}

fn range(command: &[u8], at: usize) -> Option<Range> {
    Some(Range { offset: u32_at(command, at)?.into(), size: u32_at(command, at.checked_add(4)?)?.into() })
}

/// The path whose offset within the command is its first number.
fn path(command: &[u8]) -> Option<String> {
    let bytes = command.get(usize::try_from(u32_at(command, 8)?).ok()?..)?;
    Some(text(bytes.get(..MAX_PATH).unwrap_or(bytes)))
}

fn push<T>(list: &mut Vec<T>, item: T) {
    if list.len() < MAX_NAMES {
        list.push(item);
    }
}

/// The header of a slice (`mach_header`, `mach_header_64`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub wide: bool,
    pub cpu: u32,
    pub subtype: u32,
    pub file_type: u32,
    pub count: u32,
    /// Bytes of the load commands.
    pub size: u32,
    pub flags: u32,
}

impl Header {
    pub(super) const THIN: [u8; 4] = [0xce, 0xfa, 0xed, 0xfe];
    pub(super) const THIN_64: [u8; 4] = [0xcf, 0xfa, 0xed, 0xfe];

    /// `None` where there are not enough bytes for one.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let word = |n: usize| u32_at(bytes, n.saturating_mul(4));
        let wide = bytes.starts_with(&Self::THIN_64);
        // The last word of the wider header is reserved.
        u64_at(bytes, if wide { 24 } else { 20 })?;
        Some(Self {
            wide,
            cpu: word(1)?,
            subtype: word(2)?,
            file_type: word(3)?,
            count: word(4)?,
            size: word(5)?,
            flags: word(6)?,
        })
    }

    pub(super) fn length(self) -> usize {
        if self.wide { 32 } else { 28 }
    }
}
