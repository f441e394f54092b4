//! Copies sealed things from one bundle into another that is being written. Everything is checked on the way.

use std::io::Read as _;

use crate::model::{AssetId, Digest};

use super::{
    Defect, EvidenceError, Layer, ObjectRef, Part, PartEntry, Problem,
    canonical::canonical,
    draft::put_layer,
    facts::MAX_FACTS,
    layout,
    manifest::LayerEntry,
    object::Hashed,
    part_writer::spool,
    seal::{PartHeader, PartSeal},
    store::Store,
    worker::Writer,
};

/// Copies a part under `header`; its records keep their bytes, and what was cut off stays away.
pub(super) fn part(writer: &Writer, part: &Part, header: &PartHeader) -> Result<PartEntry, EvidenceError> {
    for record in part.records() {
        if let (Some(digest), false) = (record.object, record.external) {
            object(writer, part.store(), ObjectRef { digest, size: record.size })?;
        }
    }
    let seal = PartSeal::new(header, part.seal().head, part.seal().records, part.state());
    let asset = header.asset.clone();
    let (header, sealed, log) = (canonical(header), canonical(&seal), whole_log(part)?);
    writer.run(move |disk| {
        disk.put(&layout::part(&asset, layout::PART), &header)?;
        disk.put(&layout::part(&asset, layout::RECORDS), &log)?;
        disk.put(&layout::part(&asset, layout::SEAL), &sealed)
    })?;
    Ok(seal.entry())
}

/// Copies `facts.json` as it is.
pub(super) fn facts(writer: &Writer, from: &Store, asset: &AssetId, expected: Digest) -> Result<(), EvidenceError> {
    let file = layout::part(asset, layout::FACTS);
    let bytes = from.read(&file, MAX_FACTS)?.unwrap_or_default();
    if Digest::of(&bytes) != expected {
        return Err(Problem::new(file, Defect::Differs).of_part(asset).into_error(from.path()));
    }
    writer.run(move |disk| disk.put(&file, &bytes))
}

/// Copies a layer with its files.
pub(super) fn layer(writer: &Writer, from: &Store, entry: &LayerEntry) -> Result<(), EvidenceError> {
    let layer = Layer::load(from, entry)?.map_err(|mut problems| problems.remove(0).into_error(from.path()))?;
    for file in &layer.files {
        object(writer, from, file.object)?;
    }
    put_layer(writer, &layer).map(drop)
}

/// Shares an object by a hard link, or copies it; its bytes are read and checked either way.
pub(super) fn object(writer: &Writer, from: &Store, wanted: ObjectRef) -> Result<(), EvidenceError> {
    let file = layout::object(&wanted.digest);
    let damaged = |what| Problem::new(&file, what).of_object(wanted.digest).into_error(from.path());
    let mut reader = from.open(&file)?.ok_or_else(|| damaged(Defect::Missing))?.take(wanted.size + 1);
    let path = from.path().join(&file);
    let wrong = |hashed: &Hashed| hashed.digest != wanted.digest || hashed.size != wanted.size;
    if let Some(source) = from.file_path(&file) {
        let hashed = Hashed::of_reader(&mut reader).map_err(EvidenceError::io("read", &path))?;
        if wrong(&hashed) {
            return Err(damaged(Defect::ContentDiffers));
        }
        let list = hashed.list();
        return writer.run(move |disk| disk.share_object(&source, &wanted.digest, list.as_deref()));
    }
    let (id, hashed) = spool(writer, &mut reader).map_err(|error| error.reading(&path))?;
    if wrong(&hashed) {
        writer.send(move |disk| disk.drop_spool(id))?;
        return Err(damaged(Defect::ContentDiffers));
    }
    let list = hashed.list();
    writer.run(move |disk| disk.keep_spool(id, &wanted.digest, list.as_deref()))
}

fn whole_log(part: &Part) -> Result<Vec<u8>, EvidenceError> {
    let file = layout::part(part.asset(), layout::RECORDS);
    let mut bytes = Vec::new();
    if let Some(reader) = part.store().open(&file)? {
        let path = part.store().path().join(file);
        reader.take(part.log_bytes()).read_to_end(&mut bytes).map_err(EvidenceError::io("read", path))?;
    }
    Ok(bytes)
}
