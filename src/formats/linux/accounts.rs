//! passwd, group, lastlog.

use jiff::{Timestamp, fmt::strtime};

/// One line of passwd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passwd {
    pub name: String,
    /// The field itself is not kept: whether it is empty, a pointer to shadow (`x`), locked, or a hash.
    pub password: PasswdField,
    pub uid: u32,
    pub gid: u32,
    pub home: String,
    pub shell: String,
}

/// What the second field of passwd holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswdField {
    Empty,
    Shadow,
    Locked,
    Hash,
}

/// One line of group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub name: String,
    pub gid: u32,
    pub members: Vec<String>,
}

/// What was read, with what was not: lines of NIS inclusion, and the number of malformed lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lines<T> {
    pub lines: Vec<T>,
    pub nis: Vec<String>,
    pub malformed: usize,
}

/// Reads passwd.
pub fn passwd(text: &str) -> Lines<Passwd> {
    read(text, |fields| {
        let [name, password, uid, gid, _gecos, home, shell] = fields else { return None };
        Some(Passwd {
            name: (*name).to_owned(),
            password: match *password {
                "" => PasswdField::Empty,
                "x" => PasswdField::Shadow,
                field if field.len() < 13 => PasswdField::Locked,
                _ => PasswdField::Hash,
            },
            uid: uid.parse().ok()?,
            gid: gid.parse().ok()?,
            home: (*home).to_owned(),
            shell: (*shell).to_owned(),
        })
    })
}

/// Masks hashes that old systems keep in passwd itself, and the comment field, which holds names and telephone numbers.
pub fn redact_passwd(bytes: &[u8]) -> (Vec<u8>, u32) {
    let mut out = String::new();
    let mut masked = 0;
    for line in String::from_utf8_lossy(bytes).lines() {
        let mut fields: Vec<_> = line.split(':').collect();
        if let Some(field) = fields.get_mut(1).filter(|field| field.len() >= 13) {
            *field = "{masked-hash}";
            masked += 1;
        }
        if let Some(field) = fields.get_mut(4).filter(|field| !field.is_empty()) {
            *field = "";
            masked += 1;
        }
        out.push_str(&fields.join(":"));
        out.push('\n');
    }
    (out.into_bytes(), masked)
}

/// Masks group passwords that old systems keep in group itself.
pub fn redact_group(bytes: &[u8]) -> (Vec<u8>, u32) {
    let mut out = String::new();
    let mut masked = 0;
    for line in String::from_utf8_lossy(bytes).lines() {
        let mut fields: Vec<_> = line.split(':').collect();
        if let Some(field) = fields.get_mut(1).filter(|field| field.len() > 2) {
            *field = "{masked-hash}";
            masked += 1;
        }
        out.push_str(&fields.join(":"));
        out.push('\n');
    }
    (out.into_bytes(), masked)
}

/// Reads group.
pub fn group(text: &str) -> Lines<Group> {
    read(text, |fields| {
        let [name, _password, gid, members] = fields else { return None };
        let members = members.split(',').filter(|member| !member.is_empty()).map(str::to_owned).collect();
        Some(Group { name: (*name).to_owned(), gid: gid.parse().ok()?, members })
    })
}

fn read<T>(text: &str, one: impl Fn(&[&str]) -> Option<T>) -> Lines<T> {
    let mut found = Lines { lines: Vec::new(), nis: Vec::new(), malformed: 0 };
    for line in text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let fields: Vec<_> = line.split(':').collect();
        if line.starts_with(['+', '-']) {
            found.nis.push(fields[0].to_owned());
        } else if let Some(parsed) = one(&fields).filter(|_| !fields[0].is_empty()) {
            found.lines.push(parsed);
        } else {
            found.malformed += 1;
        }
    }
    found
}

/// Reads `lastlog` or `lastlog2`: name to time of the last login in UTC (`""`: never). Accounts whose time could not be
/// read are left out. `None` where the head line is not that of the program.
pub fn lastlog(text: &str) -> Option<Vec<(String, String)>> {
    let mut lines = text.lines();
    let head = lines.next()?;
    if !head.starts_with("Username") || !head.contains("Latest") {
        return None;
    }
    let read = lines.filter_map(|line| {
        let name = line.split_whitespace().next()?;
        if line.contains("**Never logged in**") {
            return Some((name.to_owned(), String::new()));
        }
        Some((name.to_owned(), login_time(line)?))
    });
    Some(read.collect())
}

/// The last six words of a line are `Sat Nov 21 10:00:00 +0000 2026`.
fn login_time(line: &str) -> Option<String> {
    let words: Vec<_> = line.split_whitespace().collect();
    let tail = words.get(words.len().checked_sub(5)?..)?.join(" ");
    let broken = strtime::parse("%b %d %H:%M:%S %z %Y", &tail).ok()?;
    broken.to_timestamp().ok().map(|time: Timestamp| time.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn passwd_keeps_what_identifies_and_counts_what_it_cannot_read() {
        let read = passwd("root:x:0:0:root:/root:/bin/bash\nbroken:x:y:0::/:/bin/sh\n+::::::\n# comment\n");
        assert_eq!(read.lines.len(), 1);
        assert_eq!((read.malformed, read.nis.len()), (1, 1));
        assert_eq!(read.lines[0].password, PasswdField::Shadow);
    }

    #[test]
    fn hashes_and_comments_of_passwd_are_masked() {
        let (masked, count) = redact_passwd(b"a:$1$abcdefgh$PLANTED:1:1:Zhang San 138PLANTED:/h:/bin/sh\n");
        assert_eq!(count, 2);
        let masked = String::from_utf8(masked).unwrap();
        assert!(!masked.contains("PLANTED"));
        assert_eq!(passwd(&masked).lines[0].password, PasswdField::Hash);
    }

    #[test]
    fn lastlog_gives_utc_times_and_says_never() {
        let text = "Username         Port     From             Latest\n\
            root             pts/0    10.0.0.5         Sat Nov 21 18:00:00 +0800 2026\n\
            daemon                                     **Never logged in**\n\
            ops              tty1                      Sun Feb  1 09:30:00 +0000 2026\n";
        assert_eq!(
            lastlog(text).unwrap(),
            [
                ("root".into(), "2026-11-21T10:00:00Z".into()),
                ("daemon".into(), String::new()),
                ("ops".into(), "2026-02-01T09:30:00Z".into())
            ]
        );
        assert_eq!(lastlog("sh: lastlog: not found"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*|[:+x0-9a-z\\n]*") {
            let _ = (passwd(&text), group(&text), lastlog(&text), redact_passwd(text.as_bytes()));
            let _ = lastlog(&format!("Username Port From Latest\n{text}"));
        }
    }
}
