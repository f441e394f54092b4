//! Values that stand under a name: `name = value` as scripts, JSON, properties and XML write it. The value decides.

use super::{
    Found, Rule,
    private_keys::is_public,
    value::{base64, entropy, has_sequence, is_hex, is_placeholder, is_random_hex, is_random_text, is_uuid},
};

/// Endings of the words that names of secrets have, in their usual writings; a name is read around each.
pub(super) const WORDS: [&str; 37] = [
    "ecret",
    "ECRET",
    "assw",
    "ASSW",
    "oken",
    "OKEN",
    "piKey",
    "pikey",
    "pi_key",
    "PI_KEY",
    "ssKey",
    "sskey",
    "ss_key",
    "SS_KEY",
    "teKey",
    "te_key",
    "TE_KEY",
    "ppKey",
    "ppkey",
    "pp_key",
    "PP_KEY",
    "gnKey",
    "gn_key",
    "GN_KEY",
    "esKey",
    "es_key",
    "ES_KEY",
    "m4Key",
    "m4_key",
    "M4_KEY",
    "ptKey",
    "pt_key",
    "PT_KEY",
    "ccountKey",
    "ntSDK",
    "sapi.API",
    "ibeKey",
];

/// Bytes on either side in which an AppID or the name of a cloud is looked for.
const NEAR: usize = 400;
const LONGEST_NAME: usize = 80;
const LONGEST_VALUE: usize = 600;

/// The secret that is assigned to the name in which `at` lies.
pub(super) fn at<'a>(bytes: &'a [u8], at: usize) -> Option<Found<'a>> {
    let (name, end) = name(bytes, at);
    let value = value(bytes, end)?;
    let near = &bytes[end.saturating_sub(NEAR)..(end + NEAR).min(bytes.len())];
    let rule = judge(name, value, near)?;
    Some(Found { rule: Rule::of(rule), value: value.into() })
}

/// The rule for a value under a name; `near` is what surrounds them.
pub(super) fn judge(name: &[u8], value: &[u8], near: &[u8]) -> Option<&'static str> {
    let name: Vec<u8> = name.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect();
    if value.len() < 16 || value.len() > LONGEST_VALUE || is_uuid(value) || is_placeholder(value) {
        return None;
    }
    map_key(&name, value).or_else(|| {
        if names_something_public(&name) || is_picture(value) || is_public(value) {
            None
        } else {
            secret(&name, value, near)
        }
    })
}

fn secret(name: &[u8], value: &[u8], near: &[u8]) -> Option<&'static str> {
    let says = |word: &str| has(name, word.as_bytes());
    let hex = is_random_hex(value);
    if says("secret")
        && value.len() == 32
        && hex
        && (says("wechat") || says("weixin") || says("wx") || has_app_id(near))
    {
        return Some("wechat-app-secret");
    }
    let huawei = has(near, b"huawei") || has(near, b"myhuaweicloud") || has(near, b"HUAWEI");
    if huawei
        && value.len() == 40
        && value.iter().all(u8::is_ascii_alphanumeric)
        && is_random_text(value)
        && (says("secret") || name == b"sk")
    {
        return Some("huawei-cloud-secret-key");
    }
    if (says("privatekey") || says("prikey")) && value.len() == 64 && hex {
        return Some("private-key-hex");
    }
    let cipher = ["aeskey", "deskey", "sm4key", "encryptkey", "decryptkey", "cryptkey", "encryptionkey", "secretkey"];
    if cipher.iter().any(|word| says(word)) && is_symmetric_key(value) {
        return Some("encryption-key");
    }
    let words = ["secret", "passw", "token", "apikey", "accesskey", "privatekey", "appkey", "signkey", "accountkey"];
    (words.iter().any(|word| says(word)) && (hex || value.len() >= 20 && is_random_text(value)))
        .then_some("generic-secret")
}

/// Keys of map services, which their own documentation has in the manifest.
fn map_key(name: &[u8], value: &[u8]) -> Option<&'static str> {
    let says = |word: &str| has(name, word.as_bytes());
    let short_hex = value.len() == 32 && is_hex(value) && !has_sequence(value);
    if short_hex && says("amap") {
        Some("amap-key")
    } else if short_hex && (says("tianditu") || says("tdtkey")) {
        Some("tianditu-key")
    } else if says("lbsapi")
        && (24..=40).contains(&value.len())
        && value.iter().all(u8::is_ascii_alphanumeric)
        && entropy(value) >= 3.5
    {
        Some("baidu-map-key")
    } else if is_tencent_map_key(value) {
        Some("tencent-map-key")
    } else {
        None
    }
}

pub(super) fn is_tencent_map_key(value: &[u8]) -> bool {
    let group =
        |part: &[u8]| part.len() == 5 && part.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    value.len() == 35 && value.split(|byte| *byte == b'-').all(group) && entropy(value) >= 3.0
}

/// 128, 192 or 256 bits in hexadecimal digits or base 64, or as many printable characters of three kinds.
fn is_symmetric_key(value: &[u8]) -> bool {
    let raw = matches!(value.len(), 16 | 24 | 32) && is_random_text(value);
    let padded = value.ends_with(b"=") && matches!(base64(value.iter().copied()).len(), 16 | 24 | 32);
    matches!(value.len(), 32 | 48 | 64) && is_random_hex(value) || raw || padded && is_random_text(value)
}

/// Names under which random values stand that nobody has to hide.
fn names_something_public(name: &[u8]) -> bool {
    const PUBLIC: [&str; 16] = [
        "public",
        "pubkey",
        "hash",
        "sha1",
        "sha256",
        "sha512",
        "md5",
        "digest",
        "checksum",
        "integrity",
        "fingerprint",
        "csrf",
        "xsrf",
        "nonce",
        "cancel",
        "icon",
    ];
    PUBLIC.iter().any(|word| has(name, word.as_bytes()))
}

/// Base 64 of PNG, JPEG, GIF, WebP, SVG, fonts and archives.
fn is_picture(value: &[u8]) -> bool {
    const BEGINNINGS: [&str; 9] =
        ["iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR", "PHN2Zy", "d09GR", "d09GMg", "AAEAAAA", "UEsDB"];
    BEGINNINGS.iter().any(|begin| value.starts_with(begin.as_bytes()))
}

/// An AppID of WeChat: `wx` and 16 hexadecimal digits.
fn has_app_id(near: &[u8]) -> bool {
    memchr::memmem::find_iter(near, b"wx").any(|at| {
        let digits = near[at + 2..]
            .iter()
            .take(17)
            .take_while(|byte| byte.is_ascii_digit() || matches!(byte, b'a'..=b'f'))
            .count();
        digits == 16 && (at == 0 || !near[at - 1].is_ascii_alphanumeric())
    })
}

fn has(bytes: &[u8], word: &[u8]) -> bool {
    memchr::memmem::find(bytes, word).is_some()
}

/// The name around `at`, and where it ends.
fn name(bytes: &[u8], at: usize) -> (&[u8], usize) {
    let before = bytes[..at].iter().rev().take(LONGEST_NAME).take_while(|byte| is_name(**byte)).count();
    let after = bytes[at..].iter().take(LONGEST_NAME).take_while(|byte| is_name(**byte)).count();
    (&bytes[at - before..at + after], at + after)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// The value behind a name that ends at `end`, where something assigns it.
fn value(bytes: &[u8], end: usize) -> Option<&[u8]> {
    let rest = &bytes[end..(end + LONGEST_VALUE + 200).min(bytes.len())];
    let (quoted, rest) = match rest {
        [b'\\', b'"', rest @ ..] | [b'"' | b'\'' | b'`', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    let rest = rest.trim_ascii_start();
    if let Some(rest) = rest.strip_prefix(b">").or_else(|| plist(rest)) {
        return whole(rest, b'<');
    }
    let rest = match rest {
        [b'=', b'>', rest @ ..] | [b':' | b'=', rest @ ..] => rest,
        [b',', rest @ ..] if quoted => return literal(rest.trim_ascii_start()),
        _ => literal_attribute(rest)?,
    };
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    literal(rest.trim_ascii_start()).or_else(|| bare(rest))
}

fn plist(rest: &[u8]) -> Option<&[u8]> {
    rest.strip_prefix(b"</key>")?.trim_ascii_start().strip_prefix(b"<string>")
}

/// `android:value="`, as it follows `android:name="..."`.
fn literal_attribute(rest: &[u8]) -> Option<&[u8]> {
    rest.strip_prefix(b"android:value=").or_else(|| rest.strip_prefix(b"value="))
}

fn literal(rest: &[u8]) -> Option<&[u8]> {
    match rest {
        [b'\\', quote @ b'"', rest @ ..] => whole(rest, b'\\').filter(|_| *quote == b'"'),
        [quote @ (b'"' | b'\'' | b'`'), rest @ ..] => whole(rest, *quote),
        _ => None,
    }
}

/// A value that fills all up to its end.
fn whole(rest: &[u8], end: u8) -> Option<&[u8]> {
    let length = rest.iter().take_while(|byte| is_value(**byte)).count();
    (rest.get(length) == Some(&end)).then(|| &rest[..length])
}

/// A value without quotes, as properties files and queries have it; code has expressions there, which end otherwise.
fn bare(rest: &[u8]) -> Option<&[u8]> {
    let length = rest.iter().take_while(|byte| is_value(**byte)).count();
    let ends = rest
        .get(length)
        .is_none_or(|byte| byte.is_ascii_whitespace() || matches!(byte, b'&' | b'"' | b'\'' | b'<' | b'\0' | b'#'));
    ends.then(|| &rest[..length])
}

fn is_value(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'_' | b'-')
}
