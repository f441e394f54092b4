//! Constants in registers, followed along a straight line of instructions.
//!
//! What a register holds is forgotten wherever code may be reached from elsewhere. A register that a single instruction
//! of the method writes keeps its constant: the verifier lets nothing read it before.

use super::{Code, CodeError, Instruction, instruction::Handed, labels::Labels};

/// What is known of a register.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Value {
    #[default]
    Unknown,
    /// A number; also `null` and booleans.
    Number(i64),
    /// Index of a string.
    Text(u32),
    /// Bytes or characters of a string with that index.
    TextBytes(u32),
    /// What the static field with that index holds.
    Static(u32),
    /// A new array into which only constants were put.
    Array,
}

/// Something that an instruction does.
#[derive(Clone, Copy, Debug)]
pub enum Event<'c> {
    /// A call of the method with that index.
    Call { method: u32, arguments: Arguments<'c> },
    /// A string with that index is loaded.
    Text { string: u32 },
    /// The static field with that index is read.
    Read { field: u32 },
    /// The method returns something.
    Return { value: Value },
}

/// What a call hands over.
#[derive(Clone, Copy, Debug)]
pub struct Arguments<'c> {
    constants: &'c Constants,
    handed: Handed,
    has_object: bool,
}

/// Follows constants through one method after another.
#[derive(Debug, Default)]
pub struct Constants {
    slots: Vec<Slot>,
    labels: Labels,
    /// Counts the stretches of code that are reached from above alone.
    stretch: u64,
    /// The first stretch of this method.
    first: u64,
    /// What the call or the array before `move-result` gives.
    result: Value,
}

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    value: Value,
    /// When it was written.
    stretch: u64,
    /// How many instructions of the method write it; at most two are counted.
    writers: u8,
}

impl Constants {
    /// Goes through a method. `visit` sees what it does in order, and says what a call gives as far as it knows.
    pub fn follow(&mut self, code: &Code<'_>, visit: &mut dyn FnMut(Event<'_>) -> Value) -> Result<(), CodeError> {
        self.prepare(code);
        let mut instructions = code.instructions();
        for instruction in &mut instructions {
            if self.labels.contains(instruction.at) {
                self.stretch += 1;
                self.result = Value::Unknown;
            }
            self.step(&instruction, visit);
        }
        instructions.error().map_or(Ok(()), Err)
    }

    fn prepare(&mut self, code: &Code<'_>) {
        self.stretch += 1;
        self.first = self.stretch;
        self.result = Value::Unknown;
        self.slots.clear();
        self.slots.resize(code.registers.into(), Slot::default());
        let parameters = code.registers.saturating_sub(code.parameters);
        for slot in self.slots.iter_mut().skip(parameters.into()) {
            slot.writers = 1;
        }
        self.labels.clear(code.units());
        self.labels.add_handlers(code);
        for instruction in code.instructions() {
            self.labels.add_targets(code, &instruction);
            if let Some((register, wide)) = instruction.written() {
                self.count(register);
                if wide {
                    self.count(register.wrapping_add(1));
                }
            }
        }
    }

    fn count(&mut self, register: u16) {
        if let Some(slot) = self.slots.get_mut(usize::from(register)) {
            slot.writers = slot.writers.saturating_add(1).min(2);
        }
    }

    /// What is known of a register.
    pub fn value(&self, register: u16) -> Value {
        let Some(slot) = self.slots.get(usize::from(register)) else { return Value::Unknown };
        let lasting = slot.writers == 1 && slot.stretch >= self.first && slot.value != Value::Array;
        if slot.stretch == self.stretch || lasting { slot.value } else { Value::Unknown }
    }

    fn set(&mut self, register: u16, value: Value) {
        let stretch = self.stretch;
        if let Some(slot) = self.slots.get_mut(usize::from(register)) {
            slot.value = value;
            slot.stretch = stretch;
        }
    }

    fn step(&mut self, instruction: &Instruction<'_>, visit: &mut dyn FnMut(Event<'_>) -> Value) {
        let result = std::mem::take(&mut self.result);
        let value = match instruction.opcode {
            0x01..=0x09 => self.value(moved_from(instruction)),
            0x0a..=0x0c => result,
            // The size does not matter: a new array is all zeros.
            0x23 => Value::Array,
            0x24 | 0x25 => return self.result = self.array_of(instruction.handed()),
            0x0f..=0x11 => {
                visit(Event::Return { value: self.value(instruction.aa()) });
                return;
            }
            0x4b..=0x51 => return self.put(instruction),
            0x59..=0x5f => return self.escape(instruction.a()),
            0x67..=0x6d => return self.escape(instruction.aa()),
            _ if instruction.is_call() => return self.result = self.call(instruction, visit),
            _ => self.loaded(instruction, visit),
        };
        if let Some((register, wide)) = instruction.written() {
            self.set(register, value);
            if wide {
                self.set(register.wrapping_add(1), Value::Unknown);
            }
        }
    }

    fn loaded(&self, instruction: &Instruction<'_>, visit: &mut dyn FnMut(Event<'_>) -> Value) -> Value {
        if let Some(string) = instruction.string() {
            visit(Event::Text { string });
            Value::Text(string)
        } else if let Some(field) = instruction.static_read() {
            visit(Event::Read { field });
            Value::Static(field)
        } else {
            instruction.number().map_or(Value::Unknown, Value::Number)
        }
    }

    fn call(&mut self, instruction: &Instruction<'_>, visit: &mut dyn FnMut(Event<'_>) -> Value) -> Value {
        let handed = instruction.handed();
        let arguments = Arguments { constants: self, handed, has_object: !instruction.is_static_call() };
        let method = instruction.unit(1).into();
        let result = visit(Event::Call { method, arguments });
        // Who gets an array may write to it.
        handed.registers().for_each(|register| self.escape(register));
        result
    }

    fn array_of(&self, handed: Handed) -> Value {
        let constant = handed.registers().all(|register| self.value(register) != Value::Unknown);
        if constant { Value::Array } else { Value::Unknown }
    }

    /// `aput`: of a constant into an array of constants leaves one.
    fn put(&mut self, instruction: &Instruction<'_>) {
        let array = instruction.unit(1) & 0xff;
        if self.value(instruction.aa()) == Value::Unknown {
            self.escape(array);
        }
    }

    /// Others may write to what this register holds.
    fn escape(&mut self, register: u16) {
        if self.value(register) == Value::Array {
            self.set(register, Value::Unknown);
        }
    }
}

fn moved_from(instruction: &Instruction<'_>) -> u16 {
    match instruction.opcode {
        0x01 | 0x04 | 0x07 => instruction.b(),
        0x02 | 0x05 | 0x08 => instruction.unit(1),
        _ => instruction.unit(2),
    }
}

impl Arguments<'_> {
    /// The parameter at a place, the object not counted, of a method with this shorty: its letter and what is known.
    pub fn parameter(&self, shorty: &[u8], place: usize) -> Option<(u8, Value)> {
        let letters = shorty.get(1..)?;
        let letter = *letters.get(place)?;
        let before = letters.get(..place)?.iter().map(|letter| if matches!(letter, b'J' | b'D') { 2 } else { 1 });
        let register = self.handed.register(before.sum::<u16>().checked_add(self.has_object.into())?)?;
        Some((letter, self.constants.value(register)))
    }

    /// What is known of the object whose method it is.
    pub fn object(&self) -> Value {
        let register = if self.has_object { self.handed.register(0) } else { None };
        register.map_or(Value::Unknown, |register| self.constants.value(register))
    }

    /// What is known of what is handed over first, the object not counted.
    pub fn first(&self) -> Value {
        let register = self.handed.register(self.has_object.into());
        register.map_or(Value::Unknown, |register| self.constants.value(register))
    }
}
