//! What the models of an endpoint read of its facts, and how their results come back among the facts.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{miping_2023_net, ssllabs_2009r};
use crate::{
    facts::tls::{ChainStatus, Ocsp, ProtocolStatus, Role, Service, Suite},
    model::{Fact, Tri},
};

/// Fills in `tls.grade` and `tls.miping` of an endpoint whose other facts are complete. `level` is that of the system,
/// where one is declared. Facts of anything else, and an endpoint that was not looked at, stay as they are.
pub fn grade_endpoint(facts: &mut Value, level: Option<u8>) {
    let Some(tls) = facts.get_mut("tls").filter(|tls| tls.get("$status").is_none()) else { return };
    let (grade, miping) = match Endpoint::deserialize(&*tls) {
        Ok(endpoint) => (
            serde_json::to_value(ssllabs_2009r::grade(&endpoint)).unwrap_or_else(|_| unreadable()),
            miping_2023_net::endpoint(&endpoint, level)
                .map_or_else(|why| json!(why), |miping| serde_json::to_value(miping).unwrap_or_else(|_| unreadable())),
        ),
        Err(_) => (unreadable(), unreadable()),
    };
    if let Some(tls) = tls.as_object_mut() {
        tls.insert("grade".to_owned(), grade);
        tls.insert("miping".to_owned(), miping);
    }
}

fn unreadable() -> Value {
    json!({"$status": "error", "reason": "tls"})
}

/// The facts of an endpoint that count in a grade.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Endpoint {
    pub endpoint: Target,
    pub service: Fact<Service>,
    pub protocols: Protocols,
    /// Bits of the smallest prime for Diffie-Hellman; 0 where no suite has one.
    pub dh_bits: Fact<i64>,
    pub certificates: Fact<Vec<Certificate>>,
    pub client_auth: Tri,
    pub compression: Tri,
    pub renegotiation: Renegotiation,
    pub heartbeat: Heartbeat,
    pub ccs_injection: Tri,
    pub robot: Tri,
    pub ticketbleed: Tri,
    pub sm: Sm,
}

/// How TLS is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Target {
    /// `none`, or the protocol in which TLS was asked for.
    pub starttls: String,
}

/// Each version by itself.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Protocols {
    pub ssl2: Protocol,
    pub ssl3: Protocol,
    pub tls1_0: Protocol,
    pub tls1_1: Protocol,
    pub tls1_2: Protocol,
    pub tls1_3: Protocol,
    pub tlcp: Protocol,
}

/// What one version met.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Protocol {
    pub status: Fact<ProtocolStatus>,
    pub suites: Fact<Vec<Suite>>,
}

impl Protocol {
    /// Whether the version is spoken. A server that did not answer in time has not said.
    pub fn spoken(&self) -> Tri {
        match self.status {
            Fact::Known(ProtocolStatus::Accepted) => Tri::Yes,
            Fact::Known(ProtocolStatus::Refused | ProtocolStatus::Closed) => Tri::No,
            Fact::Known(ProtocolStatus::Timeout) | Fact::Unread(_) => Tri::Unknown,
        }
    }
}

/// A certificate that the server showed.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Certificate {
    pub role: Role,
    pub key: Key,
    pub signature: Signature,
    pub days_left: Fact<i64>,
    pub name_matches: Tri,
    pub chain: Chain,
    pub ocsp: Fact<Ocsp>,
    pub key_proven: Tri,
}

/// A public key, as `facts` names it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Key {
    pub algorithm: String,
    pub bits: i64,
}

/// How the issuer signed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Signature {
    pub algorithm: String,
    pub hash: String,
}

/// What the trust roots say.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Chain {
    pub status: Fact<ChainStatus>,
}

/// Renegotiation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Renegotiation {
    pub secure: Tri,
}

/// The heartbeat extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Heartbeat {
    pub heartbleed: Tri,
}

/// Chinese commercial cryptography.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Sm {
    pub ske_signature_ok: Tri,
}

/// Whether a suite is made of Chinese commercial cryptography: no client of the international handshake has it.
pub(super) fn is_sm(suite: &Suite) -> bool {
    ["SM4", "SM1"].iter().any(|start| suite.enc.starts_with(start))
}

/// Both hold.
pub(super) fn both(a: Tri, b: Tri) -> Tri {
    match (a, b) {
        (Tri::No, _) | (_, Tri::No) => Tri::No,
        (Tri::Yes, Tri::Yes) => Tri::Yes,
        _ => Tri::Unknown,
    }
}

/// One of them holds.
pub(super) fn either(a: Tri, b: Tri) -> Tri {
    not(both(not(a), not(b)))
}

/// The contrary.
pub(super) fn not(a: Tri) -> Tri {
    match a {
        Tri::Yes => Tri::No,
        Tri::No => Tri::Yes,
        Tri::Unknown => Tri::Unknown,
    }
}

#[cfg(test)]
mod tests;
