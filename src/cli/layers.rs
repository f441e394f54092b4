//! Judgement layers from the files that people name, and from bundles.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::assess::Judgements;
use crate::evidence::{Bundle, LayerKind, NewLayer};
use crate::inventory::JudgementFiles;
use crate::model::Digest;
use crate::profiles::EvidenceFile;
use crate::profiles::adjudications::Adjudications;
use crate::profiles::answers::{Answers, carry_over};
use crate::yaml::{Date, Source};

use super::args;
use super::context::{self, Context};

/// Judgements and the layers that carry them.
#[derive(Debug, Default)]
pub struct Layers {
    pub judgements: Judgements,
    /// Not sealed yet.
    pub new: Vec<NewLayer>,
    /// Digests of all judgement files by name, for the record.
    pub digests: BTreeMap<String, Digest>,
}

impl Layers {
    /// Reads what a bundle carries.
    pub fn of_bundle(bundle: &Bundle) -> anyhow::Result<Self> {
        let mut layers = Self::default();
        for layer in bundle.layers()? {
            let name = main_file(layer.kind);
            if let Some(file) = layer.files.iter().find(|file| file.name == name) {
                let bytes = bundle.layer_file(file)?;
                layers.take(layer.kind, &Source::from_bytes(format!("layers/{}-{name}", layer.n), &bytes)?, &bytes)?;
            }
        }
        Ok(layers)
    }

    /// Adds the files that the command line names.
    pub fn add(&mut self, context: &Context, request: &args::Judgements, today: Date) -> anyhow::Result<()> {
        self.add_files(context, &request.answers, &request.adjudications, &request.waivers)?;
        for path in &request.carry_over {
            let carried = carry_over(&Answers::read(&context::source(path)?)?, today);
            let source = Source::new(path.display().to_string(), carried.to_yaml()?);
            self.lay(context, LayerKind::Answers, &source, path, &[])?;
        }
        Ok(())
    }

    /// Adds the files that an inventory names, relative to its folder.
    pub fn add_declared(&mut self, context: &Context, files: &JudgementFiles, folder: &Path) -> anyhow::Result<()> {
        let at = |paths: &[PathBuf]| paths.iter().map(|path| folder.join(path)).collect::<Vec<_>>();
        self.add_files(context, &at(&files.answers), &at(&files.adjudications), &at(&files.waivers))
    }

    fn add_files(
        &mut self,
        context: &Context,
        answers: &[PathBuf],
        adjudications: &[PathBuf],
        waivers: &[PathBuf],
    ) -> anyhow::Result<()> {
        for path in answers {
            let source = context::source(path)?;
            let files = Answers::read(&source)?.evidence_files().into_iter().cloned().collect::<Vec<_>>();
            self.lay(context, LayerKind::Answers, &source, path, &files)?;
        }
        for path in adjudications {
            let source = context::source(path)?;
            let files = Adjudications::read(&source)?.evidence_files().into_iter().cloned().collect::<Vec<_>>();
            self.lay(context, LayerKind::Adjudications, &source, path, &files)?;
        }
        for path in waivers {
            self.lay(context, LayerKind::Waivers, &context::source(path)?, path, &[])?;
        }
        Ok(())
    }

    fn lay(
        &mut self,
        context: &Context,
        kind: LayerKind,
        source: &Source,
        path: &Path,
        evidence: &[EvidenceFile],
    ) -> anyhow::Result<()> {
        let bytes = source.text.as_bytes().to_vec();
        self.take(kind, source, &bytes)?;
        let mut files = vec![(main_file(kind).to_owned(), bytes)];
        let folder = path.parent().unwrap_or_else(|| Path::new("."));
        for file in evidence {
            files.push((format!("files/{}", file.sha256.hex()), attached(context, folder, file)?));
        }
        self.new.push(NewLayer { kind, files });
        Ok(())
    }

    fn take(&mut self, kind: LayerKind, source: &Source, bytes: &[u8]) -> anyhow::Result<()> {
        self.judgements.add(kind, source)?;
        self.digests.insert(format!("{}-{}", kind.as_str(), self.digests.len() + 1), Digest::of(bytes));
        Ok(())
    }
}

/// The file of a layer that holds the judgements.
fn main_file(kind: LayerKind) -> &'static str {
    match kind {
        LayerKind::Adjudications => "adjudications.yaml",
        LayerKind::Answers => "answers.yaml",
        LayerKind::Import => "import.yaml",
        LayerKind::Retest => "retest.yaml",
        LayerKind::Waivers => "waivers.yaml",
    }
}

/// A file that a judgement rests on: it must be the one that was named.
fn attached(context: &Context, folder: &Path, file: &EvidenceFile) -> anyhow::Result<Vec<u8>> {
    let path = folder.join(&file.path);
    let bytes = context::bytes(&path)
        .with_context(|| context.t("答复所引用的证据", "evidence that a judgement names").to_owned())?;
    let found = Digest::of(&bytes);
    anyhow::ensure!(
        found == file.sha256,
        "{}: {} {found}, {} {}",
        path.display(),
        context.t("摘要为", "its digest is"),
        context.t("应为", "and should be"),
        file.sha256
    );
    Ok(bytes)
}
