//! What one package of HarmonyOS says, and what of it is signed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ability::Ability,
    backup::Backup,
    chain::Chain,
    files::Files,
    issuers::Source,
    network::Network,
    pack_info::PackInfo,
    permission::Permission,
    profile::Profile,
    property::{CodeSigning, PermissionBlock},
};
use crate::{
    formats::x509::{Key, Signature},
    model::{Digest, Fact},
};

/// A package, or a `.app` with all that it carries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Harmony {
    pub kind: Kind,
    /// By which file describes the module: `module.json` or `config.json`.
    pub model: Fact<Model>,
    pub bundle: Fact<String>,
    /// `app`, `atomicService`, `shared`, `appService` or `appPlugin`; `app` where nothing is declared.
    pub bundle_type: Fact<String>,
    pub vendor: Fact<String>,
    pub version_code: Fact<i64>,
    pub version_name: Fact<String>,
    /// The lowest API level that it runs on. HarmonyOS writes 50002014 for API 14 of 5.0.2; here that is 14.
    pub api_min: Fact<i64>,
    pub api_target: Fact<i64>,
    /// `Release`, `Beta1`, `Canary1` and the like: of what stage the SDK was.
    pub api_release: Fact<String>,
    /// Version of the SDK that compiled it, as `6.0.0.47`; empty where nothing is declared.
    pub compile_sdk: Fact<String>,
    /// `HarmonyOS` or `OpenHarmony`; empty where nothing is declared.
    pub compile_sdk_type: Fact<String>,
    pub debug: Fact<bool>,
    /// `release`, `debug` or a name of the developer's; empty where nothing is declared.
    pub build_mode: Fact<String>,
    /// Built with the address sanitizer.
    pub asan: Fact<bool>,
    /// Built with the hardware, thread or undefined-behaviour sanitizer.
    pub other_sanitizers: Fact<bool>,
    pub modules: Fact<Vec<Module>>,
    /// Abilities and extension abilities, by module and name.
    pub abilities: Fact<Vec<Ability>>,
    /// What is asked for, by module and name.
    pub permissions: Fact<Vec<Permission>>,
    /// What modules and abilities say in their own words, by module, owner and name.
    pub metadata: Fact<Vec<Metadata>>,
    pub backup: Backup,
    pub network: Network,
    pub pack_info: PackInfo,
    pub files: Files,
    /// The signing block of this very file.
    pub block: Block,
    /// The profile in the signing block; of a `.app` without one that of its members where they agree.
    pub profile: Profile,
    /// Of this file and of its members, each once, by digest.
    pub signers: Vec<Signer>,
    /// What the platform would make of it: signature, content digests, chain and profile. `no` where there is no
    /// signature. Of a `.app`: its own signature and those of its members, of which the unsigned ones count only where
    /// the `.app` itself has none.
    pub signature_verified: Verified,
    /// Codes of what is wrong with signature and profile; those of members have their name before them. Sorted.
    pub errors: Vec<String>,
    /// Keys that a file of metadata has twice, as `module.json: debug`. Sorted, at most 200.
    pub duplicate_keys: Vec<String>,
    /// What a cap cut off.
    pub left_out: Vec<LeftOut>,
    /// Of a `.app`: the haps and hsps inside, by name.
    pub members: Vec<Member>,
    /// The worst of this file's own signature and those of all members; an unsigned one is `no`.
    pub worst: Verified,
}

/// What kind of package it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A module that is installed.
    Hap,
    /// A module that others share at run time.
    Hsp,
    /// What a store is given: haps and hsps.
    App,
    /// A library that is compiled in.
    Har,
}

/// How an app is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Model {
    Stage,
    /// Feature ability, up to API 8.
    Fa,
}

/// Whether a signature holds. The order is from good to bad.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verified {
    Yes,
    /// Nobody here can tell.
    Indeterminate,
    No,
}

/// One module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Module {
    pub name: Fact<String>,
    /// `entry`, `feature`, `har` or `shared`.
    pub kind: Fact<String>,
    pub device_types: Fact<Vec<String>>,
    pub delivery_with_install: Fact<bool>,
    pub installation_free: Fact<bool>,
    /// As `ark12.0.6.0`; empty where nothing is declared.
    pub virtual_machine: Fact<String>,
    /// Names of the files shared with others are declared.
    pub shares_files: Fact<bool>,
    /// Data that other apps may read or write by proxy, and by which permission; empty where none is declared.
    pub proxy_data: Fact<Vec<ProxyData>>,
}

/// Data that a module offers to others without being started.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ProxyData {
    pub uri: String,
    /// Empty where none is declared, and then nobody else reads.
    pub read_permission: String,
    /// Empty where none is declared, and then nobody else writes.
    pub write_permission: String,
}

/// A thing that a module or ability says of itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Metadata {
    pub module: String,
    /// The ability; empty for the module.
    pub owner: String,
    pub name: String,
    pub value: String,
    /// As `$profile:backup_config`.
    pub resource: String,
}

/// The signing block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Block {
    pub present: bool,
    /// 2 or 3; 0 where there is none.
    pub version: i64,
    /// `HAP Sig Block 42` or `<hap sign block>`; empty where there is none.
    pub magic: String,
    pub bytes: i64,
    /// In the order of their table.
    pub sub_blocks: Vec<SubBlock>,
    /// Whether the message that carries the digests is signed by the key of the signer's certificate.
    pub signature_verified: Verified,
    /// Whether the contents are those that were signed.
    pub digests_verified: Verified,
    /// As `ecdsa-sha256`, in the order of the message.
    pub digest_algorithms: Vec<String>,
    pub chain: Chain,
    /// The entry of the platform's list of trusted sources that the signer's certificate is called after.
    pub source: Source,
    /// When the signature says it was made, RFC 3339 in UTC; empty where it does not say.
    pub signed_at: String,
    pub code_signing: CodeSigning,
    pub permission_block: PermissionBlock,
    /// A proof of rotation is there. Nothing is verified of it: no tool that is public makes one, and no device reads it.
    pub rotation: bool,
    pub enterprise: Enterprise,
}

/// One sub-block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SubBlock {
    /// `signature`, `rotation`, `profile`, `property`, `enterprise_signature` or `enterprise_code`.
    pub kind: String,
    pub bytes: i64,
}

/// The second signature, by which an enterprise takes over a package for its own devices.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Enterprise {
    pub present: bool,
    /// Signature and digests; `indeterminate` where there is none.
    pub verified: Verified,
    /// Subject of its signer.
    pub subject: String,
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Signer {
    pub sha256: Digest,
    pub subject: String,
    pub issuer: String,
    /// Lower-case hex digits.
    pub serial: String,
    pub key: Key,
    pub signature: Signature,
    /// RFC 3339 in UTC.
    pub not_before: String,
    /// RFC 3339 in UTC.
    pub not_after: String,
    /// The package goes by a profile for debugging.
    pub debug: bool,
    /// Which published key or example it is; empty for none.
    pub public_test: String,
    pub sm2: bool,
    /// `hap-v2` or `hap-v3`.
    pub scheme: Vec<String>,
}

/// A list that was longer than is told here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct LeftOut {
    pub what: String,
    pub count: i64,
}

/// A hap or hsp in a `.app`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    /// Of its entry.
    pub name: String,
    pub bytes: i64,
    /// What is inside, or why it was not looked at.
    pub package: Fact<MemberPackage>,
}

/// What a member is, in short; the lists of the whole have its modules, abilities and permissions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MemberPackage {
    pub kind: Kind,
    pub bundle: Fact<String>,
    pub module: Fact<String>,
    pub module_kind: Fact<String>,
    pub version_code: Fact<i64>,
    pub debug: Fact<bool>,
    pub signed: bool,
    pub signature_verified: Verified,
    pub digests_verified: Verified,
    /// Digests of the signers' certificates.
    pub signers: Vec<Digest>,
    /// `release` or `debug`.
    pub profile_type: Fact<String>,
    pub errors: Vec<String>,
}
