//! findings.sarif (SARIF 2.1.0): failing and undecided checks. Observed values stay out: such files leave the network.

use serde_json::{Value, json};

use crate::assess::{Assessment, OutcomeRecord};
use crate::model::{Lang, Severity, Verdict};
use crate::report::ReportError;

pub fn write(assessment: &Assessment, lang: Lang) -> Result<Vec<u8>, ReportError> {
    let mut rules: Vec<Value> = Vec::new();
    let mut results = Vec::new();
    for record in &assessment.outcomes {
        let id = record.outcome.check.as_str();
        if !rules.iter().any(|rule| rule["id"] == id) {
            rules.push(rule(record, lang));
        }
        results.extend(result(record, lang));
    }
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "jixian",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
                "properties": {"catalogue": assessment.catalogue.digest, "evidenceRoot": assessment.bundle.evidence_root},
            }},
            "automationDetails": {"id": format!("jixian/{}", assessment.subsite.id)},
            "results": results,
        }],
    });
    serde_json::to_vec_pretty(&document).map_err(|error| ReportError::Sarif(error.to_string()))
}

fn rule(record: &OutcomeRecord, lang: Lang) -> Value {
    let mut properties = json!({"severity": record.outcome.severity});
    if !record.references.is_empty() {
        properties["tags"] = record.references.iter().map(|id| tag(id)).collect();
    }
    json!({
        "id": record.outcome.check,
        "shortDescription": {"text": record.title.get(lang)},
        "defaultConfiguration": {"level": level(record.outcome.severity)},
        "properties": properties,
    })
}

/// Code scanning finds weaknesses under `external/cwe/`; other identifiers stand as they are.
fn tag(id: &str) -> Value {
    match id.strip_prefix("CWE-") {
        Some(number) => json!(format!("external/cwe/cwe-{number}")),
        None => json!(id),
    }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

fn result(record: &OutcomeRecord, lang: Lang) -> Vec<Value> {
    let outcome = &record.outcome;
    let title = record.title.get(lang);
    match &outcome.verdict {
        Verdict::Fail => outcome
            .findings
            .iter()
            .map(|finding| {
                let key = finding.key.as_deref().map(|key| format!(" ({key})")).unwrap_or_default();
                let mut result = json!({
                    "ruleId": outcome.check,
                    "kind": "fail",
                    "level": level(outcome.severity),
                    "message": {"text": format!("{}: {title}{key}", outcome.asset)},
                    "locations": [location(outcome.asset.as_str())],
                    "partialFingerprints": {"jixianFinding/v1": finding.id},
                });
                if record.waived {
                    result["suppressions"] = json!([{"kind": "external", "status": "accepted"}]);
                }
                result
            })
            .collect(),
        Verdict::Unknown(reason) => vec![json!({
            "ruleId": outcome.check,
            "kind": "open",
            "level": "none",
            "message": {"text": format!("{}: {title}: {}", outcome.asset, reason.describe(lang))},
            "locations": [location(outcome.asset.as_str())],
        })],
        _ => Vec::new(),
    }
}

fn location(asset: &str) -> Value {
    json!({"logicalLocations": [{"name": asset, "kind": "resource"}]})
}
