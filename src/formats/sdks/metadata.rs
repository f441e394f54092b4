//! The small files in which build tools and libraries say who they are and in which version.

use serde_json::Value;

use super::{Sdk, table::SdkKind};
use crate::model::Tri;

/// Larger ones hold something else.
const MAX_FILE: usize = 1 << 20;

/// Whether an entry is one that [`read`] wants to see.
pub fn wants(entry: &str) -> bool {
    form(entry).is_some()
}

#[derive(Clone, Copy)]
enum Form {
    /// `META-INF/<group>_<artifact>.version`, by the Android Gradle plugin.
    AndroidVersion,
    /// `META-INF/maven/<group>/<artifact>/pom.properties`, by Maven.
    Maven,
    /// `<artifact>.properties` in the root, by Google Play services and Firebase.
    PlayServices,
    KotlinTooling,
    GradlePlugin,
    /// `manifest.json` of uni-app.
    UniApp,
    Cordova,
}

fn form(entry: &str) -> Option<Form> {
    let in_meta = entry.strip_prefix("META-INF/");
    if in_meta.is_some_and(|name| !name.contains('/') && name.ends_with(".version")) {
        Some(Form::AndroidVersion)
    } else if in_meta.is_some_and(|name| name.starts_with("maven/") && name.ends_with("/pom.properties")) {
        Some(Form::Maven)
    } else if !entry.contains('/') && entry.ends_with(".properties") {
        Some(Form::PlayServices)
    } else if entry == "kotlin-tooling-metadata.json" {
        Some(Form::KotlinTooling)
    } else if in_meta == Some("com/android/build/gradle/app-metadata.properties") {
        Some(Form::GradlePlugin)
    } else if entry.starts_with("assets/apps/") && entry.ends_with("/www/manifest.json") {
        Some(Form::UniApp)
    } else if entry == "assets/www/cordova.js" {
        Some(Form::Cordova)
    } else {
        None
    }
}

/// What one such file says.
pub(super) fn read(entry: &str, bytes: &[u8]) -> Option<Sdk> {
    let text = String::from_utf8_lossy(bytes.get(..bytes.len().min(MAX_FILE))?);
    let property = |name: &str| {
        text.lines().find_map(|line| line.trim().strip_prefix(name)?.trim_start().strip_prefix('=')).map(str::trim)
    };
    match form(entry)? {
        Form::AndroidVersion => android_version(entry, &text),
        Form::Maven => Some(maven(entry, property("groupId")?, property("artifactId")?, property("version")?)),
        Form::PlayServices => {
            let (client, version) = (property("client")?, property("version")?);
            let group = if client.starts_with("firebase") { "com.google.firebase" } else { "com.google.android.gms" };
            let known = client.starts_with("firebase-") || client.starts_with("play-services-");
            Some(if known {
                maven(entry, group, client, version)
            } else {
                named(entry, client, "Google", SdkKind::Library, version)
            })
        }
        Form::KotlinTooling => {
            let json: Value = serde_json::from_str(&text).ok()?;
            let version = json.get("buildPluginVersion")?.as_str()?.to_owned();
            Some(named(entry, "Kotlin Gradle plugin", "JetBrains", SdkKind::Tool, &version))
        }
        Form::GradlePlugin => Some(named(
            entry,
            "Android Gradle plugin",
            "Google",
            SdkKind::Tool,
            property("androidGradlePluginVersion")?,
        )),
        Form::UniApp => {
            let json: Value = serde_json::from_str(&text).ok()?;
            let version = json.pointer("/plus/uni-app/compilerVersion").and_then(Value::as_str).unwrap_or_default();
            Some(named(entry, "DCloud uni-app", "DCloud", SdkKind::Framework, version))
        }
        Form::Cordova => {
            let after = text.split_once("PLATFORM_VERSION_BUILD_LABEL").map_or("", |(_, after)| after);
            let version = after.split(['\'', '"']).nth(1).unwrap_or_default();
            Some(named(entry, "Apache Cordova", "Apache", SdkKind::Framework, version))
        }
    }
}

/// The group ends at the first underscore. Kotlin's coroutines name no group.
fn android_version(entry: &str, text: &str) -> Option<Sdk> {
    let name = entry.strip_prefix("META-INF/")?.strip_suffix(".version")?;
    let (group, artifact) = match name.strip_prefix("kotlinx_coroutines_") {
        Some(rest) => ("org.jetbrains.kotlinx", format!("kotlinx-coroutines-{rest}")),
        None => name.split_once('_').map(|(group, artifact)| (group, artifact.to_owned()))?,
    };
    Some(maven(entry, group, &artifact, text.trim()))
}

fn maven(entry: &str, group: &str, artifact: &str, version: &str) -> Sdk {
    let version = number(version);
    let purl = is_coordinate(group) && is_coordinate(artifact);
    let at = if version.is_empty() { String::new() } else { format!("@{}", version.replace('+', "%2B")) };
    Sdk {
        name: printable(&format!("{group}:{artifact}")),
        vendor: String::new(),
        version: version.to_owned(),
        kind: SdkKind::Library,
        source: format!("file: {entry}"),
        tracker: Tri::No,
        purl: if purl { format!("pkg:maven/{group}/{artifact}{at}") } else { String::new() },
    }
}

fn named(entry: &str, name: &str, vendor: &str, kind: SdkKind, version: &str) -> Sdk {
    Sdk {
        name: printable(name),
        vendor: vendor.to_owned(),
        version: number(version).to_owned(),
        kind,
        source: format!("file: {entry}"),
        tracker: Tri::No,
        purl: String::new(),
    }
}

/// A version, or nothing: a build that went wrong writes the name of a Gradle task here.
fn number(version: &str) -> &str {
    let fits = version.len() <= 40
        && version.starts_with(|c: char| c.is_ascii_digit())
        && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'+'));
    if fits { version } else { "" }
}

/// What needs no escaping in a purl.
fn is_coordinate(part: &str) -> bool {
    !part.is_empty()
        && part.len() <= 100
        && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}
