//! The published schema of check files is the one that the reader has. `UPDATE=1 cargo test` writes it anew.
#![expect(clippy::disallowed_methods, reason = "a test reads and writes the file that it keeps")]

use std::{env, fs, path::Path};

use jixian::{
    checks::author_schema,
    model::CatalogueFiles,
    yaml::{Source, read},
};
use serde_json::Value;

#[test]
fn the_published_schema_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema/jixian.check.v1.json");
    let mut text = serde_json::to_string_pretty(&author_schema()).expect("a schema is JSON");
    text.push('\n');
    if env::var("UPDATE").is_ok() {
        fs::create_dir_all(path.parent().expect("the path has a folder")).expect("the folder can be made");
        fs::write(&path, &text).expect("the file can be written");
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), text, "run UPDATE=1 cargo test --test checks_schema");
}

#[test]
fn every_check_fits_the_published_schema() {
    let schema = serde_json::to_value(author_schema()).expect("a schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is one");
    for (path, text) in CatalogueFiles::embedded().under("checks/") {
        let check: Value = read(&Source::new(path, text)).unwrap_or_else(|mistakes| panic!("{mistakes}"));
        let wrong: Vec<_> = validator.iter_errors(&check).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{path}: {wrong:?}");
    }
}
