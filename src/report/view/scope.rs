//! Overview, objects, measures and methods.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::assess::{Assessment, AssetInfo};
use crate::evidence::PartState;
use crate::model::{ItemStatus, Lang, ObjectKind};
use crate::profiles::{AspectSource, Because, ItemRecord, ItemVerdict, PlanNoteCode, Responsibility};

use super::KeyValue;
use super::words::{list, moment, or_dash, said};

#[derive(Debug, Serialize)]
pub struct Overview {
    pub purpose: String,
    pub standards: Vec<StandardRow>,
    pub process: String,
    pub scope: String,
    pub authorisation: Vec<KeyValue>,
    pub excluded: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct StandardRow {
    pub id: String,
    pub title: String,
    pub note: String,
}

#[derive(Debug, Serialize)]
pub struct Objects {
    pub system: Vec<KeyValue>,
    pub assets: Vec<AssetRow>,
    pub population: Vec<PopulationRow>,
    pub undeclared: String,
    pub responsibility: String,
}

#[derive(Debug, Serialize)]
pub struct AssetRow {
    pub id: String,
    pub kind: String,
    pub access: String,
    pub state: String,
    pub badge: &'static str,
    pub remark: String,
}

#[derive(Debug, Serialize)]
pub struct PopulationRow {
    pub kind: String,
    pub total: String,
    pub selected: String,
    pub method: String,
    pub reason: String,
}

#[derive(Debug, Serialize)]
pub struct MethodView {
    pub text: String,
    pub profiles: Vec<MethodRow>,
    pub not_applicable: Vec<NotApplicableRow>,
}

#[derive(Debug, Serialize)]
pub struct MethodRow {
    pub profile: String,
    pub items: u64,
    pub automatic: usize,
    pub questions: usize,
    pub not_applicable: u64,
    pub inherited: u64,
}

#[derive(Debug, Serialize)]
pub struct NotApplicableRow {
    pub item: String,
    pub title: String,
    pub reason: String,
}

pub fn overview(assessment: &Assessment, lang: Lang) -> Overview {
    Overview {
        purpose: purpose(assessment, lang),
        standards: standards(assessment, lang),
        process: lang
            .pick(
                "评估分为采集、封存、提取事实、自动检查、人工答复与裁定、分级六步。采集只读，不在目标上写入文件，不发起口令猜测、漏洞利用或拒绝服务探测。封存之后的各步不再接触任何资产，只由封存的证据、规则与人工判断推导得出。",
                "The assessment has six steps: collect, seal, derive facts, run checks, take answers and adjudications, grade. Collection only reads: it writes nothing on a target and neither guesses passwords nor exploits nor overloads anything. After sealing no asset is contacted again; everything follows from the sealed evidence, the rules and the recorded judgements.",
            )
            .to_owned(),
        scope: vantage(assessment, lang),
        authorisation: authorisation(assessment, lang),
        excluded: excluded(lang),
    }
}

fn purpose(assessment: &Assessment, lang: Lang) -> String {
    let name = &assessment.subsite.name;
    match lang {
        Lang::Zh => format!(
            "依据下列标准，对“{name}”及其所依托的系统进行安全基线自评估，查明现状与要求的差距，为整改和发布决策提供依据。"
        ),
        Lang::En => format!(
            "To assess the security baseline of “{name}” and of the system it runs on against the standards below, to show what is missing, and to give remediation and release decisions their grounds."
        ),
    }
}

fn standards(assessment: &Assessment, lang: Lang) -> Vec<StandardRow> {
    assessment
        .profiles
        .iter()
        .map(|profile| {
            let standard = &profile.result.standard;
            StandardRow {
                id: standard.id.clone(),
                title: said(&profile.title, lang),
                note: said(&standard.source_note, lang),
            }
        })
        .collect()
}

fn vantage(assessment: &Assessment, lang: Lang) -> String {
    let seen: BTreeSet<_> =
        assessment.assets.iter().filter_map(|a| a.vantage.as_ref()).map(|v| said(v, lang)).collect();
    let vantage = if seen.is_empty() { lang.pick("未声明", "not declared").to_owned() } else { list(seen, lang) };
    let exposure = said(&assessment.subsite.exposure, lang);
    let hosts = or_dash(Some(&list(&assessment.subsite.hosts, lang)));
    match lang {
        Lang::Zh => format!(
            "分站点域名：{hosts}；声明的暴露面：{exposure}；网络扫描的观测位置：{vantage}。从其他位置观测，结果可能不同。"
        ),
        Lang::En => format!(
            "Names of the subsite: {hosts}; declared exposure: {exposure}; vantage of network scans: {vantage}. From elsewhere the result may differ."
        ),
    }
}

fn authorisation(assessment: &Assessment, lang: Lang) -> Vec<KeyValue> {
    let t = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
    let Some(a) = &assessment.authorisation else {
        return vec![KeyValue::new(
            t("授权", "Authorisation"),
            t(
                "清单未附授权书：除本机外未接触任何目标",
                "none in the inventory: nothing but this machine was contacted",
            ),
        )];
    };
    let zone = assessment.timezone;
    vec![
        KeyValue::new(t("授权文件", "Document"), format!("{}（SHA-256 {}）", a.document, a.sha256.hex())),
        KeyValue::new(t("授权范围", "Scope"), list(&a.scope, lang)),
        KeyValue::new(t("授权期间", "Window"), format!("{} — {}", moment(&a.from, zone), moment(&a.to, zone))),
        KeyValue::new(t("被授权人", "Authorised person"), &a.person),
        KeyValue::new(t("托管方同意", "Consent of the host"), or_dash(a.hosting_consent.as_deref())),
    ]
}

fn excluded(lang: Lang) -> Vec<String> {
    let all = [
        (
            "渗透测试、漏洞利用、口令猜测与拒绝服务测试",
            "Penetration tests, exploitation, password guessing and denial-of-service tests",
        ),
        ("源代码审计与业务逻辑测试", "Source code audits and tests of business logic"),
        ("商用密码应用安全性评估", "The official assessment of commercial cryptography"),
        ("清单以外的系统、网络与人员", "Systems, networks and people that the inventory does not name"),
    ];
    all.iter().map(|(zh, en)| lang.pick(zh, en).to_owned()).collect()
}

pub fn objects(assessment: &Assessment, lang: Lang) -> Objects {
    Objects {
        system: system(assessment, lang),
        assets: assessment.assets.iter().map(|asset| asset_row(asset, lang)).collect(),
        population: population(assessment, lang),
        undeclared: undeclared(assessment, lang),
        responsibility: responsibility(assessment, lang),
    }
}

fn system(assessment: &Assessment, lang: Lang) -> Vec<KeyValue> {
    let t = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
    let system = &assessment.system;
    let extensions: Vec<_> = system.extensions.iter().map(|e| said(e, lang)).collect();
    let platform = system.platform.as_ref().map(ToString::to_string);
    vec![
        KeyValue::new(t("定级对象", "Graded system"), format!("{}（{}）", system.name, system.id)),
        KeyValue::new(t("备案编号", "Filing number"), or_dash(system.filing_number.as_deref())),
        KeyValue::new(t("等级", "Level"), super::front::graded(assessment, lang)),
        KeyValue::new(
            t("扩展要求", "Extensions"),
            if extensions.is_empty() { t("无", "none") } else { list(extensions, lang) },
        ),
        KeyValue::new(t("关键信息基础设施", "Critical infrastructure"), said(&system.cii, lang)),
        KeyValue::new(t("依托平台", "Runs on"), or_dash(platform.as_deref())),
        KeyValue::new(t("网络拓扑图", "Topology picture"), t("未提供", "none was given")),
    ]
}

fn asset_row(asset: &AssetInfo, lang: Lang) -> AssetRow {
    let t = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
    let (state, badge) = match asset.part.as_ref().map(|part| part.state) {
        Some(PartState::Complete) => (t("完整", "complete"), "ok"),
        Some(PartState::Incomplete) => (t("不完整", "incomplete"), "part"),
        None => (t("无", "none"), "na"),
    };
    let mut remarks: Vec<String> = asset.name.iter().cloned().collect();
    if let Some(reason) = &asset.declared_unknown {
        remarks.push(match lang {
            Lang::Zh => format!("声明情况不明：{reason}；该对象的条款均为未判定"),
            Lang::En => format!("declared unknown: {reason}; its items are undecided"),
        });
    }
    if let Some(reason) = &asset.not_looked_at {
        remarks.push(format!("{}{}", lang.pick("未采集到证据：", "nothing was read: "), reason.describe(lang)));
    }
    AssetRow {
        id: asset.id.to_string(),
        kind: said(&asset.kind.title(), lang),
        access: access(&asset.access, lang),
        state,
        badge,
        remark: remarks.join(lang.pick("；", "; ")),
    }
}

fn access(via: &str, lang: Lang) -> String {
    let (zh, en) = match via {
        "local" => ("本机采集", "this machine"),
        "file" => ("文件", "file"),
        "endpoint" => ("网络连接", "connection"),
        "recorded" => ("已封存的记录", "recorded part"),
        "manual" => ("人工答复", "answers"),
        "unknown" => ("情况不明", "unknown"),
        other => return other.to_owned(),
    };
    lang.pick(zh, en).to_owned()
}

fn population(assessment: &Assessment, lang: Lang) -> Vec<PopulationRow> {
    assessment
        .population
        .iter()
        .map(|row| PopulationRow {
            kind: said(&row.objects.title(), lang),
            total: row.total.to_string(),
            selected: or_dash(Some(&list(row.selected.iter().map(|id| id.as_str()), lang))),
            method: or_dash(row.method.as_deref()),
            reason: or_dash(row.reason.as_deref()),
        })
        .collect()
}

fn undeclared(assessment: &Assessment, lang: Lang) -> String {
    let declared: BTreeSet<ObjectKind> = assessment.population.iter().map(|row| row.objects).collect();
    let missing = ObjectKind::ALL.iter().filter(|kind| **kind != ObjectKind::Management && !declared.contains(kind));
    let missing: Vec<_> = missing.map(|kind| said(&kind.title(), lang)).collect();
    if missing.is_empty() {
        return lang.pick("各类对象的总体均已声明。", "The population of every kind of object is declared.").to_owned();
    }
    match lang {
        Lang::Zh => format!("未声明总体的对象类型：{}。涉及它们的条款记为未判定。", list(missing, lang)),
        Lang::En => format!("Populations not declared: {}. Items that cover them are undecided.", list(missing, lang)),
    }
}

fn responsibility(assessment: &Assessment, lang: Lang) -> String {
    let count = |wanted: Responsibility| items(assessment).filter(|item| item.responsibility == wanted).count();
    let (platform, subsite, shared) =
        (count(Responsibility::Platform), count(Responsibility::Subsite), count(Responsibility::Shared));
    match lang {
        Lang::Zh => format!(
            "条款按责任归属分为：平台 {platform} 个、分站点 {subsite} 个、共担 {shared} 个。平台的结果由其已封存的评估或报告继承，并单独计数。"
        ),
        Lang::En => format!(
            "Items by responsibility: platform {platform}, subsite {subsite}, shared {shared}. The platform's results are inherited from its sealed assessment or report and counted apart."
        ),
    }
}

fn items(assessment: &Assessment) -> impl Iterator<Item = &ItemRecord> {
    assessment.profiles.iter().flat_map(|profile| &profile.result.items)
}

pub fn method(assessment: &Assessment, lang: Lang) -> MethodView {
    MethodView {
        text: lang
            .pick(
                "每个条款拆为若干评估步骤，步骤由自动检查或人工答复判定。检查对步骤的证明力分为完整、部分和信号三级：只有完整级的通过才算满足，信号级只能证明不满足。结果取各来源中较差者。",
                "Each item is made up of steps; checks or answers decide a step. A check settles a step fully, partly, or only signals a failure: only a full pass satisfies a step, and a signal can only show that it is not met. The worst source decides.",
            )
            .to_owned(),
        profiles: assessment.profiles.iter().map(|p| method_row(p, lang)).collect(),
        not_applicable: not_applicable(assessment, lang),
    }
}

fn method_row(profile: &crate::assess::ProfileAssessment, lang: Lang) -> MethodRow {
    let automatic = profile.result.items.iter().filter(|item| has_checks(item)).count();
    MethodRow {
        profile: said(&profile.title, lang),
        items: profile.result.by_item.total,
        automatic,
        questions: profile.result.items.len() - automatic,
        not_applicable: profile.result.by_item.not_applicable,
        inherited: profile.result.by_item.inherited,
    }
}

fn has_checks(item: &ItemRecord) -> bool {
    let mut sources = item.subjects.iter().flat_map(|subject| &subject.aspects).flat_map(|aspect| &aspect.sources);
    sources.any(|source| matches!(source, AspectSource::Check { .. }))
}

fn not_applicable(assessment: &Assessment, lang: Lang) -> Vec<NotApplicableRow> {
    items(assessment)
        .filter(|item| item.result == ItemVerdict::NotApplicable)
        .map(|item| NotApplicableRow {
            item: item.item.to_string(),
            title: said(&item.title, lang),
            reason: why_not_applicable(item, lang),
        })
        .collect()
}

fn why_not_applicable(item: &ItemRecord, lang: Lang) -> String {
    let mut reasons = BTreeSet::new();
    for subject in &item.subjects {
        if let Some(because) = &subject.because {
            reasons.insert(because_text(because, lang));
        }
        for source in subject.aspects.iter().flat_map(|aspect| &aspect.sources) {
            match source {
                AspectSource::Answer { answered_by, reviewed_by, .. } => {
                    reasons.insert(answered(answered_by, reviewed_by.as_deref(), lang));
                }
                AspectSource::Check { check, .. } => {
                    reasons.insert(format!("{check}: {}", lang.pick("不适用", "not applicable")));
                }
            }
        }
    }
    list(reasons, lang)
}

fn answered(by: &str, reviewer: Option<&str>, lang: Lang) -> String {
    match (lang, reviewer) {
        (Lang::Zh, Some(reviewer)) => format!("人工答复（{by}，复核 {reviewer}）"),
        (Lang::Zh, None) => format!("人工答复（{by}，未复核）"),
        (Lang::En, Some(reviewer)) => format!("answered by {by}, reviewed by {reviewer}"),
        (Lang::En, None) => format!("answered by {by}, not reviewed"),
    }
}

/// Why a subject as a whole has its result.
pub fn because_text(because: &Because, lang: Lang) -> String {
    match because {
        Because::FactsSay { expression } => {
            let expression = expression.split_whitespace().collect::<Vec<_>>().join(" ");
            format!("{} {expression}", lang.pick("事实满足", "the facts satisfy"))
        }
        Because::NoneExist { reason, reviewed_by } => match lang {
            Lang::Zh => format!("总体为 0：{}（复核 {reviewed_by}）", reason.get(lang)),
            Lang::En => format!("there are none: {} (reviewed by {reviewed_by})", reason.get(lang)),
        },
        Because::Inherited { from, reference } => {
            let reference = if reference == "run" { lang.pick("本次评估", "this run") } else { reference };
            match lang {
                Lang::Zh => format!("继承自 {from}（{reference}）"),
                Lang::En => format!("inherited from {from} ({reference})"),
            }
        }
        Because::Open { reason } => reason.describe(lang),
    }
}

/// Notes of the plan that a reader must know.
pub fn plan_notes(assessment: &Assessment, lang: Lang) -> Vec<String> {
    let mut notes: BTreeSet<_> = BTreeSet::new();
    for profile in &assessment.profiles {
        for note in profile.result.notes.iter().filter(|note| note.code != PlanNoteCode::PopulationUndeclared) {
            notes.insert(note.describe(lang));
        }
    }
    notes.into_iter().collect()
}

/// How many items of a part ended in each status, in the order of [`ItemStatus::ALL`].
pub fn status_counts(asset: &AssetInfo) -> Vec<String> {
    let items = asset.part.as_ref().map(|part| &part.items);
    ItemStatus::ALL
        .iter()
        .map(|status| items.and_then(|items| items.get(status)).copied().unwrap_or(0).to_string())
        .collect()
}
