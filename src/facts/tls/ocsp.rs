//! What a stapled OCSP response says of a certificate: read again from the recorded bytes, held against the day at evaluation.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    formats::ocsp::{self, OcspError, Status},
    model::{Fact, Tri, UnreadStatus},
};

/// A response that could be read and is about the certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ocsp {
    pub certificate: OcspStatus,
    /// Since when it is revoked, RFC 3339 in UTC; empty where it is not.
    pub revoked_at: String,
    /// As RFC 5280 names it; empty where none is given.
    pub reason: String,
    /// RFC 3339 in UTC.
    pub produced_at: String,
    /// RFC 3339 in UTC.
    pub this_update: String,
    /// RFC 3339 in UTC; empty where the responder names none.
    pub next_update: String,
    /// Whether the issuer, or one whom it let answer for it, signed the response.
    pub signature_ok: Tri,
    /// Whether the day of evaluation lies between the two updates; unknown where no next one is named.
    pub current: Tri,
}

/// What a responder says of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OcspStatus {
    Good,
    /// The responder does not know the certificate.
    Unknown,
    Revoked,
}

/// What the responses that came with a chain say of its first certificate. Nothing that cannot be read is good.
pub(super) fn of(staples: &[Vec<u8>], chain: &[Vec<u8>]) -> Fact<Ocsp> {
    let mut worst = Fact::unread(UnreadStatus::NotTested, "no_staple");
    for staple in staples {
        keep_the_worse(&mut worst, read(staple, chain));
    }
    worst
}

/// Lists of certificate timestamps (RFC 6962) in the responses about the first certificate of a chain.
pub(super) fn timestamps(staples: &[Vec<u8>], chain: &[Vec<u8>]) -> Vec<Vec<u8>> {
    staples.iter().filter_map(|staple| ocsp::judge(staple, chain).ok()?.scts).collect()
}

/// Several responses may come along about one certificate: the worst is kept, and of two alike the older.
pub(super) fn keep_the_worse(kept: &mut Fact<Ocsp>, other: Fact<Ocsp>) {
    if rank(&other) > rank(kept) {
        *kept = other;
    }
}

/// What is revoked counts before what cannot be read, that before what is good, and anything before nothing.
fn rank(ocsp: &Fact<Ocsp>) -> (u8, std::cmp::Reverse<&str>) {
    let (rank, time) = match ocsp {
        Fact::Unread(unread) if unread.status == UnreadStatus::NotTested => (0, ""),
        Fact::Known(said) => {
            let rank = match (said.certificate, said.signature_ok) {
                (OcspStatus::Revoked, _) => 6,
                (_, Tri::No) => 4,
                (OcspStatus::Unknown, _) => 3,
                (OcspStatus::Good, Tri::Unknown) => 2,
                (OcspStatus::Good, Tri::Yes) => 1,
            };
            (rank, said.next_update.as_str())
        }
        Fact::Unread(_) => (5, ""),
    };
    (rank, std::cmp::Reverse(time))
}

fn read(staple: &[u8], chain: &[Vec<u8>]) -> Fact<Ocsp> {
    let told = match ocsp::judge(staple, chain) {
        Ok(told) => told,
        Err(error) => {
            let reason = match error {
                OcspError::Unsuccessful(_) => "ocsp_unsuccessful",
                OcspError::OtherCertificate => "ocsp_other_certificate",
                _ => "ocsp_malformed",
            };
            return Fact::unread(UnreadStatus::Error, reason);
        }
    };
    let (certificate, revoked_at, reason) = match told.status {
        Status::Good => (OcspStatus::Good, String::new(), ""),
        Status::Revoked { at, reason } => (OcspStatus::Revoked, at.to_string(), reason.map_or("", reason_name)),
        Status::Unknown => (OcspStatus::Unknown, String::new(), ""),
    };
    Fact::Known(Ocsp {
        certificate,
        revoked_at,
        reason: reason.to_owned(),
        produced_at: told.produced_at.to_string(),
        this_update: told.this_update.to_string(),
        next_update: told.next_update.map_or_else(String::new, |time| time.to_string()),
        signature_ok: told.signed,
        current: Tri::Unknown,
    })
}

/// CRLReason of RFC 5280 section 5.3.1.
fn reason_name(code: u8) -> &'static str {
    match code {
        0 => "unspecified",
        1 => "keyCompromise",
        2 => "cACompromise",
        3 => "affiliationChanged",
        4 => "superseded",
        5 => "cessationOfOperation",
        6 => "certificateHold",
        8 => "removeFromCRL",
        9 => "privilegeWithdrawn",
        10 => "aACompromise",
        _ => "unregistered",
    }
}

/// Fills in whether the response of a certificate holds on the day.
pub(super) fn at_evaluation(certificate: &mut Map<String, Value>, as_of: Timestamp) {
    let Some(ocsp) = certificate.get_mut("ocsp").and_then(Value::as_object_mut) else { return };
    if ocsp.contains_key("$status") {
        return;
    }
    let time = |name: &str| ocsp.get(name).and_then(Value::as_str).and_then(|text| text.parse::<Timestamp>().ok());
    let current = match (time("this_update"), time("next_update")) {
        (Some(from), _) if as_of < from => Tri::No,
        (Some(_), Some(to)) => (as_of <= to).into(),
        _ => Tri::Unknown,
    };
    ocsp.insert("current".to_owned(), json!(current));
}
