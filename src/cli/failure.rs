//! Errors as people read them: in their language, with the place and what helps. Exit code 2.

use crate::evidence::EvidenceError;
use crate::model::Lang;
use crate::yaml::Mistakes;

use super::output;

/// Prints an error. Mistakes in files come with their line; everything else as its chain of causes.
pub fn report(error: &anyhow::Error, lang: Lang) {
    if let Some(mistakes) = error.downcast_ref::<Mistakes>() {
        output::styled_note(&mistakes.render(lang, output::is_terminal()));
        return;
    }
    let word = lang.pick("错误", "error");
    let chain: Vec<_> = error.chain().map(|cause| translated(&cause.to_string(), lang)).collect();
    output::note(&format!("{word}: {}", chain.join(": ")));
    if let Some(help) = error.downcast_ref::<EvidenceError>().and_then(|error| help(error, lang)) {
        output::note(&format!("  {}: {help}", lang.pick("建议", "help")));
    }
}

/// The operating system says it in English only; the common ones are said in Chinese too.
fn translated(text: &str, lang: Lang) -> String {
    if lang == Lang::En {
        return text.to_owned();
    }
    let words = [
        ("No such file or directory", "文件或目录不存在"),
        ("Permission denied", "没有权限"),
        ("File exists", "文件已存在"),
        ("No space left on device", "磁盘已满"),
        ("Is a directory", "这是一个目录"),
    ];
    words.iter().find(|(en, _)| text.starts_with(en)).map_or_else(|| text.to_owned(), |(_, zh)| (*zh).to_owned())
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
