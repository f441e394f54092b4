//! What is undecided and what would decide it; what is inherited and from where.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::assess::Assessment;
use crate::model::{Lang, Verdict};
use crate::profiles::{AspectRecord, AspectSource, AspectVerdict, Because, ItemRecord, ItemVerdict, SubjectRecord};

use super::issues::subject_name;
use super::scope::{because_text, plan_notes};
use super::words::{item_result, list, said, short_list, tone_of_item};

#[derive(Debug, Serialize)]
pub struct Undecided {
    pub checks: Vec<CheckRow>,
    pub text: String,
    pub items: Vec<ItemRow>,
}

#[derive(Debug, Serialize)]
pub struct CheckRow {
    pub check: String,
    pub asset: String,
    pub reason: String,
}

#[derive(Debug, Serialize)]
pub struct ItemRow {
    pub item: String,
    pub title: String,
    pub needs: String,
}

#[derive(Debug, Serialize)]
pub struct Inherited {
    pub text: String,
    pub items: Vec<InheritedRow>,
}

#[derive(Debug, Serialize)]
pub struct InheritedRow {
    pub item: String,
    pub title: String,
    pub result: String,
    pub badge: &'static str,
    pub from: String,
}

pub fn undecided(assessment: &Assessment, lang: Lang) -> Undecided {
    let items: Vec<_> = items(assessment)
        .filter(|item| item.result == ItemVerdict::Undecided || item.pending)
        .map(|item| ItemRow { item: item.item.to_string(), title: said(&item.title, lang), needs: needs(item, lang) })
        .collect();
    Undecided { checks: checks(assessment, lang), text: text(assessment, items.len(), lang), items }
}

fn items(assessment: &Assessment) -> impl Iterator<Item = &ItemRecord> {
    assessment.profiles.iter().flat_map(|profile| &profile.result.items)
}

fn checks(assessment: &Assessment, lang: Lang) -> Vec<CheckRow> {
    assessment
        .outcomes
        .iter()
        .filter_map(|record| match &record.outcome.verdict {
            Verdict::Unknown(reason) => Some((record, reason.describe(lang))),
            Verdict::Manual => {
                Some((record, lang.pick("事实已列出，待人工判定", "facts are shown; a person decides").to_owned()))
            }
            _ => None,
        })
        .map(|(record, reason)| CheckRow {
            check: said(&record.title, lang),
            asset: record.outcome.asset.to_string(),
            reason,
        })
        .collect()
}

fn text(assessment: &Assessment, count: usize, lang: Lang) -> String {
    let notes = plan_notes(assessment, lang);
    let unknown = assessment.assets.iter().filter(|asset| asset.declared_unknown.is_some()).count();
    let mut text = match lang {
        Lang::Zh => format!("未判定或待补证的条款共 {count} 个，下限中按不符合计。"),
        Lang::En => format!("{count} items are undecided or wait for evidence; the floor counts them against."),
    };
    if unknown > 0 {
        let touched = touched_by_unknown(assessment);
        text += &match lang {
            Lang::Zh => format!("清单声明情况不明的资产有 {unknown} 个，使 {touched} 个条款无法判定为符合。"),
            Lang::En => format!(
                " {unknown} assets are declared unknown; because of them {touched} items cannot be found compliant."
            ),
        };
    }
    if !notes.is_empty() {
        text += &match lang {
            Lang::Zh => format!("注意：{}。", notes.join("；")),
            Lang::En => format!(" Note: {}.", notes.join("; ")),
        };
    }
    text
}

fn touched_by_unknown(assessment: &Assessment) -> usize {
    let unknown: BTreeSet<_> =
        assessment.assets.iter().filter(|a| a.declared_unknown.is_some()).map(|a| a.id.as_str()).collect();
    let touches = |subject: &SubjectRecord| {
        subject.result == ItemVerdict::Undecided && unknown.contains(subject_name(&subject.subject, Lang::Zh).as_str())
    };
    items(assessment).filter(|item| item.subjects.iter().any(touches)).count()
}

/// What would decide an item: evidence for its open checks, answers for its open questions.
fn needs(item: &ItemRecord, lang: Lang) -> String {
    let mut wanted = Vec::new();
    for subject in &item.subjects {
        let name = subject_name(&subject.subject, lang);
        if let Some(because @ Because::Open { .. }) = &subject.because {
            wanted.push(format!("{name}{}{}", lang.pick("：", ": "), because_text(because, lang)));
        }
        let open: Vec<_> = subject.aspects.iter().filter(|a| a.result == AspectVerdict::Undecided).collect();
        if open.is_empty() {
            continue;
        }
        let reasons = open.iter().map(|aspect| aspect_needs(aspect, lang)).collect();
        wanted.push(format!("{name}{}{}", lang.pick("：", ": "), short_list(reasons, lang)));
    }
    short_list(wanted, lang)
}

/// The question that is open, and what checks could not read where there are any.
fn aspect_needs(aspect: &AspectRecord, lang: Lang) -> String {
    let question = aspect.asks.as_ref().map_or_else(|| aspect.aspect.clone(), |asks| said(asks, lang));
    let unknown: BTreeSet<_> = aspect
        .sources
        .iter()
        .filter_map(|source| match source {
            AspectSource::Check { verdict: Verdict::Unknown(reason), .. } => Some(reason.describe(lang)),
            _ => None,
        })
        .collect();
    if unknown.is_empty() {
        return question;
    }
    format!("{question}（{}）", list(unknown, lang))
}

pub fn inherited(assessment: &Assessment, lang: Lang) -> Inherited {
    let items: Vec<_> = items(assessment)
        .filter(|item| item.inherited)
        .map(|item| InheritedRow {
            item: item.item.to_string(),
            title: said(&item.title, lang),
            result: item_result(item.result, item.pending, lang),
            badge: tone_of_item(item.result),
            from: from(item, lang),
        })
        .collect();
    let text = match (lang, items.len()) {
        (Lang::Zh, 0) => "没有继承的条款。".to_owned(),
        (Lang::Zh, n) => format!("下列 {n} 个条款的结果完全取自平台，单独计数。"),
        (Lang::En, 0) => "No items are inherited.".to_owned(),
        (Lang::En, n) => format!("These {n} items rest on the platform's result alone and are counted apart."),
    };
    Inherited { text, items }
}

fn from(item: &ItemRecord, lang: Lang) -> String {
    let texts: BTreeSet<_> = item
        .subjects
        .iter()
        .filter_map(|subject| subject.because.as_ref())
        .filter(|because| matches!(because, Because::Inherited { .. }))
        .map(|because| because_text(because, lang))
        .collect();
    list(texts, lang)
}
