//! Hosts of URLs: what can be one, how it is written, and what kind of address it is.

use std::net::{Ipv4Addr, Ipv6Addr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The longest name of RFC 1035, 2.3.4.
const LONGEST: usize = 253;

/// What a host is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Address {
    /// A name.
    Domain,
    /// A literal address of the public internet.
    PublicIp,
    /// A literal address of RFC 1918, RFC 4193, RFC 6598, or link local.
    PrivateIp,
    /// The device itself: 127.0.0.0/8, ::1, `localhost`, or the unspecified address.
    Loopback,
}

/// A host in its one way of writing: lower case, no dot at the end, addresses in their shortest form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host {
    pub name: String,
    pub address: Address,
}

impl Host {
    /// `None` where no such host can exist.
    pub(super) fn read(text: &str) -> Option<Self> {
        if let Some(inner) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            let address: Ipv6Addr = inner.parse().ok()?;
            return Some(Self { name: format!("[{address}]"), address: of_v6(address) });
        }
        let text = text.strip_suffix('.').unwrap_or(text);
        if text.is_empty() || text.len() > LONGEST || !text.split('.').all(is_label) {
            return None;
        }
        let last = text.rsplit('.').next().unwrap_or_default();
        if last.bytes().all(|byte| byte.is_ascii_digit()) {
            let address: Ipv4Addr = text.parse().ok()?;
            return Some(Self { name: address.to_string(), address: of_v4(address) });
        }
        let name = text.to_lowercase();
        let address =
            if name == "localhost" || name.ends_with(".localhost") { Address::Loopback } else { Address::Domain };
        Some(Self { name, address })
    }

    /// Whether it is one name without a dot, which only an own network resolves.
    pub(super) fn is_single_label(&self) -> bool {
        self.address == Address::Domain && !self.name.contains('.')
    }

    /// Whether its last label can be a top-level domain: letters, two at least, or an encoded one.
    pub(super) fn has_top_level(&self) -> bool {
        let last = self.name.rsplit('.').next().unwrap_or_default();
        let letters = last.chars().all(char::is_alphabetic);
        self.address != Address::Domain || last.starts_with("xn--") || (letters && last.len() >= 2)
    }
}

fn is_label(label: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(inside)
}

fn of_v4(address: Ipv4Addr) -> Address {
    let [first, second, ..] = address.octets();
    // RFC 6598: shared by carriers, in use inside of government networks too.
    let shared = first == 100 && (64..128).contains(&second);
    if address.is_loopback() || address.is_unspecified() {
        Address::Loopback
    } else if address.is_private() || address.is_link_local() || shared {
        Address::PrivateIp
    } else {
        Address::PublicIp
    }
}

fn of_v6(address: Ipv6Addr) -> Address {
    if let Some(v4) = address.to_ipv4_mapped() {
        return of_v4(v4);
    }
    let first = address.segments()[0];
    if address.is_loopback() || address.is_unspecified() {
        Address::Loopback
    } else if first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80 {
        Address::PrivateIp
    } else {
        Address::PublicIp
    }
}

#[cfg(test)]
mod tests {
    use super::{Address, Host};

    fn read(text: &str) -> Option<(String, Address)> {
        Host::read(text).map(|host| (host.name, host.address))
    }

    #[test]
    fn a_host_has_one_way_of_writing() {
        assert_eq!(read("WWW.SC.Gov.CN."), Some(("www.sc.gov.cn".to_owned(), Address::Domain)));
        assert_eq!(read("政务.中国"), Some(("政务.中国".to_owned(), Address::Domain)));
        assert_eq!(read("[2001:DB8::0:1]"), Some(("[2001:db8::1]".to_owned(), Address::PublicIp)));
    }

    #[test]
    fn literal_addresses_are_told_apart() {
        for (text, expected) in [
            ("8.8.8.8", Address::PublicIp),
            ("10.0.2.2", Address::PrivateIp),
            ("172.31.0.1", Address::PrivateIp),
            ("172.32.0.1", Address::PublicIp),
            ("192.168.1.1", Address::PrivateIp),
            ("100.64.0.1", Address::PrivateIp),
            ("100.128.0.1", Address::PublicIp),
            ("169.254.1.1", Address::PrivateIp),
            ("127.0.0.1", Address::Loopback),
            ("0.0.0.0", Address::Loopback),
            ("localhost", Address::Loopback),
            ("[::1]", Address::Loopback),
            ("[fd00::1]", Address::PrivateIp),
            ("[::ffff:10.0.0.1]", Address::PrivateIp),
        ] {
            assert_eq!(Host::read(text).unwrap().address, expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_exist_is_no_host() {
        for text in
            ["", ".", "a..b", "-a.cn", "a b", "%s", "${host}", "1.2", "300.1.1.1", "[::zz]", "[", &"a".repeat(64)]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
