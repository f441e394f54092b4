//! Which installed Debian packages have a newer version in the lists that apt has fetched. Reads files, starts nothing.
#![expect(clippy::disallowed_methods, reason = "this is collect: the host is read here")]

use std::{
    cmp::Ordering,
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader},
    path::Path,
    time::Instant,
};

use super::lists::failure;
use crate::{
    collect::{Bounds, BuiltinFailure},
    formats::linux::versions::compare,
    model::ItemStatus,
};

const LISTS: &str = "/var/lib/apt/lists";

/// Lines `security NAME INSTALLED NEWER` or `other ...`, then `lists N`. Pins and holds of apt are not looked at: what
/// is held back waits all the same.
pub(super) fn pending(bounds: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let installed = installed()?;
    let mut newer: BTreeMap<(String, String), (String, bool)> = BTreeMap::new();
    let mut lists = 0;
    let entries = fs::read_dir(LISTS).map_err(|error| failure(LISTS, &error))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.contains("_Packages.") {
            let note = format!("{name}: compressed lists are not read");
            return Err(BuiltinFailure { status: ItemStatus::Error, note });
        }
        if name.ends_with("_Packages") {
            lists += 1;
            candidates(&path, name.contains("security"), &installed, &mut newer, bounds)?;
        }
    }
    if lists == 0 {
        return Err(BuiltinFailure { status: ItemStatus::Absent, note: "no package lists".to_owned() });
    }
    let mut out = String::new();
    for ((name, arch), (version, security)) in &newer {
        let held = &installed[&(name.clone(), arch.clone())];
        out.push_str(&format!("{}\t{name}\t{held}\t{version}\n", if *security { "security" } else { "other" }));
    }
    out.push_str(&format!("lists\t{lists}\n"));
    Ok(out.into_bytes())
}

/// Installed packages: name and architecture to version.
fn installed() -> Result<BTreeMap<(String, String), String>, BuiltinFailure> {
    let text = fs::read_to_string("/var/lib/dpkg/status").map_err(|error| failure("/var/lib/dpkg/status", &error))?;
    let stanzas = text
        .split("\n\n")
        .filter(|stanza| field(stanza, "Status").is_some_and(|status| status.ends_with(" installed")));
    let packages = stanzas.filter_map(|stanza| {
        let of = |name| field(stanza, name).map(str::to_owned);
        Some(((of("Package")?, of("Architecture")?), of("Version")?))
    });
    Ok(packages.collect())
}

fn field<'a>(stanza: &'a str, name: &str) -> Option<&'a str> {
    stanza.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
}

/// Reads one list line by line: only the three fields are kept of each stanza.
fn candidates(
    path: &Path,
    security: bool,
    installed: &BTreeMap<(String, String), String>,
    newer: &mut BTreeMap<(String, String), (String, bool)>,
    bounds: &Bounds,
) -> Result<(), BuiltinFailure> {
    let shown = path.display().to_string();
    let mut reader = BufReader::with_capacity(1 << 16, fs::File::open(path).map_err(|error| failure(&shown, &error))?);
    let mut line = Vec::new();
    let (mut name, mut arch, mut version) = (String::new(), String::new(), String::new());
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line).map_err(|error| failure(&shown, &error))?;
        let text = line.trim_ascii_end();
        if let Some(value) = text.strip_prefix(b"Package: ") {
            name = String::from_utf8_lossy(value).into_owned();
            if Instant::now() >= bounds.deadline {
                return Err(BuiltinFailure { status: ItemStatus::Timeout, note: shown });
            }
        } else if let Some(value) = text.strip_prefix(b"Architecture: ") {
            arch = String::from_utf8_lossy(value).into_owned();
        } else if let Some(value) = text.strip_prefix(b"Version: ") {
            version = String::from_utf8_lossy(value).into_owned();
        } else if text.is_empty() {
            let key = (std::mem::take(&mut name), std::mem::take(&mut arch));
            let version = std::mem::take(&mut version);
            consider(key, &version, security, installed, newer);
        }
        if read == 0 {
            return Ok(());
        }
    }
}

fn consider(
    key: (String, String),
    version: &str,
    security: bool,
    installed: &BTreeMap<(String, String), String>,
    newer: &mut BTreeMap<(String, String), (String, bool)>,
) {
    let Some(held) = installed.get(&key) else { return };
    if compare(version, held) != Ordering::Greater {
        return;
    }
    let known = newer.entry(key).or_insert_with(|| (version.to_owned(), security));
    // What a security source offers counts as security even if another source offers something newer still.
    known.1 |= security;
    if compare(version, &known.0) == Ordering::Greater {
        version.clone_into(&mut known.0);
    }
}
