//! Listening sockets, services, filters and interfaces.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Fact;

/// A socket that accepts traffic.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Listener {
    /// `tcp`, `udp`, `tcp6` or `udp6`.
    pub proto: String,
    pub addr: String,
    pub port: i64,
    /// Name of the process; `""` where the kernel owns it.
    pub process: Fact<String>,
    /// Bound to a loopback address only.
    pub loopback: bool,
    /// `tcp/22`: a key that stays the same from run to run.
    pub key: String,
}

/// Interfaces and routes.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Net {
    pub interfaces: Fact<Vec<Interface>>,
    /// Gateways of default routes.
    pub gateways: Fact<Vec<String>>,
    pub name_servers: Fact<Vec<String>>,
    /// IPv6 is switched off by `net.ipv6.conf.all.disable_ipv6` or is not in the kernel.
    pub ipv6_disabled: Fact<bool>,
}

/// One interface.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Interface {
    pub name: String,
    pub up: bool,
    /// It reads every frame on the wire.
    pub promiscuous: bool,
    /// Addresses with prefix length.
    pub addrs: Vec<String>,
}

/// The packet filter that is in force.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Firewall {
    /// Who manages it: `firewalld`, `ufw`, `nftables`, `iptables`, or `none` where no rule is in force.
    pub tool: Fact<String>,
    /// At least one rule or policy filters inbound traffic.
    pub active: Fact<bool>,
    /// Fate of inbound traffic that no rule names: `accept`, `drop` or `reject`. A last rule that drops everything counts.
    pub default_inbound: Fact<String>,
    /// The same for IPv6.
    pub default_inbound_v6: Fact<String>,
    pub default_forward: Fact<String>,
    /// Rules on inbound traffic, as the tool prints them.
    pub rules: Fact<Vec<String>>,
    /// Rules that accept any new traffic from anywhere (neither interface, address, port nor state named).
    pub any_any: Fact<Vec<String>>,
    /// Some rule follows connections (`ct state`, `conntrack`).
    pub stateful: Fact<bool>,
    /// Ports that only named source addresses may reach, as `tcp/22`.
    pub source_limited_ports: Fact<Vec<String>>,
    /// Ports that any source may reach, as `tcp/80`.
    pub open_ports: Fact<Vec<String>>,
}

/// One service, socket or timer.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Service {
    /// Unit name without `.service`; sockets and timers keep their suffix.
    pub name: String,
    /// `service`, `socket`, `timer` or `sysv`.
    pub kind: String,
    /// Starts by itself.
    pub enabled: Fact<bool>,
    /// Runs now.
    pub active: Fact<bool>,
    /// State of the unit file, such as `enabled`, `static`, `masked`, `disabled`; `""` where it has none.
    pub state: String,
}
