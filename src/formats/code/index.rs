//! The rules, arranged by what a dex file has: descriptors of types, names of methods, strings.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use super::{
    known::{KNOWN, PLATFORM},
    rule::{Group, Kind, On, Rule},
    rules::GROUPS,
};

/// A rule by its place in [`Index::rules`].
pub(super) type RuleId = u16;

/// A rule with its group.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub kind: Kind,
    pub rule: &'static Rule,
    pub outside: &'static [&'static str],
}

/// Rules about a string of a dex file.
#[derive(Debug, Default)]
pub(super) struct Word {
    /// Where code loads it.
    pub texts: Vec<RuleId>,
    /// Where it is the name of a method that is telling enough.
    pub methods: Vec<RuleId>,
}

/// The rules, ready to be matched.
#[derive(Debug, Default)]
pub(super) struct Index {
    pub rules: Vec<Entry>,
    /// By descriptor.
    classes: HashMap<Vec<u8>, Vec<RuleId>>,
    /// By descriptor of a class that extends one with rules.
    ancestors: HashMap<Vec<u8>, Vec<RuleId>>,
    /// Beginnings of descriptors of the platform.
    platform: Vec<Vec<u8>>,
    /// Beginnings of descriptors.
    class_prefixes: Vec<(Vec<u8>, RuleId)>,
    /// Beginnings of descriptors of classes that the package may define.
    defined: Vec<(Vec<u8>, RuleId)>,
    words: HashMap<&'static [u8], Word>,
    /// Length of the longest of them.
    longest: usize,
    /// Beginnings of strings, by their first byte.
    text_prefixes: BTreeMap<u8, Vec<(&'static [u8], RuleId)>>,
}

impl Index {
    /// The one of all rules.
    pub fn of_all() -> &'static Self {
        static INDEX: LazyLock<Index> = LazyLock::new(|| Index::new(GROUPS));
        &INDEX
    }

    fn new(groups: &'static [Group]) -> Self {
        let mut index = Self::default();
        for group in groups {
            for rule in group.rules {
                let id = RuleId::try_from(index.rules.len()).unwrap_or(RuleId::MAX);
                index.rules.push(Entry { kind: group.kind, rule, outside: group.outside });
                index.add(id, rule);
            }
        }
        index.platform = PLATFORM.iter().map(|package| prefix_descriptor(package)).collect();
        for (class, ancestors) in KNOWN {
            let rules = ancestors.iter().flat_map(|ancestor| index.of_class(&descriptor(ancestor)).collect::<Vec<_>>());
            let rules = rules.collect();
            index.ancestors.insert(descriptor(class), rules);
        }
        index
    }

    fn add(&mut self, id: RuleId, rule: &'static Rule) {
        if let On::Call { method, .. } = rule.on
            && rule.telling
        {
            self.word(method).methods.push(id);
        }
        match rule.on {
            On::Call { classes, .. } | On::Read { classes, .. } | On::Body { classes, .. } => {
                classes.iter().for_each(|class| self.add_class(id, class));
            }
            On::Text(texts) => texts.iter().for_each(|text| self.add_text(id, text)),
            On::Defines(prefixes) => {
                self.defined.extend(prefixes.iter().map(|prefix| (prefix_descriptor(prefix), id)));
            }
        }
    }

    fn add_class(&mut self, id: RuleId, class: &str) {
        match class.strip_suffix('*') {
            Some(prefix) => self.class_prefixes.push((prefix_descriptor(prefix), id)),
            None => self.classes.entry(descriptor(class)).or_default().push(id),
        }
    }

    fn add_text(&mut self, id: RuleId, text: &'static str) {
        match text.strip_suffix('*') {
            Some(prefix) => {
                let first = prefix.as_bytes().first().copied().unwrap_or_default();
                self.text_prefixes.entry(first).or_default().push((prefix.as_bytes(), id));
            }
            None => self.word(text).texts.push(id),
        }
    }

    fn word(&mut self, text: &'static str) -> &mut Word {
        self.longest = self.longest.max(text.len());
        self.words.entry(text.as_bytes()).or_default()
    }

    pub fn entry(&self, id: RuleId) -> Option<&Entry> {
        self.rules.get(usize::from(id))
    }

    /// Rules about a class itself.
    pub fn of_class(&self, descriptor: &[u8]) -> impl Iterator<Item = RuleId> {
        let exact = self.classes.get(descriptor).map(Vec::as_slice).unwrap_or_default();
        let begun = self.class_prefixes.iter().filter(|(prefix, _)| descriptor.starts_with(prefix));
        exact.iter().copied().chain(begun.map(|(_, id)| *id))
    }

    /// Rules about what a class of the platform extends.
    pub fn of_ancestors(&self, descriptor: &[u8]) -> &[RuleId] {
        self.ancestors.get(descriptor).map(Vec::as_slice).unwrap_or_default()
    }

    /// Whether everything that a class extends is known.
    pub fn is_known(&self, descriptor: &[u8]) -> bool {
        self.ancestors.contains_key(descriptor)
            || self.platform.iter().any(|prefix| descriptor.starts_with(prefix))
            || !descriptor.starts_with(b"L")
    }

    /// Rules about classes that are in the package.
    pub fn of_defined(&self, descriptor: &[u8]) -> impl Iterator<Item = RuleId> {
        self.defined.iter().filter(|(prefix, _)| descriptor.starts_with(prefix)).map(|(_, id)| *id)
    }

    /// Rules about a string as it stands.
    pub fn of_word(&self, text: &[u8]) -> Option<&Word> {
        if text.len() > self.longest { None } else { self.words.get(text) }
    }

    /// Rules about strings that begin so.
    pub fn of_beginning(&self, text: &[u8]) -> impl Iterator<Item = RuleId> {
        let first = text.first().and_then(|first| self.text_prefixes.get(first));
        let begun = first.map(Vec::as_slice).unwrap_or_default().iter();
        begun.filter(|(prefix, _)| text.starts_with(prefix)).map(|(_, id)| *id)
    }
}

/// `a.b.C` is `La/b/C;`.
fn descriptor(class: &str) -> Vec<u8> {
    let mut out = prefix_descriptor(class);
    out.push(b';');
    out
}

fn prefix_descriptor(prefix: &str) -> Vec<u8> {
    format!("L{}", prefix.replace('.', "/")).into_bytes()
}
