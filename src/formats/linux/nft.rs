//! `nft -j list ruleset`: the base chains of inbound traffic, jumps followed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::firewall::Filter;

/// Reads the ruleset for IPv4 (`ip`) or IPv6 (`ip6`); `inet` tables count for both. `None` where the text is no ruleset.
pub fn read(text: &str, family: &str) -> Option<Filter> {
    let root: Value = serde_json::from_str(text).ok()?;
    let items = root.get("nftables")?.as_array()?;
    let ours = |object: &Value| matches!(object.get("family").and_then(Value::as_str), Some(of) if of == family || of == "inet");
    let chains: Vec<_> = items.iter().filter_map(|item| item.get("chain")).filter(|chain| ours(chain)).collect();
    let mut rules: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for rule in items.iter().filter_map(|item| item.get("rule")).filter(|rule| ours(rule)) {
        rules.entry(name(rule, "chain")).or_default().push(rule);
    }
    let mut filter = Filter::default();
    let mut walk = Walk { rules: &rules, filter: &mut filter, seen: BTreeSet::new() };
    for chain in chains.iter().filter(|chain| text_of(chain, "type") == "filter") {
        let policy = text_of(chain, "policy");
        match text_of(chain, "hook") {
            // Each base chain must let a packet through, so one that drops is enough.
            "input" => {
                if policy == "drop" {
                    walk.filter.default_inbound = "drop".to_owned();
                }
                walk.chain(&name(chain, "name"), true);
            }
            "forward" if walk.filter.default_forward != "drop" => policy.clone_into(&mut walk.filter.default_forward),
            _ => {}
        }
    }
    Some(filter.settled())
}

fn text_of<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// Family, table and chain in one key.
fn name(of: &Value, chain: &str) -> String {
    format!("{} {} {}", text_of(of, "family"), text_of(of, "table"), text_of(of, chain))
}

struct Walk<'a, 'b> {
    rules: &'a BTreeMap<String, Vec<&'a Value>>,
    filter: &'b mut Filter,
    seen: BTreeSet<String>,
}

/// What the matches of one rule ask for.
#[derive(Default)]
struct Asked {
    anything: bool,
    source: bool,
    state: Option<String>,
    proto: String,
    ports: Vec<String>,
}

impl Walk<'_, '_> {
    fn chain(&mut self, key: &str, open: bool) {
        let rules = self.rules;
        if !self.seen.insert(key.to_owned()) {
            return;
        }
        for rule in rules.get(key).into_iter().flatten() {
            self.rule(rule, open);
        }
    }

    fn rule(&mut self, rule: &Value, open: bool) {
        let Some(statements) = rule.get("expr").and_then(Value::as_array) else { return };
        let shown = format!("{} {}", text_of(rule, "chain"), Value::Array(statements.clone()));
        self.filter.rules.push(shown.clone());
        let mut asked = Asked::default();
        for statement in statements {
            if let Some(matched) = statement.get("match") {
                ask(matched, &mut asked);
            }
        }
        self.filter.stateful |= asked.state.is_some();
        let verdict = |word: &str| statements.iter().any(|statement| statement.get(word).is_some());
        if verdict("accept") {
            let new = asked.state.as_ref().is_none_or(|states| states.contains("new"));
            if !asked.ports.is_empty() {
                self.filter.accept(&asked.proto, &asked.ports, !asked.source);
            } else if !asked.anything && new {
                self.filter.any_any.push(shown);
            }
        } else if open && !asked.anything && self.filter.default_inbound == "accept" {
            for fate in ["drop", "reject"] {
                if verdict(fate) {
                    self.filter.default_inbound = fate.to_owned();
                }
            }
        }
        for jump in statements.iter().filter_map(|s| s.get("jump").or_else(|| s.get("goto"))) {
            let key = format!("{} {} {}", text_of(rule, "family"), text_of(rule, "table"), text_of(jump, "target"));
            self.chain(&key, open && !asked.anything);
        }
    }
}

fn ask(matched: &Value, asked: &mut Asked) {
    let left = matched.get("left").unwrap_or(&Value::Null);
    let right = matched.get("right").unwrap_or(&Value::Null);
    if left.get("ct").is_some() {
        asked.state = Some(right.to_string());
        asked.anything |= !right.to_string().contains("new");
        return;
    }
    asked.anything = true;
    if let Some(payload) = left.get("payload") {
        match text_of(payload, "field") {
            "dport" => {
                text_of(payload, "protocol").clone_into(&mut asked.proto);
                asked.ports.extend(ports(right));
            }
            "saddr" => asked.source |= text_of(matched, "op") != "!=",
            _ => {}
        }
    }
}

fn ports(right: &Value) -> Vec<String> {
    match right {
        Value::Number(port) => vec![port.to_string()],
        Value::String(port) => vec![port.clone()],
        Value::Object(map) => {
            match (map.get("set").and_then(Value::as_array), map.get("range").and_then(Value::as_array)) {
                (Some(set), _) => set.iter().flat_map(ports).collect(),
                (_, Some(range)) => vec![range.iter().map(Value::to_string).collect::<Vec<_>>().join("-")],
                _ => Vec::new(),
            }
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const RULESET: &str = r#"{"nftables": [{"metainfo": {"version": "1.0.6"}},
        {"table": {"family": "inet", "name": "filter", "handle": 1}},
        {"chain": {"family": "inet", "table": "filter", "name": "input", "type": "filter", "hook": "input", "prio": 0, "policy": "drop"}},
        {"chain": {"family": "inet", "table": "filter", "name": "ssh"}},
        {"rule": {"family": "inet", "table": "filter", "chain": "input", "expr": [{"match": {"op": "in", "left": {"ct": {"key": "state"}}, "right": ["established", "related"]}}, {"accept": null}]}},
        {"rule": {"family": "inet", "table": "filter", "chain": "input", "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": {"set": [80, 443]}}}, {"accept": null}]}},
        {"rule": {"family": "inet", "table": "filter", "chain": "input", "expr": [{"jump": {"target": "ssh"}}]}},
        {"rule": {"family": "inet", "table": "filter", "chain": "ssh", "expr": [{"match": {"op": "==", "left": {"payload": {"protocol": "ip", "field": "saddr"}}, "right": "10.0.0.1"}}, {"match": {"op": "==", "left": {"payload": {"protocol": "tcp", "field": "dport"}}, "right": 22}}, {"accept": null}]}}]}"#;

    #[test]
    fn policies_ports_and_jumps_are_followed() {
        let filter = read(RULESET, "ip").unwrap();
        assert_eq!(filter.default_inbound, "drop");
        assert!(filter.stateful && filter.any_any.is_empty());
        assert_eq!(filter.open_ports.iter().collect::<Vec<_>>(), ["tcp/443", "tcp/80"]);
        assert_eq!(filter.limited_ports.iter().collect::<Vec<_>>(), ["tcp/22"]);
        assert_eq!(filter.rules.len(), 4);
    }

    #[test]
    fn an_empty_ruleset_filters_nothing_and_nonsense_is_none() {
        assert!(!read(r#"{"nftables": [{"metainfo": {}}]}"#, "ip").unwrap().active());
        assert_eq!(read("Operation not permitted", "ip"), None);
    }

    #[test]
    fn an_accept_without_a_question_is_any_any() {
        let text = r#"{"nftables": [{"chain": {"family": "ip", "table": "f", "name": "i", "type": "filter", "hook": "input", "policy": "drop"}},
            {"rule": {"family": "ip", "table": "f", "chain": "i", "expr": [{"counter": {}}, {"accept": null}]}}]}"#;
        assert_eq!(read(text, "ip").unwrap().any_any.len(), 1);
        assert!(!read(text, "ip6").unwrap().active());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "\\PC*") {
            let _ = read(&text, "ip");
        }
    }
}
