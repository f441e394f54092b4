//! Checks as a whole: what a file says is what an asset's facts are judged by.

use serde_json::{Value, json};

use crate::{
    model::{CatalogueFiles, ReasonCode, Verdict},
    yaml::Mistakes,
};

use super::{AssetFacts, Check, CheckSet, FINDINGS, Outcome, Params, Schema, lint_typed};

fn schema() -> Schema {
    let tri = json!({"type": "string", "enum": ["yes", "no", "unknown"]});
    Schema::from_json(&json!({"type": "object", "required": ["host"], "properties": {"host": {
        "type": "object",
        "required": ["sshd", "accounts", "limit"],
        "properties": {
            "sshd": {"type": "object", "required": ["installed"], "properties": {
                "installed": {"type": "boolean"},
                "effective": {"type": "object", "additionalProperties": {"type": "string"}},
            }},
            "accounts": {"type": "array", "items": {"type": "object", "required": ["name", "uid", "locked"], "properties": {
                "name": {"type": "string"},
                "uid": {"type": "integer"},
                "locked": tri,
                "groups": {"type": "array", "items": {"type": "string"}},
            }}},
            "limit": {"type": "integer"},
        },
    }}}))
}

const HEAD: &str = "schema: jixian.check/v1
id: host.test
revision: 3
title: {zh: 标题, en: Title}
severity: high
kind: automated
target: [host.linux]
needs: [NEEDS]
why: {zh: 因, en: Why}
remedy: {zh: 改, en: Fix}
";

fn files(needs: &str, body: &str) -> CatalogueFiles {
    let text = format!("{}{body}", HEAD.replace("NEEDS", needs));
    CatalogueFiles::new([("checks/host/host.test.yaml".to_owned(), text)])
}

fn load(body: &str) -> Result<CheckSet, Mistakes> {
    CheckSet::load_typed(&files("host.accounts", body), &schema())
}

fn judge(checks: &CheckSet, facts: &Value) -> Outcome {
    judge_with(checks, facts, Params::default())
}

fn judge_with(checks: &CheckSet, facts: &Value, params: Params) -> Outcome {
    let check: &Check = checks.iter().next().unwrap();
    check.evaluate(&params, facts, &"web-01".parse().unwrap(), "2026-11-21T00:00:00Z".parse().unwrap())
}

/// Keys and verdicts of the findings.
fn found(outcome: &Outcome) -> Vec<(String, &'static str)> {
    outcome.findings.iter().map(|f| (f.key.clone().unwrap_or_default(), f.verdict.as_str())).collect()
}

const EACH: &str = "params:
  ids: {type: list<int>, default: [0], doc: {zh: 号, en: Ids}}
assert:
  - id: locked
    each: host.accounts
    where: |
      it.uid in params.ids
    key: it.name
    empty: EMPTY
    expr: |
      it.locked == \"yes\"
    actual: it.locked
    fail: {zh: \"{key} 为 {actual}（{it.uid}，{params.ids}）\", en: \"{key} is {actual}\"}
";

fn each(empty: &str) -> CheckSet {
    load(&EACH.replace("EMPTY", empty)).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn accounts(list: &[(&str, i64, Value)]) -> Value {
    let list: Vec<_> =
        list.iter().map(|(name, uid, locked)| json!({"name": name, "uid": uid, "locked": locked})).collect();
    json!({"host": {"accounts": list}})
}

#[test]
fn every_offender_is_a_finding_of_its_own_and_a_failure_outweighs_what_is_unknown() {
    let facts = accounts(&[
        ("a", 0, json!("no")),
        ("b", 0, json!("yes")),
        ("c", 0, json!("unknown")),
        ("d", 7, json!("no")),
        ("a", 0, json!({"$status": "denied", "reason": "shadow"})),
    ]);
    let outcome = judge(&each("pass"), &facts);
    assert_eq!(outcome.verdict, Verdict::Fail);
    assert_eq!(found(&outcome), [("a".into(), "fail"), ("c".into(), "unknown"), ("a#2".into(), "unknown")]);
    let first = &outcome.findings[0];
    assert_eq!(first.observed, "no");
    assert_eq!(first.message.zh, "a 为 no（0，0）");
    assert_eq!(first.message.en, "a is no");
    assert_eq!(first.expected.en, "Title");
}

#[test]
fn one_unknown_element_keeps_the_check_from_passing() {
    let facts = accounts(&[("b", 0, json!("yes")), ("c", 0, json!("unknown"))]);
    let Verdict::Unknown(reason) = judge(&each("pass"), &facts).verdict else { panic!("it is unknown") };
    assert_eq!(reason.code, ReasonCode::ValueUnknown);
    let mut facts = facts;
    facts["host"]["accounts"][1] = json!({"$status": "timeout", "reason": "x"});
    let outcome = judge(&each("pass"), &facts);
    assert_eq!(found(&outcome), [("#2".into(), "unknown")]);
}

#[test]
fn an_element_whose_filter_is_unknown_is_unknown() {
    let mut facts = accounts(&[("b", 0, json!("yes")), ("c", 9, json!("no"))]);
    assert_eq!(judge(&each("pass"), &facts).verdict, Verdict::Pass);
    facts["host"]["accounts"][1]["uid"] = json!({"$status": "denied", "reason": "x"});
    assert_eq!(found(&judge(&each("pass"), &facts)), [("c".into(), "unknown")]);
}

#[test]
fn an_unread_list_is_one_unknown_finding() {
    for (value, code) in [
        (json!({"$status": "denied", "reason": "x"}), ReasonCode::Denied),
        (json!({"$status": "denied"}), ReasonCode::Denied),
        (json!("x"), ReasonCode::Malformed),
    ] {
        let outcome = judge(&each("pass"), &json!({"host": {"accounts": value}}));
        let Verdict::Unknown(reason) = &outcome.verdict else { panic!("{:?}", outcome.verdict) };
        assert_eq!((reason.code, outcome.findings.len()), (code, 1));
    }
    for facts in [json!({"host": {}}), json!({}), json!(null), json!([1])] {
        assert!(matches!(judge(&each("pass"), &facts).verdict, Verdict::Unknown(_)));
    }
}

#[test]
fn what_an_empty_list_means_is_what_the_check_says() {
    let none = accounts(&[("d", 7, json!("no"))]);
    assert_eq!(judge(&each("pass"), &none).verdict, Verdict::Pass);
    assert_eq!(judge(&each("fail"), &none).verdict, Verdict::Fail);
    assert!(matches!(judge(&each("unknown"), &none).verdict, Verdict::Unknown(_)));
    let silent = load(&EACH.replace("    empty: EMPTY\n", "")).unwrap();
    assert!(matches!(judge(&silent, &json!({"host": {"accounts": []}})).verdict, Verdict::Unknown(_)));
}

#[test]
fn an_empty_list_under_all_is_not_a_pass_by_itself() {
    let body = "assert:
  - id: all
    empty: EMPTY
    expr: |
      host.accounts.all(a, a.uid > 0)
    actual: host.accounts
    fail: {zh: 否, en: No}
";
    let none = json!({"host": {"accounts": []}});
    let verdict = |empty: &str| judge(&load(&body.replace("EMPTY", empty)).unwrap(), &none).verdict;
    assert_eq!(verdict("pass"), Verdict::Pass);
    assert_eq!(verdict("fail"), Verdict::Fail);
    assert!(matches!(verdict("unknown"), Verdict::Unknown(_)));
}

#[test]
fn parameters_replace_defaults_and_wrong_ones_decide_nothing() {
    let facts = accounts(&[("d", 7, json!("no"))]);
    let given = |value: Value| Params([("ids".to_owned(), value)].into());
    let seven = judge_with(&each("pass"), &facts, given(json!([7])));
    assert_eq!(seven.verdict, Verdict::Fail);
    assert_ne!(seven.params_digest, judge(&each("pass"), &facts).params_digest);
    assert!(matches!(judge_with(&each("pass"), &facts, given(json!("7"))).verdict, Verdict::Unknown(_)));
    let stranger = Params([("x".to_owned(), json!(1))].into());
    assert!(matches!(judge_with(&each("pass"), &facts, stranger).verdict, Verdict::Unknown(_)));
}

const APPLIES: &str = "applies: |
  host.sshd.installed
assert:
  - id: root
    expr: |
      host.sshd.effective.permitrootlogin == \"no\"
    actual: host.sshd.effective.permitrootlogin
    fail: {zh: \"{actual}\", en: \"{actual}\"}
";

#[test]
fn not_applicable_needs_a_fact_that_was_read() {
    let checks = CheckSet::load_typed(&files("host.sshd", APPLIES), &schema()).unwrap();
    let verdict = |sshd: Value| judge(&checks, &json!({"host": {"sshd": sshd}})).verdict;
    assert_eq!(verdict(json!({"installed": false})), Verdict::NotApplicable);
    assert_eq!(verdict(json!({"installed": true, "effective": {"permitrootlogin": "no"}})), Verdict::Pass);
    assert_eq!(verdict(json!({"installed": true, "effective": {"permitrootlogin": "yes"}})), Verdict::Fail);
    for unknown in [
        json!({"installed": {"$status": "no_tool", "reason": "x"}, "effective": {"permitrootlogin": "no"}}),
        json!({"effective": {"permitrootlogin": "no"}}),
        json!({"installed": true, "effective": {"$status": "denied", "reason": "x"}}),
        json!({"installed": true, "effective": {}}),
        json!({"$status": "error", "reason": "x"}),
    ] {
        assert!(matches!(verdict(unknown.clone()), Verdict::Unknown(_)), "{unknown}");
    }
}

#[test]
fn an_assisted_check_shows_facts_and_leaves_the_verdict_to_a_person() {
    let text = HEAD.replace("NEEDS", "host.accounts").replace("automated", "assisted");
    let load = |body: &str| {
        let files = CatalogueFiles::new([("checks/host/host.test.yaml".to_owned(), format!("{text}{body}"))]);
        CheckSet::load_typed(&files, &schema()).unwrap_or_else(|mistakes| panic!("{mistakes}"))
    };
    let facts = accounts(&[("a", 0, json!("no")), ("b", 1, json!("yes"))]);
    let unread = json!({"host": {"accounts": {"$status": "denied", "reason": "x"}}});

    let groups = load("");
    assert_eq!(judge(&groups, &facts).verdict, Verdict::Manual);
    assert!(judge(&groups, &facts).findings[0].observed.contains("name: a"));
    assert!(matches!(judge(&groups, &unread).verdict, Verdict::Unknown(_)));

    let listed = load(
        "assert:\n  - {id: who, each: host.accounts, key: it.name, actual: it.uid, empty: pass, fail: {zh: \"{key}\", en: \"{key}\"}}\n",
    );
    assert_eq!(found(&judge(&listed, &facts)), [("a".into(), "manual"), ("b".into(), "manual")]);
    assert!(matches!(judge(&listed, &unread).verdict, Verdict::Unknown(_)));
}

#[test]
fn the_identity_of_a_finding_is_stable_and_its_own() {
    let facts = accounts(&[("a", 0, json!("no")), ("b", 0, json!("no"))]);
    let (one, two) = (judge(&each("pass"), &facts), judge(&each("fail"), &facts));
    assert_eq!(one.findings[0].id, two.findings[0].id);
    assert_ne!(one.findings[0].id, one.findings[1].id);
    assert_eq!(one.findings[0].id, "30bd7249479eb7c4");
}

#[test]
fn an_outcome_reads_back_as_it_was_written() {
    let outcome = judge(&each("pass"), &accounts(&[("a", 0, json!("no")), ("c", 0, json!("unknown"))]));
    let text = serde_json::to_string(&outcome).unwrap();
    assert!(text.contains("\"verdict\":\"fail\""), "{text}");
    assert_eq!(serde_json::from_str::<Outcome>(&text).unwrap(), outcome);
}

#[test]
fn hostile_facts_are_bounded_and_printable() {
    let name = format!("\u{1b}[2J\u{202e}{}", "x".repeat(100_000));
    let many: Vec<_> = (0..2 * FINDINGS).map(|_| json!({"name": name, "uid": 0, "locked": "no"})).collect();
    let outcome = judge(&each("pass"), &json!({"host": {"accounts": many}}));
    assert_eq!((outcome.findings.len(), outcome.more), (FINDINGS, FINDINGS as u64));
    let key = outcome.findings[0].key.as_ref().unwrap();
    assert!(key.len() < 400 && !key.chars().any(char::is_control), "{key}");
    assert_eq!(outcome.findings.iter().map(|f| &f.id).collect::<std::collections::BTreeSet<_>>().len(), FINDINGS);
}

#[test]
fn the_same_context_serves_many_checks() {
    let facts = accounts(&[("a", 0, json!("yes"))]);
    let shared = AssetFacts::new(&facts, "2026-11-21T00:00:00Z".parse().unwrap());
    let checks = each("pass");
    let check = checks.iter().next().unwrap();
    for _ in 0..3 {
        let outcome = check.evaluate_on(&Params::default(), &shared, &"web-01".parse().unwrap());
        assert_eq!(outcome.verdict, Verdict::Pass);
    }
    assert_eq!(check.looked_at(&facts).keys().collect::<Vec<_>>(), ["host.accounts"]);
}

#[test]
fn mistakes_of_a_file_are_reported_together_in_their_places() {
    let body = "params:
  ids: {type: list<int>, default: [\"x\"], doc: {zh: 号, en: Ids}}
assert:
  - id: a
    each: host.acounts
    key: it.name
    expr: |
      it.uid == 0
    fail: {zh: 否, en: No}
  - id: a
    key: it.name
    expr: |
      host.limit == \"22\"
    fail: {zh: 否, en: No}
";
    let text = load(body).unwrap_err().to_string();
    for part in
        ["host.test.yaml:12", "host.test.yaml:15", "host.test.yaml:20", "host.test.yaml:22", "id `a`", "accounts"]
    {
        assert!(text.contains(part), "{part} in {text}");
    }
}

#[test]
fn the_file_name_and_folder_follow_from_the_id() {
    let text = format!("{}{}", HEAD.replace("NEEDS", "host.sshd"), APPLIES);
    for path in ["checks/host/host.other.yaml", "checks/tls/host.test.yaml"] {
        let files = CatalogueFiles::new([(path.to_owned(), text.clone())]);
        assert!(CheckSet::load_typed(&files, &schema()).is_err(), "{path}");
    }
    let elsewhere =
        CatalogueFiles::new([("checks/host/host.test.yaml".to_owned(), text.replace("host.linux", "tls.endpoint"))]);
    assert!(CheckSet::load_typed(&elsewhere, &schema()).is_err());
}

/// What lint says of a check whose cases are complete, with one thing changed.
fn lint_of(change: impl Fn(String) -> String) -> String {
    let cases = "cases:
  - {name: ok, facts: {host: {accounts: [{name: a, uid: 0, locked: \"yes\"}]}}, expect: pass}
  - {name: bad, facts: {host: {accounts: [{name: a, uid: 0, locked: \"no\"}]}}, expect: fail, keys: [a]}
  - {name: unread, facts: {host: {accounts: {$status: denied}}}, expect: unknown}
";
    let body = EACH.replace("EMPTY", "pass").replace("（{it.uid}，{params.ids}）", "");
    lint_typed(&files("host.accounts", &change(format!("{body}{cases}"))), &schema()).to_string()
}

#[test]
fn lint_asks_for_what_makes_a_check_honest() {
    assert_eq!(lint_of(|text| text), "");
    let said = |from: &str, to: &str, part: &str| {
        let text = lint_of(|text| {
            assert!(text.contains(from), "{from}");
            text.replacen(from, to, 1)
        });
        assert!(text.contains(part), "{from} -> {to}: {text:?} lacks {part}");
    };
    said("    empty: pass\n", "", "没有说明");
    said("    key: it.name\n", "", "缺少 key");
    said("    actual: it.locked\n", "", "缺少 actual");
    said("{key} is {actual}", "{key} is {actul}", "占位符");
    said("{key} is {actual}", "{key} is {it.gid}", "占位符");
    said("en: \"{key} is {actual}\"", "en: \"\"", "中英文");
    said("it.uid in params.ids", "it.uid in [0]", "`ids` 没有用到");
    said("expect: fail, keys: [a]", "expect: pass", "没有结果为 fail 的案例");
    said("expect: unknown", "expect: fail", "没有结果为 unknown 的案例");
    said("name: bad", "name: ok", "案例名");
    said("uid: 0, locked: \"no\"", "uid: \"0\", locked: \"no\"", "应为整数");
    said("uid: 0, locked: \"no\"", "uidd: 0, locked: \"no\"", "没有事实 `uidd`");
    said("$status: denied", "$status: deneid", "$status");
    said("locked: \"no\"", "locked: nope", "之一");
}

#[test]
fn lint_compares_needs_with_what_is_mentioned() {
    let lint = |needs: &str| lint_typed(&files(needs, &EACH.replace("EMPTY", "pass")), &schema()).to_string();
    assert!(
        lint("host.limit").contains("host.accounts is used") || lint("host.limit").contains("用到了 host.accounts")
    );
    assert!(lint("host.accounts, host.sshd").contains("host.sshd 没有用到"));
}

#[test]
fn a_case_that_does_not_hold_and_a_mutant_that_lives_are_named() {
    let body = |cases: &str| format!("{}cases:\n{cases}", EACH.replace("EMPTY", "pass"));
    let wrong = load(&body(
        "  - {name: wrong, facts: {host: {accounts: [{name: a, uid: 0, locked: \"no\"}]}}, expect: pass}\n",
    ))
    .unwrap();
    let report = wrong.run_cases();
    assert_eq!(report.broken[0].to_string(), "host.test: case `wrong`: expected pass, got fail");

    let mut thin =
        load(&body("  - {name: ok, facts: {host: {accounts: [{name: a, uid: 0, locked: \"yes\"}]}}, expect: pass}\n"))
            .unwrap();
    let report = thin.mutate();
    let lives: Vec<_> = report.survivors.iter().map(|s| s.change.as_str()).collect();
    assert_eq!(lives, ["negated"], "{:?}", report.survivors);
    assert_eq!(thin.mutate(), report, "a check is put back as it was");
}

#[test]
fn a_catalogue_for_use_judges_the_same_without_its_cases() {
    let files = CatalogueFiles::embedded();
    let (whole, used) = (CheckSet::load(&files).unwrap(), CheckSet::load_for_use(&files).unwrap());
    assert_eq!(whole.len(), used.len());
    for (a, b) in whole.iter().zip(used.iter()) {
        assert_eq!((&a.id, a.digest, a.assertions.len()), (&b.id, b.digest, b.assertions.len()));
        assert!(b.cases.is_empty() && !a.cases.is_empty() || a.kind == super::CheckKind::Assisted, "{}", b.id);
    }
}
