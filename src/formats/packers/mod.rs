//! Packers and hardening products, by the marks they leave in a package, and whether its code can be assessed at all.

mod table;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Tri;
use table::{Kind, Marker, Strength};

/// Marks of one packer that are listed at most.
const MAX_MARKERS: usize = 20;
/// Missing classes that are listed at most.
const MAX_MISSING: usize = 50;

/// What was seen of a package.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen<'a> {
    /// Names of the entries.
    pub entries: &'a [&'a str],
    /// The application class of the manifest, dotted and with its package; empty where it names none.
    pub application: &'a str,
    /// The classes of all components of the manifest, dotted and with their package.
    pub components: &'a [&'a str],
    /// The classes that the dex files define, dotted and sorted; `None` where not all of them were read.
    pub classes: Option<&'a [&'a str]>,
}

/// What the marks say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Packing {
    /// Several are possible: marks of an older one stay behind, and some vendors pack twice. The surest first.
    pub packers: Vec<Packer>,
    /// `no`: what the dex files show is not what runs. `yes`: no mark of a packer, and all classes of the manifest are there.
    pub code_assessable: Tri,
    /// Why it is not `yes`: `packer: <vendor>`, `application_class_missing`, `component_classes_missing`, `weak_marker: <vendor>`,
    /// `dex_unread`.
    pub reasons: Vec<String>,
    /// Classes that the manifest names and no dex file defines, sorted: what hides code hides these.
    pub missing_classes: Vec<String>,
    /// All of them, those that are not listed included.
    pub missing_classes_found: i64,
}

/// A packer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Packer {
    pub confidence: Confidence,
    pub vendor: String,
    /// The vendor's name in English or Latin letters.
    pub vendor_en: String,
    /// What was seen: `lib: <entry>`, `file: <entry>`, `application: <class>`, `class: <class>`.
    pub markers: Vec<String>,
}

/// How sure a packer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A library or a file, and the application class that starts it.
    High,
    /// One mark that nothing else leaves.
    Medium,
    /// A mark that others leave too.
    Low,
}

/// Looks for the marks.
pub fn detect(seen: &Seen<'_>) -> Packing {
    let packers = packers(seen);
    let missing = missing(seen);
    let (code_assessable, reasons) = assessable(seen, &packers, missing.as_deref());
    let missing = missing.unwrap_or_default();
    Packing {
        packers,
        code_assessable,
        reasons,
        missing_classes_found: i64::try_from(missing.len()).unwrap_or(i64::MAX),
        missing_classes: missing.into_iter().take(MAX_MISSING).map(str::to_owned).collect(),
    }
}

/// The marks of one vendor that were seen.
#[derive(Default)]
struct Marks {
    vendor_en: &'static str,
    texts: Vec<String>,
    in_files: bool,
    starts: bool,
    strong: bool,
}

fn packers(seen: &Seen<'_>) -> Vec<Packer> {
    let mut by_vendor: BTreeMap<&'static str, Marks> = BTreeMap::new();
    for marker in table::markers() {
        for text in found(marker, seen) {
            let marks = by_vendor.entry(marker.vendor).or_default();
            marks.vendor_en = marker.vendor_en;
            marks.in_files |= marker.kind != Kind::App;
            marks.starts |= text.starts_with("application: ");
            marks.strong |= marker.strength == Strength::Strong;
            marks.texts.push(text);
        }
    }
    let mut packers: Vec<_> = by_vendor.into_iter().map(|(vendor, marks)| packer(vendor, marks)).collect();
    packers.sort();
    packers
}

fn packer(vendor: &str, mut marks: Marks) -> Packer {
    let confidence = match (marks.in_files && marks.starts, marks.strong) {
        (true, _) => Confidence::High,
        (false, true) => Confidence::Medium,
        (false, false) => Confidence::Low,
    };
    marks.texts.sort();
    marks.texts.dedup();
    marks.texts.truncate(MAX_MARKERS);
    Packer { confidence, vendor: vendor.to_owned(), vendor_en: marks.vendor_en.to_owned(), markers: marks.texts }
}

/// Where one marker was seen.
fn found(marker: &Marker, seen: &Seen<'_>) -> Vec<String> {
    let file_name = |entry: &str| entry.rsplit('/').next().unwrap_or_default().to_owned();
    let entries = |matches: &dyn Fn(&str) -> bool, word: &str| {
        seen.entries
            .iter()
            .filter(|entry| matches(entry))
            .take(MAX_MARKERS)
            .map(|entry| format!("{word}: {entry}"))
            .collect()
    };
    match marker.kind {
        Kind::Lib => entries(&|entry| marker.fits(&file_name(entry)), "lib"),
        Kind::File if marker.is_path() => entries(&|entry| marker.fits(entry), "file"),
        Kind::File => entries(&|entry| marker.fits(&file_name(entry)), "file"),
        Kind::App if marker.fits(seen.application) => vec![format!("application: {}", seen.application)],
        // The class is there, and something else starts first: kept from an older build, or started by other means.
        Kind::App => marker
            .first_of(seen.classes.unwrap_or_default())
            .map(|class| format!("class: {class}"))
            .into_iter()
            .collect(),
    }
}

/// The classes that the manifest names and nobody defines; `None` where that cannot be told.
fn missing<'a>(seen: &Seen<'a>) -> Option<Vec<&'a str>> {
    let classes = seen.classes?;
    // Classes of the platform, such as `android.app.NativeActivity`, are in no package.
    let named = seen
        .components
        .iter()
        .chain([&seen.application])
        .filter(|class| !class.is_empty() && !class.starts_with("android.app."));
    let mut missing: Vec<_> = named.filter(|class| classes.binary_search(class).is_err()).copied().collect();
    missing.sort_unstable();
    missing.dedup();
    Some(missing)
}

fn assessable(seen: &Seen<'_>, packers: &[Packer], missing: Option<&[&str]>) -> (Tri, Vec<String>) {
    let of = |weak: bool, word: &str| -> Vec<String> {
        let packers = packers.iter().filter(|packer| (packer.confidence == Confidence::Low) == weak);
        packers.map(|packer| format!("{word}: {}", packer.vendor)).collect()
    };
    let mut reasons = of(false, "packer");
    let packed = !reasons.is_empty();
    let Some(missing) = missing else {
        reasons.extend(of(true, "weak_marker"));
        reasons.push("dex_unread".to_owned());
        return (if packed { Tri::No } else { Tri::Unknown }, reasons);
    };
    let without_application = missing.contains(&seen.application);
    if without_application {
        reasons.push("application_class_missing".to_owned());
    }
    if missing.len() > usize::from(without_application) {
        reasons.push("component_classes_missing".to_owned());
    }
    reasons.extend(of(true, "weak_marker"));
    // One or the other component may be left over in a manifest; half of them, or the class that starts first, is hidden.
    let hidden = without_application || missing.len() * 2 >= seen.components.len().max(1) && !missing.is_empty();
    let verdict = match (packed || hidden, reasons.is_empty()) {
        (true, _) => Tri::No,
        (false, true) => Tri::Yes,
        (false, false) => Tri::Unknown,
    };
    (verdict, reasons)
}

#[cfg(test)]
mod tests;
