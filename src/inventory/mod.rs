//! Systems, subsites, assets and authorisation.

mod access;
mod asset;
mod authorisation;
mod probing;
mod raw;
mod read;
mod rules;
mod site;
mod target;
mod template;

use std::collections::BTreeMap;

use crate::{
    model::{AssetId, ObjectKind, SubsiteId, SystemId},
    yaml::{Mistakes, Source, TimeZone},
};

pub use asset::{Access, Asset, Auth, Secret, TlsUse};
pub use authorisation::{Authorisation, Refusal, Scope, Window};
pub use probing::{CONNECTIONS, DELAY_MS, Family, PARALLEL, Probing, SECONDS};
pub use site::{
    Become, Cii, Defaults, Exposure, Extension, Inherit, InheritedBy, JudgementFiles, Population, Subsite, SubsiteKind,
    SubsiteLevel, System, TrustFiles,
};
pub use target::{Address, Contact};
pub use template::template;

/// Everything that is to be assessed, read whole and without contradictions; lists are in order of their ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    pub timezone: TimeZone,
    pub authorisation: Option<Authorisation>,
    pub systems: Vec<System>,
    pub subsites: Vec<Subsite>,
    pub population: Vec<Population>,
    pub inherits: Vec<Inherit>,
    pub defaults: Defaults,
    pub judgements: JudgementFiles,
    pub trust: TrustFiles,
    pub assets: Vec<Asset>,
}

impl Inventory {
    /// Reads an inventory; every mistake that can be reached is listed.
    pub fn read(source: &Source) -> Result<Self, Mistakes> {
        read::read(source)
    }

    /// The JSON Schema for authors.
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(raw::RawInventory)
    }

    pub fn system(&self, id: &SystemId) -> Option<&System> {
        self.systems.iter().find(|system| system.id == *id)
    }

    pub fn subsite(&self, id: &SubsiteId) -> Option<&Subsite> {
        self.subsites.iter().find(|subsite| subsite.id == *id)
    }

    pub fn asset(&self, id: &AssetId) -> Option<&Asset> {
        self.assets.iter().find(|asset| asset.id == *id)
    }

    /// The graded system of a subsite; `None` only for a subsite of another inventory.
    pub fn system_of(&self, subsite: &Subsite) -> Option<&System> {
        self.system(&subsite.system)
    }

    /// The assets that serve a subsite, in order of their ids.
    pub fn assets_of<'a>(&'a self, subsite: &'a SubsiteId) -> impl Iterator<Item = &'a Asset> {
        self.assets.iter().filter(move |asset| asset.serves.contains(subsite))
    }

    /// The assets that serve any subsite of a system, in order of their ids.
    pub fn assets_of_system<'a>(&'a self, system: &'a SystemId) -> impl Iterator<Item = &'a Asset> {
        self.assets.iter().filter(move |asset| {
            asset.serves.iter().any(|id| self.subsite(id).is_some_and(|subsite| subsite.system == *system))
        })
    }

    /// What was declared of one kind of object of a system; `None` is "not declared", never "none".
    pub fn population_of(&self, system: &SystemId, objects: ObjectKind) -> Option<&Population> {
        self.population.iter().find(|population| population.system == *system && population.objects == objects)
    }

    /// All that was declared of a system, by kind of object.
    pub fn populations_of(&self, system: &SystemId) -> BTreeMap<ObjectKind, &Population> {
        let of_system = self.population.iter().filter(|population| population.system == *system);
        of_system.map(|population| (population.objects, population)).collect()
    }

    /// Where a system takes results from.
    pub fn inherits_of<'a>(&'a self, system: &'a SystemId) -> impl Iterator<Item = &'a Inherit> {
        self.inherits.iter().filter(move |inherit| inherit.system == *system)
    }

    /// Whether live contact is covered. Loopback always is; anything else needs an authorisation that covers it.
    pub fn covers(&self, contact: &Contact<'_>, at: jiff::Timestamp) -> Result<(), Refusal> {
        match &self.authorisation {
            _ if contact.is_loopback() => Ok(()),
            None => Err(Refusal::NoAuthorisation),
            Some(authorisation) => authorisation.covers(contact, at),
        }
    }

    /// Whether intrusive probes are covered, which needs words of its own in the authorisation.
    pub fn covers_intrusive(&self, contact: &Contact<'_>, at: jiff::Timestamp) -> Result<(), Refusal> {
        self.covers(contact, at)?;
        let allowed = self.authorisation.as_ref().is_some_and(|authorisation| authorisation.intrusive);
        if allowed || contact.is_loopback() { Ok(()) } else { Err(Refusal::Intrusive) }
    }
}

#[cfg(test)]
mod tests;
