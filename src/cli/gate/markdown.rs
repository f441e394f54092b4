//! A decision as Markdown, for the page of a build: what stops it, what fails, what could not be seen.

use std::fmt::Write as _;

use crate::checks::{CheckSet, Outcome};
use crate::gate::Decision;
use crate::model::{Lang, Verdict};

/// Places that are listed of one check.
const PLACES: usize = 10;

pub fn page(target: &str, decision: &Decision, outcomes: &[Outcome], checks: &CheckSet, lang: Lang) -> String {
    let mut out = String::new();
    let word = if decision.is_green() { lang.pick("放行", "pass") } else { lang.pick("拦截", "stop") };
    let _ = writeln!(out, "## {}: {word}\n", escaped(target));
    for (heading, lines) in
        [(lang.pick("拦截的理由", "Reasons to stop"), &decision.reasons), (lang.pick("提示", "Notes"), &decision.notes)]
    {
        if !lines.is_empty() {
            let _ = writeln!(out, "### {heading}\n");
            lines.iter().for_each(|line| {
                let _ = writeln!(out, "- {}", escaped(&line.describe(lang)));
            });
            out.push('\n');
        }
    }
    let failing: Vec<_> = outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Fail).collect();
    if !failing.is_empty() {
        let _ = writeln!(out, "### {}\n", lang.pick("不通过的检查", "Failing checks"));
        let head = lang.pick("| 级别 | 检查 | 所在 |", "| Severity | Check | Where |");
        let _ = writeln!(out, "{head}\n|---|---|---|");
        failing.iter().for_each(|outcome| out.push_str(&row(outcome, checks, lang)));
        out.push('\n');
    }
    let open: Vec<_> = outcomes.iter().filter(|outcome| matches!(outcome.verdict, Verdict::Unknown(_))).collect();
    if !open.is_empty() {
        let _ = writeln!(out, "### {}\n", lang.pick("未判定的检查", "Undecided checks"));
        for outcome in open {
            if let Verdict::Unknown(reason) = &outcome.verdict {
                let _ = writeln!(out, "- `{}`: {}", outcome.check, escaped(&reason.describe(lang)));
            }
        }
    }
    out
}

fn row(outcome: &Outcome, checks: &CheckSet, lang: Lang) -> String {
    let title = checks.get(&outcome.check).map(|check| check.title.get(lang)).unwrap_or_default();
    let failing = || outcome.findings.iter().filter(|finding| finding.verdict == Verdict::Fail);
    let mut places: Vec<_> = failing().take(PLACES).map(|finding| escaped(finding.message.get(lang))).collect();
    let more = failing().count().saturating_sub(PLACES);
    if more > 0 {
        places.push(format!("+{more}"));
    }
    let severity = outcome.severity.title();
    format!("| {} | {}<br>`{}` | {} |\n", severity.get(lang), escaped(title), outcome.check, places.join("<br>"))
}

/// What was scanned is hostile text: nothing of it may be markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '(' | ')' | '\\' | '#' | '~' | '!' | '@' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn text_of_a_package_is_no_markup() {
        assert_eq!(escaped("a|<img>\n[x](y)"), "a\\|&lt;img&gt; \\[x\\]\\(y\\)");
    }
}
