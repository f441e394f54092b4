//! Open ports over all hosts, compactly: a service and the ranges of addresses that have it.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Fact, UnreadStatus};

/// Different services, and characters of all ranges: a hostile file cannot make the list larger.
const MAX_KEYS: usize = 30_000;
const MAX_TEXT: usize = 12 << 20;

/// One open port with the addresses that have it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenPort {
    pub proto: String,
    pub port: u16,
    pub service: String,
    /// How many hosts.
    pub hosts: i64,
    /// Addresses and ranges of addresses, with spaces between: `10.0.0.1-10.0.0.9 10.0.0.12`.
    pub addrs: String,
}

/// The addresses of [`OpenPort::addrs`] as ranges, both ends included. What is no range is left out.
pub fn ranges(addrs: &str) -> impl Iterator<Item = (IpAddr, IpAddr)> {
    addrs.split(' ').filter_map(|range| {
        let (from, to) = range.split_once('-').unwrap_or((range, range));
        Some((from.parse().ok()?, to.parse().ok()?))
    })
}

/// Gathers open ports while a file is read.
#[derive(Default)]
pub(super) struct Gathered {
    /// By port, and below it the few services that were seen there: found without making a key.
    by_port: BTreeMap<u16, Vec<Service>>,
    keys: usize,
    pub(super) count: i64,
    over: bool,
}

struct Service {
    proto: String,
    name: String,
    addresses: Addresses,
}

#[derive(Default)]
struct Addresses {
    v4: Vec<(u32, u32)>,
    v6: Vec<(u128, u128)>,
    hosts: i64,
}

impl Gathered {
    pub(super) fn add(&mut self, proto: &str, port: u16, service: &str, addr: IpAddr) {
        self.count += 1;
        let services = self.by_port.entry(port).or_default();
        let at = services.iter().position(|known| known.proto == proto && known.name == service);
        let at = match at {
            Some(at) => at,
            None if self.keys >= MAX_KEYS => {
                self.over = true;
                return;
            }
            None => {
                self.keys += 1;
                let (proto, name) = (proto.to_owned(), service.to_owned());
                services.push(Service { proto, name, addresses: Addresses::default() });
                services.len() - 1
            }
        };
        let addresses = &mut services[at].addresses;
        addresses.hosts += 1;
        match addr {
            IpAddr::V4(addr) => {
                let n = u32::from(addr);
                extend(&mut addresses.v4, n, |last| last.checked_add(1) == Some(n));
            }
            IpAddr::V6(addr) => {
                let n = u128::from(addr);
                extend(&mut addresses.v6, n, |last| last.checked_add(1) == Some(n));
            }
        }
    }

    pub(super) fn list(self) -> Fact<Vec<OpenPort>> {
        let mut room = MAX_TEXT;
        let mut out = Vec::with_capacity(self.keys);
        for (port, mut services) in self.by_port {
            services.sort_by(|a, b| (&a.proto, &a.name).cmp(&(&b.proto, &b.name)));
            for Service { proto, name: service, addresses } in services {
                let hosts = addresses.hosts;
                let addrs = addresses.write();
                let Some(left) = room.checked_sub(addrs.len()) else {
                    return Fact::unread(UnreadStatus::TooLarge, "nmap.xml");
                };
                room = left;
                out.push(OpenPort { proto, port, service, hosts, addrs });
            }
        }
        if self.over { Fact::unread(UnreadStatus::TooLarge, "nmap.xml") } else { Fact::Known(out) }
    }
}

fn extend<N: Copy>(ranges: &mut Vec<(N, N)>, n: N, follows: impl Fn(N) -> bool) {
    match ranges.last_mut() {
        Some((_, last)) if follows(*last) => *last = n,
        _ => ranges.push((n, n)),
    }
}

impl Addresses {
    fn write(mut self) -> String {
        self.v4.sort_unstable();
        self.v6.sort_unstable();
        let mut out = String::new();
        for (from, to) in self.v4 {
            range(&mut out, Ipv4Addr::from(from).into(), Ipv4Addr::from(to).into());
        }
        for (from, to) in self.v6 {
            range(&mut out, Ipv6Addr::from(from).into(), Ipv6Addr::from(to).into());
        }
        out
    }
}

fn range(out: &mut String, from: IpAddr, to: IpAddr) {
    if !out.is_empty() {
        out.push(' ');
    }
    // Writing to a string cannot fail.
    let _ = if from == to { write!(out, "{from}") } else { write!(out, "{from}-{to}") };
}
