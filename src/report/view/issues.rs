//! Findings, conflicts, high risk, waivers and the remediation plan.

use serde::Serialize;

use crate::assess::{Assessment, FindingRecord, Offender};
use crate::model::{Lang, Severity};
use crate::profiles::{Case, Subject};

use super::words::{list, or_dash, percent, said, short_list, tone_of_case, tone_of_severity};

/// Most offenders that a finding lists; the rest is in `assessment.json`.
const OFFENDERS: usize = 20;

#[derive(Debug, Serialize)]
pub struct FindingView {
    pub label: String,
    pub title: String,
    pub severity: String,
    pub badge: &'static str,
    pub check: String,
    pub waiver: String,
    pub clauses: String,
    pub asset: String,
    /// What was observed, where there is one offender without a key.
    pub single: String,
    pub offenders: Vec<String>,
    pub expected: String,
    pub evidence: String,
    pub why: String,
    pub remedy: String,
    pub caution: String,
}

#[derive(Debug, Serialize)]
pub struct ConflictView {
    pub item: String,
    pub aspect: String,
    pub asset: String,
    pub text: String,
}

#[derive(Debug, Serialize)]
pub struct RiskView {
    pub text: String,
    pub situations: Vec<SituationRow>,
}

#[derive(Debug, Serialize)]
pub struct SituationRow {
    pub id: String,
    pub title: String,
    pub asset: String,
    pub state: String,
    pub badge: &'static str,
    pub text: String,
}

#[derive(Debug, Serialize)]
pub struct WaiversView {
    pub text: String,
    pub rows: Vec<WaiverRow>,
    pub effect: Vec<EffectRow>,
}

#[derive(Debug, Serialize)]
pub struct WaiverRow {
    pub id: String,
    pub check: String,
    pub expires: String,
    pub state: String,
    pub text: String,
}

#[derive(Debug, Serialize)]
pub struct EffectRow {
    pub name: String,
    pub before: String,
    pub after: String,
}

#[derive(Debug, Serialize)]
pub struct PlanRow {
    pub order: usize,
    pub severity: String,
    pub badge: &'static str,
    pub measure: String,
    pub findings: String,
}

pub fn findings_text(assessment: &Assessment, lang: Lang) -> String {
    let count = assessment.findings.len();
    match lang {
        Lang::Zh => format!(
            "共 {count} 个问题，按风险由高到低排列。编号只在本报告内有效；跨次比对以 assessment.json 中的问题标识为准。"
        ),
        Lang::En => format!(
            "{count} findings, worst first. The labels hold for this report only; the identities that stay the same across runs are in assessment.json."
        ),
    }
}

pub fn findings_none(assessment: &Assessment, lang: Lang) -> String {
    let unknown = assessment.baseline.unknown;
    match lang {
        Lang::Zh => format!("没有不通过的检查或不符合的答复。这不等于没有问题：仍有 {unknown} 项自动检查未判定。"),
        Lang::En => format!(
            "No check failed and no answer said not compliant. That does not mean that all is well: {unknown} automated checks are undecided."
        ),
    }
}

pub fn findings(assessment: &Assessment, lang: Lang) -> Vec<FindingView> {
    assessment.findings.iter().map(|finding| finding_view(finding, lang)).collect()
}

fn finding_view(finding: &FindingRecord, lang: Lang) -> FindingView {
    let single = match finding.offenders.as_slice() {
        [one] => offender(one, lang),
        _ => String::new(),
    };
    FindingView {
        label: finding.label.clone(),
        title: said(&finding.title, lang),
        severity: said(&finding.severity.title(), lang),
        badge: tone_of_severity(finding.severity),
        check: finding
            .check
            .as_ref()
            .map_or_else(|| lang.pick("人工答复", "by answer").to_owned(), ToString::to_string),
        waiver: if finding.waivers.is_empty() {
            String::new()
        } else {
            format!("{} {}", lang.pick("豁免", "waived"), list(&finding.waivers, lang))
        },
        clauses: or_dash(Some(&clauses(finding, lang))),
        asset: asset(finding, lang),
        offenders: if single.is_empty() { offenders(finding, lang) } else { Vec::new() },
        single,
        expected: list(distinct(finding.offenders.iter().map(|o| said(&o.expected, lang))), lang),
        evidence: or_dash(Some(&short_list(finding.evidence.iter().map(|e| format!("[{e}]")).collect(), lang))),
        why: said(&finding.why, lang),
        remedy: said(&finding.remedy, lang),
        caution: finding.caution.as_ref().map(|c| said(c, lang)).unwrap_or_default(),
    }
}

fn asset(finding: &FindingRecord, lang: Lang) -> String {
    finding.asset.as_ref().map_or_else(|| lang.pick("整体", "as a whole").to_owned(), ToString::to_string)
}

fn offender(offender: &Offender, lang: Lang) -> String {
    let waived = if offender.waived { lang.pick("（已豁免）", " (waived)") } else { "" };
    let observed = said(&offender.observed, lang);
    match &offender.key {
        Some(key) => format!("{key}{}{observed}{waived}", lang.pick("：", ": ")),
        None => format!("{observed}{waived}"),
    }
}

fn offenders(finding: &FindingRecord, lang: Lang) -> Vec<String> {
    let mut shown: Vec<_> = finding.offenders.iter().take(OFFENDERS).map(|o| offender(o, lang)).collect();
    let more = finding.offenders.len().saturating_sub(OFFENDERS);
    if more > 0 {
        shown.push(match lang {
            Lang::Zh => format!("另有 {more} 个，见 assessment.json"),
            Lang::En => format!("and {more} more, see assessment.json"),
        });
    }
    shown
}

fn distinct(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen = Vec::new();
    for text in texts.filter(|text| !text.is_empty()) {
        if !seen.contains(&text) {
            seen.push(text);
        }
    }
    seen
}

fn clauses(finding: &FindingRecord, lang: Lang) -> String {
    let mut standards: Vec<(String, Vec<String>)> = Vec::new();
    for clause in &finding.clauses {
        match standards.iter_mut().find(|(standard, _)| *standard == clause.standard) {
            Some((_, items)) => items.push(clause.item.to_string()),
            None => standards.push((clause.standard.clone(), vec![clause.item.to_string()])),
        }
    }
    let texts = standards.into_iter().map(|(standard, items)| format!("{standard} {}", short_list(items, lang)));
    texts.collect::<Vec<_>>().join(lang.pick("；", "; "))
}

pub fn conflicts(assessment: &Assessment, lang: Lang) -> Vec<ConflictView> {
    let items = assessment.profiles.iter().flat_map(|profile| &profile.result.items);
    items
        .flat_map(|item| item.conflicts().map(move |(subject, aspect)| (item, subject, aspect)))
        .map(|(item, subject, aspect)| ConflictView {
            item: item.item.to_string(),
            aspect: aspect.aspect.clone(),
            asset: subject_name(subject, lang),
            text: list(aspect.conflicts.iter().map(|conflict| said(&conflict.title(), lang)), lang),
        })
        .collect()
}

/// What people call the subject of an item.
pub fn subject_name(subject: &Subject, lang: Lang) -> String {
    match subject {
        Subject::Asset { asset, .. } => asset.to_string(),
        Subject::Objects { objects } => said(&objects.title(), lang),
        Subject::Platform { from } => format!("{} {from}", lang.pick("平台", "platform")),
    }
}

pub fn risk(assessment: &Assessment, lang: Lang) -> RiskView {
    let risk = &assessment.high_risk;
    let (open, confirmed) = (risk.open().count(), risk.confirmed().count());
    let unexamined = short_list(risk.unexamined.clone(), lang);
    let text = match lang {
        Lang::Zh => format!(
            "按所用口径，本级别共有 {} 个高风险情形。自动检查只提出候选，须由两名人员就相关性、严重性、高发性作出裁定。目前待确认 {open} 个，已确认 {confirmed} 个，重大风险隐患 {} 个。{}",
            risk.situations,
            risk.major,
            if risk.unexamined.is_empty() {
                String::new()
            } else {
                format!("尚无证据或答复涉及的情形 {} 个：{unexamined}。", risk.unexamined.len())
            },
        ),
        Lang::En => format!(
            "The edition in use has {} high-risk situations at this level. Checks only raise candidates; two people adjudicate relevance, severity and likelihood. Open: {open}; confirmed: {confirmed}; major risks: {}. {}",
            risk.situations,
            risk.major,
            if risk.unexamined.is_empty() {
                String::new()
            } else {
                format!(
                    "{} situations that neither evidence nor answers have touched: {unexamined}.",
                    risk.unexamined.len()
                )
            },
        ),
    };
    RiskView { text, situations: risk.cases.iter().map(|case| situation(case, assessment, lang)).collect() }
}

fn situation(case: &Case, assessment: &Assessment, lang: Lang) -> SituationRow {
    let mut parts = Vec::new();
    let raised: Vec<_> = case.raised_by.iter().map(|raised| raised.check.to_string()).collect();
    if !raised.is_empty() {
        parts.push(format!("{} {}", lang.pick("依据", "raised by"), list(raised, lang)));
    }
    if case.manual {
        parts.push(lang.pick("人工补充", "added by hand").to_owned());
    }
    match &case.adjudication {
        Some(decision) => {
            parts.push(format!("{} {}", lang.pick("暴露面", "exposure"), or_dash(decision.exposure.as_deref())));
            parts.push(format!(
                "{} {}",
                lang.pick("补偿措施", "compensation"),
                or_dash(decision.compensation.as_deref())
            ));
            parts.push(format!(
                "{} {}（{}）",
                lang.pick("裁定", "adjudicated by"),
                list(&decision.by, lang),
                decision.date
            ));
        }
        None => parts.push(format!(
            "{} {}",
            lang.pick("声明的暴露面", "declared exposure"),
            said(&assessment.subsite.exposure, lang)
        )),
    }
    if case.major {
        parts.push(lang.pick("重大风险隐患", "major risk").to_owned());
    }
    SituationRow {
        id: case.situation.clone(),
        title: said(&case.title, lang),
        asset: case.asset.as_ref().map_or_else(|| lang.pick("整体", "as a whole").to_owned(), ToString::to_string),
        state: said(&case.state.title(), lang),
        badge: tone_of_case(case.state),
        text: parts.join(lang.pick("；", "; ")),
    }
}

pub fn waivers(assessment: &Assessment, lang: Lang) -> WaiversView {
    let count = assessment.waivers.len();
    let text = match (lang, count) {
        (Lang::Zh, 0) => "没有登记豁免。豁免只并列于结果之旁，从不改变结果。".to_owned(),
        (Lang::Zh, _) => {
            format!("登记豁免 {count} 个。豁免只并列于结果之旁，从不改变结果；下表同时给出计与不计豁免的数值。")
        }
        (Lang::En, 0) => "No waivers. A waiver stands beside a result and never changes it.".to_owned(),
        (Lang::En, _) => format!(
            "{count} waivers. A waiver stands beside a result and never changes it; the table gives the numbers with and without."
        ),
    };
    let rows = assessment
        .waivers
        .iter()
        .map(|waiver| WaiverRow {
            id: waiver.id.clone(),
            check: waiver.check.clone(),
            expires: waiver.expires.clone(),
            state: said(&waiver.state.title(), lang),
            text: match lang {
                Lang::Zh => format!(
                    "{}；申请 {}，批准 {}",
                    waiver.reason.get(lang),
                    waiver.requested_by,
                    or_dash(waiver.approved_by.as_deref())
                ),
                Lang::En => format!(
                    "{}; requested by {}, approved by {}",
                    waiver.reason.get(lang),
                    waiver.requested_by,
                    or_dash(waiver.approved_by.as_deref())
                ),
            },
        })
        .collect();
    WaiversView { text, rows, effect: effect(assessment, lang) }
}

fn effect(assessment: &Assessment, lang: Lang) -> Vec<EffectRow> {
    let mut rows = vec![EffectRow {
        name: lang.pick("自动检查加权通过率", "Weighted share of passing checks").to_owned(),
        before: percent(assessment.baseline.share),
        after: percent(assessment.baseline_with_waivers.share),
    }];
    rows.extend(assessment.profiles.iter().map(|profile| EffectRow {
        name: format!("{} {}", said(&profile.title, lang), lang.pick("符合率", "rate")),
        before: percent(profile.grade.by_item.value),
        after: percent(profile.grade_with_waivers.by_item.value),
    }));
    rows
}

pub fn plan(assessment: &Assessment, lang: Lang) -> Vec<PlanRow> {
    let mut measures: Vec<(Severity, String, Vec<String>)> = Vec::new();
    for finding in &assessment.findings {
        let measure = said(&finding.remedy, lang);
        match measures.iter_mut().find(|(_, known, _)| *known == measure) {
            Some((severity, _, labels)) => {
                *severity = (*severity).max(finding.severity);
                labels.push(finding.label.clone());
            }
            None => measures.push((finding.severity, measure, vec![finding.label.clone()])),
        }
    }
    measures.sort_by_key(|(severity, _, labels)| (std::cmp::Reverse(*severity), std::cmp::Reverse(labels.len())));
    measures
        .into_iter()
        .enumerate()
        .map(|(at, (severity, measure, labels))| PlanRow {
            order: at + 1,
            severity: said(&severity.title(), lang),
            badge: tone_of_severity(severity),
            measure,
            findings: short_list(labels, lang),
        })
        .collect()
}
