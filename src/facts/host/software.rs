//! Packages, updates, protective software, backup and containers.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::files::FileMode;
use crate::model::Fact;

/// An installed package.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub arch: String,
}

/// Updates, from what the host has already fetched; nothing is ever refreshed.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Updates {
    /// Updates that wait and come from a security source, by the lists that are there.
    pub pending_security: Fact<i64>,
    /// All that wait.
    pub pending: Fact<i64>,
    /// When the lists of the package manager were last fetched.
    pub lists_date: Fact<String>,
    /// Days since then.
    pub age_days: Fact<i64>,
    /// When a package was last installed or upgraded.
    pub last_installed: Fact<String>,
    pub last_installed_days: Fact<i64>,
    /// Updates are installed by themselves (unattended-upgrades, dnf-automatic).
    pub automatic: Fact<bool>,
    /// The running kernel is the newest one that is installed.
    pub kernel_current: Fact<bool>,
    /// Package sources whose signatures are not checked (`gpgcheck=0`, `trusted=yes`).
    pub unsigned_sources: Fact<Vec<String>>,
}

/// An anti-malware or EDR product.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Malware {
    pub product: String,
    pub running: Fact<bool>,
    /// Newest date of its signature files; `""` where we do not know where they lie.
    pub signatures_date: Fact<String>,
    pub signatures_days: Fact<i64>,
}

/// Any other agent.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Agent {
    /// `integrity`, `intrusion`, `monitoring`, `log_forwarding`, `backup`, `high_availability`, `allow_list`, `remote_control`, `management`.
    pub kind: String,
    pub product: String,
    pub running: Fact<bool>,
}

/// Hints of backup; whether a restore works is for a person to say.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Backup {
    /// Tools and agents that are installed.
    pub tools: Fact<Vec<String>>,
    /// Crontab lines and timers that look like a backup.
    pub jobs: Fact<Vec<String>>,
}

/// Container engines on this host.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Containers {
    pub docker_installed: Fact<bool>,
    pub docker_running: Fact<bool>,
    /// Keys of daemon.json, values as text; empty where there is no such file.
    pub docker_daemon: Fact<BTreeMap<String, String>>,
    /// The docker socket.
    pub docker_socket: Fact<Vec<FileMode>>,
    /// Addresses that the docker daemon listens on over TCP without TLS.
    pub docker_tcp: Fact<Vec<String>>,
    /// Members of the docker group: as good as root.
    pub docker_group: Fact<Vec<String>>,
    pub containerd_installed: Fact<bool>,
    pub podman_installed: Fact<bool>,
    pub kubelet_installed: Fact<bool>,
}
