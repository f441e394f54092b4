//! Reads the profiles of a catalogue: a file `profiles/<id>.yaml`, or a folder `profiles/<id>/` of `profile.yaml` and
//! files of items, because one file has at most 1 MiB.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{Item, ModelId, Profile, Scope, Standard, clause_order, validate};
use crate::model::{CatalogueFiles, Digest, ProfileId, Text};
use crate::yaml::{self, Mistake, Mistakes, Positions, Source};

const PROFILE: yaml::Schema = yaml::Schema::new("jixian.profile", 1, 0);
const ITEMS: yaml::Schema = yaml::Schema::new("jixian.profile-items", 1, 0);
const FOLDER: &str = "profiles/";
const HEADER: &str = "profile.yaml";

/// The catalogue of high-risk situations lies beside the profiles and is none.
pub const HIGH_RISK_PATH: &str = "profiles/high-risk.yaml";

/// `profile.yaml`, or a profile in one file.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "jixian.profile/v1", rename = "Profile", deny_unknown_fields)]
pub(super) struct RawProfile {
    /// `jixian.profile/v1`
    #[expect(dead_code, reason = "checked before the rest is read; here for the JSON Schema")]
    schema: String,
    pub id: ProfileId,
    pub revision: u32,
    pub standard: Standard,
    pub model: ModelId,
    /// How many items the standard has in each scope.
    pub counts: BTreeMap<Scope, u32>,
    /// Titles of classes and control points by clause.
    #[serde(default)]
    pub sections: BTreeMap<String, Text>,
    #[serde(default)]
    items: Vec<Item>,
}

/// A file of items.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "jixian.profile-items/v1", rename = "ProfileItems", deny_unknown_fields)]
struct RawItems {
    /// `jixian.profile-items/v1`
    #[expect(dead_code, reason = "checked before the rest is read; here for the JSON Schema")]
    schema: String,
    profile: ProfileId,
    items: Vec<Item>,
}

/// All profiles of a catalogue, each whole and without contradictions in itself.
#[derive(Clone, Debug, Default)]
pub struct ProfileSet {
    profiles: BTreeMap<ProfileId, Loaded>,
}

#[derive(Clone, Debug)]
pub(super) struct Loaded {
    pub profile: Profile,
    pub places: Places,
}

/// Where the items of a profile stand in its files.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    files: Vec<Positions>,
    /// File and index in it, in the order of the profile's items.
    items: Vec<(usize, usize)>,
}

impl Places {
    /// A mistake at `path` inside the item at `index` of the profile.
    pub fn mistake(&self, index: usize, path: &str, message: Text, help: Option<Text>) -> Mistake {
        let (file, item) = self.items[index];
        let path = if path.is_empty() { format!("items[{item}]") } else { format!("items[{item}].{path}") };
        self.files[file].mistake(&path, message, help)
    }

    /// A mistake in the header.
    pub fn header(&self, path: &str, message: Text, help: Option<Text>) -> Mistake {
        self.files[0].mistake(path, message, help)
    }
}

impl ProfileSet {
    /// Reads every profile of the catalogue. All mistakes that can be reached are listed.
    pub fn load(files: &CatalogueFiles) -> Result<Self, Mistakes> {
        Self::load_where(files, |_| true)
    }

    /// Reads the named profiles and the other levels of their standards, for a start that wants no more.
    pub fn load_named(files: &CatalogueFiles, names: &[ProfileId]) -> Result<Self, Mistakes> {
        let families: BTreeSet<_> = names.iter().map(|id| family(id.as_str())).collect();
        Self::load_where(files, |name| families.contains(family(name)))
    }

    fn load_where(files: &CatalogueFiles, wanted: impl Fn(&str) -> bool) -> Result<Self, Mistakes> {
        let mut mistakes = Mistakes::default();
        let mut profiles = BTreeMap::new();
        for (name, sources) in sources(files).into_iter().filter(|(name, _)| wanted(name)) {
            if let Some(loaded) = one(&name, &sources, &mut mistakes) {
                profiles.insert(loaded.profile.id.clone(), loaded);
            }
        }
        let set = Self { profiles };
        validate::continues(&set, &mut mistakes);
        mistakes.or(set)
    }

    pub fn get(&self, id: &ProfileId) -> Option<&Profile> {
        self.profiles.get(id).map(|loaded| &loaded.profile)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.profiles.values().map(|loaded| &loaded.profile)
    }

    /// The same standard at another level: `gbt-22239-2019-l2` beside `gbt-22239-2019-l3`.
    pub fn at_level(&self, profile: &Profile, level: u8) -> Option<&Profile> {
        let family = family(profile.id.as_str());
        self.iter().find(|other| self::family(other.id.as_str()) == family && other.standard.level == Some(level))
    }

    pub(super) fn loaded(&self) -> impl Iterator<Item = &Loaded> {
        self.profiles.values()
    }

    /// The JSON Schemas for authors: of a profile, and of a file of items.
    pub fn schemas() -> [schemars::Schema; 2] {
        [schemars::schema_for!(RawProfile), schemars::schema_for!(RawItems)]
    }
}

/// An id without its level.
fn family(id: &str) -> &str {
    match id.rsplit_once("-l") {
        Some((family, level)) if level.len() == 1 && level.bytes().all(|b| b.is_ascii_digit()) => family,
        _ => id,
    }
}

/// The files of each profile, its header first.
fn sources(files: &CatalogueFiles) -> BTreeMap<String, Vec<Source>> {
    let mut found: BTreeMap<String, Vec<Source>> = BTreeMap::new();
    for (path, text) in files.under(FOLDER).filter(|(path, _)| *path != HIGH_RISK_PATH && path.ends_with(".yaml")) {
        let name = path.trim_start_matches(FOLDER);
        let (profile, file) = name.split_once('/').unwrap_or((name.trim_end_matches(".yaml"), HEADER));
        let sources = found.entry(profile.to_owned()).or_default();
        let source = Source::new(path, text).parsed(files.tree(path));
        if file == HEADER { sources.insert(0, source) } else { sources.push(source) }
    }
    found
}

fn one(name: &str, sources: &[Source], mistakes: &mut Mistakes) -> Option<Loaded> {
    let (header, parts) = sources.split_first()?;
    let document = yaml::read_recovering::<RawProfile>(header, Some(PROFILE));
    let whole = document.is_whole();
    mistakes.extend(document.mistakes);
    let mut raw = document.value?;
    if raw.id.as_str() != name {
        let message = Text::new(
            format!("id 是 {}，但文件属于 {name}", raw.id),
            format!("the id is {}, but the file belongs to {name}", raw.id),
        );
        mistakes.push(document.positions.mistake("id", message, None));
    }
    let mut items = place(std::mem::take(&mut raw.items), 0);
    let mut places = Places { files: vec![document.positions], items: Vec::new() };
    let mut complete = whole;
    for source in parts {
        complete &= part(source, &raw.id, &mut items, &mut places, mistakes);
    }
    items.sort_by(|(a, _), (b, _)| clause_order(a.id.as_str(), b.id.as_str()));
    let (items, at): (Vec<_>, Vec<_>) = items.into_iter().unzip();
    places.items = at;
    let digest = digest(sources);
    let RawProfile { id, revision, standard, model, counts, sections, .. } = raw;
    let loaded = Loaded { profile: Profile { id, revision, digest, standard, model, sections, items }, places };
    validate::profile(&loaded, &counts, complete, mistakes);
    Some(loaded)
}

/// Adds the items of one file; whether it was read whole.
fn part(
    source: &Source,
    profile: &ProfileId,
    items: &mut Vec<(Item, (usize, usize))>,
    places: &mut Places,
    mistakes: &mut Mistakes,
) -> bool {
    let document = yaml::read_recovering::<RawItems>(source, Some(ITEMS));
    let whole = document.is_whole();
    mistakes.extend(document.mistakes);
    let Some(raw) = document.value else { return false };
    if raw.profile != *profile {
        let message = Text::new(
            format!("这些条款属于 {}，不属于 {profile}", raw.profile),
            format!("these items belong to {}, not to {profile}", raw.profile),
        );
        mistakes.push(document.positions.mistake("profile", message, None));
    }
    items.extend(place(raw.items, places.files.len()));
    places.files.push(document.positions);
    whole
}

fn place(items: Vec<Item>, file: usize) -> Vec<(Item, (usize, usize))> {
    items.into_iter().enumerate().map(|(index, item)| (item, (file, index))).collect()
}

fn digest(sources: &[Source]) -> Digest {
    let mut list = String::new();
    for source in sources {
        list.push_str(&format!("{} {}\n", Digest::of(source.text.as_bytes()).hex(), source.name));
    }
    Digest::of(list.as_bytes())
}
