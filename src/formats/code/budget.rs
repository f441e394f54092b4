//! How much work a dex file may make. Items of a sound file do not overlap, so that its length bounds them.

/// What is left to do, in bytes or steps.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    left: usize,
    spent: bool,
}

impl Budget {
    pub fn new(steps: usize) -> Self {
        Self { left: steps, spent: false }
    }

    /// Takes some of it. Nothing is given once it did not suffice.
    pub fn take(&mut self, steps: usize) -> bool {
        match self.left.checked_sub(steps) {
            Some(left) if !self.spent => {
                self.left = left;
                true
            }
            _ => {
                self.spent = true;
                false
            }
        }
    }

    pub fn left(&self) -> usize {
        if self.spent { 0 } else { self.left }
    }
}
