//! What the schemes make together (AOSP `apksig`, `ApkVerifier.verify`).

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Verifier,
    block::{self, Block},
    digest::Digester,
    entries::EntryDigests,
    found,
    issue::{Issue, IssueCode, Issues},
    jar::{self, Jar},
    known,
    report::{Janus, Scheme, Signatures, Signing, SigningBlock, Verified},
    schemes::{self, Outcome, Rotation, SDK_V2, SDK_V3, SDK_V31, SDK_V32},
    signer::Range,
    signers,
    stamp::{self, Covered},
    v4,
};
use crate::formats::{
    public_key::Hash,
    zip::{Anomaly, AnomalyKind},
};

/// From this target on platforms of the same SDK ask for scheme 2: Android 11.
const TARGET_WITH_V2: i64 = 30;
/// The first platform that knows sandboxes, of which the second asks for scheme 2: Android 8.0.
const SANDBOXES: i64 = 26;
/// Platforms that take a DEX file for a package (CVE-2017-13156): Android 5.0 to 7.1.
const JANUS: Range = Range { min: 21, max: 25 };
/// How a source stamp knows the plain digest of the manifest.
const MANIFEST_DIGEST: u32 = 4;

/// Schemes inside the package, as far as they are there.
#[derive(Default)]
pub(super) struct Outcomes<'a> {
    pub(super) v1: Option<Jar>,
    pub(super) v2: Option<Outcome<'a>>,
    pub(super) v3: Option<Outcome<'a>>,
    pub(super) v31: Option<Outcome<'a>>,
}

pub(super) fn reach(verifier: Verifier<'_>, digests: &dyn EntryDigests) -> Signing {
    let Verifier { archive, request, block, block_issue, jar, jar_present } = verifier;
    let range = request.range();
    let found = found(block.as_ref(), range);
    let mut outcomes = block.as_ref().map(|block| outcomes(block, range, &found)).unwrap_or_default();
    outcomes.v1 = jar.map(|jar| jar.finished(archive, digests));
    let mut signatures = signatures(&outcomes, block.as_ref(), jar_present, &found, range);
    let mut errors = Issues::default();
    check_archive(archive.anomalies(), &mut errors);
    signers::check_belong_together(&outcomes, &signatures, &mut errors);
    check_demands(&request, &mut signatures, &mut errors);
    if range.max >= SDK_V32 && block.as_ref().is_some_and(|block| block.entry(block::V32).is_some()) {
        errors.add(Issue::new(IssueCode::SchemeUnknown, "3.2"));
    }
    block_issue.iter().filter(|issue| issue.code.is_open()).for_each(|issue| errors.add(issue.clone()));
    let errors = errors.finish();
    let manifest = outcomes.v1.is_some().then(|| jar::manifest(archive)).flatten();
    let covered = covered(&outcomes, &signatures, manifest.as_deref());
    if let Some(idsig) = request.idsig {
        signatures.v4 = v4::verify(idsig, archive.source(), &signers::inside(&outcomes, &signatures));
    }
    let shape = archive.anomalies().iter().any(|anomaly| anomaly.kind == AnomalyKind::DexPrefix);
    Signing {
        signature_verified: overall(&signatures, &errors),
        errors,
        signers: signers::list(&outcomes, &signatures),
        lineage: signers::lineage(&outcomes).map(|lineage| lineage.describe()).unwrap_or_default(),
        source_stamp: stamp::verify(archive, block.as_ref(), &covered, range),
        janus: Janus { scheme_at_risk: janus(&signatures, range), shape },
        v1_digests: outcomes.v1.iter().flat_map(|jar| &jar.hashes).cloned().collect(),
        block: describe(block.as_ref(), block_issue),
        signatures,
    }
}

fn outcomes<'b>(block: &'b Block<'_>, range: Range, found: &BTreeSet<u32>) -> Outcomes<'b> {
    let mut digester = Digester::new(&block.contents);
    let from = |sdk: i64| Range { min: range.min.max(sdk), max: range.max };
    let has_v32 = block.entry(block::V32).is_some();
    let mut v3 = |id, sdk, is_v31, taken_over_from| {
        let rotation = Rotation { is_v31, taken_over_from, has_v32 };
        let value = block.entry(id).filter(|_| range.max >= sdk)?;
        Some(schemes::v3(value, from(sdk), rotation, &mut digester))
    };
    let v31 = v3(block::V31, SDK_V31, true, None);
    let taken_over_from = v31.as_ref().and_then(|outcome| outcome.first_sdk).filter(|sdk| *sdk > 0);
    let v3 = v3(block::V3, SDK_V3, false, taken_over_from);
    let newer: BTreeSet<u32> = found.iter().copied().filter(|id| *id != 2).collect();
    let v2 = block.entry(block::V2).filter(|_| range.max >= SDK_V2);
    let v2 = v2.map(|value| schemes::v2(value, from(SDK_V2), known(range.max), &newer, &mut digester));
    Outcomes { v1: None, v2, v3, v31 }
}

fn signatures(
    outcomes: &Outcomes<'_>,
    block: Option<&Block<'_>>,
    jar_present: bool,
    found: &BTreeSet<u32>,
    range: Range,
) -> Signatures {
    let is_there = |id| block.is_some_and(|block| block.entry(id).is_some());
    let scheme = |outcome: &Option<Outcome<'_>>, number: u32, id: u32| match outcome {
        Some(outcome) => Scheme {
            present: true,
            verified: Verified::of(&outcome.issues),
            required: found.contains(&number),
            errors: outcome.issues.clone(),
            algorithms: outcome.algorithms.clone(),
        },
        None if is_there(id) => not_checked(),
        None => Scheme::default(),
    };
    let mut out = Signatures {
        v1: v1(outcomes.v1.as_ref(), jar_present),
        v2: scheme(&outcomes.v2, 2, block::V2),
        v3: scheme(&outcomes.v3, 3, block::V3),
        v3_1: scheme(&outcomes.v31, 31, block::V31),
        v4: Scheme::default(),
    };
    if out.v3_1.present && !out.v3.present && range.max >= SDK_V31 {
        out.v3.required = true;
        out.v3.errors.push(IssueCode::V31WithoutV3.into());
    }
    out
}

fn v1(jar: Option<&Jar>, present: bool) -> Scheme {
    match jar {
        Some(jar) => {
            let errors = jar.issues.clone().finish();
            Scheme {
                present,
                verified: Verified::of(&errors),
                required: true,
                errors,
                algorithms: jar.algorithms.iter().cloned().collect(),
            }
        }
        None if present => not_checked(),
        None => Scheme::default(),
    }
}

fn not_checked() -> Scheme {
    Scheme {
        present: true,
        verified: Verified::Indeterminate,
        errors: vec![IssueCode::NotChecked.into()],
        ..Scheme::default()
    }
}

/// The end of the archive has to be where Android looks for it (AOSP `apksig`, `ApkUtils.findZipSections`).
fn check_archive(anomalies: &[Anomaly], errors: &mut Issues) {
    for kind in [AnomalyKind::CommentLength, AnomalyKind::DataAfterEnd, AnomalyKind::OffsetsShifted] {
        if let Some(anomaly) = anomalies.iter().find(|anomaly| anomaly.kind == kind) {
            errors.add(Issue::new(IssueCode::ArchiveRefused, format!("{kind:?}: {}", anomaly.detail)));
        }
    }
}

/// What the manifest asks for.
fn check_demands(request: &super::Request<'_>, signatures: &mut Signatures, errors: &mut Issues) {
    if signatures.v2.present || signatures.v3.present || signatures.v3_1.present {
        return;
    }
    let newest = request.range().max;
    let target = request.target_sdk.filter(|target| *target >= TARGET_WITH_V2 && newest >= *target);
    let sandbox = request.target_sandbox.filter(|sandbox| *sandbox > 1 && newest >= SANDBOXES);
    for (what, value) in [("target SDK", target), ("target sandbox", sandbox)] {
        if let Some(value) = value {
            signatures.v2.required = true;
            errors.add(Issue::new(IssueCode::SchemeMissing, format!("2, for {what} {value}")));
        }
    }
}

/// What the schemes that platforms look at cover, as a source stamp signs it.
fn covered(outcomes: &Outcomes<'_>, signatures: &Signatures, manifest: Option<&[u8]>) -> BTreeMap<u32, Covered> {
    let of =
        |outcome: &Outcome<'_>| outcome.digests.iter().map(|(kind, value)| (kind.stamp_id(), value.clone())).collect();
    let mut out = BTreeMap::new();
    if outcomes.v1.is_some() {
        let digest = manifest.map(|bytes| (MANIFEST_DIGEST, Hash::Sha256.digest(bytes)));
        out.insert(1, digest.into_iter().collect());
    }
    for (number, outcome, scheme) in [(2, &outcomes.v2, &signatures.v2), (3, &outcomes.v3, &signatures.v3)] {
        if let Some(outcome) = outcome.as_ref().filter(|_| scheme.required) {
            out.insert(number, of(outcome));
        }
    }
    out
}

fn overall(signatures: &Signatures, errors: &[Issue]) -> Verified {
    let Signatures { v1, v2, v3, v3_1, .. } = signatures;
    let required = [v1, v2, v3, v3_1].into_iter().filter(|scheme| scheme.required);
    let all: Vec<Verified> = required.map(|scheme| scheme.verified).chain([Verified::of(errors)]).collect();
    if all.contains(&Verified::No) {
        Verified::No
    } else if all.contains(&Verified::Indeterminate) {
        Verified::Indeterminate
    } else {
        Verified::Yes
    }
}

/// Platforms before Android 7.0 know scheme 1 alone; 7.0 and 7.1 go by it where there is nothing newer.
fn janus(signatures: &Signatures, range: Range) -> bool {
    let overlaps = |min: i64, max: i64| range.min <= max && range.max >= min;
    let by_v1 = overlaps(JANUS.min, SDK_V2 - 1) || (overlaps(SDK_V2, JANUS.max) && !signatures.v2.present);
    signatures.v1.present && by_v1
}

fn describe(block: Option<&Block<'_>>, issue: Option<Issue>) -> SigningBlock {
    let mut out = block.map(Block::describe).unwrap_or_default();
    out.errors.extend(issue);
    out
}
