//! How much a permission of the platform means.

use std::{collections::HashMap, sync::LazyLock};

/// The table; its head says where it is from.
const TABLE: &str = include_str!("permission_levels.txt");

/// What names without a dot are below.
const PREFIX: &str = "android.permission.";

/// All of the health data module ask the user (AOSP packages/modules/HealthFitness).
const HEALTH: &str = "android.permission.health.";

static LEVELS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(' ')).map(swapped).collect()
});

fn swapped((level, name): (&'static str, &'static str)) -> (&'static str, &'static str) {
    (name, level)
}

/// `dangerous`, `normal`, `signature` or `special`; `None` for what the platform does not define.
pub fn level(name: &str) -> Option<&'static str> {
    let short = name.strip_prefix(PREFIX).filter(|rest| !rest.contains('.')).unwrap_or(name);
    // A bare name is no permission of the platform.
    let known = if name.contains('.') { LEVELS.get(short).copied() } else { None };
    known.or_else(|| (name.starts_with(HEALTH) && name.len() > HEALTH.len()).then_some("dangerous"))
}
