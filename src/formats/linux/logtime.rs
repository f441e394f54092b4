//! The time of a log's first record, without the record.

use jiff::{Timestamp, civil::DateTime, fmt::strtime, tz::TimeZone};

/// Time of the first line of a log: RFC 3339, `audit(seconds.millis:n)`, or `Nov 21 10:00:00` with the year taken from
/// when the file was last written. `None` where the line says none (also for compressed files). Local times are read
/// as UTC: the error is below a day.
pub fn first(head: &[u8], written: i64) -> Option<String> {
    let text = std::str::from_utf8(head.split(|byte| *byte == b'\n').next()?).ok()?;
    audit(text).or_else(|| rfc3339(text)).or_else(|| traditional(text, written))
}

fn audit(text: &str) -> Option<String> {
    let inner = text.split_once("audit(")?.1;
    iso(inner.split('.').next()?.parse().ok()?)
}

fn rfc3339(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    if let Ok(time) = word.parse::<Timestamp>() {
        return iso(time.as_second());
    }
    // Without a zone.
    let civil: DateTime = word.get(..19)?.parse().ok()?;
    iso(TimeZone::UTC.to_timestamp(civil).ok()?.as_second())
}

fn traditional(text: &str, written: i64) -> Option<String> {
    let words: Vec<_> = text.split_whitespace().take(3).collect();
    let end = Timestamp::from_second(written).ok()?;
    let year = end.to_zoned(TimeZone::UTC).year();
    let of = |year: i16| -> Option<i64> {
        let civil =
            strtime::parse("%b %d %H:%M:%S %Y", format!("{} {year}", words.join(" "))).ok()?.to_datetime().ok()?;
        Some(TimeZone::UTC.to_timestamp(civil).ok()?.as_second())
    };
    // A first record cannot be later than the last write; a day is left for zones.
    let this = of(year).filter(|time| *time <= written.saturating_add(86_400));
    iso(this.or_else(|| of(year.checked_sub(1)?))?)
}

/// The first entry's time in the head of a journal file.
pub fn journal(head: &[u8]) -> Option<String> {
    if !head.starts_with(b"LPKSHHRH") {
        return None;
    }
    let micros = u64::from_le_bytes(*head.get(184..)?.first_chunk()?);
    if micros == 0 {
        return None;
    }
    iso(i64::try_from(micros / 1_000_000).ok()?)
}

/// Seconds since the epoch as `2026-11-21T10:00:00Z`.
pub fn iso(seconds: i64) -> Option<String> {
    Timestamp::from_second(seconds).ok().map(|time| time.to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // 2026-11-21T00:00:00Z
    const NOW: i64 = 1_795_219_200;

    #[test]
    fn each_form_of_log_says_when_it_begins() {
        assert_eq!(first(b"2026-05-01T08:00:00.123456+08:00 host x\n", NOW).as_deref(), Some("2026-05-01T00:00:00Z"));
        assert_eq!(first(b"type=DAEMON_START msg=audit(1795000000.123:1): op=start", NOW), iso(1_795_000_000));
        assert_eq!(first(b"Nov  1 10:00:00 host sshd[1]: x", NOW).as_deref(), Some("2026-11-01T10:00:00Z"));
        assert_eq!(first(b"\x1f\x8b\x08", NOW), None);
    }

    #[test]
    fn december_in_a_file_of_january_is_last_year() {
        assert_eq!(first(b"Dec 30 10:00:00 h x", 1_767_225_600 + 86_400 * 3).as_deref(), Some("2025-12-30T10:00:00Z"));
    }

    #[test]
    fn a_journal_begins_with_its_first_entry() {
        let mut head = vec![0; 256];
        head[..8].copy_from_slice(b"LPKSHHRH");
        head[184..192].copy_from_slice(&(1_795_000_000_000_000_u64).to_le_bytes());
        assert_eq!(journal(&head), iso(1_795_000_000));
        assert_eq!(journal(&head[..100]), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..256), written in any::<i64>()) {
            let _ = (first(&bytes, written), journal(&bytes), iso(written));
        }

        #[test]
        fn any_date_is_read(text in "(Nov|Feb|Dec) [0-9]{1,2} [0-9:]{1,9}|audit\\([0-9]{1,20}|[0-9T:\\-]{1,30}", written in any::<i64>()) {
            let _ = first(text.as_bytes(), written);
        }
    }
}
