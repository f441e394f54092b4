//! What a reader must know of a plan before its results.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Lang;

/// What a reader must know of the plan.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct PlanNote {
    pub code: PlanNoteCode,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

/// The closed list of notes of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PlanNoteCode {
    /// The profile's level is not that of the system.
    LevelDiffers,
    /// S or A items come from another level's profile.
    MixedLevels,
    /// A kind of object has no population in the inventory.
    PopulationUndeclared,
    /// A population of 0 has no reviewer.
    PopulationUnreviewed,
    /// A selected object does not exist in the inventory or does not serve this subsite.
    SelectedMissing,
    /// The platform is named and its result is not at hand.
    PlatformMissing,
    /// What was inherited is past its date.
    InheritedExpired,
}

impl PlanNote {
    pub fn new(code: PlanNoteCode) -> Self {
        Self { code, args: BTreeMap::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    pub fn describe(&self, lang: Lang) -> String {
        let (zh, en) = match self.code {
            PlanNoteCode::LevelDiffers => ("所选指标的级别与系统级别不同", "the profile's level is not the system's"),
            PlanNoteCode::MixedLevels => ("S 类或 A 类条款取自另一级别", "S or A items come from another level"),
            PlanNoteCode::PopulationUndeclared => {
                ("清单未声明该类对象的总体", "the inventory declares no population of this kind")
            }
            PlanNoteCode::PopulationUnreviewed => {
                ("总体为 0 的声明缺少理由或复核人", "a population of 0 lacks its reason or reviewer")
            }
            PlanNoteCode::SelectedMissing => {
                ("抽选的对象不服务于本分站点或不在清单中", "a selected object is not among this subsite's assets")
            }
            PlanNoteCode::PlatformMissing => {
                ("部分条款没有平台结果可继承", "for some items the platform has no result at hand")
            }
            PlanNoteCode::InheritedExpired => ("继承的平台结果已过期", "the inherited result has expired"),
        };
        let words = lang.pick(zh, en);
        if self.args.is_empty() {
            return words.to_owned();
        }
        let args: Vec<_> = self.args.values().map(String::as_str).collect();
        match lang {
            Lang::Zh => format!("{words}（{}）", args.join("，")),
            Lang::En => format!("{words} ({})", args.join(", ")),
        }
    }
}
