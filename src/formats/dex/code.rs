//! The code of one method: registers, instructions, and where exceptions are caught.

use thiserror::Error;

use super::{
    Dex, Instructions,
    bytes::{index, sleb128, u16_at, u32_at, uleb128},
};

/// Bytes before the instructions.
const HEADER: usize = 16;
/// Bytes of one try block.
const TRY: usize = 8;

/// Why the code of a method is not read, or not to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Error)]
pub enum CodeError {
    #[error("the code lies outside of the file")]
    Outside,
    #[error("the code ends within an instruction")]
    CutOff,
    #[error("an opcode that no instruction has")]
    UnusedOpcode,
}

/// The code of a method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code<'a> {
    pub registers: u16,
    /// The last ones, which hold the parameters.
    pub parameters: u16,
    /// In pairs of bytes.
    instructions: &'a [u8],
    tries: u16,
    /// Try blocks and handlers.
    rest: &'a [u8],
}

impl<'a> Dex<'a> {
    /// The code at an offset that a method names.
    pub fn code(&self, offset: u32) -> Result<Code<'a>, CodeError> {
        let item = self.bytes.get(index(offset)..).ok_or(CodeError::Outside)?;
        let short = |at| u16_at(item, at).ok_or(CodeError::Outside);
        let length = index(u32_at(item, 12).ok_or(CodeError::Outside)?).saturating_mul(2);
        let body = item.get(HEADER..).unwrap_or_default();
        let instructions = body.get(..length).ok_or(CodeError::Outside)?;
        let rest = body.get(length..).unwrap_or_default();
        Ok(Code { registers: short(0)?, parameters: short(2)?, instructions, tries: short(6)?, rest })
    }
}

impl<'a> Code<'a> {
    pub fn instructions(&self) -> Instructions<'a> {
        Instructions::new(self.instructions)
    }

    /// How many code units there are.
    pub fn units(&self) -> usize {
        self.instructions.len() / 2
    }

    /// The instructions as bytes.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.instructions
    }

    /// Where handlers of exceptions begin, in code units. Ends where the list cannot be read on, or when `found` has enough.
    pub(super) fn handlers(&self, mut found: impl FnMut(u32) -> bool) {
        if self.tries == 0 {
            return;
        }
        // An odd number of code units is filled up.
        let padding = if self.units().is_multiple_of(2) { 0 } else { 2 };
        let mut at = padding + TRY * usize::from(self.tries);
        let lists = uleb128(self.rest, &mut at).unwrap_or_default();
        // No try block needs more than one list.
        for _ in 0..lists.min(self.tries.into()) {
            if self.handler_list(&mut at, &mut found).is_none() {
                return;
            }
        }
    }

    fn handler_list(&self, at: &mut usize, found: &mut impl FnMut(u32) -> bool) -> Option<()> {
        let size = sleb128(self.rest, at)?;
        for _ in 0..size.unsigned_abs() {
            uleb128(self.rest, at)?;
            found(uleb128(self.rest, at)?).then_some(())?;
        }
        if size <= 0 {
            found(uleb128(self.rest, at)?).then_some(())?;
        }
        Some(())
    }
}
