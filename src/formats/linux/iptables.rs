//! `iptables-save` and `ip6tables-save`: the filter table, chains followed from INPUT.

use std::collections::{BTreeMap, BTreeSet};

use super::firewall::Filter;

/// Reads `iptables-save`. `None` where the text is no such listing; an empty text means that no table is loaded.
pub fn read(text: &str) -> Option<Filter> {
    if text.trim().is_empty() {
        return Some(Filter::default());
    }
    if !text.lines().any(|line| line.starts_with('*')) {
        return None;
    }
    let mut policies: BTreeMap<&str, String> = BTreeMap::new();
    let mut chains: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let mut table = "";
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('*') {
            table = name;
        } else if table != "filter" {
            continue;
        } else if let Some(rest) = line.strip_prefix(':') {
            let mut words = rest.split_whitespace();
            if let (Some(chain), Some(policy)) = (words.next(), words.next()) {
                policies.insert(chain, policy.to_ascii_lowercase());
            }
        } else if let Some(rest) = rule(line) {
            let (chain, body) = rest.split_once(' ').unwrap_or((rest, ""));
            chains.entry(chain).or_default().push(body);
        }
    }
    let fate = |chain: &str| policies.get(chain).filter(|policy| *policy != "-").cloned();
    let mut filter = Filter {
        default_inbound: fate("INPUT").unwrap_or_else(|| "accept".to_owned()),
        default_forward: fate("FORWARD").unwrap_or_default(),
        ..Filter::default()
    };
    let mut walk = Walk { chains: &chains, filter: &mut filter, seen: BTreeSet::new() };
    walk.chain("INPUT", true);
    Some(filter.settled())
}

/// `-A CHAIN ...`, with the counters of `-c` in front cut.
fn rule(line: &str) -> Option<&str> {
    let line = match line.strip_prefix('[') {
        Some(rest) => rest.split_once("] ")?.1,
        None => line,
    };
    line.strip_prefix("-A ")
}

struct Walk<'a, 'b> {
    chains: &'a BTreeMap<&'a str, Vec<&'a str>>,
    filter: &'b mut Filter,
    seen: BTreeSet<&'a str>,
}

impl<'a> Walk<'a, '_> {
    /// `open` is whether everything comes here, so that a last rule that drops all decides the rest.
    fn chain(&mut self, name: &str, open: bool) {
        let chains = self.chains;
        let Some((name, rules)) = chains.get_key_value(name) else { return };
        if !self.seen.insert(name) {
            return;
        }
        for body in rules {
            self.filter.rules.push(format!("{name} {body}"));
            self.one(body, open);
        }
    }

    fn one(&mut self, body: &'a str, open: bool) {
        let words: Vec<_> = body.split_whitespace().collect();
        let after = |names: &[&str]| words.windows(2).find(|pair| names.contains(&pair[0])).map(|pair| pair[1]);
        let states = after(&["--ctstate", "--state"]);
        self.filter.stateful |= states.is_some();
        let target = after(&["-j", "-g", "--jump", "--goto"]).unwrap_or_default();
        let source = after(&["-s", "--source"]).filter(|source| !source.ends_with("/0"));
        let limited = source.is_some()
            || words.contains(&"--match-set")
            || words.contains(&"--src-range")
            || words.contains(&"--mac-source");
        let interface = after(&["-i"]);
        let ports = after(&["--dport", "--dports", "--destination-port"]);
        let everything = words.len() <= 2
            || words.iter().all(|word| {
                word.starts_with("-j") || *word == target || *word == "--reject-with" || word.starts_with("icmp")
            });
        match target {
            "ACCEPT" => {
                let new = states.is_none_or(|states| states.contains("NEW"));
                let protocol = after(&["-p"]);
                if let Some(ports) = ports {
                    let ports: Vec<_> = ports.split(',').map(|port| port.replace(':', "-")).collect();
                    self.filter.accept(protocol.unwrap_or("any"), &ports, !limited);
                } else if new
                    && !limited
                    && interface.is_none()
                    && !matches!(protocol, Some("icmp" | "ipv6-icmp" | "icmpv6" | "vrrp" | "esp" | "ah"))
                    && !words.contains(&"-d")
                {
                    self.filter.any_any.push(format!("INPUT {body}"));
                }
            }
            "DROP" | "REJECT" if open && everything && self.filter.default_inbound == "accept" => {
                self.filter.default_inbound = target.to_ascii_lowercase();
            }
            "" | "RETURN" | "LOG" | "DROP" | "REJECT" => {}
            chain => self.chain(chain, open && everything),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CENTOS: &str = "# Generated\n*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [1:60]\n\
        -A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT\n-A INPUT -p icmp -j ACCEPT\n-A INPUT -i lo -j ACCEPT\n\
        -A INPUT -s 10.0.0.0/24 -p tcp -m tcp --dport 22 -j ACCEPT\n-A INPUT -p tcp -m multiport --dports 80,443 -j ACCEPT\n\
        -A INPUT -j REJECT --reject-with icmp-host-prohibited\nCOMMIT\n";

    #[test]
    fn a_last_rule_that_rejects_all_is_the_default() {
        let filter = read(CENTOS).unwrap();
        assert_eq!((filter.default_inbound.as_str(), filter.default_forward.as_str()), ("reject", "drop"));
        assert!(filter.any_any.is_empty() && filter.stateful);
        assert_eq!(filter.limited_ports.iter().collect::<Vec<_>>(), ["tcp/22"]);
        assert_eq!(filter.open_ports.iter().collect::<Vec<_>>(), ["tcp/443", "tcp/80"]);
    }

    #[test]
    fn accepting_everything_is_seen_also_in_a_chain_of_its_own() {
        let text = "*filter\n:INPUT DROP [0:0]\n:mine - [0:0]\n-A INPUT -j mine\n-A mine -p tcp -j ACCEPT\nCOMMIT\n";
        assert_eq!(read(text).unwrap().any_any, ["INPUT -p tcp -j ACCEPT"]);
    }

    #[test]
    fn no_table_is_an_open_filter_and_nonsense_is_none() {
        assert!(!read("").unwrap().active());
        assert_eq!(read("iptables-save: Permission denied\n"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "(\\*filter\\n|-A INPUT |-A a |-j |a|ACCEPT|DROP|--dport |-s |:INPUT |\\[|\\] |\\n|\\PC)*") {
            let _ = read(&text);
        }
    }
}
