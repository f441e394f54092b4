//! From the files of a catalogue to checks: structure, names and types, with every mistake in its place.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    model::{AssetKind, CatalogueFiles, CheckId, Digest, Domain, Severity, Text},
    yaml::{self, Mistake, Mistakes, Positions, Source, did_you_mean},
};

use super::{
    Check, Expression, Issues, Scope, Step,
    check::{Assertion, Case, CheckKind, Each, Empty, Remedy, Shown},
    expr,
    params::Param,
    text,
    types::{Kind, Schema, Type},
};

const FOLDER: &str = "checks/";
const FORMAT: yaml::Schema = yaml::Schema::new("jixian.check", 1, 0);

/// All checks of a catalogue, by id.
#[derive(Debug, Default)]
pub struct CheckSet {
    checks: BTreeMap<CheckId, Check>,
}

/// A check file as people write it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields, title = "jixian.check/v1")]
pub(super) struct CheckFile {
    /// `jixian.check/v1`.
    #[expect(dead_code, reason = "checked by the reader, before anything else")]
    pub schema: String,
    /// Never reused; the name of the file. Its first part is the folder.
    pub id: CheckId,
    /// Goes up with every change of meaning.
    pub revision: u32,
    pub title: Text,
    pub severity: Severity,
    pub kind: CheckKind,
    /// Kinds of assets that it is for.
    pub target: Vec<AssetKind>,
    /// Groups of facts that it looks at.
    pub needs: Vec<String>,
    /// Where this is false, the check is not applicable.
    #[serde(default)]
    pub applies: Option<String>,
    #[serde(default)]
    pub params: BTreeMap<String, Param>,
    /// May be left out in an assisted check: then the groups in `needs` are shown.
    #[serde(default, rename = "assert")]
    pub assertions: Vec<AssertionFile>,
    pub why: Text,
    pub remedy: Remedy,
    /// One of `cve cwe fips forum gm mastg masvs registry rfc url` with its identifier; `about` or `name` may stand beside it.
    #[serde(default)]
    pub references: Vec<BTreeMap<String, String>>,
    #[serde(default)]
    pub cases: Vec<Case>,
}

/// An assertion as people write it.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct AssertionFile {
    pub id: String,
    /// A condition in CEL. May be left out in an assisted check.
    #[serde(default)]
    pub expr: Option<String>,
    /// The path of a list; the assertion is about each element, which is called `it`.
    #[serde(default)]
    pub each: Option<String>,
    /// Only elements for which this holds count.
    #[serde(default, rename = "where")]
    pub filter: Option<String>,
    /// What names the element, such as `it.name`.
    #[serde(default)]
    pub key: Option<String>,
    /// What an empty list means: that of `each` (after `where`), or one that all() goes through.
    #[serde(default)]
    pub empty: Option<Empty>,
    /// What is shown as observed: a path or an expression.
    #[serde(default)]
    pub actual: Option<String>,
    /// What would be right; the title where it is left out.
    #[serde(default)]
    pub expected: Option<Text>,
    /// Said of a failure; `{actual}`, `{key}`, `{params.name}` and `{it.field}` are filled in.
    pub fail: Text,
}

impl CheckSet {
    /// Reads `checks/**.yaml`, typed against the facts that this program knows. Reports every mistake that it can reach.
    pub fn load(files: &CatalogueFiles) -> Result<Self, Mistakes> {
        Self::load_typed(files, Schema::facts())
    }

    /// As [`load`](Self::load), against other facts.
    pub fn load_typed(files: &CatalogueFiles, schema: &Schema) -> Result<Self, Mistakes> {
        Self::load_with(files, schema, Part::Whole)
    }

    /// As [`load`](Self::load), without the cases, which are the larger part of every file and judge nothing.
    pub fn load_for_use(files: &CatalogueFiles) -> Result<Self, Mistakes> {
        Self::load_with(files, Schema::facts(), Part::WithoutCases)
    }

    fn load_with(files: &CatalogueFiles, schema: &Schema, part: Part) -> Result<Self, Mistakes> {
        let source = |path: &str, text: &str| match part {
            Part::Whole => Source::new(path, text),
            Part::WithoutCases => Source::new(path, without_cases(text)).parsed(files.tree(path)),
        };
        let read_some = |some: &[(&str, &str)]| -> Vec<_> {
            some.iter().map(|(path, text)| read(&source(path, text), Digest::of(text.as_bytes()), schema)).collect()
        };
        let files: Vec<_> = files.under(FOLDER).filter(|(path, _)| path.ends_with(".yaml")).collect();
        let mut mistakes = Mistakes::default();
        let mut checks = BTreeMap::new();
        for result in expr::in_parallel(&files, read_some) {
            match result {
                Ok(check) => drop(checks.insert(check.id.clone(), check)),
                Err(more) => mistakes.extend(more),
            }
        }
        mistakes.or(Self { checks })
    }

    pub fn get(&self, id: &CheckId) -> Option<&Check> {
        self.checks.get(id)
    }

    /// In the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &Check> {
        self.checks.values()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Check> {
        self.checks.values_mut()
    }

    pub fn len(&self) -> usize {
        self.checks.len()
    }

    pub fn is_empty(&self) -> bool {
        self.checks.is_empty()
    }

    /// The checks for a kind of asset.
    pub fn for_kind(&self, kind: AssetKind) -> impl Iterator<Item = &Check> {
        self.iter().filter(move |check| check.target.contains(&kind))
    }

    /// The id nearest to a misspelt one.
    pub fn nearest(&self, id: &str) -> Option<&str> {
        did_you_mean(id, self.checks.keys().map(CheckId::as_str))
    }
}

/// How much of a check is wanted.
#[derive(Clone, Copy)]
enum Part {
    Whole,
    WithoutCases,
}

/// The text up to the cases, where they come last.
fn without_cases(text: &str) -> &str {
    match text.split_once("\ncases:") {
        Some((before, after)) if after.lines().skip(1).all(|line| line.is_empty() || line.starts_with([' ', '#'])) => {
            before
        }
        _ => text,
    }
}

/// Reads one check; `digest` is that of the whole file.
fn read(source: &Source, digest: Digest, schema: &Schema) -> Result<Check, Mistakes> {
    let (file, positions) = yaml::read_document::<CheckFile>(source, FORMAT)?;
    let types = file.params.iter().map(|(name, param)| (name.clone(), param.ty())).collect();
    let mut loader = Loader { schema, positions, params: types, mistakes: Mistakes::default() };
    loader.names(source, &file);
    loader.param_values(&file);
    let applies = file.applies.as_deref().and_then(|text| loader.condition("applies", text, None));
    let assertions = loader.assertions(&file);
    let check = Check {
        id: file.id,
        revision: file.revision,
        digest,
        title: file.title,
        severity: file.severity,
        kind: file.kind,
        target: file.target,
        needs: file.needs,
        applies,
        params: file.params,
        assertions,
        why: file.why,
        remedy: file.remedy,
        references: file.references,
        cases: file.cases,
    };
    loader.mistakes.or(check)
}

struct Loader<'a> {
    schema: &'a Schema,
    positions: Positions,
    params: BTreeMap<String, Type>,
    mistakes: Mistakes,
}

impl Loader<'_> {
    fn mistake(&mut self, path: &str, message: Text, help: Option<Text>) {
        let mistake: Mistake = self.positions.mistake(path, message, help);
        self.mistakes.push(mistake);
    }

    fn names(&mut self, source: &Source, file: &CheckFile) {
        let id = file.id.as_str();
        let domain = id.split('.').next().unwrap_or_default();
        let wanted = format!("{FOLDER}{domain}/{id}.yaml");
        if source.name != wanted {
            let message = text!("文件应为 {wanted}", "the file must be {wanted}");
            self.mistake("id", message, None);
        }
        if domain.parse::<Domain>().is_err() {
            let domains = Domain::ALL.iter().map(|d| d.as_str()).collect::<Vec<_>>().join(", ");
            let help = text!("id 以 {domains} 之一开头", "an id begins with one of {domains}");
            self.mistake("id", text!("`{domain}` 不是检查域", "`{domain}` is no domain of checks"), Some(help));
        }
        for (index, kind) in file.target.iter().enumerate() {
            if kind.domain().as_str() != domain {
                let message = text!("{kind} 不属于 {domain} 域", "{kind} is not of the domain {domain}");
                self.mistake(&format!("target[{index}]"), message, None);
            }
        }
        for (present, path) in [(file.revision > 0, "revision"), (!file.target.is_empty(), "target")] {
            if !present {
                self.mistake(path, Text::new("不能为空或 0", "must not be empty or 0"), None);
            }
        }
        self.needed_groups(file);
    }

    fn needed_groups(&mut self, file: &CheckFile) {
        if file.needs.is_empty() {
            self.mistake("needs", Text::new("不能为空", "must not be empty"), None);
        }
        for (index, group) in file.needs.iter().enumerate() {
            if group.split('.').count() != 2 || self.schema.at(group).is_none() {
                let message = text!("没有名为 `{group}` 的事实组", "there is no group of facts called `{group}`");
                let help = Text::new("形如 host.sshd", "such as host.sshd");
                self.mistake(&format!("needs[{index}]"), message, Some(help));
            }
        }
    }

    fn param_values(&mut self, file: &CheckFile) {
        for (name, param) in &file.params {
            if let Some(message) = param.mistake(&param.default) {
                self.mistake(&format!("params.{name}.default"), message, None);
            }
        }
        for (index, case) in file.cases.iter().enumerate() {
            for (name, value) in &case.params.0 {
                let message = match file.params.get(name) {
                    None => Some(text!("检查没有参数 `{name}`", "the check has no parameter `{name}`")),
                    Some(param) => param.mistake(value),
                };
                if let Some(message) = message {
                    self.mistake(&format!("cases[{index}].params.{name}"), message, None);
                }
            }
        }
    }

    fn assertions(&mut self, file: &CheckFile) -> Vec<Assertion> {
        if file.assertions.is_empty() && file.kind == CheckKind::Automated {
            let message = Text::new("自动检查至少要有一条断言", "an automated check needs an assertion");
            self.mistake("assert", message, None);
        }
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        for (index, raw) in file.assertions.iter().enumerate() {
            let at = format!("assert[{index}]");
            if !seen.insert(raw.id.as_str()) {
                let message = text!("断言 id `{}` 重复", "the assertion id `{}` is used twice"; raw.id);
                self.mistake(&format!("{at}.id"), message, None);
            }
            if raw.expr.is_none() && file.kind == CheckKind::Automated {
                let message = Text::new("自动检查的断言必须有 expr", "an assertion of an automated check needs expr");
                self.mistake(&at, message, None);
            }
            out.push(self.assertion(&at, raw));
        }
        out
    }

    fn assertion(&mut self, at: &str, raw: &AssertionFile) -> Assertion {
        let list = raw.each.as_deref().and_then(|path| self.list(&format!("{at}.each"), path));
        let it = list.as_ref().map(|(_, element)| element.clone());
        for (given, name) in [(raw.filter.is_some(), "where"), (raw.key.is_some(), "key")] {
            if given && raw.each.is_none() {
                let message = text!("`{name}` 只用于带 each 的断言", "`{name}` is for assertions with each");
                self.mistake(&format!("{at}.{name}"), message, None);
            }
        }
        // A list that is wrong has been reported; what is said of its elements is then let pass.
        let it = it.or_else(|| raw.each.as_ref().map(|_| Type::any()));
        let filter = raw.filter.as_deref().and_then(|text| self.condition(&format!("{at}.where"), text, it.as_ref()));
        let key = raw.key.as_deref().and_then(|text| self.value(&format!("{at}.key"), text, it.as_ref()));
        let expr = raw.expr.as_deref().and_then(|text| self.condition(&format!("{at}.expr"), text, it.as_ref()));
        let actual = raw.actual.as_deref().and_then(|text| self.shown(&format!("{at}.actual"), text, it.as_ref()));
        Assertion {
            id: raw.id.clone(),
            expr,
            each: list.map(|(path, _)| Each { path, filter, key }),
            actual,
            expected: raw.expected.clone(),
            fail: raw.fail.clone(),
            empty: raw.empty,
        }
    }

    fn list(&mut self, at: &str, path: &str) -> Option<(Vec<Step>, Type)> {
        let list = self.value(at, path, None)?;
        let Some(steps) = steps(path) else {
            self.mistake(at, Text::new("each 是一个路径", "each is a path"), None);
            return None;
        };
        match list.ty().kind() {
            Kind::List(element) => Some((steps, element.clone())),
            Kind::Any => Some((steps, Type::any())),
            _ => {
                let ty = list.ty().describe();
                let message =
                    Text::new(format!("each 需要列表，而不是{}", ty.zh), format!("each needs a list, not {}", ty.en));
                self.mistake(at, message, None);
                None
            }
        }
    }

    fn shown(&mut self, at: &str, text: &str, it: Option<&Type>) -> Option<Shown> {
        let expression = self.value(at, text, it)?;
        Some(match steps(text) {
            Some(path) => match path.as_slice() {
                [Step::Field(root), rest @ ..] if root == "it" && it.is_some() => Shown::OfIt(rest.to_vec()),
                [Step::Field(root), ..] if root == "params" => Shown::Computed(Box::new(expression)),
                _ => Shown::Fact(path),
            },
            None => Shown::Computed(Box::new(expression)),
        })
    }

    fn condition(&mut self, at: &str, text: &str, it: Option<&Type>) -> Option<Expression> {
        let scope = Scope { schema: self.schema, params: Some(&self.params), it: it.cloned() };
        let compiled = Expression::condition(text, &scope);
        self.reported(at, compiled)
    }

    fn value(&mut self, at: &str, text: &str, it: Option<&Type>) -> Option<Expression> {
        let scope = Scope { schema: self.schema, params: Some(&self.params), it: it.cloned() };
        let compiled = Expression::value(text, &scope);
        self.reported(at, compiled)
    }

    fn reported(&mut self, at: &str, compiled: Result<Expression, Issues>) -> Option<Expression> {
        match compiled {
            Ok(expression) => Some(expression),
            Err(Issues(issues)) => {
                for issue in issues {
                    let mut message = issue.message;
                    if let Some((line, column)) = issue.place {
                        message.zh.push_str(&format!("（表达式第 {line} 行第 {column} 列）"));
                        message.en.push_str(&format!(" (line {line}, column {column} of the expression)"));
                    }
                    self.mistake(at, message, issue.help);
                }
                None
            }
        }
    }
}

/// The steps of a plain dotted path; `None` for anything else.
pub(super) fn steps(text: &str) -> Option<Vec<Step>> {
    let name = |part: &str| {
        let first = part.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let ok = first && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        ok.then(|| Step::Field(part.to_owned()))
    };
    text.trim().split('.').map(name).collect()
}
