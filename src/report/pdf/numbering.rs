//! Numbers of chapters, tables and figures.

use crate::{model::Lang, report::pdf::block::Numbering};

/// Counts headings, tables and figures in reading order.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    lang: Lang,
    chapter: u32,
    appendix: u32,
    in_appendix: bool,
    below: [u32; 2],
    /// A second level has begun in this chapter; before that, the third level counts as the second.
    has_second: bool,
    tables: u32,
    figures: u32,
}

impl Counter {
    pub fn new(lang: Lang) -> Self {
        Self {
            lang,
            chapter: 0,
            appendix: 0,
            in_appendix: false,
            below: [0; 2],
            has_second: false,
            tables: 0,
            figures: 0,
        }
    }

    /// The number of the next heading, such as `2.1` or `附录 A`; empty for a plain one.
    pub fn next(&mut self, level: u8, numbering: Numbering) -> String {
        if numbering == Numbering::Plain {
            return String::new();
        }
        match level {
            1 => self.first_level(numbering == Numbering::Appendix),
            2 => {
                self.has_second = true;
                self.below = [self.below[0] + 1, 0];
                format!("{}.{}", self.stem(), self.below[0])
            }
            _ if !self.has_second => {
                self.below[0] += 1;
                format!("{}.{}", self.stem(), self.below[0])
            }
            _ => {
                self.below[1] += 1;
                format!("{}.{}.{}", self.stem(), self.below[0], self.below[1])
            }
        }
    }

    /// `表 3` or `Table 3`.
    pub fn table(&mut self) -> String {
        self.tables += 1;
        format!("{} {}", self.lang.pick("表", "Table"), self.tables)
    }

    /// `图 3` or `Figure 3`.
    pub fn figure(&mut self) -> String {
        self.figures += 1;
        format!("{} {}", self.lang.pick("图", "Figure"), self.figures)
    }

    fn first_level(&mut self, appendix: bool) -> String {
        self.below = [0; 2];
        self.has_second = false;
        self.in_appendix = appendix;
        if appendix {
            self.appendix += 1;
            return format!("{} {}", self.lang.pick("附录", "Appendix"), self.stem());
        }
        self.chapter += 1;
        self.stem()
    }

    fn stem(&self) -> String {
        if self.in_appendix { letters(self.appendix) } else { self.chapter.to_string() }
    }
}

/// 1 is A, 26 is Z, 27 is AA.
fn letters(mut number: u32) -> String {
    let mut out = Vec::new();
    while number > 0 {
        number -= 1;
        out.push(b'A' + (number % 26) as u8);
        number /= 26;
    }
    out.iter().rev().map(|letter| char::from(*letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::{Counter, letters};
    use crate::{model::Lang, report::pdf::block::Numbering};

    #[test]
    fn chapters_and_appendices_count_apart_and_plain_headings_do_not_count() {
        let mut counter = Counter::new(Lang::Zh);
        let mut next = |level, numbering| counter.next(level, numbering);
        assert_eq!(next(1, Numbering::Chapter), "1");
        assert_eq!(next(2, Numbering::Chapter), "1.1");
        assert_eq!(next(1, Numbering::Plain), "");
        assert_eq!(next(3, Numbering::Chapter), "1.1.1");
        assert_eq!(next(1, Numbering::Chapter), "2");
        assert_eq!(next(2, Numbering::Chapter), "2.1");
        assert_eq!(next(1, Numbering::Appendix), "附录 A");
        assert_eq!(next(2, Numbering::Chapter), "A.1");
        assert_eq!(next(1, Numbering::Appendix), "附录 B");
    }

    #[test]
    fn a_third_level_without_a_second_has_no_zero_in_its_number() {
        let mut counter = Counter::new(Lang::En);
        let numbers = [1, 3, 3, 2, 3].map(|level| counter.next(level, Numbering::Chapter));
        assert_eq!(numbers, ["1", "1.1", "1.2", "1.3", "1.3.1"]);
    }

    #[test]
    fn appendices_go_on_after_z() {
        assert_eq!(letters(26), "Z");
        assert_eq!(letters(28), "AB");
    }
}
