//! The words for what an endpoint's facts say: the same on a terminal and in a report.

use super::{Certificate, ChainStatus, Named, Ocsp, OcspStatus, ProtocolStatus, Role, Service};
use crate::model::{Lang, Reason, ReasonCode, Text, Tri, Unread};

impl Service {
    pub fn title(self) -> Text {
        match self {
            Self::Tls => Text::new("TLS", "TLS"),
            Self::Tlcp => Text::new("TLCP（国密）", "TLCP"),
            Self::Both => Text::new("TLS 与 TLCP（国密）", "TLS and TLCP"),
            Self::PlainHttp => Text::new("明文 HTTP，没有加密", "plain HTTP, nothing is encrypted"),
            Self::NotTls => Text::new("不是 TLS", "not TLS"),
            Self::Closed => {
                Text::new("未开放：无人监听，或不应答即断开", "closed: nothing listens, or it hangs up unasked")
            }
            Self::Timeout => Text::new("超时，没有应答", "timed out without an answer"),
            Self::NameNotServed => {
                Text::new("TLS，但不提供所问的名称", "TLS, and the name that was asked for is not served")
            }
        }
    }

    /// Whether what goes through is encrypted at all.
    pub fn is_encrypted(self) -> bool {
        matches!(self, Self::Tls | Self::Tlcp | Self::Both)
    }
}

impl ProtocolStatus {
    pub fn title(self) -> Text {
        match self {
            Self::Accepted => Text::new("接受", "accepted"),
            Self::Refused => Text::new("拒绝", "refused"),
            Self::Closed => Text::new("关闭连接", "closed"),
            Self::Timeout => Text::new("超时", "timed out"),
        }
    }
}

impl ChainStatus {
    /// `Unknown` has no word of its own: who shows it says that it is undecided, and why.
    pub fn title(self) -> Text {
        match self {
            Self::Trusted => Text::new("可信", "trusted"),
            Self::Untrusted => Text::new("不可信", "untrusted"),
            Self::Incomplete => Text::new("不完整，缺少中间证书", "incomplete, an intermediate certificate is missing"),
            Self::SelfSigned => Text::new("自签名", "self-signed"),
            Self::Expired => Text::new("已过期或尚未生效", "expired or not yet valid"),
            Self::Unknown => Text::new("未判定", "undecided"),
        }
    }
}

impl Role {
    pub fn title(self) -> Text {
        match self {
            Self::Server => Text::new("服务器证书", "server certificate"),
            Self::TlcpSign => Text::new("TLCP 签名证书", "TLCP signing certificate"),
            Self::TlcpEnc => Text::new("TLCP 加密证书", "TLCP encryption certificate"),
        }
    }
}

impl Certificate {
    /// Algorithm, curve and bits of the key.
    pub fn key_words(&self) -> String {
        let key = &self.about.key;
        // The curve of SM2 has the name of its algorithm.
        let curve = if key.curve.eq_ignore_ascii_case(&key.algorithm) { "" } else { &key.curve };
        let words = [&key.algorithm, curve, &key.bits.to_string()];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// Algorithm and hash of the issuer's signature.
    pub fn signature_words(&self) -> String {
        let signature = &self.about.signature;
        let hash = if signature.hash == "none" { "" } else { &signature.hash };
        format!("{} {hash}", signature.algorithm).trim_end().to_owned()
    }
}

impl Ocsp {
    /// What a stapled response says, and how far it can be relied on.
    pub fn words(&self, lang: Lang) -> String {
        let until = self.next_update.split('T').next().unwrap_or_default();
        let mut notes = vec![match self.signature_ok {
            Tri::Yes => lang.pick("签名有效", "signature valid").to_owned(),
            Tri::No => lang.pick("签名无效", "signature not valid").to_owned(),
            Tri::Unknown => lang.pick("签名无法核验", "signature not verified").to_owned(),
        }];
        notes.push(match (self.current, lang) {
            (Tri::Yes, Lang::Zh) => format!("有效至 {until}"),
            (Tri::Yes, Lang::En) => format!("until {until}"),
            (Tri::No, Lang::Zh) => format!("{} 至 {until}，不在有效期内", self.this_update),
            (Tri::No, Lang::En) => format!("{} to {until}, not valid today", self.this_update),
            (Tri::Unknown, _) => lang.pick("未注明有效期", "no end named").to_owned(),
        });
        if !self.revoked_at.is_empty() {
            notes.push([self.revoked_at.as_str(), self.reason.as_str()].join(" ").trim_end().to_owned());
        }
        let text = match self.certificate {
            OcspStatus::Good => lang.pick("未吊销", "not revoked"),
            OcspStatus::Unknown => lang.pick("签发机构不认识该证书", "not known to the responder"),
            OcspStatus::Revoked => lang.pick("已吊销", "revoked"),
        };
        match lang {
            Lang::Zh => format!("{text}（{}）", notes.join("、")),
            Lang::En => format!("{text} ({})", notes.join(", ")),
        }
    }
}

impl Named {
    /// What has no name has its number.
    pub fn words(&self) -> &str {
        if self.name == "unregistered" { &self.id } else { &self.name }
    }
}

/// Words for a weakness of a suite by its code; a code that has none stands for itself.
pub fn weakness(code: &str, lang: Lang) -> &str {
    match code {
        "anonymous" => lang.pick("不认证", "anonymous"),
        "cbc" => "CBC",
        "des" => "DES",
        "draft" => lang.pick("草案编号", "draft"),
        "export" => lang.pick("出口级", "export"),
        "idea" => "IDEA",
        "md5" => "MD5",
        "no-forward-secrecy" => lang.pick("无前向保密", "no forward secrecy"),
        "null" => lang.pick("不加密", "no encryption"),
        "rc2" => "RC2",
        "rc4" => "RC4",
        "sha1" => "SHA-1",
        "short-tag" => lang.pick("短标签", "short tag"),
        "small-key" => lang.pick("密钥过短", "small key"),
        "ssl2" => "SSLv2",
        "3des" => "3DES",
        "unpublished" => lang.pick("算法未公开", "unpublished algorithm"),
        "unregistered" => lang.pick("未登记", "unregistered"),
        other => other,
    }
}

/// Whether a weakness breaks a connection today, and is not only behind the best practice.
pub fn is_grave(code: &str) -> bool {
    !matches!(code, "cbc" | "draft" | "no-forward-secrecy" | "sha1" | "short-tag" | "unpublished")
}

/// Why a fact is not known, for people.
pub fn why(unread: &Unread, lang: Lang) -> String {
    if let Some((zh, en)) = cause(code_of(&unread.reason)) {
        return Reason::new(Reason::from(unread).code).with("why", lang.pick(zh, en)).describe(lang);
    }
    match ReasonCode::ALL.iter().find(|code| code.as_str() == unread.reason) {
        Some(code) => Reason::new(*code).describe(lang),
        None => Reason::from(unread).describe(lang),
    }
}

/// The name of a group of probes stands for its item of evidence: `tls.version.tls1_2@3` is `tls1_2`.
fn code_of(reason: &str) -> &str {
    let group = reason.strip_prefix("tls.").unwrap_or(reason);
    let group = group.split_once('@').map_or(group, |(group, _)| group);
    if group.starts_with("session.") { "session" } else { group.strip_prefix("version.").unwrap_or(group) }
}

fn cause(code: &str) -> Option<(&'static str, &'static str)> {
    Some(match code {
        "address" => ("同名的另一地址没有应答", "another address of the name has not answered"),
        "alpn" => ("没有询问应用协议", "application protocols were not asked for"),
        "budget" => ("探测额度用尽", "the budget of the probes was spent"),
        "busy" => ("对端称繁忙", "the peer says that it is busy"),
        "certificates" => ("没有收到证书", "no certificate was received"),
        "chain" => ("证书所用算法或扩展无法核验", "an algorithm or extension that cannot be verified"),
        "connections" => ("连接数额度用尽", "the budget of connections was spent"),
        "damaged" => ("应答已损坏", "the answers are damaged"),
        "deadline" => ("时间额度用尽", "the time for it was over"),
        "dh" => ("没有取得 DH 参数", "the parameters were not received"),
        "enumeration" => ("套件枚举没有完成", "the enumeration of suites was not finished"),
        "evaluation" => ("没有进入评估", "it was never evaluated"),
        "fell_silent" => ("对端中途不再应答", "the peer stopped answering on the way"),
        "groups" => ("群组枚举没有完成", "the enumeration of groups was not finished"),
        "intrusive" => ("须经侵入性探测", "only an intrusive probe tells"),
        "no_answer" => ("未探测，或没有得到应答", "not probed, or not answered"),
        "no_name" => ("没有可比对的名称", "there is no name to compare with"),
        "no_tlcp" => ("不使用 TLCP，无此项", "TLCP is not spoken"),
        "no_version" => ("没有接受任何版本", "no version was accepted"),
        "no_staple" => ("没有随握手收到 OCSP 响应", "no OCSP response came along"),
        "not_asked" => ("没有询问", "it was not asked for"),
        "ocsp_malformed" => ("OCSP 响应无法读取", "the OCSP response cannot be read"),
        "ocsp_other_certificate" => ("OCSP 响应说的是另一张证书", "the OCSP response is about another certificate"),
        "ocsp_unsuccessful" => ("OCSP 服务没有给出答复", "the OCSP responder gave no answer"),
        "one_suite" => ("只有一个套件，无从排序", "one suite has no order"),
        "one_version" => ("只接受一个版本，无从判断", "with one version it cannot be told"),
        "resolve" => ("名称没有解析为地址", "the name did not resolve to an address"),
        "schemes" => ("签名算法枚举没有完成", "the enumeration of schemes was not finished"),
        "sct_malformed" => ("透明度时间戳列表无法读取", "the list of timestamps cannot be read"),
        "sealed" => ("没有取得加密的证书", "the sealed certificate was not obtained"),
        "service" => ("没有询问", "it was not asked for"),
        "session" => ("没有完成握手", "no handshake was completed"),
        "stopped" => ("探测被中止", "probing was stopped"),
        "ssl2" | "ssl3" | "tls1_0" | "tls1_1" | "tls1_2" | "tls1_3" | "tlcp1_1" => {
            ("没有询问该版本", "this version was not asked for")
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{weakness, why};
    use crate::model::{Lang, Unread, UnreadStatus};

    #[test]
    fn a_reason_has_words_in_both_languages_and_an_unheard_of_one_is_still_shown() {
        let unread = |status, reason: &str| Unread { status, reason: reason.to_owned() };
        let slow = unread(UnreadStatus::Timeout, "enumeration");
        assert_eq!(why(&slow, Lang::Zh), "超时（套件枚举没有完成）");
        assert_eq!(why(&slow, Lang::En), "timed out (the enumeration of suites was not finished)");
        let version = unread(UnreadStatus::NotTested, "tls.version.tls1_2@3");
        assert_eq!(why(&version, Lang::En), "not tested (this version was not asked for)");
        assert_eq!(why(&unread(UnreadStatus::NotTested, "unauthorised"), Lang::Zh), "未获授权接触该目标");
        assert_eq!(why(&unread(UnreadStatus::Error, "odd"), Lang::En), "collection or decoding failed (odd)");
    }

    #[test]
    fn every_weakness_of_a_suite_has_a_word() {
        for suite in crate::formats::tls::suites::all() {
            for weak in suite.weak() {
                assert_ne!(weakness(weak.code(), Lang::Zh), weak.code());
            }
        }
    }
}
