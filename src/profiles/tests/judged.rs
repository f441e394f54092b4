//! Plans and judgements over a small inventory.

use std::collections::BTreeMap;

use super::world::{
    ALONE, CHECKS, all_answers, answer, answer_with, answers, inventory, judged, outcome, outcomes, planned, record,
};
use crate::model::{Reason, ReasonCode, Verdict};
use crate::profiles::answers::Answers;
use crate::profiles::{
    AspectVerdict, Because, Conflict, Inherited, InheritedSource, ItemVerdict, PlanNoteCode, Subject, SubjectState,
};

const L3: &str = "gbt-22239-2019-l3";

fn none() -> Inherited {
    Inherited::default()
}

#[test]
fn every_question_answered_well_is_full_coverage() {
    for (level, profile) in [(3, L3), (2, "gbt-22239-2019-l2")] {
        let text = ALONE.replace("level: 3, s: 3, a: 3", &format!("level: {level}, s: {level}, a: {level}"));
        let inventory = inventory(&text);
        let plan = planned(&inventory, profile);
        let result = judged(&plan, &outcomes(&plan, |_| Verdict::Pass), &all_answers(&plan, "符合"), &none());
        let open: Vec<_> =
            result.items.iter().filter(|r| r.result == ItemVerdict::Undecided).map(|r| &r.item).collect();
        assert!(open.is_empty(), "{open:?}");
        assert_eq!(result.by_item.compliant, result.by_item.applicable(), "{profile}");
        // Items of terminals alone: there are none of these, by reason and reviewer.
        assert_eq!(result.by_item.not_applicable, if level == 3 { 4 } else { 1 }, "{profile}");
        assert_eq!(result.by_item.total, if level == 3 { 317 } else { 200 });
        assert_eq!(result.by_pair.decided(), result.by_pair.applicable());
        assert_eq!(result.answers.unmatched, Vec::<usize>::new());
    }
}

#[test]
fn nothing_asked_and_nothing_collected_is_undecided_everywhere() {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    let result = judged(&plan, &[], &Answers::default(), &none());
    assert_eq!(result.by_item.decided(), 0);
    assert_eq!(result.by_item.undecided, result.by_item.applicable());
}

#[test]
fn checks_alone_make_no_general_item_compliant_as_each_leaves_something_open() {
    let inventory = inventory(&ALONE.replace("[cloud, mobile, iot, ics]", "[]"));
    let plan = planned(&inventory, L3);
    let result = judged(&plan, &outcomes(&plan, |_| Verdict::Pass), &Answers::default(), &none());
    let compliant: Vec<_> = result.items.iter().filter(|r| r.result == ItemVerdict::Compliant).collect();
    assert!(compliant.is_empty(), "{compliant:?}");
}

#[test]
fn a_failing_check_beats_an_answer_and_shows_the_conflict() {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    let failing = "host.accounts.empty-password";
    let verdict = |check: &str| if check == failing { Verdict::Fail } else { Verdict::Pass };
    let all = outcomes(&plan, |p| verdict(p.check.as_str()));
    let result = judged(&plan, &all, &all_answers(&plan, "符合"), &none());
    let item = record(&result, "8.1.4.1.a");
    assert_eq!(item.result, ItemVerdict::NonCompliant);
    let (subject, aspect) = item.conflicts().next().unwrap();
    assert!(matches!(subject, Subject::Asset { asset, .. } if asset.as_str() == "host"));
    assert_eq!(
        (aspect.result, aspect.conflicts.as_slice()),
        (AspectVerdict::NotMet, &[Conflict::CompliantBesideFail][..])
    );
}

#[test]
fn a_failing_aspect_that_is_not_essential_is_partial_and_pending_while_others_are_open() {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    let failing = |p: &crate::profiles::PlannedCheck| match p.check.as_str() {
        "host.password.history" => Verdict::Fail,
        _ => Verdict::Pass,
    };
    let result = judged(&plan, &outcomes(&plan, failing), &Answers::default(), &none());
    let item = record(&result, "8.1.4.1.a");
    assert_eq!((item.result, item.pending), (ItemVerdict::Partial, true));
    assert!(result.by_item.partial_pending >= 1);
    let result = judged(&plan, &outcomes(&plan, failing), &all_answers(&plan, "符合"), &none());
    let item = record(&result, "8.1.4.1.a");
    assert_eq!((item.result, item.pending), (ItemVerdict::Partial, false));
}

#[test]
fn an_outcome_of_other_parameters_is_not_taken() {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    let used = plan.checks.iter().find(|p| p.check.as_str() == "host.password.min-length").unwrap();
    let mut other = outcome(used, Verdict::Pass);
    other.params_digest = crate::model::Digest::of(b"other");
    let result = judged(&plan, &[other], &Answers::default(), &none());
    let host = &record(&result, "8.1.4.1.a").subjects[0];
    let aspect = host.aspects.iter().find(|a| a.aspect == "complexity").unwrap();
    assert_eq!(aspect.result, AspectVerdict::Undecided);
}

#[test]
fn the_digest_of_a_plan_is_that_of_the_outcome() {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    for used in &plan.checks {
        let check = CHECKS.get(&used.check).unwrap();
        let outcome = check.evaluate(&used.params, &serde_json::json!({}), &used.asset, jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(outcome.params_digest, used.params_digest, "{}", used.check);
    }
}

#[test]
fn an_s2a3_system_takes_its_s_items_from_level_2() {
    let inventory = inventory(&ALONE.replace("s: 3, a: 3", "s: 2, a: 3"));
    let plan = planned(&inventory, L3);
    let from: BTreeMap<_, Vec<_>> = plan.items.iter().fold(BTreeMap::new(), |mut all: BTreeMap<_, Vec<_>>, item| {
        all.entry(item.item.attribute).or_default().push(item.profile.id.as_str());
        all
    });
    use crate::profiles::Attribute::{A, G, S};
    assert!(from[&S].iter().all(|id| *id == "gbt-22239-2019-l2"));
    assert!(from[&A].iter().chain(&from[&G]).all(|id| *id == L3));
    assert!(plan.items.iter().any(|item| item.item.id.as_str() == "7.1.4.1.a"));
    assert!(!plan.items.iter().any(|item| item.item.id.as_str() == "8.1.4.1.d"));
    assert!(plan.notes.iter().any(|note| note.code == PlanNoteCode::MixedLevels));
    // Both levels keep the reader's order: identity before access control.
    let at = |id: &str| plan.items.iter().position(|item| item.item.id.as_str() == id).unwrap();
    assert!(at("7.1.4.1.a") < at("8.1.4.3.a") && at("8.1.3.2.a") < at("7.1.4.1.a"));
}

#[test]
fn extensions_are_those_of_the_system() {
    let inventory = inventory(&ALONE.replace("[cloud, mobile, iot, ics]", "[]"));
    assert_eq!(planned(&inventory, L3).items.len(), 211);
}

#[test]
fn a_kind_that_is_not_declared_is_undecided_whatever_people_answer() {
    let line = "  - {system: sys, objects: database, total: 0, reason: 数据库由平台提供, reviewed_by: 示例复核员}\n";
    let inventory = inventory(&ALONE.replace(line, ""));
    let plan = planned(&inventory, L3);
    assert!(plan.notes.iter().any(|note| note.code == PlanNoteCode::PopulationUndeclared));
    let result = judged(&plan, &outcomes(&plan, |_| Verdict::Pass), &all_answers(&plan, "符合"), &none());
    let item = record(&result, "8.1.4.1.a");
    assert_eq!(item.result, ItemVerdict::Undecided);
    let open = item.subjects.iter().find(|s| s.result == ItemVerdict::Undecided).unwrap();
    assert!(matches!(&open.because, Some(Because::Open { reason }) if reason.code == ReasonCode::Undeclared));
}

#[test]
fn a_population_of_0_is_not_applicable_by_its_reason_and_reviewer() {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    let result = judged(&plan, &[], &Answers::default(), &none());
    let item = record(&result, "8.1.4.1.a");
    let none_exist = item.subjects.iter().filter(|s| matches!(s.because, Some(Because::NoneExist { .. }))).count();
    assert_eq!(none_exist, 3, "database, middleware and terminal");
}

#[test]
fn nobody_is_asked_about_the_passwords_of_a_scan() {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    let item = plan.items.iter().find(|item| item.item.id.as_str() == "8.1.4.1.a").unwrap();
    let assets: Vec<_> = item.assets().map(|(id, _)| id.as_str()).collect();
    assert_eq!(assets, ["host", "app", "fw"]);
    let network = plan.items.iter().find(|item| item.item.id.as_str() == "8.1.4.4.b").unwrap();
    assert!(network.assets().any(|(id, _)| id.as_str() == "dmz"));
}

#[test]
fn an_asset_out_of_reach_is_undecided_until_people_answer_for_it() {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    let unreachable = || Verdict::Unknown(Reason::new(ReasonCode::Unreachable));
    let result = judged(&plan, &outcomes(&plan, |_| unreachable()), &Answers::default(), &none());
    assert_eq!(record(&result, "8.1.3.3.a").result, ItemVerdict::Undecided);
    let text = ["detect", "fresh", "coverage"]
        .map(|a| answer_with("8.1.3.3.a", a, "符合", "reviewed_by: 示例复核员, scope: asset, asset: fw"));
    let result = judged(&plan, &outcomes(&plan, |_| unreachable()), &answers(&text.concat()), &none());
    assert_eq!(record(&result, "8.1.3.3.a").result, ItemVerdict::Compliant);
}

#[test]
fn unreviewed_answers_make_a_draft_and_expired_ones_don_t_count() {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    let item = "8.1.6.1.a";
    let of = |more: &str| judged(&plan, &[], &answers(&answer_with(item, "policy", "符合", more)), &none());
    let unreviewed = of("scope: organisation");
    assert_eq!((record(&unreviewed, item).result, unreviewed.draft), (ItemVerdict::Compliant, true));
    assert_eq!(unreviewed.answers.unreviewed, [0]);
    let line = answer(item, "policy", "符合").replace("2027-11-01", "2026-11-20");
    let expired = judged(&plan, &[], &answers(&line), &none());
    assert_eq!((record(&expired, item).result, expired.draft), (ItemVerdict::Undecided, false));
    assert_eq!((expired.answers.expired, expired.answers.used), (vec![0], 0));
    let last_day =
        judged(&plan, &[], &answers(&answer(item, "policy", "符合").replace("2027-11-01", "2026-11-21")), &none());
    assert_eq!(record(&last_day, item).result, ItemVerdict::Compliant);
}

#[test]
fn not_applicable_needs_a_reviewer_and_an_answer_to_nothing_is_listed() {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    let item = "8.1.9.5.b";
    let reviewed = judged(&plan, &[], &answers(&answer(item, "documents", "不适用")), &none());
    assert_eq!(record(&reviewed, item).result, ItemVerdict::NotApplicable);
    let line = answer_with(item, "documents", "不适用", "scope: organisation");
    assert_eq!(record(&judged(&plan, &[], &answers(&line), &none()), item).result, ItemVerdict::Undecided);
    let stray = judged(&plan, &[], &answers(&answer(item, "no-such", "符合")), &none());
    assert_eq!(stray.answers.unmatched, [0]);
}

#[test]
fn an_exception_for_one_asset_is_no_contradiction_but_the_reverse_is() {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    let wide = |result| answer("8.1.3.3.d", "record", result);
    let narrow =
        |result| answer_with("8.1.3.3.d", "record", result, "reviewed_by: 示例复核员, scope: asset, asset: fw");
    let conflicts = |text: String| {
        let result = judged(&plan, &[], &answers(&text), &none());
        record(&result, "8.1.3.3.d").conflicts().map(|(_, a)| a.conflicts.clone()).collect::<Vec<_>>()
    };
    assert_eq!(conflicts(wide("符合") + &narrow("不符合")), Vec::<Vec<Conflict>>::new());
    assert_eq!(conflicts(wide("不符合") + &narrow("符合")), [[Conflict::AnswersDiffer]]);
}

const ON_PLATFORM: &str = "operator: 单位, platform: cloud, extensions";

fn on_platform() -> crate::inventory::Inventory {
    let text = ALONE.replace("operator: 单位, extensions", ON_PLATFORM).replace(
        "subsites:\n",
        "  - {id: cloud, name: 平台, level: 3, s: 3, a: 3, cii: \"no\", operator: 平台单位, extensions: []}\nsubsites:\n",
    );
    inventory(&text)
}

#[test]
fn what_is_the_platforms_is_inherited_and_counted_apart() {
    let alone = inventory(ALONE);
    let plan = planned(&alone, L3);
    let platform = judged(&plan, &outcomes(&plan, |_| Verdict::Pass), &all_answers(&plan, "符合"), &none());
    let from = "cloud".parse::<crate::model::SystemId>().unwrap();
    let inherited = Inherited { sources: vec![InheritedSource::of_results(from, "sha256:…", [&platform])] };

    let inventory = on_platform();
    let plan = planned(&inventory, L3);
    let result = judged(&plan, &[], &Answers::default(), &inherited);
    let item = record(&result, "8.1.1.1.a");
    assert_eq!((item.result, item.inherited), (ItemVerdict::Compliant, true));
    assert!(result.by_item.inherited >= 22);
    // A shared item has the platform's part beside the subsite's own, which is still open.
    let shared = record(&result, "8.1.4.1.a");
    assert_eq!((shared.result, shared.inherited), (ItemVerdict::Undecided, false));
    assert!(
        shared
            .subjects
            .iter()
            .any(|s| matches!(s.subject, Subject::Platform { .. }) && s.result == ItemVerdict::Compliant)
    );
    // What people see here and is worse stands.
    let worse = judged(&plan, &[], &answers(&answer("8.1.1.1.a", "building", "不符合")), &inherited);
    assert_eq!(record(&worse, "8.1.1.1.a").result, ItemVerdict::NonCompliant);
}

#[test]
fn without_the_platforms_result_its_items_are_undecided_until_answered() {
    let inventory = on_platform();
    let plan = planned(&inventory, L3);
    let result = judged(&plan, &[], &Answers::default(), &none());
    assert_eq!(record(&result, "8.1.1.1.a").result, ItemVerdict::Undecided);
    assert!(result.notes.iter().any(|note| note.code == PlanNoteCode::PlatformMissing));
    let result = judged(&plan, &outcomes(&plan, |_| Verdict::Pass), &all_answers(&plan, "符合"), &none());
    assert_eq!(result.by_item.compliant, result.by_item.applicable());
}

#[test]
fn an_expired_report_carries_nothing() {
    let inventory = on_platform();
    let plan = planned(&inventory, L3);
    let from = "cloud".parse::<crate::model::SystemId>().unwrap();
    let source = InheritedSource::without_items(from, "测评-1", Some("2026-11-20".parse().unwrap()));
    let result = judged(&plan, &[], &Answers::default(), &Inherited { sources: vec![source] });
    assert!(result.notes.iter().any(|note| note.code == PlanNoteCode::InheritedExpired));
}

#[test]
fn a_kind_with_nothing_at_hand_is_answered_as_a_whole() {
    let text = ALONE
        .replace("  - {id: fw, kind: network.device, serves: [site], unknown: 无权查看}\n", "")
        .replace("selected: [fw]", "selected: []");
    let inventory = inventory(&text);
    let plan = planned(&inventory, L3);
    let item = plan.items.iter().find(|item| item.item.id.as_str() == "8.1.3.3.a").unwrap();
    assert!(matches!(item.subjects[0].state, SubjectState::AnswersOnly(_)), "{:?}", item.subjects);
    let result = judged(&plan, &[], &all_answers(&plan, "符合"), &none());
    assert_eq!(record(&result, "8.1.3.3.a").result, ItemVerdict::Compliant);
}
