//! Abilities: what others may start or reach, and what they answer to.
//!
//! Sources: OpenHarmony documentation "module.json5" and "module" of `config.json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::json::{Node, Object, fact};
use crate::model::{Fact, Unread};

/// The action and entities by which a launcher finds an ability.
const HOME_ACTIONS: [&str; 2] = ["ohos.want.action.home", "action.system.home"];
const HOME_ENTITY: &str = "entity.system.home";
/// Skills, addresses and permissions of one ability that are told.
const MAX_PART: usize = 200;

/// An ability or extension ability.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Ability {
    pub module: String,
    pub name: String,
    pub kind: AbilityKind,
    /// Of an extension its type, as `backup` or `form`; in the feature-ability model `page`, `service`, `data` or `CA`;
    /// empty for an ability of the stage model.
    pub role: String,
    /// Others may start it; not where nothing is declared.
    pub exported: Fact<bool>,
    /// A launcher shows it.
    pub home: Fact<bool>,
    /// What others need to hold to start it.
    pub permissions: Fact<Vec<String>>,
    /// What others need to hold to read its data; empty where nothing is declared.
    pub read_permission: Fact<String>,
    /// What others need to hold to write its data; empty where nothing is declared.
    pub write_permission: Fact<String>,
    /// Where its data are; empty where nothing is declared.
    pub uri: Fact<String>,
    pub skills: Fact<Vec<Skill>>,
    /// Long-running tasks that it declares.
    pub background_modes: Fact<Vec<String>>,
}

/// Which list an ability is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AbilityKind {
    Ability,
    Extension,
}

/// What an ability answers to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Skill {
    pub actions: Vec<String>,
    pub entities: Vec<String>,
    pub uris: Vec<Uri>,
    /// The system asks the domain whether the app may take its addresses.
    pub domain_verify: bool,
}

/// An address or kind of data that an ability answers to. What is not declared is empty.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Uri {
    pub scheme: String,
    pub host: String,
    pub port: String,
    /// Path, beginning of a path, or pattern of paths.
    pub path: String,
    /// MIME type or uniform type.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Keys that the two models call differently.
pub(super) struct Keys {
    pub exported: &'static str,
    pub role: &'static str,
}

/// Reads one ability.
pub(super) fn read(module: &str, kind: AbilityKind, keys: &Keys, node: &Node) -> Result<Ability, Unread> {
    let object = node.object()?;
    let text = |key| fact(object.text(key).map(Option::unwrap_or_default));
    let skills = skills(object);
    Ok(Ability {
        module: module.to_owned(),
        name: object.demanded_text("name")?,
        kind,
        role: object.text(keys.role)?.unwrap_or_default(),
        exported: fact(object.flag(keys.exported).map(Option::unwrap_or_default)),
        home: fact(skills.clone().map(|skills| skills.iter().any(is_home))),
        permissions: fact(object.texts("permissions").map(sorted)),
        read_permission: text("readPermission"),
        write_permission: text("writePermission"),
        uri: text("uri"),
        skills: fact(skills),
        background_modes: fact(object.texts("backgroundModes").map(sorted)),
    })
}

fn is_home(skill: &Skill) -> bool {
    skill.entities.iter().any(|entity| entity == HOME_ENTITY)
        && skill.actions.iter().any(|action| HOME_ACTIONS.contains(&action.as_str()))
}

fn skills(ability: Object<'_>) -> Result<Vec<Skill>, Unread> {
    let skills: Result<Vec<Skill>, Unread> = ability.list("skills")?.iter().take(MAX_PART).map(skill).collect();
    skills.map(sorted)
}

fn skill(node: &Node) -> Result<Skill, Unread> {
    let object = node.object()?;
    let uris: Result<Vec<Uri>, Unread> = object.list("uris")?.iter().take(MAX_PART).map(uri).collect();
    Ok(Skill {
        actions: sorted(object.texts("actions")?),
        entities: sorted(object.texts("entities")?),
        uris: sorted(uris?),
        domain_verify: object.flag("domainVerify")?.unwrap_or_default(),
    })
}

fn uri(node: &Node) -> Result<Uri, Unread> {
    let object = node.object()?;
    let first = |keys: &[&str]| -> Result<String, Unread> {
        for key in keys {
            if let Some(text) = object.text(key)?.filter(|text| !text.is_empty()) {
                return Ok(text);
            }
        }
        Ok(String::new())
    };
    Ok(Uri {
        scheme: first(&["scheme"])?,
        host: first(&["host"])?,
        port: first(&["port"])?,
        path: first(&["path", "pathStartWith", "pathRegex", "pathRegx"])?,
        kind: first(&["type", "utd"])?,
    })
}

fn sorted<T: Ord>(mut elements: Vec<T>) -> Vec<T> {
    elements.sort();
    elements.dedup();
    elements.truncate(MAX_PART);
    elements
}
