//! What is known of each TLS endpoint, in short: that part of the judged facts which an appendix shows.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::facts::tls::{
    Certificate, ChainStatus, Cost, Endpoint, Feature, Grade, Named, Ocsp, Protocol, ProtocolStatus, Role, Service,
    Suite, Tls,
};
use crate::model::{AssetId, Digest, Fact, Tri};

/// One TLS endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointRecord {
    pub asset: AssetId,
    /// Unread as a whole where nobody looked.
    pub found: Fact<EndpointInfo>,
}

/// What was found there. Each value is that of the facts, or says why it is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EndpointInfo {
    pub endpoint: Endpoint,
    pub service: Fact<Service>,
    /// The oldest first.
    pub protocols: Vec<ProtocolInfo>,
    /// Each suite that any version takes, once, by number.
    pub suites: Vec<Suite>,
    pub groups: Fact<Vec<String>>,
    pub signature_schemes: Fact<Vec<String>>,
    /// 0 where no suite has one.
    pub dh_bits: Fact<i64>,
    pub certificates: Fact<Vec<CertificateInfo>>,
    pub features: BTreeMap<Feature, Fact<bool>>,
    pub alpn: Fact<Vec<String>>,
    pub grade: Fact<Grade>,
    pub cost: Cost,
}

/// What one version met.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProtocolInfo {
    /// As `TLS 1.2`.
    pub version: String,
    pub status: Fact<ProtocolStatus>,
    pub alert: Fact<String>,
    pub server_order: Tri,
    /// Numbers of suites.
    pub suites: Fact<Vec<String>>,
}

/// One certificate that the server proves itself with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CertificateInfo {
    pub role: Role,
    pub subject: String,
    pub issuer: String,
    pub san: Vec<String>,
    pub not_before: String,
    pub not_after: String,
    pub days_left: Fact<i64>,
    /// Algorithm, curve and bits.
    pub key: String,
    /// Algorithm and hash.
    pub signature: String,
    pub sha256: Digest,
    pub chain: Fact<ChainStatus>,
    pub chain_length: i64,
    pub root: Fact<String>,
    pub name_matches: Tri,
    pub key_proven: Tri,
    /// What a stapled response says of it.
    pub ocsp: Fact<Ocsp>,
    /// Signed timestamps that it carries, and those of them whose signature is wrong.
    pub ct_scts: i64,
    pub ct_scts_wrong: Fact<i64>,
}

impl EndpointRecord {
    /// From the facts of the asset, on the day of the evaluation.
    pub fn new(asset: AssetId, facts: &Value) -> Self {
        Self { asset, found: Tls::of(facts).map(|tls| EndpointInfo::from(&tls)) }
    }
}

impl From<&Tls> for EndpointInfo {
    fn from(tls: &Tls) -> Self {
        Self {
            endpoint: tls.endpoint.clone(),
            service: tls.service.clone(),
            protocols: tls.protocols.each().map(|(version, protocol)| protocol_info(version, protocol)).into(),
            suites: suites(tls),
            groups: names(&tls.groups),
            signature_schemes: names(&tls.signature_schemes),
            dh_bits: tls.dh_bits.clone(),
            certificates: tls.certificates.as_ref().map(|list| list.iter().map(CertificateInfo::from).collect()),
            features: Feature::ALL.iter().map(|feature| (*feature, tls.feature(*feature))).collect(),
            alpn: tls.alpn.clone(),
            grade: tls.grade.clone(),
            cost: tls.cost.clone(),
        }
    }
}

fn protocol_info(version: &str, protocol: &Protocol) -> ProtocolInfo {
    ProtocolInfo {
        version: version.to_owned(),
        status: protocol.status.clone(),
        alert: protocol.alert.clone(),
        server_order: protocol.server_order,
        suites: protocol.suites.as_ref().map(|suites| suites.iter().map(|suite| suite.id.clone()).collect()),
    }
}

fn suites(tls: &Tls) -> Vec<Suite> {
    let all = tls.protocols.each().into_iter().filter_map(|(_, protocol)| protocol.suites.known()).flatten();
    let mut seen = BTreeSet::new();
    let mut suites: Vec<_> = all.filter(|suite| seen.insert(&suite.id)).cloned().collect();
    suites.sort_by(|a, b| a.id.cmp(&b.id));
    suites
}

fn names(list: &Fact<Vec<Named>>) -> Fact<Vec<String>> {
    list.as_ref().map(|list| list.iter().map(|named| named.words().to_owned()).collect())
}

impl From<&Certificate> for CertificateInfo {
    fn from(certificate: &Certificate) -> Self {
        let about = &certificate.about;
        Self {
            role: certificate.role,
            subject: about.subject.clone(),
            issuer: about.issuer.clone(),
            san: about.san.clone(),
            not_before: about.not_before.clone(),
            not_after: about.not_after.clone(),
            days_left: certificate.days_left.clone(),
            key: certificate.key_words(),
            signature: certificate.signature_words(),
            sha256: about.sha256,
            chain: certificate.chain.status.clone(),
            chain_length: certificate.chain.length,
            root: certificate.chain.root.clone(),
            name_matches: certificate.name_matches,
            key_proven: certificate.key_proven,
            ocsp: certificate.ocsp.clone(),
            ct_scts: certificate.ct_scts,
            ct_scts_wrong: certificate.ct_scts_wrong.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{EndpointInfo, EndpointRecord};
    use crate::facts::tls::{Feature, Tls, testing};
    use crate::model::{AssetId, Fact};

    fn record(tls: &Tls) -> EndpointRecord {
        EndpointRecord::new("web".parse::<AssetId>().unwrap(), &json!({"tls": tls}))
    }

    #[test]
    fn what_is_shown_is_what_the_facts_say() {
        let servers =
            [testing::good(), testing::tlcp_only(), testing::dual(), testing::closed(), testing::with_unknowns()];
        for tls in servers {
            let Fact::Known(info) = record(&tls).found else { panic!("it was looked at") };
            for ((version, protocol), shown) in tls.protocols.each().into_iter().zip(&info.protocols) {
                assert_eq!((version, &protocol.status), (shown.version.as_str(), &shown.status));
                assert_eq!(protocol.suites.known().map(Vec::len), shown.suites.known().map(Vec::len));
                for suite in protocol.suites.known().into_iter().flatten() {
                    assert!(info.suites.contains(suite), "{}", suite.name);
                }
            }
            assert!(info.suites.is_sorted_by(|a, b| a.id < b.id), "each once, by number");
            assert_eq!(info.features[&Feature::Compression], tls.feature(Feature::Compression));
            assert_eq!(info.certificates.known().map(Vec::len), tls.certificates.known().map(Vec::len));
            assert_eq!((info.dh_bits, info.cost), (tls.dh_bits, tls.cost));
        }
    }

    #[test]
    fn it_reads_back_and_carries_no_certificate_bytes() {
        for tls in [testing::dual(), testing::with_unknowns()] {
            let record = record(&tls);
            let text = serde_json::to_string(&record).unwrap();
            assert_eq!(serde_json::from_str::<EndpointRecord>(&text).unwrap(), record);
            assert!(!text.contains("BEGIN CERTIFICATE") && text.len() < 12_000, "{}", text.len());
        }
    }

    #[test]
    fn where_nobody_looked_that_is_all_there_is_to_say() {
        let why = json!({"$status": "not_tested", "reason": "unauthorised"});
        let asset = || "web".parse::<AssetId>().unwrap();
        let unread = |facts: &serde_json::Value| -> Option<EndpointInfo> {
            EndpointRecord::new(asset(), facts).found.known().cloned()
        };
        assert_eq!(unread(&json!({"tls": why})), None);
        assert_eq!(unread(&json!({"inventory": {}})), None);
    }
}
