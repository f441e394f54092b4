//! An app package on a terminal: what it is, who signed it, what it declares, what is in it, and what was not looked at.

use crate::facts::app::{App, Tone as Taken, summary};
use crate::model::{Fact, Lang};

use super::page::{Page, Tone, Word};

/// Everything that is known of a package.
pub fn page(facts: &Fact<App>, lang: Lang) -> Page {
    let mut page = Page::default();
    for section in summary(&facts.as_ref(), lang) {
        page.heading(&section.title);
        let rows = section.rows.iter().map(|row| (row.name.as_str(), Word::new(row.value.as_str(), tone(row.tone))));
        page.values(rows.collect());
    }
    page.heading(lang.pick("检查结果", "Checks"));
    page
}

fn tone(taken: Taken) -> Tone {
    match taken {
        Taken::Plain => Tone::Plain,
        Taken::Good => Tone::Good,
        Taken::Weak => Tone::Weak,
        Taken::Bad => Tone::Bad,
        Taken::Undecided => Tone::Undecided,
    }
}
