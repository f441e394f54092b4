//! What a check says of one asset.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Reason, Text};

/// The result of a check on one asset. What is missing, unreadable, timed out or truncated is `Unknown`, never anything else.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "verdict", content = "reason", rename_all = "snake_case")]
pub enum Verdict {
    Pass,
    Fail,
    /// Rests on a fact that was read.
    NotApplicable,
    /// A person decides; the facts are shown.
    Manual,
    Unknown(Reason),
}

impl Verdict {
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::NotApplicable => "not_applicable",
            Self::Manual => "manual",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Whether a machine decided: a pass, a fail, or not applicable by a fact.
    pub fn is_decided(&self) -> bool {
        matches!(self, Self::Pass | Self::Fail | Self::NotApplicable)
    }

    pub fn title(&self) -> Text {
        match self {
            Self::Pass => Text::new("通过", "Pass"),
            Self::Fail => Text::new("不通过", "Fail"),
            Self::NotApplicable => Text::new("不适用", "Not applicable"),
            Self::Manual => Text::new("待人工判定", "Manual"),
            Self::Unknown(_) => Text::new("未判定", "Unknown"),
        }
    }
}
