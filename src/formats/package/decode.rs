//! From the bytes of a package to its document: what it is, what it declares, who signed it, what is in it.

use sm3::{Digest as _, Sm3};

use super::{
    Kind, NotAPackage, Package,
    document::{Coverage, Document, unread},
    recognise,
    walk::{Walked, walk},
};
use crate::{
    formats::{
        apk::{self, Manifest},
        hap,
        zip::{Archive, ReadAt, ZipError},
    },
    model::{DecodeFailure, Fact, UnreadStatus},
};

/// Larger manifests and resource tables are no app's.
const MAX_PART: u64 = 48 << 20;
const WINDOW: usize = 1 << 20;

/// Reads a package of any kind.
///
/// # Errors
/// Where the file is no app package, or cannot be read.
pub fn decode(source: &dyn ReadAt) -> Result<Document, DecodeFailure> {
    let Package { kind, archive } = recognise(source).map_err(|why| not_a_package(&why))?;
    // The digest of the file costs as much as a core gives: it is taken beside everything else.
    let (sm3, document) = rayon::join(
        || sm3(source),
        || match archive {
            Some(archive) => Ok(of_archive(kind, &archive)),
            None => Err(malformed("a HarmonyOS library as a compressed tar: only its kind is known")),
        },
    );
    Ok(Document { sm3: sm3?, ..document? })
}

fn of_archive(kind: Kind, archive: &Archive<'_>) -> Document {
    let walked = walk(archive, &|_| Vec::new());
    let Walked { code, strings, anomalies: found, scanned, skipped, skipped_count, tie, .. } = walked;
    let mut anomalies = archive.anomalies().to_vec();
    anomalies.extend(found);
    anomalies.sort();
    let kept = anomalies.len().min(crate::formats::zip::MAX_ANOMALIES);
    let left_out = archive.anomalies_left_out().saturating_add((anomalies.len() - kept) as u64);
    anomalies.truncate(kept);
    Document {
        kind,
        sm3: String::new(),
        entries: number(archive.entries().len() as u64),
        uncompressed: number(archive.entries().iter().fold(0, |sum, entry| sum.saturating_add(entry.uncompressed))),
        anomalies,
        anomalies_left_out: number(left_out),
        manifest: android_manifest(kind, archive),
        harmony: matches!(kind, Kind::Hap | Kind::Hsp | Kind::App | Kind::Har).then(|| hap::read(archive, hap::MAX_MEMBER)),
        code,
        strings: strings.finish(),
        coverage: Coverage { entries_scanned: scanned, skipped, skipped_count },
        tie,
    }
}

fn android_manifest(kind: Kind, archive: &Archive<'_>) -> Option<Fact<Manifest>> {
    match kind {
        Kind::Apk => Some(apk_manifest(archive)),
        _ => None,
    }
}

fn apk_manifest(archive: &Archive<'_>) -> Fact<Manifest> {
    let name = "AndroidManifest.xml";
    let axml = match part(archive, name) {
        Some(Ok(bytes)) => bytes,
        Some(Err(failure)) => return unread(name, &failure),
        None => return Fact::unread(UnreadStatus::Error, name),
    };
    let arsc = part(archive, "resources.arsc").and_then(Result::ok);
    let read = apk::manifest_of(&axml, arsc.as_deref(), &mut |path| part(archive, path)?.ok());
    read.map_or_else(|failure| unread(name, &failure), Fact::Known)
}

/// One entry, if it is within bounds.
fn part(archive: &Archive<'_>, name: &str) -> Option<Result<Vec<u8>, DecodeFailure>> {
    let entry = archive.find(name)?;
    Some(archive.read(entry, MAX_PART).map_err(|error| match error {
        ZipError::TooLarge { .. } => DecodeFailure::Budget { what: error.to_string() },
        other => malformed(&other.to_string()),
    }))
}

fn sm3(source: &dyn ReadAt) -> Result<String, DecodeFailure> {
    let mut hash = Sm3::new();
    let mut window = vec![0; WINDOW];
    let mut at = 0;
    while at < source.len() {
        match source.read_at(at, &mut window) {
            Ok(0) => break,
            Ok(count) => {
                hash.update(window.get(..count).unwrap_or_default());
                at = at.saturating_add(count as u64);
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(malformed(&error.to_string())),
        }
    }
    Ok(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

fn not_a_package(why: &NotAPackage) -> DecodeFailure {
    malformed(&why.to_string())
}

fn malformed(what: &str) -> DecodeFailure {
    DecodeFailure::Malformed { offset: 0, what: what.to_owned() }
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
