//! The words of high-risk situations, their cases and counts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{AssetId, AssetKind, CheckId, Digest, ItemId, Text};

/// The catalogue of situations (`profiles/high-risk.yaml`).
#[derive(Clone, Debug, PartialEq)]
pub struct HighRiskCatalogue {
    pub revision: u32,
    /// Where the lists were read and how sure that is.
    pub source_note: Text,
    pub situations: Vec<Situation>,
    pub digest: Digest,
}

/// One situation in our own words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Situation {
    /// `HR-NET-04` for situations of the lists, `MR-29` for triggers without a clause.
    pub id: String,
    pub title: Text,
    /// What makes it so.
    pub condition: Text,
    /// What could lower it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub compensation: Vec<Text>,
    /// Level-3 items of GB/T 22239 that it belongs to; lower levels follow by `continues`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemId>,
    /// Whole classes or control points, where no single item is meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<String>,
    /// The trial guide of 2025.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guide2025: Option<Listing>,
    /// T/ISEAA 001-2020.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub iseaa: Option<Listing>,
    /// Row of the trigger table of the 2025 report template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<String>,
    pub residual: Residual,
    pub automation: Automation,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub raised_by: Vec<RaisedBy>,
    pub sure: SituationSource,
}

/// A situation's number and lowest level in one list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    pub number: String,
    pub level_min: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// Whether compensation may lower a situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Residual {
    Reducible,
    /// No compensation is foreseen: neither lowered nor waived.
    Final,
}

/// What our evidence can do for a situation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Automation {
    Full,
    Partial,
    None,
}

/// A check whose failure raises a candidate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RaisedBy {
    pub check: CheckId,
    #[serde(rename = "for")]
    pub kinds: Vec<AssetKind>,
    /// An expression over the asset's facts and the inventory that must hold too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
}

/// Where a situation was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SituationSource {
    /// Read in a public source.
    Seen,
    /// Read in a third party's transcription.
    Transcribed,
    /// From memory: check the bought text before relying on it.
    Recalled,
}

/// The list whose situations and levels hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum HighRiskEdition {
    #[serde(rename = "guide-2025")]
    Guide2025,
    #[serde(rename = "iseaa-2020")]
    Iseaa2020,
}

/// All situations of one subsite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct HighRiskResult {
    pub edition: HighRiskEdition,
    pub level: u8,
    /// What was raised by a check or added by hand, in order of situation and asset.
    pub cases: Vec<Case>,
    /// Situations of the edition and level that nothing has looked at: neither checks, nor a decided item, nor a person.
    pub unexamined: Vec<String>,
    /// How many situations the edition has at this level.
    pub situations: u64,
    pub major: MajorCount,
}

impl Situation {
    /// The situation's place in a list.
    pub fn listing(&self, edition: HighRiskEdition) -> Option<&Listing> {
        match edition {
            HighRiskEdition::Guide2025 => self.guide2025.as_ref(),
            HighRiskEdition::Iseaa2020 => self.iseaa.as_ref(),
        }
    }
}

impl HighRiskResult {
    pub fn open(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|case| case.state == CaseState::Candidate)
    }

    /// Adjudicated and still high.
    pub fn confirmed(&self) -> impl Iterator<Item = &Case> {
        self.cases.iter().filter(|case| case.state == CaseState::Confirmed)
    }
}

/// One situation on one asset, or on the system as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    pub situation: String,
    pub title: Text,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<ItemId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<AssetId>,
    pub residual: Residual,
    pub state: CaseState,
    /// The findings that raised it; empty where a person added it.
    pub raised_by: Vec<Raised>,
    /// Added by hand: no rule found it.
    pub manual: bool,
    /// 重大风险隐患: confirmed and all three principles hold.
    pub major: bool,
    /// What raised it no longer fails, or a retest showed so.
    pub fixed: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub adjudication: Option<CaseDecision>,
    /// Why an adjudication was not taken as it stands.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objections: Vec<Objection>,
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// 待确认
    Candidate,
    Confirmed,
    /// Compensation lowered it.
    Lowered,
    /// It is not so.
    Rejected,
}

impl CaseState {
    pub fn title(self) -> Text {
        match self {
            Self::Candidate => Text::new("待确认", "To be confirmed"),
            Self::Confirmed => Text::new("已确认", "Confirmed"),
            Self::Lowered => Text::new("已降级", "Lowered"),
            Self::Rejected => Text::new("已排除", "Rejected"),
        }
    }
}

/// A failing check and its findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Raised {
    pub check: CheckId,
    pub findings: Vec<String>,
}

/// The adjudication as taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CaseDecision {
    /// Position in the adjudications file.
    pub index: usize,
    pub by: Vec<String>,
    pub date: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exposure: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compensation: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residual: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub principles: BTreeMap<String, String>,
}

/// Why an adjudication does not settle its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Objection {
    /// Fewer than two different people decided.
    OnePersonOnly,
    /// A `final` situation cannot be lowered.
    FinalCannotBeLowered,
    /// A principle, the exposure or the compensation is not stated.
    PrinciplesIncomplete,
    /// Two adjudications of the same case differ; the worse one stands.
    Contradicted,
}

/// 重大风险隐患: the number before remediation, the fixed ones among them in brackets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MajorCount {
    pub before: u64,
    pub fixed: u64,
}

impl std::fmt::Display for MajorCount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.fixed == 0 {
            write!(f, "{}", self.before)
        } else {
            write!(f, "{}（{}个已整改）", self.before, self.fixed)
        }
    }
}
