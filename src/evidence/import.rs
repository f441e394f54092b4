//! Finds a part that was recorded elsewhere.

use std::{fs::File, path::Path};

use crate::model::{AssetId, AssetKind, Digest};

use super::{Bundle, EvidenceError, Part, Recorded, layout, object::Hashed, store::Store};

/// Reads the part that `path` means for `asset`, checks that it is sealed and of the right kind and digest, and says
/// where it comes from.
pub(super) fn find(
    asset: &AssetId,
    kind: AssetKind,
    path: &Path,
    sha256: Option<Digest>,
) -> Result<(Part, Recorded), EvidenceError> {
    let (bundle, name) = if path.join(layout::PART).is_file() { open_part_folder(path)? } else { choose(asset, path)? };
    let part = bundle.part(&name)?;
    if !part.is_sealed() {
        return Err(EvidenceError::Unsealed { path: path.to_owned(), asset: name });
    }
    if part.kind() != kind {
        return Err(EvidenceError::OtherKind { expected: kind, found: part.kind() });
    }
    let roots = [Some(part.root()), bundle.is_sealed().then(|| bundle.root())];
    if let Some(expected) = sha256
        && !roots.contains(&Some(expected))
        && file_digest(path)? != Some(expected)
    {
        return Err(EvidenceError::OtherDigest { path: path.to_owned(), expected });
    }
    let recorded = Recorded {
        asset: name,
        bundle: roots[1],
        root: part.root(),
        header: part.header().digest(),
        genesis: part.header().genesis(),
    };
    Ok((part, recorded))
}

/// `BUNDLE/parts/<asset>`.
fn open_part_folder(path: &Path) -> Result<(Bundle, AssetId), EvidenceError> {
    let wrong = |why: &str| EvidenceError::NotABundle { path: path.to_owned(), why: why.to_owned() };
    let full = path.canonicalize().map_err(EvidenceError::io("read", path))?;
    let name = full.file_name().and_then(|name| name.to_str()?.parse().ok());
    let name: AssetId = name.ok_or_else(|| wrong("its name is not the id of an asset"))?;
    let parts = full.parent().filter(|parts| parts.file_name().is_some_and(|name| name == "parts"));
    let bundle = parts.and_then(Path::parent).ok_or_else(|| wrong("a part lies in the folder `parts` of a bundle"))?;
    Ok((Bundle::load(Store::folder(bundle))?, name))
}

/// The part of the same name, or the only one.
fn choose(asset: &AssetId, path: &Path) -> Result<(Bundle, AssetId), EvidenceError> {
    let bundle = Bundle::open(path)?;
    let parts = bundle.parts();
    let name = match &parts[..] {
        _ if parts.contains(asset) => asset.clone(),
        [only] => only.clone(),
        _ => {
            return Err(EvidenceError::AmbiguousPart {
                path: path.to_owned(),
                asset: asset.clone(),
                found: parts.len(),
            });
        }
    };
    Ok((bundle, name))
}

fn file_digest(path: &Path) -> Result<Option<Digest>, EvidenceError> {
    if !path.is_file() {
        return Ok(None);
    }
    let mut file = File::open(path).map_err(EvidenceError::io("read", path))?;
    Hashed::of_reader(&mut file).map(|hashed| Some(hashed.digest)).map_err(EvidenceError::io("read", path))
}
