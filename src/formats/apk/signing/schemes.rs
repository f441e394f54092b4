//! Schemes 2, 3 and 3.1 (source.android.com, "APK signature scheme v2", "v3", "v3.1"; AOSP `apksig`, `V2SchemeVerifier` and
//! `V3SchemeVerifier`).

use std::collections::BTreeSet;

use super::{
    algorithm,
    digest::{ContentDigest, Digester},
    fields::Fields,
    issue::{Issue, IssueCode, Issues},
    lineage::Lineage,
    signer::{Range, Rules, Signer, Signers},
};

/// The first platform that knows the scheme.
pub(super) const SDK_V2: i64 = 24;
pub(super) const SDK_V3: i64 = 28;
pub(super) const SDK_V31: i64 = 33;
pub(super) const SDK_V32: i64 = 37;

/// More signers than this no platform takes (Android security bulletin of 2023-04; AOSP `apksig`, `MAX_APK_SIGNERS`).
pub(super) const MAX_SIGNERS: usize = 10;

/// More signers than platforms make no sense; the format has no bound, and each costs a verification and a lineage.
const MAX_V3_SIGNERS: usize = 40;

/// Of scheme 2: signed by a newer scheme as well.
const STRIPPING_PROTECTION: u32 = 0xbeef_f00d;
/// Of schemes 3 and 3.1.
const PROOF_OF_ROTATION: u32 = 0x3ba0_6f8c;
/// Of scheme 3: from which SDK on scheme 3.1 takes over.
const ROTATION_MIN_SDK: u32 = 0x559f_8b02;
/// Of schemes 3 and 3.1: from which SDK on scheme 3.2 takes over.
const HYBRID_MIN_SDK: u32 = 0xbf94_0529;
/// Of scheme 3.1: for a platform that still has the number of the one before.
const ROTATION_ON_DEV_RELEASE: u32 = 0xc2a6_b3ba;

/// What came of one scheme.
pub(super) struct Outcome<'a> {
    pub(super) signers: Vec<Signer<'a>>,
    pub(super) lineage: Option<Lineage<'a>>,
    pub(super) issues: Vec<Issue>,
    pub(super) algorithms: Vec<String>,
    /// Digests of the contents by kind, as signers have them.
    pub(super) digests: Vec<(ContentDigest, Vec<u8>)>,
    /// The oldest platform that a signer is for.
    pub(super) first_sdk: Option<i64>,
}

impl<'a> Outcome<'a> {
    fn new(all: Signers<'a>, lineage: Option<Lineage<'a>>) -> Self {
        let known = all.signers.iter().flat_map(|signer| &signer.digests);
        let digests: Vec<_> =
            known.filter_map(|(id, digest)| Some((algorithm::by_id(*id)?.digest, digest.to_vec()))).collect();
        Self {
            lineage,
            first_sdk: all.signers.iter().filter_map(|signer| signer.sdk).map(|sdk| sdk.min).min(),
            digests,
            algorithms: all.algorithms.iter().map(|id| algorithm::name(*id)).collect(),
            issues: all.issues.finish(),
            signers: all.signers,
        }
    }
}

/// Verifies scheme 2. `found` are the schemes from 3 on that are there, `known` those that the newest platform knows.
pub(super) fn v2<'a>(
    block: &'a [u8],
    range: Range,
    known: &[u32],
    found: &BTreeSet<u32>,
    digester: &mut Digester<'_>,
) -> Outcome<'a> {
    let rules = Rules { with_sdk: false, range, max_signers: MAX_SIGNERS };
    let mut all = Signers::read(block, rules);
    for (_, value) in attributes(&all.signers, STRIPPING_PROTECTION) {
        match Fields::new(value).u32() {
            Ok(id) if known.contains(&id) && !found.contains(&id) => {
                all.issues.add(Issue::new(IssueCode::SchemeStripped, format!("scheme {id}")));
            }
            Ok(_) => {}
            Err(_) => all.issues.add(IssueCode::AttributeMalformed.into()),
        }
    }
    if all.issues.is_empty() {
        all.check_contents(digester);
    }
    Outcome::new(all, None)
}

/// What tells scheme 3.1 from 3.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rotation {
    pub(super) is_v31: bool,
    /// From which SDK on scheme 3.1 takes over, where there is one.
    pub(super) taken_over_from: Option<i64>,
    /// Scheme 3.2 is there.
    pub(super) has_v32: bool,
}

/// Verifies scheme 3 or 3.1.
pub(super) fn v3<'a>(block: &'a [u8], range: Range, rotation: Rotation, digester: &mut Digester<'_>) -> Outcome<'a> {
    let rules = Rules { with_sdk: true, range, max_signers: MAX_V3_SIGNERS };
    let mut all = Signers::read(block, rules);
    let lineages = lineages(&all.signers, &mut all.issues);
    check_rotation(&all.signers, range, rotation, &mut all.issues);
    if !all.issues.is_empty() {
        return Outcome::new(all, None);
    }
    all.check_contents(digester);
    check_ranges(&all.signers, &lineages, range, rotation, &mut all.issues);
    let lineage = merged(lineages, &mut all.issues);
    Outcome::new(all, lineage)
}

fn attributes<'s, 'a>(signers: &'s [Signer<'a>], id: u32) -> Vec<(&'s Signer<'a>, &'a [u8])> {
    let of = |signer: &'s Signer<'a>| signer.attributes.iter().map(move |attribute| (signer, *attribute));
    signers
        .iter()
        .flat_map(of)
        .filter(|(_, (other, _))| *other == id)
        .map(|(signer, (_, value))| (signer, value))
        .collect()
}

/// The lineage of each signer, whose end has to be the signer. Two are none (AOSP `frameworks/base`,
/// `ApkSignatureSchemeV3Verifier`).
fn lineages<'a>(signers: &[Signer<'a>], issues: &mut Issues) -> Vec<Option<Lineage<'a>>> {
    let mut read = |signer: &Signer<'a>| {
        let (_, value) = match attributes(std::slice::from_ref(signer), PROOF_OF_ROTATION).as_slice() {
            [] => return None,
            [one] => *one,
            [..] => {
                issues.add(Issue::new(IssueCode::LineageMalformed, "two of one signer"));
                return None;
            }
        };
        match Lineage::read(value) {
            Ok(lineage) if Some(&lineage.newest()) == signer.certificates.first() => return Some(lineage),
            Ok(_) => issues.add(IssueCode::LineageCertificateDiffers.into()),
            Err(issue) => issues.add(issue),
        }
        None
    };
    signers.iter().map(&mut read).collect()
}

/// Scheme 3 says from when on 3.1 takes over, so that 3.1 cannot be taken away.
fn check_rotation(signers: &[Signer<'_>], range: Range, rotation: Rotation, issues: &mut Issues) {
    if range.max < SDK_V31 {
        return;
    }
    let hybrid_from =
        attributes(signers, HYBRID_MIN_SDK).into_iter().filter_map(|(_, value)| Fields::new(value).u32().ok());
    if let Some(sdk) = hybrid_from.min().filter(|sdk| !rotation.has_v32 && range.max >= i64::from(*sdk)) {
        issues.add(Issue::new(IssueCode::SchemeStripped, format!("scheme 3.2 from SDK {sdk} on")));
    }
    for (_, value) in attributes(signers, ROTATION_MIN_SDK) {
        let Ok(declared) = Fields::new(value).u32() else {
            issues.add(IssueCode::AttributeMalformed.into());
            continue;
        };
        match rotation.taken_over_from {
            Some(sdk) if sdk == i64::from(declared) => {}
            Some(sdk) => {
                issues.add(Issue::new(IssueCode::RotationMinSdkDiffers, format!("{declared} declared, {sdk} in v3.1")));
            }
            None => issues.add(Issue::new(IssueCode::SchemeStripped, format!("scheme 3.1 from SDK {declared} on"))),
        }
    }
}

/// Signers are for ranges of platforms that leave no gap, and lineages do not become shorter.
fn check_ranges(
    signers: &[Signer<'_>],
    lineages: &[Option<Lineage<'_>>],
    range: Range,
    rotation: Rotation,
    issues: &mut Issues,
) {
    let mut sorted: Vec<_> = signers.iter().zip(lineages).filter_map(|(s, l)| Some((s.sdk?, s, l))).collect();
    sorted.sort_by_key(|(sdk, ..)| sdk.max);
    let (mut last, mut longest) = (None::<Range>, 0);
    for (sdk, signer, lineage) in &sorted {
        let for_dev_release = !attributes(std::slice::from_ref(*signer), ROTATION_ON_DEV_RELEASE).is_empty();
        let follows = last
            .is_none_or(|last| Some(sdk.min) == last.max.checked_add(1) || (sdk.min == last.max && for_dev_release));
        if !follows {
            issues.add(Issue::new(IssueCode::SdkRangesInconsistent, format!("from {} on", sdk.min)));
            break;
        }
        last = Some(*sdk);
        let length = lineage.as_ref().map(Lineage::len);
        if length.is_some_and(|length| length < longest) {
            issues.add(IssueCode::LineagesInconsistent.into());
            break;
        }
        longest = length.unwrap_or(longest);
    }
    let first = sorted.first().map_or(0, |(sdk, ..)| sdk.min);
    let last = last.map_or(0, |sdk| sdk.max);
    let until = rotation.taken_over_from.map_or(range.max, |sdk| sdk.saturating_sub(1));
    // Platforms before the first that scheme 3.1 is for take scheme 3.
    if (first > range.min && !rotation.is_v31) || last < until {
        issues.add(Issue::new(IssueCode::SdkRangesIncomplete, format!("{first} to {last}")));
    }
}

fn merged<'a>(lineages: Vec<Option<Lineage<'a>>>, issues: &mut Issues) -> Option<Lineage<'a>> {
    let mut all = lineages.into_iter().flatten();
    let first = all.next()?;
    let merged = all.try_fold(first, Lineage::merged);
    if merged.is_none() {
        issues.add(IssueCode::LineagesInconsistent.into());
    }
    merged
}
