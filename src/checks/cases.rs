//! Runs the cases that every check carries, and trials made from them: a fact that was not read must give Unknown.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::model::{AssetId, CheckId, Reason, Verdict};

use super::{
    AssetFacts, Check, CheckSet, Outcome, Step,
    check::{Case, CheckKind, Expected},
    evaluate::path_text,
};

/// A case or trial that did not go as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    pub check: CheckId,
    /// The case's name; for a trial also what was taken away.
    pub case: String,
    pub expected: Expected,
    pub got: Verdict,
    /// Keys of the failing elements, where they are what is wrong.
    pub keys: Option<Vec<String>>,
}

/// How a run of all cases went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CaseReport {
    pub checks: usize,
    pub cases: usize,
    pub trials: usize,
    pub broken: Vec<Broken>,
}

impl CheckSet {
    /// Runs every case of every check, and the trials.
    pub fn run_cases(&self) -> CaseReport {
        let mut report = CaseReport::default();
        for check in self.iter() {
            check.run_cases(&mut report);
        }
        report
    }
}

impl Check {
    /// Runs the cases of this check and the trials made from them.
    pub fn run_cases(&self, report: &mut CaseReport) {
        report.checks += 1;
        for case in &self.cases {
            report.cases += 1;
            report.broken.extend(self.broken(case));
            if matches!(case.expect, Expected::Pass | Expected::Manual) {
                self.trials(case, report);
            }
        }
    }

    /// Judges a case.
    pub fn try_case(&self, case: &Case) -> Outcome {
        self.try_facts(case, &case.facts)
    }

    fn try_facts(&self, case: &Case, facts: &Value) -> Outcome {
        self.evaluate_on(&case.params, &AssetFacts::new(facts, case.moment()), &example())
    }

    /// What is wrong with the verdict of a case, if anything.
    pub(super) fn broken(&self, case: &Case) -> Option<Broken> {
        let outcome = self.try_case(case);
        let failing = || outcome.findings.iter().filter(|f| f.verdict == Verdict::Fail).filter_map(|f| f.key.clone());
        let keys = case.keys.as_ref().and_then(|wanted| {
            let got: Vec<_> = failing().collect();
            (got != *wanted).then_some(got)
        });
        let same = outcome.verdict.as_str() == case.expect.as_str();
        (!same || keys.is_some()).then(|| Broken {
            check: self.id.clone(),
            case: case.name.clone(),
            expected: case.expect,
            got: outcome.verdict,
            keys,
        })
    }

    /// Every mentioned fact in turn is not read: the check must not decide.
    fn trials(&self, case: &Case, report: &mut CaseReport) {
        for place in self.decisive_places(case) {
            for (how, unread) in [("denied", Some(json!({"$status": "denied", "reason": "trial"}))), ("missing", None)]
            {
                let mut facts = case.facts.clone();
                if unread.is_none() && !self.must_be_there(&place) {
                    continue;
                }
                if !put(&mut facts, &place, unread.as_ref()) {
                    continue;
                }
                report.trials += 1;
                let got = self.try_facts(case, &facts).verdict;
                if !matches!(got, Verdict::Unknown(_)) {
                    let case = format!("{}: {} {how}", case.name, path_text(&place));
                    report.broken.push(Broken {
                        check: self.id.clone(),
                        case,
                        expected: Expected::Unknown,
                        got,
                        keys: None,
                    });
                }
            }
        }
    }

    /// The mentioned places, and their ancestors down to the group, on which a verdict of this case rests.
    fn decisive_places(&self, case: &Case) -> Vec<Vec<Step>> {
        let mut out = Vec::new();
        let mut add = |steps: &[Step]| {
            for end in 2..=steps.len() {
                let place = steps[..end].to_vec();
                if !matches!(place.last(), Some(Step::Each)) && !out.contains(&place) {
                    out.push(place);
                }
            }
        };
        for expression in self.applies.iter().chain(self.assertions.iter().filter_map(|a| a.expr.as_ref())) {
            expression.mentions().leaves().iter().for_each(|leaf| add(leaf));
        }
        for assertion in &self.assertions {
            let Some(each) = &assertion.each else { continue };
            add(&each.path);
            let selected = self.selects_some(case, each);
            let inner = each.filter.iter().chain(assertion.expr.as_ref().filter(|_| selected));
            for leaf in inner.flat_map(|expression| expression.mentions_of_it().leaves()) {
                let steps = [each.path.as_slice(), &[Step::Each], &leaf].concat();
                add(&steps);
            }
        }
        if self.kind == CheckKind::Assisted && self.assertions.is_empty() {
            for group in &self.needs {
                add(&group.split('.').map(|name| Step::Field(name.to_owned())).collect::<Vec<_>>());
            }
        }
        out
    }

    /// Whether an element passes the filter, so that the assertion looks at it.
    fn selects_some(&self, case: &Case, each: &super::check::Each) -> bool {
        let Some(filter) = &each.filter else { return true };
        let Ok(params) = self.effective(&case.params) else { return false };
        let facts = AssetFacts::new(&case.facts, case.moment());
        let inputs = facts.with_params(&params);
        let list = super::expr::look_up(&case.facts, &each.path).and_then(Value::as_array);
        list.into_iter().flatten().any(|it| filter.test(&inputs, Some(it)) == Ok(true))
    }

    /// Whether leaving the place out is "not collected" rather than proven absence.
    fn must_be_there(&self, place: &[Step]) -> bool {
        let mut ty = super::Schema::facts().root().clone();
        for (depth, step) in place.iter().enumerate() {
            let next = match step {
                Step::Field(name) if depth >= 2 && ty.may_lack(name) => return false,
                Step::Field(name) => ty.field(name),
                Step::Index(_) | Step::Each => ty.element(),
            };
            let Some(next) = next else { return true };
            ty = next;
        }
        true
    }
}

impl Case {
    /// The moment of the judgement.
    pub fn moment(&self) -> Timestamp {
        // 2026-01-01T00:00:00Z; a text that is no time is a mistake of lint.
        self.as_of.as_deref().and_then(|text| text.parse().ok()).unwrap_or(Timestamp::constant(1_767_225_600, 0))
    }
}

/// Puts `value` at every instance of `place`, or takes what is there away. `false`: there was no such place.
fn put(facts: &mut Value, place: &[Step], value: Option<&Value>) -> bool {
    match (facts, place) {
        (_, []) => false,
        (Value::Object(map), [Step::Field(name)]) => match value {
            Some(value) => {
                map.insert(name.clone(), value.clone());
                true
            }
            None => map.remove(name).is_some(),
        },
        (Value::Object(map), [Step::Field(name), rest @ ..]) => {
            map.get_mut(name).is_some_and(|inner| put(inner, rest, value))
        }
        (Value::Array(list), [Step::Index(index), rest @ ..]) => {
            list.get_mut(*index).is_some_and(|inner| put(inner, rest, value))
        }
        (Value::Array(list), [Step::Each, rest @ ..]) => put_each(list.iter_mut(), rest, value),
        (Value::Object(map), [Step::Each, rest @ ..]) => put_each(map.iter_mut().map(|(_, inner)| inner), rest, value),
        _ => false,
    }
}

/// In every one of them, also after the first that has the place.
fn put_each<'a>(values: impl Iterator<Item = &'a mut Value>, rest: &[Step], value: Option<&Value>) -> bool {
    let mut any = false;
    for inner in values {
        any |= put(inner, rest, value);
    }
    any
}

fn example() -> AssetId {
    "example".parse().expect("the text is an id")
}

/// What a broken case says in one line of a log.
impl std::fmt::Display for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{}: case `{}`: expected {}, got {}",
            self.check,
            self.case,
            self.expected.as_str(),
            self.got.as_str()
        )?;
        if let Verdict::Unknown(Reason { code, args }) = &self.got {
            write!(f, " ({} {args:?})", code.as_str())?;
        }
        match &self.keys {
            Some(keys) => write!(f, ", failing keys {keys:?}"),
            None => Ok(()),
        }
    }
}

impl CaseReport {
    pub fn is_ok(&self) -> bool {
        self.broken.is_empty()
    }
}
