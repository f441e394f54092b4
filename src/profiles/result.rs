//! What judging a profile brings: one record per item, down to each asset, aspect and source.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Attribute, ModelId, PlanNote, Responsibility, Scope, Standard, Strength, WeightSource, answers::AnswerResult,
};
use crate::model::{
    AssetId, AssetKind, CheckId, Digest, ItemId, ObjectKind, ProfileId, Reason, SubsiteId, SystemId, Text, Verdict,
};

/// The result of an item. The order is that of the design: the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemVerdict {
    /// 不符合
    NonCompliant,
    /// 部分符合
    Partial,
    /// 未判定
    Undecided,
    /// 符合
    Compliant,
    /// 不适用
    NotApplicable,
}

impl ItemVerdict {
    pub const ALL: &'static [Self] =
        &[Self::NonCompliant, Self::Partial, Self::Undecided, Self::Compliant, Self::NotApplicable];

    pub fn title(self) -> Text {
        match self {
            Self::NonCompliant => Text::new("不符合", "Not compliant"),
            Self::Partial => Text::new("部分符合", "Partly compliant"),
            Self::Undecided => Text::new("未判定", "Undecided"),
            Self::Compliant => Text::new("符合", "Compliant"),
            Self::NotApplicable => Text::new("不适用", "Not applicable"),
        }
    }
}

/// The result of one aspect on one subject, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AspectVerdict {
    NotMet,
    Partly,
    Undecided,
    Met,
    NotApplicable,
}

impl AspectVerdict {
    pub const ALL: &'static [Self] = &[Self::NotMet, Self::Partly, Self::Undecided, Self::Met, Self::NotApplicable];

    pub fn title(self) -> Text {
        match self {
            Self::NotMet => Text::new("未满足", "Not met"),
            Self::Partly => Text::new("部分满足", "Partly met"),
            Self::Undecided => Text::new("未判定", "Undecided"),
            Self::Met => Text::new("满足", "Met"),
            Self::NotApplicable => Text::new("不适用", "Not applicable"),
        }
    }
}

/// A profile judged for one subsite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProfileResult {
    pub profile: ProfileId,
    pub revision: u32,
    pub digest: Digest,
    pub standard: Standard,
    pub model: ModelId,
    pub subsite: SubsiteId,
    pub system: SystemId,
    /// Level of the system and of its S and A halves.
    pub levels: Levels,
    /// ISO 8601 date on which expiry was judged.
    pub as_of: String,
    pub sections: BTreeMap<String, Text>,
    pub items: Vec<ItemRecord>,
    /// Each item once, by its worst subject.
    pub by_item: Counts,
    /// Each item on each subject.
    pub by_pair: Counts,
    /// An answer that counts has no reviewer: the report is a 草稿.
    pub draft: bool,
    pub answers: AnswerUse,
    /// Situations that a reader must know, by code.
    pub notes: Vec<PlanNote>,
}

/// SxAxG levels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Levels {
    pub system: u8,
    pub s: u8,
    pub a: u8,
}

/// How many there are of each result. They add up to `total`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts {
    pub total: u64,
    pub compliant: u64,
    /// Partly compliant and settled.
    pub partial: u64,
    /// 部分符合 with 待补证: undecided in coverage, 不符合 in the floor. Not among `partial`.
    pub partial_pending: u64,
    pub non_compliant: u64,
    pub not_applicable: u64,
    pub undecided: u64,
    /// Of all these, how many rest on the platform's result alone.
    pub inherited: u64,
}

impl Counts {
    /// All that is not 不适用.
    pub fn applicable(&self) -> u64 {
        self.total - self.not_applicable
    }

    /// Applicable and settled.
    pub fn decided(&self) -> u64 {
        self.compliant + self.partial + self.non_compliant
    }

    /// Applicable and open: what a grade counts against in its floor and for in its ceiling.
    pub fn open(&self) -> u64 {
        self.undecided + self.partial_pending
    }

    /// Adds one result.
    pub fn add(&mut self, verdict: ItemVerdict, pending: bool, inherited: bool) {
        self.total += 1;
        self.inherited += u64::from(inherited);
        match verdict {
            ItemVerdict::Compliant => self.compliant += 1,
            ItemVerdict::Partial if pending => self.partial_pending += 1,
            ItemVerdict::Partial => self.partial += 1,
            ItemVerdict::NonCompliant => self.non_compliant += 1,
            ItemVerdict::NotApplicable => self.not_applicable += 1,
            ItemVerdict::Undecided => self.undecided += 1,
        }
    }
}

/// One item and all that its result rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ItemRecord {
    pub item: ItemId,
    /// The profile that the item comes from: for an S2A3 system its S items are those of level 2.
    pub profile: ProfileId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<ItemId>,
    /// Clauses of class and control point; titles are in `ProfileResult::sections`.
    pub class: String,
    pub control: String,
    pub title: Text,
    pub attribute: Attribute,
    pub scope: Scope,
    pub weight: u8,
    pub weight_source: WeightSource,
    pub responsibility: Responsibility,
    /// The worst over the subjects.
    pub result: ItemVerdict,
    /// 待补证: partly compliant while something is still undecided.
    pub pending: bool,
    /// The result rests on the platform's alone.
    pub inherited: bool,
    pub draft: bool,
    pub subjects: Vec<SubjectRecord>,
}

impl ItemRecord {
    /// Conflicts on any subject.
    pub fn conflicts(&self) -> impl Iterator<Item = (&Subject, &AspectRecord)> {
        self.subjects
            .iter()
            .flat_map(|s| s.aspects.iter().map(move |a| (&s.subject, a)))
            .filter(|(_, aspect)| !aspect.conflicts.is_empty())
    }
}

/// What an item is judged on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "subject", rename_all = "snake_case")]
pub enum Subject {
    Asset {
        asset: AssetId,
        kind: AssetKind,
    },
    /// A kind of object as a whole: management, a population of 0, one that is not declared, or one with nothing selected.
    Objects {
        objects: ObjectKind,
    },
    /// The platform's part.
    Platform {
        from: SystemId,
    },
}

/// One item on one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SubjectRecord {
    #[serde(flatten)]
    pub subject: Subject,
    pub result: ItemVerdict,
    pub pending: bool,
    pub draft: bool,
    /// Why the subject as a whole has this result, where its aspects don't say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<Because>,
    pub aspects: Vec<AspectRecord>,
}

/// Why a subject has a result that does not come from its aspects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Because {
    /// `not_applicable_when` holds over facts that were read.
    FactsSay { expression: String },
    /// The population is 0, by this reason and reviewer.
    NoneExist { reason: Text, reviewed_by: String },
    /// The platform's result, as recorded there.
    Inherited { from: SystemId, reference: String },
    /// Not decided, and why.
    Open { reason: Reason },
}

/// One aspect on one subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AspectRecord {
    pub aspect: String,
    /// What a person is asked: the question, or else the title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asks: Option<Text>,
    pub essential: bool,
    pub result: AspectVerdict,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<AspectSource>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conflicts: Vec<Conflict>,
}

/// What an aspect's result rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "source", rename_all = "snake_case")]
pub enum AspectSource {
    Check {
        check: CheckId,
        revision: u32,
        params_digest: Digest,
        strength: Strength,
        #[serde(flatten)]
        verdict: Verdict,
    },
    Answer {
        /// Position in the answers, so that a reader finds it.
        index: usize,
        result: AnswerVerdict,
        answered_by: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reviewed_by: Option<String>,
        date: String,
    },
}

/// What a person answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerVerdict {
    NonCompliant,
    Partial,
    Compliant,
    NotApplicable,
}

impl From<AnswerResult> for AnswerVerdict {
    fn from(result: AnswerResult) -> Self {
        match result {
            AnswerResult::NonCompliant => Self::NonCompliant,
            AnswerResult::Partial => Self::Partial,
            AnswerResult::Compliant => Self::Compliant,
            AnswerResult::NotApplicable => Self::NotApplicable,
        }
    }
}

/// Sources that contradict each other. The worse result stands; people adjudicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Conflict {
    /// 符合 beside a failing check.
    CompliantBesideFail,
    /// 不适用 beside a passing or failing check.
    NotApplicableBesideVerdict,
    /// 不符合 or 部分符合 beside a full pass.
    WorseBesideFullPass,
    /// Answers that differ from each other.
    AnswersDiffer,
}

impl Conflict {
    pub fn title(self) -> Text {
        match self {
            Self::CompliantBesideFail => {
                Text::new("答复为符合，但有检查不通过", "Answered compliant, but a check fails")
            }
            Self::NotApplicableBesideVerdict => {
                Text::new("答复为不适用，但检查已有结果", "Answered not applicable, but a check has a result")
            }
            Self::WorseBesideFullPass => {
                Text::new("答复较差，但完整检查通过", "Answered worse, but a full check passes")
            }
            Self::AnswersDiffer => Text::new("多份答复不一致", "Answers differ from each other"),
        }
    }
}

/// What became of the answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnswerUse {
    /// How many counted.
    pub used: u64,
    /// Positions of answers that counted and have no reviewer.
    pub unreviewed: Vec<usize>,
    /// Positions of answers past their date: not counted.
    pub expired: Vec<usize>,
    /// Positions of answers that name this profile, system or subsite, or none, and yet nothing that it has.
    pub unmatched: Vec<usize>,
    /// Positions of answers that are carried over and not confirmed, or dated later: not counted.
    pub waiting: Vec<usize>,
}
