//! A text that comes in pieces, of which only the last few kilobytes are held.

use super::{Place, Scanner};

/// Bytes that are looked at in one go.
const WINDOW: usize = 64 * 1024;
/// Bytes before a candidate that it may look at.
const BEHIND: usize = 1024;
/// Bytes behind a candidate that must be there before it is looked at, unless the text ends.
const AHEAD: usize = 16 * 1024;

/// Takes a text in pieces of any size; [`Windows::end`] looks at what is left.
pub struct Windows<'s> {
    scanner: &'s mut Scanner,
    location: String,
    is_text: bool,
    buffer: Vec<u8>,
    /// Where the part of the buffer begins that was not looked at.
    from: usize,
    /// Lines that lie before the buffer.
    lines: usize,
}

impl<'s> Windows<'s> {
    pub(super) fn new(scanner: &'s mut Scanner, location: &str, is_text: bool) -> Self {
        Self { scanner, location: location.to_owned(), is_text, buffer: Vec::new(), from: 0, lines: 0 }
    }

    pub fn push(&mut self, mut piece: &[u8]) {
        while !piece.is_empty() {
            let room = (WINDOW + AHEAD).saturating_sub(self.buffer.len() - self.from).max(1);
            let (now, later) = piece.split_at(room.min(piece.len()));
            self.buffer.extend_from_slice(now);
            piece = later;
            if self.buffer.len() - self.from >= WINDOW + AHEAD {
                self.look(self.buffer.len() - AHEAD);
            }
        }
    }

    pub fn end(mut self) {
        self.look(self.buffer.len());
    }

    fn look(&mut self, until: usize) {
        let place = Place { location: &self.location, lines: self.is_text.then_some(self.lines) };
        self.scanner.look(place, &self.buffer, self.from..until, !self.is_text);
        let gone = until.saturating_sub(BEHIND);
        if self.is_text {
            self.lines += memchr::memchr_iter(b'\n', &self.buffer[..gone]).count();
        }
        self.buffer.drain(..gone);
        self.from = until - gone;
    }
}
