//! Where rules matched, while a dex file is scanned.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    findings::{CodeFindings, MAX_PLACES, MAX_UNDECIDED, PrivacyUse, Use},
    index::{Index, RuleId},
    rule::Kind,
};
use crate::{
    formats::dex::{Dex, Event, readable, readable_name},
    model::Tri,
};

/// A method of a class of a file.
#[derive(Clone, Copy)]
pub(super) struct Place<'p, 'a> {
    pub dex: &'p Dex<'a>,
    pub file: &'p str,
    pub class: &'a [u8],
    pub method: &'a [u8],
    /// Another for each method with code.
    pub number: u64,
}

impl Place<'_, '_> {
    fn class(&self) -> String {
        readable(self.class)
    }

    fn location(&self) -> String {
        format!("{} {}.{}", self.file, self.class(), readable_name(self.method))
    }
}

/// Places by rule id, of which several rules may have the same.
#[derive(Debug, Default)]
pub(super) struct Places {
    found: BTreeMap<(Kind, &'static str), Found>,
    /// The first class, by rule.
    defined: BTreeMap<RuleId, (i64, Use)>,
}

#[derive(Debug, Default)]
struct Found {
    count: i64,
    /// Location, class, what is used, permission.
    places: BTreeSet<(String, String, String, &'static str)>,
    undecided: i64,
    undecided_at: BTreeSet<String>,
    /// What was added last, so that a method full of the same is written down once.
    last: Option<(u64, RuleId, Tri)>,
}

impl Places {
    /// Adds what an instruction does, as far as it is what the rule is about.
    pub fn add(&mut self, index: &Index, rule: RuleId, holds: Tri, place: &Place<'_, '_>, event: Event<'_>) {
        match holds {
            Tri::Yes => {
                let is_privacy = index.entry(rule).is_some_and(|entry| entry.kind == Kind::PrivacyApis);
                let api = || if is_privacy { api(place.dex, event) } else { String::new() };
                self.found(index, rule, place, api);
            }
            Tri::Unknown => self.undecided(index, rule, place),
            Tri::No => {}
        }
    }

    /// Adds a place where the rule holds.
    pub fn found(&mut self, index: &Index, rule: RuleId, place: &Place<'_, '_>, api: impl FnOnce() -> String) {
        let Some(found) = self.entry(index, rule, place) else { return };
        found.count = found.count.saturating_add(1);
        if found.last.replace((place.number, rule, Tri::Yes)) == Some((place.number, rule, Tri::Yes)) {
            return;
        }
        let permission = index.entry(rule).map_or("", |entry| entry.rule.permission());
        insert_first(&mut found.places, (place.location(), place.class(), api(), permission), MAX_PLACES);
    }

    fn undecided(&mut self, index: &Index, rule: RuleId, place: &Place<'_, '_>) {
        let Some(found) = self.entry(index, rule, place) else { return };
        found.undecided = found.undecided.saturating_add(1);
        if found.last.replace((place.number, rule, Tri::Unknown)) == Some((place.number, rule, Tri::Unknown)) {
            return;
        }
        insert_first(&mut found.undecided_at, place.location(), MAX_UNDECIDED);
    }

    /// Nothing for code of a package that the rule leaves out.
    fn entry(&mut self, index: &Index, rule: RuleId, place: &Place<'_, '_>) -> Option<&mut Found> {
        let entry = index.entry(rule)?;
        let class = if entry.outside.is_empty() { String::new() } else { place.class() };
        if entry.outside.iter().any(|package| class.starts_with(package)) {
            return None;
        }
        Some(self.found.entry((entry.kind, entry.rule.id)).or_default())
    }

    /// Adds a class that the package has.
    pub fn defined(&mut self, rule: RuleId, file: &str, descriptor: &[u8]) {
        let class = readable(descriptor);
        let new = Use { what: String::new(), location: format!("{file} {class}"), class };
        let (count, first) = self.defined.entry(rule).or_insert_with(|| (0, new.clone()));
        *count = count.saturating_add(1);
        if new < *first {
            *first = new;
        }
    }

    pub fn findings(self, index: &Index) -> CodeFindings {
        let mut out = CodeFindings::default();
        for ((kind, id), found) in self.found {
            out.count(id, found.count, found.undecided, found.undecided_at.into_iter().collect());
            for (location, class, api, permission) in found.places {
                let what = id.to_owned();
                match out.list(kind) {
                    Some(list) => list.push(Use { what, location, class }),
                    None => {
                        let permission = permission.to_owned();
                        out.privacy_apis.push(PrivacyUse { what, location, class, api, permission });
                    }
                }
            }
        }
        for (rule, (count, first)) in self.defined {
            let Some(entry) = index.entry(rule) else { continue };
            out.count(entry.rule.id, count, 0, Vec::new());
            if let Some(list) = out.list(entry.kind) {
                list.push(Use { what: entry.rule.id.to_owned(), ..first });
            }
        }
        out
    }
}

/// Keeps the first ones, in their order.
fn insert_first<T: Ord>(set: &mut BTreeSet<T>, new: T, most: usize) {
    if set.len() < most {
        set.insert(new);
    } else if set.last().is_some_and(|last| new < *last) && set.insert(new) {
        set.pop_last();
    }
}

/// What an instruction calls, reads or names.
fn api(dex: &Dex<'_>, event: Event<'_>) -> String {
    let member = |class: u32, name: u32| {
        let class = readable(dex.descriptor(class).unwrap_or_default());
        format!("{class}.{}", readable_name(dex.string_bytes(name).unwrap_or_default()))
    };
    match event {
        Event::Call { method, .. } => dex.method(method).map_or_else(String::new, |id| member(id.class, id.name)),
        Event::Read { field } => dex.field(field).map_or_else(String::new, |id| member(id.class, id.name)),
        Event::Text { string } => readable_name(dex.string_bytes(string).unwrap_or_default()),
        Event::Return { .. } => String::new(),
    }
}
