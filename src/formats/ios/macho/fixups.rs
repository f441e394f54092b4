//! Names of imports outside of the symbol table, which dyld does without: chained fixups and the older opcodes that bind.

use super::bytes::{u32_at, u64_at};

/// Imports that are looked at.
const MAX_IMPORTS: u32 = 1_000_000;

/// The names of chained imports (`dyld_chained_fixups_header`); `None` where they cannot be read, as when compressed.
pub(super) fn chained(blob: &[u8], take: &mut impl FnMut(&[u8])) -> Option<()> {
    let word = |n: usize| u32_at(blob, n.saturating_mul(4));
    let index = |n: usize| word(n).and_then(|number| usize::try_from(number).ok());
    let (imports, symbols, count, format) = (index(2)?, index(3)?, word(4)?, word(5)?);
    if word(0)? != 0 || word(6)? != 0 {
        return None;
    }
    let names = blob.get(symbols..)?;
    for n in 0..count.min(MAX_IMPORTS) {
        let n = usize::try_from(n).ok()?;
        let name = match format {
            1 => u32_at(blob, n.checked_mul(4)?.checked_add(imports)?)? >> 9,
            2 => u32_at(blob, n.checked_mul(8)?.checked_add(imports)?)? >> 9,
            3 => u32::try_from(u64_at(blob, n.checked_mul(16)?.checked_add(imports)?)? >> 32).ok()?,
            _ => return None,
        };
        take(name_at(names, usize::try_from(name).ok()?)?);
    }
    Some(())
}

/// The names that opcodes of `LC_DYLD_INFO` bind; `None` where an opcode breaks off or is unknown.
pub(super) fn bindings(opcodes: &[u8], take: &mut impl FnMut(&[u8])) -> Option<()> {
    let mut rest = opcodes;
    while let [opcode, after @ ..] = rest {
        rest = match (opcode & 0xf0, opcode & 0x0f) {
            // Done, or in what is bound late only the end of one symbol; an ordinal, a kind, a binding.
            (0x00 | 0x10 | 0x30 | 0x50 | 0x90 | 0xb0, _) => after,
            // A library's ordinal, an addend, an address, and bindings that skip: each with a number behind.
            (0x20 | 0x60 | 0x70 | 0x80 | 0xa0, _) => skip_number(after)?,
            (0x40, _) => {
                let name = name_at(after, 0)?;
                take(name);
                after.get(name.len().checked_add(1)?..)?
            }
            (0xc0, _) => skip_number(skip_number(after)?)?,
            (0xd0, 0) => skip_number(after)?,
            (0xd0, 1) => after,
            _ => return None,
        };
    }
    Some(())
}

fn skip_number(bytes: &[u8]) -> Option<&[u8]> {
    let last = bytes.iter().take(10).position(|byte| byte & 0x80 == 0)?;
    bytes.get(last.checked_add(1)?..)
}

fn name_at(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = bytes.get(at..)?;
    rest.get(..rest.iter().position(|byte| *byte == 0)?)
}

#[cfg(test)]
mod tests {
    use super::{bindings, chained};

    fn of_chained(blob: &[u8]) -> Option<Vec<String>> {
        let mut names = Vec::new();
        chained(blob, &mut |name| names.push(String::from_utf8_lossy(name).into_owned())).map(|()| names)
    }

    #[test]
    fn chained_imports_of_all_three_formats() {
        let names = b"\0_gets\0_strcpy\0";
        for (format, rows) in [
            (1_u32, vec![(1_u32 << 9 | 1).to_le_bytes().to_vec(), (7_u32 << 9 | 2).to_le_bytes().to_vec()]),
            (2, vec![[(1_u32 << 9).to_le_bytes(), [9; 4]].concat(), [(7_u32 << 9).to_le_bytes(), [9; 4]].concat()]),
            (
                3,
                vec![
                    [(1_u64 << 32 | 5).to_le_bytes(), [9; 8]].concat(),
                    [(7_u64 << 32).to_le_bytes(), [9; 8]].concat(),
                ],
            ),
        ] {
            let rows = rows.concat();
            let symbols = 28 + u32::try_from(rows.len()).unwrap();
            let head = [0, 0, 28, symbols, 2, format, 0].map(u32::to_le_bytes).concat();
            assert_eq!(of_chained(&[head, rows, names.to_vec()].concat()).unwrap(), ["_gets", "_strcpy"], "{format}");
        }
    }

    #[test]
    fn compressed_or_broken_imports_are_unknown() {
        let head = |words: [u32; 7]| words.map(u32::to_le_bytes).concat();
        assert_eq!(of_chained(&head([0, 0, 28, 28, 0, 1, 0])), Some(Vec::new()));
        for words in
            [[1, 0, 28, 28, 0, 1, 0], [0, 0, 28, 28, 0, 1, 1], [0, 0, 28, 28, u32::MAX, 1, 0], [0, 0, 28, 28, 1, 4, 0]]
        {
            assert_eq!(of_chained(&head(words)), None, "{words:?}");
        }
        assert_eq!(of_chained(&[]), None);
    }

    #[test]
    fn opcodes_name_what_they_bind() {
        let of = |opcodes: &[u8]| {
            let mut names = Vec::new();
            bindings(opcodes, &mut |name| names.push(String::from_utf8_lossy(name).into_owned())).map(|()| names)
        };
        let opcodes =
            [&[0x11, 0x51, 0x40][..], b"_gets\0", &[0x72, 0x80, 0x01, 0x90, 0x00, 0x40], b"_rand\0", &[0xc0, 1, 2]];
        assert_eq!(of(&opcodes.concat()).unwrap(), ["_gets", "_rand"]);
        for broken in [&[0x40, b'x'][..], &[0x20, 0x80], &[0xe0], &[0xc0, 1]] {
            assert_eq!(of(broken), None, "{broken:x?}");
        }
    }
}
