//! Which rules hold for a type: those of its own name and of what it inherits, as far as that can be seen.

use std::collections::BTreeMap;

use super::{
    budget::Budget,
    index::{Index, RuleId},
};
use crate::formats::dex::{ClassDef, Dex};

/// Types that are looked at: identifiers of methods and fields name no more.
const MAX_TYPES: u32 = 1 << 16;
/// Interfaces of one class that are looked at.
const MAX_INTERFACES: usize = 256;
/// Superclasses that are followed; the platform's own hierarchies are far flatter.
const MAX_DEPTH: usize = 32;

/// A rule that holds for a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Held {
    pub rule: RuleId,
    /// Its class is an ancestor, not the type itself.
    pub inherited: bool,
}

/// What the classes of one dex file extend.
#[derive(Debug)]
pub(super) struct Hierarchy<'d, 'a> {
    dex: &'d Dex<'a>,
    index: &'static Index,
    /// By type.
    classes: BTreeMap<u32, ClassDef>,
    /// Types for which no rule holds have no entry.
    held: BTreeMap<u32, Vec<Held>>,
    budget: Budget,
}

impl<'d, 'a> Hierarchy<'d, 'a> {
    pub fn new(dex: &'d Dex<'a>, index: &'static Index, budget: Budget) -> Self {
        let mut classes = BTreeMap::new();
        for class in dex.classes().filter(|class| class.class < MAX_TYPES) {
            // The first definition of a name is the one that is loaded.
            classes.entry(class.class).or_insert(class);
        }
        let mut hierarchy = Self { dex, index, classes, held: BTreeMap::new(), budget };
        let own = hierarchy.own();
        for kind in 0..dex.type_count().min(MAX_TYPES) {
            let held = hierarchy.of(kind, &own);
            if !held.is_empty() {
                hierarchy.held.insert(kind, held);
            }
        }
        hierarchy
    }

    /// Whether all was looked at.
    pub fn is_complete(&self) -> bool {
        self.budget.left() > 0
    }

    /// Rules that hold for a type.
    pub fn held(&self, kind: u32) -> &[Held] {
        self.held.get(&kind).map(Vec::as_slice).unwrap_or_default()
    }

    pub fn definition(&self, kind: u32) -> Option<&ClassDef> {
        self.classes.get(&kind)
    }

    /// Whether it inherits from a class of which nothing is known: one of the app that another dex file defines.
    pub fn is_open(&self, kind: u32) -> bool {
        let mut last = kind;
        for _ in 0..MAX_DEPTH {
            match self.classes.get(&last).map(|class| class.superclass) {
                Some(Some(superclass)) => last = superclass,
                Some(None) => return false,
                None => break,
            }
        }
        self.dex.descriptor(last).is_some_and(|name| !self.index.is_known(name))
    }

    pub fn definitions(&self) -> impl Iterator<Item = &ClassDef> {
        self.classes.values()
    }

    /// Rules of the names of types, and of what the platform lets them extend.
    fn own(&self) -> BTreeMap<u32, Vec<Held>> {
        let mut own = BTreeMap::new();
        for kind in 0..self.dex.type_count().min(MAX_TYPES) {
            let Some(name) = self.dex.descriptor(kind) else { continue };
            let held: Vec<_> = self.rules(name).collect();
            if !held.is_empty() {
                own.insert(kind, held);
            }
        }
        own
    }

    fn rules(&self, descriptor: &[u8]) -> impl Iterator<Item = Held> {
        let own = self.index.of_class(descriptor).map(|rule| Held { rule, inherited: false });
        own.chain(self.index.of_ancestors(descriptor).iter().map(|rule| Held { rule: *rule, inherited: true }))
    }

    fn of(&mut self, kind: u32, own: &BTreeMap<u32, Vec<Held>>) -> Vec<Held> {
        let mut held = own.get(&kind).cloned().unwrap_or_default();
        let mut next = self.classes.get(&kind);
        for _ in 0..MAX_DEPTH {
            let Some(class) = next else { break };
            let interfaces = self.dex.type_list(class.interfaces).take(MAX_INTERFACES);
            for ancestor in class.superclass.into_iter().chain(interfaces) {
                if !self.budget.take(1) {
                    break;
                }
                let rules = own.get(&ancestor).into_iter().flatten();
                held.extend(rules.map(|held| Held { inherited: true, ..*held }));
            }
            next = class.superclass.and_then(|kind| self.classes.get(&kind));
        }
        held.sort_unstable();
        held.dedup_by_key(|held| held.rule);
        held
    }
}
