//! Reads `profiles/high-risk.yaml` and holds it against the checks.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Automation, HighRiskCatalogue, Situation};
use crate::checks::{CheckSet, Expression, Schema};
use crate::model::{CatalogueFiles, Digest, Text};
use crate::profiles::HIGH_RISK_PATH;
use crate::yaml::{self, Mistake, Mistakes, Positions, Source};

const SCHEMA: yaml::Schema = yaml::Schema::new("jixian.high-risk", 1, 0);

/// The file as a whole.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "jixian.high-risk/v1", rename = "HighRisk", deny_unknown_fields)]
struct File {
    /// `jixian.high-risk/v1`
    #[expect(dead_code, reason = "checked before the rest is read; here for the JSON Schema")]
    schema: String,
    revision: u32,
    source_note: Text,
    situations: Vec<Situation>,
}

impl HighRiskCatalogue {
    /// Reads the situations of a catalogue; every mistake that can be reached is listed.
    pub fn load(files: &CatalogueFiles) -> Result<Self, Mistakes> {
        let Some(source) = source(files) else {
            let message = Text::new("目录中没有高风险情形文件", "the catalogue has no high-risk situations");
            return Err(Mistake::of_file(HIGH_RISK_PATH, message, None).into());
        };
        let mut document = yaml::read_recovering::<File>(&source, Some(SCHEMA));
        if let Some(file) = &document.value {
            rules(file, &document.positions, &mut document.mistakes);
        }
        let digest = Digest::of(source.text.as_bytes());
        document.finish().map(|file| Self {
            revision: file.revision,
            source_note: file.source_note,
            situations: file.situations,
            digest,
        })
    }

    pub fn situation(&self, id: &str) -> Option<&Situation> {
        self.situations.iter().find(|situation| situation.id == id)
    }

    /// The JSON Schema for authors.
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(File)
    }

    /// What is wrong with the checks and conditions that raise candidates.
    pub fn lint(files: &CatalogueFiles, checks: &CheckSet) -> Mistakes {
        let mut mistakes = Mistakes::default();
        let Some(source) = source(files) else { return mistakes };
        let document = yaml::read_recovering::<File>(&source, Some(SCHEMA));
        for (at, situation) in document.value.iter().flat_map(|file| &file.situations).enumerate() {
            for (index, raised) in situation.raised_by.iter().enumerate() {
                let path = format!("situations[{at}].raised_by[{index}]");
                let mut wrong = |key: &str, message: Text, help: Option<Text>| {
                    mistakes.push(document.positions.mistake(&format!("{path}.{key}"), message, help));
                };
                match checks.get(&raised.check) {
                    None => {
                        let near = checks.nearest(raised.check.as_str());
                        let help =
                            near.map(|near| Text::new(format!("是否想写 {near}？"), format!("did you mean {near}?")));
                        let id = &raised.check;
                        wrong("check", Text::new(format!("没有检查 {id}"), format!("there is no check {id}")), help);
                    }
                    Some(check) => {
                        for kind in raised.kinds.iter().filter(|kind| !check.target.contains(kind)) {
                            let zh = format!("检查 {} 不针对 {kind}", check.id);
                            wrong("for", Text::new(zh, format!("the check {} is not for {kind}", check.id)), None);
                        }
                    }
                }
                if let Some(Err(issues)) =
                    raised.condition.as_ref().map(|text| Expression::compile(text, Schema::facts()))
                {
                    for issue in issues.0 {
                        wrong("condition", issue.message, issue.help);
                    }
                }
            }
        }
        mistakes
    }
}

fn source(files: &CatalogueFiles) -> Option<Source> {
    files.get(HIGH_RISK_PATH).map(|text| Source::new(HIGH_RISK_PATH, text).parsed(files.tree(HIGH_RISK_PATH)))
}

fn rules(file: &File, positions: &Positions, mistakes: &mut Mistakes) {
    let mut seen = BTreeSet::new();
    for (at, situation) in file.situations.iter().enumerate() {
        let path = format!("situations[{at}]");
        let mut wrong = |key: &str, zh: &str, en: &str| {
            mistakes.push(positions.mistake(&format!("{path}{key}"), Text::new(zh, en), None));
        };
        if !seen.insert(&situation.id) {
            wrong(".id", "情形编号重复", "this situation is given twice");
        }
        if (situation.automation == Automation::None) != situation.raised_by.is_empty() {
            wrong(".automation", "automation 应与 raised_by 一致", "automation and raised_by disagree");
        }
        if situation.raised_by.iter().any(|raised| raised.kinds.is_empty()) {
            wrong(".raised_by", "for 至少写一类资产", "name at least one kind of asset in `for`");
        }
        for (key, listing) in [(".guide2025", &situation.guide2025), (".iseaa", &situation.iseaa)] {
            if listing.as_ref().is_some_and(|listing| !(1..=4).contains(&listing.level_min)) {
                wrong(key, "level_min 应为 1 至 4", "level_min is 1 to 4");
            }
        }
    }
}
