//! Code signatures as Darwin embeds them: what is signed, by whom, and whether it is still what was signed.
//!
//! A code directory lists digests of all pages and, in special slots, of the files beside the executable. The signed
//! message is over that directory; other directories count only if the message names their digests too.

mod blob;
mod der_plist;
mod directory;
mod entitlements;
mod message;
mod seal;
mod signer;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::macho::{Blob, Scanned};
use crate::{
    formats::x509,
    model::{Fact, UnreadStatus},
};

pub use entitlements::Entitlements;
pub use seal::{Beside, FileDigests, Seal};
pub use signer::{Chain, Signer};

pub(super) use signer::{Judged, judge as judge_message};

use blob::SuperBlob;
use directory::Directory;
use seal::FileSeals;

/// Whether signatures and digests hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verified {
    No,
    Indeterminate,
    Yes,
}

impl Verified {
    /// The worse of the two.
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }
}

/// How a slice is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Signing {
    /// Digests, and nobody who signed them.
    Adhoc,
    Signed,
    /// There is a signature, and it cannot be read.
    Unreadable,
    Unsigned,
}

/// The signature of one slice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CodeSignature {
    pub signing: Signing,
    pub identifier: String,
    /// Empty where it names none.
    pub team: String,
    /// Hash of the best code directory: `sha1`, `sha256` and the like; empty where there is none.
    pub hash: String,
    /// First the one that is signed.
    pub directories: Vec<CodeDirectory>,
    /// Whether all that the best directory covers is what was signed: pages and sealed parts, and no directory contradicts.
    pub content_verified: Verified,
    /// Files and blobs that are sealed by the best directory, sorted.
    pub seals: Vec<Seal>,
    /// Whether the signer's key signed the directories; `no` where nobody did.
    pub message_verified: Verified,
    pub signer: Option<Signer>,
    pub chain: Option<Chain>,
    /// When it was signed, RFC 3339 in UTC: the signer's own word. Empty where it does not say.
    pub signed_at: String,
    pub entitlements: Fact<Entitlements>,
    /// Codes of what is wrong, sorted.
    pub errors: Vec<String>,
}

/// One code directory.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodeDirectory {
    pub hash: String,
    /// Hex digits of the digest by which systems know the code: the first 20 bytes; empty for a hash that is not computed.
    pub cdhash: String,
    /// As `0x20400`.
    pub version: String,
    /// `adhoc`, `runtime` and the like.
    pub flags: Vec<String>,
    /// Of the executable segment: `main_binary`, `jit` and the like.
    pub segment_flags: Vec<String>,
    /// Bytes of a page; 0 where all code is one.
    pub page_size: i64,
    pub pages: i64,
    /// Pages that are not what was signed.
    pub pages_changed: i64,
    pub pages_verified: Verified,
}

/// A signature that is judged but for the files beside the executable, and small enough to be kept until these are read.
#[derive(Clone, Debug, PartialEq)]
pub struct Examined {
    signature: CodeSignature,
    files: FileSeals,
}

impl Examined {
    /// Judges the files as well.
    pub fn complete(self, beside: &Beside) -> CodeSignature {
        let Self { mut signature, files } = self;
        // Where nothing lists them, nothing says what they should be.
        if signature.directories.is_empty() {
            return signature;
        }
        for seal in files.judge(beside) {
            signature.content_verified = signature.content_verified.and(seal.verified);
            signature.errors.extend((seal.verified == Verified::No).then(|| format!("{}_changed", seal.part)));
            signature.seals.push(seal);
        }
        signature.seals.sort();
        signature.errors.sort();
        signature
    }

    /// The short digests by which its code is known.
    pub fn cdhashes(&self) -> impl Iterator<Item = &str> {
        self.signature.directories.iter().map(|directory| directory.cdhash.as_str()).filter(|hash| !hash.is_empty())
    }

    fn without(signing: Signing, error: &str) -> Self {
        Self { signature: CodeSignature::without(signing, error), files: FileSeals::default() }
    }
}

/// Judges the signature of a slice.
pub fn examine(scanned: &Scanned) -> Examined {
    let blob = match &scanned.signature {
        Blob::Absent => return Examined::without(Signing::Unsigned, "unsigned"),
        Blob::TooLarge(_) => return Examined::without(Signing::Unreadable, "signature_too_large"),
        Blob::Truncated => return Examined::without(Signing::Unreadable, "signature_truncated"),
        Blob::Held(bytes) => bytes,
    };
    let Some(blobs) = SuperBlob::read(blob) else {
        return Examined::without(Signing::Unreadable, "superblob");
    };
    let read: Vec<_> = blobs.directories().map(Directory::read).collect();
    // The message is over the first; where that is not read, the others are nobody's.
    if !matches!(read[..], [Some(_), ..]) || blobs.get(blob::slot::CODE_DIRECTORY).is_none() {
        return Examined::without(Signing::Unreadable, "code_directory");
    }
    let unread = read.iter().any(Option::is_none);
    let directories: Vec<_> = read.into_iter().flatten().collect();
    match directories.iter().max_by_key(|directory| directory.rank()) {
        Some(best) => with(scanned, &blobs, &directories, best, unread),
        None => Examined::without(Signing::Unreadable, "code_directory"),
    }
}

fn with(
    scanned: &Scanned,
    blobs: &SuperBlob<'_>,
    directories: &[Directory<'_>],
    best: &Directory<'_>,
    unread: bool,
) -> Examined {
    let compared: Vec<_> = directories.iter().map(|directory| (directory, seal::pages(directory, scanned))).collect();
    let seals = seal::blobs(best, blobs);
    let signed = message::judge(blobs, directories);
    let changed =
        seals.iter().filter(|seal| seal.verified == Verified::No).map(|seal| format!("{}_changed", seal.part));
    let mut errors: Vec<String> = compared.iter().filter_map(|(_, pages)| pages.error()).map(str::to_owned).collect();
    errors.extend(changed);
    errors.extend(blobs.damaged.then(|| "superblob_damaged".to_owned()));
    errors.extend(unread.then(|| "code_directory_unread".to_owned()));
    errors.extend(signed.judged.errors);
    errors.sort();
    errors.dedup();
    let signature = CodeSignature {
        signing: signed.signing,
        identifier: best.identifier.clone(),
        team: best.team.clone(),
        hash: best.hash_name(),
        content_verified: content(&compared, best, &seals, blobs.damaged || unread),
        seals,
        message_verified: signed.judged.verified,
        signer: signed.judged.signer,
        chain: signed.judged.chain,
        signed_at: signed.judged.signed_at,
        entitlements: entitlements::read(blobs),
        errors,
        directories: compared.into_iter().map(|(directory, pages)| described(directory, pages)).collect(),
    };
    Examined { signature, files: FileSeals::of(best) }
}

/// The best directory and the seals decide; what any other directory contradicts is not verified.
fn content(
    compared: &[(&Directory<'_>, seal::Pages)],
    best: &Directory<'_>,
    seals: &[Seal],
    damaged: bool,
) -> Verified {
    let pages = compared.iter().map(|(directory, pages)| {
        let verified = pages.verified();
        let decides = directory.bytes == best.bytes || verified == Verified::No;
        if decides { verified } else { Verified::Yes }
    });
    let seals = seals.iter().map(|seal| seal.verified);
    let whole = if damaged { Verified::Indeterminate } else { Verified::Yes };
    pages.chain(seals).fold(whole, Verified::and)
}

fn described(directory: &Directory<'_>, pages: seal::Pages) -> CodeDirectory {
    let cdhash = directory.digest().unwrap_or_default();
    CodeDirectory {
        hash: directory.hash_name(),
        cdhash: x509::hex(cdhash.get(..20).unwrap_or(&cdhash)),
        version: format!("{:#x}", directory.version),
        flags: directory.flag_names(),
        segment_flags: directory.segment_flag_names(),
        page_size: i64::try_from(directory.page).unwrap_or(i64::MAX),
        pages: directory.pages.into(),
        pages_changed: match pages {
            seal::Pages::Differ(count) | seal::Pages::Encrypted(count) => count,
            _ => 0,
        },
        pages_verified: pages.verified(),
    }
}

impl CodeSignature {
    /// Of a slice whose signature is not there or cannot be read.
    fn without(signing: Signing, error: &str) -> Self {
        let verified = if signing == Signing::Unsigned { Verified::No } else { Verified::Indeterminate };
        Self {
            signing,
            identifier: String::new(),
            team: String::new(),
            hash: String::new(),
            directories: Vec::new(),
            content_verified: verified,
            seals: Vec::new(),
            message_verified: verified,
            signer: None,
            chain: None,
            signed_at: String::new(),
            entitlements: Fact::unread(UnreadStatus::Error, error),
            errors: vec![error.to_owned()],
        }
    }
}

#[cfg(test)]
pub(super) mod build;
#[cfg(test)]
mod tests;
