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
    abc,
    apk::signing::{Collected, EntryDigestError, EntryHasher},
    code::{self, CodeFindings},
    dex,
    native::{self, NativeLib},
    public_key::{Hash, Hasher},
    strings::Scanner,
    zip::{Anomaly, Archive, Entry, Streamed, ZipError},
};
use crate::model::{Fact, UnreadStatus};

/// Code and libraries that are held whole while they are read.
const MAX_WHOLE: u64 = 96 << 20;
/// Above this, one at a time is held.
const LARGE: u64 = 6 << 20;
/// No entry is followed further: what is larger is named as skipped.
const MAX_ENTRY: u64 = 4 << 30;
/// No file that tells what is inside is larger.
const MAX_METADATA: u64 = 1 << 20;
/// Entries that are listed as skipped; the others are counted.
pub const MAX_SKIPPED: usize = 200;

/// What a walk brought. It does not depend on the order of the entries, nor on how many threads walked.
#[derive(Default)]
pub struct Walked {
    pub code: CodeFindings,
    pub strings: Scanner,
    pub native: BTreeMap<String, Fact<NativeLib>>,
    /// Small files that tell what is inside.
    pub metadata: BTreeMap<String, Vec<u8>>,
    /// Classes that the code defines, as `com.example.Main`.
    pub classes: BTreeSet<String>,
    /// Digests of entries by their place in the directory, for who asked.
    pub digests: Collected,
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

/// Which digests somebody needs of an entry, by its place in the directory.
type Wanted<'a> = &'a (dyn Fn(usize, &Entry) -> Vec<Hash> + Sync);

/// Walks the entries that `looked_at` says.
pub fn walk(archive: &Archive<'_>, wanted: Wanted<'_>, looked_at: &dyn Fn(&Entry) -> bool) -> Walked {
    let mut order: Vec<(usize, &Entry)> =
        archive.entries().iter().enumerate().filter(|(_, entry)| looked_at(entry)).collect();
    // The largest first, so that no thread is left with one at the end.
    order.sort_by_key(|(index, entry)| (std::cmp::Reverse(entry.uncompressed), *index));
    let walker = Walker { archive, wanted, large: Mutex::new(()) };
    order
        .into_par_iter()
        .with_max_len(1)
        .fold(Walked::default, |mut walked, (index, entry)| {
            walker.entry(index, entry, &mut walked);
            walked
        })
        .reduce(Walked::default, Walked::merged)
}

struct Walker<'a> {
    archive: &'a Archive<'a>,
    wanted: Wanted<'a>,
    large: Mutex<()>,
}

impl Walker<'_> {
    fn entry(&self, index: usize, entry: &Entry, walked: &mut Walked) {
        if entry.name.ends_with('/') && entry.uncompressed == 0 {
            return;
        }
        let role = Role::of(&entry.name);
        let mut taps = Taps::new(&(self.wanted)(index, entry), Tie::wants(&entry.name));
        let read = match role {
            Role::Dex | Role::Native | Role::Ark if entry.uncompressed <= MAX_WHOLE => {
                let _alone =
                    (entry.uncompressed > LARGE).then(|| self.large.lock().unwrap_or_else(PoisonError::into_inner));
                self.whole(entry, role, &mut taps, walked)
            }
            Role::Dex | Role::Native | Role::Ark => {
                Err(ZipError::TooLarge { entry: entry.name.clone(), cap: MAX_WHOLE })
            }
            Role::Text => self.windows(entry, true, &mut taps, walked),
            Role::Strings => self.windows(entry, false, &mut taps, walked),
            Role::Metadata => self.metadata(entry, &mut taps, walked),
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
                walked.digests.add(index, Err(EntryDigestError::from(error)));
            }
        }
    }

    fn whole(&self, entry: &Entry, role: Role, taps: &mut Taps, walked: &mut Walked) -> Result<Streamed, ZipError> {
        let (bytes, streamed) = self.archive.read_measured(entry, MAX_WHOLE)?;
        taps.take(&bytes);
        let strings = &mut walked.strings;
        match role {
            Role::Dex => {
                code::scan_dex(&entry.name, &bytes, &mut walked.code, &mut |text| {
                    strings.string(&entry.name, text.as_bytes())
                });
                for part in dex::parts(&bytes).into_iter().flatten() {
                    walked.classes.extend(part.defined_types());
                }
            }
            Role::Native => {
                let library = native::read(&entry.name, &bytes);
                let library = library.map_or_else(|e| Fact::unread(UnreadStatus::Error, e.code()), Fact::Known);
                walked.native.insert(entry.name.clone(), library);
                strings.binary(&entry.name, &bytes);
            }
            _ => {
                let read = abc::scan(&bytes, &mut |text| strings.string(&entry.name, text.as_bytes()));
                if read.is_err() {
                    strings.binary(&entry.name, &bytes);
                }
            }
        }
        Ok(streamed)
    }

    fn metadata(&self, entry: &Entry, taps: &mut Taps, walked: &mut Walked) -> Result<Streamed, ZipError> {
        let (bytes, streamed) = self.archive.read_measured(entry, MAX_METADATA)?;
        taps.take(&bytes);
        walked.strings.text(&entry.name, &bytes);
        walked.metadata.insert(entry.name.clone(), bytes);
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
    signed: Option<EntryHasher>,
    tie: Option<Hasher>,
}

impl Taps {
    fn new(wanted: &[Hash], tied: bool) -> Self {
        Self {
            signed: (!wanted.is_empty()).then(|| EntryHasher::new(wanted)),
            tie: tied.then(|| Hash::Sha256.hasher()),
        }
    }

    fn take(&mut self, piece: &[u8]) {
        if let Some(hasher) = &mut self.signed {
            hasher.update(piece);
        }
        if let Some(hasher) = &mut self.tie {
            hasher.update(piece);
        }
    }

    fn finish(self, index: usize, entry: &Entry, walked: &mut Walked) {
        if let Some(hasher) = self.signed {
            walked.digests.add(index, Ok(hasher));
        }
        if let Some(hasher) = self.tie {
            walked.tie.add(&entry.name, &hasher.finish());
        }
    }
}

impl Walked {
    pub fn skip(&mut self, entry: &str, reason: &str) {
        self.skipped_count += 1;
        self.skipped.push(Skipped { entry: entry.to_owned(), reason: reason.to_owned() });
    }

    pub fn merged(mut self, other: Self) -> Self {
        self.code.merge(other.code);
        self.strings.merge(other.strings);
        self.native.extend(other.native);
        self.classes.extend(other.classes);
        self.digests.merge(other.digests);
        self.metadata.extend(other.metadata);
        self.anomalies.extend(other.anomalies);
        self.scanned += other.scanned;
        self.skipped.extend(other.skipped);
        self.skipped_count += other.skipped_count;
        self.tie.merge(other.tie);
        self
    }

    pub fn finished(mut self) -> Self {
        self.anomalies.sort();
        self.skipped.sort();
        self.skipped.truncate(MAX_SKIPPED);
        self
    }
}
