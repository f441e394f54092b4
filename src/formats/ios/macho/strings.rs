//! Names out of a table of strings that streams by. Linkers let a name begin within another one that ends as it does.

/// Longer names are nothing that is looked for.
const MAX_NAME: usize = 512;

/// Picks the names that begin at given offsets.
#[derive(Debug)]
pub(super) struct Picker {
    /// Sorted; those before `next` have begun.
    wanted: Vec<u32>,
    next: usize,
    at: u64,
    /// The name that is being read, from its first beginning, and where names begin in it.
    name: Vec<u8>,
    begins: Vec<usize>,
}

impl Picker {
    pub(super) fn new(wanted: Vec<u32>) -> Self {
        Self { wanted, next: 0, at: 0, name: Vec::new(), begins: Vec::new() }
    }

    /// Hands each name to `take` when its end has come.
    pub(super) fn push(&mut self, mut bytes: &[u8], take: &mut impl FnMut(&[u8])) {
        while !bytes.is_empty() {
            if self.begins.is_empty() {
                let Some(next) = self.wanted.get(self.next) else { return };
                let skip = usize::try_from(u64::from(*next).saturating_sub(self.at)).unwrap_or(usize::MAX);
                let Some(rest) = bytes.get(skip..).filter(|rest| !rest.is_empty()) else {
                    self.at = self.at.saturating_add(bytes.len() as u64);
                    return;
                };
                self.at = self.at.saturating_add(skip as u64);
                bytes = rest;
            }
            let end = bytes.iter().position(|byte| *byte == 0);
            let (part, rest) = bytes.split_at_checked(end.unwrap_or(bytes.len())).unwrap_or((bytes, &[]));
            self.begin(part.len(), end.is_some());
            let room = MAX_NAME.saturating_sub(self.name.len()).min(part.len());
            self.name.extend_from_slice(part.get(..room).unwrap_or_default());
            self.at = self.at.saturating_add(part.len() as u64);
            bytes = rest;
            if end.is_some() {
                self.end(take);
                self.at = self.at.saturating_add(1);
                bytes = bytes.get(1..).unwrap_or_default();
            }
        }
    }

    /// Notes the names that begin in the next `length` bytes of the name, or at the zero behind them.
    fn begin(&mut self, length: usize, ends: bool) {
        let end = self.at.saturating_add(length as u64).saturating_add(u64::from(ends));
        while let Some(next) = self.wanted.get(self.next).filter(|next| u64::from(**next) < end) {
            let into = usize::try_from(u64::from(*next).saturating_sub(self.at)).unwrap_or(usize::MAX);
            self.begins.push(self.name.len().saturating_add(into));
            self.next = self.next.saturating_add(1);
        }
    }

    fn end(&mut self, take: &mut impl FnMut(&[u8])) {
        let whole = self.name.len() < MAX_NAME;
        for begin in self.begins.drain(..) {
            if let Some(name) = self.name.get(begin..).filter(|name| whole && !name.is_empty()) {
                take(name);
            }
        }
        self.name.clear();
    }

    /// Whether every name was found, as far as the strings went.
    pub(super) fn is_done(&self) -> bool {
        self.next >= self.wanted.len() && self.begins.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::Picker;

    fn picked(table: &[u8], wanted: &[u32], piece: usize) -> Vec<String> {
        let (mut picker, mut names) = (Picker::new(wanted.to_vec()), Vec::new());
        for piece in table.chunks(piece) {
            picker.push(piece, &mut |name| names.push(String::from_utf8_lossy(name).into_owned()));
        }
        assert!(picker.is_done());
        names
    }

    #[test]
    fn names_are_whole_however_the_table_is_cut() {
        let table = b"\0_one\0_two\0_a_three\0_four\0";
        for piece in 1..=table.len() {
            assert_eq!(picked(table, &[1, 13, 20], piece), ["_one", "_three", "_four"], "{piece}");
        }
    }

    #[test]
    fn a_name_may_end_another() {
        for piece in 1..9 {
            assert_eq!(picked(b"\0_x_strcpy\0_y\0", &[1, 3, 11], piece), ["_x_strcpy", "_strcpy", "_y"], "{piece}");
        }
        assert_eq!(picked(b"\0_x\0", &[0, 1, 3], 2), ["_x"]);
    }

    #[test]
    fn a_name_without_an_end_is_none() {
        let mut picker = Picker::new(vec![1]);
        picker.push(b"\0_strcpy", &mut |name| panic!("{name:?}"));
        assert!(!picker.is_done());
        let mut far = Picker::new(vec![1000]);
        far.push(b"\0_a\0", &mut |name| panic!("{name:?}"));
        assert!(!far.is_done());
    }

    #[test]
    fn long_names_are_passed_over() {
        let table = [b"\0".to_vec(), vec![b'a'; 2000], b"_gets\0_b\0".to_vec()].concat();
        assert_eq!(picked(&table, &[1, 2001, 2007], 100), ["_b"]);
    }
}
