//! `module.json` of the stage model, from API 9 on.
//!
//! Sources: OpenHarmony documentation "app.json5" and "module.json5"; a real package for what building adds.

use super::{
    ability::{self, Ability, AbilityKind, Keys},
    backup::Declared,
    document::{Metadata, Model, Module, ProxyData},
    json::{Node, Object, fact},
    manifest::{Manifest, any_flag, flag, level, list, text},
    permission::{self, Permission},
};
use crate::model::{Fact, Unread};

const KEYS: Keys = Keys { exported: "exported", role: "type" };
/// Where profiles lie in a package.
const PROFILES: &str = "resources/base/profile/";

/// Reads a description.
pub(super) fn read(root: Object<'_>) -> Manifest {
    let app = root.demanded_object("app");
    let module = root.demanded_object("module");
    let name = module.clone().and_then(|module| module.demanded_text("name"));
    let label = name.clone().unwrap_or_default();
    let mut left_out = Vec::new();
    let api = |key: &str| fact(app.clone().and_then(|app| app.demanded_number(key)).map(level));
    Manifest {
        model: Fact::Known(Model::Stage),
        bundle: fact(app.clone().and_then(|app| app.demanded_text("bundleName"))),
        bundle_type: text(&app, "bundleType").map(|kind| if kind.is_empty() { "app".to_owned() } else { kind }),
        vendor: text(&app, "vendor"),
        version_code: fact(app.clone().and_then(|app| app.demanded_number("versionCode"))),
        version_name: fact(app.clone().and_then(|app| app.demanded_text("versionName"))),
        api_min: api("minAPIVersion"),
        api_target: api("targetAPIVersion"),
        api_release: text(&app, "apiReleaseType"),
        compile_sdk: text(&app, "compileSdkVersion"),
        compile_sdk_type: text(&app, "compileSdkType"),
        debug: flag(&app, "debug"),
        build_mode: text(&app, "buildMode"),
        asan: flag(&app, "asanEnabled"),
        other_sanitizers: any_flag(&app, &["hwasanEnabled", "tsanEnabled", "ubsanEnabled", "GWPAsanEnabled"]),
        abilities: list("abilities", abilities(&label, &module), &mut left_out),
        permissions: list("permissions", permissions(&label, &module), &mut left_out),
        metadata: list("metadata", metadata(&label, &module), &mut left_out),
        backup: backup(&module),
        network: None,
        shared: shared(&module),
        module: described(name, &module),
        left_out,
    }
}

fn described(name: Result<String, Unread>, module: &Result<Object<'_>, Unread>) -> Module {
    Module {
        name: fact(name),
        kind: fact(module.clone().and_then(|module| module.demanded_text("type"))),
        device_types: fact(module.clone().and_then(|module| module.texts("deviceTypes"))),
        delivery_with_install: flag(module, "deliveryWithInstall"),
        installation_free: flag(module, "installationFree"),
        virtual_machine: text(module, "virtualMachine"),
        shares_files: fact(module.clone().map(|module| module.has("shareFiles"))),
        proxy_data: fact(module.clone().and_then(proxy_data)),
    }
}

fn abilities(label: &str, module: &Result<Object<'_>, Unread>) -> Result<Vec<Ability>, Unread> {
    let module = module.clone()?;
    let mut out = Vec::new();
    for (key, kind) in [("abilities", AbilityKind::Ability), ("extensionAbilities", AbilityKind::Extension)] {
        for node in module.list(key)? {
            out.push(ability::read(label, kind, &KEYS, node)?);
        }
    }
    Ok(out)
}

fn permissions(label: &str, module: &Result<Object<'_>, Unread>) -> Result<Vec<Permission>, Unread> {
    let nodes = module.clone()?.list("requestPermissions")?;
    nodes.iter().map(|node| permission::read(label, "abilities", node)).collect()
}

fn metadata(label: &str, module: &Result<Object<'_>, Unread>) -> Result<Vec<Metadata>, Unread> {
    let module = module.clone()?;
    let mut out = Vec::new();
    collect(label, "", module, &mut out)?;
    for key in ["abilities", "extensionAbilities"] {
        for node in module.list(key)? {
            let ability = node.object()?;
            collect(label, &ability.demanded_text("name")?, ability, &mut out)?;
        }
    }
    Ok(out)
}

fn collect(label: &str, owner: &str, of: Object<'_>, out: &mut Vec<Metadata>) -> Result<(), Unread> {
    for node in of.list("metadata")? {
        let one = node.object()?;
        let text = |key| one.text(key).map(Option::unwrap_or_default);
        out.push(Metadata {
            module: label.to_owned(),
            owner: owner.to_owned(),
            name: text("name")?,
            value: text("value")?,
            resource: text("resource")?,
        });
    }
    Ok(())
}

/// The newer name of the list is `proxyData`, the older one `proxyDatas`.
fn proxy_data(module: Object<'_>) -> Result<Vec<ProxyData>, Unread> {
    let read = |node: &Node| {
        let one = node.object()?;
        let text = |key| one.text(key).map(Option::unwrap_or_default);
        Ok(ProxyData {
            uri: one.demanded_text("uri")?,
            read_permission: text("requiredReadPermission")?,
            write_permission: text("requiredWritePermission")?,
        })
    };
    let (newer, older) = (module.list("proxyData")?, module.list("proxyDatas")?);
    let mut out: Vec<_> = newer.iter().chain(older).map(read).collect::<Result<_, Unread>>()?;
    out.sort();
    out.truncate(super::manifest::MAX_LISTED);
    Ok(out)
}

/// The extension ability for backups names its settings in its metadata.
fn backup(module: &Result<Object<'_>, Unread>) -> Declared {
    let find = || -> Result<Option<Option<String>>, Unread> {
        for node in module.clone()?.list("extensionAbilities")? {
            let extension = node.object()?;
            if extension.text("type")?.as_deref() != Some("backup") {
                continue;
            }
            for one in extension.list("metadata")? {
                let one = one.object()?;
                if one.text("name")?.as_deref() == Some("ohos.extension.backup") {
                    return Ok(Some(one.text("resource")?.and_then(|resource| path(&resource))));
                }
            }
            return Ok(Some(None));
        }
        Ok(None)
    };
    match find() {
        Ok(None) => Declared::No,
        Ok(Some(path)) => Declared::Extension(path),
        Err(why) => Declared::Unread(why),
    }
}

fn shared(module: &Result<Object<'_>, Unread>) -> Option<String> {
    path(&module.clone().ok()?.text("shareFiles").ok()??)
}

/// The file that `$profile:name` names.
pub(super) fn path(reference: &str) -> Option<String> {
    let name = reference.strip_prefix("$profile:").filter(|name| !name.is_empty())?;
    Some(format!("{PROFILES}{name}.json"))
}
