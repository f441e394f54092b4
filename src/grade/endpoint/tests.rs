//! Facts as they come, and what is written among them.

use serde_json::{Value, json};

use super::grade_endpoint;
use crate::{
    facts::{self, testing::Items},
    formats::InProcess,
    model::AssetKind,
};

fn of_nothing() -> Value {
    facts::derive(AssetKind::TlsEndpoint, &Items::default(), &InProcess).facts
}

#[test]
fn facts_of_nothing_are_graded_as_open() {
    let mut facts = of_nothing();
    assert_eq!(facts["tls"]["grade"]["$status"], "not_tested");
    grade_endpoint(&mut facts, Some(3));
    assert_eq!(facts["tls"]["grade"]["state"], "incomplete");
    assert_eq!(facts["tls"]["grade"]["letter"]["$status"], "not_tested");
    assert_eq!(facts["tls"]["grade"]["open"], json!(["tls.service"]));
    assert!(facts["tls"]["miping"]["$status"].is_string());
}

#[test]
fn a_closed_port_is_not_rated() {
    let mut facts = of_nothing();
    facts["tls"]["service"] = json!("closed");
    grade_endpoint(&mut facts, None);
    assert_eq!(
        (&facts["tls"]["grade"]["state"], &facts["tls"]["grade"]["reason"]),
        (&json!("not_rated"), &json!("closed"))
    );
    assert_eq!(facts["tls"]["miping"], json!({"$status": "not_tested", "reason": "closed"}));
}

#[test]
fn grading_again_gives_the_same() {
    let mut once = of_nothing();
    grade_endpoint(&mut once, Some(2));
    let mut twice = once.clone();
    grade_endpoint(&mut twice, Some(2));
    assert_eq!(once, twice);
}

#[test]
fn what_is_no_endpoint_or_was_not_looked_at_stays_as_it_is() {
    for facts in
        [json!({"host": {}}), json!({"tls": {"$status": "not_tested", "reason": "declared_unknown"}}), json!(null)]
    {
        let mut graded = facts.clone();
        grade_endpoint(&mut graded, Some(3));
        assert_eq!(graded, facts);
    }
}

#[test]
fn facts_that_cannot_be_read_are_an_error_and_no_letter() {
    let mut facts = json!({"tls": {"service": "tls"}});
    grade_endpoint(&mut facts, Some(3));
    assert_eq!(facts["tls"]["grade"]["$status"], "error");
}
