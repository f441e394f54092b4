//! What came of verifying the signatures of one package.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::issue::Issue;
use crate::{
    formats::x509::{Key, Signature},
    model::Digest,
};

/// Everything that the signatures of a package say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Signing {
    pub signatures: Signatures,
    /// What each platform of the range of SDKs makes of the package: `yes` where all take it.
    pub signature_verified: Verified,
    /// Why not, beside what each scheme says: signers of schemes that do not belong together, a scheme that is asked for.
    pub errors: Vec<Issue>,
    /// By digest, each once, with the schemes that it verifies in.
    pub signers: Vec<Signer>,
    /// From the oldest to the newest certificate; empty where no rotation was proven.
    pub lineage: Vec<Ancestor>,
    pub source_stamp: SourceStamp,
    pub janus: Janus,
    /// Hashes that the files of the v1 signature use, as `sha1`, and those of the signatures over them.
    pub v1_digests: Vec<String>,
    pub block: SigningBlock,
}

/// The schemes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Signatures {
    /// JAR signing.
    pub v1: Scheme,
    /// From Android 7.0 (SDK 24) on.
    pub v2: Scheme,
    /// From Android 9 (SDK 28) on.
    pub v3: Scheme,
    /// From Android 13 (SDK 33) on.
    pub v3_1: Scheme,
    /// In a file of its own, beside the package; from Android 11 (SDK 30) on.
    pub v4: Scheme,
}

/// One scheme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Scheme {
    /// There is something of it, whatever it is worth.
    pub present: bool,
    /// `indeterminate` also where it is present and no platform of the range looks at it.
    pub verified: Verified,
    /// Some platform of the range, or what the package targets, asks for it.
    pub required: bool,
    pub errors: Vec<Issue>,
    /// Signature algorithms in it, known or not, as `rsa-sha256` or `0x0501`.
    pub algorithms: Vec<String>,
}

/// Whether something holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verified {
    Yes,
    #[default]
    No,
    /// Made with what cannot be verified here, or never looked at.
    Indeterminate,
}

impl Verified {
    /// What follows from what is wrong.
    pub(super) fn of(issues: &[Issue]) -> Self {
        if issues.is_empty() {
            Self::Yes
        } else if issues.iter().all(|issue| issue.code.is_open()) {
            Self::Indeterminate
        } else {
            Self::No
        }
    }
}

/// Who signed, by certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Signer {
    /// Of the certificate as it is in the package.
    pub sha256: Digest,
    /// Whether the certificate could be read. Where not, what follows is empty, and only its key is known to fit.
    pub readable: bool,
    pub subject: String,
    pub issuer: String,
    /// Lower-case hex digits.
    pub serial: String,
    pub key: Key,
    pub signature: Signature,
    /// RFC 3339 in UTC.
    pub not_before: String,
    /// RFC 3339 in UTC. Android does not look at it.
    pub not_after: String,
    /// The one that development tools make for each developer.
    pub debug: bool,
    /// Which of the keys that everybody has, as `aosp-testkey`; empty where it is none.
    pub public_test: String,
    pub sm2: bool,
    /// `v1`, `v2`, `v3`, `v3_1`.
    pub scheme: Vec<String>,
}

/// A certificate of the lineage that a rotation proves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Ancestor {
    pub sha256: Digest,
    /// Empty where the certificate cannot be read.
    pub subject: String,
    /// What a package signed with it may still do: `installed_data`, `shared_user_id`, `permission`, `rollback`, `auth`.
    pub capabilities: Vec<String>,
}

/// Where a package says it comes from, as app stores sign it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SourceStamp {
    /// The digest of its certificate, or its block, is in the package.
    pub present: bool,
    pub verified: Verified,
    pub errors: Vec<Issue>,
    pub sha256: Option<Digest>,
}

/// The double format by which v1 is got around (CVE-2017-13156).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Janus {
    /// Some platform of the range that has the flaw, up to Android 7.1, asks for nothing but v1.
    pub scheme_at_risk: bool,
    /// The file begins as a DEX file and ends as an archive.
    pub shape: bool,
}

/// The block before the central directory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SigningBlock {
    pub present: bool,
    /// Where it begins.
    pub offset: i64,
    /// All of it.
    pub bytes: i64,
    /// In their order.
    pub entries: Vec<BlockEntry>,
    /// Entries beyond the first hundred.
    pub left_out: i64,
    /// Ids that come more than once; Android takes the first.
    pub duplicates: Vec<String>,
    /// Why it, or the rest of it, does not count.
    pub errors: Vec<Issue>,
}

/// One entry of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BlockEntry {
    /// As `0x7109871a`.
    pub id: String,
    /// As `v2`; empty where it is not known.
    pub name: String,
    pub bytes: i64,
}
