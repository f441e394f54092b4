//! One network security configuration, each domain with what it inherits.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Defaults, NetworkSecurity, any};
use crate::{
    formats::apk::{
        element::{Element, Value},
        resources::{Resources, cut},
    },
    model::{Fact, Tri},
};

/// Domains that are listed at most; more are counted as an error of the configuration.
const MAX_DOMAINS: usize = 2_000;

/// Pins of one set.
const MAX_PINS: usize = 200;

/// Longest name of a digest that is kept, in characters.
const MAX_DIGEST: usize = 32;

/// The rules of one domain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct DomainSecurity {
    pub name: String,
    pub include_subdomains: bool,
    pub cleartext: Tri,
    pub user_anchors: Tri,
    pub system_anchors: Tri,
    /// Sets of certificates of the app's own.
    pub own_anchors: i64,
    /// Whether an anchor is exempt from the pins.
    pub override_pins: bool,
    /// How many different pins.
    pub pins: i64,
    /// Kinds of digest, sorted.
    pub pin_digests: Vec<String>,
    /// The day on which the pins stop to count, `YYYY-MM-DD`; empty where they do not.
    pub pin_expiration: String,
}

/// The rules that an element sets, on top of those of its parent.
#[derive(Clone, Debug)]
struct Rules {
    cleartext: Tri,
    user: bool,
    system: bool,
    own: usize,
    override_pins: bool,
    pins: BTreeSet<(String, String)>,
    expiration: String,
}

/// What is collected on the way.
#[derive(Debug, Default)]
struct Found {
    domains: Vec<DomainSecurity>,
    pins: BTreeSet<(String, String)>,
    names: BTreeSet<String>,
    errors: BTreeSet<&'static str>,
}

/// Reads the tree; `None` where it is of another document.
pub(super) fn read(root: &Element, defaults: Defaults, resources: &Resources<'_>) -> Option<NetworkSecurity> {
    if &*root.name != "network-security-config" {
        return None;
    }
    let mut found = Found::default();
    for (name, error) in [("base-config", "two_base_configs"), ("debug-overrides", "two_debug_overrides")] {
        if root.each(name).count() > 1 {
            found.errors.insert(error);
        }
    }
    let platform = Rules {
        cleartext: defaults.cleartext.into(),
        user: defaults.user_anchors,
        system: true,
        own: 0,
        override_pins: false,
        pins: BTreeSet::new(),
        expiration: String::new(),
    };
    let base = root.child("base-config").map_or(platform.clone(), |e| rules(e, &platform, resources, &mut found));
    for element in root.each("domain-config") {
        domain_config(element, &base, resources, &mut found);
    }
    found.domains.sort();
    Some(summary(&base, root.child("debug-overrides").is_some(), found))
}

fn summary(base: &Rules, debug_overrides: bool, found: Found) -> NetworkSecurity {
    let domains = &found.domains;
    let against = |d: &&DomainSecurity| d.cleartext == Tri::Yes && base.cleartext == Tri::No;
    let pinned = || domains.iter().filter(|domain| domain.pins > 0);
    let days = pinned().map(|domain| &domain.pin_expiration).filter(|day| !day.is_empty());
    NetworkSecurity {
        declared: Tri::Yes,
        cleartext: base.cleartext,
        cleartext_exceptions: Fact::Known(count(domains.iter().filter(against).count())),
        user_anchors: any(std::iter::once(base.user.into()).chain(domains.iter().map(|d| d.user_anchors))),
        system_anchors: base.system.into(),
        own_anchors: Fact::Known(count(base.own)),
        override_pins: (base.override_pins || domains.iter().any(|domain| domain.override_pins)).into(),
        pins: pinned().next().is_some().into(),
        pin_count: Fact::Known(count(found.pins.len())),
        pin_digests: Fact::Known(digests(&found.pins)),
        backup_pins: match pinned().next() {
            Some(_) => pinned().all(|domain| domain.pins > 1).into(),
            None => Tri::Unknown,
        },
        pin_expiration: Fact::Known(days.min().cloned().unwrap_or_default()),
        debug_overrides: debug_overrides.into(),
        errors: Fact::Known(found.errors.iter().map(|code| (*code).to_owned()).collect()),
        domains: Fact::Known(found.domains),
    }
}

/// A domain's rules are its own, then its parent's, then the base's, then the platform's.
fn domain_config(element: &Element, parent: &Rules, resources: &Resources<'_>, found: &mut Found) {
    let rules = rules(element, parent, resources, found);
    if element.child("domain").is_none() {
        found.errors.insert("domain_config_without_domain");
    }
    for domain in element.each("domain") {
        if found.domains.len() >= MAX_DOMAINS {
            found.errors.insert("too_many_domains");
            break;
        }
        let name = cut(&domain.text.trim().to_lowercase());
        if name.is_empty() {
            found.errors.insert("domain_without_name");
        } else if !found.names.insert(name.clone()) {
            found.errors.insert("domain_twice");
        }
        let include = resources.boolean(domain.plain("includeSubdomains"), false, "includeSubdomains");
        found.domains.push(DomainSecurity {
            name,
            include_subdomains: include.known().copied().unwrap_or(false),
            cleartext: rules.cleartext,
            user_anchors: rules.user.into(),
            system_anchors: rules.system.into(),
            own_anchors: count(rules.own),
            override_pins: rules.override_pins,
            pins: count(rules.pins.len()),
            pin_digests: digests(&rules.pins),
            pin_expiration: rules.expiration.clone(),
        });
    }
    for nested in element.each("domain-config") {
        domain_config(nested, &rules, resources, found);
    }
}

fn rules(element: &Element, parent: &Rules, resources: &Resources<'_>, found: &mut Found) -> Rules {
    let mut out = parent.clone();
    if let Some(value) = element.plain("cleartextTrafficPermitted") {
        let written = resources.boolean(Some(value), true, "cleartextTrafficPermitted");
        out.cleartext = written.known().map_or(Tri::Unknown, |allowed| (*allowed).into());
    }
    if element.each("trust-anchors").count() > 1 {
        found.errors.insert("two_trust_anchors");
    }
    // Anchors replace those of the parent, all of them.
    if let Some(anchors) = element.child("trust-anchors") {
        (out.user, out.system, out.own, out.override_pins) = (false, false, 0, false);
        for certificates in anchors.each("certificates") {
            match certificates.plain("src") {
                Some(Value::Text(text)) if &**text == "system" => out.system = true,
                Some(Value::Text(text)) if &**text == "user" => out.user = true,
                // Of Wi-Fi hotspots (Passpoint), which no host of an app is.
                Some(Value::Text(text)) if &**text == "wfa" => {}
                Some(Value::Reference(_)) => out.own = out.own.saturating_add(1),
                _ => {
                    found.errors.insert("certificates_without_source");
                }
            }
            let exempt = resources.boolean(certificates.plain("overridePins"), false, "overridePins");
            out.override_pins |= exempt.known().copied().unwrap_or(true);
        }
    }
    match (&*element.name, element.child("pin-set")) {
        (_, None) => {}
        ("domain-config", Some(set)) => pins(set, &mut out, resources, found),
        (_, Some(_)) => {
            found.errors.insert("pins_outside_of_a_domain");
        }
    }
    out
}

fn pins(set: &Element, out: &mut Rules, resources: &Resources<'_>, found: &mut Found) {
    let digest = |pin: &Element| resources.text(pin.plain("digest")).chars().take(MAX_DIGEST).collect();
    let value = |pin: &Element| cut(&pin.text.split_whitespace().collect::<String>());
    if set.each("pin").count() > MAX_PINS {
        found.errors.insert("too_many_pins");
    }
    out.pins = set.each("pin").take(MAX_PINS).map(|pin| (digest(pin), value(pin))).collect();
    out.expiration = resources.text(set.plain("expiration"));
    for (digest, value) in &out.pins {
        if digest != "SHA-256" {
            found.errors.insert("pin_digest");
        } else if !is_digest(value) {
            found.errors.insert("pin_value");
        }
    }
    if !out.expiration.is_empty() && out.expiration.parse::<jiff::civil::Date>().is_err() {
        found.errors.insert("pin_expiration");
    }
    found.pins.extend(out.pins.iter().cloned());
}

/// 32 bytes of Base64.
fn is_digest(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    body.len() == 43 && body.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'))
}

fn digests(pins: &BTreeSet<(String, String)>) -> Vec<String> {
    pins.iter().map(|(digest, _)| digest.clone()).collect::<BTreeSet<_>>().into_iter().collect()
}

fn count(of: usize) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}
