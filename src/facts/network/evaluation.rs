//! What a scan means beside the inventory: ports that nobody declared, and ports of administration.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
};

use serde::Serialize;
use serde_json::{Value, json};

use super::{Exposed, Undeclared};
use crate::{
    facts::EvaluationContext,
    formats::nmap::ranges,
    inventory::{Access, Inventory},
    model::Tri,
};

/// Findings that are listed of each kind; the count is of all.
const LISTED: usize = 2_000;

/// Ports that are walked at most: ranges of IPv6 can be wide in a hostile file.
const WALKED: usize = 4_000_000;

/// Fills in `undeclared`, `undeclared_count`, `management_exposed` and the vantage.
pub(in crate::facts) fn at_evaluation(facts: &mut Value, context: &EvaluationContext<'_>) {
    let declared = Declared::of(context.inventory, facts);
    let found = walk(facts, &declared);
    let Some(network) = facts.as_object_mut() else { return };
    if let Some(scan) = network.get_mut("scan").and_then(Value::as_object_mut).filter(|s| !s.contains_key("$status")) {
        let vantage = match context.asset.vantage {
            Some(from) => json!(from.as_str()),
            None => json!({"$status": "not_tested", "reason": "inventory"}),
        };
        scan.insert("vantage".to_owned(), vantage);
    }
    // Of a scan that broke off, what was found is found; that nothing was found says nothing.
    let whole = network.get("scan").and_then(|s| s.get("complete")) == Some(&json!(Tri::Yes));
    let listed = |found: Value, empty: bool| match (whole, empty) {
        (false, true) => json!({"$status": "error", "reason": "nmap.xml: incomplete"}),
        _ => found,
    };
    let (undeclared, count, exposed) = match found {
        Ok(found) => (
            listed(json!(found.undeclared), found.undeclared.is_empty()),
            listed(json!(found.undeclared_count), found.undeclared.is_empty()),
            listed(json!(found.exposed), found.exposed.is_empty()),
        ),
        Err(why) => (why.clone(), why.clone(), why),
    };
    network.insert("undeclared".to_owned(), undeclared);
    network.insert("undeclared_count".to_owned(), count);
    network.insert("management_exposed".to_owned(), exposed);
}

#[derive(Default, Serialize)]
struct Found {
    undeclared: Vec<Undeclared>,
    undeclared_count: usize,
    exposed: Vec<Exposed>,
}

/// Goes over every open port of every address.
fn walk(facts: &Value, declared: &Declared) -> Result<Found, Value> {
    let open = facts.get("open").ok_or(Value::Null)?;
    let open = open.as_array().ok_or_else(|| open.clone())?;
    let mut found = Found::default();
    let mut walked = 0;
    for entry in open {
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let port = entry.get("port").and_then(Value::as_u64).and_then(|p| u16::try_from(p).ok()).unwrap_or(0);
        let (proto, service) = (text("proto"), text("service"));
        let class = class(proto, port, service);
        for addr in ranges(text("addrs")).flat_map(|(from, to)| Addresses { next: Some(from), last: to }) {
            walked += 1;
            if walked > WALKED {
                return Err(json!({"$status": "too_large", "reason": "nmap.xml"}));
            }
            let key = || format!("{}:{port}/{proto}", bracketed(addr));
            if !declared.has(addr, port) {
                found.undeclared_count += 1;
                if found.undeclared.len() < LISTED {
                    let (addr, key) = (addr.to_string(), key());
                    found.undeclared.push(Undeclared { addr, port, proto: proto.into(), service: service.into(), key });
                }
            }
            if let Some(class) = class.filter(|_| found.exposed.len() < LISTED) {
                let (addr, key, class) = (addr.to_string(), key(), class.to_owned());
                found.exposed.push(Exposed { addr, port, proto: proto.into(), service: service.into(), class, key });
            }
        }
    }
    Ok(found)
}

fn bracketed(addr: IpAddr) -> String {
    if addr.is_ipv6() { format!("[{addr}]") } else { addr.to_string() }
}

/// From one address to another of the same family, both included.
struct Addresses {
    next: Option<IpAddr>,
    last: IpAddr,
}

impl Iterator for Addresses {
    type Item = IpAddr;

    fn next(&mut self) -> Option<IpAddr> {
        let addr = self.next.filter(|addr| *addr <= self.last && addr.is_ipv4() == self.last.is_ipv4())?;
        self.next = match addr {
            IpAddr::V4(v4) => u32::from(v4).checked_add(1).map(|n| IpAddr::V4(n.into())),
            IpAddr::V6(v6) => u128::from(v6).checked_add(1).map(|n| IpAddr::V6(n.into())),
        };
        Some(addr)
    }
}

/// What assets of the inventory account for: an address with its port.
struct Declared(BTreeSet<(IpAddr, u16)>);

impl Declared {
    /// An asset that is named is found through the names that the scan gives its hosts.
    fn of(inventory: &Inventory, facts: &Value) -> Self {
        let by_name = names(facts);
        let mut out = BTreeSet::new();
        for asset in &inventory.assets {
            let Some(address) = asset.access.address() else { continue };
            let usual = if matches!(asset.access, Access::Ssh { .. }) { Some(22) } else { None };
            let Some(port) = address.port().or(usual) else { continue };
            match address.ip() {
                Some(ip) => drop(out.insert((ip, port))),
                None => out.extend(by_name.get(address.host()).into_iter().flatten().map(|ip| (*ip, port))),
            }
        }
        Self(out)
    }

    fn has(&self, addr: IpAddr, port: u16) -> bool {
        self.0.contains(&(addr, port))
    }
}

fn names(facts: &Value) -> BTreeMap<String, Vec<IpAddr>> {
    let mut out: BTreeMap<String, Vec<IpAddr>> = BTreeMap::new();
    for host in facts.get("hosts").and_then(Value::as_array).into_iter().flatten() {
        let Some(addr) = host.get("addr").and_then(Value::as_str).and_then(|a| a.parse().ok()) else { continue };
        for name in host.get("names").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            out.entry(name.to_lowercase()).or_default().push(addr);
        }
    }
    out
}

/// Services of administration by the name that nmap gives them.
const BY_NAME: &[(&str, &str)] = &[
    ("telnet", "cleartext_admin"),
    ("ftp", "cleartext_admin"),
    ("tftp", "cleartext_admin"),
    ("rlogin", "cleartext_admin"),
    ("login", "cleartext_admin"),
    ("shell", "cleartext_admin"),
    ("exec", "cleartext_admin"),
    ("snmp", "cleartext_admin"),
    ("vnc", "cleartext_admin"),
    ("ssh", "remote_admin"),
    ("ms-wbt-server", "remote_admin"),
    ("rdp", "remote_admin"),
    ("wsman", "remote_admin"),
    ("wsmans", "remote_admin"),
    ("x11", "remote_admin"),
    ("ipmi-rmcp", "remote_admin"),
    ("asf-rmcp", "remote_admin"),
    ("mysql", "database"),
    ("ms-sql-s", "database"),
    ("postgresql", "database"),
    ("oracle-tns", "database"),
    ("oracle", "database"),
    ("redis", "database"),
    ("mongodb", "database"),
    ("mongod", "database"),
    ("memcache", "database"),
    ("memcached", "database"),
    ("cassandra", "database"),
    ("elasticsearch", "database"),
    ("ldap", "database"),
    ("microsoft-ds", "file_sharing"),
    ("netbios-ssn", "file_sharing"),
    ("nfs", "file_sharing"),
    ("rsync", "file_sharing"),
    ("rpcbind", "file_sharing"),
    ("msrpc", "file_sharing"),
    ("docker", "cluster"),
    ("etcd-client", "cluster"),
    ("zookeeper", "cluster"),
    ("kafka", "cluster"),
];

/// The same by number, where nmap was not asked to look or names it after something else.
const BY_PORT: &[(u16, &str)] = &[
    (21, "cleartext_admin"),
    (22, "remote_admin"),
    (23, "cleartext_admin"),
    (69, "cleartext_admin"),
    (111, "file_sharing"),
    (135, "file_sharing"),
    (139, "file_sharing"),
    (161, "cleartext_admin"),
    (389, "database"),
    (445, "file_sharing"),
    (512, "cleartext_admin"),
    (513, "cleartext_admin"),
    (514, "cleartext_admin"),
    (623, "remote_admin"),
    (873, "file_sharing"),
    (1433, "database"),
    (1521, "database"),
    (2049, "file_sharing"),
    (2181, "cluster"),
    (2375, "cluster"),
    (2376, "cluster"),
    (2379, "cluster"),
    (3306, "database"),
    (3389, "remote_admin"),
    (5236, "database"),
    (5432, "database"),
    (5900, "cleartext_admin"),
    (5985, "remote_admin"),
    (5986, "remote_admin"),
    (6379, "database"),
    (6443, "cluster"),
    (8848, "cluster"),
    (9092, "cluster"),
    (9200, "database"),
    (10250, "cluster"),
    (11211, "database"),
    (27017, "database"),
    (54321, "database"),
];

fn class(proto: &str, port: u16, service: &str) -> Option<&'static str> {
    let name = service.strip_prefix("ssl/").unwrap_or(service);
    let by_name = BY_NAME.iter().find(|(known, _)| *known == name).map(|(_, class)| *class);
    // 514/udp is syslog and 512 to 513/udp are others; the numbers are meant for TCP, but for SNMP, TFTP and IPMI.
    let number_counts = proto == "tcp" || matches!(port, 69 | 161 | 623);
    by_name.or_else(|| BY_PORT.iter().find(|(known, _)| *known == port && number_counts).map(|(_, class)| *class))
}
