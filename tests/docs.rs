//! The generated pages of `docs/` say what the catalogue and the command line say. `UPDATE=1 cargo test --test docs` writes
//! them anew.
#![expect(clippy::disallowed_methods, reason = "a test reads and writes the pages that it keeps")]

mod docs_support;

use std::{env, fs, path::Path};

use jixian::{checks::CheckSet, model::CatalogueFiles, profiles::ProfileSet};

use docs_support::{checks_page, cli_page, profiles_page};

#[test]
fn the_page_of_checks_is_up_to_date() {
    let checks = CheckSet::load_for_use(&CatalogueFiles::embedded()).expect("the built-in checks are right");
    up_to_date("checks.md", &checks_page(&checks));
}

#[test]
fn the_page_of_profiles_is_up_to_date() {
    let files = CatalogueFiles::embedded();
    let checks = CheckSet::load_for_use(&files).expect("the built-in checks are right");
    let profiles = ProfileSet::load(&files).expect("the built-in profiles are right");
    up_to_date("profiles.md", &profiles_page(&profiles, &checks));
}

#[test]
fn the_page_of_the_command_line_is_up_to_date() {
    up_to_date("cli.md", &cli_page());
}

fn up_to_date(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    if env::var("UPDATE").is_ok() {
        fs::write(&path, text).expect("the page can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == text, "docs/{name} is behind: run UPDATE=1 cargo test --test docs");
}
