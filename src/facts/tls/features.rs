//! What a server does or does not do, as a list: each entry is yes, no, or says why it is not known.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Protocols, Tls};
use crate::model::{Fact, Text, Tri, UnreadStatus};

macro_rules! features {
    ($($variant:ident = $good:expr, $zh:literal, $en:literal;)+) => {
        /// One thing that a server does or does not do.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum Feature { $($variant,)+ }

        impl Feature {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name that people read.
            pub fn title(self) -> Text {
                match self { $(Self::$variant => Text::new($zh, $en),)+ }
            }

            /// Which answer is the good one, where one is.
            pub fn good(self) -> Option<bool> {
                match self { $(Self::$variant => $good,)+ }
            }
        }
    };
}

features! {
    SecureRenegotiation = Some(true), "安全重协商", "secure renegotiation";
    ClientRenegotiation = Some(false), "客户端可发起重协商", "client may renegotiate";
    Compression = Some(false), "TLS 压缩", "TLS compression";
    FallbackScsv = Some(true), "防降级（FALLBACK_SCSV）", "downgrade protection (FALLBACK_SCSV)";
    ExtendedMasterSecret = Some(true), "扩展主密钥（EMS）", "extended master secret";
    Grease = Some(true), "容忍未登记的取值（GREASE）", "unregistered values passed over (GREASE)";
    SessionId = None, "按会话标识恢复", "resumption by session id";
    Ticket = None, "按会话票据恢复", "resumption by ticket";
    EarlyData = None, "0-RTT 数据", "0-RTT data";
    OcspStaple = None, "随附 OCSP 响应", "OCSP staple";
    ClientAuth = None, "要求客户端证书", "client certificate asked for";
    Heartbeat = None, "心跳扩展", "heartbeat extension";
    Heartbleed = Some(false), "Heartbleed 漏洞", "Heartbleed";
    CcsInjection = Some(false), "CCS 注入漏洞", "CCS injection";
    Robot = Some(false), "ROBOT 漏洞", "ROBOT";
    Ticketbleed = Some(false), "Ticketbleed 漏洞", "Ticketbleed";
    Tlcp = None, "TLCP（GB/T 38636）", "TLCP (GB/T 38636)";
    Rfc8998 = None, "TLS 1.3 国密套件（RFC 8998）", "TLS 1.3 with SM suites (RFC 8998)";
    Sm2Certificates = None, "SM2 证书", "SM2 certificates";
    DoubleCertificate = Some(true), "双证书", "double certificate";
    SameSubject = Some(true), "双证书主体一致", "same subject in both";
    UsagesSplit = Some(true), "签名与加密用途分离", "signing and encryption kept apart";
    KeyExchangeSignature = Some(true), "密钥交换签名有效", "key exchange signature valid";
}

impl Feature {
    /// Of every server.
    pub const BEHAVIOUR: &'static [Self] = Self::ALL.split_at(16).0;
    /// Of Chinese commercial cryptography.
    pub const COMMERCIAL: &'static [Self] = Self::ALL.split_at(16).1;

    /// Only a probe that could harm would tell.
    fn intrusive(self) -> bool {
        matches!(self, Self::Heartbleed | Self::CcsInjection | Self::Robot | Self::Ticketbleed)
    }

    fn of_tlcp(self) -> bool {
        matches!(self, Self::DoubleCertificate | Self::SameSubject | Self::UsagesSplit | Self::KeyExchangeSignature)
    }
}

impl Tls {
    /// Whether the server does it.
    pub fn feature(&self, feature: Feature) -> Fact<bool> {
        match self.tri(feature) {
            Tri::Yes => Fact::Known(true),
            Tri::No => Fact::Known(false),
            Tri::Unknown => Fact::unread(UnreadStatus::NotTested, self.why_unknown(feature)),
        }
    }

    fn tri(&self, feature: Feature) -> Tri {
        match feature {
            Feature::SecureRenegotiation => self.renegotiation.secure,
            Feature::ClientRenegotiation => self.renegotiation.client_initiated,
            Feature::Compression => self.compression,
            Feature::FallbackScsv => self.fallback_scsv,
            Feature::Grease => self.grease,
            Feature::ExtendedMasterSecret => self.extended_master_secret,
            Feature::SessionId => self.resumption.session_id,
            Feature::Ticket => self.resumption.ticket,
            Feature::EarlyData => self.early_data,
            Feature::OcspStaple => self.ocsp_staple,
            Feature::ClientAuth => self.client_auth,
            Feature::Heartbeat => self.heartbeat.offered,
            Feature::Heartbleed => self.heartbeat.heartbleed,
            Feature::CcsInjection => self.ccs_injection,
            Feature::Robot => self.robot,
            Feature::Ticketbleed => self.ticketbleed,
            Feature::Tlcp => self.sm.tlcp,
            Feature::Rfc8998 => self.sm.rfc8998,
            Feature::Sm2Certificates => self.sm.sm2_certificates,
            Feature::DoubleCertificate => self.sm.double_certificate.present,
            Feature::SameSubject => self.sm.double_certificate.same_subject,
            Feature::UsagesSplit => self.sm.double_certificate.usages_split,
            Feature::KeyExchangeSignature => self.sm.ske_signature_ok,
        }
    }

    /// A code for [`super::why`]. What a probe met it does not say here, so nothing more is claimed than is known.
    fn why_unknown(&self, feature: Feature) -> &'static str {
        let versions = self.protocols.accepted().count();
        if versions == 0 {
            "no_version"
        } else if feature.of_tlcp() && self.sm.tlcp == Tri::No {
            "no_tlcp"
        } else if feature.intrusive() {
            "intrusive"
        } else if feature == Feature::FallbackScsv && versions == 1 && all_known(&self.protocols) {
            "one_version"
        } else {
            "no_answer"
        }
    }
}

fn all_known(protocols: &Protocols) -> bool {
    protocols.each().iter().all(|(_, protocol)| protocol.status.known().is_some())
}
