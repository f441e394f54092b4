//! A hardened package and its build before hardening, judged as one: code from what was built, all else from what is released.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::{
    formats::package::{Compared, Tie},
    model::{Digest, Fact, Tri, UnreadStatus},
};

/// What code shows, which hardening hides.
const FROM_BEFORE: &[&str] = &[
    "code_assessable",
    "crypto",
    "dynamic_code",
    "endpoints",
    "endpoints_found",
    "logging",
    "permissions_unclear",
    "permissions_unused",
    "platform_use",
    "privacy_apis",
    "resilience",
    "sdks",
    "secrets",
    "secrets_found",
    "sm_algorithms",
    "storage",
    "tls_trust",
    "uses",
    "webview",
];

/// How two packages were found to belong together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PairFacts {
    /// The build before hardening.
    pub before_sha256: Fact<Digest>,
    pub same_package: Tri,
    pub same_version: Tri,
    /// Resources, assets and libraries of the same name in both.
    pub common_entries: i64,
    pub same_entries: i64,
    /// Whether they belong together: package, version, and nine of ten common entries.
    pub tied: Tri,
}

/// The facts of the released package with the code facts of the build before hardening, where the two belong together; where
/// that cannot be told, code stays unread.
pub fn pair(released: &mut Value, before: &Value) {
    let (Some(now), Some(then)) = (released.get("app").cloned(), before.get("app")) else { return };
    let compared = tie_of(&now).compare(&tie_of(then));
    let facts = compare(&now, then, compared);
    let Some(app) = released.get_mut("app").and_then(Value::as_object_mut) else { return };
    let tied = facts.tied;
    app.insert("pair".to_owned(), json!(facts));
    take_over(app, then, tied);
}

/// Nothing where it is unread: then nothing is in common.
fn tie_of(app: &Value) -> Tie {
    app.get("tie").and_then(|tie| Tie::deserialize(tie).ok()).unwrap_or_default()
}

fn compare(now: &Value, then: &Value, compared: Compared) -> PairFacts {
    let same = |names: &[&str]| {
        let known = |value: &Value| value.as_str().is_some() || value.as_i64().is_some();
        let all = names.iter().map(|name| match (now.get(*name), then.get(*name)) {
            (Some(a), Some(b)) if known(a) && known(b) => Tri::from(a == b),
            _ => Tri::Unknown,
        });
        all.fold(Tri::Yes, weaker)
    };
    let (same_package, same_version) = (same(&["package"]), same(&["version_name", "version_code"]));
    let before_sha256 = then.pointer("/file/sha256").and_then(Value::as_str).and_then(|text| text.parse().ok());
    PairFacts {
        before_sha256: before_sha256.map_or_else(|| Fact::unread(UnreadStatus::Error, "pair"), Fact::Known),
        same_package,
        same_version,
        common_entries: compared.common,
        same_entries: compared.same,
        tied: weaker(weaker(same_package, same_version), compared.tied),
    }
}

/// No before unknown before yes.
fn weaker(a: Tri, b: Tri) -> Tri {
    match (a, b) {
        (Tri::No, _) | (_, Tri::No) => Tri::No,
        (Tri::Unknown, _) | (_, Tri::Unknown) => Tri::Unknown,
        (Tri::Yes, Tri::Yes) => Tri::Yes,
    }
}

fn take_over(app: &mut Map<String, Value>, then: &Value, tied: Tri) {
    for name in FROM_BEFORE {
        let value = match tied {
            Tri::Yes => then.get(*name).cloned(),
            // Code of another app says nothing of this one.
            Tri::No => unread_like(app.get(*name), "pair_not_tied"),
            Tri::Unknown => unread_like(app.get(*name), "pair_unclear"),
        };
        if let Some(value) = value {
            app.insert((*name).to_owned(), value);
        }
    }
    if tied == Tri::Yes
        && let (Some(coverage), Some(before)) = (app.get_mut("coverage"), then.get("coverage"))
    {
        for name in ["dex_present", "dex_scanned"] {
            if let Some(count) = before.get(name) {
                coverage[name] = count.clone();
            }
        }
    }
}

/// A three-valued fact is unknown by its own word.
fn unread_like(value: Option<&Value>, reason: &str) -> Option<Value> {
    match value? {
        Value::String(word) if ["yes", "no", "unknown"].contains(&word.as_str()) => Some(json!(Tri::Unknown)),
        _ => Some(json!({"$status": UnreadStatus::NotTested, "reason": reason})),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::pair;
    use crate::formats::package::Tie;

    fn tie(bytes: [u8; 3]) -> Tie {
        let mut tie = Tie::default();
        for (name, byte) in ["res/a", "res/b", "assets/c"].iter().zip(bytes) {
            tie.add(name, &[byte; 32]);
        }
        tie
    }

    fn facts(version: i64, tie: Tie, crypto: Value) -> Value {
        json!({"app": {"package": "cn.example", "version_name": "1.0", "version_code": version, "crypto": crypto,
            "tie": tie, "code_assessable": "no", "signature_verified": "yes", "coverage": {"dex_present": 1, "dex_scanned": 1},
            "file": {"sha256": format!("sha256:{}", "ab".repeat(32))}}})
    }

    #[test]
    fn code_comes_from_the_build_before_hardening_and_the_signature_does_not() {
        let mut released = facts(7, tie([1, 2, 3]), json!({"$status": "not_tested", "reason": "code_packed"}));
        let mut before = facts(7, tie([1, 2, 3]), json!([{"use": "cipher_ecb"}]));
        before["app"]["signature_verified"] = json!("no");
        pair(&mut released, &before);
        assert_eq!(released["app"]["pair"]["tied"], "yes");
        assert_eq!(released["app"]["crypto"][0]["use"], "cipher_ecb");
        assert_eq!(released["app"]["signature_verified"], "yes");
    }

    #[test]
    fn another_version_or_other_contents_lend_nothing() {
        for (version, bytes, tied, reason) in
            [(8, [1, 2, 3], "no", "pair_not_tied"), (7, [7, 8, 9], "no", "pair_not_tied")]
        {
            let mut released = facts(7, tie([1, 2, 3]), json!([]));
            pair(&mut released, &facts(version, tie(bytes), json!([])));
            assert_eq!(released["app"]["pair"]["tied"], tied);
            assert_eq!(released["app"]["crypto"]["reason"], reason);
            assert_eq!(released["app"]["code_assessable"], "unknown");
        }
    }

    #[test]
    fn where_nothing_is_in_common_nobody_can_tell() {
        let mut released = facts(7, tie([1, 2, 3]), json!([]));
        pair(&mut released, &facts(7, Tie::default(), json!([])));
        assert_eq!(released["app"]["pair"]["tied"], "unknown");
        assert_eq!(released["app"]["crypto"]["reason"], "pair_unclear");
    }
}
