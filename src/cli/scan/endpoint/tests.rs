//! The view of an endpoint over fixed facts, in both languages.

use super::{cost, page};
use crate::facts::tls::{Tls, testing};
use crate::model::{Fact, Lang, UnreadStatus};

fn shown(tls: Tls, lang: Lang) -> String {
    let facts = Fact::Known(tls);
    format!("{}…\n{}", page(&facts, lang).drawn(false), cost(&facts, lang).drawn(false))
}

fn servers() -> [(&'static str, Tls); 5] {
    [
        ("good", testing::good()),
        ("tlcp_only", testing::tlcp_only()),
        ("dual", testing::dual()),
        ("closed", testing::closed()),
        ("with_unknowns", testing::with_unknowns()),
    ]
}

#[test]
fn servers_are_shown_in_both_languages() {
    for (name, tls) in servers() {
        for lang in [Lang::Zh, Lang::En] {
            insta::assert_snapshot!(format!("{name}_{lang}"), shown(tls.clone(), lang));
        }
    }
}

#[test]
fn nothing_is_chinese_in_the_english_view_and_no_line_has_a_name_without_a_value() {
    for (name, tls) in servers() {
        let english = shown(tls, Lang::En);
        let chinese = |c: char| ('\u{2e80}'..='\u{ffef}').contains(&c);
        assert!(!english.contains(chinese), "{name}: {english}");
        let bare = english.lines().filter(|line| line.starts_with("  ")).find(|line| line.trim().ends_with(':'));
        assert_eq!(bare, None, "{name}");
    }
}

#[test]
fn facts_read_back_from_their_document_are_the_same() {
    for (_, tls) in servers() {
        let facts = serde_json::json!({"tls": tls});
        assert_eq!(Tls::of(&facts), Fact::Known(tls));
    }
}

#[test]
fn an_endpoint_that_nobody_may_look_at_says_so() {
    let facts = Fact::unread(UnreadStatus::NotTested, "unauthorised");
    assert!(page(&facts, Lang::Zh).drawn(false).contains("未判定：未获授权接触该目标"));
    assert_eq!(cost(&facts, Lang::Zh).drawn(true), "");
}

#[test]
fn colours_are_only_added_around_words() {
    let facts = Fact::Known(testing::dual());
    let mut coloured = page(&facts, Lang::Zh).drawn(true);
    for code in ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m", "\u{1b}[36m"] {
        assert!(coloured.contains(code) || code == "\u{1b}[36m", "{code:?}");
        coloured = coloured.replace(code, "");
    }
    assert_eq!(coloured, page(&facts, Lang::Zh).drawn(false));
}
