//! What somebody with this program's own library could seal: bundles that are intact and not true.

use std::path::Path;

use jixian::{
    assess,
    evidence::{
        Bundle, BundleWriter, CatalogueOrigin, CatalogueRef, Content, ManifestInputs, NewRecord, Origin, PartState,
    },
    facts::FactDocument,
    model::{AssetKind, CatalogueFiles, Digest, ItemStatus, Lang},
};
use serde_json::Value;

/// A copy of a bundle whose results somebody changed before they were sealed.
pub fn results(from: &Path, to: &Path, change: impl Fn(&mut Value)) {
    let bundle = Bundle::open(from).unwrap();
    let writer = bundle.derive(to, bundle.inputs().unwrap()).unwrap();
    for name in bundle.manifest().results.keys() {
        let mut result = serde_json::from_slice(&bundle.result(name).unwrap().unwrap()).unwrap();
        change(&mut result);
        writer.add_result(name, serde_json::to_vec_pretty(&result).unwrap()).unwrap();
    }
    writer.finish().unwrap();
}

/// A copy of a bundle whose facts of one asset are not what its artifacts give.
pub fn facts(from: &Path, to: &Path, asset: &str, change: impl Fn(&mut Value)) {
    let bundle = Bundle::open(from).unwrap();
    let writer = bundle.derive(to, bundle.inputs().unwrap()).unwrap();
    let part = bundle.part(&asset.parse().unwrap()).unwrap();
    let mut facts = part.facts(assess::decoders()).unwrap().expect("facts lie beside the part");
    change(&mut facts);
    serde_json::from_value::<FactDocument>(facts.clone()).expect("a forger keeps the form");
    writer.write_facts(&part, assess::decoders(), &facts).unwrap();
    for name in bundle.manifest().results.keys() {
        writer.add_result(name, bundle.result(name).unwrap().unwrap()).unwrap();
    }
    writer.finish().unwrap();
}

/// A sealed bundle with one app package that was collected at a moment.
pub fn package(to: &Path, started: &str, bytes: &[u8]) {
    let inputs = ManifestInputs {
        inventory: b"schema: jixian.inventory/v1\n".to_vec(),
        catalogue: CatalogueRef { digest: Digest::of(b"none"), origin: CatalogueOrigin::Installed },
        catalogue_files: None::<CatalogueFiles>,
        engine: "test".to_owned(),
        as_of: started.to_owned(),
        language: Lang::Zh,
        operator: None,
        inputs: [].into(),
        planned: vec![("app".parse().unwrap(), AssetKind::AppPackage)],
    };
    let writer = BundleWriter::create(to, inputs).unwrap();
    let mut part = writer.part(&"app".parse().unwrap(), AssetKind::AppPackage).unwrap();
    let origin = Origin::Path("app.apk".to_owned());
    let record = NewRecord::new("app.package", "app@1", origin, ItemStatus::Ok, started);
    part.record(record, Content::Bytes(bytes.to_vec())).unwrap();
    part.finish(PartState::Complete).unwrap();
    writer.finish().unwrap();
}
