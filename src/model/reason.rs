//! Why a verdict is unknown: a code with arguments, never prose.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Lang, Unread, UnreadStatus};

/// Why something was not decided. Texts are made from the code when a person reads it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct Reason {
    pub code: ReasonCode,
    /// Arguments by name, such as `path` or `item`; sorted, so that the same reason has the same bytes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $zh:literal, $en:literal;)+) => {
        /// The closed list of reasons.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum ReasonCode { $($(#[$doc])* #[serde(rename = $text)] $variant,)+ }

        impl ReasonCode {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            fn describe(self, lang: Lang) -> &'static str {
                match self { $(Self::$variant => lang.pick($zh, $en),)+ }
            }
        }
    };
}

codes! {
    Denied = "denied", "无权读取", "no permission to read it";
    NoTool = "no_tool", "目标上缺少所需工具", "the tool that would tell is missing";
    Timeout = "timeout", "超时", "timed out";
    TooLarge = "too_large", "超出大小上限", "over the size cap";
    Error = "error", "采集或解析出错", "collection or decoding failed";
    NotTested = "not_tested", "未测试", "not tested";
    /// The evidence has no such item or the facts no such value.
    NotCollected = "not_collected", "未采集", "not collected";
    /// The inventory says `unknown:` for this asset.
    DeclaredUnknown = "declared_unknown", "清单声明情况不明", "the inventory says it is unknown";
    /// The asset could not be reached at all.
    Unreachable = "unreachable", "目标未能连通", "the target could not be reached";
    /// The part of this asset is incomplete.
    Incomplete = "incomplete", "证据不完整", "the evidence is incomplete";
    /// A value is one of the three-valued facts and is unknown.
    ValueUnknown = "value_unknown", "事实未知", "the fact is unknown";
    /// The foreign file is not what it claims to be.
    Malformed = "malformed", "文件格式有误", "the file is malformed";
    /// The bounded child process crashed or ran over its budget.
    DecoderFailed = "decoder_failed", "解析进程失败", "the decoding process failed";
    /// The expression ended in an error.
    Evaluation = "evaluation", "判定表达式出错", "the assertion ended in an error";
    /// There is no asset of the kind that the check is for.
    NoTarget = "no_target", "没有可检查的对象", "nothing to check";
    /// A person has to answer and has not.
    Unanswered = "unanswered", "尚无答复", "not answered yet";
    /// The kind of object is not declared in the inventory's population.
    Undeclared = "undeclared", "对象总体未声明", "the population is not declared";
    /// No collector for this kind of asset, or for this way to reach it, in this version.
    Unsupported = "unsupported", "当前版本不支持采集", "collection is not supported by this version";
    /// Contact was refused for want of an authorisation that covers it.
    Unauthorised = "unauthorised", "未获授权接触该目标", "contact is not covered by the authorisation";
}

impl Reason {
    pub fn new(code: ReasonCode) -> Self {
        Self { code, args: BTreeMap::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }

    /// What a person reads: the code's words, then the arguments.
    pub fn describe(&self, lang: Lang) -> String {
        let words = self.code.describe(lang);
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

impl From<&Unread> for Reason {
    fn from(why: &Unread) -> Self {
        let code = match why.status {
            UnreadStatus::Denied => ReasonCode::Denied,
            UnreadStatus::NoTool => ReasonCode::NoTool,
            UnreadStatus::Timeout => ReasonCode::Timeout,
            UnreadStatus::TooLarge => ReasonCode::TooLarge,
            UnreadStatus::Error => ReasonCode::Error,
            UnreadStatus::NotTested => ReasonCode::NotTested,
        };
        Self::new(code).with("item", why.reason.clone())
    }
}
