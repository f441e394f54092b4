//! The baseline of automated checks, and each profile by class.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::assess::{Assessment, ProfileAssessment};
use crate::model::{CheckId, Lang, Verdict};
use crate::profiles::{Counts, Scope};

use super::KeyValue;
use super::words::{list, percent, said};
use crate::grade::Ratio;

#[derive(Debug, Serialize)]
pub struct BaselineView {
    pub sentence: String,
    pub text: String,
    pub domains: Vec<DomainRow>,
    pub series: String,
    pub alt: String,
    pub caption: String,
}

#[derive(Debug, Serialize)]
pub struct DomainRow {
    pub domain: String,
    pub planned: u64,
    pub pass: u64,
    pub fail: u64,
    pub not_applicable: u64,
    pub unknown: u64,
    pub decided: String,
    pub chart: String,
}

#[derive(Debug, Serialize)]
pub struct ProfileView {
    pub title: String,
    pub text: String,
    pub domains: Vec<ClassRow>,
    pub series: String,
    pub alt: String,
    pub caption: String,
    pub parameters: Vec<KeyValue>,
    pub notes: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct ClassRow {
    pub name: String,
    pub items: u64,
    pub met: u64,
    pub partly: u64,
    pub not_met: u64,
    pub undecided: u64,
    pub not_applicable: u64,
    pub coverage: String,
    pub chart: String,
}

pub fn baseline(assessment: &Assessment, lang: Lang) -> BaselineView {
    let domains = domains(assessment, lang);
    let series = lang.pick("通过:ok 不通过:bad 不适用:na 未判定:unknown", "pass:ok fail:bad n/a:na unknown:unknown");
    BaselineView {
        sentence: sentence(assessment, lang),
        text: explanation(assessment, lang),
        alt: alt(
            domains.iter().map(|row| {
                format!("{}: {} / {} / {} / {}", row.domain, row.pass, row.fail, row.not_applicable, row.unknown)
            }),
            series,
        ),
        domains,
        series: series.to_owned(),
        caption: lang.pick("各领域自动检查结果（项数）", "Automated checks by domain (outcomes)").to_owned(),
    }
}

fn alt(rows: impl Iterator<Item = String>, series: &str) -> String {
    let names: Vec<_> = series.split(' ').filter_map(|s| s.split(':').next()).collect();
    format!("{} — {}", names.join(" / "), rows.collect::<Vec<_>>().join("; "))
}

fn sentence(assessment: &Assessment, lang: Lang) -> String {
    let baseline = &assessment.baseline;
    let coverage = percent(baseline.coverage);
    let notes = list(baseline.notes.iter().map(|note| note.describe(lang)), lang);
    match (lang, baseline.letter) {
        (Lang::Zh, Some(letter)) => format!(
            "自动检查基线等级为 {}（模型 {}）：加权通过率 {}，计划 {} 项，已判定 {coverage}。{notes}",
            letter.as_str(),
            baseline.model,
            percent(baseline.share),
            baseline.planned
        ),
        (Lang::Zh, None) => format!(
            "自动检查基线未评级（模型 {}）：计划 {} 项，已判定 {coverage}。{notes}",
            baseline.model, baseline.planned
        ),
        (Lang::En, Some(letter)) => format!(
            "The baseline letter of automated checks is {} (model {}): weighted share of passes {}, {} outcomes planned, {coverage} decided. {notes}",
            letter.as_str(),
            baseline.model,
            percent(baseline.share),
            baseline.planned
        ),
        (Lang::En, None) => format!(
            "The baseline of automated checks is not rated (model {}): {} outcomes planned, {coverage} decided. {notes}",
            baseline.model, baseline.planned
        ),
    }
}

fn explanation(assessment: &Assessment, lang: Lang) -> String {
    let params = assessment.baseline.params.iter().map(|(name, value)| format!("{} = {value}", parameter(name, lang)));
    let params = params.collect::<Vec<_>>().join(lang.pick("；", "; "));
    match lang {
        Lang::Zh => format!("等级只反映机器已判定的部分，不是任何标准的结论。参数：{params}。"),
        Lang::En => format!(
            "The letter speaks only of what machines decided and is no conclusion of any standard. Parameters: {params}."
        ),
    }
}

fn domains(assessment: &Assessment, lang: Lang) -> Vec<DomainRow> {
    let mut rows: BTreeMap<String, [u64; 4]> = BTreeMap::new();
    let mut names = BTreeMap::new();
    // What shows facts to a person is not planned for machines, whatever became of it.
    for record in assessment.outcomes.iter().filter(|record| record.automated) {
        let domain = domain_of(&record.outcome.check);
        let asset = assessment.assets.iter().find(|asset| asset.id == record.outcome.asset);
        let title = asset.map_or_else(|| domain.clone(), |asset| said(&asset.kind.domain().title(), lang));
        names.entry(domain.clone()).or_insert(title);
        let column = match record.outcome.verdict {
            Verdict::Pass => 0,
            Verdict::Fail => 1,
            Verdict::NotApplicable => 2,
            Verdict::Manual => continue,
            Verdict::Unknown(_) => 3,
        };
        rows.entry(domain).or_default()[column] += 1;
    }
    rows.into_iter()
        .map(|(domain, [pass, fail, not_applicable, unknown])| {
            let planned = pass + fail + not_applicable + unknown;
            DomainRow {
                domain: names.remove(&domain).unwrap_or(domain),
                planned,
                pass,
                fail,
                not_applicable,
                unknown,
                decided: percent(Ratio::new((planned - unknown) * 100, planned)),
                chart: format!("{pass} {fail} {not_applicable} {unknown}"),
            }
        })
        .collect()
}

fn domain_of(check: &CheckId) -> String {
    check.as_str().split('.').next().unwrap_or_default().to_owned()
}

pub fn profiles(assessment: &Assessment, lang: Lang) -> Vec<ProfileView> {
    assessment.profiles.iter().map(|profile| profile_view(profile, lang)).collect()
}

fn profile_view(profile: &ProfileAssessment, lang: Lang) -> ProfileView {
    let series = lang.pick(
        "符合:ok 部分符合:part 不符合:bad 未判定:unknown 不适用:na",
        "met:ok partly:part not-met:bad undecided:unknown n/a:na",
    );
    let domains = classes(profile, lang);
    ProfileView {
        title: said(&profile.title, lang),
        text: profile_text(profile, lang),
        alt: alt(
            domains.iter().map(|row| {
                format!(
                    "{}: {} / {} / {} / {} / {}",
                    row.name, row.met, row.partly, row.not_met, row.undecided, row.not_applicable
                )
            }),
            series,
        ),
        domains,
        series: series.to_owned(),
        caption: lang.pick("各安全类的条款结果（个数）", "Items by class").to_owned(),
        parameters: parameters(profile, lang),
        notes: profile.grade.notes.iter().map(|note| note.describe(lang)).collect(),
    }
}

fn profile_text(profile: &ProfileAssessment, lang: Lang) -> String {
    let counts = &profile.grade.by_item.counts;
    let line = profile.grade.line(lang);
    match lang {
        Lang::Zh => format!(
            "{line}。共 {} 个条款，适用 {} 个，已判定 {} 个（覆盖率 {}）；符合率 {}，下限 {}，上限 {}。其中继承 {} 个。",
            counts.total,
            counts.applicable(),
            counts.decided(),
            percent(profile.grade.by_item.coverage),
            percent(profile.grade.by_item.value),
            percent(profile.grade.by_item.floor),
            percent(profile.grade.by_item.ceiling),
            counts.inherited,
        ),
        Lang::En => format!(
            "{line}. {} items, {} applicable, {} decided (coverage {}); rate {}, floor {}, ceiling {}. {} are inherited.",
            counts.total,
            counts.applicable(),
            counts.decided(),
            percent(profile.grade.by_item.coverage),
            percent(profile.grade.by_item.value),
            percent(profile.grade.by_item.floor),
            percent(profile.grade.by_item.ceiling),
            counts.inherited,
        ),
    }
}

/// One row for each scope and class. Classes of the extensions share titles with the general ones, so the scope is named.
fn classes(profile: &ProfileAssessment, lang: Lang) -> Vec<ClassRow> {
    let mut rows: Vec<((Scope, String), Counts)> = Vec::new();
    for item in &profile.result.items {
        let key = (item.scope, item.class.clone());
        let at = rows.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
            rows.push((key, Counts::default()));
            rows.len() - 1
        });
        rows[at].1.add(item.result, item.pending, item.inherited);
    }
    rows.into_iter()
        .map(|((scope, class), counts)| {
            let title = profile.result.sections.get(&class).map_or_else(|| class.clone(), |title| said(title, lang));
            let name = match scope {
                Scope::General => title,
                _ => format!("{}：{title}", said(&scope.title(), lang)),
            };
            ClassRow {
                name,
                items: counts.total,
                met: counts.compliant,
                partly: counts.partial,
                not_met: counts.non_compliant,
                undecided: counts.open(),
                not_applicable: counts.not_applicable,
                coverage: percent(Ratio::new(counts.decided() * 100, counts.applicable())),
                chart: format!(
                    "{} {} {} {} {}",
                    counts.compliant,
                    counts.partial,
                    counts.non_compliant,
                    counts.open(),
                    counts.not_applicable
                ),
            }
        })
        .collect()
}

fn parameters(profile: &ProfileAssessment, lang: Lang) -> Vec<KeyValue> {
    let mut rows = vec![KeyValue::new(lang.pick("分级模型", "Grading model"), profile.grade.model.as_str())];
    rows.extend(profile.grade.params.iter().map(|(name, value)| KeyValue::new(parameter(name, lang), value)));
    rows
}

/// What people call a parameter of a model, with the name that the JSON has.
fn parameter(name: &str, lang: Lang) -> String {
    let (zh, en) = match name {
        "coverage_limit" => ("覆盖率下限（%）", "coverage limit (%)"),
        "edge" => ("恰在分界值时", "exactly on a limit"),
        "item_over_assets" => ("一个条款有多个对象时", "an item on several objects"),
        "limits" => ("分界值（%）", "limits (%)"),
        "major_counted" => ("重大风险隐患的计数时点", "when major risks are counted"),
        "partial_credit" => ("部分符合计作", "credit for partly compliant"),
        "weights" => ("权重", "weights"),
        "letters" => ("等级分界（%）", "limits of the letters (%)"),
        "caps" => ("封顶规则", "caps"),
        other => return other.to_owned(),
    };
    format!("{} {name}", lang.pick(zh, en))
}
