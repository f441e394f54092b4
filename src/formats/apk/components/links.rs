//! Links and URL schemes that open a component.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::named;
use crate::{
    formats::apk::{attributes, element::Element, resources::Resources},
    model::Fact,
};

/// `data` elements of one component that are looked at.
const MAX_DATA: usize = 500;

/// Filters of one component whose links are listed.
const MAX_LINKS: usize = 100;

/// The links of one intent filter: any of the schemes with any of the hosts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Link {
    pub schemes: Vec<String>,
    /// Empty where any host will do.
    pub hosts: Vec<String>,
    /// How many paths, prefixes and patterns narrow it down; 0 where any path will do.
    pub paths: i64,
    /// A browser may open it.
    pub browsable: bool,
    /// The platform asks the hosts whether the app may handle their links.
    pub auto_verify: Fact<bool>,
}

/// All schemes, sorted.
pub(super) fn schemes<'a>(filters: impl Iterator<Item = &'a Element>, resources: &Resources<'_>) -> Vec<String> {
    let data = filters.flat_map(|filter| &filter.children).filter(|child| &*child.name == "data").take(MAX_DATA);
    let all: BTreeSet<String> = data.flat_map(|data| resources.texts(data.android(attributes::SCHEME))).collect();
    all.into_iter().filter(|scheme| !scheme.is_empty()).collect()
}

/// One a filter that views URLs.
pub(super) fn read<'a>(filters: impl Iterator<Item = &'a Element>, resources: &Resources<'_>) -> Vec<Link> {
    let views = |filter: &&Element| named(filter, "action", "android.intent.action.VIEW", resources);
    let links = filters.filter(views).map(|filter| link(filter, resources)).filter(|link| !link.schemes.is_empty());
    let all: BTreeSet<Link> = links.take(MAX_LINKS).collect();
    all.into_iter().collect()
}

fn link(filter: &Element, resources: &Resources<'_>) -> Link {
    const PATHS: [u32; 5] = [
        attributes::PATH,
        attributes::PATH_PREFIX,
        attributes::PATH_PATTERN,
        attributes::PATH_SUFFIX,
        attributes::PATH_ADVANCED_PATTERN,
    ];
    let data = || filter.each("data").take(MAX_DATA);
    let hosts: BTreeSet<String> = data().flat_map(|data| resources.texts(data.android(attributes::HOST))).collect();
    let paths = data().flat_map(|data| PATHS.iter().filter(|id| data.android(**id).is_some())).count();
    Link {
        schemes: schemes(std::iter::once(filter), resources),
        hosts: hosts.into_iter().filter(|host| !host.is_empty()).collect(),
        paths: i64::try_from(paths).unwrap_or(i64::MAX),
        browsable: named(filter, "category", "android.intent.category.BROWSABLE", resources),
        auto_verify: resources.flag(filter, attributes::AUTO_VERIFY, false),
    }
}
