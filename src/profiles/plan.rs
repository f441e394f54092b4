//! What is to be judged for one subsite: which items, on which subjects, with which checks.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{
    Attribute, CheckUse, Item, Levels, PlanNote, PlanNoteCode, Profile, ProfileSet, Responsibility, Scope, Subject,
};
use crate::checks::{CheckKind, CheckSet, Params};
use crate::inventory::{Asset, Extension, Inventory, Population, Subsite, System};
use crate::model::{
    AssetId, AssetKind, CheckId, Digest, ObjectKind, ProfileId, Reason, ReasonCode, Severity, SystemId, Text,
};

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PlanError {
    #[error("there is no profile `{0}`")]
    NoProfile(ProfileId),
    #[error("`{profile}` needs its items of level {level}, and there is no such profile")]
    NoLevel { profile: ProfileId, level: u8 },
    #[error("the inventory has no system of the subsite `{0}`")]
    NoSystem(crate::model::SubsiteId),
    #[error("`{profile}`, item {item}: {why}")]
    Check { profile: ProfileId, item: crate::model::ItemId, why: String },
}

/// What is to be judged for one subsite by one profile.
#[derive(Clone, Debug)]
pub struct Plan<'a> {
    pub profile: &'a Profile,
    pub subsite: &'a Subsite,
    pub system: &'a System,
    pub levels: Levels,
    /// In the order of the clauses, levels aside.
    pub items: Vec<PlannedItem<'a>>,
    /// Each check with the same parameters once on each asset, in order.
    pub checks: Vec<PlannedCheck>,
    pub notes: Vec<PlanNote>,
}

/// An item and what it is judged on.
#[derive(Clone, Debug)]
pub struct PlannedItem<'a> {
    /// The profile it comes from.
    pub profile: &'a Profile,
    pub item: &'a Item,
    pub subjects: Vec<PlannedSubject>,
}

/// One subject of an item.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedSubject {
    pub subject: Subject,
    pub state: SubjectState,
}

/// What is known of a subject before anything is judged.
#[derive(Clone, Debug, PartialEq)]
pub enum SubjectState {
    /// Judged by checks and answers.
    Judge,
    /// A kind of object that people answer for as a whole, as no asset of it is there; open until they do.
    AnswersOnly(Reason),
    /// The population is 0, and somebody reviewed that.
    NoneExist { reason: String, reviewed_by: String },
    /// Not to be decided by anything before the inventory says more.
    Open(Reason),
    /// The platform's.
    Inherited(SystemId),
}

/// A check that has to be evaluated on an asset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlannedCheck {
    pub check: CheckId,
    pub asset: AssetId,
    pub params: Params,
    /// As in the outcome.
    pub params_digest: Digest,
    pub severity: Severity,
    /// Whether a machine decides it; assisted checks only show facts.
    pub automated: bool,
}

/// Plans one profile for one subsite.
///
/// For a system whose S or A level is not that of the profile, the items of that attribute come from the profile of
/// that level (GB/T 22239-2019, annex A: S2A3 takes S items of level 2, A and G items of level 3).
pub fn plan<'a>(
    profiles: &'a ProfileSet,
    checks: &CheckSet,
    profile: &ProfileId,
    inventory: &'a Inventory,
    subsite: &'a Subsite,
) -> Result<Plan<'a>, PlanError> {
    let profile = profiles.get(profile).ok_or_else(|| PlanError::NoProfile(profile.clone()))?;
    let system = inventory.system_of(subsite).ok_or_else(|| PlanError::NoSystem(subsite.id.clone()))?;
    let mut notes = Vec::new();
    let levels = levels(profile, system, &mut notes);
    let selected = select(profiles, profile, levels, system)?;
    let objects = Objects::of(inventory, subsite, system);
    let items: Vec<_> = selected
        .into_iter()
        .map(|(profile, item)| PlannedItem { profile, item, subjects: objects.subjects(item, system) })
        .collect();
    notes.extend(objects.notes(&items));
    let checks = planned_checks(&items, checks)?;
    notes.sort();
    notes.dedup();
    Ok(Plan { profile, subsite, system, levels, items, checks, notes })
}

impl Plan<'_> {
    /// Titles of the clauses of every profile that items come from.
    pub fn sections(&self) -> BTreeMap<String, Text> {
        let mut all = self.profile.sections.clone();
        for item in &self.items {
            for clause in [item.item.class(), item.item.control()] {
                if let Some(title) = item.profile.section(clause) {
                    all.entry(clause.to_owned()).or_insert_with(|| title.clone());
                }
            }
        }
        all
    }
}

fn levels(profile: &Profile, system: &System, notes: &mut Vec<PlanNote>) -> Levels {
    let of_system = Levels { system: system.level, s: system.s, a: system.a };
    let Some(level) = profile.standard.level else { return of_system };
    if level != system.level {
        let note = PlanNote::new(PlanNoteCode::LevelDiffers);
        notes.push(note.with("profile", level.to_string()).with("system", system.level.to_string()));
        return Levels { system: system.level, s: level, a: level };
    }
    if of_system.s != level || of_system.a != level {
        let name = format!("S{}A{}", of_system.s, of_system.a);
        notes.push(PlanNote::new(PlanNoteCode::MixedLevels).with("levels", name));
    }
    of_system
}

/// The items by attribute and extension, in the order of their clauses. Of a standard with levels the chapter is left out:
/// it is the level's.
fn select<'a>(
    profiles: &'a ProfileSet,
    profile: &'a Profile,
    levels: Levels,
    system: &System,
) -> Result<Vec<(&'a Profile, &'a Item)>, PlanError> {
    let mut found = Vec::new();
    for (attribute, level) in [
        (Attribute::G, profile.standard.level),
        (Attribute::S, profile.standard.level.map(|_| levels.s)),
        (Attribute::A, profile.standard.level.map(|_| levels.a)),
    ] {
        let from = match level {
            Some(level) if profile.standard.level != Some(level) => profiles
                .at_level(profile, level)
                .ok_or_else(|| PlanError::NoLevel { profile: profile.id.clone(), level })?,
            _ => profile,
        };
        let items = from.items.iter().filter(|item| item.attribute == attribute && applies(item.scope, system));
        found.extend(items.map(|item| (from, item)));
    }
    match profile.standard.level {
        Some(_) => found.sort_by(|(_, a), (_, b)| clause_after_level(a, b)),
        None => found.sort_by(|(_, a), (_, b)| super::clause_order(a.id.as_str(), b.id.as_str())),
    }
    Ok(found)
}

fn clause_after_level(a: &Item, b: &Item) -> std::cmp::Ordering {
    fn rest(item: &Item) -> &str {
        item.id.as_str().split_once('.').map_or("", |(_, rest)| rest)
    }
    super::clause_order(rest(a), rest(b)).then_with(|| super::clause_order(a.id.as_str(), b.id.as_str()))
}

fn applies(scope: Scope, system: &System) -> bool {
    let extension = match scope {
        Scope::General => return true,
        Scope::Cloud => Extension::Cloud,
        Scope::Mobile => Extension::Mobile,
        Scope::Iot => Extension::Iot,
        Scope::Ics => Extension::Ics,
    };
    system.extensions.contains(&extension)
}

/// The assets of a subsite and the populations of its system.
struct Objects<'a> {
    assets: Vec<&'a Asset>,
    populations: BTreeMap<ObjectKind, &'a Population>,
}

impl<'a> Objects<'a> {
    fn of(inventory: &'a Inventory, subsite: &'a Subsite, system: &'a System) -> Self {
        Self { assets: inventory.assets_of(&subsite.id).collect(), populations: inventory.populations_of(&system.id) }
    }

    fn subjects(&self, item: &Item, system: &System) -> Vec<PlannedSubject> {
        let mut subjects = Vec::new();
        let platform = system.platform.as_ref().filter(|_| item.responsibility != Responsibility::Subsite);
        if platform.is_none() || item.responsibility == Responsibility::Shared {
            for objects in item.objects.iter().collect::<BTreeSet<_>>() {
                self.of_kind(item, *objects, &mut subjects);
            }
        }
        if let Some(from) = platform {
            let subject = Subject::Platform { from: from.clone() };
            subjects.push(PlannedSubject { subject, state: SubjectState::Inherited(from.clone()) });
        }
        subjects
    }

    fn of_kind(&self, item: &Item, objects: ObjectKind, subjects: &mut Vec<PlannedSubject>) {
        let before = subjects.len();
        for asset in self.assets.iter().filter(|asset| asset.kind.object() == objects) {
            if item.aspects_of(asset.kind).next().is_some() {
                let subject = Subject::Asset { asset: asset.id.clone(), kind: asset.kind };
                subjects.push(PlannedSubject { subject, state: SubjectState::Judge });
            }
        }
        let found = subjects.len() > before;
        if !item.aspects.iter().any(|aspect| aspect.covers_objects(objects)) {
            // Only views show it: where there is none, nothing is missing.
            return;
        }
        if let Some(state) = self.whole(objects, found) {
            subjects.push(PlannedSubject { subject: Subject::Objects { objects }, state });
        }
    }

    /// What the kind as a whole adds to its assets.
    fn whole(&self, objects: ObjectKind, found: bool) -> Option<SubjectState> {
        let undeclared = || Reason::new(ReasonCode::Undeclared).with("objects", objects.as_str());
        if objects == ObjectKind::Management {
            // There is one management, declared or not.
            return (!found).then_some(SubjectState::Judge);
        }
        match self.populations.get(&objects) {
            None => Some(SubjectState::Open(undeclared())),
            Some(population) if population.total == 0 => match (&population.reason, &population.reviewed_by) {
                // A population of 0 beside an asset of that kind is a contradiction: the asset is judged.
                _ if found => None,
                (Some(reason), Some(by)) if !reason.trim().is_empty() && !by.trim().is_empty() => {
                    Some(SubjectState::NoneExist { reason: reason.clone(), reviewed_by: by.clone() })
                }
                _ => Some(SubjectState::Open(undeclared())),
            },
            Some(_) if found && self.has_object(objects) => None,
            Some(_) => {
                let reason = Reason::new(ReasonCode::NoTarget).with("objects", objects.as_str());
                Some(SubjectState::AnswersOnly(reason))
            }
        }
    }

    /// Whether an asset is an object of this kind, and not only a view of one.
    fn has_object(&self, objects: ObjectKind) -> bool {
        self.assets.iter().any(|asset| asset.kind.object() == objects && !super::is_view(asset.kind))
    }

    fn notes(&self, items: &[PlannedItem<'_>]) -> Vec<PlanNote> {
        let mut notes = BTreeSet::new();
        for subject in items.iter().flat_map(|item| &item.subjects) {
            let Subject::Objects { objects } = subject.subject else { continue };
            let code = match (&subject.state, self.populations.contains_key(&objects)) {
                (SubjectState::Open(_), false) => PlanNoteCode::PopulationUndeclared,
                (SubjectState::Open(_), true) => PlanNoteCode::PopulationUnreviewed,
                // An item without a step for the objects that are there is no matter of their selection.
                (SubjectState::AnswersOnly(_), _) if !self.has_object(objects) => PlanNoteCode::SelectedMissing,
                _ => continue,
            };
            notes.insert(PlanNote::new(code).with("objects", objects.as_str()));
        }
        notes.into_iter().collect()
    }
}

fn planned_checks(items: &[PlannedItem<'_>], checks: &CheckSet) -> Result<Vec<PlannedCheck>, PlanError> {
    let mut planned: BTreeMap<(CheckId, AssetId, Digest), PlannedCheck> = BTreeMap::new();
    for item in items {
        for (asset, kind) in item.assets() {
            for used in item.item.aspects_of(kind).flat_map(|aspect| aspect.uses_on(kind)) {
                let made = planned_check(used, asset, checks).map_err(|why| PlanError::Check {
                    profile: item.profile.id.clone(),
                    item: item.item.id.clone(),
                    why,
                })?;
                planned.insert((made.check.clone(), made.asset.clone(), made.params_digest), made);
            }
        }
    }
    Ok(planned.into_values().collect())
}

impl PlannedItem<'_> {
    /// The assets among its subjects.
    pub fn assets(&self) -> impl Iterator<Item = (&AssetId, AssetKind)> {
        self.subjects.iter().filter_map(|subject| match &subject.subject {
            Subject::Asset { asset, kind } => Some((asset, *kind)),
            Subject::Objects { .. } | Subject::Platform { .. } => None,
        })
    }
}

fn planned_check(used: &CheckUse, asset: &AssetId, checks: &CheckSet) -> Result<PlannedCheck, String> {
    let check = checks.get(&used.check).ok_or_else(|| format!("there is no check `{}`", used.check))?;
    Ok(PlannedCheck {
        check: used.check.clone(),
        asset: asset.clone(),
        params: used.params.clone(),
        params_digest: params_digest(used, checks).ok_or_else(|| format!("wrong parameters of `{}`", used.check))?,
        severity: check.severity,
        automated: check.kind == CheckKind::Automated,
    })
}

/// The digest that the outcome of this use carries; `None` where the check or a parameter does not exist.
pub(super) fn params_digest(used: &CheckUse, checks: &CheckSet) -> Option<Digest> {
    let values = checks.get(&used.check)?.effective(&used.params).ok()?;
    let sorted: BTreeMap<_, _> = values.iter().collect();
    Some(Digest::of(&serde_json::to_vec(&sorted).ok()?))
}
