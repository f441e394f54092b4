//! Digests over a whole package but its signing block (source.android.com, "APK signature scheme v2", "Integrity-protected
//! contents"; "v4" and AOSP `VerityTreeBuilder` for the tree).

use std::collections::BTreeMap;

use rayon::prelude::*;
use ring::digest::{Context, SHA256, SHA512};

use super::issue::{Issue, IssueCode};
use crate::formats::zip::{ReadAt, read_range};

const CHUNK: u64 = 1 << 20;
const PAGE: u64 = 4096;
/// Bytes read at once; a multiple of a page.
const WINDOW: usize = 64 << 10;
/// Chunks from which on several threads share the work.
const PARALLEL: usize = 64;

/// How contents are digested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ContentDigest {
    /// SHA-256 over digests of 1 MiB.
    Sha256,
    /// SHA-512 over digests of 1 MiB.
    Sha512,
    /// A hash tree over pages of 4 KiB.
    Verity,
}

impl ContentDigest {
    /// Of two, platforms take the stronger.
    pub(super) fn strength(self) -> u8 {
        match self {
            Self::Sha256 => 0,
            Self::Verity => 1,
            Self::Sha512 => 2,
        }
    }

    /// The number that a source stamp knows it by (AOSP `apksig`, `ContentDigestAlgorithm`).
    pub(super) fn stamp_id(self) -> u32 {
        match self {
            Self::Sha256 => 1,
            Self::Sha512 => 2,
            Self::Verity => 3,
        }
    }
}

/// What the schemes cover: entries, central directory, and the end record as it was before the block came in.
pub(super) struct Contents<'a> {
    source: &'a dyn ReadAt,
    /// Where the entries end and the signing block begins.
    pub(super) block: u64,
    pub(super) directory: u64,
    /// Where the central directory ends and the end record begins.
    pub(super) end: u64,
    end_record: Vec<u8>,
}

impl<'a> Contents<'a> {
    pub(super) fn new(source: &'a dyn ReadAt, block: u64, directory: u64, end: u64, record: &[u8]) -> Self {
        let mut end_record = record.to_vec();
        // The offset of the central directory counts as if the block were not there.
        if let (Some(field), Ok(offset)) = (end_record.get_mut(16..20), u32::try_from(block)) {
            field.copy_from_slice(&offset.to_le_bytes());
        }
        Self { source, block, directory, end, end_record }
    }

    fn sections(&self) -> [Section<'_>; 3] {
        let end_record = self.end_record.as_slice();
        [
            Section::File { source: self.source, start: 0, len: self.block },
            Section::File { source: self.source, start: self.directory, len: self.end.saturating_sub(self.directory) },
            Section::Memory(end_record),
        ]
    }

    /// One digest, as signers write it.
    ///
    /// # Errors
    /// The file cannot be read, or its parts are not where a hash tree wants them.
    pub(super) fn digest(&self, kind: ContentDigest) -> Result<Vec<u8>, Issue> {
        match kind {
            ContentDigest::Sha256 => self.chunked(&SHA256),
            ContentDigest::Sha512 => self.chunked(&SHA512),
            ContentDigest::Verity => self.verity(),
        }
    }

    fn chunked(&self, hash: &'static ring::digest::Algorithm) -> Result<Vec<u8>, Issue> {
        let sections = self.sections();
        let chunks: Vec<(&Section<'_>, u64, u64)> = sections
            .iter()
            .flat_map(|section| {
                let len = section.len();
                (0..len.div_ceil(CHUNK)).map(move |n| (section, n * CHUNK, CHUNK.min(len - n * CHUNK)))
            })
            .collect();
        let digest = |buffer: &mut Vec<u8>, (section, from, len): &(&Section<'_>, u64, u64)| {
            let mut context = Context::new(hash);
            context.update(&[0xa5]);
            context.update(&u32::try_from(*len).unwrap_or(u32::MAX).to_le_bytes());
            section.feed(*from, *len, buffer, &mut |window| context.update(window))?;
            Ok(context.finish())
        };
        let digests: Result<Vec<_>, Issue> = if chunks.len() < PARALLEL {
            let mut buffer = Vec::new();
            chunks.iter().map(|chunk| digest(&mut buffer, chunk)).collect()
        } else {
            chunks.par_iter().map_init(Vec::new, |buffer, chunk| digest(buffer, chunk)).collect()
        };
        let mut whole = Context::new(hash);
        whole.update(&[0x5a]);
        whole.update(&u32::try_from(chunks.len()).unwrap_or(u32::MAX).to_le_bytes());
        digests?.iter().for_each(|digest| whole.update(digest.as_ref()));
        Ok(whole.finish().as_ref().to_vec())
    }

    fn verity(&self) -> Result<Vec<u8>, Issue> {
        let block_size = self.directory.saturating_sub(self.block);
        if !self.block.is_multiple_of(PAGE) || !block_size.is_multiple_of(PAGE) {
            let detail = format!("signing block of {block_size} bytes at {}", self.block);
            return Err(Issue::new(IssueCode::VerityUnaligned, detail));
        }
        let mut tree = Tree::new(&[0; 8]);
        let (mut buffer, mut size) = (Vec::new(), 0_u64);
        for section in self.sections() {
            size = size.saturating_add(section.len());
            section.feed(0, section.len(), &mut buffer, &mut |window| tree.add(window))?;
        }
        let mut out = tree.finish().root;
        out.extend(size.to_le_bytes());
        Ok(out)
    }
}

/// Digests that were worked out already.
pub(super) struct Digester<'a> {
    contents: &'a Contents<'a>,
    known: BTreeMap<ContentDigest, Result<Vec<u8>, Issue>>,
}

impl<'a> Digester<'a> {
    pub(super) fn new(contents: &'a Contents<'a>) -> Self {
        Self { contents, known: BTreeMap::new() }
    }

    pub(super) fn of(&mut self, kind: ContentDigest) -> Result<Vec<u8>, Issue> {
        let contents = self.contents;
        self.known.entry(kind).or_insert_with(|| contents.digest(kind)).clone()
    }
}

/// A part of the package.
enum Section<'a> {
    File { source: &'a dyn ReadAt, start: u64, len: u64 },
    Memory(&'a [u8]),
}

impl Section<'_> {
    fn len(&self) -> u64 {
        match self {
            Self::File { len, .. } => *len,
            Self::Memory(bytes) => bytes.len(),
        }
    }

    /// Hands on `len` bytes from `from`, in windows.
    fn feed(&self, from: u64, len: u64, buffer: &mut Vec<u8>, sink: &mut dyn FnMut(&[u8])) -> Result<(), Issue> {
        match self {
            Self::File { source, start, .. } => feed(*source, start.saturating_add(from), len, buffer, sink),
            Self::Memory(bytes) => {
                let from = usize::try_from(from).unwrap_or(usize::MAX);
                let rest = bytes.get(from..).unwrap_or_default();
                sink(rest.get(..usize::try_from(len).unwrap_or(usize::MAX)).unwrap_or(rest));
                Ok(())
            }
        }
    }
}

/// Hands on a range of a source, in windows.
fn feed(
    source: &dyn ReadAt,
    mut at: u64,
    mut left: u64,
    buffer: &mut Vec<u8>,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), Issue> {
    buffer.resize(WINDOW, 0);
    while left > 0 {
        let want = usize::try_from(left).unwrap_or(WINDOW).min(WINDOW);
        let window = buffer.get_mut(..want).unwrap_or_default();
        let mut filled = 0;
        while let Some(rest) = window.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match source.read_at(at.saturating_add(filled as u64), rest) {
                Ok(0) => return Err(Issue::new(IssueCode::ReadFailed, format!("the file ends at {at}"))),
                Ok(count) => filled = filled.saturating_add(count),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => return Err(Issue::new(IssueCode::ReadFailed, error.to_string())),
            }
        }
        sink(window);
        at = at.saturating_add(want as u64);
        left = left.saturating_sub(want as u64);
    }
    Ok(())
}

/// The hash tree of fs-verity with SHA-256 over pages of 4 KiB, bottom up.
struct Tree {
    salt: Vec<u8>,
    /// What does not fill a page yet.
    partial: Vec<u8>,
    level: Vec<u8>,
}

/// A tree that is done.
pub(super) struct Done {
    pub(super) root: Vec<u8>,
    /// Levels from the top down, each filled up to pages.
    pub(super) levels: Vec<Vec<u8>>,
}

impl Tree {
    fn new(salt: &[u8]) -> Self {
        Self { salt: salt.to_vec(), partial: Vec::new(), level: Vec::new() }
    }

    fn add(&mut self, mut bytes: &[u8]) {
        if !self.partial.is_empty() {
            let missing = (PAGE as usize).saturating_sub(self.partial.len());
            let (now, later) = bytes.split_at_checked(missing).unwrap_or((bytes, &[]));
            self.partial.extend_from_slice(now);
            bytes = later;
            if self.partial.len() < PAGE as usize {
                return;
            }
            let page = std::mem::take(&mut self.partial);
            self.level.extend(self.hash(&page));
        }
        let pages = bytes.chunks_exact(PAGE as usize);
        self.partial.extend_from_slice(pages.remainder());
        for page in pages {
            let digest = self.hash(page);
            self.level.extend(digest);
        }
    }

    fn finish(mut self) -> Done {
        if !self.partial.is_empty() {
            let page = padded(std::mem::take(&mut self.partial));
            self.level.extend(self.hash(&page));
        }
        let mut levels = vec![padded(std::mem::take(&mut self.level))];
        while let Some(level) = levels.last()
            && level.len() > PAGE as usize
        {
            let next = level.chunks(PAGE as usize).flat_map(|page| self.hash(page)).collect();
            levels.push(padded(next));
        }
        let root = levels.last().map(|top| self.hash(top).to_vec()).unwrap_or_default();
        levels.reverse();
        Done { root, levels }
    }

    fn hash(&self, page: &[u8]) -> [u8; 32] {
        let mut context = Context::new(&SHA256);
        context.update(&self.salt);
        context.update(page);
        let mut out = [0; 32];
        out.copy_from_slice(context.finish().as_ref());
        out
    }
}

fn padded(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(PAGE as usize), 0);
    bytes
}

/// The hash tree over a whole file, as scheme 4 has it.
pub(super) fn file_tree(source: &dyn ReadAt) -> Result<Done, Issue> {
    let (mut tree, mut buffer) = (Tree::new(&[]), Vec::new());
    feed(source, 0, source.len(), &mut buffer, &mut |window| tree.add(window))?;
    Ok(tree.finish())
}

/// A range of the source, all of it.
pub(super) fn exactly(source: &dyn ReadAt, offset: u64, len: usize) -> Result<Vec<u8>, Issue> {
    let bytes = read_range(source, offset, len).map_err(|e| Issue::new(IssueCode::ReadFailed, e.to_string()))?;
    if bytes.len() == len {
        Ok(bytes)
    } else {
        Err(Issue::new(IssueCode::ReadFailed, format!("{} of {len} bytes at {offset}", bytes.len())))
    }
}
