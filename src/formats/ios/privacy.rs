//! Privacy manifests, `PrivacyInfo.xcprivacy` (Apple Developer Documentation, "Privacy manifest files").

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    macho::Import,
    plist::{self, Dictionary, PlistError, Value},
    values::{MAX_LIST, list, sorted, switch, text, texts},
};
use crate::model::Fact;

/// A manifest, and where it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ManifestAt {
    /// Within the app; that of the app itself is `PrivacyInfo.xcprivacy`.
    pub path: String,
    pub manifest: Fact<PrivacyManifest>,
}

/// What a manifest declares. Lists are sorted and have at most 500 entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PrivacyManifest {
    /// Data are used for tracking.
    pub tracking: bool,
    pub tracking_domains: Vec<String>,
    pub collected: Vec<CollectedData>,
    pub accessed: Vec<AccessedApi>,
}

/// A kind of data that is collected.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct CollectedData {
    /// `NSPrivacyCollectedDataTypeLocation` and the like.
    #[serde(rename = "type")]
    pub kind: String,
    /// Linked to who the user is.
    pub linked: bool,
    pub tracking: bool,
    pub purposes: Vec<String>,
}

/// Functions for whose use a reason has to be given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct AccessedApi {
    /// `NSPrivacyAccessedAPICategoryUserDefaults` and the like.
    pub category: String,
    /// `CA92.1` and the like.
    pub reasons: Vec<String>,
}

/// Functions that code imports and that no manifest beside it gives a reason for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Undeclared {
    /// Of the executable or library, within the app.
    pub path: String,
    /// What should have been declared; of several one is enough, and they are joined by `|`.
    pub category: String,
    /// Imported symbols, sorted.
    pub symbols: Vec<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<PrivacyManifest, PlistError> {
    let value = plist::read(bytes)?;
    let what = || PlistError::Malformed { offset: 0, what: "no dictionary".to_owned() };
    let pairs = value.as_dictionary().ok_or_else(what)?;
    let dictionaries = |key: &str| list(pairs, key).iter().filter_map(Value::as_dictionary).take(MAX_LIST);
    let mut collected: Vec<_> = dictionaries("NSPrivacyCollectedDataTypes").map(collected).collect();
    let mut accessed: Vec<_> = dictionaries("NSPrivacyAccessedAPITypes").map(accessed).collect();
    collected.sort();
    accessed.sort();
    Ok(PrivacyManifest {
        tracking: switch(pairs, "NSPrivacyTracking"),
        tracking_domains: texts(pairs, "NSPrivacyTrackingDomains"),
        collected,
        accessed,
    })
}

fn collected(pairs: &Dictionary) -> CollectedData {
    CollectedData {
        kind: text(pairs, "NSPrivacyCollectedDataType"),
        linked: switch(pairs, "NSPrivacyCollectedDataTypeLinked"),
        tracking: switch(pairs, "NSPrivacyCollectedDataTypeTracking"),
        purposes: texts(pairs, "NSPrivacyCollectedDataTypePurposes"),
    }
}

fn accessed(pairs: &Dictionary) -> AccessedApi {
    AccessedApi {
        category: text(pairs, "NSPrivacyAccessedAPIType"),
        reasons: texts(pairs, "NSPrivacyAccessedAPITypeReasons"),
    }
}

/// What of these imports needs a reason and has none in these manifests.
pub(super) fn undeclared<'a>(
    path: &str,
    imports: impl Iterator<Item = &'a Import>,
    manifests: &[&PrivacyManifest],
) -> Vec<Undeclared> {
    let given: BTreeSet<&str> = manifests
        .iter()
        .flat_map(|manifest| &manifest.accessed)
        .filter(|api| !api.reasons.is_empty())
        .map(|api| api.category.as_str())
        .collect();
    let mut missing: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for import in imports {
        let wanted = import.purpose.required_reasons();
        if !wanted.is_empty() && !wanted.iter().any(|category| given.contains(category)) {
            missing.entry(wanted.join("|")).or_default().push(import.name.clone());
        }
    }
    let of = |(category, symbols): (String, Vec<String>)| Undeclared {
        path: path.to_owned(),
        category,
        symbols: sorted(symbols.into_iter()),
    };
    missing.into_iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::{read, undeclared};
    use crate::formats::ios::macho::{Import, ImportUse};

    const MANIFEST: &str = "<plist><dict><key>NSPrivacyTracking</key><true/><key>NSPrivacyTrackingDomains</key><array>\
        <string>t.example</string></array><key>NSPrivacyAccessedAPITypes</key><array><dict>\
        <key>NSPrivacyAccessedAPIType</key><string>NSPrivacyAccessedAPICategoryDiskSpace</string>\
        <key>NSPrivacyAccessedAPITypeReasons</key><array><string>E174.1</string></array></dict><dict>\
        <key>NSPrivacyAccessedAPIType</key><string>NSPrivacyAccessedAPICategoryUserDefaults</string></dict></array>\
        <key>NSPrivacyCollectedDataTypes</key><array><dict><key>NSPrivacyCollectedDataType</key>\
        <string>NSPrivacyCollectedDataTypeName</string><key>NSPrivacyCollectedDataTypeLinked</key><true/></dict></array>\
        </dict></plist>";

    #[test]
    fn what_is_declared_comes_out() {
        let manifest = read(MANIFEST.as_bytes()).unwrap();
        assert!(manifest.tracking);
        assert_eq!(manifest.tracking_domains, ["t.example"]);
        let [data] = &manifest.collected[..] else { panic!("{manifest:?}") };
        assert!(data.kind == "NSPrivacyCollectedDataTypeName" && data.linked && !data.tracking);
        assert_eq!(manifest.accessed[0].reasons, ["E174.1"]);
        assert!(read(b"<plist><true/></plist>").is_err());
    }

    #[test]
    fn a_category_without_a_reason_declares_nothing() {
        let import = |name: &str, purpose| Import { name: name.to_owned(), purpose };
        let imports = [
            import("_OBJC_CLASS_$_NSUserDefaults", ImportUse::UserDefaults),
            import("_getattrlist", ImportUse::FileAttributes),
            import("_statfs", ImportUse::DiskSpace),
            import("_stat", ImportUse::FileTimestamp),
            import("_NSLog", ImportUse::Logging),
        ];
        let manifest = read(MANIFEST.as_bytes()).unwrap();
        let found: Vec<_> = undeclared("A", imports.iter(), &[&manifest]).into_iter().map(|u| u.category).collect();
        assert_eq!(found, ["NSPrivacyAccessedAPICategoryFileTimestamp", "NSPrivacyAccessedAPICategoryUserDefaults"]);
        assert_eq!(undeclared("A", imports.iter(), &[]).len(), 4);
    }
}
