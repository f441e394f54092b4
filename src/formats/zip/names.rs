//! Names: found by hash, and what is odd about them.
//!
//! Android refuses an archive with two entries of one name (libziparchive, `CdEntryMapZip32::AddToMap`), with a name that is no
//! UTF-8 and with a name that has a NUL byte (`IsValidEntryName`). Other readers take the first of two or the last.

use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hasher},
};

use super::{AnomalyKind, anomaly::Anomalies, entry::Entry};

/// Entries by the hash of their name, in the order of the directory where they are equal.
#[derive(Debug)]
pub(super) struct Names(Vec<(u64, u32)>);

impl Names {
    pub(super) fn new(entries: &[Entry]) -> Self {
        Self(hashed(entries.iter().map(|entry| hash(&entry.raw_name))))
    }

    /// The first entry of this name.
    pub(super) fn find<'a>(&self, entries: &'a [Entry], name: &[u8]) -> Option<&'a Entry> {
        let wanted = hash(name);
        let from = self.0.partition_point(|(hash, _)| *hash < wanted);
        let same = self.0.get(from..)?.iter().take_while(|(hash, _)| *hash == wanted);
        same.filter_map(|(_, index)| entries.get(*index as usize)).find(|entry| entry.raw_name == name)
    }

    pub(super) fn judge(&self, entries: &[Entry], anomalies: &mut Anomalies) {
        for entry in entries {
            judge(entry, anomalies);
        }
        let exact = groups(&self.0, entries, |entry| Cow::Borrowed(entry.raw_name.as_slice()));
        for (first, more) in &exact {
            let text = format_args!("{} entries of this name", more.saturating_add(1));
            anomalies.add(AnomalyKind::DuplicateName, &first.name, text);
        }
        let paths = hashed(entries.iter().map(|entry| hash(&path(&entry.raw_name))));
        for (first, _) in groups(&paths, entries, |entry| path(&entry.raw_name)) {
            if !exact.iter().any(|(known, _)| known.raw_name == first.raw_name) {
                let text = format_args!("another name leads to the same path");
                anomalies.add(AnomalyKind::DuplicatePath, &first.name, text);
            }
        }
        let folded = hashed(entries.iter().map(|entry| hash(&folded(entry))));
        let by_case = groups(&folded, entries, folded_name);
        let only_by_case = by_case.iter().filter(|(first, _)| !exact.iter().any(|(known, _)| known.name == first.name));
        if let Some((first, _)) = only_by_case.clone().next() {
            let text = format_args!("{} names of which another differs only in case", only_by_case.count());
            anomalies.add(AnomalyKind::NamesByCase, &first.name, text);
        }
    }
}

fn judge(entry: &Entry, anomalies: &mut Anomalies) {
    let (raw, name) = (entry.raw_name.as_slice(), entry.name.as_str());
    let mut add = |kind, text: &str| anomalies.add(kind, name, format_args!("{text}"));
    if raw.is_empty() {
        add(AnomalyKind::NameEmpty, "the name has no bytes");
    }
    // The replacement character is three bytes, so that a name with one is never as it was.
    if name.as_bytes() != raw {
        add(AnomalyKind::NameNotUtf8, "some bytes are no UTF-8");
    }
    let drive = raw.get(1) == Some(&b':') && raw.first().is_some_and(u8::is_ascii_alphabetic);
    if drive || matches!(raw.first(), Some(b'/' | b'\\')) {
        add(AnomalyKind::NameAbsolute, "an absolute path");
    }
    if raw.split(|byte| matches!(byte, b'/' | b'\\')).any(|part| part == b"..") {
        add(AnomalyKind::NameParent, "leads out of its folder");
    }
    if raw.contains(&b'\\') {
        add(AnomalyKind::NameBackslash, "has a backslash");
    }
    if raw.contains(&0) {
        add(AnomalyKind::NameNul, "has a NUL byte");
    } else if raw.iter().any(u8::is_ascii_control) {
        add(AnomalyKind::NameControl, "has a control character");
    }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

fn hashed(hashes: impl Iterator<Item = u64>) -> Vec<(u64, u32)> {
    let mut list: Vec<_> = hashes.zip(0_u32..).collect();
    list.sort_unstable();
    list
}

/// Entries that have a key in common with others: the first, and how many others there are. In the order of the directory.
fn groups<'a>(
    hashes: &[(u64, u32)],
    entries: &'a [Entry],
    key: impl Fn(&'a Entry) -> Cow<'a, [u8]>,
) -> Vec<(&'a Entry, usize)> {
    let mut found = Vec::new();
    for run in hashes.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        let mut same: Vec<_> =
            run.iter().filter_map(|(_, index)| Some((key(entries.get(*index as usize)?), *index))).collect();
        same.sort();
        for group in same.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
            found.extend(group.first().map(|(_, index)| (*index, group.len().saturating_sub(1))));
        }
    }
    found.sort_unstable();
    found.into_iter().filter_map(|(index, more)| Some((entries.get(index as usize)?, more))).collect()
}

fn folded(entry: &Entry) -> Cow<'_, [u8]> {
    if entry.name.is_ascii() {
        Cow::Owned(entry.name.to_ascii_lowercase().into_bytes())
    } else {
        Cow::Owned(entry.name.to_lowercase().into_bytes())
    }
}

fn folded_name(entry: &Entry) -> Cow<'_, [u8]> {
    folded(entry)
}

/// The path that a name leads to from the folder where it is unpacked.
fn path(raw: &[u8]) -> Cow<'_, [u8]> {
    let plain = |part: &[u8]| !part.is_empty() && part != b"." && part != b"..";
    if !raw.contains(&b'\\') && raw.split(|byte| *byte == b'/').all(plain) {
        return Cow::Borrowed(raw);
    }
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in raw.split(|byte| matches!(byte, b'/' | b'\\')) {
        match part {
            b".." => _ = parts.pop(),
            b"." | b"" => {}
            part => parts.push(part),
        }
    }
    Cow::Owned(parts.join(&b'/'))
}
