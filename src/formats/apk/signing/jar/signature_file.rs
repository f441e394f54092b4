//! A signature file (`*.SF`): what it says of the manifest (AOSP `apksig`,
//! `V1SchemeVerifier.verifySigFileAgainstManifest`).

use std::collections::{BTreeMap, BTreeSet};

use super::{
    super::{
        issue::{Issue, IssueCode, Issues},
        signer::Range,
    },
    digests::{self, Expected},
    manifest::{self, Section},
};
use crate::formats::public_key::Hash;

/// The platform from which on a missing newer signature is noticed: Android 7.0.
const STRIPPING_PROTECTION: i64 = 24;

/// What a signature file is held against.
pub(super) struct Context<'a> {
    pub(super) manifest: &'a [u8],
    pub(super) main: Option<&'a Section>,
    pub(super) by_entry: &'a BTreeMap<String, Section>,
    pub(super) range: Range,
}

/// A signature file that says the same as the manifest.
#[derive(Clone, Debug)]
pub(super) struct SignatureFile {
    entries: BTreeSet<String>,
    pub(super) hashes: BTreeSet<Hash>,
}

impl SignatureFile {
    pub(super) fn covers(&self, entry: &str) -> bool {
        self.entries.contains(entry)
    }

    /// Verifies the manifest by the file. None where the file is passed over, as Android does with those that it cannot
    /// read, and where there are issues.
    pub(super) fn verify(
        file: &[u8],
        context: &Context<'_>,
        known: &[u32],
        found: &BTreeSet<u32>,
        issues: &mut Issues,
    ) -> Option<Self> {
        let mut sections = manifest::sections(file).into_iter();
        let main = sections.next().filter(|main| main.attribute("Signature-Version").is_some())?;
        let mut wrong = Issues::default();
        if context.range.max >= STRIPPING_PROTECTION {
            check_stripped(&main, known, found, &mut wrong);
        }
        let mut out = Self { entries: BTreeSet::new(), hashes: BTreeSet::new() };
        // A tool of Netscape's names its digests otherwise, and leaves an empty line out of them.
        let by_signtool = main.attribute("Created-By").is_some_and(|by| by.contains("signtool"));
        let whole = out.whole_manifest(&main, context, by_signtool);
        if !by_signtool {
            out.main_section(&main, context, &mut wrong);
        }
        if !wrong.is_empty() {
            wrong.finish().into_iter().for_each(|issue| issues.add(issue));
            return None;
        }
        let mut passed_over = false;
        for section in sections {
            let name = section.entry()?.to_owned();
            if !whole {
                passed_over |= !out.section(&section, &name, context, by_signtool, &mut wrong);
            }
            if !out.entries.insert(name) {
                return None;
            }
        }
        if passed_over {
            return None;
        }
        let ok = wrong.is_empty();
        wrong.finish().into_iter().for_each(|issue| issues.add(issue));
        ok.then_some(out)
    }

    /// Whether the digest of the whole manifest is there and matches; then its sections are not looked at.
    fn whole_manifest(&mut self, main: &Section, context: &Context<'_>, by_signtool: bool) -> bool {
        let suffix = if by_signtool { "-Digest" } else { "-Digest-Manifest" };
        let expected = self.expected(main, suffix, context.range);
        !expected.is_empty() && expected.iter().all(|expected| expected.matches(context.manifest))
    }

    fn main_section(&mut self, main: &Section, context: &Context<'_>, issues: &mut Issues) {
        let range = context.main.map_or(0..0, |main| main.range.clone());
        let bytes = context.manifest.get(range).unwrap_or_default();
        for expected in self.expected(main, "-Digest-Manifest-Main-Attributes", context.range) {
            if !expected.matches(bytes) {
                issues.add(Issue::new(IssueCode::MainSectionDigestMismatch, expected.hash.name()));
            }
        }
    }

    /// Verifies one section of the manifest; `false` where there is none, for which Android passes the whole file over.
    fn section(
        &mut self,
        section: &Section,
        name: &str,
        context: &Context<'_>,
        by_signtool: bool,
        issues: &mut Issues,
    ) -> bool {
        let Some(described) = context.by_entry.get(name) else { return false };
        let expected = self.expected(section, "-Digest", context.range);
        if expected.is_empty() {
            issues.add(Issue::new(IssueCode::SectionDigestMissing, name));
        }
        let mut bytes = context.manifest.get(described.range.clone()).unwrap_or_default();
        if by_signtool && bytes.ends_with(b"\n\n") {
            bytes = bytes.get(..bytes.len() - 1).unwrap_or_default();
        }
        if expected.iter().any(|expected| !expected.matches(bytes)) {
            issues.add(Issue::new(IssueCode::SectionDigestMismatch, name));
        }
        true
    }

    fn expected(&mut self, section: &Section, suffix: &str, range: Range) -> Vec<Expected> {
        let expected = digests::expected(section, suffix, range);
        self.hashes.extend(expected.iter().map(|expected| expected.hash));
        expected
    }
}

/// The file says by which newer schemes the package is signed as well; those that the platform knows have to be there.
fn check_stripped(main: &Section, known: &[u32], found: &BTreeSet<u32>, issues: &mut Issues) {
    let Some(listed) = main.attribute("X-Android-APK-Signed") else { return };
    let ids: BTreeSet<u32> = listed.split(',').filter_map(|id| id.trim().parse().ok()).collect();
    for id in ids.iter().filter(|id| known.contains(id) && !found.contains(id)) {
        issues.add(Issue::new(IssueCode::SchemeStripped, format!("scheme {id}")));
    }
}
