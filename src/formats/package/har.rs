//! HarmonyOS static libraries as `ohpm` publishes them: a tar in gzip whose entries lie below `package/`.

use flate2::{Decompress, FlushDecompress};

use crate::formats::zip::{ReadAt, read_range};

/// Read of the file, and of what is in it: the description of the library is among the first entries.
const MAX_COMPRESSED: usize = 256 << 10;
const MAX_TAR: usize = 1 << 20;
const BLOCK: usize = 512;
const DESCRIPTION: &[u8] = b"package/oh-package.json5";

/// Whether the file is such a library.
pub(super) fn is_har(source: &dyn ReadAt) -> bool {
    let Ok(head) = read_range(source, 0, MAX_COMPRESSED) else { return false };
    if !head.starts_with(&[0x1f, 0x8b, 8]) {
        return false;
    }
    let Some(body) = body(&head) else { return false };
    let mut tar = Vec::with_capacity(MAX_TAR);
    // What was decompressed before an error is looked at all the same.
    let _ = Decompress::new(false).decompress_vec(body, &mut tar, FlushDecompress::None);
    names(&tar).any(|name| name == DESCRIPTION)
}

/// What follows the header of a gzip member (RFC 1952, 2.3).
fn body(head: &[u8]) -> Option<&[u8]> {
    let (flags, mut rest) = (*head.get(3)?, head.get(10..)?);
    if flags & 4 != 0 {
        let length = usize::from(*rest.first()?) | usize::from(*rest.get(1)?) << 8;
        rest = rest.get(length.checked_add(2)?..)?;
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = rest.iter().position(|byte| *byte == 0)?;
            rest = rest.get(end.checked_add(1)?..)?;
        }
    }
    if flags & 2 != 0 { rest.get(2..) } else { Some(rest) }
}

/// Names of the entries of a tar, as far as it goes.
fn names(tar: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = tar;
    std::iter::from_fn(move || {
        let header = rest.get(..BLOCK)?;
        let name = header.get(..100)?.split(|byte| *byte == 0).next()?;
        let digits = header.get(124..135)?.iter().filter(|byte| matches!(byte, b'0'..=b'7'));
        let size = digits.fold(0_usize, |size, digit| size.saturating_mul(8).saturating_add(usize::from(digit - b'0')));
        let blocks = size.div_ceil(BLOCK).saturating_add(1);
        rest = rest.get(blocks.saturating_mul(BLOCK)..).unwrap_or_default();
        (!name.is_empty()).then_some(name)
    })
}
