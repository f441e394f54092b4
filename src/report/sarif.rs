//! findings.sarif (SARIF 2.1.0): failing and undecided checks. Observed values stay out: such files leave the network.

use serde_json::{Value, json};

use crate::assess::{Assessment, OutcomeRecord};
use crate::checks::{Check, Outcome};
use crate::model::{Digest, Lang, Severity, Verdict};
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

/// Places that one result lists; readers of code scanning refuse more.
const PLACES: usize = 10;

/// The outcomes of one scanned file: a result a failing check, with its first places.
///
/// # Errors
/// What serde says, which no outcome causes.
pub fn of_scan<'a>(
    target: &str,
    root: Digest,
    catalogue: Digest,
    outcomes: impl Iterator<Item = (&'a Outcome, &'a Check)>,
    lang: Lang,
) -> Result<Vec<u8>, ReportError> {
    let (mut rules, mut results) = (Vec::new(), Vec::new());
    for (outcome, check) in outcomes {
        rules.push(json!({
            "id": check.id,
            "shortDescription": {"text": check.title.get(lang)},
            "fullDescription": {"text": check.why.get(lang)},
            "defaultConfiguration": {"level": level(outcome.severity)},
            "properties": properties(outcome.severity, check.weaknesses()),
        }));
        results.extend(scan_result(target, outcome, check, lang));
    }
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "jixian",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
                "properties": {"catalogue": catalogue, "evidenceRoot": root},
            }},
            "results": results,
        }],
    });
    serde_json::to_vec_pretty(&document).map_err(|error| ReportError::Sarif(error.to_string()))
}

fn scan_result(target: &str, outcome: &Outcome, check: &Check, lang: Lang) -> Option<Value> {
    let title = check.title.get(lang);
    let file = |place: Option<&str>| {
        let mut location = json!({"physicalLocation": {"artifactLocation": {"uri": uri(target)}}});
        if let Some(place) = place {
            location["logicalLocations"] = json!([{"fullyQualifiedName": place, "kind": "member"}]);
        }
        location
    };
    match &outcome.verdict {
        Verdict::Fail => {
            let failing = || outcome.findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
            let places = || failing().take(PLACES);
            let text: Vec<_> = places().map(|finding| finding.message.get(lang)).collect();
            Some(json!({
                "ruleId": check.id,
                "kind": "fail",
                "level": level(outcome.severity),
                "message": {"text": format!("{title}: {}", text.join("; "))},
                "locations": places().map(|finding| file(finding.key.as_deref())).collect::<Vec<_>>(),
                "partialFingerprints": failing().next().map(|finding| json!({"jixianFinding/v1": finding.id})),
                "properties": {"places": failing().count() as u64 + outcome.more},
            }))
        }
        Verdict::Unknown(reason) => Some(json!({
            "ruleId": check.id,
            "kind": "open",
            "level": "none",
            "message": {"text": format!("{title}: {}", reason.describe(lang))},
            "locations": [file(None)],
        })),
        _ => None,
    }
}

/// A path as a URI reference: what is no plain character is written by its bytes.
fn uri(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn rule(record: &OutcomeRecord, lang: Lang) -> Value {
    json!({
        "id": record.outcome.check,
        "shortDescription": {"text": record.title.get(lang)},
        "defaultConfiguration": {"level": level(record.outcome.severity)},
        "properties": properties(record.outcome.severity, record.references.iter().map(String::as_str)),
    })
}

fn properties<'a>(severity: Severity, weaknesses: impl Iterator<Item = &'a str>) -> Value {
    let tags: Vec<_> = weaknesses.map(tag).collect();
    if tags.is_empty() { json!({"severity": severity}) } else { json!({"severity": severity, "tags": tags}) }
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
