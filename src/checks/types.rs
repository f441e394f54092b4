//! The types of facts, read from the JSON Schema that the fact structs generate.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::model::{Text, UnreadStatus};

use super::text;

/// Spellings by which a three-valued fact says that it is not known.
const UNKNOWN: [&str; 2] = ["unknown", "indeterminate"];

/// A `$ref` chain or nesting deeper than this is typed as anything.
const DEPTH: usize = 24;

/// The types of all facts: one struct whose fields are the domains.
#[derive(Clone, Debug)]
pub struct Schema {
    root: Type,
}

/// The type of a fact. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type(Arc<Kind>);

/// What a fact can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The schema does not say, or allows several kinds.
    Any,
    Bool,
    Int,
    Float,
    String,
    Enum(Choices),
    List(Type),
    /// Keys are data; an absent key is proven absent.
    Map(Type),
    Struct(Fields),
}

/// The values of a closed list of words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    pub values: BTreeSet<String>,
    /// Those of the values that say "not known": `unknown`, `indeterminate`, and what the schema lists in `x-unknown`.
    pub unknown: BTreeSet<String>,
}

/// The fields of a struct by name, and the type of further keys where there may be any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields {
    pub named: BTreeMap<String, Field>,
    pub rest: Option<Type>,
}

/// One field of a struct.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub ty: Type,
    /// A required field that is missing was not collected; an optional one is proven absent.
    pub required: bool,
}

impl Schema {
    /// The facts that this program makes.
    pub fn facts() -> &'static Self {
        static FACTS: LazyLock<Schema> = LazyLock::new(|| Schema::from_json(crate::facts::schema()));
        &FACTS
    }

    /// Reads a JSON Schema (2020-12, as schemars writes it) whose root is an object of domains.
    pub fn from_json(schema: &Value) -> Self {
        Self { root: Reader { document: schema }.read(schema, 0) }
    }

    /// Types nothing: every path is allowed and every missing value is unknown.
    pub fn open() -> Self {
        Self { root: Type::any() }
    }

    pub fn root(&self) -> &Type {
        &self.root
    }

    /// The type at a dotted path such as `host.sshd.effective`; `[]` names the elements of a list.
    pub fn at(&self, path: &str) -> Option<Type> {
        path.split('.').try_fold(self.root.clone(), |ty, name| match name.strip_suffix("[]") {
            Some(list) => ty.field(list)?.element(),
            None => ty.field(name),
        })
    }
}

impl Type {
    pub fn new(kind: Kind) -> Self {
        Self(Arc::new(kind))
    }

    pub fn any() -> Self {
        Self::new(Kind::Any)
    }

    pub fn bool() -> Self {
        Self::new(Kind::Bool)
    }

    pub fn int() -> Self {
        Self::new(Kind::Int)
    }

    pub fn string() -> Self {
        Self::new(Kind::String)
    }

    pub fn list(of: Self) -> Self {
        Self::new(Kind::List(of))
    }

    /// A closed list of words.
    pub fn choice(values: impl IntoIterator<Item = String>) -> Self {
        Self::new(Kind::Enum(Choices::new(values.into_iter().collect(), BTreeSet::new())))
    }

    pub fn kind(&self) -> &Kind {
        &self.0
    }

    pub fn is_any(&self) -> bool {
        matches!(self.kind(), Kind::Any)
    }

    pub fn is_number(&self) -> bool {
        matches!(self.kind(), Kind::Int | Kind::Float | Kind::Any)
    }

    pub fn is_text(&self) -> bool {
        matches!(self.kind(), Kind::String | Kind::Enum(_) | Kind::Any)
    }

    /// The type of what `name` selects; `None` where there can be no such thing.
    pub fn field(&self, name: &str) -> Option<Self> {
        match self.kind() {
            Kind::Any => Some(Self::any()),
            Kind::Map(value) => Some(value.clone()),
            Kind::Struct(fields) => {
                fields.named.get(name).map(|field| field.ty.clone()).or_else(|| fields.rest.clone())
            }
            _ => None,
        }
    }

    /// Whether `name` may be absent although its parent was read.
    pub fn may_lack(&self, name: &str) -> bool {
        match self.kind() {
            Kind::Map(_) => true,
            Kind::Struct(fields) => fields.named.get(name).map_or(fields.rest.is_some(), |field| !field.required),
            _ => false,
        }
    }

    /// The type of the elements of a list or the values of a map.
    pub fn element(&self) -> Option<Self> {
        match self.kind() {
            Kind::Any => Some(Self::any()),
            Kind::List(element) | Kind::Map(element) => Some(element.clone()),
            _ => None,
        }
    }

    /// Whether `word` is this type's way to say that the value is not known.
    pub fn is_unknown_word(&self, word: &str) -> bool {
        match self.kind() {
            Kind::Enum(choices) => choices.unknown.contains(word),
            Kind::Any => UNKNOWN.contains(&word),
            _ => false,
        }
    }

    /// What people call the type in a message.
    pub fn describe(&self) -> Text {
        match self.kind() {
            Kind::Any => Text::new("任意值", "anything"),
            Kind::Bool => Text::new("布尔值", "a boolean"),
            Kind::Int => Text::new("整数", "an integer"),
            Kind::Float => Text::new("数值", "a number"),
            Kind::String => Text::new("字符串", "a string"),
            Kind::Enum(choices) => {
                let values: Vec<_> = choices.values.iter().map(|v| format!("\"{v}\"")).collect();
                Text::new(format!("{} 之一", values.join("、")), format!("one of {}", values.join(", ")))
            }
            Kind::List(element) => {
                let element = element.describe();
                Text::new(format!("列表（元素为{}）", element.zh), format!("a list of {}", element.en))
            }
            Kind::Map(_) => Text::new("映射", "a map"),
            Kind::Struct(_) => Text::new("一组事实", "a group of facts"),
        }
    }
}

impl Choices {
    fn new(values: BTreeSet<String>, more_unknown: BTreeSet<String>) -> Self {
        let unknown = values.iter().filter(|v| UNKNOWN.contains(&v.as_str()) || more_unknown.contains(*v)).cloned();
        Self { unknown: unknown.collect(), values }
    }
}

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

/// The least type that both fit into.
pub fn join(a: &Type, b: &Type) -> Type {
    match (a.kind(), b.kind()) {
        _ if a == b => a.clone(),
        (Kind::Enum(x), Kind::Enum(y)) => Type::new(Kind::Enum(Choices {
            values: x.values.union(&y.values).cloned().collect(),
            unknown: x.unknown.union(&y.unknown).cloned().collect(),
        })),
        (Kind::Enum(_) | Kind::String, Kind::Enum(_) | Kind::String) => Type::string(),
        (Kind::Int | Kind::Float, Kind::Int | Kind::Float) => Type::new(Kind::Float),
        (Kind::List(x), Kind::List(y)) => Type::list(join(x, y)),
        (Kind::Map(x), Kind::Map(y)) => Type::new(Kind::Map(join(x, y))),
        (Kind::Struct(x), Kind::Struct(y)) => Type::new(Kind::Struct(join_fields(x, y))),
        _ => Type::any(),
    }
}

fn join_fields(x: &Fields, y: &Fields) -> Fields {
    let names: BTreeSet<_> = x.named.keys().chain(y.named.keys()).collect();
    let named = names.into_iter().map(|name| {
        let field = match (x.named.get(name), y.named.get(name)) {
            (Some(a), Some(b)) => Field { ty: join(&a.ty, &b.ty), required: a.required && b.required },
            (Some(one), None) | (None, Some(one)) => Field { ty: one.ty.clone(), required: false },
            (None, None) => Field { ty: Type::any(), required: false },
        };
        (name.clone(), field)
    });
    Fields { named: named.collect(), rest: x.rest.clone().or_else(|| y.rest.clone()) }
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

#[cfg(test)]
mod tests {
    use schemars::{JsonSchema, schema_for};
    use serde::Serialize;

    use crate::model::{Fact, Tri};

    use super::{Kind, Schema};

    #[derive(Serialize, JsonSchema)]
    struct Root {
        host: Host,
    }

    #[derive(Serialize, JsonSchema)]
    struct Host {
        sshd: Fact<Sshd>,
        accounts: Fact<Vec<Account>>,
        sysctl: std::collections::BTreeMap<String, Fact<String>>,
    }

    #[derive(Serialize, JsonSchema)]
    struct Sshd {
        installed: bool,
        banner: Option<String>,
        tri: Tri,
    }

    #[derive(Serialize, JsonSchema)]
    struct Account {
        uid: Fact<u32>,
        password: Fact<Password>,
        last: Option<Fact<i64>>,
    }

    /// How the password stands.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    enum Password {
        /// There is none.
        None,
        Locked,
        Set,
    }

    fn schema() -> Schema {
        Schema::from_json(schema_for!(Root).as_value())
    }

    #[test]
    fn what_the_fact_structs_generate_is_understood() {
        let schema = schema();
        let kind = |path: &str| schema.at(path).unwrap_or_else(|| panic!("{path}")).kind().clone();
        assert_eq!(kind("host.sshd.installed"), Kind::Bool);
        assert_eq!(kind("host.accounts[].uid"), Kind::Int);
        assert_eq!(kind("host.accounts[].last"), Kind::Int);
        assert_eq!(kind("host.sshd.banner"), Kind::String);
        assert!(matches!(kind("host.sysctl"), Kind::Map(_)));
        assert_eq!(kind("host.sysctl.anything"), Kind::String);
        let Kind::Enum(choices) = kind("host.accounts[].password") else { panic!("words") };
        assert_eq!(choices.values.iter().map(String::as_str).collect::<Vec<_>>(), ["locked", "none", "set"]);
        assert!(choices.unknown.is_empty());
        assert!(schema.at("host.sshd.tri").unwrap().is_unknown_word("unknown"));
        assert!(schema.at("host.nothing").is_none());
    }

    #[test]
    fn only_optional_fields_and_map_keys_may_be_absent() {
        let schema = schema();
        assert!(schema.at("host.sshd").unwrap().may_lack("banner"));
        assert!(!schema.at("host.sshd").unwrap().may_lack("installed"));
        assert!(schema.at("host.sysctl").unwrap().may_lack("x"));
        assert!(!schema.at("host").unwrap().may_lack("sshd"));
    }

    #[test]
    fn a_recursive_schema_ends_in_anything() {
        let schema = serde_json::json!({
            "type": "object", "properties": {"a": {"$ref": "#/$defs/N"}},
            "$defs": {"N": {"type": "object", "properties": {"a": {"$ref": "#/$defs/N"}}}},
        });
        assert!(Schema::from_json(&schema).at("a.a.a").is_some());
    }

    #[test]
    fn a_schema_can_name_more_words_that_mean_unknown() {
        let schema = serde_json::json!({"type": "object", "properties": {"a": {
            "type": "string", "enum": ["accepted", "refused", "timeout"], "x-unknown": ["timeout"]}}});
        let schema = Schema::from_json(&schema);
        assert!(schema.at("a").unwrap().is_unknown_word("timeout"));
        assert!(!schema.at("a").unwrap().is_unknown_word("refused"));
    }
}
