//! How the collection of one item of evidence ended.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Text, UnreadStatus};

/// How the collection of one item ended. Never an empty output that could mean several things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemStatus {
    /// Read whole.
    Ok,
    /// Proven not to exist.
    Absent,
    /// Exists, but this account may not read it.
    Denied,
    /// The program that would tell is not installed.
    NoTool,
    /// The item's or the host's time ran out.
    Timeout,
    /// Over the size cap; the head and the digest of the rest were kept.
    TooLarge,
    /// Any other failure, named in the record's note.
    Error,
}

impl ItemStatus {
    pub const ALL: &'static [Self] =
        &[Self::Ok, Self::Absent, Self::Denied, Self::NoTool, Self::Timeout, Self::TooLarge, Self::Error];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Absent => "absent",
            Self::Denied => "denied",
            Self::NoTool => "no_tool",
            Self::Timeout => "timeout",
            Self::TooLarge => "too_large",
            Self::Error => "error",
        }
    }

    /// Why a fact that rests on this item is not known; `None` where the item was read or is proven absent.
    pub fn unread(self) -> Option<UnreadStatus> {
        match self {
            Self::Ok | Self::Absent => None,
            Self::Denied => Some(UnreadStatus::Denied),
            Self::NoTool => Some(UnreadStatus::NoTool),
            Self::Timeout => Some(UnreadStatus::Timeout),
            Self::TooLarge => Some(UnreadStatus::TooLarge),
            Self::Error => Some(UnreadStatus::Error),
        }
    }

    pub fn title(self) -> Text {
        match self {
            Self::Ok => Text::new("已读取", "read"),
            Self::Absent => Text::new("确认不存在", "absent"),
            Self::Denied => Text::new("无权读取", "denied"),
            Self::NoTool => Text::new("缺少工具", "tool missing"),
            Self::Timeout => Text::new("超时", "timed out"),
            Self::TooLarge => Text::new("超出大小上限", "too large"),
            Self::Error => Text::new("出错", "error"),
        }
    }
}

impl fmt::Display for ItemStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
