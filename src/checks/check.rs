//! A check as it is used: its texts, its compiled assertions, its parameters and its cases.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{AssetKind, CheckId, Digest, Severity, Text};

use super::{
    Expression, Step,
    params::{Param, Params},
};

/// One check. Made by [`CheckSet::load`](super::CheckSet::load) only, so every expression in it is compiled and typed.
#[derive(Debug)]
pub struct Check {
    pub id: CheckId,
    /// Goes up with every change of meaning.
    pub revision: u32,
    /// Digest of the file.
    pub digest: Digest,
    pub title: Text,
    pub severity: Severity,
    pub kind: CheckKind,
    pub target: Vec<AssetKind>,
    /// Groups of facts, such as `host.sshd`.
    pub needs: Vec<String>,
    pub applies: Option<Expression>,
    pub params: BTreeMap<String, Param>,
    pub assertions: Vec<Assertion>,
    pub why: Text,
    pub remedy: Remedy,
    /// Pointers to what is outside the standards; clauses are derived from profiles.
    pub references: Vec<BTreeMap<String, String>>,
    pub cases: Vec<Case>,
}

/// Who decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CheckKind {
    /// The assertions decide.
    Automated,
    /// The facts are shown and a person decides.
    Assisted,
}

/// One statement about the facts, or about each element of a list of facts.
#[derive(Debug)]
pub struct Assertion {
    pub id: String,
    /// May be missing in an assisted check, where the facts are shown whatever they are.
    pub expr: Option<Expression>,
    pub each: Option<Each>,
    /// What is shown as observed.
    pub actual: Option<Shown>,
    /// What would be right; the title of the check where the file does not say.
    pub expected: Option<Text>,
    pub fail: Text,
    pub empty: Option<Empty>,
}

/// The list that an assertion goes through.
#[derive(Debug)]
pub struct Each {
    /// From the root of the facts.
    pub path: Vec<Step>,
    /// Only elements for which this holds are looked at.
    pub filter: Option<Expression>,
    /// Names the element.
    pub key: Option<Expression>,
}

/// What is shown as observed: a path is read as it is, so that a part that was not read shows as such.
#[derive(Debug)]
pub enum Shown {
    Fact(Vec<Step>),
    OfIt(Vec<Step>),
    Computed(Box<Expression>),
}

/// What an empty list means: the list of `each` (after `where`), or one that `all()` goes through without a size test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Empty {
    Pass,
    Fail,
    /// The default: nothing was there to look at.
    Unknown,
}

/// What to do about a failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Remedy {
    pub zh: String,
    pub en: String,
    /// What to make sure of first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caution: Option<Text>,
}

/// An example with its verdict.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub name: String,
    /// Only what the check looks at has to be there.
    pub facts: Value,
    pub expect: Expected,
    /// Parameters other than the defaults.
    #[serde(default)]
    pub params: Params,
    /// The moment of the judgement, for `days_since`; `2026-01-01T00:00:00Z` where it is left out.
    #[serde(default)]
    pub as_of: Option<String>,
    /// The keys of the failing elements, in their order; not looked at where it is left out.
    #[serde(default)]
    pub keys: Option<Vec<String>>,
}

/// The verdict that a case must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Expected {
    Pass,
    Fail,
    Unknown,
    NotApplicable,
    Manual,
}

impl Expected {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not_applicable",
            Self::Manual => "manual",
        }
    }
}

impl Check {
    /// Every compiled expression that decides: applicability, filters and assertions.
    pub fn deciding(&self) -> impl Iterator<Item = &Expression> {
        let assertions = self.assertions.iter();
        let inner =
            assertions.flat_map(|a| a.each.iter().filter_map(|each| each.filter.as_ref()).chain(a.expr.as_ref()));
        self.applies.iter().chain(inner)
    }

    /// Every compiled expression, also those that only name or show things.
    pub fn expressions(&self) -> impl Iterator<Item = &Expression> {
        let shown = self.assertions.iter().flat_map(|a| {
            let computed = match &a.actual {
                Some(Shown::Computed(expression)) => Some(&**expression),
                _ => None,
            };
            a.each.iter().filter_map(|each| each.key.as_ref()).chain(computed)
        });
        self.deciding().chain(shown)
    }
}
