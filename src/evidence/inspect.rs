//! Checks one part file by file and collects everything that is wrong with it.

use crate::model::{AssetId, Digest};

use super::{
    Defect, EvidenceError, PartEntry, PartState, Place, Problem,
    canonical::from_canonical,
    layout,
    log::{self, Log},
    seal::{PartHeader, PartSeal},
    store::Store,
};

/// Largest `part.json`, `SEAL` or signature, in bytes.
pub(super) const MAX_SMALL: u64 = 64 * 1024;

/// A part as it was found.
pub(super) struct Inspection {
    pub header: Option<PartHeader>,
    pub seal: Option<PartSeal>,
    pub log: Log,
    pub problems: Vec<Problem>,
}

impl Inspection {
    /// The seal that the part has, or would have had: an unsealed part is incomplete.
    pub fn effective_seal(&self) -> Option<PartSeal> {
        let header = self.header.as_ref()?;
        Some(self.seal.clone().unwrap_or_else(|| {
            let head = self.log.head.unwrap_or_else(|| header.genesis());
            PartSeal::new(header, head, self.log.lines, PartState::Incomplete)
        }))
    }
}

/// Reads `parts/<asset>/`. In a sealed bundle `entry` is what its manifest says of the part.
pub(super) fn part(store: &Store, asset: &AssetId, entry: Option<&PartEntry>) -> Result<Inspection, EvidenceError> {
    let mut problems = Vec::new();
    let seal = sound_seal(store, asset, entry, &mut problems)?;
    let header = sound_header(store, asset, seal.as_ref(), &mut problems)?;
    let genesis = header.as_ref().map(PartHeader::genesis);
    let log = read_log(store, asset, genesis, seal.as_ref(), &mut problems)?;
    if let (Some(seal), Some(recorded)) = (&seal, header.as_ref().and_then(|header| header.recorded.as_ref()))
        && seal.at_origin(recorded).computed() != recorded.root
    {
        let file = layout::part(asset, layout::PART);
        problems.push(Problem::new(file, Defect::NotSealedThere).of_part(asset));
    }
    Ok(Inspection { header, seal, log, problems })
}

fn sound_seal(
    store: &Store,
    asset: &AssetId,
    entry: Option<&PartEntry>,
    problems: &mut Vec<Problem>,
) -> Result<Option<PartSeal>, EvidenceError> {
    let file = layout::part(asset, layout::SEAL);
    let mut blame = |what| problems.push(Problem::new(&file, what).of_part(asset));
    let Some(bytes) = store.read(&file, MAX_SMALL)? else {
        if entry.is_some() {
            blame(Defect::Missing);
        }
        return Ok(None);
    };
    let seal: PartSeal = match from_canonical(&bytes) {
        Ok(seal) => seal,
        Err(why) => {
            blame(Defect::Malformed { why });
            return Ok(None);
        }
    };
    if seal.root != Some(seal.computed()) || seal.asset != *asset {
        blame(Defect::SealUnsound);
        return Ok(None);
    }
    if entry.is_some_and(|entry| !says_the_same(entry, &seal)) {
        blame(Defect::SealDiffers);
    }
    Ok(Some(seal))
}

fn says_the_same(entry: &PartEntry, seal: &PartSeal) -> bool {
    Some(entry.root) == seal.root
        && entry.kind == seal.kind
        && entry.state == seal.state
        && entry.records == seal.records
}

fn sound_header(
    store: &Store,
    asset: &AssetId,
    seal: Option<&PartSeal>,
    problems: &mut Vec<Problem>,
) -> Result<Option<PartHeader>, EvidenceError> {
    let file = layout::part(asset, layout::PART);
    let found = match store.read(&file, MAX_SMALL)? {
        None => Err(Defect::Missing),
        Some(bytes) => from_canonical::<PartHeader>(&bytes).map_err(|why| Defect::Malformed { why }),
    };
    let sound = found.and_then(|header| {
        let sealed = seal.is_none_or(|seal| seal.header == header.digest() && seal.kind == header.kind);
        if sealed && header.asset == *asset { Ok(header) } else { Err(Defect::Differs) }
    });
    match sound {
        Ok(header) => Ok(Some(header)),
        Err(why) => {
            problems.push(Problem::new(file, why).of_part(asset));
            Ok(None)
        }
    }
}

fn read_log(
    store: &Store,
    asset: &AssetId,
    genesis: Option<Digest>,
    seal: Option<&PartSeal>,
    problems: &mut Vec<Problem>,
) -> Result<Log, EvidenceError> {
    let file = layout::part(asset, layout::RECORDS);
    let Some(reader) = store.open(&file)? else {
        problems.push(Problem::new(file, Defect::Missing).of_part(asset));
        return Ok(Log::default());
    };
    let mut log = log::read(reader, genesis, seal.map(|seal| seal.head))
        .map_err(EvidenceError::io("read", store.path().join(&file)))?;
    for problem in std::mem::take(&mut log.problems) {
        let place = Place { file: file.clone(), ..problem.place };
        problems.push(Problem { place, what: problem.what }.of_part(asset));
    }
    if let Some(seal) = seal {
        let what = if log.torn > 0 {
            Some(Defect::Torn { bytes: log.torn })
        } else if log.lines != seal.records {
            Some(Defect::RecordCount { found: log.lines, sealed: seal.records })
        } else if log.lines == 0 && genesis.is_some_and(|genesis| genesis != seal.head) {
            Some(Defect::Differs)
        } else {
            None
        };
        problems.extend(what.map(|what| Problem::new(&file, what).of_part(asset)));
    }
    Ok(log)
}
