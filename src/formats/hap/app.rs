//! A `.app`: the haps and hsps that a store is given together, each verified, and one account of them all.
//!
//! Source: OpenHarmony documentation of the packing tool and of application packages.

use super::{
    MAX_DUPLICATES, Single, absent_entry,
    document::{Harmony, LeftOut, Member, MemberPackage, Signer, Verified},
    join,
    json::{fact, unread},
    manifest::Manifest,
    pack_info,
    profile::Profile,
};
use crate::{
    formats::zip::{Archive, Entry, ZipError},
    model::{Unread, UnreadStatus},
};

/// Members that are looked into; what is above is counted.
const MAX_MEMBERS: usize = 100;
const EXTENSIONS: [&str; 2] = ["hap", "hsp"];

/// Whether an entry is a package by its name.
pub(super) fn is_member(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, end)| EXTENSIONS.iter().any(|known| end.eq_ignore_ascii_case(known)))
}

/// Reads every member, and makes one account of them and the `.app` itself.
pub(super) fn read(archive: &Archive<'_>, outer: Single, max_member: u64) -> Harmony {
    let mut entries: Vec<&Entry> = archive.entries().iter().filter(|entry| is_member(&entry.name)).collect();
    entries.sort_by(|a, b| a.name.cmp(&b.name));
    let mut left_out = Vec::new();
    let more = entries.len().saturating_sub(MAX_MEMBERS);
    if more > 0 {
        entries.truncate(MAX_MEMBERS);
        left_out.push(LeftOut { what: "members".to_owned(), count: i64::try_from(more).unwrap_or(i64::MAX) });
    }
    let read: Vec<_> = entries.into_iter().map(|entry| (entry, member(archive, entry, max_member))).collect();
    Whole { archive, outer, read, left_out }.account()
}

fn member(archive: &Archive<'_>, entry: &Entry, max_member: u64) -> Result<Single, Unread> {
    let nested = archive.nested(entry, max_member).map_err(|error| why(&error))?;
    let inner = Archive::open(&nested).map_err(|error| why(&error))?;
    Ok(Single::read(&inner))
}

fn why(error: &ZipError) -> Unread {
    match error {
        ZipError::TooLarge { .. } => unread(UnreadStatus::TooLarge, "member.too_large"),
        _ => unread(UnreadStatus::Error, "member.unreadable"),
    }
}

/// A `.app`, all of it read.
struct Whole<'a> {
    archive: &'a Archive<'a>,
    outer: Single,
    read: Vec<(&'a Entry, Result<Single, Unread>)>,
    left_out: Vec<LeftOut>,
}

impl Whole<'_> {
    fn account(mut self) -> Harmony {
        let all: Result<Vec<&Single>, Unread> =
            self.read.iter().map(|(_, single)| single.as_ref().map_err(Clone::clone)).collect();
        let all = all.and_then(|all| if all.is_empty() { Err(absent_entry()) } else { Ok(all) });
        let mut duplicates = Vec::new();
        let manifests: Vec<&Manifest> = all.iter().flatten().map(|single| &single.manifest).collect();
        let pack_info = pack_info::read(super::part(self.archive, pack_info::PATH), &manifests, &mut duplicates);
        let mut left_out = std::mem::take(&mut self.left_out);
        let mut out = self.outer.described();
        join::members(&mut out, all.map(|all| all.into_iter().map(Single::described).collect()), &mut left_out);
        out.pack_info = pack_info;
        self.signatures(&mut out);
        for (entry, single) in &self.read {
            let Ok(single) = single else { continue };
            duplicates.extend(single.duplicates.iter().map(|key| format!("{}: {key}", entry.name)));
            left_out.extend(single.left_out.iter().cloned());
        }
        duplicates.sort();
        duplicates.dedup();
        duplicates.truncate(MAX_DUPLICATES);
        left_out.sort();
        out.duplicate_keys = duplicates;
        out.left_out = left_out;
        out.members = self.read.iter().map(|(entry, single)| listed(entry, single)).collect();
        out
    }

    /// A `.app` that is signed covers all that is in it; one that is not is what its members are.
    fn signatures(&self, out: &mut Harmony) {
        let own = &self.outer.scheme;
        let mut errors = if own.block.present { own.errors.clone() } else { vec!["block.absent".to_owned()] };
        let mut verdict = if own.block.present { own.verified } else { Verified::Yes };
        let mut worst = verdict;
        let mut signers = own.signers.clone();
        for (entry, single) in &self.read {
            let Ok(single) = single else {
                verdict = verdict.max(Verified::Indeterminate);
                worst = worst.max(Verified::Indeterminate);
                errors.push(format!("{}: member.unread", entry.name));
                continue;
            };
            let of = &single.scheme;
            errors.extend(of.errors.iter().map(|error| format!("{}: {error}", entry.name)));
            worst = worst.max(of.verified);
            if of.block.present || !own.block.present {
                verdict = verdict.max(of.verified);
            }
            signers.extend(of.signers.iter().cloned());
        }
        if self.read.is_empty() && !own.block.present {
            (verdict, worst) = (Verified::No, Verified::No);
        }
        errors.sort();
        errors.dedup();
        out.signers = once_each(signers);
        out.errors = errors;
        out.signature_verified = verdict;
        out.worst = worst;
        out.block = own.block.clone();
        out.profile = if own.block.present { own.profile.clone() } else { self.profile() };
    }

    /// That of the members, where all have the same but for the signature around it.
    fn profile(&self) -> Profile {
        let profiles: Vec<_> = self.read.iter().filter_map(|(_, single)| single.as_ref().ok()).collect();
        let mut profiles = profiles.into_iter().map(|single| &single.scheme.profile);
        let Some(first) = profiles.next() else { return Profile::absent("profile.absent") };
        let same = |other: &Profile| {
            (&other.kind, &other.bundle, &other.certificate, &other.not_after, other.signature_verified)
                == (&first.kind, &first.bundle, &first.certificate, &first.not_after, first.signature_verified)
        };
        if profiles.all(same) { first.clone() } else { Profile::absent("members.differ") }
    }
}

fn once_each(mut signers: Vec<Signer>) -> Vec<Signer> {
    signers.sort_by(|a, b| a.sha256.cmp(&b.sha256).then_with(|| b.debug.cmp(&a.debug)));
    signers.dedup_by(|later, kept| {
        let same = later.sha256 == kept.sha256;
        if same {
            kept.scheme.append(&mut later.scheme);
            kept.scheme.sort();
            kept.scheme.dedup();
        }
        same
    });
    signers
}

fn listed(entry: &Entry, single: &Result<Single, Unread>) -> Member {
    let package = single.as_ref().map_err(Clone::clone).map(|single| MemberPackage {
        kind: single.kind,
        bundle: single.manifest.bundle.clone(),
        module: single.manifest.module.name.clone(),
        module_kind: single.manifest.module.kind.clone(),
        version_code: single.manifest.version_code.clone(),
        debug: single.manifest.debug.clone(),
        signed: single.scheme.block.present,
        signature_verified: single.scheme.verified,
        digests_verified: single.scheme.block.digests_verified,
        signers: single.scheme.signers.iter().map(|signer| signer.sha256).collect(),
        profile_type: single.scheme.profile.kind.clone(),
        errors: single.scheme.errors.clone(),
    });
    Member {
        name: entry.name.clone(),
        bytes: i64::try_from(entry.uncompressed).unwrap_or(i64::MAX),
        package: fact(package),
    }
}
