//! `MANIFEST.MF` and signature files: sections of attributes (Java SE, "JAR File Specification"; as Android reads them, AOSP
//! `apksig`, `ManifestParser`).

use std::ops::Range;

/// A section: attributes up to an empty line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Section {
    /// Where its bytes are, the empty line with them.
    pub(super) range: Range<usize>,
    /// Names and values in their order.
    attributes: Vec<(String, String)>,
}

impl Section {
    /// The value of the first attribute of this name, whatever its case.
    pub(super) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The entry that it is about, which its first attribute names.
    pub(super) fn entry(&self) -> Option<&str> {
        self.attributes.first().filter(|(name, _)| name.eq_ignore_ascii_case("Name")).map(|(_, value)| value.as_str())
    }
}

/// The sections of a file; the first is the main one.
pub(super) fn sections(bytes: &[u8]) -> Vec<Section> {
    let mut lines = Lines { bytes, at: 0 };
    let mut out = Vec::new();
    while let Some(section) = section(&mut lines) {
        out.push(section);
    }
    out
}

fn section(lines: &mut Lines<'_>) -> Option<Section> {
    let mut start = lines.at;
    let mut line = lines.next()?;
    while line.is_empty() {
        start = lines.at;
        line = lines.next()?;
    }
    let (mut attributes, mut current) = (Vec::new(), line.to_vec());
    while let Some(line) = lines.next().filter(|line| !line.is_empty()) {
        match line.strip_prefix(b" ") {
            Some(more) => current.extend_from_slice(more),
            None => attributes.push(attribute(&std::mem::replace(&mut current, line.to_vec()))),
        }
    }
    attributes.push(attribute(&current));
    Some(Section { range: start..lines.at, attributes })
}

/// Spaces beside the separator belong to name and value: some obfuscators rest on it.
fn attribute(line: &[u8]) -> (String, String) {
    let text = String::from_utf8_lossy(line);
    let (name, value) = text.split_once(": ").unwrap_or((&text, ""));
    (name.to_owned(), value.to_owned())
}

/// Lines that end with CR, LF or both.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..).filter(|rest| !rest.is_empty())?;
        let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).unwrap_or(rest.len());
        let (line, after) = rest.split_at_checked(end)?;
        let ending = match after {
            [b'\r', b'\n', ..] => 2,
            [_, ..] => 1,
            [] => 0,
        };
        self.at += end + ending;
        Some(line)
    }
}
