//! How bad a failing check is.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Text;

/// Severity of a check, mildest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    pub const ALL: &'static [Self] = &[Self::Info, Self::Low, Self::Medium, Self::High, Self::Critical];

    /// Weight in the letter of `baseline-1`.
    pub fn weight(self) -> u64 {
        match self {
            Self::Info => 0,
            Self::Low => 1,
            Self::Medium => 3,
            Self::High => 7,
            Self::Critical => 10,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    pub fn title(self) -> Text {
        match self {
            Self::Info => Text::new("提示", "Info"),
            Self::Low => Text::new("低", "Low"),
            Self::Medium => Text::new("中", "Medium"),
            Self::High => Text::new("高", "High"),
            Self::Critical => Text::new("严重", "Critical"),
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
