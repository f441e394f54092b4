//! What checks can say of a profile: each item once, at the best strength that an automated check has in it.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Item, Profile, Scope, Strength};
use crate::checks::{CheckKind, CheckSet};
use crate::model::ProfileId;

/// The counts of a profile by scope, as `jixian profile coverage --format json` prints them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    pub profile: ProfileId,
    pub scopes: BTreeMap<Scope, ScopeCoverage>,
}

/// The counts of one scope; the last four add up to `items`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ScopeCoverage {
    pub items: u64,
    pub full: u64,
    pub partial: u64,
    pub signal: u64,
    /// Only people answer.
    pub question: u64,
}

/// Counts a profile. Assisted checks show facts to a person and count as the question.
pub fn coverage(profile: &Profile, checks: &CheckSet) -> Coverage {
    let mut scopes: BTreeMap<Scope, ScopeCoverage> = BTreeMap::new();
    for item in &profile.items {
        let counts = scopes.entry(item.scope).or_default();
        counts.items += 1;
        *match best(item, checks) {
            Some(Strength::Full) => &mut counts.full,
            Some(Strength::Partial) => &mut counts.partial,
            Some(Strength::Signal) => &mut counts.signal,
            None => &mut counts.question,
        } += 1;
    }
    Coverage { profile: profile.id.clone(), scopes }
}

/// The best strength of an automated check in an item.
pub fn best(item: &Item, checks: &CheckSet) -> Option<Strength> {
    let uses = item.aspects.iter().flat_map(|aspect| &aspect.checks);
    let automated = |used: &&super::CheckUse| checks.get(&used.check).is_some_and(|c| c.kind == CheckKind::Automated);
    uses.filter(automated).map(|used| used.strength).max()
}
