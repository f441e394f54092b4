//! Adjudications: two named people decide whether a high-risk candidate is one. Pure.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    inventory::Exposure,
    model::{AssetId, SubsiteId, Text},
    yaml::{self, Date, Mistakes, Source},
};

use super::layer::{EvidenceFile, Rules, same_person};

const SCHEMA: yaml::Schema = yaml::Schema::new("jixian.adjudications", 1, 0);

/// All adjudications of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adjudications {
    pub adjudications: Vec<Adjudication>,
}

/// The file as a whole.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "jixian.adjudications/v1", deny_unknown_fields)]
struct File {
    /// `jixian.adjudications/v1`
    #[expect(dead_code, reason = "checked before the rest is read; here for the JSON Schema")]
    schema: String,
    adjudications: Vec<Adjudication>,
}

/// What two people decided of one situation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adjudication {
    /// Number of the situation, such as `HR-NET-04`.
    pub situation: String,
    /// The asset meant; without it, the situation of the subsite or system as such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asset: Option<AssetId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subsite: Option<SubsiteId>,
    pub decision: RiskDecision,
    pub principles: Principles,
    /// From where it can be reached.
    pub exposure: Exposure,
    /// What compensates, and who says so; required for `lowered`.
    #[serde(default)]
    pub compensation: Option<Text>,
    /// The risk that is left.
    pub residual: RiskLevel,
    /// A 重大风险隐患.
    #[serde(default)]
    pub major: bool,
    /// At least two different people.
    pub by: Vec<String>,
    pub date: Date,
    /// True for a situation that no rule found and people brought in.
    #[serde(default)]
    pub manual: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<EvidenceFile>,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RiskDecision {
    Confirmed,
    Lowered,
    Rejected,
}

/// The three principles that a judgement of high risk goes by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Principles {
    pub relevance: Text,
    pub severity: Text,
    pub likelihood: Text,
}

/// The risk that is left after what compensates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RiskLevel {
    None,
    Low,
    Medium,
    High,
}

impl Adjudications {
    /// Reads an adjudications file; every mistake that can be reached is listed.
    pub fn read(source: &Source) -> Result<Self, Mistakes> {
        let mut document = yaml::read_recovering::<File>(source, Some(SCHEMA));
        if let Some(file) = &document.value {
            let mut rules = Rules { positions: &document.positions, mistakes: &mut document.mistakes };
            for (index, adjudication) in file.adjudications.iter().enumerate() {
                let path = format!("adjudications[{index}]");
                check(adjudication, &path, &mut rules);
                if file.adjudications[..index].iter().any(|before| before.is_beside(adjudication)) {
                    let zh = "同一情形已有裁定；只保留最后一次";
                    rules.wrong(&path, zh, "this situation is decided above; keep the last decision");
                }
            }
        }
        document.finish().map(|file| Self { adjudications: file.adjudications })
    }

    /// The JSON Schema for authors.
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(File)
    }

    /// The decision on a candidate that is in force on a day: the asset's own before the subsite's. One that is dated
    /// later is not there yet.
    pub fn of(
        &self,
        situation: &str,
        subsite: Option<&SubsiteId>,
        asset: Option<&AssetId>,
        as_of: Date,
    ) -> Option<&Adjudication> {
        self.adjudications
            .iter()
            .filter(|found| found.situation == situation && found.date <= as_of)
            .filter(|found| found.asset.as_ref().is_none_or(|named| Some(named) == asset))
            .filter(|found| found.subsite.as_ref().is_none_or(|named| Some(named) == subsite))
            .max_by_key(|found| (found.asset.is_some(), found.subsite.is_some()))
    }

    /// Situations that people brought in and no rule found.
    pub fn manual(&self) -> impl Iterator<Item = &Adjudication> {
        self.adjudications.iter().filter(|found| found.manual)
    }

    /// Decisions that the edition does not allow: a final situation cannot be lowered.
    pub fn lowered_though<'a>(
        &'a self,
        is_final: impl Fn(&str) -> bool + 'a,
    ) -> impl Iterator<Item = &'a Adjudication> {
        let lowered = self.adjudications.iter().filter(|found| found.decision == RiskDecision::Lowered);
        lowered.filter(move |found| is_final(&found.situation))
    }

    /// Every evidence file that is named, each once, by path.
    pub fn evidence_files(&self) -> Vec<&EvidenceFile> {
        let mut seen = BTreeSet::new();
        let files = self.adjudications.iter().flat_map(|found| &found.evidence);
        let mut files: Vec<_> = files.filter(|file| seen.insert((&file.path, file.sha256))).collect();
        files.sort_by(|a, b| (&a.path, a.sha256).cmp(&(&b.path, b.sha256)));
        files
    }
}

impl Adjudication {
    fn is_beside(&self, other: &Self) -> bool {
        (&self.situation, &self.asset, &self.subsite) == (&other.situation, &other.asset, &other.subsite)
    }
}

fn check(found: &Adjudication, path: &str, rules: &mut Rules<'_>) {
    rules.filled(&format!("{path}.situation"), &found.situation);
    rules.said(&format!("{path}.principles.relevance"), &found.principles.relevance);
    rules.said(&format!("{path}.principles.severity"), &found.principles.severity);
    rules.said(&format!("{path}.principles.likelihood"), &found.principles.likelihood);
    rules.evidence(&format!("{path}.evidence"), &found.evidence);
    check_persons(found, path, rules);
    match found.decision {
        RiskDecision::Confirmed if found.residual != RiskLevel::High => {
            let zh = "确认为高风险时，residual 应为 high；有补偿措施则写 lowered";
            rules.wrong(
                &format!("{path}.residual"),
                zh,
                "a confirmed high risk leaves residual: high; otherwise it is lowered",
            );
        }
        RiskDecision::Lowered => {
            if found.compensation.as_ref().is_none_or(|text| text.zh.trim().is_empty()) {
                let zh = "降低风险须写明补偿措施";
                rules.wrong(&format!("{path}.compensation"), zh, "lowering a risk needs what compensates");
            }
            if found.residual == RiskLevel::High {
                let zh = "降低后 residual 不能仍为 high";
                rules.wrong(&format!("{path}.residual"), zh, "a lowered risk does not leave residual: high");
            }
        }
        _ => {}
    }
    if found.major && found.decision != RiskDecision::Confirmed {
        let zh = "只有确认的高风险才能是重大风险隐患";
        rules.wrong(&format!("{path}.major"), zh, "only a confirmed high risk can be a major one");
    }
    if found.manual && found.decision == RiskDecision::Rejected {
        let zh = "人工补充的情形不能同时被否定";
        rules.wrong(&format!("{path}.manual"), zh, "what people bring in is not rejected by them");
    }
}

fn check_persons(found: &Adjudication, path: &str, rules: &mut Rules<'_>) {
    for (index, name) in found.by.iter().enumerate() {
        rules.filled(&format!("{path}.by[{index}]"), name);
        if found.by[..index].iter().any(|before| same_person(before, name)) {
            rules.wrong(&format!("{path}.by[{index}]"), format!("{name} 写了两次"), format!("{name} is named twice"));
        }
    }
    if found.by.len() < 2 {
        rules.wrong(&format!("{path}.by"), "裁定须有两名不同人员", "an adjudication takes two different people");
    }
}
