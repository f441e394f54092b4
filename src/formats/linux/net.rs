//! Interfaces, routes, name servers, processes.

/// One interface of `ip addr show`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    pub name: String,
    pub flags: Vec<String>,
    pub addrs: Vec<String>,
}

/// Reads `ip addr show`. `None` where the text is no such listing.
pub fn addresses(text: &str) -> Option<Vec<Interface>> {
    let mut all: Vec<Interface> = Vec::new();
    for line in text.lines() {
        let words: Vec<_> = line.split_whitespace().collect();
        if line.starts_with(|c: char| c.is_ascii_digit()) {
            let name = words.get(1)?.trim_end_matches(':').split('@').next()?.to_owned();
            let flags = words.get(2)?.trim_matches(['<', '>']).split(',').map(str::to_owned).collect();
            all.push(Interface { name, flags, addrs: Vec::new() });
        } else if let (Some("inet" | "inet6"), Some(addr), Some(last)) =
            (words.first().copied(), words.get(1), all.last_mut())
        {
            last.addrs.push((*addr).to_owned());
        }
    }
    (!all.is_empty()).then_some(all)
}

/// Gateways of default routes in `ip route show`.
pub fn gateways(text: &str) -> Vec<String> {
    let defaults = text.lines().filter(|line| line.starts_with("default "));
    defaults.filter_map(|line| line.split_once(" via ")?.1.split_whitespace().next()).map(str::to_owned).collect()
}

/// Name servers of resolv.conf.
pub fn name_servers(text: &str) -> Vec<String> {
    super::conf::lines(text)
        .filter_map(|(_, line)| line.strip_prefix("nameserver"))
        .filter_map(|rest| rest.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// One running process as our own listing writes it: `pid uid comm exe`, separated by tabs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    pub uid: u32,
    pub comm: String,
    /// Path of the program; `""` for kernel threads and where it may not be read.
    pub exe: String,
}

/// Reads the listing of processes.
pub fn processes(text: &str) -> Vec<Process> {
    let lines = text.lines().filter_map(|line| {
        let mut fields = line.split('\t');
        Some(Process {
            pid: fields.next()?.parse().ok()?,
            uid: fields.next()?.parse().ok()?,
            comm: fields.next()?.to_owned(),
            exe: fields.next().unwrap_or_default().to_owned(),
        })
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn interfaces_have_flags_and_addresses() {
        let text = "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue\n    inet 127.0.0.1/8 scope host lo\n\
            2: eth0@if9: <BROADCAST,PROMISC,UP> mtu 1500\n    link/ether 00:00\n    inet 10.0.0.5/24 brd 10.0.0.255 scope global eth0\n    inet6 fe80::1/64 scope link\n";
        let all = addresses(text).unwrap();
        assert_eq!((all[1].name.as_str(), all[1].addrs.len()), ("eth0", 2));
        assert!(all[1].flags.contains(&"PROMISC".to_owned()));
        assert_eq!(addresses("Cannot open netlink socket"), None);
    }

    #[test]
    fn gateways_and_name_servers_are_read() {
        assert_eq!(gateways("default via 10.0.0.1 dev eth0\n10.0.0.0/24 dev eth0\n"), ["10.0.0.1"]);
        assert_eq!(name_servers("# x\nnameserver 10.0.0.53\nsearch local\n"), ["10.0.0.53"]);
        assert_eq!(processes("1\t0\tsystemd\t/usr/lib/systemd/systemd\n2\t0\tkthreadd\t\n").len(), 2);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*|([0-9]: |eth0|<|>|inet |\\t|\\n|default via)*") {
            let _ = (addresses(&text), gateways(&text), name_servers(&text), processes(&text));
        }
    }
}
