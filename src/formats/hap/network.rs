//! What an app allows on the network: clear text, certificates that users installed, pins.
//!
//! Sources: OpenHarmony documentation "Using HTTP to access the network" and `communication_netmanager_base`
//! (network_security_config.cpp) of 2026-08, for `network_config.json`; documentation of `deviceConfig` for `config.json`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::json::{Document, Node, Object, fact, unread};
use crate::model::{Fact, Tri, Unread, UnreadStatus};

/// The one place where the platform looks.
pub(super) const PATH: &str = "resources/base/profile/network_config.json";
/// Certificates of the system.
const SYSTEM_ANCHORS: &str = "/etc/security/certificates";
/// Rules and components that are told.
const MAX_LISTED: usize = 500;

/// What is configured, and what holds where nothing is. The platform goes by the configuration of the entry module alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Network {
    /// A configuration is in the package.
    pub declared: Tri,
    /// Effective for what no rule of a domain is about. In the stage model clear text is allowed where nothing forbids it.
    pub cleartext: Tri,
    /// How many domains may be reached in clear text against the base.
    pub cleartext_exceptions: Fact<i64>,
    /// Certificates that a user or administrator installed are trusted; they are where nothing forbids it.
    pub user_anchors: Tri,
    /// Those that an administrator installed for all users.
    pub global_user_anchors: Tri,
    /// Those of the current user.
    pub current_user_anchors: Tri,
    /// Folders and files of certificates that are trusted beside those of the system, base and domains together.
    pub own_anchors: Fact<Vec<String>>,
    pub pins: Tri,
    pub pin_sets: Fact<Vec<PinSet>>,
    /// Whether a component of the system heeds the rules on clear text, as the package says it; what is not listed has
    /// the default of the system's version.
    pub components: Fact<Vec<Component>>,
}

/// Pins of some domains.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct PinSet {
    pub domains: Vec<String>,
    /// Digests that are pinned; a set without any pins nothing.
    pub pins: i64,
    /// As `2026-11-08`, after which the platform pins no more; empty where nothing is declared.
    pub expiration: String,
}

/// A component of the system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Component {
    pub name: String,
    pub value: bool,
}

impl Network {
    /// What holds where the stage model configures nothing.
    fn defaults() -> Self {
        Self {
            declared: Tri::No,
            cleartext: Tri::Yes,
            cleartext_exceptions: Fact::Known(0),
            user_anchors: Tri::Yes,
            global_user_anchors: Tri::Yes,
            current_user_anchors: Tri::Yes,
            own_anchors: Fact::Known(Vec::new()),
            pins: Tri::No,
            pin_sets: Fact::Known(Vec::new()),
            components: Fact::Known(Vec::new()),
        }
    }

    pub(super) fn unread(declared: Tri, why: &Unread) -> Self {
        Self {
            declared,
            cleartext: Tri::Unknown,
            cleartext_exceptions: Fact::Unread(why.clone()),
            user_anchors: Tri::Unknown,
            global_user_anchors: Tri::Unknown,
            current_user_anchors: Tri::Unknown,
            own_anchors: Fact::Unread(why.clone()),
            pins: Tri::Unknown,
            pin_sets: Fact::Unread(why.clone()),
            components: Fact::Unread(why.clone()),
        }
    }
}

/// The configuration of the stage model; `None` where the package has none.
pub(super) fn read(file: Option<Result<Vec<u8>, Unread>>, duplicates: &mut Vec<String>) -> Network {
    let Some(bytes) = file else { return Network::defaults() };
    let document = match bytes.and_then(|bytes| Document::read(&bytes)) {
        Ok(document) => document,
        Err(why) => return Network::unread(Tri::Yes, &why),
    };
    duplicates.extend(document.duplicates.iter().map(|key| format!("network_config.json: {key}")));
    let config = document.object().and_then(|root| Ok((root, root.object("network-security-config")?)));
    let (root, config) = match config {
        Ok(found) => found,
        Err(why) => return Network::unread(Tri::Yes, &why),
    };
    let trusted = |key| match root.get(key) {
        Ok(None | Some(Node::Flag(true))) => Tri::Yes,
        // What is there and is not true, the platform takes for false.
        Ok(Some(_)) => Tri::No,
        Err(_) => Tri::Unknown,
    };
    let (global, current) = (trusted("trust-global-user-ca"), trusted("trust-current-user-ca"));
    let sets = config.map_or(Ok(Vec::new()), pin_sets);
    Network {
        declared: Tri::Yes,
        cleartext: config.map_or(Tri::Yes, base_cleartext),
        cleartext_exceptions: fact(config.map_or(Ok(0), exceptions)),
        user_anchors: worst(global, current),
        global_user_anchors: global,
        current_user_anchors: current,
        own_anchors: fact(config.map_or(Ok(Vec::new()), own_anchors)),
        pins: sets.as_ref().map_or(Tri::Unknown, |sets| sets.iter().any(|set| set.pins > 0).into()),
        pin_sets: fact(sets),
        components: fact(config.map_or(Ok(Vec::new()), components)),
    }
}

/// `deviceConfig` of the feature-ability model, where clear text is forbidden unless something allows it. Any device counts.
pub(super) fn of_devices(devices: &Result<Vec<Object<'_>>, Unread>) -> Network {
    let read = || -> Result<(bool, bool, i64), Unread> {
        let (mut declared, mut cleartext, mut domains) = (false, false, 0_i64);
        for device in devices.clone()? {
            let Some(network) = device.object("network")? else { continue };
            declared = true;
            cleartext |= network.flag("cleartextTraffic")?.unwrap_or_default();
            let settings = network.object("securityConfig")?.map_or(Ok(None), |config| config.object("domainSettings"));
            domains = domains.saturating_add(settings?.map_or(Ok(0), domains_in_clear)?);
        }
        Ok((declared, cleartext, domains))
    };
    let own = unread(UnreadStatus::NotTested, "network.feature_ability_model");
    match read() {
        Ok((declared, cleartext, domains)) => Network {
            declared: declared.into(),
            cleartext: cleartext.into(),
            cleartext_exceptions: Fact::Known(if cleartext { 0 } else { domains }),
            ..Network::unread(Tri::Unknown, &own)
        },
        Err(why) => Network::unread(Tri::Unknown, &why),
    }
}

/// Domains that may be reached in clear text; settings may be within settings.
fn domains_in_clear(settings: Object<'_>) -> Result<i64, Unread> {
    let mut count = 0_i64;
    let mut next = Some(settings);
    while let Some(settings) = next {
        if settings.flag("cleartextPermitted")? == Some(true) {
            count = count.saturating_add(i64::try_from(settings.list("domains")?.len()).unwrap_or(i64::MAX));
        }
        next = settings.object("domainSettings")?;
    }
    Ok(count)
}

/// Yes is worse than unknown, and that worse than no.
fn worst(a: Tri, b: Tri) -> Tri {
    match (a, b) {
        (Tri::Yes, _) | (_, Tri::Yes) => Tri::Yes,
        (Tri::Unknown, _) | (_, Tri::Unknown) => Tri::Unknown,
        _ => Tri::No,
    }
}

fn base_cleartext(config: Object<'_>) -> Tri {
    match config.object("base-config") {
        Ok(None) => Tri::Yes,
        Ok(Some(base)) => permitted(base).map_or(Tri::Unknown, Into::into),
        Err(_) => Tri::Unknown,
    }
}

/// Allowed where nothing is declared, and where it is declared otherwise than by true or false.
fn permitted(of: Object<'_>) -> Result<bool, Unread> {
    Ok(!matches!(of.get("cleartextTrafficPermitted")?, Some(Node::Flag(false))))
}

fn domains(rule: Object<'_>) -> Result<Vec<String>, Unread> {
    let names: Result<Vec<_>, Unread> =
        rule.list("domains")?.iter().map(|domain| domain.object()?.demanded_text("name")).collect();
    let mut names = names?;
    names.sort();
    names.truncate(MAX_LISTED);
    Ok(names)
}

/// Only where the base forbids is there something to except from.
fn exceptions(config: Object<'_>) -> Result<i64, Unread> {
    if config.object("base-config")?.map_or(Ok(true), permitted)? {
        return Ok(0);
    }
    let mut count = 0_usize;
    for rule in config.list("domain-config")? {
        let rule = rule.object()?;
        if permitted(rule)? {
            count = count.saturating_add(rule.list("domains")?.len());
        }
    }
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

fn own_anchors(config: Object<'_>) -> Result<Vec<String>, Unread> {
    let rules = config.list("domain-config")?.iter().map(|rule| rule.object().map(Some));
    let mut out = Vec::new();
    for of in std::iter::once(config.object("base-config")).chain(rules) {
        let Some(of) = of? else { continue };
        for anchor in of.list("trust-anchors")? {
            let path = anchor.object()?.demanded_text("certificates")?;
            if path.trim_end_matches('/') != SYSTEM_ANCHORS {
                out.push(path);
            }
        }
    }
    out.sort();
    out.dedup();
    out.truncate(MAX_LISTED);
    Ok(out)
}

fn pin_sets(config: Object<'_>) -> Result<Vec<PinSet>, Unread> {
    let mut out = Vec::new();
    for rule in config.list("domain-config")? {
        let rule = rule.object()?;
        if let Some(set) = rule.object("pin-set")? {
            out.push(PinSet {
                domains: domains(rule)?,
                pins: i64::try_from(set.list("pin")?.len()).unwrap_or(i64::MAX),
                expiration: set.text("expiration")?.unwrap_or_default(),
            });
        }
    }
    out.sort();
    out.truncate(MAX_LISTED);
    Ok(out)
}

fn components(config: Object<'_>) -> Result<Vec<Component>, Unread> {
    let names = ["ArkWeb", "Media Kit", "Network Kit", "Remote Communication Kit", "Request"];
    let Some(of) = config.object("component-config")? else { return Ok(Vec::new()) };
    let read = |name: &str| Ok(of.flag(name)?.map(|value| Component { name: name.to_owned(), value }));
    names.into_iter().filter_map(|name| read(name).transpose()).collect()
}
