//! What a response is worth for one certificate: whether it is about it, and whether its issuer answers for it.

use jiff::Timestamp;
use ring::digest::{self, Algorithm};
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

use super::{Answer, Basic, OcspError, Responder, Status, decode};
use crate::{
    formats::signature::{self, SignatureError, issued_by},
    model::Tri,
};

/// What a response says of one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub status: Status,
    pub produced_at: Timestamp,
    pub this_update: Timestamp,
    /// When there will be a newer one for certain.
    pub next_update: Option<Timestamp>,
    /// Whether the issuer, or one whom it let answer for it, signed. Unknown where the issuer was not sent along or the
    /// algorithm cannot be verified.
    pub signed: Tri,
    /// SignedCertificateTimestampList of RFC 6962.
    pub scts: Option<Vec<u8>>,
}

/// Reads a response as one about the first certificate of a chain, whose other members may hold its issuer.
pub fn judge(response: &[u8], chain: &[Vec<u8>]) -> Result<Told, OcspError> {
    let basic = decode(response)?;
    let own = chain.first().ok_or(OcspError::Certificate)?;
    let (_, leaf) = X509Certificate::from_der(own).map_err(|_| OcspError::Certificate)?;
    // Whoever sends the chain could put a namesake of the issuer into it: only one whose key signed counts.
    let issuer = chain.iter().find(|other| issued_by(own, other).is_ok());
    let issuer = issuer.and_then(|der| X509Certificate::from_der(der).ok().map(|(_, certificate)| (der, certificate)));
    let about = |answer: &&Answer<'_>| {
        let Some(hash) = algorithm(answer.hash) else { return false };
        let same = |bytes: &[u8], expected: &[u8]| digest::digest(hash, bytes).as_ref() == expected;
        answer.serial == leaf.raw_serial()
            && same(leaf.issuer().as_raw(), answer.issuer_name_hash)
            && issuer.as_ref().is_none_or(|(_, issuer)| same(key_bits(issuer), answer.issuer_key_hash))
    };
    let answer = basic.answers.iter().find(about).ok_or(OcspError::OtherCertificate)?;
    let signed = issuer.map_or(Tri::Unknown, |(der, issuer)| match verify(&basic, der, &issuer) {
        Ok(()) => Tri::Yes,
        Err(SignatureError::Unsupported) => Tri::Unknown,
        Err(SignatureError::Malformed(_) | SignatureError::Mismatch) => Tri::No,
    });
    Ok(Told {
        status: answer.status,
        produced_at: basic.produced_at,
        this_update: answer.this_update,
        next_update: answer.next_update,
        signed,
        scts: answer.scts.map(<[u8]>::to_vec),
    })
}

/// RFC 6960 section 4.2.2.2: by the issuer itself, or by a certificate for this purpose that the issuer signed.
fn verify(basic: &Basic<'_>, issuer_der: &[u8], issuer: &X509Certificate<'_>) -> Result<(), SignatureError> {
    let with = |key: &[u8]| signature::verify(key, basic.algorithm, basic.signed, basic.signature);
    if answers(&basic.responder, issuer) {
        return with(issuer.public_key().raw);
    }
    for der in &basic.certificates {
        let Ok((_, delegate)) = X509Certificate::from_der(der) else { continue };
        if answers(&basic.responder, &delegate) && may_answer(&delegate, basic.produced_at) {
            return issued_by(der, issuer_der).and_then(|()| with(delegate.public_key().raw));
        }
    }
    Err(SignatureError::Mismatch)
}

fn answers(responder: &Responder<'_>, certificate: &X509Certificate<'_>) -> bool {
    match responder {
        Responder::Named(name) => *name == certificate.subject().as_raw(),
        Responder::Keyed(hash) => {
            digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, key_bits(certificate)).as_ref() == *hash
        }
    }
}

/// Made for signing responses, and valid when this one was made. Its own revocation is not looked up.
fn may_answer(delegate: &X509Certificate<'_>, at: Timestamp) -> bool {
    let validity = delegate.validity();
    let purpose = delegate.extended_key_usage().ok().flatten().is_some_and(|usage| usage.value.ocsp_signing);
    purpose && validity.not_before.timestamp() <= at.as_second() && at.as_second() <= validity.not_after.timestamp()
}

fn key_bits<'a>(certificate: &'a X509Certificate<'_>) -> &'a [u8] {
    &certificate.public_key().subject_public_key.data
}

/// Hashes of CertID by the contents of their number.
fn algorithm(oid: &[u8]) -> Option<&'static Algorithm> {
    match oid {
        [0x2b, 0x0e, 3, 2, 0x1a] => Some(&digest::SHA1_FOR_LEGACY_USE_ONLY),
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1] => Some(&digest::SHA256),
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2] => Some(&digest::SHA384),
        [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3] => Some(&digest::SHA512),
        _ => None,
    }
}
