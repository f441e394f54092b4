//! A typed fact: a known value, or the reason why it is not known.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Serialize};

/// A value that was read, or why it could not be. Serialises as the value itself or as
/// `{"$status": ..., "reason": ...}`, the form that never reaches an expression.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Fact<T> {
    Unread(Unread),
    Known(T),
}

/// Why a fact is not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unread {
    #[serde(rename = "$status")]
    pub status: UnreadStatus,
    /// A short code or the name of the evidence item, never prose for a report.
    pub reason: String,
}

/// The closed list of why a fact is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnreadStatus {
    Denied,
    NoTool,
    Timeout,
    TooLarge,
    Error,
    /// Nobody asked, or what asks comes with a later capability.
    NotTested,
}

/// A security fact that may be unknown. `unknown` never reaches an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tri {
    Yes,
    No,
    Unknown,
}

impl From<bool> for Tri {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

impl<T> Fact<T> {
    pub fn unread(status: UnreadStatus, reason: impl Into<String>) -> Self {
        Self::Unread(Unread { status, reason: reason.into() })
    }

    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unread(_) => None,
        }
    }

    pub fn as_ref(&self) -> Fact<&T> {
        match self {
            Self::Known(value) => Fact::Known(value),
            Self::Unread(why) => Fact::Unread(why.clone()),
        }
    }

    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known(value) => Fact::Known(f(value)),
            Self::Unread(why) => Fact::Unread(why),
        }
    }

    pub fn and_then<U>(self, f: impl FnOnce(T) -> Fact<U>) -> Fact<U> {
        match self {
            Self::Known(value) => f(value),
            Self::Unread(why) => Fact::Unread(why),
        }
    }
}

impl<T> From<T> for Fact<T> {
    fn from(value: T) -> Self {
        Self::Known(value)
    }
}

/// The schema of a fact is that of its value; that it may be unread is said by `x-unreadable`.
impl<T: JsonSchema> JsonSchema for Fact<T> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        format!("Fact<{}>", T::schema_id()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = generator.subschema_for::<T>();
        schema.insert("x-unreadable".to_owned(), true.into());
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::{Fact, UnreadStatus};

    #[test]
    fn an_unread_fact_serialises_as_its_status_and_reads_back() {
        let fact: Fact<u32> = Fact::unread(UnreadStatus::NoTool, "sshd.effective");
        let json = serde_json::to_string(&fact).unwrap();
        assert_eq!(json, r#"{"$status":"no_tool","reason":"sshd.effective"}"#);
        assert_eq!(serde_json::from_str::<Fact<u32>>(&json).unwrap(), fact);
        assert_eq!(serde_json::from_str::<Fact<u32>>("7").unwrap(), Fact::Known(7));
    }
}
