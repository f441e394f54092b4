//! What a check file must keep beyond being readable: honest, complete in both languages, and proven by its cases.

use std::collections::BTreeSet;

use crate::{
    model::{CatalogueFiles, Text},
    yaml::{Mistakes, Positions, Source},
};

use super::{
    Check, CheckSet, Schema, Step,
    check::{Assertion, CheckKind, Expected, Shown},
    expr,
    misfits::misfits,
    references, render, text,
    types::Type,
};

/// Everything that is wrong with the checks of a catalogue; empty where nothing is.
pub fn lint(files: &CatalogueFiles) -> Mistakes {
    lint_typed(files, Schema::facts())
}

/// As [`lint`], against other facts.
pub fn lint_typed(files: &CatalogueFiles, schema: &Schema) -> Mistakes {
    let checks = match CheckSet::load_typed(files, schema) {
        Ok(checks) => checks,
        Err(mistakes) => return mistakes,
    };
    let mut mistakes = Mistakes::default();
    for check in checks.iter() {
        let path = check.path();
        let Some(text) = files.get(&path) else { continue };
        let positions = Positions::of(&Source::new(path, text));
        let mut lint = Lint { check, schema, positions, mistakes: Mistakes::default() };
        lint.run();
        mistakes.extend(lint.mistakes);
    }
    mistakes.sort();
    mistakes
}

/// The JSON Schema of check files, for editors.
pub fn author_schema() -> schemars::Schema {
    schemars::schema_for!(super::load::CheckFile)
}

impl Check {
    /// Where the check's file lies in a catalogue.
    pub fn path(&self) -> String {
        format!("checks/{}/{}.yaml", self.domain(), self.id)
    }

    /// The folder: the first part of the id.
    pub fn domain(&self) -> &str {
        self.id.as_str().split('.').next().unwrap_or_default()
    }

    /// The groups of facts that it mentions, such as `host.sshd`.
    pub fn groups(&self) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        let mut add = |steps: &[Step]| {
            if let [Step::Field(domain), Step::Field(group), ..] = steps {
                out.insert(format!("{domain}.{group}"));
            }
        };
        for expression in self.expressions() {
            expression.mentions().leaves().iter().for_each(|leaf| add(leaf));
        }
        for assertion in &self.assertions {
            assertion.each.iter().for_each(|each| add(&each.path));
            if let Some(Shown::Fact(path)) = &assertion.actual {
                add(path);
            }
        }
        out
    }
}

struct Lint<'a> {
    check: &'a Check,
    schema: &'a Schema,
    positions: Positions,
    mistakes: Mistakes,
}

impl Lint<'_> {
    fn run(&mut self) {
        self.texts();
        self.needs();
        self.parameters();
        self.references();
        for (index, assertion) in self.check.assertions.iter().enumerate() {
            self.assertion(&format!("assert[{index}]"), assertion);
        }
        self.cases();
        self.coverage();
    }

    fn mistake(&mut self, path: &str, message: Text, help: impl Into<Option<Text>>) {
        self.mistakes.push(self.positions.mistake(path, message, help));
    }

    fn texts(&mut self) {
        let check = self.check;
        let remedy = Text::new(check.remedy.zh.clone(), check.remedy.en.clone());
        let mut all = vec![("title".to_owned(), &check.title), ("why".into(), &check.why), ("remedy".into(), &remedy)];
        all.extend(check.remedy.caution.iter().map(|text| ("remedy.caution".to_owned(), text)));
        all.extend(check.params.iter().map(|(name, param)| (format!("params.{name}.doc"), &param.doc)));
        for (index, assertion) in check.assertions.iter().enumerate() {
            all.push((format!("assert[{index}].fail"), &assertion.fail));
            all.extend(assertion.expected.iter().map(|text| (format!("assert[{index}].expected"), text)));
        }
        for (path, text) in all {
            if text.zh.trim().is_empty() || text.en.trim().is_empty() {
                self.mistake(&path, Text::new("中英文都要有", "needs both languages"), None);
            }
        }
    }

    fn needs(&mut self) {
        let mentioned = self.check.groups();
        let needs: BTreeSet<_> = self.check.needs.iter().cloned().collect();
        for group in mentioned.difference(&needs) {
            let message = text!("用到了 {group} 却没有列出", "{group} is used and not listed");
            self.mistake("needs", message, None);
        }
        if self.check.kind == CheckKind::Automated {
            for group in needs.difference(&mentioned) {
                self.mistake("needs", text!("列出的 {group} 没有用到", "{group} is listed and not used"), None);
            }
        }
    }

    fn parameters(&mut self) {
        let used: BTreeSet<&str> = self.check.expressions().flat_map(|e| e.params()).map(String::as_str).collect();
        let named: BTreeSet<String> = self.check.assertions.iter().flat_map(|a| self.blanks(a)).collect();
        for name in self.check.params.keys() {
            if !used.contains(name.as_str()) && !named.contains(&format!("params.{name}")) {
                self.mistake(&format!("params.{name}"), text!("参数 `{name}` 没有用到", "`{name}` is not used"), None);
            }
        }
    }

    fn references(&mut self) {
        for (index, reference) in self.check.references.iter().enumerate() {
            if let Some(message) = references::mistake(reference) {
                self.mistake(&format!("references[{index}]"), message, None);
            }
        }
    }

    fn blanks(&self, assertion: &Assertion) -> Vec<String> {
        let texts = [Some(&assertion.fail), assertion.expected.as_ref()];
        let templates = texts.into_iter().flatten().flat_map(|text| [&text.zh, &text.en]);
        templates.flat_map(|template| render::blanks(template)).map(str::to_owned).collect()
    }

    fn assertion(&mut self, at: &str, assertion: &Assertion) {
        let automated = self.check.kind == CheckKind::Automated;
        if automated && assertion.actual.is_none() {
            let message =
                Text::new("缺少 actual：报告要写明看到了什么", "actual is missing: a report says what was seen");
            self.mistake(at, message, None);
        }
        if assertion.each.as_ref().is_some_and(|each| each.key.is_none()) {
            let message = Text::new("缺少 key：要说明是哪一个", "key is missing: a finding says which one it is");
            self.mistake(at, message, None);
        }
        self.emptiness(at, assertion);
        self.placeholders(at, "fail", &assertion.fail, assertion);
        if let Some(expected) = &assertion.expected {
            self.placeholders(at, "expected", expected, assertion);
        }
    }

    fn emptiness(&mut self, at: &str, assertion: &Assertion) {
        let vacuous: Vec<_> = assertion.expr.iter().flat_map(|expr| expr.vacuities()).collect();
        let matters = !vacuous.is_empty() || assertion.each.is_some();
        match (assertion.empty, matters) {
            (None, true) => {
                let list = vacuous.first().map(|v| v.list.clone().unwrap_or_else(|| "all()".to_owned()));
                let list = list.unwrap_or_else(|| "each".to_owned());
                let message = text!("空列表（{list}）会怎样没有说明", "what an empty list ({list}) means is not said");
                let help = Text::new(
                    "写 `empty: pass | fail | unknown`，或在表达式中判断 size()",
                    "write `empty: pass | fail | unknown`, or ask size() in the expression",
                );
                self.mistake(at, message, help);
            }
            (Some(_), false) => {
                let message = Text::new("这里没有可能为空的列表", "there is no list here that could be empty");
                self.mistake(&format!("{at}.empty"), message, None);
            }
            (Some(super::Empty::Fail | super::Empty::Unknown), true) if vacuous.iter().any(|v| v.list.is_none()) => {
                let message = Text::new(
                    "all() 遍历的是计算出的列表，其空否无法得知：请在表达式中判断 size()",
                    "all() goes through a computed list whose emptiness can't be told: ask size() in the expression",
                );
                self.mistake(&format!("{at}.empty"), message, None);
            }
            _ => {}
        }
    }

    fn placeholders(&mut self, at: &str, field: &str, text: &Text, assertion: &Assertion) {
        let names =
            |template: &str| -> BTreeSet<String> { render::blanks(template).into_iter().map(str::to_owned).collect() };
        let (zh, en) = (names(&text.zh), names(&text.en));
        if zh != en {
            let message = Text::new("中英文的占位符不同", "the two languages have different placeholders");
            self.mistake(&format!("{at}.{field}"), message, None);
        }
        for name in zh.union(&en) {
            if !self.is_blank(name, assertion) {
                let message = text!("没有占位符 `{{{name}}}` 可填", "nothing can be put for `{{{name}}}`");
                let help = Text::new(
                    "可用 {actual}、{actual.days_ago}、{key}（带 each 时）、{params.名称}、{it.字段}",
                    "there are {actual}, {actual.days_ago}, {key} (with each), {params.name} and {it.field}",
                );
                self.mistake(&format!("{at}.{field}"), message, help);
            }
        }
    }

    fn is_blank(&self, name: &str, assertion: &Assertion) -> bool {
        match name.split_once('.') {
            None if name == "actual" => assertion.actual.is_some(),
            Some(("actual", "days_ago")) => assertion.actual.is_some(),
            None if name == "key" => assertion.each.is_some(),
            Some(("params", name)) => self.check.params.contains_key(name),
            Some(("it", path)) => {
                let element =
                    assertion.each.as_ref().and_then(|each| expr::type_at(self.schema.root(), &each.path)?.element());
                path.split('.').try_fold(element, |ty: Option<Type>, name| Some(ty?.field(name))).flatten().is_some()
            }
            _ => false,
        }
    }

    fn cases(&mut self) {
        let mut seen = BTreeSet::new();
        for (index, case) in self.check.cases.iter().enumerate() {
            let at = format!("cases[{index}]");
            if !seen.insert(case.name.as_str()) {
                let message = text!("案例名 `{}` 重复", "the name `{}` is used twice"; case.name);
                self.mistake(&format!("{at}.name"), message, None);
            }
            for (path, message) in misfits(&case.facts, self.schema.root()) {
                self.mistake(&format!("{at}.facts{path}"), message, None);
            }
            if case.as_of.as_ref().is_some_and(|text| text.parse::<jiff::Timestamp>().is_err()) {
                let message = Text::new("应为带时区的时刻", "must be a moment with its zone");
                self.mistake(&format!("{at}.as_of"), message, None);
            }
        }
    }

    fn coverage(&mut self) {
        let check = self.check;
        let mut wanted = match check.kind {
            CheckKind::Automated => vec![Expected::Pass, Expected::Fail, Expected::Unknown],
            CheckKind::Assisted if check.cases.is_empty() => return,
            CheckKind::Assisted => vec![Expected::Manual, Expected::Unknown],
        };
        if check.applies.is_some() {
            wanted.push(Expected::NotApplicable);
        }
        for expected in wanted {
            if !check.cases.iter().any(|case| case.expect == expected) {
                let word = expected.as_str();
                let message = text!("没有结果为 {word} 的案例", "no case is expected to be {word}");
                self.mistake("cases", message, None);
            }
        }
    }
}
