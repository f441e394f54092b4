//! The types of operators and functions: what they take, what they give, and how to do it right.

use cel::common::ast::{CallExpr, Expr, LiteralValue, operators as op};

use crate::checks::{
    functions,
    types::{Kind, Type, join},
};

use super::infer::{Literal, Term, Walk, path};

/// Functions that an expression may call beside the operators and the macros.
pub(super) const FUNCTIONS: &[&str] = &[
    "cidr_in", "contains", "days_since", "double", "endsWith", "int", "mode_within", "rx", "size", "startsWith", "string",
    "ver_cmp",
];

impl Walk<'_> {
    /// The type of a call whose arguments (the target first) have been walked.
    pub(super) fn call_type(&mut self, node: u64, call: &CallExpr, args: &[Term]) -> Type {
        match (call.func_name.as_str(), args) {
            (op::LOGICAL_AND | op::LOGICAL_OR, args) => {
                for arg in args {
                    let help = "a side of `&&` or `||` must be a boolean; compare a three-valued fact with \"yes\" or \"no\"";
                    self.require(node, arg, matches!(arg.ty.kind(), Kind::Bool | Kind::Any), help);
                }
                Type::bool()
            }
            (op::EQUALS | op::NOT_EQUALS, [a, b]) => {
                self.comparable(node, a, b);
                Type::bool()
            }
            (op::LESS | op::LESS_EQUALS | op::GREATER | op::GREATER_EQUALS, [a, b]) => {
                for side in [a, b] {
                    let help = "only numbers have an order here; compare versions with ver_cmp(a, b) < 0";
                    self.require(node, side, side.ty.is_number(), help);
                }
                Type::bool()
            }
            (op::IN, [element, list]) => {
                self.membership(node, element, list);
                Type::bool()
            }
            (op::ADD | op::SUBSTRACT | op::MULTIPLY | op::DIVIDE | op::MODULO, [a, b]) => self.arithmetic(node, call, a, b),
            (op::NEGATE, [a]) => {
                self.require(node, a, a.ty.is_number(), "`-` is for numbers");
                a.ty.clone()
            }
            _ => self.function_type(node, call, args),
        }
    }

    fn function_type(&mut self, node: u64, call: &CallExpr, args: &[Term]) -> Type {
        let name = call.func_name.as_str();
        let method = matches!(name, "contains" | "endsWith" | "startsWith");
        if FUNCTIONS.contains(&name) && method != call.target.is_some() {
            let help = if method { format!("write text.{name}(..)") } else { format!("write {name}(..)") };
            self.issue(node, format!("`{name}` is called the other way round"), help);
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
                self.argument(node, block, |text| functions::Cidr::parse(text).is_some(), "is not an address block");
                Type::bool()
            }
            ("mode_within", [mode, max]) => {
                for arg in [mode, max] {
                    let ok = arg.ty.is_text() || matches!(arg.ty.kind(), Kind::Int);
                    self.require(node, arg, ok, "mode_within() takes file modes such as \"0640\"");
                    self.argument(node, arg, |text| functions::octal(text).is_some(), "is not an octal file mode");
                }
                Type::bool()
            }
            ("days_since", [date]) => {
                self.texts(node, name, &[date]);
                Type::int()
            }
            ("string", [_]) => Type::string(),
            ("int", [a]) => {
                self.require(node, a, a.ty.is_number() || a.ty.is_text(), "int() takes a number or a string");
                Type::int()
            }
            ("double", [a]) => {
                self.require(node, a, a.ty.is_number() || a.ty.is_text(), "double() takes a number or a string");
                Type::new(Kind::Float)
            }
            ("matches", _) => {
                let help = "rx(text, \"pattern\") compiles its pattern once, and lint checks it";
                self.issue(node, "`matches` is not used", help.to_owned());
                Type::bool()
            }
            _ => self.no_such_function(node, name, args.len()),
        }
    }

    fn no_such_function(&mut self, node: u64, name: &str, arguments: usize) -> Type {
        if FUNCTIONS.contains(&name) {
            self.issue(node, format!("`{name}` does not take {arguments} arguments"), None);
        } else {
            let help = super::suggest(name, FUNCTIONS.iter().map(|&f| f.to_owned()).collect())
                .unwrap_or_else(|| format!("there are {}", FUNCTIONS.join(", ")));
            self.issue(node, format!("there is no function `{name}`"), help);
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
        let inner = match list.ty.kind() {
            Kind::List(inner) => inner.clone(),
            Kind::Map(_) => Type::string(),
            Kind::Any => return,
            _ => {
                self.require(node, list, false, "`in` is for lists and the keys of maps");
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
            let help = "an unknown fact makes the check Unknown by itself, so this comparison is never reached";
            self.issue(node, format!("\"{word}\" never reaches an expression"), help.to_owned());
        } else if !choices.values.contains(word) {
            self.issue(node, format!("`{name}` is never \"{word}\""), fact.ty.describe());
        }
    }

    fn arithmetic(&mut self, node: u64, call: &CallExpr, a: &Term, b: &Term) -> Type {
        let texts = call.func_name == op::ADD && a.ty.is_text() && b.ty.is_text();
        if texts && !a.ty.is_any() {
            return Type::string();
        }
        if !(a.ty.is_number() && b.ty.is_number()) {
            self.mismatch(node, a, b);
            return Type::any();
        }
        join(&a.ty, &b.ty)
    }

    fn texts(&mut self, node: u64, function: &str, args: &[&Term]) {
        for arg in args {
            self.require(node, arg, arg.ty.is_text(), &format!("{function}() takes strings"));
        }
    }

    fn argument(&mut self, node: u64, arg: &Term, ok: fn(&str) -> bool, what: &str) {
        if let Some(Literal::Text(text)) = &arg.literal
            && !ok(text)
        {
            self.issue(node, format!("\"{text}\" {what}"), None);
        }
    }

    fn pattern(&mut self, node: u64, call: &CallExpr) {
        let Some(Expr::Literal(LiteralValue::String(pattern))) = call.args.last().map(|e| &e.expr) else {
            self.issue(node, "the pattern of rx() must be a literal", None);
            return;
        };
        match functions::pattern(pattern.inner()) {
            Ok(_) => self.out.patterns.push(pattern.inner().to_owned()),
            Err(why) => self.issue(node, format!("the pattern of rx() is no regular expression: {why}"), None),
        }
    }

    fn mismatch(&mut self, node: u64, a: &Term, b: &Term) {
        let name = |term: &Term| match (term.places.first(), &term.literal) {
            (Some(place), _) => format!("`{}` ({})", path(place), term.ty.describe()),
            (None, Some(Literal::Text(text))) => format!("the string \"{text}\""),
            (None, _) => term.ty.describe(),
        };
        self.issue(node, format!("{} and {} are never comparable", name(a), name(b)), None);
    }
}
