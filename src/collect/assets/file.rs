//! Assets that are files: kept whole where they are small, by digest and size where they are not.

use std::{
    fs::File,
    io::{self, Read, Seek},
    path::Path,
    time::Instant,
};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::{AssetProblem, Ended, Writing};
use crate::{
    collect::{ChildDecoder, read},
    evidence::{Content, NewRecord, Origin},
    formats::{
        items::{NMAP, PACKAGE, PACKAGE_DECODED},
        package,
    },
    model::{Digest, ItemStatus, Lang},
};

/// Larger scans are no scans; they are recorded by digest and size and not read.
const MAX_NMAP: u64 = 2 << 30;

/// An app package; of one that is too large to keep, what the decoder makes of it is kept instead.
pub(super) fn package(
    writer: &mut Writing<'_, '_>,
    path: &Path,
    shown: &Path,
    expected: Option<Digest>,
    decoder: &ChildDecoder,
) -> Ended {
    let source = Source::new(PACKAGE, "app@1", shown);
    let (file, size) = match source.open(writer, path, expected) {
        Ok(opened) => opened,
        Err(ended) => return ended,
    };
    if size <= package::MAX_STREAM {
        return source.keep(writer, file);
    }
    let ended = match source.refer(writer, &file) {
        Ok(()) => Ended::COMPLETE,
        Err(ended) => return ended,
    };
    let (started, begun) = (Timestamp::now(), Instant::now());
    let (status, note, content) = match decoder.decode_file("app-package", file) {
        Ok(value) => (ItemStatus::Ok, None, Content::Bytes(serde_json::to_vec(&value).unwrap_or_default())),
        Err(failure) => (ItemStatus::Error, Some(failure.to_string()), Content::Nothing),
    };
    let origin = Origin::Builtin("app-package".to_owned());
    let mut record = NewRecord::new(PACKAGE_DECODED, source.collector, origin, status, started.to_string());
    record.dur_ms = millis(begun);
    record.note = note;
    writer.put(record, content);
    ended
}

/// The XML of nmap.
pub(super) fn nmap(writer: &mut Writing<'_, '_>, path: &Path, shown: &Path, expected: Option<Digest>) -> Ended {
    let source = Source::new(NMAP, "nmap@1", shown);
    match source.open(writer, path, expected) {
        Ok((file, size)) if size <= MAX_NMAP => source.keep(writer, file),
        Ok((file, size)) => match source.refer(writer, &file) {
            Ok(()) => Ended::incomplete(AssetProblem::TooLarge { path: shown.to_owned(), bytes: size }),
            Err(ended) => ended,
        },
        Err(ended) => ended,
    }
}

struct Source<'a> {
    item: &'static str,
    collector: &'static str,
    shown: &'a Path,
    started: Timestamp,
    begun: Instant,
}

impl<'a> Source<'a> {
    fn new(item: &'static str, collector: &'static str, shown: &'a Path) -> Self {
        Self { item, collector, shown, started: Timestamp::now(), begun: Instant::now() }
    }

    fn record(&self, status: ItemStatus, note: Option<String>) -> NewRecord {
        let origin = Origin::Path(self.shown.display().to_string());
        let mut record = NewRecord::new(self.item, self.collector, origin, status, self.started.to_string());
        record.dur_ms = millis(self.begun);
        record.note = note;
        record
    }

    /// Opens the file; where that fails, or where it is not the file that the inventory means, the part says so.
    fn open(&self, writer: &mut Writing<'_, '_>, path: &Path, expected: Option<Digest>) -> Result<(File, u64), Ended> {
        let opened = read::open(path).and_then(|(mut file, meta)| {
            let found = expected.map(|_| digest(&mut file)).transpose()?;
            Ok((file, meta.len(), found))
        });
        match opened {
            Ok((_, _, found)) if found != expected => {
                let (Some(found), Some(expected)) = (found, expected) else { return Err(Ended::COMPLETE) };
                let problem = AssetProblem::OtherDigest { path: self.shown.to_owned(), found, expected };
                writer.put(self.record(ItemStatus::Error, Some(problem.describe(Lang::En))), Content::Nothing);
                Err(Ended::incomplete(problem))
            }
            Ok((file, size, _)) => Ok((file, size)),
            Err(e) => Err(self.failed(writer, e)),
        }
    }

    fn failed(&self, writer: &mut Writing<'_, '_>, error: io::Error) -> Ended {
        let status = read::status_of(&error);
        let problem = AssetProblem::Unreadable { path: self.shown.to_owned(), error };
        writer.put(self.record(status, Some(problem.describe(Lang::En))), Content::Nothing);
        Ended::incomplete(problem)
    }

    fn keep(&self, writer: &mut Writing<'_, '_>, mut file: File) -> Ended {
        writer.put(self.record(ItemStatus::Ok, None), Content::Stream(&mut file));
        Ended::COMPLETE
    }

    /// Digest and size only.
    fn refer(&self, writer: &mut Writing<'_, '_>, file: &File) -> Result<(), Ended> {
        let measured = file.try_clone().and_then(|mut file| Ok((digest(&mut file)?, file.metadata()?.len())));
        match measured {
            Ok((digest, size)) => {
                writer.put(self.record(ItemStatus::Ok, None), Content::External { digest, size });
                Ok(())
            }
            Err(e) => Err(self.failed(writer, e)),
        }
    }
}

/// The digest of a whole file, read in windows; the file is at its beginning again afterwards.
fn digest(file: &mut File) -> io::Result<Digest> {
    let mut hash = Sha256::new();
    let mut window = vec![0; 256 << 10];
    loop {
        match file.read(&mut window) {
            Ok(0) => break,
            Ok(n) => hash.update(&window[..n]),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    file.rewind()?;
    Ok(Digest::from_bytes(hash.finalize().into()))
}

fn millis(begun: Instant) -> u64 {
    u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX)
}
