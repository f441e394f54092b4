//! The tree of an Android XML document, whichever binary form it was read from.

use std::sync::Arc;

/// The namespace of the attributes that the platform defines.
pub const ANDROID: &str = "http://schemas.android.com/apk/res/android";

/// One element with what is inside.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Element {
    pub name: Arc<str>,
    pub attributes: Vec<Attribute>,
    pub children: Vec<Element>,
    /// The character data directly inside, joined.
    pub text: String,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    pub namespace: Arc<str>,
    pub name: Arc<str>,
    /// The resource number by which the platform knows the attribute; 0 where it has none.
    pub id: u32,
    pub value: Value,
}

/// A value as it was compiled.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Text(Arc<str>),
    Reference(Reference),
    Boolean(bool),
    Integer(u32),
    /// Another type of `Res_value`: its number and its bits.
    Other {
        kind: u8,
        data: u32,
    },
}

/// Points at a resource, by number, by name (`type/entry`) or both.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// 0 where only the name is known.
    pub id: u32,
    /// Empty where only the number is known.
    pub name: Arc<str>,
}

/// Types of `Res_value` (AOSP `androidfw/ResourceTypes.h`).
mod kind {
    pub const NULL: u8 = 0x00;
    pub const REFERENCE: u8 = 0x01;
    pub const STRING: u8 = 0x03;
    pub const FLOAT: u8 = 0x04;
    pub const DYNAMIC_REFERENCE: u8 = 0x07;
    pub const FIRST_INT: u8 = 0x10;
    pub const BOOLEAN: u8 = 0x12;
    pub const LAST_INT: u8 = 0x1f;
}

impl Value {
    /// From the two fields of a `Res_value`; `string` looks into the pool.
    pub fn typed(of: u8, data: u32, string: impl FnOnce(u32) -> Option<Arc<str>>) -> Self {
        match of {
            kind::STRING => string(data).map_or(Self::Other { kind: of, data }, Self::Text),
            kind::REFERENCE | kind::DYNAMIC_REFERENCE => Self::Reference(Reference { id: data, name: "".into() }),
            kind::BOOLEAN => Self::Boolean(data != 0),
            kind::FIRST_INT..=kind::LAST_INT => Self::Integer(data),
            _ => Self::Other { kind: of, data },
        }
    }

    /// As the platform reads a flag; `None` where it would not take it for one.
    pub fn boolean(&self) -> Option<bool> {
        match self {
            Self::Boolean(value) => Some(*value),
            Self::Integer(value) => Some(*value != 0),
            Self::Text(text) => match &**text {
                "true" | "TRUE" | "True" | "1" => Some(true),
                "false" | "FALSE" | "False" | "0" => Some(false),
                _ => None,
            },
            Self::Reference(_) | Self::Other { .. } => None,
        }
    }

    /// As the platform reads a number: two's complement, decimal or hexadecimal where it is text.
    pub fn number(&self) -> Option<i64> {
        match self {
            Self::Integer(value) => Some(i64::from(value.cast_signed())),
            Self::Boolean(value) => Some(i64::from(*value)),
            Self::Text(text) => match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
                Some(hex) => i64::from_str_radix(hex, 16).ok(),
                None => text.parse().ok(),
            },
            Self::Reference(_) | Self::Other { .. } => None,
        }
    }

    /// As text; `None` for a reference and for nothing.
    pub fn text(&self) -> Option<Arc<str>> {
        Some(match self {
            Self::Text(text) => text.clone(),
            Self::Boolean(value) => if *value { "true" } else { "false" }.into(),
            Self::Integer(value) => value.cast_signed().to_string().into(),
            Self::Other { kind: kind::FLOAT, data } => f32::from_bits(*data).to_string().into(),
            Self::Other { .. } | Self::Reference(_) => return None,
        })
    }

    /// What it costs to compare it, in steps.
    pub fn weight(&self) -> u64 {
        match self {
            Self::Text(text) => u64::try_from(text.len() / 64).unwrap_or(u64::MAX).saturating_add(1),
            _ => 1,
        }
    }

    /// `@null` and `@empty`: nothing was given.
    pub fn is_nothing(&self) -> bool {
        matches!(self, Self::Other { kind: kind::NULL, .. })
            || matches!(self, Self::Reference(to) if to.id == 0 && to.name.is_empty())
    }
}

impl Element {
    /// The children of this name.
    pub fn each<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| &*child.name == name)
    }

    /// The first child of this name.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| &*child.name == name)
    }

    /// An attribute of the platform, by its number only: its name is a label that can lie.
    pub fn android(&self, id: u32) -> Option<&Value> {
        let found = self.attributes.iter().find(|attribute| attribute.id == id)?;
        Some(&found.value).filter(|value| !value.is_nothing())
    }

    /// An attribute that the platform asks for by name and without a namespace.
    pub fn plain(&self, name: &str) -> Option<&Value> {
        let found = self.attributes.iter().find(|a| &*a.name == name && a.namespace.is_empty())?;
        Some(&found.value).filter(|value| !value.is_nothing())
    }
}
