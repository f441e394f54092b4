//! What is refused before anything runs, and where a mistake is.

use std::collections::BTreeMap;

use serde_json::json;

use super::{compile, facts, issues, schema};
use crate::checks::{
    expr::{AssetFacts, Expression, Issues, Scope},
    types::Type,
};

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
