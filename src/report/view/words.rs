//! How results, rates and lists are worded and coloured. Colour never stands alone: each badge has its word.

use jiff::Timestamp;

use crate::grade::{Figures, Ratio, Word};
use crate::model::{Lang, Severity, Text, Verdict};
use crate::profiles::{CaseState, ItemVerdict};
use crate::yaml::TimeZone;

/// Most entries that a cell lists before it says how many more there are.
const LISTED: usize = 12;

/// The tone class of a badge, as the markup knows it.
pub fn tone_of_item(result: ItemVerdict) -> &'static str {
    match result {
        ItemVerdict::Compliant => "ok",
        ItemVerdict::Partial => "part",
        ItemVerdict::NonCompliant => "bad",
        ItemVerdict::NotApplicable => "na",
        ItemVerdict::Undecided => "unknown",
    }
}

pub fn tone_of_verdict(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Pass => "ok",
        Verdict::Fail => "bad",
        Verdict::NotApplicable => "na",
        Verdict::Manual | Verdict::Unknown(_) => "unknown",
    }
}

pub fn tone_of_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "bad",
        Severity::Medium => "part",
        Severity::Low => "info",
        Severity::Info => "na",
    }
}

pub fn tone_of_word(word: Word) -> &'static str {
    match word {
        Word::Compliant | Word::Excellent | Word::Good => "ok",
        Word::Basic | Word::Medium => "part",
        Word::NonCompliant | Word::Poor => "bad",
        _ => "unknown",
    }
}

pub fn tone_of_case(state: CaseState) -> &'static str {
    match state {
        CaseState::Candidate => "part",
        CaseState::Confirmed => "bad",
        CaseState::Lowered => "info",
        CaseState::Rejected => "na",
    }
}

/// The result of an item with its 待补证 mark.
pub fn item_result(result: ItemVerdict, pending: bool, lang: Lang) -> String {
    let word = result.title();
    if pending {
        lang.pick("部分符合·待补证", "Partly, evidence pending").to_owned()
    } else {
        word.get(lang).to_owned()
    }
}

/// `90.56%`, or a dash where there is no such number.
pub fn percent(ratio: Option<Ratio>) -> String {
    ratio.map_or_else(|| "—".to_owned(), |ratio| format!("{ratio}%"))
}

/// Rate, floor and ceiling of one basis in one phrase.
pub fn range(figures: &Figures, lang: Lang) -> String {
    format!(
        "{} {}, {} {}, {} {}, {} {}",
        lang.pick("率", "rate"),
        percent(figures.value),
        lang.pick("下限", "floor"),
        percent(figures.floor),
        lang.pick("上限", "ceiling"),
        percent(figures.ceiling),
        lang.pick("覆盖率", "coverage"),
        percent(figures.coverage),
    )
}

/// Joins texts as the language does.
pub fn list<T: AsRef<str>>(entries: impl IntoIterator<Item = T>, lang: Lang) -> String {
    let entries: Vec<_> = entries.into_iter().map(|entry| entry.as_ref().to_owned()).collect();
    entries.join(lang.pick("、", ", "))
}

/// The same, cut after a dozen with the number of the rest.
pub fn short_list(entries: Vec<String>, lang: Lang) -> String {
    let more = entries.len().saturating_sub(LISTED);
    let shown = list(entries.into_iter().take(LISTED), lang);
    if more == 0 {
        return shown;
    }
    match lang {
        Lang::Zh => format!("{shown} 等，另有 {more} 个"),
        Lang::En => format!("{shown} and {more} more"),
    }
}

/// A text, or a dash where there is none.
pub fn or_dash(text: Option<&str>) -> String {
    text.filter(|text| !text.is_empty()).unwrap_or("—").to_owned()
}

/// The text in one language.
pub fn said(text: &Text, lang: Lang) -> String {
    text.get(lang).to_owned()
}

/// `2026-11-20 23:04 +08:00` of an RFC 3339 time, as the clocks of the assessed show it; anything else as it stands.
pub fn moment(time: &str, zone: TimeZone) -> String {
    match time.parse::<Timestamp>() {
        Ok(at) => format!("{} {zone}", zone.0.to_datetime(at).strftime("%Y-%m-%d %H:%M")),
        Err(_) => time.to_owned(),
    }
}

/// The day of an RFC 3339 time there, as `20261120`; nothing where it is no time.
pub fn compact_day(time: &str, zone: TimeZone) -> String {
    time.parse().map_or_else(|_| String::new(), |at| zone.day_of(at).0.strftime("%Y%m%d").to_string())
}

#[cfg(test)]
mod tests {
    use super::{compact_day, moment};

    #[test]
    fn a_moment_is_printed_in_the_zone_of_the_inventory_with_its_offset() {
        let at = "2026-11-20T16:04:59.123Z";
        assert_eq!(moment(at, "+08:00".parse().unwrap()), "2026-11-21 00:04 +08:00");
        assert_eq!(moment(at, "-03:30".parse().unwrap()), "2026-11-20 12:34 -03:30");
        assert_eq!(moment(at, "Z".parse().unwrap()), "2026-11-20 16:04 +00:00");
        assert_eq!(moment("unknown", "+08:00".parse().unwrap()), "unknown");
    }

    #[test]
    fn the_day_is_the_one_of_the_same_zone() {
        assert_eq!(compact_day("2026-11-20T16:04:59Z", "+08:00".parse().unwrap()), "20261121");
        assert_eq!(compact_day("2026-11-20T16:04:59Z", "Z".parse().unwrap()), "20261120");
    }
}
