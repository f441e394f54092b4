//! What is known of each app package: the judged facts, their long lists cut to what an appendix shows.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::facts::app::App;
use crate::model::{AssetId, Fact};

/// Elements of a list that are kept.
const KEPT: usize = 60;

/// One app package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PackageRecord {
    pub asset: AssetId,
    /// Unread as a whole where nobody looked.
    pub found: Fact<Box<App>>,
    /// Lists that are longer than is kept here, by path, with their length.
    pub cut: std::collections::BTreeMap<String, i64>,
}

impl PackageRecord {
    /// From the facts of the asset, on the day of the evaluation.
    pub fn new(asset: AssetId, facts: &Value) -> Self {
        let mut facts = facts.clone();
        let mut cut = std::collections::BTreeMap::new();
        if let Some(app) = facts.get_mut("app").and_then(Value::as_object_mut) {
            // Only a comparison needs it.
            app.insert("tie".to_owned(), serde_json::json!({}));
            shorten(app, "", &mut cut);
        }
        Self { asset, found: App::of(&facts).map(Box::new), cut }
    }
}

fn shorten(object: &mut Map<String, Value>, at: &str, cut: &mut std::collections::BTreeMap<String, i64>) {
    for (name, value) in object.iter_mut() {
        let path = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
        match value {
            Value::Array(list) if list.len() > KEPT => {
                cut.insert(path, i64::try_from(list.len()).unwrap_or(i64::MAX));
                list.truncate(KEPT);
            }
            Value::Object(inner) => shorten(inner, &path, cut),
            _ => {}
        }
    }
}
