//! Scheme 1: JAR signing as Android takes it (Java SE, "JAR File Specification", "Signed JAR File"; AOSP `apksig`,
//! `V1SchemeVerifier`).
//!
//! What is signed is a signature file; it has digests of the manifest, which has digests of the entries.

mod algorithms;
mod block;
mod digests;
mod manifest;
mod signature_file;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    entries::{EntryDigestError, EntryDigests, Inflating, as_java, is_odd},
    issue::{Issue, IssueCode, Issues},
    schemes::MAX_SIGNERS,
    signer::Range,
};
use crate::formats::{
    public_key::Hash,
    zip::{AnomalyKind, Archive, Entry, ZipError},
};

use digests::Expected;
use manifest::Section;
use signature_file::SignatureFile;

const FOLDER: &str = "META-INF/";
pub(super) const MANIFEST: &str = "META-INF/MANIFEST.MF";
/// A manifest of 100,000 entries is half as large.
const MAX_FILE: u64 = 32 << 20;
/// Certificates and a signature.
const MAX_BLOCK: u64 = 4 << 20;

/// Scheme 1 up to the digests of the entries.
#[derive(Debug, Default)]
pub(super) struct Jar {
    pub(super) issues: Issues,
    /// Certificates of those who signed all entries.
    pub(super) certificates: Vec<Vec<u8>>,
    pub(super) algorithms: BTreeSet<String>,
    /// Hashes of digests and signatures.
    pub(super) hashes: BTreeSet<String>,
    /// What each entry has to be, by its place in the central directory.
    entries: BTreeMap<usize, Vec<Expected>>,
}

/// Whether there is something of the scheme: a signature file or block. A manifest alone is no signature.
pub(super) fn is_present(archive: &Archive<'_>) -> bool {
    archive.entries().iter().any(|entry| is_signature_file(&entry.name) || is_block(&entry.name))
}

/// The manifest, which source stamps cover too; none where there is none to be read.
pub(super) fn manifest(archive: &Archive<'_>) -> Option<Vec<u8>> {
    archive.read(&as_java(archive.find(MANIFEST)?), MAX_FILE).ok()
}

fn is_signature_file(name: &str) -> bool {
    name.starts_with(FOLDER) && name.ends_with(".SF")
}

fn is_block(name: &str) -> bool {
    name.starts_with(FOLDER) && [".RSA", ".DSA", ".EC"].iter().any(|ending| name.ends_with(ending))
}

/// What is outside of `META-INF` and no folder has to be covered; Android asks for less than Java.
fn has_to_be_covered(name: &str) -> bool {
    !name.starts_with(FOLDER) && !name.ends_with('/')
}

impl Jar {
    /// Verifies all but the entries. `found` are the schemes from 2 on that are there, `known` those that the newest
    /// platform knows.
    pub(super) fn read(archive: &Archive<'_>, range: Range, known: &[u32], found: &BTreeSet<u32>) -> Self {
        let mut out = Self::default();
        if let Err(issue) = out.verify(archive, range, known, found) {
            out.issues.add(issue);
        }
        if !out.issues.is_empty() {
            out.entries.clear();
        }
        out
    }

    /// The hashes that are wanted of an entry; none of one that only Java reads so.
    pub(super) fn wanted(&self, archive: &Archive<'_>, entry: usize) -> Vec<Hash> {
        if archive.entries().get(entry).is_some_and(is_odd) {
            return Vec::new();
        }
        self.entries.get(&entry).into_iter().flatten().map(|expected| expected.hash).collect()
    }

    /// With the entries held against their digests.
    pub(super) fn finished(mut self, archive: &Archive<'_>, digests: &dyn EntryDigests) -> Self {
        for (index, expected) in std::mem::take(&mut self.entries) {
            let entry = archive.entries().get(index);
            let name = entry.map_or("", |entry| entry.name.as_str());
            let digests = if entry.is_some_and(is_odd) { &Inflating(archive) } else { digests };
            let hashes: Vec<Hash> = expected.iter().map(|expected| expected.hash).collect();
            match digests.digests(index, &hashes) {
                Ok(actual) if actual.iter().eq(expected.iter().map(|expected| &expected.digest)) => {}
                Ok(_) => self.issues.add(Issue::new(IssueCode::EntryDigestMismatch, name)),
                Err(EntryDigestError::Damaged(what)) => {
                    self.issues.add(Issue::new(IssueCode::EntryUnreadable, format!("{name}: {what}")));
                }
                Err(EntryDigestError::NotRead(what)) => {
                    self.issues.add(Issue::new(IssueCode::ReadFailed, format!("{name}: {what}")));
                }
            }
        }
        self
    }

    fn verify(
        &mut self,
        archive: &Archive<'_>,
        range: Range,
        known: &[u32],
        found: &BTreeSet<u32>,
    ) -> Result<(), Issue> {
        let names = self.names(archive);
        self.check_headers(archive);
        let manifest = archive.find(MANIFEST).ok_or(IssueCode::ManifestMissing)?;
        let manifest = read(archive, manifest, MAX_FILE)?;
        let mut sections = manifest::sections(&manifest).into_iter();
        let main = sections.next();
        let by_entry = self.by_entry(sections, &names);
        if !self.issues.is_empty() {
            return Ok(());
        }
        let signed = self.signed(archive, range)?;
        if !self.issues.is_empty() {
            return Ok(());
        }
        let context = signature_file::Context { manifest: &manifest, main: main.as_ref(), by_entry: &by_entry, range };
        let mut signers = Vec::new();
        for (file, by) in signed {
            let file = SignatureFile::verify(&file, &context, known, found, &mut self.issues);
            if let Some(file) = file {
                signers.push((file, by));
            }
        }
        if !self.issues.is_empty() {
            return Ok(());
        }
        if signers.is_empty() {
            return Err(IssueCode::NoSignatures.into());
        }
        self.cover(archive, &by_entry, &signers, range)
    }

    /// An entry whose local header says other than the directory cannot be read (AOSP `apksig`, `LocalFileRecord`).
    fn check_headers(&mut self, archive: &Archive<'_>) {
        use AnomalyKind::{LocalDiffers, LocalHeaderMissing, NameDiffers, OutOfBounds};
        for anomaly in archive.anomalies() {
            let unreadable = matches!(anomaly.kind, LocalDiffers | LocalHeaderMissing | NameDiffers | OutOfBounds);
            // What only Java reads is measured otherwise.
            let is_odd = archive.find(&anomaly.entry).is_some_and(is_odd);
            if unreadable && !is_odd && !anomaly.entry.ends_with('/') {
                let detail = format!("{}: {:?}", anomaly.entry, anomaly.kind);
                self.issues.add(Issue::new(IssueCode::EntryUnreadable, detail));
            }
        }
    }

    /// Names that are there; none may be there twice.
    fn names<'n>(&mut self, archive: &'n Archive<'_>) -> BTreeSet<&'n str> {
        let mut names = BTreeSet::new();
        let twice: BTreeSet<&str> =
            archive.entries().iter().map(|entry| entry.name.as_str()).filter(|name| !names.insert(*name)).collect();
        twice.into_iter().for_each(|name| self.issues.add(Issue::new(IssueCode::DuplicateEntry, name)));
        names
    }

    /// Sections of the manifest by the entry that each is about.
    fn by_entry(
        &mut self,
        sections: impl Iterator<Item = Section>,
        names: &BTreeSet<&str>,
    ) -> BTreeMap<String, Section> {
        let mut out = BTreeMap::new();
        for (number, section) in sections.enumerate() {
            let Some(name) = section.entry().map(str::to_owned) else {
                self.issues
                    .add(Issue::new(IssueCode::SectionUnnamed, format!("section {} of the manifest", number + 1)));
                continue;
            };
            if !names.contains(name.as_str()) {
                self.issues.add(Issue::new(IssueCode::EntryMissing, name.clone()));
            }
            if out.insert(name.clone(), section).is_some() {
                self.issues.add(Issue::new(IssueCode::DuplicateSection, name));
            }
        }
        out
    }

    /// Signature files whose block verifies, and who signed each. A block without its file is passed over.
    fn signed(&mut self, archive: &Archive<'_>, range: Range) -> Result<Vec<(Vec<u8>, block::Verified)>, Issue> {
        let pairs: Vec<_> = archive
            .entries()
            .iter()
            .filter(|entry| is_block(&entry.name))
            .filter_map(|block| {
                let stem = block.name.rsplit_once('.')?.0;
                Some((block, archive.find(&format!("{stem}.SF"))?))
            })
            .collect();
        if pairs.is_empty() {
            return Err(IssueCode::NoSignatures.into());
        }
        if pairs.len() > MAX_SIGNERS {
            return Err(Issue::new(IssueCode::TooManySigners, pairs.len().to_string()));
        }
        let mut out = Vec::new();
        for (block, file) in pairs {
            let file = read(archive, file, MAX_FILE)?;
            let message = read(archive, block, MAX_BLOCK)?;
            match block::verify(&message, &file, range) {
                Ok(verified) => {
                    self.algorithms.insert(verified.algorithm.clone());
                    self.hashes.insert(verified.hash.clone());
                    out.push((file, verified));
                }
                Err(issue) => {
                    let detail = format!("{}: {}", block.name, issue.detail);
                    self.issues.add(Issue::new(issue.code, detail.trim_end_matches(": ")));
                }
            }
        }
        Ok(out)
    }

    /// Every entry has to be signed, and by the same signers as all others.
    fn cover(
        &mut self,
        archive: &Archive<'_>,
        by_entry: &BTreeMap<String, Section>,
        signers: &[(SignatureFile, block::Verified)],
        range: Range,
    ) -> Result<(), Issue> {
        let mut first: Option<Vec<usize>> = None;
        let mut entries: Vec<(usize, &Entry)> = archive.entries().iter().enumerate().collect();
        entries.sort_by_key(|(_, entry)| entry.local_header);
        for (index, entry) in entries.into_iter().filter(|(_, entry)| has_to_be_covered(&entry.name)) {
            let name = entry.name.as_str();
            let Some(section) = by_entry.get(name) else {
                self.issues.add(Issue::new(IssueCode::EntryNotInManifest, name));
                continue;
            };
            let by: Vec<usize> =
                (0..signers.len()).filter(|n| signers.get(*n).is_some_and(|(file, _)| file.covers(name))).collect();
            if by.is_empty() {
                self.issues.add(Issue::new(IssueCode::EntryNotSigned, name));
                continue;
            }
            if first.get_or_insert_with(|| by.clone()) != &by {
                self.issues.add(Issue::new(IssueCode::EntrySignersDiffer, name));
                continue;
            }
            let expected = digests::expected(section, "-Digest", range);
            if expected.is_empty() {
                self.issues.add(Issue::new(IssueCode::EntryDigestMissing, name));
                continue;
            }
            self.hashes.extend(expected.iter().map(|expected| expected.hash.name().to_owned()));
            self.entries.insert(index, expected);
        }
        let first = first.ok_or(IssueCode::NoSignedEntries)?;
        let by = first.iter().filter_map(|n| signers.get(*n));
        self.certificates = by.map(|(_, verified)| verified.certificate.clone()).collect();
        let files = signers.iter().flat_map(|(file, _)| &file.hashes);
        self.hashes.extend(files.map(|hash| hash.name().to_owned()));
        Ok(())
    }
}

fn read(archive: &Archive<'_>, entry: &Entry, cap: u64) -> Result<Vec<u8>, Issue> {
    archive.read(&as_java(entry), cap).map_err(|error| match error {
        ZipError::TooLarge { .. } | ZipError::Read { .. } => Issue::new(IssueCode::ReadFailed, error.to_string()),
        _ => Issue::new(IssueCode::EntryUnreadable, error.to_string()),
    })
}

#[cfg(test)]
mod tests;
