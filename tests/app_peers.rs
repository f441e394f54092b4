//! Manifests as we read them and as the platform's own tool prints them: real packages, and packages that it builds from
//! what we write, as APK and as bundle.
//!
//! The real ones are in npm packages; `target/app-peers` has them unpacked. Without them, or without `aapt2`, the tests
//! count as ignored; with `JIXIAN_CI=1` they fail.
#![allow(
    clippy::disallowed_methods,
    reason = "packages are files, peers are processes, and the environment says where"
)]

mod app_support;

#[path = "app_support/build.rs"]
mod build;

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use app_support::{badging, exported, quoted, resources, run, xmltree};
use jixian::{
    formats::{
        aab,
        apk::{Manifest, attributes, manifest_of, permission_level},
        zip::{Archive, FileSource},
    },
    model::{Fact, Tri},
};
use libtest_mimic::{Arguments, Failed, Trial};

/// The framework of Android 10 in Debian's `android-framework-res`.
const FRAMEWORK: &str = "/usr/share/android-framework-res/framework-res.apk";

/// Packages that the npm packages io.appium.settings 8.0.10, appium-uiautomator2-server 10.6.6 and android-apidemos 5.0.0
/// have inside, with the number of components that others can reach.
const REAL: [(&str, usize); 4] = [
    ("ApiDemos-debug.apk", 334),
    ("appium-uiautomator2-server-debug-androidTest.apk", 0),
    ("appium-uiautomator2-server-v10.6.6.apk", 4),
    ("settings_apk-debug.apk", 18),
];

fn main() {
    let ci = env::var("JIXIAN_CI").is_ok_and(|value| value == "1");
    let aapt2 = if Command::new("aapt2").arg("version").output().is_ok() { "" } else { "aapt2 is not installed" };
    let framework = if Path::new(FRAMEWORK).is_file() { aapt2 } else { "android-framework-res is not installed" };
    let mut trials = Vec::new();
    let mut add = |name: &str, missing: &str, test: Box<dyn FnOnce() -> Result<(), Failed> + Send>| {
        let why = missing.to_owned();
        let test = move || if why.is_empty() { test() } else { Err(why.into()) };
        trials.push(Trial::test(name, test).with_ignored_flag(!missing.is_empty() && !ci).with_kind(missing));
    };
    for (name, open) in REAL {
        let found = find(&Path::new(env!("CARGO_MANIFEST_DIR")).join("target/app-peers"), name);
        let missing = if found.is_none() { "target/app-peers is not there" } else { aapt2 };
        add(name, missing, Box::new(move || real(&found.unwrap_or_default(), open)));
    }
    for target in [3, 15, 16, 17, 23, 24, 27, 28, 29, 30, 31, 32, 33, 34] {
        add(&format!("defaults of target {target}"), aapt2, Box::new(move || defaults(target)));
    }
    add("references and configurations, as APK and as bundle", aapt2, Box::new(both_forms));
    add("splits", aapt2, Box::new(splits));
    add("numbers of attributes", framework, Box::new(attribute_numbers));
    add("levels of permissions", framework, Box::new(permission_levels));
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    fs::read_dir(folder)
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .find_map(|path| if path.is_dir() { find(&path, name) } else { Some(path).filter(|path| path.ends_with(name)) })
}

/// An APK as we read it.
fn ours(path: &Path) -> Result<Manifest, Failed> {
    let source = FileSource::new(fs::File::open(path)?)?;
    let archive = Archive::open(&source)?;
    let entry = |name: &str| archive.find(name).and_then(|entry| archive.read(entry, 48 << 20).ok());
    let manifest = entry("AndroidManifest.xml").ok_or("no manifest")?;
    Ok(manifest_of(&manifest, entry("resources.arsc").as_deref(), &mut |name| entry(name))?)
}

/// What both have to say of any package.
fn compare(path: &Path, manifest: &Manifest) -> Result<(), Failed> {
    let badging = badging(path)?;
    let line = |key: &str| badging.iter().find(|(of, _)| of == key).map(|(_, rest)| rest.as_str()).unwrap_or_default();
    assert_eq!(quoted(line("package"), "name").as_ref(), Some(&manifest.package));
    assert_eq!(quoted(line("package"), "versionName").unwrap_or_default(), manifest.version_name);
    let code = quoted(line("package"), "versionCode").unwrap_or_default();
    assert_eq!(code.parse().unwrap_or(0), manifest.version_code);
    let sdk = |key: &str| line(key).trim_matches('\'').parse::<i64>().ok();
    assert_eq!(sdk("sdkVersion").unwrap_or(1), manifest.min_sdk);
    assert_eq!(sdk("targetSdkVersion").unwrap_or(manifest.min_sdk), manifest.target_sdk);
    assert_eq!(
        badging.iter().any(|(key, _)| key == "application-debuggable"),
        manifest.debuggable == Fact::Known(true)
    );
    let named = |keys: &[&str]| -> BTreeSet<String> {
        badging.iter().filter(|(key, _)| keys.contains(&&**key)).filter_map(|(_, rest)| quoted(rest, "name")).collect()
    };
    let mine = |implied: bool| -> BTreeSet<String> {
        manifest.permissions.iter().filter(|p| p.implied == implied).map(|p| p.name.clone()).collect()
    };
    assert_eq!(named(&["uses-permission", "uses-permission-sdk-23"]), {
        let theirs = mine(false);
        // The tool lists what it adds among what is asked for, and once more apart.
        let implied = named(&["uses-implied-permission"]);
        theirs.into_iter().chain(implied).collect::<BTreeSet<_>>()
    });
    let implied = named(&["uses-implied-permission"]);
    assert!(implied.is_subset(&mine(true)), "{implied:?} of {:?}", mine(true));
    let counted = exported(&xmltree(path)?, &resources(path)?).ok_or("a flag depends on the device")?;
    for kind in ["activity", "service", "receiver", "provider"] {
        let open = manifest.components.iter().filter(|c| c.kind == kind && c.exported == Fact::Known(true)).count();
        assert_eq!(open, counted.get(kind).copied().unwrap_or(0), "{kind}");
    }
    Ok(())
}

fn real(path: &Path, open: usize) -> Result<(), Failed> {
    let manifest = ours(path)?;
    compare(path, &manifest)?;
    assert_eq!(manifest.components.iter().filter(|c| c.exported == Fact::Known(true)).count(), open);
    assert_eq!(manifest.oddities, []);
    Ok(())
}

fn defaults(target: u32) -> Result<(), Failed> {
    let folder = build::Folder::new(&format!("defaults-{target}"))?;
    let apk = folder.link(&build::of_target(target), false)?;
    let manifest = ours(&apk)?;
    compare(&apk, &manifest)?;
    let open = |name: &str| manifest.components.iter().any(|c| c.name == name && c.exported == Fact::Known(true));
    assert_eq!(open(".Provider"), target < 17);
    assert_eq!((open(".Silent"), open(".Listening"), open(".Closed")), (false, true, false));
    assert_eq!(manifest.cleartext_permitted, Tri::from(target < 28));
    assert_eq!(manifest.network_security.user_anchors, Tri::from(target < 24));
    assert_eq!(manifest.backup.device_transfer.open, Tri::from(target >= 31), "allowBackup is off");
    let errors: Vec<_> = manifest.install_errors.iter().map(|error| error.kind.as_str()).collect();
    assert_eq!(errors, if target < 31 { vec![] } else { vec!["exported_not_declared"] });
    Ok(())
}

/// The same source in both forms says the same.
fn both_forms() -> Result<(), Failed> {
    let folder = build::Folder::new("forms")?;
    let source = build::with_resources();
    let manifest = ours(&folder.link(&source, false)?)?;
    let bundle = folder.bundle(&folder.link(&source, true)?)?;
    let from_bundle = from_bundle(&bundle)?;
    assert_eq!(manifest, from_bundle);
    assert_eq!(manifest.allow_backup, Fact::Known(true), "the same by day and by night");
    let Fact::Unread(why) = &manifest.debuggable else { return Err("it is both, by night and by day".into()) };
    assert_eq!(why.reason, "ambiguous");
    assert_eq!(manifest.version_name, "一・二");
    let config = &manifest.network_security;
    let domains = config.domains.known().ok_or("domains")?;
    let seen: Vec<_> =
        domains.iter().map(|d| (d.name.as_str(), d.cleartext, d.pins, d.pin_expiration.as_str())).collect();
    assert_eq!(seen, [("api.example.cn", Tri::No, 2, "2030-01-01"), ("old.example.cn", Tri::Yes, 0, "")]);
    assert_eq!((config.own_anchors.clone(), config.backup_pins), (Fact::Known(1), Tri::Yes));
    let cloud = &manifest.backup.cloud;
    assert_eq!(
        (cloud.rules.as_str(), cloud.content.as_str(), cloud.excludes.len()),
        ("data_extraction_rules", "some", 1)
    );
    assert_eq!(manifest.declared_permissions[0].level, "signature");
    Ok(())
}

fn from_bundle(path: &Path) -> Result<Manifest, Failed> {
    let source = FileSource::new(fs::File::open(path)?)?;
    let archive = Archive::open(&source)?;
    let entry = |name: &str| archive.find(name).and_then(|entry| archive.read(entry, 48 << 20).ok());
    let mut names = archive.entries().iter().map(|entry| entry.name.as_str());
    let bundle = aab::bundle_of(&mut names, entry(aab::CONFIG).as_deref(), &mut |name| entry(name));
    assert_eq!(bundle.version, Fact::Known("1.15.6".to_owned()));
    assert_eq!(bundle.modules.iter().map(|module| module.name.as_str()).collect::<Vec<_>>(), ["base"]);
    let manifest = entry(aab::BASE_MANIFEST).ok_or("no manifest")?;
    let table = entry(aab::BASE_RESOURCES);
    Ok(aab::manifest_of(&manifest, table.as_deref(), &mut |name| entry(&format!("base/{name}")))?)
}

fn splits() -> Result<(), Failed> {
    let folder = build::Folder::new("splits")?;
    let split = ours(&folder.link(&build::split(), false)?)?.split;
    assert_eq!((split.name.as_str(), split.config_for.as_str(), split.feature), ("maps.config.xhdpi", "maps", true));
    Ok(())
}

/// As far as Android 10 knows them.
fn attribute_numbers() -> Result<(), Failed> {
    let text = run("aapt2", ["dump", "resources", FRAMEWORK])?;
    let mut known: BTreeMap<String, u32> = BTreeMap::new();
    for line in text.lines().filter_map(|line| line.trim_start().strip_prefix("resource 0x")) {
        if let Some((id, name)) = line.split_once(" attr/") {
            let name = name.split(' ').next().unwrap_or_default();
            known.insert(name.to_owned(), u32::from_str_radix(id, 16)?);
        }
    }
    let mut met = 0;
    for (name, id) in attributes::ALL {
        if let Some(theirs) = known.get(*name) {
            assert_eq!(id, theirs, "{name}");
            met += 1;
        }
    }
    assert!(met >= 45, "only {met}");
    Ok(())
}

/// What Android 11 lets the user grant in the settings.
const SINCE: [&str; 1] = ["android.permission.INTERACT_ACROSS_PROFILES"];

/// All that Android 10 defines has its level, but for what later ones changed.
fn permission_levels() -> Result<(), Failed> {
    let mut other = Vec::new();
    let mut met = 0;
    for permission in xmltree(Path::new(FRAMEWORK))?.each("permission") {
        let name = permission.text("name").unwrap_or_default();
        let number = permission.text("protectionLevel").unwrap_or_default();
        let number = u32::from_str_radix(number.trim_start_matches("0x"), 16).or_else(|_| number.parse()).unwrap_or(0);
        let theirs = match (number & 0xf, number & 0x40 != 0) {
            (0, _) => "normal",
            (1, _) => "dangerous",
            (_, true) => "special",
            (_, false) => "signature",
        };
        met += 1;
        match permission_level(&name) {
            None => return Err(format!("{name} is not in the table").into()),
            Some(level) if level != theirs && !SINCE.contains(&&*name) => other.push((name, theirs, level)),
            Some(_) => {}
        }
    }
    assert!(met >= 500, "only {met}");
    assert_eq!(other, [], "of {met}");
    Ok(())
}
