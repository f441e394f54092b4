//! The types of operators and functions: what they take, what they give, and how to do it right.

use cel::common::ast::{CallExpr, Expr, LiteralValue, operators as op};

use crate::{
    checks::{
        functions, text,
        types::{Kind, Type, join},
    },
    model::Text,
};

use super::{
    infer::{Literal, Term, path},
    walk::Walk,
};

/// Functions that an expression may call beside the operators and the macros.
pub(super) const FUNCTIONS: &[&str] = &[
    "cidr_in",
    "contains",
    "days_since",
    "double",
    "endsWith",
    "int",
    "mode_within",
    "rx",
    "size",
    "startsWith",
    "string",
    "ver_cmp",
];

impl Walk<'_> {
    /// The type of a call whose arguments (the target first) have been walked.
    pub(super) fn call_type(&mut self, node: u64, call: &CallExpr, args: &[Term]) -> Type {
        match (call.func_name.as_str(), args) {
            (op::LOGICAL_AND | op::LOGICAL_OR, args) => {
                for arg in args {
                    let message = Text::new(
                        "`&&` 和 `||` 两侧必须是布尔值；三值事实请与 \"yes\" 或 \"no\" 比较",
                        "a side of `&&` or `||` must be a boolean; compare a three-valued fact with \"yes\" or \"no\"",
                    );
                    self.require(node, arg, matches!(arg.ty.kind(), Kind::Bool | Kind::Any), message);
                }
                Type::bool()
            }
            (op::EQUALS | op::NOT_EQUALS, [a, b]) => {
                self.comparable(node, a, b);
                Type::bool()
            }
            (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, [a, b]) => {
                for side in [a, b] {
                    let message = Text::new(
                        "只有数值可比较大小；版本请用 ver_cmp(a, b) < 0",
                        "only numbers have an order here; compare versions with ver_cmp(a, b) < 0",
                    );
                    self.require(node, side, side.ty.is_number(), message);
                }
                Type::bool()
            }
            (op::IN, [element, list]) => {
                self.membership(node, element, list);
                Type::bool()
            }
            (op::ADD | op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO, [a, b]) => {
                self.arithmetic(node, call, a, b)
            }
            (op::NEGATE, [a]) => {
                self.require(node, a, a.ty.is_number(), Text::new("`-` 用于数值", "`-` is for numbers"));
                a.ty.clone()
            }
            _ => self.function_type(node, call, args),
        }
    }

    fn function_type(&mut self, node: u64, call: &CallExpr, args: &[Term]) -> Type {
        let name = call.func_name.as_str();
        let method = matches!(name, "contains" | "endsWith" | "startsWith");
        if FUNCTIONS.contains(&name) && method != call.target.is_some() {
            let form = if method { format!("text.{name}(..)") } else { format!("{name}(..)") };
            let help = text!("写作 {form}", "write {form}");
            self.issue(node, text!("`{name}` 的调用方式不对", "`{name}` is called the other way round"), help);
            return Type::any();
        }
        match (name, args) {
            ("contains" | "endsWith" | "startsWith", [text, part]) => {
                self.texts(node, name, &[text, part]);
                Type::bool()
            }
            ("rx", [text, _]) => {
                self.texts(node, name, &[text]);
                self.pattern(node, call);
                Type::bool()
            }
            ("ver_cmp", [a, b]) => {
                self.texts(node, name, &[a, b]);
                Type::int()
            }
            ("cidr_in", [address, block]) => {
                self.texts(node, name, &[address, block]);
                let what = Text::new("不是地址段", "is not an address block");
                self.argument(node, block, |text| functions::Cidr::parse(text).is_some(), &what);
                Type::bool()
            }
            ("mode_within", [mode, max]) => {
                for arg in [mode, max] {
                    let ok = arg.ty.is_text() || matches!(arg.ty.kind(), Kind::Int);
                    let message = Text::new(
                        "mode_within() 的参数是文件权限，如 \"0640\"",
                        "mode_within() takes file modes such as \"0640\"",
                    );
                    self.require(node, arg, ok, message);
                    let what = Text::new("不是八进制文件权限", "is not an octal file mode");
                    self.argument(node, arg, |text| functions::octal(text).is_some(), &what);
                }
                Type::bool()
            }
            ("days_since", [date]) => {
                self.texts(node, name, &[date]);
                Type::int()
            }
            ("string", [_]) => Type::string(),
            ("int", [a]) => {
                self.number_or_text(node, name, a);
                Type::int()
            }
            ("double", [a]) => {
                self.number_or_text(node, name, a);
                Type::new(Kind::Float)
            }
            ("matches", _) => {
                let help = Text::new(
                    "改用 rx(文本, \"模式\")：模式只编译一次并经过检查",
                    "use rx(text, \"pattern\"): its pattern is compiled once and checked",
                );
                self.issue(node, Text::new("不使用 `matches`", "`matches` is not used"), help);
                Type::bool()
            }
            _ => self.no_such_function(node, name, args.len()),
        }
    }

    fn no_such_function(&mut self, node: u64, name: &str, arguments: usize) -> Type {
        if FUNCTIONS.contains(&name) {
            let message = text!("`{name}` 不接受 {arguments} 个参数", "`{name}` does not take {arguments} arguments");
            self.issue(node, message, None);
        } else {
            let all = FUNCTIONS.join(", ");
            let help = super::suggest(name, FUNCTIONS.iter().map(|&f| f.to_owned()).collect())
                .unwrap_or_else(|| text!("可用：{all}", "there are {all}"));
            self.issue(node, text!("没有函数 `{name}`", "there is no function `{name}`"), help);
        }
        Type::any()
    }

    fn comparable(&mut self, node: u64, a: &Term, b: &Term) {
        self.words(node, a, b);
        self.words(node, b, a);
        let ok = match (a.ty.kind(), b.ty.kind()) {
            (Kind::Any, _) | (_, Kind::Any) | (Kind::Bool, Kind::Bool) => true,
            (Kind::Map(_) | Kind::Struct(_), _) | (_, Kind::Map(_) | Kind::Struct(_)) => false,
            (Kind::List(_), Kind::List(_)) => true,
            _ => (a.ty.is_number() && b.ty.is_number()) || (a.ty.is_text() && b.ty.is_text()),
        };
        if !ok {
            self.mismatch(node, a, b);
        }
    }

    fn membership(&mut self, node: u64, element: &Term, list: &Term) {
        self.note_product(list);
        let inner = match list.ty.kind() {
            Kind::List(inner) => inner.clone(),
            Kind::Map(_) => Type::string(),
            Kind::Any => return,
            _ => {
                let message = Text::new("`in` 用于列表和映射的键", "`in` is for lists and the keys of maps");
                self.require(node, list, false, message);
                return;
            }
        };
        if let Kind::Enum(words) = inner.kind()
            && list.places.is_empty()
        {
            for word in &words.values {
                let word = Term { literal: Some(Literal::Text(word.clone())), ..Term::computed(Type::string()) };
                self.words(node, element, &word);
            }
        }
        let inner = Term::computed(inner);
        self.words(node, &inner, element);
        let ok = element.ty.is_any()
            || inner.ty.is_any()
            || (element.ty.is_number() && inner.ty.is_number())
            || (element.ty.is_text() && inner.ty.is_text())
            || element.ty.kind() == inner.ty.kind();
        if !ok {
            self.mismatch(node, element, &inner);
        }
    }

    /// A literal that is compared with a closed list of words must be one of them.
    fn words(&mut self, node: u64, fact: &Term, literal: &Term) {
        let (Kind::Enum(choices), Some(Literal::Text(word)), None) = (fact.ty.kind(), &literal.literal, &fact.literal)
        else {
            return;
        };
        let name = fact.places.first().map_or_else(|| "it".to_owned(), path);
        if choices.unknown.contains(word) {
            let help = Text::new(
                "未知事实本身就使检查未判定，不会走到这个比较",
                "an unknown fact makes the check Unknown by itself, so this comparison is never reached",
            );
            self.issue(node, text!("\"{word}\" 不会进入表达式", "\"{word}\" never reaches an expression"), help);
        } else if !choices.values.contains(word) {
            let message = text!("`{name}` 不会是 \"{word}\"", "`{name}` is never \"{word}\"");
            self.issue(node, message, fact.ty.describe());
        }
    }

    fn arithmetic(&mut self, node: u64, call: &CallExpr, a: &Term, b: &Term) -> Type {
        let texts = call.func_name == op::ADD && a.ty.is_text() && b.ty.is_text();
        if texts {
            return if a.ty.is_any() && b.ty.is_any() { Type::any() } else { Type::string() };
        }
        if !(a.ty.is_number() && b.ty.is_number()) {
            self.mismatch(node, a, b);
            return Type::any();
        }
        join(&a.ty, &b.ty)
    }

    fn texts(&mut self, node: u64, function: &str, args: &[&Term]) {
        for arg in args {
            let message = text!("{function}() 的参数是字符串", "{function}() takes strings");
            self.require(node, arg, arg.ty.is_text(), message);
        }
    }

    fn argument(&mut self, node: u64, arg: &Term, ok: fn(&str) -> bool, what: &Text) {
        if let Some(Literal::Text(text)) = &arg.literal
            && !ok(text)
        {
            let message = Text::new(format!("\"{text}\" {}", what.zh), format!("\"{text}\" {}", what.en));
            self.issue(node, message, None);
        }
    }

    fn pattern(&mut self, node: u64, call: &CallExpr) {
        let Some(Expr::Literal(LiteralValue::String(pattern))) = call.args.last().map(|e| &e.expr) else {
            let message = Text::new("rx() 的模式必须是字面量", "the pattern of rx() must be a literal");
            self.issue(node, message, None);
            return;
        };
        match functions::pattern(pattern.inner()) {
            Ok(_) => self.out.patterns.push(pattern.inner().to_owned()),
            Err(why) => {
                let message =
                    text!("rx() 的模式不是正则表达式：{why}", "the pattern of rx() is no regular expression: {why}");
                self.issue(node, message, None);
            }
        }
    }

    fn mismatch(&mut self, node: u64, a: &Term, b: &Term) {
        let name = |term: &Term| match (term.places.first(), &term.literal) {
            (Some(place), _) => {
                let (path, ty) = (path(place), term.ty.describe());
                Text::new(format!("`{path}`（{}）", ty.zh), format!("`{path}` ({})", ty.en))
            }
            (None, Some(Literal::Text(text))) => text!("字符串 \"{text}\"", "the string \"{text}\""),
            (None, _) => term.ty.describe(),
        };
        let (a, b) = (name(a), name(b));
        let message = Text::new(
            format!("{} 与 {} 永远不可比", a.zh, b.zh),
            format!("{} and {} are never comparable", a.en, b.en),
        );
        self.issue(node, message, None);
    }

    fn number_or_text(&mut self, node: u64, function: &str, arg: &Term) {
        let message = text!("{function}() 的参数是数值或字符串", "{function}() takes a number or a string");
        self.require(node, arg, arg.ty.is_number() || arg.ty.is_text(), message);
    }
}
