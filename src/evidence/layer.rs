//! Judgement layers: what comes after collection, sealed and never edited.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::model::Digest;

use super::{
    Defect, EvidenceError, ObjectRef, PartState, Problem,
    canonical::{canonical, from_canonical},
    inspect::MAX_SMALL,
    layout,
    manifest::LayerEntry,
    seal::FileSeal,
    store::Store,
};

/// What a layer brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LayerKind {
    Adjudications,
    Answers,
    Import,
    Retest,
    Waivers,
}

impl LayerKind {
    pub const ALL: &'static [Self] = &[Self::Adjudications, Self::Answers, Self::Import, Self::Retest, Self::Waivers];

    /// The spelling in folder names.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Adjudications => "adjudications",
            Self::Answers => "answers",
            Self::Import => "import",
            Self::Retest => "retest",
            Self::Waivers => "waivers",
        }
    }
}

impl fmt::Display for LayerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for LayerKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| format!("`{text}` is not a kind of layer"))
    }
}

/// A layer to be sealed: files by relative name, such as `answers.yaml` and `photos/1.jpg`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewLayer {
    pub kind: LayerKind,
    pub files: Vec<(String, Vec<u8>)>,
}

/// A sealed layer: the content of its `layer.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    pub schema: String,
    /// Place among the layers of the bundle, from 1.
    pub n: u64,
    pub kind: LayerKind,
    /// Root of what the layer was laid on: the parent bundle, or the evidence of this one where it has no parent.
    pub parent: Digest,
    /// Sorted by name.
    pub files: Vec<LayerFile>,
}

/// A file of a layer; its bytes are an object of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerFile {
    pub name: String,
    pub object: ObjectRef,
}

const SCHEMA: &str = "jixian.layer/v1";

/// Largest `layer.json`, in bytes.
const MAX_LAYER: u64 = 16 * 1024 * 1024;

impl Layer {
    pub(super) fn new(n: u64, kind: LayerKind, parent: Digest, files: Vec<LayerFile>) -> Self {
        Self { schema: SCHEMA.to_owned(), n, kind, parent, files }
    }

    /// The file called `name`.
    pub fn file(&self, name: &str) -> Option<&LayerFile> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Reads a layer that the manifest names. Everything that is wrong with it is a problem.
    pub(super) fn load(store: &Store, entry: &LayerEntry) -> Result<Result<Self, Vec<Problem>>, EvidenceError> {
        let file = layout::layer(entry.n, entry.kind, layout::LAYER);
        let seal = layout::layer(entry.n, entry.kind, layout::SEAL);
        let Some(bytes) = store.read(&file, MAX_LAYER)? else {
            return Ok(Err(vec![Problem::new(file, Defect::Missing)]));
        };
        let mut problems = Vec::new();
        if Digest::of(&bytes) != entry.root {
            problems.push(Problem::new(&file, Defect::Differs));
        }
        let expected = canonical(&FileSeal::with_root(layout::LAYER, entry.root, PartState::Complete));
        match store.read(&seal, MAX_SMALL)? {
            None => problems.push(Problem::new(seal, Defect::Missing)),
            Some(found) if found != expected => {
                problems.push(Problem::new(seal, Defect::SealDiffers));
            }
            Some(_) => {}
        }
        let layer: Result<Self, _> = from_canonical(&bytes);
        Ok(match layer {
            Ok(layer) if problems.is_empty() && layer.n == entry.n && layer.kind == entry.kind => Ok(layer),
            Ok(_) if problems.is_empty() => Err(vec![Problem::new(file, Defect::Differs)]),
            Err(why) if problems.is_empty() => Err(vec![Problem::malformed(file, why)]),
            _ => Err(problems),
        })
    }
}

/// Names of inputs, results and files of layers: relative, and safe to unpack anywhere.
pub(super) fn check_name(name: &str) -> Result<(), EvidenceError> {
    let plain = |piece: &str| !piece.is_empty() && piece != "." && piece != "..";
    let safe = name.len() <= 255
        && name.split('/').all(plain)
        && !name.contains(|c: char| c.is_control() || c == '\\' || c == ':');
    if safe { Ok(()) } else { Err(EvidenceError::BadName { name: name.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::check_name;

    #[test]
    fn names_stay_inside_the_folder_they_are_unpacked_to() {
        for good in ["answers.yaml", "photos/机房-1.jpg", "a b.pdf"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", "C:x", "a\\b", "a\nb", &"x".repeat(256)] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }
}
