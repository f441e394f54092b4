//! A signed message as packages and profiles have it: its content, its signers, and whether their signatures hold.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

use super::{
    chain::{self, Chain},
    document::Verified,
};
use crate::formats::{
    ber::Element,
    cms::{CmsError, SignedData, Signer},
    public_key::PublicKeyError,
    x509,
};

const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
/// Signers that are looked at; one is in practice.
const MAX_SIGNERS: usize = 8;

/// What a message turned out to be.
#[derive(Clone, Debug)]
pub(super) struct Message {
    pub content: Vec<u8>,
    /// Every signature fits, and so does every chain, at the time that the signature claims.
    pub verified: Verified,
    /// Of the first signer.
    pub chain: Chain,
    pub signers: Vec<x509::Certificate>,
    /// Key of the first signer, as a SubjectPublicKeyInfo; empty where its certificate is not there.
    pub key: Vec<u8>,
    /// Of the first signer, where it says when.
    pub signed_at: Option<Timestamp>,
    /// `cms.*` and `chain.*`; sorted.
    pub errors: Vec<String>,
}

/// Reads and verifies a message.
pub(super) fn read(bytes: &[u8]) -> Result<Message, &'static str> {
    let data = SignedData::parse(bytes).map_err(|error| match error {
        CmsError::TooMany { .. } => "cms.too_large",
        _ => "cms.malformed",
    })?;
    let content = data.content.as_deref().ok_or("cms.no_content")?.to_vec();
    let mut verdicts = Vec::new();
    let mut errors = Vec::new();
    let mut chains = Vec::new();
    let mut signers = Vec::new();
    let mut times = Vec::new();
    let mut key = Vec::new();
    if data.signers.is_empty() {
        errors.push("cms.no_signer".to_owned());
        verdicts.push(Verified::No);
    }
    if data.signers.len() > MAX_SIGNERS {
        errors.push("cms.too_many_signers".to_owned());
        verdicts.push(Verified::Indeterminate);
    }
    for signer in data.signers.iter().take(MAX_SIGNERS) {
        let (verdict, error) = signature(&data, signer);
        verdicts.push(verdict);
        errors.extend(error.map(str::to_owned));
        let signed_at = signing_time(signer);
        if signed_at.is_none() {
            errors.push("cms.no_signing_time".to_owned());
            verdicts.push(Verified::Indeterminate);
        }
        times.push(signed_at);
        if let Some(certificate) = data.certificate_of(signer) {
            let chain = chain::build(certificate, &data.certificates, signed_at);
            verdicts.push(of_chain(&chain));
            errors.extend(chain.errors.iter().cloned());
            signers.extend(certificate.describe().ok());
            if key.is_empty() {
                key = certificate.spki.to_vec();
            }
            chains.push(chain);
        }
    }
    errors.sort();
    errors.dedup();
    let verified = verdicts.into_iter().max().unwrap_or(Verified::No);
    let chain = chains.into_iter().next().unwrap_or_else(Chain::none);
    Ok(Message { content, verified, chain, signers, key, signed_at: times.into_iter().next().flatten(), errors })
}

fn signature(data: &SignedData<'_>, signer: &Signer<'_>) -> (Verified, Option<&'static str>) {
    match data.verify(signer, None) {
        Ok(_) => (Verified::Yes, None),
        Err(CmsError::Signature(PublicKeyError::Unsupported(_)) | CmsError::UnknownHash(_)) => {
            (Verified::Indeterminate, Some("cms.algorithm_unsupported"))
        }
        Err(CmsError::NoCertificate) => (Verified::No, Some("cms.no_certificate_of_signer")),
        Err(CmsError::DigestMismatch) => (Verified::No, Some("cms.digest_mismatch")),
        Err(CmsError::Signature(_)) => (Verified::No, Some("cms.signature_mismatch")),
        Err(_) => (Verified::No, Some("cms.signed_attributes")),
    }
}

/// The platform refuses what was signed outside of the validity of the certificates.
fn of_chain(chain: &Chain) -> Verified {
    if chain.errors.iter().any(|error| error == "chain.outside_validity") { Verified::No } else { chain.verified }
}

/// The signed attribute signingTime (RFC 5652, 11.3).
fn signing_time(signer: &Signer<'_>) -> Option<Timestamp> {
    let attributes = signer.signed_attributes.as_ref()?;
    let mut times = attributes.iter().filter(|attribute| attribute.id == SIGNING_TIME);
    let (attribute, None) = (times.next()?, times.next()) else { return None };
    let [value] = attribute.values.as_slice() else { return None };
    time(value)
}

/// `YYMMDDhhmmssZ`, or with four digits of the year (RFC 5280, 4.1.2.5).
fn time(value: &Element<'_>) -> Option<Timestamp> {
    let text = std::str::from_utf8(value.body).ok()?.strip_suffix('Z')?;
    let (year, rest) = match value.tag {
        UTC_TIME => {
            let (two, rest) = text.split_at_checked(2)?;
            let two = number(two)?;
            (if two < 50 { two + 2000 } else { two + 1900 }, rest)
        }
        GENERALIZED_TIME => {
            let (four, rest) = text.split_at_checked(4)?;
            (number(four)?, rest)
        }
        _ => return None,
    };
    let part = |at: usize| number(rest.get(at..at.checked_add(2)?)?).and_then(|n| i8::try_from(n).ok());
    if rest.len() != 10 {
        return None;
    }
    let (month, day, hour, minute, second) = (part(0)?, part(2)?, part(4)?, part(6)?, part(8)?);
    let civil = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

fn number(digits: &str) -> Option<i16> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}
