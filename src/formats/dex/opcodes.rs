//! What each opcode is: how many code units it takes, which register it writes, and where it may go on.
//!
//! Of <https://source.android.com/docs/core/runtime/dalvik-bytecode> and `instruction-formats` beside it.

/// Which register an instruction writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writes {
    Nothing,
    /// The four bits above the opcode.
    A,
    /// The byte above the opcode.
    Aa,
    /// The second code unit.
    Unit,
}

/// Whether it may go on elsewhere, and where the distance is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Jump {
    No,
    /// The byte above the opcode.
    Byte,
    /// The second code unit.
    Short,
    /// The second and the third.
    Long,
    /// A payload of a switch, at the distance of the second and third unit.
    Switch,
}

/// One opcode.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    /// In code units; 0 for opcodes that no instruction has.
    pub width: u8,
    pub writes: Writes,
    /// It writes the register after that one, too.
    pub wide: bool,
    pub jump: Jump,
}

/// By opcode.
pub(super) static SHAPES: [Shape; 256] = shapes();

const fn shapes() -> [Shape; 256] {
    let mut table = [Shape { width: 0, writes: Writes::Nothing, wide: false, jump: Jump::No }; 256];
    let mut opcode = 0_u8;
    loop {
        table[opcode as usize] =
            Shape { width: width(opcode), writes: writes(opcode), wide: wide(opcode), jump: jump(opcode) };
        if opcode == u8::MAX {
            return table;
        }
        opcode += 1;
    }
}

const fn width(opcode: u8) -> u8 {
    match opcode {
        // nop, short moves, results, returns, const/4, monitors, array-length, throw, goto, unary and two-address
        0x00 | 0x01 | 0x04 | 0x07 | 0x0a..=0x12 | 0x1d | 0x1e | 0x21 | 0x27 | 0x28 | 0x7b..=0x8f | 0xb0..=0xcf => 1,
        0x02 | 0x05 | 0x08 | 0x13 | 0x15 | 0x16 | 0x19 | 0x1a | 0x1c | 0x1f | 0x20 | 0x22 | 0x23 | 0x29 => 2,
        // comparisons, tests, arrays, fields, binary, with literals, method handles and types
        0x2d..=0x3d | 0x44..=0x6d | 0x90..=0xaf | 0xd0..=0xe2 | 0xfe | 0xff => 2,
        0x03 | 0x06 | 0x09 | 0x14 | 0x17 | 0x1b | 0x24..=0x26 | 0x2a..=0x2c => 3,
        // calls
        0x6e..=0x72 | 0x74..=0x78 | 0xfc | 0xfd => 3,
        0xfa | 0xfb => 4,
        0x18 => 5,
        _ => 0,
    }
}

const fn writes(opcode: u8) -> Writes {
    match opcode {
        0x01 | 0x04 | 0x07 | 0x12 | 0x20 | 0x21 | 0x23 | 0x52..=0x58 | 0x7b..=0x8f | 0xb0..=0xd7 => Writes::A,
        0x03 | 0x06 | 0x09 => Writes::Unit,
        0x02 | 0x05 | 0x08 | 0x0a..=0x0d | 0x13..=0x1c | 0x22 | 0x2d..=0x31 | 0x44..=0x4a => Writes::Aa,
        0x60..=0x66 | 0x90..=0xaf | 0xd8..=0xe2 | 0xfe | 0xff => Writes::Aa,
        _ => Writes::Nothing,
    }
}

const fn wide(opcode: u8) -> bool {
    match opcode {
        0x04..=0x06 | 0x0b | 0x16..=0x19 | 0x45 | 0x53 | 0x61 => true,
        // long and double: unary, binary, two-address
        0x7d | 0x7e | 0x80 | 0x81 | 0x83 | 0x86 | 0x88 | 0x89 | 0x8b => true,
        0x9b..=0xa5 | 0xab..=0xaf | 0xbb..=0xc5 | 0xcb..=0xcf => true,
        _ => false,
    }
}

const fn jump(opcode: u8) -> Jump {
    match opcode {
        0x28 => Jump::Byte,
        0x29 | 0x32..=0x3d => Jump::Short,
        0x2a => Jump::Long,
        0x2b | 0x2c => Jump::Switch,
        _ => Jump::No,
    }
}
