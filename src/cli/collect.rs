//! `jixian collect`, and the collection that `assess` begins with.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::Timestamp;

use crate::assess::{self, AssetEvidence};
use crate::collect::{self as collector, Bars, ChildDecoder, CollectLimits, Plain, Progress, Silent, StopFlag};
use crate::evidence::{
    Bundle, BundleWriter, CatalogueOrigin, CatalogueRef, ManifestInputs, PartState, SigningKey, sign,
};
use crate::inventory::Inventory;
use crate::model::{CatalogueFiles, Lang};

use super::args::Collect;
use super::context::{self, Context};
use super::sealed::Sealed;
use super::trust::Trust;
use super::{DONE, INCOMPLETE, assess as assess_command, inherited, output};

/// How often the watcher of signals looks.
const LOOK: Duration = Duration::from_millis(50);

pub fn run(context: &Context, request: &Collect) -> anyhow::Result<u8> {
    let source = context::source(&request.inventory)?;
    let inventory = Inventory::read(&source)?;
    let (files, origin) = context.catalogue()?;
    let key = request.sign_key.as_deref().map(SigningKey::read).transpose()?;
    let base = assess_command::folder_of(&request.inventory);
    let manifest =
        manifest(context, source.text.as_bytes(), &inventory, &files, origin, request.operator.clone(), context::now());
    let trust = Trust::read(&inventory.trust.roots, inventory.trust.ct_logs.as_deref(), &base)?;
    let sealed = Sealed::new(inherited::read(context, &inventory, &base)?, trust, &[]);
    let manifest = ManifestInputs { inputs: sealed.inputs()?, ..manifest };
    let writer = BundleWriter::create(&request.out, manifest)?;
    let decoder = ChildDecoder::of_this_binary()?;
    let state = collect(context, &inventory, &base, &writer, &decoder, |evidence| summarise(&evidence, context.lang))?;
    let bundle = writer.finish()?;
    if let Some(key) = key {
        sign(&request.out, &key)?;
    }
    output::line(&format!("{}{}", context.t("根摘要：", "Root: "), bundle.root()));
    output::line(&format!("{}jixian evaluate {} --out judged", context.t("下一步：", "Next: "), request.out.display()));
    Ok(if state == PartState::Complete { DONE } else { INCOMPLETE })
}

/// What a new bundle is made with.
pub fn manifest(
    context: &Context,
    inventory_text: &[u8],
    inventory: &Inventory,
    files: &CatalogueFiles,
    origin: CatalogueOrigin,
    operator: Option<String>,
    as_of: Timestamp,
) -> ManifestInputs {
    ManifestInputs {
        inventory: inventory_text.to_vec(),
        catalogue: CatalogueRef { digest: files.digest(), origin },
        catalogue_files: Some(files.clone()),
        engine: assess::ENGINE.to_owned(),
        as_of: as_of.to_string(),
        language: context.lang,
        operator,
        inputs: BTreeMap::new(),
        planned: inventory.assets.iter().map(|asset| (asset.id.clone(), asset.kind)).collect(),
    }
}

/// Collects every asset into the bundle, then keeps the facts beside each part. Evidence is handed over asset by asset: of
/// thousands nobody need have all at once.
pub fn collect(
    context: &Context,
    inventory: &Inventory,
    base: &Path,
    writer: &BundleWriter,
    decoder: &ChildDecoder,
    mut take: impl FnMut(AssetEvidence),
) -> anyhow::Result<PartState> {
    let signals = Signals::listen(context)?;
    let limits = CollectLimits::of(inventory, decoder.clone(), signals.flag());
    let summary = collector::assets(inventory, base, writer, &*progress(context), &limits);
    drop(signals);
    for (asset, problem) in summary.assets.iter().filter_map(|asset| Some((&asset.asset, asset.problem.as_ref()?))) {
        output::note(&format!("{asset}{}{}", context.t("：", ": "), problem.describe(context.lang)));
    }
    // Every part is sealed by now; the bundle as a whole is not, and opens as one that is still being written.
    let so_far = Bundle::open(writer.path())?;
    for asset in so_far.parts() {
        let part = so_far.part(&asset)?;
        let gathered = assess::gather(&part, decoder)?;
        writer.write_facts(&part, assess::decoders(), &serde_json::to_value(&gathered.facts)?)?;
        take(gathered);
    }
    Ok(if summary.is_complete() { PartState::Complete } else { PartState::Incomplete })
}

/// Bars on a terminal, one line an asset when piped.
fn progress(context: &Context) -> Box<dyn Progress> {
    if context.quiet {
        Box::new(Silent)
    } else if output::is_terminal() {
        Box::new(Bars::new(context.lang))
    } else {
        Box::new(Plain::new(std::io::stderr(), context.lang))
    }
}

/// The first Ctrl-C or TERM ends the collection with what there is; the second ends the process.
struct Signals {
    stop: Arc<AtomicBool>,
    /// The collection is over, and nobody looks at the flag any more.
    over: Arc<AtomicBool>,
    /// Says that the signal was heard.
    watcher: Option<JoinHandle<()>>,
}

impl Signals {
    fn listen(context: &Context) -> anyhow::Result<Self> {
        let (stop, over) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            signal_hook::flag::register_conditional_shutdown(signal, i32::from(super::ERROR), Arc::clone(&stop))?;
            signal_hook::flag::register(signal, Arc::clone(&stop))?;
        }
        let message = context.t(
            "正在停止：封存已采集的证据；再按一次 Ctrl-C 立即结束",
            "stopping: what was collected is being sealed; Ctrl-C again ends at once",
        );
        let flags = (Arc::clone(&stop), Arc::clone(&over));
        let watcher = thread::spawn(move || {
            while !flags.0.load(Ordering::Relaxed) {
                if flags.1.load(Ordering::Relaxed) {
                    return;
                }
                thread::park_timeout(LOOK);
            }
            output::note(message);
        });
        Ok(Self { stop, over, watcher: Some(watcher) })
    }

    fn flag(&self) -> StopFlag {
        StopFlag::new(Arc::clone(&self.stop))
    }
}

impl Drop for Signals {
    /// From here on nothing looks at the flag, so that the next signal ends the process.
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        if let Some(watcher) = self.watcher.take() {
            watcher.thread().unpark();
            // It only prints, and a closed terminal is no error.
            let _ = watcher.join();
        }
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn summarise(evidence: &AssetEvidence, lang: Lang) {
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for record in &evidence.records {
        *counts.entry(record.status).or_default() += 1;
    }
    let counts: Vec<_> = counts.iter().map(|(status, n)| format!("{} {n}", status.title().get(lang))).collect();
    output::line(&format!("{}{}{}", evidence.asset, lang.pick("　", ": "), counts.join(lang.pick("，", ", "))));
}
