//! Whether the condition of a rule holds for a call.

use super::rule::When;
use crate::{
    formats::dex::{Arguments, Dex, Value},
    model::Tri,
};

/// Bytes of a string that conditions look at: names are shorter, and addresses tell by their beginning.
const MOST: usize = 256;

/// A call of a method, with what is known of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Site<'s> {
    pub dex: &'s Dex<'s>,
    pub arguments: Arguments<'s>,
    /// The result of the callee, then its parameters.
    pub shorty: &'s [u8],
    /// The name of the calling method.
    pub caller: &'s [u8],
}

impl Site<'_> {
    /// `Unknown` where it depends on a value that cannot be seen.
    pub fn holds(&self, when: When) -> Tri {
        match when {
            When::Always => Tri::Yes,
            When::Number(place, number) => self.number(place, |value| value == number),
            When::Within(place, first, last) => self.number(place, |value| (first..=last).contains(&value)),
            When::OneOf(place, numbers) => self.number(place, |value| numbers.contains(&value)),
            When::Bits(place, bits) => self.number(place, |value| value & bits != 0),
            When::Lacks(place, bits) => self.number(place, |value| value & bits == 0),
            When::Text(place, test) => self.reference(place, |value| match value {
                Value::Text(string) => self.dex.string_beginning(string, MOST).is_some_and(|text| test(&text)).into(),
                // `null`
                Value::Number(_) => Tri::No,
                _ => Tri::Unknown,
            }),
            When::ConstantBytes(place) => self.reference(place, constant),
            When::Constant(place) => match self.arguments.parameter(self.shorty, place) {
                Some((b'L', value)) => constant(value),
                Some((_, Value::Number(_))) => Tri::Yes,
                Some(_) => Tri::Unknown,
                None => Tri::No,
            },
            When::Caller(name) => (self.caller == name.as_bytes()).into(),
            When::Shorty(forms) => forms.iter().any(|form| self.shorty == form.as_bytes()).into(),
            When::All(all) => all.iter().map(|one| self.holds(*one)).fold(Tri::Yes, both),
        }
    }

    /// A parameter that is no number makes it another method of that name.
    fn number(&self, place: usize, test: impl Fn(i64) -> bool) -> Tri {
        match self.arguments.parameter(self.shorty, place) {
            Some((b'I' | b'Z' | b'J' | b'S' | b'B' | b'C', Value::Number(value))) => test(value).into(),
            Some((b'I' | b'Z' | b'J' | b'S' | b'B' | b'C', _)) => Tri::Unknown,
            _ => Tri::No,
        }
    }

    fn reference(&self, place: usize, test: impl Fn(Value) -> Tri) -> Tri {
        match self.arguments.parameter(self.shorty, place) {
            Some((b'L', value)) => test(value),
            _ => Tri::No,
        }
    }
}

fn constant(value: Value) -> Tri {
    match value {
        Value::Array | Value::TextBytes(_) => Tri::Yes,
        Value::Number(_) => Tri::No,
        _ => Tri::Unknown,
    }
}

fn both(a: Tri, b: Tri) -> Tri {
    match (a, b) {
        (Tri::No, _) | (_, Tri::No) => Tri::No,
        (Tri::Yes, Tri::Yes) => Tri::Yes,
        _ => Tri::Unknown,
    }
}
