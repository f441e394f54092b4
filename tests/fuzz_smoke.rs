//! Every parser of hostile bytes over some hundred damaged inputs, the same in every run. `fuzz/` does it for hours.
#![expect(clippy::disallowed_methods, reason = "seeds are files")]

mod fuzz_common;

use std::{env, fs, path::Path, thread, time::Instant};

use fuzz_common::{PARSERS, Parser};
use jixian::formats::{tls::from_hex, zip::Archive};

/// Damaged inputs of each parser. `FUZZ_ROUNDS=100000 cargo test --test fuzz_smoke` goes on for longer.
const ROUNDS: usize = 500;

/// Seconds after which a parser gets no more of them: a slow machine runs fewer rounds, and never fails for it.
const BUDGET_S: u64 = 4;

/// Seeds longer than this are cut: damage matters more than length.
const LONGEST: usize = 16 * 1024;

#[test]
fn no_parser_panics_on_damaged_input() {
    let groups: Vec<_> = PARSERS.chunks(PARSERS.len().div_ceil(2)).collect();
    thread::scope(|scope| {
        let runs: Vec<_> = groups.iter().map(|group| scope.spawn(|| group.iter().for_each(batter))).collect();
        for run in runs {
            run.join().expect("the panic above names the parser and its input");
        }
    });
}

#[test]
fn every_fuzz_target_is_a_parser_and_the_reverse() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
    let mut targets: Vec<_> = fs::read_dir(folder)
        .expect("fuzz targets are there")
        .flatten()
        .map(|entry| entry.path().file_stem().expect("a file has a name").to_string_lossy().into_owned())
        .collect();
    targets.sort();
    assert_eq!(targets, PARSERS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    let manifest =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml")).expect("it is there");
    for name in targets {
        assert!(
            manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")),
            "fuzz/Cargo.toml does not build {name}"
        );
    }
}

fn batter((name, parser): &(&str, Parser)) {
    let seeds = seeds(name);
    assert!(!seeds.is_empty(), "{name} has no seeds");
    let mut chance = Chance(0x9e37_79b9_7f4a_7c15 ^ name.bytes().map(u64::from).sum::<u64>());
    let asked: Option<usize> = env::var("FUZZ_ROUNDS").ok().and_then(|text| text.parse().ok());
    let begun = Instant::now();
    for round in 0..asked.unwrap_or(ROUNDS) {
        if asked.is_none() && begun.elapsed().as_secs() >= BUDGET_S {
            break;
        }
        let input = if round < seeds.len() { seeds[round].clone() } else { damaged(&seeds, &mut chance) };
        let result = std::panic::catch_unwind(|| parser(&input));
        assert!(result.is_ok(), "{name} panicked, round {round}: {:?}", String::from_utf8_lossy(&input));
    }
}

/// What a parser is fed before anything is damaged.
fn seeds(parser: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seeds: Vec<Vec<u8>> = Vec::new();
    let mut add = |path: &str, most: usize| {
        let mut found = Vec::new();
        walk(&root.join(path), &mut found);
        // Spread over the folder, so that a few stand for all.
        let step = found.len().div_ceil(most).max(1);
        seeds.extend(found.iter().step_by(step).filter_map(|path| fs::read(path).ok()));
    };
    match parser {
        "inventory" => {
            add("samples/tianfu/inventory.yaml", 1);
            add("src/inventory/template.zh.yaml", 1);
        }
        "catalogue" => {
            add("checks", 20);
            add("profiles", 6);
        }
        "nmap_xml" => {
            add("tests/data/nmap", 4);
            add("samples/tianfu/scans", 2);
        }
        "dex" => ["crypto", "tls", "webview"].iter().for_each(|name| add(&format!("tests/data/dex/{name}.dex"), 1)),
        "ct_logs" | "sct" => add("tests/data/ct", 20),
        "ocsp" => add("tests/data/ocsp", 20),
        "cms" => add("tests/data/signed", 20),
        "code_signature" | "ios_plist" | "mach_o" => add("tests/data/ios", 20),
        "app_package" | "zip" => add("samples/tianfu/packages", 8),
        "markup" => add("tests/data/pdf", 2),
        "tls_hello" | "tls_messages" | "tls_sealed" => {
            let mut captures = Vec::new();
            walk(&root.join("tests/data/tls"), &mut captures);
            let hex = captures.iter().filter_map(|path| fs::read_to_string(path).ok());
            seeds.extend(hex.filter_map(|hex| from_hex(&hex.replace('\n', ""))));
            return seeds;
        }
        name if name.starts_with("linux_") || name == "host_facts" => add("tests/data/linux", 120),
        _ => {}
    }
    seeds.iter_mut().for_each(|seed| seed.truncate(LONGEST));
    seeds.extend(words(parser).iter().map(|text| text.as_bytes().to_vec()));
    let made_here =
        ["aab_manifest", "apk_signing_block", "archive", "arsc", "axml", "elf", "jar_signature", "x509_der"];
    if made_here.contains(&parser) {
        seeds.extend(made(parser));
    }
    seeds
}

fn words(parser: &str) -> &'static [&'static str] {
    match parser {
        "abc" => &["PANDA\0\0\0____\u{c}\0\u{6}\0________________________________________________\tabcd\0\u{4}政务\0"],
        "adjudications" => &[
            "schema: jixian.adjudications/v1\nadjudications:\n  - {situation: HR-NET-04, asset: db-01, decision: confirmed, principles: {relevance: {zh: 一}, severity: {zh: 二}, likelihood: {zh: 三}}, exposure: internet, residual: high, by: [甲, 乙], date: \"2026-11-21\"}\n",
        ],
        "answers" => &[
            "schema: jixian.answers/v1\nanswers:\n  - {item: 8.1.4.1.a, aspect: in-use, asset: web-01, result: 符合, methods: [examine], seen: {zh: 抽查}, answered_by: 甲, reviewed_by: 乙, date: \"2026-11-20\", expires: \"2027-11-20\", scope: asset}\n",
        ],
        "waivers" => &[
            "schema: jixian.waivers/v1\nmax_days: 180\nwaivers:\n  - {id: W-1, check: host.ssh.root-login, assets: [web-01], covers: [fail], reason: {zh: 因}, requested_by: 甲, approved_by: 乙, approved_at: \"2026-11-01\", expires: \"2027-01-31\"}\n",
        ],
        "gate_policy" => &[
            "schema: jixian.gate/v1\nscope: automatic\nmin_decided: 95\nfail_on: {severity: [critical], baseline_below: B}\n",
        ],
        "expression" => &[
            "host.sshd.installed && host.sshd.effective.permitrootlogin in [\"no\", \"prohibit-password\"]",
            "host.accounts.all(a, a.uid != 0 || a.name == \"root\") && size(host.accounts) > 0",
            "host.listeners.filter(l, l.port > 1024).exists(l, rx(l.process, \"^s\"))",
            "((((((((((true))))))))))",
        ],
        "escaping" => &["<b>&amp;\u{202e}\u{0}\u{1b}]0;x\u{7}</b>", "政务 \"服务\" '网' \u{fffe}"],
        "strings" => &[
            "<a xmlns:z=\"http://z.example/ns\" href='http://u:pw12@10.1.2.3:80/a?x=1#y'>https:\\/\\/h.cn\\/v1 wss://[::1]:8080/",
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----\nLTAI5tAbCdEf AKIAABCDEFGHIJKLMNOP",
            "eyJhbGciOiJub25lIn0.eyJhIjoxfQ.0123456789abcdefghijklmnopq appSecret=\"9f86d081884c7d659a2feaa0c55ad015\" wx0123456789abcdef",
            "{\"plus\":{\"uni-app\":{\"compilerVersion\":\"3.8.7\"}}}\nversion=1.2\nclient=play-services-base\nlib/armeabi/libjiagu.so",
        ],
        "starttls" => &[
            "\u{7}220-mail\r\n220 ready\r\n250-mail\r\n250 STARTTLS\r\n220 go\r\n",
            "\u{1}* OK ready\r\n* CAPABILITY x\r\na1 OK\r\n",
            "\u{8}<?xml version='1.0'?><stream:stream><stream:features><starttls/></stream:features><proceed/>",
            "\u{2}0\u{c}\u{2}\u{1}\u{1}x\u{7}\n\u{1}\u{0}\u{4}\u{0}\u{4}\u{0}",
            "\u{6}\u{3}\u{0}\u{0}\u{b}\u{6}",
        ],
        _ => &[],
    }
}

/// Certificates, archives, libraries and parts of packages of our own making.
fn made(parser: &str) -> Vec<Vec<u8>> {
    match parser {
        "x509_der" => {
            let key = rcgen::generate_simple_self_signed(["host.example".to_owned(), "10.0.0.1".to_owned()]);
            return vec![key.expect("a certificate can be made").cert.der().to_vec()];
        }
        // This very program is one, and so is what it is cut to.
        "elf" => {
            let program = env::current_exe().and_then(fs::read).unwrap_or_default();
            return vec![program.iter().copied().take(LONGEST).collect(), library()];
        }
        "axml" => return part_of_the_sample(&["AndroidManifest.xml", "res/xml/network_security_config.xml"]),
        "arsc" => return part_of_the_sample(&["resources.arsc"]),
        "aab_manifest" => return vec![BUNDLE.to_vec()],
        "apk_signing_block" => return signing_block(),
        "jar_signature" => return jar_signature(),
        _ => {}
    }
    let mut tar = tar::Builder::new(Vec::new());
    for (name, text) in [("SEAL", "{}"), ("manifest.json", "{\"schema\": \"jixian.bundle/v1\"}")] {
        let mut header = tar::Header::new_ustar();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, name, text.as_bytes()).expect("memory takes it");
    }
    let plain = tar.into_inner().expect("memory takes it");
    vec![zstd::encode_all(plain.as_slice(), 1).expect("memory takes it")]
}

/// `<manifest package="a.b"><application android:allowBackup="false"/></manifest>` as a bundle has it.
const BUNDLE: &[u8] = b"\x0aq\x1a\x08manifest\x22\x0e\x12\x07package\x1a\x03a.b*U\x0aS\x1a\x0bapplication\
    \x22D\x0a*http://schemas.android.com/apk/res/android\x12\x0ballowBackup(\x80\x85\x84\x082\x04:\x02@\x00";

/// What is in the signing block of a package that all schemes sign.
fn signing_block() -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signed/app.apk");
    let bytes = fs::read(path).expect("it is there");
    let number = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize;
    let directory = number(bytes.len() - 6);
    let length = number(directory - 24);
    vec![bytes[directory - length..directory - 24].to_vec()]
}

/// The files of a signature by scheme 1, parted as the parser wants them.
fn jar_signature() -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/signed/app-v1.apk");
    let bytes = fs::read(path).expect("it is there");
    let archive = Archive::open(&bytes).expect("it is an archive");
    let read =
        |name: &str| archive.find(name).and_then(|entry| archive.read(entry, 1 << 20).ok()).expect("it is whole");
    let files = ["META-INF/MANIFEST.MF", "META-INF/CERT.SF", "META-INF/CERT.RSA"].map(read);
    vec![files.join(&b"\0\0\0\0"[..])]
}

/// Entries of the sample's package; those that it does not have are left out.
fn part_of_the_sample(names: &[&str]) -> Vec<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/tianfu/packages/tianfu-dept.apk");
    let bytes = fs::read(path).expect("it is there");
    let archive = Archive::open(&bytes).expect("it is an archive");
    let found = names.iter().filter_map(|name| archive.find(name));
    found.map(|entry| archive.read(entry, 1 << 20).expect("it is whole")).collect()
}

/// As much of a library of 64 bits as a loader looks at: one segment, and a dynamic section that names a string table, a table
/// of one symbol and a hash table.
fn library() -> Vec<u8> {
    let word = |number: u64| number.to_le_bytes().to_vec();
    let pair = |tag: u64, value: u64| [word(tag), word(value)].concat();
    let segment = |kind: u32, at: u64, size: u64| {
        let head = [kind.to_le_bytes(), 5_u32.to_le_bytes()].concat();
        [head, word(at), word(at), word(at), word(size), word(size), word(0x4000)].concat()
    };
    let header = [
        b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\xb7\0\x01\0\0\0".to_vec(),
        [word(0), word(64), word(0)].concat(),
        vec![0, 0, 0, 0, 64, 0, 56, 0, 2, 0, 64, 0, 0, 0, 0, 0],
    ];
    let dynamic =
        [pair(1, 1), pair(5, 360), pair(10, 24), pair(6, 312), pair(4, 288), pair(30, 8), pair(0, 0)].concat();
    let hash = [[1_u32.to_le_bytes(), 2_u32.to_le_bytes()].concat(), vec![0; 16]].concat();
    let symbols = [vec![0; 24], [vec![9, 0, 0, 0, 0x12, 0, 0, 0], vec![0; 16]].concat()].concat();
    let strings = b"\0libc.so\0__memcpy_chk\0\0\0".to_vec();
    let size = 384;
    [header.concat(), segment(1, 0, size), segment(2, 176, 112), dynamic, hash, symbols, strings].concat()
}

fn walk(path: &Path, found: &mut Vec<std::path::PathBuf>) {
    if path.is_file() {
        found.push(path.to_owned());
        return;
    }
    let mut entries: Vec<_> = fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    entries.sort();
    entries.iter().for_each(|entry| walk(entry, found));
}

/// Damages a seed in one to four places.
fn damaged(seeds: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    const TOKENS: &[&[u8]] = &[
        b"\0",
        b"\xff\xfe",
        b"\xe4\xb8",
        b"\n",
        b"\t",
        b"\"",
        b"'",
        b"\\",
        b"{",
        b"[",
        b"}",
        b"]",
        b"(",
        b"&a *a",
        b"!!x",
        b"<<: ",
        b"- ",
        b": ",
        b"#",
        b"%",
        b"$",
        b"..",
        b"-1",
        b"0",
        b"4294967296",
        b"9223372036854775807",
        b"-9223372036854775808",
        b"99999999999999999999999",
        b"1e999",
        b"<!DOCTYPE a [<!ENTITY b \"c\">]>",
        b"<![CDATA[",
        b"&#0;",
        b"include ",
        b"Match ",
    ];
    let mut bytes = seeds[chance.below(seeds.len())].clone();
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len() + 1);
        let end = (at + chance.below(64)).min(bytes.len());
        match chance.below(7) {
            0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = bytes[at..end].repeat(1 + chance.below(40));
                bytes.splice(at..at, piece);
            }
            3 => bytes.truncate(at),
            4 => {
                let other = &seeds[chance.below(seeds.len())];
                let from = chance.below(other.len() + 1);
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
            _ => {
                let token = TOKENS[chance.below(TOKENS.len())].repeat(1 + chance.below(3));
                bytes.splice(at..end.min(at + chance.below(4)).max(at), token);
            }
        }
    }
    bytes.truncate(LONGEST * 2);
    bytes
}

/// xorshift64*: the same numbers everywhere.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let drawn = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(drawn).unwrap_or(0) % end.max(1)
    }
}
