//! The inventory as people write it, before its rules are checked.

use std::{borrow::Cow, fmt, path::PathBuf};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, de::Visitor};

use crate::{
    model::{AssetId, AssetKind, Digest, StartTls, SubsiteId, SystemId},
    yaml::{Date, DateTime, TimeZone},
};

use super::{Defaults, Exposure, JudgementFiles, Population, Subsite, System, TlsUse, TrustFiles, probing::RawProbing};

/// The file as a whole.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "jixian.inventory/v1", rename = "Inventory", deny_unknown_fields)]
pub(super) struct RawInventory {
    /// `jixian.inventory/v1`
    #[expect(dead_code, reason = "checked before the rest is read; here for the JSON Schema")]
    pub schema: String,
    #[serde(default)]
    pub timezone: TimeZone,
    #[serde(default)]
    pub authorisation: Option<RawAuthorisation>,
    pub systems: Vec<System>,
    pub subsites: Vec<Subsite>,
    #[serde(default)]
    pub population: Vec<Population>,
    #[serde(default)]
    pub inherits: Vec<RawInherit>,
    #[serde(default)]
    pub defaults: Defaults,
    #[serde(default)]
    pub judgements: JudgementFiles,
    #[serde(default)]
    pub trust: TrustFiles,
    pub assets: Vec<RawAsset>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Authorisation", deny_unknown_fields)]
pub(super) struct RawAuthorisation {
    pub document: String,
    pub sha256: Digest,
    /// Networks (`10.0.0.0/24`) and names (`zwfw.example.gov.cn`, `*.example.gov.cn`).
    pub scope: Vec<String>,
    pub window: RawWindow,
    pub person: String,
    #[serde(default)]
    pub hosting_consent: Option<String>,
    /// Whether intrusive probes are allowed as well: those that a faulty server may not survive.
    #[serde(default)]
    pub intrusive: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Window", deny_unknown_fields)]
pub(super) struct RawWindow {
    pub from: DateTime,
    pub to: DateTime,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Inherit", deny_unknown_fields)]
pub(super) struct RawInherit {
    pub system: SystemId,
    pub from: SystemId,
    pub by: RawBy,
    #[serde(default)]
    pub path: Option<PathBuf>,
    #[serde(default)]
    pub root: Option<Digest>,
    #[serde(default)]
    pub number: Option<String>,
    #[serde(default)]
    pub date: Option<Date>,
    #[serde(default)]
    pub expires: Option<Date>,
}

#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "InheritedBy")]
pub(super) enum RawBy {
    Run,
    Bundle,
    Report,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Asset", deny_unknown_fields)]
pub(super) struct RawAsset {
    pub id: AssetId,
    pub kind: AssetKind,
    #[serde(default)]
    pub name: Option<String>,
    pub serves: Vec<SubsiteId>,
    /// How to get at it, where the kind alone does not say.
    #[serde(default)]
    pub via: Option<RawVia>,
    #[serde(default)]
    pub address: Option<String>,
    /// `tls.endpoint`: the server name to ask for, where it is not the host of the address.
    #[serde(default)]
    pub sni: Option<String>,
    /// `tls.endpoint`: the protocol that goes over to TLS when it is asked to, where TLS does not come first.
    #[serde(default)]
    pub starttls: Option<StartTls>,
    /// `tls.endpoint`: how fast it is asked, how much, and by which way.
    #[serde(default)]
    pub probing: Option<RawProbing>,
    /// `tls.endpoint`: probe for Heartbleed, CCS injection, ROBOT and Ticketbleed too. The authorisation must allow it.
    #[serde(default)]
    pub intrusive: bool,
    #[serde(default)]
    pub user: Option<String>,
    /// `SHA256:...`, as `ssh-keygen -lf` prints it.
    #[serde(default)]
    pub host_key: Option<String>,
    #[serde(default)]
    pub auth: Option<RawAuth>,
    #[serde(default)]
    pub tls: Option<TlsUse>,
    #[serde(default)]
    pub path: Option<PathBuf>,
    #[serde(default)]
    pub sha256: Option<Digest>,
    #[serde(default)]
    pub signers: Vec<Digest>,
    #[serde(default)]
    pub vantage: Option<Exposure>,
    /// Why nobody here can look at it.
    #[serde(default)]
    pub unknown: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[schemars(rename = "Via")]
pub(super) enum RawVia {
    Local,
    Ssh,
    Tcp,
    Import,
    Recorded,
    Manual,
}

/// Secrets only by reference: `env:NAME` or `file:PATH`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[schemars(rename = "Auth", deny_unknown_fields)]
pub(super) struct RawAuth {
    #[serde(default)]
    pub agent: bool,
    #[serde(default)]
    pub user: Option<String>,
    #[serde(default)]
    pub password: Option<RawSecret>,
    #[serde(default)]
    pub key: Option<RawSecret>,
    #[serde(default)]
    pub passphrase: Option<RawSecret>,
}

/// What stands where a reference to a secret belongs. It may be the secret itself, so nothing prints it and no type
/// error quotes it.
pub(super) struct RawSecret(pub String);

impl fmt::Debug for RawSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<'de> Deserialize<'de> for RawSecret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyScalar)
    }
}

impl JsonSchema for RawSecret {
    fn schema_name() -> Cow<'static, str> {
        "Secret".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$"})
    }
}

/// Takes a text as it is; anything else is no reference, which the rules say without quoting it.
struct AnyScalar;

impl Visitor<'_> for AnyScalar {
    type Value = RawSecret;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"env:NAME\" or \"file:PATH\"")
    }

    fn visit_str<E>(self, text: &str) -> Result<RawSecret, E> {
        Ok(RawSecret(text.to_owned()))
    }

    fn visit_bool<E>(self, _: bool) -> Result<RawSecret, E> {
        Ok(RawSecret(String::new()))
    }

    fn visit_u64<E>(self, _: u64) -> Result<RawSecret, E> {
        Ok(RawSecret(String::new()))
    }

    fn visit_i64<E>(self, _: i64) -> Result<RawSecret, E> {
        Ok(RawSecret(String::new()))
    }

    fn visit_f64<E>(self, _: f64) -> Result<RawSecret, E> {
        Ok(RawSecret(String::new()))
    }
}
