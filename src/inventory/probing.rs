//! How a TLS endpoint is asked: how fast, how much, over which family of addresses, through which proxy.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::Text;

use super::{Address, read::Checked};

/// What is to be kept to at one endpoint; what is not given is as the prober has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Probing {
    /// One connection at a time with a pause after each, for servers that limit their clients.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub gentle: bool,
    /// Connections at a time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parallel: Option<u16>,
    /// Milliseconds between the beginnings of two connections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delay_ms: Option<u32>,
    /// Connections in all, of all addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connections: Option<u32>,
    /// Seconds in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// The addresses of the name that the assessment is about; all where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<Family>,
    /// An HTTP proxy that connects (RFC 9110 section 9.3.6).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Address>,
}

/// A family of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    Ipv4,
    Ipv6,
}

impl Family {
    pub fn code(self) -> &'static str {
        match self {
            Self::Ipv4 => "ipv4",
            Self::Ipv6 => "ipv6",
        }
    }
}

/// As it is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Probing")]
#[serde(deny_unknown_fields)]
pub(super) struct RawProbing {
    /// One connection at a time with a pause after each.
    #[serde(default)]
    gentle: bool,
    /// Connections at a time, 1 to 16.
    #[serde(default)]
    parallel: Option<u16>,
    /// Milliseconds between the beginnings of two connections, up to 60,000.
    #[serde(default)]
    delay_ms: Option<u32>,
    /// Connections in all, 1 to 10,000.
    #[serde(default)]
    connections: Option<u32>,
    /// Seconds in all, 1 to 3,600.
    #[serde(default)]
    seconds: Option<u32>,
    /// The addresses of the name that the assessment is about.
    #[serde(default)]
    family: Option<Family>,
    /// `HOST:PORT` of an HTTP proxy that connects.
    #[serde(default)]
    proxy: Option<String>,
}

impl RawProbing {
    /// Checks ranges and the address of the proxy.
    pub(super) fn checked(self, path: &str, checked: &mut Checked<'_>) -> Probing {
        let numbers = [
            ("parallel", self.parallel.map(u32::from), PARALLEL),
            ("delay_ms", self.delay_ms, DELAY_MS),
            ("connections", self.connections, CONNECTIONS),
            ("seconds", self.seconds, SECONDS),
        ];
        for (key, value, (least, most)) in numbers {
            if value.is_some_and(|value| !(least..=most).contains(&value)) {
                let message =
                    Text::new(format!("{key} 须在 {least} 与 {most} 之间"), format!("{key} is from {least} to {most}"));
                checked.wrong(&format!("{path}.{key}"), message.zh, message.en);
            }
        }
        let proxy = self.proxy.and_then(|text| proxy(&text, path, checked));
        let Self { gentle, parallel, delay_ms, connections, seconds, family, .. } = self;
        Probing { gentle, parallel, delay_ms, connections, seconds, family, proxy }
    }
}

/// Least and most of each number.
pub const PARALLEL: (u32, u32) = (1, 16);
pub const DELAY_MS: (u32, u32) = (0, 60_000);
pub const CONNECTIONS: (u32, u32) = (1, 10_000);
pub const SECONDS: (u32, u32) = (1, 3_600);

fn proxy(text: &str, path: &str, checked: &mut Checked<'_>) -> Option<Address> {
    let address = text.parse::<Address>().ok().filter(|address| address.port().is_some());
    if address.is_none() {
        let message = Text::new("proxy 不是 主机:端口", "proxy is not HOST:PORT");
        let help = Text::new("例如 proxy.example.gov.cn:3128", "such as proxy.example.gov.cn:3128");
        checked.wrong_with_help(&format!("{path}.proxy"), message, help);
    }
    address
}
