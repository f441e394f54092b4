//! What a code directory covers, held against it: pages, and the files and blobs of its special slots.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Verified,
    blob::{SuperBlob, slot},
    directory::Directory,
};
use crate::formats::ios::macho::{Algorithm, Scanned};

/// Digests of a file beside the executable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileDigests {
    pub sha1: Option<Vec<u8>>,
    pub sha256: Option<Vec<u8>>,
}

impl FileDigests {
    /// Both, of what is in memory.
    pub fn of(bytes: &[u8]) -> Self {
        Self { sha1: Some(Algorithm::Sha1.digest(bytes)), sha256: Some(Algorithm::Sha256.digest(bytes)) }
    }

    pub(super) fn by(&self, algorithm: Algorithm) -> Option<&[u8]> {
        match algorithm {
            Algorithm::Sha1 => self.sha1.as_deref(),
            Algorithm::Sha256 => self.sha256.as_deref(),
        }
    }
}

/// The files beside an executable that its signature covers; `None` for those that are not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beside {
    /// The executable of a bundle. A loose one may have an `Info.plist` in a section of its own.
    pub bundle: bool,
    pub info_plist: Option<FileDigests>,
    pub code_resources: Option<FileDigests>,
}

/// Whether a part that is sealed by a digest is what it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Seal {
    /// `info_plist`, `requirements`, `code_resources`, `entitlements` or `der_entitlements`.
    pub part: String,
    /// No where it was changed, added or taken away.
    pub verified: Verified,
}

/// Pages that differ from a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pages {
    Match,
    /// How many differ.
    Differ(i64),
    /// How many differ, all of them encrypted.
    Encrypted(i64),
    /// The directory covers less or more than what lies before the signature.
    Limit,
    /// With the reason.
    Unknown(&'static str),
}

impl Pages {
    pub(super) fn verified(self) -> Verified {
        match self {
            Self::Match => Verified::Yes,
            Self::Differ(_) | Self::Limit => Verified::No,
            Self::Encrypted(_) | Self::Unknown(_) => Verified::Indeterminate,
        }
    }

    pub(super) fn error(self) -> Option<&'static str> {
        match self {
            Self::Match => None,
            Self::Differ(_) => Some("pages_differ"),
            Self::Encrypted(_) => Some("encrypted_pages_differ"),
            Self::Limit => Some("code_limit"),
            Self::Unknown(why) => Some(why),
        }
    }
}

/// Compares the digests of all pages with those that were taken as the file came by.
pub(super) fn pages(directory: &Directory<'_>, scanned: &Scanned) -> Pages {
    if directory.limit != scanned.signed {
        return Pages::Limit;
    }
    let Some(algorithm) = directory.algorithm() else { return Pages::Unknown("hash_unsupported") };
    let taken = scanned.pages.iter().find(|pages| pages.algorithm == algorithm && pages.page == directory.page);
    let Some(taken) = taken else { return Pages::Unknown("page_size_unusual") };
    if u64::from(directory.pages) != directory.limit.div_ceil(directory.page) {
        return Pages::Limit;
    }
    let (mut differ, mut plain) = (0_i64, false);
    let mut at = 0_u64;
    for (listed, taken) in directory.page_digests().zip(taken.digests()) {
        let end = at.saturating_add(directory.page);
        if taken.get(..listed.len()) != Some(listed) {
            differ = differ.saturating_add(1);
            plain |= !scanned.encrypted.is_some_and(|(start, stop)| at < stop && start < end);
        }
        at = end;
    }
    match differ {
        0 => Pages::Match,
        _ if plain => Pages::Differ(differ),
        _ => Pages::Encrypted(differ),
    }
}

/// Compares the blobs of a signature with the special slots of one directory.
pub(super) fn blobs(directory: &Directory<'_>, blobs: &SuperBlob<'_>) -> Vec<Seal> {
    const PARTS: [(u32, &str); 3] = [
        (slot::DER_ENTITLEMENTS, "der_entitlements"),
        (slot::ENTITLEMENTS, "entitlements"),
        (slot::REQUIREMENTS, "requirements"),
    ];
    let judge = |(slot, part): (u32, &str)| {
        let found = blobs.get(slot).map(FileDigests::of);
        let verified = Listed::of(directory, slot).judge(found.as_ref())?;
        Some(Seal { part: part.to_owned(), verified })
    };
    PARTS.into_iter().filter_map(judge).collect()
}

/// The digests that a directory has of files beside the executable, kept until those files have been read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct FileSeals {
    info_plist: Listed,
    code_resources: Listed,
}

impl FileSeals {
    pub(super) fn of(directory: &Directory<'_>) -> Self {
        Self {
            info_plist: Listed::of(directory, slot::INFO_PLIST),
            code_resources: Listed::of(directory, slot::CODE_RESOURCES),
        }
    }

    pub(super) fn judge(&self, beside: &Beside) -> Vec<Seal> {
        let parts = [
            ("code_resources", &self.code_resources, &beside.code_resources),
            ("info_plist", &self.info_plist, &beside.info_plist),
        ];
        let judge = |(part, listed, found): (&str, &Listed, &Option<FileDigests>)| {
            let verified = match listed.judge(found.as_ref())? {
                Verified::No if found.is_none() && !beside.bundle => Verified::Indeterminate,
                verified => verified,
            };
            Some(Seal { part: part.to_owned(), verified })
        };
        parts.into_iter().filter_map(judge).collect()
    }
}

/// A digest in a special slot, if there is one, and the hash it is by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Listed {
    algorithm: Option<Algorithm>,
    digest: Option<Vec<u8>>,
}

impl Listed {
    fn of(directory: &Directory<'_>, slot: u32) -> Self {
        Self { algorithm: directory.algorithm(), digest: directory.special(slot).map(<[u8]>::to_vec) }
    }

    /// `None` where neither a digest nor the part is there.
    fn judge(&self, found: Option<&FileDigests>) -> Option<Verified> {
        let (listed, found) = match (&self.digest, found) {
            (None, None) => return None,
            (Some(listed), Some(found)) => (listed, found),
            _ => return Some(Verified::No),
        };
        Some(match self.algorithm.and_then(|algorithm| found.by(algorithm)) {
            None => Verified::Indeterminate,
            Some(own) if own.get(..listed.len()) == Some(listed) => Verified::Yes,
            Some(_) => Verified::No,
        })
    }
}
