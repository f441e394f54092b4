//! Typed facts of one nmap run: what the checks of the `network` domain see below `network`.

mod evaluation;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Artifacts, FactDocument, artifacts::decoded};
use crate::{
    formats::{
        items::NMAP as XML,
        nmap::{Host, OpenPort, Scan},
    },
    model::{Decoder, Fact},
};

pub(super) use evaluation::at_evaluation;

/// The facts of one scan.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct Network {
    pub scan: Fact<Scan>,
    /// Every host that the scan lists. Over the detail budget (20,000 hosts and ports) this is `too_large`; `open`
    /// is complete then all the same.
    pub hosts: Fact<Vec<Host>>,
    /// Hosts that answered.
    pub hosts_up: Fact<i64>,
    /// Hosts that the scan lists or counts.
    pub hosts_total: Fact<i64>,
    /// Open ports over all hosts, grouped: compact, whatever the size of the scan.
    pub open: Fact<Vec<OpenPort>>,
    /// How many ports are open over all hosts.
    pub open_count: Fact<i64>,
    /// Open, but no asset of the inventory accounts for it. Computed at evaluation; at most 2,000 are listed.
    pub undeclared: Fact<Vec<Undeclared>>,
    /// All of them, also where fewer are listed.
    pub undeclared_count: Fact<i64>,
    /// Open ports through which systems are administered or data stores are reached. Computed at evaluation.
    pub management_exposed: Fact<Vec<Exposed>>,
}

/// An open port that nobody declared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Undeclared {
    pub addr: String,
    pub port: u16,
    pub proto: String,
    pub service: String,
    /// `addr:port/proto`, for findings.
    pub key: String,
}

/// An open port of administration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Exposed {
    pub addr: String,
    pub port: u16,
    pub proto: String,
    pub service: String,
    /// `remote_admin`, `cleartext_admin`, `database`, `file_sharing` or `cluster`.
    pub class: String,
    /// `addr:port/proto`, for findings.
    pub key: String,
}

/// Groups that the file gives, and those that the evaluation adds.
const FROM_FILE: &[&str] = &["scan", "hosts", "hosts_up", "hosts_total", "open", "open_count"];
const AT_EVALUATION: &[&str] = &["undeclared", "undeclared_count", "management_exposed"];

/// The decoder's tree is taken as it is: a large scan is not built twice.
pub(super) fn derive(artifacts: &dyn Artifacts, decoder: &dyn Decoder) -> FactDocument {
    let mut facts = match decoded(artifacts, XML, "nmap-xml", decoder) {
        Fact::Known(Value::Object(facts)) => facts,
        Fact::Known(_) => unread(&json!({"$status": "error", "reason": "nmap.xml: decoder_failed"})),
        Fact::Unread(why) => unread(&serde_json::to_value(why).unwrap_or_default()),
    };
    for name in AT_EVALUATION {
        facts.insert((*name).to_owned(), json!({"$status": "not_tested", "reason": "evaluation"}));
    }
    let sources = BTreeMap::from([("network".to_owned(), vec![XML.to_owned()])]);
    FactDocument::new("network", Value::Object(facts), sources)
}

fn unread(why: &Value) -> Map<String, Value> {
    FROM_FILE.iter().map(|name| ((*name).to_owned(), why.clone())).collect()
}
