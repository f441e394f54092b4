//! What a check says of one asset, and of each thing on it that it found wrong or could not read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{AssetId, CheckId, Digest, Severity, Text, Verdict};

/// What a check says of one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    pub check: CheckId,
    pub revision: u32,
    /// Digest of the check's file.
    pub digest: Digest,
    /// Digest of the values of all its parameters.
    pub params_digest: Digest,
    pub asset: AssetId,
    pub severity: Severity,
    #[serde(flatten)]
    pub verdict: Verdict,
    /// Failing and unknown parts, in the order of the assertions and of their lists; in an assisted check, what is shown.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Findings beyond the cap, counted and not listed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more: u64,
}

/// One thing that is wrong, could not be read, or is shown to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Finding {
    /// 16 hex digits, the same in every run: a hash of check, assertion, asset and key.
    pub id: String,
    pub assertion: String,
    /// The offender: account, port, suite; none where the assertion is about the asset as a whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(flatten)]
    pub verdict: Verdict,
    /// What was seen, as bounded printable text; empty where nothing was.
    pub observed: String,
    pub expected: Text,
    pub message: Text,
}

impl Finding {
    /// The stable identity of a finding.
    pub fn identity(check: &CheckId, assertion: &str, asset: &AssetId, key: Option<&str>) -> String {
        let named = match key {
            Some(key) => format!("{check}\n{assertion}\n{asset}\n={key}"),
            None => format!("{check}\n{assertion}\n{asset}\n"),
        };
        Digest::of(named.as_bytes()).hex()[..16].to_owned()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for a reference")]
fn is_zero(n: &u64) -> bool {
    *n == 0
}
