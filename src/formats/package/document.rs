//! What one package says of itself, as the bounded child hands it over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, tie::Tie, walk::Skipped};
use crate::{
    formats::{apk::Manifest, code::CodeFindings, hap::Harmony, strings::Findings, zip::Anomaly},
    model::{DecodeFailure, Fact, UnreadStatus},
};

/// A package, read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    pub kind: Kind,
    /// Of the file (GB/T 32905), lower-case hex digits.
    pub sm3: String,
    pub entries: i64,
    /// Sum of the sizes that the archive declares.
    pub uncompressed: i64,
    pub anomalies: Vec<Anomaly>,
    /// Anomalies beyond those that are listed.
    pub anomalies_left_out: i64,
    /// Of an Android package, or of the base of several; `None` for other platforms.
    pub manifest: Option<Fact<Manifest>>,
    /// `None` for other platforms.
    pub harmony: Option<Harmony>,
    pub code: CodeFindings,
    pub strings: Findings,
    pub coverage: Coverage,
    pub tie: Tie,
}

/// How much was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    pub entries_scanned: i64,
    /// At most 200.
    pub skipped: Vec<Skipped>,
    pub skipped_count: i64,
}

/// Why a part of a package is not known, as facts have it.
pub(super) fn unread<T>(what: &str, failure: &DecodeFailure) -> Fact<T> {
    let (status, code) = match failure {
        DecodeFailure::Budget { .. } => (UnreadStatus::TooLarge, "budget"),
        _ => (UnreadStatus::Error, "malformed"),
    };
    Fact::unread(status, format!("{what}: {code}"))
}
