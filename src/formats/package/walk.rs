//! Every entry of a package, inflated once: each scanner that wants it gets it then, and what nobody could read is said.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{contents::Role, tie::Tie};
use crate::formats::{
    code::{self, CodeFindings},
    native::{self, NativeLib},
    public_key::{Hash, Hasher},
    strings::Scanner,
    zip::{Anomaly, Archive, Entry, Streamed, ZipError},
};

/// Code and libraries that are held whole while they are read.
const MAX_WHOLE: u64 = 96 << 20;
/// Above this, one at a time is held.
const LARGE: u64 = 6 << 20;
/// No entry is followed further: what is larger is named as skipped.
const MAX_ENTRY: u64 = 4 << 30;
/// Entries that are listed as skipped; the others are counted.
pub const MAX_SKIPPED: usize = 200;

/// What a walk brought. It does not depend on the order of the entries, nor on how many threads walked.
#[derive(Default)]
pub struct Walked {
    pub code: CodeFindings,
    pub strings: Scanner,
    pub native: Vec<NativeLib>,
    /// Classes that the code defines, as `com.example.Main`.
    pub classes: BTreeSet<String>,
    /// Digests of entries by their place in the directory and the hash, for who asked.
    pub digests: BTreeMap<(usize, Hash), Vec<u8>>,
    pub anomalies: Vec<Anomaly>,
    pub scanned: i64,
    pub skipped: Vec<Skipped>,
    pub skipped_count: i64,
    pub tie: Tie,
}

/// An entry that nobody could look into, or not to its end.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Skipped {
    pub entry: String,
    /// `too_large`, `damaged`, `out_of_bounds`, `no_local_header`, `read`.
    pub reason: String,
}

/// Walks all entries. `wanted` says which digests somebody needs of an entry.
pub fn walk(archive: &Archive<'_>, wanted: &(dyn Fn(&Entry) -> Vec<Hash> + Sync)) -> Walked {
    let mut order: Vec<(usize, &Entry)> = archive.entries().iter().enumerate().collect();
    // The largest first, so that no thread is left with one at the end.
    order.sort_by_key(|(index, entry)| (std::cmp::Reverse(entry.uncompressed), *index));
    let walker = Walker { archive, wanted, large: Mutex::new(()) };
    let walked = order
        .into_par_iter()
        .with_max_len(1)
        .fold(Walked::default, |mut walked, (index, entry)| {
            walker.entry(index, entry, &mut walked);
            walked
        })
        .reduce(Walked::default, Walked::merged);
    walked.finished()
}

struct Walker<'a> {
    archive: &'a Archive<'a>,
    wanted: &'a (dyn Fn(&Entry) -> Vec<Hash> + Sync),
    large: Mutex<()>,
}

impl Walker<'_> {
    fn entry(&self, index: usize, entry: &Entry, walked: &mut Walked) {
        if entry.name.ends_with('/') && entry.uncompressed == 0 {
            return;
        }
        let role = Role::of(&entry.name);
        let mut taps = Taps::new((self.wanted)(entry), Tie::wants(&entry.name));
        let read = match role {
            Role::Dex | Role::Native | Role::Ark if entry.uncompressed <= MAX_WHOLE => {
                let _alone = (entry.uncompressed > LARGE).then(|| self.large.lock().unwrap_or_else(PoisonError::into_inner));
                self.whole(entry, role, &mut taps, walked)
            }
            Role::Dex | Role::Native | Role::Ark => Err(ZipError::TooLarge { entry: entry.name.clone(), cap: MAX_WHOLE }),
            Role::Text => self.windows(entry, true, &mut taps, walked),
            Role::Strings => self.windows(entry, false, &mut taps, walked),
            Role::Other => self.archive.stream(entry, MAX_ENTRY, &mut |piece| taps.take(piece)),
        };
        match read {
            Ok(streamed) => {
                walked.scanned += 1;
                walked.anomalies.extend(self.archive.check(entry, &streamed));
                taps.finish(index, entry, walked);
            }
            Err(error) => {
                if role == Role::Dex {
                    walked.code.dex.present += 1;
                }
                walked.skip(&entry.name, reason(&error));
            }
        }
    }

    fn whole(&self, entry: &Entry, role: Role, taps: &mut Taps, walked: &mut Walked) -> Result<Streamed, ZipError> {
        let (bytes, streamed) = self.archive.read_measured(entry, MAX_WHOLE)?;
        taps.take(&bytes);
        let strings = &mut walked.strings;
        match role {
            Role::Dex => {
                code::scan_dex(&entry.name, &bytes, &mut walked.code, &mut |text| strings.string(&entry.name, text.as_bytes()));
                walked.classes.extend(code::defined_classes(&bytes));
            }
            Role::Native => {
                walked.native.push(native::read(&entry.name, &bytes));
                strings.binary(&entry.name, &bytes);
            }
            _ => strings.binary(&entry.name, &bytes),
        }
        Ok(streamed)
    }

    fn windows(&self, entry: &Entry, text: bool, taps: &mut Taps, walked: &mut Walked) -> Result<Streamed, ZipError> {
        let mut windows =
            if text { walked.strings.text_windows(&entry.name) } else { walked.strings.binary_windows(&entry.name) };
        let streamed = self.archive.stream(entry, MAX_ENTRY, &mut |piece| {
            taps.take(piece);
            windows.push(piece);
        });
        windows.end();
        streamed
    }
}

fn reason(error: &ZipError) -> &'static str {
    match error {
        ZipError::TooLarge { .. } => "too_large",
        ZipError::Damaged { .. } => "damaged",
        ZipError::OutOfBounds { .. } => "out_of_bounds",
        ZipError::NoLocalHeader { .. } => "no_local_header",
        ZipError::Read { .. } | ZipError::NoEnd | ZipError::NoDirectory { .. } => "read",
    }
}

/// Digests that are taken while an entry goes by.
struct Taps {
    hashers: Vec<(Hash, Hasher)>,
    tie: Option<Hasher>,
}

impl Taps {
    fn new(wanted: Vec<Hash>, tied: bool) -> Self {
        let hashers = wanted.into_iter().map(|hash| (hash, hash.hasher())).collect();
        Self { hashers, tie: tied.then(|| Hash::Sha256.hasher()) }
    }

    fn take(&mut self, piece: &[u8]) {
        self.hashers.iter_mut().for_each(|(_, hasher)| hasher.update(piece));
        if let Some(hasher) = &mut self.tie {
            hasher.update(piece);
        }
    }

    fn finish(self, index: usize, entry: &Entry, walked: &mut Walked) {
        let Self { hashers, tie } = self;
        walked.digests.extend(hashers.into_iter().map(|(hash, hasher)| ((index, hash), hasher.finish())));
        if let Some(hasher) = tie {
            walked.tie.add(&entry.name, &hasher.finish());
        }
    }
}

impl Walked {
    fn skip(&mut self, entry: &str, reason: &str) {
        self.skipped_count += 1;
        self.skipped.push(Skipped { entry: entry.to_owned(), reason: reason.to_owned() });
    }

    fn merged(mut self, other: Self) -> Self {
        self.code.merge(other.code);
        self.strings.merge(other.strings);
        self.native.extend(other.native);
        self.classes.extend(other.classes);
        self.digests.extend(other.digests);
        self.anomalies.extend(other.anomalies);
        self.scanned += other.scanned;
        self.skipped.extend(other.skipped);
        self.skipped_count += other.skipped_count;
        self.tie.merge(other.tie);
        self
    }

    fn finished(mut self) -> Self {
        self.native.sort();
        self.anomalies.sort();
        self.skipped.sort();
        self.skipped.truncate(MAX_SKIPPED);
        self
    }
}
