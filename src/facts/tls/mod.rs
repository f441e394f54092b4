//! Typed facts of one TLS endpoint: what the checks of the `tls` domain see below `tls`.
//!
//! What only a deeper prober can tell is `unknown` or `not_tested`, never left out and never guessed.

mod addresses;
mod answers;
mod behaviour;
mod certificates;
mod collected;
mod derive;
mod evaluation;
mod features;
mod grade_words;
mod graded;
mod intrusive;
mod ocsp;
mod protocols;
mod ruled_out;
mod sealed;
mod sm;
mod sm2_trust;
#[cfg(test)]
pub(crate) mod testing;
mod transparency;
mod words;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::{Fact, Tri, UnreadStatus};

pub(super) use derive::derive;
pub(super) use evaluation::at_evaluation;
pub use features::Feature;
pub use graded::{
    CapReason, ChannelKind, Grade, GradeCap, GradeParts, GradeState, Letter, Miping, MipingChannel, MipingObject,
    MipingRange, MipingUnit,
};
pub use ocsp::{Ocsp, OcspStatus};
pub use transparency::{Origin, Timestamped};
pub use words::{is_grave, weakness, why};

/// The facts of one endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tls {
    pub endpoint: Endpoint,
    /// What answered. `closed`: nothing listens, or it hangs up without a byte.
    pub service: Fact<Service>,
    pub protocols: Protocols,
    /// What our own client, restricted to nothing, agreed on, or where it cannot, what a flight of RFC 8998 chose; `version`
    /// and `suite` are IANA names.
    pub negotiated: Fact<Negotiated>,
    pub groups: Fact<Vec<Named>>,
    pub signature_schemes: Fact<Vec<Named>>,
    /// Bits of the smallest prime for Diffie-Hellman; 0 where no suite has one.
    pub dh_bits: Fact<i64>,
    /// What is shown to who asks for the name; both of a TLCP server.
    pub certificates: Fact<Vec<Certificate>>,
    /// What is shown to who names nothing.
    pub certificates_without_name: Fact<Vec<Certificate>>,
    pub client_auth: Tri,
    pub compression: Tri,
    pub early_data: Tri,
    pub fallback_scsv: Tri,
    /// Unregistered numbers in a hello are passed over (RFC 8701).
    pub grease: Tri,
    pub extended_master_secret: Tri,
    pub ocsp_staple: Tri,
    pub renegotiation: Renegotiation,
    pub resumption: Resumption,
    /// Protocols that the server chose from what we offered (`h2`, `http/1.1`).
    pub alpn: Fact<Vec<String>>,
    pub heartbeat: Heartbeat,
    pub ccs_injection: Tri,
    pub robot: Tri,
    pub ticketbleed: Tri,
    /// Written by `assess`, from these facts.
    pub grade: Fact<Grade>,
    /// Written by `assess`, from these facts and the level of the system.
    pub miping: Fact<Miping>,
    pub sm: Sm,
    pub cost: Cost,
}

impl Tls {
    /// The facts of an endpoint, or why there are none: nobody was allowed to look, for one.
    /// `facts` are those of an asset by domain root.
    pub fn of(facts: &Value) -> Fact<Self> {
        let Some(facts) = facts.get("tls") else {
            return Fact::unread(UnreadStatus::NotTested, "not_collected");
        };
        Fact::deserialize(facts).unwrap_or_else(|_| Fact::unread(UnreadStatus::Error, "malformed"))
    }
}

/// What was contacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Endpoint {
    pub host: String,
    pub port: u16,
    /// The first address that was contacted.
    pub ip: Fact<String>,
    /// All addresses that were probed; the facts are those of all together.
    pub addresses: Fact<Vec<String>>,
    /// Addresses of which nothing is known. While there are any beside others, only what was met is said of the endpoint.
    pub unanswered: Vec<String>,
    /// `all`, or the family of addresses that the assessment is about.
    pub family: String,
    /// The proxy through which it was reached, or `none`.
    pub proxy: String,
    /// The name that was asked for; empty where the target is an address.
    pub sni: String,
    /// `none`, or the protocol in which TLS was asked for.
    pub starttls: String,
}

/// What answers at an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Service {
    #[serde(rename = "tls")]
    Tls,
    #[serde(rename = "tlcp")]
    Tlcp,
    #[serde(rename = "tls+tlcp")]
    Both,
    #[serde(rename = "plain_http")]
    PlainHttp,
    #[serde(rename = "not_tls")]
    NotTls,
    #[serde(rename = "closed")]
    Closed,
    #[serde(rename = "timeout")]
    Timeout,
    /// It speaks TLS and says that it does not serve this name.
    #[serde(rename = "name_not_served")]
    NameNotServed,
}

/// Each version by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Protocols {
    pub ssl2: Protocol,
    pub ssl3: Protocol,
    pub tls1_0: Protocol,
    pub tls1_1: Protocol,
    pub tls1_2: Protocol,
    pub tls1_3: Protocol,
    pub tlcp: Protocol,
}

impl Protocols {
    /// Each version with the name that people know it by, the oldest first.
    pub fn each(&self) -> [(&'static str, &Protocol); 7] {
        [
            ("SSLv2", &self.ssl2),
            ("SSLv3", &self.ssl3),
            ("TLS 1.0", &self.tls1_0),
            ("TLS 1.1", &self.tls1_1),
            ("TLS 1.2", &self.tls1_2),
            ("TLS 1.3", &self.tls1_3),
            ("TLCP 1.1", &self.tlcp),
        ]
    }

    /// Versions that the server takes.
    pub fn accepted(&self) -> impl Iterator<Item = (&'static str, &Protocol)> {
        self.each().into_iter().filter(|(_, protocol)| protocol.status == Fact::Known(ProtocolStatus::Accepted))
    }
}

/// What one version met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Protocol {
    pub status: Fact<ProtocolStatus>,
    /// The alert that refused it, by name; `none` where there was none.
    pub alert: Fact<String>,
    pub suites: Fact<Vec<Suite>>,
    pub server_order: Tri,
}

/// How a server met one version. `not_tested` is no value but the absence of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProtocolStatus {
    Accepted,
    Refused,
    Closed,
    Timeout,
}

/// One cipher suite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suite {
    /// As `0xc02f`.
    pub id: String,
    pub name: String,
    pub kx: String,
    pub auth: String,
    pub enc: String,
    pub bits: i64,
    pub mac: String,
    /// Forward secrecy.
    pub fs: bool,
    pub aead: bool,
    pub weak: Vec<String>,
}

/// What one connection agreed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Negotiated {
    /// `tls1_2` or `tls1_3`.
    pub version: String,
    pub suite: Suite,
    /// As `X25519`; empty where the library does not say.
    pub group: String,
}

/// A number of a registry and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Named {
    pub id: String,
    pub name: String,
}

/// A certificate that the server proved itself with, and the chain it sent along.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Certificate {
    pub role: Role,
    #[serde(flatten)]
    pub about: crate::formats::x509::Certificate,
    /// Whole days until the last day of validity; negative once over. Computed from the day of evaluation.
    pub days_left: Fact<i64>,
    pub self_signed: bool,
    /// Whether it is made out to the name or address that was asked for.
    pub name_matches: Tri,
    /// Computed from the recorded chain, the trust roots and the day of evaluation.
    pub chain: Chain,
    /// What the stapled OCSP response says of it, where one came along.
    pub ocsp: Fact<Ocsp>,
    /// How many signed certificate timestamps came with it, inside or beside.
    pub ct_scts: i64,
    /// How many of them the log that they name did not make, as far as its key is known. Computed at evaluation.
    pub ct_scts_wrong: Fact<i64>,
    /// Each of them.
    pub scts: Fact<Vec<Timestamped>>,
    /// Whether the key proved itself in the handshake.
    pub key_proven: Tri,
}

/// What a certificate is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Server,
    TlcpSign,
    TlcpEnc,
}

/// The chain as sent, and what the trust roots say of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Chain {
    pub status: Fact<ChainStatus>,
    /// Certificates as sent, the server's own among them.
    pub length: i64,
    /// Subject of the trust root where there is one; empty otherwise.
    pub root: Fact<String>,
    /// The others as sent.
    pub others: Vec<crate::formats::x509::Certificate>,
    /// All of it as PEM, so that it can be judged again.
    pub pem: String,
}

/// What the trust roots say of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChainStatus {
    Trusted,
    Untrusted,
    /// An intermediate certificate is missing.
    Incomplete,
    SelfSigned,
    /// Over, or not yet valid.
    Expired,
    Unknown,
}

/// Renegotiation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Renegotiation {
    pub secure: Tri,
    pub client_initiated: Tri,
}

/// Resumption of sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Resumption {
    pub session_id: Tri,
    pub ticket: Tri,
}

/// The heartbeat extension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Heartbeat {
    pub offered: Tri,
    pub heartbleed: Tri,
}

/// Chinese commercial cryptography.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sm {
    pub tlcp: Tri,
    pub rfc8998: Tri,
    pub sm2_certificates: Tri,
    pub ske_signature_ok: Tri,
    pub double_certificate: DoubleCertificate,
}

/// The signing and the encryption certificate of TLCP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DoubleCertificate {
    pub present: Tri,
    pub same_subject: Tri,
    pub usages_split: Tri,
}

/// What the probing cost the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cost {
    pub connections: i64,
    pub bytes_sent: i64,
    pub ms: i64,
}
