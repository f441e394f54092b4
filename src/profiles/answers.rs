//! Answers: what people saw where no machine can look. Pure.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    model::{AssetId, ItemId, ProfileId, SubsiteId, SystemId, Text},
    yaml::{self, Date, Mistakes, Source},
};

use super::{
    Method,
    layer::{EvidenceFile, Rules},
};

const SCHEMA: yaml::Schema = yaml::Schema::new("jixian.answers", 1, 0);

/// All answers of one file, or of several put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    pub answers: Vec<Answer>,
}

/// The file as a whole.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(title = "jixian.answers/v1", deny_unknown_fields)]
struct File {
    /// `jixian.answers/v1`
    schema: String,
    answers: Vec<Answer>,
}

/// One answer to the question of one aspect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The profile meant; without it, every profile that has the item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<ProfileId>,
    pub item: ItemId,
    pub aspect: String,
    /// The asset meant; without it, everything in the scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<AssetId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subsite: Option<SubsiteId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<SystemId>,
    pub result: AnswerResult,
    pub methods: Vec<Method>,
    /// What was seen; for 不适用 the reason.
    pub seen: Text,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceFile>,
    pub answered_by: String,
    /// Another person; without one the report is a 草稿.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reviewed_by: Option<String>,
    pub date: Date,
    /// The last day on which it counts.
    pub expires: Date,
    pub scope: AnswerScope,
    /// Taken over from an earlier answer of this day, and not confirmed since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried_from: Option<Date>,
}

/// The four results of an item, in the order in which one beats another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum AnswerResult {
    #[serde(rename = "不符合")]
    NonCompliant,
    #[serde(rename = "部分符合")]
    Partial,
    #[serde(rename = "符合")]
    Compliant,
    #[serde(rename = "不适用")]
    NotApplicable,
}

impl AnswerResult {
    pub const ALL: &'static [Self] = &[Self::NonCompliant, Self::Partial, Self::Compliant, Self::NotApplicable];

    /// The spelling in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NonCompliant => "不符合",
            Self::Partial => "部分符合",
            Self::Compliant => "符合",
            Self::NotApplicable => "不适用",
        }
    }

    pub fn title(self) -> Text {
        let en = match self {
            Self::NonCompliant => "Non-compliant",
            Self::Partial => "Partially compliant",
            Self::Compliant => "Compliant",
            Self::NotApplicable => "Not applicable",
        };
        Text::new(self.as_str(), en)
    }
}

/// How far an answer reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AnswerScope {
    Organisation,
    System,
    Subsite,
    Asset,
}

/// Where an answer is looked for: one aspect of one item on one asset of one subsite.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    pub profile: &'a ProfileId,
    pub item: &'a ItemId,
    pub aspect: &'a str,
    pub system: &'a SystemId,
    pub subsite: &'a SubsiteId,
    /// `None` for an item that is judged for the system as such.
    pub asset: Option<&'a AssetId>,
}

/// What an answer is worth on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Given, reviewed by another person, in force.
    Reviewed,
    /// Counts, but makes the report a 草稿.
    Unreviewed,
    /// Last year's, not confirmed since: does not count.
    CarriedOver,
    /// Dated later than the day: does not count.
    NotYet,
    /// Does not count.
    Expired,
}

impl Standing {
    /// Whether an answer of this standing decides anything.
    pub fn counts(self) -> bool {
        matches!(self, Self::Reviewed | Self::Unreviewed)
    }
}

impl Answer {
    /// Whether another person has reviewed it.
    pub fn is_reviewed(&self) -> bool {
        self.reviewed_by.is_some() && self.carried_from.is_none()
    }

    /// Whether its last day is past.
    pub fn is_expired(&self, as_of: Date) -> bool {
        self.expires < as_of
    }

    pub fn standing(&self, as_of: Date) -> Standing {
        if self.carried_from.is_some() {
            Standing::CarriedOver
        } else if self.is_expired(as_of) {
            Standing::Expired
        } else if self.date > as_of {
            Standing::NotYet
        } else if self.reviewed_by.is_none() {
            Standing::Unreviewed
        } else {
            Standing::Reviewed
        }
    }

    /// Whether it decides anything on a day. 不适用 takes something out of the count, so it needs its reviewer.
    pub fn counts(&self, as_of: Date) -> bool {
        let standing = self.standing(as_of);
        standing.counts() && (self.result != AnswerResult::NotApplicable || standing == Standing::Reviewed)
    }

    /// Whether it is about this question: everything that it names must agree.
    pub fn is_about(&self, question: &Question<'_>) -> bool {
        self.item == *question.item
            && self.aspect == question.aspect
            && self.profile.as_ref().is_none_or(|profile| profile == question.profile)
            && self.system.as_ref().is_none_or(|system| system == question.system)
            && self.subsite.as_ref().is_none_or(|subsite| subsite == question.subsite)
            && self.asset.as_ref().is_none_or(|asset| Some(asset) == question.asset)
    }

    /// The same place of the same profile, whatever the result.
    fn is_beside(&self, other: &Self) -> bool {
        (&self.profile, &self.item, &self.aspect, &self.asset, &self.subsite, &self.system)
            == (&other.profile, &other.item, &other.aspect, &other.asset, &other.subsite, &other.system)
    }
}

impl Answers {
    /// Reads an answers file; every mistake that can be reached is listed.
    pub fn read(source: &Source) -> Result<Self, Mistakes> {
        let mut document = yaml::read_recovering::<File>(source, Some(SCHEMA));
        if let Some(file) = &document.value {
            let mut rules = Rules { positions: &document.positions, mistakes: &mut document.mistakes };
            for (index, answer) in file.answers.iter().enumerate() {
                check(answer, &format!("answers[{index}]"), &mut rules);
                if file.answers[..index].iter().any(|before| before.is_beside(answer) && before.result == answer.result)
                {
                    rules.wrong(&format!("answers[{index}]"), "与前面的答复重复", "an answer above says the same");
                }
            }
        }
        document.finish().map(|file| Self { answers: file.answers })
    }

    /// The JSON Schema for authors.
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(File)
    }

    /// The file as it is written, for `carry_over` and for worksheets that come back.
    pub fn to_yaml(&self) -> Result<String, serde_yaml::SerializeError> {
        serde_yaml::to_string(&File { schema: "jixian.answers/v1".to_owned(), answers: self.answers.clone() })
    }

    /// The answers to one question, whatever their standing, in the order of the file.
    pub fn to<'a>(&'a self, question: &'a Question<'_>) -> impl Iterator<Item = &'a Answer> {
        self.answers.iter().filter(move |answer| answer.is_about(question))
    }

    /// The answer that stands on a day: of those that count the worst, because a result is never better than its
    /// worst source. 不适用 beside anything else loses to it.
    pub fn standing_answer(&self, question: &Question<'_>, as_of: Date) -> Option<&Answer> {
        self.answers
            .iter()
            .filter(|answer| answer.is_about(question) && answer.counts(as_of))
            .min_by_key(|answer| (answer.result, answer.standing(as_of)))
    }

    /// Pairs of answers that count on a day and contradict each other at one place.
    pub fn conflicts(&self, as_of: Date) -> Vec<(&Answer, &Answer)> {
        let counting: Vec<_> = self.answers.iter().filter(|answer| answer.counts(as_of)).collect();
        let mut found = Vec::new();
        for (index, answer) in counting.iter().enumerate() {
            let others = counting[index + 1..].iter();
            let against = others.filter(|other| other.is_beside(answer) && other.result != answer.result);
            found.extend(against.map(|other| (*answer, *other)));
        }
        found
    }

    /// Answers that count on a day without a reviewer: with any of them the report is a 草稿.
    pub fn unreviewed(&self, as_of: Date) -> impl Iterator<Item = &Answer> {
        self.answers.iter().filter(move |answer| answer.standing(as_of) == Standing::Unreviewed)
    }

    /// Every evidence file that the answers name, each once, by path.
    pub fn evidence_files(&self) -> Vec<&EvidenceFile> {
        let mut seen = BTreeSet::new();
        let files = self.answers.iter().flat_map(|answer| &answer.evidence);
        let mut files: Vec<_> = files.filter(|file| seen.insert((&file.path, file.sha256))).collect();
        files.sort_by(|a, b| (&a.path, a.sha256).cmp(&(&b.path, b.sha256)));
        files
    }
}

/// Last year's answers as a start for this year's: kept word for word, but unreviewed and marked, so that none of
/// them counts before somebody confirms it.
pub fn carry_over(answers: &Answers, as_of: Date) -> Answers {
    let carried = answers.answers.iter().map(|answer| Answer {
        carried_from: Some(answer.carried_from.unwrap_or(answer.date)),
        reviewed_by: None,
        date: as_of,
        expires: as_of.plus_days(365),
        ..answer.clone()
    });
    Answers { answers: carried.collect() }
}

fn check(answer: &Answer, path: &str, rules: &mut Rules<'_>) {
    rules.said(&format!("{path}.seen"), &answer.seen);
    rules.filled(&format!("{path}.answered_by"), &answer.answered_by);
    rules.filled(&format!("{path}.aspect"), &answer.aspect);
    if let Some(reviewer) = &answer.reviewed_by {
        rules.filled(&format!("{path}.reviewed_by"), reviewer);
        rules.two_persons(&format!("{path}.reviewed_by"), &answer.answered_by, reviewer);
    }
    if answer.methods.is_empty() {
        rules.wrong(&format!("{path}.methods"), "至少写一种方法", "name at least one method");
    }
    if answer.expires < answer.date {
        rules.wrong(&format!("{path}.expires"), "到期日早于答复日期", "it expires before it was given");
    }
    if answer.carried_from.is_some() && answer.reviewed_by.is_some() {
        let message = Text::new("结转的答复尚未确认，不能带复核人", "a carried-over answer has no reviewer yet");
        let help = Text::new("确认后删除 carried_from", "remove carried_from once it is confirmed");
        rules.wrong_with_help(&format!("{path}.carried_from"), message, help);
    }
    check_scope(answer, path, rules);
    rules.evidence(&format!("{path}.evidence"), &answer.evidence);
}

fn check_scope(answer: &Answer, path: &str, rules: &mut Rules<'_>) {
    let (named, key) = match answer.scope {
        AnswerScope::Organisation => {
            (answer.asset.is_none() && answer.subsite.is_none() && answer.system.is_none(), "")
        }
        AnswerScope::System => (answer.system.is_some() || answer.asset.is_some(), "system"),
        AnswerScope::Subsite => (answer.subsite.is_some() || answer.asset.is_some(), "subsite"),
        AnswerScope::Asset => (answer.asset.is_some(), "asset"),
    };
    let at = format!("{path}.scope");
    match (named, key) {
        (true, _) => {}
        (false, "") => {
            let zh = "全单位范围的答复不写 asset、subsite、system";
            rules.wrong(&at, zh, "an answer for the organisation names no asset, subsite or system");
        }
        (false, key) => {
            rules.wrong(&at, format!("此范围需要写明 {key}"), format!("this scope needs {key}"));
        }
    }
}
