//! What turns a gate red, as people write it.

use std::{collections::BTreeMap, path::PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    grade::{Letter, Word},
    model::{Digest, ProfileId, Severity, Text},
    yaml::{self, Mistakes, Positions, Source},
};

const SCHEMA: yaml::Schema = yaml::Schema::new("jixian.gate", 1, 0);

/// A policy. What a file leaves out is as in the safe default.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(title = "jixian.gate/v1", deny_unknown_fields)]
pub struct Policy {
    /// `jixian.gate/v1`
    pub schema: String,
    pub scope: GateScope,
    /// Percent that must be decided: of planned outcomes (automatic) or of applicable items (profile).
    pub min_decided: u8,
    /// Percent that may be unknown, of the same.
    pub max_unknown: Option<u8>,
    /// Percent that may be not applicable: of planned outcomes, or of all items.
    pub max_not_applicable: Option<u8>,
    /// Percent that a profile's rate must reach with everything undecided counted against it.
    pub min_rate: BTreeMap<ProfileId, u8>,
    pub fail_on: FailOn,
    /// Days that the oldest evidence may be old today.
    pub max_age_days: Option<u32>,
    /// Only findings that the baseline does not have count by their severity.
    pub new_only: Option<NewOnly>,
    /// The catalogue that must have judged.
    pub catalogue: Option<Digest>,
    /// What must be signed by a pinned key.
    pub require_signatures: Vec<Signed>,
}

/// What is asked about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GateScope {
    /// What machines planned to decide.
    #[default]
    Automatic,
    /// The whole conclusion of every chosen profile.
    Profile,
}

/// Results that turn a gate red.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct FailOn {
    /// Failing checks of these severities.
    #[serde(default = "severe")]
    pub severity: Vec<Severity>,
    /// High-risk cases in these states.
    #[serde(default = "risky")]
    pub high_risk: Vec<HighRiskState>,
    /// Letters of `baseline-1` worse than this one, and 未评级.
    #[serde(default)]
    pub baseline_below: Option<Letter>,
    /// Conclusions as bad as this one or worse, and no conclusion at all.
    #[serde(default)]
    pub profiles: BTreeMap<ProfileId, Conclusion>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HighRiskState {
    /// Nobody has adjudicated it.
    Candidate,
    Confirmed,
}

/// A conclusion that may be written in a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Conclusion {
    #[serde(rename = "符合")]
    Compliant,
    #[serde(rename = "基本符合")]
    Basic,
    #[serde(rename = "不符合")]
    NonCompliant,
    #[serde(rename = "优")]
    Excellent,
    #[serde(rename = "良")]
    Good,
    #[serde(rename = "中")]
    Medium,
    #[serde(rename = "差")]
    Poor,
}

impl Conclusion {
    pub fn word(self) -> Word {
        match self {
            Self::Compliant => Word::Compliant,
            Self::Basic => Word::Basic,
            Self::NonCompliant => Word::NonCompliant,
            Self::Excellent => Word::Excellent,
            Self::Good => Word::Good,
            Self::Medium => Word::Medium,
            Self::Poor => Word::Poor,
        }
    }
}

/// Compare with an earlier bundle.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub struct NewOnly {
    /// Its path.
    pub since: PathBuf,
}

/// What can be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Signed {
    /// The bundle itself.
    Seal,
    Answers,
    Adjudications,
    Waivers,
}

impl Signed {
    pub fn title(self) -> Text {
        match self {
            Self::Seal => Text::new("证据包", "the bundle"),
            Self::Answers => Text::new("答复", "the answers"),
            Self::Adjudications => Text::new("裁定", "the adjudications"),
            Self::Waivers => Text::new("豁免", "the waivers"),
        }
    }
}

impl Default for Policy {
    /// The safe default: what machines planned is decided, nothing serious fails, the evidence is of this week.
    fn default() -> Self {
        Self {
            schema: "jixian.gate/v1".to_owned(),
            scope: GateScope::Automatic,
            min_decided: 95,
            max_unknown: Some(5),
            max_not_applicable: None,
            min_rate: BTreeMap::new(),
            fail_on: FailOn {
                severity: severe(),
                high_risk: risky(),
                baseline_below: Some(Letter::B),
                profiles: BTreeMap::new(),
            },
            max_age_days: Some(7),
            new_only: None,
            catalogue: None,
            require_signatures: Vec::new(),
        }
    }
}

impl Policy {
    /// Reads a policy file; every mistake that can be reached is listed.
    pub fn read(source: &Source) -> Result<Self, Mistakes> {
        let mut document = yaml::read_recovering::<Self>(source, Some(SCHEMA));
        if let Some(policy) = &document.value {
            check(policy, &document.positions, &mut document.mistakes);
        }
        document.finish()
    }

    /// The JSON Schema for authors.
    pub fn json_schema() -> schemars::Schema {
        schemars::schema_for!(Self)
    }
}

fn severe() -> Vec<Severity> {
    vec![Severity::Critical, Severity::High]
}

fn risky() -> Vec<HighRiskState> {
    vec![HighRiskState::Confirmed, HighRiskState::Candidate]
}

fn check(policy: &Policy, positions: &Positions, mistakes: &mut Mistakes) {
    let mut percent = |path: String, value: Option<u8>| {
        if value.is_some_and(|value| value > 100) {
            mistakes.push(positions.mistake(&path, Text::new("百分比应为 0 至 100", "a percentage is 0 to 100"), None));
        }
    };
    percent("min_decided".to_owned(), Some(policy.min_decided));
    percent("max_unknown".to_owned(), policy.max_unknown);
    percent("max_not_applicable".to_owned(), policy.max_not_applicable);
    for (profile, value) in &policy.min_rate {
        percent(format!("min_rate.{profile}"), Some(*value));
    }
    for (profile, conclusion) in &policy.fail_on.profiles {
        if matches!(conclusion, Conclusion::Compliant | Conclusion::Excellent) {
            let path = format!("fail_on.profiles.{profile}");
            let message = Text::new(
                "此结论已是最好，写上它总会不通过",
                "this is the best conclusion, so the gate would always be red",
            );
            let help = Text::new(
                "写出不可接受的最好结论，如 基本符合",
                "name the best conclusion that is not acceptable, such as 基本符合",
            );
            mistakes.push(positions.mistake(&path, message, help));
        }
    }
}
