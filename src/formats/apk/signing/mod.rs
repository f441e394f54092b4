//! Signatures of Android packages, verified as Android does it: schemes 1 (JAR), 2, 3, 3.1 and 4, rotation and source stamp.
//!
//! Sources: source.android.com, "Application signing" and the pages of the schemes; AOSP `tools/apksig` of 2023-04, whose
//! verdict over a range of platforms this follows. *Present*, *verified* and *required* are three facts: a package may have
//! a signature that nobody looks at, and may lack one that its oldest platform asks for.

mod algorithm;
mod block;
mod digest;
mod entries;
mod fields;
mod issue;
mod jar;
mod known;
mod lineage;
mod report;
mod schemes;
mod signer;
mod signers;
mod stamp;
mod v4;
mod verdict;

use std::collections::BTreeSet;

use crate::formats::{public_key::Hash, zip::Archive};

pub use entries::{Collected, EntryDigestError, EntryDigests, EntryHasher, Inflating};
pub use issue::{Issue, IssueCode};
pub use report::{
    Ancestor, BlockEntry, Janus, Scheme, Signatures, Signer, Signing, SigningBlock, SourceStamp, Verified,
};

use block::Block;
use jar::Jar;
use schemes::{SDK_V2, SDK_V3, SDK_V31};
use signer::Range;

/// What to verify for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Request<'a> {
    /// The oldest platform, by SDK.
    pub min_sdk: i64,
    /// The newest platform; no bound where the package has none.
    pub max_sdk: i64,
    /// What the package targets: Android 11 (SDK 30) and newer ask for scheme 2 then.
    pub target_sdk: Option<i64>,
    /// `android:targetSandboxVersion` of the manifest: from 2 on scheme 2 is asked for.
    pub target_sandbox: Option<i64>,
    /// The contents of the file of scheme 4, where there is one.
    pub idsig: Option<&'a [u8]>,
}

impl Request<'_> {
    /// All platforms from an SDK on, with nothing known of the manifest.
    pub fn from_sdk(min_sdk: i64) -> Self {
        Self { min_sdk, max_sdk: NEWEST, target_sdk: None, target_sandbox: None, idsig: None }
    }

    fn range(&self) -> Range {
        Range { min: self.min_sdk.max(1), max: self.max_sdk.max(self.min_sdk).min(NEWEST) }
    }
}

/// No bound: the largest number of Java, which schemes 3 and 3.1 write for it.
const NEWEST: i64 = i32::MAX as i64;

/// Verifies all signatures; entries are inflated where scheme 1 counts.
pub fn verify(archive: &Archive<'_>, request: Request<'_>, digests: &dyn EntryDigests) -> Signing {
    Verifier::new(archive, request).finish(digests)
}

/// A verification that waits for the digests of the entries.
pub struct Verifier<'a> {
    archive: &'a Archive<'a>,
    request: Request<'a>,
    block: Option<Block<'a>>,
    /// Why a block does not count.
    block_issue: Option<Issue>,
    /// Where scheme 1 counts.
    jar: Option<Jar>,
    jar_present: bool,
}

impl<'a> Verifier<'a> {
    /// Reads the signing block, and scheme 1 up to the entries.
    pub fn new(archive: &'a Archive<'a>, request: Request<'a>) -> Self {
        let (block, block_issue) = match block::find(archive) {
            Ok(block) => (block, None),
            Err(issue) => (None, Some(issue)),
        };
        let range = request.range();
        let found = found(block.as_ref(), range);
        let jar = (range.min < SDK_V2 || found.is_empty()).then(|| Jar::read(archive, range, known(range.max), &found));
        Self { archive, request, block, block_issue, jar, jar_present: jar::is_present(archive) }
    }

    /// The hashes that are wanted of an entry, by its place in the central directory; none where scheme 1 does not count.
    pub fn wanted(&self, entry: usize) -> Vec<Hash> {
        self.jar.as_ref().map(|jar| jar.wanted(self.archive, entry)).unwrap_or_default()
    }

    /// Verifies everything else.
    pub fn finish(self, digests: &dyn EntryDigests) -> Signing {
        verdict::reach(self, digests)
    }
}

/// Schemes from 2 on that are there and that some platform of the range looks at.
fn found(block: Option<&Block<'_>>, range: Range) -> BTreeSet<u32> {
    let has = |id| block.is_some_and(|block| block.entry(id).is_some());
    let mut found = BTreeSet::new();
    if range.max >= SDK_V31 && has(block::V31) {
        found.insert(31);
    }
    if range.max >= SDK_V3 && has(block::V3) {
        found.insert(3);
    }
    if range.max >= SDK_V2 && (range.min < SDK_V3 || found.is_empty()) && has(block::V2) {
        found.insert(2);
    }
    found
}

/// Schemes from 2 on whose absence the newest platform notices, where a signature says that they should be there.
fn known(newest: i64) -> &'static [u32] {
    match newest {
        SDK_V3.. => &[2, 3],
        SDK_V2.. => &[2],
        _ => &[],
    }
}

#[cfg(test)]
mod tests;
