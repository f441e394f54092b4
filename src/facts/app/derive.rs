//! From the file and the decoder's tree to the facts of a package.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{App, Coverage, File, Kind, NetworkSecurityFacts, Zip};
use crate::{
    evidence::Record,
    facts::{
        Artifacts, EvaluationContext, FactDocument,
        artifacts::{decoded, json as item_json, usable},
    },
    formats::{
        apk::{Document, Manifest},
        items::{PACKAGE as FILE, PACKAGE_DECODED as DECODED},
    },
    model::{Decoder, Fact, Tri, Unread, UnreadStatus},
};

pub(in crate::facts) fn derive(artifacts: &dyn Artifacts, decoder: &dyn Decoder) -> FactDocument {
    let external = artifacts.record(FILE).is_some_and(|record| record.external);
    let tree = if external { item_json(artifacts, DECODED) } else { tree(artifacts, decoder) };
    let read_from = if external { DECODED } else { FILE };
    let app = facts(artifacts.record(FILE), &usable(artifacts, FILE), &tree);
    let sources = BTreeMap::from([
        ("app".to_owned(), vec![read_from.to_owned()]),
        ("app.file".to_owned(), vec![FILE.to_owned()]),
    ]);
    FactDocument::new("app", serde_json::to_value(app).unwrap_or_default(), sources)
}

fn tree(artifacts: &dyn Artifacts, decoder: &dyn Decoder) -> Fact<Document> {
    decoded(artifacts, FILE, "app-package", decoder).and_then(|value| match serde_json::from_value(value) {
        Ok(tree) => Fact::Known(tree),
        Err(_) => Fact::unread(UnreadStatus::Error, "app.package: decoder_failed"),
    })
}

fn later<T>() -> Fact<T> {
    Fact::unread(UnreadStatus::NotTested, "later_version")
}

fn facts(record: Option<&Record>, readable: &Fact<()>, tree: &Fact<Document>) -> App {
    let of = tree.as_ref();
    let manifest: Fact<&Manifest> = of.clone().and_then(|tree| match &tree.manifest {
        Some(manifest) => Fact::Known(manifest),
        None => Fact::unread(UnreadStatus::NotTested, "later_version"),
    });
    let from = |get: fn(&Manifest) -> Fact<bool>| manifest.clone().and_then(get);
    let file = |get: fn(&Record) -> Option<Value>| {
        readable.clone().and_then(|()| match record.and_then(get) {
            Some(value) => Fact::Known(value),
            None => Fact::unread(UnreadStatus::Error, FILE),
        })
    };
    App {
        kind: of.clone().and_then(|tree| kind(&tree.kind)),
        file: File {
            sha256: file(|r| r.object.map(|digest| json!(digest))).and_then(parsed),
            sm3: later(),
            bytes: file(|r| Some(json!(r.size))).and_then(parsed),
            entries: of.clone().map(|tree| tree.entries),
            uncompressed: of.clone().map(|tree| tree.uncompressed),
        },
        zip: Zip { anomalies: of.clone().map(|tree| tree.anomalies.clone()) },
        package: manifest.clone().map(|m| m.package.clone()),
        version_name: manifest.clone().map(|m| m.version_name.clone()),
        version_code: manifest.clone().map(|m| m.version_code),
        min_sdk: manifest.clone().map(|m| m.min_sdk),
        target_sdk: manifest.clone().map(|m| m.target_sdk),
        debuggable: from(|m| m.debuggable.clone()),
        test_only: from(|m| m.test_only.clone()),
        allow_backup: from(|m| m.allow_backup.clone()),
        cleartext_permitted: manifest.known().map_or(Tri::Unknown, |m| m.cleartext_permitted),
        network_security: network_security(&manifest),
        permissions: manifest.clone().map(|m| m.permissions.clone()),
        components: manifest.map(|m| m.components.clone()),
        signatures: later(),
        signature_verified: later(),
        signers: later(),
        signer_allowed: Tri::Unknown,
        janus: later(),
        packers: later(),
        code_assessable: Tri::Unknown,
        native_libs: later(),
        coverage: Coverage {
            dex_present: of.map(|tree| tree.dex_present),
            dex_scanned: later(),
            entries_scanned: later(),
        },
    }
}

fn parsed<T: serde::de::DeserializeOwned>(value: Value) -> Fact<T> {
    serde_json::from_value(value).map_or_else(|_| Fact::unread(UnreadStatus::Error, FILE), Fact::Known)
}

fn kind(name: &str) -> Fact<Kind> {
    parsed(Value::from(name))
}

fn network_security(manifest: &Fact<&Manifest>) -> NetworkSecurityFacts {
    match manifest {
        Fact::Known(manifest) => NetworkSecurityFacts::from_config(&manifest.network_security),
        Fact::Unread(why) => unknown_security(why),
    }
}

fn unknown_security(why: &Unread) -> NetworkSecurityFacts {
    NetworkSecurityFacts {
        declared: Tri::Unknown,
        cleartext: Tri::Unknown,
        cleartext_exceptions: Fact::Unread(why.clone()),
        user_anchors: Tri::Unknown,
        pins: Tri::Unknown,
        debug_overrides: Tri::Unknown,
    }
}

/// Whether every signer is one that the inventory designates. Without a list, or without signers, it is unknown.
pub(in crate::facts) fn at_evaluation(app: &mut Value, context: &EvaluationContext<'_>) {
    let designated = &context.asset.signers;
    let signers = app.get("signers").and_then(Value::as_array);
    let allowed = match signers {
        Some(signers) if !designated.is_empty() && !signers.is_empty() => {
            let known = |signer: &Value| {
                signer.get("sha256").is_some_and(|digest| designated.iter().any(|ok| json!(ok) == *digest))
            };
            Tri::from(signers.iter().all(known))
        }
        _ => Tri::Unknown,
    };
    if let Some(app) = app.as_object_mut() {
        app.insert("signer_allowed".to_owned(), json!(allowed));
    }
}
