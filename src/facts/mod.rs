//! Typed facts from artifacts and from the inventory as sealed; each value is known or says why not. Pure.

pub mod app;
mod artifacts;
mod evaluation;
pub mod host;
pub mod inventory;
pub mod network;
pub mod tls;

use std::{collections::BTreeMap, sync::LazyLock};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    formats::items::ACCESS,
    model::{AssetKind, Decoder, ItemStatus},
};

pub use artifacts::Artifacts;
pub use evaluation::{CtLog, EvaluationContext, at_evaluation};

/// The schema name of a [`FactDocument`].
pub const SCHEMA: &str = "jixian.facts/v1";

/// Names the decoders whose results are kept: facts of other decoders are derived again. Counted up with every change
/// of what any decoder or derivation says.
pub const DECODERS: &str = "jixian.decoders/1";

/// The facts of one asset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactDocument {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// By domain root: `{"host": {...}}`. Paths into it are those of the expressions.
    pub facts: Value,
    /// Which evidence items each group rests on: `host.sshd` -> `[ssh.effective]`.
    pub sources: BTreeMap<String, Vec<String>>,
}

impl FactDocument {
    /// A document of one domain root.
    pub fn new(root: &str, facts: Value, sources: BTreeMap<String, Vec<String>>) -> Self {
        let mut by_root = serde_json::Map::new();
        by_root.insert(root.to_owned(), facts);
        Self { schema: SCHEMA.to_owned(), facts: Value::Object(by_root), sources }
    }

    /// The evidence items that a path rests on: those of its longest prefix that has any.
    pub fn sources_of(&self, path: &str) -> &[String] {
        let mut prefix = path;
        loop {
            if let Some(items) = self.sources.get(prefix) {
                return items;
            }
            match prefix.rsplit_once('.') {
                Some((parent, _)) => prefix = parent,
                None => return &[],
            }
        }
    }
}

/// Derives the facts of one asset from what was collected of it.
pub fn derive(kind: AssetKind, artifacts: &dyn Artifacts, decoder: &dyn Decoder) -> FactDocument {
    let domain = kind.domain();
    if let Some(why) = not_looked_at(artifacts) {
        let sources = BTreeMap::from([(domain.as_str().to_owned(), vec![ACCESS.to_owned()])]);
        return FactDocument::new(domain.as_str(), why, sources);
    }
    match kind {
        AssetKind::HostLinux => host::derive(artifacts),
        AssetKind::TlsEndpoint => tls::derive(artifacts),
        AssetKind::AppPackage => app::derive(artifacts, decoder),
        AssetKind::NetworkNmap => network::derive(artifacts, decoder),
        _ => FactDocument::new(domain.as_str(), unsupported(), BTreeMap::new()),
    }
}

/// The whole root is unread where the asset was never looked at.
fn not_looked_at(artifacts: &dyn Artifacts) -> Option<Value> {
    let record = artifacts.record(ACCESS)?;
    if record.status == ItemStatus::Ok {
        return None;
    }
    let code = record.note.as_deref().and_then(|note| note.split_whitespace().next()).unwrap_or("error");
    let code = code.trim_end_matches(':');
    let status = if code == "declared_unknown" { "not_tested" } else { record.status.as_str() };
    Some(json!({"$status": status, "reason": code}))
}

fn unsupported() -> Value {
    json!({"$status": "error", "reason": "unsupported"})
}

/// Everything that an expression can name, by root.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct Root {
    host: host::Host,
    tls: tls::Tls,
    app: app::App,
    network: network::Network,
    inventory: inventory::InventoryFacts,
}

/// The JSON Schema of the whole root: what checks are type-checked against.
pub fn schema() -> &'static Value {
    static SCHEMA: LazyLock<Value> = LazyLock::new(|| schemars::schema_for!(Root).to_value());
    &SCHEMA
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
