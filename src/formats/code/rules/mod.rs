//! The rules, one file a fact. Names are those of the Android SDK; numbers are those of its constants.

mod crypto;
mod dynamic;
mod platform;
mod privacy;
mod privacy_sensors;
mod resilience;
mod sm;
mod storage;
mod tls;
mod webview;

use super::rule::{Group, Kind, Rule};

/// All of them.
pub(super) const GROUPS: &[Group] = &[
    Group { kind: Kind::Webview, outside: webview::OUTSIDE, rules: webview::RULES },
    Group { kind: Kind::TlsTrust, outside: tls::OUTSIDE, rules: tls::RULES },
    Group { kind: Kind::Crypto, outside: sm::PROVIDERS, rules: crypto::RULES },
    Group { kind: Kind::SmAlgorithms, outside: sm::PROVIDERS, rules: sm::RULES },
    Group { kind: Kind::PrivacyApis, outside: &[], rules: privacy::RULES },
    Group { kind: Kind::PrivacyApis, outside: &[], rules: privacy_sensors::RULES },
    Group { kind: Kind::DynamicCode, outside: &[], rules: dynamic::RULES },
    Group { kind: Kind::Storage, outside: &[], rules: storage::RULES },
    Group { kind: Kind::Logging, outside: &[], rules: storage::LOGGING },
    Group { kind: Kind::Platform, outside: &[], rules: platform::RULES },
    Group { kind: Kind::Resilience, outside: &[], rules: resilience::RULES },
];

/// Every rule with the fact that it belongs to.
pub fn rules() -> impl Iterator<Item = (Kind, &'static Rule)> {
    GROUPS.iter().flat_map(|group| group.rules.iter().map(|rule| (group.kind, rule)))
}
