//! Waivers: accepted deviations, each with a reason, a second person and an end. A waiver never changes a verdict. Pure.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    model::{AssetId, CheckId, Digest, Text, Verdict},
    yaml::{self, Date, Mistakes, Source, TimeZone},
};

use super::layer::Rules;

const SCHEMA: yaml::Schema = yaml::Schema::new("jixian.waivers", 1, 0);
const DEFAULT_MAX_DAYS: u32 = 180;
const LONGEST_MAX_DAYS: u32 = 366;

/// All waivers of one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Waivers {
    pub timezone: TimeZone,
    /// The longest time a waiver may run, in days.
    pub max_days: u32,
    pub waivers: Vec<Waiver>,
}

/// The file as a whole.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(title = "jixian.waivers/v1", deny_unknown_fields)]
struct File {
    /// `jixian.waivers/v1`
    #[expect(dead_code, reason = "checked before the rest is read; here for the JSON Schema")]
    schema: String,
    #[serde(default)]
    timezone: TimeZone,
    /// The longest time a waiver may run, in days; 366 at most.
    #[serde(default = "default_max_days")]
    max_days: u32,
    waivers: Vec<Waiver>,
}

/// One accepted deviation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    pub id: String,
    /// The check; may end in `*` with `wide: true`.
    pub check: String,
    /// The assets; may end in `*` with `wide: true`.
    pub assets: Vec<String>,
    /// The keys of findings, exactly as printed; without any, all findings of the check on those assets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keys: Vec<String>,
    pub covers: Vec<Covered>,
    /// Digest of the value that was accepted: when the value changes, the waiver no longer fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observed: Option<Digest>,
    pub reason: Text,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compensating: Option<Compensating>,
    pub requested_by: String,
    /// Another person; without one the waiver is not in force and is a finding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_by: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approved_at: Option<Date>,
    /// The last day on which it counts.
    pub expires: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
    /// Says that a wildcard is meant.
    #[serde(default)]
    pub wide: bool,
}

/// Which verdicts a waiver is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Covered {
    Fail,
    Unknown,
}

/// What is done instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Compensating {
    pub zh: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub en: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Digest>,
}

/// What a waiver is worth on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WaiverState {
    InForce,
    /// Approved later than the day.
    NotYet,
    Unapproved,
    Expired,
}

impl Waiver {
    /// What it is worth on a day; its last day is included.
    pub fn state(&self, as_of: Date) -> WaiverState {
        match (&self.approved_by, self.approved_at) {
            _ if self.expires < as_of => WaiverState::Expired,
            (Some(_), Some(at)) if at > as_of => WaiverState::NotYet,
            (Some(_), Some(_)) => WaiverState::InForce,
            _ => WaiverState::Unapproved,
        }
    }

    /// Whether it names this finding, whatever its state.
    pub fn names(&self, check: &CheckId, asset: &AssetId, key: Option<&str>) -> bool {
        fits(&self.check, check.as_str())
            && self.assets.iter().any(|pattern| fits(pattern, asset.as_str()))
            && (self.keys.is_empty() || key.is_some_and(|key| self.keys.iter().any(|named| named == key)))
    }

    /// Whether it is for this verdict and for the value that was observed.
    pub fn fits(&self, verdict: &Verdict, observed: Option<&Digest>) -> bool {
        let covered = match verdict {
            Verdict::Fail => Covered::Fail,
            Verdict::Unknown(_) => Covered::Unknown,
            Verdict::Pass | Verdict::NotApplicable | Verdict::Manual => return false,
        };
        self.covers.contains(&covered) && self.observed.as_ref().is_none_or(|accepted| Some(accepted) == observed)
    }
}

impl Waivers {
    /// Reads a waivers file; every mistake that can be reached is listed.
    pub fn read(source: &Source) -> Result<Self, Mistakes> {
        let mut document = yaml::read_recovering::<File>(source, Some(SCHEMA));
        if let Some(file) = &document.value {
            let mut rules = Rules { positions: &document.positions, mistakes: &mut document.mistakes };
            check_file(file, &mut rules);
        }
        let File { timezone, max_days, mut waivers, .. } = document.finish()?;
        waivers.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { timezone, max_days, waivers })
    }

    /// The JSON Schema for authors.
    pub fn schema() -> schemars::Schema {
        schemars::schema_for!(File)
    }

    /// The waivers that name a finding and are in force on a day, in order of their ids. Ask [`Waiver::fits`] for
    /// the verdict and the observed value.
    pub fn matching<'a>(
        &'a self,
        check: &'a CheckId,
        asset: &'a AssetId,
        key: Option<&'a str>,
        as_of: Date,
    ) -> impl Iterator<Item = &'a Waiver> {
        self.naming(check, asset, key).filter(move |waiver| waiver.state(as_of) == WaiverState::InForce)
    }

    /// The waivers that name a finding, whatever their state.
    pub fn naming<'a>(
        &'a self,
        check: &'a CheckId,
        asset: &'a AssetId,
        key: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Waiver> {
        self.waivers.iter().filter(move |waiver| waiver.names(check, asset, key))
    }

    /// The waivers that name none of the findings: what they were for is gone, and so should they be.
    pub fn unmatched<'a>(
        &'a self,
        findings: impl IntoIterator<Item = (&'a CheckId, &'a AssetId, Option<&'a str>)>,
    ) -> Vec<&'a Waiver> {
        let mut left: Vec<_> = self.waivers.iter().collect();
        for (check, asset, key) in findings {
            left.retain(|waiver| !waiver.names(check, asset, key));
        }
        left
    }

    /// The waivers that are expired, unapproved or not in force yet on a day; each is a finding.
    pub fn not_in_force(&self, as_of: Date) -> impl Iterator<Item = (&Waiver, WaiverState)> {
        let states = self.waivers.iter().map(move |waiver| (waiver, waiver.state(as_of)));
        states.filter(|(_, state)| *state != WaiverState::InForce)
    }

    /// Digests of the evidence for what compensates, each once.
    pub fn evidence(&self) -> BTreeSet<Digest> {
        let compensating = self.waivers.iter().filter_map(|waiver| waiver.compensating.as_ref());
        compensating.flat_map(|compensating| &compensating.evidence).copied().collect()
    }
}

fn default_max_days() -> u32 {
    DEFAULT_MAX_DAYS
}

fn fits(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => pattern == name,
    }
}

fn check_file(file: &File, rules: &mut Rules<'_>) {
    if !(1..=LONGEST_MAX_DAYS).contains(&file.max_days) {
        let zh = format!("max_days 应为 1 至 {LONGEST_MAX_DAYS}");
        rules.wrong("max_days", zh, format!("max_days is 1 to {LONGEST_MAX_DAYS}"));
    }
    for (index, waiver) in file.waivers.iter().enumerate() {
        let path = format!("waivers[{index}]");
        if file.waivers[..index].iter().any(|before| before.id == waiver.id) {
            let (zh, en) = (format!("编号 {} 重复", waiver.id), format!("the id {} is taken", waiver.id));
            rules.wrong(&format!("{path}.id"), zh, en);
        }
        check_waiver(waiver, &path, rules);
        check_span(waiver, &path, file.max_days, rules);
        check_patterns(waiver, &path, rules);
    }
}

fn check_waiver(waiver: &Waiver, path: &str, rules: &mut Rules<'_>) {
    rules.filled(&format!("{path}.id"), &waiver.id);
    rules.said(&format!("{path}.reason"), &waiver.reason);
    rules.filled(&format!("{path}.requested_by"), &waiver.requested_by);
    if waiver.covers.is_empty() {
        rules.wrong(&format!("{path}.covers"), "至少写一种结果", "name at least one verdict");
    }
    if waiver.assets.is_empty() {
        rules.wrong(&format!("{path}.assets"), "至少写一个资产", "name at least one asset");
    }
    if let Some(compensating) = &waiver.compensating {
        rules.filled(&format!("{path}.compensating.zh"), &compensating.zh);
    }
    match (&waiver.approved_by, waiver.approved_at) {
        (Some(approver), _) => {
            rules.filled(&format!("{path}.approved_by"), approver);
            rules.two_persons(&format!("{path}.approved_by"), &waiver.requested_by, approver);
            if waiver.approved_at.is_none() {
                rules.wrong(path, "有批准人但缺少 approved_at", "there is an approver but no approved_at");
            }
        }
        (None, Some(_)) => {
            rules.wrong(
                &format!("{path}.approved_at"),
                "有批准日期但缺少 approved_by",
                "approved_at without approved_by",
            );
        }
        (None, None) => {}
    }
}

fn check_span(waiver: &Waiver, path: &str, max_days: u32, rules: &mut Rules<'_>) {
    let Some(approved_at) = waiver.approved_at else { return };
    let days = approved_at.days_until(waiver.expires);
    let at = format!("{path}.expires");
    if days < 0 {
        rules.wrong(&at, "到期日早于批准日期", "it expires before it was approved");
    }
    if days > i64::from(max_days) {
        let message = Text::new(
            format!("有效期 {days} 天，超过上限 {max_days} 天"),
            format!("it runs for {days} days, more than the limit of {max_days}"),
        );
        let last = approved_at.plus_days(i64::from(max_days));
        rules.wrong_with_help(&at, message, Text::new(format!("最晚 \"{last}\""), format!("\"{last}\" at the latest")));
    }
}

fn check_patterns(waiver: &Waiver, path: &str, rules: &mut Rules<'_>) {
    let check = [(format!("{path}.check"), waiver.check.as_str())];
    let assets = waiver.assets.iter().enumerate().map(|(n, asset)| (format!("{path}.assets[{n}]"), asset.as_str()));
    for (at, pattern) in check.into_iter().chain(assets) {
        let start = pattern.strip_suffix('*');
        if start.is_some() && !waiver.wide {
            let message = Text::new("通配符需要 wide: true", "a wildcard needs wide: true");
            let help =
                Text::new("列出具体名称，或确认后写 wide: true", "list the names, or say wide: true if it is meant");
            rules.wrong_with_help(&at, message, help);
        }
        let name = start.unwrap_or(pattern).trim_end_matches(['.', '-']);
        let empty_is_wild = start.is_some() && name.is_empty();
        if !empty_is_wild && name.parse::<CheckId>().is_err() {
            rules.wrong(&at, format!("{pattern} 不是有效的名称"), format!("{pattern} is not a name"));
        }
    }
}
