//! What an unquoted word means: the core schema of YAML 1.2, and the words that readers disagree about.

/// A scalar by the core schema.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scalar<'a> {
    Null,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Text(&'a str),
    /// A number that no type of ours holds, or none at all.
    OutOfRange,
}

pub(super) fn resolve(text: &str) -> Scalar<'_> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Scalar::Null,
        "true" | "True" | "TRUE" => return Scalar::Bool(true),
        "false" | "False" | "FALSE" => return Scalar::Bool(false),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" | "-.inf" | "-.Inf" | "-.INF" | ".nan" | ".NaN"
        | ".NAN" => return Scalar::OutOfRange,
        _ => {}
    }
    whole(text).or_else(|| decimal(text)).unwrap_or(Scalar::Text(text))
}

fn whole(text: &str) -> Option<Scalar<'_>> {
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            let ok = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
            return ok.then(|| u64::from_str_radix(digits, radix).map_or(Scalar::OutOfRange, Scalar::Unsigned));
        }
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(if text.starts_with('-') {
        text.parse().map_or(Scalar::OutOfRange, Scalar::Signed)
    } else {
        digits.parse().map_or(Scalar::OutOfRange, Scalar::Unsigned)
    })
}

fn decimal(text: &str) -> Option<Scalar<'_>> {
    let shape = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'));
    let has_digit = text.bytes().any(|b| b.is_ascii_digit());
    if shape && has_digit {
        text.parse().ok().map(|value: f64| if value.is_finite() { Scalar::Float(value) } else { Scalar::OutOfRange })
    } else {
        None
    }
}

/// An unquoted word that other readers take for a date or a time (`2026-11-20`) or a number in base 60 (`22:22`).
pub(super) fn is_bare_time(text: &str) -> bool {
    is_date(text.as_bytes()) || is_clock(text)
}

fn is_date(text: &[u8]) -> bool {
    let digits =
        |range: std::ops::Range<usize>| text.get(range).is_some_and(|part| part.iter().all(u8::is_ascii_digit));
    let day = digits(0..4) && text.get(4) == Some(&b'-') && digits(5..7) && text.get(7) == Some(&b'-') && digits(8..10);
    day && matches!(text.get(10), None | Some(b'T' | b't' | b' '))
}

fn is_clock(text: &str) -> bool {
    let mut parts = text.split(':');
    let first = parts.next().is_some_and(|p| (1..=2).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_digit()));
    let rest: Vec<_> = parts.collect();
    first && (1..=2).contains(&rest.len()) && rest.iter().all(|p| p.len() == 2 && p.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::{Scalar, is_bare_time, resolve};

    #[test]
    fn the_core_schema_and_nothing_of_yaml_1_1() {
        assert_eq!(resolve("no"), Scalar::Text("no"));
        assert_eq!(resolve("off"), Scalar::Text("off"));
        assert_eq!(resolve("1_000"), Scalar::Text("1_000"));
        assert_eq!(resolve("017"), Scalar::Unsigned(17));
        assert_eq!(resolve("0o17"), Scalar::Unsigned(15));
        assert_eq!(resolve("-3"), Scalar::Signed(-3));
        assert_eq!(resolve("1.5"), Scalar::Float(1.5));
        assert_eq!(resolve("8.1.4"), Scalar::Text("8.1.4"));
        assert_eq!(resolve("18446744073709551616"), Scalar::OutOfRange);
        assert_eq!(resolve("1e999"), Scalar::OutOfRange);
        assert_eq!(resolve(".nan"), Scalar::OutOfRange);
        assert_eq!(resolve("-"), Scalar::Text("-"));
        assert_eq!(resolve("e"), Scalar::Text("e"));
        assert_eq!(resolve("~"), Scalar::Null);
    }

    #[test]
    fn dates_times_and_base_60_must_be_quoted() {
        for bare in ["2026-11-20", "2026-11-20T08:00", "2026-11-20 08:00:00", "22:22", "8:00:00"] {
            assert!(is_bare_time(bare), "{bare}");
        }
        for word in ["2026-11", "10.0.0.1:5432", "::1", "a:22", "2026-11-20x", "443:8443", "sha256:00"] {
            assert!(!is_bare_time(word), "{word}");
        }
    }
}
