//! Whole inventories on loopback and in folders of our own: every asset becomes a part, whatever happens to it.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{CollectLimits, CollectSummary, assets};
use crate::{
    collect::{ChildDecoder, Silent, StopFlag},
    evidence::{Bundle, BundleWriter, CatalogueOrigin, CatalogueRef, ManifestInputs, Part, PartState},
    formats::items::ACCESS,
    inventory::Inventory,
    model::{AssetId, Digest, ItemStatus, Lang},
    yaml::Source,
};

struct Run {
    folder: tempfile::TempDir,
    stop: StopFlag,
}

struct Done {
    summary: CollectSummary,
    bundle: Bundle,
    _folder: tempfile::TempDir,
}

impl Run {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), stop: StopFlag::default() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self, name: &str, bytes: &[u8]) {
        fs::write(self.path(name), bytes).unwrap();
    }

    fn collect(self, assets_yaml: &str) -> Done {
        let inventory = inventory(assets_yaml);
        let out = self.path("out");
        let planned = inventory.assets.iter().map(|a| (a.id.clone(), a.kind)).collect();
        let bundle = BundleWriter::create(&out, inputs(planned)).unwrap();
        let decoder = ChildDecoder::new("/no/such/decoder".into());
        let mut limits = CollectLimits::of(&inventory, decoder, self.stop.clone());
        limits.item_timeout = Duration::from_millis(500);
        let summary = assets(&inventory, self.folder.path(), &bundle, &Silent, &limits);
        let bundle = bundle.finish().unwrap();
        Done { summary, bundle, _folder: self.folder }
    }
}

impl Done {
    fn part(&self, asset: &str) -> Part {
        self.bundle.part(&id(asset)).unwrap()
    }

    fn note(&self, asset: &str, item: &str) -> String {
        self.part(asset).record(item).unwrap().note.clone().unwrap_or_default()
    }

    /// Its code, and its words in English.
    fn problem(&self, asset: &str) -> Option<(&str, String)> {
        let summary = self.summary.assets.iter().find(|s| s.asset == id(asset)).unwrap();
        summary.problem.as_ref().map(|problem| (problem.code(), problem.describe(Lang::En)))
    }
}

fn id(text: &str) -> AssetId {
    text.parse().unwrap()
}

fn inventory(assets: &str) -> Inventory {
    let text = format!(
        r#"schema: jixian.inventory/v1
timezone: "+08:00"
systems:
  - {{id: sys, name: 示例, level: 3, s: 3, a: 3, cii: no, operator: 示例, extensions: []}}
subsites:
  - {{id: site, system: sys, kind: web, name: 示例, organisation: 示例, level: city, exposure: internet, profiles: [gbt-22239-2019-l3]}}
assets:
{assets}
"#
    );
    Inventory::read(&Source::new("inventory.yaml", text)).unwrap_or_else(|e| panic!("{e}"))
}

fn inputs(planned: Vec<(AssetId, crate::model::AssetKind)>) -> ManifestInputs {
    ManifestInputs {
        inventory: Vec::new(),
        catalogue: CatalogueRef { digest: Digest::of(b""), origin: CatalogueOrigin::Installed },
        catalogue_files: None,
        engine: "test".to_owned(),
        as_of: "2026-11-21T00:00:00Z".to_owned(),
        language: Lang::Zh,
        operator: None,
        inputs: std::collections::BTreeMap::new(),
        planned,
    }
}

fn sample() -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/tianfu/packages/tianfu-dept.apk")).unwrap()
}

#[test]
fn files_are_kept_whole_and_what_nobody_may_look_at_says_so() {
    let run = Run::new();
    run.file("app.apk", &sample());
    run.file("scan.xml", b"<nmaprun/>");
    let digest = Digest::of(&sample());
    let done = run.collect(&format!(
        r#"  - {{id: app, kind: app.package, serves: [site], path: app.apk, sha256: "{digest}"}}
  - {{id: scan, kind: network.nmap, serves: [site], path: scan.xml, vantage: internal}}
  - {{id: fw, kind: network.device, serves: [site], unknown: 上级平台管理}}
  - {{id: rules, kind: org, serves: [site]}}"#
    ));
    assert!(done.summary.is_complete(), "{:?}", done.summary);
    assert_eq!(done.part("app").bytes("app.package").unwrap(), sample());
    assert_eq!(done.part("scan").bytes("nmap.xml").unwrap(), b"<nmaprun/>");
    assert_eq!(done.note("fw", ACCESS), "declared_unknown: 上级平台管理");
    assert!(done.note("rules", ACCESS).starts_with("manual"));
}

#[test]
fn a_file_that_is_missing_another_or_none_is_named_and_the_others_are_collected() {
    let run = Run::new();
    run.file("other.apk", b"another");
    run.file("good.xml", b"<nmaprun/>");
    fs::create_dir(run.path("folder.apk")).unwrap();
    let digest = Digest::of(b"the one that was meant");
    let done = run.collect(&format!(
        r#"  - {{id: missing, kind: app.package, serves: [site], path: missing.apk}}
  - {{id: other, kind: app.package, serves: [site], path: other.apk, sha256: "{digest}"}}
  - {{id: folder, kind: app.package, serves: [site], path: folder.apk}}
  - {{id: good, kind: network.nmap, serves: [site], path: good.xml, vantage: internal}}"#
    ));
    let status = |asset: &str| done.part(asset).record("app.package").unwrap().status;
    assert_eq!(status("missing"), ItemStatus::Absent);
    assert_eq!(status("other"), ItemStatus::Error);
    assert_eq!(status("folder"), ItemStatus::Error);
    let (code, words) = done.problem("missing").unwrap();
    assert!(code == "unreadable" && words.contains("missing.apk"), "{words}");
    let (code, words) = done.problem("other").unwrap();
    assert!(code == "other_digest" && words.contains("the inventory says sha256:"), "{words}");
    assert!(!done.summary.is_complete());
    assert_eq!(done.part("missing").state(), PartState::Incomplete);
    assert_eq!(done.part("good").state(), PartState::Complete);
}

#[test]
fn a_package_too_large_to_keep_is_recorded_by_digest_and_a_decoder_that_fails_is_said() {
    let run = Run::new();
    let file = fs::File::create(run.path("huge.apk")).unwrap();
    file.set_len(65 << 20).unwrap();
    let done = run.collect("  - {id: huge, kind: app.package, serves: [site], path: huge.apk}");
    let part = done.part("huge");
    let record = part.record("app.package").unwrap();
    assert!(record.external && record.size == 65 << 20 && record.object.is_some());
    assert_eq!(part.record("app.decoded").unwrap().status, ItemStatus::Error);
}

#[test]
fn kinds_and_ways_that_are_not_supported_are_never_skipped_in_silence() {
    let key = "a".repeat(43);
    let done = Run::new().collect(&format!(
        r#"  - {{id: far, kind: host.linux, serves: [site], via: ssh, address: 10.0.0.11, user: a, host_key: "SHA256:{key}", auth: {{agent: true}}}}
  - {{id: shop, kind: web.site, serves: [site], address: "https://127.0.0.1:1/"}}"#
    ));
    assert_eq!(done.note("far", ACCESS), "unsupported: host.linux via ssh");
    assert_eq!(done.note("shop", ACCESS), "unsupported: web.site via endpoint");
    assert!(!done.summary.is_complete());
}

#[test]
fn contact_beyond_loopback_needs_an_authorisation_and_loopback_does_not() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let done = Run::new().collect(&format!(
        r#"  - {{id: far, kind: tls.endpoint, serves: [site], address: "192.0.2.1:443"}}
  - {{id: near, kind: tls.endpoint, serves: [site], address: "127.0.0.1:{nobody}"}}
  - {{id: nowhere, kind: tls.endpoint, serves: [site], address: "no-such-host.invalid:443"}}"#
    ));
    assert!(done.note("far", ACCESS).starts_with("unauthorised: "));
    assert_eq!(done.part("far").records().len(), 1, "nothing was sent");
    assert_eq!(done.part("near").state(), PartState::Complete);
    assert!(done.part("near").record("tls.service").is_some());
    assert!(done.note("nowhere", ACCESS).starts_with("unreachable: no-such-host.invalid"));
}

#[test]
fn intrusive_probes_are_made_where_they_were_asked_for_and_allowed() {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let done = Run::new().collect(&format!(
        r#"  - {{id: asked, kind: tls.endpoint, serves: [site], address: "127.0.0.1:{nobody}", intrusive: true}}
  - {{id: not-asked, kind: tls.endpoint, serves: [site], address: "127.0.0.1:{nobody}"}}
  - {{id: far, kind: tls.endpoint, serves: [site], address: "192.0.2.1:443", intrusive: true}}"#
    ));
    assert!(done.part("asked").record("tls.intrusive").is_some());
    assert!(done.part("not-asked").record("tls.intrusive").is_none());
    assert!(done.note("far", ACCESS).starts_with("unauthorised: "));
}

#[test]
fn a_recorded_part_is_taken_over_and_one_that_is_not_there_is_said() {
    let first = Run::new();
    first.file("scan.xml", b"<nmaprun/>");
    let first = first.collect("  - {id: scan, kind: network.nmap, serves: [site], path: scan.xml, vantage: internal}");
    let path = first._folder.path().join("out");
    let done = Run::new().collect(&format!(
        "  - {{id: scan, kind: network.nmap, serves: [site], via: recorded, path: {}, vantage: internal}}
  - {{id: gone, kind: network.nmap, serves: [site], via: recorded, path: no-such-bundle, vantage: internal}}",
        path.display()
    ));
    assert_eq!(done.part("scan").bytes("nmap.xml").unwrap(), b"<nmaprun/>");
    assert_eq!(done.part("scan").state(), PartState::Complete);
    assert!(done.note("gone", ACCESS).starts_with("unreachable: no-such-bundle"));
    assert_eq!(done.problem("gone").unwrap().0, "evidence");
}

#[test]
fn this_machine_is_read_with_every_item_and_within_its_time() {
    let done = Run::new().collect("  - {id: here, kind: host.linux, serves: [site], via: local}");
    let part = done.part("here");
    assert_eq!(part.records().len(), crate::collect::linux::jobs().len());
    assert!(part.records().iter().filter(|r| r.status == ItemStatus::Ok).count() > 20);
}

#[test]
fn a_stop_leaves_what_was_done_and_says_that_it_is_not_all() {
    let run = Run::new();
    run.stop.set();
    let done = run.collect("  - {id: here, kind: host.linux, serves: [site], via: local}");
    assert!(done.summary.stopped && !done.summary.is_complete());
    assert_eq!(done.summary.assets[0].state, None);
}
