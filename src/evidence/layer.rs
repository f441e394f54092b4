//! Judgement layers: what comes after collection, sealed and never edited.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::model::Digest;

use super::ObjectRef;

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
