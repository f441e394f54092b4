//! Several APKs of one app in one archive (`.apks`, `.xapk`): each is verified, and their code and contents count together.

use super::{
    Kind,
    android::Android,
    document::{Member, verified_and_signers},
    walk::{Walked, walk},
};
use crate::{
    formats::{
        apk::{Manifest, signing::Signing},
        zip::{Archive, Entry},
    },
    model::{Fact, UnreadStatus},
};

/// APKs that are looked into.
const MAX_MEMBERS: usize = 200;
/// A compressed member is held whole while it is read.
const MAX_MEMBER: u64 = 96 << 20;

/// What the members of a set are together.
pub struct Set {
    /// Of the base: the member that is no split.
    pub manifest: Fact<Manifest>,
    pub signing: Fact<Signing>,
    pub walked: Walked,
    pub members: Vec<Member>,
    /// Names of the entries of all members.
    pub names: Vec<String>,
}

/// Whether an entry is a package of the set.
pub fn is_member(entry: &Entry) -> bool {
    entry.name.ends_with(".apk")
}

/// Reads every member.
pub fn read(archive: &Archive<'_>) -> Set {
    let mut set = Set {
        manifest: Fact::unread(UnreadStatus::Error, "base: absent"),
        signing: Fact::unread(UnreadStatus::Error, "base: absent"),
        walked: Walked::default(),
        members: Vec::new(),
        names: Vec::new(),
    };
    let mut entries: Vec<&Entry> = archive.entries().iter().filter(|entry| is_member(entry)).collect();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    for (index, entry) in entries.into_iter().enumerate() {
        if index >= MAX_MEMBERS {
            set.walked.skip(&entry.name, "too_many");
            continue;
        }
        if let Err(reason) = set.add(archive, entry) {
            set.walked.skip(&entry.name, reason);
            set.members.push(Member {
                name: entry.name.clone(),
                bytes: i64::try_from(entry.uncompressed).unwrap_or(i64::MAX),
                signature_verified: Fact::unread(UnreadStatus::Error, reason),
                signers: Fact::unread(UnreadStatus::Error, reason),
            });
        }
    }
    set
}

impl Set {
    fn add(&mut self, archive: &Archive<'_>, entry: &Entry) -> Result<(), &'static str> {
        let nested = archive.nested(entry, MAX_MEMBER).map_err(|_| "unreadable")?;
        let inner = Archive::open(&nested).map_err(|_| "not_an_archive")?;
        let android = Android::read(Kind::Apk, &inner);
        let walked = walk(&inner, &|index, _| android.wanted(index), &|_| true);
        let (manifest, signing) = android.finish(&walked);
        let (signature_verified, signers) = verified_and_signers(&signing);
        let bytes = i64::try_from(entry.uncompressed).unwrap_or(i64::MAX);
        self.members.push(Member { name: entry.name.clone(), bytes, signature_verified, signers });
        self.names.extend(inner.entries().iter().map(|entry| entry.name.clone()));
        let is_base = manifest.known().is_some_and(|manifest| manifest.split.name.is_empty());
        if is_base && self.manifest.known().is_none() {
            (self.manifest, self.signing) = (manifest, signing);
        }
        self.walked = std::mem::take(&mut self.walked).merged(walked);
        Ok(())
    }
}
