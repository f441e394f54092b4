//! Cover, basic information, statement, conclusion and summary.

use serde::Serialize;

use crate::assess::Assessment;
use crate::evidence::PartState;
use crate::grade::Letter;
use crate::model::{Lang, Severity};
use crate::profiles::Counts;

use super::KeyValue;
use super::words::{compact_day, list, moment, or_dash, percent, range, said, tone_of_severity, tone_of_word};

#[derive(Debug, Serialize)]
pub struct Header {
    pub left: String,
    pub right: String,
    /// 草稿 while answers have no reviewer.
    pub watermark: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct Cover {
    pub title: String,
    pub subsite: String,
    pub kind: String,
    pub organisation: String,
    pub letter: String,
    pub badge: &'static str,
    pub coverage: String,
    pub conclusions: Vec<String>,
    pub number: String,
    pub date: String,
    pub bundle: String,
}

#[derive(Debug, Serialize)]
pub struct Conclusion {
    pub profile: String,
    pub word: String,
    pub badge: &'static str,
    pub rate: String,
    pub floor: String,
    pub ceiling: String,
    pub coverage: String,
    pub basis: String,
}

#[derive(Debug, Serialize)]
pub struct Worst {
    pub label: String,
    pub severity: String,
    pub badge: &'static str,
    pub title: String,
    pub asset: String,
}

pub fn title(lang: Lang) -> &'static str {
    lang.pick("分站点安全基线评估报告（自评）", "Security baseline assessment (self-assessment)")
}

/// Our own number: never in the pattern of a certified body's report.
pub fn number(assessment: &Assessment) -> String {
    let date = compact_day(&assessment.as_of, assessment.timezone);
    let root = assessment.bundle.evidence_root.short();
    format!("JX-{}-{date}-{}", assessment.subsite.id.as_str().to_uppercase(), root[..8].to_uppercase())
}

pub fn header(assessment: &Assessment, lang: Lang) -> Header {
    Header {
        left: format!("{} · {}", assessment.subsite.name, title(lang)),
        right: number(assessment),
        watermark: assessment.draft.then(|| lang.pick("草稿", "DRAFT").to_owned()),
    }
}

pub fn cover(assessment: &Assessment, lang: Lang) -> Cover {
    let baseline = &assessment.baseline;
    let letter = baseline.letter.map_or_else(|| said(&Letter::none_title(), lang), |l| l.as_str().to_owned());
    let coverage = percent(baseline.coverage);
    let mut conclusions: Vec<_> = assessment
        .profiles
        .iter()
        .map(|p| {
            let coverage = percent(p.grade.by_item.coverage);
            let covered = lang.pick("覆盖率", "coverage");
            format!("{}　{}　{covered} {coverage}", said(&p.title, lang), p.grade.line(lang))
        })
        .collect();
    if assessment.draft {
        conclusions.push(lang.pick("草稿：部分答复未经复核", "DRAFT: some answers have not been reviewed").to_owned());
    }
    if assessment.bundle.state == PartState::Incomplete {
        conclusions
            .push(lang.pick("证据不完整：采集曾中断", "Evidence incomplete: the collection was cut off").to_owned());
    }
    Cover {
        title: title(lang).to_owned(),
        subsite: assessment.subsite.name.clone(),
        kind: format!("{} · {}", said(&assessment.subsite.kind, lang), said(&assessment.subsite.level, lang)),
        organisation: assessment.subsite.organisation.clone(),
        letter,
        badge: baseline.letter.map_or("unknown", tone_of_letter),
        coverage: match lang {
            Lang::Zh => format!("自动检查基线等级　已判定 {coverage}"),
            Lang::En => format!("baseline letter of automated checks; {coverage} decided"),
        },
        conclusions,
        number: number(assessment),
        date: moment(&assessment.as_of, assessment.timezone),
        bundle: assessment.bundle.evidence_root.hex(),
    }
}

fn tone_of_letter(letter: Letter) -> &'static str {
    match letter {
        Letter::A | Letter::B => "ok",
        Letter::C => "part",
        Letter::D | Letter::E => "bad",
    }
}

pub fn basics(assessment: &Assessment, lang: Lang) -> Vec<KeyValue> {
    let t = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
    let system = &assessment.system;
    vec![
        KeyValue::new(t("分站点名称", "Subsite"), &assessment.subsite.name),
        KeyValue::new(t("分站点类型", "Kind"), said(&assessment.subsite.kind, lang)),
        KeyValue::new(t("被评估单位", "Assessed organisation"), &assessment.subsite.organisation),
        KeyValue::new(t("行政区划代码", "Division code"), or_dash(assessment.subsite.division.as_deref())),
        KeyValue::new(t("所属定级对象", "Graded system"), &system.name),
        KeyValue::new(t("备案编号", "Filing number"), or_dash(system.filing_number.as_deref())),
        KeyValue::new(t("安全保护等级", "Protection level"), graded(assessment, lang)),
        KeyValue::new(t("运营者", "Operator"), &system.operator),
        KeyValue::new(t("评估时点", "Assessed as of"), moment(&assessment.as_of, assessment.timezone)),
        KeyValue::new(t("操作人", "Run by"), or_dash(assessment.operator.as_deref())),
        KeyValue::new(t("评估工具", "Tool"), &assessment.engine),
        KeyValue::new(t("报告编号", "Report number"), number(assessment)),
        KeyValue::new(
            t("证据留存至", "Evidence kept until"),
            t("____________（由被评估单位填写）", "____________ (for the assessed organisation to fill in)"),
        ),
    ]
}

/// `第三级（S3A3）`.
pub fn graded(assessment: &Assessment, lang: Lang) -> String {
    let system = &assessment.system;
    let ordinal = ["一", "二", "三", "四", "五"].get(usize::from(system.level).saturating_sub(1)).unwrap_or(&"？");
    match lang {
        Lang::Zh => format!("第{ordinal}级（S{}A{}）", system.s, system.a),
        Lang::En => format!("Level {} (S{}A{})", system.level, system.s, system.a),
    }
}

pub fn statement(assessment: &Assessment, lang: Lang) -> Vec<String> {
    let date = moment(&assessment.as_of, assessment.timezone);
    match lang {
        Lang::Zh => vec![
            "本报告是被评估单位借助自动化工具与人工答复所作的安全基线自评估，不是等级测评机构出具的等级测评报告，也不替代等级测评、商用密码应用安全性评估或其他法定检测评估。".to_owned(),
            format!("结论只对评估时点（{date}）所采集的证据和所列对象有效。系统、配置或环境变化后应重新评估。"),
            "凡未读到、无权读取、超时或被截断的证据，一律记为“未判定”，不计为通过。各项比率均与覆盖率、下限（未判定全部按不符合计）和上限（未判定全部按符合计）一并列出。覆盖率不足时不下结论。".to_owned(),
            "证据在采集时即封存并逐项计算 SHA-256 摘要，口令散列、私钥等秘密在写入前已脱敏。本报告的每个判定均可依末页命令由证据包重新推导。".to_owned(),
            "条款名称与摘要为本工具自行表述，以标准正式文本为准。".to_owned(),
        ],
        Lang::En => vec![
            "This report is a self-assessment of the security baseline, made by the assessed organisation with automated tools and answers of people. It is not the report of a certified assessment body and replaces no assessment that the law demands.".to_owned(),
            format!("Its conclusions hold only for the evidence collected as of {date} and for the objects listed. Assess again after systems, configuration or environment have changed."),
            "Whatever could not be read, was denied, timed out or was truncated is recorded as undecided and never counts as a pass. Every rate stands beside its coverage, its floor (everything undecided counted against) and its ceiling (everything undecided counted for). Where coverage is too low there is no conclusion.".to_owned(),
            "Evidence was sealed as it was collected, each item with its SHA-256 digest; secrets such as password hashes and private keys were removed before anything was written. Every verdict can be derived again from the bundle with the commands on the last page.".to_owned(),
            "Titles and summaries of clauses are in this tool's own words; the text of the standard decides.".to_owned(),
        ],
    }
}

pub fn conclusions(assessment: &Assessment, lang: Lang) -> Vec<Conclusion> {
    assessment
        .profiles
        .iter()
        .map(|profile| {
            let figures = &profile.grade.by_item;
            Conclusion {
                profile: said(&profile.title, lang),
                word: profile.grade.line(lang),
                badge: tone_of_word(profile.grade.word),
                rate: percent(figures.value),
                floor: percent(figures.floor),
                ceiling: percent(figures.ceiling),
                coverage: percent(figures.coverage),
                basis: basis(profile, lang),
            }
        })
        .collect()
}

fn basis(profile: &crate::assess::ProfileAssessment, lang: Lang) -> String {
    let model = profile.grade.model.as_str();
    let by_item = range(&profile.grade.by_item, lang);
    let by_pair = range(&profile.grade.by_pair, lang);
    let notes = list(profile.grade.notes.iter().map(|note| note.describe(lang)), lang);
    let source = profile.result.standard.source_note.get(lang);
    match lang {
        Lang::Zh => format!(
            "口径（{}，模型 {model}）：按条款取最差对象：{by_item}；按条款×对象：{by_pair}。{}{source}",
            said(&profile.title, lang),
            if notes.is_empty() { String::new() } else { format!("说明：{notes}。") },
        ),
        Lang::En => format!(
            "Basis ({}, model {model}): by item, worst object: {by_item}; by item and object: {by_pair}. {}{source}",
            said(&profile.title, lang),
            if notes.is_empty() { String::new() } else { format!("Notes: {notes}. ") },
        ),
    }
}

pub fn risk_counts(assessment: &Assessment, lang: Lang) -> Vec<KeyValue> {
    let t = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
    let mut rows: Vec<_> = Severity::ALL
        .iter()
        .rev()
        .map(|severity| {
            let count = assessment.findings.iter().filter(|finding| finding.severity == *severity).count();
            let name = match lang {
                Lang::Zh => format!("{}风险问题", severity.title().zh),
                Lang::En => format!("Findings, {}", severity.title().en.to_lowercase()),
            };
            KeyValue::new(name, count.to_string())
        })
        .collect();
    rows.push(KeyValue::new(
        t("高风险情形（待确认）", "High-risk candidates, open"),
        assessment.high_risk.open().count().to_string(),
    ));
    rows.push(KeyValue::new(
        t("高风险情形（已确认）", "High risks, confirmed"),
        assessment.high_risk.confirmed().count().to_string(),
    ));
    rows.push(KeyValue::new(t("重大风险隐患", "Major risks"), assessment.high_risk.major.to_string()));
    rows
}

pub fn summary(assessment: &Assessment, lang: Lang) -> Vec<String> {
    let baseline = &assessment.baseline;
    let open: u64 = assessment.profiles.iter().map(|p| p.grade.by_item.counts.open()).sum();
    let counts = assessment.profiles.iter().map(|p| p.grade.by_item.counts).fold(Counts::default(), |sum, c| Counts {
        total: sum.total + c.total,
        compliant: sum.compliant + c.compliant,
        partial: sum.partial + c.partial,
        non_compliant: sum.non_compliant + c.non_compliant,
        not_applicable: sum.not_applicable + c.not_applicable,
        ..sum
    });
    let assets = assessment.assets.len();
    let unreached =
        assessment.assets.iter().filter(|a| a.part.as_ref().is_none_or(|p| p.state == PartState::Incomplete)).count();
    let findings = assessment.findings.len();
    match lang {
        Lang::Zh => vec![
            format!(
                "本次评估覆盖 {assets} 个资产（其中 {unreached} 个没有完整的机器证据），计划自动检查 {} 项，通过 {}、不通过 {}、不适用 {}、未判定 {}。",
                baseline.planned, baseline.passed, baseline.failed, baseline.not_applicable, baseline.unknown
            ),
            format!(
                "各评估依据合计 {} 个条款：符合 {}、部分符合 {}、不符合 {}、不适用 {}，尚有 {open} 个未判定或待补证。",
                counts.total, counts.compliant, counts.partial, counts.non_compliant, counts.not_applicable
            ),
            format!(
                "共发现 {findings} 个问题。下表列出最需先处理的问题，全部问题见“问题清单”，尚需补充的证据见“未判定与继承”。"
            ),
        ],
        Lang::En => vec![
            format!(
                "{assets} assets were in scope ({unreached} of them without complete machine evidence). Of {} planned automated checks {} passed, {} failed, {} did not apply and {} were not decided.",
                baseline.planned, baseline.passed, baseline.failed, baseline.not_applicable, baseline.unknown
            ),
            format!(
                "All profiles together have {} items: {} compliant, {} partly, {} not compliant, {} not applicable; {open} are undecided or wait for evidence.",
                counts.total, counts.compliant, counts.partial, counts.non_compliant, counts.not_applicable
            ),
            format!(
                "There are {findings} findings. The table lists what to deal with first; all are in the chapter Findings, and what is still needed is in Undecided and inherited."
            ),
        ],
    }
}

pub fn worst(assessment: &Assessment, lang: Lang) -> Vec<Worst> {
    assessment
        .findings
        .iter()
        .take(5)
        .map(|finding| Worst {
            label: finding.label.clone(),
            severity: said(&finding.severity.title(), lang),
            badge: tone_of_severity(finding.severity),
            title: said(&finding.title, lang),
            asset: finding
                .asset
                .as_ref()
                .map_or_else(|| lang.pick("整体", "as a whole").to_owned(), ToString::to_string),
        })
        .collect()
}
