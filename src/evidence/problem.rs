//! What is wrong with a bundle, and exactly where.

use std::{fmt, path::Path};

use serde::Serialize;

use crate::model::{AssetId, Digest};

use super::EvidenceError;

/// One thing that is wrong, at its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The file, relative to the bundle.
    pub file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<AssetId>,
    /// Record number, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<Digest>,
    /// Index of the 64 KiB chunk, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunk: Option<u64>,
    /// What is wrong.
    pub what: String,
}

impl Problem {
    pub(super) fn new(file: impl Into<String>, what: impl Into<String>) -> Self {
        Self { file: file.into(), what: what.into(), ..Self::default() }
    }

    #[must_use]
    pub(super) fn of_part(mut self, asset: &AssetId) -> Self {
        self.part = Some(asset.clone());
        self
    }

    #[must_use]
    pub(super) fn of_object(mut self, digest: Digest) -> Self {
        self.object = Some(digest);
        self
    }

    pub(super) fn into_error(self, path: &Path) -> EvidenceError {
        EvidenceError::Damaged { path: path.to_owned(), problem: Box::new(self) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(part) = &self.part {
            write!(f, ", part {part}")?;
        }
        if let Some(record) = self.record {
            write!(f, ", record {record}")?;
        }
        if let Some(item) = &self.item {
            write!(f, " ({item})")?;
        }
        if let Some(object) = &self.object {
            write!(f, ", object {}", object.short())?;
        }
        if let Some(chunk) = self.chunk {
            write!(f, ", chunk {chunk}")?;
        }
        write!(f, ": {}", self.what)
    }
}
