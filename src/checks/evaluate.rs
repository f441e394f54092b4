//! Judges one asset's facts by one check. An error in one check is that check's Unknown.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::model::{AssetId, Reason, ReasonCode, Text, Verdict};

use super::{
    AssetFacts, Check, Finding, Outcome, Step,
    check::{Assertion, CheckKind, Each, Empty, Shown},
    expr::{Inputs, look_up, unknown_itself},
    params::{self, Params},
    render::{self, Blanks},
};

/// Most findings that one outcome lists; the others are counted in `more`.
pub const FINDINGS: usize = 1000;

impl Check {
    /// Judges facts that are used once; see [`evaluate_on`](Self::evaluate_on) for many checks over the same facts.
    pub fn evaluate(&self, params: &Params, facts: &Value, asset: &AssetId, as_of: Timestamp) -> Outcome {
        self.evaluate_on(params, &AssetFacts::new(facts, as_of), asset)
    }

    /// Judges the facts of one asset. Never panics, whatever the facts are.
    pub fn evaluate_on(&self, params: &Params, facts: &AssetFacts<'_>, asset: &AssetId) -> Outcome {
        let values = self.effective(params);
        let params_digest = params::digest(values.as_ref().unwrap_or(&Map::new()));
        let mut judgement = Judgement::default();
        let verdict = match &values {
            Ok(values) => self.judge(values, facts, asset, &mut judgement),
            Err(mistake) => {
                let reason = Reason::new(ReasonCode::Evaluation).with("error", "parameter");
                Verdict::Unknown(reason.with("parameter", mistake.name.clone()))
            }
        };
        let (findings, more) = (judgement.findings, judgement.more);
        let (check, revision, digest, severity) = (self.id.clone(), self.revision, self.digest, self.severity);
        Outcome { check, revision, digest, params_digest, asset: asset.clone(), severity, verdict, findings, more }
    }

    /// What the check looked at, for the report: every mentioned path that is no part of another, with its value as text.
    pub fn looked_at(&self, facts: &Value) -> BTreeMap<String, String> {
        let mut out = BTreeMap::new();
        let mut show = |steps: &[Step]| {
            let end = steps.iter().position(|step| !matches!(step, Step::Field(_))).unwrap_or(steps.len());
            let name = path_text(&steps[..end]);
            let value = look_up(facts, &steps[..end]).map_or_else(|| "?".to_owned(), render::value);
            out.insert(name, value);
        };
        for expression in self.deciding() {
            expression.mentions().leaves().iter().filter(|leaf| !leaf.is_empty()).for_each(|leaf| show(leaf));
        }
        for assertion in &self.assertions {
            match (&assertion.each, &assertion.actual) {
                (Some(each), _) => show(&each.path),
                (None, Some(Shown::Fact(path))) => show(path),
                _ => {}
            }
        }
        out
    }

    fn judge(
        &self,
        params: &Map<String, Value>,
        facts: &AssetFacts<'_>,
        asset: &AssetId,
        out: &mut Judgement,
    ) -> Verdict {
        let inputs = facts.with_params(params);
        match self.applies.as_ref().map(|applies| applies.test(&inputs, None)) {
            Some(Err(reason)) => return Verdict::Unknown(reason),
            Some(Ok(false)) => return Verdict::NotApplicable,
            None | Some(Ok(true)) => {}
        }
        let run = Run { check: self, inputs: &inputs, params, asset };
        if self.assertions.is_empty() {
            return run.show_groups(out);
        }
        for assertion in &self.assertions {
            run.assertion(assertion, out);
        }
        out.verdict(self.kind)
    }
}

/// A dotted path for people.
pub(super) fn path_text(steps: &[Step]) -> String {
    let mut out = String::new();
    for step in steps {
        match step {
            Step::Field(name) if out.is_empty() => out.push_str(name),
            Step::Field(name) => out.extend([".", name]),
            Step::Index(index) => out.push_str(&format!("[{index}]")),
            Step::Each => out.push_str("[]"),
        }
    }
    out
}

/// What the assertions gave so far.
#[derive(Default)]
struct Judgement {
    failed: bool,
    unknown: Option<Reason>,
    findings: Vec<Finding>,
    more: u64,
}

impl Judgement {
    fn add(&mut self, finding: Finding) {
        match &finding.verdict {
            Verdict::Fail => self.failed = true,
            Verdict::Unknown(reason) if self.unknown.is_none() => self.unknown = Some(reason.clone()),
            _ => {}
        }
        if self.findings.len() < FINDINGS {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }

    /// A failure outweighs what is unknown; what is unknown outweighs what passes.
    fn verdict(&mut self, kind: CheckKind) -> Verdict {
        match (kind, self.unknown.take()) {
            (CheckKind::Automated, _) if self.failed => Verdict::Fail,
            (_, Some(reason)) => Verdict::Unknown(reason),
            (CheckKind::Automated, None) => Verdict::Pass,
            (CheckKind::Assisted, None) => Verdict::Manual,
        }
    }
}

struct Run<'r, 'a> {
    check: &'r Check,
    inputs: &'r Inputs<'r, 'a>,
    params: &'r Map<String, Value>,
    asset: &'r AssetId,
}

impl<'a> Run<'_, 'a> {
    fn assertion(&self, assertion: &Assertion, out: &mut Judgement) {
        // What is mentioned beside the elements is asked once: it is unknown for all of them or for none.
        let conditions = assertion.expr.iter().chain(assertion.each.iter().filter_map(|each| each.filter.as_ref()));
        if let Some(unknown) = conditions.into_iter().find_map(|expr| expr.unknown_fact(self.inputs.json())) {
            out.add(self.finding(assertion, None, Verdict::Unknown(unknown.reason), None));
            return;
        }
        match &assertion.each {
            Some(each) => self.each(assertion, each, out),
            None => {
                if let Some(verdict) = self.judged(assertion, None) {
                    out.add(self.finding(assertion, None, verdict, None));
                }
            }
        }
    }

    fn each(&self, assertion: &Assertion, each: &Each, out: &mut Judgement) {
        let list = match look_up(self.inputs.json(), &each.path) {
            Some(Value::Array(list)) => list,
            found => {
                let reason = unknown_itself(found, &each.path);
                out.add(self.finding(assertion, None, Verdict::Unknown(reason), None));
                return;
            }
        };
        let conditions = assertion.expr.iter().chain(&each.filter);
        if let Some(reason) = conditions.into_iter().find_map(|expr| expr.too_much(self.inputs.json(), list.len())) {
            out.add(self.finding(assertion, None, Verdict::Unknown(reason), None));
            return;
        }
        let mut looked_at = 0_u64;
        let mut keys = BTreeMap::new();
        for (index, it) in list.iter().enumerate() {
            let verdict = match each.filter.as_ref().map(|filter| filter.test(self.inputs, Some(it))) {
                Some(Ok(false)) => continue,
                Some(Err(reason)) => Some(Verdict::Unknown(reason)),
                None | Some(Ok(true)) => self.judged(assertion, Some(it)),
            };
            looked_at += 1;
            if let Some(verdict) = verdict {
                let key = self.key(each, it, index, &mut keys);
                out.add(self.finding(assertion, Some(key), verdict, Some(it)));
            }
        }
        if looked_at == 0
            && let Some(verdict) = empty_verdict(assertion, &path_text(&each.path))
        {
            out.add(self.finding(assertion, None, verdict, None));
        }
    }

    /// The verdict of an assertion where it is a finding; `None` where it passes.
    fn judged(&self, assertion: &Assertion, it: Option<&'a Value>) -> Option<Verdict> {
        let shown = || (self.check.kind == CheckKind::Assisted).then_some(Verdict::Manual);
        let Some(expr) = &assertion.expr else {
            let unread = self.actual_unknown(assertion, it);
            return unread.map(Verdict::Unknown).or_else(shown);
        };
        match expr.test(self.inputs, it) {
            Err(reason) => Some(Verdict::Unknown(reason)),
            Ok(false) => shown().or(Some(Verdict::Fail)),
            Ok(true) if expr.holds_vacuously(self.inputs.json(), it) => empty_verdict(assertion, "all"),
            Ok(true) => None,
        }
    }

    fn actual_unknown(&self, assertion: &Assertion, it: Option<&'a Value>) -> Option<Reason> {
        let (found, path) = match assertion.actual.as_ref()? {
            Shown::Fact(path) => (look_up(self.inputs.json(), path), path),
            Shown::OfIt(path) => (it.and_then(|it| look_up(it, path)), path),
            Shown::Computed(expression) => return expression.compute(self.inputs, it).err(),
        };
        let known = found.is_some_and(|value| value.get("$status").is_none());
        (!known).then(|| unknown_itself(found, path))
    }

    fn finding(&self, assertion: &Assertion, key: Option<String>, verdict: Verdict, it: Option<&'a Value>) -> Finding {
        let observed = self.observed(assertion, it);
        let blanks = Blanks { actual: &observed, key: key.as_deref().unwrap_or_default(), params: self.params, it };
        let message = match &verdict {
            Verdict::Unknown(reason) => said(reason),
            _ => render::fill(&assertion.fail, &blanks),
        };
        let expected =
            assertion.expected.as_ref().map_or_else(|| self.check.title.clone(), |text| render::fill(text, &blanks));
        let id = Finding::identity(&self.check.id, &assertion.id, self.asset, key.as_deref());
        Finding { id, assertion: assertion.id.clone(), key, verdict, observed, expected, message }
    }

    fn observed(&self, assertion: &Assertion, it: Option<&'a Value>) -> String {
        let found = match &assertion.actual {
            None => None,
            Some(Shown::Fact(path)) => look_up(self.inputs.json(), path).map(render::value),
            Some(Shown::OfIt(path)) => it.and_then(|it| look_up(it, path)).map(render::value),
            Some(Shown::Computed(expression)) => {
                expression.compute(self.inputs, it).ok().map(|value| render::value(&value))
            }
        };
        found.unwrap_or_default()
    }

    /// The name of an element: its key, or its position where the key can't be told. Equal names are numbered.
    fn key(&self, each: &Each, it: &'a Value, index: usize, seen: &mut BTreeMap<String, u64>) -> String {
        let named = each.key.as_ref().and_then(|key| key.compute(self.inputs, Some(it)).ok());
        let name = match named {
            Some(value) => render::value(&value),
            None => format!("#{}", index + 1),
        };
        let times = seen.entry(name.clone()).or_default();
        *times += 1;
        if *times == 1 { name } else { format!("{name}#{times}") }
    }

    /// An assisted check without assertions shows the groups that it needs.
    fn show_groups(&self, out: &mut Judgement) -> Verdict {
        for group in &self.check.needs {
            let steps: Vec<_> = group.split('.').map(|name| Step::Field(name.to_owned())).collect();
            let found = look_up(self.inputs.json(), &steps);
            let verdict = match found {
                Some(value) if has_known_leaf(value) => Verdict::Manual,
                found => Verdict::Unknown(unknown_itself(found, &steps)),
            };
            let observed = found.map(render::value).unwrap_or_default();
            let message = match &verdict {
                Verdict::Unknown(reason) => said(reason),
                _ => self.check.title.clone(),
            };
            let id = Finding::identity(&self.check.id, group, self.asset, None);
            let expected = self.check.title.clone();
            out.add(Finding { id, assertion: group.clone(), key: None, verdict, observed, expected, message });
        }
        out.verdict(CheckKind::Assisted)
    }
}

/// What an empty list means to an assertion; `None`: it passes.
fn empty_verdict(assertion: &Assertion, list: &str) -> Option<Verdict> {
    match assertion.empty.unwrap_or(Empty::Unknown) {
        Empty::Pass => None,
        Empty::Fail => Some(Verdict::Fail),
        Empty::Unknown => {
            let reason = Reason::new(ReasonCode::Evaluation).with("error", "empty_list").with("path", list);
            Some(Verdict::Unknown(reason))
        }
    }
}

fn has_known_leaf(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Object(map) if map.contains_key("$status") => false,
        Value::Object(map) => map.is_empty() || map.values().any(has_known_leaf),
        _ => true,
    }
}

fn said(reason: &Reason) -> Text {
    use crate::model::Lang;
    Text::new(reason.describe(Lang::Zh), reason.describe(Lang::En))
}
