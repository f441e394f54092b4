//! `config.json` of the feature-ability model, up to API 8.
//!
//! Source: OpenHarmony documentation of the structure of `config.json` (app, deviceConfig, module).

use super::{
    ability::{self, Ability, AbilityKind, Keys},
    backup::Declared,
    document::{Metadata, Model, Module},
    json::{Object, fact},
    manifest::{Manifest, any_flag, flag, level, list, text},
    network,
    permission::{self, Permission},
};
use crate::model::{Fact, Unread};

const KEYS: Keys = Keys { exported: "visible", role: "type" };
/// Kinds of devices that may have settings of their own.
const DEVICES: [&str; 8] = ["default", "phone", "tablet", "tv", "car", "wearable", "liteWearable", "2in1"];

/// Reads a description.
pub(super) fn read(root: Object<'_>) -> Manifest {
    let app = root.demanded_object("app");
    let module = root.demanded_object("module");
    let version = app.clone().and_then(|app| app.demanded_object("version"));
    let api = app.clone().and_then(|app| app.demanded_object("apiVersion"));
    let distro = module.clone().and_then(|module| module.demanded_object("distro"));
    let name = distro.clone().and_then(|distro| distro.demanded_text("moduleName"));
    let label = name.clone().unwrap_or_default();
    let mut left_out = Vec::new();
    let number = |of: &Result<Object<'_>, Unread>, key: &str| of.clone().and_then(|of| of.demanded_number(key));
    Manifest {
        model: Fact::Known(Model::Fa),
        bundle: fact(app.clone().and_then(|app| app.demanded_text("bundleName"))),
        bundle_type: Fact::Known("app".to_owned()),
        vendor: text(&app, "vendor"),
        version_code: fact(number(&version, "code")),
        version_name: fact(version.and_then(|version| version.demanded_text("name"))),
        api_min: fact(number(&api, "compatible").map(level)),
        api_target: fact(number(&api, "target").map(level)),
        api_release: text(&api, "releaseType"),
        compile_sdk: text(&api, "compileSdkVersion"),
        compile_sdk_type: text(&api, "compileSdkType"),
        debug: fact(debug(root, &app)),
        build_mode: Fact::Known(String::new()),
        asan: fact(any_device(root, "asanEnabled").and_then(|device| either(device, &app, "asanEnabled"))),
        other_sanitizers: any_flag(&app, &["hwasanEnabled", "tsanEnabled", "ubsanEnabled"]),
        abilities: list("abilities", abilities(&label, &module), &mut left_out),
        permissions: list("permissions", permissions(&label, &module), &mut left_out),
        metadata: list("metadata", metadata(&label, &module), &mut left_out),
        backup: any_device(root, "supportBackup").map_or_else(Declared::Unread, Declared::Flag),
        network: Some(network::of_devices(&devices(root))),
        shared: None,
        module: Module {
            name: fact(name),
            kind: fact(distro.clone().and_then(|distro| distro.demanded_text("moduleType"))),
            device_types: fact(module.clone().and_then(|module| module.texts("deviceType"))),
            delivery_with_install: flag(&distro, "deliveryWithInstall"),
            installation_free: flag(&distro, "installationFree"),
            virtual_machine: Fact::Known(String::new()),
            shares_files: Fact::Known(false),
            proxy_data: Fact::Known(Vec::new()),
        },
        left_out,
    }
}

/// The settings of each kind of device.
fn devices(root: Object<'_>) -> Result<Vec<Object<'_>>, Unread> {
    let Some(config) = root.object("deviceConfig")? else { return Ok(Vec::new()) };
    DEVICES.iter().filter_map(|device| config.object(device).transpose()).collect()
}

/// Whether any kind of device has this flag.
fn any_device(root: Object<'_>, key: &str) -> Result<bool, Unread> {
    let flags: Result<Vec<_>, Unread> = devices(root)?.into_iter().map(|device| device.flag(key)).collect();
    Ok(flags?.contains(&Some(true)))
}

fn either(device: bool, app: &Result<Object<'_>, Unread>, key: &str) -> Result<bool, Unread> {
    Ok(device || app.clone()?.flag(key)? == Some(true))
}

/// Building writes it beside the devices' settings, or into them.
fn debug(root: Object<'_>, app: &Result<Object<'_>, Unread>) -> Result<bool, Unread> {
    either(any_device(root, "debug")?, app, "debug")
}

fn abilities(label: &str, module: &Result<Object<'_>, Unread>) -> Result<Vec<Ability>, Unread> {
    let nodes = module.clone()?.list("abilities")?;
    nodes.iter().map(|node| ability::read(label, AbilityKind::Ability, &KEYS, node)).collect()
}

fn permissions(label: &str, module: &Result<Object<'_>, Unread>) -> Result<Vec<Permission>, Unread> {
    let nodes = module.clone()?.list("reqPermissions")?;
    nodes.iter().map(|node| permission::read(label, "ability", node)).collect()
}

fn metadata(label: &str, module: &Result<Object<'_>, Unread>) -> Result<Vec<Metadata>, Unread> {
    let module = module.clone()?;
    let mut out = Vec::new();
    collect(label, "", module, &mut out)?;
    for node in module.list("abilities")? {
        let ability = node.object()?;
        collect(label, &ability.demanded_text("name")?, ability, &mut out)?;
    }
    Ok(out)
}

fn collect(label: &str, owner: &str, of: Object<'_>, out: &mut Vec<Metadata>) -> Result<(), Unread> {
    let Some(metadata) = of.object("metaData")? else { return Ok(()) };
    for node in metadata.list("customizeData")? {
        let one = node.object()?;
        let text = |key| one.text(key).map(Option::unwrap_or_default);
        out.push(Metadata {
            module: label.to_owned(),
            owner: owner.to_owned(),
            name: text("name")?,
            value: text("value")?,
            resource: text("extra")?,
        });
    }
    Ok(())
}
