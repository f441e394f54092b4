//! From what metadata and entries said to the facts of the package.

use std::collections::BTreeMap;

use super::{
    BundleFacts, CodeSlice, Ios, PrivacyFacts,
    code_signature::{Beside, Entitlements, Signer, Verified},
    info::Info,
    layout::{Layout, Role},
    macho::{MachOError, Slice},
    privacy::{self, ManifestAt, PrivacyManifest},
    profile::{self, Fit, Profile},
    resources::{CodeResources, Found, Resources},
    scan::{Scanner, SliceFound},
};
use crate::model::{Fact, Tri, UnreadStatus};

/// Slices of code of one package.
const MAX_SLICES: usize = 500;

type Code = Vec<(String, Vec<Result<SliceFound, MachOError>>)>;

pub(super) fn put_together(scanner: Scanner, files: &BTreeMap<String, Found>, code: Code) -> Ios {
    let Scanner { layout, profile, resources, manifests, manifests_left_out } = scanner;
    let mut slices: Vec<CodeSlice> = code
        .into_iter()
        .flat_map(|(path, slices)| slices.into_iter().map(move |slice| (path.clone(), slice)))
        .map(|(path, slice)| code_slice(&layout, files, path, slice))
        .chain(unread_code(&layout, files))
        .collect();
    let slices_left_out = slices.len().saturating_sub(MAX_SLICES);
    // The app's own executable comes first, whatever it is called.
    slices.sort_by(|a, b| (a.role, &a.path).cmp(&(b.role, &b.path)));
    slices.truncate(MAX_SLICES);
    let main: Vec<&CodeSlice> = slices.iter().filter(|slice| slice.role == Role::Executable).collect();
    let info = layout.bundles.get("").map_or_else(|| unread("missing"), |bundle| bundle.info.clone());
    let resources = compare(&layout, &resources, files);
    let entitlements = entitlements(&main);
    let signers = signers(&slices);
    let (signature_verified, signature_errors) = signature(&main, &resources);
    Ios {
        path: layout.root.clone(),
        apps: count(layout.apps),
        get_task_allow: get_task_allow(&main),
        profile: profile_fact(&profile, &info, &entitlements, &main),
        code_directory_hash: directory_hash(&main),
        code_assessable: assessable(&main),
        nested_verified: nested(&slices),
        privacy: privacy(&layout, manifests, manifests_left_out, &slices),
        bundles: bundles(&layout, &slices),
        bundles_left_out: count(layout.left_out),
        slices: if main.is_empty() { unread("executable_missing") } else { Fact::Known(slices.clone()) },
        slices_left_out: count(slices_left_out),
        entitlements,
        resources,
        signers,
        signature_verified,
        signature_errors,
        bundle_id: of(&info, |info| info.bundle_id.clone()),
        version: of(&info, |info| info.version.clone()),
        build: of(&info, |info| info.build.clone()),
        min_os: of(&info, |info| info.min_os.clone()),
        platforms: of(&info, |info| info.platforms.clone()),
        device_families: of(&info, |info| info.device_families.clone()),
        url_schemes: of(&info, |info| info.url_schemes.clone()),
        queried_schemes: of(&info, |info| info.queried_schemes.clone()),
        usage_texts: of(&info, |info| info.usage_texts.clone()),
        ats: of(&info, |info| info.ats.clone()),
        file_sharing: of(&info, |info| info.file_sharing),
        open_in_place: of(&info, |info| info.open_in_place),
        non_exempt_encryption: of(&info, |info| info.non_exempt_encryption.clone()),
        background_modes: of(&info, |info| info.background_modes.clone()),
        toolchain: of(&info, |info| info.toolchain.clone()),
    }
}

fn unread<T>(reason: &str) -> Fact<T> {
    Fact::unread(UnreadStatus::Error, reason)
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn of<T>(info: &Fact<Info>, get: impl FnOnce(&Info) -> T) -> Fact<T> {
    match info {
        Fact::Known(info) => Fact::Known(get(info)),
        Fact::Unread(why) => Fact::unread(why.status, format!("info_plist_{}", why.reason)),
    }
}

fn code_slice(
    layout: &Layout,
    files: &BTreeMap<String, Found>,
    path: String,
    slice: Result<SliceFound, MachOError>,
) -> CodeSlice {
    let folder = layout.bundle_of(&path);
    let bundle = layout.is_executable(&path);
    let digests = |name: &str| files.get(&format!("{folder}{name}")).map(|found| found.digests.clone());
    let beside = Beside {
        bundle,
        info_plist: digests("Info.plist").filter(|_| bundle),
        code_resources: digests("_CodeSignature/CodeResources").filter(|_| bundle),
    };
    let role = layout.role(&path);
    match slice {
        Ok(found) => CodeSlice { path, role, slice: found.slice, signature: Some(found.signature.complete(&beside)) },
        Err(error) => {
            let status = if error == MachOError::Truncated { UnreadStatus::Error } else { UnreadStatus::NotTested };
            CodeSlice { path, role, slice: Slice::unread(status, error.code()), signature: None }
        }
    }
}

/// Executables of which nobody could see the contents.
fn unread_code(layout: &Layout, files: &BTreeMap<String, Found>) -> Vec<CodeSlice> {
    let unread = files.iter().filter_map(|(path, found)| Some((path, found.unread?)));
    let executables = unread.filter(|(path, _)| layout.is_executable(path));
    let of = |(path, status): (&String, UnreadStatus)| {
        let reason = if status == UnreadStatus::TooLarge { "too_large" } else { "unreadable" };
        CodeSlice { path: path.clone(), role: layout.role(path), slice: Slice::unread(status, reason), signature: None }
    };
    executables.map(of).collect()
}

fn compare(layout: &Layout, resources: &Fact<CodeResources>, files: &BTreeMap<String, Found>) -> Fact<Resources> {
    let sealed_otherwise = |path: &str| {
        // The executable has its own digests, and what the store adds to encrypted apps comes after all signatures.
        let by_store = path.starts_with("SC_Info/") || path.contains("/SC_Info/");
        by_store
            || path.starts_with("_CodeSignature/")
            || (layout.bundle_of(path).is_empty() && layout.is_executable(path))
    };
    match resources {
        Fact::Known(resources) => Fact::Known(resources.compare(files, &sealed_otherwise)),
        Fact::Unread(why) => Fact::unread(why.status, format!("code_resources_{}", why.reason)),
    }
}

/// Those of the first slice whose entitlements are read.
fn entitlements(main: &[&CodeSlice]) -> Fact<Entitlements> {
    let all = main.iter().filter_map(|slice| slice.signature.as_ref()).map(|signature| &signature.entitlements);
    let mut why = unread("executable_unread");
    for entitlements in all {
        if entitlements.known().is_some() {
            return entitlements.clone();
        }
        why = entitlements.clone();
    }
    why
}

/// Whether any slice lets a debugger in; known to be false only where all slices say so.
fn get_task_allow(main: &[&CodeSlice]) -> Fact<bool> {
    let of = |slice: &&CodeSlice| match &slice.signature {
        Some(signature) => signature.entitlements.as_ref().map(|entitlements| entitlements.get_task_allow),
        None => unread("executable_unread"),
    };
    let all: Vec<_> = main.iter().map(of).collect();
    if all.contains(&Fact::Known(true)) {
        return Fact::Known(true);
    }
    all.into_iter()
        .find(|allow| allow.known().is_none())
        .unwrap_or_else(|| if main.is_empty() { unread("executable_missing") } else { Fact::Known(false) })
}

/// The weakest among the slices.
fn directory_hash(main: &[&CodeSlice]) -> Fact<String> {
    let hashes = main.iter().map(|slice| match &slice.signature {
        Some(signature) if signature.hash.is_empty() => signature.errors.first().map_or("none", String::as_str),
        Some(signature) => signature.hash.as_str(),
        None => "unread",
    });
    let rank =
        |hash: &&str| ["sha1", "sha256-truncated", "sha256", "sha384", "sha512"].iter().position(|known| known == hash);
    match hashes.min_by_key(rank) {
        None => unread("executable_missing"),
        Some("unsigned") => Fact::Known("none".to_owned()),
        Some(hash) if rank(&hash).is_some() => Fact::Known(hash.to_owned()),
        Some(why) => unread(why),
    }
}

fn assessable(main: &[&CodeSlice]) -> Tri {
    let encrypted: Vec<_> = main.iter().map(|slice| slice.slice.encrypted.known()).collect();
    if encrypted.contains(&Some(&true)) {
        Tri::No
    } else if encrypted.is_empty() || encrypted.contains(&None) {
        Tri::Unknown
    } else {
        Tri::Yes
    }
}

/// Of every piece of code, each once, sorted.
fn signers(slices: &[CodeSlice]) -> Vec<Signer> {
    let all = slices.iter().filter_map(|slice| slice.signature.as_ref()?.signer.clone());
    let by_digest: BTreeMap<_, _> = all.map(|signer| (signer.sha256, signer)).collect();
    by_digest.into_values().collect()
}

/// Signature and contents of the app's own executable, and all files that it seals.
fn signature(main: &[&CodeSlice], resources: &Fact<Resources>) -> (Verified, Vec<String>) {
    let mut errors = Vec::new();
    let mut verified = if main.is_empty() { Verified::Indeterminate } else { Verified::Yes };
    if main.is_empty() {
        errors.push("executable_missing".to_owned());
    }
    for slice in main {
        verified = verified.and(whole(slice));
        match &slice.signature {
            Some(signature) => errors.extend(signature.errors.iter().cloned()),
            None => errors.push("executable_unread".to_owned()),
        }
    }
    match resources {
        Fact::Known(resources) => {
            verified = verified.and(resources.verified);
            errors.extend((resources.verified == Verified::No).then(|| "resources_changed".to_owned()));
            errors.extend(resources.errors.iter().cloned());
        }
        Fact::Unread(why) => {
            verified = verified.and(Verified::Indeterminate);
            errors.push(why.reason.clone());
        }
    }
    errors.sort();
    errors.dedup();
    (verified, errors)
}

fn whole(slice: &CodeSlice) -> Verified {
    let signature = slice.signature.as_ref();
    signature.map_or(Verified::Indeterminate, |signature| signature.content_verified.and(signature.message_verified))
}

fn nested(slices: &[CodeSlice]) -> Verified {
    slices.iter().filter(|slice| slice.role != Role::Executable).map(whole).fold(Verified::Yes, Verified::and)
}

fn profile_fact(
    profile: &Fact<Vec<u8>>,
    info: &Fact<Info>,
    entitlements: &Fact<Entitlements>,
    main: &[&CodeSlice],
) -> Fact<Profile> {
    let fit = Fit {
        bundle_id: info.known().map(|info| info.bundle_id.as_str()),
        entitlements: entitlements.known(),
        signer: main.iter().find_map(|slice| slice.signature.as_ref()?.signer.as_ref()),
    };
    match profile {
        Fact::Known(bytes) => profile::read(bytes, fit).map_or_else(unread, Fact::Known),
        Fact::Unread(why) if why.reason == "missing" => Fact::Known(Profile::none()),
        Fact::Unread(why) => Fact::unread(why.status, format!("profile_{}", why.reason)),
    }
}

fn bundles(layout: &Layout, slices: &[CodeSlice]) -> Vec<BundleFacts> {
    let within = layout.bundles.iter().filter(|(folder, _)| !folder.is_empty());
    within
        .map(|(folder, bundle)| {
            let info = &bundle.info;
            let executable = slices
                .iter()
                .find(|slice| slice.role != Role::Library && layout.bundle_of(&slice.path) == folder.as_str());
            let entitlements =
                executable.and_then(|slice| slice.signature.as_ref()).map(|signature| &signature.entitlements);
            BundleFacts {
                path: folder.clone(),
                bundle_id: of(info, |info| info.bundle_id.clone()),
                version: of(info, |info| info.version.clone()),
                min_os: of(info, |info| info.min_os.clone()),
                extension_point: of(info, |info| info.extension_point.clone()),
                open_access: of(info, |info| info.open_access),
                app_groups: entitlements.map_or_else(
                    || unread("executable_missing"),
                    |entitlements| entitlements.as_ref().map(|entitlements| entitlements.app_groups.clone()),
                ),
            }
        })
        .collect()
}

fn privacy(layout: &Layout, manifests: Vec<ManifestAt>, left_out: usize, slices: &[CodeSlice]) -> PrivacyFacts {
    let own = manifests.iter().find(|manifest| manifest.path == "PrivacyInfo.xcprivacy");
    let complete = left_out == 0 && manifests.iter().all(|manifest| manifest.manifest.known().is_some());
    let mut undeclared = Vec::new();
    for slice in slices {
        let folder = layout.bundle_of(&slice.path);
        // What lies in the app itself, in folders of resources too, covers libraries that are linked into it.
        let near = manifests
            .iter()
            .filter(|at| matches!(layout.bundle_of(&at.path), "") || layout.bundle_of(&at.path) == folder);
        let near: Vec<&PrivacyManifest> = near.filter_map(|at| at.manifest.known()).collect();
        undeclared.extend(privacy::undeclared(&slice.path, slice.slice.imports.iter(), &near));
    }
    undeclared.sort();
    undeclared.dedup();
    let all_named = !slices.is_empty() && slices.iter().all(|slice| slice.slice.imports_complete);
    PrivacyFacts {
        app_manifest: own.is_some(),
        undeclared: match (complete, undeclared.is_empty() && !all_named) {
            (false, _) => unread("manifests"),
            (true, true) => unread("imports"),
            (true, false) => Fact::Known(undeclared),
        },
        manifests,
        manifests_left_out: count(left_out),
    }
}
