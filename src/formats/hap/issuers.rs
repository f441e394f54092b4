//! Who issued: Huawei's roots by their digest or else only by their name, and keys and names that everybody has.
//!
//! Sources: OpenHarmony `security_appverify` of 2026-08 (`trusted_root_ca.json`, `trusted_apps_sources.json` and their test
//! forms); `developtools_hapsigner` of 2026-08, whose `dist/OpenHarmony.p12` with its password in the documentation
//! holds the private keys of OpenHarmony's own root, intermediate and leaf certificates; its signing guide, whose
//! examples carry the unit "OpenHarmony Community".

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::formats::x509::Certificate;

/// Who stands above a signer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssuerKind {
    /// Huawei's consumer business group, whose root devices with HarmonyOS trust.
    HuaweiCbg,
    /// The root that Huawei uses for tests.
    HuaweiCbgTest,
    /// OpenHarmony's public keys and examples.
    OpenharmonyDemo,
    /// The signer's certificate is signed by itself.
    SelfSigned,
    Unknown,
}

/// How an issuer was recognised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Recognised {
    /// The chain is verified up to a root of known digest, or the key itself is known.
    Digest,
    /// By what the certificates are called, and no more.
    Name,
    Not,
}

/// Whose part in the platform's list of trusted sources a signer's certificate has, by its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Signed by AppGallery for distribution.
    AppGallery,
    /// Apps of the system.
    System,
    /// Apps of others that come with the device.
    Preload,
    /// OpenHarmony's own entry, whose key everybody has.
    Openharmony,
    /// In no list: signed by its developer.
    Developer,
}

const HUAWEI_ROOT: &str = "C=CN, O=Huawei, OU=Huawei CBG, CN=Huawei CBG Root CA G2";
const HUAWEI_TEST_ROOT: &str = "C=CN, O=Huawei, OU=Huawei CBG, CN=Huawei CBG Root CA G2 Test";
/// Digests of the roots' certificates.
const ROOTS: [(&str, IssuerKind); 3] = [
    ("df21a3c09f7954579305f85c64f80cad86f79853ee3a887c1dec95d218df3a37", IssuerKind::HuaweiCbg),
    ("c9565b6cc6a0aebf49594b8e2a565ff6c9fe9c50bc627df33189c0ba21212000", IssuerKind::HuaweiCbgTest),
    ("9aed2a79925eca050cd2bb9d2a7f694e49e5e135d28ebdce53836de76b5080ed", IssuerKind::OpenharmonyDemo),
];
/// The key of Huawei's root, as a SubjectPublicKeyInfo: signatures need not bring the root along.
const HUAWEI_ROOT_KEY: &[u8] = &[
    0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04, 0x00,
    0x22, 0x03, 0x62, 0x00, 0x04, 0x5a, 0x27, 0x64, 0x1a, 0x70, 0xd2, 0x3b, 0x0d, 0xff, 0x1c, 0x4d, 0xb2, 0xd8, 0x61,
    0xe5, 0xf9, 0xfa, 0x56, 0x04, 0x86, 0xb9, 0x4b, 0xe2, 0x25, 0x9c, 0xda, 0xec, 0x19, 0x4b, 0xf0, 0x0b, 0x52, 0x36,
    0x41, 0x6b, 0xed, 0xa8, 0x21, 0xd6, 0x9b, 0x01, 0x65, 0x14, 0xaf, 0x79, 0xcc, 0xa5, 0xe2, 0x33, 0xcb, 0x3d, 0xc9,
    0x5d, 0xd5, 0x55, 0x78, 0x7b, 0x8a, 0xf3, 0x7c, 0x64, 0x93, 0xb7, 0x48, 0x2e, 0x4d, 0xd5, 0x30, 0xab, 0xbc, 0x1d,
    0xa5, 0xa4, 0x73, 0x01, 0xc1, 0xcc, 0xf8, 0x0c, 0x0d, 0x24, 0x80, 0x70, 0x8c, 0x9b, 0xfc, 0x03, 0x79, 0xce, 0xa4,
    0x38, 0x7c, 0x75, 0xc6, 0xf0, 0x91,
];

/// Keys of which everybody has the private half, by the digest of their SubjectPublicKeyInfo.
const PUBLISHED_KEYS: [(&str, &str); 6] = [
    ("a73f5e654781210d4f3fad60464c5ea2f96c2c10d86b6c58ac534eb6a57f2c84", "openharmony_application_root_ca"),
    ("810e2ae2faadda1c71cadde8df8ebb56485d2a0594b0b8d38f717844ef210887", "openharmony_application_ca"),
    ("67cfa9fffa8f817f5fd3ab37ad8dc686cd01153d3cb453bd851004f3fb93fa7e", "openharmony_application_release"),
    ("3225f2bfa7356db80ba8c63705a74fc1d6dded4c974c8ac6489a3216c85cb48f", "openharmony_application_profile_release"),
    ("6da4fc6961abf3a1b9531f7d474ef4cba9f931795db4054a4e4b06bac3aeca75", "openharmony_application_profile_debug"),
    ("049f35616dbf5abb1d640bdec006d4385791c853c98b232a0f4bf90247edfca2", "openharmony_software_signature"),
];

/// Subjects of OpenHarmony's own certificates.
const OPENHARMONY_TEAM: [&str; 2] = ["O=OpenHarmony", "OU=OpenHarmony Team"];
/// Subjects of the certificates that the signing guide makes as examples.
const OPENHARMONY_EXAMPLES: [&str; 2] = ["O=OpenHarmony", "OU=OpenHarmony Community"];

/// The platform's list of trusted sources: subjects of certificates that sign packages.
const SOURCES: [(&str, Source); 4] = [
    ("C=CN, O=Huawei, OU=HOS AppGallery, CN=HOS AppGallery Application Release", Source::AppGallery),
    ("C=CN, O=Huawei CBG, OU=HOS Development Team, CN=HOS Application Provision Release", Source::System),
    ("C=CN, O=Huawei, OU=HOS Open Platform, CN=HOS Preload Service", Source::Preload),
    ("C=CN, O=OpenHarmony, OU=OpenHarmony Team, CN=OpenHarmony Application Release", Source::Openharmony),
];

/// Who issued, and how that is known. `verified` says that every link of the chain holds; `anchored` that Huawei's key
/// signed the last certificate.
pub(super) fn recognise(chain: &[Certificate], verified: bool, anchored: bool) -> (IssuerKind, Recognised) {
    let Some(last) = chain.last() else { return (IssuerKind::Unknown, Recognised::Not) };
    if verified && anchored {
        return (IssuerKind::HuaweiCbg, Recognised::Digest);
    }
    let known = ROOTS.iter().find(|(digest, _)| *digest == last.sha256.hex());
    if let Some((_, kind)) = known.filter(|_| verified) {
        return (*kind, Recognised::Digest);
    }
    if published_key(chain).is_some() {
        return (IssuerKind::OpenharmonyDemo, Recognised::Digest);
    }
    match last.issuer.as_str() {
        HUAWEI_ROOT => (IssuerKind::HuaweiCbg, Recognised::Name),
        HUAWEI_TEST_ROOT => (IssuerKind::HuaweiCbgTest, Recognised::Name),
        _ if example_name(chain).is_some() => (IssuerKind::OpenharmonyDemo, Recognised::Name),
        _ if chain.len() == 1 && last.subject == last.issuer => (IssuerKind::SelfSigned, Recognised::Not),
        _ => (IssuerKind::Unknown, Recognised::Not),
    }
}

/// Which published key or example is in the chain; empty where there is none.
pub(super) fn demo(chain: &[Certificate]) -> &'static str {
    published_key(chain).or_else(|| example_name(chain)).unwrap_or_default()
}

/// The key of the root that devices with HarmonyOS trust.
pub(super) fn huawei_root_key() -> &'static [u8] {
    HUAWEI_ROOT_KEY
}

/// Which of the platform's sources a certificate of this subject signs for.
pub(super) fn source(subject: &str) -> Source {
    SOURCES.iter().find(|(name, _)| *name == subject).map_or(Source::Developer, |(_, source)| *source)
}

fn published_key(chain: &[Certificate]) -> Option<&'static str> {
    let key = |certificate: &Certificate| {
        let digest = certificate.spki_sha256.hex();
        PUBLISHED_KEYS.iter().find(|(known, _)| *known == digest).map(|(_, name)| *name)
    };
    chain.iter().find_map(key)
}

fn example_name(chain: &[Certificate]) -> Option<&'static str> {
    let named = |parts: [&str; 2]| {
        let has = |name: &str| parts.iter().all(|part| name.split(", ").any(|one| one == *part));
        chain.iter().any(|certificate| has(&certificate.subject) || has(&certificate.issuer))
    };
    if named(OPENHARMONY_EXAMPLES) {
        Some("openharmony_signing_guide")
    } else if named(OPENHARMONY_TEAM) {
        Some("openharmony_team")
    } else {
        None
    }
}
