//! Who signed: the signed message over a code directory, its certificates, and whether they lead to a root of Apple's.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use x509_parser::{certificate::X509Certificate, prelude::FromDer};

use super::Verified;
use crate::{
    formats::{
        cms::{self, CmsError, SignedData},
        public_key::{self, Algorithm, Message, PublicKeyError},
        x509,
    },
    model::Digest,
};

/// Certificates of a chain; Apple's have three.
const MAX_CHAIN: usize = 10;

/// A signer, as facts have it for every kind of package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Signer {
    /// Of the certificate.
    pub sha256: Digest,
    pub subject: String,
    pub issuer: String,
    /// Lower-case hex digits.
    pub serial: String,
    pub key: x509::Key,
    /// How the certificate was signed.
    pub signature: x509::Signature,
    /// RFC 3339 in UTC.
    pub not_before: String,
    /// RFC 3339 in UTC.
    pub not_after: String,
    /// A certificate for development.
    pub debug: bool,
    /// Which public test certificate it is; no such certificate is known for iOS.
    pub public_test: String,
    pub sm2: bool,
    /// What it signed: `code` or `profile`.
    pub scheme: Vec<String>,
}

/// Where the certificates in a message lead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Chain {
    /// What Apple made the signer's certificate out for (its extension below 1.2.840.113635.100.6.1): `development`,
    /// `distribution`, `app_store`, `developer_id`, `mac_development`, `mac_distribution`; empty where it does not say.
    pub purpose: String,
    /// Certificates from the signer's to the last whose issuer is there.
    pub length: i64,
    /// `apple_root_ca`, `apple_root_ca_g2`, `apple_root_ca_g3` by their digests; `other` for a root of somebody else's,
    /// `missing` where the last certificate is no root.
    pub root: String,
    /// Of the last certificate.
    pub root_sha256: Digest,
    pub root_subject: String,
    /// Whether each certificate was signed by the next. Says nothing of dates.
    pub links_verified: Verified,
}

/// What became of a signed message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::formats::ios) struct Judged {
    pub verified: Verified,
    pub errors: Vec<String>,
    pub signer: Option<Signer>,
    pub chain: Option<Chain>,
    /// RFC 3339 in UTC, as the signer says; empty where it does not.
    pub signed_at: String,
}

impl Judged {
    /// Of a message that nobody can be held to.
    pub(super) fn without(verified: Verified, error: &str) -> Self {
        Self { verified, errors: vec![error.to_owned()], signer: None, chain: None, signed_at: String::new() }
    }
}

/// Verifies a message with one signer; `scheme` is what it is over.
pub(in crate::formats::ios) fn judge(message: &SignedData<'_>, detached: Option<&[u8]>, scheme: &str) -> Judged {
    let [signer] = &message.signers[..] else {
        return Judged::without(
            Verified::Indeterminate,
            if message.signers.is_empty() { "no_signer" } else { "several_signers" },
        );
    };
    let result = message.verify(signer, detached);
    let Some(certificate) = message.certificate_of(signer) else {
        return Judged::without(Verified::Indeterminate, "no_certificate");
    };
    let (verified, error) = verdict(result.err().as_ref());
    Judged {
        verified,
        errors: error.map(str::to_owned).into_iter().collect(),
        signer: describe(certificate, scheme),
        chain: chain(certificate, message),
        signed_at: signed_at(signer).unwrap_or_default(),
    }
}

/// The signing time (RFC 5652, 11.3): years of two digits are those from 1950 on.
fn signed_at(signer: &cms::Signer<'_>) -> Option<String> {
    const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
    const UTC_TIME: u8 = 0x17;
    let value = signer.signed_attribute(SIGNING_TIME)?;
    let text = std::str::from_utf8(value.body).ok()?.strip_suffix('Z')?;
    let short = value.tag == UTC_TIME;
    let century = if !short {
        ""
    } else if text < "50" {
        "20"
    } else {
        "19"
    };
    let digits = format!("{century}{text}");
    let part = |from: usize, to: usize| digits.get(from..to);
    let (date, time) = ((part(0, 4)?, part(4, 6)?, part(6, 8)?), (part(8, 10)?, part(10, 12)?, part(12, 14)?));
    let written = format!("{}-{}-{}T{}:{}:{}Z", date.0, date.1, date.2, time.0, time.1, time.2);
    written.parse::<jiff::Timestamp>().ok().map(|at| at.to_string())
}

/// Apple's tools write the type of the content themselves, and nothing rests on it.
fn verdict(error: Option<&CmsError>) -> (Verified, Option<&'static str>) {
    match error {
        None | Some(CmsError::ContentType { .. }) => (Verified::Yes, None),
        Some(CmsError::DigestMismatch) => (Verified::No, Some("digest_mismatch")),
        Some(CmsError::Signature(PublicKeyError::Mismatch)) => (Verified::No, Some("signature_mismatch")),
        Some(CmsError::Signature(PublicKeyError::Malformed(_))) => (Verified::No, Some("signature_malformed")),
        Some(CmsError::Signature(PublicKeyError::Unsupported(_)) | CmsError::UnknownHash(_)) => {
            (Verified::Indeterminate, Some("algorithm_unsupported"))
        }
        Some(CmsError::NoCertificate) => (Verified::Indeterminate, Some("no_certificate")),
        Some(_) => (Verified::No, Some("message_malformed")),
    }
}

fn describe(certificate: &cms::Certificate<'_>, scheme: &str) -> Option<Signer> {
    let described = certificate.describe().ok()?;
    let purpose = purpose(&certificate.as_der());
    Some(Signer {
        sha256: described.sha256,
        sm2: described.key.algorithm == "sm2",
        subject: described.subject,
        issuer: described.issuer,
        serial: described.serial,
        key: described.key,
        signature: described.signature,
        not_before: described.not_before,
        not_after: described.not_after,
        debug: matches!(purpose, "development" | "mac_development"),
        public_test: String::new(),
        scheme: vec![scheme.to_owned()],
    })
}

/// By the extensions that Apple marks certificates with.
fn purpose(der: &[u8]) -> &'static str {
    let Ok((_, certificate)) = X509Certificate::from_der(der) else { return "" };
    let marks = certificate.extensions().iter().map(|extension| extension.oid.to_id_string());
    let known = |mark: String| {
        Some(match mark.strip_prefix("1.2.840.113635.100.6.1.")? {
            "2" => "development",
            "3" => "app_store",
            "4" => "distribution",
            "7" => "mac_distribution",
            "9" => "mac_app_store",
            "12" => "mac_development",
            "13" => "developer_id",
            _ => return None,
        })
    };
    marks.filter_map(known).min().unwrap_or("")
}

fn chain(leaf: &cms::Certificate<'_>, message: &SignedData<'_>) -> Option<Chain> {
    let (mut last, mut length, mut links) = (*leaf, 1_i64, Verified::Yes);
    for _ in 0..MAX_CHAIN {
        if last.issuer == last.subject {
            break;
        }
        let Some(issuer) = message.certificates.iter().find(|candidate| candidate.subject == last.issuer) else {
            break;
        };
        links = links.and(signed_by(&last, issuer));
        last = *issuer;
        length = length.saturating_add(1);
    }
    let is_root = last.issuer == last.subject;
    if is_root {
        links = links.and(signed_by(&last, &last));
    }
    let described = last.describe().ok()?;
    Some(Chain {
        purpose: purpose(&leaf.as_der()).to_owned(),
        length,
        root: if is_root { root_name(&described.sha256) } else { "missing" }.to_owned(),
        root_sha256: described.sha256,
        root_subject: described.subject,
        links_verified: links,
    })
}

fn signed_by(certificate: &cms::Certificate<'_>, issuer: &cms::Certificate<'_>) -> Verified {
    let algorithm = Algorithm::read(certificate.algorithm, None);
    let message = Message::Bytes(certificate.tbs);
    match algorithm.and_then(|algorithm| public_key::verify(issuer.spki, algorithm, message, certificate.signature)) {
        Ok(()) => Verified::Yes,
        Err(PublicKeyError::Unsupported(_)) => Verified::Indeterminate,
        Err(_) => Verified::No,
    }
}

/// Digests of the roots that Apple publishes ("Apple PKI").
fn root_name(digest: &Digest) -> &'static str {
    match digest.hex().as_str() {
        "b0b1730ecbc7ff4505142c49f1295e6eda6bcaed7e2c68c5be91b5a11001f024" => "apple_root_ca",
        "c2b9b042dd57830e7d117dac55ac8ae19407d38e41d88f3215bc3a890444a050" => "apple_root_ca_g2",
        "63343abfb89a6a03ebb57e9b3f5fa7be7c4f5c756f3017b3a8c488c3653e9179" => "apple_root_ca_g3",
        _ => "other",
    }
}
