//! Assets and the ways to their evidence.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{AssetId, AssetKind, Digest, StartTls, SubsiteId};

use super::{Address, Exposure, Probing};

/// One thing to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asset {
    pub id: AssetId,
    pub kind: AssetKind,
    /// What people call it.
    pub name: Option<String>,
    /// The subsites that rest on it; a shared asset names several and is collected once.
    pub serves: Vec<SubsiteId>,
    pub access: Access,
    /// `tls.endpoint`: the server name to ask for, where it is not the host of the address.
    pub sni: Option<String>,
    /// `tls.endpoint`: the protocol that goes over to TLS when it is asked to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starttls: Option<StartTls>,
    /// `tls.endpoint`: how fast it is asked, how much, and by which way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probing: Option<Probing>,
    /// `tls.endpoint`: intrusive probes too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub intrusive: bool,
    /// `app.package`: certificates that may sign it.
    pub signers: Vec<Digest>,
    /// `network.nmap`: from where the scan was made.
    pub vantage: Option<Exposure>,
}

/// The way to an asset's evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "via", rename_all = "lowercase")]
pub enum Access {
    /// This machine.
    Local,
    Ssh {
        address: Address,
        user: String,
        host_key: String,
        auth: Auth,
    },
    Tcp {
        address: Address,
        tls: TlsUse,
        auth: Auth,
    },
    /// What an offline collector brought.
    Import {
        path: PathBuf,
        sha256: Digest,
    },
    /// A file to read: `app.package`, `network.nmap`.
    File {
        path: PathBuf,
        sha256: Option<Digest>,
    },
    /// Something that answers on the network: `tls.endpoint`, `web.site`, `web.h5`.
    Endpoint {
        address: Address,
    },
    /// A part of another sealed bundle: its folder, or a `.jxb`.
    Recorded {
        path: PathBuf,
        sha256: Option<Digest>,
    },
    /// Judged by people's answers alone: `org`, and what no collector reaches.
    Manual,
    /// Said instead of guessed: nobody here can look at it, and why.
    Unknown {
        reason: String,
    },
}

impl Access {
    /// The spelling of `via`.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Ssh { .. } => "ssh",
            Self::Tcp { .. } => "tcp",
            Self::Import { .. } => "import",
            Self::File { .. } => "file",
            Self::Endpoint { .. } => "endpoint",
            Self::Recorded { .. } => "recorded",
            Self::Manual => "manual",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// The file or folder it rests on, as written: relative to the inventory's folder.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::Import { path, .. } | Self::File { path, .. } | Self::Recorded { path, .. } => Some(path),
            _ => None,
        }
    }

    /// What is contacted over the network, if anything.
    pub fn address(&self) -> Option<&Address> {
        match self {
            Self::Ssh { address, .. } | Self::Tcp { address, .. } | Self::Endpoint { address } => Some(address),
            _ => None,
        }
    }
}

/// Whether a connection is encrypted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TlsUse {
    #[default]
    Required,
    Off,
}

/// How to log in. There is no place for a secret itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Auth {
    /// Ask the ssh agent.
    pub agent: bool,
    pub user: Option<String>,
    pub password: Option<Secret>,
    /// A private key.
    pub key: Option<Secret>,
    /// The passphrase of the private key.
    pub passphrase: Option<Secret>,
}

/// Where a secret is to be found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Secret {
    /// An environment variable.
    Env(String),
    /// A file that only its owner may read.
    File(PathBuf),
}
