//! junit.xml: one suite an asset, one case a check. What is unknown is an error, so that no reader takes it for green.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use crate::assess::{Assessment, OutcomeRecord};
use crate::model::{Lang, Verdict};
use crate::report::ReportError;

pub fn write(assessment: &Assessment, lang: Lang) -> Result<Vec<u8>, ReportError> {
    let mut suites: BTreeMap<&str, Vec<&OutcomeRecord>> = BTreeMap::new();
    for record in &assessment.outcomes {
        suites.entry(record.outcome.asset.as_str()).or_default().push(record);
    }
    let mut report = Report::new(format!("jixian {}", assessment.subsite.id));
    for (asset, records) in suites {
        let mut suite = TestSuite::new(asset);
        suite.add_test_cases(records.into_iter().map(|record| case(record, lang)));
        report.add_test_suite(suite);
    }
    let text = report.to_string().map_err(|error| ReportError::Junit(error.to_string()))?;
    Ok(text.into_bytes())
}

fn case(record: &OutcomeRecord, lang: Lang) -> TestCase {
    let outcome = &record.outcome;
    let mut case = TestCase::new(outcome.check.as_str(), status(record, lang));
    case.set_classname(format!("jixian.{}", outcome.asset));
    case
}

fn status(record: &OutcomeRecord, lang: Lang) -> TestCaseStatus {
    let title = record.title.get(lang);
    let message = |kind, text: String| {
        let mut status = TestCaseStatus::non_success(kind);
        status.set_message(text);
        status
    };
    match &record.outcome.verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Fail => {
            let keys: Vec<_> = record.outcome.findings.iter().filter_map(|finding| finding.key.clone()).collect();
            message(NonSuccessKind::Failure, format!("{title}: {}", keys.join(", ")))
        }
        Verdict::Unknown(reason) => message(NonSuccessKind::Error, format!("{title}: {}", reason.describe(lang))),
        Verdict::NotApplicable | Verdict::Manual => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(record.outcome.verdict.title().get(lang).to_owned());
            status
        }
    }
}
