//! Rules of Chinese line breaking, one test each, and a scan over any text.

use proptest::prelude::*;

use super::break_lines;
use crate::report::pdf::{
    block::{Look, Run, Tone},
    fonts::FontBook,
    script::{no_line_end, no_line_start},
    shape::{BaseStyle, Shaped},
};

const STYLE: BaseStyle = BaseStyle { size: 10.0, color: [0.0; 3], bold: false };

fn shaped(text: &str) -> Shaped {
    Shaped::plain(&FontBook::embedded().unwrap(), text, STYLE)
}

/// Lines of `text` in a column of `width` em.
fn lines(text: &str, width: f32) -> Vec<String> {
    let shaped = shaped(text);
    let lines = break_lines(&shaped, width * STYLE.size, 0.0);
    lines.iter().map(|line| shaped.glyphs[line.start..line.end].iter().map(|glyph| glyph.c).collect()).collect()
}

#[test]
fn no_line_starts_with_closing_punctuation_or_ends_with_opening() {
    for width in 4..20 {
        let text = "审计日志（至少保存六个月）、“告警”在24小时内闭环；《网络安全法》第二十一条：应当……不得——中断！";
        for line in lines(text, width as f32 + 0.3).iter() {
            assert!(!no_line_start(line.chars().next().unwrap()), "{width}: {line}");
            assert!(!no_line_end(line.chars().last().unwrap()), "{width}: {line}");
        }
    }
}

/// What a remedy looks like: names of files and settings that are not broken elsewhere, then punctuation.
const REMEDIES: &[&str] = &[
    "设 max_log_file_action=keep_logs，重启服务（/etc/audit/auditd.conf）。",
    "编辑 /etc/systemd/journald.conf.d/*.conf（两个发行版系相同）。",
    "执行 https://example.gov.cn/a?b=c。完成后核对“/etc/fstab”。",
    "（/etc/logrotate.d/*）、（/etc/cron.*）。",
    "启用 aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa））））。好",
];

#[test]
fn no_narrow_column_begins_a_line_with_closing_punctuation() {
    for text in REMEDIES {
        for tenths in 10..260 {
            for line in lines(text, tenths as f32 / 10.0) {
                let first = line.chars().next().unwrap();
                let run_of_brackets = text.contains("））））") && tenths < 30;
                assert!(run_of_brackets || !no_line_start(first) || first == '/', "{tenths}: {line} in {text}");
            }
        }
    }
    assert_eq!(lines("库。好", 1.0), ["库。", "好"], "it hangs where nothing else helps");
}

#[test]
fn the_number_of_a_standard_is_never_broken() {
    for name in ["GB/T 31506", "GB/T 22239—2019", "GM/T 0054-2018", "GA/T 1390.2", "DB44/T 2438-2023"] {
        for fill in 0..12 {
            let text = format!("{}依据{name}的要求逐项核查", "安".repeat(fill));
            assert!(lines(&text, 12.0).iter().any(|line| line.contains(name)), "{text}");
        }
    }
}

#[test]
fn the_last_line_never_holds_a_single_character() {
    for length in 5..60 {
        let text: String = "已部署入侵检测告警在二十四小时内闭环处置".chars().cycle().take(length).collect();
        let lines = lines(&text, 9.0);
        assert!(lines.len() == 1 || lines.last().unwrap().chars().count() > 1, "{lines:?}");
    }
    let with_stop = lines("已部署入侵检测告警置。", 9.0);
    assert!(with_stop.last().unwrap().chars().count() > 2, "{with_stop:?}");
}

#[test]
fn a_word_longer_than_the_line_is_cut_and_nothing_overflows() {
    let hash = "摘要 sha256:0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8";
    let shaped = shaped(hash);
    let lines = break_lines(&shaped, 80.0, 0.0);
    assert!(lines.len() >= 5);
    assert!(lines.iter().all(|line| line.width <= 80.01));
}

#[test]
fn adjacent_full_width_punctuation_is_squeezed_and_line_ends_are_half_width() {
    assert!((shaped("》（").width() - 15.0).abs() < 0.01);
    assert!((shaped("（）").width() - 20.0).abs() < 0.01);
    assert_eq!(lines("四个汉字，四个汉字", 4.5), ["四个汉字，", "四个汉字"]);
}

#[test]
fn han_and_latin_are_set_apart() {
    let joined = shaped("用TLS").width();
    let apart = shaped("用").width() + shaped("TLS").width();
    assert!((joined - apart - 1.8).abs() < 0.01);
}

#[test]
fn curly_quotes_are_wide_among_han_and_narrow_among_latin() {
    assert!((shaped("说“好”的").width() - 50.0).abs() < 0.1);
    let apostrophe = shaped("isn’t").width() - shaped("isnt").width();
    assert!(apostrophe < 3.0, "{apostrophe}");
}

#[test]
fn a_label_stays_in_one_piece_and_two_labels_may_part() {
    let badge = |text: &str| Run { text: text.into(), look: Look { badge: Some(Tone::Ok), ..Look::default() } };
    let shaped = Shaped::new(&FontBook::embedded().unwrap(), &[badge("部分符合"), badge("不符合")], STYLE);
    let lines = break_lines(&shaped, 60.0, 0.0);
    assert_eq!(lines.iter().map(|line| line.end - line.start).collect::<Vec<_>>(), [4, 3]);
}

#[test]
fn forced_breaks_and_empty_text_work() {
    assert_eq!(lines("甲\n乙\n", 10.0), ["甲", "乙"]);
    assert_eq!(lines("", 10.0), [""]);
    assert_eq!(lines("甲\n\n乙", 10.0), ["甲", "", "乙"]);
}

#[test]
fn a_word_of_a_hundred_kilobytes_is_broken_quickly() {
    let started = std::time::Instant::now();
    let count = lines(&"a".repeat(100_000), 20.0).len();
    assert!(count > 2000);
    assert!(started.elapsed().as_secs() < 5);
}

proptest! {
    #[test]
    fn any_text_is_broken_without_loss_and_fits(text in "\\PC{0,200}", width in 1.0f32..40.0) {
        let shaped = shaped(&text);
        let width = width * STYLE.size;
        let mut next = 0;
        for line in break_lines(&shaped, width, 0.0) {
            prop_assert!(shaped.glyphs[next..line.start].iter().all(|glyph| matches!(glyph.c, ' ' | '\n')));
            let may_be_cut = (line.start + 1..line.end).any(|index| super::may_cut(&shaped, index));
            prop_assert!(!may_be_cut || line.width <= width + 0.02, "{} > {width}", line.width);
            next = line.end;
        }
        prop_assert!(shaped.glyphs[next..].iter().all(|glyph| matches!(glyph.c, ' ' | '\n')));
    }
}
