//! How long the catalogue takes to load, and one host's facts to be judged by all of it.

use std::{hint::black_box, time::Instant};

use jixian::{
    checks::{AssetFacts, CheckSet, Expected, Params},
    model::CatalogueFiles,
};
use serde_json::{Value, json};

fn main() {
    let files = CatalogueFiles::embedded();
    let checks =
        timed("load and type-check the catalogue", 5, || CheckSet::load(&files).expect("the catalogue is right"));
    timed("the same without cases", 5, || CheckSet::load_for_use(&files).expect("the catalogue is right"));
    let hosts: Vec<_> = checks.iter().filter(|check| check.domain() == "host").collect();
    let facts = one_host(&checks);
    let asset = "bench".parse().expect("an id");
    let as_of = jiff::Timestamp::constant(1_767_225_600, 0);
    let params = Params::default();
    let name = format!("{} checks on {} KB of facts", hosts.len(), facts.to_string().len() / 1024);
    let outcomes = timed(&name, 50, || {
        let facts = AssetFacts::new(&facts, as_of);
        hosts.iter().map(|check| check.evaluate_on(&params, &facts, &asset)).collect::<Vec<_>>()
    });
    let decided = outcomes.iter().filter(|outcome| outcome.verdict.is_decided()).count();
    timed("all cases and trials", 3, || checks.run_cases());
    say(&format!("{decided} of {} decided", outcomes.len()));
}

/// Runs `work` `times` times and prints the quickest run.
fn timed<T>(name: &str, times: usize, work: impl Fn() -> T) -> T {
    let run = || {
        let start = Instant::now();
        let out = black_box(work());
        (start.elapsed(), out)
    };
    let (mut best, mut out) = run();
    for _ in 1..times {
        let (time, again) = run();
        if time < best {
            (best, out) = (time, again);
        }
    }
    say(&format!("{name}: {:.3} ms", best.as_secs_f64() * 1000.0));
    out
}

#[expect(clippy::disallowed_macros, reason = "a benchmark speaks to its terminal")]
fn say(line: &str) {
    println!("{line}");
}

/// One host made of the facts of all passing cases, with its lists as long as those of a real one.
fn one_host(checks: &CheckSet) -> Value {
    let mut facts = json!({"host": {}});
    let cases = checks.iter().flat_map(|check| &check.cases).filter(|case| case.expect == Expected::Pass);
    cases.for_each(|case| merge(&mut facts, &case.facts));
    lengthen(&mut facts);
    facts
}

fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (name, value) in from {
                merge(into.entry(name).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(from)) => match into.first_mut() {
            Some(first) if first.is_object() => from.iter().for_each(|value| merge(first, value)),
            _ => into.extend(from.iter().cloned()),
        },
        (into, from) => *into = from.clone(),
    }
}

fn lengthen(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(lengthen),
        Value::Array(list) => {
            if let Some(Value::Object(_)) = list.first() {
                *list = std::iter::repeat_n(list[0].clone(), 60).collect();
            }
        }
        _ => {}
    }
}
