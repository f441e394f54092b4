//! The operating system and the texts it shows before login.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Fact, Tri};

/// What the machine runs.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Os {
    /// `debian`, `rhel`, `suse` or `other`: by the package manager first, then by `ID_LIKE`.
    pub family: Fact<String>,
    /// `ID` of os-release, such as `debian`, `centos`, `openEuler`, `kylin`, `uos`.
    pub id: Fact<String>,
    /// `VERSION_ID` of os-release; `""` where it has none.
    pub version: Fact<String>,
    /// `PRETTY_NAME`, or name and version.
    pub name: Fact<String>,
    /// Machine of the kernel, such as `x86_64`, `aarch64`, `loongarch64`.
    pub arch: Fact<String>,
    /// Kernel release.
    pub kernel: Fact<String>,
    pub hostname: Fact<String>,
    /// Whether public support has ended on the day of evaluation; `unknown` where the release is not in our table.
    pub eol: Tri,
    /// Last day of public support by our table, or `""`.
    pub eol_date: Fact<String>,
    /// Seconds since boot at collection.
    pub uptime_seconds: Fact<i64>,
    /// `none`, `container` or the name of the hypervisor or container manager.
    pub virtualisation: Fact<String>,
}

/// Texts shown before or after login.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Banners {
    /// `/etc/issue`, before a local login.
    pub issue: Fact<Banner>,
    /// `/etc/issue.net`, before a network login.
    pub issue_net: Fact<Banner>,
    /// `/etc/motd`, after login.
    pub motd: Fact<Banner>,
    /// What `Banner` of sshd names, or `none`.
    pub ssh_banner: Fact<String>,
}

/// One text.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Banner {
    pub present: bool,
    /// Characters without blanks.
    pub length: i64,
    /// Whether it tells name, release or kernel of the system (escapes such as `\r`, or the words themselves).
    pub leaks_system: Fact<bool>,
}
