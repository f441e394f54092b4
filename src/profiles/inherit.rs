//! What a system takes over from the platform it runs on.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ItemVerdict, ProfileResult, tables};
use crate::model::{ItemId, SystemId};
use crate::yaml::Date;

/// All results that can be inherited, each from one system.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Inherited {
    pub sources: Vec<InheritedSource>,
}

/// The results of one platform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InheritedSource {
    pub from: SystemId,
    /// What carries them: the digest of a seal, the number of a report, or `run`.
    pub reference: String,
    /// The last day on which they count, where they have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires: Option<Date>,
    /// By standard and item. A report without item results has none, and people answer for what it says.
    pub results: BTreeMap<String, BTreeMap<ItemId, InheritedItem>>,
}

/// One item of the platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InheritedItem {
    pub result: ItemVerdict,
    pub pending: bool,
    pub draft: bool,
}

impl InheritedSource {
    /// The platform's results over all its subsites, the worst for each item. An item that continues a lower level's
    /// counts for that one too: a platform may be graded above what runs on it, never below.
    pub fn of_results<'a>(
        from: SystemId,
        reference: impl Into<String>,
        results: impl IntoIterator<Item = &'a ProfileResult>,
    ) -> Self {
        let mut source = Self::without_items(from, reference, None);
        results.into_iter().for_each(|result| source.add(result));
        source
    }

    /// Takes in the results of one more subsite.
    pub fn add(&mut self, result: &ProfileResult) {
        let items = self.results.entry(result.standard.id.clone()).or_default();
        for record in &result.items {
            let item = InheritedItem { result: record.result, pending: record.pending, draft: record.draft };
            for id in std::iter::once(&record.item).chain(&record.continues) {
                items.entry(id.clone()).and_modify(|known| *known = known.worse(item)).or_insert(item);
            }
        }
    }

    /// Something that carries no item results, such as a report of a certified body.
    pub fn without_items(from: SystemId, reference: impl Into<String>, expires: Option<Date>) -> Self {
        Self { from, reference: reference.into(), expires, results: BTreeMap::new() }
    }

    pub fn is_expired(&self, as_of: Date) -> bool {
        self.expires.is_some_and(|day| day < as_of)
    }
}

impl InheritedItem {
    fn worse(self, other: Self) -> Self {
        let pairs = [(self.result, self.pending), (other.result, other.pending)];
        let (result, pending) = tables::over_subjects(pairs.into_iter());
        Self { result, pending, draft: self.draft || other.draft }
    }
}

impl Inherited {
    /// The platform's result for an item, and what carries it. Expired sources don't count.
    pub fn item(&self, from: &SystemId, standard: &str, item: &ItemId, as_of: Date) -> Option<(InheritedItem, &str)> {
        let mut found = None;
        for source in self.sources.iter().filter(|s| s.from == *from && !s.is_expired(as_of)) {
            let Some(result) = source.results.get(standard).and_then(|items| items.get(item)) else { continue };
            found = Some(match found {
                None => (*result, source.reference.as_str()),
                Some((known, reference)) => (InheritedItem::worse(known, *result), reference),
            });
        }
        found
    }

    /// Whether anything from a system is past its date.
    pub fn expired(&self, from: &SystemId, as_of: Date) -> bool {
        self.sources.iter().any(|source| source.from == *from && source.is_expired(as_of))
    }
}
