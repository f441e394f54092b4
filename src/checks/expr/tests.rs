//! What expressions may say, what they mention, and what is unknown to them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{
    checks::{
        Schema,
        types::{Kind, Type},
    },
    model::{Lang, ReasonCode},
};

use super::{AssetFacts, Expression, Issues, Scope};

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
fn each_trap_is_closed_before_anything_runs() {
    for (text, said) in [
        ("host.prot == 22", "did you mean `port`"),
        ("hots.port == 22", "did you mean `host`"),
        ("host.ssh.instaled", "did you mean `installed`"),
        ("host.port == \"22\"", "never comparable"),
        ("host.ssh.version == 9", "never comparable"),
        ("host.port in [\"22\"]", "never comparable"),
        ("host.enabled == \"true\"", "never comparable"),
        ("host.accounts.exists(a, a.state == \"lokced\")", "never \"lokced\""),
        ("host.accounts.exists(a, a.state in [\"locked\", \"nil\"])", "never \"nil\""),
        ("host.tri == \"unknown\"", "never reaches"),
        ("host.tri != \"unknown\"", "never reaches"),
        ("host.port == null", "no meaning"),
        ("host.ssh.version.matches(\"a\")", "rx("),
        ("rx(host.ssh.version, \"(\")", "no regular expression"),
        ("rx(host.ssh.version, host.ssh.version)", "must be a literal"),
        ("has(host.ssh.port)", "always there"),
        ("host.port", "must be a boolean"),
        ("host.tri", "must be a boolean"),
        ("!host.tri == \"yes\"", "compare a three-valued"),
        ("host.tri && host.enabled", "compare a three-valued"),
        ("host.ssh.version < \"10\"", "ver_cmp"),
        ("host.accounts.uid == 0", "is a list"),
        ("host.port.x == 1", "has no `x`"),
        ("host.port.exists(p, p == 1)", "can't be gone through"),
        ("host.port[0] == 1", "can't be indexed"),
        ("size(host.port) == 1", "is for lists"),
        ("it.uid == 0", "`each`"),
        ("params.x == 0", "no facts called"),
        ("frob(host.port)", "no function"),
        ("timestamp(\"2026-01-01T00:00:00Z\") == 1", "no function"),
        ("host.port == 22u", "write 5"),
        ("{\"a\": 1}.a == 1", "can't be built"),
        ("host.sysctl.map(k, k) == []", "no order"),
        ("host.accounts.exists(host, host.uid == 0)", "hides"),
        ("host.matrix.all(a, host.matrix.all(b, host.matrix.all(c, true)))", "more than 2"),
        ("cidr_in(host.ssh.version, \"10.0.0.0/99\")", "not an address block"),
        ("mode_within(\"9\", \"0640\")", "not an octal"),
        ("host.port ==", "not an expression"),
        ("host.?port == 1", "not an expression"),
        ("contains(host.ssh.version, \"9\")", "other way round"),
        ("\"9.2\".rx(\"9\")", "other way round"),
    ] {
        let found = issues(text);
        assert!(found.contains(said), "{text}: {found:?} lacks {said:?}");
    }
}

#[test]
fn an_issue_knows_its_line_and_column() {
    let Err(Issues(issues)) = compile("host.port == 22 &&\n  \"日本\" != host.ssh.vversion") else {
        panic!("it is wrong")
    };
    assert_eq!(issues[0].place, Some((2, 19)));
}

#[test]
fn a_test_that_an_empty_list_passes_is_known_as_such() {
    let vacuous = |text: &str| compile(text).unwrap().vacuities().len();
    assert_eq!(vacuous("host.accounts.all(a, a.uid > 0)"), 1);
    assert_eq!(vacuous("!host.accounts.exists(a, a.uid > 0)"), 1);
    assert_eq!(vacuous("size(host.accounts.filter(a, a.uid > 0)) == 0"), 1);
    assert_eq!(vacuous("host.accounts.exists(a, a.groups.all(g, g == \"x\"))"), 1);
    assert_eq!(vacuous("size(host.accounts) > 0 && host.accounts.all(a, a.uid > 0)"), 0);
    assert_eq!(vacuous("host.accounts.exists(a, a.uid > 0)"), 0);
    assert_eq!(vacuous("!host.accounts.all(a, a.uid > 0)"), 0);
    let all = compile("host.accounts.all(a, a.uid > 0)").unwrap();
    assert!(all.holds_vacuously(&json!({"host": {"accounts": []}}), None));
    assert!(!all.holds_vacuously(&facts(), None));
}

#[test]
fn it_and_params_are_known_where_they_are_declared() {
    let schema = schema();
    let params = BTreeMap::from([("allowed".to_owned(), Type::list(Type::string()))]);
    let it = schema.at("host.accounts[]").unwrap();
    let scope = Scope { schema: &schema, params: Some(&params), it: Some(it) };
    let expression = Expression::condition("it.name in params.allowed", &scope).unwrap();
    assert_eq!(expression.params(), ["allowed"]);
    assert!(Expression::condition("it.nam in params.allowed", &scope).is_err());
    assert!(Expression::condition("it.name in params.alowed", &scope).is_err());
    let facts = facts();
    let shared = AssetFacts::new(&facts, "2026-11-21T00:00:00Z".parse().unwrap());
    let values = serde_json::Map::from_iter([("allowed".to_owned(), json!(["root"]))]);
    let inputs = shared.with_params(&values);
    assert_eq!(expression.test(&inputs, facts.pointer("/host/accounts/0")), Ok(true));
    assert_eq!(expression.test(&inputs, facts.pointer("/host/accounts/1")), Ok(false));
    assert!(expression.test(&inputs, None).is_err());
}

#[test]
fn hostile_expressions_are_refused_without_harm() {
    let deep = |open: &str, close: &str, n: usize| format!("{}1{}", open.repeat(n), close.repeat(n));
    for text in [
        "a".repeat(4097),
        deep("(", ")", 2000),
        deep("[", "]", 2000),
        "!".repeat(4000),
        "-".repeat(4000),
        format!("host{}", ".a".repeat(2000)),
        format!("host{}", "[0]".repeat(1300)),
        format!("1{}", "+1".repeat(2000)),
        format!("true{}", " ? true : true".repeat(290)),
        format!("host.ports{}", ".map(a, a)".repeat(400)),
        format!("{}true{}", "host.ports.all(a, ".repeat(31), ")".repeat(31)),
        "\"".to_owned(),
        "\0".to_owned(),
        String::new(),
        "日本".repeat(600),
    ] {
        assert!(compile(&text).is_err(), "{}", text.chars().take(40).collect::<String>());
    }
    assert!(compile(&vec!["host.enabled"; 270].join("&&")).is_ok());
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

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn no_text_makes_the_compiler_panic(text in "[a-z0-9.()\\[\\]!&|<>=?:+,\" *-]{0,60}") {
        let _ = compile(&text);
    }

    #[test]
    fn tokens_in_any_order_never_panic(tokens in proptest::collection::vec(
        proptest::sample::select(vec!["host", ".", "port", "accounts", "all", "(", ")", "a", ",", "==", "1", "&&", "||",
            "!", "has", "in", "[", "]", "\"x\"", "?", ":", "size", "exists", "it", "params", "-", "map", "filter", "{", "}"]), 0..24)) {
        let _ = compile(&tokens.concat());
        let _ = compile(&tokens.join(" "));
    }

    #[test]
    fn facts_of_any_shape_never_panic(pointer in proptest::sample::select(vec!["/host", "/host/ssh", "/host/accounts",
        "/host/accounts/0", "/host/accounts/0/uid", "/host/ports", "/host/sysctl", "/host/tri"]), value in any_json()) {
        let facts = with(pointer, value);
        for (text, _) in MENTIONS {
            let _ = evaluate(text, &facts);
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,5}".prop_map(Value::from),
        Just(denied()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            proptest::collection::vec(("[a-z$]{0,6}", inner), 0..3)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
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
