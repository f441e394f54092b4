//! The numbered list of evidence of one subsite, and which numbers a check rests on.

use std::collections::BTreeMap;

use crate::checks::Check;
use crate::evidence::{Origin, Record};
use crate::model::AssetId;

use super::{AssetEvidence, EvidenceRecord};

/// Evidence by number, in order of asset and record.
#[derive(Debug, Default)]
pub struct EvidenceList {
    pub records: Vec<EvidenceRecord>,
    numbers: BTreeMap<(AssetId, String), String>,
}

impl EvidenceList {
    /// Numbers everything that was collected of these assets, which come in order of their ids.
    pub fn new<'a>(assets: impl Iterator<Item = &'a AssetEvidence>) -> Self {
        let mut list = Self::default();
        for evidence in assets {
            for record in &evidence.records {
                list.add(&evidence.asset, record);
            }
        }
        list
    }

    fn add(&mut self, asset: &AssetId, record: &Record) {
        let number = format!("E-{:04}", self.records.len() + 1);
        self.numbers.insert((asset.clone(), record.item.clone()), number.clone());
        self.records.push(EvidenceRecord {
            number,
            asset: asset.clone(),
            item: record.item.clone(),
            collector: record.collector.clone(),
            source: source_text(&record.source),
            status: record.status,
            started: record.started.clone(),
            size: record.size,
            truncated: record.truncated,
            sha256: record.object,
            external: record.external,
        });
    }

    /// The numbers of what a check looked at on an asset, in the order of the list.
    pub fn of(&self, check: &Check, evidence: &AssetEvidence) -> Vec<String> {
        let mut numbers: Vec<_> = check
            .needs
            .iter()
            .flat_map(|group| evidence.facts.sources_of(group))
            .filter_map(|item| self.numbers.get(&(evidence.asset.clone(), item.clone())).cloned())
            .collect();
        numbers.sort();
        numbers.dedup();
        numbers
    }
}

fn source_text(source: &Origin) -> String {
    match source {
        Origin::Argv(argv) => argv.join(" "),
        Origin::Builtin(name) => name.clone(),
        Origin::Path(path) => path.clone(),
        Origin::Query(query) => query.clone(),
    }
}
