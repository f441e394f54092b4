//! The table of markers, read once.

use std::sync::LazyLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Lib,
    File,
    App,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strength {
    Strong,
    Weak,
}

/// One line of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Marker {
    pub vendor: &'static str,
    pub vendor_en: &'static str,
    pub kind: Kind,
    pub strength: Strength,
    pattern: &'static str,
}

static MARKERS: LazyLock<Vec<Marker>> = LazyLock::new(|| lines().filter_map(marker).collect());

pub(super) fn markers() -> &'static [Marker] {
    &MARKERS
}

fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("table.tsv").lines().filter(|line| !line.starts_with('#'))
}

fn marker(line: &'static str) -> Option<Marker> {
    let fields: Vec<_> = line.split('\t').collect();
    let [vendor, vendor_en, kind, pattern, strength, _] = fields[..] else { return None };
    let kind = match kind {
        "lib" => Kind::Lib,
        "file" => Kind::File,
        "app" => Kind::App,
        _ => return None,
    };
    let strength = match strength {
        "strong" => Strength::Strong,
        "weak" => Strength::Weak,
        _ => return None,
    };
    Some(Marker { vendor, vendor_en, kind, strength, pattern })
}

impl Marker {
    /// Whether a name is what the pattern says; one `*` stands for anything.
    pub(super) fn fits(&self, name: &str) -> bool {
        match self.pattern.split_once('*') {
            None => name == self.pattern,
            Some((first, last)) => name.strip_prefix(first).is_some_and(|rest| rest.ends_with(last)),
        }
    }

    pub(super) fn is_path(&self) -> bool {
        self.pattern.contains('/')
    }

    /// The first class that fits, of a sorted list. A pattern that begins with `*` names no class of its own.
    pub(super) fn first_of<'a>(&self, sorted: &[&'a str]) -> Option<&'a str> {
        let first = self.pattern.split('*').next().filter(|first| !first.is_empty())?;
        let class = sorted.get(sorted.partition_point(|class| *class < first))?;
        self.fits(class).then_some(class)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{lines, markers};

    #[test]
    fn every_line_is_read_is_sorted_and_stands_once() {
        let keys: Vec<_> =
            lines().map(|line| line.split('\t').collect::<Vec<_>>()).map(|f| (f[0], f[2], f[3])).collect();
        assert_eq!(markers().len(), keys.len());
        assert!(keys.is_sorted(), "sort it by vendor, kind and pattern");
        let patterns: BTreeSet<_> = keys.iter().map(|(_, kind, pattern)| (kind, pattern)).collect();
        assert_eq!(patterns.len(), keys.len(), "two vendors have one marker");
        assert!(lines().all(|line| line.split('\t').all(|field| !field.is_empty() && field.trim() == field)));
        assert!(markers().iter().all(|marker| marker.pattern.matches('*').count() <= 1));
    }
}
