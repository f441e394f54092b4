//! Errors as people read them: in their language, with the place and what helps. Exit code 2.

use crate::evidence::EvidenceError;
use crate::model::{Lang, system_words};
use crate::yaml::Mistakes;

use super::output;

/// Prints an error. Mistakes in files come with their line; everything else as its chain of causes.
pub fn report(error: &anyhow::Error, lang: Lang) {
    if let Some(mistakes) = error.downcast_ref::<Mistakes>() {
        output::styled_note(&mistakes.render(lang, output::is_terminal()));
        return;
    }
    output::note(&format!("{}: {}", lang.pick("错误", "error"), causes(error, lang).join(": ")));
    if let Some(help) = error.downcast_ref::<EvidenceError>().and_then(|error| help(error, lang)) {
        output::note(&format!("  {}: {help}", lang.pick("建议", "help")));
    }
}

/// The chain of causes; one that already stands in the words before it is not said again.
fn causes(error: &anyhow::Error, lang: Lang) -> Vec<String> {
    let mut causes: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = match cause.downcast_ref::<EvidenceError>() {
            Some(error) => error.describe(lang),
            None => system_words(&cause.to_string(), lang),
        };
        if !causes.last().is_some_and(|before| before.ends_with(&text)) {
            causes.push(text);
        }
    }
    causes
}

fn help(error: &EvidenceError, lang: Lang) -> Option<String> {
    let text = match error {
        EvidenceError::Exists { .. } => lang.pick(
            "换一个 --out，或先移走已有的结果；已有结果从不覆盖",
            "choose another --out or move the run away first; a run is never overwritten",
        ),
        EvidenceError::DiskFull { .. } => lang.pick(
            "腾出空间后重新运行；已写入的证据可用 `jixian verify` 查看",
            "free some space and run again; `jixian verify` shows what was written",
        ),
        EvidenceError::NotABundle { .. } => lang.pick(
            "给出 assess 或 collect 写出的 bundle 目录，或 .jxb 文件",
            "name the bundle folder that assess or collect wrote, or a .jxb file",
        ),
        EvidenceError::Damaged { .. } => {
            lang.pick("用 `jixian verify` 查看每一处问题", "`jixian verify` names every problem")
        }
        _ => return None,
    };
    Some(text.to_owned())
}
