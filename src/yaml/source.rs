//! A file as its author sees it: a name and its text.

use std::sync::Arc;

use crate::model::Text;

use super::{Mistake, Mistakes, place::Place};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// A file to read: the name that mistakes print, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub name: String,
    pub text: Arc<str>,
    /// The tree of `text`, where it was parsed when the program was built.
    pub(super) tree: Option<Arc<[u8]>>,
}

impl Source {
    pub fn new(name: impl Into<String>, text: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), text: text.into(), tree: None }
    }

    /// Reads from the tree that the build made of the same text; the text is parsed only where something is wrong.
    #[must_use]
    pub fn parsed(mut self, tree: Option<&Arc<[u8]>>) -> Self {
        self.tree = tree.cloned();
        self
    }

    /// Takes the bytes of a file. Bytes that are not UTF-8, or too many of them, are a mistake.
    pub fn from_bytes(name: impl Into<String>, bytes: &[u8]) -> Result<Self, Mistakes> {
        let name = name.into();
        if bytes.len() > MAX_BYTES {
            return Err(too_large(&Self::new(name, ""), bytes.len()).into());
        }
        match std::str::from_utf8(bytes) {
            // A byte-order mark is no part of the text.
            Ok(text) => Ok(Self::new(name, text.strip_prefix('\u{feff}').unwrap_or(text))),
            Err(error) => {
                let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned();
                let place = Place::at_byte(&valid, valid.len());
                let source = Self::new(name, valid);
                let message = Text::new("文件不是 UTF-8 编码", "the file is not UTF-8");
                let help = Text::new("请以 UTF-8 编码保存（不要用 GBK）", "save it as UTF-8 (not as GBK)");
                Err(Mistake::at(&source, place, message, Some(help)).into())
            }
        }
    }
}

pub(super) fn too_large(source: &Source, bytes: usize) -> Mistake {
    let message = Text::new(
        format!("文件有 {bytes} 字节，超过上限 {MAX_BYTES} 字节"),
        format!("the file has {bytes} bytes, more than the limit of {MAX_BYTES}"),
    );
    let help = Text::new("请拆分为多个文件", "split it into several files");
    Mistake::at(source, Place::START, message, Some(help))
}
