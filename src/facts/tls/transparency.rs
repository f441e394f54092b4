//! Signed certificate timestamps of a certificate: from where they came, and whether the log that they name made them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

use crate::{
    formats::{
        ct_logs::Log,
        signature::{SignatureError, issued_by},
        tls::{
            from_hex, hex,
            sct::{self, Entry, Sct},
        },
        x509,
    },
    model::{Digest, Fact, Tri, UnreadStatus},
};

/// A signed certificate timestamp.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Timestamped {
    /// SHA-256 of the log's key, in hex; empty in a version that nobody knows.
    pub log_id: String,
    /// The log as its list names it; empty where no given list has it.
    pub log: String,
    /// RFC 3339 in UTC; empty where it cannot be written.
    pub timestamp: String,
    pub origin: Origin,
    /// Whether the log made it for this certificate, and not in the future. Unknown where its key, or the issuer of the
    /// certificate, is not at hand.
    pub verified: Tri,
    /// As it came, in hex, so that it can be verified again with another list.
    pub raw: String,
}

/// How a timestamp came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Inside the certificate.
    Certificate,
    /// In the stapled OCSP response.
    Ocsp,
    /// In an extension of the handshake; TLS 1.3 encrypts it, and it is not seen there.
    Tls,
}

/// The timestamps within a certificate.
pub(super) fn embedded(certificate: &[u8]) -> Fact<Vec<Timestamped>> {
    match sct::embedded(certificate) {
        Ok(list) => Fact::Known(list.iter().map(|raw| read(raw, Origin::Certificate)).collect()),
        Err(_) => Fact::unread(UnreadStatus::Error, "sct_malformed"),
    }
}

/// The timestamps of a list that came beside a certificate.
pub(super) fn beside(list: &[u8], origin: Origin) -> Fact<Vec<Timestamped>> {
    match sct::list(list) {
        Ok(list) => Fact::Known(list.iter().map(|raw| read(raw, origin)).collect()),
        Err(_) => Fact::unread(UnreadStatus::Error, "sct_malformed"),
    }
}

/// All that came about one certificate, each once. A list that cannot be read leaves open how many there are.
pub(super) fn join(kept: &mut Fact<Vec<Timestamped>>, more: Fact<Vec<Timestamped>>) {
    match (kept, more) {
        (Fact::Known(list), Fact::Known(more)) => {
            for one in more {
                if !list.iter().any(|other| other.raw == one.raw && other.origin == one.origin) {
                    list.push(one);
                }
            }
        }
        (kept @ Fact::Known(_), more @ Fact::Unread(_)) => *kept = more,
        (Fact::Unread(_), _) => {}
    }
}

fn read(raw: &[u8], origin: Origin) -> Timestamped {
    // One that does not parse, or is of another version, proves nothing; it is still one that came.
    let sct = Sct::parse(raw).ok().flatten();
    Timestamped {
        log_id: sct.as_ref().map_or_else(String::new, |sct| hex(&sct.log_id)),
        log: String::new(),
        timestamp: sct.as_ref().and_then(time).map_or_else(String::new, |time| time.to_string()),
        origin,
        verified: Tri::Unknown,
        raw: hex(raw),
    }
}

fn time(sct: &Sct) -> Option<Timestamp> {
    Timestamp::from_millisecond(i64::try_from(sct.timestamp).ok()?).ok()
}

/// Verifies every timestamp of a certificate with the logs at hand, and counts them.
pub(super) fn at_evaluation(certificate: &mut Map<String, Value>, logs: &[Log], as_of: Timestamp) {
    let pem = certificate.get("chain").and_then(|chain| chain.get("pem")).and_then(Value::as_str).unwrap_or_default();
    let chain = x509::from_pem(pem.as_bytes());
    let list = Fact::<Vec<Timestamped>>::deserialize(certificate.get("scts").unwrap_or(&Value::Null));
    let Ok(Fact::Known(mut list)) = list else {
        certificate
            .insert("ct_scts_wrong".to_owned(), json!(Fact::<i64>::unread(UnreadStatus::Error, "sct_malformed")));
        return;
    };
    let own = Own::of(&chain);
    for one in &mut list {
        let Some(sct) = from_hex(&one.raw).and_then(|raw| Sct::parse(&raw).ok().flatten()) else { continue };
        let log = logs.iter().find(|log| log.id == sct.log_id);
        one.log = log.map_or_else(String::new, |log| log.name.clone());
        one.verified = match log {
            Some(_) if time(&sct).is_none_or(|time| time > as_of) => Tri::No,
            Some(log) => own.as_ref().map_or(Tri::Unknown, |own| own.verify(&sct, one.origin, &log.key)),
            None => Tri::Unknown,
        };
    }
    let wrong = list.iter().filter(|one| one.verified == Tri::No).count();
    certificate.insert("ct_scts_wrong".to_owned(), json!(wrong));
    certificate.insert("scts".to_owned(), json!(list));
}

/// The certificate that timestamps are about, in the forms that logs sign.
struct Own<'a> {
    der: &'a [u8],
    precertificate: Option<Vec<u8>>,
    /// Only of a certificate whose key made the signature.
    issuer_key_hash: Option<[u8; 32]>,
}

impl<'a> Own<'a> {
    fn of(chain: &'a [Vec<u8>]) -> Option<Self> {
        let der = chain.first()?;
        let issuer = chain.iter().find(|other| issued_by(der, other).is_ok());
        let key = |der: &Vec<u8>| {
            X509Certificate::from_der(der).ok().map(|(_, issuer)| *Digest::of(issuer.public_key().raw).as_bytes())
        };
        Some(Self { der, precertificate: sct::precertificate(der).ok(), issuer_key_hash: issuer.and_then(key) })
    }

    fn verify(&self, sct: &Sct, origin: Origin, key: &[u8]) -> Tri {
        let entry = match (origin, &self.precertificate, &self.issuer_key_hash) {
            (Origin::Ocsp | Origin::Tls, ..) => Entry::Certificate(self.der),
            (Origin::Certificate, Some(tbs), Some(issuer_key_hash)) => Entry::Precertificate { issuer_key_hash, tbs },
            (Origin::Certificate, ..) => return Tri::Unknown,
        };
        match sct.verify(entry, key) {
            Ok(()) => Tri::Yes,
            Err(SignatureError::Unsupported) => Tri::Unknown,
            Err(SignatureError::Malformed(_) | SignatureError::Mismatch) => Tri::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::{Fact, Origin, Timestamped, at_evaluation, beside, embedded, join};
    use crate::formats::{ct_logs, x509};

    macro_rules! data {
        ($name:literal) => {
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/ct/", $name)).as_slice()
        };
    }

    /// What is said of the timestamps of a chain, which may be changed before; and how many are wrong.
    fn said(chain: &[&[u8]], on: &str, change: impl FnOnce(&mut Vec<Timestamped>)) -> (Vec<String>, Value) {
        let mut scts = embedded(data!("leaf.der"));
        join(&mut scts, beside(data!("tls.bin"), Origin::Tls));
        join(&mut scts, beside(data!("tls.bin"), Origin::Tls));
        let Fact::Known(mut list) = scts else { panic!("they can be read") };
        change(&mut list);
        let pem = x509::to_pem(chain.iter().copied());
        let mut certificate =
            Map::from_iter([("chain".to_owned(), json!({"pem": pem})), ("scts".to_owned(), json!(list))]);
        let logs = ct_logs::read(data!("logs.json")).unwrap();
        at_evaluation(&mut certificate, &logs, on.parse().unwrap());
        let words = certificate["scts"].as_array().unwrap().iter();
        let words = words.map(|sct| format!("{} {} {}", sct["origin"], sct["log"], sct["verified"]).replace('"', ""));
        (words.collect(), certificate["ct_scts_wrong"].clone())
    }

    const DAY: &str = "2026-11-21T00:00:00Z";

    #[test]
    fn each_timestamp_is_held_against_its_log_wherever_it_came() {
        let (words, wrong) = said(&[data!("leaf.der"), data!("issuer.der")], DAY, |_| {});
        assert_eq!(words, ["certificate Test log1 yes", "certificate Test log2 yes", "tls Test log1 yes"]);
        assert_eq!(wrong, 0);
    }

    #[test]
    fn a_changed_byte_and_a_time_to_come_are_wrong_and_an_unknown_log_is_not_known() {
        let whole = [data!("leaf.der"), data!("issuer.der")];
        let (words, wrong) = said(&whole, DAY, |list| {
            // The last byte of a signature, and the first of the log's number.
            let end = list[0].raw.len() - 1;
            let last = if list[0].raw.ends_with('0') { "1" } else { "0" };
            list[0].raw.replace_range(end.., last);
            let first = if list[1].raw[2..].starts_with('0') { "1" } else { "0" };
            list[1].raw.replace_range(2..3, first);
        });
        assert_eq!(words, ["certificate Test log1 no", "certificate  unknown", "tls Test log1 yes"]);
        assert_eq!(wrong, 1);
        assert_eq!(said(&whole, "2024-12-31T23:59:59Z", |_| {}).1, 3);
    }

    #[test]
    fn without_the_issuer_nobody_can_tell_what_the_log_signed() {
        let (words, wrong) = said(&[data!("leaf.der")], DAY, |_| {});
        assert_eq!(words, ["certificate Test log1 unknown", "certificate Test log2 unknown", "tls Test log1 yes"]);
        assert_eq!(wrong, 0);
    }

    #[test]
    fn a_list_that_cannot_be_read_is_not_an_empty_one() {
        let mut scts = embedded(data!("leaf.der"));
        join(&mut scts, beside(&[0, 9, 1], Origin::Ocsp));
        assert!(scts.known().is_none());
        let mut certificate = Map::from_iter([("scts".to_owned(), json!(scts))]);
        at_evaluation(&mut certificate, &[], DAY.parse().unwrap());
        assert_eq!(certificate["ct_scts_wrong"]["reason"], "sct_malformed");
    }
}
