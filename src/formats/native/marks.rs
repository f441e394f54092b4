//! What is inside of a library, by names and constants: the Chinese commercial algorithms, and libraries that were linked in.

use std::{collections::BTreeMap, sync::LazyLock};

use aho_corasick::{AhoCorasick, MatchKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

const MAX_EMBEDDED: usize = 20;
const LONGEST_SYMBOL: usize = 80;

/// An algorithm of the Chinese commercial cryptography in a library.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct SmUse {
    /// `SM2`, `SM3`, `SM4`, `SM9` or `ZUC`.
    pub algorithm: String,
    /// How it shows: `constant`, `oid` or `symbol: <name>`; the surest.
    pub mark: String,
}

/// A library that says its version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Embedded {
    pub name: String,
    pub version: String,
}

pub(super) struct Marks {
    pub sm: Vec<SmUse>,
    pub embedded: Vec<Embedded>,
}

/// What a pattern stands for.
#[derive(Clone, Copy)]
enum Meaning {
    Constant(&'static str),
    Oid,
    Version(&'static str),
}

/// Constants of GB/T 32907 (the S-box of SM4), GB/T 32905 (the first words of SM3, in either order of bytes) and GB/T 32918.5 (the
/// base point of SM2: as bytes, as 64-bit limbs, and in digits); the arc of the Chinese commercial cryptography in RFC 8998's
/// object identifiers; and the strings by which libraries say their version.
const PATTERNS: [(&[u8], Meaning); 17] = [
    (&[0xd6, 0x90, 0xe9, 0xfe, 0xcc, 0xe1, 0x3d, 0xb7, 0x16, 0xb6, 0x14, 0xc2], Meaning::Constant("SM4")),
    (&[0x6f, 0x16, 0x80, 0x73, 0xb9, 0xb2, 0x14, 0x49, 0xd7, 0x42, 0x24, 0x17], Meaning::Constant("SM3")),
    (&[0x73, 0x80, 0x16, 0x6f, 0x49, 0x14, 0xb2, 0xb9, 0x17, 0x24, 0x42, 0xd7], Meaning::Constant("SM3")),
    (&[0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46], Meaning::Constant("SM2")),
    (&[0xc7, 0x74, 0x4c, 0x33, 0x89, 0x45, 0x5a, 0x71, 0xe1, 0x0b, 0x66, 0xf2], Meaning::Constant("SM2")),
    (b"32C4AE2C1F198119", Meaning::Constant("SM2")),
    (b"32c4ae2c1f198119", Meaning::Constant("SM2")),
    (b"1.2.156.10197.1.", Meaning::Oid),
    (b"BabaSSL ", Meaning::Version("BabaSSL")),
    (b"BoringSSL ", Meaning::Version("BoringSSL")),
    (b"GmSSL ", Meaning::Version("GmSSL")),
    (b"OpenSSL ", Meaning::Version("OpenSSL")),
    (b"Tongsuo ", Meaning::Version("Tongsuo")),
    (b" inflate ", Meaning::Version("zlib")),
    (b"libcurl/", Meaning::Version("libcurl")),
    (b"libpng version ", Meaning::Version("libpng")),
    (b"mbed TLS ", Meaning::Version("Mbed TLS")),
];

static AUTOMATON: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let literals = PATTERNS.iter().map(|(literal, _)| literal);
    AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(literals).ok()
});

/// Looks through the whole library and the names of its symbols.
pub(super) fn read(bytes: &[u8], symbols: &[&[u8]]) -> Marks {
    let mut sm: BTreeMap<&'static str, String> = BTreeMap::new();
    let mut embedded: Vec<Embedded> = Vec::new();
    for hit in AUTOMATON.iter().flat_map(|automaton| automaton.find_iter(bytes)) {
        let Some((_, meaning)) = PATTERNS.get(hit.pattern().as_usize()) else { continue };
        let rest = bytes.get(hit.end()..).unwrap_or_default();
        match meaning {
            Meaning::Constant(algorithm) => drop(sm.insert(algorithm, "constant".to_owned())),
            Meaning::Oid => drop(of_oid(rest).map(|algorithm| sm.entry(algorithm).or_insert_with(|| "oid".to_owned()))),
            Meaning::Version(name) => {
                let one = number(rest).map(|version| Embedded { name: (*name).to_owned(), version });
                if let Some(one) = one.filter(|one| embedded.len() < MAX_EMBEDDED && !embedded.contains(one)) {
                    embedded.push(one);
                }
            }
        }
    }
    by_symbols(symbols, &mut sm);
    embedded.sort();
    Marks {
        sm: sm.into_iter().map(|(algorithm, mark)| SmUse { algorithm: algorithm.to_owned(), mark }).collect(),
        embedded,
    }
}

/// What follows `1.2.156.10197.1.`, GM/T 0006.
fn of_oid(rest: &[u8]) -> Option<&'static str> {
    let arc: Vec<u8> = rest.iter().copied().take(4).take_while(u8::is_ascii_digit).collect();
    match &arc[..] {
        b"104" => Some("SM4"),
        b"301" | b"501" => Some("SM2"),
        b"302" => Some("SM9"),
        b"401" => Some("SM3"),
        b"201" => Some("ZUC"),
        _ => None,
    }
}

/// A version of two parts at least.
fn number(rest: &[u8]) -> Option<String> {
    let text: String = rest
        .iter()
        .take(16)
        .map(|byte| char::from(*byte))
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))
        .collect();
    let text = text.trim_end_matches(['.', '-']);
    let fits = text.starts_with(|c: char| c.is_ascii_digit()) && text.contains('.');
    fits.then(|| text.to_owned())
}

/// The smallest name by which each algorithm shows that nothing surer shows.
fn by_symbols(symbols: &[&[u8]], sm: &mut BTreeMap<&'static str, String>) {
    let surer: Vec<_> = sm.keys().copied().collect();
    for symbol in symbols.iter().filter(|symbol| symbol.len() <= LONGEST_SYMBOL) {
        for algorithm in ["SM2", "SM3", "SM4", "SM9", "ZUC"] {
            if surer.contains(&algorithm) || !names(symbol, algorithm.as_bytes()) {
                continue;
            }
            let mark = format!("symbol: {}", String::from_utf8_lossy(symbol));
            let known = sm.entry(algorithm).or_insert_with(|| mark.clone());
            if mark < *known {
                *known = mark;
            }
        }
    }
}

/// Whether a word of a symbol begins with the name: `EVP_sm4_cbc` and `Java_cn_zw_SM4Util`, but neither `asm4` nor `sm40x`.
fn names(symbol: &[u8], algorithm: &[u8]) -> bool {
    symbol.windows(algorithm.len()).enumerate().any(|(at, window)| {
        let before = at.checked_sub(1).and_then(|at| symbol.get(at));
        let after = symbol.get(at + algorithm.len());
        let upper_inside =
            window.first().is_some_and(u8::is_ascii_uppercase) && before.is_some_and(u8::is_ascii_lowercase);
        window.eq_ignore_ascii_case(algorithm)
            && (upper_inside || before.is_none_or(|byte| !byte.is_ascii_alphabetic()))
            && after.is_none_or(|byte| !byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::{names, read};

    fn sm(bytes: &[u8], symbols: &[&str]) -> Vec<(String, String)> {
        let symbols: Vec<_> = symbols.iter().map(|symbol| symbol.as_bytes()).collect();
        read(bytes, &symbols).sm.into_iter().map(|sm| (sm.algorithm, sm.mark)).collect()
    }

    #[test]
    fn constants_are_surer_than_symbols_and_symbols_are_words() {
        let sbox = [0xd6, 0x90, 0xe9, 0xfe, 0xcc, 0xe1, 0x3d, 0xb7, 0x16, 0xb6, 0x14, 0xc2, 0x28];
        let found = sm(&sbox, &["sm4_encrypt", "SM3_Update", "SM3_Final", "Java_cn_zw_Sm2Util_sign"]);
        let expected = [("SM2", "symbol: Java_cn_zw_Sm2Util_sign"), ("SM3", "symbol: SM3_Final"), ("SM4", "constant")];
        assert_eq!(found, expected.map(|(algorithm, mark)| (algorithm.to_owned(), mark.to_owned())));
        assert_eq!(sm(b"x1.2.156.10197.1.401\0", &[]), [("SM3".to_owned(), "oid".to_owned())]);
        for symbol in ["asm4", "prism2_init", "sm40x", "SM2048", "buzuca"] {
            assert!(
                ["SM2", "SM3", "SM4", "ZUC"].iter().all(|algorithm| !names(symbol.as_bytes(), algorithm.as_bytes())),
                "{symbol}"
            );
        }
        assert!(names(b"doSM4Encrypt", b"SM4") && names(b"_ZN2gm3sm3E", b"SM3"));
    }

    #[test]
    fn libraries_say_their_version() {
        let bytes = b"\0OpenSSL 1.1.1k  25 Mar 2021\0OpenSSL PKCS#3\0 inflate 1.2.11 Copyright 1995-2017 Mark Adler \0libcurl/7.79.1\0";
        let found: Vec<_> = read(bytes, &[]).embedded.into_iter().map(|one| (one.name, one.version)).collect();
        let expected = [("OpenSSL", "1.1.1k"), ("libcurl", "7.79.1"), ("zlib", "1.2.11")];
        assert_eq!(found, expected.map(|(name, version)| (name.to_owned(), version.to_owned())));
    }
}
