//! What a packet filter does with inbound traffic, in one form; firewalld and ufw as their own tools print them.

use std::collections::BTreeSet;

/// A packet filter, seen from inbound traffic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// Fate of inbound traffic that no rule names: `accept`, `drop` or `reject`.
    pub default_inbound: String,
    /// The same of forwarded traffic; `""` where there is no such chain.
    pub default_forward: String,
    /// Rules on inbound traffic as the tool prints them.
    pub rules: Vec<String>,
    /// Rules that accept any new traffic from anywhere.
    pub any_any: Vec<String>,
    /// Some rule follows connections.
    pub stateful: bool,
    /// Ports that only named sources may reach, such as `tcp/22`.
    pub limited_ports: BTreeSet<String>,
    /// Ports that any source may reach.
    pub open_ports: BTreeSet<String>,
}

impl Default for Filter {
    fn default() -> Self {
        Self {
            default_inbound: "accept".to_owned(),
            default_forward: String::new(),
            rules: Vec::new(),
            any_any: Vec::new(),
            stateful: false,
            limited_ports: BTreeSet::new(),
            open_ports: BTreeSet::new(),
        }
    }
}

impl Filter {
    /// Whether anything is filtered at all.
    pub fn active(&self) -> bool {
        self.default_inbound != "accept" || !self.rules.is_empty()
    }

    /// Notes one rule that accepts traffic to ports.
    pub(super) fn accept(&mut self, proto: &str, ports: &[String], from_anywhere: bool) {
        let into = if from_anywhere { &mut self.open_ports } else { &mut self.limited_ports };
        into.extend(ports.iter().map(|port| format!("{proto}/{port}")));
    }

    /// Ports that are open to all are not limited, whatever else is said of them.
    pub(super) fn settled(mut self) -> Self {
        self.limited_ports = self.limited_ports.difference(&self.open_ports).cloned().collect();
        self
    }
}

/// Reads `firewall-cmd --list-all-zones`: active zones only. `None` where the text is no such listing.
pub fn firewalld(text: &str) -> Option<Filter> {
    let mut filter = Filter { default_inbound: "reject".to_owned(), stateful: true, ..Filter::default() };
    let (mut active, mut zones, mut zone, mut limited) = (false, 0, String::new(), false);
    let mut rich = false;
    let mut target = String::new();
    for line in text.lines() {
        if !line.starts_with([' ', '\t']) && !line.trim().is_empty() {
            zones += 1;
            active = line.contains("(active") || line.contains(", active");
            zone = line.split_whitespace().next().unwrap_or_default().to_owned();
            (limited, rich) = (false, false);
            continue;
        }
        if !active {
            continue;
        }
        let trimmed = line.trim();
        if rich && trimmed.starts_with("rule ") {
            rich_rule(&zone, trimmed, &mut filter);
            continue;
        }
        let (key, value) = trimmed.split_once(':').unwrap_or((trimmed, ""));
        let value = value.trim();
        rich = key == "rich rules";
        match key {
            "target" => {
                target = value.to_owned();
                if value == "ACCEPT" {
                    filter.default_inbound = "accept".to_owned();
                    filter.any_any.push(format!("{zone}: target ACCEPT"));
                } else if value == "DROP" && filter.default_inbound != "accept" {
                    filter.default_inbound = "drop".to_owned();
                }
            }
            "sources" => limited = !value.is_empty() && target != "ACCEPT",
            "services" | "ports" if !value.is_empty() => {
                filter.rules.push(format!("{zone}: {key} {value}"));
                for entry in value.split_whitespace() {
                    let (port, proto) =
                        entry.split_once('/').map_or_else(|| service(entry), |(port, proto)| (port.to_owned(), proto));
                    filter.accept(proto, &[port], !limited);
                }
            }
            _ => {}
        }
    }
    (zones > 0 && text.contains("target:")).then(|| filter.settled())
}

fn service(name: &str) -> (String, &'static str) {
    let port = match name {
        "ssh" => "22",
        "http" => "80",
        "https" => "443",
        "cockpit" => "9090",
        "dhcpv6-client" => return ("546".to_owned(), "udp"),
        "mdns" => return ("5353".to_owned(), "udp"),
        "mysql" => "3306",
        "postgresql" => "5432",
        "ftp" => "21",
        "telnet" => "23",
        "vnc-server" => "5900-5903",
        _ => return (name.to_owned(), "service"),
    };
    (port.to_owned(), "tcp")
}

fn rich_rule(zone: &str, rule: &str, filter: &mut Filter) {
    filter.rules.push(format!("{zone}: {rule}"));
    if !rule.ends_with("accept") {
        return;
    }
    let from = rule.contains("source address=") || rule.contains("source ipset=") || rule.contains("source mac=");
    let value = |name: &str| rule.split_once(name).and_then(|(_, rest)| rest.split('"').nth(1)).map(str::to_owned);
    if let Some(port) = value("port port=") {
        let proto = value("protocol=").unwrap_or_else(|| "tcp".to_owned());
        filter.accept(&proto, &[port], !from);
    } else if let Some(name) = value("service name=") {
        let (port, proto) = service(&name);
        filter.accept(proto, &[port], !from);
    } else if !from {
        filter.any_any.push(format!("{zone}: {rule}"));
    }
}

/// Reads `ufw status verbose`: `Some(None)` where it is inactive, `None` where the text is no such report.
pub fn ufw(text: &str) -> Option<Option<Filter>> {
    let status = text.lines().find_map(|line| line.strip_prefix("Status:"))?.trim();
    if status != "active" {
        return Some(None);
    }
    let mut filter = Filter { stateful: true, ..Filter::default() };
    let defaults = text.lines().find_map(|line| line.strip_prefix("Default:"))?;
    for part in defaults.split(',').map(str::trim) {
        let word = part.split_whitespace().next().unwrap_or_default();
        let fate = match word {
            "deny" => "drop",
            "reject" => "reject",
            _ => "accept",
        };
        if part.ends_with("(incoming)") {
            filter.default_inbound = fate.to_owned();
        } else if part.ends_with("(routed)") && word != "disabled" {
            filter.default_forward = fate.to_owned();
        }
    }
    for line in text.lines().skip_while(|line| !line.starts_with("--")).skip(1).filter(|line| !line.trim().is_empty()) {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        filter.rules.push(words.clone());
        let Some((to, from)) = words.split_once(" ALLOW IN ") else { continue };
        let anywhere = from.starts_with("Anywhere");
        let to = to.trim_end_matches(" (v6)");
        match to.split_once('/') {
            Some((port, proto)) => {
                filter.accept(proto.split(' ').next().unwrap_or(proto), &[port.to_owned()], anywhere)
            }
            None if to.starts_with("Anywhere") && anywhere => filter.any_any.push(words.clone()),
            None => filter.accept("any", &[to.to_owned()], anywhere),
        }
    }
    Some(Some(filter.settled()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn active_zones_of_firewalld_count_and_others_do_not() {
        let text = "block\n  target: %%REJECT%%\n  services: \n\npublic (active)\n  target: default\n  interfaces: eth0\n  sources: \n  services: dhcpv6-client ssh\n  ports: 8080/tcp\n  rich rules: \n\trule family=\"ipv4\" source address=\"10.0.0.0/24\" port port=\"3306\" protocol=\"tcp\" accept\n\ntrusted\n  target: ACCEPT\n  services: \n";
        let filter = firewalld(text).unwrap();
        assert_eq!(filter.default_inbound, "reject");
        assert!(filter.any_any.is_empty());
        assert!(filter.open_ports.contains("tcp/22") && filter.open_ports.contains("tcp/8080"));
        assert_eq!(filter.limited_ports.iter().collect::<Vec<_>>(), ["tcp/3306"]);
        assert_eq!(firewalld("FirewallD is not running\n"), None);
    }

    #[test]
    fn ufw_tells_inactive_from_open() {
        assert_eq!(ufw("Status: inactive\n"), Some(None));
        assert_eq!(ufw("ERROR: You need to be root\n"), None);
        let text = "Status: active\nLogging: on (low)\nDefault: deny (incoming), allow (outgoing), disabled (routed)\nNew profiles: skip\n\nTo                         Action      From\n--                         ------      ----\n22/tcp                     ALLOW IN    10.0.0.0/24\n80/tcp                     ALLOW IN    Anywhere\n80/tcp (v6)                ALLOW IN    Anywhere (v6)\n";
        let filter = ufw(text).unwrap().unwrap();
        assert_eq!(filter.default_inbound, "drop");
        assert!(filter.limited_ports.contains("tcp/22") && filter.open_ports.contains("tcp/80"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(public \\(active\\)|target:|rich rules:|rule |accept|ALLOW IN|--|Status: active|Default:| |/|\\n|\\PC)*") {
            let _ = (firewalld(&text), ufw(&text));
        }
    }
}
