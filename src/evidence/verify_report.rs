//! What `verify` found.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{AssetId, Digest};

use super::{CatalogueOrigin, PartState, Problem, SignatureStatus};

/// The result of reading a whole bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "jixian.verify/v1")]
pub struct VerifyReport {
    pub schema: &'static str,
    pub path: String,
    /// `None` where the manifest is damaged.
    pub root: Option<Digest>,
    pub integrity: Integrity,
    pub authenticity: Authenticity,
    pub catalogue: CatalogueReport,
    pub completeness: Completeness,
    pub counts: Counts,
    /// What is not as it was sealed. Empty where the bundle is intact.
    pub problems: Vec<Problem>,
    /// What lies in the folder and is not part of the sealed bundle: harmless, and nothing rests on it.
    pub notes: Vec<Problem>,
}

impl VerifyReport {
    /// Everything is as it was sealed, and no signature contradicts it. An unsigned bundle is intact as well.
    pub fn is_sound(&self) -> bool {
        self.integrity == Integrity::Intact && self.authenticity.standing() != Standing::Invalid
    }
}

/// Whether a bundle is what was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Integrity {
    Damaged,
    Intact,
}

/// Who vouches for a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Authenticity {
    /// Sorted by file.
    pub signatures: Vec<SignatureReport>,
}

/// All signatures together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// At least one signature does not belong to this bundle.
    Invalid,
    Unsigned,
    /// Signed, by nobody whose key was pinned.
    UntrustedKey,
    /// Signed by at least one pinned key.
    Valid,
}

impl Authenticity {
    /// The worst that can be said: one wrong signature outweighs a right one.
    pub fn standing(&self) -> Standing {
        let any = |status| self.signatures.iter().any(|signature| signature.status == status);
        if any(SignatureStatus::Invalid) {
            Standing::Invalid
        } else if any(SignatureStatus::Valid) {
            Standing::Valid
        } else if any(SignatureStatus::UntrustedKey) {
            Standing::UntrustedKey
        } else {
            Standing::Unsigned
        }
    }
}

/// One signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SignatureReport {
    pub file: String,
    /// Id of the key, where the file can be read.
    pub key: Option<String>,
    pub status: SignatureStatus,
}

/// Whose catalogue a bundle was judged with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CatalogueReport {
    pub digest: Option<Digest>,
    /// What the bundle says of it.
    pub recorded: Option<CatalogueOrigin>,
    /// What is true here.
    pub standing: CatalogueStanding,
}

/// Whether somebody here knows the catalogue of a bundle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CatalogueStanding {
    /// Unknown here, and not in the bundle either.
    Absent,
    /// The bundle's own: good for `replay`, never for a gate.
    Bundle,
    /// The one in this program.
    Installed,
    /// The one that the user pinned.
    Pinned,
}

/// Whether the collection came to its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Completeness {
    pub state: PartState,
    /// False for a run that was interrupted.
    pub sealed: bool,
    /// Planned assets without a part.
    pub missing: Vec<AssetId>,
    /// Parts that did not come to their end.
    pub incomplete: Vec<AssetId>,
    /// Records that were cut off in the writing and were dropped.
    pub torn: Vec<TornTail>,
}

/// A last record that was cut off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TornTail {
    pub part: AssetId,
    pub bytes: u64,
}

/// How much was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Counts {
    pub parts: u64,
    pub records: u64,
    pub objects: u64,
    /// In objects.
    pub bytes: u64,
    /// Objects of which only digest and size are here.
    pub external: u64,
}
