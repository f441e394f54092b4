//! From the bytes of a package to its document: what it is, what it declares, who signed it, what is in it.

use std::{
    fs::File,
    io::{self, Read as _},
};

use sm3::{Digest as _, Sm3};

use super::{
    Kind, NotAPackage, Package,
    android::{self, Android},
    document::{Coverage, Document, Member},
    recognise,
    sets::{self, Set},
    walk::{Walked, walk},
};
use crate::{
    formats::{
        apk::{
            Manifest,
            signing::{Signing, Verified},
        },
        hap,
        ios::{self, Ios},
        packers::{self, Packing},
        zip::{Anomaly, Archive, Entry, FileSource, MAX_ANOMALIES, ReadAt},
    },
    model::{DecodeFailure, Fact, Tri, UnreadStatus},
};

/// Packages that come as a stream are held whole; larger ones are read from their file.
pub const MAX_STREAM: u64 = 64 << 20;
const WINDOW: usize = 1 << 20;
/// No entry of an iOS package is followed further.
const MAX_ENTRY: u64 = 4 << 30;

/// Reads a package from a stream, whole into memory: for what is not larger than [`MAX_STREAM`].
///
/// # Errors
/// As [`decode`], and where the stream is longer.
pub fn decode_stream(input: &mut dyn io::Read) -> Result<Document, DecodeFailure> {
    let mut bytes = Vec::new();
    input.take(MAX_STREAM + 1).read_to_end(&mut bytes).map_err(|e| malformed(&e.to_string()))?;
    if bytes.len() as u64 > MAX_STREAM {
        return Err(DecodeFailure::Budget { what: format!("a package of more than {MAX_STREAM} bytes as a stream") });
    }
    decode(&bytes)
}

/// Reads a package from its file, in windows.
///
/// # Errors
/// As [`decode`].
pub fn decode_file(file: File) -> Result<Document, DecodeFailure> {
    decode(&FileSource::new(file).map_err(|e| malformed(&e.to_string()))?)
}

/// Reads a package of any kind.
///
/// # Errors
/// Where the file is no app package, or cannot be read.
pub fn decode(source: &dyn ReadAt) -> Result<Document, DecodeFailure> {
    let Package { kind, archive } = recognise(source).map_err(|why| not_a_package(&why))?;
    let archive =
        archive.ok_or_else(|| malformed("a HarmonyOS library as a compressed tar: nothing but its kind is read"))?;
    // The digest of the file costs as much as a core gives: it is taken beside everything else.
    let (sm3, document) = rayon::join(|| sm3(source), || of_archive(kind, &archive));
    Ok(Document { sm3: sm3.map_err(|e| malformed(&e.to_string()))?, ..document })
}

fn of_archive(kind: Kind, archive: &Archive<'_>) -> Document {
    let read = match kind {
        Kind::Apk | Kind::Aab => {
            let android = Android::read(kind, archive);
            let walked = walk(archive, &|index, _| android.wanted(index), &|_| true);
            let (manifest, signing) = android.finish(&walked);
            Read { manifest: Some(manifest), signing: Some(signing), walked, members: Vec::new(), names: Vec::new() }
        }
        Kind::Apks | Kind::Xapk => {
            let Set { manifest, signing, walked, members, names } = sets::read(archive);
            let beside = walk(archive, &|_, _| Vec::new(), &|entry| !sets::is_member(entry));
            let walked = walked.merged(beside);
            Read { manifest: Some(manifest), signing: Some(signing), walked, members, names }
        }
        _ => {
            let walked = walk(archive, &|_, _| Vec::new(), &|entry| !is_harmony_member(entry));
            Read { manifest: None, signing: None, walked, members: Vec::new(), names: Vec::new() }
        }
    };
    read.document(kind, archive)
}

/// Members of a store package are verified with it; their contents are not looked into twice.
fn is_harmony_member(entry: &Entry) -> bool {
    entry.name.ends_with(".hap") || entry.name.ends_with(".hsp")
}

/// What was read of a package before it is put together.
struct Read {
    manifest: Option<Fact<Manifest>>,
    signing: Option<Fact<Signing>>,
    walked: Walked,
    members: Vec<Member>,
    /// Names of entries of members.
    names: Vec<String>,
}

impl Read {
    fn document(self, kind: Kind, archive: &Archive<'_>) -> Document {
        let Self { manifest, signing, walked, mut members, names } = self;
        let mut walked = walked.finished();
        let harmony =
            matches!(kind, Kind::Hap | Kind::Hsp | Kind::App | Kind::Har).then(|| hap::read(archive, hap::MAX_MEMBER));
        let ios = (kind == Kind::Ipa).then(|| ios_of(archive));
        members.extend(harmony.iter().flat_map(harmony_members));
        let mut names: Vec<&str> = names.iter().map(String::as_str).collect();
        names.extend(archive.entries().iter().map(|entry| entry.name.as_str()));
        let unread = Fact::unread(UnreadStatus::NotTested, "not_android");
        let packing = match &manifest {
            Some(manifest) => android::packing(&names, manifest, &walked),
            // Nobody packs for the other platforms; what a store encrypts is told by its platform's facts.
            None => {
                let ios = ios.as_ref().and_then(|ios| ios.known());
                let code_assessable = match (&harmony, ios) {
                    (Some(_), _) => Tri::Yes,
                    (None, Some(ios)) => ios.code_assessable,
                    (None, None) => Tri::Unknown,
                };
                Packing { code_assessable, ..packers::detect(&packers::Seen::default()) }
            }
        };
        let sdks = android::inventory(&names, manifest.as_ref().unwrap_or(&unread), &walked);
        let (anomalies, anomalies_left_out) = anomalies(archive, &mut walked);
        let Walked { code, strings, native, scanned, skipped, skipped_count, tie, .. } = walked;
        let declared = archive.entries().iter().fold(0_u64, |sum, entry| sum.saturating_add(entry.uncompressed));
        Document {
            kind,
            sm3: String::new(),
            entries: number(archive.entries().len() as u64),
            uncompressed: number(declared),
            anomalies,
            anomalies_left_out,
            manifest,
            signing,
            harmony,
            ios,
            packing,
            sdks,
            native: native.into_values().collect(),
            members,
            code,
            strings: strings.finish(),
            coverage: Coverage { entries_scanned: scanned, skipped, skipped_count },
            tie,
        }
    }
}

fn ios_of(archive: &Archive<'_>) -> Fact<Ios> {
    match ios::scan(archive, MAX_ENTRY) {
        Ok(ios) => Fact::Known(ios),
        Err(ios::IosError::NoApp) => Fact::unread(UnreadStatus::Error, "ios: no_app"),
    }
}

/// What the directory shows, and what only the contents did.
fn anomalies(archive: &Archive<'_>, walked: &mut Walked) -> (Vec<Anomaly>, i64) {
    let mut all = archive.anomalies().to_vec();
    all.append(&mut walked.anomalies);
    all.sort();
    let cut = all.len().saturating_sub(MAX_ANOMALIES);
    all.truncate(MAX_ANOMALIES);
    (all, number(archive.anomalies_left_out().saturating_add(cut as u64)))
}

/// The haps and hsps of a `.app`.
fn harmony_members(harmony: &hap::Harmony) -> Vec<Member> {
    let member = |member: &hap::Member| Member {
        name: member.name.clone(),
        bytes: member.bytes,
        signature_verified: member.package.as_ref().map(|package| verified(package.signature_verified)),
        signers: member.package.as_ref().map(|package| package.signers.clone()),
    };
    harmony.members.iter().map(member).collect()
}

/// The word of one platform in that of another.
fn verified(verified: hap::Verified) -> Verified {
    match verified {
        hap::Verified::Yes => Verified::Yes,
        hap::Verified::No => Verified::No,
        hap::Verified::Indeterminate => Verified::Indeterminate,
    }
}

fn sm3(source: &dyn ReadAt) -> io::Result<String> {
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
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
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
