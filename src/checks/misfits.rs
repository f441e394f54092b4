//! Where facts do not fit their types: misspelt names and wrong values in the cases of checks.

use serde::Deserialize as _;
use serde_json::Value;

use crate::model::{Text, UnreadStatus};

use super::{
    text,
    types::{Kind, Type},
};

/// Where a value does not fit its type: the path below it, and what is wrong. What is left out is not missed.
pub fn misfits(value: &Value, ty: &Type) -> Vec<(String, Text)> {
    let mut out = Vec::new();
    misfit(value, ty, &mut String::new(), &mut out);
    out
}

fn misfit(value: &Value, ty: &Type, path: &mut String, out: &mut Vec<(String, Text)>) {
    let mut wrong = |message: Text| out.push((path.clone(), message));
    match (ty.kind(), value) {
        (_, Value::Object(map)) if map.contains_key("$status") => {
            if !map.keys().all(|key| matches!(key.as_str(), "$status" | "reason")) || said_status(value).is_none() {
                let help = "denied, no_tool, timeout, too_large, error, not_tested";
                wrong(text!("$status 应为 {help} 之一", "$status is one of {help}"));
            }
        }
        (Kind::Any, _) | (_, Value::Null) | (Kind::Bool, Value::Bool(_)) | (Kind::Float, Value::Number(_)) => {}
        (Kind::String, Value::String(_)) => {}
        (Kind::Int, Value::Number(number)) if number.is_i64() || number.is_u64() => {}
        (Kind::Enum(choices), Value::String(word))
            if choices.values.contains(word) || choices.unknown.contains(word) => {}
        (Kind::List(element), Value::Array(list)) => {
            for (index, value) in list.iter().enumerate() {
                below(&format!("[{index}]"), value, element, path, out);
            }
        }
        (Kind::Map(_) | Kind::Struct(_), Value::Object(map)) => {
            for (name, value) in map {
                match ty.field(name) {
                    Some(ty) => below(&format!(".{name}"), value, &ty, path, out),
                    None => {
                        out.push((format!("{path}.{name}"), text!("没有事实 `{name}`", "there is no fact `{name}`")))
                    }
                }
            }
        }
        _ => {
            let ty = ty.describe();
            wrong(Text::new(format!("应为{}", ty.zh), format!("must be {}", ty.en)));
        }
    }
}

fn below(step: &str, value: &Value, ty: &Type, path: &mut String, out: &mut Vec<(String, Text)>) {
    let length = path.len();
    path.push_str(step);
    misfit(value, ty, path, out);
    path.truncate(length);
}

fn said_status(value: &Value) -> Option<UnreadStatus> {
    UnreadStatus::deserialize(value.get("$status")?).ok()
}
