//! The source stamp: where a package says it comes from (AOSP `apksig`, `V2SourceStampVerifier` and `SourceStampVerifier`).
//!
//! The digest of its certificate is in an entry, signatures over the digests of each scheme are in the signing block.

use std::collections::BTreeMap;

use super::{
    algorithm,
    block::{Block, STAMP_V1, STAMP_V2},
    fields::{Fields, Short},
    issue::{Issue, IssueCode},
    lineage::Lineage,
    report::{SourceStamp, Verified},
    signer::{Range, verify_one},
};
use crate::{
    formats::{cms::Certificate, zip::Archive},
    model::Digest,
};

const ENTRY: &str = "stamp-cert-sha256";
const PROOF_OF_ROTATION: u32 = 0x9d63_03f7;
/// Seconds since 1970 in eight bytes.
const TIME: u32 = 0xe43c_5946;
/// The first platform that looks at it: Android 11.
const SDK: i64 = 30;

/// Digests that a scheme covers the package with, by the number of how they were made.
pub(super) type Covered = BTreeMap<u32, Vec<u8>>;

/// Verifies the stamp over what the schemes that platforms look at cover, by their number.
pub(super) fn verify(
    archive: &Archive<'_>,
    block: Option<&Block<'_>>,
    covered: &BTreeMap<u32, Covered>,
    range: Range,
) -> SourceStamp {
    let entry = archive.find(ENTRY);
    let stamp = |id| block.and_then(|block| block.entry(id));
    if entry.is_none() && stamp(STAMP_V2).is_none() && stamp(STAMP_V1).is_none() {
        return SourceStamp::default();
    }
    let digest = entry.and_then(|entry| archive.read(entry, 64).ok());
    let verified = match (stamp(STAMP_V2), digest) {
        (Some(value), Some(digest)) => verify_block(value, &digest, covered, range),
        (None, _) if stamp(STAMP_V1).is_some() => Err(Issue::new(IssueCode::VersionUnknown, "stamp of version 1")),
        _ => Err(IssueCode::StampMissing.into()),
    };
    let (sha256, errors) = match verified {
        Ok(sha256) => (Some(sha256), Vec::new()),
        Err(issue) => (None, vec![issue]),
    };
    SourceStamp { present: true, verified: Verified::of(&errors), errors, sha256 }
}

fn malformed(_: Short) -> Issue {
    Issue::new(IssueCode::BlockMalformed, "source stamp")
}

fn verify_block(value: &[u8], digest: &[u8], covered: &BTreeMap<u32, Covered>, range: Range) -> Result<Digest, Issue> {
    let mut stamp = Fields::new(value).nested().map_err(malformed)?;
    let certificate = stamp.prefixed().map_err(malformed)?;
    let sha256 = Digest::of(certificate);
    if sha256.as_bytes().as_slice() != digest {
        return Err(Issue::new(IssueCode::SignersDiffer, "the entry has the digest of another certificate"));
    }
    let key =
        Certificate::parse(certificate).map_err(|e| Issue::new(IssueCode::CertificateMalformed, e.to_string()))?.spki;
    let signed = by_scheme(stamp.nested().map_err(malformed)?).map_err(malformed)?;
    for (scheme, digests) in covered {
        let signatures =
            signed.get(scheme).ok_or_else(|| Issue::new(IssueCode::NoSignatures, format!("scheme {scheme}")))?;
        verify_signatures(key, &encoded(digests), *signatures, range)?;
    }
    if !stamp.is_empty() {
        let attributes = stamp.prefixed().map_err(malformed)?;
        verify_signatures(key, attributes, stamp.nested().map_err(malformed)?, range)?;
        check_attributes(Fields::new(attributes).nested().map_err(malformed)?, certificate)?;
    }
    Ok(sha256)
}

fn check_attributes(mut list: Fields<'_>, certificate: &[u8]) -> Result<(), Issue> {
    while !list.is_empty() {
        let mut attribute = list.nested().map_err(malformed)?;
        match attribute.u32().map_err(malformed)? {
            PROOF_OF_ROTATION if Lineage::read(attribute.rest())?.newest() != certificate => {
                return Err(Issue::new(IssueCode::LineageCertificateDiffers, "source stamp"));
            }
            TIME if attribute.u64().map_err(malformed)?.cast_signed() <= 0 => {
                return Err(Issue::new(IssueCode::AttributeMalformed, "time of the source stamp"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Signatures by the number of the scheme whose digests they are over.
fn by_scheme(mut list: Fields<'_>) -> Result<BTreeMap<u32, Fields<'_>>, Short> {
    let mut out = BTreeMap::new();
    while !list.is_empty() {
        let mut one = list.nested()?;
        out.insert(one.u32()?, one.nested()?);
    }
    Ok(out)
}

/// Digests as they are signed: each with its number and length, after its whole length.
fn encoded(digests: &Covered) -> Vec<u8> {
    let mut out = Vec::new();
    for (id, digest) in digests {
        let length = u32::try_from(digest.len()).unwrap_or(u32::MAX);
        for field in [length.saturating_add(8), *id, length] {
            out.extend(field.to_le_bytes());
        }
        out.extend(digest);
    }
    out
}

fn verify_signatures(key: &[u8], message: &[u8], mut list: Fields<'_>, range: Range) -> Result<(), Issue> {
    let mut signatures = Vec::new();
    while !list.is_empty() {
        let mut one = list.nested().map_err(malformed)?;
        signatures.push((one.u32().map_err(malformed)?, one.prefixed().map_err(malformed)?));
    }
    let chosen = algorithm::to_verify(&signatures, range.min.max(SDK), range.max);
    if chosen.is_empty() {
        let code = if signatures.is_empty() { IssueCode::NoSignatures } else { IssueCode::AlgorithmUnknown };
        return Err(code.into());
    }
    chosen.iter().try_for_each(|(with, signature)| verify_one(key, *with, message, signature))
}
