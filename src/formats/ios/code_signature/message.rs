//! The signed message of a signature, over its first code directory, and what it says of the others.

use super::{
    Judged, Signing, Verified,
    blob::{SuperBlob, magic, slot},
    directory::Directory,
    signer,
};
use crate::formats::{
    ber::{Elements, OCTET_STRING, OID},
    cms::{SignedData, Signer},
    ios::{
        macho::Algorithm,
        plist::{self, Value},
    },
};

/// Signed attributes that list the digests of all directories: as a property list, and as pairs of hash and digest
/// (Security, `CMSUtils`, hash agility).
const AGILITY: &str = "1.2.840.113635.100.9.1";
const AGILITY_2: &str = "1.2.840.113635.100.9.2";

/// How a signature is made, and what its message is worth.
pub(super) struct Signed {
    pub signing: Signing,
    pub judged: Judged,
}

pub(super) fn judge(blobs: &SuperBlob<'_>, directories: &[Directory<'_>]) -> Signed {
    let wrapper = blobs.within(slot::CMS, magic::WRAPPER);
    let (Some(message), Some(first)) = (wrapper, directories.first()) else {
        let strange = blobs.get(slot::CMS).is_some();
        return if strange { unreadable() } else { adhoc(directories) };
    };
    if message.is_empty() {
        return adhoc(directories);
    }
    let Ok(message) = SignedData::parse(message) else { return unreadable() };
    let mut judged = signer::judge(&message, Some(first.bytes), "code");
    let others = directories.get(1..).unwrap_or_default();
    if let [signer] = &message.signers[..]
        && !others.iter().all(|other| names(signer, other))
    {
        judged.errors.push("alternate_not_signed".to_owned());
        judged.verified = Verified::No;
    }
    // A system that is told so takes the digests as they are.
    if directories.iter().any(Directory::is_adhoc) {
        judged.errors.push("adhoc_and_signed".to_owned());
    }
    Signed { signing: Signing::Signed, judged }
}

fn unreadable() -> Signed {
    none(Signing::Unreadable, Verified::Indeterminate, "message_unreadable")
}

fn adhoc(directories: &[Directory<'_>]) -> Signed {
    let flagged = directories.iter().all(Directory::is_adhoc);
    none(Signing::Adhoc, Verified::No, if flagged { "adhoc" } else { "message_missing" })
}

fn none(signing: Signing, verified: Verified, error: &str) -> Signed {
    Signed { signing, judged: Judged::without(verified, error) }
}

/// Whether the signed attributes name the digest of this directory.
fn names(signer: &Signer<'_>, directory: &Directory<'_>) -> bool {
    let Some(digest) = directory.digest() else { return false };
    let short = digest.get(..20).unwrap_or(&digest);
    in_list(signer, short) || in_pairs(signer, directory.algorithm(), &digest)
}

fn in_list(signer: &Signer<'_>, digest: &[u8]) -> bool {
    let Some(octets) = signer.signed_attribute(AGILITY).and_then(|value| value.octets().ok()) else { return false };
    let Ok(list) = plist::read(&octets) else { return false };
    let digests = list.as_dictionary().and_then(|pairs| pairs.get("cdhashes")).and_then(Value::as_array);
    digests.unwrap_or_default().iter().any(|listed| listed.as_data() == Some(digest))
}

fn in_pairs(signer: &Signer<'_>, algorithm: Option<Algorithm>, digest: &[u8]) -> bool {
    let hash: &[u8] = match algorithm {
        Some(Algorithm::Sha1) => &[0x2b, 0x0e, 0x03, 0x02, 0x1a],
        Some(Algorithm::Sha256) => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01],
        None => return false,
    };
    let attributes = signer.signed_attributes.iter().flatten().filter(|attribute| attribute.id == AGILITY_2);
    attributes.flat_map(|attribute| &attribute.values).any(|value| {
        let mut pair: Elements<'_> = value.children();
        let named = pair.take(OID).is_ok_and(|id| id.body == hash);
        named && pair.take(OCTET_STRING).is_ok_and(|listed| listed.body == digest)
    })
}
