//! What describes a module: `module.json` of the stage model, `config.json` of the feature-ability model.

use super::{
    ability::Ability,
    backup::Declared,
    document::{LeftOut, Metadata, Model, Module},
    fa,
    json::{Document, Object, fact, unread},
    network::Network,
    permission::Permission,
    stage,
};
use crate::model::{Fact, Unread, UnreadStatus};

/// HarmonyOS writes the release of the system before the level of the API, which has three digits.
const LEVELS: i64 = 1000;
/// Elements of one list that are told; what is above is counted.
pub(super) const MAX_LISTED: usize = 1000;

/// A module, as it is described.
#[derive(Clone, Debug)]
pub(super) struct Manifest {
    pub model: Fact<Model>,
    pub bundle: Fact<String>,
    pub bundle_type: Fact<String>,
    pub vendor: Fact<String>,
    pub version_code: Fact<i64>,
    pub version_name: Fact<String>,
    pub api_min: Fact<i64>,
    pub api_target: Fact<i64>,
    pub api_release: Fact<String>,
    pub compile_sdk: Fact<String>,
    pub compile_sdk_type: Fact<String>,
    pub debug: Fact<bool>,
    pub build_mode: Fact<String>,
    pub asan: Fact<bool>,
    pub other_sanitizers: Fact<bool>,
    pub module: Module,
    pub abilities: Fact<Vec<Ability>>,
    pub permissions: Fact<Vec<Permission>>,
    pub metadata: Fact<Vec<Metadata>>,
    pub backup: Declared,
    /// What the feature-ability model says here and the stage model in a file of its own.
    pub network: Option<Network>,
    /// The file that `shareFiles` names, by its path in the package.
    pub shared: Option<String>,
    pub left_out: Vec<LeftOut>,
}

/// Reads a description; `bytes` is why there is none where it could not be read.
pub(super) fn read(model: Model, bytes: &Result<Vec<u8>, Unread>, duplicates: &mut Vec<String>) -> Manifest {
    let document = match bytes.as_deref().map_err(Clone::clone).and_then(Document::read) {
        Ok(document) => document,
        Err(why) => return Manifest::unread(&why),
    };
    let file = match model {
        Model::Stage => "module.json",
        Model::Fa => "config.json",
    };
    duplicates.extend(document.duplicates.iter().map(|key| format!("{file}: {key}")));
    match (document.object(), model) {
        (Ok(root), Model::Stage) => stage::read(root),
        (Ok(root), Model::Fa) => fa::read(root),
        (Err(why), _) => Manifest::unread(&why),
    }
}

impl Manifest {
    /// Where nothing describes the module, or not so that it can be read.
    pub fn unread(why: &Unread) -> Self {
        Self {
            model: Fact::Unread(why.clone()),
            bundle: Fact::Unread(why.clone()),
            bundle_type: Fact::Unread(why.clone()),
            vendor: Fact::Unread(why.clone()),
            version_code: Fact::Unread(why.clone()),
            version_name: Fact::Unread(why.clone()),
            api_min: Fact::Unread(why.clone()),
            api_target: Fact::Unread(why.clone()),
            api_release: Fact::Unread(why.clone()),
            compile_sdk: Fact::Unread(why.clone()),
            compile_sdk_type: Fact::Unread(why.clone()),
            debug: Fact::Unread(why.clone()),
            build_mode: Fact::Unread(why.clone()),
            asan: Fact::Unread(why.clone()),
            other_sanitizers: Fact::Unread(why.clone()),
            module: Module {
                name: Fact::Unread(why.clone()),
                kind: Fact::Unread(why.clone()),
                device_types: Fact::Unread(why.clone()),
                delivery_with_install: Fact::Unread(why.clone()),
                installation_free: Fact::Unread(why.clone()),
                virtual_machine: Fact::Unread(why.clone()),
                shares_files: Fact::Unread(why.clone()),
                proxy_data: Fact::Unread(why.clone()),
            },
            abilities: Fact::Unread(why.clone()),
            permissions: Fact::Unread(why.clone()),
            metadata: Fact::Unread(why.clone()),
            backup: Declared::Unread(why.clone()),
            network: None,
            shared: None,
            left_out: Vec::new(),
        }
    }
}

/// The level of the API, without the release of the system before it.
pub(super) fn level(declared: i64) -> i64 {
    if declared >= LEVELS { declared % LEVELS } else { declared }
}

/// A text that may be missing, and then is empty.
pub(super) fn text(object: &Result<Object<'_>, Unread>, key: &str) -> Fact<String> {
    fact(object.clone().and_then(|object| object.text(key)).map(Option::unwrap_or_default))
}

/// A flag that may be missing, and then is `false`.
pub(super) fn flag(object: &Result<Object<'_>, Unread>, key: &str) -> Fact<bool> {
    fact(object.clone().and_then(|object| object.flag(key)).map(Option::unwrap_or_default))
}

/// Any of these flags.
pub(super) fn any_flag(object: &Result<Object<'_>, Unread>, keys: &[&str]) -> Fact<bool> {
    let read = |key: &&str| object.clone().and_then(|object| object.flag(key)).map(Option::unwrap_or_default);
    let flags: Result<Vec<bool>, Unread> = keys.iter().map(read).collect();
    fact(flags.map(|flags| flags.contains(&true)))
}

/// Reads the elements of a list, sorted; what is above [`MAX_LISTED`] is counted.
pub(super) fn list<T: Ord>(what: &str, read: Result<Vec<T>, Unread>, left_out: &mut Vec<LeftOut>) -> Fact<Vec<T>> {
    fact(read.map(|mut elements| {
        elements.sort();
        cut(what, &mut elements, left_out);
        elements
    }))
}

/// Counts what is above [`MAX_LISTED`].
pub(super) fn cut<T>(what: &str, elements: &mut Vec<T>, left_out: &mut Vec<LeftOut>) {
    let more = elements.len().saturating_sub(MAX_LISTED);
    if more > 0 {
        elements.truncate(MAX_LISTED);
        left_out.push(LeftOut { what: what.to_owned(), count: i64::try_from(more).unwrap_or(i64::MAX) });
    }
}

/// Why there is no description.
pub(super) fn absent() -> Unread {
    unread(UnreadStatus::Error, "module.absent")
}
