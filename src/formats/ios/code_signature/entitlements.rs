//! What an executable may do: entitlements, in XML and in DER, and whether the two say the same.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    blob::{SuperBlob, magic, slot},
    der_plist,
};
use crate::{
    formats::ios::plist::{self, Dictionary, Value},
    model::{Fact, Tri, UnreadStatus},
};

/// Entries of one list that are kept.
const MAX_LIST: usize = 200;

/// Entitlements (Apple Developer Documentation, "Entitlements").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Entitlements {
    /// A debugger may attach, as in builds for development. Not there means no.
    pub get_task_allow: bool,
    /// With the prefix of the team; empty where it is not there.
    pub application_identifier: String,
    pub team_identifier: String,
    /// `development`, `production` or empty.
    pub aps_environment: String,
    /// Sorted, as all lists here; at most 200.
    pub keychain_access_groups: Vec<String>,
    pub app_groups: Vec<String>,
    pub associated_domains: Vec<String>,
    pub icloud_containers: Vec<String>,
    /// Class of protection of its files where it declares one.
    pub data_protection: String,
    /// Keys that no app of the store may have: private ones, and those that weaken the protection of memory or libraries.
    pub unusual: Vec<String>,
    /// Every key.
    pub keys: Vec<String>,
    /// Whether XML and DER say the same; unknown where only one of them is there.
    pub der_matches: Tri,
}

/// Reads them from a signature; without any the lists are empty, which is what it then may.
pub(super) fn read(blobs: &SuperBlob<'_>) -> Fact<Entitlements> {
    let xml = blobs.within(slot::ENTITLEMENTS, magic::ENTITLEMENTS).map(|xml| plist::read(xml).ok());
    let der = blobs.within(slot::DER_ENTITLEMENTS, magic::DER_ENTITLEMENTS).map(der_plist::read);
    // A blob of another kind in one of the two slots is neither absent nor read.
    let strange = |slot, read: bool| blobs.get(slot).is_some() && !read;
    if strange(slot::ENTITLEMENTS, xml.is_some()) || strange(slot::DER_ENTITLEMENTS, der.is_some()) {
        return unread();
    }
    let values = match (&xml, &der) {
        (Some(None), _) | (_, Some(None)) => return unread(),
        (Some(Some(xml)), Some(Some(der))) => [Some(der), Some(xml)],
        (one, other) => [one.as_ref().and_then(Option::as_ref), other.as_ref().and_then(Option::as_ref)],
    };
    let pairs: Vec<&Dictionary> = values.into_iter().flatten().filter_map(Value::as_dictionary).collect();
    let der_matches = match pairs[..] {
        [der, xml] => Tri::from(der == xml),
        _ => Tri::Unknown,
    };
    Fact::Known(of(&pairs, der_matches))
}

fn unread() -> Fact<Entitlements> {
    Fact::unread(UnreadStatus::Error, "entitlements")
}

/// Of two lists both count: what either allows may be allowed by some system.
fn of(pairs: &[&Dictionary], der_matches: Tri) -> Entitlements {
    let all = |key: &str| pairs.iter().filter_map(|pairs| pairs.get(key)).collect::<Vec<_>>();
    let text = |key: &str| all(key).into_iter().find_map(Value::as_str).unwrap_or_default().to_owned();
    let list = |key: &str| sorted(all(key).into_iter().flat_map(texts).map(str::to_owned));
    let keys = sorted(pairs.iter().flat_map(|pairs| pairs.keys().cloned()));
    Entitlements {
        get_task_allow: all("get-task-allow").contains(&&Value::Boolean(true)),
        application_identifier: text("application-identifier"),
        team_identifier: text("com.apple.developer.team-identifier"),
        aps_environment: text("aps-environment"),
        keychain_access_groups: list("keychain-access-groups"),
        app_groups: list("com.apple.security.application-groups"),
        associated_domains: list("com.apple.developer.associated-domains"),
        icloud_containers: list("com.apple.developer.icloud-container-identifiers"),
        data_protection: text("com.apple.developer.default-data-protection"),
        unusual: keys.iter().filter(|key| is_unusual(key)).cloned().collect(),
        keys,
        der_matches,
    }
}

/// Private entitlements, and those of the hardened runtime that switch off a protection.
fn is_unusual(key: &str) -> bool {
    const WEAKENING: [&str; 11] = [
        "com.apple.security.cs.allow-dyld-environment-variables",
        "com.apple.security.cs.allow-jit",
        "com.apple.security.cs.allow-unsigned-executable-memory",
        "com.apple.security.cs.disable-executable-page-protection",
        "com.apple.security.cs.disable-library-validation",
        "com.apple.security.get-task-allow",
        "dynamic-codesigning",
        "platform-application",
        "run-unsigned-code",
        "task_for_pid-allow",
        "com.apple.system-task-ports",
    ];
    key.starts_with("com.apple.private.") || WEAKENING.contains(&key)
}

/// A text, or the texts of a list.
fn texts(value: &Value) -> Vec<&str> {
    let list = value.as_array().unwrap_or_default().iter().filter_map(Value::as_str);
    value.as_str().into_iter().chain(list).collect()
}

fn sorted(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut texts: Vec<_> = texts.collect();
    texts.sort();
    texts.dedup();
    texts.truncate(MAX_LIST);
    texts
}
