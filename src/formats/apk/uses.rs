//! What an app asks of the device and of other packages: features, libraries, visibility, instrumentation.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{attributes, element::Element, resources::Resources};
use crate::model::Fact;

/// Entries of one kind that are listed at most.
const MAX_LISTED: usize = 1_000;

/// A feature of the device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Feature {
    /// Its name; `gl_es` for a version of OpenGL ES.
    pub name: String,
    /// Whether the app is offered to devices without it.
    pub required: Fact<bool>,
}

/// A library that comes with the device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Library {
    pub name: String,
    pub native: bool,
    /// Whether the app cannot be installed without it.
    pub required: Fact<bool>,
}

/// Code that watches another app.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Instrumentation {
    pub name: String,
    pub target: String,
}

/// Other packages that the app can see (from SDK 30).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Queries {
    /// By name, sorted.
    pub packages: Vec<String>,
    /// By the authority of a provider, sorted.
    pub providers: Vec<String>,
    /// By what they listen to: how many intents.
    pub intents: i64,
}

/// Sorted, without doubles.
pub(super) fn features(root: &Element, resources: &Resources<'_>) -> Vec<Feature> {
    let feature = |element: &Element| {
        let name = resources.android(element, attributes::NAME);
        let gl = name.is_empty() && element.android(attributes::GL_ES_VERSION).is_some();
        Feature {
            name: if gl { "gl_es".to_owned() } else { name },
            required: resources.flag(element, attributes::REQUIRED, true),
        }
    };
    sorted(root.each("uses-feature").take(MAX_LISTED).map(feature).filter(|feature| !feature.name.is_empty()))
}

/// Sorted, without doubles.
pub(super) fn libraries(application: &Element, resources: &Resources<'_>) -> Vec<Library> {
    let library = |element: &Element| Library {
        name: resources.android(element, attributes::NAME),
        native: &*element.name == "uses-native-library",
        required: resources.flag(element, attributes::REQUIRED, true),
    };
    let tags = ["uses-library", "uses-native-library"];
    sorted(application.children.iter().filter(|e| tags.contains(&&*e.name)).take(MAX_LISTED).map(library))
}

/// Sorted, without doubles.
pub(super) fn instrumentation(root: &Element, resources: &Resources<'_>) -> Vec<Instrumentation> {
    sorted(root.each("instrumentation").take(MAX_LISTED).map(|element| Instrumentation {
        name: resources.android(element, attributes::NAME),
        target: resources.android(element, attributes::TARGET_PACKAGE),
    }))
}

/// Of all `queries` elements together.
pub(super) fn queries(root: &Element, resources: &Resources<'_>) -> Queries {
    let each = |tag: &'static str| root.each("queries").flat_map(move |queries| queries.each(tag));
    let authorities = each("provider").take(MAX_LISTED).flat_map(|element| {
        let names = resources.android(element, attributes::AUTHORITIES);
        names.split(';').filter(|name| !name.is_empty()).map(str::to_owned).collect::<Vec<_>>()
    });
    Queries {
        packages: sorted(each("package").take(MAX_LISTED).map(|e| resources.android(e, attributes::NAME))),
        providers: sorted(authorities),
        intents: i64::try_from(each("intent").count()).unwrap_or(i64::MAX),
    }
}

fn sorted<T: Ord>(of: impl Iterator<Item = T>) -> Vec<T> {
    let mut out: Vec<T> = of.collect();
    out.sort();
    out.dedup();
    out
}
