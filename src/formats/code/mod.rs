//! What the code of a package does, by rules over call sites, strings and classes. Nothing is decompiled.
//!
//! A use that depends on a value is found where the value is a constant that can be seen, and counted as undecided where
//! it cannot; only a constant that says otherwise is none. The rules are data: one line each in `rules`.

mod budget;
mod condition;
mod findings;
mod hierarchy;
mod index;
mod known;
mod permissions;
mod places;
mod rule;
mod rules;
mod scan;
mod shapes;
mod users;
mod watch;

use crate::{formats::dex, model::Tri};

pub use findings::{CodeFindings, DexFile, DexSkipped, Dexes, MAX_PLACES, PrivacyUse, Use, UseCount};
pub use permissions::{PermissionUse, apis_of, permission_use, permissions};
pub use rule::{Grant, Kind, On, Rule, Shape, When};
pub use rules::rules;
pub use users::users_of_strings;

/// Scans the bytes of one entry, adds what is found to `out`, and gives every string of it to `on_string`, once.
pub fn scan_dex(name: &str, bytes: &[u8], out: &mut CodeFindings, on_string: &mut dyn FnMut(&str)) {
    let mut all = CodeFindings::default();
    all.dex.present = 1;
    for (number, part) in dex::parts(bytes).into_iter().enumerate() {
        let mut file = blank(name, number, bytes.len());
        let mut found = match part {
            Ok(part) => scan::dex(&mut file, bytes, &part, on_string),
            Err(error) => {
                scan::unreadable(&mut file, &error);
                CodeFindings::default()
            }
        };
        found.dex.strings = file.strings;
        found.dex.classes = file.classes;
        found.dex.methods = file.methods;
        found.dex.skipped.clone_from(&file.skipped);
        found.dex.files = vec![file];
        all.merge(found);
    }
    // An entry counts once, however many files its container has.
    all.dex.scanned = all.dex.scanned.min(1);
    out.merge(all);
}

fn blank(name: &str, part: usize, bytes: usize) -> DexFile {
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    DexFile {
        name: name.to_owned(),
        version: String::new(),
        part: number(part),
        bytes: number(bytes),
        trailing: 0,
        checksum: Tri::Unknown,
        signature: Tri::Unknown,
        strings: 0,
        types: 0,
        classes: 0,
        methods: 0,
        skipped: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
