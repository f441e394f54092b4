//! The functions that expressions may call beside CEL's own: pure, bounded, total.

use std::{
    cmp::Ordering,
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, LazyLock, RwLock},
};

use jiff::{Timestamp, civil};
use regex::{Regex, RegexBuilder};

/// Longest pattern, in bytes.
const PATTERN: usize = 1024;
/// Most memory of one compiled pattern, in bytes.
const COMPILED: usize = 1 << 20;
/// Most patterns kept; a catalogue has a few hundred.
const KEPT: usize = 4096;

static PATTERNS: LazyLock<RwLock<HashMap<String, Arc<Regex>>>> = LazyLock::new(RwLock::default);

/// The compiled form of a pattern, made once. Errors say what is wrong with the pattern.
pub fn pattern(text: &str) -> Result<Arc<Regex>, String> {
    if let Some(found) = PATTERNS.read().ok().and_then(|kept| kept.get(text).cloned()) {
        return Ok(found);
    }
    if text.len() > PATTERN {
        return Err(format!("longer than {PATTERN} bytes"));
    }
    let made = RegexBuilder::new(text).size_limit(COMPILED).dfa_size_limit(COMPILED).build();
    let made = Arc::new(made.map_err(|error| error.to_string().lines().last().unwrap_or_default().to_owned())?);
    if let Ok(mut kept) = PATTERNS.write()
        && kept.len() < KEPT
    {
        kept.insert(text.to_owned(), Arc::clone(&made));
    }
    Ok(made)
}

/// The order of two package versions as dpkg and rpm see it: epoch, then runs of digits by value, `~` before the end
/// and `^` after it. Total: every two strings have an order.
pub fn version_order(a: &str, b: &str) -> Ordering {
    let (epoch_a, a) = epoch(a);
    let (epoch_b, b) = epoch(b);
    let by_epoch = by_value(epoch_a.as_bytes(), epoch_b.as_bytes());
    let (up_a, rev_a) = a.rsplit_once('-').unwrap_or((a, ""));
    let (up_b, rev_b) = b.rsplit_once('-').unwrap_or((b, ""));
    by_epoch
        .then_with(|| part_order(up_a.as_bytes(), up_b.as_bytes()))
        .then_with(|| part_order(rev_a.as_bytes(), rev_b.as_bytes()))
}

fn epoch(version: &str) -> (&str, &str) {
    match version.split_once(':') {
        Some((epoch, rest)) if !epoch.is_empty() && epoch.bytes().all(|b| b.is_ascii_digit()) => (epoch, rest),
        _ => ("0", version),
    }
}

fn part_order(mut a: &[u8], mut b: &[u8]) -> Ordering {
    while !a.is_empty() || !b.is_empty() {
        let (text_a, text_b) = (run(a, |b| !b.is_ascii_digit()), run(b, |b| !b.is_ascii_digit()));
        let order = text_order(text_a, text_b);
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (&a[text_a.len()..], &b[text_b.len()..]);
        let (digits_a, digits_b) = (run(a, |b| b.is_ascii_digit()), run(b, |b| b.is_ascii_digit()));
        let order = by_value(digits_a, digits_b);
        if order != Ordering::Equal {
            return order;
        }
        (a, b) = (&a[digits_a.len()..], &b[digits_b.len()..]);
    }
    Ordering::Equal
}

fn run(bytes: &[u8], of: impl Fn(u8) -> bool) -> &[u8] {
    &bytes[..bytes.iter().position(|&b| !of(b)).unwrap_or(bytes.len())]
}

fn text_order(a: &[u8], b: &[u8]) -> Ordering {
    let weight = |byte: Option<&u8>| match byte {
        Some(b'~') => -1,
        None => 0,
        Some(b'^') => 1,
        Some(letter) if letter.is_ascii_alphabetic() => i32::from(*letter),
        Some(other) => i32::from(*other) + 256,
    };
    let differing = (0..a.len().max(b.len())).map(|i| weight(a.get(i)).cmp(&weight(b.get(i))));
    differing.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
}

fn by_value(a: &[u8], b: &[u8]) -> Ordering {
    let strip = |digits: &[u8]| digits.iter().position(|&d| d != b'0').map_or(digits.len(), |at| at);
    let (a, b) = (&a[strip(a)..], &b[strip(b)..]);
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}

/// A block of addresses such as `10.0.0.0/8` or a single address.
pub struct Cidr {
    network: IpAddr,
    bits: u32,
}

impl Cidr {
    pub fn parse(text: &str) -> Option<Self> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u32>().ok()?)),
            None => (text, None),
        };
        let network: IpAddr = address.parse().ok()?;
        let most = if network.is_ipv4() { 32 } else { 128 };
        let bits = bits.unwrap_or(most);
        (bits <= most).then_some(Self { network, bits })
    }

    /// An address of the other family is outside.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.bits).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.bits).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// An address, also with a zone (`fe80::1%eth0`) or as an IPv4 one written in IPv6.
pub fn address(text: &str) -> Option<IpAddr> {
    let bare = text.split_once('%').map_or(text, |(bare, _)| bare);
    bare.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// A file mode written in octal: `640`, `0640`, `0o640`.
pub fn octal(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("0o").unwrap_or(text);
    let ok = (1..=6).contains(&digits.len()) && digits.bytes().all(|b| (b'0'..=b'7').contains(&b));
    if ok { u32::from_str_radix(digits, 8).ok().map(|mode| mode & 0o7777) } else { None }
}

/// Whole days from a date or time to `as_of`; a bare date begins at 00:00 UTC. Negative when it lies ahead.
pub fn days_since(text: &str, as_of: Timestamp) -> Option<i64> {
    let from = match text.parse::<Timestamp>() {
        Ok(time) => time,
        Err(_) => text.parse::<civil::Date>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp(),
    };
    Some((as_of.as_second() - from.as_second()).div_euclid(86_400))
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering::{Equal, Greater, Less};

    use proptest::prelude::*;

    use super::{Cidr, address, days_since, octal, pattern, version_order};

    #[test]
    fn versions_have_the_order_of_dpkg() {
        for (a, b, order) in [
            ("1.0", "1.0", Equal),
            ("1.10", "1.9", Greater),
            ("1.0~rc1", "1.0", Less),
            ("1.0^git1", "1.0", Greater),
            ("2:1.0", "1:9.9", Greater),
            ("1.0-2", "1.0-10", Less),
            ("1.0a", "1.0", Greater),
            ("1.0+b", "1.0a", Greater),
            ("9.2p1-2+deb12u3", "9.2p1-2+deb12u2", Greater),
            ("1.01", "1.1", Equal),
            ("", "0", Equal),
        ] {
            assert_eq!(version_order(a, b), order, "{a} {b}");
            assert_eq!(version_order(b, a), order.reverse(), "{b} {a}");
        }
    }

    #[test]
    fn an_address_is_in_its_block_only() {
        let within = |a: &str, block: &str| Cidr::parse(block).unwrap().contains(address(a).unwrap());
        assert!(within("10.1.2.3", "10.0.0.0/8"));
        assert!(!within("11.1.2.3", "10.0.0.0/8"));
        assert!(within("8.8.8.8", "0.0.0.0/0"));
        assert!(within("::1", "::/0") && within("::ffff:10.0.0.1", "10.0.0.0/8"));
        assert!(!within("::1", "0.0.0.0/0"));
        assert!(within("10.0.0.1", "10.0.0.1"));
        assert!(Cidr::parse("10.0.0.0/33").is_none() && Cidr::parse("x").is_none());
    }

    #[test]
    fn modes_are_octal() {
        assert_eq!(octal("0640"), Some(0o640));
        assert_eq!(octal("100644"), Some(0o644));
        assert_eq!(octal("0o4755"), Some(0o4755));
        assert!(octal("8").is_none() && octal("").is_none() && octal("-1").is_none());
    }

    #[test]
    fn days_are_counted_from_the_given_moment() {
        let as_of = "2026-11-21T08:00:00+08:00".parse().unwrap();
        assert_eq!(days_since("2026-11-20", as_of), Some(1));
        assert_eq!(days_since("2026-11-21T00:00:01Z", as_of), Some(-1));
        assert_eq!(days_since("yesterday", as_of), None);
    }

    #[test]
    fn a_pattern_that_is_none_or_too_big_is_refused() {
        assert!(pattern("^a+$").unwrap().is_match("aa"));
        assert!(pattern("(").is_err());
        assert!(pattern(&"a".repeat(2000)).is_err());
        assert!(pattern("(?:x{1000}){1000}").is_err());
    }

    proptest! {
        #[test]
        fn the_order_of_versions_is_total(a in "[0-9a-z.~^:+-]{0,9}", b in "[0-9a-z.~^:+-]{0,9}", c in "[0-9a-z.~^:+-]{0,9}") {
            prop_assert_eq!(version_order(&a, &b), version_order(&b, &a).reverse());
            if version_order(&a, &b) != Greater && version_order(&b, &c) != Greater {
                prop_assert_ne!(version_order(&a, &c), Greater);
            }
        }
    }
}
