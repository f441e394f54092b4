//! The rules of answers, adjudications and waivers, each with a file that breaks it.

use proptest::prelude::*;

use crate::{
    model::{CheckId, Digest, Lang, ReasonCode, Verdict},
    yaml::{self, Date, Mistakes, Source},
};

use super::{
    adjudications::{Adjudications, RiskDecision},
    answers::{AnswerResult, Answers, Question, Standing, carry_over},
    waivers::{WaiverState, Waivers},
};

const DIGEST: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn source(text: &str) -> Source {
    Source::new("layer.yaml", text)
}

fn english(result: Result<impl std::fmt::Debug, Mistakes>) -> Vec<String> {
    let list = result.expect_err("there is a mistake");
    assert!(list.iter().all(|mistake| mistake.line > 1), "{list}");
    list.iter().map(|mistake| mistake.message.en.clone()).collect()
}

fn answers() -> String {
    format!(
        r#"schema: jixian.answers/v1
answers:
  - {{item: 8.1.4.1.a, aspect: in-use, asset: web-01, result: 符合, methods: [examine, test], seen: {{zh: 抽查三个账户}}, evidence: [{{path: photos/1.jpg, sha256: "{DIGEST}"}}], answered_by: 示例评估员, reviewed_by: 示例复核员, date: "2026-11-20", expires: "2027-11-20", scope: system}}
  - {{item: 8.1.4.1.a, aspect: length, system: cd-portal, result: 不适用, methods: [interview], seen: {{zh: 无口令登录}}, answered_by: 示例评估员, date: "2026-11-20", expires: "2027-11-20", scope: system}}
"#
    )
}

#[test]
fn answers_are_read_and_found_by_their_question() {
    let answers = Answers::read(&source(&answers())).unwrap_or_else(|list| panic!("{list}"));
    let ids = ("gbt-22239-2019-l3".parse().unwrap(), "8.1.4.1.a".parse().unwrap());
    let (system, subsite) = ("cd-portal".parse().unwrap(), "cd".parse().unwrap());
    let (web, db) = ("web-01".parse().unwrap(), "db-01".parse().unwrap());
    let question = |aspect, asset| Question {
        profile: &ids.0,
        item: &ids.1,
        aspect,
        system: &system,
        subsite: &subsite,
        asset: Some(asset),
    };
    let as_of = day("2026-11-21");
    let found = answers.standing_answer(&question("in-use", &web), as_of).unwrap();
    assert_eq!(found.result, AnswerResult::Compliant);
    assert_eq!(found.standing(as_of), Standing::Reviewed);
    assert!(answers.standing_answer(&question("in-use", &db), as_of).is_none());
    // 不适用 without a reviewer decides nothing, but it is there.
    assert!(answers.standing_answer(&question("length", &db), as_of).is_none());
    assert_eq!(answers.to(&question("length", &db)).count(), 1);
    assert_eq!(answers.unreviewed(as_of).count(), 1);
    assert_eq!(answers.evidence_files().len(), 1);
}

#[test]
fn answers_count_from_their_day_to_their_last_day() {
    let answers = Answers::read(&source(&answers())).unwrap();
    let standing = |as_of| answers.answers[0].standing(day(as_of));
    assert_eq!(standing("2026-11-19"), Standing::NotYet);
    assert_eq!(standing("2026-11-20"), Standing::Reviewed);
    assert_eq!(standing("2027-11-20"), Standing::Reviewed);
    assert_eq!(standing("2027-11-21"), Standing::Expired);
}

#[test]
fn of_several_answers_the_worst_stands_and_the_conflict_shows() {
    let mut answers = Answers::read(&source(&answers())).unwrap();
    let mut worse = answers.answers[0].clone();
    worse.result = AnswerResult::Partial;
    answers.answers.push(worse);
    let as_of = day("2026-12-01");
    assert_eq!(answers.conflicts(as_of).len(), 1);
    let (profile, item) = ("gbt-22239-2019-l3".parse().unwrap(), "8.1.4.1.a".parse().unwrap());
    let (system, subsite, asset) = ("x".parse().unwrap(), "cd".parse().unwrap(), "web-01".parse().unwrap());
    let question = Question {
        profile: &profile,
        item: &item,
        aspect: "in-use",
        system: &system,
        subsite: &subsite,
        asset: Some(&asset),
    };
    assert_eq!(answers.standing_answer(&question, as_of).unwrap().result, AnswerResult::Partial);
}

#[test]
fn last_years_answers_count_only_after_somebody_confirmed_them() {
    let answers = Answers::read(&source(&answers())).unwrap();
    let as_of = day("2027-11-25");
    let carried = carry_over(&answers, as_of);
    assert!(
        carried.answers.iter().all(|answer| answer.standing(as_of) == Standing::CarriedOver && !answer.counts(as_of))
    );
    assert!(carried.answers.iter().all(|answer| !answer.is_reviewed()));
    let text = carried.to_yaml().unwrap();
    assert_eq!(Answers::read(&source(&text)).unwrap_or_else(|list| panic!("{list}\n{text}")), carried);
    // Twice carried over is still of the day it was given.
    let twice = carry_over(&carried, day("2028-11-25"));
    assert_eq!(twice.answers[0].carried_from, Some(day("2026-11-20")));
    let mut confirmed = carried;
    confirmed.answers[0].carried_from = None;
    assert_eq!(confirmed.answers[0].standing(as_of), Standing::Unreviewed);
}

#[test]
fn every_rule_of_answers_has_its_mistake() {
    for (from, to, message) in [
        ("reviewed_by: 示例复核员", "reviewed_by: 示例 评估员", "示例评估员 cannot be both persons"),
        ("answered_by: 示例评估员", "answered_by: ''", "this cannot be empty"),
        ("seen: {zh: 抽查三个账户}", "seen: {zh: ' '}", "this cannot be empty"),
        ("methods: [examine, test]", "methods: []", "name at least one method"),
        ("result: 符合", "result: 基本符合", "unknown value: 基本符合"),
        ("expires: \"2027-11-20\"", "expires: \"2026-11-19\"", "it expires before it was given"),
        ("date: \"2026-11-20\"", "date: 2026-11-20", "dates and times are quoted: 2026-11-20"),
        ("photos/1.jpg", "../1.jpg", "evidence lies beside or below this file"),
        ("scope: system", "scope: organisation", "an answer for the organisation names no asset, subsite or system"),
        ("system: cd-portal, ", "", "this scope needs system"),
        (
            "scope: system}\n",
            "scope: system, carried_from: \"2025-01-01\"}\n",
            "a carried-over answer has no reviewer yet",
        ),
        (", answered_by: 示例评估员", "", "answered_by is missing"),
        ("aspect: length", "aspect: length, asset: db-01, asset: x", "the key asset is given twice"),
    ] {
        let text = answers();
        assert!(text.contains(from));
        let found = english(Answers::read(&source(&text.replacen(from, to, 1))));
        assert!(found.iter().any(|found| found == message), "{to}: {found:?}");
    }
    let (head, list) = answers().split_once("answers:\n").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let first = list.lines().next().unwrap();
    let found = english(Answers::read(&source(&format!("{head}answers:\n{first}\n{first}\n"))));
    assert_eq!(found, ["an answer above says the same"]);
}

fn adjudications() -> String {
    r#"schema: jixian.adjudications/v1
adjudications:
  - {situation: HR-NET-04, asset: db-01, decision: confirmed, principles: {relevance: {zh: 相关}, severity: {zh: 严重}, likelihood: {zh: 可能}}, exposure: internet, compensation: null, residual: high, major: true, by: [示例评估员, 示例复核员], date: "2026-11-21"}
  - {situation: HR-NET-04, decision: lowered, principles: {relevance: {zh: 相关}, severity: {zh: 严重}, likelihood: {zh: 可能}}, exposure: internal, compensation: {zh: 仅堡垒机可达}, residual: medium, by: [示例评估员, 示例复核员], date: "2026-11-20"}
"#
    .to_owned()
}

#[test]
fn the_adjudication_of_the_asset_comes_before_that_of_all() {
    let read = Adjudications::read(&source(&adjudications())).unwrap_or_else(|list| panic!("{list}"));
    let (db, web) = ("db-01".parse().unwrap(), "web-01".parse().unwrap());
    let of = |asset, as_of| read.of("HR-NET-04", None, Some(asset), day(as_of)).map(|found| found.decision);
    assert_eq!(of(&db, "2026-11-21"), Some(RiskDecision::Confirmed));
    assert_eq!(of(&web, "2026-11-21"), Some(RiskDecision::Lowered));
    assert_eq!(of(&db, "2026-11-20"), Some(RiskDecision::Lowered));
    assert_eq!(of(&db, "2026-11-19"), None);
    assert_eq!(read.lowered_though(|situation| situation == "HR-NET-04").count(), 1);
}

#[test]
fn every_rule_of_adjudications_has_its_mistake() {
    for (from, to, message) in [
        ("[示例评估员, 示例复核员]", "[示例评估员]", "an adjudication takes two different people"),
        ("[示例评估员, 示例复核员]", "[示例评估员, 示例评估员]", "示例评估员 is named twice"),
        ("residual: high", "residual: low", "a confirmed high risk leaves residual: high; otherwise it is lowered"),
        ("compensation: {zh: 仅堡垒机可达}", "compensation: null", "lowering a risk needs what compensates"),
        ("residual: medium", "residual: high", "a lowered risk does not leave residual: high"),
        ("decision: confirmed", "decision: rejected", "only a confirmed high risk can be a major one"),
        ("decision: confirmed", "decision: rejected, manual: true", "what people bring in is not rejected by them"),
        ("relevance: {zh: 相关}, ", "", "relevance is missing"),
        ("asset: db-01, ", "", "this situation is decided above; keep the last decision"),
        ("exposure: internet", "exposure: internat", "unknown value: internat"),
    ] {
        let text = adjudications();
        assert!(text.contains(from));
        let found = english(Adjudications::read(&source(&text.replacen(from, to, 1))));
        assert!(found.iter().any(|found| found == message), "{to}: {found:?}");
    }
}

fn waivers() -> String {
    format!(
        r#"schema: jixian.waivers/v1
timezone: "+08:00"
max_days: 180
waivers:
  - {{id: W-2026-0007, check: host.ssh.root-login, assets: [web-01], keys: [], covers: [fail], observed: "{DIGEST}", reason: {{zh: 迁移中}}, compensating: {{zh: 仅堡垒机可达, evidence: ["{DIGEST}"]}}, requested_by: 示例申请人, approved_by: 示例批准人, approved_at: "2026-11-01", expires: "2027-01-31", ticket: T-1}}
  - {{id: W-2026-0008, check: host.ssh.*, assets: ["db-*"], keys: [alice], covers: [fail, unknown], reason: {{zh: 待批}}, requested_by: 示例申请人, expires: "2027-01-31", wide: true}}
"#
    )
}

#[test]
fn a_waiver_is_in_force_between_approval_and_its_last_day_and_never_without_approval() {
    let waivers = Waivers::read(&source(&waivers())).unwrap_or_else(|list| panic!("{list}"));
    let state = |index: usize, as_of| waivers.waivers[index].state(day(as_of));
    assert_eq!(state(0, "2026-10-31"), WaiverState::NotYet);
    assert_eq!(state(0, "2026-11-01"), WaiverState::InForce);
    assert_eq!(state(0, "2027-01-31"), WaiverState::InForce);
    assert_eq!(state(0, "2027-02-01"), WaiverState::Expired);
    assert_eq!(state(1, "2026-12-01"), WaiverState::Unapproved);
    assert_eq!(waivers.not_in_force(day("2026-12-01")).count(), 1);
    assert_eq!(waivers.evidence().len(), 1);
}

#[test]
fn a_waiver_covers_what_it_names_and_nothing_else() {
    let waivers = Waivers::read(&source(&waivers())).unwrap();
    let check: CheckId = "host.ssh.root-login".parse().unwrap();
    let (web, db) = ("web-01".parse().unwrap(), "db-01".parse().unwrap());
    let as_of = day("2026-12-01");
    assert_eq!(waivers.matching(&check, &web, Some("any"), as_of).count(), 1);
    assert_eq!(waivers.matching(&check, &web, None, day("2027-02-01")).count(), 0);
    assert_eq!(waivers.matching(&check, &db, Some("alice"), as_of).count(), 0);
    assert_eq!(waivers.naming(&check, &db, Some("alice")).count(), 1);
    assert_eq!(waivers.naming(&check, &db, Some("bob")).count(), 0);
    assert_eq!(waivers.naming(&check, &db, None).count(), 0);
    let waiver = &waivers.waivers[0];
    let accepted: Digest = DIGEST.parse().unwrap();
    let unknown = Verdict::Unknown(crate::model::Reason::new(ReasonCode::Denied));
    assert!(waiver.fits(&Verdict::Fail, Some(&accepted)));
    assert!(!waiver.fits(&Verdict::Fail, Some(&Digest::of(b"changed"))));
    assert!(!waiver.fits(&Verdict::Fail, None));
    assert!(!waiver.fits(&unknown, Some(&accepted)));
    assert!(waivers.waivers[1].fits(&unknown, None));
    assert!(!waivers.waivers[1].fits(&Verdict::Pass, None));
    let left = waivers.unmatched([(&check, &web, None)]);
    assert_eq!(left.iter().map(|waiver| waiver.id.as_str()).collect::<Vec<_>>(), ["W-2026-0008"]);
}

#[test]
fn every_rule_of_waivers_has_its_mistake() {
    for (from, to, message) in [
        ("示例批准人", "示例申请人", "示例申请人 cannot be both persons"),
        (", approved_at: \"2026-11-01\"", "", "there is an approver but no approved_at"),
        ("approved_by: 示例批准人, ", "", "approved_at without approved_by"),
        (
            "expires: \"2027-01-31\", ticket",
            "expires: \"2027-05-01\", ticket",
            "it runs for 181 days, more than the limit of 180",
        ),
        ("expires: \"2027-01-31\", ticket", "expires: \"2026-10-31\", ticket", "it expires before it was approved"),
        ("max_days: 180", "max_days: 3650", "max_days is 1 to 366"),
        (", wide: true", "", "a wildcard needs wide: true"),
        ("assets: [web-01]", "assets: [\"*\"]", "a wildcard needs wide: true"),
        ("assets: [web-01]", "assets: [Web]", "Web is not a name"),
        ("assets: [web-01]", "assets: []", "name at least one asset"),
        ("covers: [fail]", "covers: []", "name at least one verdict"),
        ("W-2026-0008", "W-2026-0007", "the id W-2026-0007 is taken"),
        ("reason: {zh: 迁移中}", "reason: {zh: ''}", "this cannot be empty"),
        (", expires: \"2027-01-31\", ticket: T-1", "", "expires is missing"),
    ] {
        let text = waivers();
        assert!(text.contains(from));
        let found = english(Waivers::read(&source(&text.replacen(from, to, 1))));
        assert!(found.iter().any(|found| found == message), "{to}: {found:?}");
    }
    let last = waivers().replace("expires: \"2027-01-31\", ticket", "expires: \"2027-04-30\", ticket");
    assert!(Waivers::read(&source(&last)).is_ok());
}

#[test]
fn a_mistake_in_one_waiver_does_not_hide_the_next() {
    let text = waivers().replace("covers: [fail]", "covers: [fial]").replace(", wide: true", "");
    let found = english(Waivers::read(&source(&text)));
    assert!(
        found.contains(&"unknown value: fial".to_owned()) && found.contains(&"a wildcard needs wide: true".to_owned())
    );
}

#[test]
fn the_schemas_for_authors_accept_what_is_read() {
    for (schema, text) in
        [(Answers::schema(), answers()), (Adjudications::schema(), adjudications()), (Waivers::schema(), waivers())]
    {
        let validator = jsonschema::validator_for(schema.as_value()).unwrap();
        let value = yaml::read::<serde_json::Value>(&source(&text)).unwrap();
        let errors: Vec<_> = validator.iter_errors(&value).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }
}

proptest! {
    #[test]
    fn arbitrary_text_never_panics(text in ".{0,300}") {
        for kind in ["answers", "adjudications", "waivers"] {
            let source = source(&format!("schema: jixian.{kind}/v1\n{kind}: {text}"));
            let mistakes = [Answers::read(&source).err(), Adjudications::read(&source).err(), Waivers::read(&source).err()];
            for list in mistakes.into_iter().flatten() {
                prop_assert!(!list.is_empty());
                let _ = list.render(Lang::En, true);
            }
        }
    }

    #[test]
    fn a_later_day_never_brings_an_ended_waiver_back(days in 0i64..4000, more in 0i64..4000) {
        let waivers = Waivers::read(&source(&waivers())).unwrap();
        let early = day("2026-11-01").plus_days(days);
        for waiver in &waivers.waivers {
            if waiver.state(early) == WaiverState::Expired {
                prop_assert_eq!(waiver.state(early.plus_days(more)), WaiverState::Expired);
            }
        }
    }
}
