//! The chain from a signer's certificate up, over the certificates that came with the signature.
//!
//! Every link is verified. Of today nothing is said: dates are held against the time that the signature itself claims.
//! Whether the root is trusted is told apart from what it is called.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    document::Verified,
    issuers::{self, IssuerKind, Recognised},
};
use crate::{
    formats::{
        cms::Certificate,
        public_key::{self, Algorithm, Message, PublicKeyError},
        x509,
    },
    model::{Digest, Tri},
};

/// Longer chains are nobody's; the platform takes those of three.
const MAX_CHAIN: usize = 10;

/// From the signer's certificate up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Chain {
    /// Whether the key of each certificate is the one that signed the certificate before it; `indeterminate` where there is
    /// no certificate, or an algorithm that cannot be verified here.
    pub verified: Verified,
    /// The last certificate is signed by itself. Where it is not, its issuer did not come with the signature.
    pub complete: bool,
    /// The signer's first, then the issuer of each.
    pub certificates: Vec<ChainCertificate>,
    /// The subject of the last certificate where the chain is complete, else the issuer that it names.
    pub root: String,
    /// The subject of the certificate above the signer's, or the issuer that the signer's names.
    pub intermediate: String,
    pub issuer_kind: IssuerKind,
    /// How the issuer was recognised. A name proves nothing: anybody can make a certificate of that name.
    pub issuer_by: Recognised,
    /// A certificate or its key is one that everybody has, or carries the name of the examples of OpenHarmony.
    pub demo: bool,
    /// Which published key or example it is; empty where `demo` is false.
    pub demo_source: String,
    /// Every certificate but a complete chain's last was valid when the signature says it was made.
    pub valid_when_signed: Tri,
    /// Certificates beside the chain.
    pub unrelated: i64,
    /// `chain.broken`, `chain.issuer_is_no_ca`, `chain.outside_validity`, `chain.algorithm_unsupported`, `chain.unreadable`,
    /// `chain.incomplete`, `chain.too_long`.
    pub errors: Vec<String>,
}

/// One certificate of a chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ChainCertificate {
    pub sha256: Digest,
    pub subject: String,
    pub issuer: String,
    /// Lower-case hex digits.
    pub serial: String,
    pub key: x509::Key,
    pub signature: x509::Signature,
    /// RFC 3339 in UTC.
    pub not_before: String,
    /// RFC 3339 in UTC.
    pub not_after: String,
    /// Basic constraints say that it may sign others.
    pub ca: bool,
}

impl Chain {
    /// Where there is no signature.
    pub fn none() -> Self {
        Self {
            verified: Verified::Indeterminate,
            complete: false,
            certificates: Vec::new(),
            root: String::new(),
            intermediate: String::new(),
            issuer_kind: IssuerKind::Unknown,
            issuer_by: Recognised::Not,
            demo: false,
            demo_source: String::new(),
            valid_when_signed: Tri::Unknown,
            unrelated: 0,
            errors: Vec::new(),
        }
    }
}

/// Builds and verifies the chain of `signer` out of what came with it.
pub(super) fn build(signer: &Certificate<'_>, all: &[Certificate<'_>], signed_at: Option<Timestamp>) -> Chain {
    let mut errors = Vec::new();
    let links = links(signer, all, &mut errors);
    let described: Vec<_> = links.iter().map(|link| link.describe().ok()).collect();
    if described.iter().any(Option::is_none) {
        errors.push("chain.unreadable".to_owned());
    }
    let described: Vec<_> = described.into_iter().flatten().collect();
    if described.iter().skip(1).any(|issuer| !issuer.ca) {
        errors.push("chain.issuer_is_no_ca".to_owned());
    }
    let complete = links.last().is_some_and(|last| is_self_signed(last));
    let anchored = is_anchored(&links);
    if !complete && !anchored {
        errors.push("chain.incomplete".to_owned());
    }
    let root = described.last().map(|last| if complete { &last.subject } else { &last.issuer });
    let valid_when_signed = valid_at(&described, complete, signed_at);
    if valid_when_signed == Tri::No {
        errors.push("chain.outside_validity".to_owned());
    }
    let verdict = verdict(&errors);
    let recognised = issuers::recognise(&described, verdict == Verified::Yes, anchored);
    let demo_source = issuers::demo(&described);
    errors.sort();
    errors.dedup();
    Chain {
        verified: verdict,
        complete,
        root: root.cloned().unwrap_or_default(),
        intermediate: described.first().map(|first| first.issuer.clone()).unwrap_or_default(),
        issuer_kind: recognised.0,
        issuer_by: recognised.1,
        demo: !demo_source.is_empty(),
        demo_source: demo_source.to_owned(),
        valid_when_signed,
        unrelated: i64::try_from(all.len().saturating_sub(links.len())).unwrap_or(i64::MAX),
        certificates: described.into_iter().map(link).collect(),
        errors,
    }
}

/// The certificates from the signer's up, as far as each one's issuer is there and signed it.
fn links<'a>(signer: &Certificate<'a>, all: &[Certificate<'a>], errors: &mut Vec<String>) -> Vec<Certificate<'a>> {
    let mut chain = vec![*signer];
    while let Some(last) = chain.last().filter(|last| !is_self_issued(last)).copied() {
        let named = || all.iter().filter(|other| other.subject == last.issuer && !chain.contains(*other));
        let verdicts: Vec<_> = named().take(MAX_CHAIN).map(|other| (other, signed_by(&last, other))).collect();
        let Some((issuer, _)) = verdicts.iter().find(|(_, verdict)| verdict.is_ok()) else {
            if let Some((_, Err(why))) = verdicts.first() {
                let unsupported = matches!(why, PublicKeyError::Unsupported(_));
                let code = if unsupported { "chain.algorithm_unsupported" } else { "chain.broken" };
                errors.push(code.to_owned());
            }
            break;
        };
        if chain.len() == MAX_CHAIN {
            errors.push("chain.too_long".to_owned());
            break;
        }
        chain.push(**issuer);
    }
    if let Some(last) = chain.last().filter(|last| is_self_issued(last)) {
        match signed_by(last, last) {
            Ok(()) => {}
            Err(PublicKeyError::Unsupported(_)) => errors.push("chain.algorithm_unsupported".to_owned()),
            Err(_) => errors.push("chain.broken".to_owned()),
        }
    }
    chain
}

fn is_self_issued(certificate: &Certificate<'_>) -> bool {
    certificate.subject == certificate.issuer
}

fn is_self_signed(certificate: &Certificate<'_>) -> bool {
    is_self_issued(certificate) && signed_by(certificate, certificate).is_ok()
}

/// The last certificate is signed by the root that devices with HarmonyOS trust.
fn is_anchored(chain: &[Certificate<'_>]) -> bool {
    chain.last().is_some_and(|last| signed_with(last, issuers::huawei_root_key()).is_ok())
}

fn signed_by(certificate: &Certificate<'_>, issuer: &Certificate<'_>) -> Result<(), PublicKeyError> {
    signed_with(certificate, issuer.spki)
}

fn signed_with(certificate: &Certificate<'_>, key: &[u8]) -> Result<(), PublicKeyError> {
    let algorithm = Algorithm::read(certificate.algorithm, None)?;
    public_key::verify(key, algorithm, Message::Bytes(certificate.tbs), certificate.signature)
}

/// Nothing of trust: a chain that is not complete is verified as far as it goes.
fn verdict(errors: &[String]) -> Verified {
    let has = |codes: &[&str]| errors.iter().any(|error| codes.contains(&error.as_str()));
    if has(&["chain.broken", "chain.issuer_is_no_ca"]) {
        Verified::No
    } else if has(&["chain.algorithm_unsupported", "chain.unreadable", "chain.too_long"]) {
        Verified::Indeterminate
    } else {
        Verified::Yes
    }
}

/// The platform does not ask this of the root (HapCertVerifyOpensslUtils::VerifyCertChainPeriodOfValidity).
fn valid_at(chain: &[x509::Certificate], complete: bool, at: Option<Timestamp>) -> Tri {
    let (Some(at), false) = (at, chain.is_empty()) else { return Tri::Unknown };
    let dated = if complete && chain.len() > 1 { chain.len() - 1 } else { chain.len() };
    let mut valid = Tri::Yes;
    for certificate in chain.iter().take(dated) {
        let bounds = (certificate.not_before.parse::<Timestamp>(), certificate.not_after.parse::<Timestamp>());
        match bounds {
            (Ok(from), Ok(to)) if (from..=to).contains(&at) => {}
            (Ok(_), Ok(_)) => return Tri::No,
            _ => valid = Tri::Unknown,
        }
    }
    valid
}

fn link(certificate: x509::Certificate) -> ChainCertificate {
    ChainCertificate {
        sha256: certificate.sha256,
        subject: certificate.subject,
        issuer: certificate.issuer,
        serial: certificate.serial,
        key: certificate.key,
        signature: certificate.signature,
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        ca: certificate.ca,
    }
}
