//! The files of a catalogue (checks, profiles, templates, tables) by path: the built-in ones or a folder's.

use std::{collections::BTreeMap, sync::Arc};

use super::Digest;

/// Files by relative path, such as `checks/host/host.ssh.root-login.yaml`. Sorted, so the digest is stable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogueFiles {
    files: BTreeMap<String, Arc<str>>,
}

impl CatalogueFiles {
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        Self { files: files.into_iter().map(|(path, text)| (path, text.into())).collect() }
    }

    /// The catalogue that was compiled into this binary.
    pub fn embedded() -> Self {
        let packed = zstd::decode_all(&include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.zst"))[..])
            .expect("the build packed it");
        let mut rest = packed.as_slice();
        let mut files = Vec::new();
        while let Some(path) = take(&mut rest) {
            let text = take(&mut rest).expect("a path is followed by its text");
            files.push((path, text));
        }
        Self::new(files)
    }

    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(AsRef::as_ref)
    }

    /// Files under `folder` (with its trailing slash) in path order.
    pub fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files
            .range(folder.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(folder))
            .map(|(path, text)| (path.as_str(), text.as_ref()))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_ref()))
    }

    /// Lays `over` on top: its files win.
    #[must_use]
    pub fn overlaid(mut self, over: Self) -> Self {
        self.files.extend(over.files);
        self
    }

    /// Identity of the whole catalogue: the digest over the sorted paths and the digests of their files.
    pub fn digest(&self) -> Digest {
        let mut list = String::new();
        for (path, text) in &self.files {
            list.push_str(&format!("{} {path}\n", Digest::of(text.as_bytes()).hex()));
        }
        Digest::of(list.as_bytes())
    }
}

fn take(rest: &mut &[u8]) -> Option<String> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (text, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    String::from_utf8(text.to_vec()).ok()
}

#[cfg(test)]
mod tests {
    use super::CatalogueFiles;

    #[test]
    fn the_digest_depends_on_every_path_and_every_byte() {
        let one = |path: &str, text: &str| CatalogueFiles::new([(path.to_owned(), text.to_owned())]).digest();
        assert_ne!(one("a", "x"), one("a", "y"));
        assert_ne!(one("a", "x"), one("b", "x"));
        assert_eq!(one("a", "x"), one("a", "x"));
    }

    #[test]
    fn under_gives_one_folder_only() {
        let files = CatalogueFiles::new(
            ["checks/a", "checks/b", "checksum", "profiles/a"].map(|p| (p.to_owned(), String::new())),
        );
        assert_eq!(files.under("checks/").map(|(p, _)| p).collect::<Vec<_>>(), ["checks/a", "checks/b"]);
    }
}
