//! The SSH server.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::files::FileMode;
use crate::model::Fact;

/// The SSH server: what `sshd -T` says takes effect, and helpers made from that.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Sshd {
    pub installed: Fact<bool>,
    pub running: Fact<bool>,
    /// Such as `OpenSSH_9.2p1`.
    pub version: Fact<String>,
    /// Keyword (lower case) to value for root from localhost, exactly as `sshd -T` prints; repeated keywords are joined by one space.
    pub effective: Fact<BTreeMap<String, String>>,
    /// The same for an ordinary user, so that `Match` blocks show.
    pub effective_user: Fact<BTreeMap<String, String>>,
    /// Keyword to value as the configuration files say (first one wins), for when `sshd -T` could not run. Evidence only:
    /// defaults are not in it, so checks use `effective`.
    pub declared: Fact<BTreeMap<String, String>>,
    /// Conditions of `Match` blocks.
    pub match_blocks: Fact<Vec<String>>,
    pub ciphers: Fact<Vec<String>>,
    pub macs: Fact<Vec<String>>,
    pub kex: Fact<Vec<String>>,
    pub host_key_algorithms: Fact<Vec<String>>,
    pub pubkey_algorithms: Fact<Vec<String>>,
    pub authentication_methods: Fact<Vec<String>>,
    pub ports: Fact<Vec<i64>>,
    pub listen_addresses: Fact<Vec<String>>,
    pub allow_users: Fact<Vec<String>>,
    pub allow_groups: Fact<Vec<String>>,
    pub deny_users: Fact<Vec<String>>,
    pub deny_groups: Fact<Vec<String>>,
    /// Whether users or source addresses are limited: `AllowUsers`, `AllowGroups` or `Match Address`.
    pub limited: Fact<bool>,
    pub max_auth_tries: Fact<i64>,
    pub max_sessions: Fact<i64>,
    pub login_grace_seconds: Fact<i64>,
    pub client_alive_interval: Fact<i64>,
    pub client_alive_count: Fact<i64>,
    /// Seconds after which a dead client is dropped: interval x count; 0 where it never is.
    pub idle_seconds: Fact<i64>,
    /// Modes of sshd_config, of what it includes, and of their folders.
    pub config_files: Fact<Vec<FileMode>>,
    pub host_keys: Fact<Vec<HostKey>>,
}

/// One host key: the public half, and the mode of the file that holds the private half (never read).
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct HostKey {
    pub path: String,
    /// `rsa`, `ecdsa`, `ed25519`, `dsa`, ...
    pub algorithm: String,
    pub bits: i64,
    pub fingerprint: String,
    pub private_octal: Fact<String>,
    pub private_uid: Fact<i64>,
    pub private_gid: Fact<i64>,
}
