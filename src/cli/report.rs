//! `jixian report`, and what other commands need to write report files.

use std::collections::BTreeSet;
use std::path::Path;

use crate::assess::Assessment;
use crate::evidence::Bundle;
use crate::report::pdf::FontBook;
use crate::report::{Format, Reporter};

use super::args::{self, Report};
use super::context::{self, Context};
use super::{DONE, INCOMPLETE, output};

pub fn run(context: &Context, request: &Report) -> anyhow::Result<u8> {
    let bundle = Bundle::open(&request.bundle)?;
    let assessments = stored(context, &bundle, &request.subsite)?;
    let (files, _) = context.catalogue()?;
    let files = context::with_templates(files, request.rendering.templates.as_deref())?;
    let fonts = Fonts::load(request.rendering.font.as_deref())?;
    let reporter = Reporter::new(&files, fonts.book(), context.lang)?;
    let formats: Vec<_> = request.format.iter().map(|format| format_of(*format)).collect();
    let mut missing = BTreeSet::new();
    for assessment in &assessments {
        let folder = request.out.join(assessment.subsite.id.as_str());
        missing.extend(write(&reporter, assessment, &formats, &folder)?);
        for format in &formats {
            output::line(&folder.join(format.file_name()).display().to_string());
        }
    }
    say_missing(context, &missing.into_iter().collect::<Vec<_>>());
    let incomplete = bundle.state() == crate::evidence::PartState::Incomplete;
    Ok(if incomplete { INCOMPLETE } else { DONE })
}

/// The assessments as sealed: a report says what was judged then, and nothing else.
pub fn stored(context: &Context, bundle: &Bundle, wanted: &[String]) -> anyhow::Result<Vec<Assessment>> {
    let mut all = Vec::new();
    for name in bundle.manifest().results.keys().filter(|name| name.ends_with(".json")) {
        if let Some(bytes) = bundle.result(name)? {
            all.push(serde_json::from_slice::<Assessment>(&bytes)?);
        }
    }
    anyhow::ensure!(
        !all.is_empty(),
        "{}",
        context.t(
            "证据包中没有判定结果；先运行 jixian evaluate",
            "the bundle has no assessments; run jixian evaluate first"
        )
    );
    if let Some(unknown) = wanted.iter().find(|id| !all.iter().any(|a| a.subsite.id.as_str() == *id)) {
        let known: Vec<_> = all.iter().map(|a| a.subsite.id.to_string()).collect();
        anyhow::bail!(
            "{}{unknown}（{}）",
            context.t("证据包中没有这个分站点：", "the bundle has no subsite "),
            known.join(", ")
        );
    }
    all.retain(|a| wanted.is_empty() || wanted.iter().any(|id| a.subsite.id.as_str() == id));
    Ok(all)
}

/// Writes the files of one subsite into a folder; existing ones are not overwritten. Returns characters that no font has.
pub fn write(
    reporter: &Reporter<'_>,
    assessment: &Assessment,
    formats: &[Format],
    folder: &Path,
) -> anyhow::Result<Vec<char>> {
    context::make_folder(folder)?;
    let mut missing = Vec::new();
    for format in formats {
        let written = reporter.write(assessment, *format)?;
        context::write_new(&folder.join(format.file_name()), &written.bytes)?;
        missing.extend(written.missing_glyphs);
    }
    Ok(missing)
}

/// Names the characters that a PDF shows as an empty box.
pub fn say_missing(context: &Context, missing: &[char]) {
    let distinct: BTreeSet<_> = missing.iter().collect();
    if distinct.is_empty() {
        return;
    }
    let list: Vec<_> = distinct.iter().map(|c| format!("{c} U+{:04X}", u32::from(**c))).collect();
    output::note(&format!(
        "{}{}{}",
        context.t(
            "内置字体缺少以下字符，PDF 中显示为空框：",
            "The fonts lack these characters; the PDF shows an empty box: "
        ),
        list.join(", "),
        context.t("。可用 --font 指定补充字体。", ". Name a font with --font.")
    ));
}

fn format_of(format: args::Format) -> Format {
    match format {
        args::Format::Html => Format::Html,
        args::Format::Json => Format::Json,
        args::Format::Junit => Format::Junit,
        args::Format::Pdf => Format::Pdf,
        args::Format::Sarif => Format::Sarif,
    }
}

/// The fonts of a run: the built-in ones, and the user's for what they lack.
pub struct Fonts {
    book: FontBook,
}

impl Fonts {
    pub fn load(user: Option<&Path>) -> anyhow::Result<Self> {
        let book = match user {
            Some(path) => FontBook::with_user(context::bytes(path)?, &path.display().to_string())?,
            None => FontBook::embedded()?,
        };
        Ok(Self { book })
    }

    pub fn book(&self) -> &FontBook {
        &self.book
    }
}
