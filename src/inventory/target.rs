//! Addresses as written, and what a live contact would touch.

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    str::FromStr,
};

use serde::{Serialize, Serializer};

use crate::yaml::bilingual;

/// A host name or IP address with a port, such as `cd.example.gov.cn:443`, `10.0.0.11` or `https://cd.example.gov.cn/`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address {
    text: String,
    host: String,
    port: Option<u16>,
}

impl Address {
    /// The name in lower case, or the IP address without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, where one is written or the scheme of a URL gives one.
    pub fn port(&self) -> Option<u16> {
        self.port
    }

    /// The IP address, where it is one and not a name.
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.parse().ok()
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || {
            bilingual(
                &format!("{text} 不是地址（例：\"zwfw.example.gov.cn:443\"）"),
                &format!("{text} is not an address, such as \"zwfw.example.gov.cn:443\""),
            )
        };
        let (rest, scheme_port) = match text.split_once("://") {
            Some(("https", rest)) => (rest.split(['/', '?', '#']).next().unwrap_or_default(), Some(443)),
            Some(("http", rest)) => (rest.split(['/', '?', '#']).next().unwrap_or_default(), Some(80)),
            Some(_) => return Err(refused()),
            None => (text, None),
        };
        let (host, port) = host_and_port(rest).ok_or_else(refused)?;
        Ok(Self { text: text.to_owned(), host, port: port.or(scheme_port) })
    }
}

fn host_and_port(text: &str) -> Option<(String, Option<u16>)> {
    let port = |digits: &str| {
        let ok = (1..=5).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        digits.parse::<u16>().ok().filter(|port| ok && *port > 0)
    };
    if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        host.parse::<Ipv6Addr>().ok()?;
        return match after.strip_prefix(':') {
            Some(digits) => Some((host.to_lowercase(), Some(port(digits)?))),
            None => after.is_empty().then(|| (host.to_lowercase(), None)),
        };
    }
    if text.parse::<IpAddr>().is_ok() {
        return Some((text.to_lowercase(), None));
    }
    let (host, port) = match text.split_once(':') {
        Some((host, digits)) => (host, Some(port(digits)?)),
        None => (text, None),
    };
    (host.parse::<IpAddr>().is_ok() || is_name(host)).then(|| (host.to_lowercase(), port))
}

/// Whether a text is a host name: labels of letters, digits and `-`, not all of it digits.
pub(super) fn is_name(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // A last label of digits alone is a mistyped IP address.
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 253 && text.split('.').all(label) && !last.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// What a connection would touch: the host as written and every address it resolved to.
#[derive(Clone, Copy, Debug)]
pub struct Contact<'a> {
    /// A name or an IP address.
    pub host: &'a str,
    /// What a name resolved to. Empty before it was resolved, which never makes an address covered.
    pub addresses: &'a [IpAddr],
}

impl Contact<'_> {
    /// Whether nothing but this machine would be touched.
    pub fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(ip) => is_loopback(ip) && self.addresses.iter().all(|ip| is_loopback(*ip)),
            Err(_) => !self.addresses.is_empty() && self.addresses.iter().all(|ip| is_loopback(*ip)),
        }
    }
}

fn is_loopback(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}
