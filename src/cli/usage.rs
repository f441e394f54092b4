//! Mistakes of the command line in Chinese: clap words them in English only.

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::model::Lang;

use super::output;

/// Prints what clap has to say: help, version, or a mistake in the language of the reader.
pub fn print(error: &clap::Error, lang: Lang) {
    match in_chinese(error).filter(|_| lang == Lang::Zh) {
        Some(text) => output::note(&text),
        // A closed pipe does not matter here.
        None => drop(error.print()),
    }
}

/// The mistake, what helps, and the usage; `None` for what is no mistake.
fn in_chinese(error: &clap::Error) -> Option<String> {
    let of = Mistake(error);
    let what = match error.kind() {
        ErrorKind::UnknownArgument => format!("不认识的参数 {}", of.arg()),
        ErrorKind::InvalidSubcommand => format!("没有命令 {}", of.quoted(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingRequiredArgument => format!("缺少必需的参数：{}", of.joined(ContextKind::InvalidArg)),
        ErrorKind::MissingSubcommand => {
            format!("{} 之后需要一个命令", of.quoted(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidValue if of.text(ContextKind::InvalidValue).is_empty() => {
            format!("参数 {} 需要一个值", of.arg())
        }
        ErrorKind::InvalidValue => format!("参数 {} 没有取值 {}", of.arg(), of.value()),
        ErrorKind::ValueValidation => format!("参数 {} 的取值 {} 无效{}", of.arg(), of.value(), of.reason()),
        ErrorKind::ArgumentConflict => of.conflict(),
        ErrorKind::NoEquals => format!("参数 {} 与它的值之间需要等号", of.arg()),
        ErrorKind::TooManyValues => format!("参数 {} 不再接受取值 {}", of.arg(), of.value()),
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => of.number_of_values(),
        ErrorKind::InvalidUtf8 => "参数不是 UTF-8 文字".to_owned(),
        _ => return None,
    };
    let mut lines = vec![format!("错误: {what}")];
    lines.extend(of.possible_values());
    lines.extend(of.suggestions().into_iter().map(|help| format!("  建议: {help}")));
    let usage = of.text(ContextKind::Usage);
    if !usage.is_empty() {
        lines.push(format!("\n{}", usage.trim_end().replacen("Usage:", "用法:", 1)));
    }
    lines.push("\n各参数的说明见 --help".to_owned());
    Some(lines.join("\n"))
}

struct Mistake<'a>(&'a clap::Error);

impl Mistake<'_> {
    fn all(&self, kind: ContextKind) -> Vec<String> {
        match self.0.get(kind) {
            Some(ContextValue::String(text)) => vec![text.clone()],
            Some(ContextValue::Strings(texts)) => texts.clone(),
            Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
            Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
            Some(ContextValue::Number(number)) => vec![number.to_string()],
            _ => Vec::new(),
        }
    }

    fn text(&self, kind: ContextKind) -> String {
        self.all(kind).join(" ")
    }

    fn joined(&self, kind: ContextKind) -> String {
        self.all(kind).join("、")
    }

    fn quoted(&self, kind: ContextKind) -> String {
        format!("'{}'", self.text(kind))
    }

    fn arg(&self) -> String {
        self.quoted(ContextKind::InvalidArg)
    }

    fn value(&self) -> String {
        self.quoted(ContextKind::InvalidValue)
    }

    fn possible_values(&self) -> Option<String> {
        let kinds = [ContextKind::ValidValue, ContextKind::ValidSubcommand];
        let values: Vec<_> = kinds.iter().flat_map(|kind| self.all(*kind)).collect();
        (!values.is_empty()).then(|| format!("  可用: {}", values.join("、")))
    }

    /// Why a value does not fit, in the words of its own type where these are known.
    fn reason(&self) -> String {
        let Some(source) = std::error::Error::source(self.0) else { return String::new() };
        let source = source.to_string();
        if let Some((low, high)) = source.split_once(" is not in ").and_then(|(_, range)| range.split_once("..=")) {
            return format!("：应为 {low} 至 {high}");
        }
        let words = match source.as_str() {
            id if id.contains("is not an id") => "编号为 1 至 100 个 a-z、0-9、“.”、“-”，以字母或数字开头",
            "invalid digit found in string" | "cannot parse integer from empty string" => "应为非负整数",
            "number too large to fit in target type" => "数值过大",
            other => other,
        };
        format!("：{words}")
    }

    fn conflict(&self) -> String {
        let this = self.text(ContextKind::InvalidArg);
        let this = if this.is_empty() { self.text(ContextKind::InvalidSubcommand) } else { this };
        let others = self.all(ContextKind::PriorArg);
        match &others[..] {
            [] => format!("'{this}' 不能与已给出的参数同时使用"),
            [other] if *other == this => format!("参数 '{this}' 只能给出一次"),
            _ => format!("'{this}' 不能与 {} 同时使用", others.join("、")),
        }
    }

    fn number_of_values(&self) -> String {
        let expected =
            [ContextKind::ExpectedNumValues, ContextKind::MinValues].iter().find_map(|kind| self.all(*kind).pop());
        let actual = self.text(ContextKind::ActualNumValues);
        format!("参数 {} 需要 {} 个值，给出了 {actual} 个", self.arg(), expected.unwrap_or_default())
    }

    fn suggestions(&self) -> Vec<String> {
        let mut all = Vec::new();
        for (kind, what) in [
            (ContextKind::SuggestedSubcommand, "命令"),
            (ContextKind::SuggestedArg, "参数"),
            (ContextKind::SuggestedValue, "取值"),
        ] {
            let near = self.all(kind);
            if !near.is_empty() {
                all.push(format!("是否指{what} '{}'？", near.join("' 或 '")));
            }
        }
        all.extend(self.all(ContextKind::Suggested).iter().map(|text| advice(text)));
        all
    }
}

/// Clap's advice is a sentence around names in quotes.
fn advice(text: &str) -> String {
    let names: Vec<_> = text.split('\'').skip(1).step_by(2).collect();
    match (names[..].as_ref(), text) {
        ([value, form], text) if text.starts_with("to pass") => format!("要把 '{value}' 当作值，写成 '{form}'"),
        ([name], text) if text.ends_with("exists") => format!("有 '{name}'"),
        ([name, _], text) if text.starts_with("subcommand") => format!("有命令 '{name}'；去掉它前面的 '--'"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Arguments, in_chinese};

    fn said(args: &str) -> String {
        let args: Vec<_> = format!("jixian {args}").split(' ').map(str::to_owned).collect();
        in_chinese(&Arguments::parse_localised(&args).unwrap_err()).unwrap_or_default()
    }

    #[test]
    fn mistakes_of_the_command_line_are_said_in_chinese_with_what_helps() {
        insta::assert_snapshot!(
            [
                "report b --frmat pdf",
                "--frmat pdf report b",
                "asess i",
                "assess",
                "report b --format pfd",
                "report b --format",
                "--lang fr init",
                "gate b --max-age soon",
                "gate b --max-age 99999999999",
                "gate b --scan app x.apk",
                "gate b --policy p --policy q",
                "gate --scan app",
                "assess i --profile A/B",
                "check",
                "init a b",
                "init -x",
            ]
            .map(|args| format!("$ jixian {args}\n{}\n", said(args)))
            .join("\n")
        );
    }

    #[test]
    fn help_and_version_are_no_mistakes() {
        assert_eq!((said("--help"), said("--version")), (String::new(), String::new()));
    }
}
