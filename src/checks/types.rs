//! The types of facts, read from the JSON Schema that the fact structs generate.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, LazyLock},
};

use serde_json::Value;

use crate::model::Text;

use super::type_reader;

/// Spellings by which a three-valued fact says that it is not known.
const UNKNOWN: [&str; 2] = ["unknown", "indeterminate"];

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
        Self { root: type_reader::read(schema) }
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
    pub fn new(values: BTreeSet<String>, more_unknown: BTreeSet<String>) -> Self {
        let unknown = values.iter().filter(|v| UNKNOWN.contains(&v.as_str()) || more_unknown.contains(*v)).cloned();
        Self { unknown: unknown.collect(), values }
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
    #[expect(dead_code, reason = "only its schema is used")]
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
