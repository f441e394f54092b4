//! Packs the catalogue (checks, profiles, templates) into one compressed object that the binary carries.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a build script reads files and talks to cargo"
)]

use std::{collections::BTreeMap, env, fs, path::Path};

fn main() {
    let mut files = BTreeMap::new();
    for folder in ["checks", "profiles", "templates"] {
        println!("cargo::rerun-if-changed={folder}");
        walk(Path::new(folder), &mut files);
    }
    let mut packed = Vec::new();
    for (path, text) in &files {
        for part in [path.as_bytes(), text.as_slice()] {
            packed.extend_from_slice(&u32::try_from(part.len()).expect("a catalogue file is small").to_le_bytes());
            packed.extend_from_slice(part);
        }
    }
    let packed = zstd::encode_all(packed.as_slice(), 19).expect("compression into memory does not fail");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("catalogue.zst"), packed).expect("OUT_DIR is writable");
}

fn walk(folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            walk(&path, files);
        } else {
            let name = path.to_str().expect("catalogue paths are UTF-8").replace('\\', "/");
            files.insert(name, fs::read(&path).expect("a listed file can be read"));
        }
    }
}
