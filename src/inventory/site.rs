//! Graded systems, their subsites, populations and inheritance.

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    model::{AssetId, Digest, ObjectKind, ProfileId, SubsiteId, SystemId, Text},
    yaml::Date,
};

/// Spellings in files, and what people read.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal, $zh:literal, $en:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The spelling in files and in facts.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The name that people read.
            pub fn title(self) -> Text {
                match self { $(Self::$variant => Text::new($zh, $en),)+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// Whether a system is critical information infrastructure (关键信息基础设施).
    Cii {
        Designated = "designated", "已认定", "designated";
        No = "no", "未认定", "not designated";
        Undisclosed = "undisclosed", "不公开", "not disclosed";
    }
}

words! {
    /// The extension requirements of GB/T 22239 that apply to a system.
    Extension {
        Cloud = "cloud", "云计算", "cloud";
        Mobile = "mobile", "移动互联", "mobile";
        Iot = "iot", "物联网", "internet of things";
        Ics = "ics", "工业控制", "industrial control";
    }
}

words! {
    /// What a subsite is.
    SubsiteKind {
        Web = "web", "网站子站", "web subsite";
        Mobile = "mobile", "移动端子站", "mobile client subsite";
        MiniProgram = "mini-program", "小程序子站", "mini-program subsite";
        /// The platform that other subsites run on.
        Platform = "platform", "平台", "platform";
    }
}

words! {
    /// Whose subsite it is.
    SubsiteLevel {
        Province = "province", "省级", "province";
        Department = "department", "省级部门", "province department";
        City = "city", "市（州）", "city";
        County = "county", "县（市、区）", "county";
        Town = "town", "乡镇（街道）", "town";
    }
}

words! {
    /// From where something can be reached, or from where it was looked at.
    Exposure {
        Internet = "internet", "互联网", "internet";
        Egov = "egov", "电子政务外网", "e-government network";
        Internal = "internal", "内部网络", "internal network";
    }
}

/// A graded system (定级对象).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct System {
    pub id: SystemId,
    pub name: String,
    /// The number of its filing (备案编号), where it has one.
    #[serde(default)]
    pub filing_number: Option<String>,
    /// 1 to 4: the higher one of `s` and `a`.
    pub level: u8,
    /// Level of business information security, 1 to 4.
    pub s: u8,
    /// Level of system service assurance, 1 to 4.
    pub a: u8,
    pub cii: Cii,
    pub operator: String,
    /// The system whose platform this one runs on.
    #[serde(default)]
    pub platform: Option<SystemId>,
    /// Required, so that nothing is guessed; `[]` where none applies.
    pub extensions: Vec<Extension>,
}

/// A subsite of the government-service site or of the mobile app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subsite {
    pub id: SubsiteId,
    /// The graded system it belongs to.
    pub system: SystemId,
    pub kind: SubsiteKind,
    pub name: String,
    pub organisation: String,
    pub level: SubsiteLevel,
    /// Code of the administrative division, six digits (GB/T 2260).
    #[serde(default)]
    pub division: Option<String>,
    /// The subsite one level up.
    #[serde(default)]
    pub parent: Option<SubsiteId>,
    pub exposure: Exposure,
    /// Names it is reached by.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// What it is assessed against.
    pub profiles: Vec<ProfileId>,
}

/// How many objects of a kind a system has, and which of them were chosen, how and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Population {
    pub system: SystemId,
    pub objects: ObjectKind,
    pub total: u32,
    #[serde(default)]
    pub selected: Vec<AssetId>,
    /// How they were chosen, such as 抽样 or 全部.
    #[serde(default)]
    pub method: Option<String>,
    #[serde(default)]
    pub reason: Option<String>,
    /// Who confirmed it; required where `total` is 0, which makes the kind not applicable.
    #[serde(default)]
    pub reviewed_by: Option<String>,
}

/// Results that a system takes from the platform it runs on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Inherit {
    pub system: SystemId,
    pub from: SystemId,
    pub by: InheritedBy,
}

/// What carries an inherited result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "lowercase")]
pub enum InheritedBy {
    /// The platform is assessed in this very run.
    Run,
    /// A sealed bundle; `root` is the digest of its seal.
    Bundle { path: PathBuf, root: Digest },
    /// A report of a certified body or of another assessment.
    Report { number: String, date: Date, expires: Date },
}

/// Files of judgements that belong to every assessment of this inventory, relative to its folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct JudgementFiles {
    pub answers: Vec<PathBuf>,
    pub adjudications: Vec<PathBuf>,
    pub waivers: Vec<PathBuf>,
}

/// Files of whom to trust beside the public roots; paths are relative to the inventory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TrustFiles {
    /// PEM certificates of further roots, those of SM2 among them.
    pub roots: Vec<PathBuf>,
    /// Certificate transparency logs in the public JSON form, version 3.
    pub ct_logs: Option<PathBuf>,
}

/// Limits of a collection, and how it gets its rights.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Defaults {
    /// Assets that are collected at the same time.
    pub parallel: u16,
    /// Seconds for one asset.
    pub host_deadline_s: u32,
    /// Seconds for one item.
    pub item_timeout_s: u32,
    /// The program that gives root's rights on a remote host.
    #[serde(rename = "become")]
    pub r#become: Option<Become>,
}

words! {
    /// How root's rights are had on a remote host.
    Become {
        Sudo = "sudo", "sudo", "sudo";
        None = "none", "不提权", "none";
    }
}

impl Default for Defaults {
    fn default() -> Self {
        Self { parallel: 16, host_deadline_s: 120, item_timeout_s: 10, r#become: None }
    }
}
