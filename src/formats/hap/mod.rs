//! HarmonyOS and OpenHarmony packages (`.hap`, `.hsp`, `.app`, `.har`): what they declare, and whether their signatures hold.
//!
//! Sources of the format, all of 2026-08 and Apache-2.0: `openharmony/developtools_hapsigner` (the signing tool),
//! `openharmony/security_appverify` (what devices verify), `openharmony/docs`. Where the two differ, the device decides.

mod ability;
mod app;
mod backup;
mod block;
mod bytes;
mod chain;
mod digest;
mod document;
mod fa;
mod files;
mod issuers;
mod join;
mod json;
mod manifest;
mod message;
mod network;
mod pack_info;
mod permission;
mod profile;
mod property;
mod scheme;
mod stage;

pub use ability::{Ability, AbilityKind, Skill, Uri};
pub use backup::Backup;
pub use chain::{Chain, ChainCertificate};
pub use document::{
    Block, Enterprise, Harmony, Kind, LeftOut, Member, MemberPackage, Metadata, Model, Module, ProxyData, Signer,
    SubBlock, Verified,
};
pub use files::{Bytecode, Files, Package};
pub use issuers::{IssuerKind, Recognised, Source};
pub use network::{Component, Network, PinSet};
pub use pack_info::PackInfo;
pub use permission::Permission;
pub use profile::{Profile, ProfileCertificate, read as read_profile};
pub use property::{CodeSigning, PermissionBlock};

use json::{MAX_BYTES, unread};
use manifest::Manifest;
use scheme::Contents;

use crate::{
    formats::zip::{Archive, ZipError},
    model::{Fact, Tri, Unread, UnreadStatus},
};

const MODULE: &str = "module.json";
const CONFIG: &str = "config.json";
/// Keys that are there twice, of all files of metadata together.
const MAX_DUPLICATES: usize = 200;
/// A compressed member of a `.app` is held whole; one that is stored, as the packing tool does it, is read in place.
pub const MAX_MEMBER: u64 = 48 << 20;

/// Reads a package; of a `.app` every hap and hsp in it as well. Compressed members of more than `max_member` bytes are not
/// looked into.
pub fn read(archive: &Archive<'_>, max_member: u64) -> Harmony {
    let single = Single::read(archive);
    match single.kind {
        Kind::App => app::read(archive, single, max_member),
        _ => single.described(),
    }
}

/// One file by itself.
struct Single {
    kind: Kind,
    manifest: Manifest,
    backup: Backup,
    network: Network,
    pack_info: PackInfo,
    files: Files,
    scheme: scheme::Scheme,
    duplicates: Vec<String>,
    left_out: Vec<LeftOut>,
}

impl Single {
    fn read(archive: &Archive<'_>) -> Self {
        let mut duplicates = Vec::new();
        let (model, description) = description(archive);
        let manifest = match model {
            Some(model) => manifest::read(model, &description, &mut duplicates),
            None => Manifest::unread(&manifest::absent()),
        };
        let kind = kind(archive, &manifest);
        let demanded = |path: &str| part(archive, path).unwrap_or_else(|| Err(absent_entry()));
        let backup = backup::read(&manifest.backup, demanded, &mut duplicates);
        let network = network(archive, &manifest, &mut duplicates);
        let alone: &[&Manifest] = if model.is_some() { &[&manifest] } else { &[] };
        let pack_info = pack_info::read(part(archive, pack_info::PATH), alone, &mut duplicates);
        let mut left_out = manifest.left_out.clone();
        let files = files::read(archive, |path| part(archive, path), &mut duplicates, &mut left_out);
        let shared = manifest.shared.as_deref().and_then(|path| part(archive, path)).and_then(Result::ok);
        let contents = Contents {
            bundle: manifest.bundle.known().map(String::as_str),
            module: description.as_deref().unwrap_or_default(),
            shared: shared.as_deref().unwrap_or_default(),
            needs_profile: matches!(kind, Kind::Hap | Kind::Hsp),
            directory: archive.layout().central_directory,
        };
        let scheme = scheme::verify(archive.source(), contents);
        Self { kind, manifest, backup, network, pack_info, files, scheme, duplicates, left_out }
    }

    fn described(&self) -> Harmony {
        let (manifest, scheme) = (&self.manifest, &self.scheme);
        let (mut duplicate_keys, mut left_out) = (self.duplicates.clone(), self.left_out.clone());
        duplicate_keys.sort();
        duplicate_keys.dedup();
        duplicate_keys.truncate(MAX_DUPLICATES);
        left_out.sort();
        Harmony {
            kind: self.kind,
            model: manifest.model.clone(),
            bundle: manifest.bundle.clone(),
            bundle_type: manifest.bundle_type.clone(),
            vendor: manifest.vendor.clone(),
            version_code: manifest.version_code.clone(),
            version_name: manifest.version_name.clone(),
            api_min: manifest.api_min.clone(),
            api_target: manifest.api_target.clone(),
            api_release: manifest.api_release.clone(),
            compile_sdk: manifest.compile_sdk.clone(),
            compile_sdk_type: manifest.compile_sdk_type.clone(),
            debug: manifest.debug.clone(),
            build_mode: manifest.build_mode.clone(),
            asan: manifest.asan.clone(),
            other_sanitizers: manifest.other_sanitizers.clone(),
            modules: manifest.model.clone().map(|_| vec![manifest.module.clone()]),
            abilities: manifest.abilities.clone(),
            permissions: manifest.permissions.clone(),
            metadata: manifest.metadata.clone(),
            backup: self.backup.clone(),
            network: self.network.clone(),
            pack_info: self.pack_info.clone(),
            files: self.files.clone(),
            block: scheme.block.clone(),
            profile: scheme.profile.clone(),
            signers: scheme.signers.clone(),
            signature_verified: scheme.verified,
            errors: scheme.errors.clone(),
            duplicate_keys,
            left_out,
            members: Vec::new(),
            worst: scheme.verified,
        }
    }
}

/// The file that describes the module, and which model it is of.
fn description(archive: &Archive<'_>) -> (Option<Model>, Result<Vec<u8>, Unread>) {
    for (name, model) in [(MODULE, Model::Stage), (CONFIG, Model::Fa)] {
        if let Some(bytes) = part(archive, name) {
            return (Some(model), bytes);
        }
    }
    (None, Err(manifest::absent()))
}

/// The platform goes by the configuration of the entry module alone.
fn network(archive: &Archive<'_>, manifest: &Manifest, duplicates: &mut Vec<String>) -> Network {
    match (&manifest.network, &manifest.module.kind) {
        (Some(network), _) => network.clone(),
        (None, Fact::Known(kind)) if kind == "entry" => network::read(part(archive, network::PATH), duplicates),
        (None, Fact::Known(_)) => {
            Network::unread(Tri::Unknown, &unread(UnreadStatus::NotTested, "network.entry_module_decides"))
        }
        (None, Fact::Unread(why)) => Network::unread(Tri::Unknown, why),
    }
}

/// By what the module says of itself, and where none is described, by what is inside.
fn kind(archive: &Archive<'_>, manifest: &Manifest) -> Kind {
    match manifest.module.kind.known().map(String::as_str) {
        Some("shared") => Kind::Hsp,
        Some("har") => Kind::Har,
        _ if !matches!(manifest.model, Fact::Unread(_)) => Kind::Hap,
        _ if archive.entries().iter().any(|entry| app::is_member(&entry.name)) => Kind::App,
        _ if archive.find(pack_info::PATH).is_some() => Kind::App,
        _ => Kind::Hap,
    }
}

/// A file of metadata, where there is one.
fn part(archive: &Archive<'_>, name: &str) -> Option<Result<Vec<u8>, Unread>> {
    let entry = archive.find(name)?;
    Some(archive.read(entry, MAX_BYTES).map_err(|error| match error {
        ZipError::TooLarge { .. } => unread(UnreadStatus::TooLarge, "entry.too_large"),
        _ => unread(UnreadStatus::Error, "entry.unreadable"),
    }))
}

fn absent_entry() -> Unread {
    unread(UnreadStatus::Error, "entry.absent")
}

#[cfg(test)]
mod tests;
