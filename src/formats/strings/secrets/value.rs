//! What a value says about itself: its alphabet, its randomness, its checksum, and whether it stands for another one.

use std::sync::LazyLock;

/// Shannon's entropy in bits for each byte.
pub(super) fn entropy(value: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    value.iter().for_each(|byte| counts[usize::from(*byte)] += 1);
    let total = value.len() as f64;
    counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / total).map(|p| -p * p.log2()).sum()
}

pub(super) fn is_hex(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_hexdigit)
}

/// 8-4-4-4-12 hexadecimal digits, RFC 9562: an identifier.
pub(super) fn is_uuid(value: &[u8]) -> bool {
    let hyphens = [8, 13, 18, 23];
    value.len() == 36
        && value
            .iter()
            .enumerate()
            .all(|(at, byte)| if hyphens.contains(&at) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// Whether the digits or letters go up, down or on in one step for longer than chance lets them.
pub(super) fn has_sequence(value: &[u8]) -> bool {
    const LONGEST: usize = 6;
    [-1_i16, 0, 1].into_iter().any(|step| {
        let steps = value.windows(2).map(|pair| i16::from(pair[1]) - i16::from(pair[0]) == step);
        longest_run(steps) >= LONGEST
    })
}

fn longest_run(marks: impl Iterator<Item = bool>) -> usize {
    let mut longest = 0;
    marks.fold(0, |run, mark| {
        let run = if mark { run + 1 } else { 0 };
        longest = longest.max(run);
        run
    });
    longest
}

/// Whether it stands for a value that somebody should put in, or is the sample of some documentation.
pub(super) fn is_placeholder(value: &[u8]) -> bool {
    const WORDS: [&[u8]; 14] = [
        b"example",
        b"sample",
        b"your",
        b"xxxx",
        b"****",
        b"....",
        b"placeholder",
        b"changeme",
        b"dummy",
        b"insert",
        b"replace",
        b"redacted",
        b"undefined",
        b"secret_key",
    ];
    let lower = value.to_ascii_lowercase();
    WORDS.iter().any(|word| lower.windows(word.len()).any(|window| window == *word))
}

/// Digests that libraries carry as constants: of the empty input by MD5, SHA-1, SHA-256 and SM3.
const KNOWN_DIGESTS: [&str; 4] = [
    "d41d8cd98f00b204e9800998ecf8427e",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
];

/// Random hexadecimal digits, 128 bits at least, in a length that keys have.
pub(super) fn is_random_hex(value: &[u8]) -> bool {
    matches!(value.len(), 32 | 40 | 48 | 64 | 96 | 128)
        && is_hex(value)
        && !(value.iter().any(u8::is_ascii_lowercase) && value.iter().any(u8::is_ascii_uppercase))
        && value.iter().any(u8::is_ascii_digit)
        && value.iter().any(u8::is_ascii_alphabetic)
        && entropy(value) >= 3.0
        && !has_sequence(value)
        && !KNOWN_DIGESTS.iter().any(|known| known.as_bytes().eq_ignore_ascii_case(value))
}

/// Random letters and digits. Words betray themselves: they change between capitals, small letters and digits too seldom.
pub(super) fn is_random_text(value: &[u8]) -> bool {
    let body = value.strip_suffix(b"==").or_else(|| value.strip_suffix(b"=")).unwrap_or(value);
    let count = |class: fn(&u8) -> bool| body.iter().filter(|byte| class(byte)).count();
    let (digits, small, capitals) =
        (count(u8::is_ascii_digit), count(u8::is_ascii_lowercase), count(u8::is_ascii_uppercase));
    let mixed = small > 0 && capitals > 0;
    let changes =
        body.windows(2).filter(|pair| class(pair[0]) != class(pair[1])).count() as f64 / body.len().max(2) as f64;
    // By chance 62 % of neighbours differ in 62 digits, and 40 % in 36.
    let unlike_words = if mixed {
        digits >= 2 && changes >= if body.len() >= 28 { 0.42 } else { 0.38 }
    } else {
        digits * 8 >= body.len() && body.len() >= 24 && changes >= 0.28
    };
    body.len() >= 16
        && small + capitals > 0
        && unlike_words
        && body.len() - digits - small - capitals <= body.len() / 6
        && entropy(body) >= if body.len() >= 32 { 4.0 } else { 3.5 }
        && !has_sequence(body)
        && !is_placeholder(value)
}

fn class(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => 0,
        b'a'..=b'z' => 1,
        b'A'..=b'Z' => 2,
        _ => 3,
    }
}

/// Base 64 of RFC 4648, either alphabet, padding optional; stops at the first byte that is none.
pub(super) fn base64(text: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let mut out = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => break,
        };
        bits = (bits << 6) | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    out
}

/// Whether the last six characters are the CRC-32 (IEEE) of the thirty before them, in base 62.
pub(super) fn has_checksum(token: &[u8]) -> bool {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let Some((body, check)) = token.split_at_checked(30).filter(|(_, check)| check.len() == 6) else { return false };
    let mut rest = crc32(body);
    check.iter().rev().all(|digit| {
        let expected = DIGITS[(rest % 62) as usize];
        rest /= 62;
        *digit == expected
    })
}

fn crc32(bytes: &[u8]) -> u32 {
    static TABLE: LazyLock<[u32; 256]> = LazyLock::new(|| {
        std::array::from_fn(|index| {
            (0..8).fold(index as u32, |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 })
        })
    });
    !bytes.iter().fold(u32::MAX, |crc, byte| TABLE[((crc ^ u32::from(*byte)) & 0xff) as usize] ^ (crc >> 8))
}

/// At most the first four and the last two characters, and never more than a third of the value.
pub(super) fn masked(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    let letters: Vec<char> = text.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
    let shown = (letters.len() / 3).min(6);
    let last = (shown / 3).min(2);
    let first = (shown - last).min(4);
    let head: String = letters.iter().take(first).collect();
    let tail: String = letters.iter().skip(letters.len() - last).collect();
    format!("{head}***{tail}")
}

#[cfg(test)]
mod tests {
    use super::{
        base64, crc32, entropy, has_checksum, has_sequence, is_placeholder, is_random_hex, is_random_text, is_uuid,
        masked,
    };

    #[test]
    fn a_third_is_shown_and_no_more_than_six_characters() {
        for (value, expected) in [
            ("", "***"),
            ("ab", "***"),
            ("abc", "a***"),
            ("abcdefghi", "ab***i"),
            ("abcdefghijkl", "abc***l"),
            ("abcdefghijklmnopqrstuvwxyz", "abcd***yz"),
            ("口令口令口令", "口令***"),
            ("\u{1b}[31mabcdefg", "?[3***g"),
        ] {
            assert_eq!(masked(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn random_values_are_told_from_words_and_sequences() {
        for value in ["wJalrXUtnFEMIK7MDENGbPxRfiCYz8Q2LmN4", "q8ZtR2mWx4Lp9VbN3sKd", "k3j9x0w2m7q1z8v4c6b5n2l0p9"] {
            assert!(is_random_text(value.as_bytes()), "{value}");
        }
        for value in [
            "getAccessTokenFailed12",
            "com_example_app_Token1A",
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789",
            "aaaaaaaaaaaaaaaaaaaaaaaA11",
            "YOUR_APP_SECRET_q8ZtR2mWx4",
            "password_toggle_visibility",
        ] {
            assert!(!is_random_text(value.as_bytes()), "{value}");
        }
        assert!(is_random_hex(b"9f86d081884c7d659a2feaa0c55ad015"));
        for value in [
            "0123456789abcdef0123456789abcdef",
            "d41d8cd98f00b204e9800998ecf8427e",
            "00000000000000000000000000000001",
            "9f86d081884c7d65",
        ] {
            assert!(!is_random_hex(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn checksums_follow_the_published_example() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        // The example that GitHub published with the format.
        assert!(has_checksum(b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq17"));
        assert!(!has_checksum(b"zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ0mLq18"));
        assert!(!has_checksum(b"short"));
    }

    #[test]
    fn small_helpers() {
        assert_eq!(base64(*b"5Z+657q/"), "基线".as_bytes());
        assert_eq!(base64(*b"eyJhIjoxfQ"), b"{\"a\":1}");
        assert!(entropy(b"abcd") == 2.0 && entropy(b"aaaa") == 0.0);
        assert!(is_uuid(b"123e4567-e89b-12d3-a456-426614174000") && !is_uuid(b"123e4567-e89b-12d3-a456-42661417400g"));
        assert!(has_sequence(b"x1234567y") && !has_sequence(b"13579bdf"));
        assert!(is_placeholder(b"AKIAIOSFODNN7EXAMPLE"));
    }
}
