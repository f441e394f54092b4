//! What an entry is for, by its name and place: who looks into it.

use crate::formats::sdks;

/// Who looks into an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Code of Android.
    Dex,
    /// Bytecode of HarmonyOS.
    Ark,
    /// An ELF library.
    Native,
    /// Read by people, line by line.
    Text,
    /// Tells what is inside.
    Metadata,
    /// Tables and programs with strings in them.
    Strings,
    /// Pictures, fonts, sounds: only hashed.
    Other,
}

const TEXT: &[&str] = &[
    "cfg",
    "conf",
    "css",
    "csv",
    "env",
    "ets",
    "gradle",
    "htm",
    "html",
    "ini",
    "java",
    "js",
    "json",
    "json5",
    "key",
    "kt",
    "log",
    "lua",
    "map",
    "md",
    "mf",
    "mjs",
    "pem",
    "pgp",
    "php",
    "plist",
    "pro",
    "properties",
    "py",
    "sf",
    "sh",
    "sql",
    "strings",
    "svg",
    "toml",
    "ts",
    "txt",
    "vue",
    "xml",
    "yaml",
    "yml",
];

const STRINGS: &[&str] = &[
    "arsc", "bin", "bundle", "dart", "dat", "db", "dylib", "hbc", "index", "jar", "jsbundle", "pb", "realm", "sqlite",
    "wgt",
];

impl Role {
    /// By the name alone: what a file of this name holds in truth shows when it is read.
    pub fn of(name: &str) -> Self {
        let file = name.rsplit('/').next().unwrap_or(name);
        let extension = file.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
        match extension.as_str() {
            _ if sdks::wants(name) => Self::Metadata,
            "dex" if is_code(name) => Self::Dex,
            "abc" => Self::Ark,
            "so" => Self::Native,
            extension if TEXT.contains(&extension) => Self::Text,
            extension if STRINGS.contains(&extension) => Self::Strings,
            _ => Self::Other,
        }
    }
}

/// Where the platform looks for code: `classes.dex`, `classes2.dex` and on in an APK, `MODULE/dex/` in a bundle. Code that lies
/// elsewhere is loaded by the app itself, and is read all the same.
fn is_code(name: &str) -> bool {
    !name.starts_with("META-INF/")
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn a_name_tells_who_looks_into_an_entry() {
        for (name, role) in [
            ("classes.dex", Role::Dex),
            ("assets/more.dex", Role::Dex),
            ("ets/modules.abc", Role::Ark),
            ("lib/arm64-v8a/libapp.so", Role::Native),
            ("assets/config.JSON", Role::Text),
            ("resources.arsc", Role::Strings),
            ("res/icon.png", Role::Other),
            ("assets/noextension", Role::Other),
        ] {
            assert_eq!(Role::of(name), role, "{name}");
        }
    }
}
