//! The files of a catalogue (checks, profiles, templates, tables) by path: the built-in ones or a folder's.

use std::{collections::BTreeMap, sync::Arc};

use super::Digest;

/// Files by relative path, such as `checks/host/host.ssh.root-login.yaml`. Sorted, so the digest is stable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogueFiles {
    files: BTreeMap<String, File>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct File {
    text: Arc<str>,
    tree: Option<Arc<[u8]>>,
}

impl CatalogueFiles {
    pub fn new(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let file = |text: String| File { text: text.into(), tree: None };
        Self { files: files.into_iter().map(|(path, text)| (path, file(text))).collect() }
    }

    /// The catalogue that was compiled into this binary.
    pub fn embedded() -> Self {
        let packed = zstd::decode_all(&include_bytes!(concat!(env!("OUT_DIR"), "/catalogue.zst"))[..])
            .expect("the build packed it");
        let mut rest = packed.as_slice();
        let mut files = BTreeMap::new();
        while let Some(path) = take(&mut rest) {
            let text = take(&mut rest).expect("a path is followed by its text");
            let tree = take(&mut rest).expect("a text is followed by its tree");
            let utf8 = |bytes| std::str::from_utf8(bytes).expect("the catalogue is UTF-8");
            let tree = (!tree.is_empty()).then(|| tree.into());
            files.insert(utf8(path).to_owned(), File { text: utf8(text).into(), tree });
        }
        Self { files }
    }

    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(|file| file.text.as_ref())
    }

    /// The parsed tree of a built-in YAML file, which spares a start its parsing; that of a check is without its cases.
    pub fn tree(&self, path: &str) -> Option<&Arc<[u8]>> {
        self.files.get(path)?.tree.as_ref()
    }

    /// Files under `folder` (with its trailing slash) in path order.
    pub fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.files
            .range(folder.to_owned()..)
            .take_while(move |(path, _)| path.starts_with(folder))
            .map(|(path, file)| (path.as_str(), file.text.as_ref()))
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, file)| (path.as_str(), file.text.as_ref()))
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
        for (path, file) in &self.files {
            list.push_str(&format!("{} {path}\n", Digest::of(file.text.as_bytes()).hex()));
        }
        Digest::of(list.as_bytes())
    }
}

fn take<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, after) = rest.split_first_chunk::<4>()?;
    let (part, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = after;
    Some(part)
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
