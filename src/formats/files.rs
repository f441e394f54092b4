//! Several text files in one artifact: one JSON object a line, as the runner writes and host decoders read.

use serde::{Deserialize, Serialize};

use crate::model::ItemStatus;

/// One file of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileText {
    pub path: String,
    /// `ok`, `denied`, `too_large` or `error`; files that are not there are left out.
    pub status: ItemStatus,
    /// Permission bits, such as `0640`.
    pub mode: String,
    pub uid: u32,
    pub gid: u32,
    /// Bytes of the whole file, also where less was kept.
    pub size: u64,
    /// The text; what is not UTF-8 is replaced. Empty unless the status is `ok` or `too_large`.
    pub text: String,
}

/// Writes the group down, in the order given.
pub fn write(files: &[FileText]) -> Vec<u8> {
    let mut out = Vec::new();
    for file in files {
        // Plain structs of strings and numbers always serialise.
        let _ = serde_json::to_writer(&mut out, file);
        out.push(b'\n');
    }
    out
}

/// Reads a group back. Lines that are no record (a torn tail) are left out.
pub fn read(bytes: &[u8]) -> Vec<FileText> {
    bytes.split(|b| *b == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_reads_back_whatever_the_text_holds() {
        let file = |text: &str| FileText {
            path: "/etc/a b".into(),
            status: ItemStatus::Ok,
            mode: "0644".into(),
            uid: 0,
            gid: 0,
            size: 3,
            text: text.into(),
        };
        let files = [file("a\nb"), file("\u{0}\"}\n{"), file("")];
        assert_eq!(read(&write(&files)), files);
    }

    #[test]
    fn a_torn_tail_loses_only_itself() {
        let files = [FileText {
            path: "/a".into(),
            status: ItemStatus::Ok,
            mode: "0600".into(),
            uid: 1,
            gid: 1,
            size: 0,
            text: String::new(),
        }];
        let mut bytes = write(&files);
        bytes.extend_from_slice(br#"{"path": "/b", "sta"#);
        assert_eq!(read(&bytes), files);
    }
}
