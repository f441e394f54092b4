//! OCSP responses (RFC 6960), as they are stapled: what they say of one certificate, and whether its issuer stands behind it.

mod judge;

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use thiserror::Error;

use super::der::{DerError, ENUMERATED, Elements, GENERALIZED_TIME, INTEGER, OCTET_STRING, OID, SEQUENCE, context};

pub use judge::{Told, judge};

/// No response about a certificate comes near.
const MAX_DER: usize = 64 << 10;
/// Answers of one response that are read; a staple has one.
const MAX_ANSWERS: usize = 64;
/// Certificates along with one response; it needs one.
const MAX_CERTIFICATES: usize = 8;

/// id-pkix-ocsp-basic.
const BASIC: [u8; 9] = [0x2b, 6, 1, 5, 5, 7, 0x30, 1, 1];
/// The SCT list of a response (RFC 6962 section 3.3): 1.3.6.1.4.1.11129.2.4.5.
const SCT_LIST: [u8; 10] = [0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 5];

/// Why a response tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum OcspError {
    #[error("no OCSP response: {0}")]
    Malformed(#[from] DerError),
    #[error("a response of {0} bytes")]
    TooLong(usize),
    #[error("the certificate that it should be about does not parse")]
    Certificate,
    #[error("the responder gave no answer (status {0})")]
    Unsuccessful(u8),
    #[error("a response of another type than id-pkix-ocsp-basic")]
    OtherType,
    #[error("a time that is none")]
    Time,
    #[error("no answer is about this certificate")]
    OtherCertificate,
}

/// What a responder says of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    Good,
    Revoked {
        at: Timestamp,
        reason: Option<u8>,
    },
    /// The responder does not know the certificate.
    Unknown,
}

/// Who signed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Responder<'a> {
    /// A Name as DER.
    Named(&'a [u8]),
    /// SHA-1 of a key.
    Keyed(&'a [u8]),
}

/// A response as it stands.
#[derive(Clone, Debug)]
struct Basic<'a> {
    /// What is signed.
    signed: &'a [u8],
    algorithm: &'a [u8],
    signature: &'a [u8],
    certificates: Vec<&'a [u8]>,
    responder: Responder<'a>,
    produced_at: Timestamp,
    answers: Vec<Answer<'a>>,
}

/// About one certificate.
#[derive(Clone, Debug)]
struct Answer<'a> {
    /// The number of the hash as the contents of an OBJECT IDENTIFIER.
    hash: &'a [u8],
    issuer_name_hash: &'a [u8],
    issuer_key_hash: &'a [u8],
    serial: &'a [u8],
    status: Status,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    /// SignedCertificateTimestampList.
    scts: Option<&'a [u8]>,
}

/// Reads an OCSPResponse.
fn decode(der: &[u8]) -> Result<Basic<'_>, OcspError> {
    if der.len() > MAX_DER {
        return Err(OcspError::TooLong(der.len()));
    }
    let mut response = Elements::within(der, SEQUENCE)?;
    match response.take(ENUMERATED)? {
        [0] => {}
        [status] => return Err(OcspError::Unsuccessful(*status)),
        _ => return Err(DerError::Malformed.into()),
    }
    let mut bytes = Elements::within(response.take(context(0))?, SEQUENCE)?;
    response.end()?;
    if bytes.take(OID)? != BASIC {
        return Err(OcspError::OtherType);
    }
    let basic = bytes.take(OCTET_STRING)?;
    bytes.end()?;
    let mut basic = Elements::within(basic, SEQUENCE)?;
    let signed = basic.next()?;
    let algorithm = basic.take(SEQUENCE)?;
    let signature = basic.bits()?;
    let mut certificates = Vec::new();
    if let Some(list) = basic.optional(context(0))? {
        let mut list = Elements::within(list, SEQUENCE)?;
        while !list.is_empty() && certificates.len() < MAX_CERTIFICATES {
            certificates.push(list.next()?.whole);
        }
    }
    basic.end()?;
    if signed.tag != SEQUENCE {
        return Err(DerError::Unexpected { expected: SEQUENCE, found: signed.tag }.into());
    }
    let (responder, produced_at, answers) = data(Elements::new(signed.body))?;
    Ok(Basic { signed: signed.whole, algorithm, signature, certificates, responder, produced_at, answers })
}

/// ResponseData.
fn data(mut data: Elements<'_>) -> Result<(Responder<'_>, Timestamp, Vec<Answer<'_>>), OcspError> {
    data.optional(context(0))?;
    let id = data.next()?;
    let responder = match id.tag {
        0xa1 => Responder::Named(id.body),
        0xa2 => Responder::Keyed(Elements::new(id.body).take(OCTET_STRING)?),
        found => return Err(DerError::Unexpected { expected: 0xa1, found }.into()),
    };
    let produced_at = time(data.take(GENERALIZED_TIME)?)?;
    let mut list = data.enter(SEQUENCE)?;
    let mut answers = Vec::new();
    while !list.is_empty() && answers.len() < MAX_ANSWERS {
        answers.push(answer(list.enter(SEQUENCE)?)?);
    }
    data.optional(context(1))?;
    data.end()?;
    Ok((responder, produced_at, answers))
}

/// SingleResponse.
fn answer(mut parts: Elements<'_>) -> Result<Answer<'_>, OcspError> {
    let mut id = parts.enter(SEQUENCE)?;
    let hash = id.enter(SEQUENCE)?.take(OID)?;
    let (issuer_name_hash, issuer_key_hash) = (id.take(OCTET_STRING)?, id.take(OCTET_STRING)?);
    let serial = id.take(INTEGER)?;
    id.end()?;
    let said = parts.next()?;
    let status = match said.tag {
        0x80 => Status::Good,
        0xa1 => {
            let mut info = Elements::new(said.body);
            let at = time(info.take(GENERALIZED_TIME)?)?;
            let reason = info.optional(context(0))?.map(|body| Elements::new(body).take(ENUMERATED)).transpose()?;
            info.end()?;
            Status::Revoked { at, reason: reason.and_then(|code| code.first().copied()) }
        }
        0x82 => Status::Unknown,
        found => return Err(DerError::Unexpected { expected: 0x80, found }.into()),
    };
    let this_update = time(parts.take(GENERALIZED_TIME)?)?;
    let next = parts.optional(context(0))?;
    let next_update = next.map(|body| time(Elements::new(body).take(GENERALIZED_TIME)?)).transpose()?;
    let scts = parts.optional(context(1))?.map(sct_list).transpose()?.flatten();
    parts.end()?;
    Ok(Answer { hash, issuer_name_hash, issuer_key_hash, serial, status, this_update, next_update, scts })
}

/// The list among the extensions of an answer.
fn sct_list(extensions: &[u8]) -> Result<Option<&[u8]>, OcspError> {
    let mut list = Elements::within(extensions, SEQUENCE)?;
    while !list.is_empty() {
        let mut extension = list.enter(SEQUENCE)?;
        if extension.take(OID)? == SCT_LIST {
            extension.optional(0x01)?;
            let value = extension.take(OCTET_STRING)?;
            return Ok(Some(Elements::new(value).take(OCTET_STRING)?));
        }
    }
    Ok(None)
}

/// GeneralizedTime as RFC 5280 wants it: to the second, in UTC.
fn time(text: &[u8]) -> Result<Timestamp, OcspError> {
    let [digits @ .., b'Z'] = text else { return Err(OcspError::Time) };
    if digits.len() != 14 || !digits.iter().all(u8::is_ascii_digit) {
        return Err(OcspError::Time);
    }
    let number = |from: usize, to: usize| {
        let digits = digits.get(from..to).unwrap_or_default();
        digits.iter().fold(0_i16, |sum, digit| sum * 10 + i16::from(digit - b'0'))
    };
    let part = |from: usize| i8::try_from(number(from, from + 2)).map_err(|_| OcspError::Time);
    let time = DateTime::new(number(0, 4), part(4)?, part(6)?, part(8)?, part(10)?, part(12)?, 0);
    let zoned = time.and_then(|time| time.to_zoned(TimeZone::UTC)).map_err(|_| OcspError::Time)?;
    Ok(zoned.timestamp())
}

#[cfg(test)]
mod tests;
