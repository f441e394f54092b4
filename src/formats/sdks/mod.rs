//! SDKs, frameworks and libraries inside a package, by the marks they leave; and whose a class is.

mod metadata;
mod table;

use std::collections::{BTreeMap, btree_map::Entry};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Tri;
use table::{Marker, table};

pub use metadata::wants;
pub use table::{KnownSdk, SdkKind};

/// SDKs that are listed at most.
pub const MAX_SDKS: usize = 1_000;

/// What was seen of a package.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'a> {
    /// Names of the entries.
    pub entries: &'a [&'a str],
    /// The classes of the manifest's components, dotted and with their package.
    pub components: &'a [&'a str],
    /// The classes that the dex files define, dotted and sorted.
    pub classes: &'a [&'a str],
    /// The entries that [`wants`] asked for, with what is in them.
    pub metadata: &'a [(&'a str, &'a [u8])],
}

/// An SDK in the package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Sdk {
    /// As its vendor calls it, or `group:artifact`.
    pub name: String,
    /// Empty where nobody says.
    pub vendor: String,
    /// Empty where nothing in the package says it.
    pub version: String,
    pub kind: SdkKind,
    /// The first mark by name: `class: <class>`, `lib: <entry>` or `file: <entry>`.
    pub source: String,
    /// `yes` where it reports identifiers or behaviour to its vendor for measurement or advertising.
    pub tracker: Tri,
    /// The package URL where it has one, else empty.
    pub purl: String,
}

/// What a package is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Inventory {
    /// Sorted by name and version.
    pub sdks: Vec<Sdk>,
    /// All of them, those beyond [`MAX_SDKS`] included.
    pub sdks_found: i64,
}

/// Whose class this is, given as `com.example.Name` or as `Lcom/example/Name;`; `None` where the table does not say, which is
/// true of the app's own classes and of what was renamed.
pub fn owner_of(class: &str) -> Option<&'static KnownSdk> {
    let dotted;
    let class = match class.strip_prefix('L').and_then(|rest| rest.strip_suffix(';')) {
        Some(descriptor) => {
            dotted = descriptor.replace('/', ".");
            &dotted
        }
        None => class,
    };
    table().owner(class).and_then(|index| table().sdks.get(index))
}

/// Looks for the marks.
pub fn inventory(seen: &Seen<'_>) -> Inventory {
    let mut known: BTreeMap<usize, Mark> = BTreeMap::new();
    by_libraries(seen, &mut known);
    by_components(seen, &mut known);
    by_classes(seen, &mut known);
    let mut sdks: Vec<_> =
        seen.metadata.iter().filter_map(|(entry, bytes)| metadata::read(entry, bytes)).map(with_owner).collect();
    let groups: Vec<_> =
        sdks.iter().filter_map(|sdk| sdk.name.split_once(':')).map(|(group, _)| group.to_owned()).collect();
    sdks.extend(known.into_iter().filter_map(|(index, mark)| of_table(index, mark, &groups)));
    sdks.sort();
    sdks.dedup_by(|later, first| {
        later.name == first.name && (later.version == first.version || first.version.is_empty()) && {
            first.version = std::mem::take(&mut later.version);
            true
        }
    });
    let sdks_found = i64::try_from(sdks.len()).unwrap_or(i64::MAX);
    sdks.truncate(MAX_SDKS);
    Inventory { sdks, sdks_found }
}

/// Where an SDK was first seen, and its version if the name of a library has it.
#[derive(Debug)]
struct Mark {
    source: String,
    version: String,
}

fn add(known: &mut BTreeMap<usize, Mark>, index: usize, source: String, version: String) {
    match known.entry(index) {
        Entry::Vacant(vacant) => drop(vacant.insert(Mark { source, version })),
        Entry::Occupied(occupied) => {
            let mark = occupied.into_mut();
            mark.source = std::mem::take(&mut mark.source).min(source);
            mark.version = std::mem::take(&mut mark.version).max(version);
        }
    }
}

fn by_libraries(seen: &Seen<'_>, known: &mut BTreeMap<usize, Mark>) {
    for entry in seen.entries {
        let name = entry.rsplit('/').next().unwrap_or_default();
        if let Some((index, open)) = table().lib(name) {
            add(known, index, format!("lib: {entry}"), version_of(open));
        }
        if let Some(index) = table().file(entry) {
            add(known, index, format!("file: {entry}"), String::new());
        }
    }
}

/// `6_8_0` and `-4.2.1` are versions, `_x64` is none.
fn version_of(open: &str) -> String {
    let number = open.trim_start_matches(['-', '_', 'v', 'V', '.']).replace('_', ".");
    let fits =
        number.len() <= 20 && number.contains('.') && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if fits { number } else { String::new() }
}

fn by_components(seen: &Seen<'_>, known: &mut BTreeMap<usize, Mark>) {
    for class in seen.components {
        if let Some(index) = table().owner(class) {
            add(known, index, format!("class: {class}"), String::new());
        }
    }
}

fn by_classes(seen: &Seen<'_>, known: &mut BTreeMap<usize, Mark>) {
    for (index, sdk) in table().sdks.iter().enumerate() {
        for marker in &sdk.markers {
            let class = match marker {
                Marker::Class(class) => {
                    seen.classes.binary_search(class).ok().and_then(|at| seen.classes.get(at)).copied()
                }
                Marker::Package(package) => first_class(seen.classes, package, index),
                Marker::File(_) | Marker::Lib(_) => None,
            };
            if let Some(class) = class {
                add(known, index, format!("class: {class}"), String::new());
            }
        }
    }
}

/// The first class below a package that is not in a longer package of another SDK.
fn first_class<'a>(classes: &[&'a str], package: &str, index: usize) -> Option<&'a str> {
    let below = format!("{package}.");
    let mut at = classes.partition_point(|class| *class < &*below);
    loop {
        let class = classes.get(at).filter(|class| class.starts_with(&below))?;
        match table().owner(class) {
            Some(owner) if owner != index => at += step_over(&classes[at..], class),
            _ => return Some(class),
        }
    }
}

/// How many classes share the package of this one: all of them have its owner, or one that is looked at next time.
fn step_over(classes: &[&str], class: &str) -> usize {
    let package = class.rsplit_once('.').map_or(class.len(), |(package, _)| package.len() + 1);
    let package = class.get(..package).unwrap_or(class);
    classes.partition_point(|other| other.starts_with(package)).max(1)
}

/// What a build tool named, with vendor and kind of the SDK whose package is its group.
fn with_owner(mut sdk: Sdk) -> Sdk {
    let group = sdk.name.split_once(':').map_or("", |(group, _)| group);
    let mut package = group;
    while !package.is_empty() {
        if let Some(known) = table().packages.get(package).and_then(|index| table().sdks.get(*index)) {
            (sdk.vendor, sdk.kind, sdk.tracker) = (known.vendor.to_owned(), known.kind, Tri::from(known.tracker));
            break;
        }
        package = package.rsplit_once('.').map_or("", |(parent, _)| parent);
    }
    if sdk.vendor.is_empty() && (group.starts_with("androidx.") || group.starts_with("com.google.")) {
        "Google".clone_into(&mut sdk.vendor);
    }
    sdk
}

/// A line of the table, unless the build named the same by its coordinates, versions included.
fn of_table(index: usize, mark: Mark, groups: &[String]) -> Option<Sdk> {
    let known = table().sdks.get(index)?;
    let named =
        |marker: &Marker| matches!(marker, Marker::Package(package) if groups.iter().any(|group| group == package));
    if known.markers.iter().any(named) {
        return None;
    }
    Some(Sdk {
        name: known.name.to_owned(),
        vendor: known.vendor.to_owned(),
        version: mark.version,
        kind: known.kind,
        source: mark.source,
        tracker: Tri::from(known.tracker),
        purl: String::new(),
    })
}

#[cfg(test)]
mod tests;
