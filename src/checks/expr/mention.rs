//! The tree of fact paths that an expression mentions, and the guard that keeps unknown facts away from it.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::Value;

use crate::{
    checks::{
        render,
        types::{Kind, Type},
    },
    model::{Reason, ReasonCode, Unread, UnreadStatus},
};

/// One step from a fact to a part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A field of a struct or a key of a map.
    Field(String),
    /// One element of a list by position.
    Index(usize),
    /// Every element of a list, every value of a map.
    Each,
}

/// What is mentioned below one fact.
#[derive(Clone, Debug)]
pub struct Mentions {
    ty: Type,
    /// The value is used as a whole: everything below it counts.
    whole: bool,
    /// The elements as such are used (counted, ranged over).
    elements: bool,
    below: BTreeMap<Step, Self>,
}

/// The first unknown fact that an expression mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Where it is, such as `host.accounts[3].password`.
    pub path: String,
    pub reason: Reason,
}

impl Mentions {
    pub fn new(ty: Type) -> Self {
        Self { ty, whole: false, elements: false, below: BTreeMap::new() }
    }

    pub fn is_empty(&self) -> bool {
        !self.whole && !self.elements && self.below.is_empty()
    }

    /// Notes that the value at `steps` is used as a whole.
    pub fn note_whole(&mut self, steps: &[Step]) {
        self.node(steps).whole = true;
    }

    /// Notes that the list or map at `steps` is counted or ranged over.
    pub fn note_elements(&mut self, steps: &[Step]) {
        self.node(steps).elements = true;
    }

    /// Notes that it was asked whether there is a value at `steps`.
    pub fn note_presence(&mut self, steps: &[Step]) {
        self.node(steps);
    }

    /// Adds everything that `other` mentions.
    pub fn merge(&mut self, other: &Self) {
        self.whole |= other.whole;
        self.elements |= other.elements;
        for (step, theirs) in &other.below {
            match self.below.get_mut(step) {
                Some(ours) => ours.merge(theirs),
                None => drop(self.below.insert(step.clone(), theirs.clone())),
            }
        }
    }

    /// What is mentioned at `steps` and below, if anything.
    pub fn at(&self, steps: &[Step]) -> Option<&Self> {
        steps.iter().try_fold(self, |node, step| node.below.get(step))
    }

    /// The mentioned places with nothing mentioned below them.
    pub fn leaves(&self) -> Vec<Vec<Step>> {
        let mut out = Vec::new();
        self.collect(&mut Vec::new(), &mut out);
        out
    }

    /// The first unknown among what is mentioned of `value`; `root` is the name that begins its path.
    pub fn first_unknown(&self, value: Option<&Value>, root: &str) -> Option<Unknown> {
        self.guard(value, &mut Trail { names: vec![Name::Field(root)] })
    }

    fn node(&mut self, steps: &[Step]) -> &mut Self {
        let mut node = self;
        for step in steps {
            let ty = match step {
                Step::Field(name) => node.ty.field(name),
                Step::Index(_) | Step::Each => node.ty.element(),
            };
            node = node.below.entry(step.clone()).or_insert_with(|| Self::new(ty.unwrap_or_else(Type::any)));
        }
        node
    }

    fn collect(&self, steps: &mut Vec<Step>, out: &mut Vec<Vec<Step>>) {
        if self.below.is_empty() {
            out.push(steps.clone());
        }
        for (step, node) in &self.below {
            steps.push(step.clone());
            node.collect(steps, out);
            steps.pop();
        }
    }

    fn guard<'a>(&'a self, value: Option<&'a Value>, trail: &mut Trail<'a>) -> Option<Unknown> {
        let Some(value) = value else { return Some(trail.unknown(ReasonCode::NotCollected)) };
        if let Some(unknown) = said_unknown(value, &self.ty, trail) {
            return Some(unknown);
        }
        if self.whole
            && let Some(unknown) = unknown_below(value, &self.ty, trail)
        {
            return Some(unknown);
        }
        if self.elements
            && let Some(unknown) = unknown_element(value, &self.ty, trail)
        {
            return Some(unknown);
        }
        self.below.iter().find_map(|(step, node)| self.guard_step(step, node, value, trail))
    }

    fn guard_step<'a>(
        &'a self,
        step: &'a Step,
        node: &'a Self,
        value: &'a Value,
        trail: &mut Trail<'a>,
    ) -> Option<Unknown> {
        match (step, value) {
            (Step::Field(name), Value::Object(fields)) => match fields.get(name) {
                None if trail.is_inside_a_group() && self.ty.may_lack(name) => None,
                Some(Value::Null) if self.ty.may_lack(name) => None,
                found => trail.inside(Name::Field(name), |trail| node.guard(found, trail)),
            },
            (Step::Index(index), Value::Array(list)) => {
                let element = list.get(*index)?;
                trail.inside(Name::Index(*index), |trail| node.guard(Some(element), trail))
            }
            (Step::Each, Value::Array(list)) => list.iter().enumerate().find_map(|(index, element)| {
                trail.inside(Name::Index(index), |trail| node.guard(Some(element), trail))
            }),
            (Step::Each, Value::Object(map)) => map
                .iter()
                .find_map(|(key, value)| trail.inside(Name::Field(key), |trail| node.guard(Some(value), trail))),
            _ => Some(trail.unknown(ReasonCode::Malformed)),
        }
    }
}

/// The value at `steps`, which name fields and positions only.
pub fn look_up<'a>(value: &'a Value, steps: &[Step]) -> Option<&'a Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Field(name) => value.get(name),
        Step::Index(index) => value.get(index),
        Step::Each => None,
    })
}

/// Why what was looked for at `steps` is not known, whether it is missing or says so itself.
pub fn unknown_itself(found: Option<&Value>, steps: &[Step]) -> Reason {
    let mut trail = Trail { names: vec![Name::Field("")] };
    for step in steps {
        trail.names.push(match step {
            Step::Field(name) => Name::Field(name),
            Step::Index(index) => Name::Index(*index),
            Step::Each => Name::Field("[]"),
        });
    }
    let code = if found.is_some() { ReasonCode::Malformed } else { ReasonCode::NotCollected };
    let said = found.and_then(|value| said_unknown(value, &Type::any(), &trail));
    said.map_or_else(|| trail.unknown(code).reason, |unknown| unknown.reason)
}

/// How many elements the lists at `steps` have together.
pub(super) fn count(value: &Value, steps: &[Step]) -> usize {
    let inner = |value: Option<&Value>, rest| value.map_or(0, |value| count(value, rest));
    match (value, steps) {
        (Value::Array(list), []) => list.len(),
        (Value::Object(map), []) => map.len(),
        (Value::Object(map), [Step::Field(name), rest @ ..]) => inner(map.get(name), rest),
        (Value::Array(list), [Step::Index(index), rest @ ..]) => inner(list.get(*index), rest),
        (Value::Array(list), [Step::Each, rest @ ..]) => list.iter().map(|value| count(value, rest)).sum(),
        (Value::Object(map), [Step::Each, rest @ ..]) => map.values().map(|value| count(value, rest)).sum(),
        _ => 0,
    }
}

/// Whether one of the lists at `steps` is empty.
pub(super) fn any_empty(value: Option<&Value>, steps: &[Step]) -> bool {
    match (value, steps) {
        (Some(Value::Array(list)), []) => list.is_empty(),
        (Some(Value::Object(map)), []) => map.is_empty(),
        (Some(Value::Object(map)), [Step::Field(name), rest @ ..]) => any_empty(map.get(name), rest),
        (Some(Value::Array(list)), [Step::Index(index), rest @ ..]) => any_empty(list.get(*index), rest),
        (Some(Value::Array(list)), [Step::Each, rest @ ..]) => list.iter().any(|value| any_empty(Some(value), rest)),
        (Some(Value::Object(map)), [Step::Each, rest @ ..]) => map.values().any(|value| any_empty(Some(value), rest)),
        _ => false,
    }
}

/// Whether a value says of itself that it is not known.
fn said_unknown(value: &Value, ty: &Type, trail: &Trail<'_>) -> Option<Unknown> {
    match value {
        Value::Object(fields) if fields.contains_key("$status") => {
            let text = |name| fields.get(name).and_then(Value::as_str).unwrap_or_default();
            let status = fields.get("$status").and_then(|status| UnreadStatus::deserialize(status).ok());
            let unread = Unread { status: status.unwrap_or(UnreadStatus::Error), reason: render::line(text("reason")) };
            let reason = Reason::from(&unread);
            Some(Unknown { path: trail.text(), reason: reason.with("path", trail.text()) })
        }
        Value::String(word) if ty.is_unknown_word(word) => Some(trail.unknown(ReasonCode::ValueUnknown)),
        Value::Null => Some(trail.unknown(ReasonCode::NotCollected)),
        _ => None,
    }
}

fn unknown_element<'a>(value: &'a Value, ty: &Type, trail: &mut Trail<'a>) -> Option<Unknown> {
    let element = ty.element().unwrap_or_else(Type::any);
    match value {
        Value::Array(list) => list
            .iter()
            .enumerate()
            .find_map(|(index, value)| trail.inside(Name::Index(index), |trail| said_unknown(value, &element, trail))),
        Value::Object(map) => map
            .iter()
            .find_map(|(key, value)| trail.inside(Name::Field(key), |trail| said_unknown(value, &element, trail))),
        _ => None,
    }
}

fn unknown_below<'a>(value: &'a Value, ty: &Type, trail: &mut Trail<'a>) -> Option<Unknown> {
    match value {
        Value::Array(list) => {
            let element = ty.element().unwrap_or_else(Type::any);
            list.iter().enumerate().find_map(|(index, value)| {
                trail.inside(Name::Index(index), |trail| {
                    said_unknown(value, &element, trail).or_else(|| unknown_below(value, &element, trail))
                })
            })
        }
        Value::Object(fields) => missing_field(fields, ty, trail).or_else(|| {
            fields.iter().filter(|(name, value)| !(value.is_null() && ty.may_lack(name))).find_map(|(name, value)| {
                let ty = ty.field(name).unwrap_or_else(Type::any);
                trail.inside(Name::Field(name), |trail| {
                    said_unknown(value, &ty, trail).or_else(|| unknown_below(value, &ty, trail))
                })
            })
        }),
        _ => None,
    }
}

fn missing_field(fields: &serde_json::Map<String, Value>, ty: &Type, trail: &Trail<'_>) -> Option<Unknown> {
    let Kind::Struct(wanted) = ty.kind() else { return None };
    let (name, _) = wanted.named.iter().find(|(name, field)| field.required && !fields.contains_key(*name))?;
    let path = format!("{}.{name}", trail.text());
    Some(Unknown { reason: Reason::new(ReasonCode::NotCollected).with("path", path.clone()), path })
}

/// The way from the root to the value in hand.
struct Trail<'a> {
    names: Vec<Name<'a>>,
}

#[derive(Clone, Copy)]
enum Name<'a> {
    Field(&'a str),
    Index(usize),
}

impl<'a> Trail<'a> {
    fn inside<T>(&mut self, name: Name<'a>, f: impl FnOnce(&mut Self) -> T) -> T {
        self.names.push(name);
        let out = f(self);
        self.names.pop();
        out
    }

    /// A domain (`host`) and a group (`host.sshd`) are never proven absent by being left out.
    fn is_inside_a_group(&self) -> bool {
        self.names.len() > 2 || matches!(self.names.first(), Some(Name::Field("it")))
    }

    fn unknown(&self, code: ReasonCode) -> Unknown {
        Unknown { path: self.text(), reason: Reason::new(code).with("path", self.text()) }
    }

    /// The path as people write it, at most 200 characters; keys are scanned data.
    fn text(&self) -> String {
        let mut out = String::new();
        for name in &self.names {
            match name {
                Name::Field("") => {}
                Name::Field(field) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.extend(field.chars().filter(|c| !c.is_control()).take(60));
                }
                Name::Index(index) => out.push_str(&format!("[{index}]")),
            }
        }
        out.chars().take(200).collect()
    }
}
