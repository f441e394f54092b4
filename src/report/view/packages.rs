//! The appendix of app packages: what each is, who signed it, what it declares and what is in it.

use serde::Serialize;

use crate::assess::{Assessment, PackageRecord};
use crate::facts::app::{Section, Tone, summary};
use crate::model::Lang;

#[derive(Debug, Serialize)]
pub struct PackageView {
    pub title: String,
    pub sections: Vec<SectionView>,
    /// What the lists leave out.
    pub notes: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct SectionView {
    pub title: String,
    pub rows: Vec<ValueRow>,
}

#[derive(Debug, Serialize)]
pub struct ValueRow {
    pub name: String,
    pub value: String,
    /// Empty for a value that is neither good nor bad, or that says itself that it is undecided.
    pub mark: &'static str,
    pub badge: &'static str,
}

pub fn packages(assessment: &Assessment, lang: Lang) -> Vec<PackageView> {
    assessment.packages.iter().map(|record| package(record, lang)).collect()
}

fn package(record: &PackageRecord, lang: Lang) -> PackageView {
    let sections = summary(&record.found.as_ref().map(Box::as_ref), lang);
    let notes = record.cut.iter().map(|(path, length)| match lang {
        Lang::Zh => format!("{path} 共 {length} 项，此处只列一部分；完整清单在证据包的事实中。"),
        Lang::En => {
            format!("{path} has {length} entries, of which some are shown; all are in the facts of the bundle.")
        }
    });
    PackageView {
        title: record.asset.to_string(),
        sections: sections.into_iter().map(|one| section(one, lang)).collect(),
        notes: notes.collect(),
    }
}

fn section(section: Section, lang: Lang) -> SectionView {
    let rows = section.rows.into_iter().map(|row| {
        let (mark, badge) = mark(row.tone, lang);
        ValueRow { name: row.name, value: row.value, mark, badge }
    });
    SectionView { title: section.title, rows: rows.collect() }
}

fn mark(tone: Tone, lang: Lang) -> (&'static str, &'static str) {
    match tone {
        Tone::Plain | Tone::Undecided => ("", ""),
        Tone::Good => (lang.pick("良好", "good"), "ok"),
        Tone::Weak => (lang.pick("留意", "note"), "part"),
        Tone::Bad => (lang.pick("问题", "problem"), "bad"),
    }
}
