//! From the JSON Schema that the fact structs generate to types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::types::{Choices, Field, Fields, Kind, Type, join};

/// A `$ref` chain or nesting deeper than this is typed as anything.
const DEPTH: usize = 24;

/// Reads the type of a JSON Schema (2020-12, as schemars writes it).
pub fn read(schema: &Value) -> Type {
    Reader { document: schema }.read(schema, 0)
}

struct Reader<'a> {
    document: &'a Value,
}

impl Reader<'_> {
    fn read(&self, schema: &Value, depth: usize) -> Type {
        let Some(object) = schema.as_object() else { return Type::any() };
        if depth > DEPTH {
            return Type::any();
        }
        if let Some(target) = object.get("$ref").and_then(Value::as_str) {
            let found = target.strip_prefix('#').and_then(|pointer| self.document.pointer(pointer));
            return found.map_or_else(Type::any, |schema| self.read(schema, depth + 1));
        }
        if let Some([member]) = object.get("allOf").and_then(Value::as_array).map(Vec::as_slice) {
            return self.read(member, depth + 1);
        }
        for union in ["anyOf", "oneOf"] {
            if let Some(members) = object.get(union).and_then(Value::as_array) {
                return self.union(members, object, depth);
            }
        }
        if let Some(values) = object.get("enum").and_then(Value::as_array) {
            return words(values, object);
        }
        if let Some(value) = object.get("const") {
            return words(std::slice::from_ref(value), object);
        }
        self.plain(object, depth)
    }

    fn plain(&self, object: &Map<String, Value>, depth: usize) -> Type {
        match type_name(object) {
            Some("boolean") => Type::bool(),
            Some("integer") => Type::int(),
            Some("number") => Type::new(Kind::Float),
            Some("string") => Type::string(),
            Some("array") => {
                Type::list(object.get("items").map_or_else(Type::any, |items| self.read(items, depth + 1)))
            }
            Some("object") => self.object(object, depth),
            _ if object.contains_key("properties") => self.object(object, depth),
            _ => Type::any(),
        }
    }

    fn object(&self, object: &Map<String, Value>, depth: usize) -> Type {
        let required: BTreeSet<_> =
            object.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let named: BTreeMap<_, _> = object
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(name, schema)| {
                let required = required.contains(name.as_str());
                (name.clone(), Field { ty: self.read(schema, depth + 1), required })
            })
            .collect();
        let rest = object.get("additionalProperties").filter(|rest| !matches!(rest, Value::Bool(false)));
        let rest = rest.map(|schema| self.read(schema, depth + 1));
        match rest {
            Some(value) if named.is_empty() => Type::new(Kind::Map(value)),
            rest => Type::new(Kind::Struct(Fields { named, rest })),
        }
    }

    fn union(&self, members: &[Value], outer: &Map<String, Value>, depth: usize) -> Type {
        let is_null = |member: &Value| member.get("type").and_then(Value::as_str) == Some("null");
        let types = members.iter().filter(|m| !is_null(m)).map(|member| self.read(member, depth + 1));
        let joined = types.reduce(|a, b| join(&a, &b)).unwrap_or_else(Type::any);
        match joined.kind() {
            Kind::Enum(choices) => {
                let mut more = said_unknown(outer);
                more.extend(choices.unknown.iter().cloned());
                Type::new(Kind::Enum(Choices::new(choices.values.clone(), more)))
            }
            _ => joined,
        }
    }
}

/// The one `type` of a schema; `null` beside another type means that the field may be absent.
fn type_name(object: &Map<String, Value>) -> Option<&str> {
    match object.get("type")? {
        Value::String(name) => Some(name),
        Value::Array(names) => {
            let mut names = names.iter().filter_map(Value::as_str).filter(|name| *name != "null");
            names.next().filter(|_| names.next().is_none())
        }
        _ => None,
    }
}

fn words(values: &[Value], object: &Map<String, Value>) -> Type {
    let known: Vec<_> = values.iter().filter(|v| !v.is_null()).collect();
    if !known.iter().all(|v| v.is_string()) {
        return Type::any();
    }
    let words = known.into_iter().filter_map(Value::as_str).map(str::to_owned).collect();
    Type::new(Kind::Enum(Choices::new(words, said_unknown(object))))
}

fn said_unknown(object: &Map<String, Value>) -> BTreeSet<String> {
    let list = object.get("x-unknown").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
