//! What of one dex file the rules are about: identifiers of methods, fields and strings.

use std::collections::BTreeMap;

use super::{
    hierarchy::{Held, Hierarchy},
    index::{Index, RuleId},
    rule::On,
};
use crate::formats::dex::Dex;

/// Identifiers that instructions can name by 16 bits.
const MAX_IDS: u32 = 1 << 16;

/// Rules by identifier.
#[derive(Debug, Default)]
pub(super) struct Watch {
    pub methods: Watched,
    pub fields: Watched,
    pub texts: Texts,
    /// What a method gives of the constant string that it is called on or gets.
    gives: BTreeMap<u32, Gives>,
    /// Strings that are names of methods.
    names: BTreeMap<u32, Name>,
}

/// What is known of what a method returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gives {
    /// Bytes or characters of the string that it is called on.
    BytesOfObject,
    /// Bytes of the string that is its first parameter.
    BytesOfParameter,
}

#[derive(Debug, Default)]
struct Name {
    /// Rules about methods of that name.
    rules: Vec<RuleId>,
    gives: Option<(&'static [u8], Gives)>,
}

impl Watch {
    pub fn new(dex: &Dex<'_>) -> Self {
        Self { texts: Texts::new(dex.string_count()), ..Self::default() }
    }

    /// Notes a string that a rule is about.
    pub fn add_string(&mut self, string: u32, bytes: &[u8], index: &Index) {
        let mut texts: Vec<_> = index.of_beginning(bytes).collect();
        if let Some(word) = index.of_word(bytes) {
            texts.extend(&word.texts);
            self.names.entry(string).or_default().rules.extend(&word.methods);
        }
        if !texts.is_empty() {
            self.texts.insert(string, texts);
        }
        let gives: (&'static [u8], Gives) = match bytes {
            b"getBytes" | b"toCharArray" => (b"Ljava/lang/String;", Gives::BytesOfObject),
            b"decode" => (b"Landroid/util/Base64;", Gives::BytesOfParameter),
            _ => return,
        };
        self.names.entry(string).or_default().gives = Some(gives);
    }

    /// Finds the identifiers, once all strings are noted. `defined` says which methods have code in this file: those are
    /// not what they inherit.
    pub fn resolve(
        &mut self,
        dex: &Dex<'_>,
        hierarchy: &Hierarchy<'_, '_>,
        index: &Index,
        defined: impl Fn(u32) -> bool,
    ) {
        let mut open = BTreeMap::new();
        for id in 0..dex.method_count().min(MAX_IDS) {
            let Some(method) = dex.method(id) else { break };
            let held = hierarchy.held(method.class);
            let mut rules = if held.is_empty() { Vec::new() } else { of_method(held, dex, method.name, index) };
            rules.retain(|held| !(held.inherited && defined(id)));
            let mut rules: Vec<_> = rules.into_iter().map(|held| held.rule).collect();
            if let Some(name) = self.names.get(&method.name) {
                let mut is_open = || *open.entry(method.class).or_insert_with(|| hierarchy.is_open(method.class));
                if rules.is_empty() && !name.rules.is_empty() && !defined(id) && is_open() {
                    rules.extend(&name.rules);
                }
                if let Some((class, gives)) = name.gives
                    && dex.descriptor(method.class) == Some(class)
                {
                    self.gives.insert(id, gives);
                }
            }
            self.methods.push(rules);
        }
        for id in 0..dex.field_count().min(MAX_IDS) {
            let Some(field) = dex.field(id) else { break };
            let held = hierarchy.held(field.class);
            let rules = if held.is_empty() { Vec::new() } else { of_field(held, dex, field.name, index) };
            self.fields.push(rules);
        }
    }

    pub fn gives(&self, method: u32) -> Option<Gives> {
        self.gives.get(&method).copied()
    }
}

fn of_method(held: &[Held], dex: &Dex<'_>, name: u32, index: &Index) -> Vec<Held> {
    let name = dex.string_bytes(name).unwrap_or_default();
    let is_it = |held: &Held| match index.entry(held.rule).map(|entry| entry.rule.on) {
        Some(On::Call { method, .. }) => method == "*" || method.as_bytes() == name,
        _ => false,
    };
    held.iter().copied().filter(is_it).collect()
}

fn of_field(held: &[Held], dex: &Dex<'_>, name: u32, index: &Index) -> Vec<RuleId> {
    let name = dex.string_bytes(name).unwrap_or_default();
    let is_it = |held: &&Held| match index.entry(held.rule).map(|entry| entry.rule.on) {
        Some(On::Read { field, .. }) => field == "*" || field.as_bytes() == name,
        _ => false,
    };
    held.iter().filter(is_it).map(|held| held.rule).collect()
}

/// Rules by identifiers of 16 bits, most of which have none.
#[derive(Debug, Default)]
pub(super) struct Watched {
    /// Place in `lists` plus one, by identifier.
    places: Vec<u32>,
    lists: Vec<Vec<RuleId>>,
}

impl Watched {
    fn push(&mut self, rules: Vec<RuleId>) {
        let place = if rules.is_empty() {
            0
        } else {
            self.lists.push(rules);
            u32::try_from(self.lists.len()).unwrap_or(0)
        };
        self.places.push(place);
    }

    fn place(&self, id: u32) -> usize {
        let place = usize::try_from(id).ok().and_then(|id| self.places.get(id)).copied();
        place.and_then(|place| usize::try_from(place).ok()).unwrap_or_default()
    }

    pub fn contains(&self, id: u32) -> bool {
        self.place(id) != 0
    }

    pub fn rules(&self, id: u32) -> &[RuleId] {
        let place = self.place(id);
        place.checked_sub(1).and_then(|place| self.lists.get(place)).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Rules by strings, of which there may be many more.
#[derive(Debug, Default)]
pub(super) struct Texts {
    rules: BTreeMap<u32, Vec<RuleId>>,
    /// Which strings have rules, one bit each.
    bits: Vec<u64>,
}

impl Texts {
    fn new(strings: u32) -> Self {
        let words = usize::try_from(strings / 64).unwrap_or_default() + 1;
        Self { rules: BTreeMap::new(), bits: vec![0; words] }
    }

    fn insert(&mut self, string: u32, rules: Vec<RuleId>) {
        self.rules.insert(string, rules);
        if let Some(word) = usize::try_from(string / 64).ok().and_then(|place| self.bits.get_mut(place)) {
            *word |= 1 << (string % 64);
        }
    }

    pub fn contains(&self, string: u32) -> bool {
        let word = usize::try_from(string / 64).ok().and_then(|place| self.bits.get(place));
        word.is_some_and(|word| word >> (string % 64) & 1 == 1)
    }

    pub fn rules(&self, string: u32) -> &[RuleId] {
        self.rules.get(&string).map(Vec::as_slice).unwrap_or_default()
    }
}
