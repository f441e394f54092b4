//! Finds what must not be broken over lines although UAX 14 allows it: numbers of standards, and a number with its `%`.

use std::ops::Range;

/// Ranges of `chars` that stay on one line, such as `GB/T 31506—2022`, `DB44/T 2438-2023` or `92 %`. In order, not overlapping.
pub(super) fn ranges(chars: &[char]) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let starts_word = at == 0 || !chars[at - 1].is_ascii_alphanumeric();
        match starts_word.then(|| standard(chars, at).or_else(|| percentage(chars, at))).flatten() {
            Some(end) => {
                found.push(at..end);
                at = end;
            }
            None => at += 1,
        }
    }
    found
}

/// Issuers whose numbers are written without `/T` too.
const ISSUERS: [&str; 6] = ["GB", "GM", "GA", "YD", "ISO", "RFC"];
/// No part of a designation is longer; keeps a long row of capitals from being read again and again.
const MAX_PART: usize = 12;

/// The end of a standard's number that starts at `start`.
fn standard(chars: &[char], start: usize) -> Option<usize> {
    let prefix = run(chars, start, |c| c.is_ascii_uppercase() || c.is_ascii_digit());
    if prefix == start || prefix - start > MAX_PART || !chars[start].is_ascii_uppercase() {
        return None;
    }
    let mut at = prefix;
    let mut slashed = false;
    if chars.get(at) == Some(&'/') {
        let after = run(chars, at + 1, |c| c.is_ascii_uppercase());
        slashed = after > at + 1 && after - at <= MAX_PART;
        at = if slashed { after } else { at };
    }
    let issuer: String = chars[start..prefix].iter().collect();
    if !slashed && !ISSUERS.contains(&issuer.as_str()) {
        return None;
    }
    if chars.get(at).is_some_and(|c| matches!(c, ' ' | '\u{a0}')) {
        at += 1;
    }
    let digits = run(chars, at, |c| c.is_ascii_digit() || c == '.');
    if digits == at || digits - at > MAX_PART {
        return None;
    }
    Some(year(chars, digits).unwrap_or(digits))
}

/// The end of `—2022` after a number.
fn year(chars: &[char], at: usize) -> Option<usize> {
    let dashes = run(chars, at, |c| matches!(c, '-' | '–' | '—' | '－'));
    let end = run(chars, dashes, |c| c.is_ascii_digit());
    (dashes > at && dashes - at <= 2 && end > dashes && end - dashes <= 4).then_some(end)
}

fn percentage(chars: &[char], start: usize) -> Option<usize> {
    let digits = run(chars, start, |c| c.is_ascii_digit() || c == '.');
    let spaced = chars.get(digits) == Some(&' ') && matches!(chars.get(digits + 1), Some('%' | '‰'));
    (digits > start && digits - start <= MAX_PART && spaced).then_some(digits + 2)
}

/// The first index from `at` on whose character fails `test`; at most a little behind [`MAX_PART`].
fn run(chars: &[char], at: usize, test: impl Fn(char) -> bool) -> usize {
    let rest = chars.get(at..).unwrap_or_default();
    at + rest.iter().take(MAX_PART + 1).take_while(|c| test(**c)).count()
}

#[cfg(test)]
mod tests {
    use super::ranges;

    fn found(text: &str) -> Vec<String> {
        let chars: Vec<char> = text.chars().collect();
        ranges(&chars).into_iter().map(|range| chars[range].iter().collect()).collect()
    }

    #[test]
    fn numbers_of_standards_are_found_whole() {
        assert_eq!(found("依据GB/T 22239—2019和GB/T 31506。"), ["GB/T 22239—2019", "GB/T 31506"]);
        assert_eq!(found("GM/T 0054-2018, GA/T 1390.2-2017"), ["GM/T 0054-2018", "GA/T 1390.2-2017"]);
        assert_eq!(
            found("DB44/T 2438-2023 T/ISEAA 001-2020 GB 18030"),
            ["DB44/T 2438-2023", "T/ISEAA 001-2020", "GB 18030"]
        );
        assert_eq!(found("覆盖率 92.5 % 以上"), ["92.5 %"]);
    }

    #[test]
    fn ordinary_words_are_left_alone() {
        assert!(found("TLS 1.2 HTTP/2 A/b 7 天 /T 3 TGB/T").is_empty());
    }
}
