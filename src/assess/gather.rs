//! What evaluation needs of a part: its records and its facts. The bytes stay in the bundle.

use crate::evidence::{EvidenceError, Part, PartState, Record};
use crate::facts::{self, FactDocument};
use crate::model::{AssetId, AssetKind, Decoder, Digest};

use super::ENGINE;

/// A part without its bytes.
#[derive(Clone, Debug)]
pub struct AssetEvidence {
    pub asset: AssetId,
    pub kind: AssetKind,
    pub root: Digest,
    pub state: PartState,
    pub records: Vec<Record>,
    pub facts: FactDocument,
    /// Whether the facts were already beside the part.
    pub stored: bool,
}

/// Identity of the decoders: facts that other decoders made are not taken.
pub fn decoders() -> Digest {
    Digest::of(format!("{ENGINE}\n{}", facts::DECODERS).as_bytes())
}

/// Takes the facts that are kept beside a part, or derives them.
///
/// # Errors
/// A part whose records can't be read.
pub fn gather(part: &Part, decoder: &dyn Decoder) -> Result<AssetEvidence, EvidenceError> {
    let kept = part.facts(decoders())?.and_then(|value| serde_json::from_value::<FactDocument>(value).ok());
    let stored = kept.is_some();
    let facts = kept.unwrap_or_else(|| facts::derive(part.kind(), part, decoder));
    Ok(evidence_of(part, facts, stored))
}

/// Derives the facts anew from the artifacts, whatever is kept.
pub fn recompute(part: &Part, decoder: &dyn Decoder) -> AssetEvidence {
    evidence_of(part, facts::derive(part.kind(), part, decoder), false)
}

fn evidence_of(part: &Part, facts: FactDocument, stored: bool) -> AssetEvidence {
    AssetEvidence {
        asset: part.asset().clone(),
        kind: part.kind(),
        root: part.root(),
        state: part.state(),
        records: part.records().to_vec(),
        facts,
        stored,
    }
}
