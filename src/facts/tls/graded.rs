//! What named models make of an endpoint: the forms of their results. The models themselves stand in `grade`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Fact, Text, Tri};

/// The letter of an endpoint, and all that it rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Grade {
    /// The name of the model.
    pub model: String,
    pub state: GradeState,
    /// Why there is no letter: `sm_only`, a service such as `plain_http`, or `open`; empty where there is one.
    pub reason: String,
    /// Known only where nothing that is still open could change it.
    pub letter: Fact<Letter>,
    /// The letter if everything that is open turned out well.
    pub at_best: Fact<Letter>,
    /// The letter of the score alone.
    pub before_caps: Fact<Letter>,
    /// Points of 100, rounded down; the limits of the letters are whole, so nothing is lost.
    pub score: Fact<i64>,
    /// The same with two decimals.
    pub score_text: Fact<String>,
    pub parts: GradeParts,
    /// Every cap that is known to hold, the worst first.
    pub caps: Vec<GradeCap>,
    /// Facts that the letter waits for.
    pub open: Vec<String>,
    /// What the guide looks at and this model does not.
    pub not_considered: Vec<String>,
}

/// Whether there is a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GradeState {
    Rated,
    /// Facts are missing that could change the letter.
    Incomplete,
    /// The model does not apply.
    NotRated,
}

/// A letter; each is worse than the ones before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Letter {
    A,
    #[serde(rename = "A-")]
    AMinus,
    B,
    C,
    D,
    E,
    F,
    /// The certificate is made out to another name.
    M,
    /// The certificate is not to be trusted.
    T,
}

impl Letter {
    pub const ALL: [Self; 9] = [Self::A, Self::AMinus, Self::B, Self::C, Self::D, Self::E, Self::F, Self::M, Self::T];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::AMinus => "A-",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::E => "E",
            Self::F => "F",
            Self::M => "M",
            Self::T => "T",
        }
    }
}

/// The three categories, each of 100 before it is weighed; rounded down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GradeParts {
    pub protocol: Fact<i64>,
    pub key_exchange: Fact<i64>,
    pub cipher: Fact<i64>,
}

/// The best letter that a flaw allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct GradeCap {
    pub cap: Letter,
    pub reason: CapReason,
}

macro_rules! reasons {
    ($($variant:ident = $code:literal, $cap:ident, $zh:literal, $en:literal;)+) => {
        /// Why no better letter is given.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        pub enum CapReason {
            $(#[serde(rename = $code)] $variant,)+
        }

        impl CapReason {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            /// The best letter that it allows.
            pub fn cap(self) -> Letter {
                match self { $(Self::$variant => Letter::$cap,)+ }
            }

            pub fn title(self) -> Text {
                match self { $(Self::$variant => Text::new($zh, $en),)+ }
            }
        }
    };
}

reasons! {
    Expired = "expired", T, "证书已过期或尚未生效", "the certificate is over or not yet valid";
    SelfSigned = "self_signed", T, "证书为自签名", "the certificate signed itself";
    Untrusted = "untrusted", T, "证书链不受信任", "the chain leads to no trusted root";
    Revoked = "revoked", T, "证书已被吊销", "the certificate is revoked";
    Sha1 = "sha1", T, "证书以 SHA-1 签名", "the certificate is signed with SHA-1";
    Starttls = "starttls", T, "STARTTLS 可被中间人剥除", "whoever is in the middle can strip STARTTLS";
    Name = "name", M, "证书名称与访问名称不符", "the certificate is made out to another name";
    Anonymous = "anonymous", F, "接受匿名套件，不验证任何一方", "anonymous suites are accepted";
    CcsInjection = "ccs_injection", F, "存在 CCS 注入漏洞", "vulnerable to CCS injection";
    Export = "export", F, "接受出口级套件", "export suites are accepted";
    Heartbleed = "heartbleed", F, "存在心脏滴血漏洞", "vulnerable to Heartbleed";
    InsecureKey = "insecure_key", F, "密钥或 DH 参数不足 1024 位（椭圆曲线不足 123 位）", "a key or DH parameter is under 1024 bits (curve: 123)";
    InsecureSignature = "insecure_signature", F, "证书以 MD2 或 MD5 签名", "the certificate is signed with MD2 or MD5";
    OnlyRc4 = "only_rc4", F, "只接受 RC4 套件", "nothing but RC4 is accepted";
    Robot = "robot", F, "存在 ROBOT 漏洞", "vulnerable to ROBOT";
    Ssl2 = "ssl2", F, "接受 SSL 2.0", "SSL 2.0 is accepted";
    Ssl3Best = "ssl3_best", F, "最高只支持 SSL 3.0", "SSL 3.0 is the best version";
    SmallCipher = "small_cipher", F, "接受不足 112 位的套件", "suites under 112 bits are accepted";
    Ticketbleed = "ticketbleed", F, "存在 Ticketbleed 漏洞", "vulnerable to Ticketbleed";
    Crime = "crime", C, "启用 TLS 压缩（CRIME）", "compression is on (CRIME)";
    NoTls12 = "no_tls1_2", C, "不支持 TLS 1.2 和 TLS 1.3", "neither TLS 1.2 nor TLS 1.3";
    Poodle = "poodle", C, "SSL 3.0 接受 CBC 套件（POODLE）", "SSL 3.0 with CBC (POODLE)";
    Rc4Modern = "rc4_modern", C, "TLS 1.1 及以上接受 RC4", "RC4 with TLS 1.1 or newer";
    Sweet32 = "sweet32", C, "TLS 1.1 及以上接受 64 位分组（3DES 等，SWEET32）", "64-bit blocks (3DES and the like) with TLS 1.1 or newer (SWEET32)";
    Beast = "beast", B, "TLS 1.0 及以下使用 CBC 且无更高版本（BEAST）", "CBC with TLS 1.0 and nothing newer (BEAST)";
    IncompleteChain = "incomplete_chain", B, "缺少中间证书", "an intermediate certificate is missing";
    NoAead = "no_aead", B, "没有 AEAD 套件", "no AEAD suite";
    NoForwardSecrecy = "no_forward_secrecy", B, "没有前向保密套件", "no suite with forward secrecy";
    Rc4 = "rc4", B, "接受 RC4", "RC4 is accepted";
    Ssl3 = "ssl3", B, "接受 SSL 3.0", "SSL 3.0 is accepted";
    Tls10 = "tls1_0", B, "接受 TLS 1.0", "TLS 1.0 is accepted";
    Tls11 = "tls1_1", B, "接受 TLS 1.1", "TLS 1.1 is accepted";
    WeakKey = "weak_key", B, "密钥或 DH 参数不足 2048 位（椭圆曲线不足 163 位）", "a key or DH parameter is under 2048 bits (curve: 163)";
    InsecureRenegotiation = "insecure_renegotiation", AMinus, "不支持安全重协商", "no secure renegotiation";
    NoTls13 = "no_tls1_3", AMinus, "不支持 TLS 1.3", "no TLS 1.3";
}

/// What an endpoint is worth in the network and communication layer of the commercial-cryptography assessment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Miping {
    /// The name of the model.
    pub model: String,
    /// The level of the system; unread where none is declared.
    pub level: Fact<i64>,
    /// What can be talked over: each is an object of the assessment.
    pub channels: Vec<MipingChannel>,
    /// The units that an endpoint shows, over all channels.
    pub units: Vec<MipingUnit>,
    /// The layer as far as an endpoint shows it: units that rest on documents left out.
    pub visible: Fact<MipingRange>,
    /// The whole layer: units that rest on documents may be anything.
    pub layer: Fact<MipingRange>,
    /// Units in which a high-risk situation is to be looked at by a person (level 3 and above).
    pub high_risk: Vec<String>,
    /// Facts that would make the ranges narrower.
    pub open: Vec<String>,
}

/// One channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct MipingChannel {
    pub channel: ChannelKind,
    pub objects: Vec<MipingObject>,
}

/// How a channel is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    Tlcp,
    /// TLS 1.3 with SM4 (RFC 8998).
    TlsSm,
    /// TLS with other suites.
    Tls,
    /// Not at all.
    Plain,
}

/// One channel in one unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MipingObject {
    /// As `6.2.1` (GM/T 0115-2021).
    pub unit: String,
    /// Cryptography is used rightly and has effect.
    pub d: Tri,
    /// Algorithm and technique are approved.
    pub a: Tri,
    /// Keys are managed by an approved product: never seen from outside.
    pub k: Tri,
    pub score: MipingRange,
}

/// One unit over all channels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MipingUnit {
    pub unit: String,
    pub score: MipingRange,
}

/// The lowest and the highest score that is still possible, in ten-thousandths of 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MipingRange {
    pub low: i64,
    pub high: i64,
}

#[cfg(test)]
mod tests {
    use super::{CapReason, Letter};

    #[test]
    fn reasons_are_told_apart_and_have_words() {
        let mut codes: Vec<_> = CapReason::ALL.iter().map(|reason| reason.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), CapReason::ALL.len());
        assert!(CapReason::ALL.iter().all(|r| !r.title().zh.is_empty() && !r.title().en.is_empty()));
        assert!(CapReason::ALL.iter().all(|r| serde_json::to_value(r).unwrap() == r.code()));
    }

    #[test]
    fn letters_are_written_as_they_are_called() {
        assert!(Letter::ALL.iter().all(|letter| serde_json::to_value(letter).unwrap() == letter.as_str()));
        assert!(Letter::ALL.is_sorted());
    }
}
