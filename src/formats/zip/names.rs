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
        for group in groups(&self.0, entries, |entry| Cow::Borrowed(entry.raw_name.as_slice())) {
            let text = format_args!("{} entries of this name", group.count);
            anomalies.add(AnomalyKind::DuplicateName, &group.first.name, text);
        }
        let paths = hashed(entries.iter().map(|entry| hash(&path(&entry.raw_name))));
        for group in groups(&paths, entries, |entry| path(&entry.raw_name)) {
            if let Some(other) = group.other {
                let text = format_args!("{:?} leads to the same path", other.name);
                anomalies.add(AnomalyKind::DuplicatePath, &group.first.name, text);
            }
        }
        let lower = hashed(entries.iter().map(|entry| hash(&folded(entry))));
        let mut by_case =
            groups(&lower, entries, folded).into_iter().filter_map(|group| Some((group.first, group.other?)));
        if let Some((first, other)) = by_case.next() {
            let text = format_args!("as {:?}, and {} more such names", other.name, by_case.count());
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

/// Entries that have a key in common.
struct Group<'a> {
    first: &'a Entry,
    /// The first of another name, where there is one.
    other: Option<&'a Entry>,
    count: usize,
}

/// Entries that have a key in common with others, in the order of the directory.
fn groups<'a>(hashes: &[(u64, u32)], entries: &'a [Entry], key: impl Fn(&'a Entry) -> Cow<'a, [u8]>) -> Vec<Group<'a>> {
    let mut found = Vec::new();
    for run in hashes.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
        let with_key = |(_, index): &(u64, u32)| Some((key(entries.get(*index as usize)?), *index));
        let mut same: Vec<_> = run.iter().filter_map(with_key).collect();
        same.sort();
        for group in same.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1) {
            let mut members = group.iter().filter_map(|(_, index)| entries.get(*index as usize));
            let (Some(first), Some((_, index))) = (members.next(), group.first()) else { continue };
            let other = members.find(|member| member.raw_name != first.raw_name);
            found.push((*index, Group { first, other, count: group.len() }));
        }
    }
    found.sort_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, group)| group).collect()
}

fn folded(entry: &Entry) -> Cow<'_, [u8]> {
    let lower = if entry.name.is_ascii() { entry.name.to_ascii_lowercase() } else { entry.name.to_lowercase() };
    Cow::Owned(lower.into_bytes())
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
