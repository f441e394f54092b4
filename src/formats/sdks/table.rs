//! The table of SDKs, read once, and looked up by class, library and entry.

use std::{collections::HashMap, sync::LazyLock};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an SDK is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SdkKind {
    Ads,
    Analytics,
    /// Reports of crashes and of how smoothly an app runs.
    Crash,
    /// Cryptography, certificates, password keyboards.
    Crypto,
    /// A runtime or cross-platform framework in which an app may be written.
    Framework,
    /// Risk control, device fingerprints, protection at run time; packers are told apart elsewhere.
    Hardening,
    /// Recognition of faces and documents, proof of identity.
    Identity,
    /// Messages, calls, customer service.
    Im,
    /// Anything else.
    Library,
    Login,
    Map,
    /// Playing, recording and streaming.
    Media,
    Pay,
    /// Loads, replaces or hooks code at run time.
    Plugin,
    Push,
    Share,
    Speech,
    Storage,
    /// Helps in tests and development; has no place in a release.
    Test,
    /// Took part in the build.
    Tool,
    /// Updates the app by itself.
    Update,
    Webview,
}

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownSdk {
    pub name: &'static str,
    pub vendor: &'static str,
    pub kind: SdkKind,
    /// Whether it reports identifiers or behaviour to its vendor for measurement or advertising.
    pub tracker: bool,
    pub(super) markers: Vec<Marker>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    Class(&'static str),
    File(&'static str),
    Package(&'static str),
    Lib(&'static str),
}

/// The lines, and the way to them.
pub(super) struct Table {
    pub sdks: Vec<KnownSdk>,
    classes: HashMap<&'static str, usize>,
    pub packages: HashMap<&'static str, usize>,
    libs: HashMap<&'static str, usize>,
    /// Patterns: what is before the `*`, what is behind it.
    lib_patterns: Vec<(&'static str, &'static str, usize)>,
    files: HashMap<&'static str, usize>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::new(lines().filter_map(sdk).collect()));

pub(super) fn table() -> &'static Table {
    &TABLE
}

pub(super) fn lines() -> impl Iterator<Item = &'static str> {
    include_str!("table.tsv").lines().filter(|line| !line.starts_with('#'))
}

impl Table {
    fn new(sdks: Vec<KnownSdk>) -> Self {
        let mut table = Self {
            sdks: Vec::new(),
            classes: HashMap::new(),
            packages: HashMap::new(),
            libs: HashMap::new(),
            lib_patterns: Vec::new(),
            files: HashMap::new(),
        };
        for (index, sdk) in sdks.iter().enumerate() {
            for marker in &sdk.markers {
                match *marker {
                    Marker::Class(class) => drop(table.classes.insert(class, index)),
                    Marker::File(file) => drop(table.files.insert(file, index)),
                    Marker::Package(package) => drop(table.packages.insert(package, index)),
                    Marker::Lib(name) => match name.split_once('*') {
                        Some((first, last)) => table.lib_patterns.push((first, last, index)),
                        None => drop(table.libs.insert(name, index)),
                    },
                }
            }
        }
        // The longest beginning is the most specific.
        table.lib_patterns.sort_by_key(|(first, last, _)| (std::cmp::Reverse(first.len()), *first, *last));
        table.sdks = sdks;
        table
    }

    /// Whose class this is, dotted: by its own name, or by the longest package that it is in.
    pub fn owner(&self, class: &str) -> Option<usize> {
        let outer = class.split('$').next().unwrap_or(class);
        if let Some(index) = self.classes.get(outer) {
            return Some(*index);
        }
        let mut rest = outer;
        while let Some((package, _)) = rest.rsplit_once('.') {
            if let Some(index) = self.packages.get(package) {
                return Some(*index);
            }
            rest = package;
        }
        None
    }

    /// Whose library this is by its file name, and what stands where a pattern leaves it open.
    pub fn lib<'a>(&self, name: &'a str) -> Option<(usize, &'a str)> {
        if let Some(index) = self.libs.get(name) {
            return Some((*index, ""));
        }
        self.lib_patterns.iter().find_map(|(first, last, index)| {
            let open = name.strip_prefix(first)?.strip_suffix(last)?;
            Some((*index, open))
        })
    }

    pub fn file(&self, entry: &str) -> Option<usize> {
        self.files.get(entry).copied()
    }
}

fn sdk(line: &'static str) -> Option<KnownSdk> {
    let fields: Vec<_> = line.split('\t').collect();
    let [name, vendor, kind, tracker, markers] = fields[..] else { return None };
    let kind = serde_json::from_value(kind.into()).ok()?;
    let markers = markers.split(' ').map(marker).collect::<Option<Vec<_>>>()?;
    Some(KnownSdk { name, vendor, kind, tracker: tracker == "yes", markers })
}

fn marker(text: &'static str) -> Option<Marker> {
    let (kind, value) = text.split_once(':')?;
    match kind {
        "class" => Some(Marker::Class(value)),
        "file" => Some(Marker::File(value)),
        "pkg" => Some(Marker::Package(value)),
        "so" => Some(Marker::Lib(value)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{lines, table};

    #[test]
    fn every_line_is_read_and_names_are_sorted() {
        let names: Vec<_> = lines().map(|line| line.split('\t').next().unwrap()).collect();
        assert_eq!(table().sdks.iter().map(|sdk| sdk.name).collect::<Vec<_>>(), names);
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "sort it by name");
        for line in lines() {
            let fields: Vec<_> = line.split('\t').collect();
            assert!(fields.iter().all(|field| !field.is_empty() && field.trim() == *field), "{line}");
            assert!(["yes", "no"].contains(&fields[3]), "{line}");
            let markers: Vec<_> = fields[4].split(' ').collect();
            assert!(markers.is_sorted(), "{line}");
        }
    }

    #[test]
    fn no_marker_stands_twice() {
        let markers: Vec<_> = lines().flat_map(|line| line.rsplit('\t').next().unwrap().split(' ')).collect();
        let different: BTreeSet<_> = markers.iter().collect();
        assert_eq!(different.len(), markers.len());
    }

    #[test]
    fn no_package_is_so_wide_that_an_app_may_be_in_it() {
        let wide = [
            "android",
            "androidx",
            "cn",
            "com",
            "com.google",
            "com.google.android",
            "com.tencent",
            "com.alibaba",
            "com.huawei",
            "com.baidu",
        ];
        assert!(wide.iter().all(|package| !table().packages.contains_key(package)));
    }
}
