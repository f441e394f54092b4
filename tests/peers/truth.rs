//! What is true of every peer: `truth.yaml`, one row a server.

#![allow(dead_code, reason = "each target uses some of it")]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    sync::OnceLock,
};

use serde::Deserialize;

use super::{doubles::Double, starttls};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// Sets of suites: number on the wire, name in the register.
    pub suites: BTreeMap<String, BTreeMap<String, String>>,
    pub certificates: BTreeMap<String, Certificate>,
    /// Behaviour of a kind of server, for the rows to point at.
    #[serde(rename = "usual")]
    _usual: serde::de::IgnoredAny,
    pub peers: Vec<Row>,
}

impl Table {
    pub fn row(&self, id: &str) -> &Row {
        self.peers.iter().find(|row| row.id == id).unwrap_or_else(|| panic!("truth.yaml has no peer `{id}`"))
    }

    /// The suites that a row accepts of a version, sorted; none where the version is refused.
    pub fn suites(&self, row: &Row, version: Version) -> Vec<u32> {
        let sets = row.protocols.get(&version).into_iter().flatten();
        let all: BTreeSet<u32> = sets
            .flat_map(|name| self.suites.get(name).unwrap_or_else(|| panic!("no set of suites `{name}`")).keys())
            .map(|id| u32::from_str_radix(id, 16).unwrap_or_else(|_| panic!("`{id}` is no number of a suite")))
            .collect();
        all.into_iter().collect()
    }
}

/// One server. What a row leaves out is not stated, and no test may draw anything from it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub id: String,
    pub about: String,
    pub server: Server,
    pub service: Service,
    /// The name to ask for; some servers do not answer to another.
    #[serde(default = "peer_test")]
    pub name: String,
    /// The sets of suites accepted of each version. A version that is not here is not accepted.
    #[serde(default)]
    pub protocols: BTreeMap<Version, Vec<String>>,
    /// How a version that is not accepted ends: `alert 70`, `closed`, `timeout`, ...
    #[serde(default)]
    pub refused: BTreeMap<Version, String>,
    /// How every hello ends, where the service is none.
    pub answer: Option<String>,
    /// How a hello without a name, and with a name that is not served, ends; where it differs.
    pub other_name: Option<String>,
    /// Each chain as sent, the server's own certificate first. TLCP sends its pair as one chain.
    #[serde(default)]
    pub chains: Vec<Vec<String>>,
    /// The chain of who asks for no name or another, where it differs.
    pub default_chain: Option<Vec<String>>,
    /// How the first chain is to be judged against `root.pem` (or `sm2_root.pem`), and whether its name is `name`.
    pub trust: Option<Trust>,
    pub name_matches: Option<bool>,
    /// Every group of TLS 1.3, and every curve of TLS 1.2 where there is no 1.3.
    pub groups: Option<Vec<String>>,
    pub dh_bits: Option<usize>,
    pub server_order: Option<bool>,
    pub starttls: Option<starttls::Protocol>,
    #[serde(default)]
    pub behaviour: Behaviour,
    /// What intrusive probes find: these flaws, and none of the others. Left out, nothing is stated.
    pub flaws: Option<Vec<Flaw>>,
    /// Scanners whose versions and suites are exactly these, and for TLCP who finished a handshake. The test itself asks openssl.
    #[serde(default)]
    pub confirmed_by: Vec<String>,
}

impl Row {
    /// Listens on ::1, which not every machine has.
    pub fn is_ipv6(&self) -> bool {
        matches!(&self.server, Server::Openssl(args) if args.contains("[::1]"))
    }
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    CcsInjection,
    Heartbleed,
    Robot,
    Ticketbleed,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    pub client_auth: Option<bool>,
    pub compression: Option<bool>,
    pub early_data: Option<bool>,
    pub fallback_scsv: Option<bool>,
    pub extended_master_secret: Option<bool>,
    pub ocsp_staple: Option<Staple>,
    pub secure_renegotiation: Option<bool>,
    pub client_renegotiation: Option<bool>,
    pub session_id: Option<bool>,
    pub ticket: Option<bool>,
    /// The protocol chosen of `h2` and `http/1.1`; empty where the server knows no ALPN.
    pub alpn: Option<String>,
    pub heartbeat: Option<bool>,
    pub heartbleed: Option<bool>,
    pub ccs_injection: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    pub subject: String,
    pub issuer: String,
    pub san: Vec<String>,
    /// Days from the making of the certificates.
    pub not_before: i64,
    pub not_after: i64,
    pub key: String,
    pub signature: String,
    #[serde(default)]
    pub usages: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Server {
    Nginx(Nginx),
    /// Arguments of `openssl s_server`; `{pki}` is the folder of the certificates.
    Openssl(String),
    Tlslite(serde_json::Map<String, serde_json::Value>),
    Tlcp(serde_json::Map<String, serde_json::Value>),
    Double(Double),
    Starttls(Starttls),
    /// A port that is taken and that nobody listens on.
    ClosedPort,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nginx {
    /// Names of chains; several where keys differ.
    #[serde(default)]
    pub certificates: Vec<String>,
    #[serde(default = "ssl")]
    pub listen: String,
    #[serde(default)]
    pub directives: String,
    /// Another server of the same port, for a name of its own.
    #[serde(default)]
    pub named: Option<Named>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    pub name: String,
    pub certificates: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Starttls {
    pub protocol: starttls::Protocol,
    #[serde(default)]
    pub manner: starttls::Manner,
    /// The peer that speaks TLS when the dialogue is over.
    pub backend: Option<String>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
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
    #[serde(rename = "name_not_served")]
    NameNotServed,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    Trusted,
    Untrusted,
    Incomplete,
    SelfSigned,
    Expired,
    NotYetValid,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Staple {
    None,
    Good,
    Revoked,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Version {
    Ssl2,
    Ssl3,
    #[serde(rename = "tls1_0")]
    Tls10,
    #[serde(rename = "tls1_1")]
    Tls11,
    #[serde(rename = "tls1_2")]
    Tls12,
    #[serde(rename = "tls1_3")]
    Tls13,
    Tlcp,
}

impl Version {
    pub const ALL: [Self; 7] = [Self::Ssl2, Self::Ssl3, Self::Tls10, Self::Tls11, Self::Tls12, Self::Tls13, Self::Tlcp];

    /// As on the wire.
    pub fn number(self) -> u16 {
        match self {
            Self::Ssl2 => 0x0002,
            Self::Ssl3 => 0x0300,
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
            Self::Tlcp => 0x0101,
        }
    }
}

/// The table, read once.
pub fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/truth.yaml");
        let text = fs::read_to_string(&path).expect("the table lies beside the tests");
        // Its rows point at what they share as often as they like.
        let options = serde_yaml::options! { budget: None };
        serde_yaml::from_str_with_options(&text, options).unwrap_or_else(|error| panic!("truth.yaml: {error}"))
    })
}

fn peer_test() -> String {
    "peer.test".to_owned()
}

fn ssl() -> String {
    "ssl".to_owned()
}
