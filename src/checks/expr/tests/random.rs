//! No text and no facts make the compiler or the evaluation panic.

use proptest::prelude::*;
use serde_json::Value;

use super::{MENTIONS, compile, denied, evaluate, with};

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
