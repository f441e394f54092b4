//! Lists of certificate transparency logs in the public JSON form, version 3: whose key is which. Browsers publish theirs so.

use serde::Deserialize;
use thiserror::Error;

use crate::model::Digest;

/// The published lists have some hundreds of kilobytes.
const MAX_BYTES: usize = 16 << 20;

/// Why a list is none.
#[derive(Debug, Error)]
pub enum LogListError {
    #[error("a list of {0} bytes")]
    TooLong(usize),
    #[error("not a log list of version 3: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{name}: a key or number that is not Base64")]
    Base64 { name: String },
    #[error("{name}: the number is not the digest of the key")]
    OtherKey { name: String },
    #[error("no log in it")]
    Empty,
}

/// A log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// SHA-256 of the key.
    pub id: [u8; 32],
    /// SubjectPublicKeyInfo as DER.
    pub key: Vec<u8>,
    pub name: String,
}

#[derive(Deserialize)]
struct List {
    operators: Vec<Operator>,
}

#[derive(Deserialize)]
struct Operator {
    name: String,
    #[serde(default)]
    logs: Vec<Entry>,
    #[serde(default)]
    tiled_logs: Vec<Entry>,
}

/// Logs of either kind have the same key fields. Where they are reached and whether they still take anything is left aside.
#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    description: String,
    log_id: String,
    key: String,
}

/// Reads a list, whole or not at all: a log left out would look like one that nobody knows.
pub fn read(bytes: &[u8]) -> Result<Vec<Log>, LogListError> {
    if bytes.len() > MAX_BYTES {
        return Err(LogListError::TooLong(bytes.len()));
    }
    let list: List = serde_json::from_slice(bytes)?;
    let mut logs = Vec::new();
    for Operator { name: operator, logs: own, tiled_logs } in list.operators {
        for entry in own.into_iter().chain(tiled_logs) {
            let name = if entry.description.is_empty() { operator.clone() } else { entry.description };
            let (Some(id), Some(key)) = (from_base64(&entry.log_id), from_base64(&entry.key)) else {
                return Err(LogListError::Base64 { name });
            };
            let digest = Digest::of(&key);
            if id != digest.as_bytes() {
                return Err(LogListError::OtherKey { name });
            }
            logs.push(Log { id: *digest.as_bytes(), key, name });
        }
    }
    if logs.is_empty() { Err(LogListError::Empty) } else { Ok(logs) }
}

/// RFC 4648 section 4, with its padding.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    let digits = text.trim_end_matches('=');
    if !text.len().is_multiple_of(4) || text.len() - digits.len() > 2 {
        return None;
    }
    let mut out = Vec::with_capacity(digits.len() * 3 / 4);
    for group in digits.as_bytes().chunks(4) {
        let mut word = 0_u32;
        for digit in group {
            let value = match digit {
                b'A'..=b'Z' => digit - b'A',
                b'a'..=b'z' => digit - b'a' + 26,
                b'0'..=b'9' => digit - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            };
            word = word << 6 | u32::from(value);
        }
        let bytes = (word << (6 * (4 - group.len()))).to_be_bytes();
        out.extend(bytes.get(1..group.len())?);
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::{LogListError, from_base64, read};

    fn list(id: &str, key: &str) -> String {
        format!(
            r#"{{"version": "1.0", "operators": [{{"name": "Test", "email": [], "logs": [],
            "tiled_logs": [{{"description": "Test 2026", "log_id": "{id}", "key": "{key}", "mmd": 60}}]}}]}}"#
        )
    }

    #[test]
    fn a_log_is_known_by_the_digest_of_its_key() {
        // SHA-256 of "abc" (FIPS 180).
        let id = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        let logs = read(list(id, "YWJj").as_bytes()).unwrap();
        assert_eq!((logs.len(), logs[0].name.as_str(), logs[0].key.as_slice()), (1, "Test 2026", &b"abc"[..]));
        assert!(matches!(read(list(id, "YWJk").as_bytes()), Err(LogListError::OtherKey { .. })));
        assert!(matches!(read(list(id, "YW").as_bytes()), Err(LogListError::Base64 { .. })));
        assert!(matches!(read(br#"{"operators": []}"#), Err(LogListError::Empty)));
        assert!(matches!(read(b"[]"), Err(LogListError::Json(_))));
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        let pairs =
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("foobar", "Zm9vYmFy")];
        for (plain, encoded) in pairs {
            assert_eq!(from_base64(encoded).as_deref(), Some(plain.as_bytes()));
        }
        for wrong in ["Zg", "Z===", "Zg=a", "Zm 9", "===="] {
            assert_eq!(from_base64(wrong), None, "{wrong}");
        }
    }
}
