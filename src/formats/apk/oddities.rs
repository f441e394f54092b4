//! What is odd in the binary parts of a package: made by no compiler, and there to lead readers astray.

use std::{cell::RefCell, collections::BTreeMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Longest detail that is kept, in characters.
const MAX_DETAIL: usize = 120;

/// One kind of oddity in one part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Oddity {
    /// A code, such as `string_not_terminated`.
    pub kind: String,
    /// The entry it is in, such as `AndroidManifest.xml`.
    pub part: String,
    /// How often it was met, at least 1.
    pub count: i64,
    /// Of the first one.
    pub detail: String,
}

/// Those that were met so far: each kind once, counted. Readers share it, so it is filled through `&self`.
#[derive(Debug, Default)]
pub struct Oddities(RefCell<BTreeMap<(String, &'static str), Seen>>);

#[derive(Debug)]
struct Seen {
    count: i64,
    detail: String,
}

impl Oddities {
    /// Notes one.
    pub fn add(&self, part: &str, kind: &'static str, detail: impl std::fmt::Display) {
        let mut seen = self.0.borrow_mut();
        let first = || Seen { count: 0, detail: detail.to_string().chars().take(MAX_DETAIL).collect() };
        let one = seen.entry((part.to_owned(), kind)).or_insert_with(first);
        one.count = one.count.saturating_add(1);
    }

    /// All of them, by kind.
    pub fn list(&self) -> Vec<Oddity> {
        let seen = self.0.borrow();
        let mut out: Vec<_> = seen
            .iter()
            .map(|((part, kind), one)| Oddity {
                kind: (*kind).to_owned(),
                part: part.clone(),
                count: one.count,
                detail: one.detail.clone(),
            })
            .collect();
        out.sort();
        out
    }
}
