//! What is wrong with a bundle, and exactly where.

use std::{fmt, path::Path};

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{AssetId, Digest, Lang};

use super::EvidenceError;

/// One thing that is wrong, at its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Problem {
    #[serde(flatten)]
    pub place: Place,
    #[serde(flatten)]
    pub what: Defect,
}

/// Where something is wrong, as precisely as it is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Place {
    /// The file, relative to the bundle.
    pub file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<AssetId>,
    /// Record number, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<u64>,
    /// Item of a part, or the name of an input, result or file of a layer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<Digest>,
    /// Index of the 64 KiB chunk, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chunk: Option<u64>,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Defect {
    /// This chunk and so many more.
    AndMoreChunks {
        more: u64,
    },
    /// The manifest names another catalogue than the one that is stored.
    CatalogueDiffers,
    /// The bytes `from..to` of the object.
    ChunkChanged {
        from: u64,
        to: u64,
    },
    ChunkExtra,
    ChunkListDiffers,
    ChunkMissing,
    /// The bytes of an object, where no chunk can be named.
    ContentDiffers,
    /// Its bytes are not those whose digest was sealed.
    Differs,
    ItemTwice,
    LayersUnnumbered,
    Malformed {
        why: String,
    },
    Missing,
    /// Lies there and is nothing that was sealed.
    NotNamed,
    /// No bundle has a file of this name.
    NotOfBundle,
    NotSealedThere,
    ObjectMissing,
    PartsUnsorted,
    /// A record that is not what its neighbours and the seal say it was.
    RecordChanged,
    RecordCount {
        found: u64,
        sealed: u64,
    },
    /// Not the beginning of this part's chain.
    RecordForeign,
    RecordMisnumbered {
        says: u64,
    },
    SchemaUnknown {
        schema: String,
    },
    SealDiffers,
    /// A seal that contradicts itself.
    SealUnsound,
    Size {
        found: u64,
        recorded: u64,
    },
    TooManyRecords {
        most: u64,
    },
    Torn {
        bytes: u64,
    },
}

impl Defect {
    /// What a person reads, after the place.
    pub fn describe(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        }
    }

    fn zh(&self) -> String {
        match self {
            Self::AndMoreChunks { more } => format!("此块及另外 {more} 块有误"),
            Self::CatalogueDiffers => "所存规则库与清单记载的摘要不符".to_owned(),
            Self::ChunkChanged { from, to } => format!("第 {from} 至 {to} 字节与封存时不符"),
            Self::ChunkExtra => "封存时没有此块".to_owned(),
            Self::ChunkListDiffers => "不是该对象的分块摘要表".to_owned(),
            Self::ChunkMissing => "缺少此块".to_owned(),
            Self::ContentDiffers => "内容与封存时不符".to_owned(),
            Self::Differs => "与封存时不符".to_owned(),
            Self::ItemTwice => "同一采集项记录了两次".to_owned(),
            Self::LayersUnnumbered => "判定层未按顺序编号".to_owned(),
            Self::Malformed { why } => format!("无法解析：{why}"),
            Self::Missing => "缺失".to_owned(),
            Self::NotNamed => "清单未列出该文件".to_owned(),
            Self::NotOfBundle => "不是证据包的文件".to_owned(),
            Self::NotSealedThere => "与其原采集处封存的部分不符".to_owned(),
            Self::ObjectMissing => "标为外部对象，却没有摘要".to_owned(),
            Self::PartsUnsorted => "各部分未排序".to_owned(),
            Self::RecordChanged => "与后一条记录或封存所记载的摘要不符".to_owned(),
            Self::RecordCount { found, sealed } => format!("有 {found} 条记录，封存时为 {sealed} 条"),
            Self::RecordForeign => "不是本部分记录链的开头".to_owned(),
            Self::RecordMisnumbered { says } => format!("自称第 {says} 条"),
            Self::SchemaUnknown { schema } => format!("格式 `{schema}` 不为本版本所知"),
            Self::SealDiffers => "不是清单所列的封存".to_owned(),
            Self::SealUnsound => "封存内容自相矛盾".to_owned(),
            Self::Size { found, recorded } => format!("有 {found} 字节，记录为 {recorded} 字节"),
            Self::TooManyRecords { most } => format!("超过 {most} 条记录"),
            Self::Torn { bytes } => format!("末条记录之后另有 {bytes} 字节"),
        }
    }

    fn en(&self) -> String {
        match self {
            Self::AndMoreChunks { more } => format!("this chunk and {more} more are wrong"),
            Self::CatalogueDiffers => "is another catalogue than the manifest says".to_owned(),
            Self::ChunkChanged { from, to } => format!("bytes {from} to {to} are not those that were sealed"),
            Self::ChunkExtra => "was not there when the object was sealed".to_owned(),
            Self::ChunkListDiffers => "is not the chunk list of this object".to_owned(),
            Self::ChunkMissing => "the chunk is missing".to_owned(),
            Self::ContentDiffers => "its bytes are not those that were sealed".to_owned(),
            Self::Differs => "is not what was sealed".to_owned(),
            Self::ItemTwice => "the item was recorded twice".to_owned(),
            Self::LayersUnnumbered => "its layers are not numbered in order".to_owned(),
            Self::Malformed { why } => format!("cannot be read: {why}"),
            Self::Missing => "is missing".to_owned(),
            Self::NotNamed => "is not named by the manifest".to_owned(),
            Self::NotOfBundle => "is not a file of a bundle".to_owned(),
            Self::NotSealedThere => "is not the part that was sealed where it was recorded".to_owned(),
            Self::ObjectMissing => "is external and names no object".to_owned(),
            Self::PartsUnsorted => "its parts are not sorted".to_owned(),
            Self::RecordChanged => "is not what the record after it, or the seal, says it was".to_owned(),
            Self::RecordCount { found, sealed } => format!("{found} records, {sealed} when it was sealed"),
            Self::RecordForeign => "does not begin the chain of this part".to_owned(),
            Self::RecordMisnumbered { says } => format!("says that it is number {says}"),
            Self::SchemaUnknown { schema } => format!("is of schema `{schema}`, which this version does not know"),
            Self::SealDiffers => "is not the seal that the manifest names".to_owned(),
            Self::SealUnsound => "the seal contradicts itself".to_owned(),
            Self::Size { found, recorded } => format!("has {found} bytes, its record says {recorded}"),
            Self::TooManyRecords { most } => format!("more than {most} records"),
            Self::Torn { bytes } => format!("{bytes} bytes after the last record"),
        }
    }
}

impl Problem {
    pub(super) fn new(file: impl Into<String>, what: Defect) -> Self {
        Self { place: Place { file: file.into(), ..Place::default() }, what }
    }

    pub(super) fn malformed(file: impl Into<String>, why: impl fmt::Display) -> Self {
        Self::new(file, Defect::Malformed { why: why.to_string() })
    }

    #[must_use]
    pub(super) fn of_part(mut self, asset: &AssetId) -> Self {
        self.place.part = Some(asset.clone());
        self
    }

    #[must_use]
    pub(super) fn of_object(mut self, digest: Digest) -> Self {
        self.place.object = Some(digest);
        self
    }

    pub(super) fn into_error(self, path: &Path) -> EvidenceError {
        EvidenceError::Damaged { path: path.to_owned(), problem: Box::new(self) }
    }

    /// What a person reads: the place, then what is wrong there.
    pub fn describe(&self, lang: Lang) -> String {
        let place = &self.place;
        let mut text = place.file.clone();
        let mut add = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                text.push_str(&format!("{}{name} {value}", lang.pick("，", ", ")));
            }
        };
        add(lang.pick("部分", "part"), place.part.as_ref().map(ToString::to_string));
        add(lang.pick("记录", "record"), place.record.map(|n| n.to_string()));
        add(lang.pick("项", "item"), place.item.clone());
        add(lang.pick("对象", "object"), place.object.map(|digest| digest.short()));
        add(lang.pick("块", "chunk"), place.chunk.map(|n| n.to_string()));
        text + lang.pick("：", ": ") + &self.what.describe(lang)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.describe(Lang::En))
    }
}
