//! The signature of one file: block, message, digests, chain, profile, and what of them together follows.

use super::{
    block::{self, BlockError, Signed, SubBlock, kind},
    bytes::exact,
    chain::Chain,
    digest::{self, Outcome, Over},
    document::{Block, Enterprise, Signer, SubBlock as Listed, Verified},
    issuers::{self, Source},
    message::{self, Message},
    profile::{self, Package, Profile},
    property::{CodeSigning, Covered, PermissionBlock, Property},
};
use crate::formats::{x509, zip::ReadAt};

/// Messages and profiles are some KiB.
const MAX_MESSAGE: u32 = 1 << 20;

/// What the signature of a file is.
#[derive(Clone, Debug)]
pub(super) struct Scheme {
    pub block: Block,
    pub profile: Profile,
    pub signers: Vec<Signer>,
    pub verified: Verified,
    /// Sorted.
    pub errors: Vec<String>,
}

/// What the signature is held against.
#[derive(Clone, Copy)]
pub(super) struct Contents<'a> {
    pub bundle: Option<&'a str>,
    /// `module.json` or `config.json`; empty where there is none.
    pub module: &'a [u8],
    /// The file that `shareFiles` names; empty where there is none.
    pub shared: &'a [u8],
    /// A profile is expected: a library needs none.
    pub needs_profile: bool,
    /// Where the reader of the archive found the central directory.
    pub directory: u64,
}

/// Verifies the signature of a file.
pub(super) fn verify(source: &dyn ReadAt, contents: Contents<'_>) -> Scheme {
    match block::find(source) {
        Ok(signed) => of_block(source, &signed, contents),
        Err(error) => without(error),
    }
}

/// No block, or none that the platform takes.
fn without(error: BlockError) -> Scheme {
    let there = !matches!(error, BlockError::Absent | BlockError::NoEnd | BlockError::Unreadable);
    let mut block = Block::absent();
    // A block that is there and damaged is no unsigned package.
    block.present = there && !matches!(error, BlockError::DirectoryElsewhere | BlockError::Zip64);
    let verified = if error == BlockError::Unreadable { Verified::Indeterminate } else { Verified::No };
    let profile = Profile::absent("profile.absent");
    Scheme { block, profile, signers: Vec::new(), verified, errors: vec![error.code().to_owned()] }
}

fn of_block(source: &dyn ReadAt, signed: &Signed, contents: Contents<'_>) -> Scheme {
    let mut scheme = Scheme {
        block: Block::of(signed),
        profile: Profile::absent("profile.absent"),
        signers: Vec::new(),
        verified: Verified::No,
        errors: Vec::new(),
    };
    match sub_block(source, signed.find(kind::SIGNATURE)).as_deref().map(message::read) {
        Some(Ok(message)) => scheme.package(source, signed, message, contents),
        Some(Err(code)) => scheme.errors.push(code.to_owned()),
        None => scheme.errors.push("block.no_signature".to_owned()),
    }
    scheme.enterprise(source, signed);
    if signed.directory != contents.directory {
        // What was signed is not what is read here.
        scheme.errors.push("zip.two_directories".to_owned());
        scheme.verified = Verified::No;
    }
    scheme.errors.sort();
    scheme.errors.dedup();
    scheme
}

impl Scheme {
    fn package(&mut self, source: &dyn ReadAt, signed: &Signed, message: Message, contents: Contents<'_>) {
        let digests = self.digests(source, signed, &message, Over::Package);
        let package = message.verified.max(digests);
        let first = message.signers.first();
        self.block.signature_verified = message.verified;
        self.block.digests_verified = digests;
        self.block.signed_at = message.signed_at.map(|at| at.to_string()).unwrap_or_default();
        self.block.source = first.map_or(Source::Developer, |signer| issuers::source(&signer.subject));
        self.errors.extend(message.errors.iter().cloned());
        let plain = self.profile(source, signed, contents, package, first);
        let covered = Covered { profile: &plain, module: contents.module, shared: contents.shared };
        self.property(source, signed, covered, &message.key);
        self.signers = signers(&message, &self.block, &self.profile);
        self.block.chain = message.chain;
        self.verified = package.max(self.judge(contents));
    }

    /// What profile and property add to the verdict over the package.
    fn judge(&mut self, contents: Contents<'_>) -> Verified {
        let mut verdict = Verified::Yes;
        if self.profile.present {
            verdict = verdict.max(self.profile.signature_verified);
            if self.profile.errors.iter().any(|error| {
                matches!(error.as_str(), "profile.other_bundle" | "profile.other_certificate" | "profile.malformed")
            }) {
                verdict = Verified::No;
            }
            self.errors.extend(self.profile.errors.iter().cloned());
        } else if contents.needs_profile {
            self.errors.push("profile.absent".to_owned());
            verdict = Verified::No;
        }
        if self.block.permission_block.present && self.block.permission_block.verified != Verified::Yes {
            self.errors.push("property.permission_block".to_owned());
            verdict = verdict.max(self.block.permission_block.verified);
        }
        verdict
    }

    fn digests(&mut self, source: &dyn ReadAt, signed: &Signed, message: &Message, over: Over) -> Verified {
        let Some(declared) = digest::declared(&message.content) else {
            self.errors.push("digest.malformed".to_owned());
            return Verified::No;
        };
        let mut verdict = Verified::Yes;
        for outcome in digest::verify(source, signed, over, &declared) {
            let (worse, code) = match outcome {
                Outcome::Verified => continue,
                Outcome::Mismatch => (Verified::No, "digest.mismatch"),
                Outcome::Unknown => (Verified::Indeterminate, "digest.algorithm_unknown"),
                Outcome::Unreadable => (Verified::Indeterminate, "file.unreadable"),
            };
            verdict = verdict.max(worse);
            self.errors.push(code.to_owned());
        }
        if over == Over::Package {
            let name = |one: &digest::Declared| match digest::name(one.algorithm) {
                "" => format!("{:#x}", one.algorithm),
                name => name.to_owned(),
            };
            self.block.digest_algorithms = declared.iter().map(name).collect();
        }
        verdict
    }

    /// Reads the profile, and gives it without the signature around it.
    fn profile(
        &mut self,
        source: &dyn ReadAt,
        signed: &Signed,
        contents: Contents<'_>,
        package: Verified,
        signer: Option<&x509::Certificate>,
    ) -> Vec<u8> {
        let Some(sub) = signed.find(kind::PROFILE) else { return Vec::new() };
        let Some(bytes) = sub_block(source, Some(sub)) else {
            self.profile = Profile::absent("profile.too_large");
            self.profile.present = true;
            self.profile.errors.push("profile.malformed".to_owned());
            return Vec::new();
        };
        let against = Package {
            bundle: contents.bundle,
            signer: signer.map(|signer| signer.sha256),
            verified: package,
            by_app_gallery: self.block.source == Source::AppGallery,
        };
        let (profile, plain) = profile::of_package(&bytes, against);
        self.profile = profile;
        plain
    }

    fn property(&mut self, source: &dyn ReadAt, signed: &Signed, covered: Covered<'_>, key: &[u8]) {
        let sub = signed.find(kind::ENTERPRISE_CODE).or_else(|| signed.find(kind::PROPERTY));
        let Some(sub) = sub else { return };
        let property = Property::read(source, sub);
        if property.malformed {
            self.errors.push("property.malformed".to_owned());
        }
        self.block.permission_block = property.permission(source, covered, key);
        self.block.code_signing = property.code;
    }

    fn enterprise(&mut self, source: &dyn ReadAt, signed: &Signed) {
        let Some(sub) = signed.find(kind::ENTERPRISE_SIGNATURE) else { return };
        self.block.enterprise.present = true;
        self.block.enterprise.verified = Verified::No;
        if let Some(Ok(message)) = sub_block(source, Some(sub)).as_deref().map(message::read) {
            let digests = self.digests(source, signed, &message, Over::Enterprise);
            self.block.enterprise.verified = message.verified.max(digests);
            self.block.enterprise.subject =
                message.signers.first().map(|signer| signer.subject.clone()).unwrap_or_default();
        }
        if self.block.enterprise.verified != Verified::Yes {
            self.errors.push("enterprise.signature".to_owned());
            self.verified = self.verified.max(self.block.enterprise.verified);
        }
    }
}

impl Block {
    fn absent() -> Self {
        Self {
            present: false,
            version: 0,
            magic: String::new(),
            bytes: 0,
            sub_blocks: Vec::new(),
            signature_verified: Verified::No,
            digests_verified: Verified::No,
            digest_algorithms: Vec::new(),
            chain: Chain::none(),
            source: Source::Developer,
            signed_at: String::new(),
            code_signing: CodeSigning { present: false, version: 0, bytes: 0 },
            permission_block: PermissionBlock { present: false, verified: Verified::Indeterminate },
            rotation: false,
            enterprise: Enterprise { present: false, verified: Verified::Indeterminate, subject: String::new() },
        }
    }

    fn of(signed: &Signed) -> Self {
        let listed = |sub: &SubBlock| Listed { kind: kind_name(sub.kind).to_owned(), bytes: sub.length.into() };
        Self {
            present: true,
            version: signed.version.into(),
            magic: signed.magic.to_owned(),
            bytes: i64::try_from(signed.size).unwrap_or(i64::MAX),
            sub_blocks: signed.sub_blocks.iter().map(listed).collect(),
            rotation: signed.find(kind::ROTATION).is_some(),
            ..Self::absent()
        }
    }
}

fn kind_name(of: u32) -> &'static str {
    match of {
        kind::SIGNATURE => "signature",
        kind::ROTATION => "rotation",
        kind::PROFILE => "profile",
        kind::PROPERTY => "property",
        kind::ENTERPRISE_SIGNATURE => "enterprise_signature",
        _ => "enterprise_code",
    }
}

fn sub_block(source: &dyn ReadAt, sub: Option<SubBlock>) -> Option<Vec<u8>> {
    let sub = sub.filter(|sub| sub.length <= MAX_MESSAGE)?;
    exact(source, sub.offset, usize::try_from(sub.length).ok()?)
}

fn signers(message: &Message, block: &Block, profile: &Profile) -> Vec<Signer> {
    let public_test = &message.chain.demo_source;
    let signer = |certificate: &x509::Certificate| Signer {
        sha256: certificate.sha256,
        subject: certificate.subject.clone(),
        issuer: certificate.issuer.clone(),
        serial: certificate.serial.clone(),
        key: certificate.key.clone(),
        signature: certificate.signature.clone(),
        not_before: certificate.not_before.clone(),
        not_after: certificate.not_after.clone(),
        debug: profile.is_debug(),
        public_test: public_test.clone(),
        sm2: certificate.key.algorithm == "sm2",
        scheme: vec![format!("hap-v{}", block.version)],
    };
    message.signers.iter().map(signer).collect()
}
