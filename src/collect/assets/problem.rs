//! Why an asset was not looked at, or why its part is not what it should be: a code with arguments, worded for the reader.

use std::{io, path::PathBuf};

use crate::{
    evidence::EvidenceError,
    inventory::Refusal,
    model::{AssetKind, Digest, Lang, system_words},
};

/// What went wrong with one asset. What is sealed of it stands in the note of a record; this is for who watches.
#[derive(Debug)]
pub enum AssetProblem {
    /// What is there may not be written, read or taken over.
    Evidence(EvidenceError),
    /// The run was stopped before the asset was begun.
    NotBegun,
    OtherDigest {
        path: PathBuf,
        found: Digest,
        expected: Digest,
    },
    /// The run was stopped in the middle of it.
    Stopped,
    TooLarge {
        path: PathBuf,
        bytes: u64,
    },
    Unauthorised(Refusal),
    Unreadable {
        path: PathBuf,
        error: io::Error,
    },
    /// The name has no address.
    Unresolved {
        host: String,
        why: String,
    },
    /// No collector for this kind of asset, or for this way to reach it.
    Unsupported {
        kind: AssetKind,
        via: &'static str,
    },
}

impl AssetProblem {
    /// The code that scripts and tests may rely on.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Evidence(_) => "evidence",
            Self::NotBegun => "not_begun",
            Self::OtherDigest { .. } => "other_digest",
            Self::Stopped => "stopped",
            Self::TooLarge { .. } => "too_large",
            Self::Unauthorised(_) => "unauthorised",
            Self::Unreadable { .. } => "unreadable",
            Self::Unresolved { .. } => "unresolved",
            Self::Unsupported { .. } => "unsupported",
        }
    }

    /// What a person reads.
    pub fn describe(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Evidence(error), _) => error.describe(lang),
            (Self::NotBegun, _) => lang.pick("运行停止，尚未开始采集", "stopped before it was begun").to_owned(),
            (Self::OtherDigest { path, found, expected }, Lang::Zh) => {
                format!("{} 的摘要为 {found}，清单写的是 {expected}", path.display())
            }
            (Self::OtherDigest { path, found, expected }, Lang::En) => {
                format!("{}: its digest is {found}, the inventory says {expected}", path.display())
            }
            (Self::Stopped, _) => lang.pick("采集中途停止", "stopped").to_owned(),
            (Self::TooLarge { path, bytes }, Lang::Zh) => {
                format!("{} 有 {bytes} 字节，超出大小上限", path.display())
            }
            (Self::TooLarge { path, bytes }, Lang::En) => {
                format!("{}: {bytes} bytes are too many", path.display())
            }
            (Self::Unauthorised(refusal), _) => {
                format!("{}{}", lang.pick("未获授权：", "unauthorised: "), refusal.describe(lang))
            }
            (Self::Unreadable { path, error }, _) => {
                format!("{}{}{}", path.display(), lang.pick("：", ": "), system_words(&error.to_string(), lang))
            }
            (Self::Unresolved { host, why }, Lang::Zh) => format!("{host}：域名未能解析（{}）", resolver(why)),
            (Self::Unresolved { host, why }, Lang::En) => format!("{host}: {why}"),
            (Self::Unsupported { kind, via }, Lang::Zh) => {
                format!("当前版本不支持采集：{}（{kind}），方式 {via}", kind.title().zh)
            }
            (Self::Unsupported { kind, via }, Lang::En) => format!("unsupported: {kind} via {via}"),
        }
    }
}

/// Why a name has no address; what the system's resolver says in its own words stays as it is.
fn resolver(why: &str) -> String {
    match why {
        "the name has no address" => "没有地址".to_owned(),
        "the name was not resolved in time" => "超时".to_owned(),
        other => system_words(other, Lang::Zh),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::AssetProblem;
    use crate::{
        evidence::EvidenceError,
        inventory::Refusal,
        model::{AssetKind, Digest, Lang},
    };

    #[test]
    fn every_problem_is_worded_in_both_languages() {
        let path = || std::path::PathBuf::from("app.apk");
        let digest = |text: &str| Digest::of(text.as_bytes());
        let all = [
            AssetProblem::Evidence(EvidenceError::OtherKind {
                expected: AssetKind::HostLinux,
                found: AssetKind::AppPackage,
            }),
            AssetProblem::NotBegun,
            AssetProblem::OtherDigest { path: path(), found: digest("a"), expected: digest("b") },
            AssetProblem::Stopped,
            AssetProblem::TooLarge { path: path(), bytes: 3_000_000_000 },
            AssetProblem::Unauthorised(Refusal::NoAuthorisation),
            AssetProblem::Unreadable { path: path(), error: io::Error::from_raw_os_error(2) },
            AssetProblem::Unresolved { host: "a.invalid".to_owned(), why: "the name has no address".to_owned() },
            AssetProblem::Unsupported { kind: AssetKind::HostLinux, via: "ssh" },
        ];
        for problem in &all {
            let (zh, en) = (problem.describe(Lang::Zh), problem.describe(Lang::En));
            assert!(zh.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{zh}");
            assert!(!en.chars().any(|c| ('\u{3000}'..='\u{ffff}').contains(&c)), "{en}");
            for english in ["digest", "bytes", "stopped", "unsupported", "address", "No such file", "inventory"] {
                assert!(!zh.contains(english), "{zh}");
            }
        }
        let codes: std::collections::BTreeSet<_> = all.iter().map(AssetProblem::code).collect();
        assert_eq!(codes.len(), all.len());
    }
}
