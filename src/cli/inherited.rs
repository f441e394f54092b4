//! Results of platforms that lie in other bundles: read once, before anything is collected, and sealed with the run.

use std::path::Path;

use crate::assess::Assessment;
use crate::evidence::{Bundle, VerifyOptions, verify};
use crate::inventory::{InheritedBy, Inventory};
use crate::profiles::InheritedSource;

use super::context::Context;

/// Reads the bundles that the inventory inherits from, relative to its folder; each must be intact and have the root that was named.
pub fn read(context: &Context, inventory: &Inventory, folder: &Path) -> anyhow::Result<Vec<InheritedSource>> {
    let mut sources = Vec::new();
    for inherit in &inventory.inherits {
        let InheritedBy::Bundle { path, root } = &inherit.by else { continue };
        let path = folder.join(path);
        let report = verify(&path, &VerifyOptions::default())?;
        anyhow::ensure!(
            report.is_sound() && report.root == Some(*root),
            "{}: {}",
            path.display(),
            context.t(
                "平台的证据包已损坏，或根摘要与清单不符",
                "the platform's bundle is damaged or has another root than the inventory names"
            )
        );
        let bundle = Bundle::open(&path)?;
        let mut results = Vec::new();
        for name in bundle.manifest().results.keys() {
            let Some(bytes) = bundle.result(name)? else { continue };
            let assessment: Assessment = serde_json::from_slice(&bytes)?;
            if assessment.system.id == inherit.from {
                results.extend(assessment.profiles.into_iter().map(|profile| profile.result));
            }
        }
        sources.push(InheritedSource::of_results(inherit.from.clone(), root.to_string(), &results));
    }
    Ok(sources)
}
