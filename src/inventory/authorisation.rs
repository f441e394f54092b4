//! Who allowed live contact, with what, and when.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::{
    model::{Digest, Lang},
    yaml::bilingual,
};

use super::{Contact, target::is_name};

/// A document that allows live contact within a scope and a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Authorisation {
    /// The document's name or path.
    pub document: String,
    pub sha256: Digest,
    pub scope: Vec<Scope>,
    pub window: Window,
    /// Who may make the contact.
    pub person: String,
    /// The consent of whoever hosts the systems, where that is somebody else.
    pub hosting_consent: Option<String>,
    /// Intrusive probes are allowed as well.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub intrusive: bool,
}

/// From and to, both inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// One entry of a scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Addresses that share the first `prefix` bits.
    Network { address: IpAddr, prefix: u8 },
    /// One name, in lower case.
    Name(String),
    /// Every name under this one, written `*.example.gov.cn`.
    Under(String),
}

/// Why a contact is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the inventory has no authorisation")]
    NoAuthorisation,
    #[error("the authorisation begins at {from}")]
    NotYet { from: Timestamp },
    #[error("the authorisation ended at {to}")]
    Over { to: Timestamp },
    #[error("{name} is not in the authorised scope")]
    NameOutside { name: String },
    #[error("{address} is not in the authorised scope")]
    AddressOutside { address: IpAddr },
    #[error("the authorisation does not allow intrusive probes")]
    Intrusive,
}

impl Refusal {
    pub fn describe(&self, lang: Lang) -> String {
        match (lang, self) {
            (Lang::En, _) => self.to_string(),
            (Lang::Zh, Self::NoAuthorisation) => "清单中没有授权书".to_owned(),
            (Lang::Zh, Self::NotYet { from }) => format!("授权自 {from} 起生效"),
            (Lang::Zh, Self::Over { to }) => format!("授权已于 {to} 到期"),
            (Lang::Zh, Self::NameOutside { name }) => format!("{name} 不在授权范围内"),
            (Lang::Zh, Self::AddressOutside { address }) => format!("{address} 不在授权范围内"),
            (Lang::Zh, Self::Intrusive) => "授权书未允许侵入性探测（intrusive: true）".to_owned(),
        }
    }
}

impl Authorisation {
    /// Whether a contact is covered: within the window, a name that is in the scope, and every address that it
    /// resolved to in the scope as well, because a name can be made to point anywhere.
    pub fn covers(&self, contact: &Contact<'_>, at: Timestamp) -> Result<(), Refusal> {
        if at < self.window.from {
            return Err(Refusal::NotYet { from: self.window.from });
        }
        if at > self.window.to {
            return Err(Refusal::Over { to: self.window.to });
        }
        let literal = contact.host.parse::<IpAddr>().ok();
        if literal.is_none() && !self.scope.iter().any(|scope| scope.has_name(contact.host)) {
            return Err(Refusal::NameOutside { name: contact.host.to_owned() });
        }
        match literal.iter().chain(contact.addresses).find(|ip| !self.covers_address(**ip)) {
            Some(ip) => Err(Refusal::AddressOutside { address: *ip }),
            None => Ok(()),
        }
    }

    fn covers_address(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        ip.is_loopback() || self.scope.iter().any(|scope| scope.has_address(ip))
    }
}

impl Scope {
    fn has_address(&self, ip: IpAddr) -> bool {
        match (self, ip) {
            (Self::Network { address: IpAddr::V4(network), prefix }, IpAddr::V4(ip)) => {
                masked(u128::from(network.to_bits()) << 96, *prefix) == masked(u128::from(ip.to_bits()) << 96, *prefix)
            }
            (Self::Network { address: IpAddr::V6(network), prefix }, IpAddr::V6(ip)) => {
                masked(network.to_bits(), *prefix) == masked(ip.to_bits(), *prefix)
            }
            _ => false,
        }
    }

    fn has_name(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        match self {
            Self::Network { .. } => false,
            Self::Name(allowed) => *allowed == name,
            Self::Under(parent) => name.strip_suffix(parent.as_str()).is_some_and(|rest| rest.ends_with('.')),
        }
    }
}

fn masked(bits: u128, prefix: u8) -> u128 {
    match prefix {
        0 => 0,
        prefix => bits >> (128 - u32::from(prefix.min(128))),
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let lower = text.to_ascii_lowercase();
        if let Some(network) = network(&lower) {
            return network;
        }
        match lower.strip_prefix("*.") {
            Some(parent) if is_name(parent) && parent.contains('.') => Ok(Self::Under(parent.to_owned())),
            None if is_name(&lower) => Ok(Self::Name(lower)),
            _ => Err(bilingual(
                &format!("{text} 不是网段或域名（例：\"10.0.0.0/24\"、\"zwfw.example.gov.cn\"、\"*.example.gov.cn\"）"),
                &format!("{text} is neither a network nor a name, such as \"10.0.0.0/24\" or \"zwfw.example.gov.cn\""),
            )),
        }
    }
}

/// `None`: not an address at all.
fn network(text: &str) -> Option<Result<Scope, String>> {
    let (address, prefix) = match text.split_once('/') {
        Some((address, prefix)) => (address.parse::<IpAddr>().ok()?, Some(prefix)),
        None => (text.parse::<IpAddr>().ok()?, None),
    };
    let bits = if address.is_ipv4() { 32 } else { 128 };
    let prefix = match prefix.map(str::parse::<u8>) {
        None => bits,
        Some(Ok(0)) => {
            return Some(Err(bilingual(
                &format!("授权范围不能是全部地址：{text}"),
                &format!("a scope is not everything there is: {text}"),
            )));
        }
        Some(Ok(prefix)) if prefix <= bits => prefix,
        Some(_) => {
            return Some(Err(bilingual(
                &format!("{text} 的前缀长度应为 0 至 {bits}"),
                &format!("the prefix of {text} is not 0 to {bits}"),
            )));
        }
    };
    let network = Scope::Network { address, prefix };
    let floor: IpAddr = match address {
        IpAddr::V4(v4) => {
            Ipv4Addr::from_bits(v4.to_bits() & u32::MAX.checked_shl(u32::from(32 - prefix)).unwrap_or(0)).into()
        }
        IpAddr::V6(v6) => {
            Ipv6Addr::from_bits(v6.to_bits() & u128::MAX.checked_shl(u32::from(128 - prefix)).unwrap_or(0)).into()
        }
    };
    if floor != address {
        return Some(Err(bilingual(
            &format!("{text} 含有主机位；整个网段写作 {floor}/{prefix}"),
            &format!("{text} has host bits; the network is {floor}/{prefix}"),
        )));
    }
    Some(Ok(network))
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Network { address, prefix } => write!(f, "{address}/{prefix}"),
            Self::Name(name) => f.write_str(name),
            Self::Under(parent) => write!(f, "*.{parent}"),
        }
    }
}

impl Serialize for Scope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
