//! Clear text, trust anchors and pins of an Android app: the configuration that decides, or the target SDK's defaults.
//!
//! Rules: AOSP `android.security.net.config` (`XmlConfigSource`, `NetworkSecurityConfig`, `ManifestConfigSource`).

mod config;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Package, attributes, element::Element};
use crate::model::{Fact, Tri, UnreadStatus};

pub use config::DomainSecurity;

/// What the network security configuration says, defaults filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkSecurity {
    /// Whether the manifest names a configuration.
    pub declared: Tri,
    /// Whether its base allows clear text.
    pub cleartext: Tri,
    /// How many domains may be reached in clear text against the base.
    pub cleartext_exceptions: Fact<i64>,
    /// Whether certificates that the user installed are trusted outside of debug builds, for some host at least.
    pub user_anchors: Tri,
    /// Whether the base trusts the system's certificates.
    pub system_anchors: Tri,
    /// Sets of certificates of the app's own that the base trusts.
    pub own_anchors: Fact<i64>,
    /// Whether some trust anchor outside of debug builds is exempt from pins.
    pub override_pins: Tri,
    /// Whether some domain is pinned.
    pub pins: Tri,
    /// Different pins over all domains.
    pub pin_count: Fact<i64>,
    /// Kinds of digest that pins are written in, sorted; the platform knows `SHA-256` alone.
    pub pin_digests: Fact<Vec<String>>,
    /// Whether every pinned domain has two pins at least, so that one key can be lost. `unknown` where none is pinned.
    pub backup_pins: Tri,
    /// The day on which the first pins stop to count, `YYYY-MM-DD`; empty where none does.
    pub pin_expiration: Fact<String>,
    /// Domains with rules of their own, by name, with what they inherit.
    pub domains: Fact<Vec<DomainSecurity>>,
    /// Whether debug builds have other rules.
    pub debug_overrides: Tri,
    /// Why the platform would refuse the configuration, at which the app crashes; sorted codes.
    pub errors: Fact<Vec<String>>,
}

/// Whether clear text is allowed to anyone, and what the configuration says.
pub(super) fn read(
    application: Option<&Element>,
    target_sdk: i64,
    package: &mut Package<'_>,
) -> (Tri, NetworkSecurity) {
    let defaults = Defaults { cleartext: target_sdk < 28, user_anchors: target_sdk < 24 };
    let Some(reference) = application.and_then(|a| a.android(attributes::NETWORK_SECURITY_CONFIG)) else {
        let attribute = application.map_or(Fact::Known(defaults.cleartext), |a| {
            package.resources.flag(a, attributes::USES_CLEARTEXT_TRAFFIC, defaults.cleartext)
        });
        let cleartext = attribute.known().map_or(Tri::Unknown, |flag| (*flag).into());
        return (cleartext, undeclared(cleartext, defaults));
    };
    let mut found: Vec<NetworkSecurity> = Vec::new();
    for document in package.documents(reference) {
        match document.and_then(|root| config::read(&root, defaults, package.resources)) {
            Some(config) if !found.contains(&config) => found.push(config),
            Some(_) => {}
            None => return (Tri::Unknown, unread("network_security_config")),
        }
    }
    match (found.pop(), found.is_empty()) {
        (Some(config), true) => (anyone(&config), config),
        // Another one by night, or on another device: nothing is said of either.
        (Some(_), false) => (Tri::Unknown, unread(super::resources::AMBIGUOUS)),
        (None, _) => (Tri::Unknown, unread("network_security_config")),
    }
}

/// What holds where nothing is said: clear text below SDK 28, certificates of the user below 24.
#[derive(Clone, Copy, Debug)]
struct Defaults {
    cleartext: bool,
    user_anchors: bool,
}

/// Clear text to the base or to a domain.
fn anyone(config: &NetworkSecurity) -> Tri {
    let domains = config.domains.known().map(Vec::as_slice).unwrap_or_default();
    let all = || std::iter::once(config.cleartext).chain(domains.iter().map(|domain| domain.cleartext));
    any(all())
}

/// Yes where one is; unknown where none is and one may be.
fn any(mut of: impl Iterator<Item = Tri> + Clone) -> Tri {
    if of.clone().any(|one| one == Tri::Yes) {
        Tri::Yes
    } else if of.any(|one| one == Tri::Unknown) {
        Tri::Unknown
    } else {
        Tri::No
    }
}

fn undeclared(cleartext: Tri, defaults: Defaults) -> NetworkSecurity {
    NetworkSecurity {
        declared: Tri::No,
        cleartext,
        cleartext_exceptions: Fact::Known(0),
        user_anchors: defaults.user_anchors.into(),
        system_anchors: Tri::Yes,
        own_anchors: Fact::Known(0),
        override_pins: Tri::No,
        pins: Tri::No,
        pin_count: Fact::Known(0),
        pin_digests: Fact::Known(Vec::new()),
        backup_pins: Tri::Unknown,
        pin_expiration: Fact::Known(String::new()),
        domains: Fact::Known(Vec::new()),
        debug_overrides: Tri::No,
        errors: Fact::Known(Vec::new()),
    }
}

/// It is there and cannot be read: nothing is known, whatever the attribute says.
fn unread(reason: &str) -> NetworkSecurity {
    fn fact<T>(reason: &str) -> Fact<T> {
        Fact::unread(UnreadStatus::Error, reason)
    }
    NetworkSecurity {
        declared: Tri::Yes,
        cleartext: Tri::Unknown,
        cleartext_exceptions: fact(reason),
        user_anchors: Tri::Unknown,
        system_anchors: Tri::Unknown,
        own_anchors: fact(reason),
        override_pins: Tri::Unknown,
        pins: Tri::Unknown,
        pin_count: fact(reason),
        pin_digests: fact(reason),
        backup_pins: Tri::Unknown,
        pin_expiration: fact(reason),
        domains: fact(reason),
        debug_overrides: Tri::Unknown,
        errors: fact(reason),
    }
}

#[cfg(test)]
mod tests;
