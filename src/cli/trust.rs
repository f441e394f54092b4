//! Whom a run trusts beside the public roots, and the logs whose timestamps it can verify. Verdicts rest on them, so that
//! both are sealed with the evidence.

use std::path::{Path, PathBuf};

use crate::evidence::Bundle;
use crate::formats::ct_logs::{self, Log};
use crate::formats::x509;

use super::context;

/// Further roots, as PEM.
const ROOTS: &str = "roots.pem";
/// Certificate transparency logs, in the public JSON form.
const CT_LOGS: &str = "ct-logs.json";

/// Roots and logs of a run.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// As DER.
    pub roots: Vec<Vec<u8>>,
    pub ct_logs: Vec<Log>,
    /// The list of logs as it was given.
    list: Vec<u8>,
}

impl Trust {
    /// Reads what the user names; paths are relative to `base`.
    pub fn read(roots: &[PathBuf], ct_logs: Option<&Path>, base: &Path) -> anyhow::Result<Self> {
        let mut trust = Self::default();
        for path in roots {
            let path = base.join(path);
            trust.roots.extend(certificates(&path, &context::bytes(&path)?)?);
        }
        if let Some(path) = ct_logs {
            let path = base.join(path);
            trust.list = context::bytes(&path)?;
            trust.ct_logs = logs(&path, &trust.list)?;
        }
        Ok(trust)
    }

    /// What a bundle carries.
    pub fn of_bundle(bundle: &Bundle) -> anyhow::Result<Self> {
        let mut trust = Self::default();
        if let Some(bytes) = bundle.input(ROOTS)? {
            trust.roots = certificates(Path::new(ROOTS), &bytes)?;
        }
        if let Some(bytes) = bundle.input(CT_LOGS)? {
            trust.ct_logs = logs(Path::new(CT_LOGS), &bytes)?;
            trust.list = bytes;
        }
        Ok(trust)
    }

    /// To be sealed, by name.
    pub fn files(&self) -> Vec<(&'static str, Vec<u8>)> {
        let roots = x509::to_pem(self.roots.iter().map(Vec::as_slice)).into_bytes();
        let all = [(ROOTS, roots), (CT_LOGS, self.list.clone())];
        all.into_iter().filter(|(_, bytes)| !bytes.is_empty()).collect()
    }
}

fn certificates(path: &Path, bytes: &[u8]) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut roots = Vec::new();
    for pem in x509_parser::pem::Pem::iter_from_buffer(bytes) {
        let pem = pem.map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))?;
        roots.push(pem.contents);
    }
    anyhow::ensure!(!roots.is_empty(), "{}: PEM", path.display());
    Ok(roots)
}

fn logs(path: &Path, bytes: &[u8]) -> anyhow::Result<Vec<Log>> {
    ct_logs::read(bytes).map_err(|error| anyhow::anyhow!("{}: {error}", path.display()))
}
