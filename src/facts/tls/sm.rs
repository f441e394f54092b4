//! Chinese commercial cryptography: TLCP (GB/T 38636-2020), TLS 1.3 with SM2/SM3/SM4 (RFC 8998), SM2 certificates.

use super::{DoubleCertificate, ProtocolStatus, Sm, collected::Collected};
use crate::{
    formats::{
        sm2,
        tls::{exchange::Exchange, version::Version},
        x509,
    },
    model::{Fact, Tri},
};

/// The suites of RFC 8998.
const RFC_8998: [&str; 2] = ["0x00c6", "0x00c7"];

impl Collected {
    pub(super) fn sm(&self) -> Sm {
        let protocols = self.protocols();
        let spoken = |status: &Fact<ProtocolStatus>| match status {
            Fact::Known(ProtocolStatus::Accepted) => Tri::Yes,
            Fact::Known(ProtocolStatus::Refused | ProtocolStatus::Closed) => Tri::No,
            _ => Tri::Unknown,
        };
        let rfc8998 = match (spoken(&protocols.tls1_3.status), &protocols.tls1_3.suites) {
            (Tri::Yes, Fact::Known(suites)) => suites.iter().any(|s| RFC_8998.contains(&s.id.as_str())).into(),
            (Tri::No, _) => Tri::No,
            _ => Tri::Unknown,
        };
        let sm2_certificates = match self.certificates() {
            Fact::Known(list) => list.iter().any(|c| c.about.key.algorithm == "sm2").into(),
            Fact::Unread(_) => Tri::Unknown,
        };
        Sm {
            tlcp: spoken(&protocols.tlcp.status),
            rfc8998,
            sm2_certificates,
            ske_signature_ok: self.signature(),
            double_certificate: self.double_certificate(),
        }
    }

    fn flights(&self) -> impl Iterator<Item = &Exchange> {
        self.all().filter(|exchange| {
            let hello = exchange.flight().hello;
            hello.is_some_and(|hello| hello.selected_version() == Some(Version::Tlcp11))
        })
    }

    /// Whether the server proved that it has the key of its signature certificate.
    fn signature(&self) -> Tri {
        let verdicts = self.flights().filter_map(|exchange| {
            let flight = exchange.flight();
            let (hello, sent) = (flight.hello?, flight.certificates?);
            let (sign, encrypt) = sent.tlcp_pair()?;
            let client = exchange.offered()?.random;
            let proof = sm2::verify_key_exchange(&flight.key_exchange?, &client, &hello.random, sign, encrypt);
            Some(proof.is_ok())
        });
        verdicts.fold(Tri::Unknown, |so_far, ok| if !ok || so_far == Tri::No { Tri::No } else { Tri::Yes })
    }

    fn double_certificate(&self) -> DoubleCertificate {
        let unknown =
            DoubleCertificate { present: Tri::Unknown, same_subject: Tri::Unknown, usages_split: Tri::Unknown };
        let Some(sent) = self.flights().find_map(|exchange| exchange.flight().certificates) else { return unknown };
        let pair = sent.tlcp_pair().and_then(|(sign, encrypt)| {
            Some((x509::decode(sign).ok()?.certificate, x509::decode(encrypt).ok()?.certificate))
        });
        let Some((sign, encrypt)) = pair else { return DoubleCertificate { present: Tri::No, ..unknown } };
        let uses = |certificate: &x509::Certificate, usage: &str| certificate.key_usage.iter().any(|u| u == usage);
        let encrypts = |c: &x509::Certificate| {
            ["key_encipherment", "data_encipherment", "key_agreement"].iter().any(|usage| uses(c, usage))
        };
        let is_authority = |c: &x509::Certificate| c.ca;
        DoubleCertificate {
            // Without an encryption certificate the second of the list is that of an authority.
            present: (!is_authority(&encrypt) && sign.sha256 != encrypt.sha256).into(),
            same_subject: (sign.subject == encrypt.subject).into(),
            usages_split: (uses(&sign, "digital_signature")
                && !encrypts(&sign)
                && encrypts(&encrypt)
                && !uses(&encrypt, "digital_signature"))
            .into(),
        }
    }
}
