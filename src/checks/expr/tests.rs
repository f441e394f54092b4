//! What expressions may say, what they mention, and what is unknown to them.

use serde_json::{Value, json};

use crate::{
    checks::{Schema, types::Kind},
    model::{Lang, ReasonCode},
};

use super::{Expression, Issues};

mod random;
mod traps;

/// Facts of every shape: words, three values, numbers, optional fields, lists of structs and of lists, maps.
fn schema() -> Schema {
    let tri = json!({"type": "string", "enum": ["yes", "no", "unknown"]});
    Schema::from_json(&json!({
        "type": "object",
        "required": ["host"],
        "properties": {"host": {
            "type": "object",
            "required": ["ssh", "accounts", "sysctl", "ports", "matrix", "port", "enabled", "tri"],
            "properties": {
                "ssh": {"type": "object", "required": ["installed", "version", "port", "tri", "tags"], "properties": {
                    "installed": {"type": "boolean"},
                    "version": {"type": "string"},
                    "port": {"type": "integer"},
                    "tri": tri,
                    "banner": {"type": ["string", "null"]},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "effective": {"type": "object", "additionalProperties": {"type": "string"}},
                }},
                "accounts": {"type": "array", "items": {"type": "object", "required": ["name", "uid", "state"], "properties": {
                    "name": {"type": "string"},
                    "uid": {"type": "integer"},
                    "state": {"type": "string", "enum": ["none", "locked", "set"]},
                    "groups": {"type": "array", "items": {"type": "string"}},
                    "keys": {"type": "array", "items": {"type": "object", "required": ["bits"], "properties": {"bits": {"type": "integer"}}}},
                }}},
                "sysctl": {"type": "object", "additionalProperties": {"type": "string"}},
                "ports": {"type": "array", "items": {"type": "integer"}},
                "tris": {"type": "array", "items": tri},
                "matrix": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
                "port": {"type": "integer"},
                "enabled": {"type": "boolean"},
                "tri": tri,
                "absent": {"type": ["integer", "null"]},
            },
        }},
    }))
}

fn facts() -> Value {
    json!({"host": {
        "ssh": {"installed": true, "version": "9.2", "port": 22, "tri": "yes", "tags": ["a", "b"],
                "effective": {"permitrootlogin": "no", "x11": "yes"}},
        "accounts": [
            {"name": "root", "uid": 0, "state": "set", "groups": ["root"], "keys": [{"bits": 256}]},
            {"name": "ops", "uid": 1000, "state": "locked", "groups": ["ops", "wheel"], "keys": []},
        ],
        "sysctl": {"net.ipv4.ip_forward": "0"},
        "ports": [22, 443],
        "tris": ["yes", "no"],
        "matrix": [[1, 2], [3]],
        "port": 22,
        "enabled": true,
        "tri": "no",
        "absent": null,
    }})
}

fn compile(text: &str) -> Result<Expression, Issues> {
    Expression::compile(text, &schema())
}

fn evaluate(text: &str, facts: &Value) -> Result<bool, ReasonCode> {
    let expression = compile(text).unwrap_or_else(|issues| panic!("{text}: {issues}"));
    expression.evaluate(facts, "2026-11-21T00:00:00Z".parse().unwrap()).map_err(|reason| reason.code)
}

fn denied() -> Value {
    json!({"$status": "denied", "reason": "test"})
}

/// The facts with `value` at a JSON pointer.
fn with(pointer: &str, value: Value) -> Value {
    let mut facts = facts();
    *facts.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = value;
    facts
}

fn without(pointer: &str) -> Value {
    let mut facts = facts();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    facts.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(name).unwrap_or_else(|| panic!("{pointer}"));
    facts
}

/// What is wrong with an expression, in English.
fn issues(text: &str) -> String {
    match compile(text) {
        Ok(_) => String::new(),
        Err(Issues(issues)) => issues
            .iter()
            .map(|i| format!("{} {}", i.message.en, i.help.as_ref().map_or("", |h| h.get(Lang::En))))
            .collect(),
    }
}

#[test]
fn known_facts_are_judged() {
    for (text, verdict) in [
        ("host.port == 22", true),
        ("host.port + 1 == 23", true),
        ("host.ssh.version != \"9.2\"", false),
        ("host.ssh.effective.permitrootlogin == \"no\"", true),
        ("host.sysctl[\"net.ipv4.ip_forward\"] == \"0\"", true),
        ("\"net.ipv4.ip_forward\" in host.sysctl", true),
        ("has(host.sysctl.missing)", false),
        ("has(host.ssh.banner)", false),
        ("!has(host.ssh.effective.nothing) || host.ssh.effective.nothing == \"x\"", true),
        ("host.accounts.exists(a, a.uid == 0 && a.state == \"set\")", true),
        ("host.accounts.all(a, size(a.name) > 0)", true),
        ("host.accounts.filter(a, a.uid >= 1000).map(a, a.name) == [\"ops\"]", true),
        ("host.accounts[0].name == \"root\"", true),
        ("host.accounts.exists_one(a, a.uid == 0)", true),
        ("host.matrix.all(row, row.exists(n, n > 0))", true),
        ("host.enabled ? host.port == 22 : host.port == 23", true),
        ("host.ports.all(p, p in [22, 443])", true),
        ("has(host.absent)", false),
        ("rx(host.ssh.version, \"^9\\\\.\")", true),
        ("ver_cmp(host.ssh.version, \"9.10\") < 0", true),
        ("cidr_in(\"10.0.0.7\", \"10.0.0.0/24\")", true),
        ("mode_within(\"0640\", \"0644\") && !mode_within(\"0660\", \"0640\") && mode_within(416, \"0640\")", true),
        ("days_since(\"2026-11-01\") == 20", true),
    ] {
        assert_eq!(evaluate(text, &facts()), Ok(verdict), "{text}");
    }
}

/// Rule 2, case by case: an expression, and a fact that it mentions and that is not known. Whatever short-circuit
/// would make of it, the expression does not run.
const MENTIONS: &[(&str, &str)] = &[
    // an unknown leaf
    ("host.port == 22", "/host/port"),
    ("host.port != 22", "/host/port"),
    ("host.port > 1", "/host/port"),
    ("!(host.port == 22)", "/host/port"),
    ("!host.enabled", "/host/enabled"),
    ("host.enabled || host.port == 22", "/host/port"),
    ("host.port == 22 || host.enabled", "/host/port"),
    ("!host.enabled && host.port == 22", "/host/port"),
    ("host.enabled ? host.ssh.installed : host.port == 1", "/host/port"),
    ("host.enabled ? host.ssh.installed : host.port == 1", "/host/enabled"),
    ("true || host.port == 22", "/host/port"),
    ("host.ssh.port == 22", "/host/ssh/port"),
    ("has(host.ssh.effective.permitrootlogin)", "/host/ssh/effective/permitrootlogin"),
    ("!has(host.ssh.effective.permitrootlogin)", "/host/ssh/effective/permitrootlogin"),
    ("\"permitrootlogin\" in host.ssh.effective", "/host/ssh/effective"),
    ("host.ssh.version in [\"9.2\"]", "/host/ssh/version"),
    ("!(host.ssh.version in [\"9.2\"])", "/host/ssh/version"),
    ("size(host.ssh.version) > 0", "/host/ssh/version"),
    ("[host.port, 1].exists(p, p == 1)", "/host/port"),
    ("size([host.port]) == 1", "/host/port"),
    ("(host.enabled ? host.ports : [host.port]).exists(p, p == 22)", "/host/port"),
    ("string(host.port) == \"22\"", "/host/port"),
    // an unknown group, and a group above the leaf
    ("host.ssh.port == 22", "/host/ssh"),
    ("host.ssh.port != 22", "/host/ssh"),
    ("!has(host.ssh.banner)", "/host/ssh"),
    ("!has(host.ssh.effective.nothing)", "/host/ssh/effective"),
    ("!has(host.ssh.effective.nothing)", "/host/ssh"),
    ("host.enabled || size(host.accounts) > 0", "/host/accounts"),
    ("host.sysctl[\"net.ipv4.ip_forward\"] == \"0\"", "/host/sysctl"),
    ("host.port == 22", "/host"),
    // a list as a whole
    ("size(host.accounts) == 2", "/host/accounts"),
    ("host.accounts.all(a, a.uid == 0)", "/host/accounts"),
    ("!host.accounts.exists(a, a.uid == 7)", "/host/accounts"),
    ("22 in host.ports", "/host/ports"),
    ("!(23 in host.ports)", "/host/ports"),
    // an element of a list
    ("size(host.accounts) == 2", "/host/accounts/1"),
    ("host.accounts.exists(a, a.uid == 0)", "/host/accounts/1"),
    ("host.accounts.all(a, a.uid == 7)", "/host/accounts/1"),
    ("22 in host.ports", "/host/ports/1"),
    ("23 in host.ports", "/host/ports/0"),
    ("host.ports == [22, 443]", "/host/ports/1"),
    ("host.ports.exists(p, p == 22)", "/host/ports/1"),
    ("host.tris.exists(t, t == \"yes\")", "/host/tris/1"),
    ("host.accounts[0].name == \"root\"", "/host/accounts/0"),
    ("host.accounts[size(host.ports) - 2].name == \"root\"", "/host/accounts/1"),
    // a leaf of an element
    ("host.accounts.exists(a, a.uid == 0)", "/host/accounts/1/uid"),
    ("host.accounts.all(a, a.uid == 7)", "/host/accounts/1/uid"),
    ("host.accounts.exists_one(a, a.uid == 0)", "/host/accounts/1/uid"),
    ("!host.accounts.exists(a, a.state == \"none\")", "/host/accounts/0/state"),
    ("size(host.accounts.filter(a, a.uid == 0)) == 1", "/host/accounts/1/uid"),
    ("host.accounts.filter(a, a.uid == 0).all(a, a.name == \"root\")", "/host/accounts/1/name"),
    ("size(host.accounts.map(a, a.name)) == 2", "/host/accounts/0/name"),
    ("\"root\" in host.accounts.map(a, a.name)", "/host/accounts/1/name"),
    ("host.accounts.map(a, a.uid == 0, a.name) == [\"root\"]", "/host/accounts/1/name"),
    ("host.accounts.filter(a, a.uid == 0)[0].name == \"root\"", "/host/accounts/1/name"),
    ("host.accounts[0].name == \"root\"", "/host/accounts/0/name"),
    ("host.accounts[size(host.ports) - 2].name == \"root\"", "/host/accounts/1/name"),
    ("host.accounts.exists(a, a.name == host.ssh.version)", "/host/ssh/version"),
    // lists in lists
    ("host.matrix.exists(row, row.exists(n, n == 1))", "/host/matrix/1"),
    ("host.matrix.exists(row, row.exists(n, n == 1))", "/host/matrix/1/0"),
    ("host.matrix.exists(row, 1 in row)", "/host/matrix/1/0"),
    ("[1, 2] in host.matrix", "/host/matrix/1/0"),
    ("host.accounts.exists(a, a.groups.exists(g, g == \"root\"))", "/host/accounts/1/groups"),
    ("host.accounts.exists(a, a.groups.exists(g, g == \"root\"))", "/host/accounts/1/groups/1"),
    ("host.accounts.exists(a, a.keys.exists(k, k.bits == 256))", "/host/accounts/0/keys/0/bits"),
    ("host.accounts.exists(a, size(a.groups) == 1)", "/host/accounts/1/groups/0"),
    ("host.accounts.map(a, a.groups).exists(gs, \"root\" in gs)", "/host/accounts/1/groups/0"),
    // a dynamic key means the whole map
    ("host.sysctl.exists(k, host.sysctl[k] == \"0\")", "/host/sysctl/net.ipv4.ip_forward"),
];

#[test]
fn an_unread_fact_that_is_mentioned_is_unknown_whatever_the_rest_says() {
    for (text, pointer) in MENTIONS {
        assert!(evaluate(text, &facts()).is_ok(), "{text} is decided while all is known");
        assert_eq!(evaluate(text, &with(pointer, denied())), Err(ReasonCode::Denied), "{text} without {pointer}");
    }
}

#[test]
fn the_word_unknown_is_unknown_wherever_the_fact_has_three_values() {
    for (text, pointer) in [
        ("host.tri == \"yes\"", "/host/tri"),
        ("host.tri != \"yes\"", "/host/tri"),
        ("!(host.tri == \"yes\")", "/host/tri"),
        ("host.enabled || host.tri == \"yes\"", "/host/tri"),
        ("host.tri in [\"yes\", \"no\"]", "/host/tri"),
        ("host.tris.exists(t, t == \"yes\")", "/host/tris/1"),
        ("\"yes\" in host.tris", "/host/tris/1"),
        ("size(host.tris) == 2", "/host/tris/1"),
    ] {
        assert!(evaluate(text, &facts()).is_ok(), "{text}");
        assert_eq!(evaluate(text, &with(pointer, json!("unknown"))), Err(ReasonCode::ValueUnknown), "{text}");
    }
    assert_eq!(evaluate("host.ssh.version == \"unknown\"", &with("/host/ssh/version", json!("unknown"))), Ok(true));
}

#[test]
fn what_was_not_collected_is_unknown_and_what_is_proven_absent_is_not() {
    for (text, pointer) in [
        ("host.port == 22", "/host/port"),
        ("host.ssh.port == 22", "/host/ssh/port"),
        ("host.ssh.port == 22", "/host/ssh"),
        ("!has(host.ssh.banner)", "/host/ssh"),
        ("host.enabled || host.port == 22", "/host/port"),
        ("host.accounts.exists(a, a.uid == 0)", "/host/accounts/1/uid"),
        ("!has(host.absent)", "/host/absent"),
    ] {
        assert_eq!(evaluate(text, &without(pointer)), Err(ReasonCode::NotCollected), "{text} without {pointer}");
    }
    assert_eq!(evaluate("!has(host.ssh.banner)", &facts()), Ok(true));
    assert_eq!(evaluate("has(host.ssh.effective.x11)", &without("/host/ssh/effective/x11")), Ok(false));
    assert_eq!(
        evaluate("host.ssh.effective.x11 == \"no\"", &without("/host/ssh/effective/x11")),
        Err(ReasonCode::Evaluation)
    );
    assert_eq!(
        evaluate("host.ssh.effective.x11 != \"no\"", &without("/host/ssh/effective/x11")),
        Err(ReasonCode::Evaluation)
    );
}

#[test]
fn a_fact_that_is_not_mentioned_does_not_matter() {
    for (text, pointer) in [
        ("host.port == 22", "/host/ssh"),
        ("size(host.accounts) == 2", "/host/accounts/0/uid"),
        ("host.accounts.all(a, a.uid >= 0)", "/host/accounts/0/state"),
        ("host.accounts[0].name == \"root\"", "/host/accounts/1"),
        ("host.sysctl[\"net.ipv4.ip_forward\"] == \"0\"", "/host/ssh/effective"),
    ] {
        assert!(evaluate(text, &with(pointer, denied())).is_ok(), "{text} without {pointer}");
    }
}

#[test]
fn facts_of_another_shape_than_the_schema_are_unknown_too() {
    for (text, pointer, value) in [
        ("host.ssh.port == 22", "/host/ssh", json!(7)),
        ("host.ssh.port == 22", "/host/ssh", json!([])),
        ("host.accounts.all(a, a.uid == 0)", "/host/accounts", json!("x")),
        ("host.accounts.all(a, a.uid == 0)", "/host/accounts", json!(null)),
    ] {
        assert!(evaluate(text, &with(pointer, value.clone())).is_err(), "{text} {value}");
    }
    assert!(evaluate("host.port == 22", &json!(null)).is_err());
    assert!(evaluate("host.port == 22", &json!([])).is_err());
}

#[test]
fn the_reason_names_the_place() {
    let expression = compile("host.accounts.exists(a, a.keys.exists(k, k.bits > 1))").unwrap();
    let facts = with("/host/accounts/0/keys/0/bits", denied());
    let reason = expression.evaluate(&facts, "2026-11-21T00:00:00Z".parse().unwrap()).unwrap_err();
    assert_eq!(reason.args["path"], "host.accounts[0].keys[0].bits");
    assert_eq!(reason.args["item"], "test");
}

#[test]
fn an_error_in_the_engine_is_unknown_and_quotes_no_scanned_text() {
    for text in ["host.ports[7] == 1", "host.port / (host.port - 22) == 1", "cidr_in(host.ssh.version, \"10.0.0.0/8\")"]
    {
        assert_eq!(evaluate(text, &facts()), Err(ReasonCode::Evaluation), "{text}");
    }
    let expression = compile("int(host.ssh.version) > 1").unwrap();
    let hostile = with("/host/ssh/version", json!("\u{1b}[2Jsecret"));
    let reason = expression.evaluate(&hostile, "2026-11-21T00:00:00Z".parse().unwrap()).unwrap_err();
    assert!(!format!("{reason:?}").contains("secret"));
}

#[test]
fn an_open_schema_lets_every_path_pass_and_keeps_rule_two() {
    let open = Expression::compile("host.x.y == 1 || true", &Schema::open()).unwrap();
    let at = "2026-11-21T00:00:00Z".parse().unwrap();
    assert!(open.evaluate(&json!({"host": {"x": {}}}), at).is_err());
    assert!(open.evaluate(&json!({"host": {"x": {"y": "unknown"}}}), at).is_err());
    assert_eq!(open.evaluate(&json!({"host": {"x": {"y": 2}}}), at), Ok(true));
    assert!(matches!(open.ty().kind(), Kind::Bool));
}

#[test]
fn lists_times_lists_have_a_budget_and_lists_in_lists_do_not() {
    let many = |n: usize| json!((0..n).collect::<Vec<_>>());
    let at = "2026-11-21T00:00:00Z".parse().unwrap();
    let mut facts = with("/host/ports", many(5_000));
    facts["host"]["matrix"] = json!(vec![many(10); 1_000]);
    for (text, ok) in [
        ("host.ports.exists(p, p == 1)", true),
        ("host.matrix.all(row, row.all(n, n >= 0))", true),
        ("host.ports.all(p, host.ports.exists(q, q == p))", false),
        ("host.ports.all(p, p in host.ports)", false),
        ("host.accounts.all(a, host.ports.exists(p, p == 1))", true),
    ] {
        let result = compile(text).unwrap().evaluate(&facts, at).map_err(|reason| reason.code);
        assert_eq!(result, if ok { Ok(true) } else { Err(ReasonCode::TooLarge) }, "{text}");
    }
}
