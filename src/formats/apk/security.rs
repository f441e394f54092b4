//! The network security configuration of an Android app.

use apk_info_xml::Element;

use super::NetworkSecurity;
use crate::model::Tri;

/// Reads the tree; what the base does not say stays `unknown` for the caller's defaults.
pub(super) fn read(root: &Element) -> Option<NetworkSecurity> {
    if root.name() != "network-security-config" {
        return None;
    }
    let base = root.childrens().find(|e| e.name() == "base-config");
    let mut exceptions = 0;
    let mut pins = false;
    for domain in root.descendants().filter(|e| e.name() == "domain-config") {
        pins |= domain.childrens().any(|e| e.name() == "pin-set");
        if permitted(domain) == Tri::Yes {
            exceptions += domain.childrens().filter(|e| e.name() == "domain").count();
        }
    }
    let trusting = |of: &Element| of.descendants().any(|e| e.name() == "certificates" && e.attr("src") == Some("user"));
    let domains_trust = root.childrens().filter(|e| e.name() == "domain-config").any(trusting);
    let base_anchors = base.filter(|b| b.childrens().any(|e| e.name() == "trust-anchors"));
    Some(NetworkSecurity {
        declared: Tri::Yes,
        cleartext: base.map_or(Tri::Unknown, permitted),
        cleartext_exceptions: i64::try_from(exceptions).unwrap_or(i64::MAX),
        user_anchors: match base_anchors {
            _ if domains_trust => Tri::Yes,
            Some(base) => trusting(base).into(),
            None => Tri::Unknown,
        },
        pins: pins.into(),
        debug_overrides: root.childrens().any(|e| e.name() == "debug-overrides").into(),
    })
}

fn permitted(of: &Element) -> Tri {
    match of.attr("cleartextTrafficPermitted") {
        Some("true") => Tri::Yes,
        Some("false") => Tri::No,
        _ => Tri::Unknown,
    }
}
