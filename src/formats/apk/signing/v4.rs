//! Scheme 4: a signature in a file of its own (`.idsig`) over the hash tree of the package (source.android.com, "APK
//! signature scheme v4"; AOSP `apksig`, `V4Signature` and `V4SchemeVerifier`).

use super::{
    algorithm,
    digest::{ContentDigest, file_tree},
    fields::{Fields, Short},
    issue::{Issue, IssueCode},
    report::{Scheme, Verified},
    schemes::Outcome,
    signer::{check_key, verify_one},
};
use crate::formats::zip::ReadAt;

const VERSION: u32 = 2;
const SHA256: u32 = 1;
const PAGE_LOG2: u8 = 12;

/// What the hash tree is like.
struct Hashing<'a> {
    algorithm: u32,
    page: u8,
    salt: &'a [u8],
    root: &'a [u8],
}

/// One signer.
struct Signer<'a> {
    /// Of the scheme that the package itself is signed by.
    digest: &'a [u8],
    certificate: &'a [u8],
    additional: &'a [u8],
    public_key: &'a [u8],
    algorithm: u32,
    signature: &'a [u8],
}

/// Verifies the file beside the package. `schemes` are those that verify inside the package, the newest first.
pub(super) fn verify(idsig: &[u8], source: &dyn ReadAt, schemes: &[&Outcome<'_>]) -> Scheme {
    let (mut algorithms, mut errors) = (Vec::new(), Vec::new());
    if let Err(issue) = verify_all(idsig, source, schemes, &mut algorithms) {
        errors.push(issue);
    }
    algorithms.sort();
    algorithms.dedup();
    Scheme { present: true, verified: Verified::of(&errors), required: false, errors, algorithms }
}

fn malformed(_: Short) -> Issue {
    Issue::new(IssueCode::BlockMalformed, "idsig")
}

fn verify_all(
    idsig: &[u8],
    source: &dyn ReadAt,
    schemes: &[&Outcome<'_>],
    algorithms: &mut Vec<String>,
) -> Result<(), Issue> {
    let mut file = Fields::new(idsig);
    let version = file.u32().map_err(malformed)?;
    if version != VERSION {
        return Err(Issue::new(IssueCode::VersionUnknown, format!("idsig of version {version}")));
    }
    let hashing = hashing(file.nested().map_err(malformed)?).map_err(malformed)?;
    let mut infos = file.nested().map_err(malformed)?;
    let tree = if file.is_empty() { &[] } else { file.prefixed().map_err(malformed)? };
    let mut signers = vec![signer(&mut infos).map_err(malformed)?];
    while !infos.is_empty() {
        infos.u32().map_err(malformed)?;
        signers.push(signer(&mut infos.nested().map_err(malformed)?).map_err(malformed)?);
    }
    for signer in &signers {
        algorithms.push(algorithm::name(signer.algorithm));
        signer.verify(source.len(), &hashing)?;
    }
    check_tree(source, &hashing, tree)?;
    check_schemes(&signers, schemes)
}

fn hashing(mut fields: Fields<'_>) -> Result<Hashing<'_>, Short> {
    Ok(Hashing { algorithm: fields.u32()?, page: fields.u8()?, salt: fields.prefixed()?, root: fields.prefixed()? })
}

fn signer<'a>(fields: &mut Fields<'a>) -> Result<Signer<'a>, Short> {
    Ok(Signer {
        digest: fields.prefixed()?,
        certificate: fields.prefixed()?,
        additional: fields.prefixed()?,
        public_key: fields.prefixed()?,
        algorithm: fields.u32()?,
        signature: fields.prefixed()?,
    })
}

impl Signer<'_> {
    fn verify(&self, size: u64, hashing: &Hashing<'_>) -> Result<(), Issue> {
        let with = algorithm::by_id(self.algorithm)
            .ok_or_else(|| Issue::new(IssueCode::AlgorithmUnknown, algorithm::name(self.algorithm)))?;
        verify_one(self.public_key, with, &self.signed(size, hashing), self.signature)?;
        check_key(self.certificate, self.public_key)
    }

    /// What it signs: a length, the size of the package, and the fields again.
    fn signed(&self, size: u64, hashing: &Hashing<'_>) -> Vec<u8> {
        let mut out = vec![0; 4];
        out.extend(size.to_le_bytes());
        out.extend(hashing.algorithm.to_le_bytes());
        out.push(hashing.page);
        for field in [hashing.salt, hashing.root, self.digest, self.certificate, self.additional] {
            out.extend(u32::try_from(field.len()).unwrap_or(u32::MAX).to_le_bytes());
            out.extend(field);
        }
        let length = u32::try_from(out.len()).unwrap_or(u32::MAX).to_le_bytes();
        if let Some(field) = out.first_chunk_mut() {
            *field = length;
        }
        out
    }
}

fn check_tree(source: &dyn ReadAt, hashing: &Hashing<'_>, tree: &[u8]) -> Result<(), Issue> {
    if hashing.algorithm != SHA256 || hashing.page != PAGE_LOG2 || !hashing.salt.is_empty() {
        return Err(Issue::new(IssueCode::VersionUnknown, "another hash, page or salt"));
    }
    let actual = file_tree(source)?;
    if actual.root != hashing.root {
        return Err(Issue::new(IssueCode::DigestMismatch, "root of the hash tree"));
    }
    if !tree.is_empty() && actual.levels.concat() != tree {
        return Err(IssueCode::TreeMismatch.into());
    }
    Ok(())
}

/// It has to be of the signers that the package itself is of: one for the scheme, and one more for 3.1.
fn check_schemes(signers: &[Signer<'_>], schemes: &[&Outcome<'_>]) -> Result<(), Issue> {
    if schemes.is_empty() {
        return Err(Issue::new(IssueCode::SchemeMissing, "2 or 3 inside the package"));
    }
    // The signer for the older scheme comes first.
    for (signer, outcome) in signers.iter().zip(schemes.iter().rev()) {
        let [own] = outcome.signers.as_slice() else { return Err(IssueCode::TooManySigners.into()) };
        let of = |kind| outcome.digests.iter().find(|(other, _)| *other == kind).map(|(_, digest)| digest.as_slice());
        let best =
            of(ContentDigest::Sha512).or_else(|| of(ContentDigest::Verity)).or_else(|| of(ContentDigest::Sha256));
        if own.certificates.first() != Some(&signer.certificate) {
            return Err(IssueCode::SignersDiffer.into());
        }
        if best != Some(signer.digest) {
            return Err(Issue::new(IssueCode::DigestMismatch, "that of the scheme inside the package"));
        }
    }
    if signers.len() == schemes.len() { Ok(()) } else { Err(IssueCode::TooManySigners.into()) }
}
