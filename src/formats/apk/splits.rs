//! Whether a package is one of several that are installed together, and which.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    attributes,
    element::{Element, Value},
    resources::Resources,
};
use crate::model::Fact;

/// Names that are listed at most.
const MAX_LISTED: usize = 200;

/// The place of a package among those of one app (AOSP `ApkLiteParseUtils`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Split {
    /// Empty for the base.
    pub name: String,
    /// The split that this one configures (ABI, density, language); empty where it configures the base, or is none.
    pub config_for: String,
    /// It is a feature module.
    pub feature: bool,
    /// The base is not installed without splits.
    pub required: Fact<bool>,
    /// Splits that this one needs, sorted.
    pub uses: Vec<String>,
    /// Kinds of splits that have to be there, sorted.
    pub required_types: Vec<String>,
    /// Kinds that this one provides, sorted.
    pub types: Vec<String>,
}

/// The attributes are asked for by name, but for those of required splits.
pub(super) fn read(root: &Element, resources: &Resources<'_>) -> Split {
    let text = |name| resources.text(root.plain(name));
    let listed = |id| sorted(resources.android(root, id).split(',').map(|name| name.trim().to_owned()));
    let feature = root.android(attributes::IS_FEATURE_SPLIT).or_else(|| root.plain("isFeatureSplit"));
    Split {
        name: text("split"),
        config_for: text("configForSplit"),
        feature: feature.and_then(Value::boolean).unwrap_or(false),
        required: required(root, resources),
        uses: sorted(root.each("uses-split").map(|e| resources.android(e, attributes::NAME))),
        required_types: listed(attributes::REQUIRED_SPLIT_TYPES),
        types: listed(attributes::SPLIT_TYPES),
    }
}

/// By the attribute, or by the stores' older way: metadata of the application.
fn required(root: &Element, resources: &Resources<'_>) -> Fact<bool> {
    if root.android(attributes::IS_SPLIT_REQUIRED).is_some() {
        return resources.flag(root, attributes::IS_SPLIT_REQUIRED, false);
    }
    let named = |e: &&Element| resources.android(e, attributes::NAME) == "com.android.vending.splits.required";
    let metadata = root.child("application").and_then(|a| a.each("meta-data").find(named));
    resources.boolean(metadata.and_then(|e| e.android(attributes::VALUE)), false, "com.android.vending.splits.required")
}

fn sorted(of: impl Iterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = of.filter(|name| !name.is_empty()).take(MAX_LISTED).collect();
    out.sort();
    out.dedup();
    out
}
