//! Every parser of hostile bytes over some hundred damaged inputs, the same in every run. `fuzz/` does it for hours.
#![expect(clippy::disallowed_methods, reason = "seeds are files")]

mod fuzz_common;

use std::{env, fs, path::Path, thread, time::Instant};

use fuzz_common::{PARSERS, Parser};
use jixian::formats::tls::from_hex;

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
        "ct_logs" | "sct" => add("tests/data/ct", 20),
        "ocsp" => add("tests/data/ocsp", 20),
        "app_package" | "zip" => add("samples/tianfu/packages", 8),
        "hap" => add("tests/data/hap", 3),
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
    if parser == "x509_der" || parser == "archive" {
        seeds.extend(made(parser));
    }
    seeds
}

fn words(parser: &str) -> &'static [&'static str] {
    match parser {
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

/// Certificates and archives of our own making.
fn made(parser: &str) -> Vec<Vec<u8>> {
    if parser == "x509_der" {
        let key = rcgen::generate_simple_self_signed(["host.example".to_owned(), "10.0.0.1".to_owned()]);
        return vec![key.expect("a certificate can be made").cert.der().to_vec()];
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
