//! From evidence and judgements to the assessment of each subsite.

use std::collections::{BTreeMap, BTreeSet};
use std::{panic, thread};

use jiff::Timestamp;
use serde_json::Value;
use thiserror::Error;

use crate::checks::{AssetFacts, CheckKind, CheckSet, Outcome};
use crate::evidence::{CatalogueOrigin, PartState};
use crate::facts::{self, EvaluationContext, FactDocument};
use crate::grade::{self, Baseline};
use crate::inventory::{Cii, InheritedBy, Inventory, Subsite, System};
use crate::model::{AssetId, AssetKind, CatalogueFiles, Digest, ProfileId, SystemId, Text};
use crate::profiles::{
    self, CaseState, HighRiskCatalogue, HighRiskEdition, HighRiskResult, Inherited, InheritedSource, ModelId, Plan,
    PlanError, PlannedCheck, ProfileResult, ProfileSet, Residual, RiskEvidence,
};
use crate::yaml::{Date, Mistakes};

use super::describe;
use super::endpoints::EndpointRecord;
use super::evidence_list::EvidenceList;
use super::findings::findings;
use super::packages::PackageRecord;
use super::waivers::WaiverUse;
use super::{
    Assessment, AssetEvidence, BundleRef, CatalogueUse, ENGINE, Judgements, OutcomeRecord, ProfileAssessment, SCHEMA,
};

/// The rules of a run: checks, profiles and high-risk situations, read once.
#[derive(Debug)]
pub struct Catalogue {
    pub digest: Digest,
    pub origin: CatalogueOrigin,
    pub checks: CheckSet,
    pub profiles: ProfileSet,
    pub high_risk: HighRiskCatalogue,
}

impl Catalogue {
    /// Reads everything that `profiles` need; every profile where none is named.
    ///
    /// # Errors
    /// Every mistake in the files.
    pub fn load(files: &CatalogueFiles, origin: CatalogueOrigin, named: &[ProfileId]) -> Result<Self, Mistakes> {
        let profiles = if named.is_empty() { ProfileSet::load(files)? } else { ProfileSet::load_named(files, named)? };
        Ok(Self {
            digest: files.digest(),
            origin,
            checks: CheckSet::load_for_use(files)?,
            profiles,
            high_risk: HighRiskCatalogue::load(files)?,
        })
    }
}

/// Everything that an evaluation is a function of.
#[derive(Debug)]
pub struct Request<'a> {
    pub catalogue: &'a Catalogue,
    pub inventory: &'a Inventory,
    pub evidence: &'a BTreeMap<AssetId, AssetEvidence>,
    pub judgements: &'a Judgements,
    /// Judge as of this moment.
    pub as_of: Timestamp,
    pub operator: Option<String>,
    pub state: PartState,
    /// Further recorded inputs by name.
    pub inputs: BTreeMap<String, Digest>,
    /// Trust roots beside the public ones, as DER.
    pub roots: &'a [Vec<u8>],
    /// Logs whose certificate timestamps can be verified.
    pub ct_logs: &'a [facts::CtLog],
    /// Profiles instead of those that the inventory names.
    pub profiles: &'a [ProfileId],
    /// What was inherited from bundles, read by who may read.
    pub inherited: Vec<InheritedSource>,
}

/// Why a subsite cannot be assessed at all.
#[derive(Debug, Error)]
pub enum AssessError {
    #[error(transparent)]
    Plan(#[from] PlanError),
    #[error("the platforms of the systems form a circle: {0}")]
    Circle(SystemId),
    #[error("the inventory has no system of the subsite `{0}`")]
    NoSystem(crate::model::SubsiteId),
}

/// Assesses every subsite, those whose results others inherit first; each is handed over as soon as it is done.
///
/// # Errors
/// The first error of a plan or of `each`.
pub fn assess<E: From<AssessError>>(
    request: &Request<'_>,
    mut each: impl FnMut(Assessment) -> Result<(), E>,
) -> Result<(), E> {
    let mut inherited = Inherited { sources: request.inherited.clone() };
    inherited.sources.extend(reports(request.inventory));
    let evidence_root = evidence_root(request);
    for system in in_order(request.inventory)? {
        // Of an assessment that was handed over, only what others inherit is kept.
        let mut kept = InheritedSource::without_items(system.id.clone(), "run", None);
        let is_platform = is_platform(request.inventory, &system.id);
        let subsites: Vec<_> =
            request.inventory.subsites.iter().filter(|subsite| subsite.system == system.id).collect();
        // A few at a time, so that memory does not grow with their number.
        for some in subsites.chunks(threads()) {
            for assessment in side_by_side(some, |subsite| one(request, subsite, system, &inherited, evidence_root)) {
                let assessment = assessment?;
                if is_platform {
                    assessment.profiles.iter().for_each(|profile| kept.add(&profile.result));
                }
                each(assessment)?;
            }
        }
        if is_platform {
            inherited.sources.push(kept);
        }
    }
    Ok(())
}

fn threads() -> usize {
    thread::available_parallelism().map_or(1, usize::from).clamp(1, 16)
}

/// Runs `work` on each item, on a thread of its own where there is more than one; results are in the items' order.
fn side_by_side<I: Sync, O: Send>(items: &[I], work: impl Fn(&I) -> O + Sync) -> Vec<O> {
    if let [item] = items {
        return vec![work(item)];
    }
    thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = items.iter().map(|item| scope.spawn(move || work(item))).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|payload| panic::resume_unwind(payload)))
            .collect()
    })
}

/// Whether any system may take results from this one.
fn is_platform(inventory: &Inventory, id: &SystemId) -> bool {
    inventory.inherits.iter().any(|inherit| inherit.from == *id)
        || inventory.systems.iter().any(|system| system.platform.as_ref() == Some(id))
}

/// Identity of what was collected: the parts and the inventory. Judging again leaves it as it is.
fn evidence_root(request: &Request<'_>) -> Digest {
    let mut text = String::from("jixian.evidence-root/v1\n");
    if let Some(inventory) = request.inputs.get("inventory") {
        text.push_str(&format!("inventory {inventory}\n"));
    }
    for evidence in request.evidence.values() {
        text.push_str(&format!("part {} {}\n", evidence.asset, evidence.root));
    }
    Digest::of(text.as_bytes())
}

/// Systems after those whose results they take in the same run.
fn in_order(inventory: &Inventory) -> Result<Vec<&System>, AssessError> {
    let mut order: Vec<&System> = Vec::new();
    let mut waiting: Vec<_> = inventory.systems.iter().collect();
    while !waiting.is_empty() {
        let done: BTreeSet<_> = order.iter().map(|system| &system.id).collect();
        let (ready, blocked): (Vec<&System>, Vec<&System>) = waiting.iter().partition(|system| {
            let mut sources = inventory.inherits_of(&system.id).filter(|inherit| inherit.by == InheritedBy::Run);
            sources.all(|inherit| done.contains(&inherit.from) || inventory.system(&inherit.from).is_none())
        });
        if ready.is_empty() {
            return Err(AssessError::Circle(waiting[0].id.clone()));
        }
        order.extend(ready);
        waiting = blocked;
    }
    Ok(order)
}

/// Reports of others carry a number and a date, and no results of items.
fn reports(inventory: &Inventory) -> Vec<InheritedSource> {
    let reports = inventory.inherits.iter().filter_map(|inherit| match &inherit.by {
        InheritedBy::Report { number, expires, .. } => {
            Some(InheritedSource::without_items(inherit.from.clone(), number.clone(), Some(*expires)))
        }
        InheritedBy::Run | InheritedBy::Bundle { .. } => None,
    });
    reports.collect()
}

fn one(
    request: &Request<'_>,
    subsite: &Subsite,
    system: &System,
    inherited: &Inherited,
    evidence_root: Digest,
) -> Result<Assessment, AssessError> {
    let catalogue = request.catalogue;
    let ids = if request.profiles.is_empty() { &subsite.profiles } else { request.profiles };
    let plans = ids
        .iter()
        .map(|id| profiles::plan(&catalogue.profiles, &catalogue.checks, id, request.inventory, subsite))
        .collect::<Result<Vec<_>, _>>()?;
    let facts = Facts::of(request, subsite);
    let planned = planned(&plans);
    let outcomes = facts.judge(&catalogue.checks, &planned, request.as_of);
    let day = request.inventory.timezone.day_of(request.as_of);
    let judging = Judging { request, subsite, plans: &plans, facts: &facts, inherited, day };

    let results = judging.results(&outcomes);
    let high_risk = judging.high_risk(&outcomes, &results);
    let waivers = WaiverUse::new(&request.judgements.waivers, &outcomes, &not_waivable(&high_risk), day);
    let waived = waivers.waived(&outcomes);
    let results_waived = judging.results(&waived);
    let settings = settings(system);
    let profiles: Vec<_> = results
        .into_iter()
        .zip(&results_waived)
        .map(|(result, with_waivers)| ProfileAssessment {
            grade: grade::grade(&result, &high_risk, &settings),
            grade_with_waivers: grade::grade(with_waivers, &high_risk, &settings),
            title: title(&result),
            result,
        })
        .collect();
    let evidence = EvidenceList::new(facts.evidence.values().copied());
    let records: Vec<_> =
        outcomes.iter().map(|outcome| record(catalogue, &facts, &evidence, &waivers, outcome)).collect();
    let confirmed = high_risk.confirmed().next().is_some();
    Ok(Assessment {
        schema: SCHEMA.to_owned(),
        engine: ENGINE.to_owned(),
        as_of: request.as_of.to_string(),
        timezone: request.inventory.timezone,
        operator: request.operator.clone(),
        bundle: BundleRef { evidence_root, state: request.state },
        catalogue: CatalogueUse { digest: catalogue.digest, origin: catalogue.origin },
        inputs: request.inputs.clone(),
        subsite: describe::subsite(subsite),
        system: describe::system(system),
        authorisation: request.inventory.authorisation.as_ref().map(describe::authorisation),
        assets: request
            .inventory
            .assets_of(&subsite.id)
            .map(|a| describe::asset(a, request.evidence.get(&a.id)))
            .collect(),
        population: describe::population(request.inventory, &system.id),
        baseline: baseline(&planned, &outcomes, confirmed),
        baseline_with_waivers: baseline(&planned, &waived, confirmed),
        findings: findings(&catalogue.checks, &records, &profiles, &waivers),
        draft: profiles.iter().any(|profile| profile.result.draft),
        outcomes: records,
        profiles,
        high_risk,
        waivers: waivers.records,
        evidence: evidence.records,
        endpoints: request
            .inventory
            .assets_of(&subsite.id)
            .filter(|asset| asset.kind == AssetKind::TlsEndpoint)
            .map(|asset| EndpointRecord::new(asset.id.clone(), facts.documents.get(&asset.id).unwrap_or(&Value::Null)))
            .collect(),
        packages: request
            .inventory
            .assets_of(&subsite.id)
            .filter(|asset| asset.kind == AssetKind::AppPackage)
            .map(|asset| PackageRecord::new(asset.id.clone(), facts.documents.get(&asset.id).unwrap_or(&Value::Null)))
            .collect(),
    })
}

/// GB/T 39204 binds only critical infrastructure that was designated.
fn settings(system: &System) -> grade::Settings {
    grade::Settings { reference_only: system.cii != Cii::Designated, ..grade::Settings::default() }
}

/// `GB/T 22239-2019 第三级`.
fn title(result: &ProfileResult) -> Text {
    let standard = &result.standard;
    let ordinal = |level: u8| ["一", "二", "三", "四", "五"].get(usize::from(level).wrapping_sub(1)).copied();
    match standard.level {
        Some(level) => Text::new(
            format!("{} 第{}级", standard.id, ordinal(level).unwrap_or("？")),
            format!("{} level {level}", standard.id),
        ),
        None => Text::new(standard.id.clone(), standard.id.clone()),
    }
}

/// Each check with the same parameters once on each asset, in order.
fn planned(plans: &[Plan<'_>]) -> Vec<PlannedCheck> {
    let mut all: Vec<_> = plans.iter().flat_map(|plan| plan.checks.iter().cloned()).collect();
    all.sort_by(|a, b| (&a.check, &a.asset, a.params_digest).cmp(&(&b.check, &b.asset, b.params_digest)));
    all.dedup_by(|a, b| (&a.check, &a.asset, a.params_digest) == (&b.check, &b.asset, b.params_digest));
    all
}

fn baseline(planned: &[PlannedCheck], outcomes: &[Outcome], confirmed: bool) -> Baseline {
    let automated = planned.iter().zip(outcomes).filter(|(planned, _)| planned.automated);
    grade::baseline_1(automated.map(|(_, outcome)| (outcome.severity, &outcome.verdict)), confirmed)
}

/// Findings that a `final` situation rests on: a waiver may not cover them while it is not rejected.
fn not_waivable(high_risk: &HighRiskResult) -> BTreeSet<String> {
    let cases =
        high_risk.cases.iter().filter(|case| case.residual == Residual::Final && case.state != CaseState::Rejected);
    cases.flat_map(|case| &case.raised_by).flat_map(|raised| raised.findings.iter().cloned()).collect()
}

fn record(
    catalogue: &Catalogue,
    facts: &Facts<'_>,
    evidence: &EvidenceList,
    waivers: &WaiverUse,
    outcome: &Outcome,
) -> OutcomeRecord {
    let check = catalogue.checks.get(&outcome.check);
    let numbers = check.zip(facts.evidence.get(&outcome.asset)).map(|(check, of)| evidence.of(check, of));
    OutcomeRecord {
        outcome: outcome.clone(),
        title: check.map(|check| check.title.clone()).unwrap_or_default(),
        automated: check.is_none_or(|check| check.kind == CheckKind::Automated),
        evidence: numbers.unwrap_or_default(),
        waived: waivers.covers(outcome),
        references: check.map(|check| check.weaknesses().map(str::to_owned).collect()).unwrap_or_default(),
    }
}

/// The facts of a subsite's assets on the day of the evaluation.
struct Facts<'a> {
    evidence: BTreeMap<AssetId, &'a AssetEvidence>,
    documents: BTreeMap<AssetId, Value>,
    inventory: Value,
}

impl<'a> Facts<'a> {
    fn of(request: &Request<'a>, subsite: &Subsite) -> Self {
        let inventory = facts::inventory::facts(request.inventory, subsite).unwrap_or_default();
        let root = serde_json::json!({"inventory": inventory});
        let level = request.inventory.system_of(subsite).map(|system| system.level);
        let mut evidence = BTreeMap::new();
        let mut documents = BTreeMap::new();
        for asset in request.inventory.assets_of(&subsite.id) {
            let mut facts = root.clone();
            if let Some(found) = request.evidence.get(&asset.id) {
                let context = EvaluationContext {
                    as_of: request.as_of,
                    asset,
                    inventory: request.inventory,
                    roots: request.roots,
                    ct_logs: request.ct_logs,
                };
                let mut document: FactDocument = found.facts.clone();
                super::at_evaluation(&mut document, &context, level);
                merge(&mut facts, document.facts);
                evidence.insert(asset.id.clone(), found);
            }
            documents.insert(asset.id.clone(), facts);
        }
        Self { evidence, documents, inventory: root }
    }

    /// Runs the planned checks, asset by asset, so that facts are bound once.
    fn judge(&self, checks: &CheckSet, planned: &[PlannedCheck], as_of: Timestamp) -> Vec<Outcome> {
        let nothing = Value::Null;
        let bound: BTreeMap<_, _> =
            self.documents.iter().map(|(asset, facts)| (asset, AssetFacts::new(facts, as_of))).collect();
        let empty = AssetFacts::new(&nothing, as_of);
        let judged = planned.iter().filter_map(|planned| {
            let check = checks.get(&planned.check)?;
            let facts = bound.get(&planned.asset).unwrap_or(&empty);
            Some(check.evaluate_on(&planned.params, facts, &planned.asset))
        });
        judged.collect()
    }
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

/// Situations and their levels follow the edition of the grading model.
fn edition(results: &[ProfileResult]) -> HighRiskEdition {
    let older = results.iter().any(|result| matches!(result.model, ModelId::Djbh2021 | ModelId::Djbh2019));
    if older { HighRiskEdition::Iseaa2020 } else { HighRiskEdition::Guide2025 }
}

/// What item results are made from.
struct Judging<'a> {
    request: &'a Request<'a>,
    subsite: &'a Subsite,
    plans: &'a [Plan<'a>],
    facts: &'a Facts<'a>,
    inherited: &'a Inherited,
    day: Date,
}

impl Judging<'_> {
    fn results(&self, outcomes: &[Outcome]) -> Vec<ProfileResult> {
        let evidence = profiles::Evidence {
            checks: &self.request.catalogue.checks,
            outcomes,
            answers: &self.request.judgements.answers,
            inherited: self.inherited,
            facts: &self.facts.documents,
            inventory_facts: &self.facts.inventory,
            as_of: self.day,
            moment: self.request.as_of,
        };
        self.plans.iter().map(|plan| profiles::judge(plan, &evidence)).collect()
    }

    fn high_risk(&self, outcomes: &[Outcome], results: &[ProfileResult]) -> HighRiskResult {
        profiles::high_risk(&RiskEvidence {
            catalogue: &self.request.catalogue.high_risk,
            edition: edition(results),
            profiles: &self.request.catalogue.profiles,
            inventory: self.request.inventory,
            subsite: self.subsite,
            outcomes,
            results,
            adjudications: &self.request.judgements.adjudications,
            facts: &self.facts.documents,
            inventory_facts: &self.facts.inventory,
            as_of: self.day,
            moment: self.request.as_of,
        })
    }
}
