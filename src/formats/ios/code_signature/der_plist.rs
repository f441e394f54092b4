//! Entitlements in DER, which iOS 15 and later go by: `[APPLICATION 16] { version, [16] { key, value } }`.

use std::collections::BTreeMap;

use crate::formats::{
    der::{Elements, INTEGER, OCTET_STRING, SEQUENCE, context},
    ios::plist::Value,
};

const APPLICATION_16: u8 = 0x70;
const BOOLEAN: u8 = 0x01;
const UTF8_STRING: u8 = 0x0c;
/// Values within values.
const MAX_DEPTH: usize = 32;
/// Values that are read.
const MAX_VALUES: usize = 20_000;

/// `None` where the bytes are no such list.
pub(super) fn read(bytes: &[u8]) -> Option<Value> {
    let mut outer = Elements::within(bytes, APPLICATION_16).ok()?;
    outer.take(INTEGER).ok()?;
    let mut left = MAX_VALUES;
    let value = value(&mut outer, MAX_DEPTH, &mut left)?;
    outer.end().ok().map(|()| value).filter(|value| value.as_dictionary().is_some())
}

fn value(elements: &mut Elements<'_>, depth: usize, left: &mut usize) -> Option<Value> {
    let depth = depth.checked_sub(1)?;
    *left = left.checked_sub(1)?;
    let element = elements.next().ok()?;
    let mut inside = Elements::new(element.body);
    Some(match element.tag {
        BOOLEAN => Value::Boolean(element.body.iter().any(|byte| *byte != 0)),
        INTEGER => Value::Integer(integer(element.body)),
        UTF8_STRING => Value::String(String::from_utf8_lossy(element.body).into_owned()),
        OCTET_STRING => Value::Data(element.body.to_vec()),
        SEQUENCE => {
            let mut values = Vec::new();
            while !inside.is_empty() {
                values.push(value(&mut inside, depth, left)?);
            }
            Value::Array(values)
        }
        tag if tag == context(16) => {
            let mut pairs = BTreeMap::new();
            while !inside.is_empty() {
                let mut pair = inside.enter(SEQUENCE).ok()?;
                let key = String::from_utf8_lossy(pair.take(UTF8_STRING).ok()?).into_owned();
                pairs.insert(key, value(&mut pair, depth, left)?);
                pair.end().ok()?;
            }
            Value::Dictionary(pairs)
        }
        _ => return None,
    })
}

/// In two's complement, saturated.
fn integer(bytes: &[u8]) -> i64 {
    let negative = bytes.first().is_some_and(|byte| byte & 0x80 != 0);
    if bytes.len() > 8 {
        return if negative { i64::MIN } else { i64::MAX };
    }
    bytes.iter().fold(if negative { -1 } else { 0 }, |number, byte| number << 8 | i64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::{Value, integer, read};
    use crate::formats::der::{context, element};

    #[test]
    fn keys_and_values_come_out() {
        let pair = |key: &str, value: &[u8]| element(0x30, &[element(0x0c, key.as_bytes()), value.to_vec()].concat());
        let list = element(0x30, &[element(0x0c, b"TEAM.a"), element(0x0c, b"TEAM.b")].concat());
        let pairs = [pair("get-task-allow", &[1, 1, 0xff]), pair("keychain-access-groups", &list)].concat();
        let bytes = element(0x70, &[vec![2, 1, 1], element(context(16), &pairs)].concat());
        let read_back = read(&bytes).unwrap();
        let pairs = read_back.as_dictionary().unwrap();
        assert_eq!(pairs["get-task-allow"], Value::Boolean(true));
        assert_eq!(pairs["keychain-access-groups"].as_array().unwrap().len(), 2);
        assert_eq!(read(&bytes[..bytes.len() - 1]), None);
        assert_eq!(read(b""), None);
    }

    #[test]
    fn depth_is_bounded_and_integers_are_saturated() {
        let mut deep = vec![1, 1, 0];
        for _ in 0..40 {
            deep = element(0x30, &deep);
        }
        let pair = element(0x30, &[element(0x0c, b"a"), deep].concat());
        assert_eq!(read(&element(0x70, &[vec![2, 1, 1], element(context(16), &pair)].concat())), None);
        assert_eq!((integer(&[0xff]), integer(&[0, 0x80]), integer(&[0x7f; 9])), (-1, 128, i64::MAX));
    }
}
