//! Mach-O files for tests, byte by byte.

/// A thin file of 64 bits to be.
#[derive(Clone)]
pub(in crate::formats::ios) struct Build {
    pub cpu: u32,
    pub subtype: u32,
    pub file_type: u32,
    pub flags: u32,
    /// Bytes of code, which begin behind the load commands.
    pub code: usize,
    pub undefined: Vec<String>,
    pub local: Vec<String>,
    pub objective_c: bool,
    pub crypt: u32,
    pub more: Vec<Vec<u8>>,
    /// Bytes of the signature, of which the command tells.
    pub signature: Option<usize>,
}

impl Default for Build {
    fn default() -> Self {
        Self {
            cpu: 0x0100_000c,
            subtype: 0,
            file_type: 2,
            flags: 0x0020_0085,
            code: 10_000,
            undefined: ["_objc_storeStrong", "___stack_chk_fail", "_NSLog"].map(str::to_owned).to_vec(),
            local: Vec::new(),
            objective_c: true,
            crypt: 0,
            more: vec![version(2, 0x000d_0000, 0x0011_0200)],
            signature: None,
        }
    }
}

pub(in crate::formats::ios) fn command(kind: u32, body: &[u8]) -> Vec<u8> {
    let mut body = body.to_vec();
    body.resize(body.len().next_multiple_of(8), 0);
    let size = u32::try_from(body.len() + 8).unwrap();
    [kind.to_le_bytes().to_vec(), size.to_le_bytes().to_vec(), body].concat()
}

pub(in crate::formats::ios) fn words(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

pub(in crate::formats::ios) fn version(platform: u32, min_os: u32, sdk: u32) -> Vec<u8> {
    command(0x32, &words(&[platform, min_os, sdk, 0]))
}

pub(in crate::formats::ios) fn named(kind: u32, name: &str, head: usize) -> Vec<u8> {
    let offset = u32::try_from(8 + head).unwrap();
    let mut body = words(&[offset]);
    body.resize(head, 0);
    body.extend(name.as_bytes());
    body.push(0);
    command(kind, &body)
}

pub(in crate::formats::ios) fn segment(name: &str, sections: &[&str]) -> Vec<u8> {
    let fixed = |text: &str| [text.as_bytes(), &vec![0; 16 - text.len()]].concat();
    let count = u32::try_from(sections.len()).unwrap();
    let mut body = [fixed(name), vec![0; 40], words(&[count, 0])].concat();
    for section in sections {
        body.extend([fixed(section), fixed(name), vec![0; 48]].concat());
    }
    command(0x19, &body)
}

impl Build {
    /// The file, its signature left zero.
    pub(in crate::formats::ios) fn bytes(&self) -> Vec<u8> {
        let (mut entries, mut strings) = (Vec::new(), vec![0_u8]);
        let named = self.local.iter().map(|name| (name, 0x0e_u8)).chain(self.undefined.iter().map(|name| (name, 0x01)));
        for (name, kind) in named {
            entries.extend(u32::try_from(strings.len()).unwrap().to_le_bytes());
            entries.extend([kind, 0, 0, 0]);
            entries.extend([0; 8]);
            strings.extend(name.as_bytes());
            strings.push(0);
        }
        strings.resize(strings.len().next_multiple_of(16), 0);
        let mut commands = self.more.clone();
        if self.objective_c {
            commands.push(segment("__DATA", &["__objc_classlist"]));
        }
        commands.push(command(0x2c, &words(&[4096, 4096, self.crypt, 0])));
        let place = |commands: &[Vec<u8>]| 32 + commands.concat().len() + 24 + 16 + self.code;
        let symbols = place(&commands).next_multiple_of(16);
        let at = |n: usize| u32::try_from(n).unwrap();
        let names = symbols + entries.len();
        let count = at(entries.len() / 16);
        commands.push(command(2, &words(&[at(symbols), count, at(names), at(strings.len())])));
        let end = (names + strings.len()).next_multiple_of(16);
        if let Some(size) = self.signature {
            commands.push(command(0x1d, &words(&[at(end), at(size)])));
        }
        let head = [
            0xfeed_facf,
            self.cpu,
            self.subtype,
            self.file_type,
            at(commands.len()),
            at(commands.concat().len()),
            self.flags,
            0,
        ];
        let mut file = [words(&head), commands.concat()].concat();
        file.resize(symbols, 0xd5);
        file.extend(entries);
        file.extend(strings);
        file.resize(end + self.signature.unwrap_or(0), 0);
        file
    }
}

/// A fat file of these slices.
pub(in crate::formats::ios) fn fat(slices: &[Vec<u8>]) -> Vec<u8> {
    let mut file = [0xcafe_babe_u32.to_be_bytes(), u32::try_from(slices.len()).unwrap().to_be_bytes()].concat();
    let mut at = 4096_usize;
    for slice in slices {
        let word = |n: usize| u32::try_from(n).unwrap().to_be_bytes();
        file.extend([slice[7], slice[6], slice[5], slice[4], slice[11], slice[10], slice[9], slice[8]]);
        file.extend([word(at), word(slice.len()), word(12)].concat());
        at = (at + slice.len()).next_multiple_of(4096);
    }
    for slice in slices {
        file.resize(file.len().next_multiple_of(4096), 0);
        file.extend(slice);
    }
    file
}
