//! The two tables of the design: sources make an aspect, aspects make an item. First match wins.

use super::{AspectVerdict, Conflict, ItemVerdict, Strength, answers::AnswerResult};
use crate::model::Verdict;

/// One aspect on one subject, from the checks used there and the answers that count (不适用 only where it was reviewed).
pub fn aspect(checks: &[(Strength, &Verdict)], answers: &[AnswerResult]) -> (AspectVerdict, Vec<Conflict>) {
    let seen = Seen::of(checks);
    let worst = answers.iter().min().copied();
    (verdict(&seen, worst), conflicts(&seen, answers))
}

/// What the checks say together.
struct Seen {
    fail: bool,
    pass: bool,
    /// Every applicable full check passes, and there is at least one.
    full_pass: bool,
}

impl Seen {
    fn of(checks: &[(Strength, &Verdict)]) -> Self {
        let is = |wanted: &Verdict| checks.iter().any(|(_, verdict)| *verdict == wanted);
        let mut full = checks
            .iter()
            .filter(|(strength, verdict)| *strength == Strength::Full && **verdict != Verdict::NotApplicable)
            .map(|(_, verdict)| **verdict == Verdict::Pass)
            .peekable();
        let full_pass = full.peek().is_some() && full.all(|passes| passes);
        Self { fail: is(&Verdict::Fail), pass: is(&Verdict::Pass), full_pass }
    }
}

fn verdict(seen: &Seen, answer: Option<AnswerResult>) -> AspectVerdict {
    match answer {
        _ if seen.fail => AspectVerdict::NotMet,
        Some(AnswerResult::NonCompliant) => AspectVerdict::NotMet,
        Some(AnswerResult::Partial) => AspectVerdict::Partly,
        _ if seen.full_pass => AspectVerdict::Met,
        Some(AnswerResult::Compliant) => AspectVerdict::Met,
        // What a check saw pass exists, so 不适用 contradicts it and the worse result, undecided, stands.
        Some(AnswerResult::NotApplicable) if !seen.pass => AspectVerdict::NotApplicable,
        _ => AspectVerdict::Undecided,
    }
}

fn conflicts(seen: &Seen, answers: &[AnswerResult]) -> Vec<Conflict> {
    let has = |wanted: AnswerResult| answers.contains(&wanted);
    let mut found = Vec::new();
    if has(AnswerResult::Compliant) && seen.fail {
        found.push(Conflict::CompliantBesideFail);
    }
    if has(AnswerResult::NotApplicable) && (seen.pass || seen.fail) {
        found.push(Conflict::NotApplicableBesideVerdict);
    }
    if (has(AnswerResult::NonCompliant) || has(AnswerResult::Partial)) && seen.full_pass {
        found.push(Conflict::WorseBesideFullPass);
    }
    found
}

/// One item on one subject, from its aspects (essential or not, result). The second half says 待补证.
pub fn item(not_applicable: bool, aspects: &[(bool, AspectVerdict)]) -> (ItemVerdict, bool) {
    let applicable = || aspects.iter().filter(|(_, verdict)| *verdict != AspectVerdict::NotApplicable);
    let any = |wanted: AspectVerdict| applicable().any(|(_, verdict)| *verdict == wanted);
    if not_applicable || (!aspects.is_empty() && applicable().next().is_none()) {
        return (ItemVerdict::NotApplicable, false);
    }
    let not_met = AspectVerdict::NotMet;
    let essential = applicable().any(|(essential, verdict)| *essential && *verdict == not_met);
    if essential || (any(not_met) && applicable().all(|(_, verdict)| *verdict == not_met)) {
        return (ItemVerdict::NonCompliant, false);
    }
    let undecided = any(AspectVerdict::Undecided);
    if any(not_met) || any(AspectVerdict::Partly) {
        return (ItemVerdict::Partial, undecided);
    }
    let open = undecided || aspects.is_empty();
    (if open { ItemVerdict::Undecided } else { ItemVerdict::Compliant }, false)
}

/// One item over its subjects: the worst. 部分符合 is 待补证 while anything is still open. No subject at all is 未判定.
pub fn over_subjects(subjects: impl Iterator<Item = (ItemVerdict, bool)>) -> (ItemVerdict, bool) {
    let (mut worst, mut open) = (None, false);
    for (verdict, pending) in subjects {
        open |= pending || verdict == ItemVerdict::Undecided;
        worst = worst.min(Some(verdict)).or(Some(verdict));
    }
    match worst {
        None => (ItemVerdict::Undecided, false),
        Some(ItemVerdict::Partial) => (ItemVerdict::Partial, open),
        Some(verdict) => (verdict, false),
    }
}

#[cfg(test)]
mod tests {
    //! Both tables are enumerated whole against a second statement of the design, written as questions.

    use super::{aspect, item, over_subjects};
    use crate::{
        model::{Reason, ReasonCode, Verdict},
        profiles::{AspectVerdict, Conflict, ItemVerdict, Strength, answers::AnswerResult},
    };

    const STRENGTHS: [Strength; 3] = [Strength::Full, Strength::Partial, Strength::Signal];

    fn verdicts() -> [Verdict; 5] {
        let unknown = Verdict::Unknown(Reason::new(ReasonCode::Denied));
        [Verdict::Pass, Verdict::Fail, Verdict::NotApplicable, Verdict::Manual, unknown]
    }

    /// Every set of up to `most` elements, with repetition, order aside.
    fn multisets<T: Clone>(of: &[T], most: usize) -> Vec<Vec<T>> {
        let mut all = vec![vec![]];
        let mut last: Vec<(usize, Vec<T>)> = vec![(0, vec![])];
        for _ in 0..most {
            let mut next = Vec::new();
            for (from, set) in &last {
                for (at, element) in of.iter().enumerate().skip(*from) {
                    let mut larger = set.clone();
                    larger.push(element.clone());
                    next.push((at, larger));
                }
            }
            all.extend(next.iter().map(|(_, set)| set.clone()));
            last = next;
        }
        all
    }

    /// The design's words on an aspect, each as a list of conditions; the first that holds decides.
    fn aspect_by_the_book(checks: &[(Strength, &Verdict)], answers: &[AnswerResult]) -> AspectVerdict {
        let count = |f: &dyn Fn(&(Strength, &Verdict)) -> bool| checks.iter().filter(|c| f(c)).count();
        let fails = count(&|c| c.1 == &Verdict::Fail);
        let passes = count(&|c| c.1 == &Verdict::Pass);
        let full_applicable = count(&|c| c.0 == Strength::Full && c.1 != &Verdict::NotApplicable);
        let full_passing = count(&|c| c.0 == Strength::Full && c.1 == &Verdict::Pass);
        let said = |r: AnswerResult| answers.contains(&r);
        let rules = [
            (fails > 0 || said(AnswerResult::NonCompliant), AspectVerdict::NotMet),
            (said(AnswerResult::Partial), AspectVerdict::Partly),
            (
                (full_applicable >= 1 && full_passing == full_applicable) || said(AnswerResult::Compliant),
                AspectVerdict::Met,
            ),
            (said(AnswerResult::NotApplicable) && passes == 0, AspectVerdict::NotApplicable),
            (true, AspectVerdict::Undecided),
        ];
        rules.iter().find(|(holds, _)| *holds).unwrap().1
    }

    #[test]
    fn an_aspect_is_what_the_design_says_for_every_three_checks_and_two_answers() {
        let verdicts = verdicts();
        let uses: Vec<(Strength, &Verdict)> =
            STRENGTHS.iter().flat_map(|s| verdicts.iter().map(move |v| (*s, v))).collect();
        let mut seen = 0;
        for checks in multisets(&uses, 3) {
            for answers in multisets(AnswerResult::ALL, 2) {
                let (result, conflicts) = aspect(&checks, &answers);
                assert_eq!(result, aspect_by_the_book(&checks, &answers), "{checks:?} {answers:?}");
                assert_conflicts(&checks, &answers, &conflicts);
                seen += 1;
            }
        }
        assert_eq!(seen, 816 * 15);
    }

    fn assert_conflicts(checks: &[(Strength, &Verdict)], answers: &[AnswerResult], found: &[Conflict]) {
        let fail = checks.iter().any(|c| c.1 == &Verdict::Fail);
        let pass = checks.iter().any(|c| c.1 == &Verdict::Pass);
        let full =
            aspect_by_the_book(checks, &[]) == AspectVerdict::Met || (fail && only_passes(checks, Strength::Full));
        for (conflict, expected) in [
            (Conflict::CompliantBesideFail, answers.contains(&AnswerResult::Compliant) && fail),
            (Conflict::NotApplicableBesideVerdict, answers.contains(&AnswerResult::NotApplicable) && (pass || fail)),
            (
                Conflict::WorseBesideFullPass,
                full && (answers.contains(&AnswerResult::NonCompliant) || answers.contains(&AnswerResult::Partial)),
            ),
        ] {
            assert_eq!(found.contains(&conflict), expected, "{conflict:?} {checks:?} {answers:?}");
        }
    }

    fn only_passes(checks: &[(Strength, &Verdict)], strength: Strength) -> bool {
        let mut of = checks.iter().filter(|c| c.0 == strength && c.1 != &Verdict::NotApplicable).peekable();
        of.peek().is_some() && of.all(|c| c.1 == &Verdict::Pass)
    }

    /// The design's words on an item.
    fn item_by_the_book(when: bool, aspects: &[(bool, AspectVerdict)]) -> (ItemVerdict, bool) {
        use AspectVerdict::{Met, NotApplicable, NotMet, Partly, Undecided};
        let n = |v: AspectVerdict| aspects.iter().filter(|a| a.1 == v).count();
        let applicable = aspects.len() - n(NotApplicable);
        let essential_not_met = aspects.iter().filter(|a| a.0 && a.1 == NotMet).count();
        if when || (!aspects.is_empty() && applicable == 0) {
            (ItemVerdict::NotApplicable, false)
        } else if essential_not_met > 0 || (n(NotMet) > 0 && n(NotMet) == applicable) {
            (ItemVerdict::NonCompliant, false)
        } else if n(NotMet) + n(Partly) > 0 {
            (ItemVerdict::Partial, n(Undecided) > 0)
        } else if n(Met) == applicable && applicable > 0 {
            (ItemVerdict::Compliant, false)
        } else {
            (ItemVerdict::Undecided, false)
        }
    }

    #[test]
    fn an_item_is_what_the_design_says_for_every_four_aspects() {
        let states: Vec<(bool, AspectVerdict)> =
            [true, false].iter().flat_map(|e| AspectVerdict::ALL.iter().map(move |v| (*e, *v))).collect();
        let mut seen = 0;
        for when in [true, false] {
            for aspects in multisets(&states, 4) {
                assert_eq!(item(when, &aspects), item_by_the_book(when, &aspects), "{when} {aspects:?}");
                seen += 1;
            }
        }
        assert_eq!(seen, 2 * 1001);
    }

    #[test]
    fn an_item_over_assets_is_the_worst_and_says_what_is_missing() {
        let states: Vec<(ItemVerdict, bool)> =
            ItemVerdict::ALL.iter().map(|v| (*v, false)).chain([(ItemVerdict::Partial, true)]).collect();
        for subjects in multisets(&states, 4) {
            let (verdict, pending) = over_subjects(subjects.iter().copied());
            let order =
                [ItemVerdict::NonCompliant, ItemVerdict::Partial, ItemVerdict::Undecided, ItemVerdict::Compliant];
            let worst = order.into_iter().find(|v| subjects.iter().any(|s| s.0 == *v));
            let expected =
                worst.unwrap_or(if subjects.is_empty() { ItemVerdict::Undecided } else { ItemVerdict::NotApplicable });
            assert_eq!(verdict, expected, "{subjects:?}");
            let open = subjects.iter().any(|s| s.1 || s.0 == ItemVerdict::Undecided);
            assert_eq!(pending, verdict == ItemVerdict::Partial && open, "{subjects:?}");
        }
    }

    #[test]
    fn a_signal_never_passes_and_always_fails() {
        assert_eq!(aspect(&[(Strength::Signal, &Verdict::Pass)], &[]).0, AspectVerdict::Undecided);
        assert_eq!(aspect(&[(Strength::Signal, &Verdict::Fail)], &[]).0, AspectVerdict::NotMet);
    }
}
