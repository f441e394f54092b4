//! What depends on the day or on the inventory: designated signers, days left, declared hosts.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::{
    facts::EvaluationContext,
    model::{Tri, UnreadStatus},
};

pub(in crate::facts) fn at_evaluation(app: &mut Value, context: &EvaluationContext<'_>) {
    let allowed = signer_allowed(app, context);
    if let Some(signers) = app.get_mut("signers").and_then(Value::as_array_mut) {
        signers.iter_mut().for_each(|signer| days_left(signer, context.as_of));
    }
    let hosts = declared_hosts(context);
    if let Some(endpoints) = app.get_mut("endpoints").and_then(Value::as_array_mut) {
        for endpoint in endpoints {
            let declared =
                endpoint.get("host").and_then(Value::as_str).map_or(Tri::Unknown, |host| is_declared(host, &hosts));
            endpoint["declared"] = json!(declared);
        }
    }
    if let Some(app) = app.as_object_mut() {
        app.insert("signer_allowed".to_owned(), json!(allowed));
    }
}

/// Whether every signer is one that the inventory designates. Without a list, or without signers, it is unknown.
fn signer_allowed(app: &Value, context: &EvaluationContext<'_>) -> Tri {
    let designated = &context.asset.signers;
    match app.get("signers").and_then(Value::as_array) {
        Some(signers) if !designated.is_empty() && !signers.is_empty() => {
            let known = |signer: &Value| {
                signer.get("sha256").is_some_and(|digest| designated.iter().any(|ok| json!(ok) == *digest))
            };
            Tri::from(signers.iter().all(known))
        }
        _ => Tri::Unknown,
    }
}

/// Whole days until the certificate ends, negative after it.
fn days_left(signer: &mut Value, as_of: Timestamp) {
    let until = signer.get("not_after").and_then(Value::as_str).and_then(|text| text.parse::<Timestamp>().ok());
    signer["days_left"] = match until {
        Some(until) => {
            let day = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
            json!(day(as_of).until(day(until)).map_or(0, |span| span.get_days()))
        }
        None => json!({"$status": UnreadStatus::Error, "reason": "not_after"}),
    };
}

/// Hosts of the subsites that the package serves.
fn declared_hosts(context: &EvaluationContext<'_>) -> Vec<String> {
    let served = context.inventory.subsites.iter().filter(|subsite| context.asset.serves.contains(&subsite.id));
    served.flat_map(|subsite| &subsite.hosts).map(|host| host.to_ascii_lowercase()).collect()
}

/// A host, or one below it.
fn is_declared(host: &str, hosts: &[String]) -> Tri {
    if hosts.is_empty() {
        return Tri::Unknown;
    }
    Tri::from(hosts.iter().any(|declared| {
        host.strip_suffix(declared.as_str()).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    }))
}

#[cfg(test)]
mod tests {
    use super::is_declared;
    use crate::model::Tri;

    #[test]
    fn a_host_is_declared_with_all_below_it_and_no_namesake() {
        let hosts = ["zwfw.example.gov.cn".to_owned()];
        assert_eq!(is_declared("zwfw.example.gov.cn", &hosts), Tri::Yes);
        assert_eq!(is_declared("api.zwfw.example.gov.cn", &hosts), Tri::Yes);
        assert_eq!(is_declared("evilzwfw.example.gov.cn", &hosts), Tri::No);
        assert_eq!(is_declared("zwfw.example.gov.cn", &[]), Tri::Unknown);
    }
}
