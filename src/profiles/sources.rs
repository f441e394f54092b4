//! Answers and outcomes as the sources of an aspect.

use super::{
    AspectSource, Plan, Strength,
    answers::{Answer, AnswerScope},
};
use crate::model::Verdict;

/// Whether an answer may be meant for this profile, system and subsite.
pub(super) fn concerns(answer: &Answer, plan: &Plan<'_>) -> bool {
    let profiles = || plan.items.iter().map(|item| &item.profile.id).chain([&plan.profile.id]);
    answer.profile.as_ref().is_none_or(|named| profiles().any(|id| id == named))
        && answer.system.as_ref().is_none_or(|named| *named == plan.system.id)
        && answer.subsite.as_ref().is_none_or(|named| *named == plan.subsite.id)
}

/// Whether answers contradict each other: at the same reach they say different things, or a narrower one says better.
/// A worse answer for one asset beside a better one for all is an exception and no contradiction.
pub(super) fn differ(answers: &[(usize, &Answer)]) -> bool {
    let reach = |answer: &Answer| match (answer.asset.is_some(), answer.scope) {
        (true, _) | (_, AnswerScope::Asset) => 3,
        (_, AnswerScope::Subsite) => 2,
        (_, AnswerScope::System) => 1,
        (_, AnswerScope::Organisation) => 0,
    };
    answers.iter().enumerate().any(|(at, (_, a))| {
        answers[..at].iter().any(|(_, b)| {
            let (narrow, wide) = if reach(a) >= reach(b) { (a, b) } else { (b, a) };
            let same_reach = reach(a) == reach(b);
            (same_reach && a.result != b.result) || (!same_reach && narrow.result > wide.result)
        })
    })
}

pub(super) fn seen(source: &AspectSource) -> Option<(Strength, &Verdict)> {
    match source {
        AspectSource::Check { strength, verdict, .. } => Some((*strength, verdict)),
        AspectSource::Answer { .. } => None,
    }
}

pub(super) fn answer_source(index: usize, answer: &Answer) -> AspectSource {
    AspectSource::Answer {
        index,
        result: answer.result.into(),
        answered_by: answer.answered_by.clone(),
        reviewed_by: answer.reviewed_by.clone(),
        date: answer.date.to_string(),
    }
}
