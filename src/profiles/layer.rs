//! What answers, adjudications and waivers have in common: persons, evidence files, statements.

use std::path::{Component, Path, PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    model::{Digest, Text},
    yaml::{Mistakes, Positions},
};

/// A file that a judgement rests on; it is hashed into the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceFile {
    /// Relative to the folder of the file that names it.
    pub path: PathBuf,
    pub sha256: Digest,
}

/// Whether two typed names mean one person: spaces and letter case tell nobody apart.
pub fn same_person(a: &str, b: &str) -> bool {
    folded(a) == folded(b)
}

fn folded(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Adds what is wrong about one file, each at its path.
pub(super) struct Rules<'a> {
    pub positions: &'a Positions,
    pub mistakes: &'a mut Mistakes,
}

impl Rules<'_> {
    pub fn wrong(&mut self, path: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.mistakes.push(self.positions.mistake(path, Text::new(zh, en), None));
    }

    pub fn wrong_with_help(&mut self, path: &str, message: Text, help: Text) {
        self.mistakes.push(self.positions.mistake(path, message, help));
    }

    /// A statement says something.
    pub fn said(&mut self, path: &str, text: &Text) {
        self.filled(path, &text.zh);
    }

    pub fn filled(&mut self, path: &str, text: &str) {
        if text.trim().is_empty() {
            self.wrong(path, "不能为空", "this cannot be empty");
        }
    }

    /// Two roles are two persons.
    pub fn two_persons(&mut self, path: &str, a: &str, b: &str) {
        if same_person(a, b) {
            let message = Text::new(format!("{a} 不能同时担任两个角色"), format!("{a} cannot be both persons"));
            let help = Text::new("应由另一人负责", "another person has to do it");
            self.wrong_with_help(path, message, help);
        }
    }

    /// Evidence stays beside the file that names it, and each file is named once.
    pub fn evidence(&mut self, path: &str, files: &[EvidenceFile]) {
        for (index, file) in files.iter().enumerate() {
            let at = format!("{path}[{index}].path");
            if !is_inside(&file.path) {
                let message = Text::new("证据文件须位于本文件所在目录之内", "evidence lies beside or below this file");
                let help = Text::new("写相对路径，不含 ..", "give a relative path without ..");
                self.wrong_with_help(&at, message, help);
            }
            if files[..index].iter().any(|before| before.path == file.path) {
                self.wrong(&at, "证据文件重复", "this file is named twice");
            }
        }
    }
}

/// Whether a path cannot lead out of the folder it starts in.
fn is_inside(path: &Path) -> bool {
    let mut parts = path.components();
    !path.as_os_str().is_empty() && parts.all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

#[cfg(test)]
mod tests {
    use super::{is_inside, same_person};

    #[test]
    fn spacing_and_case_make_no_second_person() {
        assert!(same_person("示例 评估员", "示例评估员 "));
        assert!(same_person("Li Lei", "li lei"));
        assert!(!same_person("示例评估员", "示例复核员"));
    }

    #[test]
    fn evidence_cannot_be_fetched_from_elsewhere() {
        assert!(is_inside("photos/1.jpg".as_ref()));
        assert!(!is_inside("../1.jpg".as_ref()));
        assert!(!is_inside("/etc/shadow".as_ref()));
        assert!(!is_inside("".as_ref()));
    }
}
