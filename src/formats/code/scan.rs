//! One dex file from its tables to its findings.

use std::collections::BTreeMap;

use super::{
    budget::Budget,
    condition::Site,
    findings::{CodeFindings, DexFile, DexSkipped},
    hierarchy::Hierarchy,
    index::Index,
    places::{Place, Places},
    rule::On,
    shapes,
    watch::{Gives, Watch},
};
use crate::{
    formats::dex::{ClassDef, Code, CodeError, Constants, Dex, DexError, Event, Method, StringError, Value, decode},
    model::Tri,
};

/// Steps for each byte of the file, of code as well as of class data; sound files need less than one.
const STEPS_PER_BYTE: usize = 4;
/// Steps that even the smallest file has.
const STEPS: usize = 1 << 16;

/// Longer strings are not looked at.
const LONGEST_STRING: usize = 1 << 20;

/// Scans one dex file.
pub(super) fn dex(file: &mut DexFile, bytes: &[u8], part: &Dex<'_>, on_string: &mut dyn FnMut(&str)) -> CodeFindings {
    let index = Index::of_all();
    let mut watch = Watch::new(part);
    let mut skipped = Counter::default();
    strings(bytes, part, &mut watch, index, &mut skipped, on_string);
    let budget = Budget::new(bytes.len().saturating_mul(STEPS_PER_BYTE).saturating_add(STEPS));
    let hierarchy = Hierarchy::new(part, index, budget);
    let defined = Defined::of(part, &hierarchy, budget);
    watch.resolve(part, &hierarchy, index, |method| defined.has(method));
    let name = file.name.clone();
    let mut scan = Scan {
        name: &name,
        dex: part,
        index,
        watch,
        hierarchy: &hierarchy,
        constants: Constants::default(),
        places: Places::default(),
        skipped,
        budget,
        follow_budget: Budget::new(bytes.len().saturating_add(STEPS)),
        read: 0,
        number: 0,
    };
    scan.skipped.add("table_cut_off", part.missing_entries());
    scan.skipped.add("budget", (!hierarchy.is_complete()).into());
    for class in part.classes() {
        scan.class(&class);
    }
    let mut out = scan.places.findings(index);
    out.dex.scanned = 1;
    out.dex.methods_read = scan.read;
    file.skipped = scan.skipped.listed();
    describe(file, bytes, part);
    out
}

/// What is said of bytes that are no dex file.
pub(super) fn unreadable(file: &mut DexFile, error: &DexError) {
    let reason = match error {
        DexError::Short { .. } | DexError::Magic { .. } => "not_a_dex",
        DexError::Endian { .. } => "big_endian",
    };
    file.skipped = vec![DexSkipped { reason: reason.to_owned(), count: 1 }];
}

fn describe(file: &mut DexFile, bytes: &[u8], part: &Dex<'_>) {
    let header = part.header();
    let integrity = part.integrity();
    file.version = header.version_text();
    file.trailing = i64::try_from(header.trailing(bytes)).unwrap_or(i64::MAX);
    file.checksum = integrity.checksum;
    file.signature = integrity.signature;
    file.strings = part.string_count().into();
    file.types = part.type_count().into();
    file.classes = part.class_count().into();
    file.methods = part.method_count().into();
}

fn strings(
    bytes: &[u8],
    dex: &Dex<'_>,
    watch: &mut Watch,
    index: &Index,
    skipped: &mut Counter,
    on_string: &mut dyn FnMut(&str),
) {
    let mut budget = Budget::new(bytes.len().saturating_mul(2).saturating_add(STEPS));
    for string in 0..dex.string_count() {
        match dex.string_bytes_within(string, LONGEST_STRING.min(budget.left())) {
            Ok(bytes) => {
                budget.take(bytes.len().saturating_add(1));
                watch.add_string(string, bytes, index);
                on_string(&decode(bytes));
            }
            Err(_) if budget.left() == 0 => skipped.add("budget", 1),
            Err(StringError::Endless { looked_at }) => {
                budget.take(looked_at);
                skipped.add("string", 1);
            }
            Err(StringError::Outside) => skipped.add("string", 1),
        }
    }
}

/// What could not be read, by reason.
#[derive(Debug, Default)]
struct Counter(BTreeMap<&'static str, u64>);

impl Counter {
    fn add(&mut self, reason: &'static str, count: u64) {
        if count > 0 {
            let all = self.0.entry(reason).or_default();
            *all = all.saturating_add(count);
        }
    }

    fn listed(&self) -> Vec<DexSkipped> {
        let of = |(reason, count): (&&str, &u64)| DexSkipped {
            reason: (*reason).to_owned(),
            count: i64::try_from(*count).unwrap_or(i64::MAX),
        };
        self.0.iter().map(of).collect()
    }
}

/// Methods that have code in this file, one bit each.
struct Defined(Vec<u64>);

impl Defined {
    fn of(dex: &Dex<'_>, hierarchy: &Hierarchy<'_, '_>, mut budget: Budget) -> Self {
        let words = usize::try_from(dex.method_count() / 64).unwrap_or_default() + 1;
        let mut bits = vec![0_u64; words];
        for class in hierarchy.definitions() {
            let mut methods = dex.methods(class, budget.left());
            for method in &mut methods {
                if let Some(word) = usize::try_from(method.method / 64).ok().and_then(|place| bits.get_mut(place)) {
                    *word |= 1 << (method.method % 64);
                }
            }
            budget.take(methods.consumed());
        }
        Self(bits)
    }

    fn has(&self, method: u32) -> bool {
        let word = usize::try_from(method / 64).ok().and_then(|place| self.0.get(place));
        word.is_some_and(|word| word >> (method % 64) & 1 == 1)
    }
}

struct Scan<'s, 'a> {
    name: &'s str,
    dex: &'s Dex<'a>,
    index: &'static Index,
    watch: Watch,
    hierarchy: &'s Hierarchy<'s, 'a>,
    constants: Constants,
    places: Places,
    skipped: Counter,
    budget: Budget,
    /// For code that is gone through once more, instruction by instruction.
    follow_budget: Budget,
    read: i64,
    /// Counts the methods, so that two places in one are known to be.
    number: u64,
}

impl<'a> Scan<'_, 'a> {
    fn class(&mut self, class: &ClassDef) {
        let descriptor = self.dex.descriptor(class.class).unwrap_or_default();
        for rule in self.index.of_defined(descriptor) {
            self.places.defined(rule, self.name, descriptor);
        }
        let mut methods = self.dex.methods(class, self.budget.left());
        for method in methods.by_ref() {
            if method.code != 0 {
                self.method(class, descriptor, &method);
            }
        }
        self.budget.take(methods.consumed());
        let reason = if self.budget.left() == 0 { "budget" } else { "class_data" };
        self.skipped.add(reason, methods.is_broken().into());
    }

    fn method(&mut self, class: &ClassDef, descriptor: &'a [u8], method: &Method) {
        let code = match self.dex.code(method.code) {
            Ok(code) => code,
            Err(error) => return self.failed(error),
        };
        if !self.budget.take(code.units()) {
            return self.skipped.add("budget", 1);
        }
        self.number += 1;
        let name = self.dex.method(method.method).and_then(|id| self.dex.string_bytes(id.name)).unwrap_or_default();
        self.shapes(class, descriptor, name, &code);
        let (any, end) = self.look(&code);
        match end {
            Ok(()) => self.read = self.read.saturating_add(1),
            Err(error) => self.failed(error),
        }
        if any {
            self.follow(descriptor, name, &code);
        }
    }

    fn failed(&mut self, error: CodeError) {
        let reason = match error {
            CodeError::Outside => "code_outside",
            CodeError::CutOff => "code_cut_off",
            CodeError::UnusedOpcode => "code_opcode",
        };
        self.skipped.add(reason, 1);
    }

    /// Whether there is anything in the code that a rule is about, and how reading it ended.
    fn look(&self, code: &Code<'a>) -> (bool, Result<(), CodeError>) {
        let mut any = false;
        let mut instructions = code.instructions();
        for instruction in &mut instructions {
            any |= match instruction.opcode {
                0x6e..=0x72 | 0x74..=0x78 => self.watch.methods.contains(instruction.unit(1).into()),
                0x1a | 0x1b => instruction.string().is_some_and(|string| self.watch.texts.contains(string)),
                0x60..=0x66 => self.watch.fields.contains(instruction.unit(1).into()),
                _ => false,
            };
        }
        (any, instructions.error().map_or(Ok(()), Err))
    }

    /// Matches the rules, with what is known of registers.
    fn follow(&mut self, class: &'a [u8], method: &'a [u8], code: &Code<'a>) {
        if !self.follow_budget.take(code.units().saturating_add(code.registers.into())) {
            return self.skipped.add("budget", 1);
        }
        let (dex, index, watch, places) = (self.dex, self.index, &self.watch, &mut self.places);
        let place = Place { dex, file: self.name, class, method, number: self.number };
        let visit = &mut |event: Event<'_>| match event {
            Event::Text { string } => {
                watch.texts.rules(string).iter().for_each(|rule| places.add(index, *rule, Tri::Yes, &place, event));
                Value::Unknown
            }
            Event::Read { field } => {
                watch.fields.rules(field).iter().for_each(|rule| places.add(index, *rule, Tri::Yes, &place, event));
                Value::Unknown
            }
            Event::Call { method: callee, arguments } => {
                let rules = watch.methods.rules(callee);
                if !rules.is_empty() {
                    let shorty = dex.method(callee).and_then(|id| dex.shorty(id.proto)).unwrap_or_default();
                    let site = Site { dex, arguments, shorty, caller: method };
                    for rule in rules {
                        let when = index.entry(*rule).map(|entry| entry.rule.when);
                        places.add(index, *rule, when.map_or(Tri::No, |when| site.holds(when)), &place, event);
                    }
                }
                match (watch.gives(callee), arguments.object(), arguments.first()) {
                    (Some(Gives::BytesOfObject), Value::Text(text), _)
                    | (Some(Gives::BytesOfParameter), _, Value::Text(text)) => Value::TextBytes(text),
                    _ => Value::Unknown,
                }
            }
            Event::Return { .. } => Value::Unknown,
        };
        // How it ends was said when it was looked at.
        let _ = self.constants.follow(code, visit);
    }

    /// Rules about what a method of this class does as a whole.
    fn shapes(&mut self, class: &ClassDef, descriptor: &'a [u8], name: &'a [u8], code: &Code<'a>) {
        let (dex, hierarchy) = (self.dex, self.hierarchy);
        for held in hierarchy.held(class.class) {
            let Some(entry) = self.index.entry(held.rule) else { continue };
            let On::Body { method, shape, .. } = entry.rule.on else { continue };
            if method.as_bytes() != name {
                continue;
            }
            let budget = &mut self.budget;
            let mut find = |method: u32| {
                let class = hierarchy.definition(dex.method(method)?.class)?;
                let mut methods = dex.methods(class, budget.left());
                let found = methods.find(|one| one.method == method);
                budget.take(methods.consumed());
                dex.code(found?.code).ok()
            };
            if shapes::is(dex, code, shape, &mut find) {
                let place = Place { dex, file: self.name, class: descriptor, method: name, number: self.number };
                self.places.found(self.index, held.rule, &place, String::new);
            }
        }
    }
}
