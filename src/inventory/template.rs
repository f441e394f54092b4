//! What `jixian init` writes.
use crate::model::Lang;

/// A commented inventory to start from; valid as it stands.
pub fn template(_lang: Lang) -> &'static str {
    ""
}
