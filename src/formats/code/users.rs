//! Which classes load which strings: asked for afterwards, for the few strings that turned out to matter.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::budget::Budget;
use crate::formats::dex::{self, decode, readable};

/// Classes that are listed of one string.
const MAX_CLASSES: usize = 20;

/// Names of the classes whose code loads each of these strings, sorted, at most 20 of each.
pub fn users_of_strings(bytes: &[u8], wanted: &BTreeSet<&str>) -> BTreeMap<String, Vec<String>> {
    let mut users: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    if wanted.is_empty() {
        return BTreeMap::new();
    }
    for dex in dex::parts(bytes).into_iter().flatten() {
        let ids = ids(bytes, &dex, wanted);
        let mut budget = Budget::new(bytes.len().saturating_mul(4));
        for class in dex.classes() {
            let mut loaded: BTreeSet<&str> = BTreeSet::new();
            let mut methods = dex.methods(&class, budget.left());
            for code in (&mut methods).filter_map(|method| dex.code(method.code).ok()) {
                if !budget.take(code.units()) {
                    break;
                }
                loaded.extend(code.instructions().filter_map(|one| one.string()).filter_map(|id| ids.get(&id)));
            }
            budget.take(methods.consumed());
            for text in loaded {
                let name = readable(dex.descriptor(class.class).unwrap_or_default());
                users.entry(text.to_owned()).or_default().insert(name);
            }
        }
    }
    users.into_iter().map(|(text, classes)| (text, classes.into_iter().take(MAX_CLASSES).collect())).collect()
}

fn ids<'w>(bytes: &[u8], dex: &dex::Dex<'_>, wanted: &BTreeSet<&'w str>) -> HashMap<u32, &'w str> {
    let mut budget = Budget::new(bytes.len().saturating_mul(2));
    let mut ids = HashMap::new();
    let longest = wanted.iter().map(|text| text.len()).max().unwrap_or_default().saturating_mul(3).saturating_add(1);
    for string in 0..dex.string_count() {
        // A character takes at most half as many bytes again as in UTF-8.
        let Ok(text) = dex.string_bytes_within(string, longest.min(budget.left())) else { continue };
        budget.take(text.len().saturating_add(1));
        if let Some(text) = wanted.get(&*decode(text)) {
            ids.insert(string, *text);
        }
    }
    ids
}
