//! What commands print with `--format json`: one type a document. Its schema is published in `docs/schema/`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use crate::checks::Outcome;
use crate::evidence::PartState;
use crate::facts::FactDocument;
use crate::gate::Decision;
use crate::model::{AssetId, AssetKind, CheckId, Digest, ProfileId, Severity, Text, Verdict};

/// `jixian scan`: one target, its facts and what every check for its kind says.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "jixian.scan/v1", rename = "Scan")]
pub struct ScanDocument<'a> {
    /// `jixian.scan/v1`
    pub schema: &'static str,
    pub asset: ScannedAsset<'a>,
    /// Whether everything that was meant to be read was asked for.
    pub state: PartState,
    /// As `facts` of `jixian.facts/v1`.
    pub facts: &'a serde_json::Value,
    /// Which evidence items each group rests on.
    pub sources: &'a BTreeMap<String, Vec<String>>,
    pub outcomes: &'a [Outcome],
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ScannedAsset<'a> {
    pub id: &'a AssetId,
    pub kind: AssetKind,
    /// The spelling of `via` in an inventory.
    pub via: &'a str,
}

impl<'a> ScanDocument<'a> {
    pub fn new(asset: ScannedAsset<'a>, state: PartState, document: &'a FactDocument, outcomes: &'a [Outcome]) -> Self {
        let FactDocument { facts, sources, .. } = document;
        Self { schema: "jixian.scan/v1", asset, state, facts, sources, outcomes }
    }
}

/// `jixian gate`: the decision with every reason.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "jixian.gate-decision/v1", rename = "GateDecision")]
pub struct GateDocument<'a> {
    /// `jixian.gate-decision/v1`
    pub schema: &'static str,
    pub decision: &'a Decision,
}

impl<'a> GateDocument<'a> {
    pub fn new(decision: &'a Decision) -> Self {
        Self { schema: "jixian.gate-decision/v1", decision }
    }
}

/// `jixian replay`: whether raw evidence gives the same facts and results again.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "jixian.replay/v1", rename = "Replay")]
pub struct ReplayDocument<'a> {
    /// `jixian.replay/v1`
    pub schema: &'static str,
    pub equal: bool,
    /// Root of the bundle.
    pub root: Digest,
    pub engine_then: &'a str,
    pub engine_now: &'a str,
    /// Every place that differs, as `path: then -> now`.
    pub differences: &'a [String],
    /// Evidence whose bytes lie outside the bundle: asset and item.
    pub not_recomputed: &'a [String],
}

/// `jixian check list`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "jixian.checks/v1", rename = "Checks")]
pub struct CheckList<'a> {
    /// `jixian.checks/v1`
    pub schema: &'static str,
    pub checks: Vec<CheckRow<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct CheckRow<'a> {
    pub id: &'a CheckId,
    pub revision: u32,
    pub severity: Severity,
    pub title: &'a Text,
    pub target: &'a [AssetKind],
    /// Of its file.
    pub digest: Digest,
}

/// `jixian check test`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "jixian.check-test/v1", rename = "CheckTest")]
pub struct CheckTest<'a> {
    /// `jixian.check-test/v1`
    pub schema: &'static str,
    pub checks: usize,
    pub cases: usize,
    /// Cases run again with facts taken away.
    pub trials: usize,
    pub broken: Vec<BrokenCase<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct BrokenCase<'a> {
    pub check: &'a CheckId,
    pub case: &'a str,
    pub expected: &'a str,
    pub got: &'a Verdict,
}

/// `jixian profile list`.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(title = "jixian.profiles/v1", rename = "Profiles")]
pub struct ProfileList<'a> {
    /// `jixian.profiles/v1`
    pub schema: &'static str,
    pub profiles: Vec<ProfileRow<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ProfileRow<'a> {
    pub id: &'a ProfileId,
    pub revision: u32,
    /// Number and year of the standard.
    pub standard: &'a str,
    pub level: Option<u8>,
    pub items: usize,
    pub digest: Digest,
}
