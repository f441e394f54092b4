//! What a run was given beside inventory, rules and judgements: sealed among the inputs of its bundle, so that judging again needs nothing else.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::evidence::{Bundle, Input};
use crate::inventory::{InheritedBy, Inventory};
use crate::model::{Digest, ProfileId};
use crate::profiles::InheritedSource;

use super::context::Context;
use super::trust::Trust;

/// Results of platforms that were assessed elsewhere.
const INHERITED: &str = "inherited.json";
/// Profiles that the command line asked for instead of those of the inventory.
const PROFILES: &str = "profiles.json";

/// Inherited results, profiles and trust of a run.
#[derive(Clone, Debug, Default)]
pub struct Sealed {
    pub inherited: Vec<InheritedSource>,
    pub profiles: Vec<ProfileId>,
    pub trust: Trust,
}

impl Sealed {
    /// A profile that was asked for twice is one.
    pub fn new(inherited: Vec<InheritedSource>, trust: Trust, asked: &[ProfileId]) -> Self {
        let mut profiles: Vec<ProfileId> = Vec::new();
        for id in asked {
            if !profiles.contains(id) {
                profiles.push(id.clone());
            }
        }
        Self { inherited, profiles, trust }
    }

    /// What a bundle carries. An inherited result that its inventory does not name by its root is refused.
    pub fn of_bundle(context: &Context, bundle: &Bundle, inventory: &Inventory) -> anyhow::Result<Self> {
        let inherited: Vec<InheritedSource> =
            bundle.input(INHERITED)?.map(|bytes| serde_json::from_slice(&bytes)).transpose()?.unwrap_or_default();
        for source in &inherited {
            let named = inventory.inherits.iter().any(|inherit| {
                let root = match &inherit.by {
                    InheritedBy::Bundle { root, .. } => root.to_string(),
                    InheritedBy::Run | InheritedBy::Report { .. } => return false,
                };
                inherit.from == source.from && root == source.reference
            });
            anyhow::ensure!(
                named,
                "{}: {}",
                source.from,
                context.t(
                    "证据包中继承的结果不是清单所指的证据包",
                    "what the bundle inherits is not from the bundle that its inventory names"
                )
            );
        }
        let profiles = bundle.input(PROFILES)?.map(|bytes| serde_json::from_slice(&bytes)).transpose()?;
        Ok(Self { inherited, profiles: profiles.unwrap_or_default(), trust: Trust::of_bundle(bundle)? })
    }

    /// To be sealed with a new bundle.
    pub fn inputs(&self) -> anyhow::Result<BTreeMap<String, Input>> {
        Ok(self.files()?.into_iter().map(|(name, bytes)| (name.to_owned(), Input::Bytes(bytes))).collect())
    }

    /// For the record of an assessment.
    pub fn digests(&self) -> anyhow::Result<BTreeMap<String, Digest>> {
        Ok(self.files()?.into_iter().map(|(name, bytes)| (name.to_owned(), Digest::of(&bytes))).collect())
    }

    fn files(&self) -> anyhow::Result<Vec<(&'static str, Vec<u8>)>> {
        let mut files = self.trust.files();
        if !self.inherited.is_empty() {
            files.push((INHERITED, json(&self.inherited)?));
        }
        if !self.profiles.is_empty() {
            files.push((PROFILES, json(&self.profiles)?));
        }
        Ok(files)
    }
}

fn json(value: &impl Serialize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}
