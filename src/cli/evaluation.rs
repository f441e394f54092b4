//! What assess, evaluate, replay and gate have in common: rules, facts and the call of the pipeline.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::assess::{self, AssessError, Assessment, AssetEvidence, Catalogue, Judgements, Request};
use crate::evidence::{Bundle, CatalogueOrigin, PartState};
use crate::inventory::Inventory;
use crate::model::{AssetId, CatalogueFiles, Decoder, Digest, ProfileId};
use crate::profiles::InheritedSource;
use crate::yaml::{Source, did_you_mean};

use super::context::Context;
use super::trust::Trust;

/// The name of a subsite's assessment among the results of a bundle.
pub fn result_name(assessment: &Assessment) -> String {
    format!("{}.json", assessment.subsite.id)
}

/// The profiles that a run needs: those of the command line, or else those that the inventory names.
pub fn needed(inventory: &Inventory, asked: &[ProfileId]) -> Vec<ProfileId> {
    let mut all = asked.to_vec();
    if asked.is_empty() {
        all.extend(inventory.subsites.iter().flat_map(|subsite| subsite.profiles.iter().cloned()));
    }
    all.sort();
    all.dedup();
    all
}

/// Loads the rules; a profile that does not exist is an error before anything is collected.
pub fn load(
    context: &Context,
    files: &CatalogueFiles,
    origin: CatalogueOrigin,
    needed: &[ProfileId],
) -> anyhow::Result<Catalogue> {
    for id in needed {
        if profile_exists(files, id) {
            continue;
        }
        let known = profile_names(files);
        let near = did_you_mean(id.as_str(), known.iter().map(String::as_str));
        let hint = near.map(|near| context.did_you_mean(near)).unwrap_or_default();
        anyhow::bail!("{}{id}{hint}", context.t("没有这个评估依据：", "no such profile: "));
    }
    Ok(Catalogue::load(files, origin, needed)?)
}

fn profile_exists(files: &CatalogueFiles, id: &ProfileId) -> bool {
    [format!("profiles/{id}.yaml"), format!("profiles/{id}/profile.yaml")].iter().any(|path| files.get(path).is_some())
}

/// Ids of all profiles.
pub fn profile_names(files: &CatalogueFiles) -> Vec<String> {
    let paths = files.under("profiles/").filter_map(|(path, _)| path.strip_prefix("profiles/"));
    let names = paths.filter_map(|path| match path.split_once('/') {
        Some((folder, "profile.yaml")) => Some(folder.to_owned()),
        Some(_) => None,
        None => path.strip_suffix(".yaml").filter(|name| *name != "high-risk").map(str::to_owned),
    });
    names.collect()
}

/// The inventory as sealed.
pub fn inventory_of(bundle: &Bundle) -> anyhow::Result<Inventory> {
    let bytes = bundle.inventory()?;
    Ok(Inventory::read(&Source::from_bytes("inventory.yaml", &bytes)?)?)
}

/// The facts of every part: those beside it, or derived now; all derived anew where `again`.
pub fn gather(bundle: &Bundle, decoder: &dyn Decoder, again: bool) -> anyhow::Result<BTreeMap<AssetId, AssetEvidence>> {
    let mut all = BTreeMap::new();
    for asset in bundle.parts() {
        let part = bundle.part(&asset)?;
        let evidence = if again { assess::recompute(&part, decoder) } else { assess::gather(&part, decoder)? };
        all.insert(asset, evidence);
    }
    Ok(all)
}

/// Everything of one evaluation beside the rules.
pub struct Inputs<'a> {
    pub inventory: &'a Inventory,
    pub inventory_digest: Digest,
    pub evidence: &'a BTreeMap<AssetId, AssetEvidence>,
    pub judgements: &'a Judgements,
    pub judgement_digests: &'a BTreeMap<String, Digest>,
    pub as_of: Timestamp,
    pub operator: Option<String>,
    pub state: PartState,
    pub profiles: &'a [ProfileId],
    pub trust: &'a Trust,
    pub inherited: Vec<InheritedSource>,
}

/// Runs the pipeline.
pub fn run(
    catalogue: &Catalogue,
    inputs: Inputs<'_>,
    mut each: impl FnMut(Assessment) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    // A profile that was asked for twice is judged once.
    let mut profiles: Vec<ProfileId> = Vec::new();
    for id in inputs.profiles {
        if !profiles.contains(id) {
            profiles.push(id.clone());
        }
    }
    let mut recorded = inputs.judgement_digests.clone();
    recorded.insert("inventory".to_owned(), inputs.inventory_digest);
    let request = Request {
        catalogue,
        inventory: inputs.inventory,
        evidence: inputs.evidence,
        judgements: inputs.judgements,
        as_of: inputs.as_of,
        operator: inputs.operator,
        state: inputs.state,
        inputs: recorded,
        roots: &inputs.trust.roots,
        ct_logs: &inputs.trust.ct_logs,
        profiles: &profiles,
        inherited: inputs.inherited,
    };
    assess::assess(&request, |assessment| each(assessment).map_err(Failure::Other)).map_err(|failure| match failure {
        Failure::Assess(error) => error.into(),
        Failure::Other(error) => error,
    })
}

/// Runs the pipeline and keeps every assessment.
pub fn all(catalogue: &Catalogue, inputs: Inputs<'_>) -> anyhow::Result<Vec<Assessment>> {
    let mut found = Vec::new();
    run(catalogue, inputs, |assessment| {
        found.push(assessment);
        Ok(())
    })?;
    found.sort_by(|a, b| a.subsite.id.cmp(&b.subsite.id));
    Ok(found)
}

enum Failure {
    Assess(AssessError),
    Other(anyhow::Error),
}

impl From<AssessError> for Failure {
    fn from(error: AssessError) -> Self {
        Self::Assess(error)
    }
}
