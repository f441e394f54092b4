//! A small inventory, and everything that a judgement needs, for tests.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::checks::{CheckSet, Outcome};
use crate::inventory::{Inventory, Subsite};
use crate::model::{AssetId, CatalogueFiles, ProfileId, Verdict};
use crate::profiles::answers::Answers;
use crate::profiles::{Evidence, Inherited, Plan, PlannedCheck, ProfileResult, ProfileSet, judge, plan};
use crate::yaml::{Date, Source};

pub static FILES: LazyLock<CatalogueFiles> = LazyLock::new(CatalogueFiles::embedded);
pub static PROFILES: LazyLock<ProfileSet> =
    LazyLock::new(|| ProfileSet::load(&FILES).unwrap_or_else(|mistakes| panic!("{mistakes}")));
pub static CHECKS: LazyLock<CheckSet> =
    LazyLock::new(|| CheckSet::load(&FILES).unwrap_or_else(|mistakes| panic!("{mistakes}")));

pub const TODAY: &str = "2026-11-21";

/// A system with one subsite: a host, an endpoint, a package and a scan; no platform.
pub const ALONE: &str = r#"
schema: jixian.inventory/v1
systems:
  - {id: sys, name: 系统, level: 3, s: 3, a: 3, cii: "no", operator: 单位, extensions: [cloud, mobile, iot, ics]}
subsites:
  - {id: site, system: sys, kind: web, name: 分站点, organisation: 单位, level: city, exposure: internet, profiles: [gbt-22239-2019-l3]}
population:
  - {system: sys, objects: os, total: 1, selected: [host], method: 全部}
  - {system: sys, objects: application, total: 1, selected: [app], method: 全部}
  - {system: sys, objects: network_device, total: 2, selected: [fw], method: 抽样, reason: 同型号同策略}
  - {system: sys, objects: database, total: 0, reason: 数据库由平台提供, reviewed_by: 示例复核员}
  - {system: sys, objects: middleware, total: 0, reason: 无独立中间件, reviewed_by: 示例复核员}
  - {system: sys, objects: terminal, total: 0, reason: 无专用终端, reviewed_by: 示例复核员}
assets:
  - {id: host, kind: host.linux, serves: [site], via: local}
  - {id: portal, kind: tls.endpoint, serves: [site], address: "127.0.0.1:443"}
  - {id: app, kind: app.package, serves: [site], path: app.apk}
  - {id: dmz, kind: network.nmap, serves: [site], path: dmz.xml, vantage: internet}
  - {id: fw, kind: network.device, serves: [site], unknown: 无权查看}
"#;

pub fn inventory(text: &str) -> Inventory {
    Inventory::read(&Source::new("inventory.yaml", text)).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

pub fn answers(text: &str) -> Answers {
    let text = format!("schema: jixian.answers/v1\nanswers:\n{text}");
    Answers::read(&Source::new("answers.yaml", text)).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

/// One answer line, reviewed and in force, for the whole organisation.
pub fn answer(item: &str, aspect: &str, result: &str) -> String {
    answer_with(item, aspect, result, "reviewed_by: 示例复核员, scope: organisation")
}

/// One answer line with what the caller adds.
pub fn answer_with(item: &str, aspect: &str, result: &str, more: &str) -> String {
    format!(
        "  - {{item: {item}, aspect: {aspect}, result: {result}, methods: [examine], seen: {{zh: 已核查}}, \
         answered_by: 示例评估员, date: \"2026-11-01\", expires: \"2027-11-01\", {more}}}\n"
    )
}

/// Every aspect of every item answered with the same result.
pub fn all_answers(plan: &Plan<'_>, result: &str) -> Answers {
    let mut text = String::new();
    for planned in &plan.items {
        for aspect in &planned.item.aspects {
            text.push_str(&answer(planned.item.id.as_str(), &aspect.id, result));
        }
    }
    // Past what one file may hold, so in parts.
    let lines: Vec<_> = text.lines().collect();
    let parts = lines.chunks(500).map(|part| answers(&(part.join("\n") + "\n")));
    Answers { answers: parts.flat_map(|part| part.answers).collect() }
}

pub fn planned<'a>(inventory: &'a Inventory, profile: &str) -> Plan<'a> {
    let subsite: &Subsite = &inventory.subsites[0];
    let profile: ProfileId = profile.parse().unwrap();
    plan(&PROFILES, &CHECKS, &profile, inventory, subsite).unwrap()
}

/// The outcome of a planned check with a verdict of one's choice.
pub fn outcome(planned: &PlannedCheck, verdict: Verdict) -> Outcome {
    let check = CHECKS.get(&planned.check).unwrap();
    let mut outcome = check.evaluate(&planned.params, &json!({}), &planned.asset, Timestamp::UNIX_EPOCH);
    outcome.verdict = verdict;
    outcome.findings.clear();
    outcome
}

/// Automated checks as `verdict` says, assisted ones as they are.
pub fn outcomes(plan: &Plan<'_>, verdict: impl Fn(&PlannedCheck) -> Verdict) -> Vec<Outcome> {
    let judged = |p: &PlannedCheck| if p.automated { verdict(p) } else { Verdict::Manual };
    plan.checks.iter().map(|p| outcome(p, judged(p))).collect()
}

pub fn judged(plan: &Plan<'_>, outcomes: &[Outcome], answers: &Answers, inherited: &Inherited) -> ProfileResult {
    let facts: BTreeMap<AssetId, Value> = BTreeMap::new();
    let evidence = Evidence {
        checks: &CHECKS,
        outcomes,
        answers,
        inherited,
        facts: &facts,
        inventory_facts: &json!({}),
        as_of: TODAY.parse::<Date>().unwrap(),
        moment: Timestamp::UNIX_EPOCH,
    };
    judge(plan, &evidence)
}

pub fn record<'a>(result: &'a ProfileResult, item: &str) -> &'a crate::profiles::ItemRecord {
    result.items.iter().find(|record| record.item.as_str() == item).unwrap_or_else(|| panic!("{item} is planned"))
}
