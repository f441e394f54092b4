//! One signer of scheme 2, 3 or 3.1: its signature over what it says, and what it says (source.android.com, "APK signature
//! scheme v2" and "v3"; AOSP `apksig`, `V2SchemeVerifier` and `V3SchemeVerifier`).

use std::collections::BTreeSet;

use super::{
    algorithm::{self, SignatureAlgorithm},
    digest::{ContentDigest, Digester},
    fields::{Fields, Short},
    issue::{Issue, IssueCode, Issues},
};
use crate::formats::{
    ber::{self, BerError, Elements, SEQUENCE},
    cms::Certificate,
    public_key::{self, Message, PublicKeyError},
};

/// The platforms that a signature is looked at for, by SDK; both ends are in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) min: i64,
    pub(super) max: i64,
}

/// A signer whose signature over its data holds.
#[derive(Clone, Debug)]
pub(super) struct Signer<'a> {
    /// The first is its own.
    pub(super) certificates: Vec<&'a [u8]>,
    /// Digests by id of algorithm.
    pub(super) digests: Vec<(u32, &'a [u8])>,
    pub(super) attributes: Vec<(u32, &'a [u8])>,
    /// Ways that the contents were digested in what was verified.
    pub(super) verified: BTreeSet<ContentDigest>,
    /// Of schemes 3 and 3.1.
    pub(super) sdk: Option<Range>,
}

/// The signers of one scheme, as its block holds them.
pub(super) struct Signers<'a> {
    pub(super) signers: Vec<Signer<'a>>,
    pub(super) issues: Issues,
    /// Ids of all algorithms, sorted.
    pub(super) algorithms: BTreeSet<u32>,
}

/// What tells the schemes apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    /// Signers name the platforms they are for; else these are.
    pub(super) with_sdk: bool,
    pub(super) range: Range,
    pub(super) max_signers: usize,
}

impl<'a> Signers<'a> {
    /// Reads all signers and verifies what they signed.
    pub(super) fn read(block: &'a [u8], rules: Rules) -> Self {
        let mut out = Self { signers: Vec::new(), issues: Issues::default(), algorithms: BTreeSet::new() };
        match Fields::new(block).nested() {
            Ok(signers) if signers.is_empty() => out.issues.add(IssueCode::NoSigners.into()),
            Ok(signers) => out.read_all(signers, rules),
            Err(Short) => out.issues.add(IssueCode::SignersMalformed.into()),
        }
        out
    }

    fn read_all(&mut self, mut signers: Fields<'a>, rules: Rules) {
        let mut count = 0;
        while !signers.is_empty() {
            count += 1;
            if count > rules.max_signers {
                self.issues.add(Issue::new(IssueCode::TooManySigners, format!("more than {}", rules.max_signers)));
                return;
            }
            let Ok(signer) = signers.nested() else {
                self.issues.add(Issue::new(IssueCode::SignerMalformed, format!("signer {count}")));
                return;
            };
            match read(signer, rules, &mut self.algorithms) {
                Ok(signer) => self.signers.push(signer),
                Err(issue) => {
                    let detail = format!("signer {count}: {}", issue.detail);
                    self.issues.add(Issue::new(issue.code, detail.trim_end_matches(": ")));
                }
            }
        }
    }

    /// Holds the contents against the digests that were signed.
    pub(super) fn check_contents(&mut self, digester: &mut Digester<'_>) {
        let verified: BTreeSet<_> = self.signers.iter().flat_map(|signer| &signer.verified).copied().collect();
        for (id, expected) in self.signers.iter().flat_map(|signer| &signer.digests) {
            let Some(kind) = algorithm::by_id(*id).map(|known| known.digest).filter(|kind| verified.contains(kind))
            else {
                continue;
            };
            match digester.of(kind) {
                Ok(actual) if actual == *expected => {}
                Ok(_) => self.issues.add(Issue::new(IssueCode::DigestMismatch, algorithm::name(*id))),
                Err(issue) => self.issues.add(issue),
            }
        }
    }
}

fn malformed(code: IssueCode) -> impl Fn(Short) -> Issue {
    move |Short| code.into()
}

fn read<'a>(mut signer: Fields<'a>, rules: Rules, algorithms: &mut BTreeSet<u32>) -> Result<Signer<'a>, Issue> {
    let cut_off = malformed(IssueCode::SignerMalformed);
    let signed = signer.prefixed().map_err(&cut_off)?;
    let sdk = if rules.with_sdk { Some(range(&mut signer).map_err(&cut_off)?) } else { None };
    if sdk.is_some_and(|sdk| sdk.min < 0 || sdk.min > sdk.max) {
        return Err(Issue::new(IssueCode::SdkRangeInvalid, sdk.map(text).unwrap_or_default()));
    }
    let signatures = pairs(signer.nested().map_err(&cut_off)?).map_err(malformed(IssueCode::SignatureMalformed))?;
    algorithms.extend(signatures.iter().map(|(id, _)| *id));
    let public_key = signer.prefixed().map_err(&cut_off)?;
    let verified = verify(signed, &signatures, public_key, sdk.unwrap_or(rules.range))?;
    let out = read_signed(signed, sdk, &signatures, verified)?;
    let own = out.certificates.first().ok_or(IssueCode::NoCertificates)?;
    check_key(own, public_key)?;
    Ok(out)
}

fn range(fields: &mut Fields<'_>) -> Result<Range, Short> {
    // Of Java's kind, with a sign.
    let mut sdk = || fields.u32().map(|number| i64::from(number.cast_signed()));
    Ok(Range { min: sdk()?, max: sdk()? })
}

fn text(range: Range) -> String {
    format!("{} to {}", range.min, range.max)
}

/// Pairs of a number and bytes, each pair and its bytes after their lengths.
fn pairs(mut list: Fields<'_>) -> Result<Vec<(u32, &[u8])>, Short> {
    let mut out = Vec::new();
    while !list.is_empty() {
        let mut pair = list.nested()?;
        out.push((pair.u32()?, pair.prefixed()?));
    }
    Ok(out)
}

/// Verifies each signature that some platform would take; all have to hold.
fn verify(
    signed: &[u8],
    signatures: &[(u32, &[u8])],
    public_key: &[u8],
    range: Range,
) -> Result<BTreeSet<ContentDigest>, Issue> {
    if signatures.is_empty() {
        return Err(IssueCode::NoSignatures.into());
    }
    let chosen = algorithm::to_verify(signatures, range.min, range.max);
    if chosen.is_empty() {
        return Err(none_supported(signatures, range));
    }
    for (with, signature) in &chosen {
        verify_one(public_key, *with, signed, signature)?;
    }
    Ok(chosen.iter().map(|(with, _)| with.digest).collect())
}

fn none_supported(signatures: &[(u32, &[u8])], range: Range) -> Issue {
    let names: Vec<_> = signatures.iter().take(8).map(|(id, _)| algorithm::name(*id)).collect();
    let none_known = signatures.iter().all(|(id, _)| algorithm::by_id(*id).is_none());
    let code = if none_known { IssueCode::AlgorithmUnknown } else { IssueCode::UnsupportedBySdk };
    Issue::new(code, format!("{} for SDK {}", names.join(", "), text(range)))
}

/// Verifies a signature with a key of its own kind.
pub(super) fn verify_one(spki: &[u8], with: SignatureAlgorithm, message: &[u8], signature: &[u8]) -> Result<(), Issue> {
    public_key::verify(spki, with.algorithm, Message::Bytes(message), signature).map_err(|error| match error {
        PublicKeyError::Mismatch => Issue::new(IssueCode::SignatureMismatch, with.name),
        PublicKeyError::Malformed(what) => Issue::new(IssueCode::KeyMalformed, what),
        PublicKeyError::Unsupported(what) => Issue::new(IssueCode::KeyUnsupported, what),
    })
}

/// What was signed: digests, certificates, attributes.
fn read_signed<'a>(
    signed: &'a [u8],
    sdk: Option<Range>,
    signatures: &[(u32, &[u8])],
    verified: BTreeSet<ContentDigest>,
) -> Result<Signer<'a>, Issue> {
    let cut_off = malformed(IssueCode::SignerMalformed);
    let mut fields = Fields::new(signed);
    let digests = fields.nested().map_err(&cut_off)?;
    let certificates = certificates(fields.nested().map_err(&cut_off)?)?;
    if let Some(sdk) = sdk {
        let again = range(&mut fields).map_err(&cut_off)?;
        if again != sdk {
            return Err(Issue::new(IssueCode::SdkRangeDiffers, format!("{}, signed {}", text(sdk), text(again))));
        }
    }
    let attributes = attributes(fields.nested().map_err(&cut_off)?)?;
    let digests = pairs(digests).map_err(malformed(IssueCode::DigestMalformed))?;
    if !digests.iter().map(|(id, _)| id).eq(signatures.iter().map(|(id, _)| id)) {
        return Err(IssueCode::AlgorithmsDiffer.into());
    }
    Ok(Signer { certificates, digests, attributes, verified, sdk })
}

fn certificates(mut list: Fields<'_>) -> Result<Vec<&[u8]>, Issue> {
    let mut out = Vec::new();
    while !list.is_empty() {
        let bytes = list.prefixed().map_err(malformed(IssueCode::CertificateMalformed))?;
        Certificate::parse(bytes).map_err(|e| Issue::new(IssueCode::CertificateMalformed, e.to_string()))?;
        out.push(bytes);
    }
    Ok(out)
}

fn attributes(mut list: Fields<'_>) -> Result<Vec<(u32, &[u8])>, Issue> {
    let mut out = Vec::new();
    while !list.is_empty() {
        let mut attribute = list.nested().map_err(malformed(IssueCode::AttributeMalformed))?;
        let id = attribute.u32().map_err(malformed(IssueCode::AttributeMalformed))?;
        out.push((id, attribute.rest()));
    }
    Ok(out)
}

/// The key beside the signatures has to be that of the certificate, however its lengths and numbers are written.
pub(super) fn check_key(certificate: &[u8], public_key: &[u8]) -> Result<(), Issue> {
    let certificate =
        Certificate::parse(certificate).map_err(|e| Issue::new(IssueCode::CertificateMalformed, e.to_string()))?;
    let same = certificate.spki == public_key
        || matches!((normal(certificate.spki), normal(public_key)), (Ok(own), Ok(other)) if own == other);
    if same { Ok(()) } else { Err(IssueCode::PublicKeyDiffers.into()) }
}

/// A key without what may differ: lengths, and the sign of the numbers of an RSA key, which some leave out.
fn normal(spki: &[u8]) -> Result<Vec<Vec<u8>>, BerError> {
    let mut parts = Elements::new(spki).enter(SEQUENCE)?;
    let algorithm = parts.take(SEQUENCE)?;
    let bits = parts.bits()?;
    let mut out = vec![ber::to_der(algorithm.whole)?];
    match Elements::new(bits).enter(SEQUENCE) {
        Ok(mut numbers) => {
            while let Some(number) = numbers.next()? {
                let zeros = number.body.iter().take_while(|byte| **byte == 0).count();
                out.push(number.body.get(zeros..).unwrap_or_default().to_vec());
            }
        }
        Err(_) => out.push(bits.to_vec()),
    }
    Ok(out)
}
