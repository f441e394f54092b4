//! The one way in which evidence writes JSON: sorted keys, no spaces, one newline at the end.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

/// The canonical bytes of `value`: the same value always has the same bytes.
pub(super) fn canonical(value: &impl Serialize) -> Vec<u8> {
    let value = serde_json::to_value(value).expect("evidence types have text keys and cannot fail to serialise");
    let mut bytes = sorted(value).to_string().into_bytes();
    bytes.push(b'\n');
    bytes
}

/// Reads what [`canonical`] wrote and nothing else: another spelling of the same value is refused.
pub(super) fn from_canonical<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let value: T = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if canonical(&value) == bytes { Ok(value) } else { Err("not in canonical form".to_owned()) }
}

fn sorted(value: Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.into_iter().map(|(name, value)| (name, sorted(value))).collect();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(Map::from_iter(fields))
        }
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{canonical, from_canonical};

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let value = json!({"b": [{"z": 1, "a": 2}], "a": null});
        assert_eq!(canonical(&value), b"{\"a\":null,\"b\":[{\"a\":2,\"z\":1}]}\n");
    }

    #[test]
    fn another_spelling_of_the_same_value_is_refused() {
        assert!(from_canonical::<Value>(b"{\"a\":1}\n").is_ok());
        assert!(from_canonical::<Value>(b"{\"a\": 1}\n").is_err());
        assert!(from_canonical::<Value>(b"{\"a\":1}").is_err());
    }
}
