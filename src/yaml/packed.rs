//! Trees that the build parsed (`build.rs` writes them). Places are not in them: who needs one parses the text.

use super::{
    place::Place,
    tree::{Entry, Kind, Map, Node},
};

/// The tree of packed bytes; `None` where they are no tree.
pub(super) fn unpack(mut bytes: &[u8]) -> Option<Node> {
    let node = node(&mut bytes)?;
    bytes.is_empty().then_some(node)
}

fn node(bytes: &mut &[u8]) -> Option<Node> {
    let (kind, rest) = bytes.split_first()?;
    *bytes = rest;
    let kind = match kind {
        b'p' | b'q' => Kind::Scalar { text: text(bytes)?, plain: *kind == b'p' },
        b'l' => Kind::List((0..number(bytes)?).map(|_| node(bytes)).collect::<Option<_>>()?),
        b'm' => Kind::Map(Map {
            entries: (0..number(bytes)?).map(|_| entry(bytes)).collect::<Option<_>>()?,
            pruned: Vec::new(),
        }),
        _ => return None,
    };
    Some(Node { place: Place::START, kind })
}

fn entry(bytes: &mut &[u8]) -> Option<Entry> {
    let key = text(bytes)?;
    Some(Entry { key, place: Place::START, value: node(bytes)? })
}

fn text(bytes: &mut &[u8]) -> Option<String> {
    let length = number(bytes)?;
    let (text, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    std::str::from_utf8(text).ok().map(str::to_owned)
}

fn number(bytes: &mut &[u8]) -> Option<usize> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    *bytes = rest;
    usize::try_from(u32::from_le_bytes(*number)).ok()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            Mistakes, Source,
            tree::{self, Kind, Node},
        },
        unpack,
    };
    use crate::model::CatalogueFiles;

    #[test]
    fn every_built_in_file_was_packed_as_the_strict_reader_reads_it() {
        let files = CatalogueFiles::embedded();
        let mut compared = 0;
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".yaml")) {
            let packed = files.tree(path).unwrap_or_else(|| panic!("{path} was not packed"));
            let mut mistakes = Mistakes::default();
            let mut strict = tree::build(&Source::new(path, text), &mut mistakes).unwrap();
            assert!(mistakes.is_empty(), "{path}: {mistakes:?}");
            if let (Kind::Map(map), true) = (&mut strict.kind, path.starts_with("checks/")) {
                map.entries.retain(|entry| entry.key != "cases");
            }
            assert!(same(&unpack(packed).unwrap(), &strict), "{path}");
            compared += 1;
        }
        assert!(compared > 200, "only {compared} files");
    }

    fn same(a: &Node, b: &Node) -> bool {
        match (&a.kind, &b.kind) {
            (Kind::Scalar { text: a, plain: p }, Kind::Scalar { text: b, plain: q }) => a == b && p == q,
            (Kind::List(a), Kind::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
            (Kind::Map(a), Kind::Map(b)) => {
                let pairs = a.entries.iter().zip(&b.entries);
                a.entries.len() == b.entries.len()
                    && pairs.into_iter().all(|(a, b)| a.key == b.key && same(&a.value, &b.value))
            }
            _ => false,
        }
    }

    #[test]
    fn bytes_that_are_no_tree_are_none() {
        let whole = b"m\x01\0\0\0\x01\0\0\0ap\x01\0\0\0b";
        assert!(unpack(whole).is_some());
        for cut in 0..whole.len() {
            assert!(unpack(&whole[..cut]).is_none());
        }
        assert!(unpack(b"l\xff\xff\xff\xff").is_none());
        assert!(unpack(b"x").is_none());
    }
}
