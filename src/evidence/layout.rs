//! Names of the files of a bundle. Nothing else is read from an archive or written to one.

use crate::model::{AssetId, Digest};

use super::LayerKind;

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const SEAL: &str = "SEAL";
pub(super) const PART: &str = "part.json";
pub(super) const RECORDS: &str = "records.jsonl";
pub(super) const FACTS: &str = "facts.json";
pub(super) const LAYER: &str = "layer.json";
/// Where files are made before they get their names; not part of the bundle.
pub(super) const SCRATCH: &str = ".tmp";

pub(super) fn object(digest: &Digest) -> String {
    let hex = digest.hex();
    format!("objects/{}/{hex}", &hex[..2])
}

pub(super) fn chunks(digest: &Digest) -> String {
    format!("{}.chunks", object(digest))
}

pub(super) fn part(asset: &AssetId, file: &str) -> String {
    format!("parts/{asset}/{file}")
}

pub(super) fn layer(n: u64, kind: LayerKind, file: &str) -> String {
    format!("layers/{n}-{kind}/{file}")
}

pub(super) fn signature(key: &str) -> String {
    format!("signatures/{key}.sig")
}

/// Whether `path` is the name of a file that a bundle may have.
pub(super) fn is_bundle_file(path: &str) -> bool {
    let pieces: Vec<_> = path.split('/').collect();
    match pieces[..] {
        [file] => file == MANIFEST || file == SEAL,
        ["parts", asset, file] => asset.parse::<AssetId>().is_ok() && [PART, RECORDS, SEAL, FACTS].contains(&file),
        ["objects", fan, file] => is_object(fan, file.strip_suffix(".chunks").unwrap_or(file)),
        ["layers", folder, file] => is_layer(folder) && (file == LAYER || file == SEAL),
        ["signatures", file] => file.strip_suffix(".sig").is_some_and(|key| key.len() == 16 && is_hex(key)),
        _ => false,
    }
}

/// The digest that a path under `objects/` names, and whether it is that object's chunk list.
pub(super) fn object_of(path: &str) -> Option<(Digest, bool)> {
    let name = path.strip_prefix("objects/")?.split_once('/')?.1;
    let (hex, list) = name.strip_suffix(".chunks").map_or((name, false), |hex| (hex, true));
    Some((hex.parse().ok()?, list))
}

fn is_object(fan: &str, hex: &str) -> bool {
    hex.len() == 64 && is_hex(hex) && &hex[..2] == fan
}

fn is_layer(folder: &str) -> bool {
    folder.split_once('-').is_some_and(|(n, kind)| {
        n.parse::<u64>().is_ok_and(|number| number.to_string() == n) && kind.parse::<LayerKind>().is_ok()
    })
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::is_bundle_file;

    #[test]
    fn only_the_names_of_a_bundle_are_names_of_a_bundle() {
        let hex = "ab".repeat(32);
        for good in ["manifest.json", "SEAL", "parts/web-01/records.jsonl", "layers/1-answers/SEAL"] {
            assert!(is_bundle_file(good), "{good}");
        }
        assert!(is_bundle_file(&format!("objects/ab/{hex}")));
        assert!(is_bundle_file(&format!("objects/ab/{hex}.chunks")));
        let long = format!("objects/cd/{hex}");
        for bad in [
            "",
            "/manifest.json",
            "../SEAL",
            "parts/../SEAL",
            "parts/web-01/../../SEAL",
            "parts/web-01/SEAL/",
            "./SEAL",
            "layers/01-answers/SEAL",
            "layers/1-else/SEAL",
            "objects/ab/../ab",
            "signatures/..sig",
            long.as_str(),
        ] {
            assert!(!is_bundle_file(bad), "{bad}");
        }
    }
}
