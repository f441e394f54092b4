//! `jixian check list|show|test|lint`.

use crate::checks::{CaseReport, CheckSet};
use crate::model::{CheckId, Lang};

use super::args::{CheckAction, OutputFormat};
use super::context::Context;
use super::machine::{BrokenCase, CheckList, CheckRow, CheckTest};
use super::{DONE, NEGATIVE, failure, output};

pub fn run(context: &Context, action: CheckAction) -> anyhow::Result<u8> {
    let (files, _) = context.catalogue()?;
    let checks = match CheckSet::load(&files) {
        Ok(checks) => checks,
        Err(mistakes) if matches!(action, CheckAction::Lint) => {
            let count = mistakes.0.len();
            failure::report(&mistakes.into(), context.lang);
            output::note(&format!("{}{count}", context.t("检查文件有误：", "mistakes in check files: ")));
            return Ok(NEGATIVE);
        }
        Err(mistakes) => return Err(mistakes.into()),
    };
    match action {
        CheckAction::List(format) => list(&checks, format.format, context.lang)?,
        CheckAction::Show { id } => return show(context, &checks, &id),
        CheckAction::Test(format) => return test(context, &checks, format.format),
        CheckAction::Lint => output::line(&match context.lang {
            Lang::Zh => format!("{} 个检查文件，没有问题", checks.len()),
            Lang::En => format!("{} check files, nothing wrong", checks.len()),
        }),
    }
    Ok(DONE)
}

fn list(checks: &CheckSet, format: OutputFormat, lang: Lang) -> anyhow::Result<()> {
    match format {
        OutputFormat::Json => {
            let rows = checks.iter().map(|check| CheckRow {
                id: &check.id,
                revision: check.revision,
                severity: check.severity,
                title: &check.title,
                target: &check.target,
                digest: check.digest,
            });
            output::json(&CheckList { schema: "jixian.checks/v1", checks: rows.collect() })?;
        }
        OutputFormat::Text => {
            for check in checks.iter() {
                let (id, severity, title) = (&check.id, check.severity.title(), check.title.get(lang));
                output::line(&format!("{:<44} {}  {title}", id.as_str(), severity.get(lang)));
            }
        }
    }
    Ok(())
}

/// The file as its author wrote it: the one complete description.
fn show(context: &Context, checks: &CheckSet, id: &str) -> anyhow::Result<u8> {
    let known = id.parse::<CheckId>().ok().filter(|id| checks.get(id).is_some());
    let Some(known) = known else {
        let hint = checks.nearest(id).map(|near| context.did_you_mean(near)).unwrap_or_default();
        anyhow::bail!("{}{id}{hint}", context.t("没有这个检查：", "no such check: "));
    };
    let (files, _) = context.catalogue()?;
    let wanted = format!("/{known}.yaml");
    let text = files.under("checks/").find(|(path, _)| path.ends_with(&wanted)).map(|(_, text)| text);
    output::raw(text.unwrap_or_default());
    Ok(DONE)
}

fn test(context: &Context, checks: &CheckSet, format: OutputFormat) -> anyhow::Result<u8> {
    let report = checks.run_cases();
    match format {
        OutputFormat::Json => {
            let broken = report.broken.iter().map(|broken| BrokenCase {
                check: &broken.check,
                case: &broken.case,
                expected: broken.expected.as_str(),
                got: &broken.got,
            });
            let CaseReport { checks, cases, trials, .. } = report;
            output::json(&CheckTest {
                schema: "jixian.check-test/v1",
                checks,
                cases,
                trials,
                broken: broken.collect(),
            })?;
        }
        OutputFormat::Text => {
            for broken in &report.broken {
                output::line(&broken.to_string());
            }
            let (checks, cases, trials, broken) = (report.checks, report.cases, report.trials, report.broken.len());
            output::line(&match context.lang {
                Lang::Zh => format!("{checks} 个检查，{cases} 个用例，{trials} 次缺失试验，{broken} 个不符"),
                Lang::En => {
                    format!("{checks} checks, {cases} cases, {trials} trials with facts taken away, {broken} broken")
                }
            });
        }
    }
    Ok(if report.is_ok() { DONE } else { NEGATIVE })
}
