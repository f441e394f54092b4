//! `Info.plist`: what a bundle declares (Apple Developer Documentation, "Information Property List").

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    ats::{self, Ats},
    plist::{self, Dictionary, PlistError, Value},
    values::{cut, declared, dictionary, list, sorted, switch, text, texts},
};

/// What `Info.plist` declares. Lists are sorted and have at most 500 entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Info {
    pub bundle_id: String,
    /// As people see it (`CFBundleShortVersionString`).
    pub version: String,
    /// As the store counts it (`CFBundleVersion`).
    pub build: String,
    /// The name of the executable.
    pub executable: String,
    /// The oldest system that it runs on; empty where it names none.
    pub min_os: String,
    /// `iPhoneOS` and the like.
    pub platforms: Vec<String>,
    /// `iphone`, `ipad`, `tv`, `watch`, `mac`, `vision`, or a number.
    pub device_families: Vec<String>,
    pub url_schemes: Vec<String>,
    /// Schemes of other apps that it asks for.
    pub queried_schemes: Vec<String>,
    pub usage_texts: Vec<UsageText>,
    pub ats: Ats,
    /// Its documents are open to a computer that the device is connected to.
    pub file_sharing: bool,
    /// Its documents are open to the app Files.
    pub open_in_place: bool,
    /// `yes`, `no` or `undeclared`.
    pub non_exempt_encryption: String,
    pub background_modes: Vec<String>,
    pub toolchain: Toolchain,
    /// What kind of extension it is; empty for what is none.
    pub extension_point: String,
    /// A keyboard that asks for access to the network.
    pub open_access: bool,
}

/// Why the app wants access, as people are told.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct UsageText {
    pub key: String,
    /// Characters.
    pub length: i64,
    pub empty: bool,
    /// Says nothing: the key itself, a variable that nobody filled in, a word of developers. A guess from the text.
    pub placeholder: bool,
}

/// What built it, as it says itself; empty where it does not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Toolchain {
    /// `DTXcode`: `1520` is Xcode 15.2.
    pub xcode: String,
    pub xcode_build: String,
    /// `iphoneos17.2` and the like.
    pub sdk: String,
    pub platform_version: String,
    /// Build of the system that it was made on.
    pub build_machine: String,
}

/// Reads it.
pub fn read(bytes: &[u8]) -> Result<Info, PlistError> {
    let value = plist::read(bytes)?;
    let what = || PlistError::Malformed { offset: 0, what: "no dictionary".to_owned() };
    value.as_dictionary().map(of).ok_or_else(what)
}

fn of(pairs: &Dictionary) -> Info {
    let min_os = text(pairs, "MinimumOSVersion");
    let extension = dictionary(pairs, "NSExtension");
    let exempt = declared(pairs, "ITSAppUsesNonExemptEncryption");
    Info {
        bundle_id: text(pairs, "CFBundleIdentifier"),
        version: text(pairs, "CFBundleShortVersionString"),
        build: text(pairs, "CFBundleVersion"),
        executable: text(pairs, "CFBundleExecutable"),
        ats: ats::of(dictionary(pairs, "NSAppTransportSecurity"), &min_os),
        min_os,
        platforms: texts(pairs, "CFBundleSupportedPlatforms"),
        device_families: sorted(list(pairs, "UIDeviceFamily").iter().filter_map(family)),
        url_schemes: url_schemes(pairs),
        queried_schemes: texts(pairs, "LSApplicationQueriesSchemes"),
        usage_texts: usage_texts(pairs),
        file_sharing: switch(pairs, "UIFileSharingEnabled"),
        open_in_place: switch(pairs, "LSSupportsOpeningDocumentsInPlace"),
        non_exempt_encryption: exempt.map_or("undeclared", |uses| if uses { "yes" } else { "no" }).to_owned(),
        background_modes: texts(pairs, "UIBackgroundModes"),
        toolchain: toolchain(pairs),
        extension_point: extension.map_or_else(String::new, |pairs| text(pairs, "NSExtensionPointIdentifier")),
        open_access: extension
            .and_then(|pairs| dictionary(pairs, "NSExtensionAttributes"))
            .is_some_and(|pairs| switch(pairs, "RequestsOpenAccess")),
    }
}

fn family(value: &Value) -> Option<String> {
    let number = match value {
        Value::Integer(number) => *number,
        Value::String(text) => text.trim().parse().ok()?,
        _ => return None,
    };
    let name = match number {
        1 => "iphone",
        2 => "ipad",
        3 => "tv",
        4 => "watch",
        6 => "mac",
        7 => "vision",
        other => return Some(other.to_string()),
    };
    Some(name.to_owned())
}

fn url_schemes(pairs: &Dictionary) -> Vec<String> {
    let types = list(pairs, "CFBundleURLTypes").iter().filter_map(Value::as_dictionary);
    sorted(types.flat_map(|pairs| texts(pairs, "CFBundleURLSchemes")))
}

fn usage_texts(pairs: &Dictionary) -> Vec<UsageText> {
    let mut out: Vec<_> = pairs
        .iter()
        .filter(|(key, _)| key.starts_with("NS") && key.ends_with("UsageDescription"))
        .map(|(key, value)| {
            let said = value.as_str().unwrap_or_default().trim();
            UsageText {
                key: cut(key),
                length: i64::try_from(said.chars().count()).unwrap_or(i64::MAX),
                empty: said.is_empty(),
                placeholder: !said.is_empty() && is_placeholder(key, said),
            }
        })
        .collect();
    out.truncate(super::values::MAX_LIST);
    out
}

fn is_placeholder(key: &str, said: &str) -> bool {
    const WORDS: [&str; 12] = [
        "access",
        "description",
        "fixme",
        "lorem ipsum",
        "permission",
        "string",
        "tbd",
        "test",
        "text",
        "todo",
        "测试",
        "描述",
    ];
    let lower = said.to_lowercase();
    let repeats = said.chars().all(|c| said.starts_with(c) || !c.is_alphanumeric());
    said == key || said.contains("$(") || said.contains("${") || repeats || WORDS.contains(&lower.as_str())
}

fn toolchain(pairs: &Dictionary) -> Toolchain {
    Toolchain {
        xcode: text(pairs, "DTXcode"),
        xcode_build: text(pairs, "DTXcodeBuild"),
        sdk: text(pairs, "DTSDKName"),
        platform_version: text(pairs, "DTPlatformVersion"),
        build_machine: text(pairs, "BuildMachineOSBuild"),
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    fn of(body: &str) -> super::Info {
        read(format!("<plist><dict>{body}</dict></plist>").as_bytes()).unwrap()
    }

    #[test]
    fn what_is_declared_comes_out() {
        let info = of("<key>CFBundleIdentifier</key><string>org.example.app</string>\
             <key>UIDeviceFamily</key><array><integer>2</integer><string>1</string></array>\
             <key>CFBundleURLTypes</key><array><dict><key>CFBundleURLSchemes</key><array><string>b</string><string>a</string>\
             </array></dict><dict/></array><key>UIFileSharingEnabled</key><string>YES</string>\
             <key>ITSAppUsesNonExemptEncryption</key><false/>\
             <key>NSExtension</key><dict><key>NSExtensionPointIdentifier</key><string>com.apple.keyboard-service</string>\
             <key>NSExtensionAttributes</key><dict><key>RequestsOpenAccess</key><true/></dict></dict>");
        assert_eq!(info.bundle_id, "org.example.app");
        assert_eq!(
            (info.device_families, info.url_schemes),
            (["ipad", "iphone"].map(str::to_owned).to_vec(), ["a", "b"].map(str::to_owned).to_vec())
        );
        assert!(info.file_sharing && !info.open_in_place && info.open_access);
        assert_eq!(
            (info.non_exempt_encryption.as_str(), info.extension_point.as_str()),
            ("no", "com.apple.keyboard-service")
        );
        assert_eq!(of("").non_exempt_encryption, "undeclared");
        assert!(read(b"<plist><array/></plist>").is_err());
    }

    #[test]
    fn texts_that_tell_people_nothing_are_noticed() {
        let said = |text: &str| {
            let info = of(&format!("<key>NSCameraUsageDescription</key><string>{text}</string>"));
            let [usage] = &info.usage_texts[..] else { panic!("{:?}", info.usage_texts) };
            (usage.length, usage.empty, usage.placeholder)
        };
        assert_eq!(said("用于扫描办事二维码"), (9, false, false));
        assert_eq!(said("  "), (0, true, false));
        for text in ["NSCameraUsageDescription", "TODO", "xxxx", "...", "$(PRODUCT_NAME) wants it"] {
            assert!(said(text).2, "{text}");
        }
    }
}
