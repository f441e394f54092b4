//! What a gate is told of one subsite: numbers and lists, no evidence.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    grade::{Letter, Ratio, Word},
    model::{AssetId, CheckId, Digest, ProfileId, Severity, Text},
    yaml::Date,
};

use super::policy::Signed;

/// One subsite as it was judged, with the rules of today.
#[derive(Clone, Debug, PartialEq)]
pub struct GateInput {
    /// Every automated check of the chosen profiles on every asset that it is for.
    pub counts: Counts,
    pub failing: Vec<Failing>,
    pub high_risk: HighRiskCount,
    /// The letter of `baseline-1`; `None` is 未评级.
    pub baseline: Option<Letter>,
    /// The same with waived failures counted as passes, on the day of the assessment.
    pub baseline_with_waivers: Option<Letter>,
    pub profiles: Vec<GateProfile>,
    /// The day of the oldest evidence that was judged; `None` where there is none or it does not say.
    pub evidence_day: Option<Date>,
    /// Digests of the files that were assessed.
    pub artifacts: BTreeSet<Digest>,
    /// The file that is to be released (`--artifact`).
    pub artifact: Option<Digest>,
    /// The catalogue that judged.
    pub catalogue: Digest,
    pub catalogue_of: CatalogueOf,
    /// Answers, inherited results and the like that the conclusions rest on.
    pub expiring: Vec<Expiring>,
    /// What signatures were found to be; a layer that is not there has no entry.
    pub signatures: BTreeMap<Signed, Signature>,
    /// What `verify` found wrong.
    pub damage: Vec<Text>,
    /// Findings of the baseline of `new_only`; `None` where no baseline was read.
    pub known_findings: Option<BTreeSet<String>>,
}

/// How many outcomes were planned, and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub planned: u64,
    pub pass: u64,
    pub fail: u64,
    pub not_applicable: u64,
    /// Unknown and manual.
    pub unknown: u64,
}

impl Counts {
    /// Pass, Fail or NotApplicable.
    pub fn decided(&self) -> u64 {
        self.pass.saturating_add(self.fail).saturating_add(self.not_applicable)
    }
}

/// A check that fails on an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    pub check: CheckId,
    pub asset: AssetId,
    pub severity: Severity,
    pub findings: Vec<GateFinding>,
}

/// One finding of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateFinding {
    pub id: String,
    /// The last day of the longest waiver that covers it and was in force on the day of the assessment.
    pub waived_until: Option<Date>,
}

/// High-risk cases by where they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HighRiskCount {
    /// Situations, such as `HR-NET-04`, of open candidates.
    pub candidates: Vec<String>,
    pub confirmed: Vec<String>,
}

/// The conclusion of one profile.
#[derive(Clone, Debug, PartialEq)]
pub struct GateProfile {
    pub profile: ProfileId,
    pub items: u64,
    pub applicable: u64,
    pub decided: u64,
    /// The rate with everything undecided counted against, in percent.
    pub floor: Option<Ratio>,
    pub word: Word,
    pub word_with_waivers: Word,
    pub draft: bool,
}

/// Whose catalogue judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CatalogueOf {
    #[default]
    Installed,
    Pinned,
    /// The bundle's own, which may say anything.
    Bundle,
}

/// Something that a conclusion rests on and that ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiring {
    pub kind: ExpiringKind,
    /// Which one, such as the item and aspect of an answer.
    pub what: String,
    /// Its last day.
    pub expires: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExpiringKind {
    Answer,
    Inherited,
}

/// What became of checking a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// Made by a pinned key over these bytes.
    Valid,
    Absent,
    /// Made by a key that is not pinned.
    Untrusted,
    /// Not over these bytes.
    Invalid,
}
