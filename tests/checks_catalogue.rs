//! The checks that the binary carries hold what they promise.

use jixian::{
    checks::{CheckSet, lint},
    model::CatalogueFiles,
};

fn catalogue() -> CheckSet {
    CheckSet::load(&CatalogueFiles::embedded()).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

#[test]
fn every_case_has_its_verdict_and_every_unread_fact_gives_unknown() {
    let report = catalogue().run_cases();
    let broken: Vec<_> = report.broken.iter().map(ToString::to_string).collect();
    assert!(
        report.is_ok(),
        "{} of {} cases and {} trials:\n{}",
        broken.len(),
        report.cases,
        report.trials,
        broken.join("\n")
    );
}

#[test]
fn lint_finds_nothing() {
    let mistakes = lint(&CatalogueFiles::embedded());
    assert!(mistakes.is_empty(), "{mistakes}");
}

#[test]
fn every_small_change_to_an_expression_is_noticed_by_a_case() {
    let report = catalogue().mutate();
    let survivors: Vec<_> = report.survivors.iter().map(ToString::to_string).collect();
    assert!(survivors.is_empty(), "{} of {} mutants live:\n{}", survivors.len(), report.mutants, survivors.join("\n"));
}

#[test]
fn the_catalogue_is_as_large_as_promised() {
    let checks = catalogue();
    for (domain, least) in [("host", 70), ("tls", 60), ("app", 10), ("network", 10)] {
        let found = checks.iter().filter(|check| check.domain() == domain).count();
        assert!(found >= least, "{domain}: {found} of {least}");
    }
}
