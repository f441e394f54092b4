//! Typed facts of one app package: what the checks of the `app` domain see below `app`.
//!
//! Signatures, native libraries and what is inside the code are `not_tested` until their scanners exist.

mod derive;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    formats::apk::{Anomaly, Component, NetworkSecurity, Permission},
    model::{Digest, Fact, Tri},
};

pub(super) use derive::{at_evaluation, derive};

/// The facts of one package.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct App {
    /// By content, never by name.
    pub kind: Fact<Kind>,
    pub file: File,
    pub zip: Zip,
    pub package: Fact<String>,
    pub version_name: Fact<String>,
    pub version_code: Fact<i64>,
    pub min_sdk: Fact<i64>,
    /// As the platform takes it: the minimum where no target is declared.
    pub target_sdk: Fact<i64>,
    pub debuggable: Fact<bool>,
    pub test_only: Fact<bool>,
    /// Effective: allowed where nothing is declared.
    pub allow_backup: Fact<bool>,
    /// Effective: what the network security configuration says, else the attribute, else the target SDK's default.
    pub cleartext_permitted: Tri,
    pub network_security: NetworkSecurityFacts,
    pub permissions: Fact<Vec<Permission>>,
    /// With `exported` as the platform takes it.
    pub components: Fact<Vec<Component>>,
    pub signatures: Fact<Signatures>,
    pub signature_verified: Fact<Verified>,
    pub signers: Fact<Vec<Signer>>,
    /// Against the inventory's list of designated certificates. Computed at evaluation.
    pub signer_allowed: Tri,
    pub janus: Fact<Janus>,
    pub packers: Fact<Vec<Packer>>,
    pub code_assessable: Tri,
    pub native_libs: Fact<Vec<NativeLib>>,
    pub coverage: Coverage,
}

/// What a package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Apk,
    Apks,
    Aab,
    Ipa,
    Hap,
    Hsp,
    App,
}

/// The file itself.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct File {
    pub sha256: Fact<Digest>,
    pub sm3: Fact<String>,
    pub bytes: Fact<i64>,
    pub entries: Fact<i64>,
    /// Sum of the sizes that the archive declares.
    pub uncompressed: Fact<i64>,
}

/// The archive.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Zip {
    pub anomalies: Fact<Vec<Anomaly>>,
}

/// The network security configuration, leaf by leaf.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct NetworkSecurityFacts {
    /// Whether the manifest names a configuration.
    pub declared: Tri,
    /// Whether its base allows clear text.
    pub cleartext: Tri,
    /// How many domains may be reached in clear text against the base.
    pub cleartext_exceptions: Fact<i64>,
    /// Whether certificates that the user installed are trusted outside of debug builds.
    pub user_anchors: Tri,
    pub pins: Tri,
    pub debug_overrides: Tri,
}

impl NetworkSecurityFacts {
    pub(crate) fn from_config(config: &NetworkSecurity) -> Self {
        Self {
            declared: config.declared,
            cleartext: config.cleartext,
            cleartext_exceptions: config.cleartext_exceptions.clone(),
            user_anchors: config.user_anchors,
            pins: config.pins,
            debug_overrides: config.debug_overrides,
        }
    }
}

/// The signature schemes of Android.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Signatures {
    pub v1: Scheme,
    pub v2: Scheme,
    pub v3: Scheme,
    pub v3_1: Scheme,
    pub v4: Scheme,
}

/// One scheme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scheme {
    pub present: bool,
    pub verified: Verified,
    pub required: bool,
    pub errors: Vec<String>,
}

/// Whether signatures hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verified {
    Yes,
    No,
    Indeterminate,
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Signer {
    pub sha256: Digest,
    pub subject: String,
    pub key: crate::formats::x509::Key,
    pub signature: String,
    pub not_before: String,
    pub not_after: String,
    pub debug: bool,
    pub sm2: bool,
}

/// The double format by which a v1 signature is got around.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Janus {
    pub scheme_at_risk: bool,
    pub shape: bool,
}

/// A packer that hides the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Packer {
    pub vendor: String,
    pub confidence: String,
    pub markers: Vec<String>,
}

/// One native library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NativeLib {
    pub path: String,
    pub abi: String,
    pub nx: bool,
    pub pie: bool,
    pub relro: String,
    pub canary: bool,
    pub fortify: bool,
    pub rpath: bool,
    pub stripped: bool,
}

/// How much of the package was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Coverage {
    pub dex_present: Fact<i64>,
    pub dex_scanned: Fact<i64>,
    pub entries_scanned: Fact<i64>,
}
