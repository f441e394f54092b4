//! From a value as written to all that it can be: references followed through the resources, in every configuration.

use std::cell::Cell;

use super::{
    attributes,
    element::{Element, Reference, Value},
};
use crate::model::{Fact, UnreadStatus};

/// References that lead to references (AOSP follows twenty).
const MAX_HOPS: usize = 20;

/// Values of one reference that are told apart at most.
const MAX_VALUES: usize = 64;

/// Texts longer than this are cut, in characters: names of packages, classes and permissions are far shorter.
const MAX_TEXT: usize = 1024;

/// What the look-ups of one package cost at most, in steps: a look-up, or 64 bytes of a text that is compared.
const MAX_STEPS: u64 = 20_000_000;

/// The code of a fact whose value depends on the configuration of the device.
pub const AMBIGUOUS: &str = "ambiguous";

/// The resources of one package, in whichever form.
pub trait Table {
    /// The different values of a resource over all configurations; `None` where it is not there or was not read whole.
    fn values(&self, reference: &Reference) -> Option<Vec<Value>>;
}

/// Follows references.
pub struct Resources<'a> {
    table: Option<&'a dyn Table>,
    steps: Cell<u64>,
}

impl<'a> Resources<'a> {
    pub fn new(table: Option<&'a dyn Table>) -> Self {
        Self { table, steps: Cell::new(0) }
    }

    /// All values behind this one, without references; `None` where some reference leads nowhere.
    pub fn all(&self, value: &Value) -> Option<Vec<Value>> {
        let mut out = Vec::new();
        let mut ahead = vec![value.clone()];
        let mut seen: Vec<Reference> = Vec::new();
        while let Some(value) = ahead.pop() {
            match value {
                Value::Reference(to) if seen.contains(&to) => {}
                Value::Reference(to) => {
                    // Behind a hop there may be several values; the hops of all of them are bounded together.
                    if seen.len() >= MAX_HOPS + MAX_VALUES {
                        return None;
                    }
                    let values = self.look_up(&to).filter(|values| !values.is_empty())?;
                    ahead.extend(values.into_iter().rev());
                    seen.push(to);
                }
                other => {
                    self.spend(other.weight().saturating_mul(u64::try_from(out.len()).unwrap_or(u64::MAX)))?;
                    if !out.contains(&other) {
                        out.push(other);
                    }
                }
            }
            if out.len() > MAX_VALUES {
                return None;
            }
        }
        Some(out).filter(|out| !out.is_empty())
    }

    fn look_up(&self, to: &Reference) -> Option<Vec<Value>> {
        self.spend(1)?;
        self.table?.values(to)
    }

    fn spend(&self, steps: u64) -> Option<()> {
        let spent = self.steps.get().saturating_add(steps);
        self.steps.set(spent);
        (spent <= MAX_STEPS).then_some(())
    }

    /// A flag of the platform, or the default where nothing is written.
    pub fn flag(&self, of: &Element, id: u32, default: bool) -> Fact<bool> {
        self.boolean(of.android(id), default, attributes::name(id))
    }

    /// The same, of any value; `what` it is called.
    pub fn boolean(&self, value: Option<&Value>, default: bool, what: &str) -> Fact<bool> {
        let Some(value) = value else { return Fact::Known(default) };
        let known: Option<Vec<bool>> =
            self.all(value).and_then(|values| values.iter().map(Value::boolean).collect::<Option<_>>());
        match known.as_deref() {
            Some([first, rest @ ..]) if rest.iter().all(|other| other == first) => Fact::Known(*first),
            Some([_, ..]) => Fact::unread(UnreadStatus::Error, AMBIGUOUS),
            Some([]) | None => Fact::unread(UnreadStatus::Error, format!("unresolved {what}")),
        }
    }

    /// A number; `None` where nothing is written, or it depends, or it is none.
    pub fn number(&self, value: Option<&Value>) -> Option<i64> {
        let values = self.all(value?)?;
        let first = values.first()?.number()?;
        values.iter().all(|other| other.number() == Some(first)).then_some(first)
    }

    /// Texts of all configurations; empty where nothing is written, a reference as `@0x7f010000` where it leads nowhere.
    pub fn texts(&self, value: Option<&Value>) -> Vec<String> {
        let Some(value) = value else { return Vec::new() };
        match self.all(value) {
            Some(values) => values.iter().filter_map(|value| Some(cut(&value.text()?))).collect(),
            None => vec![reference(value)],
        }
    }

    /// The first of [`Resources::texts`]: that of the default configuration, where there is one.
    pub fn text(&self, value: Option<&Value>) -> String {
        match value {
            Some(Value::Text(text)) => cut(text),
            other => self.texts(other).into_iter().next().unwrap_or_default(),
        }
    }

    /// A text that the platform takes only where it does not depend on the configuration, such as a permission; empty
    /// where it does, or leads nowhere: then nothing is asked for.
    pub fn fixed(&self, of: &Element, id: u32) -> String {
        let values = of.android(id).and_then(|value| self.all(value)).unwrap_or_default();
        match values.as_slice() {
            [one] => one.text().map(|text| cut(&text)).unwrap_or_default(),
            _ => String::new(),
        }
    }

    /// A text attribute of the platform.
    pub fn android(&self, of: &Element, id: u32) -> String {
        self.text(of.android(id))
    }
}

/// At most [`MAX_TEXT`] characters.
pub fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_TEXT) {
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned(),
        None => text.to_owned(),
    }
}

/// A reference as it is written where it cannot be followed.
fn reference(value: &Value) -> String {
    match value {
        Value::Reference(Reference { id: 0, name }) => format!("@{}", cut(name)),
        Value::Reference(Reference { id, .. }) => format!("@{id:#010x}"),
        _ => String::new(),
    }
}
