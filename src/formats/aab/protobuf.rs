//! Protocol buffers on the wire: fields one after another, each within the bytes of its message.

/// One field's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Wire<'a> {
    Number(u64),
    Bytes(&'a [u8]),
    /// Four bytes, such as a float.
    Fixed32(u32),
    /// Eight bytes; nothing here is asked for it.
    Fixed64,
}

impl<'a> Wire<'a> {
    /// A text or a message.
    pub fn bytes(self) -> Option<&'a [u8]> {
        if let Self::Bytes(bytes) = self { Some(bytes) } else { None }
    }

    pub fn text(self) -> Option<&'a str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    /// The low half: numbers are written with the sign spread over 64 bits.
    pub fn number(self) -> Option<u32> {
        match self {
            Self::Number(number) => u32::try_from(number & u64::from(u32::MAX)).ok(),
            _ => None,
        }
    }
}

/// The fields of a message, up to the first that is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields<'a> {
    rest: &'a [u8],
    broken: bool,
}

impl<'a> Fields<'a> {
    pub fn of(message: &'a [u8]) -> Self {
        Self { rest: message, broken: false }
    }

    /// Whether these bytes are a message throughout.
    pub fn well_formed(message: &'a [u8]) -> bool {
        let mut fields = Self::of(message);
        fields.by_ref().for_each(drop);
        !fields.broken
    }

    /// The last of this number, which is the one that counts.
    pub fn last(message: &'a [u8], number: u32) -> Option<Wire<'a>> {
        Self::of(message).filter(|(of, _)| *of == number).last().map(|(_, wire)| wire)
    }

    fn read(&mut self) -> Option<(u32, Wire<'a>)> {
        let key = self.varint()?;
        let number = u32::try_from(key >> 3).ok().filter(|number| *number > 0)?;
        let wire = match key & 7 {
            0 => Wire::Number(self.varint()?),
            1 => {
                self.take(8)?;
                Wire::Fixed64
            }
            2 => {
                let size = usize::try_from(self.varint()?).ok()?;
                Wire::Bytes(self.take(size)?)
            }
            5 => Wire::Fixed32(u32::from_le_bytes(self.take(4)?.try_into().ok()?)),
            // Groups are of another age, and no message here has them.
            _ => return None,
        };
        Some((number, wire))
    }

    fn take(&mut self, size: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(size)?;
        self.rest = rest;
        Some(taken)
    }

    fn varint(&mut self) -> Option<u64> {
        let mut out = 0_u64;
        for shift in (0..64).step_by(7) {
            let [byte] = *self.take(1)? else { return None };
            out |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(out);
            }
        }
        None
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u32, Wire<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() || self.broken {
            return None;
        }
        let read = self.read();
        self.broken = read.is_none();
        read
    }
}
