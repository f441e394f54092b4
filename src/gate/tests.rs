//! Every rule of the gate, one by one.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    grade::{Letter, Ratio, Word},
    model::{Digest, Lang, Severity, Text},
    yaml::{Date, Source},
};

use super::{
    CatalogueOf, Conclusion, Counts, Decision, Expiring, ExpiringKind, Failing, GateCode, GateFinding, GateInput,
    GateProfile, GateScope, HighRiskCount, HighRiskState, NewOnly, Policy, Signature, Signed, decide,
};

mod never;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn today() -> Date {
    day("2026-11-21")
}

fn digest(text: &str) -> Digest {
    Digest::of(text.as_bytes())
}

/// What the safe default lets through.
fn green() -> GateInput {
    GateInput {
        counts: Counts { planned: 100, pass: 90, fail: 2, not_applicable: 5, unknown: 3 },
        failing: vec![failing("host.motd", Severity::Low, None)],
        high_risk: HighRiskCount::default(),
        baseline: Some(Letter::A),
        baseline_with_waivers: Some(Letter::A),
        profiles: vec![GateProfile {
            profile: "gbt-22239-2019-l3".parse().unwrap(),
            items: 211,
            applicable: 200,
            decided: 200,
            floor: Ratio::new(90, 1),
            word: Word::Basic,
            word_with_waivers: Word::Basic,
            draft: false,
        }],
        evidence_day: Some(day("2026-11-20")),
        artifacts: BTreeSet::from([digest("app")]),
        artifact: Some(digest("app")),
        catalogue: digest("catalogue"),
        catalogue_of: CatalogueOf::Installed,
        expiring: Vec::new(),
        signatures: BTreeMap::new(),
        damage: Vec::new(),
        known_findings: None,
    }
}

fn failing(check: &str, severity: Severity, waived_until: Option<&str>) -> Failing {
    let finding = GateFinding { id: format!("{check}-1"), waived_until: waived_until.map(day) };
    Failing { check: check.parse().unwrap(), asset: "web-01".parse().unwrap(), severity, findings: vec![finding] }
}

fn codes(decision: &Decision) -> Vec<&'static str> {
    decision.reasons.iter().map(|reason| reason.code.as_str()).collect()
}

/// The reasons after one change of input and policy.
fn after(change: impl FnOnce(&mut GateInput, &mut Policy)) -> Vec<&'static str> {
    let (mut input, mut policy) = (green(), Policy::default());
    change(&mut input, &mut policy);
    let decision = decide(&input, &policy, today());
    assert_eq!(decision.code == 0, decision.reasons.is_empty());
    for reason in &decision.reasons {
        for lang in [Lang::Zh, Lang::En] {
            let line = reason.describe(lang);
            assert!(!line.is_empty() && !line.contains(['{', '}', '\n']), "{line}");
        }
    }
    codes(&decision)
}

#[test]
fn the_safe_default_lets_good_evidence_through() {
    assert_eq!(after(|_, _| {}), [""; 0]);
}

type Change = Box<dyn Fn(&mut GateInput, &mut Policy)>;

fn rule(change: impl Fn(&mut GateInput, &mut Policy) + 'static) -> Change {
    Box::new(change)
}

#[test]
fn each_rule_of_trust_turns_it_red() {
    for (change, expected) in [
        (rule(|input, _| input.damage.push(Text::new("object ab, chunk 3", "object ab, chunk 3"))), "damaged"),
        (rule(|input, _| input.catalogue_of = CatalogueOf::Bundle), "own_catalogue"),
        (rule(|_, policy| policy.catalogue = Some(digest("other"))), "other_catalogue"),
        (rule(|input, _| input.artifact = Some(digest("other app"))), "other_artifact"),
        (rule(|input, _| input.artifacts.clear()), "other_artifact"),
        (rule(|_, policy| policy.require_signatures = vec![Signed::Seal]), "not_signed"),
        (
            rule(|input, policy| {
                policy.require_signatures = vec![Signed::Waivers];
                input.signatures.insert(Signed::Waivers, Signature::Untrusted);
            }),
            "untrusted_signature",
        ),
        (rule(|input, _| input.signatures = BTreeMap::from([(Signed::Seal, Signature::Invalid)])), "bad_signature"),
        (rule(|input, _| input.evidence_day = None), "age_unknown"),
        (rule(|input, _| input.evidence_day = Some(day("2026-11-13"))), "too_old"),
        (rule(|input, _| input.evidence_day = Some(day("2026-11-22"))), "from_the_future"),
    ] {
        assert_eq!(after(change), [expected]);
    }
    assert_eq!(after(|input, _| input.evidence_day = Some(day("2026-11-14"))), [""; 0]);
    assert_eq!(after(|input, _| input.artifact = None), [""; 0]);
    assert_eq!(after(|_, policy| policy.catalogue = Some(digest("catalogue"))), [""; 0]);
    assert_eq!(after(|_, policy| policy.require_signatures = vec![Signed::Waivers]), [""; 0]);
}

#[test]
fn each_rule_of_coverage_turns_it_red() {
    let counts = |planned, pass, fail, not_applicable, unknown| Counts { planned, pass, fail, not_applicable, unknown };
    for (found, expected) in [
        (counts(0, 0, 0, 0, 0), vec!["nothing_evaluated", "too_few_decided"]),
        (counts(10, 0, 0, 10, 0), vec!["nothing_evaluated"]),
        (counts(100, 94, 0, 0, 6), vec!["too_few_decided", "too_many_unknown"]),
        (counts(100, 95, 0, 0, 5), vec![]),
        // What was planned and is nowhere is unknown.
        (counts(100, 90, 0, 0, 0), vec!["too_few_decided", "too_many_unknown"]),
        // More unknowns than were planned are not hidden by a small plan.
        (counts(10, 10, 0, 0, 90), vec!["too_few_decided", "too_many_unknown"]),
    ] {
        assert_eq!(after(|input, _| input.counts = found), expected, "{found:?}");
    }
    assert_eq!(after(|_, policy| policy.max_not_applicable = Some(5)), ["too_many_not_applicable"]);
    assert_eq!(after(|_, policy| policy.max_not_applicable = Some(6)), [""; 0]);
    assert_eq!(
        after(|input, policy| {
            policy.min_decided = 0;
            policy.max_unknown = None;
            input.counts = counts(100, 0, 0, 0, 100);
        }),
        ["nothing_evaluated"]
    );
}

#[test]
fn failing_checks_count_by_severity_and_waivers_are_judged_today() {
    let with = |failing: Failing| after(|input, _| input.failing.push(failing));
    assert_eq!(with(failing("host.a", Severity::High, None)), ["failing"]);
    assert_eq!(with(failing("host.a", Severity::Medium, None)), [""; 0]);
    assert_eq!(with(failing("host.a", Severity::Critical, Some("2026-11-21"))), [""; 0]);
    assert_eq!(with(failing("host.a", Severity::Critical, Some("2026-11-20"))), ["failing"]);
    let mut half = failing("host.a", Severity::High, Some("2027-01-01"));
    half.findings.push(GateFinding { id: "y".into(), waived_until: None });
    assert_eq!(with(half), ["failing"]);
    let mut bare = failing("host.a", Severity::High, None);
    bare.findings.clear();
    assert_eq!(with(bare), ["failing"]);
}

#[test]
fn an_ended_waiver_brings_back_the_letter_and_the_word_without_waivers() {
    let ended = |input: &mut GateInput, until| {
        input.failing.push(failing("host.a", Severity::Low, Some(until)));
        input.baseline = Some(Letter::C);
    };
    assert_eq!(after(|input, _| ended(input, "2026-12-01")), [""; 0]);
    assert_eq!(after(|input, _| ended(input, "2026-11-01")), ["baseline_below"]);
    let decision = decide(
        &{
            let mut input = green();
            ended(&mut input, "2026-11-01");
            input
        },
        &Policy::default(),
        today(),
    );
    assert_eq!(decision.notes[0].code, GateCode::WaiverEnded);
    assert_eq!(
        after(|input, policy| {
            policy.scope = GateScope::Profile;
            input.failing.push(failing("host.a", Severity::Low, Some("2026-11-01")));
            input.profiles[0].word = Word::NonCompliant;
        }),
        ["conclusion"]
    );
}

#[test]
fn only_new_findings_count_where_the_policy_says_so() {
    let new_only = |policy: &mut Policy| policy.new_only = Some(NewOnly { since: "baseline.jxb".into() });
    let old = || failing("host.a", Severity::High, None);
    assert_eq!(after(|_, policy| new_only(policy)), ["no_baseline"]);
    assert_eq!(
        after(|input, policy| {
            new_only(policy);
            input.known_findings = Some(BTreeSet::from(["host.a-1".to_owned()]));
            input.failing = vec![old(), failing("host.b", Severity::High, None)];
        }),
        ["failing"]
    );
    assert_eq!(
        after(|input, policy| {
            new_only(policy);
            input.known_findings = Some(BTreeSet::from(["host.a-1".to_owned()]));
            input.failing = vec![old()];
        }),
        [""; 0]
    );
    // A baseline that nobody asked for hides nothing.
    assert_eq!(
        after(|input, _| {
            input.known_findings = Some(BTreeSet::from(["host.a-1".to_owned()]));
            input.failing = vec![old()];
        }),
        ["failing"]
    );
}

#[test]
fn high_risks_and_the_letter_count() {
    assert_eq!(after(|input, _| input.high_risk.confirmed.push("HR-NET-04".into())), ["high_risk_confirmed"]);
    assert_eq!(after(|input, _| input.high_risk.candidates.push("HR-NET-04".into())), ["high_risk_candidate"]);
    assert_eq!(
        after(|input, policy| {
            policy.fail_on.high_risk = vec![HighRiskState::Confirmed];
            input.high_risk.candidates.push("HR-NET-04".into());
        }),
        [""; 0]
    );
    let letter = |letter| after(move |input, _| (input.baseline, input.baseline_with_waivers) = (letter, letter));
    assert_eq!(letter(Some(Letter::B)), [""; 0]);
    assert_eq!(letter(Some(Letter::C)), ["baseline_below"]);
    assert_eq!(letter(None), ["not_rated"]);
}

#[test]
fn the_scope_profile_asks_for_the_whole_conclusion() {
    let profile = |change: fn(&mut GateInput)| {
        after(move |input, policy| {
            policy.scope = GateScope::Profile;
            change(input);
        })
    };
    assert_eq!(profile(|_| {}), [""; 0]);
    assert_eq!(profile(|input| input.profiles.clear()), ["nothing_evaluated"]);
    assert_eq!(profile(|input| input.profiles[0].decided = 189), ["too_few_decided", "too_many_unknown"]);
    assert_eq!(profile(|input| input.profiles[0].draft = true), ["draft"]);
    assert_eq!(profile(|input| input.profiles[0].word_with_waivers = Word::NonCompliant), ["conclusion"]);
    assert_eq!(profile(|input| input.profiles[0].word_with_waivers = Word::ToBeConfirmed), ["no_conclusion"]);
    let expired = |kind| Expiring { kind, what: "8.1.4.1.a in-use".into(), expires: day("2026-11-20") };
    assert_eq!(
        after(|input, policy| {
            policy.scope = GateScope::Profile;
            input.expiring = vec![expired(ExpiringKind::Answer), expired(ExpiringKind::Inherited)];
        }),
        ["answer_expired", "inherited_expired"]
    );
    assert_eq!(after(|input, _| input.expiring = vec![expired(ExpiringKind::Answer)]), [""; 0]);
}

#[test]
fn a_profile_that_a_policy_names_needs_a_good_conclusion_in_every_scope() {
    let named = |id: &str, conclusion, word| {
        let id = id.parse().unwrap();
        after(move |input, policy| {
            policy.fail_on.profiles = BTreeMap::from([(id, conclusion)]);
            input.profiles[0].word_with_waivers = word;
        })
    };
    let id = "gbt-22239-2019-l3";
    assert_eq!(named(id, Conclusion::Basic, Word::Compliant), [""; 0]);
    assert_eq!(named(id, Conclusion::Basic, Word::Basic), ["conclusion"]);
    assert_eq!(named(id, Conclusion::Basic, Word::NonCompliant), ["conclusion"]);
    assert_eq!(named(id, Conclusion::NonCompliant, Word::Basic), [""; 0]);
    assert_eq!(named(id, Conclusion::NonCompliant, Word::InsufficientEvidence), ["no_conclusion"]);
    assert_eq!(named(id, Conclusion::Poor, Word::Compliant), ["no_conclusion"]);
    assert_eq!(named("tianfu-subsite", Conclusion::NonCompliant, Word::Basic), ["profile_missing"]);
    let rate = |floor: Option<Ratio>, limit| {
        after(move |input, policy| {
            policy.min_rate = BTreeMap::from([(id.parse().unwrap(), limit)]);
            input.profiles[0].floor = floor;
        })
    };
    assert_eq!(rate(Ratio::new(90, 1), 90), [""; 0]);
    assert_eq!(rate(Ratio::new(8999, 100), 90), ["rate_below"]);
    assert_eq!(rate(None, 0), ["rate_below"]);
}

#[test]
fn several_subsites_are_green_only_together_and_never_when_there_is_none() {
    let one = decide(&green(), &Policy::default(), today());
    let mut input = green();
    input.damage.push(Text::new("x", "x"));
    let other = decide(&input, &Policy::default(), today());
    let (cd, sc) = ("cd".parse().unwrap(), "sc".parse().unwrap());
    let all = Decision::of_all([(cd, one), (sc, other)]);
    assert_eq!(all.code, 1);
    assert_eq!(all.reasons[0].describe(Lang::En), "sc: the bundle is damaged: x");
    assert_eq!(Decision::of_all([]).code, 1);
}

#[test]
fn a_reason_is_one_line_whatever_was_scanned() {
    let mut input = green();
    input.damage.push(Text::new("a\n::error::b\u{1b}[31m", "a\n::error::b\u{1b}[31m"));
    let decision = decide(&input, &Policy::default(), today());
    assert_eq!(decision.reasons[0].describe(Lang::En).lines().count(), 1);
}

#[test]
fn codes_are_unique() {
    let all: BTreeSet<_> = GateCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(all.len(), GateCode::ALL.len());
}

#[test]
fn a_policy_file_starts_from_the_safe_default() {
    let read = |text: &str| Policy::read(&Source::new("gate.yaml", format!("schema: jixian.gate/v1\n{text}")));
    assert_eq!(read("").unwrap(), Policy::default());
    let policy = read(
        "scope: profile
min_decided: 90
max_unknown: 10
min_rate: {gbt-22239-2019-l3: 80}
fail_on: {severity: [critical], profiles: {gbt-22239-2019-l3: 基本符合}}
max_age_days: 3
new_only: {since: baseline.jxb}
catalogue: \"sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\"
require_signatures: [seal, waivers]
",
    )
    .unwrap_or_else(|list| panic!("{list}"));
    assert_eq!(policy.fail_on.high_risk, Policy::default().fail_on.high_risk);
    assert_eq!(policy.fail_on.severity, [Severity::Critical]);
    let list = read("min_decided: 101\nfail_on: {profiles: {gbt-22239-2019-l3: 符合}, sevrity: [high]}\n").unwrap_err();
    assert_eq!(list.iter().count(), 3, "{list}");
}
