//! Values that say themselves what they are: a prefix, an alphabet and a length, and a second look at what is left.

use serde_json::Value;

use super::{
    Found, Rule,
    value::{base64, entropy, has_checksum, has_sequence, is_placeholder, is_random_text},
};

/// Bytes on either side in which the other half of a pair is looked for.
const NEAR: usize = 400;
/// The longest JWT that is looked into.
const LONGEST_JWT: usize = 4096;

/// How the second half of a pair begins, which bytes it has, and how many.
type Half = (&'static str, fn(u8) -> bool, usize);

/// One form of value.
pub(super) struct Form {
    pub prefix: &'static str,
    rule: &'static str,
    alphabet: fn(u8) -> bool,
    /// Bytes after the prefix.
    least: usize,
    most: usize,
    /// Looks at the whole value.
    holds: fn(&[u8]) -> bool,
    /// The secret half: its rule, its alphabet, and its length.
    half: Option<Half>,
}

const fn form(prefix: &'static str, rule: &'static str, alphabet: fn(u8) -> bool, least: usize, most: usize) -> Form {
    Form { prefix, rule, alphabet, least, most, holds: looks_random, half: None }
}

/// Every form, by prefix. Sources are those of the rules.
pub(super) const FORMS: &[Form] = &[
    Form {
        half: Some(("aws-secret-access-key", base64_digit, 40)),
        ..form("AKIA", "aws-access-key-id", base32_digit, 16, 16)
    },
    Form {
        half: Some(("tencent-cloud-secret-key", alphanumeric, 32)),
        ..form("AKID", "tencent-cloud-secret-id", alphanumeric, 32, 32)
    },
    form("AKLT", "volcengine-access-key-id", alphanumeric, 43, 60),
    form("ALTAK", "baidu-cloud-access-key-id", alphanumeric, 21, 21),
    Form {
        half: Some(("aws-secret-access-key", base64_digit, 40)),
        ..form("ASIA", "aws-access-key-id", base32_digit, 16, 16)
    },
    form("AIza", "google-api-key", url_digit, 35, 35),
    Form {
        half: Some(("aliyun-access-key-secret", alphanumeric, 30)),
        ..form("LTAI", "aliyun-access-key-id", alphanumeric, 12, 20)
    },
    Form { holds: is_sendgrid, ..form("SG.", "sendgrid-key", dotted_digit, 66, 66) },
    Form { holds: is_checked, ..form("ghp_", "github-token", alphanumeric, 36, 36) },
    Form { holds: is_checked, ..form("gho_", "github-token", alphanumeric, 36, 36) },
    Form { holds: is_checked, ..form("ghr_", "github-token", alphanumeric, 36, 36) },
    Form { holds: is_checked, ..form("ghs_", "github-token", alphanumeric, 36, 36) },
    Form { holds: is_checked, ..form("ghu_", "github-token", alphanumeric, 36, 36) },
    Form { holds: is_fine_grained, ..form("github_pat_", "github-token", word, 82, 82) },
    form("glpat-", "gitlab-token", url_digit, 20, 20),
    Form { holds: is_checked, ..form("npm_", "npm-token", alphanumeric, 36, 36) },
    form("rk_live_", "stripe-key", alphanumeric, 24, 99),
    form("sk_live_", "stripe-key", alphanumeric, 24, 99),
    Form { holds: is_slack, ..form("xox", "slack-token", url_digit, 20, 250) },
];

/// The value of this form that begins at `at`, and the other half of its pair where it stands near.
pub(super) fn of_form<'a>(form: &Form, bytes: &'a [u8], at: usize) -> Vec<Found<'a>> {
    let Some(value) = run(bytes, at, form.prefix.len(), form.alphabet) else { return Vec::new() };
    let length = value.len() - form.prefix.len();
    if length < form.least || length > form.most || !(form.holds)(value) {
        return Vec::new();
    }
    let mut found = vec![Found { rule: Rule::of(form.rule), value: value.into() }];
    if let Some((rule, alphabet, length)) = form.half {
        let near = &bytes[at.saturating_sub(NEAR)..(at + value.len() + NEAR).min(bytes.len())];
        let words = near.split(|byte| !alphabet(*byte)).filter(|word| word.len() == length && *word != value);
        found.extend(
            words
                .filter(|word| is_random_text(word))
                .take(1)
                .map(|word| Found { rule: Rule::of(rule), value: word.into() }),
        );
    }
    found
}

/// The whole word at `at`: nothing of the kind may stand before it, and no more of a word behind it.
fn run(bytes: &[u8], at: usize, prefix: usize, alphabet: fn(u8) -> bool) -> Option<&[u8]> {
    if at > 0 && word(bytes[at - 1]) {
        return None;
    }
    let body = bytes.get(at + prefix..)?;
    let length = body.iter().take(LONGEST_JWT).take_while(|byte| alphabet(**byte)).count();
    body.get(length).is_none_or(|next| !word(*next)).then(|| &bytes[at..at + prefix + length])
}

/// A JSON Web Token: three parts, the first two of them JSON objects, the first with an algorithm (RFC 7515, RFC 7519).
pub(super) fn jwt<'a>(bytes: &'a [u8], at: usize) -> Option<Found<'a>> {
    let token = run(bytes, at, 0, |byte| url_digit(byte) || byte == b'.')?;
    let token = token.strip_suffix(b".").unwrap_or(token);
    let parts: Vec<_> = token.split(|byte| *byte == b'.').collect();
    let [header, claims, signature] = parts[..] else { return None };
    let object =
        |part: &[u8]| serde_json::from_slice::<Value>(&base64(part.iter().copied())).ok().filter(Value::is_object);
    let claims = object(claims)?;
    object(header)?.get("alg")?.as_str()?;
    // The sample of jwt.io and of many libraries' documentation.
    let sample = claims.get("sub").is_some_and(|subject| subject == "1234567890");
    (signature.len() >= 27 && !sample).then(|| Found { rule: Rule::of("jwt"), value: token.into() })
}

/// The legacy server key of Firebase Cloud Messaging; `at` is its colon.
pub(super) fn fcm<'a>(bytes: &'a [u8], at: usize) -> Option<Found<'a>> {
    let start = at.checked_sub(11).filter(|start| bytes[*start..].starts_with(b"AAAA"))?;
    let value = run(bytes, start, 12, url_digit)?;
    (value.len() >= 150 && entropy(value) >= 4.5)
        .then(|| Found { rule: Rule::of("fcm-server-key"), value: value.into() })
}

/// User and password behind `Basic `, RFC 7617.
pub(super) fn basic<'a>(bytes: &'a [u8], at: usize) -> Option<Found<'a>> {
    let from = at + b"Basic ".len();
    let value = run(bytes, from, 0, |byte| base64_digit(byte) || byte == b'=')?;
    let pair = base64(value.iter().copied());
    let text = std::str::from_utf8(&pair)
        .ok()
        .filter(|text| value.len() >= 12 && text.bytes().all(|b| b.is_ascii_graphic()))?;
    let (user, password) = text.split_once(':')?;
    let meant =
        user.len() >= 2 && password.len() >= 4 && !is_placeholder(password.as_bytes()) && password != "password";
    meant.then(|| Found { rule: Rule::of("basic-authorization"), value: value.into() })
}

fn looks_random(value: &[u8]) -> bool {
    let body = &value[4.min(value.len())..];
    entropy(value) >= 3.0
        && !has_sequence(value)
        && !is_placeholder(value)
        // One in thirty of AWS's sixteen digits of base 32 has none of the six that look like numbers.
        && (body.iter().any(u8::is_ascii_digit) || body.len() == 16)
        && body.iter().any(u8::is_ascii_alphabetic)
}

fn is_checked(value: &[u8]) -> bool {
    value.iter().position(|byte| *byte == b'_').is_some_and(|at| has_checksum(&value[at + 1..]))
}

fn is_fine_grained(value: &[u8]) -> bool {
    value.get(b"github_pat_".len() + 22) == Some(&b'_') && looks_random(value) && entropy(value) >= 4.0
}

fn is_sendgrid(value: &[u8]) -> bool {
    value.get(25) == Some(&b'.') && looks_random(value) && entropy(value) >= 4.0
}

/// `xoxb-`, `xoxp-` and their like: numbers of workspace and user, then the token.
fn is_slack(value: &[u8]) -> bool {
    let mut parts = value.split(|byte| *byte == b'-');
    let kind = parts.next().is_some_and(|kind| kind.len() == 4 && b"abeoprs".contains(&kind[3]));
    let numbers = parts.next().is_some_and(|part| part.len() >= 9 && part.iter().all(u8::is_ascii_digit));
    let secret = value.rsplit(|byte| *byte == b'-').next().unwrap_or_default();
    kind && numbers && secret.len() >= 20 && entropy(secret) >= 3.0 && !has_sequence(secret) && !is_placeholder(value)
}

fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn base32_digit(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'2'..=b'7')
}

pub(super) fn base64_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')
}

fn url_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn dotted_digit(byte: u8) -> bool {
    url_digit(byte) || byte == b'.'
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
