//! Reads files and runs builtins within bounds: a read that never comes back costs its own time and nothing else.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use rustix::fs::OFlags;

use crate::{
    collect::{
        job::Redactor,
        process::Capture,
        runner::{Found, StopFlag},
    },
    formats::files::{self, FileText},
    model::ItemStatus,
};

/// Of a file longer than its cap this many times the cap is hashed; the rest is not read.
const HASHED: u64 = 16;

/// Files in one group, and the bytes of all of them.
const GROUP_FILES: usize = 512;

/// Runs `work` on a thread of its own until the deadline; `None` when stopped. A read that hangs in the kernel
/// cannot be ended, so its thread is left behind.
pub(crate) fn within(
    deadline: Instant,
    stop: &StopFlag,
    work: impl FnOnce() -> Found + Send + 'static,
) -> Option<Found> {
    let (done, result) = mpsc::channel();
    if let Err(e) = thread::Builder::new().spawn(move || done.send(work())) {
        return Some(Found::failed(ItemStatus::Error, e.to_string()));
    }
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match result.recv_timeout(left.min(Duration::from_millis(100))) {
            Ok(found) => return Some(found),
            Err(RecvTimeoutError::Disconnected) => {
                return Some(Found::failed(ItemStatus::Error, "the reader ended in a panic"));
            }
            Err(RecvTimeoutError::Timeout) if stop.is_set() => return None,
            Err(RecvTimeoutError::Timeout) if left.is_zero() => {
                return Some(Found::failed(ItemStatus::Timeout, "the read did not come back in time"));
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
}

/// One file.
pub(crate) fn file(path: &Path, cap: u64) -> Found {
    let capture = open(path).and_then(|(file, _)| capture(file, cap));
    match capture {
        Ok(capture) => Found::captured(capture),
        Err(e) => Found::failed(status_of(&e), format!("{}: {e}", path.display())),
    }
}

/// Several files. Files that do not exist are left out; the worst file decides the status.
pub(crate) fn group(patterns: &[&str], cap: u64, redact: Option<Redactor>) -> (Found, u32) {
    let paths = match expand(patterns) {
        Ok(paths) => paths,
        Err((path, e)) if status_of(&e) == ItemStatus::Absent => {
            return (Found::failed(ItemStatus::Absent, format!("{}: {e}", path.display())), 0);
        }
        Err((path, e)) => return (Found::failed(status_of(&e), format!("{}: {e}", path.display())), 0),
    };
    let mut room = cap;
    let mut read = Vec::new();
    let mut masked = 0;
    for path in paths.iter().take(GROUP_FILES) {
        if let Some((file, redactions)) = member(path, room, redact) {
            room = room.saturating_sub(file.text.len() as u64);
            masked += redactions;
            read.push(file);
        }
    }
    let mut found = Found::bytes(files::write(&read));
    let count = |status| read.iter().filter(|f| f.status == status).count();
    for status in [ItemStatus::TooLarge, ItemStatus::Error, ItemStatus::Denied] {
        if count(status) > 0 {
            found.status = status;
            found.note = Some(format!("{} of {} files: {status}", count(status), read.len()));
        }
    }
    if paths.len() > GROUP_FILES {
        found.status = ItemStatus::TooLarge;
        found.truncated = true;
        found.note = Some(format!("{} files, {GROUP_FILES} read", paths.len()));
    }
    (found, masked)
}

fn member(path: &Path, room: u64, redact: Option<Redactor>) -> Option<(FileText, u32)> {
    let mut file = FileText {
        path: path.to_string_lossy().into_owned(),
        status: ItemStatus::Ok,
        mode: String::new(),
        uid: 0,
        gid: 0,
        size: 0,
        text: String::new(),
    };
    let meta = match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => return None,
        Ok(meta) => meta,
        Err(e) if status_of(&e) == ItemStatus::Absent => return None,
        Err(e) => {
            file.status = status_of(&e);
            return Some((file, 0));
        }
    };
    (file.mode, file.uid, file.gid) = (format!("{:04o}", meta.mode() & 0o7777), meta.uid(), meta.gid());
    match open(path).and_then(|(opened, _)| capture(opened, room)) {
        Err(e) => {
            file.status = status_of(&e);
            Some((file, 0))
        }
        Ok(capture) => {
            if capture.truncated() {
                file.status = ItemStatus::TooLarge;
            }
            file.size = capture.size;
            let (kept, redactions) = redact.map_or((capture.kept.clone(), 0), |mask| mask(&capture.kept));
            file.text = String::from_utf8_lossy(&kept).into_owned();
            Some((file, redactions))
        }
    }
}

/// Opens what may be read without harm: never waits for a writer of a pipe, never reads a device.
pub(crate) fn open(path: &Path) -> io::Result<(File, fs::Metadata)> {
    let flags = i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0);
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path)?;
    let meta = file.metadata()?;
    if meta.is_file() { Ok((file, meta)) } else { Err(io::Error::other("not a regular file")) }
}

fn capture(mut file: impl Read, cap: u64) -> io::Result<Capture> {
    let mut capture = Capture::new(cap);
    let mut buffer = vec![0; 64 << 10];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(capture),
            Ok(n) => capture.push(&buffer[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
        if capture.size > cap.saturating_mul(HASHED) {
            return Ok(capture);
        }
    }
}

/// Paths of the patterns, sorted within each. A pattern's folder that does not exist adds nothing, unless it is the only one.
fn expand(patterns: &[&str]) -> Result<Vec<PathBuf>, (PathBuf, io::Error)> {
    let mut paths = Vec::new();
    let mut first_failure = None;
    let mut reached = false;
    for pattern in patterns {
        let path = Path::new(pattern);
        let (folder, name) = (path.parent().unwrap_or(Path::new("/")), path.file_name().unwrap_or_default());
        let name = name.to_string_lossy();
        if !name.contains('*') {
            match fs::symlink_metadata(path) {
                Err(e) if status_of(&e) == ItemStatus::Absent => {
                    first_failure.get_or_insert((path.to_owned(), e));
                }
                _ => {
                    reached = true;
                    paths.push(path.to_owned());
                }
            }
            continue;
        }
        match fs::read_dir(folder) {
            Ok(entries) => {
                reached = true;
                let mut here: Vec<_> = entries
                    .filter_map(Result::ok)
                    .filter(|entry| matches(&name, &entry.file_name().to_string_lossy()))
                    .map(|entry| entry.path())
                    .collect();
                here.sort();
                paths.append(&mut here);
            }
            // A folder that may not be listed could hold anything: that is not "nothing".
            Err(e) if status_of(&e) != ItemStatus::Absent => return Err((folder.to_owned(), e)),
            Err(e) => {
                first_failure.get_or_insert((folder.to_owned(), e));
            }
        }
    }
    match first_failure {
        Some(failure) if !reached => Err(failure),
        _ => Ok(paths),
    }
}

/// `*` stands for any run of characters, but a hidden file is named by its dot only.
fn matches(pattern: &str, name: &str) -> bool {
    if name.starts_with('.') && !pattern.starts_with('.') {
        return false;
    }
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

/// The status of a failed read.
pub(crate) fn status_of(error: &io::Error) -> ItemStatus {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ItemStatus::Absent,
        io::ErrorKind::PermissionDenied => ItemStatus::Denied,
        io::ErrorKind::TimedOut => ItemStatus::Timeout,
        _ => ItemStatus::Error,
    }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_match_as_a_shell_would() {
        assert!(matches("*.conf", "a.conf"));
        assert!(matches("*", "x"));
        assert!(matches("ssh_*_key.pub", "ssh_host_key.pub"));
        assert!(!matches("*", ".hidden"));
        assert!(!matches("*.conf", "a.confx"));
        assert!(!matches("a*a", "a"));
    }
}
