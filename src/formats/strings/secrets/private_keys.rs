//! Private keys, in PEM or as bare base 64: the structure behind the letters decides, never the letters themselves.

use super::{Found, Rule, known::is_published, tokens::base64_digit, value::base64};

/// Where base 64 of a private key may begin: PKCS #1 and PKCS #8 of RSA, PKCS #8 and SEC 1 of elliptic curves, Ed25519.
pub(super) const BEGINNINGS: [&str; 5] = ["MC4CAQ", "MHcCAQEE", "MHgCAQEE", "MIG", "MII"];

/// Bytes of an armoured key that are looked at.
const LONGEST: usize = 16 * 1024;
/// Shorter ones hold no key: an Ed25519 key in PKCS #8 has 64 digits.
const SHORTEST: usize = 64;

/// A key in PEM (RFC 7468) whose first hyphen is at `at`. The label alone, as every crypto library carries it, is none.
pub(super) fn pem<'a>(bytes: &'a [u8], at: usize) -> Option<Found<'a>> {
    let rest = bytes.get(at..)?.strip_prefix(b"-----BEGIN ")?;
    let end = rest.iter().take(40).position(|byte| *byte == b'-')?;
    let (label, rest) = rest.split_at(end);
    let rest = rest.strip_prefix(b"-----")?;
    if !label.ends_with(b"PRIVATE KEY") && label != b"PGP PRIVATE KEY BLOCK" {
        return None;
    }
    let body = &rest[..rest.len().min(LONGEST)];
    let body = &body[..find(body, b"-----").unwrap_or(body.len())];
    let headers = find(body, b"ENCRYPTED").is_some();
    let digits = digits(if headers { after_headers(body) } else { body });
    let key = base64(digits.iter().copied());
    let openssh = key.strip_prefix(b"openssh-key-v1\0");
    // The name of the cipher follows with its length in four bytes; `none` is in the clear.
    let locked = openssh.is_some_and(|rest| !rest.starts_with(b"\0\0\0\x04none"));
    let encrypted = headers || label.starts_with(b"ENCRYPTED") || locked;
    let is_key =
        openssh.is_some() || label.starts_with(b"PGP") || is_sequence(&key) && (encrypted || is_private_key(&key));
    let rule = if encrypted { "private-key-encrypted" } else { "private-key" };
    (digits.len() >= SHORTEST && is_key && !is_published(&digits))
        .then(|| Found { rule: Rule::of(rule), value: digits.into() })
}

/// A key as base 64 without its armour, as payment and signing demos carry it.
pub(super) fn bare<'a>(bytes: &'a [u8], at: usize) -> Option<Found<'a>> {
    let inside = at.checked_sub(1).is_some_and(|before| base64_digit(bytes[before]) && !is_escape(bytes, at));
    if inside || find(&bytes[at.saturating_sub(80)..at], b"-----BEGIN ").is_some() {
        return None;
    }
    let text = &bytes[at..(at + LONGEST).min(bytes.len())];
    let digits = digits(text);
    let key = base64(digits.iter().copied());
    let whole = declared_length(&key).is_some_and(|length| length <= key.len());
    (digits.len() >= SHORTEST && whole && is_private_key(&key) && !is_published(&digits))
        .then(|| Found { rule: Rule::of("private-key"), value: digits.into() })
}

/// Whether the letter before `at` belongs to an escape such as `\n`.
fn is_escape(bytes: &[u8], at: usize) -> bool {
    at >= 2 && bytes[at - 2] == b'\\' && matches!(bytes[at - 1], b'n' | b'r' | b't')
}

/// Whether this is base 64 of a certificate or a public key, which anybody may know.
pub(super) fn is_public(text: &[u8]) -> bool {
    let der = base64(text.iter().copied());
    is_sequence(&der) && !is_private_key(&der)
}

/// The digits of base 64, over line ends, their escapes, and the quotes and signs between pieces of one literal.
fn digits(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((first, more)) = rest.split_first() {
        rest = match (first, more) {
            (byte, more) if base64_digit(*byte) => {
                out.push(*byte);
                more
            }
            (b'\\', [b'n' | b'r' | b't', more @ ..]) => more,
            (b'\\', [b'/', more @ ..]) => {
                out.push(b'/');
                more
            }
            (b'\\', more) => more,
            (byte, more) if byte.is_ascii_whitespace() => more,
            (b'"' | b'\'', more) => match next_piece(more, *first) {
                Some(more) => more,
                None => break,
            },
            _ => break,
        };
    }
    out
}

/// Behind the quote that ends one piece: the beginning of the next, where nothing but a sign and white space lies between.
fn next_piece(text: &[u8], quote: u8) -> Option<&[u8]> {
    let gap = text
        .iter()
        .take(200)
        .take_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b'+' | b'\\' | b','))
        .count();
    let (gap, rest) = text.split_at(gap);
    rest.strip_prefix(&[quote]).filter(|_| !gap.is_empty())
}

/// RFC 1421: headers end with an empty line, however it is written.
fn after_headers(body: &[u8]) -> &[u8] {
    [&b"\n\n"[..], b"\r\n\r\n", b"\\n\\n", b"\\r\\n\\r\\n"]
        .iter()
        .filter_map(|end| find(body, end).map(|at| &body[at + end.len()..]))
        .max_by_key(|rest| rest.len())
        .unwrap_or_default()
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, what)
}

fn is_sequence(der: &[u8]) -> bool {
    declared_length(der).is_some_and(|length| length >= 32 && length <= der.len() + 8)
}

/// The length of a DER SEQUENCE with its own header.
fn declared_length(der: &[u8]) -> Option<usize> {
    let (header, length) = header(der, 0x30)?;
    header.checked_add(length)
}

/// The size of the header and the length of the contents of an element of this kind.
fn header(der: &[u8], tag: u8) -> Option<(usize, usize)> {
    match der {
        [first, length @ 0..=0x7f, ..] if *first == tag => Some((2, usize::from(*length))),
        [first, 0x81, length, ..] if *first == tag => Some((3, usize::from(*length))),
        [first, 0x82, high, low, ..] if *first == tag => Some((4, usize::from(u16::from_be_bytes([*high, *low])))),
        _ => None,
    }
}

/// PKCS #8 (RFC 5208: version, algorithm, octets), PKCS #1 (RFC 8017: version 0 and a modulus), DSA alike, SEC 1 (RFC 5915:
/// version 1 and octets).
fn is_private_key(der: &[u8]) -> bool {
    let Some(body) = header(der, 0x30).and_then(|(size, _)| der.get(size..)) else { return false };
    match body {
        [2, 1, 0 | 1, 0x30, ..] => of_pkcs8(&body[3..]),
        [2, 1, 0, 2, rest @ ..] => rest.len() > 32,
        [2, 1, 1, 4, length, ..] => matches!(length, 24..=66),
        _ => false,
    }
}

fn of_pkcs8(algorithm: &[u8]) -> bool {
    let Some((size, length)) = header(algorithm, 0x30) else { return false };
    let starts_with_oid = algorithm.get(size) == Some(&6);
    starts_with_oid && size.checked_add(length).and_then(|end| algorithm.get(end)) == Some(&4)
}
