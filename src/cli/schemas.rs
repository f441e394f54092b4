//! The JSON Schemas of everything that people write for jixian and that programs read from it.

use schemars::{Schema, SchemaGenerator, schema_for};
use serde_json::{Map, Value, json};

use crate::assess::Assessment;
use crate::checks::author_schema;
use crate::evidence::VerifyReport;
use crate::facts::{self, FactDocument};
use crate::gate::Policy;
use crate::inventory::Inventory;
use crate::model::Unread;
use crate::profiles::adjudications::Adjudications;
use crate::profiles::answers::Answers;
use crate::profiles::waivers::Waivers;
use crate::profiles::{Coverage, HighRiskCatalogue, ProfileSet};

use super::machine::{CheckList, CheckTest, GateDocument, ProfileList, ReplayDocument, ScanDocument};

/// One published schema.
#[derive(Clone, Debug)]
pub struct Published {
    /// Name and major version, such as `jixian.inventory/v1`: what a file says in `schema:`.
    pub name: &'static str,
    pub schema: Value,
}

impl Published {
    /// Its file in `docs/schema/`.
    pub fn file_name(&self) -> String {
        format!("{}.json", self.name.replace('/', "."))
    }
}

/// All of them: first of what people write, then of what machines read.
pub fn published() -> Vec<Published> {
    let [profile, items] = ProfileSet::schemas();
    let written = [
        ("jixian.check/v1", author_schema()),
        ("jixian.profile/v1", profile),
        ("jixian.profile-items/v1", items),
        ("jixian.high-risk/v1", HighRiskCatalogue::schema()),
        ("jixian.inventory/v1", Inventory::schema()),
        ("jixian.answers/v1", Answers::schema()),
        ("jixian.adjudications/v1", Adjudications::schema()),
        ("jixian.waivers/v1", Waivers::schema()),
        ("jixian.gate/v1", Policy::json_schema()),
    ];
    let printed = [
        ("jixian.assessment/v1", with_unread(schema_for!(Assessment).to_value())),
        ("jixian.check-test/v1", schema_for!(CheckTest<'_>).to_value()),
        ("jixian.checks/v1", schema_for!(CheckList<'_>).to_value()),
        ("jixian.coverage/v1", schema_for!(Coverage).to_value()),
        ("jixian.facts/v1", with_facts(schema_for!(FactDocument).to_value())),
        ("jixian.gate-decision/v1", schema_for!(GateDocument<'_>).to_value()),
        ("jixian.profiles/v1", schema_for!(ProfileList<'_>).to_value()),
        ("jixian.replay/v1", schema_for!(ReplayDocument<'_>).to_value()),
        ("jixian.scan/v1", schema_for!(ScanDocument<'_>).to_value()),
        ("jixian.verify/v1", schema_for!(VerifyReport).to_value()),
    ];
    let written = written.map(|(name, schema)| Published { name, schema: authored(name, schema) });
    let printed = printed.map(|(name, schema)| Published { name, schema: exact(name, schema) });
    written.into_iter().chain(printed).collect()
}

/// What people write names its version; a newer minor version is read as well.
fn authored(name: &str, schema: Schema) -> Value {
    let mut schema = schema.to_value();
    schema["title"] = name.into();
    schema["properties"]["schema"]["pattern"] = format!(r"^{}(\.[0-9]+)?$", name.replace('.', r"\.")).into();
    schema
}

/// What machines read names the version that it was printed in.
fn exact(name: &str, mut schema: Value) -> Value {
    schema["title"] = name.into();
    if let Some(property) = schema.pointer_mut("/properties/schema") {
        property["const"] = name.into();
    }
    schema
}

/// Says what `facts` holds: any of the domain roots, each value as typed or with why it is not known.
fn with_facts(mut document: Value) -> Value {
    let mut root = facts::schema().clone();
    let mut definitions = match root.get_mut("$defs").map(Value::take) {
        Some(Value::Object(definitions)) => definitions,
        _ => Map::new(),
    };
    if let Some(properties) = root.get("properties").cloned() {
        // Roots of kinds that this version does not collect are unread.
        let unread = json!({"$ref": "#/$defs/Unread"});
        let mut roots = json!({"type": "object", "properties": properties, "additionalProperties": unread});
        // A root is unread as a whole where nobody looked at the asset.
        if let Some(roots) = roots["properties"].as_object_mut() {
            roots.values_mut().for_each(|root| root["x-unreadable"] = true.into());
        }
        document["properties"]["facts"] = unreadable(roots);
    }
    definitions = definitions.into_iter().map(|(name, schema)| (name, unreadable(schema))).collect();
    definitions.extend(definition_of_unread());
    if let Some(own) = document.get("$defs").and_then(Value::as_object) {
        definitions.extend(own.clone());
    }
    document["$defs"] = definitions.into();
    document
}

/// A document some of whose values may be unread.
fn with_unread(document: Value) -> Value {
    let mut document = unreadable(document);
    if let Some(definitions) = document.get_mut("$defs").and_then(Value::as_object_mut) {
        definitions.extend(definition_of_unread());
    }
    document
}

fn definition_of_unread() -> Map<String, Value> {
    let mut generator = SchemaGenerator::default();
    generator.subschema_for::<Unread>();
    generator.take_definitions(true)
}

/// `x-unreadable` as JSON Schema says it: the value, or why it is not known.
fn unreadable(schema: Value) -> Value {
    match schema {
        Value::Object(map) => {
            let marked = map.get("x-unreadable") == Some(&Value::Bool(true));
            let map: Map<_, _> = map
                .into_iter()
                .filter(|(key, _)| key != "x-unreadable")
                .map(|(key, value)| (key, unreadable(value)))
                .collect();
            if marked { json!({"anyOf": [map, {"$ref": "#/$defs/Unread"}]}) } else { Value::Object(map) }
        }
        Value::Array(list) => list.into_iter().map(unreadable).collect(),
        other => other,
    }
}
