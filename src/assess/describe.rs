//! The inventory's part of an assessment, in the words that a report prints.

use std::collections::BTreeMap;

use crate::inventory::{Access, Asset, Authorisation, Inventory, Subsite, System};
use crate::model::{AssetKind, Reason, ReasonCode, SystemId};

use super::{AssetEvidence, AssetInfo, AuthorisationInfo, PartInfo, PopulationInfo, SubsiteInfo, SystemInfo};

pub fn subsite(subsite: &Subsite) -> SubsiteInfo {
    SubsiteInfo {
        id: subsite.id.clone(),
        name: subsite.name.clone(),
        kind: subsite.kind.title(),
        organisation: subsite.organisation.clone(),
        level: subsite.level.title(),
        division: subsite.division.clone(),
        exposure: subsite.exposure.title(),
        hosts: subsite.hosts.clone(),
    }
}

pub fn system(system: &System) -> SystemInfo {
    SystemInfo {
        id: system.id.clone(),
        name: system.name.clone(),
        filing_number: system.filing_number.clone(),
        level: system.level,
        s: system.s,
        a: system.a,
        cii: system.cii.title(),
        operator: system.operator.clone(),
        platform: system.platform.clone(),
        extensions: system.extensions.iter().map(|extension| extension.title()).collect(),
    }
}

pub fn authorisation(authorisation: &Authorisation) -> AuthorisationInfo {
    AuthorisationInfo {
        document: authorisation.document.clone(),
        sha256: authorisation.sha256,
        scope: authorisation.scope.iter().map(ToString::to_string).collect(),
        from: authorisation.window.from.to_string(),
        to: authorisation.window.to.to_string(),
        person: authorisation.person.clone(),
        hosting_consent: authorisation.hosting_consent.clone(),
    }
}

pub fn population(inventory: &Inventory, system: &SystemId) -> Vec<PopulationInfo> {
    let of_system = inventory.population.iter().filter(|population| population.system == *system);
    of_system
        .map(|population| PopulationInfo {
            objects: population.objects,
            total: population.total,
            selected: population.selected.clone(),
            method: population.method.clone(),
            reason: population.reason.clone(),
            reviewed_by: population.reviewed_by.clone(),
        })
        .collect()
}

pub fn asset(asset: &Asset, evidence: Option<&AssetEvidence>) -> AssetInfo {
    let declared_unknown = match &asset.access {
        Access::Unknown { reason } => Some(reason.clone()),
        _ => None,
    };
    // A person answers for an asset that nothing collects: its part only says so and is no evidence of a machine.
    let collected = !matches!(asset.access, Access::Unknown { .. } | Access::Manual);
    AssetInfo {
        id: asset.id.clone(),
        name: asset.name.clone(),
        kind: asset.kind,
        object: asset.kind.object(),
        access: asset.access.as_str().to_owned(),
        declared_unknown,
        not_looked_at: evidence.filter(|_| collected).and_then(not_looked_at),
        vantage: asset.vantage.map(|vantage| vantage.title()),
        part: evidence.filter(|_| collected).map(part),
        artifacts: evidence.map(|evidence| artifacts(asset.kind, evidence)).unwrap_or_default(),
    }
}

fn part(evidence: &AssetEvidence) -> PartInfo {
    let mut items = BTreeMap::new();
    for record in &evidence.records {
        *items.entry(record.status).or_default() += 1;
    }
    PartInfo {
        root: evidence.root,
        state: evidence.state,
        started: evidence.records.first().map(|record| record.started.clone()),
        items,
    }
}

/// The reason that every fact of the asset has where nothing of it was read.
fn not_looked_at(evidence: &AssetEvidence) -> Option<Reason> {
    let roots = evidence.facts.facts.as_object()?.values();
    let code = roots.filter(|root| root.get("$status").is_some()).find_map(|root| root.get("reason")?.as_str())?;
    ReasonCode::ALL.iter().find(|known| known.as_str() == code).map(|code| Reason::new(*code))
}

/// Digests of the package that an asset is.
fn artifacts(kind: AssetKind, evidence: &AssetEvidence) -> Vec<crate::model::Digest> {
    if kind != AssetKind::AppPackage {
        return Vec::new();
    }
    let digest = evidence.facts.facts.pointer("/app/file/sha256").and_then(|value| value.as_str());
    digest.and_then(|text| text.parse().ok()).into_iter().collect()
}
