//! `_CodeSignature/CodeResources`: digests of all files of a bundle, and which files need none (Apple Technote 2206; Security,
//! `resources.cpp`). The digest of the list itself is in the code directory.

use std::collections::{BTreeMap, BTreeSet};

use regex::{Regex, RegexBuilder};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    code_signature::{FileDigests, Verified},
    plist::{self, Dictionary, PlistError, Value},
    values::{dictionary, switch},
};
use crate::model::UnreadStatus;

/// Bytes of a list; one of ten thousand files has some three million.
const MAX_BYTES: usize = 16 << 20;
/// Paths of files that are listed; what is more is counted.
pub const MAX_PATHS: usize = 20;
const MAX_RULES: usize = 64;
/// Bytes that a compiled rule may take.
const MAX_RULE: usize = 1 << 18;

/// How the files of an app fit the digests that were signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resources {
    /// `sha256`, or `sha1` where some file has only that.
    pub hash: String,
    /// Files with a digest.
    pub listed: i64,
    pub changed: i64,
    /// Listed, not optional, and not there.
    pub missing: i64,
    /// There, and neither listed nor left out by a rule.
    pub added: i64,
    /// There, and left out by a rule.
    pub omitted: i64,
    /// Files that could not be read.
    pub unread: i64,
    /// The first 20 of those that changed, are missing or were added, sorted.
    pub paths: Vec<String>,
    pub verified: Verified,
    /// Codes of what keeps it from being told, sorted.
    pub errors: Vec<String>,
}

/// A file as it was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub digests: FileDigests,
    /// Where a symbolic link leads.
    pub link: Option<String>,
    /// Short digests of its code, where it is an executable or library.
    pub cdhashes: Vec<String>,
    /// Why its contents are not known.
    pub unread: Option<UnreadStatus>,
}

/// What is listed for one path.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Expected {
    File {
        sha1: Option<Vec<u8>>,
        sha256: Option<Vec<u8>>,
        optional: bool,
    },
    Link(String),
    /// A bundle of its own, by the digest of its code.
    Code(Vec<u8>),
    Unknown,
}

/// The list, read.
#[derive(Debug)]
pub struct CodeResources {
    files: BTreeMap<String, Expected>,
    rules: Vec<Rule>,
    unread_rules: bool,
}

#[derive(Debug)]
struct Rule {
    path: Regex,
    weight: f64,
    omit: bool,
}

impl CodeResources {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, PlistError> {
        let value = plist::read_up_to(bytes, MAX_BYTES)?;
        let what = || PlistError::Malformed { offset: 0, what: "no dictionary of files".to_owned() };
        let pairs = value.as_dictionary().ok_or_else(what)?;
        // Newer systems go by the second list alone.
        let (files, rules) = match dictionary(pairs, "files2") {
            Some(files) => (files, dictionary(pairs, "rules2")),
            None => (dictionary(pairs, "files").ok_or_else(what)?, dictionary(pairs, "rules")),
        };
        let files = files.iter().map(|(path, value)| (path.clone(), expected(value))).collect();
        let empty = Dictionary::new();
        let rules = rules.unwrap_or(&empty);
        let read: Vec<_> = rules.iter().take(MAX_RULES).filter_map(|(path, value)| rule(path, value)).collect();
        Ok(Self { files, unread_rules: read.len() != rules.len(), rules: read })
    }

    /// Whether a file has to be hashed with SHA-1 too.
    pub(super) fn wants_sha1(&self, path: &str) -> bool {
        matches!(self.files.get(path), Some(Expected::File { sha256: None, .. }))
    }

    /// Compares it with what was found; `sealed_otherwise` are paths that the code directory covers.
    pub(super) fn compare(
        &self,
        found: &BTreeMap<String, Found>,
        sealed_otherwise: &dyn Fn(&str) -> bool,
    ) -> Resources {
        let mut count = Count::default();
        for (path, expected) in &self.files {
            self.one(path, expected, found, &mut count);
        }
        for path in found.keys().filter(|path| !self.files.contains_key(*path) && !self.is_in_code(path)) {
            if sealed_otherwise(path) {
                continue;
            }
            if self.omits(path) {
                count.omitted = count.omitted.saturating_add(1);
            } else if self.unread_rules {
                count.undecided = true;
            } else {
                count.added = count.added.saturating_add(1);
                count.name(path);
            }
        }
        self.sum(count)
    }

    fn one(&self, path: &str, expected: &Expected, found: &BTreeMap<String, Found>, count: &mut Count) {
        let own = found.get(path);
        let fits = match expected {
            Expected::Unknown => None,
            Expected::Code(digest) => code_fits(path, digest, found),
            Expected::File { optional: true, .. } if own.is_none() => Some(true),
            _ if own.is_none() => {
                count.missing = count.missing.saturating_add(1);
                count.name(path);
                return;
            }
            _ if own.is_some_and(|own| own.unread.is_some()) => {
                count.unread = count.unread.saturating_add(1);
                return;
            }
            Expected::Link(to) => Some(own.and_then(|own| own.link.as_ref()) == Some(to)),
            Expected::File { sha1, sha256, .. } => own.and_then(|own| file_fits(own, sha1.as_ref(), sha256.as_ref())),
        };
        match fits {
            Some(true) => {}
            Some(false) => {
                count.changed = count.changed.saturating_add(1);
                count.name(path);
            }
            None => count.undecided = true,
        }
    }

    /// Whether a listed bundle has the path in it.
    fn is_in_code(&self, path: &str) -> bool {
        let mut above = path;
        while let Some((parent, _)) = above.rsplit_once('/') {
            if matches!(self.files.get(parent), Some(Expected::Code(_))) {
                return true;
            }
            above = parent;
        }
        false
    }

    fn omits(&self, path: &str) -> bool {
        let fitting = self.rules.iter().filter(|rule| rule.path.is_match(path));
        let heaviest = fitting.max_by(|a, b| a.weight.total_cmp(&b.weight));
        heaviest.is_some_and(|rule| rule.omit)
    }

    fn sum(&self, count: Count) -> Resources {
        let only_sha1 = |file: &Expected| matches!(file, Expected::File { sha256: None, .. });
        let mut errors = Vec::new();
        if self.unread_rules {
            errors.push("resource_rules".to_owned());
        }
        if count.undecided || count.unread > 0 {
            errors.push("resources_undecided".to_owned());
        }
        let verified = if count.changed.max(count.missing).max(count.added) > 0 {
            Verified::No
        } else if count.undecided || count.unread > 0 {
            Verified::Indeterminate
        } else {
            Verified::Yes
        };
        Resources {
            hash: if self.files.values().any(only_sha1) { "sha1" } else { "sha256" }.to_owned(),
            listed: i64::try_from(self.files.len()).unwrap_or(i64::MAX),
            changed: count.changed,
            missing: count.missing,
            added: count.added,
            omitted: count.omitted,
            unread: count.unread,
            paths: count.paths.into_iter().take(MAX_PATHS).collect(),
            verified,
            errors,
        }
    }
}

/// What was counted so far.
#[derive(Default)]
struct Count {
    changed: i64,
    missing: i64,
    added: i64,
    omitted: i64,
    unread: i64,
    undecided: bool,
    paths: BTreeSet<String>,
}

impl Count {
    fn name(&mut self, path: &str) {
        self.paths.insert(path.to_owned());
        if self.paths.len() > MAX_PATHS {
            self.paths.pop_last();
        }
    }
}

fn expected(value: &Value) -> Expected {
    let Some(pairs) = value.as_dictionary() else {
        // The older list has the digest alone.
        return value.as_data().map_or(Expected::Unknown, |digest| Expected::File {
            sha1: Some(digest.to_vec()),
            sha256: None,
            optional: false,
        });
    };
    let data = |key: &str| pairs.get(key).and_then(Value::as_data).map(<[u8]>::to_vec);
    if let Some(to) = pairs.get("symlink").and_then(Value::as_str) {
        return Expected::Link(to.to_owned());
    }
    if let Some(digest) = data("cdhash") {
        return Expected::Code(digest);
    }
    match (data("hash"), data("hash2")) {
        (None, None) => Expected::Unknown,
        (sha1, sha256) => Expected::File { sha1, sha256, optional: switch(pairs, "optional") },
    }
}

fn rule(path: &str, value: &Value) -> Option<Rule> {
    let empty = Dictionary::new();
    let pairs = match value {
        Value::Boolean(true) => &empty,
        Value::Dictionary(pairs) => pairs,
        _ => return None,
    };
    let weight = match pairs.get("weight") {
        Some(Value::Real(weight)) => *weight,
        Some(Value::Integer(weight)) => f64::from(i32::try_from(*weight).unwrap_or(i32::MAX)),
        _ => 1.0,
    };
    let path = RegexBuilder::new(path).size_limit(MAX_RULE).build().ok()?;
    Some(Rule { path, weight, omit: switch(pairs, "omit") })
}

/// All digests that are listed have to fit; `None` where one was not taken.
fn file_fits(own: &Found, sha1: Option<&Vec<u8>>, sha256: Option<&Vec<u8>>) -> Option<bool> {
    match sha256 {
        Some(listed) => own.digests.sha256.as_ref().map(|taken| taken == listed),
        None => own.digests.sha1.as_ref().map(|taken| Some(taken) == sha1),
    }
}

/// Whether some code below the path has this digest.
fn code_fits(path: &str, digest: &[u8], found: &BTreeMap<String, Found>) -> Option<bool> {
    let wanted = crate::formats::x509::hex(digest);
    let below = found.range(path.to_owned()..).take_while(|(own, _)| own.starts_with(path));
    let within = |own: &str| own.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    Some(below.filter(|(own, _)| within(own)).any(|(_, found)| found.cdhashes.contains(&wanted)))
}

#[cfg(test)]
mod tests;
