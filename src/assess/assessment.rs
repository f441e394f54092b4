//! The result of one subsite: everything a report prints and a gate asks, sorted, without artifact bytes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::checks::Outcome;
use crate::evidence::{CatalogueOrigin, PartState};
use crate::grade::{Baseline, Grade};
use crate::model::{
    AssetId, AssetKind, CheckId, Digest, ItemId, ItemStatus, ObjectKind, ProfileId, Reason, Severity, SubsiteId,
    SystemId, Text,
};
use crate::profiles::{AnswerVerdict, HighRiskResult, ProfileResult};
use crate::yaml::TimeZone;

use super::endpoints::EndpointRecord;
use super::packages::PackageRecord;

/// The schema name of an [`Assessment`]; `assessment.json` begins with it.
pub const SCHEMA: &str = "jixian.assessment/v1";

/// One subsite assessed. The same inputs and the same engine version give the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "jixian.assessment/v1")]
pub struct Assessment {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Name and version of the program.
    pub engine: String,
    /// The moment for which expiry, validity and age were judged (RFC 3339).
    pub as_of: String,
    /// The inventory's: in it a report prints moments. One that has none was written when the default was the only one.
    #[serde(default)]
    pub timezone: TimeZone,
    pub operator: Option<String>,
    pub bundle: BundleRef,
    pub catalogue: CatalogueUse,
    /// Further inputs by name: inventory, trust roots, layers.
    pub inputs: BTreeMap<String, Digest>,
    pub subsite: SubsiteInfo,
    pub system: SystemInfo,
    pub authorisation: Option<AuthorisationInfo>,
    pub assets: Vec<AssetInfo>,
    pub population: Vec<PopulationInfo>,
    /// Every planned check on every asset that it is for.
    pub outcomes: Vec<OutcomeRecord>,
    pub baseline: Baseline,
    /// The same with waived failures counted as passes.
    pub baseline_with_waivers: Baseline,
    pub profiles: Vec<ProfileAssessment>,
    pub high_risk: HighRiskResult,
    pub findings: Vec<FindingRecord>,
    pub waivers: Vec<WaiverRecord>,
    pub evidence: Vec<EvidenceRecord>,
    /// What is known of each TLS endpoint, in short.
    #[serde(default)]
    pub endpoints: Vec<EndpointRecord>,
    /// What is known of each app package, its long lists cut.
    #[serde(default)]
    pub packages: Vec<PackageRecord>,
    /// An answer that counts has no reviewer.
    pub draft: bool,
}

impl Assessment {
    /// Canonical bytes: what `assessment.json` holds and `replay` compares.
    pub fn to_json(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).expect("an assessment has string keys only");
        bytes.push(b'\n');
        bytes
    }

    /// The finding of a check on an asset, if it failed there.
    pub fn finding_of(&self, outcome: &Outcome) -> Option<&FindingRecord> {
        self.findings.iter().find(|finding| {
            finding.check.as_ref() == Some(&outcome.check)
                && finding.asset.as_ref() == Some(&outcome.asset)
                && finding.params_digest == Some(outcome.params_digest)
        })
    }
}

/// Which evidence it is from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BundleRef {
    /// Root of the evidence: the parts and what they were collected with.
    pub evidence_root: Digest,
    pub state: PartState,
}

/// Which rules judged it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CatalogueUse {
    pub digest: Digest,
    pub origin: CatalogueOrigin,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SubsiteInfo {
    pub id: SubsiteId,
    pub name: String,
    pub kind: Text,
    pub organisation: String,
    pub level: Text,
    pub division: Option<String>,
    pub exposure: Text,
    pub hosts: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SystemInfo {
    pub id: SystemId,
    pub name: String,
    pub filing_number: Option<String>,
    pub level: u8,
    pub s: u8,
    pub a: u8,
    pub cii: Text,
    pub operator: String,
    pub platform: Option<SystemId>,
    pub extensions: Vec<Text>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuthorisationInfo {
    pub document: String,
    pub sha256: Digest,
    pub scope: Vec<String>,
    pub from: String,
    pub to: String,
    pub person: String,
    pub hosting_consent: Option<String>,
}

/// One asset and what became of its collection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AssetInfo {
    pub id: AssetId,
    pub name: Option<String>,
    pub kind: AssetKind,
    pub object: ObjectKind,
    /// The spelling of `via` in the inventory.
    pub access: String,
    /// What the inventory says where it says `unknown:`.
    pub declared_unknown: Option<String>,
    /// Why it was not looked at although it was to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_looked_at: Option<Reason>,
    pub vantage: Option<Text>,
    /// None: the bundle has no part of this asset.
    pub part: Option<PartInfo>,
    /// Digests of the files that this asset is: what a gate holds an artifact against.
    pub artifacts: Vec<Digest>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PartInfo {
    pub root: Digest,
    pub state: PartState,
    /// RFC 3339, of the first item.
    pub started: Option<String>,
    /// How many items ended how.
    pub items: BTreeMap<ItemStatus, u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PopulationInfo {
    pub objects: ObjectKind,
    pub total: u32,
    pub selected: Vec<AssetId>,
    pub method: Option<String>,
    pub reason: Option<String>,
    pub reviewed_by: Option<String>,
}

/// An outcome with the evidence that it rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct OutcomeRecord {
    #[serde(flatten)]
    pub outcome: Outcome,
    pub title: Text,
    /// A machine decides it; what only shows facts to a person counts in no figure of automated checks.
    #[serde(default = "automated")]
    pub automated: bool,
    /// Numbers of evidence, such as `E-0042`.
    pub evidence: Vec<String>,
    /// Every finding of it is waived, on the day of the assessment.
    pub waived: bool,
    /// The weaknesses and tests of public catalogues that the check is about: CVE, CWE, MASTG, MASVS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
}

fn automated() -> bool {
    true
}

/// One profile: its items judged, and the grade with and without waivers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProfileAssessment {
    pub result: ProfileResult,
    pub grade: Grade,
    pub grade_with_waivers: Grade,
    /// Titles of standard and source, where it came from.
    pub title: Text,
}

/// A problem: a failing check on an asset, or an answer that says not or partly compliant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct FindingRecord {
    /// `T001`, a label of this report only.
    pub label: String,
    pub severity: Severity,
    pub title: Text,
    pub asset: Option<AssetId>,
    pub check: Option<CheckId>,
    pub params_digest: Option<Digest>,
    /// The answer, where a person found it.
    pub answer: Option<AnswerVerdict>,
    pub clauses: Vec<ClauseRef>,
    pub offenders: Vec<Offender>,
    pub why: Text,
    pub remedy: Text,
    pub caution: Option<Text>,
    pub evidence: Vec<String>,
    /// Waivers that cover it.
    pub waivers: Vec<String>,
}

/// Where a standard asks for what is missing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ClauseRef {
    pub profile: ProfileId,
    pub standard: String,
    pub item: ItemId,
}

/// One offender of a finding, with its stable identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Offender {
    /// Hash of check, assertion, asset and key: stable across runs.
    pub id: String,
    pub key: Option<String>,
    pub observed: Text,
    pub expected: Text,
    pub waived: bool,
}

/// A waiver and what it does here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WaiverRecord {
    pub id: String,
    /// As written: may end in `*`.
    pub check: String,
    pub expires: String,
    pub state: WaiverStanding,
    pub reason: Text,
    pub requested_by: String,
    pub approved_by: Option<String>,
    /// Findings that it covers.
    pub covers: Vec<String>,
}

/// Where a waiver stands on the day of the assessment. Only `InForce` covers anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WaiverStanding {
    InForce,
    /// Approved later than the day.
    NotYet,
    Unapproved,
    Expired,
    /// Nothing that it names fails here: clean it up.
    Unmatched,
    /// A `final` high-risk situation rests on what it would cover.
    Refused,
}

impl WaiverStanding {
    pub fn title(self) -> Text {
        match self {
            Self::InForce => Text::new("有效", "in force"),
            Self::NotYet => Text::new("尚未生效", "not in force yet"),
            Self::Unapproved => Text::new("未经批准", "not approved"),
            Self::Expired => Text::new("已过期", "expired"),
            Self::Unmatched => Text::new("无匹配的问题", "matches nothing"),
            Self::Refused => Text::new("不可豁免", "may not be waived"),
        }
    }
}

/// One item of evidence of this subsite's assets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EvidenceRecord {
    /// `E-0001`, in order of asset and record.
    pub number: String,
    pub asset: AssetId,
    pub item: String,
    pub collector: String,
    /// Command, path or query.
    pub source: String,
    pub status: ItemStatus,
    pub started: String,
    pub size: u64,
    pub truncated: bool,
    pub sha256: Option<Digest>,
    /// The bytes lie outside the bundle; they are not recomputed.
    pub external: bool,
}
