//! The profile of a package: who may sign it, for which bundle, with which rights, on which devices.
//!
//! Sources: OpenHarmony documentation "HarmonyAppProvision", `security_appverify` (provision_verify.cpp) of 2026-08. The
//! identifiers of devices are counted and never told.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    chain::Chain,
    document::Verified,
    json::{Document, Object, fact, unread},
    message,
};
use crate::{
    formats::x509,
    model::{Digest, Fact, Tri, Unread, UnreadStatus},
};

/// Takes every bundle.
const ANY_BUNDLE: &str = ".*";
/// Names that are listed of one kind.
const MAX_LISTED: usize = 500;

/// A profile, and how it fits the package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    pub present: bool,
    /// It is a signed message of its own. AppGallery puts in plain JSON, which then only the package's signature covers.
    pub signed: Tri,
    /// Its own signature and chain; for plain JSON that AppGallery put in, the signature of the package.
    pub signature_verified: Verified,
    pub chain: Chain,
    /// When its signature says it was made, RFC 3339 in UTC; empty where it does not say.
    pub signed_at: String,
    /// Of the format of profiles.
    pub version: Fact<i64>,
    /// `release` or `debug`; the platform takes whatever is not `release` for `debug`.
    #[serde(rename = "type")]
    pub kind: Fact<String>,
    /// `app_gallery`, `enterprise`, `enterprise_normal`, `enterprise_mdm`, `os_integration`, `crowdtesting`,
    /// `internaltesting`, `developer_id`; empty where nothing is declared.
    pub distribution: Fact<String>,
    /// RFC 3339 in UTC.
    pub not_before: Fact<String>,
    /// RFC 3339 in UTC.
    pub not_after: Fact<String>,
    /// Its dates include the time at which its signature says it was made. Devices do not ask this.
    pub valid_when_signed: Tri,
    pub bundle: Fact<String>,
    /// The bundle is that of the module; a profile for any bundle (`.*`) does not match.
    pub bundle_matches: Tri,
    /// The identifier that AppGallery gave the app; empty where nothing is declared.
    pub app_identifier: Fact<String>,
    /// The certificate of the developer: for distribution in a release profile, else for development.
    pub certificate: Fact<ProfileCertificate>,
    /// That certificate is the signer's. In a package that AppGallery signed it is not, and need not be.
    pub certificate_matches: Tri,
    /// `hos_normal_app` or `hos_system_app`.
    pub app_feature: Fact<String>,
    /// Ability privilege level: `normal`, `system_basic` or `system_core`; empty where nothing is declared.
    pub apl: Fact<String>,
    /// Permissions above the level that are granted all the same.
    pub acls: Fact<Vec<String>>,
    pub restricted_permissions: Fact<Vec<String>>,
    pub restricted_capabilities: Fact<Vec<String>>,
    /// Privileges of apps, as `AllowAppUsePrivilegeExtension`.
    pub privileges: Fact<Vec<String>>,
    /// How many devices it is made out to. Their identifiers are told nowhere.
    pub devices: Fact<i64>,
    /// Who says to have issued it.
    pub issuer: Fact<String>,
    /// A published key or an example is in its chain.
    pub demo: bool,
    /// Keys that it has twice.
    pub duplicate_keys: Vec<String>,
    /// `profile.*`, and `cms.*` and `chain.*` with `profile.` before them; sorted.
    pub errors: Vec<String>,
}

/// A certificate that a profile names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProfileCertificate {
    pub sha256: Digest,
    pub subject: String,
    pub issuer: String,
    /// RFC 3339 in UTC.
    pub not_before: String,
    /// RFC 3339 in UTC.
    pub not_after: String,
}

/// What a profile is held against.
#[derive(Clone, Copy, Debug)]
pub(super) struct Package<'a> {
    pub bundle: Option<&'a str>,
    /// Digest of the signer's certificate.
    pub signer: Option<Digest>,
    /// Whether signature and digests of the package hold, which cover the profile.
    pub verified: Verified,
    /// AppGallery signed it, by the name of the certificate.
    pub by_app_gallery: bool,
}

/// Reads a profile by itself: a `.p7b`, or plain JSON.
pub fn read(bytes: &[u8]) -> Profile {
    of_package(bytes, Package { bundle: None, signer: None, verified: Verified::No, by_app_gallery: false }).0
}

/// Reads the profile of a package, and gives it without the signature around it.
pub(super) fn of_package(bytes: &[u8], package: Package<'_>) -> (Profile, Vec<u8>) {
    let mut profile = Profile::absent("profile.malformed");
    profile.present = true;
    let plain = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    let content = if plain {
        profile.signed = Tri::No;
        profile.signature_verified = if package.by_app_gallery { package.verified } else { Verified::No };
        if !package.by_app_gallery {
            profile.errors.push("profile.unsigned".to_owned());
        }
        Some(bytes.to_vec())
    } else {
        signed(bytes, &mut profile)
    };
    match content.as_deref().map(Document::read) {
        Some(Ok(document)) => {
            profile.duplicate_keys.clone_from(&document.duplicates);
            match document.object() {
                Ok(root) => fill(&mut profile, root),
                Err(_) => profile.errors.push("profile.malformed".to_owned()),
            }
        }
        Some(Err(_)) => profile.errors.push("profile.malformed".to_owned()),
        None => {}
    }
    if !profile.duplicate_keys.is_empty() {
        profile.errors.push("profile.duplicate_keys".to_owned());
    }
    profile.valid_when_signed = valid_when_signed(&profile);
    if profile.valid_when_signed == Tri::No {
        profile.errors.push("profile.outside_validity".to_owned());
    }
    compare(&mut profile, package);
    profile.errors.sort();
    profile.errors.dedup();
    (profile, content.unwrap_or_default())
}

impl Profile {
    /// Where there is none, or none that can be read.
    pub(super) fn absent(reason: &str) -> Self {
        let why = || unread(UnreadStatus::Error, reason);
        Self {
            present: false,
            signed: Tri::Unknown,
            signature_verified: Verified::No,
            chain: Chain::none(),
            signed_at: String::new(),
            version: Fact::Unread(why()),
            kind: Fact::Unread(why()),
            distribution: Fact::Unread(why()),
            not_before: Fact::Unread(why()),
            not_after: Fact::Unread(why()),
            valid_when_signed: Tri::Unknown,
            bundle: Fact::Unread(why()),
            bundle_matches: Tri::Unknown,
            app_identifier: Fact::Unread(why()),
            certificate: Fact::Unread(why()),
            certificate_matches: Tri::Unknown,
            app_feature: Fact::Unread(why()),
            apl: Fact::Unread(why()),
            acls: Fact::Unread(why()),
            restricted_permissions: Fact::Unread(why()),
            restricted_capabilities: Fact::Unread(why()),
            privileges: Fact::Unread(why()),
            devices: Fact::Unread(why()),
            issuer: Fact::Unread(why()),
            demo: false,
            duplicate_keys: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// For debugging, as far as it can be read.
    pub(super) fn is_debug(&self) -> bool {
        self.kind.known().is_some_and(|kind| kind != "release")
    }
}

fn signed(bytes: &[u8], profile: &mut Profile) -> Option<Vec<u8>> {
    match message::read(bytes) {
        Ok(message) => {
            profile.signed = Tri::Yes;
            profile.signature_verified = message.verified;
            profile.demo = message.chain.demo;
            profile.signed_at = message.signed_at.map(|at| at.to_string()).unwrap_or_default();
            profile.errors.extend(message.errors.iter().map(|error| format!("profile.{error}")));
            profile.chain = message.chain;
            Some(message.content)
        }
        Err(code) => {
            profile.errors.push(format!("profile.{code}"));
            None
        }
    }
}

fn fill(profile: &mut Profile, root: Object<'_>) {
    profile.version = fact(root.demanded_number("version-code"));
    profile.kind = fact(root.demanded_text("type"));
    profile.distribution = fact(root.text("app-distribution-type").map(Option::unwrap_or_default));
    let validity = root.demanded_object("validity");
    profile.not_before = fact(validity.clone().and_then(|validity| date(validity, "not-before")));
    profile.not_after = fact(validity.and_then(|validity| date(validity, "not-after")));
    profile.issuer = fact(root.text("issuer").map(Option::unwrap_or_default));
    profile.privileges = fact(root.texts("app-privilege-capabilities").map(listed));
    profile.acls = fact(within(root, "acls", "allowed-acls"));
    profile.restricted_permissions = fact(within(root, "permissions", "restricted-permissions"));
    profile.restricted_capabilities = fact(within(root, "permissions", "restricted-capabilities"));
    profile.devices = fact(devices(root));
    let bundle = root.demanded_object("bundle-info");
    let text = |key| bundle.clone().and_then(|bundle| bundle.text(key)).map(Option::unwrap_or_default);
    profile.bundle = fact(bundle.clone().and_then(|bundle| bundle.demanded_text("bundle-name")));
    profile.apl = fact(text("apl"));
    profile.app_feature = fact(text("app-feature"));
    profile.app_identifier = fact(text("app-identifier"));
    let key = if profile.is_debug() { "development-certificate" } else { "distribution-certificate" };
    profile.certificate = fact(bundle.and_then(|bundle| bundle.demanded_text(key)).and_then(|pem| certificate(&pem)));
}

/// Dates are seconds since 1970.
fn date(validity: Object<'_>, key: &str) -> Result<String, Unread> {
    let seconds = validity.demanded_number(key)?;
    let time = Timestamp::from_second(seconds).map_err(|_| unread(UnreadStatus::Error, "profile.date"))?;
    Ok(time.to_string())
}

fn valid_when_signed(profile: &Profile) -> Tri {
    let time = |text: &Fact<String>| text.known().and_then(|text| text.parse::<Timestamp>().ok());
    match (time(&profile.not_before), time(&profile.not_after), profile.signed_at.parse::<Timestamp>()) {
        (Some(from), Some(to), Ok(at)) => (from..=to).contains(&at).into(),
        _ => Tri::Unknown,
    }
}

/// A list within an object, either of which may be missing. Templates leave empty names in it.
fn within(root: Object<'_>, object: &str, list: &str) -> Result<Vec<String>, Unread> {
    let names = root.object(object)?.map_or_else(|| Ok(Vec::new()), |inner| inner.texts(list))?;
    Ok(listed(names))
}

fn listed(names: Vec<String>) -> Vec<String> {
    let mut names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
    names.sort();
    names.dedup();
    names.truncate(MAX_LISTED);
    names
}

fn devices(root: Object<'_>) -> Result<i64, Unread> {
    let list = root.object("debug-info")?.map_or(Ok(&[][..]), |debug| debug.list("device-ids"))?;
    Ok(i64::try_from(list.len()).unwrap_or(i64::MAX))
}

/// PEM, of which there is one; some tools write the line ends as the two characters `\n`.
fn certificate(pem: &str) -> Result<ProfileCertificate, Unread> {
    let malformed = || unread(UnreadStatus::Error, "profile.certificate");
    let der = x509::from_pem(pem.replace("\\n", "\n").as_bytes()).into_iter().next().ok_or_else(malformed)?;
    let certificate = x509::decode(&der).map_err(|_| malformed())?.certificate;
    Ok(ProfileCertificate {
        sha256: certificate.sha256,
        subject: certificate.subject,
        issuer: certificate.issuer,
        not_before: certificate.not_before,
        not_after: certificate.not_after,
    })
}

/// What the platform compares at installation.
fn compare(profile: &mut Profile, package: Package<'_>) {
    if let (Some(bundle), Some(module)) = (profile.bundle.known(), package.bundle) {
        profile.bundle_matches = (bundle == module).into();
        if bundle == ANY_BUNDLE {
            profile.errors.push("profile.any_bundle".to_owned());
        } else if bundle != module {
            profile.errors.push("profile.other_bundle".to_owned());
        }
    }
    if let (Some(certificate), Some(signer)) = (profile.certificate.known(), package.signer) {
        profile.certificate_matches = (certificate.sha256 == signer).into();
        if certificate.sha256 != signer && !package.by_app_gallery {
            profile.errors.push("profile.other_certificate".to_owned());
        }
    }
}
