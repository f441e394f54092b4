//! Instructions of a method, one after another, without the tables that lie between them.

use super::{
    CodeError,
    bytes::{u16_at, u32_at},
    opcodes::{SHAPES, Shape, Writes},
};

/// One instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction<'a> {
    /// Where it lies, in code units.
    pub at: u32,
    pub opcode: u8,
    /// As long as the opcode says.
    bytes: &'a [u8],
}

/// Instructions in the order in which they lie.
#[derive(Clone, Debug)]
pub struct Instructions<'a> {
    code: &'a [u8],
    at: usize,
    error: Option<CodeError>,
}

impl<'a> Instructions<'a> {
    pub(super) fn new(code: &'a [u8]) -> Self {
        Self { code, at: 0, error: None }
    }

    /// Why there were no more of them, if not because the code is at its end.
    pub fn error(&self) -> Option<CodeError> {
        self.error
    }

    fn fail(&mut self, error: CodeError) -> Option<Instruction<'a>> {
        self.error = Some(error);
        self.at = self.code.len();
        None
    }
}

impl<'a> Iterator for Instructions<'a> {
    type Item = Instruction<'a>;

    fn next(&mut self) -> Option<Instruction<'a>> {
        loop {
            let &[opcode, above, ..] = self.code.get(self.at..)? else { return None };
            if opcode == 0 && above != 0 {
                let rest = self.code.get(self.at..).unwrap_or_default();
                match payload(rest, above) {
                    Some(bytes) if bytes <= rest.len() => self.at += bytes,
                    Some(_) => return self.fail(CodeError::CutOff),
                    None => return self.fail(CodeError::UnusedOpcode),
                }
                continue;
            }
            let width = usize::from(shape(opcode).width) * 2;
            if width == 0 {
                return self.fail(CodeError::UnusedOpcode);
            }
            let Some(bytes) = self.code.get(self.at..self.at + width) else { return self.fail(CodeError::CutOff) };
            let at = u32::try_from(self.at / 2).unwrap_or(u32::MAX);
            self.at += width;
            return Some(Instruction { at, opcode, bytes });
        }
    }
}

/// Bytes of a table between instructions: of switches, or what an array is filled with.
fn payload(bytes: &[u8], kind: u8) -> Option<usize> {
    let size = usize::from(u16_at(bytes, 2).unwrap_or(u16::MAX));
    match kind {
        1 => Some(size * 4 + 8),
        2 => Some(size * 8 + 4),
        3 => {
            let elements = usize::try_from(u32_at(bytes, 4).unwrap_or(u32::MAX)).ok()?;
            let data = elements.checked_mul(size)?;
            Some(data.checked_add(data % 2)?.checked_add(8)?)
        }
        _ => None,
    }
}

impl Instruction<'_> {
    /// The four bits above the opcode.
    pub fn a(&self) -> u16 {
        (self.aa()) & 0x0f
    }

    /// The four bits above those.
    pub fn b(&self) -> u16 {
        self.aa() >> 4
    }

    /// The byte above the opcode.
    pub fn aa(&self) -> u16 {
        self.bytes.get(1).copied().unwrap_or_default().into()
    }

    /// A code unit; 0 is the one with the opcode.
    pub fn unit(&self, number: usize) -> u16 {
        u16_at(self.bytes, number.saturating_mul(2)).unwrap_or_default()
    }

    /// Two code units, the lower first.
    pub fn double(&self, number: usize) -> u32 {
        u32_at(self.bytes, number.saturating_mul(2)).unwrap_or_default()
    }

    /// The method that it calls, of `invoke-virtual` to `invoke-interface/range`.
    pub fn callee(&self) -> Option<u32> {
        self.is_call().then(|| self.unit(1).into())
    }

    pub fn is_call(&self) -> bool {
        matches!(self.opcode, 0x6e..=0x72 | 0x74..=0x78 | 0xfa | 0xfb)
    }

    /// Whether it calls without an object: `invoke-static`.
    pub fn is_static_call(&self) -> bool {
        matches!(self.opcode, 0x71 | 0x77)
    }

    /// The string that it loads.
    pub fn string(&self) -> Option<u32> {
        match self.opcode {
            0x1a => Some(self.unit(1).into()),
            0x1b => Some(self.double(1)),
            _ => None,
        }
    }

    /// The static field that it reads.
    pub fn static_read(&self) -> Option<u32> {
        matches!(self.opcode, 0x60..=0x66).then(|| self.unit(1).into())
    }

    /// The number that it loads.
    pub fn number(&self) -> Option<i64> {
        let low = |unit: u16| i64::from(unit.cast_signed());
        Some(match self.opcode {
            0x12 => i64::from((self.b() << 12).cast_signed() >> 12),
            0x13 | 0x16 => low(self.unit(1)),
            0x14 | 0x17 => self.double(1).cast_signed().into(),
            0x15 => i64::from((u32::from(self.unit(1)) << 16).cast_signed()),
            0x18 => (u64::from(self.double(3)) << 32 | u64::from(self.double(1))).cast_signed(),
            0x19 => (u64::from(self.unit(1)) << 48).cast_signed(),
            _ => return None,
        })
    }

    /// The first register that it writes, and whether it writes the next one, too.
    pub fn written(&self) -> Option<(u16, bool)> {
        let shape = shape(self.opcode);
        let register = match shape.writes {
            Writes::Nothing => return None,
            Writes::A => self.a(),
            Writes::Aa => self.aa(),
            Writes::Unit => self.unit(1),
        };
        Some((register, shape.wide))
    }

    /// The registers that a call or `filled-new-array` hands over.
    pub fn handed(&self) -> Handed {
        match self.opcode {
            0x24 | 0x6e..=0x72 | 0xfa | 0xfc => {
                Handed::Each { nibbles: u32::from(self.unit(2)) | u32::from(self.a()) << 16, count: self.b().min(5) }
            }
            0x25 | 0x74..=0x78 | 0xfb | 0xfd => Handed::Range { first: self.unit(2), count: self.aa() },
            _ => Handed::Range { first: 0, count: 0 },
        }
    }
}

/// Registers that are handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handed {
    /// Up to five, each named by four bits.
    Each {
        nibbles: u32,
        count: u16,
    },
    Range {
        first: u16,
        count: u16,
    },
}

impl Handed {
    pub fn count(self) -> u16 {
        match self {
            Self::Each { count, .. } | Self::Range { count, .. } => count,
        }
    }

    /// The register at a place.
    pub fn register(self, place: u16) -> Option<u16> {
        match self {
            Self::Each { nibbles, count } if place < count => {
                u16::try_from(nibbles >> (u32::from(place) * 4) & 0x0f).ok()
            }
            Self::Range { first, count } if place < count => first.checked_add(place),
            _ => None,
        }
    }

    pub fn registers(self) -> impl Iterator<Item = u16> {
        (0..self.count()).filter_map(move |place| self.register(place))
    }
}

pub(super) fn shape(opcode: u8) -> &'static Shape {
    // An index of eight bits is always within 256.
    &SHAPES[usize::from(opcode)]
}
