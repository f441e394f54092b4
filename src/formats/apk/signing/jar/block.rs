//! The signature block beside a signature file: a signed message over it (AOSP `apksig`,
//! `V1SchemeVerifier.verifySigBlockAgainstSigFile`).

use super::{
    super::{
        issue::{Issue, IssueCode},
        signer::Range,
    },
    algorithms,
};
use crate::formats::{
    ber::Elements,
    cms::{Certificate, CmsError, DATA, SignedData, Signer},
    public_key::PublicKeyError,
};

/// The platform from which on all signers of a block are tried, and not the first alone: Android 7.0.
const ALL_SIGNERS: i64 = 24;
/// The platform from which on signed attributes are verified as they should be: Android 4.4.
const SIGNED_ATTRIBUTES: i64 = 19;

/// Extensions that Java knows, and so may be critical (JDK, `sun.security.x509.OIDMap`).
const EXTENSIONS: &[&str] = &[
    "1.3.6.1.5.5.7.1.1",
    "1.3.6.1.5.5.7.1.11",
    "1.3.6.1.5.5.7.48.1.5",
    "2.16.840.1.113730.1.1",
    "2.5.29.14",
    "2.5.29.15",
    "2.5.29.16",
    "2.5.29.17",
    "2.5.29.18",
    "2.5.29.19",
    "2.5.29.20",
    "2.5.29.21",
    "2.5.29.27",
    "2.5.29.28",
    "2.5.29.29",
    "2.5.29.30",
    "2.5.29.31",
    "2.5.29.32",
    "2.5.29.33",
    "2.5.29.35",
    "2.5.29.36",
    "2.5.29.37",
    "2.5.29.46",
    "2.5.29.54",
];
const KEY_USAGE: &str = "2.5.29.15";

/// Who signed a signature file, and how.
#[derive(Clone, Debug)]
pub(super) struct Verified {
    pub(super) certificate: Vec<u8>,
    /// Hash and key of the signature, as `rsa-sha256`.
    pub(super) algorithm: String,
    /// As `sha256`.
    pub(super) hash: String,
}

/// Verifies that the block is of a signer of the file.
pub(super) fn verify(block: &[u8], file: &[u8], range: Range) -> Result<Verified, Issue> {
    let message = SignedData::parse(block).map_err(|e| Issue::new(IssueCode::BlockMalformed, e.to_string()))?;
    if message.signers.is_empty() {
        return Err(IssueCode::NoSigners.into());
    }
    if message.unread_certificates > 0 {
        return Err(IssueCode::CertificateMalformed.into());
    }
    let tried = if range.min < ALL_SIGNERS { 1 } else { message.signers.len() };
    let mut verified = None;
    for signer in message.signers.iter().take(tried) {
        if let Some(certificate) = verify_signer(&message, signer, file, range)? {
            verified = verified.or(Some((signer, certificate)));
        }
    }
    let (signer, certificate) = verified.ok_or(IssueCode::SignatureMismatch)?;
    let with = signer.algorithm().ok();
    let hash = with.map_or("", |with| with.hash.name());
    Ok(Verified {
        certificate: certificate.bytes.to_vec(),
        algorithm: format!("{}-{hash}", with.map_or("", |with| with.family.name())),
        hash: hash.to_owned(),
    })
}

/// The certificate of a signer; none where its signature is not over the file, which leaves it to the others.
fn verify_signer<'m, 'a>(
    message: &'m SignedData<'a>,
    signer: &Signer<'a>,
    file: &[u8],
    range: Range,
) -> Result<Option<&'m Certificate<'a>>, Issue> {
    let (digest, signature) = (signer.digest_algorithm.as_str(), signer.signature_oid());
    if !algorithms::taken(digest, &signature, range) {
        return Err(Issue::new(IssueCode::UnsupportedBySdk, format!("hash {digest}, signature {signature}")));
    }
    let certificate = message.certificate_of(signer).ok_or(IssueCode::CertificateMissing)?;
    check_certificate(certificate)?;
    if signer.signed_attributes.is_some() && range.min < SIGNED_ATTRIBUTES {
        return Err(IssueCode::SignedAttributes.into());
    }
    // What Android signs is always beside the message; content inside it says nothing.
    match signer.verify(certificate.spki, file, &message.content_type) {
        Ok(()) => Ok(Some(certificate)),
        Err(
            CmsError::ContentType { .. } | CmsError::DigestMismatch | CmsError::Signature(PublicKeyError::Mismatch),
        ) => Ok(None),
        Err(CmsError::Signature(PublicKeyError::Unsupported(what))) => Err(Issue::new(IssueCode::KeyUnsupported, what)),
        Err(CmsError::Signature(PublicKeyError::Malformed(what))) => Err(Issue::new(IssueCode::KeyMalformed, what)),
        Err(other) => Err(Issue::new(IssueCode::BlockMalformed, format!("{other} ({DATA})"))),
    }
}

/// What Android looks at itself in the certificate of a signer.
fn check_certificate(certificate: &Certificate<'_>) -> Result<(), Issue> {
    let extensions =
        certificate.extensions().map_err(|e| Issue::new(IssueCode::CertificateMalformed, e.to_string()))?;
    if let Some(unknown) = extensions.iter().find(|one| one.critical && !EXTENSIONS.contains(&one.id.as_str())) {
        return Err(Issue::new(IssueCode::CertificateCriticalExtension, unknown.id.clone()));
    }
    let usage = extensions.iter().find(|one| one.id == KEY_USAGE);
    if usage.is_none_or(|usage| may_sign(usage.value)) { Ok(()) } else { Err(IssueCode::CertificateKeyUsage.into()) }
}

/// Digital signature or non-repudiation: the first two bits.
fn may_sign(usage: &[u8]) -> bool {
    let bits = Elements::new(usage).take(crate::formats::ber::BIT_STRING).map(|bits| bits.body);
    bits.is_ok_and(|bits| bits.get(1).is_some_and(|first| first & 0xc0 != 0))
}
