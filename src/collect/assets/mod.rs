//! Every asset of an inventory becomes one sealed part, whatever happens to it.

mod file;
mod problem;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use jiff::Timestamp;

use crate::{
    collect::{
        ChildDecoder, Progress, linux,
        runner::{self, Limits, StopFlag},
        tls::{self, Target, TlsLimits},
    },
    evidence::{BundleWriter, Content, EvidenceError, NewRecord, Origin, Part, PartState, PartWriter},
    formats::items::ACCESS,
    inventory::{Access, Asset, Contact, Inventory},
    model::{AssetId, AssetKind, ItemStatus, Lang},
};

pub use problem::AssetProblem;

/// Collector and its version, for what is recorded of an asset as a whole.
const COLLECTOR: &str = "asset@1";

/// Port of a TLS endpoint that names none.
const HTTPS: u16 = 443;

/// What proxies mostly listen on; an inventory always says it.
const PROXY: u16 = 3128;

/// Bounds of a collection, and what it works with.
#[derive(Clone, Debug)]
pub struct CollectLimits {
    /// Assets at a time.
    pub parallel: usize,
    /// For one asset as a whole.
    pub asset_deadline: Duration,
    /// For one item.
    pub item_timeout: Duration,
    /// Decodes packages that are too large to be kept.
    pub decoder: ChildDecoder,
    pub stop: StopFlag,
}

impl CollectLimits {
    /// The bounds that the inventory asks for.
    pub fn of(inventory: &Inventory, decoder: ChildDecoder, stop: StopFlag) -> Self {
        let defaults = &inventory.defaults;
        Self {
            parallel: usize::from(defaults.parallel).clamp(1, 64),
            asset_deadline: Duration::from_secs(defaults.host_deadline_s.into()),
            item_timeout: Duration::from_secs(defaults.item_timeout_s.into()),
            decoder,
            stop,
        }
    }
}

/// What a collection brought, in the order of the asset ids.
#[derive(Debug)]
pub struct CollectSummary {
    pub assets: Vec<AssetSummary>,
    /// Ctrl-C: what was not begun has no part.
    pub stopped: bool,
}

impl CollectSummary {
    /// Every asset has a part, and every part is complete.
    pub fn is_complete(&self) -> bool {
        !self.stopped && self.assets.iter().all(AssetSummary::is_complete)
    }
}

/// What the collection of one asset brought.
#[derive(Debug)]
pub struct AssetSummary {
    pub asset: AssetId,
    pub kind: AssetKind,
    /// `None` where there is no part: it was not begun, or it could not be sealed.
    pub state: Option<PartState>,
    pub items: BTreeMap<ItemStatus, u32>,
    /// Why the asset was not looked at, or why its part is not what it should be.
    pub problem: Option<AssetProblem>,
    pub millis: u64,
}

impl AssetSummary {
    pub fn is_complete(&self) -> bool {
        self.state == Some(PartState::Complete)
    }
}

/// Collects every asset. `base` is the folder of the inventory, which paths in it are relative to.
pub fn assets(
    inventory: &Inventory,
    base: &Path,
    bundle: &BundleWriter,
    progress: &dyn Progress,
    limits: &CollectLimits,
) -> CollectSummary {
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    progress.begin(inventory.assets.len());
    thread::scope(|scope| {
        for _ in 0..limits.parallel.min(inventory.assets.len()) {
            scope.spawn(|| {
                while let Some(asset) = inventory.assets.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if limits.stop.is_set() {
                        break;
                    }
                    let run = AssetRun { asset, inventory, base, bundle, progress, limits };
                    let summary = run.collect();
                    progress.done(&summary);
                    done.lock().unwrap_or_else(PoisonError::into_inner).push(summary);
                }
            });
        }
    });
    progress.end();
    let mut assets = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    for asset in &inventory.assets {
        if assets.iter().all(|summary| summary.asset != asset.id) {
            assets.push(AssetSummary::not_begun(asset));
        }
    }
    assets.sort_by(|a, b| a.asset.cmp(&b.asset));
    CollectSummary { assets, stopped: limits.stop.is_set() }
}

impl AssetSummary {
    fn not_begun(asset: &Asset) -> Self {
        Self {
            asset: asset.id.clone(),
            kind: asset.kind,
            state: None,
            items: BTreeMap::new(),
            problem: Some(AssetProblem::NotBegun),
            millis: 0,
        }
    }
}

/// One asset on its way to a part.
struct AssetRun<'a> {
    asset: &'a Asset,
    inventory: &'a Inventory,
    base: &'a Path,
    bundle: &'a BundleWriter,
    progress: &'a dyn Progress,
    limits: &'a CollectLimits,
}

/// How the contents of a part came about.
struct Ended {
    state: PartState,
    problem: Option<AssetProblem>,
}

impl Ended {
    const COMPLETE: Self = Self { state: PartState::Complete, problem: None };

    fn incomplete(problem: AssetProblem) -> Self {
        Self { state: PartState::Incomplete, problem: Some(problem) }
    }

    fn unless_stopped(self, stop: &StopFlag) -> Self {
        if stop.is_set() { Self::incomplete(AssetProblem::Stopped) } else { self }
    }
}

impl AssetRun<'_> {
    fn collect(&self) -> AssetSummary {
        let begun = Instant::now();
        let mut summary = AssetSummary { problem: None, ..AssetSummary::not_begun(self.asset) };
        match self.part(&mut summary) {
            Ok(part) => summary.state = Some(part.state()),
            Err(e) => summary.problem = Some(AssetProblem::Evidence(e)),
        }
        summary.millis = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        summary
    }

    fn part(&self, summary: &mut AssetSummary) -> Result<Part, EvidenceError> {
        if let Access::Recorded { path, sha256 } = &self.asset.access {
            self.progress.asset(self.asset, None);
            let path = self.base.join(path);
            match self.bundle.import_part(&self.asset.id, self.asset.kind, &path, *sha256) {
                Ok(part) => {
                    for record in part.records() {
                        *summary.items.entry(record.status).or_default() += 1;
                    }
                    return Ok(part);
                }
                // Where the bundle takes nothing more, no other part of this asset would fit either.
                Err(e @ EvidenceError::DiskFull { .. }) => return Err(e),
                Err(e) => summary.problem = Some(AssetProblem::Evidence(e)),
            }
        }
        let mut writer =
            Writing { part: self.bundle.part(&self.asset.id, self.asset.kind)?, run: self, summary, failed: None };
        let ended = self.fill(&mut writer);
        let Writing { part, summary, failed, .. } = writer;
        summary.problem = summary.problem.take().or(ended.problem);
        match failed {
            // The disk is full, or the bundle may not be written: what is there is sealed, and the error is said.
            Some(e) => {
                summary.problem = Some(AssetProblem::Evidence(e));
                part.finish(PartState::Incomplete)
            }
            None => part.finish(ended.state),
        }
    }

    fn fill(&self, writer: &mut Writing<'_, '_>) -> Ended {
        match (&self.asset.access, self.asset.kind) {
            (Access::Local, AssetKind::HostLinux) => self.linux(writer),
            (Access::Endpoint { address }, AssetKind::TlsEndpoint) => {
                let port = address.port().unwrap_or(HTTPS);
                let target = Target {
                    host: address.host().to_owned(),
                    port,
                    sni: self.asset.sni.clone(),
                    starttls: self.asset.starttls,
                    family: self.asset.probing.as_ref().and_then(|probing| probing.family),
                    proxy: None,
                };
                self.tls(writer, target)
            }
            (Access::File { path, sha256 }, AssetKind::AppPackage) => {
                self.progress.asset(self.asset, None);
                file::package(writer, &self.base.join(path), path, *sha256, &self.limits.decoder)
            }
            (Access::File { path, sha256 }, AssetKind::NetworkNmap) => {
                self.progress.asset(self.asset, None);
                file::nmap(writer, &self.base.join(path), path, *sha256)
            }
            (Access::Unknown { reason }, _) => {
                self.not_looked_at(writer, "declared_unknown", reason);
                Ended::COMPLETE
            }
            (Access::Manual, _) => {
                self.not_looked_at(writer, "manual", "people's answers decide");
                Ended::COMPLETE
            }
            (Access::Recorded { path, .. }, _) => {
                // Why it could not be taken over is known already.
                let why = writer.summary.problem.as_ref().map(|problem| problem.describe(Lang::En)).unwrap_or_default();
                self.not_looked_at(writer, "unreachable", &format!("{}: {why}", path.display()));
                Ended { state: PartState::Incomplete, problem: None }
            }
            (access, kind) => {
                let via = access.as_str();
                self.not_looked_at(writer, "unsupported", &format!("{kind} via {via}"));
                Ended::incomplete(AssetProblem::Unsupported { kind, via })
            }
        }
    }

    /// One record stands for all that is not known, with the reason that every fact then has.
    fn not_looked_at(&self, writer: &mut Writing<'_, '_>, code: &str, why: &str) {
        self.progress.asset(self.asset, Some(1));
        let started = Timestamp::now().to_string();
        let source = Origin::Builtin("inventory".to_owned());
        let mut record = NewRecord::new(ACCESS, COLLECTOR, source, ItemStatus::Error, started);
        record.note = Some(format!("{code}: {why}"));
        writer.put(record, Content::Nothing);
    }

    fn linux(&self, writer: &mut Writing<'_, '_>) -> Ended {
        let jobs = linux::jobs();
        self.progress.asset(self.asset, Some(jobs.len()));
        let limits = Limits {
            item_timeout: self.limits.item_timeout,
            stop: self.limits.stop.clone(),
            ..Limits::starting_now(self.limits.asset_deadline)
        };
        runner::run(linux::COLLECTOR, &jobs, &limits, &mut |record, bytes| writer.put(record, bytes.into()));
        Ended::COMPLETE.unless_stopped(&self.limits.stop)
    }

    fn tls(&self, writer: &mut Writing<'_, '_>, mut target: Target) -> Ended {
        let limits = TlsLimits::new(
            self.limits.item_timeout.min(tls::PATIENCE),
            Instant::now() + self.limits.asset_deadline.min(tls::ENDPOINT),
            self.limits.stop.clone(),
        );
        let mut limits = match &self.asset.probing {
            Some(probing) => limits.probing(probing, Instant::now()),
            None => limits,
        };
        if let Some(proxy) = self.asset.probing.as_ref().and_then(|probing| probing.proxy.as_ref()) {
            match tls::proxy(proxy.host(), proxy.port().unwrap_or(PROXY), &limits) {
                Ok(proxy) => target.proxy = Some(proxy),
                Err(why) => return self.unresolved(writer, proxy.host(), why),
            }
        }
        let addresses = match tls::resolve(&target, &limits) {
            Ok(addresses) => addresses,
            Err(why) => return self.unresolved(writer, &target.host, why),
        };
        let contact = Contact { host: &target.host, addresses: &addresses };
        let covered = match self.asset.intrusive {
            true => self.inventory.covers_intrusive(&contact, Timestamp::now()),
            false => self.inventory.covers(&contact, Timestamp::now()),
        };
        if let Err(refusal) = covered {
            self.not_looked_at(writer, "unauthorised", &refusal.to_string());
            return Ended::incomplete(AssetProblem::Unauthorised(refusal));
        }
        limits.intrusive = self.asset.intrusive;
        self.progress.asset(self.asset, None);
        tls::collect(&target, &addresses, &limits, &mut |record, bytes| writer.put(record, bytes.into()));
        Ended::COMPLETE.unless_stopped(&self.limits.stop)
    }

    fn unresolved(&self, writer: &mut Writing<'_, '_>, host: &str, why: String) -> Ended {
        self.not_looked_at(writer, "unreachable", &format!("{host}: {why}"));
        Ended::incomplete(AssetProblem::Unresolved { host: host.to_owned(), why })
    }
}

/// A part that is being filled, and what is to be said of it.
struct Writing<'a, 'b> {
    part: PartWriter,
    run: &'a AssetRun<'b>,
    summary: &'a mut AssetSummary,
    /// The first write that failed.
    failed: Option<EvidenceError>,
}

impl Writing<'_, '_> {
    /// Writes one record. A failure is kept for the end, as later items may fit.
    fn put(&mut self, record: NewRecord, content: Content<'_>) {
        let (item, status) = (record.item.clone(), record.status);
        match self.part.record(record, content) {
            Ok(_) => {
                *self.summary.items.entry(status).or_default() += 1;
                self.run.progress.item(&self.run.asset.id, &item, status);
            }
            Err(e) => {
                self.failed.get_or_insert(e);
            }
        }
    }
}

#[cfg(test)]
mod tests;
