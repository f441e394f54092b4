//! Dates that files tell: the oldest record of each log, when lists and signatures were fetched.
#![expect(clippy::disallowed_methods, reason = "this is collect: the host is read here")]

use std::{
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use super::lists::stat_line;
use crate::{
    collect::{Bounds, BuiltinFailure, read::status_of},
    formats::linux::logtime,
    model::ItemStatus,
};

/// Logs by group: folder and beginning of the names.
const LOGS: &[(&str, &str, &[&str])] = &[
    ("system", "/var/log", &["syslog", "messages", "kern.log"]),
    ("security", "/var/log", &["auth.log", "secure", "kysec"]),
    ("audit", "/var/log/audit", &["audit.log"]),
];

/// The oldest record of each group: `group time path how`, where `how` is `first` (the file's first line says it) or
/// `written` (the file was last written then, so it holds a record at least as old). Nothing but times is kept.
pub(super) fn oldest(_: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let mut out = String::new();
    for (group, folder, names) in LOGS {
        match files(Path::new(folder), names) {
            Ok(paths) => paths.iter().for_each(|path| out.push_str(&one(group, path))),
            Err(status) => out.push_str(&format!("{group}\t{status}\t{folder}\t-\n")),
        }
    }
    journals(&mut out);
    Ok(out.into_bytes())
}

fn files(folder: &Path, names: &[&str]) -> Result<Vec<PathBuf>, ItemStatus> {
    let entries = fs::read_dir(folder).map_err(|error| status_of(&error))?;
    let ours = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        names
            .iter()
            .any(|begin| name.strip_prefix(begin).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-'])))
    };
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).filter(ours).take(2000).collect();
    paths.sort();
    Ok(paths)
}

fn one(group: &str, path: &Path) -> String {
    let shown = path.display();
    let head = fs::metadata(path).and_then(|meta| {
        let mut head = Vec::new();
        fs::File::open(path)?.take(2048).read_to_end(&mut head)?;
        Ok((meta, head))
    });
    match head {
        Err(error) => format!("{group}\t{}\t{shown}\t-\n", status_of(&error)),
        Ok((_, head)) if head.is_empty() => String::new(),
        Ok((meta, head)) => {
            let written = std::os::unix::fs::MetadataExt::mtime(&meta);
            match logtime::first(&head, written) {
                Some(time) => format!("{group}\t{time}\t{shown}\tfirst\n"),
                None => {
                    logtime::iso(written).map(|time| format!("{group}\t{time}\t{shown}\twritten\n")).unwrap_or_default()
                }
            }
        }
    }
}

fn journals(out: &mut String) {
    for root in ["/var/log/journal", "/run/log/journal"] {
        match fs::read_dir(root) {
            Ok(machines) => {
                for file in machines.flatten().flat_map(|machine| fs::read_dir(machine.path())).flatten().flatten() {
                    let path = file.path();
                    if path.extension().is_some_and(|extension| extension == "journal") {
                        out.push_str(&journal(&path));
                    }
                }
            }
            Err(error) if status_of(&error) == ItemStatus::Denied => {
                out.push_str(&format!("journal\tdenied\t{root}\t-\n"))
            }
            Err(_) => {}
        }
    }
}

fn journal(path: &Path) -> String {
    let mut head = Vec::new();
    match fs::File::open(path).and_then(|open| open.take(256).read_to_end(&mut head)) {
        Err(error) => format!("journal\t{}\t{}\t-\n", status_of(&error), path.display()),
        Ok(_) => logtime::journal(&head)
            .map(|time| format!("journal\t{time}\t{}\tfirst\n", path.display()))
            .unwrap_or_default(),
    }
}

/// When package lists were fetched and packages installed, and which kernels are there: `lists stat`, `installed stat`,
/// `kernel stat`.
pub(super) fn update_dates(_: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let mut out = String::new();
    let mut tagged = |tag: &str, path: &Path| out.push_str(&format!("{tag}\t{}", stat_line(path, false)));
    let has_lists = fs::read_dir("/var/lib/apt/lists")
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().to_string_lossy().ends_with("Release")));
    if has_lists {
        tagged("lists", Path::new("/var/lib/apt/lists"));
    }
    for path in ["/var/lib/apt/periodic/update-success-stamp", "/var/cache/dnf/last_makecache"] {
        tagged("lists", Path::new(path));
    }
    for cache in ["/var/cache/dnf", "/var/cache/yum"] {
        for entry in fs::read_dir(cache).into_iter().flatten().flatten().take(200) {
            tagged("lists", &entry.path().join("repodata"));
        }
    }
    for path in [
        "/var/lib/dpkg/status",
        "/var/lib/rpm/rpmdb.sqlite",
        "/var/lib/rpm/Packages.db",
        "/var/lib/rpm/Packages",
        "/usr/lib/sysimage/rpm/rpmdb.sqlite",
    ] {
        tagged("installed", Path::new(path));
    }
    for entry in fs::read_dir("/lib/modules").into_iter().flatten().flatten().take(100) {
        tagged("kernel", &entry.path());
    }
    Ok(out.into_bytes())
}

/// Signature files of anti-malware products whose place we know: `product stat`.
pub(super) fn signature_dates(_: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    const FILES: &[(&str, &str)] = &[
        ("ClamAV", "/var/lib/clamav/daily.cld"),
        ("ClamAV", "/var/lib/clamav/daily.cvd"),
        ("ClamAV", "/var/lib/clamav/main.cvd"),
        ("maldet", "/usr/local/maldetect/sigs/maldet.sigs.ver"),
    ];
    Ok(FILES
        .iter()
        .map(|(product, path)| format!("{product}\t{}", stat_line(Path::new(path), false)))
        .collect::<String>()
        .into_bytes())
}
