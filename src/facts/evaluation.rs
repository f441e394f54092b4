//! What depends on the day, the trust roots or the inventory: computed at evaluation, never cached in a bundle.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use super::{FactDocument, app, host, network, tls};
pub use crate::formats::ct_logs::Log as CtLog;
use crate::inventory::{Asset, Inventory};

/// What an evaluation is made with.
#[derive(Clone, Copy, Debug)]
pub struct EvaluationContext<'a> {
    pub as_of: Timestamp,
    pub asset: &'a Asset,
    pub inventory: &'a Inventory,
    /// Trust roots beside the public ones, as DER.
    pub roots: &'a [Vec<u8>],
    /// Certificate transparency logs whose keys are known.
    pub ct_logs: &'a [CtLog],
}

/// Fills in everything of a document that depends on the context. A second call with another context gives that
/// context's values.
pub fn at_evaluation(document: &mut FactDocument, context: &EvaluationContext<'_>) {
    let Some(roots) = document.facts.as_object_mut() else { return };
    for (root, facts) in roots.iter_mut().filter(|(_, facts)| is_read(facts)) {
        match root.as_str() {
            "host" => host::at_evaluation(facts, context.as_of.to_zoned(TimeZone::UTC).date()),
            "tls" => tls::at_evaluation(facts, context),
            "app" => app::at_evaluation(facts, context),
            "network" => network::at_evaluation(facts, context),
            _ => {}
        }
    }
}

fn is_read(facts: &Value) -> bool {
    facts.get("$status").is_none()
}
