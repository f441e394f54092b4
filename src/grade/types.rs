//! A grade: what one model makes of the item results of one profile.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Ratio;
use crate::model::{Lang, ProfileId, Text};
use crate::profiles::{Counts, MajorCount, ModelId};

/// The conclusion of one profile, with everything needed to compute it again.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Grade {
    pub model: ModelId,
    pub profile: ProfileId,
    /// The parameters that were used, such as `partial_credit`; printed beside the number.
    pub params: BTreeMap<String, String>,
    /// The conclusion word, or what stands in its place.
    pub word: Word,
    /// Each item once, by its worst subject. The word follows from it.
    pub by_item: Figures,
    /// Each item on each subject. No word where it leads to another class.
    pub by_pair: Figures,
    /// 重大风险隐患, before remediation with the fixed ones in brackets.
    pub major: MajorCount,
    /// High-risk candidates that nobody has adjudicated.
    pub open_high_risk: u64,
    pub confirmed_high_risk: u64,
    pub draft: bool,
    pub notes: Vec<GradeNote>,
}

impl Grade {
    /// The line for a cover: `自评预判：基本符合`, never a bare word.
    pub fn line(&self, lang: Lang) -> String {
        let word = self.word.title();
        let draft = if self.draft { lang.pick("（草稿）", " (draft)") } else { "" };
        match lang {
            Lang::Zh => format!("自评预判：{}{draft}", word.zh),
            Lang::En => format!("Self-assessed forecast: {}{draft}", word.en),
        }
    }

    /// What a note says, where the grade has one of this code.
    pub fn note(&self, code: GradeNoteCode) -> Option<&GradeNote> {
        self.notes.iter().find(|note| note.code == code)
    }
}

/// The numbers of one basis. Rates and coverage are percentages, 0 to 100, exact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Figures {
    pub basis: Basis,
    pub counts: Counts,
    /// Decided of applicable; none where nothing is applicable.
    pub coverage: Option<Ratio>,
    /// The rate (or score M) over what is decided; none where nothing is decided.
    pub value: Option<Ratio>,
    /// Everything undecided counted against.
    pub floor: Option<Ratio>,
    /// Everything undecided counted for.
    pub ceiling: Option<Ratio>,
    /// The class that `value` alone would lead to.
    pub class: Option<Word>,
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// Each item once, by its worst subject.
    ItemWorst,
    /// Each item on each subject.
    ItemByAsset,
}

/// A conclusion word, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// 符合
    Compliant,
    /// 基本符合
    Basic,
    /// 不符合
    NonCompliant,
    /// 优
    Excellent,
    /// 良
    Good,
    /// 中
    Medium,
    /// 差
    Poor,
    /// 待确认: high-risk candidates or situations are open and would change the word.
    ToBeConfirmed,
    /// 证据不足: coverage is under the limit.
    InsufficientEvidence,
    /// The number stands alone: the two bases disagree, or the model's inputs for a word are missing.
    NumberOnly,
    /// Nothing is applicable.
    NothingApplicable,
}

impl Word {
    /// Whether it is a conclusion and not the lack of one.
    pub fn concludes(self) -> bool {
        !matches!(self, Self::ToBeConfirmed | Self::InsufficientEvidence | Self::NumberOnly | Self::NothingApplicable)
    }

    pub fn title(self) -> Text {
        match self {
            Self::Compliant => Text::new("符合", "compliant"),
            Self::Basic => Text::new("基本符合", "basically compliant"),
            Self::NonCompliant => Text::new("不符合", "not compliant"),
            Self::Excellent => Text::new("优", "excellent"),
            Self::Good => Text::new("良", "good"),
            Self::Medium => Text::new("中", "medium"),
            Self::Poor => Text::new("差", "poor"),
            Self::ToBeConfirmed => Text::new("待确认", "to be confirmed"),
            Self::InsufficientEvidence => Text::new("证据不足", "insufficient evidence"),
            Self::NumberOnly => Text::new("仅列数值，不下结论", "number only, no conclusion"),
            Self::NothingApplicable => Text::new("无适用条款，不下结论", "nothing applicable, no conclusion"),
        }
    }
}

/// What a reader of a grade must know, by code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct GradeNote {
    pub code: GradeNoteCode,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

macro_rules! notes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $zh:literal, $en:literal;)+) => {
        /// The closed list of notes of a grade.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum GradeNoteCode { $($(#[$doc])* #[serde(rename = $text)] $variant,)+ }

        impl GradeNoteCode {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            pub fn title(self) -> Text {
                match self { $(Self::$variant => Text::new($zh, $en),)+ }
            }
        }
    };
}

notes! {
    Edge = "edge", "恰在分界值上，按保守口径判定", "exactly on a limit; taken conservatively";
    InsufficientCoverage = "insufficient_coverage", "覆盖率低于下限，不下结论", "coverage is under the limit: no conclusion";
    NothingApplicable = "nothing_applicable", "没有适用的条款", "nothing is applicable";
    NothingDecided = "nothing_decided", "没有已判定的条款", "nothing is decided";
    BasesDisagree = "bases_disagree", "两种口径得出不同等次，不下结论", "the two bases lead to different classes: no word";
    OpenHighRisk = "open_high_risk", "有高风险情形待确认", "high-risk candidates are open";
    UnexaminedHighRisk = "unexamined_high_risk", "有高风险情形尚未核查", "high-risk situations have not been examined";
    MajorCaps = "major_caps", "存在重大风险隐患，不能判为符合", "a major risk stands in the way of the best word";
    HighRiskCaps = "high_risk_caps", "存在已确认的高风险", "a confirmed high risk decides the class";
    MediumRiskCaps = "medium_risk_caps", "存在中风险，不能判为优", "a medium risk stands in the way of the best word";
    UndecidedSwing = "undecided_swing", "未判定条款可能改变结论", "what is undecided could change the conclusion";
    WeightsUnsourced = "weights_unsourced", "条款权重为自定，不下等次结论", "weights are ours: no class word";
    RisksNotAdjudicated = "risks_not_adjudicated", "问题的风险等级未经人工裁定", "risk levels are not adjudicated";
    NoWholeAssessment = "no_whole_assessment", "没有整体测评记录", "there is no record of the whole-system assessment";
    Overflow = "overflow", "对象数量过多，无法精确计算", "too many distinct populations to compute exactly";
    ReferenceOnly = "reference_only", "未被认定为关键信息基础设施，仅供参考", "not designated critical infrastructure: for reference only";
    Draft = "draft", "部分答复未经复核", "some answers have no reviewer";
}

impl GradeNote {
    pub fn new(code: GradeNoteCode) -> Self {
        Self { code, args: BTreeMap::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    pub fn describe(&self, lang: Lang) -> String {
        let title = self.code.title();
        let words = title.get(lang);
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
