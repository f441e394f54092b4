//! Names: found by hash, and what is odd about them.
//!
//! Android refuses an archive with two entries of one name (libziparchive, `CdEntryMapZip32::AddToMap`; libcore, `ZipFile.initCEN`),
//! with a name that is no UTF-8 and with a name that has a NUL byte (libziparchive, `IsValidEntryName`). Other readers take the
//! first of two entries or the last; here the first is found.

use std::{borrow::Cow, cmp::Ordering};

use super::{AnomalyKind, anomaly::Anomalies, entry::Entry};

/// Entries by a hash that is the same for names that differ in case alone or lead to the same path, then by name.
#[derive(Debug)]
pub(super) struct Names(Vec<(u64, u32)>);

impl Names {
    pub(super) fn new(entries: &[Entry]) -> Self {
        let mut list: Vec<_> = entries.iter().map(|entry| hash(&entry.raw_name)).zip(0_u32..).collect();
        let name = |index: u32| entries.get(index as usize).map(|entry| entry.raw_name.as_slice());
        list.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| (name(a.1), a.1).cmp(&(name(b.1), b.1))));
        Self(list)
    }

    /// The first entry of this name.
    pub(super) fn find<'a>(&self, entries: &'a [Entry], name: &[u8]) -> Option<&'a Entry> {
        let wanted = hash(name);
        let of = |index: u32| entries.get(index as usize);
        let is_before = |(hash, index): &(u64, u32)| {
            let raw_name = || of(*index).map(|entry| entry.raw_name.as_slice());
            hash.cmp(&wanted).then_with(|| raw_name().cmp(&Some(name))).is_lt()
        };
        let (_, index) = self.0.get(self.0.partition_point(is_before))?;
        of(*index).filter(|entry| entry.raw_name == name)
    }

    pub(super) fn judge(&self, entries: &[Entry], anomalies: &mut Anomalies) {
        for entry in entries {
            judge(entry, anomalies);
        }
        let mut found = Found::default();
        for run in self.0.chunk_by(|a, b| a.0 == b.0).filter(|run| run.len() > 1) {
            let members: Vec<_> = run.iter().filter_map(|(_, at)| Some((*at, entries.get(*at as usize)?))).collect();
            found.look(&members);
        }
        found.report(anomalies);
    }
}

/// The first of some entries, its index, another of them, and how many there are.
type Alike<'a> = (u32, &'a Entry, &'a Entry, usize);

/// Names that are not the only one of their kind.
#[derive(Default)]
struct Found<'a> {
    exact: Vec<Alike<'a>>,
    paths: Vec<Alike<'a>>,
    by_case: Vec<Alike<'a>>,
}

impl<'a> Found<'a> {
    fn look(&mut self, members: &[(u32, &'a Entry)]) {
        self.exact.extend(alike(members, |entry| Cow::Borrowed(entry.raw_name.as_slice())));
        let differ = |(_, first, other, _): &Alike<'_>| first.raw_name != other.raw_name;
        self.paths.extend(alike(members, |entry| path(&entry.raw_name)).into_iter().filter(differ));
        self.by_case.extend(alike(members, folded).into_iter().filter(differ));
    }

    fn report(mut self, anomalies: &mut Anomalies) {
        // In the order of the directory, whatever the hashes are.
        for list in [&mut self.exact, &mut self.paths, &mut self.by_case] {
            list.sort_by_key(|(index, ..)| *index);
        }
        for (_, first, _, count) in self.exact {
            anomalies.add(AnomalyKind::DuplicateName, &first.name, format_args!("{count} entries of this name"));
        }
        for (_, first, other, _) in self.paths {
            let text = format_args!("{:?} leads to the same path", other.name);
            anomalies.add(AnomalyKind::DuplicatePath, &first.name, text);
        }
        if let Some((_, first, other, _)) = self.by_case.first() {
            let text =
                format_args!("as {:?}, and {} more such names", other.name, self.by_case.len().saturating_sub(1));
            anomalies.add(AnomalyKind::NamesByCase, &first.name, text);
        }
    }
}

/// Entries that have a key in common; the other one is of another name where there is one.
fn alike<'a>(members: &[(u32, &'a Entry)], key: impl Fn(&'a Entry) -> Cow<'a, [u8]>) -> Vec<Alike<'a>> {
    let mut keyed: Vec<_> = members.iter().map(|(index, entry)| (key(entry), *index, *entry)).collect();
    keyed.sort_by(|a, b| match a.0.cmp(&b.0) {
        Ordering::Equal => a.1.cmp(&b.1),
        order => order,
    });
    let of_group = |group: &[(Cow<'_, [u8]>, u32, &'a Entry)]| {
        let [(_, index, first), rest @ ..] = group else { return None };
        let other = rest.iter().find(|(_, _, entry)| entry.raw_name != first.raw_name).or(rest.first())?;
        Some((*index, *first, other.2, group.len()))
    };
    keyed.chunk_by(|a, b| a.0 == b.0).filter_map(of_group).collect()
}

fn judge(entry: &Entry, anomalies: &mut Anomalies) {
    let (raw, name) = (entry.raw_name.as_slice(), entry.name.as_str());
    // Nearly every name is made of these alone, and parts that are no dots.
    let usual = |byte: &u8| matches!(byte, b' '..=b'~') && *byte != b'\\';
    if !raw.is_empty() && raw.iter().all(usual) && !matches!(raw, [b'/', ..] | [_, b':', ..]) && !has_parent(raw) {
        return;
    }
    let mut add = |kind, text: &str| anomalies.add(kind, name, format_args!("{text}"));
    if raw.is_empty() {
        add(AnomalyKind::NameEmpty, "the name has no bytes");
    }
    // The replacement character is three bytes, so that a name with one is never as it was.
    if name.as_bytes() != raw {
        add(AnomalyKind::NameNotUtf8, "some bytes are no UTF-8");
    }
    let is_drive = raw.get(1) == Some(&b':') && raw.first().is_some_and(u8::is_ascii_alphabetic);
    if is_drive || matches!(raw.first(), Some(b'/' | b'\\')) {
        add(AnomalyKind::NameAbsolute, "an absolute path");
    }
    if has_parent(raw) {
        add(AnomalyKind::NameParent, "leads out of its folder");
    }
    if raw.contains(&b'\\') {
        add(AnomalyKind::NameBackslash, "has a backslash");
    }
    if raw.contains(&0) {
        add(AnomalyKind::NameNul, "has a NUL byte");
    }
    if name.chars().any(|c| c.is_control() && c != '\0') {
        add(AnomalyKind::NameControl, "has a control character");
    }
}

fn is_separator(byte: &u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

fn has_parent(raw: &[u8]) -> bool {
    raw.windows(2).any(|two| two == b"..") && raw.split(is_separator).any(|part| part == b"..")
}

/// Of the path in lower case. It need not withstand an attacker: names of one hash are sorted.
fn hash(raw: &[u8]) -> u64 {
    const PRIME: u64 = 0x0100_0000_01b3;
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let path = path(raw);
    if path.is_ascii() {
        for byte in path.iter() {
            hash = (hash ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(PRIME);
        }
    } else {
        for byte in String::from_utf8_lossy(&path).to_lowercase().bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
        }
    }
    hash
}

fn folded(entry: &Entry) -> Cow<'_, [u8]> {
    let lower = if entry.name.is_ascii() { entry.name.to_ascii_lowercase() } else { entry.name.to_lowercase() };
    Cow::Owned(lower.into_bytes())
}

/// The path that a name leads to from the folder where it is unpacked.
fn path(raw: &[u8]) -> Cow<'_, [u8]> {
    let odd = |two: &[u8]| matches!(two, [b'/', b'/' | b'.'] | [b'\\', _] | [_, b'\\']);
    if !raw.windows(2).any(odd) && !matches!(raw, [b'/' | b'.' | b'\\', ..] | [.., b'/']) {
        return Cow::Borrowed(raw);
    }
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in raw.split(is_separator) {
        match part {
            b".." => _ = parts.pop(),
            b"." | b"" => {}
            part => parts.push(part),
        }
    }
    Cow::Owned(parts.join(&b'/'))
}
