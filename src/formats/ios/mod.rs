//! iOS packages without a Mac: what property lists, Mach-O files, signatures and profiles say, each read in bounds.
//!
//! [`Scanner`] reads the few small files of metadata itself; of all else it takes the contents as its caller inflates them,
//! window by window, so that an executable of any size costs the memory of its signature. Dates are told, never judged.

mod assemble;
mod ats;
pub mod code_signature;
mod info;
mod layout;
pub mod macho;
pub mod plist;
mod privacy;
mod profile;
mod resources;
mod scan;
mod values;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::model::{Fact, Tri};

pub use ats::{Ats, AtsException};
pub use code_signature::{Chain, CodeDirectory, CodeSignature, Entitlements, Seal, Signer, Signing, Verified};
pub use info::{Toolchain, UsageText};
pub use layout::Role;
pub use macho::{Import, ImportUse, Library, Slice};
pub use privacy::{AccessedApi, CollectedData, ManifestAt, PrivacyManifest, Undeclared};
pub use profile::{Profile, ProfileKind};
pub use resources::{MAX_PATHS, Resources};
pub use scan::{EntryScan, Scanned, Scanner, scan};

/// Why a package is not read at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IosError {
    #[error("no app in Payload/")]
    NoApp,
}

/// What one package says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Ios {
    /// The folder of the app, `Payload/Name.app/`. Paths below are within it.
    pub path: String,
    /// Apps in `Payload/`; more than one is odd, and the first with an `Info.plist` is read.
    pub apps: i64,
    pub bundle_id: Fact<String>,
    /// `CFBundleShortVersionString`.
    pub version: Fact<String>,
    /// `CFBundleVersion`.
    pub build: Fact<String>,
    /// The oldest system that it runs on, as `13.0`; empty where it names none.
    pub min_os: Fact<String>,
    pub platforms: Fact<Vec<String>>,
    pub device_families: Fact<Vec<String>>,
    pub url_schemes: Fact<Vec<String>>,
    pub queried_schemes: Fact<Vec<String>>,
    pub usage_texts: Fact<Vec<UsageText>>,
    pub ats: Fact<Ats>,
    pub file_sharing: Fact<bool>,
    pub open_in_place: Fact<bool>,
    /// `yes`, `no` or `undeclared`.
    pub non_exempt_encryption: Fact<String>,
    pub background_modes: Fact<Vec<String>>,
    pub toolchain: Fact<Toolchain>,
    /// Frameworks, extensions and apps within, sorted by path; at most 300.
    pub bundles: Vec<BundleFacts>,
    pub bundles_left_out: i64,
    /// Of the app's own executable.
    pub entitlements: Fact<Entitlements>,
    /// Whether a debugger may attach to the app.
    pub get_task_allow: Fact<bool>,
    /// Its type is `none` where there is none.
    pub profile: Fact<Profile>,
    /// All code, first the app's own executable, then by path; at most 500.
    pub slices: Fact<Vec<CodeSlice>>,
    pub slices_left_out: i64,
    /// The weakest hash of code directories among the slices of the app's own executable; `none` where it is unsigned.
    pub code_directory_hash: Fact<String>,
    /// No where the store encrypted the app's own executable: nothing can be said of its code.
    pub code_assessable: Tri,
    pub resources: Fact<Resources>,
    pub privacy: PrivacyFacts,
    /// Who signed code, sorted by digest.
    pub signers: Vec<Signer>,
    /// Whether signer, executable, and all files that they seal fit together. Says nothing of whom the signer is, nor of dates.
    pub signature_verified: Verified,
    /// Codes of what is wrong, sorted.
    pub signature_errors: Vec<String>,
    /// The same of all other code, by its own signatures.
    pub nested_verified: Verified,
}

/// A slice of code, and where it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CodeSlice {
    pub path: String,
    pub role: Role,
    #[serde(flatten)]
    pub slice: Slice,
    /// None of code that could not be read.
    pub signature: Option<CodeSignature>,
}

/// A bundle within the app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct BundleFacts {
    /// Its folder, with `/` at the end.
    pub path: String,
    pub bundle_id: Fact<String>,
    pub version: Fact<String>,
    pub min_os: Fact<String>,
    /// `com.apple.share-services` and the like; empty for what is no extension.
    pub extension_point: Fact<String>,
    /// A keyboard that asks for access to the network.
    pub open_access: Fact<bool>,
    /// Groups whose data it shares.
    pub app_groups: Fact<Vec<String>>,
}

/// Privacy manifests, and what they leave out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PrivacyFacts {
    /// Whether the app itself has one.
    pub app_manifest: bool,
    /// Sorted by path; at most 200.
    pub manifests: Vec<ManifestAt>,
    pub manifests_left_out: i64,
    /// Code that imports functions for which a reason has to be given, and none is. Calls by name are not seen.
    pub undeclared: Fact<Vec<Undeclared>>,
}

#[cfg(test)]
mod tests;
