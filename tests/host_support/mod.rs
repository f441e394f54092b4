//! Items of a Linux host from a folder: `tests/data/linux/NAME/ITEM` is the item's text; for a group of files `ITEM/` is
//! a tree of them. `statuses` lists items that did not end well. What is neither is `no_tool` for a program, else `absent`.

#![expect(clippy::disallowed_methods, reason = "fixtures are files")]

use std::{
    collections::BTreeMap,
    fs,
    io::Read,
    path::{Path, PathBuf},
};

use jixian::{
    collect::{How, linux},
    evidence::Record,
    facts::Artifacts,
    formats::files::{self, FileText},
    model::ItemStatus,
};

/// The items of one made-up or captured host.
pub struct Host {
    items: BTreeMap<String, (ItemStatus, Vec<u8>)>,
}

impl Host {
    pub fn read(name: &str) -> Self {
        let folder = Path::new("tests/data/linux").join(name);
        let mut items = BTreeMap::new();
        for job in linux::jobs() {
            let path = folder.join(job.item);
            let mask = |bytes: &[u8]| job.redact.map_or(bytes.to_vec(), |mask| mask(bytes).0);
            let read = if path.is_dir() {
                let mut files = group(&path);
                for file in &mut files {
                    file.text = String::from_utf8_lossy(&mask(file.text.as_bytes())).into_owned();
                }
                Some(files::write(&files))
            } else {
                fs::read(&path).ok().map(|bytes| mask(&bytes))
            };
            let missing = if matches!(job.how, How::Argv(_)) { ItemStatus::NoTool } else { ItemStatus::Absent };
            let found = match read {
                Some(bytes) => (ItemStatus::Ok, bytes),
                None => (missing, Vec::new()),
            };
            items.insert(job.item.to_owned(), found);
        }
        for line in fs::read_to_string(folder.join("statuses")).unwrap_or_default().lines() {
            let (item, status) = line.split_once(' ').expect("`item status`");
            let status = ItemStatus::ALL.iter().find(|of| of.as_str() == status).expect("a status");
            items.insert(item.to_owned(), (*status, Vec::new()));
        }
        Self { items }
    }

    /// The same host with one item that ended otherwise.
    #[must_use]
    pub fn with(mut self, item: &str, status: ItemStatus) -> Self {
        assert!(self.items.contains_key(item), "{item} is no item");
        self.items.insert(item.to_owned(), (status, Vec::new()));
        self
    }

    /// The same host with another text of an item.
    #[must_use]
    pub fn with_text(mut self, item: &str, text: &str) -> Self {
        self.items.insert(item.to_owned(), (ItemStatus::Ok, text.as_bytes().to_vec()));
        self
    }

    /// The same host with one file of a group replaced or added.
    #[must_use]
    pub fn with_file(mut self, item: &str, path: &str, text: &str) -> Self {
        let mut group = files::read(&self.items[item].1);
        group.retain(|file| file.path != path);
        group.push(file(path.to_owned(), text.to_owned()));
        group.sort_by(|a, b| a.path.cmp(&b.path));
        self.items.insert(item.to_owned(), (ItemStatus::Ok, files::write(&group)));
        self
    }

    pub fn names(&self) -> Vec<String> {
        self.items.keys().cloned().collect()
    }
}

fn group(root: &Path) -> Vec<FileText> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder of a fixture").flatten() {
            let path: PathBuf = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = format!("/{}", path.strip_prefix(root).expect("below the root").display());
                found.push(file(name, fs::read_to_string(&path).expect("text")));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

fn file(path: String, text: String) -> FileText {
    FileText { path, status: ItemStatus::Ok, mode: "0644".into(), uid: 0, gid: 0, size: text.len() as u64, text }
}

impl Artifacts for Host {
    fn record(&self, _: &str) -> Option<&Record> {
        None
    }

    fn status(&self, item: &str) -> Option<ItemStatus> {
        self.items.get(item).map(|(status, _)| *status)
    }

    fn bytes(&self, item: &str) -> Option<Vec<u8>> {
        self.items.get(item).map(|(_, bytes)| bytes.clone())
    }

    fn open(&self, item: &str) -> Option<Box<dyn Read + '_>> {
        self.items.get(item).map(|(_, bytes)| Box::new(bytes.as_slice()) as Box<dyn Read>)
    }

    fn items(&self) -> Vec<String> {
        self.names()
    }
}
