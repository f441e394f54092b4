//! What every command has: the language, the catalogue, the clock and the files that people name.

#![expect(clippy::disallowed_methods, reason = "cli reads the files that people name, and the clock")]

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::Timestamp;

use crate::evidence::CatalogueOrigin;
use crate::model::{CatalogueFiles, Lang};
use crate::yaml::{MAX_BYTES, Source};

use super::args::Arguments;

/// Folders that make up a catalogue.
const FOLDERS: [&str; 3] = ["checks", "profiles", "templates"];

/// What the command line says for every command.
#[derive(Debug)]
pub struct Context {
    pub lang: Lang,
    pub quiet: bool,
    catalogue: Option<PathBuf>,
}

impl Context {
    pub fn new(arguments: &Arguments) -> Self {
        Self { lang: arguments.lang, quiet: arguments.quiet, catalogue: arguments.catalogue.clone() }
    }

    pub fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.pick(zh, en)
    }

    /// What is there is never overwritten, and that is said before any work is done.
    pub fn refuse_existing(&self, path: &Path) -> anyhow::Result<()> {
        anyhow::ensure!(
            fs::symlink_metadata(path).is_err(),
            "{}: {}",
            path.display(),
            self.t(
                "已存在，不会覆盖；请换一个位置或先移走",
                "exists already and is never overwritten; choose another place or move it away"
            )
        );
        Ok(())
    }

    /// What follows an id that nobody knows.
    pub fn did_you_mean(&self, near: &str) -> String {
        match self.lang {
            Lang::Zh => format!("；是否为 {near}？"),
            Lang::En => format!("; did you mean {near}?"),
        }
    }

    /// The built-in catalogue, with the user's folder laid over it.
    pub fn catalogue(&self) -> anyhow::Result<(CatalogueFiles, CatalogueOrigin)> {
        let files = CatalogueFiles::embedded();
        match &self.catalogue {
            None => Ok((files, CatalogueOrigin::Installed)),
            Some(folder) => Ok((files.overlaid(read_catalogue(folder)?), CatalogueOrigin::Pinned)),
        }
    }
}

/// Now, to the second: the only clock of an evaluation.
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// Reads a YAML file that a person wrote. Larger ones than the reader takes are not loaded whole.
pub fn source(path: &Path) -> anyhow::Result<Source> {
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes))
        .with_context(|| path.display().to_string())?;
    Ok(Source::from_bytes(path.display().to_string(), &bytes)?)
}

/// Whether a file can be opened and is no folder.
pub fn readable(path: &Path) -> anyhow::Result<()> {
    let mut byte = [0; 1];
    fs::File::open(path).and_then(|mut file| file.read(&mut byte)).with_context(|| path.display().to_string())?;
    Ok(())
}

/// Reads a small file whole.
pub fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| path.display().to_string())
}

/// Writes a new file; an existing one is an error.
pub fn write_new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    use std::io::Write as _;
    let mut file =
        fs::OpenOptions::new().write(true).create_new(true).open(path).with_context(|| path.display().to_string())?;
    file.write_all(bytes).with_context(|| path.display().to_string())
}

/// Makes a folder and those above it.
pub fn make_folder(path: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(path).with_context(|| path.display().to_string())
}

/// Lays a folder's templates over the catalogue's.
pub fn with_templates(files: CatalogueFiles, folder: Option<&Path>) -> anyhow::Result<CatalogueFiles> {
    let Some(folder) = folder else { return Ok(files) };
    let mut over = Vec::new();
    walk(folder, "templates", &mut over)?;
    Ok(files.overlaid(CatalogueFiles::new(over)))
}

fn read_catalogue(folder: &Path) -> anyhow::Result<CatalogueFiles> {
    let mut files = Vec::new();
    for name in FOLDERS {
        let inner = folder.join(name);
        if inner.is_dir() {
            walk(&inner, name, &mut files)?;
        }
    }
    anyhow::ensure!(!files.is_empty(), "{}: no checks/, profiles/ or templates/ in it", folder.display());
    Ok(CatalogueFiles::new(files))
}

fn walk(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>) -> anyhow::Result<()> {
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let entry = entry.with_context(|| folder.display().to_string())?;
        let name = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(&entry.path(), &name, files)?;
        } else {
            let text = fs::read_to_string(entry.path()).with_context(|| entry.path().display().to_string())?;
            files.push((name, text));
        }
    }
    Ok(())
}

/// The digest of a file, read piece by piece.
pub fn digest(path: &Path) -> anyhow::Result<crate::model::Digest> {
    use sha2::Digest as _;
    let mut file = fs::File::open(path).with_context(|| path.display().to_string())?;
    let mut hasher = sha2::Sha256::new();
    std::io::copy(&mut file, &mut hasher).with_context(|| path.display().to_string())?;
    Ok(crate::model::Digest::from_bytes(hasher.finalize().into()))
}
