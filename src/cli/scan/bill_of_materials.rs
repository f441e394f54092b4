//! `--format cyclonedx`: what a package is made of.

use crate::cli::context::{self, Context};
use crate::cli::output;
use crate::facts::app::App;
use crate::formats::sdks::{Sdk, SdkKind};
use crate::model::{Fact, Reason, Tri};
use crate::report::cyclonedx::{AppPackage, Certificate, Contents, Library, Part, cyclonedx};

use super::Scanned;

/// Prints the bill, or says why there is none.
pub fn print(context: &Context, scanned: &Scanned) -> anyhow::Result<()> {
    match App::of(&scanned.facts.facts) {
        Fact::Known(app) => {
            let kind = match &app.kind {
                Fact::Known(kind) => kind.as_str().to_owned(),
                Fact::Unread(why) => anyhow::bail!("{}", Reason::from(why).describe(context.lang)),
            };
            output::json(&cyclonedx(&contents(&app, kind)))
        }
        Fact::Unread(why) => anyhow::bail!("{}", Reason::from(&why).describe(context.lang)),
    }
}

fn contents(app: &App, kind: String) -> Contents {
    let text = |fact: &Fact<String>| fact.known().cloned().unwrap_or_default();
    Contents {
        app: AppPackage {
            name: text(&app.package),
            version: text(&app.version_name),
            kind,
            sha256: app.file.sha256.known().copied(),
            sm3: text(&app.file.sm3),
        },
        parts: app.sdks.known().into_iter().flatten().map(part).collect(),
        libraries: app
            .native_libs
            .known()
            .into_iter()
            .flatten()
            .filter_map(Fact::known)
            .map(|library| Library {
                path: library.path.clone(),
                version: library.version.clone(),
                sha256: None,
                embedded: library.embedded.iter().map(|one| (one.name.clone(), one.version.clone())).collect(),
            })
            .collect(),
        certificates: app
            .signers
            .known()
            .into_iter()
            .flatten()
            .map(|signer| Certificate {
                subject: signer.subject.clone(),
                issuer: signer.issuer.clone(),
                not_before: signer.not_before.clone(),
                not_after: signer.not_after.clone(),
                sha256: Some(signer.sha256),
            })
            .collect(),
        as_of: context::now().to_string(),
    }
}

fn part(sdk: &Sdk) -> Part {
    Part {
        name: sdk.name.clone(),
        vendor: sdk.vendor.clone(),
        version: sdk.version.clone(),
        kind: word(sdk.kind),
        source: sdk.source.clone(),
        tracker: sdk.tracker == Tri::Yes,
        purl: sdk.purl.clone(),
    }
}

fn word(kind: SdkKind) -> String {
    serde_json::to_value(kind).ok().as_ref().and_then(|kind| kind.as_str()).unwrap_or_default().to_owned()
}
