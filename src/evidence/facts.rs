//! Derived facts beside a part: kept for speed, keyed by what they were derived from and by what derived them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{AssetId, AssetKind, Digest};

use super::{Defect, EvidenceError, PartState, Problem, canonical::canonical, layout, seal::PartSeal, store::Store};

const SCHEMA: &str = "jixian.derived/v1";

/// Largest `facts.json`, in bytes.
pub(super) const MAX_FACTS: u64 = 128 * 1024 * 1024;

/// `facts.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Derived {
    schema: String,
    artifacts: Digest,
    decoders: Digest,
    facts: Value,
}

/// Names a kind and a log, and through the log every artifact.
pub(super) fn artifacts_key(seal: &PartSeal) -> Digest {
    #[derive(Serialize)]
    struct Key {
        kind: AssetKind,
        head: Digest,
        records: u64,
        state: PartState,
    }
    let key = Key { kind: seal.kind, head: seal.head, records: seal.records, state: seal.state };
    Digest::of(&canonical(&key))
}

/// The bytes of `facts.json`.
pub(super) fn encode(artifacts: Digest, decoders: Digest, facts: &Value) -> Vec<u8> {
    canonical(&Derived { schema: SCHEMA.to_owned(), artifacts, decoders, facts: facts.clone() })
}

/// Reads facts that the manifest names; those of other artifacts or other decoders are stale and are `None`.
pub(super) fn read(
    store: &Store,
    asset: &AssetId,
    expected: Digest,
    artifacts: Digest,
    decoders: Digest,
) -> Result<Option<Value>, EvidenceError> {
    let file = layout::part(asset, layout::FACTS);
    let damaged = |what| Problem::new(&file, what).of_part(asset).into_error(store.path());
    let bytes = store.read(&file, MAX_FACTS)?.ok_or_else(|| damaged(Defect::Missing))?;
    if Digest::of(&bytes) != expected {
        return Err(damaged(Defect::Differs));
    }
    let derived: Derived =
        serde_json::from_slice(&bytes).map_err(|error| damaged(Defect::Malformed { why: error.to_string() }))?;
    let fresh = derived.schema == SCHEMA && derived.artifacts == artifacts && derived.decoders == decoders;
    Ok(fresh.then_some(derived.facts))
}
