//! Names that people give to things: `[a-z0-9.-]+`, at most 100 characters.

use std::{borrow::Cow, fmt, str::FromStr};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};
use thiserror::Error;

/// A text that is no id.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{text}` is not an id: 1 to 100 of a-z, 0-9, `.` and `-`, beginning with a letter or digit")]
pub struct IdError {
    pub text: String,
}

fn validated(text: &str) -> Result<String, IdError> {
    let ok = (1..=100).contains(&text.len())
        && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-'))
        && text.as_bytes()[0].is_ascii_alphanumeric()
        && !text.contains("..");
    if ok { Ok(text.to_owned()) } else { Err(IdError { text: text.chars().take(120).collect() }) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                validated(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<'de, str>::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "pattern": "^[a-z0-9][a-z0-9.-]{0,99}$"})
            }
        }
    };
}

id!(
    /// An asset of the inventory, such as `web-01`. It names a folder of the bundle.
    AssetId
);
id!(
    /// A check, such as `host.ssh.root-login`: its file name, SARIF rule and page.
    CheckId
);
id!(
    /// An item of a standard, such as `8.1.4.1.a`.
    ItemId
);
id!(
    /// A profile, such as `gbt-22239-2019-l3`.
    ProfileId
);
id!(
    /// A subsite, such as `cd`. It names a folder of the output.
    SubsiteId
);
id!(
    /// A graded system (定级对象).
    SystemId
);

#[cfg(test)]
mod tests {
    use super::AssetId;

    #[test]
    fn an_id_can_name_a_folder_and_nothing_outside_it() {
        assert!("web-01".parse::<AssetId>().is_ok());
        for bad in ["", "..", "a/b", "A", "-x", ".x", "a..b", &"a".repeat(101), "空"] {
            assert!(bad.parse::<AssetId>().is_err(), "{bad}");
        }
    }
}
