//! Digests of what is in the entries, from whoever inflates them: each entry is inflated once, whoever wants to see it.

use std::{borrow::Cow, collections::BTreeMap};

use crate::formats::{
    public_key::{Hash, Hasher},
    zip::{Archive, DEFLATED, Entry, STORED, ZipError},
};

/// Contents that nobody ships in one entry.
const MAX_ENTRY: u64 = 4 << 30;

/// Gives digests of entries, by their place in the central directory.
pub trait EntryDigests {
    /// The digests of the inflated contents, one for each hash and in that order.
    ///
    /// # Errors
    /// The contents could not be had.
    fn digests(&self, entry: usize, hashes: &[Hash]) -> Result<Vec<Vec<u8>>, EntryDigestError>;
}

/// Why there are no digests of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EntryDigestError {
    /// It cannot be inflated, by nobody.
    Damaged(String),
    /// It was not read to its end.
    NotRead(String),
}

impl From<ZipError> for EntryDigestError {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::TooLarge { .. } | ZipError::Read { .. } => Self::NotRead(error.to_string()),
            _ => Self::Damaged(error.to_string()),
        }
    }
}

/// Several digests of the same bytes in the making.
#[derive(Clone)]
pub struct EntryHasher(Vec<(Hash, Hasher)>);

impl EntryHasher {
    pub fn new(hashes: &[Hash]) -> Self {
        Self(hashes.iter().map(|hash| (*hash, hash.hasher())).collect())
    }

    pub fn update(&mut self, bytes: &[u8]) {
        self.0.iter_mut().for_each(|(_, hasher)| hasher.update(bytes));
    }

    pub fn finish(self) -> Vec<(Hash, Vec<u8>)> {
        self.0.into_iter().map(|(hash, hasher)| (hash, hasher.finish())).collect()
    }
}

/// Digests that were made while the entries were inflated for something else.
#[derive(Clone, Debug, Default)]
pub struct Collected(BTreeMap<usize, Result<Digests, EntryDigestError>>);

/// Digests of one entry, each with its hash.
type Digests = Vec<(Hash, Vec<u8>)>;

impl Collected {
    pub fn add(&mut self, entry: usize, digests: Result<EntryHasher, EntryDigestError>) {
        self.0.insert(entry, digests.map(EntryHasher::finish));
    }

    /// Takes over what was made of other entries.
    pub fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }
}

impl EntryDigests for Collected {
    fn digests(&self, entry: usize, hashes: &[Hash]) -> Result<Vec<Vec<u8>>, EntryDigestError> {
        let not_read = || EntryDigestError::NotRead("nobody inflated it".to_owned());
        let known = self.0.get(&entry).ok_or_else(not_read)?.as_ref().map_err(Clone::clone)?;
        let of = |hash: &Hash| known.iter().find(|(other, _)| other == hash).map(|(_, digest)| digest.clone());
        hashes.iter().map(of).collect::<Option<_>>().ok_or_else(not_read)
    }
}

/// The entry as Java reads it, which verifies scheme 1 on Android: what is not stored is inflated, whatever its method
/// (AOSP `libcore`, `StrictJarFile`; `apksig`, `LocalFileRecord`).
pub(super) fn as_java(entry: &Entry) -> Cow<'_, Entry> {
    if is_odd(entry) { Cow::Owned(Entry { method: DEFLATED, ..entry.clone() }) } else { Cow::Borrowed(entry) }
}

/// Java reads it otherwise than the rest of Android.
pub(super) fn is_odd(entry: &Entry) -> bool {
    !matches!(entry.method, STORED | DEFLATED)
}

/// Inflates each entry when it is asked for.
pub struct Inflating<'a>(pub &'a Archive<'a>);

impl EntryDigests for Inflating<'_> {
    fn digests(&self, entry: usize, hashes: &[Hash]) -> Result<Vec<Vec<u8>>, EntryDigestError> {
        let missing = || EntryDigestError::Damaged("no such entry".to_owned());
        let entry = self.0.entries().get(entry).ok_or_else(missing)?;
        let mut hasher = EntryHasher::new(hashes);
        self.0.stream(&as_java(entry), MAX_ENTRY, &mut |window| hasher.update(window))?;
        Ok(hasher.finish().into_iter().map(|(_, digest)| digest).collect())
    }
}
