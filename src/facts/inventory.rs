//! What the inventory says of a subsite and its system, as facts for the applicability of items.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    inventory::{Cii, Exposure, Extension, Inventory, Subsite, SubsiteKind},
    model::Tri,
};

/// The root `inventory`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct InventoryFacts {
    pub system: SystemFacts,
    pub subsite: SubsiteFacts,
    /// How many objects of a kind the system has; a kind that was not declared has no entry.
    pub population: BTreeMap<String, u32>,
}

/// The graded system.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SystemFacts {
    pub level: u8,
    pub s: u8,
    pub a: u8,
    pub cii: Cii,
    pub extensions: Vec<Extension>,
    /// Whether it runs on the platform of another system.
    pub on_platform: Tri,
}

/// The subsite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SubsiteFacts {
    pub kind: SubsiteKind,
    pub exposure: Exposure,
}

/// The facts below `inventory` for one subsite; `None` where its system is not in the inventory.
pub fn facts(inventory: &Inventory, subsite: &Subsite) -> Option<Value> {
    let system = inventory.system_of(subsite)?;
    let population = inventory.populations_of(&system.id);
    let facts = InventoryFacts {
        system: SystemFacts {
            level: system.level,
            s: system.s,
            a: system.a,
            cii: system.cii,
            extensions: system.extensions.clone(),
            on_platform: system.platform.is_some().into(),
        },
        subsite: SubsiteFacts { kind: subsite.kind, exposure: subsite.exposure },
        population: population.into_iter().map(|(kind, of)| (kind.as_str().to_owned(), of.total)).collect(),
    };
    serde_json::to_value(facts).ok()
}
