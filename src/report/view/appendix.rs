//! Appendices: collection, item records, outcomes, evidence, versions, terms, and how to derive it all again.

use serde::Serialize;

use crate::assess::Assessment;
use crate::model::{ItemStatus, Lang};
use crate::profiles::{AnswerVerdict, AspectRecord, AspectSource, ItemRecord, Strength, SubjectRecord};

use super::KeyValue;
use super::issues::subject_name;
use super::scope::{because_text, status_counts};
use super::words::{item_result, or_dash, said, short_list, tone_of_item, tone_of_verdict};

#[derive(Debug, Serialize)]
pub struct Collection {
    pub asset: String,
    pub root: String,
    pub counts: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct Records {
    pub title: String,
    pub rows: Vec<RecordRow>,
}

#[derive(Debug, Serialize)]
pub struct RecordRow {
    pub item: String,
    pub title: String,
    pub asset: String,
    pub result: String,
    pub badge: &'static str,
    pub sources: String,
}

#[derive(Debug, Serialize)]
pub struct OutcomeRow {
    pub check: String,
    pub asset: String,
    pub verdict: String,
    pub badge: &'static str,
    pub severity: String,
    pub evidence: String,
}

#[derive(Debug, Serialize)]
pub struct EvidenceRow {
    pub number: String,
    pub asset: String,
    pub item: String,
    pub status: String,
    pub size: String,
    pub sha256: String,
}

#[derive(Debug, Serialize)]
pub struct Rederive {
    pub text: String,
    pub commands: String,
}

pub fn statuses(lang: Lang) -> Vec<String> {
    ItemStatus::ALL.iter().map(|status| said(&status.title(), lang)).collect()
}

pub fn collection(assessment: &Assessment) -> Vec<Collection> {
    assessment
        .assets
        .iter()
        .map(|asset| Collection {
            asset: asset.id.to_string(),
            root: asset.part.as_ref().map_or_else(|| "—".to_owned(), |part| part.root.short()),
            counts: status_counts(asset),
        })
        .collect()
}

pub fn records(assessment: &Assessment, lang: Lang) -> Vec<Records> {
    assessment
        .profiles
        .iter()
        .map(|profile| Records {
            title: said(&profile.title, lang),
            rows: profile.result.items.iter().flat_map(|item| item_rows(item, lang)).collect(),
        })
        .collect()
}

/// One row a subject; the id and title only once an item, so that the eye finds the next one.
fn item_rows(item: &ItemRecord, lang: Lang) -> Vec<RecordRow> {
    if item.subjects.is_empty() {
        return vec![RecordRow {
            item: item.item.to_string(),
            title: said(&item.title, lang),
            asset: "—".to_owned(),
            result: item_result(item.result, item.pending, lang),
            badge: tone_of_item(item.result),
            sources: "—".to_owned(),
        }];
    }
    item.subjects
        .iter()
        .enumerate()
        .map(|(at, subject)| RecordRow {
            item: if at == 0 { item.item.to_string() } else { String::new() },
            title: if at == 0 { said(&item.title, lang) } else { String::new() },
            asset: subject_name(&subject.subject, lang),
            result: item_result(subject.result, subject.pending, lang),
            badge: tone_of_item(subject.result),
            sources: subject_sources(subject, lang),
        })
        .collect()
}

fn subject_sources(subject: &SubjectRecord, lang: Lang) -> String {
    let mut texts: Vec<_> = subject.because.iter().map(|because| because_text(because, lang)).collect();
    texts.extend(subject.aspects.iter().map(|aspect| aspect_text(aspect, lang)));
    or_dash(Some(&texts.join(lang.pick("；", "; "))))
}

fn aspect_text(aspect: &AspectRecord, lang: Lang) -> String {
    let sources: Vec<_> = aspect.sources.iter().map(|source| source_text(source, lang)).collect();
    let essential = if aspect.essential { "*" } else { "" };
    let result = said(&aspect.result.title(), lang);
    if sources.is_empty() {
        return format!("{}{essential} {result}", aspect.aspect);
    }
    format!("{}{essential} {result}（{}）", aspect.aspect, short_list(sources, lang))
}

fn source_text(source: &AspectSource, lang: Lang) -> String {
    match source {
        AspectSource::Check { check, revision, verdict, strength, .. } => {
            format!("{check}@{revision} {} {}", said(&verdict.title(), lang), strength_word(*strength, lang))
        }
        AspectSource::Answer { result, answered_by, reviewed_by, .. } => {
            let reviewer = reviewed_by.as_deref().unwrap_or(lang.pick("未复核", "not reviewed"));
            format!("{} {} {answered_by}/{reviewer}", lang.pick("答复", "answer"), answer_word(*result, lang))
        }
    }
}

fn strength_word(strength: Strength, lang: Lang) -> &'static str {
    match strength {
        Strength::Full => lang.pick("完整", "full"),
        Strength::Partial => lang.pick("部分", "partial"),
        Strength::Signal => lang.pick("信号", "signal"),
    }
}

fn answer_word(result: AnswerVerdict, lang: Lang) -> &'static str {
    match result {
        AnswerVerdict::Compliant => lang.pick("符合", "compliant"),
        AnswerVerdict::Partial => lang.pick("部分符合", "partly"),
        AnswerVerdict::NonCompliant => lang.pick("不符合", "not compliant"),
        AnswerVerdict::NotApplicable => lang.pick("不适用", "not applicable"),
    }
}

pub fn outcomes(assessment: &Assessment, lang: Lang) -> Vec<OutcomeRow> {
    assessment
        .outcomes
        .iter()
        .map(|record| OutcomeRow {
            check: format!("{} {}@{}", said(&record.title, lang), record.outcome.check, record.outcome.revision),
            asset: record.outcome.asset.to_string(),
            verdict: said(&record.outcome.verdict.title(), lang),
            badge: tone_of_verdict(&record.outcome.verdict),
            severity: said(&record.outcome.severity.title(), lang),
            evidence: or_dash(Some(&short_list(record.evidence.clone(), lang))),
        })
        .collect()
}

pub fn evidence(assessment: &Assessment, lang: Lang) -> Vec<EvidenceRow> {
    assessment
        .evidence
        .iter()
        .map(|record| EvidenceRow {
            number: record.number.clone(),
            asset: record.asset.to_string(),
            item: record.item.clone(),
            status: said(&record.status.title(), lang),
            size: record.size.to_string(),
            sha256: record.sha256.map_or_else(|| "—".to_owned(), |digest| digest.hex()),
        })
        .collect()
}

pub fn versions(assessment: &Assessment, fonts: &[(String, String)], lang: Lang) -> Vec<KeyValue> {
    let t = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
    let mut rows = vec![
        KeyValue::new(t("评估工具", "Tool"), &assessment.engine),
        KeyValue::new(t("规则集", "Catalogue"), assessment.catalogue.digest.hex()),
        KeyValue::new(t("证据根", "Evidence root"), assessment.bundle.evidence_root.hex()),
    ];
    rows.extend(assessment.inputs.iter().map(|(name, digest)| KeyValue::new(input_name(name, lang), digest.hex())));
    rows.extend(
        assessment
            .profiles
            .iter()
            .map(|p| KeyValue::new(format!("{}@{}", p.result.profile, p.result.revision), p.result.digest.hex())),
    );
    rows.extend(fonts.iter().map(|(name, digest)| KeyValue::new(format!("{} {name}", t("字体", "Font")), digest)));
    rows
}

fn input_name(name: &str, lang: Lang) -> String {
    match name {
        "inventory" => lang.pick("清单", "Inventory").to_owned(),
        "inherited.json" => lang.pick("继承的结果", "Inherited results").to_owned(),
        "profiles.json" => lang.pick("指定的评估依据", "Profiles that were asked for").to_owned(),
        "roots" => lang.pick("信任根证书", "Trust roots").to_owned(),
        other => other.to_owned(),
    }
}

pub fn terms(lang: Lang) -> Vec<KeyValue> {
    let terms = [
        (
            ("未判定", "undecided"),
            ("证据或答复不足以判定；不计为符合", "evidence or answers do not suffice; never counts as compliant"),
        ),
        (
            ("待补证", "evidence pending"),
            ("部分符合，且仍有步骤未判定", "partly compliant while a step is still undecided"),
        ),
        (("覆盖率", "coverage"), ("已判定的条款占适用条款的比例", "decided items among applicable ones")),
        (
            ("下限 / 上限", "floor / ceiling"),
            ("未判定全部按不符合 / 符合计的比率", "the rate with everything undecided counted against / for"),
        ),
        (
            ("候选", "candidate"),
            (
                "由检查提出、尚未经两名人员裁定的高风险情形",
                "a high-risk situation raised by a check and not yet adjudicated by two people",
            ),
        ),
        (
            ("继承", "inherited"),
            ("结果取自平台已封存的评估或报告", "taken from the platform's sealed assessment or report"),
        ),
        (
            ("完整 / 部分 / 信号", "full / partial / signal"),
            ("检查对评估步骤的证明力", "how much a passing check settles of a step"),
        ),
        (("*", "*"), ("必备步骤：不满足则条款不符合", "essential step: if not met, the item is not compliant")),
    ];
    terms
        .iter()
        .map(|((zh, en), (zh_text, en_text))| KeyValue::new(lang.pick(zh, en), lang.pick(zh_text, en_text)))
        .collect()
}

pub fn rederive(assessment: &Assessment, lang: Lang) -> Rederive {
    let root = assessment.bundle.evidence_root.hex();
    Rederive {
        text: match lang {
            Lang::Zh => format!(
                "用同一版本的工具（{}）对证据包执行下列命令：先核验封存，再由原始证据重算全部结果，最后重新生成报告。证据根应为 {root}；同一版本重新生成的报告逐字节相同。",
                assessment.engine
            ),
            Lang::En => format!(
                "Run these commands on the bundle with the same version of the tool ({}): verify the seals, recompute every result from raw evidence, write the report again. The evidence root is {root}; the same version writes the same bytes.",
                assessment.engine
            ),
        },
        commands: format!(
            "jixian verify bundle\njixian replay bundle\njixian report bundle --subsite {} --lang {lang} --out again",
            assessment.subsite.id
        ),
    }
}
