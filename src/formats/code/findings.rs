//! What the code of a package was found to do.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::rule::Kind;
use crate::model::Tri;

/// Places that are listed of one use.
pub const MAX_PLACES: usize = 200;
/// Places that are listed of calls whose constants could not be seen.
pub const MAX_UNDECIDED: usize = 20;
/// Dex files that are listed one by one.
pub const MAX_FILES: usize = 500;

/// The findings of some dex files, each list sorted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CodeFindings {
    pub webview: Vec<Use>,
    pub tls_trust: Vec<Use>,
    pub crypto: Vec<Use>,
    pub sm_algorithms: Vec<Use>,
    pub privacy_apis: Vec<PrivacyUse>,
    pub dynamic_code: Vec<Use>,
    pub storage: Vec<Use>,
    pub logging: Vec<Use>,
    pub platform: Vec<Use>,
    pub resilience: Vec<Use>,
    /// How often each was found, with what the lists above left out.
    pub counts: Vec<UseCount>,
    pub dex: Dexes,
}

/// Something that code does, and where.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Use {
    /// The stable id of a rule.
    #[serde(rename = "use")]
    pub what: String,
    /// The dex file, the class and the method: `classes2.dex com.foo.Bar.method`.
    pub location: String,
    pub class: String,
}

/// A use of what the platform guards, or what a person may be known by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct PrivacyUse {
    /// The stable id of a rule.
    #[serde(rename = "use")]
    pub what: String,
    /// The dex file, the class and the method.
    pub location: String,
    pub class: String,
    /// What is called, read or named, as in `android.telephony.TelephonyManager.getImei`.
    pub api: String,
    /// The permission that a current platform asks for; empty for none.
    pub permission: String,
}

/// How often something was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct UseCount {
    /// The stable id of a rule.
    #[serde(rename = "use")]
    pub what: String,
    /// Places in code; one method may have several.
    pub found: i64,
    /// Calls of which it depends on a value that could not be seen whether they are one.
    pub undecided: i64,
    /// The first of these, at most 20.
    pub undecided_at: Vec<String>,
}

/// The dex files.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Dexes {
    pub present: i64,
    /// Of which the tables were read.
    pub scanned: i64,
    pub strings: i64,
    pub classes: i64,
    /// Methods that are named, defined here or elsewhere.
    pub methods: i64,
    /// Methods whose code was read to its end.
    pub methods_read: i64,
    /// What could not be read, of all files.
    pub skipped: Vec<DexSkipped>,
    /// Each file, at most 500.
    pub files: Vec<DexFile>,
}

/// One dex file, or one of the files of a container.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct DexFile {
    pub name: String,
    /// Three digits; empty where it is no dex file.
    pub version: String,
    /// Number of the file in a container of version 041, from 0.
    pub part: i64,
    pub bytes: i64,
    /// Bytes behind the end that the header names.
    pub trailing: i64,
    /// Adler-32 of the header.
    pub checksum: Tri,
    /// SHA-1 of the header.
    pub signature: Tri,
    pub strings: i64,
    pub types: i64,
    pub classes: i64,
    pub methods: i64,
    pub skipped: Vec<DexSkipped>,
}

/// What could not be read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct DexSkipped {
    /// `not_a_dex`, `table_cut_off`, `string`, `class_data`, `code_outside`, `code_cut_off`, `code_opcode`, `budget`.
    pub reason: String,
    pub count: i64,
}

impl CodeFindings {
    /// Adds the findings of other files. The order of merging does not show.
    pub fn merge(&mut self, other: Self) {
        for (mine, theirs) in [
            (&mut self.webview, other.webview),
            (&mut self.tls_trust, other.tls_trust),
            (&mut self.crypto, other.crypto),
            (&mut self.sm_algorithms, other.sm_algorithms),
            (&mut self.dynamic_code, other.dynamic_code),
            (&mut self.storage, other.storage),
            (&mut self.logging, other.logging),
            (&mut self.platform, other.platform),
            (&mut self.resilience, other.resilience),
        ] {
            merge_sorted(mine, theirs, |one| &one.what, MAX_PLACES);
        }
        merge_sorted(&mut self.privacy_apis, other.privacy_apis, |one| &one.what, MAX_PLACES);
        for count in other.counts {
            self.count(&count.what, count.found, count.undecided, count.undecided_at);
        }
        self.dex.merge(other.dex);
    }

    /// Places of one kind. Those of privacy APIs are in a list of their own form.
    pub(super) fn list(&mut self, kind: Kind) -> Option<&mut Vec<Use>> {
        Some(match kind {
            Kind::Crypto => &mut self.crypto,
            Kind::DynamicCode => &mut self.dynamic_code,
            Kind::Logging => &mut self.logging,
            Kind::Platform => &mut self.platform,
            Kind::Resilience => &mut self.resilience,
            Kind::SmAlgorithms => &mut self.sm_algorithms,
            Kind::Storage => &mut self.storage,
            Kind::TlsTrust => &mut self.tls_trust,
            Kind::Webview => &mut self.webview,
            Kind::PrivacyApis => return None,
        })
    }

    /// How often something was found.
    pub fn counted(&self, what: &str) -> Option<&UseCount> {
        self.counts.iter().find(|count| count.what == what)
    }

    pub(super) fn count(&mut self, what: &str, found: i64, undecided: i64, at: Vec<String>) {
        let place = self.counts.binary_search_by(|count| count.what.as_str().cmp(what));
        let place = place.unwrap_or_else(|place| {
            let new = UseCount { what: what.to_owned(), found: 0, undecided: 0, undecided_at: Vec::new() };
            self.counts.insert(place, new);
            place
        });
        if let Some(count) = self.counts.get_mut(place) {
            count.found = count.found.saturating_add(found);
            count.undecided = count.undecided.saturating_add(undecided);
            count.undecided_at.extend(at);
            count.undecided_at.sort();
            count.undecided_at.dedup();
            count.undecided_at.truncate(MAX_UNDECIDED);
        }
    }
}

impl Dexes {
    fn merge(&mut self, other: Self) {
        for (mine, theirs) in [
            (&mut self.present, other.present),
            (&mut self.scanned, other.scanned),
            (&mut self.strings, other.strings),
            (&mut self.classes, other.classes),
            (&mut self.methods, other.methods),
            (&mut self.methods_read, other.methods_read),
        ] {
            *mine = mine.saturating_add(theirs);
        }
        add_skipped(&mut self.skipped, other.skipped);
        self.files.extend(other.files);
        self.files.sort_by(|a, b| (number(&a.name), &a.name, a.part).cmp(&(number(&b.name), &b.name, b.part)));
        self.files.truncate(MAX_FILES);
    }
}

/// `classes10.dex` comes after `classes9.dex`.
fn number(name: &str) -> u64 {
    let digits = name.strip_suffix(".dex").unwrap_or(name);
    let start = digits.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    digits.get(start..).and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

pub(super) fn add_skipped(mine: &mut Vec<DexSkipped>, theirs: Vec<DexSkipped>) {
    let mut all: BTreeMap<String, i64> = BTreeMap::new();
    for skipped in mine.drain(..).chain(theirs) {
        let count = all.entry(skipped.reason).or_default();
        *count = count.saturating_add(skipped.count);
    }
    mine.extend(all.into_iter().map(|(reason, count)| DexSkipped { reason, count }));
}

/// The first ones of each use.
fn merge_sorted<T: Ord>(mine: &mut Vec<T>, theirs: Vec<T>, what: fn(&T) -> &String, most: usize) {
    mine.extend(theirs);
    mine.sort();
    mine.dedup();
    let mut current: Option<(String, usize)> = None;
    mine.retain(|one| {
        let seen = match &mut current {
            Some((name, seen)) if name == what(one) => {
                *seen += 1;
                *seen
            }
            _ => {
                current = Some((what(one).clone(), 1));
                1
            }
        };
        seen <= most
    });
}
