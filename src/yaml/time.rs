//! Dates and times as people write them: quoted ISO 8601, in the file's time zone where none is given.

use std::{borrow::Cow, fmt, str::FromStr};

use jiff::{Timestamp, civil, tz};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::bilingual;

/// A day, such as `"2026-11-20"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(pub civil::Date);

/// An offset from UTC, such as `"+08:00"`; the default is that of China.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeZone(pub tz::Offset);

/// A moment, such as `"2026-11-20T08:00"` in the file's time zone or `"2026-11-20T08:00:00+08:00"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateTime {
    civil: civil::DateTime,
    offset: Option<tz::Offset>,
}

impl Date {
    /// Whole days from this day to `later`; negative where `later` is earlier.
    pub fn days_until(self, later: Self) -> i64 {
        i64::from((later.0 - self.0).get_days())
    }

    /// The day so many days later (earlier, where negative); the last day there is where that is too far.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        let end = if days < 0 { civil::Date::MIN } else { civil::Date::MAX };
        Self(self.0.checked_add(jiff::SignedDuration::from_hours(days.saturating_mul(24))).unwrap_or(end))
    }

    /// The moment this day begins in `zone`.
    pub fn start(self, zone: TimeZone) -> Timestamp {
        at(self.0.at(0, 0, 0, 0), zone.0)
    }
}

impl TimeZone {
    /// The day it is in this zone at `moment`.
    pub fn day_of(self, moment: Timestamp) -> Date {
        Date(self.0.to_datetime(moment).date())
    }
}

impl Default for TimeZone {
    fn default() -> Self {
        Self(tz::offset(8))
    }
}

impl DateTime {
    /// The moment meant; `zone` is the file's and counts where the text names none.
    pub fn moment(self, zone: TimeZone) -> Timestamp {
        at(self.civil, self.offset.unwrap_or(zone.0))
    }
}

/// Years that a four-digit text can name are far within what a timestamp holds; the ends are clamped all the same.
fn at(civil: civil::DateTime, offset: tz::Offset) -> Timestamp {
    offset.to_timestamp(civil).unwrap_or(if civil.year() < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let shape = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let date = if shape { text.parse().ok() } else { None };
        date.map(Self).ok_or_else(|| {
            bilingual(
                &format!("{text} 不是日期（例：\"2026-11-20\"）"),
                &format!("{text} is not a date, such as \"2026-11-20\""),
            )
        })
    }
}

impl FromStr for TimeZone {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        offset(text).map(Self).ok_or_else(|| {
            bilingual(
                &format!("{text} 不是时区（例：\"+08:00\"）"),
                &format!("{text} is not a time zone, such as \"+08:00\""),
            )
        })
    }
}

impl FromStr for DateTime {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        parse_moment(text).ok_or_else(|| {
            bilingual(
                &format!("{text} 不是时间（例：\"2026-11-20T08:00\"）"),
                &format!("{text} is not a time, such as \"2026-11-20T08:00\""),
            )
        })
    }
}

fn parse_moment(text: &str) -> Option<DateTime> {
    if !text.is_ascii() || text.len() < 16 || !matches!(text.as_bytes()[10], b'T' | b' ') {
        return None;
    }
    let (civil, zone) = match text[10..].find(['+', '-', 'Z']) {
        Some(at) => text.split_at(10 + at),
        None => (text, ""),
    };
    let zone = if zone.is_empty() { None } else { Some(offset(zone)?) };
    Some(DateTime { civil: civil.parse().ok()?, offset: zone })
}

fn offset(text: &str) -> Option<tz::Offset> {
    if text == "Z" {
        return Some(tz::Offset::UTC);
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let number = |part: &str, max: i32| -> Option<i32> {
        let ok = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        part.parse().ok().filter(|n| ok && *n <= max)
    };
    tz::Offset::from_seconds(sign * (number(hours, 14)? * 3600 + number(minutes, 59)? * 60)).ok()
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.seconds();
        let minutes = seconds.abs() / 60;
        write!(f, "{}{:02}:{:02}", if seconds < 0 { '-' } else { '+' }, minutes / 60, minutes % 60)
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.civil.fmt(f)?;
        self.offset.map_or(Ok(()), |offset| TimeZone(offset).fmt(f))
    }
}

macro_rules! written {
    ($name:ident, $pattern:literal) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({"type": "string", "pattern": $pattern})
            }
        }
    };
}

written!(Date, "^[0-9]{4}-[0-9]{2}-[0-9]{2}$");
written!(TimeZone, "^(Z|[+-][0-9]{2}:[0-9]{2})$");
written!(DateTime, "^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?$");

#[cfg(test)]
mod tests {
    use super::{Date, DateTime, TimeZone};

    #[test]
    fn a_time_without_zone_is_in_the_files_zone() {
        let zone: TimeZone = "+08:00".parse().unwrap();
        let moment = |text: &str| text.parse::<DateTime>().unwrap().moment(zone).to_string();
        assert_eq!(moment("2026-11-20T08:00"), "2026-11-20T00:00:00Z");
        assert_eq!(moment("2026-11-20T08:00:30Z"), "2026-11-20T08:00:30Z");
        assert_eq!(moment("2026-11-20T08:00-01:30"), "2026-11-20T09:30:00Z");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for bad in ["2026-13-01", "2026-02-30", "20261120", "2026-1-2", "", "二〇二六年十月", "+002026-11-20"] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
            assert!(bad.parse::<DateTime>().is_err(), "{bad}");
        }
        for bad in ["8", "+8:00", "+15:00", "+08:60", "Asia/Shanghai", ""] {
            assert!(bad.parse::<TimeZone>().is_err(), "{bad}");
        }
    }

    #[test]
    fn days_are_counted_by_the_calendar() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        assert_eq!(day("2026-02-27").days_until(day("2026-03-01")), 2);
        assert_eq!(day("2026-03-01").days_until(day("2025-03-01")), -365);
    }
}
