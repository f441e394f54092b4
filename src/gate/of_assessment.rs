//! What a gate is told, read off an assessment.

use std::collections::BTreeMap;

use crate::{
    assess::{Assessment, FindingRecord, OutcomeRecord},
    model::Verdict,
    yaml::{Date, TimeZone},
};

use super::{CatalogueOf, Counts, Failing, GateFinding, GateInput, GateProfile, HighRiskCount};

impl GateInput {
    /// Everything that the assessment says; what lies outside it (signatures, the artifact, damage of the bundle, known
    /// findings, ends of answers) is empty here and for the caller to fill in.
    pub fn of(assessment: &Assessment, zone: TimeZone, catalogue_of: CatalogueOf) -> Self {
        let baseline = &assessment.baseline;
        Self {
            counts: Counts {
                planned: baseline.planned,
                pass: baseline.passed,
                fail: baseline.failed,
                not_applicable: baseline.not_applicable,
                unknown: baseline.unknown,
            },
            failing: failing(assessment),
            high_risk: HighRiskCount {
                candidates: assessment.high_risk.open().map(|case| case.situation.clone()).collect(),
                confirmed: assessment.high_risk.confirmed().map(|case| case.situation.clone()).collect(),
            },
            baseline: baseline.letter,
            baseline_with_waivers: assessment.baseline_with_waivers.letter,
            profiles: profiles(assessment),
            evidence_day: oldest(assessment, zone),
            artifacts: assessment.assets.iter().flat_map(|asset| asset.artifacts.iter().copied()).collect(),
            artifact: None,
            catalogue: assessment.catalogue.digest,
            catalogue_of,
            expiring: Vec::new(),
            signatures: BTreeMap::new(),
            damage: Vec::new(),
            known_findings: None,
        }
    }
}

fn failing(assessment: &Assessment) -> Vec<Failing> {
    let ends: BTreeMap<_, _> = assessment
        .waivers
        .iter()
        .filter_map(|waiver| Some((waiver.id.as_str(), waiver.expires.parse::<Date>().ok()?)))
        .collect();
    let failed = assessment.outcomes.iter().filter(|record| record.outcome.verdict == Verdict::Fail);
    failed
        .map(|record| Failing {
            check: record.outcome.check.clone(),
            asset: record.outcome.asset.clone(),
            severity: record.outcome.severity,
            findings: findings(assessment, record, &ends),
        })
        .collect()
}

fn findings(assessment: &Assessment, record: &OutcomeRecord, ends: &BTreeMap<&str, Date>) -> Vec<GateFinding> {
    let found = assessment.finding_of(&record.outcome);
    let offenders = found.map(|finding| finding.offenders.as_slice()).unwrap_or_default();
    offenders
        .iter()
        .map(|offender| GateFinding {
            id: offender.id.clone(),
            waived_until: found.filter(|_| offender.waived).and_then(|finding| last_day(finding, ends)),
        })
        .collect()
}

fn last_day(finding: &FindingRecord, ends: &BTreeMap<&str, Date>) -> Option<Date> {
    finding.waivers.iter().filter_map(|id| ends.get(id.as_str()).copied()).max()
}

fn profiles(assessment: &Assessment) -> Vec<GateProfile> {
    assessment
        .profiles
        .iter()
        .map(|profile| {
            let figures = &profile.grade.by_item;
            GateProfile {
                profile: profile.result.profile.clone(),
                items: figures.counts.total,
                applicable: figures.counts.applicable(),
                decided: figures.counts.decided(),
                floor: figures.floor,
                word: profile.grade.word,
                word_with_waivers: profile.grade_with_waivers.word,
                draft: profile.grade.draft,
            }
        })
        .collect()
}

/// A run is as old as its oldest part; a part that does not say when it was made leaves the age open.
fn oldest(assessment: &Assessment, zone: TimeZone) -> Option<Date> {
    let parts: Vec<_> = assessment.assets.iter().filter_map(|asset| asset.part.as_ref()).collect();
    let days = parts.iter().map(|part| {
        let started = part.started.as_deref()?.parse::<jiff::Timestamp>().ok()?;
        Some(zone.day_of(started))
    });
    days.collect::<Option<Vec<Date>>>()?.into_iter().min()
}

/// Identities of everything that failed, to hold a later run against.
pub fn finding_ids(assessment: &Assessment) -> impl Iterator<Item = String> {
    let offenders = assessment.findings.iter().flat_map(|finding| &finding.offenders);
    offenders.map(|offender| offender.id.clone())
}
