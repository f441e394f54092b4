//! Chains that are signed with SM2: the path to a root that the inventory names, link by link. No public list of roots has
//! any, so without such a root a chain of SM2 is `untrusted` or `incomplete`, never trusted.

use jiff::Timestamp;

use super::ChainStatus;
use crate::formats::{sm2, x509};

/// Longer paths are not followed.
const DEPTH: usize = 8;

/// Whether a certificate is signed with SM2.
pub(super) fn applies(sent: &[Vec<u8>]) -> bool {
    sent.first().and_then(|der| x509::decode(der).ok()).is_some_and(|own| own.certificate.signature.algorithm == "sm2")
}

/// What a chain is worth, and the subject of the root it leads to.
pub(super) fn judge(
    sent: &[Vec<u8>],
    self_signed: bool,
    own_roots: &[Vec<u8>],
    as_of: Timestamp,
) -> (ChainStatus, String) {
    let none = |status| (status, String::new());
    let Some(own) = sent.first() else { return none(ChainStatus::Unknown) };
    let mut current = own.as_slice();
    for _ in 0..DEPTH {
        let Ok(decoded) = x509::decode(current) else { return none(ChainStatus::Unknown) };
        if !in_time(&decoded.certificate, as_of) {
            return none(ChainStatus::Expired);
        }
        if let Some(root) = own_roots.iter().find(|root| root.as_slice() == current || signed_by(current, root)) {
            let Ok(root) = x509::decode(root) else { return none(ChainStatus::Unknown) };
            let valid = in_time(&root.certificate, as_of);
            return if valid { (ChainStatus::Trusted, root.certificate.subject) } else { none(ChainStatus::Expired) };
        }
        if decoded.self_issued {
            // A root that nobody named; or a certificate that vouches for itself alone.
            return none(if self_signed { ChainStatus::SelfSigned } else { ChainStatus::Untrusted });
        }
        match sent.iter().skip(1).find(|issuer| signed_by(current, issuer)) {
            Some(issuer) => current = issuer,
            None => return none(ChainStatus::Incomplete),
        }
    }
    none(ChainStatus::Unknown)
}

/// Whether `issuer` is an authority of that name and its key made the signature.
fn signed_by(certificate: &[u8], issuer: &[u8]) -> bool {
    let (Ok(signed), Ok(signer)) = (x509::decode(certificate), x509::decode(issuer)) else { return false };
    signed.certificate.issuer == signer.certificate.subject
        && signer.certificate.ca
        && sm2::verify_certificate(certificate, issuer).is_ok()
}

fn in_time(certificate: &x509::Certificate, as_of: Timestamp) -> bool {
    let time = |text: &str| text.parse::<Timestamp>().ok();
    match (time(&certificate.not_before), time(&certificate.not_after)) {
        (Some(from), Some(to)) => from <= as_of && as_of <= to,
        _ => false,
    }
}
