//! What depends on the day of evaluation: days since a date, expiry, end of support. Never cached in a bundle.

use jiff::{Unit, civil::Date};
use serde_json::{Map, Value, json};

use super::NEVER;

/// Fills in every value of `host` (the object below the root `host`) that depends on `as_of`. Values whose date is
/// unread stay unread for the same reason; a second call with another day gives that day's values.
pub fn at_evaluation(host: &mut Value, as_of: Date) {
    for account in list(host, "accounts") {
        days_since(account, "last_change", "last_change_days", as_of);
        days_since(account, "last_login", "last_login_days", as_of);
        expiry(account, as_of);
    }
    for product in list(host, "malware") {
        days_since(product, "signatures_date", "signatures_days", as_of);
    }
    if let Some(logs) = object(host, &["logs"]) {
        days_since(logs, "oldest_record", "oldest_record_days", as_of);
    }
    if let Some(log) = object(host, &["audit", "log"]) {
        days_since(log, "oldest_record", "oldest_record_days", as_of);
    }
    if let Some(updates) = object(host, &["updates"]) {
        days_since(updates, "lists_date", "age_days", as_of);
        days_since(updates, "last_installed", "last_installed_days", as_of);
    }
    if let Some(os) = object(host, &["os"]) {
        support(os, as_of);
    }
}

fn list<'a>(host: &'a mut Value, name: &str) -> impl Iterator<Item = &'a mut Map<String, Value>> {
    host.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut)
}

fn object<'a>(host: &'a mut Value, path: &[&str]) -> Option<&'a mut Map<String, Value>> {
    path.iter().try_fold(host, |at, name| at.get_mut(*name))?.as_object_mut()
}

/// `""` gives [`NEVER`]; a date in the future gives 0, as a clock that ran ahead is no age.
fn days_since(of: &mut Map<String, Value>, date: &str, days: &str, as_of: Date) {
    let value = match of.get(date) {
        Some(Value::String(text)) if text.is_empty() => json!(NEVER),
        Some(Value::String(text)) => match day(text) {
            Some(from) => json!(between(from, as_of).max(0)),
            None => json!({"$status": "error", "reason": date}),
        },
        Some(unread @ Value::Object(_)) => unread.clone(),
        _ => return,
    };
    of.insert(days.to_owned(), value);
}

fn expiry(account: &mut Map<String, Value>, as_of: Date) {
    let value = match account.get("expires") {
        Some(Value::String(text)) if text.is_empty() => json!("no"),
        Some(Value::String(text)) => match day(text) {
            Some(until) => json!(if as_of >= until { "yes" } else { "no" }),
            None => json!("unknown"),
        },
        Some(unread @ Value::Object(_)) => unread.clone(),
        _ => return,
    };
    account.insert("expired".to_owned(), value);
}

fn support(os: &mut Map<String, Value>, as_of: Date) {
    let eol = match os.get("eol_date").and_then(Value::as_str).and_then(day) {
        Some(last) if as_of > last => "yes",
        Some(_) => "no",
        None => "unknown",
    };
    os.insert("eol".to_owned(), json!(eol));
}

/// The day of an ISO 8601 date or time.
fn day(text: &str) -> Option<Date> {
    text.get(..10)?.parse().ok()
}

fn between(from: Date, to: Date) -> i64 {
    from.until((Unit::Day, to)).map_or(0, |span| i64::from(span.get_days()))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use serde_json::{Value, json};

    use super::at_evaluation;

    fn on(mut host: Value) -> Value {
        at_evaluation(&mut host, date(2026, 11, 21));
        host
    }

    #[test]
    fn days_count_from_the_date_to_the_day_of_evaluation() {
        let host = on(json!({"accounts": [{"last_change": "2026-11-01", "last_login": "", "expires": "2026-11-21"}]}));
        assert_eq!(host["accounts"][0]["last_change_days"], 20);
        assert_eq!(host["accounts"][0]["last_login_days"], -1);
        assert_eq!(host["accounts"][0]["expired"], "yes");
    }

    #[test]
    fn an_unread_date_leaves_its_days_unread_for_the_same_reason() {
        let why = json!({"$status": "denied", "reason": "accounts.shadow"});
        let host = on(json!({"accounts": [{"last_change": why, "expires": why}]}));
        assert_eq!(host["accounts"][0]["last_change_days"], why);
        assert_eq!(host["accounts"][0]["expired"], why);
    }

    #[test]
    fn support_ends_after_its_last_day_and_is_unknown_without_one() {
        assert_eq!(on(json!({"os": {"eol_date": "2026-11-21"}}))["os"]["eol"], "no");
        assert_eq!(on(json!({"os": {"eol_date": "2026-11-20"}}))["os"]["eol"], "yes");
        assert_eq!(on(json!({"os": {"eol_date": ""}}))["os"]["eol"], "unknown");
    }

    #[test]
    fn a_date_that_is_none_is_an_error_and_not_a_number() {
        let host = on(json!({"logs": {"oldest_record": "gestern oder so"}}));
        assert_eq!(host["logs"]["oldest_record_days"]["$status"], "error");
    }
}
