//! Names of classes as people write them.

use super::mutf8;

/// Characters of a name in what is printed: the format has no bound, and no compiler comes near.
const LONGEST: usize = 256;

/// `Lcom/foo/Bar$1;` is `com.foo.Bar$1`; what is no class stays as it is.
pub fn readable(descriptor: &[u8]) -> String {
    match descriptor.strip_prefix(b"L").and_then(|rest| rest.strip_suffix(b";")) {
        Some(name) => readable_name(name).replace('/', "."),
        None => readable_name(descriptor),
    }
}

/// Any other name, cut like that of a class.
pub fn readable_name(bytes: &[u8]) -> String {
    let start = bytes.get(..(LONGEST + 1) * 3).unwrap_or(bytes);
    let text = mutf8::decode(start);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.into_owned(),
    }
}
