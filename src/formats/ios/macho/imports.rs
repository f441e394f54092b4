//! What a slice takes from others, as far as it tells something: from its symbols, bindings and chained fixups together.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::names::{ARC, CANARY, RETAIN_RELEASE, TOLD};

/// A symbol that a slice imports.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Import {
    /// As the file has it: C's have one underscore before them.
    pub name: String,
    #[serde(rename = "use")]
    pub purpose: ImportUse,
}

/// What a symbol is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportUse {
    Advertising,
    Biometry,
    Bluetooth,
    Calendar,
    Camera,
    Clipboard,
    Contacts,
    DebuggerControl,
    DiskSpace,
    DynamicLoading,
    /// Of a file or of a volume: either reason covers it.
    FileAttributes,
    FileTimestamp,
    Health,
    Location,
    Logging,
    MediaLibrary,
    Microphone,
    Motion,
    OldNetworking,
    OldWebView,
    Photos,
    Shell,
    Speech,
    SystemBootTime,
    Telephony,
    Tracking,
    TrustOverride,
    UnsafeC,
    UserDefaults,
    WeakHash,
    WeakRandom,
    WebView,
    WirelessNetwork,
}

impl ImportUse {
    /// Categories of which an app has to declare one with a reason (Apple, "Describing use of required reason API").
    pub fn required_reasons(self) -> &'static [&'static str] {
        const DISK: &str = "NSPrivacyAccessedAPICategoryDiskSpace";
        const FILE: &str = "NSPrivacyAccessedAPICategoryFileTimestamp";
        match self {
            Self::DiskSpace => &[DISK],
            Self::FileAttributes => &[FILE, DISK],
            Self::FileTimestamp => &[FILE],
            Self::SystemBootTime => &["NSPrivacyAccessedAPICategorySystemBootTime"],
            Self::UserDefaults => &["NSPrivacyAccessedAPICategoryUserDefaults"],
            _ => &[],
        }
    }
}

/// What was imported of what tells something.
#[derive(Debug, Default)]
pub(super) struct Imports {
    /// How many names were seen, in any of the three places.
    pub seen: u64,
    pub canary: bool,
    pub arc: bool,
    pub retain_release: bool,
    pub swift: bool,
    pub told: BTreeSet<Import>,
}

impl Imports {
    pub(super) fn see(&mut self, name: &[u8]) {
        self.seen = self.seen.saturating_add(1);
        let Ok(name) = std::str::from_utf8(name) else { return };
        self.canary |= CANARY.contains(&name);
        self.arc |= ARC.contains(&name);
        self.retain_release |= RETAIN_RELEASE.contains(&name);
        self.swift |= name == "_swift_release" || name == "_swift_retain" || name == "_swift_allocObject";
        if let Ok(at) = TOLD.binary_search_by(|(known, _)| (*known).cmp(name))
            && let Some((name, purpose)) = TOLD.get(at)
        {
            self.told.insert(Import { name: (*name).to_owned(), purpose: *purpose });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ARC, CANARY, ImportUse, Imports, RETAIN_RELEASE, TOLD};

    #[test]
    fn tables_are_sorted_and_have_each_name_once() {
        assert!(TOLD.is_sorted_by(|a, b| a.0 < b.0));
        for table in [ARC, CANARY, RETAIN_RELEASE] {
            assert!(table.is_sorted_by(|a, b| a < b));
        }
    }

    #[test]
    fn a_name_within_another_is_not_that_name() {
        let mut imports = Imports::default();
        for name in [&b"_strcpy_chk"[..], b"___strcpy_chk", b"strcpy", b"_randomize", b"__random", b"_CC_MD5x", b"\xff"]
        {
            imports.see(name);
        }
        assert!(imports.told.is_empty());
        imports.see(b"_strcpy");
        let [found] = imports.told.iter().collect::<Vec<_>>()[..] else { panic!("{:?}", imports.told) };
        assert_eq!((found.name.as_str(), found.purpose), ("_strcpy", ImportUse::UnsafeC));
    }

    #[test]
    fn retain_and_release_alone_are_no_reference_counting() {
        let mut imports = Imports::default();
        imports.see(b"_objc_release");
        assert!(imports.retain_release && !imports.arc);
        imports.see(b"_objc_storeStrong");
        assert!(imports.arc);
    }
}
