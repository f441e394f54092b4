//! What several modules of one bundle say together: lists are appended, and where one value has to do, the worse counts.

use super::{
    backup::Backup,
    document::{Harmony, LeftOut},
    files::Files,
    json::unread,
    manifest::{self, cut},
    network::Network,
};
use crate::model::{Fact, Tri, Unread, UnreadStatus};

/// Puts into the account of a `.app` what its members say; a member that could not be read leaves all of it unread.
pub(super) fn members(out: &mut Harmony, members: Result<Vec<Harmony>, Unread>, left_out: &mut Vec<LeftOut>) {
    let mut members = match members {
        Ok(members) => members.into_iter(),
        Err(why) => return take(out, &nothing(out, &why)),
    };
    let Some(mut first) = members.next() else { return };
    let entry = |member: &Harmony| {
        let modules = member.modules.known().map(Vec::as_slice).unwrap_or_default();
        modules.iter().any(|module| module.kind.known().is_some_and(|kind| kind == "entry"))
    };
    let mut decides = entry(&first);
    for next in members {
        let is_entry = entry(&next);
        match (decides, is_entry) {
            (true, true) => worse_network(&mut first.network, &next.network),
            (false, true) => first.network = next.network.clone(),
            _ => {}
        }
        decides |= is_entry;
        join(&mut first, next);
    }
    tidy(&mut first, left_out);
    take(out, &first);
}

/// All but signature, members and notes.
fn take(out: &mut Harmony, from: &Harmony) {
    let from = from.clone();
    *out = Harmony {
        kind: out.kind,
        pack_info: out.pack_info.clone(),
        block: out.block.clone(),
        profile: out.profile.clone(),
        signers: std::mem::take(&mut out.signers),
        signature_verified: out.signature_verified,
        errors: std::mem::take(&mut out.errors),
        duplicate_keys: std::mem::take(&mut out.duplicate_keys),
        left_out: std::mem::take(&mut out.left_out),
        members: std::mem::take(&mut out.members),
        worst: out.worst,
        ..from
    };
}

/// The account of a `.app` of which nothing can be said.
fn nothing(out: &Harmony, why: &Unread) -> Harmony {
    let manifest = manifest::Manifest::unread(why);
    Harmony {
        model: manifest.model,
        bundle: manifest.bundle,
        bundle_type: manifest.bundle_type,
        vendor: manifest.vendor,
        version_code: manifest.version_code,
        version_name: manifest.version_name,
        api_min: manifest.api_min,
        api_target: manifest.api_target,
        api_release: manifest.api_release,
        compile_sdk: manifest.compile_sdk,
        compile_sdk_type: manifest.compile_sdk_type,
        debug: manifest.debug,
        build_mode: manifest.build_mode,
        asan: manifest.asan,
        other_sanitizers: manifest.other_sanitizers,
        modules: Fact::Unread(why.clone()),
        abilities: manifest.abilities,
        permissions: manifest.permissions,
        metadata: manifest.metadata,
        backup: super::backup::read(&manifest.backup, |_| Err(why.clone()), &mut Vec::new()),
        network: Network::unread(Tri::Unknown, why),
        ..out.clone()
    }
}

fn join(out: &mut Harmony, next: Harmony) {
    same(&mut out.model, next.model);
    same(&mut out.bundle, next.bundle);
    same(&mut out.bundle_type, next.bundle_type);
    same(&mut out.vendor, next.vendor);
    same(&mut out.version_code, next.version_code);
    same(&mut out.version_name, next.version_name);
    same(&mut out.api_min, next.api_min);
    same(&mut out.api_target, next.api_target);
    same(&mut out.api_release, next.api_release);
    same(&mut out.compile_sdk, next.compile_sdk);
    same(&mut out.compile_sdk_type, next.compile_sdk_type);
    same(&mut out.build_mode, next.build_mode);
    any(&mut out.debug, next.debug);
    any(&mut out.asan, next.asan);
    any(&mut out.other_sanitizers, next.other_sanitizers);
    append(&mut out.modules, next.modules);
    append(&mut out.abilities, next.abilities);
    append(&mut out.permissions, next.permissions);
    append(&mut out.metadata, next.metadata);
    join_backup(&mut out.backup, next.backup);
    join_files(&mut out.files, next.files);
}

fn same<T: PartialEq>(out: &mut Fact<T>, next: Fact<T>) {
    match (&*out, next) {
        (Fact::Unread(_), _) => {}
        (Fact::Known(_), Fact::Unread(why)) => *out = Fact::Unread(why),
        (Fact::Known(one), Fact::Known(other)) if *one == other => {}
        _ => *out = Fact::Unread(unread(UnreadStatus::Error, "members.differ")),
    }
}

/// One that is built for debugging makes all of it so.
fn any(out: &mut Fact<bool>, next: Fact<bool>) {
    match (&*out, next) {
        (Fact::Known(true), _) | (_, Fact::Known(false)) => {}
        (_, Fact::Known(true)) => *out = Fact::Known(true),
        (_, Fact::Unread(why)) => *out = Fact::Unread(why),
    }
}

fn append<T>(out: &mut Fact<Vec<T>>, next: Fact<Vec<T>>) {
    match (&mut *out, next) {
        (Fact::Unread(_), _) => {}
        (Fact::Known(list), Fact::Known(mut more)) => list.append(&mut more),
        (Fact::Known(_), Fact::Unread(why)) => *out = Fact::Unread(why),
    }
}

/// Yes is worse than unknown, and that worse than no.
fn worse(a: Tri, b: Tri) -> Tri {
    match (a, b) {
        (Tri::Yes, _) | (_, Tri::Yes) => Tri::Yes,
        (Tri::Unknown, _) | (_, Tri::Unknown) => Tri::Unknown,
        _ => Tri::No,
    }
}

/// No is worse than unknown, and that worse than yes.
fn worse_no(a: Tri, b: Tri) -> Tri {
    match (a, b) {
        (Tri::No, _) | (_, Tri::No) => Tri::No,
        (Tri::Unknown, _) | (_, Tri::Unknown) => Tri::Unknown,
        _ => Tri::Yes,
    }
}

fn join_backup(out: &mut Backup, next: Backup) {
    out.declared = worse(out.declared, next.declared);
    out.allowed = worse(out.allowed, next.allowed);
    if out.config.is_empty() {
        out.config = next.config;
    }
    append(&mut out.includes, next.includes);
    append(&mut out.excludes, next.excludes);
    any(&mut out.full_backup_only, next.full_backup_only);
}

/// Several entry modules are for several kinds of devices.
fn worse_network(out: &mut Network, next: &Network) {
    let next = next.clone();
    out.declared = worse_no(out.declared, next.declared);
    out.cleartext = worse(out.cleartext, next.cleartext);
    out.user_anchors = worse(out.user_anchors, next.user_anchors);
    out.global_user_anchors = worse(out.global_user_anchors, next.global_user_anchors);
    out.current_user_anchors = worse(out.current_user_anchors, next.current_user_anchors);
    out.pins = worse_no(out.pins, next.pins);
    match (&out.cleartext_exceptions, next.cleartext_exceptions) {
        (Fact::Known(one), Fact::Known(other)) => out.cleartext_exceptions = Fact::Known((*one).max(other)),
        (Fact::Known(_), unread) => out.cleartext_exceptions = unread,
        (Fact::Unread(_), _) => {}
    }
    append(&mut out.own_anchors, next.own_anchors);
    append(&mut out.pin_sets, next.pin_sets);
    append(&mut out.components, next.components);
}

fn join_files(out: &mut Files, next: Files) {
    out.bytecode.extend(next.bytecode);
    out.native_libs.extend(next.native_libs);
    out.abis.extend(next.abis);
    out.source_maps.extend(next.source_maps);
    out.sources.extend(next.sources);
    out.resource_index = worse_no(out.resource_index, next.resource_index);
    append(&mut out.packages, next.packages);
}

/// Sorts what was appended, and bounds it.
fn tidy(out: &mut Harmony, left_out: &mut Vec<LeftOut>) {
    in_order("abilities", &mut out.abilities, left_out);
    in_order("permissions", &mut out.permissions, left_out);
    in_order("metadata", &mut out.metadata, left_out);
    in_order("packages", &mut out.files.packages, left_out);
    in_order("backup.includes", &mut out.backup.includes, left_out);
    in_order("backup.excludes", &mut out.backup.excludes, left_out);
    in_order("network.own_anchors", &mut out.network.own_anchors, left_out);
    in_order("network.pin_sets", &mut out.network.pin_sets, left_out);
    in_order("network.components", &mut out.network.components, left_out);
    let files = &mut out.files;
    files.bytecode.sort();
    cut("bytecode", &mut files.bytecode, left_out);
    for (what, list) in [
        ("native_libs", &mut files.native_libs),
        ("abis", &mut files.abis),
        ("source_maps", &mut files.source_maps),
        ("sources", &mut files.sources),
    ] {
        list.sort();
        list.dedup();
        cut(what, list, left_out);
    }
}

fn in_order<T: Ord>(what: &str, list: &mut Fact<Vec<T>>, left_out: &mut Vec<LeftOut>) {
    if let Fact::Known(list) = list {
        list.sort();
        list.dedup();
        cut(what, list, left_out);
    }
}
