//! Cases of high risk over a small inventory.

use std::collections::BTreeMap;

use serde_json::json;

use super::world::{ALONE, FILES, PROFILES, TODAY, all_answers, inventory, judged, outcomes, planned};
use crate::checks::Outcome;
use crate::inventory::Inventory;
use crate::model::Verdict;
use crate::profiles::adjudications::Adjudications;
use crate::profiles::answers::Answers;
use crate::profiles::{
    Case, CaseState, HighRiskCatalogue, HighRiskEdition, HighRiskResult, Inherited, Objection, PlannedCheck,
    ProfileResult, RiskEvidence, high_risk,
};
use crate::yaml::Source;

const L3: &str = "gbt-22239-2019-l3";

fn adjudications(lines: &str) -> Adjudications {
    if lines.is_empty() {
        return Adjudications::default();
    }
    let text = format!("schema: jixian.adjudications/v1\nadjudications:\n{lines}");
    Adjudications::read(&Source::new("adjudications.yaml", text)).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn line(situation: &str, asset: &str, decision: &str, more: &str) -> String {
    let residual = if decision == "confirmed" { "high" } else { "low" };
    format!(
        "  - {{situation: {situation}, asset: {asset}, decision: {decision}, principles: {{relevance: {{zh: 直接相关}}, \
         severity: {{zh: 可致服务中断}}, likelihood: {{zh: 易被利用}}}}, exposure: internet, residual: {residual}, \
         by: [示例评估员, 示例复核员], date: \"2026-11-20\"{more}}}\n"
    )
}

fn at(
    inventory: &Inventory,
    edition: HighRiskEdition,
    outcomes: &[Outcome],
    results: &[ProfileResult],
    decided: &str,
) -> HighRiskResult {
    let catalogue = HighRiskCatalogue::load(&FILES).unwrap();
    let adjudications = adjudications(decided);
    high_risk(&RiskEvidence {
        catalogue: &catalogue,
        edition,
        profiles: &PROFILES,
        inventory,
        subsite: &inventory.subsites[0],
        outcomes,
        results,
        adjudications: &adjudications,
        facts: &BTreeMap::new(),
        inventory_facts: &json!({"inventory": {"subsite": {"exposure": "internet"}}}),
        as_of: TODAY.parse().unwrap(),
        moment: jiff::Timestamp::UNIX_EPOCH,
    })
}

/// One failing check, everything else passing.
fn failing(check: &'static str) -> impl Fn(&PlannedCheck) -> Verdict {
    move |planned| if planned.check.as_str() == check { Verdict::Fail } else { Verdict::Pass }
}

fn after(check: &'static str, decided: &str) -> HighRiskResult {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    at(&inventory, HighRiskEdition::Guide2025, &outcomes(&plan, failing(check)), &[], decided)
}

fn case<'a>(result: &'a HighRiskResult, situation: &str) -> Option<&'a Case> {
    result.cases.iter().find(|case| case.situation == situation)
}

#[test]
fn a_failing_check_raises_a_candidate_that_stays_open() {
    let result = after("host.accounts.empty-password", "");
    let found = case(&result, "HR-HOST-01").unwrap();
    assert_eq!((found.state, found.asset.as_ref().unwrap().as_str()), (CaseState::Candidate, "host"));
    assert_eq!((result.open().count(), result.confirmed().count(), result.major.before), (1, 0, 0));
}

#[test]
fn a_situation_that_the_edition_dropped_does_not_fire() {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    let all = outcomes(&plan, failing("host.audit.running"));
    let of = |edition| at(&inventory, edition, &all, &[], "");
    assert!(case(&of(HighRiskEdition::Guide2025), "HR-HOST-05").is_none());
    assert!(case(&of(HighRiskEdition::Iseaa2020), "HR-HOST-05").is_some());
}

#[test]
fn a_situation_fires_from_its_level_on() {
    // Retention: from level 3 in the guide of 2025, from level 2 in the list of 2020.
    let text = ALONE.replace("level: 3, s: 3, a: 3", "level: 2, s: 2, a: 2");
    let inventory = inventory(&text);
    let plan = planned(&inventory, "gbt-22239-2019-l2");
    let all = outcomes(&plan, failing("host.logs.retention"));
    let of = |edition| at(&inventory, edition, &all, &[], "");
    assert!(case(&of(HighRiskEdition::Guide2025), "HR-HOST-06").is_none());
    assert!(case(&of(HighRiskEdition::Iseaa2020), "HR-HOST-06").is_some());
}

#[test]
fn two_people_decide() {
    let confirmed = after("host.accounts.empty-password", &line("HR-HOST-01", "host", "confirmed", ", major: true"));
    assert_eq!(case(&confirmed, "HR-HOST-01").unwrap().state, CaseState::Confirmed);
    assert_eq!((confirmed.open().count(), confirmed.major.to_string().as_str()), (0, "1"));
    let rejected = after("host.accounts.empty-password", &line("HR-HOST-01", "host", "rejected", ""));
    assert_eq!(case(&rejected, "HR-HOST-01").unwrap().state, CaseState::Rejected);
}

#[test]
fn a_final_situation_cannot_be_lowered() {
    let lowered = line("HR-HOST-06", "host", "lowered", ", compensation: {zh: 日志另有备份}");
    let result = after("host.logs.retention", &lowered);
    let found = case(&result, "HR-HOST-06").unwrap();
    assert_eq!(
        (found.state, found.objections.as_slice()),
        (CaseState::Candidate, &[Objection::FinalCannotBeLowered][..])
    );
    let reducible = line("HR-HOST-01", "host", "lowered", ", compensation: {zh: 仅限本地登录}");
    let result = after("host.accounts.empty-password", &reducible);
    assert_eq!(case(&result, "HR-HOST-01").unwrap().state, CaseState::Lowered);
}

#[test]
fn what_was_put_right_stays_in_the_count_in_brackets() {
    let result = after("no.such", &line("HR-HOST-01", "host", "confirmed", ", major: true"));
    let found = case(&result, "HR-HOST-01").unwrap();
    assert!(found.fixed && found.major);
    assert_eq!(result.major.to_string(), "1（1个已整改）");
}

#[test]
fn people_may_add_what_no_rule_found() {
    let result = after("no.such", &line("HR-DOC-08", "host", "confirmed", ", manual: true"));
    let found = case(&result, "HR-DOC-08").unwrap();
    assert_eq!((found.manual, found.fixed, found.state), (true, false, CaseState::Confirmed));
}

#[test]
fn a_situation_counts_as_examined_once_its_items_are_decided() {
    let inventory = inventory(ALONE);
    let plan = planned(&inventory, L3);
    let all = outcomes(&plan, |_| Verdict::Pass);
    let open = judged(&plan, &all, &Answers::default(), &Inherited::default());
    let result = at(&inventory, HighRiskEdition::Guide2025, &all, &[open], "");
    assert!(result.unexamined.len() > 20, "{:?}", result.unexamined);
    let answered = judged(&plan, &all, &all_answers(&plan, "符合"), &Inherited::default());
    let result = at(&inventory, HighRiskEdition::Guide2025, &all, &[answered], "");
    assert_eq!(result.unexamined, Vec::<String>::new());
    assert!(result.situations > 40);
}
