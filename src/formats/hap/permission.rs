//! Permissions that a module asks for, with what the platform makes of each.
//!
//! Source: OpenHarmony documentation "requestPermissions"; levels and modes of granting in `permissions.txt`.

use std::{collections::BTreeMap, sync::OnceLock};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::json::{Node, fact};
use crate::model::{Fact, Unread};

const TABLE: &str = include_str!("permissions.txt");
const PREFIX: &str = "ohos.permission.";

/// A permission that a module asks for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Permission {
    pub module: String,
    pub name: String,
    /// `normal`, `system_basic` or `system_core`: the privilege that an app needs; `other` for what the platform does not
    /// define.
    pub level: String,
    /// `system_grant` at installation, `user_grant` by asking, `manual_settings` in the settings; `other` for what the
    /// platform does not define.
    pub grant: String,
    /// To whom it is open: `normal`, `system`, `service`, `mdm`, `enterprise_normal`; `other` for what the platform does
    /// not define.
    pub available_to: String,
    /// A reason is given.
    pub reason: Fact<bool>,
    /// Abilities that use it.
    pub used_by: Fact<Vec<String>>,
    /// `inuse` or `always`; empty where nothing is declared.
    pub used_when: Fact<String>,
}

/// Reads one; `scene` is the key of the abilities in `usedScene`.
pub(super) fn read(module: &str, scene: &str, node: &Node) -> Result<Permission, Unread> {
    let object = node.object()?;
    let name = object.demanded_text("name")?;
    let [grant, level, available_to] = definition(&name);
    let used = object.object("usedScene");
    let used_by = used.clone().and_then(|used| used.map_or_else(|| Ok(Vec::new()), |used| used.texts(scene)));
    let used_when = used.and_then(|used| used.map_or(Ok(None), |used| used.text("when")));
    Ok(Permission {
        module: module.to_owned(),
        level: level.to_owned(),
        grant: grant.to_owned(),
        available_to: available_to.to_owned(),
        name,
        reason: fact(object.text("reason").map(|reason| reason.is_some_and(|text| !text.trim().is_empty()))),
        used_by: fact(used_by),
        used_when: fact(used_when.map(Option::unwrap_or_default)),
    })
}

/// How it is granted, its level, and to whom it is open.
fn definition(name: &str) -> [&'static str; 3] {
    static DEFINITIONS: OnceLock<BTreeMap<&str, &str>> = OnceLock::new();
    let table = DEFINITIONS.get_or_init(|| {
        TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' ')).collect()
    });
    let found = match name.strip_prefix(PREFIX) {
        Some(short) => table.get(short),
        None => table.get(format!("!{name}").as_str()),
    };
    let mut letters = found.copied().unwrap_or_default().chars();
    [letters.next(), letters.next(), letters.next()].map(|letter| word(letter.unwrap_or_default()))
}

fn word(letter: char) -> &'static str {
    match letter {
        's' => "system_grant",
        'u' => "user_grant",
        'm' => "manual_settings",
        'n' | 'N' => "normal",
        'b' => "system_basic",
        'c' => "system_core",
        'S' => "system",
        'V' => "service",
        'M' => "mdm",
        'E' => "enterprise_normal",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::{TABLE, definition};

    #[test]
    fn the_platform_says_what_a_permission_means() {
        assert_eq!(definition("ohos.permission.INTERNET"), ["system_grant", "normal", "normal"]);
        assert_eq!(definition("ohos.permission.CAMERA"), ["user_grant", "normal", "normal"]);
        assert_eq!(definition("ohos.permission.READ_CONTACTS"), ["user_grant", "system_basic", "normal"]);
        assert_eq!(definition("ohos.permission.INSTALL_BUNDLE"), ["system_grant", "system_core", "system"]);
        assert_eq!(definition("com.example.OWN"), ["other"; 3]);
        assert_eq!(definition("ohos.permission."), ["other"; 3]);
    }

    #[test]
    fn every_line_of_the_table_says_all_three() {
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (name, letters) = line.split_once(' ').unwrap();
            let full = name.strip_prefix('!').map_or_else(|| format!("ohos.permission.{name}"), str::to_owned);
            assert_eq!(letters.len(), 3, "{line}");
            assert!(!definition(&full).contains(&"other"), "{line}");
        }
    }
}
