//! Metadata of files, one a line, in the form that our own walks write down.
//!
//! `octal uid gid bytes mtime kind path`, separated by tabs; or `absent path` and `denied path`. `mtime` is in seconds
//! since the epoch. Control characters, backslashes and bytes that are not UTF-8 in a path are written `\xNN`.

use std::fmt::Write as _;

/// Metadata of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stat {
    pub path: String,
    /// Permission bits with set-uid, set-gid and sticky.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    pub bytes: u64,
    /// Seconds since the epoch.
    pub mtime: i64,
    /// `file`, `dir`, `link`, `device` or `other`.
    pub kind: String,
    /// What a link points to, `""` otherwise.
    pub target: String,
}

/// What a listing says of many paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    pub found: Vec<Stat>,
    /// Proven not to exist.
    pub absent: Vec<String>,
    /// Could not be looked at.
    pub denied: Vec<String>,
}

impl Stats {
    pub fn get(&self, path: &str) -> Option<&Stat> {
        self.found.iter().find(|stat| stat.path == path)
    }
}

/// One line, with its end.
pub fn line(stat: &Stat) -> String {
    let Stat { path, mode, uid, gid, bytes, mtime, kind, target } = stat;
    let path = escape(path.as_bytes());
    let tail = if target.is_empty() { String::new() } else { format!("\t{}", escape(target.as_bytes())) };
    format!("{mode:04o}\t{uid}\t{gid}\t{bytes}\t{mtime}\t{kind}\t{path}{tail}\n")
}

/// A path as it is written down.
pub fn escape(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    for chunk in path.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() || c == '\\' {
                let mut buffer = [0; 4];
                c.encode_utf8(&mut buffer).bytes().for_each(|byte| hex(byte, &mut out));
            } else {
                out.push(c);
            }
        }
        chunk.invalid().iter().for_each(|byte| hex(*byte, &mut out));
    }
    out
}

fn hex(byte: u8, out: &mut String) {
    // Writing to a string cannot fail.
    let _ = write!(out, "\\x{byte:02x}");
}

/// Reads a listing. Lines that are not of the form (a torn tail) are left out.
pub fn read(text: &str) -> Stats {
    let mut stats = Stats::default();
    for line in text.lines() {
        match line.split_once('\t') {
            Some(("absent", path)) => stats.absent.push(path.to_owned()),
            Some(("denied", path)) => stats.denied.push(path.to_owned()),
            _ => stats.found.extend(one(line)),
        }
    }
    stats
}

fn one(line: &str) -> Option<Stat> {
    let mut fields = line.split('\t');
    Some(Stat {
        mode: u32::from_str_radix(fields.next()?, 8).ok()?,
        uid: fields.next()?.parse().ok()?,
        gid: fields.next()?.parse().ok()?,
        bytes: fields.next()?.parse().ok()?,
        mtime: fields.next()?.parse().ok()?,
        kind: fields.next()?.to_owned(),
        path: fields.next()?.to_owned(),
        target: fields.next().unwrap_or_default().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_with_a_line_break_cannot_forge_a_second_line() {
        let stat = Stat {
            path: "/tmp/a\n0777\t0\t0\t0\t0\tfile\t/etc/shadow".into(),
            mode: 0o4755,
            uid: 1,
            gid: 2,
            bytes: 3,
            mtime: -4,
            kind: "file".into(),
            target: String::new(),
        };
        let read = read(&line(&stat));
        assert_eq!(read.found.len(), 1);
        assert_eq!((read.found[0].mode, read.found[0].mtime), (0o4755, -4));
        assert!(read.get("/etc/shadow").is_none());
    }

    #[test]
    fn absence_and_denial_are_told_apart() {
        let stats = read("absent\t/etc/x\ndenied\t/root/y\n");
        assert_eq!((stats.absent, stats.denied), (vec!["/etc/x".to_owned()], vec!["/root/y".to_owned()]));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[0-9a-z/\\t\\n ]*") {
            let _ = read(&text);
        }

        #[test]
        fn any_path_fits_one_field(path in proptest::collection::vec(any::<u8>(), 0..64)) {
            prop_assert!(!escape(&path).contains(['\n', '\t', '\r']));
        }
    }
}
