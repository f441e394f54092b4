//! What `jixian init` writes: an inventory of this machine with every other possibility explained.

use crate::model::Lang;

/// A commented inventory to start from; valid as it stands, and assesses this machine.
pub fn template(lang: Lang) -> &'static str {
    lang.pick(include_str!("template.zh.yaml"), include_str!("template.en.yaml"))
}
