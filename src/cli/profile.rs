//! `jixian profile list|show|coverage|lint`.

use crate::checks::CheckSet;
use crate::model::{CatalogueFiles, Lang, ProfileId};
use crate::profiles::{self, HighRiskCatalogue, Profile, ProfileSet};
use crate::yaml::Mistakes;

use super::args::{OutputFormat, ProfileAction};
use super::context::Context;
use super::machine::{ProfileList, ProfileRow};
use super::{DONE, NEGATIVE, evaluation, failure, output};

pub fn run(context: &Context, action: ProfileAction) -> anyhow::Result<u8> {
    let (files, origin) = context.catalogue()?;
    match action {
        ProfileAction::List(format) => list(&ProfileSet::load(&files)?, format.format, context.lang)?,
        ProfileAction::Show { id } => {
            let catalogue = evaluation::load(context, &files, origin, std::slice::from_ref(&id))?;
            show(found(&catalogue.profiles, &id)?, context.lang);
        }
        ProfileAction::Coverage { id, output: format } => {
            let catalogue = evaluation::load(context, &files, origin, std::slice::from_ref(&id))?;
            coverage(found(&catalogue.profiles, &id)?, &catalogue.checks, format.format, context.lang)?;
        }
        ProfileAction::Lint => return lint(context, &files),
    }
    Ok(DONE)
}

fn found<'a>(profiles: &'a ProfileSet, id: &ProfileId) -> anyhow::Result<&'a Profile> {
    profiles.get(id).ok_or_else(|| anyhow::anyhow!("{id}"))
}

fn list(profiles: &ProfileSet, format: OutputFormat, lang: Lang) -> anyhow::Result<()> {
    if format == OutputFormat::Json {
        let rows = profiles.iter().map(|profile| ProfileRow {
            id: &profile.id,
            revision: profile.revision,
            standard: &profile.standard.id,
            level: profile.standard.level,
            items: profile.items.len(),
            digest: profile.digest,
        });
        return output::json(&ProfileList { schema: "jixian.profiles/v1", profiles: rows.collect() });
    }
    for profile in profiles.iter() {
        let items = profile.items.len();
        output::line(&format!("{:<24} {items:>4}  {}", profile.id.as_str(), profile.standard.title.get(lang)));
    }
    Ok(())
}

fn show(profile: &Profile, lang: Lang) {
    let (standard, title) = (&profile.standard.id, profile.standard.title.get(lang));
    output::line(&format!("{standard}{}{title}", lang.pick("　", ": ")));
    output::line(profile.standard.source_note.get(lang));
    for item in &profile.items {
        output::line(&format!("{:<12} {}", item.id.as_str(), item.title.get(lang)));
        for aspect in &item.aspects {
            let essential = if aspect.essential { "*" } else { " " };
            let asks = aspect.asks().map(|text| text.get(lang)).unwrap_or_default();
            output::line(&format!("   {essential} {:<16} {asks}", aspect.id));
            for used in &aspect.checks {
                output::line(&format!("       {} ({})", used.check, used.strength.as_str()));
            }
        }
    }
}

fn coverage(profile: &Profile, checks: &CheckSet, format: OutputFormat, lang: Lang) -> anyhow::Result<()> {
    let coverage = profiles::coverage(profile, checks);
    if format == OutputFormat::Json {
        return output::json(&coverage);
    }
    output::line(
        lang.pick("范围        条款  完整  部分  信号  仅问题", "scope       items  full  partial  signal  question"),
    );
    for (scope, counts) in &coverage.scopes {
        output::line(&format!(
            "{:<10} {:>5} {:>5} {:>7} {:>7} {:>8}",
            scope.as_str(),
            counts.items,
            counts.full,
            counts.partial,
            counts.signal,
            counts.question
        ));
    }
    Ok(())
}

fn lint(context: &Context, files: &CatalogueFiles) -> anyhow::Result<u8> {
    let checks = CheckSet::load(files)?;
    let profiles = match ProfileSet::load(files) {
        Ok(profiles) => profiles,
        Err(mistakes) => return Ok(refused(context, mistakes)),
    };
    let mut mistakes = profiles::lint(&profiles, &checks);
    mistakes.extend(HighRiskCatalogue::lint(files, &checks));
    if !mistakes.is_empty() {
        return Ok(refused(context, mistakes));
    }
    for check in profiles::unused(&profiles, &checks) {
        output::note(&format!("{}{check}", context.t("没有评估依据用到：", "no profile uses ")));
    }
    let count = profiles.iter().count();
    output::line(&match context.lang {
        Lang::Zh => format!("{count} 个评估依据，没有问题"),
        Lang::En => format!("{count} profiles, nothing wrong"),
    });
    Ok(DONE)
}

fn refused(context: &Context, mistakes: Mistakes) -> u8 {
    failure::report(&mistakes.into(), context.lang);
    NEGATIVE
}
