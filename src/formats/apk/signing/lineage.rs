//! The proof of rotation: certificates of which each signed the next (source.android.com, "APK signature scheme v3",
//! "Proof-of-rotation"; AOSP `apksig`, `V3SigningCertificateLineage`).

use super::{
    algorithm,
    fields::{Fields, Short},
    issue::{Issue, IssueCode},
    known,
    report::Ancestor,
    signer::verify_one,
};
use crate::{formats::cms::Certificate, model::Digest};

const VERSION: u32 = 1;
/// Rotations that nobody lives through.
const MAX_NODES: usize = 20;

/// Flags of what an old certificate may still do.
const CAPABILITIES: [(u32, &str); 5] =
    [(1, "installed_data"), (2, "shared_user_id"), (4, "permission"), (8, "rollback"), (16, "auth")];

/// A lineage whose every link was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lineage<'a>(Vec<Node<'a>>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Node<'a> {
    certificate: &'a [u8],
    flags: u32,
}

impl<'a> Lineage<'a> {
    /// Reads the value of the attribute and verifies link by link.
    pub(super) fn read(value: &'a [u8]) -> Result<Self, Issue> {
        let malformed = |Short| Issue::from(IssueCode::LineageMalformed);
        let mut fields = Fields::new(value);
        let version = fields.u32().map_err(malformed)?;
        if version != VERSION {
            return Err(Issue::new(IssueCode::LineageMalformed, format!("version {version}")));
        }
        let mut nodes: Vec<Node<'a>> = Vec::new();
        let mut signed_with = 0;
        while !fields.is_empty() {
            let mut node = fields.nested().map_err(malformed)?;
            let signed = node.prefixed().map_err(malformed)?;
            let (flags, next) = (node.u32().map_err(malformed)?, node.u32().map_err(malformed)?);
            let signature = node.prefixed().map_err(malformed)?;
            let mut inside = Fields::new(signed);
            let certificate = inside.prefixed().map_err(malformed)?;
            let declared = inside.u32().map_err(malformed)?;
            if let Some(parent) = nodes.last() {
                link(parent.certificate, signed_with, signed, signature, nodes.len() + 1)?;
                if declared != signed_with {
                    return Err(broken(nodes.len() + 1, "another algorithm is named"));
                }
            }
            if nodes.iter().any(|node| node.certificate == certificate) || nodes.len() >= MAX_NODES {
                return Err(broken(nodes.len() + 1, "the certificate was there before, or there are too many"));
            }
            Certificate::parse(certificate).map_err(|e| broken(nodes.len() + 1, &e.to_string()))?;
            nodes.push(Node { certificate, flags });
            signed_with = next;
        }
        if nodes.is_empty() { Err(IssueCode::LineageMalformed.into()) } else { Ok(Self(nodes)) }
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn oldest(&self) -> &'a [u8] {
        self.0.first().map_or(&[], |node| node.certificate)
    }

    pub(super) fn newest(&self) -> &'a [u8] {
        self.0.last().map_or(&[], |node| node.certificate)
    }

    pub(super) fn contains(&self, certificate: &[u8]) -> bool {
        self.0.iter().any(|node| node.certificate == certificate)
    }

    /// The one lineage that both are parts of; none where they part ways.
    pub(super) fn merged(self, other: Self) -> Option<Self> {
        let (elder, younger) = if other.contains(self.oldest()) { (other, self) } else { (self, other) };
        let start = elder.0.iter().position(|node| node.certificate == younger.oldest())?;
        let (before, shared) = elder.0.split_at(start);
        let agree = shared.iter().zip(&younger.0).all(|(a, b)| a.certificate == b.certificate);
        let longer = if shared.len() > younger.0.len() { shared } else { &younger.0 };
        agree.then(|| Self([before, longer].concat()))
    }

    pub(super) fn describe(&self) -> Vec<Ancestor> {
        self.0.iter().map(|node| ancestor(node.certificate, node.flags)).collect()
    }
}

fn link(parent: &[u8], algorithm: u32, signed: &[u8], signature: &[u8], number: usize) -> Result<(), Issue> {
    let key = Certificate::parse(parent).map_err(|e| broken(number, &e.to_string()))?.spki;
    let with = algorithm::by_id(algorithm)
        .ok_or_else(|| Issue::new(IssueCode::AlgorithmUnknown, format!("lineage: {algorithm:#06x}")))?;
    verify_one(key, with, signed, signature).map_err(|issue| match issue.code.is_open() {
        true => issue,
        false => broken(number, &issue.detail),
    })
}

fn broken(number: usize, what: &str) -> Issue {
    Issue::new(IssueCode::LineageSignatureMismatch, format!("certificate {number}: {what}"))
}

fn ancestor(certificate: &[u8], flags: u32) -> Ancestor {
    let mut capabilities: Vec<String> =
        CAPABILITIES.iter().filter(|(bit, _)| flags & bit != 0).map(|(_, name)| (*name).to_owned()).collect();
    let unknown = CAPABILITIES.iter().fold(flags, |rest, (bit, _)| rest & !bit);
    if unknown != 0 {
        capabilities.push(format!("{unknown:#x}"));
    }
    Ancestor { sha256: Digest::of(certificate), subject: known::subject(certificate), capabilities }
}
