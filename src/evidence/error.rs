//! What can go wrong with evidence: always with the place.

use std::{io, path::PathBuf};

use thiserror::Error;

use crate::model::{AssetId, AssetKind, Digest, Lang, system_words};

use super::Problem;

/// Why evidence could not be written or read.
#[derive(Debug, Error)]
pub enum EvidenceError {
    /// The output already holds something. A run is never overwritten.
    #[error("{} already holds files; choose another folder: a run is never overwritten", path.display())]
    Exists { path: PathBuf },
    /// Permission denied, no such file, and all else that the system refuses.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: io::Error },
    #[error("the disk is full: cannot {doing} {}", path.display())]
    DiskFull { doing: &'static str, path: PathBuf },
    #[error("{} is not a bundle: {why}", path.display())]
    NotABundle { path: PathBuf, why: String },
    /// An archive that breaks the rules of `.jxb`; nothing of it was used.
    #[error("{} is refused: {why}", path.display())]
    Refused { path: PathBuf, why: String },
    /// What is there is not what was sealed.
    #[error("{}: {problem}", path.display())]
    Damaged { path: PathBuf, problem: Box<Problem> },
    #[error("the bundle has no part for asset `{asset}`")]
    NoSuchPart { asset: AssetId },
    #[error("the part of `{asset}` has no item `{item}`")]
    NoSuchItem { asset: AssetId, item: String },
    /// The record says how the item ended, and there are no bytes.
    #[error("item `{item}` of `{asset}` brought no bytes")]
    NoBytes { asset: AssetId, item: String },
    /// Only digest and size were kept.
    #[error("{digest} is external: the bundle holds its digest and size only")]
    External { digest: Digest },
    #[error("{digest} has {size} bytes, more than the {limit} that are read at once")]
    TooLarge { digest: Digest, size: u64, limit: u64 },
    #[error("item `{item}` of `{asset}` was already recorded")]
    DuplicateItem { asset: AssetId, item: String },
    #[error("the part of `{asset}` was already begun")]
    DuplicatePart { asset: AssetId },
    #[error("the part of `{asset}` is sealed")]
    Sealed { asset: AssetId },
    /// An earlier failure left the log of this part in doubt, so nothing more is added to it.
    #[error("the part of `{asset}` takes no more records after an earlier write error")]
    Broken { asset: AssetId },
    #[error("`{name}` cannot name a file of a layer or an input")]
    BadName { name: String },
    #[error("a record of `{asset}` is longer than a megabyte")]
    TooLong { asset: AssetId },
    #[error("cannot read what is recorded for `{asset}`: {source}")]
    Artifact { asset: AssetId, source: io::Error },
    #[error("{} holds {found} parts and none is called `{asset}`", path.display())]
    AmbiguousPart { path: PathBuf, asset: AssetId, found: usize },
    #[error("the recorded part is of kind {found}, the inventory says {expected}")]
    OtherKind { expected: AssetKind, found: AssetKind },
    #[error("{} has another digest than the inventory says ({expected})", path.display())]
    OtherDigest { path: PathBuf, expected: Digest },
    #[error("the part of `{asset}` in {} has no seal", path.display())]
    Unsealed { path: PathBuf, asset: AssetId },
    #[error("{}: {why}", path.display())]
    Key { path: PathBuf, why: String },
    /// The writing thread is gone, which only a bug or a panic there can cause.
    #[error("the evidence writer has stopped")]
    WriterGone,
}

impl EvidenceError {
    /// What a person reads. Where nobody can put it right, it keeps its English words.
    pub fn describe(&self, lang: Lang) -> String {
        if lang == Lang::En {
            return self.to_string();
        }
        match self {
            Self::Exists { path } => format!("{} 已存在；已有结果从不覆盖", path.display()),
            Self::Io { path, source, .. } => {
                format!("{}: {}", path.display(), system_words(&source.to_string(), lang))
            }
            Self::DiskFull { path, .. } => format!("磁盘已满：{}", path.display()),
            Self::NotABundle { path, .. } => format!("{} 不是证据包", path.display()),
            Self::Refused { path, why } => format!("{} 不能作为证据包读取：{why}", path.display()),
            Self::Damaged { path, problem } => format!("{}：{}", path.display(), problem.describe(lang)),
            Self::NoSuchPart { asset } => format!("证据包中没有资产 {asset} 的证据"),
            Self::AmbiguousPart { path, asset, found } => {
                format!("{} 中有 {found} 个资产的证据，没有一个是 {asset}", path.display())
            }
            Self::OtherKind { expected, found } => {
                format!("所记录的证据属于 {}，清单写的是 {}", found.title().zh, expected.title().zh)
            }
            Self::OtherDigest { path, expected } => {
                format!("{} 的摘要与清单不符（应为 {expected}）", path.display())
            }
            Self::Unsealed { path, asset } => format!("{} 中资产 {asset} 的证据未封存", path.display()),
            Self::Key { path, why } => format!("{} 不能作为密钥读取：{why}", path.display()),
            _ => self.to_string(),
        }
    }

    pub(super) fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { doing, path },
            _ => Self::Io { doing, path, source },
        }
    }
}
