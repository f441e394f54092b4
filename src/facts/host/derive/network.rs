//! Listening sockets, services, interfaces and the packet filter.

use std::collections::BTreeSet;

use super::{
    base,
    items::{Items, both, first_known},
};
use crate::{
    facts::host::{Firewall, Interface, Listener, Net, Service},
    formats::linux::{
        boot,
        firewall::{self, Filter},
        iptables, net, nft, services,
        sockets::{self, Socket},
        stat,
    },
    model::{Fact, ItemStatus, UnreadStatus},
};

pub(super) fn listeners(items: &Items<'_>) -> Fact<Vec<Listener>> {
    let privileged = base::privileged(items).known() == Some(&true);
    let from_ss = items.text("net.sockets").and_then(|text| match text.as_deref().map(sockets::ss) {
        Some((sockets, 0)) => {
            Fact::Known(sockets.iter().map(|socket| listener(socket, owner(socket, privileged))).collect())
        }
        _ => Fact::unread(UnreadStatus::Error, "net.sockets"),
    });
    match from_ss {
        Fact::Known(list) => Fact::Known(list),
        Fact::Unread(_) => kernel_tables(items),
    }
}

/// A socket without a process belongs to the kernel, if root asked.
fn owner(socket: &Socket, privileged: bool) -> Fact<String> {
    match &socket.process {
        Some(process) => Fact::Known(process.clone()),
        None if privileged => Fact::Known(String::new()),
        None => Fact::unread(UnreadStatus::Denied, "net.sockets"),
    }
}

/// Without ss the kernel's own tables say everything but the process.
fn kernel_tables(items: &Items<'_>) -> Fact<Vec<Listener>> {
    let files = items.files("net.proc");
    let mut all = Vec::new();
    for proto in ["tcp", "tcp6", "udp", "udp6"] {
        match files.get(&format!("/proc/net/{proto}")) {
            // A kernel without IPv6 has no such tables.
            Fact::Known(None) if proto.ends_with('6') => {}
            Fact::Known(None) => return Fact::unread(UnreadStatus::NotTested, "net.proc"),
            Fact::Known(Some(file)) => match sockets::proc_net(proto, &file.text) {
                Some(sockets) => all.extend(sockets),
                None => return Fact::unread(UnreadStatus::Error, "net.proc"),
            },
            Fact::Unread(why) => return Fact::Unread(why),
        }
    }
    Fact::Known(all.iter().map(|socket| listener(socket, Fact::unread(UnreadStatus::NoTool, "net.sockets"))).collect())
}

fn listener(socket: &Socket, process: Fact<String>) -> Listener {
    Listener {
        proto: socket.proto.clone(),
        addr: socket.addr.clone(),
        port: i64::from(socket.port),
        process,
        loopback: socket.loopback(),
        key: format!("{}/{}", socket.proto, socket.port),
    }
}

pub(super) fn net(items: &Items<'_>, sysctl_ipv6: &Fact<Option<String>>) -> Net {
    let interfaces = items.text("net.addresses").and_then(|text| match text.as_deref().and_then(net::addresses) {
        Some(all) => Fact::Known(all),
        None => Fact::unread(UnreadStatus::Error, "net.addresses"),
    });
    Net {
        interfaces: interfaces.map(|all| {
            let one = |interface: net::Interface| Interface {
                up: interface.flags.iter().any(|flag| flag == "UP"),
                promiscuous: interface.flags.iter().any(|flag| flag == "PROMISC"),
                name: interface.name,
                addrs: interface.addrs,
            };
            all.into_iter().map(one).collect()
        }),
        gateways: items.text_or_empty("net.routes").map(|text| net::gateways(&text)),
        name_servers: items.text_or_empty("net.resolv").map(|text| net::name_servers(&text)),
        // Without the parameter there is no IPv6 in the kernel.
        ipv6_disabled: sysctl_ipv6.as_ref().map(|value| value.as_deref() != Some("0")),
    }
}

pub(super) fn services(items: &Items<'_>) -> Fact<Vec<Service>> {
    let inetd = inetd(items);
    base::units(items).and_then(|units| {
        let mut all = match &units {
            Some((files, units)) => systemd(files, units),
            None => match sysv(items) {
                Fact::Known(all) => all,
                Fact::Unread(why) => return Fact::Unread(why),
            },
        };
        inetd.map(|inetd| {
            all.extend(inetd);
            all.sort_by(|a, b| (&a.name, &a.kind).cmp(&(&b.name, &b.kind)));
            all
        })
    })
}

fn systemd(
    files: &std::collections::BTreeMap<String, String>,
    units: &std::collections::BTreeMap<String, services::Unit>,
) -> Vec<Service> {
    // Units that are only named by others are not there.
    let loaded = units.iter().filter(|(_, unit)| unit.load != "not-found").map(|(name, _)| name);
    let names: BTreeSet<_> = files.keys().chain(loaded).collect();
    // `x@.service` is a pattern for units and no unit.
    let real = names.into_iter().filter(|name| !name.contains("@."));
    real.map(|name| {
        let state = files.get(name).cloned().unwrap_or_default();
        let (plain, kind) = name.rsplit_once('.').unwrap_or((name, "service"));
        Service {
            name: if kind == "service" { plain.to_owned() } else { name.clone() },
            kind: kind.to_owned(),
            enabled: Fact::Known(matches!(state.as_str(), "enabled" | "enabled-runtime" | "alias" | "linked")),
            active: Fact::Known(
                units
                    .get(name)
                    .is_some_and(|unit| matches!(unit.active.as_str(), "active" | "activating" | "reloading")),
            ),
            state,
        }
    })
    .collect()
}

/// Runlevel links say what starts; what runs cannot be told from them.
fn sysv(items: &Items<'_>) -> Fact<Vec<Service>> {
    items.text_or_empty("services.sysv").map(|text| {
        let listed = stat::read(&text);
        let paths: Vec<_> = listed.found.iter().map(|stat| stat.path.clone()).collect();
        let started = services::sysv(&paths);
        let scripts = paths.iter().filter_map(|path| path.strip_prefix("/etc/init.d/"));
        let names: BTreeSet<_> =
            scripts.chain(started.iter().map(String::as_str)).filter(|name| *name != "README").collect();
        let one = |name: &str| Service {
            name: name.to_owned(),
            kind: "sysv".to_owned(),
            enabled: Fact::Known(started.iter().any(|start| start == name)),
            active: Fact::unread(UnreadStatus::NoTool, "services.units"),
            state: String::new(),
        };
        names.into_iter().map(one).collect()
    })
}

fn inetd(items: &Items<'_>) -> Fact<Vec<Service>> {
    let running = base::runs(items, &["xinetd", "inetd", "inetutils-inetd"]);
    items.files("net.inetd").all().map(|files| {
        let entries = files.iter().flat_map(|file| {
            if file.path.ends_with("/inetd.conf") {
                services::inetd(&file.text).into_iter().map(|name| (name, true)).collect()
            } else {
                services::xinetd(&file.text)
            }
        });
        let one = |(name, on): (String, bool)| Service {
            name,
            kind: "inetd".to_owned(),
            enabled: Fact::Known(on),
            active: running.clone().map(|running| running && on),
            state: String::new(),
        };
        entries.map(one).collect()
    })
}

/// What was found out about one family.
struct Seen {
    tool: &'static str,
    filter: Filter,
}

pub(super) fn firewall(items: &Items<'_>) -> Firewall {
    let v4 = seen(items, "ip", "firewall.iptables");
    let v6 = seen(items, "ip6", "firewall.ip6tables");
    let managed = managed(items);
    let settled = match managed {
        Some(found) => Fact::Known(found),
        None => v4,
    };
    let of = |pick: fn(&Filter) -> String| settled.as_ref().map(|seen| pick(&seen.filter));
    let list = |pick: fn(&Filter) -> Vec<String>| settled.as_ref().map(|seen| pick(&seen.filter));
    Firewall {
        tool: settled.as_ref().map(|seen| if seen.filter.active() { seen.tool } else { "none" }.to_owned()),
        active: settled.as_ref().map(|seen| seen.filter.active()),
        default_inbound: of(|filter| filter.default_inbound.clone()),
        default_inbound_v6: match &settled {
            // firewalld and ufw hold for both families.
            Fact::Known(seen) if matches!(seen.tool, "firewalld" | "ufw") => {
                Fact::Known(seen.filter.default_inbound.clone())
            }
            _ => v6.map(|seen| seen.filter.default_inbound),
        },
        default_forward: of(|filter| filter.default_forward.clone()),
        rules: list(|filter| filter.rules.iter().take(2000).cloned().collect()),
        any_any: list(|filter| filter.any_any.clone()),
        stateful: settled.as_ref().map(|seen| seen.filter.stateful),
        source_limited_ports: list(|filter| filter.limited_ports.iter().cloned().collect()),
        open_ports: list(|filter| filter.open_ports.iter().cloned().collect()),
    }
}

/// firewalld or ufw, where one of them says that it is in charge.
fn managed(items: &Items<'_>) -> Option<Seen> {
    let text = |item| items.text(item).known().cloned().flatten();
    if let Some(filter) = text("firewall.firewalld").as_deref().and_then(firewall::firewalld) {
        return Some(Seen { tool: "firewalld", filter });
    }
    let filter = firewall::ufw(text("firewall.ufw").as_deref()?)??;
    Some(Seen { tool: "ufw", filter })
}

/// The kernel has loaded none of the modules that filter packets.
fn no_filter_in_kernel(items: &Items<'_>) -> bool {
    const FILTERS: &[&str] = &["nf_tables", "ip_tables", "ip6_tables", "iptable_filter", "ip6table_filter", "bpfilter"];
    let loaded = items.text("kernel.modules").known().cloned().flatten();
    // Without the list, filters may be built in.
    loaded.is_some_and(|text| !boot::modules(&text).iter().any(|name| FILTERS.contains(&name.as_str())))
}

/// What nftables and iptables do together: both must let a packet through. A host without either tool has rules only if
/// somebody loaded them otherwise: unread, unless the kernel has no filter loaded.
fn seen(items: &Items<'_>, family: &str, iptables_item: &'static str) -> Fact<Seen> {
    let by_nft =
        items.text("firewall.nft").and_then(|text| match text.as_deref().and_then(|text| nft::read(text, family)) {
            Some(filter) => Fact::Known(Seen { tool: "nftables", filter }),
            None => Fact::unread(UnreadStatus::Error, "firewall.nft"),
        });
    let by_iptables = items.text(iptables_item).and_then(|text| match text.as_deref().and_then(iptables::read) {
        Some(filter) => Fact::Known(Seen { tool: "iptables", filter }),
        None => Fact::unread(UnreadStatus::Error, iptables_item),
    });
    let no_tool = |item| items.status(item) == Some(ItemStatus::NoTool);
    match (by_nft, by_iptables) {
        (Fact::Unread(_), Fact::Unread(_))
            if no_tool("firewall.nft") && no_tool(iptables_item) && no_filter_in_kernel(items) =>
        {
            Fact::Known(Seen { tool: "none", filter: Filter::default() })
        }
        (Fact::Known(nft), Fact::Known(iptables)) if iptables.filter.active() && !nft.filter.active() => {
            Fact::Known(iptables)
        }
        (Fact::Known(nft), _) if nft.filter.active() || no_tool(iptables_item) => Fact::Known(nft),
        (nft, Fact::Known(iptables))
            if iptables.filter.active() || no_tool("firewall.nft") || matches!(nft, Fact::Known(_)) =>
        {
            Fact::Known(iptables)
        }
        (nft, iptables) => {
            both(nft, iptables).and_then(|(nft, iptables)| first_known([Fact::Known(nft), Fact::Known(iptables)]))
        }
    }
}
