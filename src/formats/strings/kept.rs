//! A bounded set of findings: always the smallest ones in their order, however and in whatever order they came.

use std::{
    collections::{BTreeMap, HashSet},
    hash::{DefaultHasher, Hash, Hasher},
};

/// Different findings that are told apart; beyond them the count stands still.
const MOST_SEEN: usize = 100_000;

/// Findings by key, of which the smallest are kept and all are counted.
#[derive(Debug)]
pub(super) struct Kept<K, V> {
    most: usize,
    kept: BTreeMap<K, V>,
    seen: HashSet<u64>,
}

impl<K: Ord + Hash, V> Kept<K, V> {
    pub(super) fn new(most: usize) -> Self {
        Self { most, kept: BTreeMap::new(), seen: HashSet::new() }
    }

    /// Adds a finding; `join` says what becomes of two with one key and must not care which came first.
    pub(super) fn add(&mut self, key: K, value: V, join: impl FnOnce(&mut V, V)) {
        if self.seen.len() < MOST_SEEN {
            self.seen.insert(fingerprint(&key));
        }
        match self.kept.get_mut(&key) {
            Some(known) => join(known, value),
            None => {
                self.kept.insert(key, value);
                if self.kept.len() > self.most {
                    self.kept.pop_last();
                }
            }
        }
    }

    pub(super) fn merge(&mut self, other: Self, mut join: impl FnMut(&mut V, V)) {
        for (key, value) in other.kept {
            self.add(key, value, &mut join);
        }
        let room = MOST_SEEN.saturating_sub(self.seen.len());
        self.seen.extend(other.seen.into_iter().take(room));
    }

    /// How many different ones there were.
    pub(super) fn found(&self) -> i64 {
        i64::try_from(self.seen.len()).unwrap_or(i64::MAX)
    }

    pub(super) fn into_values(self) -> impl Iterator<Item = V> {
        self.kept.into_values()
    }
}

/// The same number in every run of one build.
pub(super) fn fingerprint(value: &(impl Hash + ?Sized)) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::Kept;

    #[test]
    fn the_smallest_are_kept_whatever_the_order_and_all_are_counted() {
        let numbers = [9, 3, 7, 1, 3, 5];
        let mut one = Kept::new(3);
        let mut other = Kept::new(3);
        let (mut left, mut right) = (Kept::new(3), Kept::new(3));
        for (index, number) in numbers.into_iter().enumerate() {
            one.add(number, number, |_, _| {});
            other.add(numbers[numbers.len() - 1 - index], numbers[numbers.len() - 1 - index], |_, _| {});
            if index % 2 == 0 { &mut left } else { &mut right }.add(number, number, |_, _| {});
        }
        left.merge(right, |_, _| {});
        assert_eq!((one.found(), other.found(), left.found()), (5, 5, 5));
        assert_eq!(one.into_values().collect::<Vec<_>>(), [1, 3, 5]);
        assert_eq!(other.into_values().collect::<Vec<_>>(), [1, 3, 5]);
        assert_eq!(left.into_values().collect::<Vec<_>>(), [1, 3, 5]);
    }
}
