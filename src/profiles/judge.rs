//! From outcomes, answers and inherited results to one record per item. Pure.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::{
    AnswerUse, AspectRecord, AspectSource, AspectVerdict, Because, Conflict, Counts, ItemRecord, ItemVerdict, Plan,
    PlanNote, PlanNoteCode, PlannedItem, PlannedSubject, ProfileResult, Subject, SubjectRecord, SubjectState,
    answers::{Answer, Answers, Question, Standing},
    inherit::Inherited,
    plan::params_digest,
    sources::{answer_source, concerns, differ, seen},
    tables,
};
use crate::checks::{CheckSet, Expression, Outcome, Schema};
use crate::model::{AssetId, AssetKind, CheckId, Digest, Reason, ReasonCode, SystemId, Text, Verdict};
use crate::yaml::Date;

/// Everything that a profile is judged from.
#[derive(Clone, Copy)]
pub struct Evidence<'a> {
    pub checks: &'a CheckSet,
    /// In any order; those that the plan does not ask for are left alone.
    pub outcomes: &'a [Outcome],
    pub answers: &'a Answers,
    pub inherited: &'a Inherited,
    /// The facts of each asset from their root, with the `inventory` root, for `not_applicable_when`.
    pub facts: &'a BTreeMap<AssetId, Value>,
    /// The `inventory` root alone, for subjects that are no asset.
    pub inventory_facts: &'a Value,
    pub as_of: Date,
    /// The moment that expressions count days to.
    pub moment: Timestamp,
}

/// Judges every item of a plan by the two tables of the design.
pub fn judge(plan: &Plan<'_>, evidence: &Evidence<'_>) -> ProfileResult {
    let mut judge = Judge::new(plan, evidence);
    let items: Vec<_> = plan.items.iter().map(|item| judge.item(item)).collect();
    let mut notes = plan.notes.clone();
    notes.extend(judge.notes.iter().cloned());
    notes.sort();
    notes.dedup();
    let (by_item, by_pair) = count(&items);
    let answers = judge.answer_use();
    ProfileResult {
        profile: plan.profile.id.clone(),
        revision: plan.profile.revision,
        digest: plan.profile.digest,
        standard: plan.profile.standard.clone(),
        model: plan.profile.model,
        subsite: plan.subsite.id.clone(),
        system: plan.system.id.clone(),
        levels: plan.levels,
        as_of: evidence.as_of.to_string(),
        sections: plan.sections(),
        draft: items.iter().any(|item| item.draft),
        items,
        by_item,
        by_pair,
        answers,
        notes,
    }
}

/// Counts by item and by item and subject.
fn count(items: &[ItemRecord]) -> (Counts, Counts) {
    let (mut by_item, mut by_pair) = (Counts::default(), Counts::default());
    for item in items {
        by_item.add(item.result, item.pending, item.inherited);
        for subject in &item.subjects {
            let inherited = matches!(subject.because, Some(Because::Inherited { .. }));
            by_pair.add(subject.result, subject.pending, inherited);
        }
    }
    (by_item, by_pair)
}

struct Judge<'a> {
    plan: &'a Plan<'a>,
    evidence: &'a Evidence<'a>,
    outcomes: BTreeMap<(&'a CheckId, &'a AssetId, Digest), &'a Outcome>,
    /// Answers of this profile, system and subsite by item and aspect, with their positions.
    answers: BTreeMap<(&'a str, &'a str), Vec<(usize, &'a Answer)>>,
    /// Digests of parameters by use: the same use is looked up on every asset.
    digests: BTreeMap<*const super::CheckUse, Option<Digest>>,
    /// Answers that found their question.
    matched: BTreeSet<usize>,
    /// Answers that name an item and aspect of the plan, asked or not.
    known: BTreeSet<usize>,
    notes: BTreeSet<PlanNote>,
}

impl<'a> Judge<'a> {
    fn new(plan: &'a Plan<'a>, evidence: &'a Evidence<'a>) -> Self {
        let outcomes = evidence.outcomes.iter().map(|o| ((&o.check, &o.asset, o.params_digest), o)).collect();
        let mut answers: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for (index, answer) in evidence.answers.answers.iter().enumerate().filter(|(_, a)| concerns(a, plan)) {
            answers.entry((answer.item.as_str(), answer.aspect.as_str())).or_default().push((index, answer));
        }
        Self {
            plan,
            evidence,
            outcomes,
            answers,
            digests: BTreeMap::new(),
            matched: BTreeSet::new(),
            known: BTreeSet::new(),
            notes: BTreeSet::new(),
        }
    }

    fn item(&mut self, planned: &PlannedItem<'a>) -> ItemRecord {
        let item = planned.item;
        for aspect in &item.aspects {
            let answers = self.answers.get(&(item.id.as_str(), aspect.id.as_str())).into_iter().flatten();
            self.known.extend(answers.filter(|(_, answer)| answer.asset.is_none()).map(|(index, _)| *index));
        }
        let expression =
            item.not_applicable_when.as_deref().and_then(|text| Expression::compile(text, &Schema::open()).ok());
        let subjects: Vec<_> =
            planned.subjects.iter().map(|subject| self.subject(planned, subject, expression.as_ref())).collect();
        let (result, pending) = tables::over_subjects(subjects.iter().map(|s| (s.result, s.pending)));
        let counted = || subjects.iter().filter(|s| s.result != ItemVerdict::NotApplicable || subjects.len() == 1);
        let inherited = counted().next().is_some()
            && counted().all(|subject| matches!(subject.because, Some(Because::Inherited { .. })));
        ItemRecord {
            item: item.id.clone(),
            profile: planned.profile.id.clone(),
            unit: item.unit.clone(),
            continues: item.continues.clone(),
            class: item.class().to_owned(),
            control: item.control().to_owned(),
            title: item.title.clone(),
            attribute: item.attribute,
            scope: item.scope,
            weight: item.weight,
            weight_source: item.weight_source,
            responsibility: item.responsibility,
            result,
            pending,
            inherited,
            draft: subjects.iter().any(|subject| subject.draft),
            subjects,
        }
    }

    fn subject(
        &mut self,
        planned: &PlannedItem<'a>,
        subject: &PlannedSubject,
        expression: Option<&Expression>,
    ) -> SubjectRecord {
        match &subject.state {
            SubjectState::NoneExist { reason, reviewed_by } => {
                let reason = Text::new(reason, "");
                let because = Because::NoneExist { reason, reviewed_by: reviewed_by.clone() };
                settled(subject, ItemVerdict::NotApplicable, because)
            }
            SubjectState::Open(reason) => {
                settled(subject, ItemVerdict::Undecided, Because::Open { reason: reason.clone() })
            }
            SubjectState::Judge => self.by_aspects(planned, subject, expression, None),
            SubjectState::AnswersOnly(reason) => self.by_aspects(planned, subject, expression, Some(reason)),
            SubjectState::Inherited(from) => self.platform(planned, subject, from),
        }
    }

    fn by_aspects(
        &mut self,
        planned: &PlannedItem<'a>,
        subject: &PlannedSubject,
        expression: Option<&Expression>,
        open: Option<&Reason>,
    ) -> SubjectRecord {
        let (aspects, draft) = self.aspects(planned, &subject.subject);
        let says = expression.filter(|expression| self.holds(expression, &subject.subject));
        let states: Vec<_> = aspects.iter().map(|aspect| (aspect.essential, aspect.result)).collect();
        let (result, pending) = tables::item(says.is_some(), &states);
        let because = match (says, open) {
            (Some(expression), _) => Some(Because::FactsSay { expression: expression.text().trim().to_owned() }),
            (None, Some(reason)) if result == ItemVerdict::Undecided => Some(Because::Open { reason: reason.clone() }),
            _ => None,
        };
        SubjectRecord { subject: subject.subject.clone(), result, pending, draft, because, aspects }
    }

    /// An expression that cannot be evaluated does not hold: 不适用 needs facts that were read.
    fn holds(&self, expression: &Expression, subject: &Subject) -> bool {
        let facts = match subject {
            Subject::Asset { asset, .. } => self.evidence.facts.get(asset).unwrap_or(self.evidence.inventory_facts),
            Subject::Objects { .. } | Subject::Platform { .. } => self.evidence.inventory_facts,
        };
        expression.evaluate(facts, self.evidence.moment) == Ok(true)
    }

    /// The platform's result, and what people answered here: the worse of both. Without a result only people can say.
    fn platform(&mut self, planned: &PlannedItem<'a>, subject: &PlannedSubject, from: &SystemId) -> SubjectRecord {
        let standard = &planned.profile.standard.id;
        let inherited = self.evidence.inherited;
        let found = inherited.item(from, standard, &planned.item.id, self.evidence.as_of);
        let (aspects, draft) = self.aspects(planned, &subject.subject);
        let Some((item, reference)) = found else {
            let expired = inherited.expired(from, self.evidence.as_of);
            let code = if expired { PlanNoteCode::InheritedExpired } else { PlanNoteCode::PlatformMissing };
            self.notes.insert(PlanNote::new(code).with("platform", from.as_str()));
            let states: Vec<_> = aspects.iter().map(|aspect| (aspect.essential, aspect.result)).collect();
            let (result, pending) = tables::item(false, &states);
            let reason = Reason::new(ReasonCode::NotCollected).with("platform", from.as_str());
            let because = (result == ItemVerdict::Undecided).then_some(Because::Open { reason });
            return SubjectRecord { subject: subject.subject.clone(), result, pending, draft, because, aspects };
        };
        let because = Some(Because::Inherited { from: from.clone(), reference: reference.to_owned() });
        let answered: Vec<_> = aspects.into_iter().filter(|aspect| !aspect.sources.is_empty()).collect();
        let here = worse_here(planned, &answered);
        let (result, pending) = match here {
            Some(here) if here < item.result => (here, false),
            _ => (item.result, item.pending),
        };
        let draft = draft || item.draft;
        SubjectRecord { subject: subject.subject.clone(), result, pending, draft, because, aspects: answered }
    }

    fn aspects(&mut self, planned: &PlannedItem<'a>, subject: &Subject) -> (Vec<AspectRecord>, bool) {
        let mut draft = false;
        let mut records = Vec::new();
        for aspect in planned.item.aspects.iter().filter(|aspect| covers(aspect, subject)) {
            let mut sources = self.check_sources(aspect, subject);
            let (answers, conflict, unreviewed) = self.answer_sources(planned, &aspect.id, subject);
            let said: Vec<_> = answers.iter().map(|(_, answer)| answer.result).collect();
            let seen: Vec<_> = sources.iter().filter_map(seen).collect();
            let (result, mut conflicts) = tables::aspect(&seen, &said);
            conflicts.extend(conflict);
            draft |= unreviewed;
            sources.extend(answers.into_iter().map(|(index, answer)| answer_source(index, answer)));
            let (id, asks, essential) = (aspect.id.clone(), aspect.asks().cloned(), aspect.essential);
            records.push(AspectRecord { aspect: id, asks, essential, result, sources, conflicts });
        }
        (records, draft)
    }

    fn check_sources(&mut self, aspect: &super::Aspect, subject: &Subject) -> Vec<AspectSource> {
        let Subject::Asset { asset, kind } = subject else { return Vec::new() };
        aspect.uses_on(*kind).map(|used| self.check_source(used, asset)).collect()
    }

    /// What a check said; a check that nobody ran is unknown.
    fn check_source(&mut self, used: &super::CheckUse, asset: &AssetId) -> AspectSource {
        let checks = self.evidence.checks;
        let digest = *self.digests.entry(std::ptr::from_ref(used)).or_insert_with(|| params_digest(used, checks));
        let outcome = digest.and_then(|digest| self.outcomes.get(&(&used.check, asset, digest)));
        let (revision, verdict) = match outcome {
            Some(outcome) => (outcome.revision, outcome.verdict.clone()),
            None => (0, Verdict::Unknown(Reason::new(ReasonCode::NotCollected))),
        };
        AspectSource::Check {
            check: used.check.clone(),
            revision,
            params_digest: digest.unwrap_or_else(|| Digest::of(b"")),
            strength: used.strength,
            verdict,
        }
    }

    /// The answers that count for an aspect, whether they contradict each other, and whether one has no reviewer.
    fn answer_sources(
        &mut self,
        planned: &PlannedItem<'a>,
        aspect: &'a str,
        subject: &Subject,
    ) -> (Vec<(usize, &'a Answer)>, Option<Conflict>, bool) {
        let asset = match subject {
            Subject::Asset { asset, .. } => Some(asset),
            Subject::Objects { .. } | Subject::Platform { .. } => None,
        };
        let question = Question {
            profile: &planned.profile.id,
            item: &planned.item.id,
            aspect,
            system: &self.plan.system.id,
            subsite: &self.plan.subsite.id,
            asset,
        };
        let mut counting = Vec::new();
        for (index, answer) in self.answers.get(&(planned.item.id.as_str(), aspect)).into_iter().flatten() {
            if answer.is_about(&question) {
                self.matched.insert(*index);
                if answer.counts(self.evidence.as_of) {
                    counting.push((*index, *answer));
                }
            }
        }
        let unreviewed = counting.iter().any(|(_, a)| a.standing(self.evidence.as_of) == Standing::Unreviewed);
        let conflict = differ(&counting).then_some(Conflict::AnswersDiffer);
        (counting, conflict, unreviewed)
    }

    fn answer_use(&self) -> AnswerUse {
        let mut out = AnswerUse::default();
        let concerned = self.answers.values().flatten().copied().collect::<BTreeMap<_, _>>();
        for (index, answer) in concerned {
            if !self.matched.contains(&index) {
                if !self.known.contains(&index) {
                    out.unmatched.push(index);
                }
                continue;
            }
            match answer.standing(self.evidence.as_of) {
                Standing::Reviewed => out.used += 1,
                Standing::Unreviewed => {
                    out.used += u64::from(answer.counts(self.evidence.as_of));
                    out.unreviewed.push(index);
                }
                Standing::Expired => out.expired.push(index),
                Standing::CarriedOver | Standing::NotYet => out.waiting.push(index),
            }
        }
        out
    }
}

fn covers(aspect: &super::Aspect, subject: &Subject) -> bool {
    match subject {
        Subject::Asset { kind, .. } => aspect.covers(*kind),
        Subject::Objects { objects } => aspect.covers_objects(*objects),
        // What is only asked of a kind that the subsite's own evidence shows is not asked of the platform.
        Subject::Platform { .. } => aspect.kinds.is_empty() || aspect.kinds.contains(&AssetKind::Org),
    }
}

/// What answers given here make of an inherited item, where they say anything worse than met.
fn worse_here(planned: &PlannedItem<'_>, answered: &[AspectRecord]) -> Option<ItemVerdict> {
    let states: Vec<_> = planned
        .item
        .aspects
        .iter()
        .map(|aspect| {
            let said = answered.iter().find(|record| record.aspect == aspect.id);
            (aspect.essential, said.map_or(AspectVerdict::Met, |record| record.result))
        })
        .collect();
    let bad = states.iter().any(|(_, verdict)| matches!(verdict, AspectVerdict::NotMet | AspectVerdict::Partly));
    bad.then(|| tables::item(false, &states).0)
}

fn settled(subject: &PlannedSubject, result: ItemVerdict, because: Because) -> SubjectRecord {
    let aspects = Vec::new();
    SubjectRecord {
        subject: subject.subject.clone(),
        result,
        pending: false,
        draft: false,
        because: Some(because),
        aspects,
    }
}
