//! The superblob: a table of blobs, each for its slot, numbers big-endian (Darwin, `cs_blobs.h`).

const EMBEDDED: u32 = 0xfade_0cc0;
/// Blobs of one signature; the format has some twenty slots.
const MAX_BLOBS: usize = 64;

/// Slots of blobs.
pub(super) mod slot {
    pub(crate) const CODE_DIRECTORY: u32 = 0;
    pub(crate) const INFO_PLIST: u32 = 1;
    pub(crate) const REQUIREMENTS: u32 = 2;
    pub(crate) const CODE_RESOURCES: u32 = 3;
    pub(crate) const ENTITLEMENTS: u32 = 5;
    pub(crate) const DER_ENTITLEMENTS: u32 = 7;
    pub(crate) const ALTERNATES: std::ops::RangeInclusive<u32> = 0x1000..=0x1004;
    pub(crate) const CMS: u32 = 0x1_0000;
}

/// What a blob begins with.
pub(super) mod magic {
    pub(crate) const CODE_DIRECTORY: u32 = 0xfade_0c02;
    pub(crate) const ENTITLEMENTS: u32 = 0xfade_7171;
    pub(crate) const DER_ENTITLEMENTS: u32 = 0xfade_7172;
    pub(crate) const WRAPPER: u32 = 0xfade_0b01;
}

/// The blobs of one signature.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SuperBlob<'a> {
    blobs: Vec<(u32, &'a [u8])>,
    /// Some blob lies outside, or a slot is there twice.
    pub damaged: bool,
}

impl<'a> SuperBlob<'a> {
    /// `None` where the bytes are no superblob.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        if word(bytes, 0)? != EMBEDDED {
            return None;
        }
        let length = usize::try_from(word(bytes, 4)?).ok()?;
        let bytes = bytes.get(..length)?;
        let count = usize::try_from(word(bytes, 8)?).ok()?;
        let mut out = Self { blobs: Vec::new(), damaged: count > MAX_BLOBS };
        for row in bytes.get(12..)?.chunks_exact(8).take(count.min(MAX_BLOBS)) {
            let (slot, offset) = (word(row, 0)?, usize::try_from(word(row, 4)?).ok()?);
            match blob_at(bytes, offset) {
                Some(blob) if out.get(slot).is_none() => out.blobs.push((slot, blob)),
                _ => out.damaged = true,
            }
        }
        out.damaged |= out.blobs.len() != count;
        Some(out)
    }

    /// The whole blob in a slot.
    pub(super) fn get(&self, slot: u32) -> Option<&'a [u8]> {
        self.blobs.iter().find(|(of, _)| *of == slot).map(|(_, blob)| *blob)
    }

    /// What is within the blob in a slot, which has to be of this kind.
    pub(super) fn within(&self, slot: u32, magic: u32) -> Option<&'a [u8]> {
        let blob = self.get(slot)?;
        (word(blob, 0)? == magic).then(|| blob.get(8..)).flatten()
    }

    /// Code directories: first the one that is signed, then the others.
    pub(super) fn directories(&self) -> impl Iterator<Item = &'a [u8]> {
        let first = self.get(slot::CODE_DIRECTORY).into_iter();
        first.chain(slot::ALTERNATES.filter_map(|slot| self.get(slot)))
    }
}

fn blob_at(bytes: &[u8], offset: usize) -> Option<&[u8]> {
    let rest = bytes.get(offset..)?;
    let length = usize::try_from(word(rest, 4)?).ok()?;
    if length < 8 { None } else { rest.get(..length) }
}

/// A big-endian number of four bytes.
pub(super) fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at.checked_add(4)?)?.try_into().ok().map(u32::from_be_bytes)
}

/// A big-endian number of eight bytes.
pub(super) fn long(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..at.checked_add(8)?)?.try_into().ok().map(u64::from_be_bytes)
}
