//! Where else than from above an instruction may be reached.

use super::{
    Code,
    bytes::{index, u16_at, u32_at},
    instruction::{Instruction, shape},
    opcodes::Jump,
};

/// Places of one method that are jumped to. Kept for the next one, so that its memory is.
#[derive(Debug, Default)]
pub(super) struct Labels {
    bits: Vec<u64>,
    /// Entries of tables that may still be looked at. Tables of a method do not overlap, so that its length bounds them.
    room: usize,
}

impl Labels {
    /// Forgets the labels of the method before, for one of so many code units.
    pub fn clear(&mut self, units: usize) {
        self.bits.clear();
        self.bits.resize(units / 64 + 1, 0);
        self.room = units.saturating_add(1);
    }

    /// Whether all are known. If not, every instruction has to count as one.
    fn complete(&self) -> bool {
        self.room > 0
    }

    pub fn contains(&self, at: u32) -> bool {
        !self.complete() || self.bits.get(index(at / 64)).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }

    fn add(&mut self, at: u32) {
        if let Some(word) = self.bits.get_mut(index(at / 64)) {
            *word |= 1 << (at % 64);
        }
    }

    /// Handlers of exceptions.
    pub fn add_handlers(&mut self, code: &Code<'_>) {
        code.handlers(|at| {
            self.add(at);
            self.room = self.room.saturating_sub(1);
            self.complete()
        });
    }

    /// Where this instruction may go on.
    pub fn add_targets(&mut self, code: &Code<'_>, from: &Instruction<'_>) {
        let to = |distance: i32| from.at.wrapping_add_signed(distance);
        let byte = || i32::from(u8::try_from(from.aa()).unwrap_or_default().cast_signed());
        match shape(from.opcode).jump {
            Jump::No => {}
            Jump::Byte => self.add(to(byte())),
            Jump::Short => self.add(to(from.unit(1).cast_signed().into())),
            Jump::Long => self.add(to(from.double(1).cast_signed())),
            Jump::Switch => self.add_switch(code, from, to(from.double(1).cast_signed())),
        }
    }

    fn add_switch(&mut self, code: &Code<'_>, from: &Instruction<'_>, payload: u32) {
        let table = code.bytes().get(index(payload).saturating_mul(2)..).unwrap_or_default();
        let size = usize::from(u16_at(table, 2).unwrap_or_default());
        // Both begin with a code unit that says which they are, and their size; then the first key, or all keys.
        let first = match u16_at(table, 0) {
            Some(0x0100) => 8,
            Some(0x0200) => 4 + size * 4,
            _ => return,
        };
        self.room = self.room.saturating_sub(size);
        if !self.complete() {
            return;
        }
        for target in 0..size {
            let Some(distance) = u32_at(table, first + target * 4) else { return };
            self.add(from.at.wrapping_add(distance));
        }
    }
}
