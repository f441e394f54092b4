//! Bounded walks of this host: homes, program folders, kernel parameters, processes. Never a whole file system.
#![expect(clippy::disallowed_methods, reason = "this is collect: the host is read here")]

use std::{
    collections::BTreeSet,
    fs, io,
    io::Read,
    os::unix::{ffi::OsStrExt, fs::MetadataExt},
    path::{Path, PathBuf},
    time::Instant,
};

use super::lists::{failure, of, stat_line};
use crate::{
    collect::{Bounds, BuiltinFailure, read::status_of},
    formats::{
        files::{self, FileText},
        linux::{
            accounts::{self, Passwd},
            keys, stat,
        },
    },
    model::ItemStatus,
};

/// Roots of the walk for set-uid, world-writable and unowned files, each with the depth it is walked to. Folders of
/// documentation, sources and container layers are left out.
pub(super) const ROOTS: &[(&str, usize)] = &[
    ("/bin", 2),
    ("/sbin", 2),
    ("/usr/bin", 3),
    ("/usr/sbin", 3),
    ("/usr/lib", 4),
    ("/usr/libexec", 4),
    ("/usr/local", 5),
    ("/etc", 4),
    ("/opt", 5),
    ("/srv", 3),
    ("/home", 3),
    ("/root", 3),
    ("/tmp", 4),
    ("/var/tmp", 4),
    ("/var/log", 3),
    ("/var/spool", 3),
    ("/var/www", 4),
    ("/dev/shm", 2),
];

/// Entries of one walk in all, and lines that it writes down.
const ENTRIES: usize = 300_000;
const LINES: usize = 20_000;

/// Shells that give no session.
fn gives_session(shell: &str) -> bool {
    !matches!(shell.rsplit('/').next(), Some("nologin" | "false" | "sync" | "shutdown" | "halt" | "true"))
}

/// Accounts that can get a session, with their homes.
fn people() -> Result<Vec<Passwd>, BuiltinFailure> {
    let text = fs::read_to_string("/etc/passwd").map_err(|error| failure("/etc/passwd", &error))?;
    let people = accounts::passwd(&text).lines.into_iter().filter(|account| gives_session(&account.shell));
    Ok(people.take(2000).collect())
}

/// Homes, and start-up files in them that group or others may write: `home USER stat` and `dot USER stat`.
pub(super) fn homes(bounds: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let mut out = String::new();
    for account in people()? {
        in_time(bounds)?;
        let home = Path::new(&account.home);
        let name = stat::escape(account.name.as_bytes());
        out.push_str(&format!("home\t{name}\t{}", stat_line(home, false)));
        let Ok(entries) = fs::read_dir(home) else { continue };
        for entry in entries.flatten().take(4096).filter(|entry| entry.file_name().as_bytes().starts_with(b".")) {
            if let Ok(meta) = entry.metadata()
                && meta.is_file()
                && meta.mode() & 0o022 != 0
            {
                out.push_str(&format!("dot\t{name}\t{}", stat::line(&of(&entry.path(), &meta, None))));
            }
        }
    }
    Ok(out.into_bytes())
}

/// Files that trust other hosts or hold credentials, by metadata only: `USER stat`, with `-` for files of the system.
pub(super) fn trust_files(_: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let mut out = String::new();
    for path in ["/etc/hosts.equiv", "/etc/ssh/shosts.equiv"] {
        out.push_str(&format!("-\t{}", stat_line(Path::new(path), false)));
    }
    for account in people()? {
        let name = stat::escape(account.name.as_bytes());
        for file in [".rhosts", ".shosts", ".netrc"] {
            out.push_str(&format!("{name}\t{}", stat_line(&Path::new(&account.home).join(file), false)));
        }
    }
    Ok(out.into_bytes())
}

/// authorized_keys of all who can log in, each reduced to key types before it is written down.
pub(super) fn authorized_keys(bounds: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let mut found = Vec::new();
    for account in people()? {
        in_time(bounds)?;
        for name in [".ssh/authorized_keys", ".ssh/authorized_keys2"] {
            let path = Path::new(&account.home).join(name);
            found.extend(reduced(&path));
        }
    }
    Ok(files::write(&found))
}

fn reduced(path: &Path) -> Option<FileText> {
    let mut file = FileText {
        path: stat::escape(path.as_os_str().as_bytes()),
        status: ItemStatus::Ok,
        mode: String::new(),
        uid: 0,
        gid: 0,
        size: 0,
        text: String::new(),
    };
    let meta = match fs::metadata(path) {
        Ok(meta) if !meta.is_file() => return None,
        Ok(meta) => meta,
        Err(error) if status_of(&error) == ItemStatus::Absent => return None,
        Err(error) => {
            file.status = status_of(&error);
            return Some(file);
        }
    };
    (file.mode, file.uid, file.gid) = (format!("{:04o}", meta.mode() & 0o7777), meta.uid(), meta.gid());
    file.size = meta.len();
    let mut bytes = Vec::new();
    match fs::File::open(path).and_then(|open| open.take(256 << 10).read_to_end(&mut bytes)) {
        Err(error) => file.status = status_of(&error),
        Ok(_) if meta.len() > 256 << 10 => file.status = ItemStatus::TooLarge,
        Ok(_) => file.text = String::from_utf8_lossy(&keys::redact_authorized(&bytes).0).into_owned(),
    }
    Some(file)
}

/// Set-uid and set-gid files, what everybody may write, and what belongs to nobody: `suid stat`, `writable stat`,
/// `unowned stat`; `cut ROOT` where the budget ended, `denied FOLDER` where a folder could not be listed.
pub(super) fn roots(bounds: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let known = Known::read()?;
    let mut walk = Walk { out: String::new(), entries: 0, lines: 0, known, seen: BTreeSet::new() };
    for (root, depth) in ROOTS {
        let root = Path::new(root);
        let Ok(meta) = fs::symlink_metadata(root) else { continue };
        // `/bin` is a link to `/usr/bin` on most systems, which is a root of its own.
        if meta.is_dir() && !walk.folder(root, meta.dev(), *depth, bounds)? {
            walk.out.push_str(&format!("cut\t{}\n", root.display()));
        }
    }
    Ok(walk.out.into_bytes())
}

struct Known {
    uids: BTreeSet<u32>,
    gids: BTreeSet<u32>,
}

impl Known {
    fn read() -> Result<Self, BuiltinFailure> {
        let read = |path: &str| fs::read_to_string(path).map_err(|error| failure(path, &error));
        let uids = accounts::passwd(&read("/etc/passwd")?).lines.iter().map(|account| account.uid).collect();
        let gids = accounts::group(&read("/etc/group")?).lines.iter().map(|group| group.gid).collect();
        Ok(Self { uids, gids })
    }
}

struct Walk {
    out: String,
    entries: usize,
    lines: usize,
    known: Known,
    /// Folders by device and inode, so that nothing is listed twice.
    seen: BTreeSet<(u64, u64)>,
}

impl Walk {
    /// False once the budget is spent.
    fn folder(&mut self, folder: &Path, device: u64, depth: usize, bounds: &Bounds) -> Result<bool, BuiltinFailure> {
        in_time(bounds)?;
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if status_of(&error) == ItemStatus::Denied => {
                self.line("denied", &format!("{}\n", stat::escape(folder.as_os_str().as_bytes())));
                return Ok(true);
            }
            Err(_) => return Ok(true),
        };
        let mut below: Vec<PathBuf> = Vec::new();
        for entry in entries.flatten() {
            self.entries += 1;
            if self.entries > ENTRIES || self.lines > LINES {
                return Ok(false);
            }
            // Of the entry itself: links are not followed.
            let Ok(meta) = entry.metadata() else { continue };
            if meta.is_symlink() {
                continue;
            }
            self.note(&entry.path(), &meta);
            if meta.is_dir() && meta.dev() == device && depth > 1 && self.seen.insert((meta.dev(), meta.ino())) {
                below.push(entry.path());
            }
        }
        below.sort();
        for path in below {
            if !self.folder(&path, device, depth - 1, bounds)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn note(&mut self, path: &Path, meta: &fs::Metadata) {
        let mode = meta.mode();
        let line = || stat::line(&of(path, meta, None));
        if meta.is_file() && mode & 0o6000 != 0 {
            self.line("suid", &line());
        }
        let sticky_folder = meta.is_dir() && mode & 0o1000 != 0;
        if mode & 0o002 != 0 && (meta.is_file() || meta.is_dir()) && !sticky_folder {
            self.line("writable", &line());
        }
        if !self.known.uids.contains(&meta.uid()) || !self.known.gids.contains(&meta.gid()) {
            self.line("unowned", &line());
        }
    }

    fn line(&mut self, tag: &str, rest: &str) {
        self.lines += 1;
        self.out.push_str(tag);
        self.out.push('\t');
        self.out.push_str(rest);
    }
}

fn in_time(bounds: &Bounds) -> Result<(), BuiltinFailure> {
    if Instant::now() < bounds.deadline {
        return Ok(());
    }
    Err(BuiltinFailure { status: ItemStatus::Timeout, note: "the walk did not end in time".to_owned() })
}

/// Kernel parameters below kernel, fs, vm and net as `name = value`, or `name ! denied`. Tables of single neighbours
/// and of binfmt_misc (an automount) are left alone.
pub(super) fn sysctl(bounds: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let mut out = String::new();
    let root = Path::new("/proc/sys");
    fs::read_dir(root).map_err(|error| failure("/proc/sys", &error))?;
    for area in ["fs", "kernel", "net", "vm"] {
        parameters(&root.join(area), area, 0, bounds, &mut out)?;
    }
    Ok(out.into_bytes())
}

fn parameters(
    folder: &Path,
    name: &str,
    depth: usize,
    bounds: &Bounds,
    out: &mut String,
) -> Result<(), BuiltinFailure> {
    in_time(bounds)?;
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    let mut entries: Vec<_> = entries.flatten().collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries.iter().take(2000) {
        let part = entry.file_name().to_string_lossy().into_owned();
        if matches!(part.as_str(), "neigh" | "binfmt_misc" | "random" | "sched_domain") || depth > 6 {
            continue;
        }
        // A dot inside a name, as of a VLAN, is written `/`, as sysctl does.
        let full = format!("{name}.{}", part.replace('.', "/"));
        let Ok(meta) = entry.metadata() else { continue };
        if meta.is_dir() {
            parameters(&entry.path(), &full, depth + 1, bounds, out)?;
        } else if meta.mode() & 0o444 != 0 {
            match value(&entry.path()) {
                Ok(value) => out.push_str(&format!("{full} = {value}\n")),
                Err(error) => out.push_str(&format!("{full} ! {}\n", status_of(&error))),
            }
        }
    }
    Ok(())
}

fn value(path: &Path) -> io::Result<String> {
    let mut text = Vec::new();
    fs::File::open(path)?.take(4096).read_to_end(&mut text)?;
    Ok(String::from_utf8_lossy(&text).split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Running processes: `pid uid comm exe`. Arguments are never read.
pub(super) fn processes(bounds: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let mut out = String::new();
    let entries = fs::read_dir("/proc").map_err(|error| failure("/proc", &error))?;
    let mut pids: Vec<u32> = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    pids.sort_unstable();
    for pid in pids.into_iter().take(20_000) {
        in_time(bounds)?;
        let folder = PathBuf::from(format!("/proc/{pid}"));
        let (Ok(meta), Ok(comm)) = (fs::metadata(&folder), fs::read(folder.join("comm"))) else { continue };
        let exe =
            fs::read_link(folder.join("exe")).map(|path| stat::escape(path.as_os_str().as_bytes())).unwrap_or_default();
        let comm = stat::escape(comm.trim_ascii_end());
        out.push_str(&format!("{pid}\t{}\t{comm}\t{exe}\n", meta.uid()));
    }
    Ok(out.into_bytes())
}

/// The container manager that this host itself runs in, or `none`.
pub(super) fn container(_: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let head = |path: &str| value(Path::new(path)).unwrap_or_default();
    let manager = head("/run/systemd/container");
    let groups = head("/proc/1/cgroup");
    let word = if !manager.is_empty() {
        manager
    } else if Path::new("/.dockerenv").exists() {
        "docker".to_owned()
    } else if Path::new("/run/.containerenv").exists() {
        "podman".to_owned()
    } else {
        let signs = [("kubepods", "kubernetes"), ("docker", "docker"), ("lxc", "lxc"), ("containerd", "containerd")];
        signs.iter().find(|(sign, _)| groups.contains(sign)).map_or("none", |(_, name)| name).to_owned()
    };
    Ok(format!("{word}\n").into_bytes())
}

/// Firmware and roots of trust as `name value` lines.
pub(super) fn firmware(_: &Bounds) -> Result<Vec<u8>, BuiltinFailure> {
    let uefi = Path::new("/sys/firmware/efi").exists();
    let mut out = format!("firmware {}\n", if uefi { "uefi" } else { "bios" });
    let variable = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    match fs::read(variable) {
        Ok(bytes) if bytes.len() == 5 => out.push_str(&format!("secure_boot {}\n", bytes[4])),
        Err(error) if uefi && status_of(&error) == ItemStatus::Denied => out.push_str("secure_boot denied\n"),
        _ => {}
    }
    if Path::new("/sys/class/tpm/tpm0").exists() {
        // Kernels before 5.6 have no such file; a TPM 1.2 has `caps` beside its device.
        let major = value(Path::new("/sys/class/tpm/tpm0/tpm_version_major")).unwrap_or_default();
        let old = Path::new("/sys/class/tpm/tpm0/device/caps").exists();
        let version = if major == "2" || major.is_empty() && !old { "2.0" } else { "1.2" };
        out.push_str(&format!("tpm {version}\n"));
    }
    for (path, name) in [("/dev/tcm0", "tcm"), ("/dev/tpm0", "tpm_device")] {
        if Path::new(path).exists() {
            out.push_str(&format!("{name} yes\n"));
        }
    }
    for entry in fs::read_dir("/sys/class/tpm/tpm0").into_iter().flatten().flatten() {
        if let Some(bank) = entry.file_name().to_str().and_then(|name| name.strip_prefix("pcr-")) {
            out.push_str(&format!("bank {bank}\n"));
        }
    }
    Ok(out.into_bytes())
}
