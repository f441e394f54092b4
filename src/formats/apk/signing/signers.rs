//! Whether the signers of several schemes are the same, and who they are (AOSP `apksig`, `ApkVerifier.verify`).

use std::collections::BTreeMap;

use super::{
    issue::{IssueCode, Issues},
    known,
    lineage::Lineage,
    report::{Scheme, Signatures, Signer, Verified},
    schemes::Outcome,
    verdict::Outcomes,
};

/// Signers that are listed at most; platforms take ten of a scheme.
const MAX_SIGNERS: usize = 40;

/// Verified, and some platform looks at it.
fn counts(scheme: &Scheme) -> bool {
    scheme.required && scheme.verified == Verified::Yes
}

fn own<'a>(outcome: Option<&Outcome<'a>>) -> Vec<&'a [u8]> {
    outcome
        .iter()
        .flat_map(|outcome| &outcome.signers)
        .filter_map(|signer| signer.certificates.first().copied())
        .collect()
}

/// Signers of the older schemes have to be those of the newer ones, or what those were before.
pub(super) fn check_belong_together(outcomes: &Outcomes<'_>, signatures: &Signatures, issues: &mut Issues) {
    let v1: Vec<&[u8]> = outcomes.v1.iter().flat_map(|jar| &jar.certificates).map(Vec::as_slice).collect();
    let v2 = own(outcomes.v2.as_ref());
    let (v1_counts, v2_counts) = (counts(&signatures.v1), counts(&signatures.v2));
    if v1_counts && v2_counts {
        let differ = v1.iter().any(|one| !v2.contains(one)) || v2.iter().any(|one| !v1.contains(one));
        if differ {
            issues.add(IssueCode::SignersDiffer.into());
        }
    }
    if counts(&signatures.v3) && (v1_counts || v2_counts) {
        check_past(if v1_counts { &v1 } else { &v2 }, outcomes, issues);
    }
}

/// The signer of scheme 1 or 2 is the oldest of the lineage, or the very signer of scheme 3.
fn check_past(past: &[&[u8]], outcomes: &Outcomes<'_>, issues: &mut Issues) {
    if past.len() != 1 {
        issues.add(IssueCode::SeveralPastSigners.into());
    }
    let v3 = own(outcomes.v3.as_ref());
    let oldest = match lineage(outcomes) {
        Some(lineage) => Some(lineage.oldest()),
        None => {
            if v3.len() != 1 {
                issues.add(IssueCode::SeveralSigners.into());
            }
            v3.first().copied()
        }
    };
    if oldest != past.first().copied() {
        issues.add(IssueCode::PastSignerDiffers.into());
    }
}

/// That of the newest scheme that has one.
pub(super) fn lineage<'o, 'a>(outcomes: &'o Outcomes<'a>) -> Option<&'o Lineage<'a>> {
    [&outcomes.v31, &outcomes.v3].into_iter().flatten().find_map(|outcome| outcome.lineage.as_ref())
}

/// The schemes inside the package that scheme 4 rests on, the newest first.
pub(super) fn inside<'o, 'a>(outcomes: &'o Outcomes<'a>, signatures: &Signatures) -> Vec<&'o Outcome<'a>> {
    let verified = |outcome: &'o Option<Outcome<'a>>, scheme: &Scheme| {
        outcome.as_ref().filter(|_| scheme.verified == Verified::Yes)
    };
    let v3: Vec<_> = [verified(&outcomes.v31, &signatures.v3_1), verified(&outcomes.v3, &signatures.v3)]
        .into_iter()
        .flatten()
        .collect();
    if v3.is_empty() { verified(&outcomes.v2, &signatures.v2).into_iter().collect() } else { v3 }
}

/// Signers of all schemes that verify, by digest of the certificate.
pub(super) fn list(outcomes: &Outcomes<'_>, signatures: &Signatures) -> Vec<Signer> {
    let mut schemes: BTreeMap<&[u8], Vec<&str>> = BTreeMap::new();
    let v1: Vec<&[u8]> = outcomes.v1.iter().flat_map(|jar| &jar.certificates).map(Vec::as_slice).collect();
    let all = [
        ("v1", &signatures.v1, v1),
        ("v2", &signatures.v2, own(outcomes.v2.as_ref())),
        ("v3", &signatures.v3, own(outcomes.v3.as_ref())),
        ("v3_1", &signatures.v3_1, own(outcomes.v31.as_ref())),
    ];
    for (name, scheme, certificates) in all {
        for certificate in certificates.into_iter().filter(|_| scheme.verified == Verified::Yes) {
            let names = schemes.entry(certificate).or_default();
            if !names.contains(&name) {
                names.push(name);
            }
        }
    }
    let mut signers: Vec<Signer> =
        schemes.iter().take(MAX_SIGNERS).map(|(certificate, names)| known::signer(certificate, names)).collect();
    signers.sort_by_key(|signer| signer.sha256);
    signers
}
