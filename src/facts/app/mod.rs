//! Typed facts of one app package: what the checks of the `app` domain see below `app`.
//!
//! Names that every platform has are at the top; what one alone has is in `android`, `harmony` and `ios`.

mod derive;
mod evaluation;
mod pair;
mod summary;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    formats::{
        apk::{
            Application, Backup, Component, DeclaredPermission, InstallError, Instrumentation, NetworkSecurity, Oddity,
            Permission, Provider, Queries,
            signing::{Ancestor, Issue, Janus, Signatures, SigningBlock, SourceStamp, Verified},
        },
        code::UseCount,
        hap::Harmony,
        ios::Ios,
        native::NativeLib,
        package::{Kind, Skipped, Tie},
        packers::Packer,
        sdks::Sdk,
        strings::{Address, Role, Secret},
        x509::{Key, Signature},
        zip::Anomaly,
    },
    model::{Digest, Fact, Tri, UnreadStatus},
};

pub use pair::{PairFacts, pair};
pub use summary::{Row, Section, Tone, summary};
pub(super) use {derive::derive, evaluation::at_evaluation};

/// The facts of one package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct App {
    /// By content, never by name.
    pub kind: Fact<Kind>,
    /// `android`, `ios` or `harmony`.
    pub platform: Fact<Platform>,
    pub file: File,
    pub zip: Zip,
    /// The name by which the platform knows it: package, bundle identifier or bundle name.
    pub package: Fact<String>,
    pub version_name: Fact<String>,
    pub version_code: Fact<i64>,
    pub min_sdk: Fact<i64>,
    /// As the platform takes it: the minimum where no target is declared.
    pub target_sdk: Fact<i64>,
    /// On every platform: Android's flag, the entitlement `get-task-allow`, HarmonyOS's `debug`.
    pub debuggable: Fact<bool>,
    pub test_only: Fact<bool>,
    /// Effective: allowed where nothing is declared.
    pub allow_backup: Fact<bool>,
    /// Effective: what the network security configuration says, else the attribute, else the target SDK's default.
    pub cleartext_permitted: Tri,
    pub network_security: Fact<NetworkSecurity>,
    pub permissions: Fact<Vec<Permission>>,
    /// With `exported` as the platform takes it.
    pub components: Fact<Vec<Component>>,
    pub compile_sdk: Fact<i64>,
    pub shared_user_id: Fact<String>,
    pub application: Fact<Application>,
    pub backup: Fact<Backup>,
    /// Permissions that are declared twice.
    pub duplicate_permissions: Fact<Vec<String>>,
    /// Permissions of the app's own.
    pub declared_permissions: Fact<Vec<DeclaredPermission>>,
    pub providers: Fact<Vec<Provider>>,
    pub queries: Fact<Queries>,
    pub instrumentation: Fact<Vec<Instrumentation>>,
    /// Why the platform would not install it.
    pub install_errors: Fact<Vec<InstallError>>,
    /// What is odd about the manifest as a file, and is read all the same.
    pub oddities: Fact<Vec<Oddity>>,
    pub harmony: Fact<Harmony>,
    pub ios: Fact<Ios>,
    pub signatures: Fact<Signatures>,
    /// What the platforms of the range would make of it.
    pub signature_verified: Fact<Verified>,
    /// Why not, beside what each scheme says.
    pub signature_errors: Fact<Vec<Issue>>,
    /// The block before the central directory of an Android package.
    pub signing_block: Fact<SigningBlock>,
    /// Hashes that a v1 signature uses.
    pub v1_digests: Fact<Vec<String>>,
    pub signers: Fact<Vec<SignerFacts>>,
    /// Against the inventory's list of designated certificates. Computed at evaluation.
    pub signer_allowed: Tri,
    pub lineage: Fact<Vec<Ancestor>>,
    pub source_stamp: Fact<SourceStamp>,
    pub janus: Fact<Janus>,
    pub packers: Fact<Vec<Packer>>,
    /// Whether the code that runs is the code that lies here.
    pub code_assessable: Tri,
    pub webview: Fact<Vec<UseFacts>>,
    pub tls_trust: Fact<Vec<UseFacts>>,
    pub crypto: Fact<Vec<UseFacts>>,
    pub sm_algorithms: Fact<Vec<UseFacts>>,
    pub privacy_apis: Fact<Vec<PrivacyUseFacts>>,
    pub dynamic_code: Fact<Vec<UseFacts>>,
    pub storage: Fact<Vec<UseFacts>>,
    pub logging: Fact<Vec<UseFacts>>,
    pub platform_use: Fact<Vec<UseFacts>>,
    pub resilience: Fact<Vec<UseFacts>>,
    /// How often each use was found, and of how many calls it could not be told.
    pub uses: Fact<Vec<UseCount>>,
    /// Permissions that users are asked for and that no code was seen to need.
    pub permissions_unused: Fact<Vec<String>>,
    /// Such permissions of which nobody can tell whether they are used.
    pub permissions_unclear: Fact<Vec<String>>,
    /// Why the code cannot be assessed, or not surely.
    pub packing_reasons: Fact<Vec<String>>,
    /// By path; unread each that does not parse.
    pub native_libs: Fact<Vec<Fact<NativeLib>>>,
    pub sdks: Fact<Vec<Sdk>>,
    pub sdks_found: Fact<i64>,
    pub endpoints: Fact<Vec<EndpointFacts>>,
    /// Different URLs in all, those beyond the list included.
    pub endpoints_found: Fact<i64>,
    pub secrets: Fact<Vec<Secret>>,
    pub secrets_found: Fact<i64>,
    pub coverage: Coverage,
    /// Packages inside of this one, one level deep.
    pub members: Fact<Vec<MemberFacts>>,
    /// Digests of what hardening leaves alone, by entry, at most 400.
    pub tie: Fact<Tie>,
    /// How the code facts of another build came in (`--pair`).
    pub pair: Fact<PairFacts>,
}

/// Whose platform it is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    Android,
    Ios,
    Harmony,
}

/// The file itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct File {
    pub sha256: Fact<Digest>,
    pub sm3: Fact<String>,
    pub bytes: Fact<i64>,
    pub entries: Fact<i64>,
    /// Sum of the sizes that the archive declares.
    pub uncompressed: Fact<i64>,
}

/// The archive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Zip {
    pub anomalies: Fact<Vec<Anomaly>>,
    /// Anomalies beyond those that are listed.
    pub anomalies_left_out: Fact<i64>,
}

/// Who signed, on the day of the evaluation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct SignerFacts {
    pub sha256: Digest,
    pub subject: String,
    pub issuer: String,
    pub serial: String,
    pub key: Key,
    pub signature: Signature,
    pub not_before: String,
    pub not_after: String,
    /// A key that build tools make for debugging, or a profile for debugging.
    pub debug: bool,
    /// Which published test key it is; empty for none.
    pub public_test: String,
    pub sm2: bool,
    /// Schemes that name it.
    pub scheme: Vec<String>,
    /// Computed at evaluation.
    #[serde(default = "later")]
    pub days_left: Fact<i64>,
}

fn later() -> Fact<i64> {
    Fact::unread(UnreadStatus::NotTested, "evaluation")
}

/// Something that code does, and where.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct UseFacts {
    /// The stable id of a rule.
    #[serde(rename = "use")]
    pub what: String,
    /// The dex file, the class and the method.
    pub location: String,
    pub class: String,
    /// Unread where it depends on a value that could not be seen whether the call is one.
    pub certain: Fact<bool>,
}

/// A use of what the platform guards, or what a person may be known by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PrivacyUseFacts {
    /// The stable id of a rule.
    #[serde(rename = "use")]
    pub what: String,
    pub location: String,
    pub class: String,
    /// What is called, read or named.
    pub api: String,
    /// The permission that a current platform asks for; empty for none.
    pub permission: String,
    /// Unread where it depends on a value that could not be seen.
    pub certain: Fact<bool>,
}

/// A URL that the package names, and whether the subsite declares its host.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointFacts {
    pub url: String,
    pub scheme: String,
    pub host: String,
    pub port: i64,
    pub address: Address,
    pub role: Role,
    pub credentials: bool,
    pub location: String,
    /// Computed at evaluation; unknown where the inventory declares no hosts.
    #[serde(default = "unknown")]
    pub declared: Tri,
}

fn unknown() -> Tri {
    Tri::Unknown
}

/// A package inside of the package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MemberFacts {
    pub name: String,
    pub bytes: i64,
    pub signature_verified: Fact<Verified>,
    /// Digests of the certificates of its signers.
    pub signers: Fact<Vec<Digest>>,
}

/// How much of the package was looked at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    pub dex_present: Fact<i64>,
    pub dex_scanned: Fact<i64>,
    pub entries_scanned: Fact<i64>,
    /// Entries that nobody could read to their end, at most 200.
    pub skipped: Fact<Vec<Skipped>>,
    pub skipped_count: Fact<i64>,
}

impl App {
    /// Of the facts of an asset.
    pub fn of(facts: &Value) -> Fact<Self> {
        let Some(facts) = facts.get("app") else {
            return Fact::unread(UnreadStatus::NotTested, "not_collected");
        };
        Fact::deserialize(facts).unwrap_or_else(|_| Fact::unread(UnreadStatus::Error, "malformed"))
    }
}
