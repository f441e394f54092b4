//! Why a signature does not hold: codes that stay, with what they are about.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Issues of one scheme that are listed at most.
const MAX_ISSUES: usize = 50;
/// Bytes of a detail; names in it are a stranger's.
const MAX_DETAIL: usize = 200;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Issue {
    pub code: IssueCode,
    /// The entry, signer, algorithm or number it is about; in English, may be empty.
    pub detail: String,
}

impl Issue {
    pub(super) fn new(code: IssueCode, detail: impl Into<String>) -> Self {
        let mut detail = detail.into();
        if detail.len() > MAX_DETAIL {
            detail.truncate(detail.floor_char_boundary(MAX_DETAIL));
            detail.push('…');
        }
        Self { code, detail }
    }
}

impl From<IssueCode> for Issue {
    fn from(code: IssueCode) -> Self {
        Self::new(code, "")
    }
}

/// Issues in the order they were found, no more than a person reads.
#[derive(Clone, Debug, Default)]
pub(super) struct Issues {
    listed: Vec<Issue>,
    /// Some issue that was not listed settles the matter.
    settled: bool,
    left_out: usize,
}

impl Issues {
    pub(super) fn add(&mut self, issue: Issue) {
        if self.listed.len() < MAX_ISSUES {
            self.listed.push(issue);
        } else {
            self.settled |= !issue.code.is_open();
            self.left_out += 1;
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.listed.is_empty()
    }

    pub(super) fn finish(mut self) -> Vec<Issue> {
        if self.left_out > 0 {
            let code = if self.settled { IssueCode::MoreErrors } else { IssueCode::MoreUnverifiable };
            self.listed.push(Issue::new(code, self.left_out.to_string()));
        }
        self.listed
    }
}

/// What is wrong. Each has the place in AOSP's `apksig` where the platform's behaviour is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueCode {
    /// A signature algorithm that is not known here, such as one that resists quantum computers.
    AlgorithmUnknown,
    /// Signatures and digests are not of the same algorithms in the same order.
    AlgorithmsDiffer,
    /// Android does not open the archive at all, whatever is in it.
    ArchiveRefused,
    AttributeMalformed,
    BlockMalformed,
    BlockTooLarge,
    CertificateCriticalExtension,
    /// Its key usage lets it sign nothing.
    CertificateKeyUsage,
    CertificateMalformed,
    /// The certificate that the signature names is not there.
    CertificateMissing,
    ContentTypeDiffers,
    DigestMalformed,
    DigestMismatch,
    DuplicateEntry,
    DuplicateSection,
    EntryDigestMismatch,
    EntryDigestMissing,
    EntryMissing,
    EntryNotInManifest,
    EntryNotSigned,
    EntrySignersDiffer,
    EntryUnreadable,
    KeyMalformed,
    /// A key that cannot be verified with here, such as one on a curve that is not known.
    KeyUnsupported,
    LineageCertificateDiffers,
    LineageMalformed,
    LineageSignatureMismatch,
    LineagesInconsistent,
    MainSectionDigestMismatch,
    ManifestMissing,
    MoreErrors,
    MoreUnverifiable,
    NoCertificates,
    NoSignatures,
    NoSignedEntries,
    NoSigners,
    /// Present, but no platform of the range looks at it.
    NotChecked,
    /// The v1 or v2 signer is not the oldest of the v3 signer's lineage.
    PastSignerDiffers,
    PublicKeyDiffers,
    ReadFailed,
    RotationMinSdkDiffers,
    SchemeMissing,
    /// Signed by a newer scheme as well, says the signature, and that one is gone.
    SchemeStripped,
    /// A scheme that is not verified here and that some platform of the range goes by: 3.2, from Android 17 on.
    SchemeUnknown,
    SdkRangeDiffers,
    SdkRangeInvalid,
    SdkRangesIncomplete,
    SdkRangesInconsistent,
    SectionDigestMismatch,
    SectionDigestMissing,
    SectionUnnamed,
    SeveralPastSigners,
    /// Several signers for different platforms, and no lineage that says what they have to do with each other.
    SeveralSigners,
    SignatureFileMissing,
    SignatureFileUnversioned,
    SignatureMalformed,
    SignatureMismatch,
    /// Signed attributes, which platforms before Android 4.4 take for nothing.
    SignedAttributes,
    SignerMalformed,
    SignersDiffer,
    SignersMalformed,
    StampMissing,
    TooManySigners,
    TreeMismatch,
    /// An algorithm that some platform of the range does not take.
    UnsupportedBySdk,
    V31WithoutV3,
    VerityUnaligned,
    VersionUnknown,
}

impl IssueCode {
    /// Nobody here can tell whether the signature holds: what stands there is neither right nor wrong.
    pub fn is_open(self) -> bool {
        matches!(
            self,
            Self::AlgorithmUnknown
                | Self::BlockTooLarge
                | Self::KeyUnsupported
                | Self::MoreUnverifiable
                | Self::NotChecked
                | Self::ReadFailed
                | Self::SchemeUnknown
                | Self::VersionUnknown
        )
    }
}
