//! `pack.info`, which the packing tool writes beside the description of the module and stores go by.
//!
//! Source: OpenHarmony documentation of the packing tool; a real package.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    json::{Document, Object},
    manifest::{Manifest, level},
};
use crate::model::{Fact, Tri, Unread};

pub(super) const PATH: &str = "pack.info";

/// Whether the two tell the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackInfo {
    pub present: Tri,
    /// It says of bundle, version, module, kinds of devices and API what the module says; `unknown` where one of the two
    /// cannot be read.
    pub agrees: Tri,
    /// What differs: `bundle`, `version_code`, `version_name`, `module`, `module_kind`, `device_types`, `api_min`,
    /// `api_target`, `api_release`, `delivery_with_install`. Sorted.
    pub differences: Vec<String>,
}

impl PackInfo {
    pub(super) fn new(present: Tri, agrees: Tri) -> Self {
        Self { present, agrees, differences: Vec::new() }
    }
}

/// Holds `pack.info` against the description of each module; `None` where there is none.
pub(super) fn read(
    file: Option<Result<Vec<u8>, Unread>>,
    manifests: &[&Manifest],
    duplicates: &mut Vec<String>,
) -> PackInfo {
    let Some(bytes) = file else { return PackInfo::new(Tri::No, Tri::Unknown) };
    let Ok(document) = bytes.and_then(|bytes| Document::read(&bytes)) else {
        return PackInfo::new(Tri::Yes, Tri::Unknown);
    };
    duplicates.extend(document.duplicates.iter().map(|key| format!("{PATH}: {key}")));
    let mut findings = Findings { differences: Vec::new(), unknown: manifests.is_empty() };
    for manifest in manifests {
        if compare(&document, manifest, &mut findings).is_err() {
            findings.unknown = true;
        }
    }
    findings.differences.sort_unstable();
    findings.differences.dedup();
    PackInfo {
        present: Tri::Yes,
        agrees: match (findings.differences.is_empty(), findings.unknown) {
            (false, _) => Tri::No,
            (true, true) => Tri::Unknown,
            (true, false) => Tri::Yes,
        },
        differences: findings.differences.into_iter().map(str::to_owned).collect(),
    }
}

struct Findings {
    differences: Vec<&'static str>,
    unknown: bool,
}

impl Findings {
    /// What is not in `pack.info` differs from nothing.
    fn hold<T: PartialEq>(&mut self, what: &'static str, said: Result<Option<T>, Unread>, known: &Fact<T>) {
        match (said, known) {
            (Ok(None), _) => {}
            (Ok(Some(said)), Fact::Known(known)) if said == *known => {}
            (Ok(Some(_)), Fact::Known(_)) => self.differences.push(what),
            _ => self.unknown = true,
        }
    }
}

fn compare(document: &Document, manifest: &Manifest, findings: &mut Findings) -> Result<(), Unread> {
    let summary = document.object()?.demanded_object("summary")?;
    let app = summary.demanded_object("app")?;
    let version = app.demanded_object("version")?;
    findings.hold("bundle", app.demanded_text("bundleName").map(Some), &manifest.bundle);
    findings.hold("version_code", version.demanded_number("code").map(Some), &manifest.version_code);
    findings.hold("version_name", version.demanded_text("name").map(Some), &manifest.version_name);
    let Some(name) = manifest.module.name.known() else {
        findings.unknown = true;
        return Ok(());
    };
    let Some(module) = module(summary, name)? else {
        findings.differences.push("module");
        return Ok(());
    };
    let distro = module.demanded_object("distro")?;
    findings.hold("module_kind", distro.text("moduleType"), &manifest.module.kind);
    findings.hold("delivery_with_install", distro.flag("deliveryWithInstall"), &manifest.module.delivery_with_install);
    let devices = if module.has("deviceType") { Some(sorted(module.texts("deviceType")?)) } else { None };
    findings.hold("device_types", Ok(devices), &manifest.module.device_types.clone().map(sorted));
    if let Some(api) = module.object("apiVersion")? {
        findings.hold("api_min", api.number("compatible").map(|said| said.map(level)), &manifest.api_min);
        findings.hold("api_target", api.number("target").map(|said| said.map(level)), &manifest.api_target);
        findings.hold("api_release", api.text("releaseType"), &manifest.api_release);
    }
    Ok(())
}

fn module<'a>(summary: Object<'a>, name: &str) -> Result<Option<Object<'a>>, Unread> {
    for node in summary.list("modules")? {
        let module = node.object()?;
        if module.demanded_object("distro")?.demanded_text("moduleName")? == name {
            return Ok(Some(module));
        }
    }
    Ok(None)
}

fn sorted(mut names: Vec<String>) -> Vec<String> {
    names.sort();
    names.dedup();
    names
}
