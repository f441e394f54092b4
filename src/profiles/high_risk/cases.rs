//! From failing checks and adjudications to the cases of one subsite. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::{
    Automation, Case, CaseDecision, CaseState, HighRiskCatalogue, HighRiskEdition, HighRiskResult, MajorCount,
    Objection, Raised, RaisedBy, Residual, Situation,
};
use crate::checks::{Expression, Outcome, Schema};
use crate::inventory::{Inventory, Subsite};
use crate::model::{AssetId, AssetKind, ItemId, Text, Verdict};
use crate::profiles::adjudications::{Adjudication, Adjudications, RiskDecision};
use crate::profiles::{ItemRecord, ItemVerdict, ProfileResult, ProfileSet, same_person};
use crate::yaml::Date;

/// Everything that the cases of a subsite are made from.
#[derive(Clone, Copy)]
pub struct RiskEvidence<'a> {
    pub catalogue: &'a HighRiskCatalogue,
    pub edition: HighRiskEdition,
    pub profiles: &'a ProfileSet,
    pub inventory: &'a Inventory,
    pub subsite: &'a Subsite,
    pub outcomes: &'a [Outcome],
    /// Judged profiles: a situation whose items are decided has been looked at.
    pub results: &'a [ProfileResult],
    pub adjudications: &'a Adjudications,
    pub facts: &'a BTreeMap<AssetId, Value>,
    pub inventory_facts: &'a Value,
    pub as_of: Date,
    pub moment: Timestamp,
}

/// The cases of one subsite: candidates raised by failing checks, what people decided of them, and what they added.
pub fn high_risk(evidence: &RiskEvidence<'_>) -> HighRiskResult {
    let level = evidence.inventory.system_of(evidence.subsite).map_or(0, |system| system.level);
    let mut cases = Vec::new();
    let mut unexamined = Vec::new();
    let mut situations = 0;
    for situation in evidence.catalogue.situations.iter().filter(|s| evidence.in_force(s, level)) {
        let found = evidence.cases(situation);
        let items = evidence.items(situation);
        let concerns =
            !found.is_empty() || !items.is_empty() || (situation.items.is_empty() && situation.clauses.is_empty());
        if concerns {
            situations += 1;
            if found.is_empty() && !evidence.examined(situation, &items) {
                unexamined.push(situation.id.clone());
            }
        }
        cases.extend(found);
    }
    cases.extend(evidence.added(&cases));
    cases.sort_by(|a, b| (&a.situation, &a.asset).cmp(&(&b.situation, &b.asset)));
    let major = cases.iter().filter(|case| case.major);
    let major =
        MajorCount { before: major.clone().count() as u64, fixed: major.filter(|case| case.fixed).count() as u64 };
    HighRiskResult { edition: evidence.edition, level, cases, unexamined, situations, major }
}

impl<'a> RiskEvidence<'a> {
    /// A situation fires only where the edition lists it, from its level on.
    fn in_force(&self, situation: &Situation, level: u8) -> bool {
        situation.listing(self.edition).is_some_and(|listing| listing.level_min <= level)
    }

    fn cases(&self, situation: &'a Situation) -> Vec<Case> {
        let mut by_asset: BTreeMap<AssetId, Vec<Raised>> = BTreeMap::new();
        for raised in &situation.raised_by {
            for outcome in self.of(raised).filter(|(outcome, _)| outcome.verdict == Verdict::Fail).map(|(o, _)| o) {
                if self.holds(raised, &outcome.asset) {
                    let findings = outcome.findings.iter().filter(|f| f.verdict == Verdict::Fail).map(|f| f.id.clone());
                    let raised = Raised { check: outcome.check.clone(), findings: findings.collect() };
                    let of_asset = by_asset.entry(outcome.asset.clone()).or_default();
                    if !of_asset.contains(&raised) {
                        of_asset.push(raised);
                    }
                }
            }
        }
        by_asset.into_iter().map(|(asset, raised)| self.case(situation, Some(asset), raised)).collect()
    }

    /// The outcomes of a raising check on this subsite's assets of its kinds.
    fn of(&self, raised: &'a RaisedBy) -> impl Iterator<Item = (&'a Outcome, AssetKind)> {
        let (inventory, subsite) = (self.inventory, &self.subsite.id);
        self.outcomes.iter().filter(|outcome| outcome.check == raised.check).filter_map(move |outcome| {
            let asset = inventory.asset(&outcome.asset).filter(|asset| asset.serves.contains(subsite))?;
            raised.kinds.contains(&asset.kind).then_some((outcome, asset.kind))
        })
    }

    /// Only a condition that is known not to hold dismisses a candidate.
    fn holds(&self, raised: &RaisedBy, asset: &AssetId) -> bool {
        let Some(condition) = &raised.condition else { return true };
        let facts = self.facts.get(asset).unwrap_or(self.inventory_facts);
        let compiled = Expression::compile(condition, &Schema::open());
        compiled.map_or(true, |expression| expression.evaluate(facts, self.moment) != Ok(false))
    }

    fn case(&self, situation: &Situation, asset: Option<AssetId>, raised_by: Vec<Raised>) -> Case {
        let adjudication = self.decision(&situation.id, asset.as_ref());
        let mut case = Case {
            situation: situation.id.clone(),
            title: situation.title.clone(),
            items: situation.items.clone(),
            asset,
            residual: situation.residual,
            state: CaseState::Candidate,
            raised_by,
            manual: false,
            major: false,
            fixed: false,
            adjudication: None,
            objections: Vec::new(),
        };
        if let Some((index, found)) = adjudication {
            decide(&mut case, index, found);
        }
        case
    }

    fn decision(&self, situation: &str, asset: Option<&AssetId>) -> Option<(usize, &'a Adjudication)> {
        let found = self.adjudications.of(situation, Some(&self.subsite.id), asset, self.as_of)?;
        let index = self.adjudications.adjudications.iter().position(|other| std::ptr::eq(other, found))?;
        Some((index, found))
    }

    /// Confirmed by people and not raised now: added by hand, or raised by an earlier run and perhaps put right.
    fn added(&self, known: &[Case]) -> Vec<Case> {
        let mut cases = Vec::new();
        for (index, found) in self.adjudications.adjudications.iter().enumerate() {
            let taken = known.iter().any(|case| case.adjudication.as_ref().is_some_and(|d| d.index == index));
            if taken || found.decision == RiskDecision::Rejected || !self.concerns(found) {
                continue;
            }
            let situation = self.catalogue.situation(&found.situation);
            let mut case = Case {
                situation: found.situation.clone(),
                title: situation.map_or_else(|| Text::new(&found.situation, &found.situation), |s| s.title.clone()),
                items: situation.map(|s| s.items.clone()).unwrap_or_default(),
                asset: found.asset.clone(),
                residual: situation.map_or(Residual::Reducible, |s| s.residual),
                state: CaseState::Candidate,
                raised_by: Vec::new(),
                manual: found.manual,
                major: false,
                fixed: !found.manual && situation.is_some_and(|s| self.passes_now(s, found.asset.as_ref())),
                adjudication: None,
                objections: Vec::new(),
            };
            decide(&mut case, index, found);
            cases.push(case);
        }
        cases
    }

    fn concerns(&self, found: &Adjudication) -> bool {
        let serves = |id: &AssetId| self.inventory.asset(id).is_some_and(|a| a.serves.contains(&self.subsite.id));
        found.date <= self.as_of
            && found.subsite.as_ref().is_none_or(|named| *named == self.subsite.id)
            && found.asset.as_ref().is_none_or(serves)
    }

    /// Every check that could raise it ran where it was, and none fails.
    fn passes_now(&self, situation: &'a Situation, asset: Option<&AssetId>) -> bool {
        let mut seen = situation
            .raised_by
            .iter()
            .flat_map(|raised| self.of(raised))
            .filter(|(outcome, _)| asset.is_none_or(|asset| outcome.asset == *asset))
            .map(|(outcome, _)| &outcome.verdict)
            .peekable();
        seen.peek().is_some() && seen.all(|verdict| matches!(verdict, Verdict::Pass | Verdict::NotApplicable))
    }

    /// The judged items that a situation belongs to, at whatever level they were judged.
    fn items(&self, situation: &Situation) -> Vec<&'a ItemRecord> {
        let mut wanted: BTreeSet<&ItemId> = situation.items.iter().collect();
        let clauses: Vec<_> = situation.clauses.iter().map(|clause| format!("{clause}.")).collect();
        for profile in self.profiles.iter() {
            let in_clause = |id: &ItemId| clauses.iter().any(|clause| id.as_str().starts_with(clause));
            wanted.extend(profile.items.iter().map(|item| &item.id).filter(|id| in_clause(id)));
        }
        let continued = self.profiles.iter().flat_map(|profile| &profile.items);
        let lower: BTreeSet<&ItemId> =
            continued.filter(|item| wanted.contains(&item.id)).filter_map(|item| item.continues.as_ref()).collect();
        let records = self.results.iter().flat_map(|result| &result.items);
        records.filter(|record| wanted.contains(&record.item) || lower.contains(&record.item)).collect()
    }

    /// Whether anything has looked at a situation that nothing raised.
    fn examined(&self, situation: &'a Situation, items: &[&ItemRecord]) -> bool {
        let decided = |record: &&ItemRecord| record.result != ItemVerdict::Undecided && !record.pending;
        let by_people =
            self.adjudications.adjudications.iter().any(|a| a.situation == situation.id && self.concerns(a));
        by_people
            || (!items.is_empty() && items.iter().all(decided))
            || (situation.automation == Automation::Full && self.passes_now(situation, None))
    }
}

/// Applies an adjudication, unless something stands against it: then the case stays open.
fn decide(case: &mut Case, index: usize, found: &Adjudication) {
    let people =
        |by: &[String]| by.iter().enumerate().filter(|(at, a)| !by[..*at].iter().any(|b| same_person(a, b))).count();
    if people(&found.by) < 2 {
        case.objections.push(Objection::OnePersonOnly);
    }
    if case.residual == Residual::Final && found.decision == RiskDecision::Lowered {
        case.objections.push(Objection::FinalCannotBeLowered);
    }
    if [&found.principles.relevance, &found.principles.severity, &found.principles.likelihood]
        .iter()
        .any(|said| said.zh.trim().is_empty())
    {
        case.objections.push(Objection::PrinciplesIncomplete);
    }
    if case.objections.is_empty() {
        case.state = match found.decision {
            RiskDecision::Confirmed => CaseState::Confirmed,
            RiskDecision::Lowered => CaseState::Lowered,
            RiskDecision::Rejected => CaseState::Rejected,
        };
        case.major = found.major && case.state == CaseState::Confirmed;
    }
    case.adjudication = Some(CaseDecision {
        index,
        by: found.by.clone(),
        date: found.date.to_string(),
        exposure: Some(found.exposure.as_str().to_owned()),
        compensation: found.compensation.as_ref().map(|text| text.zh.clone()),
        residual: serde_json::to_value(found.residual).ok().and_then(|v| v.as_str().map(str::to_owned)),
        principles: BTreeMap::from([
            ("relevance".to_owned(), found.principles.relevance.zh.clone()),
            ("severity".to_owned(), found.principles.severity.zh.clone()),
            ("likelihood".to_owned(), found.principles.likelihood.zh.clone()),
        ]),
    });
}
