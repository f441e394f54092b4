//! What a profile is: the items of one standard at one level, and how each is judged.

use std::{cmp::Ordering, collections::BTreeMap};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::checks::Params;
use crate::model::{AssetKind, CheckId, Digest, ItemId, ObjectKind, ProfileId, Text};

/// One standard at one level: every item of it, none left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    pub id: ProfileId,
    /// Rises with every change of meaning.
    pub revision: u32,
    /// Over the files it was read from; reports print it.
    pub digest: Digest,
    pub standard: Standard,
    pub model: ModelId,
    /// Titles of classes and control points, by clause.
    pub sections: BTreeMap<String, Text>,
    /// In the order of the clauses.
    pub items: Vec<Item>,
}

/// The standard that a profile is made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Standard {
    /// Number and year, such as `GB/T 22239-2019`.
    pub id: String,
    /// The level of classified protection, for standards that have levels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
    pub title: Text,
    /// Where the item list comes from and how sure it is; stands on the conclusion page.
    pub source_note: Text,
}

/// The grading model that concludes a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum ModelId {
    #[serde(rename = "djbh-2025")]
    Djbh2025,
    #[serde(rename = "djbh-2021")]
    Djbh2021,
    #[serde(rename = "djbh-2019")]
    Djbh2019,
    #[serde(rename = "conformity")]
    Conformity,
    #[serde(rename = "guide")]
    Guide,
}

impl ModelId {
    pub const ALL: &'static [Self] = &[Self::Djbh2025, Self::Djbh2021, Self::Djbh2019, Self::Conformity, Self::Guide];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Djbh2025 => "djbh-2025",
            Self::Djbh2021 => "djbh-2021",
            Self::Djbh2019 => "djbh-2019",
            Self::Conformity => "conformity",
            Self::Guide => "guide",
        }
    }
}

/// One item of a standard: the smallest thing that gets a result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Item {
    pub id: ItemId,
    /// The assessment unit of GB/T 28448, where the standard has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The lower level's item that this one continues.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub continues: Option<ItemId>,
    /// In our own words.
    pub title: Text,
    pub attribute: Attribute,
    pub scope: Scope,
    /// 1 ordinary, 2 important, 3 key.
    #[schemars(range(min = 1, max = 3))]
    pub weight: u8,
    pub weight_source: WeightSource,
    pub responsibility: Responsibility,
    pub objects: Vec<ObjectKind>,
    pub methods: Vec<Method>,
    pub source: ItemSource,
    /// An expression over known facts and the inventory; where it holds the item is 不适用.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_applicable_when: Option<String>,
    pub aspects: Vec<Aspect>,
}

/// One assessment step of an item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aspect {
    /// Unique inside the item; answers name it.
    pub id: String,
    /// Where it is not met the item is 不符合, not merely 部分符合.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// What the step establishes. The question stands in where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Text>,
    /// The kinds of asset that have this aspect; empty: all that the item covers.
    #[serde(default, rename = "for", skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<AssetKind>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckUse>,
    /// What a person answers where checks leave it open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<Text>,
}

/// A check in the service of an aspect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckUse {
    #[serde(rename = "use")]
    pub check: CheckId,
    #[serde(rename = "for")]
    pub kinds: Vec<AssetKind>,
    pub strength: Strength,
    /// What differs from the check's defaults at this level.
    #[serde(default, skip_serializing_if = "Params::is_empty")]
    pub params: Params,
}

/// How much a passing check settles. Any failing check counts, whatever its strength.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// Can show a failure, never counts as a pass.
    Signal,
    /// Settles some of the aspect.
    Partial,
    /// Settles the aspect for this kind of asset.
    Full,
}

impl Strength {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signal => "signal",
            Self::Partial => "partial",
            Self::Full => "full",
        }
    }
}

/// S: business information, A: service assurance, G: general (GB/T 22239, annex A).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Attribute {
    S,
    A,
    G,
}

/// The general requirements or one of the extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    General,
    Cloud,
    Mobile,
    Iot,
    Ics,
}

impl Scope {
    pub const ALL: &'static [Self] = &[Self::General, Self::Cloud, Self::Mobile, Self::Iot, Self::Ics];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Cloud => "cloud",
            Self::Mobile => "mobile",
            Self::Iot => "iot",
            Self::Ics => "ics",
        }
    }

    pub fn title(self) -> Text {
        match self {
            Self::General => Text::new("安全通用要求", "General requirements"),
            Self::Cloud => Text::new("云计算安全扩展要求", "Cloud computing extension"),
            Self::Mobile => Text::new("移动互联安全扩展要求", "Mobile internet extension"),
            Self::Iot => Text::new("物联网安全扩展要求", "Internet of things extension"),
            Self::Ics => Text::new("工业控制系统安全扩展要求", "Industrial control extension"),
        }
    }
}

/// Whose duty an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Responsibility {
    /// The platform's alone: inherited where the system names a platform.
    Platform,
    Subsite,
    /// Each has its part: the subsite's own objects are judged and the platform's result stands beside them.
    Shared,
}

impl Responsibility {
    pub fn title(self) -> Text {
        match self {
            Self::Platform => Text::new("平台", "Platform"),
            Self::Subsite => Text::new("分站点", "Subsite"),
            Self::Shared => Text::new("平台与分站点共担", "Shared"),
        }
    }
}

/// A method of assessment of GB/T 28448.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    Interview,
    Examine,
    Test,
}

impl Method {
    pub fn title(self) -> Text {
        match self {
            Self::Interview => Text::new("访谈", "Interview"),
            Self::Examine => Text::new("核查", "Examination"),
            Self::Test => Text::new("测试", "Test"),
        }
    }
}

/// Who set a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WeightSource {
    /// Ours: never enough for a class word of the 2019 and 2021 models.
    Jixian,
    /// From the list of the template that the assessor owns.
    Sourced,
}

/// Where an item was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ItemSource {
    /// Keys of the clause index, such as `S1+S2+S3`.
    pub from: String,
    pub sure: Sure,
}

/// How sure a source is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sure {
    Low,
    Medium,
    High,
}

impl Profile {
    pub fn item(&self, id: &ItemId) -> Option<&Item> {
        self.items.binary_search_by(|item| clause_order(item.id.as_str(), id.as_str())).ok().map(|at| &self.items[at])
    }

    /// The title of a class or control point.
    pub fn section(&self, clause: &str) -> Option<&Text> {
        self.sections.get(clause)
    }
}

impl Item {
    /// The clause of the control point: `8.1.4.1` of `8.1.4.1.a`.
    pub fn control(&self) -> &str {
        self.id.as_str().rsplit_once('.').map_or("", |(control, _)| control)
    }

    /// The clause of the class: `8.1.4` of `8.1.4.1.a`; that of the control point where nothing is above it.
    pub fn class(&self) -> &str {
        self.control().rsplit_once('.').map_or(self.control(), |(class, _)| class)
    }

    /// The aspects that an asset of this kind has.
    pub fn aspects_of(&self, kind: AssetKind) -> impl Iterator<Item = &Aspect> {
        self.aspects.iter().filter(move |aspect| aspect.covers(kind))
    }

    pub fn aspect(&self, id: &str) -> Option<&Aspect> {
        self.aspects.iter().find(|aspect| aspect.id == id)
    }
}

impl Aspect {
    /// Whether an asset of this kind has the aspect. Of a view (TLS endpoint, scan) only what a check reads there.
    pub fn covers(&self, kind: AssetKind) -> bool {
        let named = self.kinds.is_empty() || self.kinds.contains(&kind);
        named && (!is_view(kind) || self.uses_on(kind).next().is_some())
    }

    /// Whether the aspect can be asked of a kind of object as a whole.
    pub fn covers_objects(&self, objects: ObjectKind) -> bool {
        AssetKind::ALL.iter().any(|kind| kind.object() == objects && !is_view(*kind) && self.covers(*kind))
    }

    pub fn uses_on(&self, kind: AssetKind) -> impl Iterator<Item = &CheckUse> {
        self.checks.iter().filter(move |check| check.kinds.contains(&kind))
    }

    /// What a person is asked: the question, or else the title.
    pub fn asks(&self) -> Option<&Text> {
        self.question.as_ref().or(self.title.as_ref())
    }
}

/// A view shows something of an object and is no object itself: nobody is asked about a port scan's password rules.
pub fn is_view(kind: AssetKind) -> bool {
    matches!(kind, AssetKind::TlsEndpoint | AssetKind::NetworkNmap)
}

/// Order of clauses as a reader counts: `8.1.9.a` before `8.1.10.a`.
pub fn clause_order(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(l), Some(r)) => segment_order(l, r),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn segment_order(a: &str, b: &str) -> Ordering {
    match (a.parse::<u32>(), b.parse::<u32>()) {
        (Ok(left), Ok(right)) => left.cmp(&right),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => a.cmp(b),
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use super::clause_order;

    #[test]
    fn clauses_are_counted_and_not_spelled() {
        assert_eq!(clause_order("8.1.9.1.a", "8.1.10.1.a"), Ordering::Less);
        assert_eq!(clause_order("8.1.4.1.b", "8.1.4.1.a"), Ordering::Greater);
        assert_eq!(clause_order("8.1.4.1", "8.1.4.1.a"), Ordering::Less);
        assert_eq!(clause_order("8.1", "8.1"), Ordering::Equal);
    }
}
