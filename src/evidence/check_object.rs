//! Reads every object of a bundle and names the chunk that is wrong.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Digest;

use super::{
    Defect, EvidenceError, Place, Problem, layout,
    object::{CHUNK, Hashed, read_list},
    store::{Listing, Store},
};

/// Largest chunk list: that of an object of 250 GB.
const MAX_LIST: u64 = 256 * 1024 * 1024;
/// Most chunks of one object that are named.
const MAX_NAMED: usize = 20;

/// An object that something in the bundle names.
pub(super) struct Need {
    pub size: u64,
    /// Who names it.
    pub place: Place,
}

/// What was read.
pub(super) struct Objects {
    pub count: u64,
    pub bytes: u64,
}

/// Checks the objects that are needed and those that are just there.
pub(super) fn all(
    store: &Store,
    listing: &Listing,
    needs: &BTreeMap<Digest, Need>,
    problems: &mut Vec<Problem>,
) -> Result<Objects, EvidenceError> {
    let there = listing.files.iter().filter_map(|file| layout::object_of(file)).filter(|(_, list)| !list);
    let digests: BTreeSet<Digest> = there.map(|(digest, _)| digest).chain(needs.keys().copied()).collect();
    let mut objects = Objects { count: 0, bytes: 0 };
    for digest in digests {
        objects.count += 1;
        objects.bytes += one(store, digest, needs.get(&digest), problems)?;
    }
    Ok(objects)
}

fn one(store: &Store, digest: Digest, need: Option<&Need>, problems: &mut Vec<Problem>) -> Result<u64, EvidenceError> {
    let file = layout::object(&digest);
    let list_file = layout::chunks(&digest);
    let place = need.map(|need| need.place.clone()).unwrap_or_default();
    let mut blame = |file: &str, chunk: Option<u64>, what: Defect| {
        let place = Place { file: file.to_owned(), object: Some(digest), chunk, ..place.clone() };
        problems.push(Problem { place, what });
    };
    let Some(mut reader) = store.open(&file)? else {
        blame(&file, None, Defect::Missing);
        return Ok(0);
    };
    let found = Hashed::of_reader(&mut reader).map_err(EvidenceError::io("read", store.path().join(&file)))?;
    let list = store.read(&list_file, MAX_LIST)?;
    if found.digest == digest {
        if let Some(need) = need.filter(|need| need.size != found.size) {
            blame(&file, None, Defect::Size { found: found.size, recorded: need.size });
        }
        if list != found.list() {
            let what = if list.is_none() { Defect::Missing } else { Defect::ChunkListDiffers };
            blame(&list_file, None, what);
        }
        return Ok(found.size);
    }
    match list.and_then(|bytes| read_list(&digest, &bytes)) {
        Some(sealed) => name_chunks(&sealed, &found.chunks, |chunk, what| blame(&file, Some(chunk), what)),
        None => {
            let only = need.is_none_or(|need| need.size <= CHUNK as u64).then_some(0);
            blame(&file, only, Defect::ContentDiffers);
        }
    }
    Ok(found.size)
}

fn name_chunks(sealed: &[Digest], found: &[Digest], mut blame: impl FnMut(u64, Defect)) {
    let most = sealed.len().max(found.len());
    let wrong: Vec<_> = (0..most).filter(|i| sealed.get(*i) != found.get(*i)).collect();
    for i in wrong.iter().take(MAX_NAMED) {
        let what = match (sealed.get(*i), found.get(*i)) {
            (Some(_), None) => Defect::ChunkMissing,
            (None, Some(_)) => Defect::ChunkExtra,
            _ => Defect::ChunkChanged { from: (i * CHUNK) as u64, to: ((i + 1) * CHUNK - 1) as u64 },
        };
        blame(*i as u64, what);
    }
    if wrong.len() > MAX_NAMED {
        blame(wrong[MAX_NAMED] as u64, Defect::AndMoreChunks { more: (wrong.len() - MAX_NAMED - 1) as u64 });
    }
}
