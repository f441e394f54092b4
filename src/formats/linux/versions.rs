//! Versions of Debian packages in their order (deb-version(7)).

use std::cmp::Ordering;

/// Compares two versions: epoch, then upstream version, then revision.
pub fn compare(a: &str, b: &str) -> Ordering {
    let (a, b) = (parts(a), parts(b));
    a.0.cmp(&b.0).then_with(|| part(a.1, b.1)).then_with(|| part(a.2, b.2))
}

fn parts(version: &str) -> (u64, &str, &str) {
    let (epoch, rest) = match version.split_once(':') {
        Some((epoch, rest)) => (epoch.parse().unwrap_or(0), rest),
        None => (0, version),
    };
    let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (epoch, upstream, revision)
}

/// Runs of other characters and runs of digits in turn; `~` comes before the end, letters before the rest.
fn part(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while !a.is_empty() || !b.is_empty() {
        loop {
            let (x, y) = (order(a.first()), order(b.first()));
            if x == 0 && y == 0 {
                break;
            }
            if x != y {
                return x.cmp(&y);
            }
            (a, b) = (a.get(1..).unwrap_or_default(), b.get(1..).unwrap_or_default());
        }
        let (x, y) = (digits(&mut a), digits(&mut b));
        let by_number = x.len().cmp(&y.len()).then_with(|| x.cmp(y));
        if by_number != Ordering::Equal {
            return by_number;
        }
    }
    Ordering::Equal
}

/// 0 for the end and for digits.
fn order(byte: Option<&u8>) -> i32 {
    match byte {
        None => 0,
        Some(b'~') => -1,
        Some(byte) if byte.is_ascii_digit() => 0,
        Some(byte) if byte.is_ascii_alphabetic() => i32::from(*byte),
        Some(byte) => i32::from(*byte) + 256,
    }
}

/// Takes the digits in front, without leading zeros.
fn digits<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let end = rest.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(rest.len());
    let (number, after) = rest.split_at(end);
    *rest = after;
    let zeros = number.iter().position(|byte| *byte != b'0').unwrap_or(number.len());
    &number[zeros..]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_order_is_that_of_dpkg() {
        for (smaller, greater) in [
            ("1.0~rc1", "1.0"),
            ("1.0", "1.0-1"),
            ("2.36-9+deb12u9", "2.36-9+deb12u10"),
            ("9.2p1-2", "1:1.0"),
            ("1.2.9", "1.2.10"),
            ("1.0a", "1.0+b"),
            ("1:9.2p1-2+deb12u3", "1:9.2p1-2+deb12u7"),
        ] {
            assert_eq!(compare(smaller, greater), Ordering::Less, "{smaller} {greater}");
            assert_eq!(compare(greater, smaller), Ordering::Greater);
        }
        assert_eq!(compare("1.01", "1.1"), Ordering::Equal);
    }

    proptest! {
        #[test]
        fn it_is_an_order(a in "[0-9a-z.~+:\\-]{0,12}", b in "[0-9a-z.~+:\\-]{0,12}") {
            prop_assert_eq!(compare(&a, &b), compare(&b, &a).reverse());
            prop_assert_eq!(compare(&a, &a), Ordering::Equal);
        }
    }
}
