//! Problems: failing checks and answers that say not or partly compliant, worst first, each with its clauses.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::checks::{CheckSet, Finding};
use crate::model::{AssetId, CheckId, Digest, Severity, Text, Verdict};
use crate::profiles::{AnswerVerdict, AspectSource, ItemRecord, Subject};

use super::waivers::WaiverUse;
use super::{ClauseRef, FindingRecord, Offender, OutcomeRecord, ProfileAssessment};

type Place = (CheckId, Digest, AssetId);

/// All problems, labelled T001 and on.
pub fn findings(
    checks: &CheckSet,
    outcomes: &[OutcomeRecord],
    profiles: &[ProfileAssessment],
    waivers: &WaiverUse,
) -> Vec<FindingRecord> {
    let clauses = clauses(profiles);
    let failing = outcomes.iter().filter(|record| record.outcome.verdict == Verdict::Fail);
    let mut found: Vec<_> = failing.filter_map(|record| from_check(checks, record, &clauses, waivers)).collect();
    found.extend(profiles.iter().flat_map(from_answers));
    found.sort_by_key(|f| (Reverse(f.severity), f.check.clone(), f.asset.clone(), f.params_digest, f.title.clone()));
    for (at, finding) in found.iter_mut().enumerate() {
        finding.label = format!("T{:03}", at + 1);
    }
    found
}

/// Which clauses a check serves on an asset.
fn clauses(profiles: &[ProfileAssessment]) -> BTreeMap<Place, Vec<ClauseRef>> {
    let mut clauses: BTreeMap<Place, Vec<ClauseRef>> = BTreeMap::new();
    for profile in profiles {
        for item in &profile.result.items {
            for (check, params, asset) in check_sources(item) {
                let refs = clauses.entry((check.clone(), params, asset.clone())).or_default();
                let clause = clause(profile, item);
                if !refs.contains(&clause) {
                    refs.push(clause);
                }
            }
        }
    }
    clauses
}

fn check_sources(item: &ItemRecord) -> impl Iterator<Item = (&CheckId, Digest, &AssetId)> {
    item.subjects.iter().flat_map(|record| {
        let asset = match &record.subject {
            Subject::Asset { asset, .. } => Some(asset),
            Subject::Objects { .. } | Subject::Platform { .. } => None,
        };
        record.aspects.iter().flat_map(|aspect| &aspect.sources).filter_map(move |source| match source {
            AspectSource::Check { check, params_digest, .. } => Some((check, *params_digest, asset?)),
            AspectSource::Answer { .. } => None,
        })
    })
}

fn clause(profile: &ProfileAssessment, item: &ItemRecord) -> ClauseRef {
    ClauseRef {
        profile: profile.result.profile.clone(),
        standard: profile.result.standard.id.clone(),
        item: item.item.clone(),
    }
}

fn from_check(
    checks: &CheckSet,
    record: &OutcomeRecord,
    clauses: &BTreeMap<Place, Vec<ClauseRef>>,
    waivers: &WaiverUse,
) -> Option<FindingRecord> {
    let outcome = &record.outcome;
    let check = checks.get(&outcome.check)?;
    let place = (outcome.check.clone(), outcome.params_digest, outcome.asset.clone());
    let failing: Vec<_> = outcome.findings.iter().filter(|finding| finding.verdict == Verdict::Fail).collect();
    let mut covering: Vec<_> = failing.iter().flat_map(|f| waivers.covering(&f.id)).cloned().collect();
    covering.sort();
    covering.dedup();
    Some(FindingRecord {
        label: String::new(),
        severity: outcome.severity,
        title: check.title.clone(),
        asset: Some(outcome.asset.clone()),
        check: Some(outcome.check.clone()),
        params_digest: Some(outcome.params_digest),
        answer: None,
        clauses: clauses.get(&place).cloned().unwrap_or_default(),
        offenders: failing.into_iter().map(|finding| offender(finding, waivers)).collect(),
        why: check.why.clone(),
        remedy: Text { zh: check.remedy.zh.clone(), en: check.remedy.en.clone() },
        caution: check.remedy.caution.clone(),
        evidence: record.evidence.clone(),
        waivers: covering,
    })
}

fn offender(finding: &Finding, waivers: &WaiverUse) -> Offender {
    Offender {
        id: finding.id.clone(),
        key: finding.key.clone(),
        observed: finding.message.clone(),
        expected: finding.expected.clone(),
        waived: waivers.covering(&finding.id).next().is_some(),
    }
}

/// One problem an item and subject whose answer says that it is not, or only partly, met.
fn from_answers(profile: &ProfileAssessment) -> Vec<FindingRecord> {
    let mut found = Vec::new();
    for item in &profile.result.items {
        for subject in &item.subjects {
            let asset = match &subject.subject {
                Subject::Asset { asset, .. } => Some(asset.clone()),
                Subject::Objects { .. } | Subject::Platform { .. } => None,
            };
            for aspect in &subject.aspects {
                let worst = aspect.sources.iter().filter_map(bad_answer).min();
                if let Some((result, by)) = worst {
                    found.push(from_answer(profile, item, asset.clone(), &aspect.aspect, result, by));
                }
            }
        }
    }
    found
}

fn bad_answer(source: &AspectSource) -> Option<(AnswerVerdict, &str)> {
    match source {
        AspectSource::Answer { result, answered_by, .. }
            if matches!(result, AnswerVerdict::NonCompliant | AnswerVerdict::Partial) =>
        {
            Some((*result, answered_by))
        }
        _ => None,
    }
}

fn from_answer(
    profile: &ProfileAssessment,
    item: &ItemRecord,
    asset: Option<AssetId>,
    aspect: &str,
    result: AnswerVerdict,
    by: &str,
) -> FindingRecord {
    let said = match result {
        AnswerVerdict::Partial => {
            Text::new(format!("{by} 答复：部分符合（{aspect}）"), format!("{by} answered: partly compliant ({aspect})"))
        }
        _ => Text::new(format!("{by} 答复：不符合（{aspect}）"), format!("{by} answered: not compliant ({aspect})")),
    };
    let place = asset.as_ref().map_or("", |asset| asset.as_str());
    let identity = format!("answer\n{}\n{}\n{aspect}\n{place}", profile.result.profile, item.item);
    FindingRecord {
        label: String::new(),
        severity: severity_of(item.weight),
        title: item.title.clone(),
        asset,
        check: None,
        params_digest: None,
        answer: Some(result),
        clauses: vec![clause(profile, item)],
        offenders: vec![Offender {
            id: Digest::of(identity.as_bytes()).hex()[..16].to_owned(),
            key: None,
            observed: said,
            expected: item.title.clone(),
            waived: false,
        }],
        why: Text::new("人工评估认为该条款的要求尚未满足。", "A person found that this item is not met."),
        remedy: Text::new(
            format!("落实条款 {} 的要求并复核。", item.item),
            format!("Meet item {} and have it reviewed.", item.item),
        ),
        caution: None,
        evidence: Vec::new(),
        waivers: Vec::new(),
    }
}

/// A person's finding has no severity of its own: it takes the weight of its item.
fn severity_of(weight: u8) -> Severity {
    match weight {
        3 => Severity::High,
        2 => Severity::Medium,
        _ => Severity::Low,
    }
}
