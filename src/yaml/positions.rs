//! From a path such as `assets[3].kind` to its place in the file.

use std::sync::OnceLock;

use crate::model::Text;

use super::{
    Mistake, Mistakes, Source,
    place::Place,
    tree::{self, Kind, Node},
};

/// Where everything of one file stands. Paths are keys joined by `.`, with `[n]` (from 0) for elements of lists.
#[derive(Clone, Debug)]
pub struct Positions {
    source: Source,
    root: OnceLock<Option<Node>>,
}

impl Positions {
    pub(super) fn new(source: Source, root: Option<Node>) -> Self {
        Self { source, root: OnceLock::from(root) }
    }

    /// The positions of a file, whatever mistakes it has. It is parsed when the first is asked for.
    pub fn of(source: &Source) -> Self {
        Self { source: source.clone(), root: OnceLock::new() }
    }

    fn root(&self) -> Option<&Node> {
        self.root.get_or_init(|| tree::build(&self.source, &mut Mistakes::default())).as_ref()
    }

    /// Line and column, from 1, of the value at `path`; of the nearest thing above it where there is no such value.
    pub fn line_column(&self, path: &str) -> (usize, usize) {
        let place = self.find(path, false);
        (place.line, place.column)
    }

    /// Whether there is a value at `path`.
    pub fn has(&self, path: &str) -> bool {
        let mut node = self.root();
        let mut rest = path;
        while let (Some(current), false) = (node, rest.is_empty()) {
            node = step(current, rest).map(|(_, next, left)| {
                rest = left;
                next
            });
        }
        node.is_some()
    }

    /// A mistake at the value of `path`.
    pub fn mistake(&self, path: &str, message: Text, help: impl Into<Option<Text>>) -> Mistake {
        Mistake::at(&self.source, self.find(path, false), message, help.into())
    }

    /// A mistake at the key of `path`, for a key that should not be there.
    pub fn mistake_at_key(&self, path: &str, message: Text, help: impl Into<Option<Text>>) -> Mistake {
        Mistake::at(&self.source, self.find(path, true), message, help.into())
    }

    fn find(&self, path: &str, key: bool) -> Place {
        let Some(mut node) = self.root() else { return Place::START };
        let mut place = node.place;
        let mut rest = path;
        while !rest.is_empty() {
            let Some((key_place, next, left)) = step(node, rest) else { return place };
            place = match key_place {
                // A collection that begins on the next line is better pointed at by its key.
                Some(at) if key && left.is_empty() || next.place.line > at.line => at,
                _ => next.place,
            };
            (node, rest) = (next, left);
        }
        place
    }
}

/// One step of a path: the place of its key, its value, and the rest of the path. Keys may hold dots; the longest fits.
fn step<'a, 'p>(node: &'a Node, path: &'p str) -> Option<(Option<Place>, &'a Node, &'p str)> {
    match &node.kind {
        Kind::Scalar { .. } => None,
        Kind::List(items) => {
            let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
            let item = items.get(index.parse::<usize>().ok()?)?;
            Some((None, item, rest.strip_prefix('.').unwrap_or(rest)))
        }
        Kind::Map(map) => map
            .entries
            .iter()
            .filter_map(|entry| {
                let rest = path.strip_prefix(entry.key.as_str())?;
                let left = rest.strip_prefix('.').unwrap_or(rest);
                (rest.is_empty() || rest.starts_with(['.', '['])).then_some((entry, left))
            })
            .max_by_key(|(entry, _)| entry.key.len())
            .map(|(entry, left)| (Some(entry.place), &entry.value, left)),
    }
}
