//! What hardening leaves alone: digests by which a package and its build before hardening are told to belong together.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Tri;

/// Entries that are kept; more are no help.
const MAX_ENTRIES: usize = 400;
/// Bytes of a digest that are kept.
const KEPT: usize = 16;
/// So many entries in common say something, and fewer do not.
const FEW: usize = 3;
/// Percent of the common entries that have to be the same.
const SAME: usize = 90;

/// Digests of resources, assets and libraries by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Tie(BTreeMap<String, String>);

/// How two packages compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Compared {
    /// Entries of the same name.
    pub common: i64,
    /// Of these, with the same contents.
    pub same: i64,
    /// Whether they belong together: nine of ten common entries are the same. Unknown with fewer than three in common.
    pub tied: Tri,
}

impl Tie {
    /// Resources, assets and libraries: hardening replaces code, the manifest and what signing adds.
    pub fn wants(name: &str) -> bool {
        ["res/", "assets/", "lib/", "r/"].iter().any(|folder| name.starts_with(folder)) && !name.ends_with('/')
    }

    pub fn add(&mut self, name: &str, digest: &[u8]) {
        let kept = digest.get(..KEPT).unwrap_or(digest);
        self.0.insert(name.to_owned(), kept.iter().map(|byte| format!("{byte:02x}")).collect());
        self.trim();
    }

    pub fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
        self.trim();
    }

    /// The first by name, so that what is kept does not depend on the order in which they came.
    fn trim(&mut self) {
        while self.0.len() > MAX_ENTRIES {
            self.0.pop_last();
        }
    }

    pub fn compare(&self, other: &Self) -> Compared {
        let common = || self.0.iter().filter_map(|(name, digest)| Some((digest, other.0.get(name)?)));
        let (all, same) = (common().count(), common().filter(|(mine, theirs)| mine == theirs).count());
        let tied = if all < FEW { Tri::Unknown } else { Tri::from(same * 100 >= all * SAME) };
        let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        Compared { common: number(all), same: number(same), tied }
    }
}

#[cfg(test)]
mod tests {
    use super::Tie;
    use crate::model::Tri;

    fn tie(entries: &[(&str, u8)]) -> Tie {
        let mut tie = Tie::default();
        entries.iter().for_each(|(name, byte)| tie.add(name, &[*byte; 32]));
        tie
    }

    #[test]
    fn packages_belong_together_where_what_hardening_leaves_alone_is_the_same() {
        let before = tie(&[("res/a.png", 1), ("res/b.png", 2), ("assets/c", 3), ("lib/arm64-v8a/libd.so", 4)]);
        let after = tie(&[("res/a.png", 1), ("res/b.png", 2), ("assets/c", 3), ("lib/arm64-v8a/libshell.so", 9)]);
        let compared = before.compare(&after);
        assert_eq!((compared.common, compared.same, compared.tied), (3, 3, Tri::Yes));
    }

    #[test]
    fn another_app_is_not_tied_and_two_files_prove_nothing() {
        let before = tie(&[("res/a.png", 1), ("res/b.png", 2), ("assets/c", 3)]);
        assert_eq!(before.compare(&tie(&[("res/a.png", 7), ("res/b.png", 2), ("assets/c", 8)])).tied, Tri::No);
        assert_eq!(before.compare(&tie(&[("res/a.png", 1), ("res/b.png", 2)])).tied, Tri::Unknown);
    }
}
