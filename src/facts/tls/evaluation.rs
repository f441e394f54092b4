//! What the trust roots and the day say of a recorded chain.

use std::time::Duration;

use jiff::Timestamp;
use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use serde_json::{Map, Value, json};
use webpki::{EndEntityCert, Error, KeyUsage, anchor_from_trusted_cert};
use x509_parser::prelude::FromDer;

use super::{ChainStatus, ocsp, sm2_trust, transparency};
use crate::{facts::EvaluationContext, formats::x509};

/// Fills in `days_left` and the verdict on the chain of every certificate.
pub(in crate::facts) fn at_evaluation(tls: &mut Value, context: &EvaluationContext<'_>) {
    for group in ["certificates", "certificates_without_name"] {
        if let Some(list) = tls.get_mut(group).and_then(Value::as_array_mut) {
            of_list(list, context);
        }
    }
}

fn of_list(list: &mut [Value], context: &EvaluationContext<'_>) {
    for certificate in list.iter_mut().filter_map(Value::as_object_mut) {
        let days = days_left(certificate, context.as_of);
        certificate.insert("days_left".to_owned(), days);
        ocsp::at_evaluation(certificate, context.as_of);
        transparency::at_evaluation(certificate, context.ct_logs, context.as_of);
        let self_signed = certificate.get("self_signed") == Some(&json!(true));
        let Some(chain) = certificate.get_mut("chain").and_then(Value::as_object_mut) else { continue };
        let sent = x509::from_pem(chain.get("pem").and_then(Value::as_str).unwrap_or_default().as_bytes());
        let (status, root) = if sm2_trust::applies(&sent) {
            sm2_trust::judge(&sent, self_signed, context.roots, context.as_of)
        } else {
            judge(&sent, self_signed, context.roots, context.as_of)
        };
        chain.insert("status".to_owned(), json!(status));
        chain.insert("root".to_owned(), json!(root));
    }
}

fn days_left(certificate: &Map<String, Value>, as_of: Timestamp) -> Value {
    let until = certificate.get("not_after").and_then(Value::as_str).and_then(|t| t.parse::<Timestamp>().ok());
    match until {
        Some(until) => json!((until.as_second() - as_of.as_second()).div_euclid(86_400)),
        None => json!({"$status": "error", "reason": "not_after"}),
    }
}

/// What a chain is worth, and the subject of the root it leads to.
fn judge(sent: &[Vec<u8>], self_signed: bool, own_roots: &[Vec<u8>], as_of: Timestamp) -> (ChainStatus, String) {
    let unknown = (ChainStatus::Unknown, String::new());
    let Some((own, others)) = sent.split_first() else { return unknown };
    let own_roots: Vec<CertificateDer<'_>> = own_roots.iter().map(|der| der.as_slice().into()).collect();
    // A root that the user names and that is no certificate cannot be relied on: it is as if it were not there.
    let named = own_roots.iter().filter_map(|der| anchor_from_trusted_cert(der).ok());
    let anchors: Vec<TrustAnchor<'_>> = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().chain(named).collect();
    let own_der = CertificateDer::from(own.as_slice());
    let intermediates: Vec<CertificateDer<'_>> = others.iter().map(|der| der.as_slice().into()).collect();
    let seconds = u64::try_from(as_of.as_second()).unwrap_or(0);
    let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms.all;
    let end_entity = match EndEntityCert::try_from(&own_der) {
        Ok(cert) => cert,
        Err(_) if self_signed => return (ChainStatus::SelfSigned, String::new()),
        Err(_) => return unknown,
    };
    let path =
        end_entity.verify_for_usage(algorithms, &anchors, &intermediates, time, KeyUsage::server_auth(), None, None);
    match path {
        Ok(path) => (ChainStatus::Trusted, subject(path.anchor())),
        Err(e) => (verdict(&e, sent, self_signed), String::new()),
    }
}

fn verdict(error: &Error, sent: &[Vec<u8>], self_signed: bool) -> ChainStatus {
    match error {
        Error::CertExpired { .. } | Error::CertNotValidYet { .. } => ChainStatus::Expired,
        _ if self_signed => ChainStatus::SelfSigned,
        // A root that we do not know is not a missing link; a link without its issuer is.
        Error::UnknownIssuer if ends_in_a_root(sent) => ChainStatus::Untrusted,
        Error::UnknownIssuer => ChainStatus::Incomplete,
        // Algorithms that we cannot verify (SM2 among them) say nothing about trust.
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_)
        | Error::UnsupportedCertVersion
        | Error::UnsupportedCriticalExtension => ChainStatus::Unknown,
        _ => ChainStatus::Untrusted,
    }
}

/// Whether one of the certificates that came along signed itself.
fn ends_in_a_root(sent: &[Vec<u8>]) -> bool {
    sent.iter().skip(1).any(|der| x509::decode(der).is_ok_and(|decoded| decoded.self_issued))
}

/// The name of a trust root: its DER holds the name without the outer sequence.
fn subject(anchor: &TrustAnchor<'_>) -> String {
    let inner = anchor.subject.as_ref();
    let mut der = vec![0x30];
    match u8::try_from(inner.len()) {
        Ok(length @ 0..=0x7f) => der.push(length),
        Ok(length) => der.extend([0x81, length]),
        Err(_) => {
            let Ok(length) = u16::try_from(inner.len()) else { return String::new() };
            der.push(0x82);
            der.extend(length.to_be_bytes());
        }
    }
    der.extend(inner);
    x509_parser::x509::X509Name::from_der(&der).map_or_else(|_| String::new(), |(_, name)| name.to_string())
}

#[cfg(test)]
mod tests {
    use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};

    use super::{ChainStatus, judge};

    fn key() -> KeyPair {
        KeyPair::generate().unwrap()
    }

    fn authority(name: &str) -> CertificateParams {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
    }

    /// A root, an intermediate and a leaf, as DER.
    fn chain(not_after: (i32, u8, u8)) -> [Vec<u8>; 3] {
        let (root_key, inter_key, leaf_key) = (key(), key(), key());
        let root = authority("Test root").self_signed(&root_key).unwrap();
        let root_params = authority("Test root");
        let inter_params = authority("Test intermediate");
        let inter = inter_params.signed_by(&inter_key, &Issuer::from_params(&root_params, &root_key)).unwrap();
        let mut leaf_params = CertificateParams::new(vec!["a.example".to_owned()]).unwrap();
        leaf_params.not_after = date_time_ymd(not_after.0, not_after.1, not_after.2);
        let leaf = leaf_params.signed_by(&leaf_key, &Issuer::from_params(&inter_params, &inter_key)).unwrap();
        [root.der().to_vec(), inter.der().to_vec(), leaf.der().to_vec()]
    }

    fn at() -> jiff::Timestamp {
        "2026-11-21T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn the_ways_in_which_a_chain_can_be_wrong_are_told_apart() {
        let [root, inter, leaf] = chain((2030, 1, 1));
        let judged = |sent: &[&Vec<u8>], roots: &[&Vec<u8>]| {
            let sent: Vec<_> = sent.iter().map(|d| (*d).clone()).collect();
            let roots: Vec<_> = roots.iter().map(|d| (*d).clone()).collect();
            judge(&sent, false, &roots, at())
        };
        let (status, name) = judged(&[&leaf, &inter], &[&root]);
        assert_eq!((status, name.as_str()), (ChainStatus::Trusted, "CN=Test root"));
        assert_eq!(judged(&[&leaf, &inter], &[]).0, ChainStatus::Incomplete);
        assert_eq!(judged(&[&leaf], &[&root]).0, ChainStatus::Incomplete);
        assert_eq!(judged(&[&leaf, &inter, &root], &[]).0, ChainStatus::Untrusted);
        assert_eq!(judged(&[], &[]).0, ChainStatus::Unknown);
    }

    #[test]
    fn the_day_of_evaluation_decides_whether_it_is_over() {
        let [root, inter, leaf] = chain((2026, 11, 20));
        assert_eq!(
            judge(&[leaf.clone(), inter.clone()], false, std::slice::from_ref(&root), at()).0,
            ChainStatus::Expired
        );
        let before = "2026-11-01T00:00:00Z".parse().unwrap();
        assert_eq!(judge(&[leaf, inter], false, &[root], before).0, ChainStatus::Trusted);
    }

    #[test]
    fn a_certificate_that_signed_itself_is_self_signed() {
        let own = CertificateParams::new(vec!["a.example".to_owned()]).unwrap().self_signed(&key()).unwrap();
        assert_eq!(judge(&[own.der().to_vec()], true, &[], at()).0, ChainStatus::SelfSigned);
        assert_eq!(judge(&[own.der().to_vec()], true, &[own.der().to_vec()], at()).0, ChainStatus::Trusted);
    }
}
