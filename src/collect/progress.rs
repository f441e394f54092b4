//! What a person sees while assets are collected: bars on a terminal, one line an asset when piped, or nothing.

use std::{
    collections::BTreeMap,
    io::Write,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::{
    collect::AssetSummary,
    inventory::Asset,
    model::{AssetId, ItemStatus, Lang},
};

/// Told of every step; called from several threads.
pub trait Progress: Sync {
    /// So many assets are to be collected.
    fn begin(&self, assets: usize);
    /// One of them was begun; `items` where it is known how many there will be.
    fn asset(&self, asset: &Asset, items: Option<usize>);
    /// One item of it was recorded.
    fn item(&self, asset: &AssetId, item: &str, status: ItemStatus);
    /// It is done.
    fn done(&self, summary: &AssetSummary);
    /// Everything is done, or was stopped.
    fn end(&self);
}

/// Says nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: usize) {}
    fn asset(&self, _: &Asset, _: Option<usize>) {}
    fn item(&self, _: &AssetId, _: &str, _: ItemStatus) {}
    fn done(&self, _: &AssetSummary) {}
    fn end(&self) {}
}

/// One line for each asset that is done.
#[derive(Debug)]
pub struct Plain<W> {
    out: Mutex<(W, usize, usize)>,
    lang: Lang,
}

impl<W: Write + Send> Plain<W> {
    pub fn new(out: W, lang: Lang) -> Self {
        Self { out: Mutex::new((out, 0, 0)), lang }
    }

    /// What was written to.
    pub fn into_inner(self) -> W {
        self.out.into_inner().unwrap_or_else(PoisonError::into_inner).0
    }
}

impl<W: Write + Send> Progress for Plain<W> {
    fn begin(&self, assets: usize) {
        self.out.lock().unwrap_or_else(PoisonError::into_inner).2 = assets;
    }

    fn asset(&self, _: &Asset, _: Option<usize>) {}

    fn item(&self, _: &AssetId, _: &str, _: ItemStatus) {}

    fn done(&self, summary: &AssetSummary) {
        let mut out = self.out.lock().unwrap_or_else(PoisonError::into_inner);
        out.1 += 1;
        let (n, of) = (out.1, out.2);
        // Progress is a courtesy: a closed pipe does not end a collection.
        let _ = writeln!(out.0, "[{n}/{of}] {}", line(summary, self.lang));
    }

    fn end(&self) {
        let _ = self.out.lock().unwrap_or_else(PoisonError::into_inner).0.flush();
    }
}

/// What is said of an asset that is done.
fn line(summary: &AssetSummary, lang: Lang) -> String {
    let items: u32 = summary.items.values().sum();
    let parts: Vec<_> = summary
        .items
        .iter()
        .filter(|(status, _)| **status != ItemStatus::Ok)
        .map(|(status, n)| format!("{} {n}", status.title().get(lang)))
        .collect();
    let state = match (summary.is_complete(), lang) {
        (true, _) => String::new(),
        (false, Lang::Zh) => "，证据不完整".to_owned(),
        (false, Lang::En) => ", incomplete".to_owned(),
    };
    let detail = if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) };
    let why = summary
        .problem
        .as_ref()
        .map(|why| format!("{}{}", lang.pick("：", ": "), printable(&why.describe(lang))))
        .unwrap_or_default();
    match lang {
        Lang::Zh => format!("{} {} 项{detail}{state}{why}", summary.asset, items),
        Lang::En => format!("{} {} items{detail}{state}{why}", summary.asset, items),
    }
}

/// Words of a target or of the system must not steer the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A bar over all assets, and one for each that is being collected.
#[derive(Debug)]
pub struct Bars {
    all: MultiProgress,
    total: ProgressBar,
    running: Mutex<BTreeMap<AssetId, ProgressBar>>,
    lang: Lang,
}

impl Bars {
    /// Draws on standard error.
    pub fn new(lang: Lang) -> Self {
        let all = MultiProgress::new();
        let total = all.add(ProgressBar::new(0));
        total.set_style(style("{bar:24.cyan/blue} {pos}/{len} {msg} {elapsed}"));
        total.set_message(lang.pick("资产", "assets"));
        total.enable_steady_tick(Duration::from_millis(200));
        Self { all, total, running: Mutex::default(), lang }
    }

    fn with(&self, asset: &AssetId, f: impl FnOnce(&ProgressBar)) {
        if let Some(bar) = self.running.lock().unwrap_or_else(PoisonError::into_inner).get(asset) {
            f(bar);
        }
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Progress for Bars {
    fn begin(&self, assets: usize) {
        self.total.set_length(assets as u64);
    }

    fn asset(&self, asset: &Asset, items: Option<usize>) {
        let bar = match items {
            Some(n) => ProgressBar::new(n as u64).with_style(style("  {prefix} {bar:20} {pos}/{len} {wide_msg}")),
            None => ProgressBar::new_spinner().with_style(style("  {prefix} {spinner} {wide_msg}")),
        };
        let bar = self.all.insert_before(&self.total, bar);
        bar.set_prefix(asset.id.to_string());
        self.running.lock().unwrap_or_else(PoisonError::into_inner).insert(asset.id.clone(), bar);
    }

    fn item(&self, asset: &AssetId, item: &str, _: ItemStatus) {
        self.with(asset, |bar| {
            bar.inc(1);
            bar.set_message(item.to_owned());
        });
    }

    fn done(&self, summary: &AssetSummary) {
        let bar = self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&summary.asset);
        if let Some(bar) = bar {
            bar.finish_and_clear();
        }
        self.total.inc(1);
        // The bar of an asset goes; what deserves a second look stays as a line.
        if !summary.is_complete() || summary.problem.is_some() {
            let _ = self.all.println(line(summary, self.lang));
        }
    }

    fn end(&self) {
        self.total.finish_and_clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{collect::AssetProblem, evidence::PartState};

    fn summary() -> AssetSummary {
        AssetSummary {
            asset: "web-01".parse().unwrap(),
            kind: crate::model::AssetKind::HostLinux,
            state: Some(PartState::Complete),
            items: BTreeMap::from([(ItemStatus::Ok, 60), (ItemStatus::Denied, 3)]),
            problem: None,
            millis: 10,
        }
    }

    fn gone() -> AssetProblem {
        AssetProblem::Unresolved { host: "no way \u{1b}[31mthere".to_owned(), why: "no such host".to_owned() }
    }

    #[test]
    fn piped_output_is_one_line_an_asset_in_the_language_of_the_reader() {
        let plain = Plain::new(Vec::new(), Lang::En);
        plain.begin(2);
        plain.done(&summary());
        plain.done(&AssetSummary { state: Some(PartState::Incomplete), problem: Some(gone()), ..summary() });
        let text = String::from_utf8(plain.into_inner()).unwrap();
        assert_eq!(
            text,
            "[1/2] web-01 63 items (denied 3)\n[2/2] web-01 63 items (denied 3), incomplete: no way  [31mthere: no such host\n"
        );
        let plain = Plain::new(Vec::new(), Lang::Zh);
        plain.begin(1);
        plain.done(&summary());
        plain.done(&AssetSummary { state: Some(PartState::Incomplete), problem: Some(gone()), ..summary() });
        assert_eq!(
            String::from_utf8(plain.into_inner()).unwrap(),
            "[1/1] web-01 63 项 (无权读取 3)\n[2/1] web-01 63 项 (无权读取 3)，证据不完整：no way  [31mthere：域名未能解析（no such host）\n"
        );
    }

    #[test]
    fn bars_take_every_step_without_a_terminal() {
        let bars = Bars::new(Lang::Zh);
        bars.begin(1);
        bars.item(&"web-01".parse().unwrap(), "os.release", ItemStatus::Ok);
        bars.done(&summary());
        bars.end();
    }
}
