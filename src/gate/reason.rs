//! Why a gate is red, each in one line: a code with arguments, never prose.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Lang;

/// One reason, or one thing worth saying beside a green decision.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct GateReason {
    pub code: GateCode,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub args: BTreeMap<String, String>,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $zh:literal, $en:literal;)+) => {
        /// The closed list of reasons; `{name}` stands for an argument.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum GateCode { $($(#[$doc])* #[serde(rename = $text)] $variant,)+ }

        impl GateCode {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            fn words(self, lang: Lang) -> &'static str {
                match self { $(Self::$variant => lang.pick($zh, $en),)+ }
            }
        }
    };
}

codes! {
    Damaged = "damaged", "证据包不完好：{what}", "the bundle is damaged: {what}";
    OwnCatalogue = "own_catalogue", "由证据包自带的规则判定，不可采信", "judged by the bundle's own catalogue, which proves nothing";
    OtherCatalogue = "other_catalogue", "规则目录 {found} 不是要求的 {expected}", "judged by catalogue {found}, not by {expected}";
    NotSigned = "not_signed", "{what}没有签名", "{what} has no signature";
    UntrustedSignature = "untrusted_signature", "{what}的签名不是指定密钥所签", "the signature of {what} is not by a pinned key";
    BadSignature = "bad_signature", "{what}的签名无效", "the signature of {what} is not valid";
    OtherArtifact = "other_artifact", "待发布文件 {found} 未经评估", "the artifact {found} is not what was assessed";
    AgeUnknown = "age_unknown", "不能确定证据的日期", "the day of the evidence is not known";
    FromTheFuture = "from_the_future", "证据日期 {day} 晚于今天 {today}", "the evidence is of {day}, after today, {today}";
    TooOld = "too_old", "证据已有 {days} 天，上限 {limit} 天", "the evidence is {days} days old, the limit is {limit}";
    NothingEvaluated = "nothing_evaluated", "没有任何检查得出通过或不通过", "nothing was evaluated: no check passed or failed";
    TooFewDecided = "too_few_decided", "{of} 只判定了 {decided}/{planned}，要求 {limit} %", "{of}: only {decided} of {planned} decided, {limit} % are required";
    TooManyUnknown = "too_many_unknown", "{of} 有 {unknown}/{planned} 未判定，上限 {limit} %", "{of}: {unknown} of {planned} unknown, the limit is {limit} %";
    TooManyNotApplicable = "too_many_not_applicable", "{of} 有 {count}/{decided} 不适用，上限 {limit} %", "{of}: {count} of {decided} decided are not applicable, the limit is {limit} %";
    Failing = "failing", "[{severity}] {check} 不通过：{assets}", "[{severity}] {check} fails on {assets}";
    NoBaseline = "no_baseline", "要求只看新增问题，但没有基准", "only new findings count, but there is no baseline to compare with";
    HighRiskConfirmed = "high_risk_confirmed", "已确认的高风险：{situations}", "confirmed high risk: {situations}";
    HighRiskCandidate = "high_risk_candidate", "待确认的高风险：{situations}", "high-risk candidates nobody has adjudicated: {situations}";
    BaselineBelow = "baseline_below", "基线等级 {letter}，低于要求的 {limit}", "baseline letter {letter}, {limit} is required";
    NotRated = "not_rated", "基线未评级，要求 {limit}", "no baseline letter, {limit} is required";
    ProfileMissing = "profile_missing", "没有评估 {profile}", "{profile} was not assessed";
    NoConclusion = "no_conclusion", "{profile} 没有结论：{word}", "{profile} has no conclusion: {word}";
    Conclusion = "conclusion", "{profile} 预判为 {word}", "{profile} is forecast as {word}";
    RateBelow = "rate_below", "{profile} 的保底符合率 {rate}，要求 {limit} %", "the floor rate of {profile} is {rate}, {limit} % is required";
    Draft = "draft", "{profile} 仍是草稿：有答复未经复核", "{profile} is a draft: some answers have no reviewer";
    AnswerExpired = "answer_expired", "答复已到期：{what}（{expires}）", "an answer has expired: {what} ({expires})";
    InheritedExpired = "inherited_expired", "继承的结果已到期：{what}（{expires}）", "an inherited result has expired: {what} ({expires})";
    /// Beside the decision: waived findings that would have counted.
    Waived = "waived", "{count} 项不通过有豁免", "{count} failing outcomes are waived";
    /// Beside the decision: waivers that covered something on the day of the assessment and no longer do.
    WaiverEnded = "waiver_ended", "{count} 项不通过的豁免已到期", "the waivers of {count} failing outcomes have ended";
    /// Beside the decision: what the code of a hardened package hides.
    Hidden = "hidden", "代码经加固或加密，{count} 项检查无从判定，可用 --pair 给出加固前的安装包：{checks}", "the code is hardened or encrypted, so {count} checks cannot be decided; --pair with the build before hardening would: {checks}";
    /// Beside the decision: findings that the baseline has.
    Known = "known", "{count} 项不通过在基准中已有", "{count} failing outcomes are in the baseline";
}

impl GateReason {
    pub fn new(code: GateCode) -> Self {
        Self { code, args: BTreeMap::new() }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }

    /// One line, whatever the arguments hold.
    pub fn describe(&self, lang: Lang) -> String {
        let mut line = String::new();
        if let Some(subsite) = self.args.get("subsite") {
            line.push_str(&printable(subsite));
            line.push_str(": ");
        }
        let mut rest = self.code.words(lang);
        while let Some((before, after)) = rest.split_once('{') {
            line.push_str(before);
            let Some((name, after)) = after.split_once('}') else { break };
            // Arguments in two languages have a key for each.
            let localised = format!("{name}_{lang}");
            let value = self.args.get(&localised).or_else(|| self.args.get(name));
            line.push_str(&printable(value.map(String::as_str).unwrap_or_default()));
            rest = after;
        }
        line + rest
    }
}

fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
