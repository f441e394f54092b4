//! Typed facts from artifacts and from the inventory as sealed; each value is known or says why not. Pure.

pub mod host;

use std::{collections::BTreeMap, io::Read};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{AssetKind, Decoder, ItemStatus};

/// The schema name of a [`FactDocument`].
pub const SCHEMA: &str = "jixian.facts/v1";

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
}

/// The collected items of one part, as facts see them. `evidence::Part` is one; tests bring their own.
pub trait Artifacts {
    /// How the item ended; `None` where the part has no such item.
    fn status(&self, item: &str) -> Option<ItemStatus>;

    /// What was kept of the item.
    fn bytes(&self, item: &str) -> Option<Vec<u8>>;

    /// The same, read piece by piece.
    fn open(&self, item: &str) -> Option<Box<dyn Read + '_>>;

    /// The names of all items, in the order of collection.
    fn items(&self) -> Vec<String>;
}

/// Derives the facts of one asset from what was collected of it.
pub fn derive(kind: AssetKind, artifacts: &dyn Artifacts, decoder: &dyn Decoder) -> FactDocument {
    let _ = (artifacts, decoder);
    FactDocument::new(kind.domain().as_str(), Value::Object(serde_json::Map::new()), BTreeMap::new())
}
