//! What one package says of itself, as the bounded child hands it over.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, tie::Tie, walk::Skipped};
use crate::{
    formats::{
        apk::{
            Manifest,
            signing::{Signing, Verified},
        },
        code::CodeFindings,
        hap::Harmony,
        ios::Ios,
        native::NativeLib,
        packers::Packing,
        sdks,
        strings::Findings,
        zip::Anomaly,
    },
    model::{DecodeFailure, Digest, Fact, UnreadStatus},
};

/// A package, read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Document {
    pub kind: Kind,
    /// Of the file (GB/T 32905), lower-case hex digits.
    pub sm3: String,
    pub entries: i64,
    /// Sum of the sizes that the archive declares.
    pub uncompressed: i64,
    pub anomalies: Vec<Anomaly>,
    /// Anomalies beyond those that are listed.
    pub anomalies_left_out: i64,
    /// Of an Android package, or of the base of several; `None` for other platforms.
    pub manifest: Option<Fact<Manifest>>,
    /// Of an Android package; `None` for other platforms and for bundles, which are signed otherwise.
    pub signing: Option<Fact<Signing>>,
    /// `None` for other platforms.
    pub harmony: Option<Harmony>,
    /// `None` for other platforms.
    pub ios: Option<Fact<Ios>>,
    pub packing: Packing,
    pub sdks: sdks::Inventory,
    /// By path; unread each that does not parse.
    pub native: Vec<Fact<NativeLib>>,
    /// Packages inside of this one.
    pub members: Vec<Member>,
    pub code: CodeFindings,
    pub strings: Findings,
    pub coverage: Coverage,
    pub tie: Tie,
}

/// A package inside of another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Member {
    pub name: String,
    pub bytes: i64,
    pub signature_verified: Fact<Verified>,
    /// Digests of the certificates of its signers.
    pub signers: Fact<Vec<Digest>>,
}

/// How much was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    pub entries_scanned: i64,
    /// At most 200.
    pub skipped: Vec<Skipped>,
    pub skipped_count: i64,
}

/// Why a part of a package is not known, as facts have it.
pub(super) fn unread<T>(what: &str, failure: &DecodeFailure) -> Fact<T> {
    let (status, code) = match failure {
        DecodeFailure::Budget { .. } => (UnreadStatus::TooLarge, "budget"),
        _ => (UnreadStatus::Error, "malformed"),
    };
    Fact::unread(status, format!("{what}: {code}"))
}

/// What a set or a store package says of a member.
pub(super) fn verified_and_signers(signing: &Fact<Signing>) -> (Fact<Verified>, Fact<Vec<Digest>>) {
    let signers = |signing: &Signing| signing.signers.iter().map(|signer| signer.sha256).collect();
    (signing.as_ref().map(|signing| signing.signature_verified), signing.as_ref().map(signers))
}
