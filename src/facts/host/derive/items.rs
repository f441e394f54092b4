//! Access to the collected items: what was read, what is proven absent, and why the rest is not known.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    facts::Artifacts,
    formats::files::{self, FileText},
    model::{Fact, ItemStatus, Unread, UnreadStatus},
};

/// The items of one part; notes which group of facts asked for which item.
pub(super) struct Items<'a> {
    artifacts: &'a dyn Artifacts,
    group: Cell<&'static str>,
    used: RefCell<BTreeMap<String, BTreeSet<String>>>,
}

impl<'a> Items<'a> {
    pub(super) fn new(artifacts: &'a dyn Artifacts) -> Self {
        Self { artifacts, group: Cell::new("os"), used: RefCell::default() }
    }

    /// From here on, what is read counts as a source of this group.
    pub(super) fn group(&self, name: &'static str) -> &Self {
        self.group.set(name);
        self
    }

    /// Which items each group rests on, as `host.sshd` -> `[ssh.effective]`.
    pub(super) fn sources(&self) -> BTreeMap<String, Vec<String>> {
        self.used.borrow().iter().map(|(group, items)| (group.clone(), items.iter().cloned().collect())).collect()
    }

    pub(super) fn status(&self, item: &str) -> Option<ItemStatus> {
        let status = self.artifacts.status(item);
        if status.is_some() {
            self.used.borrow_mut().entry(format!("host.{}", self.group.get())).or_default().insert(item.to_owned());
        }
        status
    }

    pub(super) fn is_ok(&self, item: &str) -> bool {
        self.status(item) == Some(ItemStatus::Ok)
    }

    /// The text of an item; `None` where it is proven absent.
    pub(super) fn text(&self, item: &str) -> Fact<Option<String>> {
        match self.status(item) {
            None => Fact::unread(UnreadStatus::NotTested, item),
            Some(ItemStatus::Absent) => Fact::Known(None),
            Some(ItemStatus::Ok) => match self.artifacts.bytes(item) {
                Some(bytes) => Fact::Known(Some(String::from_utf8_lossy(&bytes).into_owned())),
                None => Fact::unread(UnreadStatus::Error, item),
            },
            Some(status) => Fact::unread(status.unread().unwrap_or(UnreadStatus::Error), item),
        }
    }

    /// The same, where absence is as good as an empty text.
    pub(super) fn text_or_empty(&self, item: &str) -> Fact<String> {
        self.text(item).map(Option::unwrap_or_default)
    }

    /// The text, read by a decoder that gives `None` for what is not of its form; absence is `default`.
    pub(super) fn read<T>(&self, item: &str, default: T, decode: impl FnOnce(&str) -> Option<T>) -> Fact<T> {
        self.text(item).and_then(|text| match text {
            None => Fact::Known(default),
            Some(text) => decode(&text).map_or_else(|| Fact::unread(UnreadStatus::Error, item), Fact::Known),
        })
    }

    /// A group of files.
    pub(super) fn files(&self, item: &'static str) -> Files {
        let status = self.status(item);
        let files = match status {
            None | Some(ItemStatus::Absent) => Vec::new(),
            Some(_) => self.artifacts.bytes(item).map(|bytes| files::read(&bytes)).unwrap_or_default(),
        };
        // What is wrong with single files stands beside them; anything else is wrong with the whole.
        let explained = files.iter().any(|file| Some(file.status) == status);
        let problem = match status {
            None => Some(UnreadStatus::NotTested),
            Some(ItemStatus::Ok | ItemStatus::Absent) => None,
            Some(_) if explained => None,
            Some(status) => status.unread(),
        };
        Files { item, files, problem }
    }
}

/// A group of files, each with its own status.
pub(super) struct Files {
    item: &'static str,
    files: Vec<FileText>,
    problem: Option<UnreadStatus>,
}

impl Files {
    /// The files whose paths are chosen, all of them read; unread where one of them is not, or the group is not.
    pub(super) fn chosen(&self, which: impl Fn(&str) -> bool) -> Fact<Vec<&FileText>> {
        if let Some(status) = self.problem {
            return Fact::unread(status, self.item);
        }
        let mut chosen = Vec::new();
        for file in self.files.iter().filter(|file| which(&file.path)) {
            if let Some(status) = file.status.unread() {
                return Fact::unread(status, format!("{}: {}", self.item, file.path));
            }
            chosen.push(file);
        }
        Fact::Known(chosen)
    }

    pub(super) fn all(&self) -> Fact<Vec<&FileText>> {
        self.chosen(|_| true)
    }

    /// One file; `None` where it is proven absent.
    pub(super) fn get(&self, path: &str) -> Fact<Option<&FileText>> {
        self.chosen(|of| of == path).map(|files| files.first().copied())
    }

    /// Path to text of the chosen files.
    pub(super) fn texts(&self, which: impl Fn(&str) -> bool) -> Fact<BTreeMap<String, String>> {
        self.chosen(which).map(|files| files.iter().map(|file| (file.path.clone(), file.text.clone())).collect())
    }

    /// The files as they are, whatever their status.
    pub(super) fn raw(&self) -> &[FileText] {
        &self.files
    }

    /// Why the group as a whole, or the worst of its files, is not known.
    pub(super) fn trouble(&self) -> Option<UnreadStatus> {
        self.problem.or_else(|| self.files.iter().find_map(|file| file.status.unread()))
    }
}

/// Both, or why the first that is missing is.
pub(super) fn both<A, B>(a: Fact<A>, b: Fact<B>) -> Fact<(A, B)> {
    a.and_then(|a| b.map(|b| (a, b)))
}

/// A fact that is not known for the reason of another.
pub(super) fn same_reason<T>(why: &Unread) -> Fact<T> {
    Fact::Unread(why.clone())
}

/// The first that is known, or the reason of the first.
pub(super) fn first_known<T>(facts: impl IntoIterator<Item = Fact<T>>) -> Fact<T> {
    let mut reason = None;
    for fact in facts {
        match fact {
            Fact::Known(value) => return Fact::Known(value),
            Fact::Unread(why) => drop(reason.get_or_insert(why)),
        }
    }
    reason.map_or_else(|| Fact::unread(UnreadStatus::NotTested, "nothing asked"), Fact::Unread)
}

/// A count as the schema's number.
pub(super) fn number(count: impl TryInto<i64>) -> i64 {
    count.try_into().unwrap_or(i64::MAX)
}
