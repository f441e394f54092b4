//! Reading a file into a type, gathering every mistake that can be reached.

use serde::de::DeserializeOwned;

use super::{
    Mistake, Mistakes, Positions, Schema, Source, de,
    error::Step,
    packed, schema,
    source::{MAX_BYTES, too_large},
    tree::{self, Kind, Node},
};

/// More mistakes than this are not listed.
const MAX_MISTAKES: usize = 100;

/// A file that was read, perhaps in part.
#[derive(Debug)]
pub struct Document<T> {
    /// What could be read. With mistakes, elements that are wrong are left out; `None` where nothing could be kept.
    pub value: Option<T>,
    pub mistakes: Mistakes,
    /// Places of `value`: indexes count the elements that were kept.
    pub positions: Positions,
    /// Keys that a newer minor version added and this program does not know.
    pub ignored: Mistakes,
}

impl<T> Document<T> {
    /// Whether the value is the whole file, so that something that is not in it is not in the file.
    pub fn is_whole(&self) -> bool {
        self.mistakes.is_empty()
    }

    /// The value, or all mistakes.
    pub fn finish(self) -> Result<T, Mistakes> {
        match self.value {
            Some(value) => self.mistakes.or(value),
            None => self.mistakes.or(()).map_or_else(Err, |()| Err(Mistakes::default())),
        }
    }
}

/// Reads a file strictly: unknown or duplicate keys, tags, anchors, merge keys, bare dates and wrong types are mistakes.
///
/// `T` is made of plain structs (no `serde(flatten)`, which hides its keys); `deny_unknown_fields` is not needed.
pub fn read<T: DeserializeOwned>(source: &Source) -> Result<T, Mistakes> {
    read_recovering(source, None).finish()
}

/// As [`read`], after checking the `schema:` line; also gives the places, for what is checked afterwards.
pub fn read_document<T: DeserializeOwned>(source: &Source, schema: Schema) -> Result<(T, Positions), Mistakes> {
    let mut document = read_recovering::<T>(source, Some(schema));
    let positions = std::mem::replace(&mut document.positions, Positions::new(source.clone(), None));
    document.finish().map(|value| (value, positions))
}

/// Reads what can be read and lists what is wrong, so that a mistake in one element does not hide the next.
pub fn read_recovering<T: DeserializeOwned>(source: &Source, schema: Option<Schema>) -> Document<T> {
    if let Some(value) = parsed_before(source, schema) {
        let (mistakes, ignored) = Default::default();
        return Document { value: Some(value), mistakes, positions: Positions::of(source), ignored };
    }
    let mut reading =
        Reading { source, mistakes: Mistakes::default(), ignored: Mistakes::default(), newer_minor: false };
    let mut root = reading.tree(schema);
    let value = root.as_mut().and_then(|root| reading.value(root));
    let Reading { mistakes, ignored, .. } = reading;
    Document { value, mistakes, positions: Positions::new(source.clone(), root), ignored }
}

/// The value of a tree that was made at build time, where nothing is wrong with it.
fn parsed_before<T: DeserializeOwned>(source: &Source, schema: Option<Schema>) -> Option<T> {
    let root = packed::unpack(source.tree.as_deref()?)?;
    let of_this_version = schema.is_none_or(|schema| schema::check(source, &root, schema) == Ok(false));
    if of_this_version { T::deserialize(de::Reader::new(&root)).ok() } else { None }
}

struct Reading<'a> {
    source: &'a Source,
    mistakes: Mistakes,
    ignored: Mistakes,
    newer_minor: bool,
}

impl Reading<'_> {
    fn tree(&mut self, schema: Option<Schema>) -> Option<Node> {
        if self.source.text.len() > MAX_BYTES {
            self.mistakes.push(too_large(self.source, self.source.text.len()));
            return None;
        }
        let root = tree::build(self.source, &mut self.mistakes)?;
        match schema.map(|schema| schema::check(self.source, &root, schema)) {
            None => Some(root),
            Some(Ok(newer_minor)) => {
                self.newer_minor = newer_minor;
                Some(root)
            }
            Some(Err(mistakes)) => {
                self.mistakes.extend(mistakes);
                None
            }
        }
    }

    /// Reads again and again, each time without what was wrong before.
    fn value<T: DeserializeOwned>(&mut self, root: &mut Node) -> Option<T> {
        loop {
            let error = match T::deserialize(de::Reader::new(root)) {
                Ok(value) => return Some(value),
                Err(error) => error,
            };
            let unknown_key = error.is_unknown_key();
            let list = if unknown_key && self.newer_minor { &mut self.ignored } else { &mut self.mistakes };
            if !error.is_silent() {
                let (message, help) = error.texts();
                list.push(Mistake::at(self.source, place(root, &error.path, unknown_key), message, help));
            }
            if list.0.len() >= MAX_MISTAKES || !prune(root, &error.path) {
                return None;
            }
        }
    }
}

fn place(root: &Node, path: &[Step], key: bool) -> super::place::Place {
    let (mut node, mut place) = (root, root.place);
    for (depth, step) in path.iter().enumerate() {
        let last = depth + 1 == path.len();
        match (&node.kind, step) {
            (Kind::List(items), Step::Index(index)) if *index < items.len() => {
                node = &items[*index];
                place = node.place;
            }
            (Kind::Map(map), Step::Key(name)) => {
                let Some(entry) = map.entries.iter().find(|entry| entry.key == *name) else { return place };
                node = &entry.value;
                place = if last && key { entry.place } else { node.place };
            }
            _ => return place,
        }
    }
    place
}

/// Takes the thing at `path` out. `false`: there is nothing to take out, or it is the whole file.
fn prune(root: &mut Node, path: &[Step]) -> bool {
    let Some((last, parents)) = path.split_last() else { return false };
    let mut node = root;
    for step in parents {
        let next = match (&mut node.kind, step) {
            (Kind::List(items), Step::Index(index)) => items.get_mut(*index),
            (Kind::Map(map), Step::Key(name)) => {
                map.entries.iter_mut().find(|entry| entry.key == *name).map(|entry| &mut entry.value)
            }
            _ => None,
        };
        let Some(next) = next else { return false };
        node = next;
    }
    match (&mut node.kind, last) {
        (Kind::List(items), Step::Index(index)) if *index < items.len() => {
            items.remove(*index);
            true
        }
        (Kind::Map(map), Step::Key(name)) => {
            let Some(at) = map.entries.iter().position(|entry| entry.key == *name) else { return false };
            map.entries.remove(at);
            map.pruned.push(name.clone());
            true
        }
        _ => false,
    }
}
