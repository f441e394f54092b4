//! Parameters of checks: what a check declares, and the values that a profile gives.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::model::{Digest, Text};

use super::{Check, text, types::Type};

/// A parameter that a check declares.
#[derive(Clone, Debug, PartialEq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Param {
    #[serde(rename = "type")]
    pub kind: ParamType,
    pub default: Value,
    /// The values, or the elements of a list, that there are.
    #[serde(rename = "enum", default)]
    pub choices: Option<Vec<Value>>,
    #[serde(default)]
    pub min: Option<i64>,
    #[serde(default)]
    pub max: Option<i64>,
    pub doc: Text,
}

/// The types of parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum ParamType {
    #[serde(rename = "bool")]
    Bool,
    #[serde(rename = "int")]
    Int,
    #[serde(rename = "string")]
    String,
    #[serde(rename = "list<int>")]
    IntList,
    #[serde(rename = "list<string>")]
    StringList,
}

/// Values for parameters by name; what is left out has its default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Params(pub BTreeMap<String, Value>);

/// A value that does not fit its parameter.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("parameter `{name}`: {}", .message.en)]
pub struct ParamMistake {
    pub name: String,
    pub message: Text,
}

impl Param {
    /// The type that expressions see.
    pub fn ty(&self) -> Type {
        let words = self
            .choices
            .as_ref()
            .and_then(|all| all.iter().map(|v| v.as_str().map(str::to_owned)).collect::<Option<Vec<_>>>());
        let text = || words.map_or_else(Type::string, Type::choice);
        match self.kind {
            ParamType::Bool => Type::bool(),
            ParamType::Int => Type::int(),
            ParamType::String => text(),
            ParamType::IntList => Type::list(Type::int()),
            ParamType::StringList => Type::list(text()),
        }
    }

    /// What is wrong with a value, if anything.
    pub fn mistake(&self, value: &Value) -> Option<Text> {
        match (self.kind, value) {
            (ParamType::IntList | ParamType::StringList, Value::Array(list)) => {
                list.iter().find_map(|element| self.scalar_mistake(element))
            }
            (ParamType::IntList | ParamType::StringList, _) => Some(Text::new("应为列表", "must be a list")),
            _ => self.scalar_mistake(value),
        }
    }

    fn scalar_mistake(&self, value: &Value) -> Option<Text> {
        let ok = match self.kind {
            ParamType::Bool => value.is_boolean(),
            ParamType::Int | ParamType::IntList => value.is_i64(),
            ParamType::String | ParamType::StringList => value.is_string(),
        };
        if !ok {
            return Some(text!("{value} 的类型不对", "{value} is of the wrong type"));
        }
        if let Some(choices) = &self.choices
            && !choices.contains(value)
        {
            let all = choices.iter().map(Value::to_string).collect::<Vec<_>>().join(", ");
            return Some(text!("{value} 不是 {all} 之一", "{value} is none of {all}"));
        }
        let number = value.as_i64()?;
        if self.min.is_some_and(|min| number < min) || self.max.is_some_and(|max| number > max) {
            return Some(text!("{value} 超出范围", "{value} is out of range"));
        }
        None
    }
}

impl Params {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Check {
    /// The values of all parameters: those given, and the defaults of the others.
    pub fn effective(&self, given: &Params) -> Result<Map<String, Value>, ParamMistake> {
        for (name, value) in &given.0 {
            let message = match self.params.get(name) {
                None => Some(Text::new("检查没有这个参数", "the check has no such parameter")),
                Some(param) => param.mistake(value),
            };
            if let Some(message) = message {
                return Err(ParamMistake { name: name.clone(), message });
            }
        }
        let value = |name: &String, param: &Param| given.0.get(name).unwrap_or(&param.default).clone();
        Ok(self.params.iter().map(|(name, param)| (name.clone(), value(name, param))).collect())
    }
}

/// Identity of a set of values: the digest of its sorted JSON.
pub(super) fn digest(values: &Map<String, Value>) -> Digest {
    let sorted: BTreeMap<_, _> = values.iter().collect();
    let bytes = serde_json::to_vec(&sorted).unwrap_or_default();
    Digest::of(&bytes)
}
