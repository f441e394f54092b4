//! Provisioning profiles, `embedded.mobileprovision`: a property list in a message that Apple signed (Apple Technote 3125,
//! "Inside Code Signing: Provisioning Profiles"). How many devices it names is told, never which.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    code_signature::{Chain, Entitlements, Signer, Verified, judge_message},
    plist::{self, Dictionary, Value},
    values::{MAX_LIST, declared, dictionary, list, sorted, switch, text, texts},
};
use crate::{
    formats::cms::SignedData,
    model::{Digest, Tri},
};

/// A provisioning profile, and how it fits the app. Lists are sorted and have at most 500 entries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Profile {
    #[serde(rename = "type")]
    pub kind: ProfileKind,
    pub name: String,
    pub uuid: String,
    pub team: String,
    pub team_name: String,
    pub platforms: Vec<String>,
    /// How many devices it names.
    pub devices: i64,
    /// RFC 3339 in UTC; empty where it does not say.
    pub created: String,
    /// RFC 3339 in UTC; empty where it does not say.
    pub expires: String,
    /// With the prefix of the team; may end with `*`.
    pub application_identifier: String,
    /// Whether that is neither the app's bundle id nor covers it; no where there is no profile.
    pub for_another_app: Tri,
    pub get_task_allow: bool,
    /// Made by Xcode by itself.
    pub xcode_managed: bool,
    /// Digests of the certificates that may sign.
    pub certificates: Vec<Digest>,
    /// Whether who signed the code is not among them; no where there is no profile.
    pub for_another_signer: Tri,
    /// Keys of entitlements of the app that the profile does not grant; empty where one of the two is not there.
    pub entitlements_beyond: Vec<String>,
    /// Whether the signer's key signed it.
    pub verified: Verified,
    /// Where the signer's certificate leads: Apple's profiles lead to a root of Apple's.
    pub chain: Option<Chain>,
    /// Codes of what is wrong, sorted.
    pub errors: Vec<String>,
}

/// Whom a profile lets run the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProfileKind {
    /// Named devices, without a debugger.
    AdHoc,
    /// The store, which replaces it.
    AppStore,
    /// Named devices, with a debugger.
    Development,
    /// All devices of an organisation: nobody reviewed the app.
    Enterprise,
    /// No profile, as in packages from the store.
    None,
}

/// What a profile is held against.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fit<'a> {
    pub bundle_id: Option<&'a str>,
    pub entitlements: Option<&'a Entitlements>,
    pub signer: Option<&'a Signer>,
}

impl Profile {
    /// Of a package without one.
    pub(super) fn none() -> Self {
        Self {
            kind: ProfileKind::None,
            name: String::new(),
            uuid: String::new(),
            team: String::new(),
            team_name: String::new(),
            platforms: Vec::new(),
            devices: 0,
            created: String::new(),
            expires: String::new(),
            application_identifier: String::new(),
            for_another_app: Tri::No,
            get_task_allow: false,
            xcode_managed: false,
            certificates: Vec::new(),
            for_another_signer: Tri::No,
            entitlements_beyond: Vec::new(),
            verified: Verified::Indeterminate,
            chain: None,
            errors: Vec::new(),
        }
    }
}

/// Reads one; the error is a code.
pub(super) fn read(bytes: &[u8], fit: Fit<'_>) -> Result<Profile, &'static str> {
    let message = SignedData::parse(bytes).map_err(|_| "profile_message")?;
    let content = message.content.as_deref().ok_or("profile_content")?;
    let value = plist::read(content).map_err(|_| "profile_plist")?;
    let pairs = value.as_dictionary().ok_or("profile_plist")?;
    let judged = judge_message(&message, None, "profile");
    let mut profile = of(pairs, fit);
    profile.verified = judged.verified;
    profile.chain = judged.chain;
    profile.errors = judged.errors;
    Ok(profile)
}

fn of(pairs: &Dictionary, fit: Fit<'_>) -> Profile {
    let empty = Dictionary::new();
    let granted = dictionary(pairs, "Entitlements").unwrap_or(&empty);
    let get_task_allow = switch(granted, "get-task-allow");
    let application_identifier = text(granted, "application-identifier");
    let date = |key: &str| pairs.get(key).and_then(Value::as_date).unwrap_or_default().to_owned();
    let certificates = certificates(pairs);
    Profile {
        kind: kind(pairs, get_task_allow),
        name: text(pairs, "Name"),
        uuid: text(pairs, "UUID"),
        team: texts(pairs, "TeamIdentifier").into_iter().next().unwrap_or_default(),
        team_name: text(pairs, "TeamName"),
        platforms: texts(pairs, "Platform"),
        devices: i64::try_from(list(pairs, "ProvisionedDevices").len()).unwrap_or(i64::MAX),
        created: date("CreationDate"),
        expires: date("ExpirationDate"),
        for_another_app: for_another_app(pairs, &application_identifier, fit.bundle_id),
        application_identifier,
        get_task_allow,
        xcode_managed: switch(pairs, "IsXcodeManaged"),
        for_another_signer: fit.signer.map_or(Tri::Unknown, |signer| Tri::from(!certificates.contains(&signer.sha256))),
        certificates,
        entitlements_beyond: fit.entitlements.map(|own| beyond(own, granted)).unwrap_or_default(),
        ..Profile::none()
    }
}

fn kind(pairs: &Dictionary, get_task_allow: bool) -> ProfileKind {
    if declared(pairs, "ProvisionsAllDevices") == Some(true) {
        ProfileKind::Enterprise
    } else if pairs.contains_key("ProvisionedDevices") {
        if get_task_allow { ProfileKind::Development } else { ProfileKind::AdHoc }
    } else {
        ProfileKind::AppStore
    }
}

fn certificates(pairs: &Dictionary) -> Vec<Digest> {
    let certificates = list(pairs, "DeveloperCertificates").iter().filter_map(Value::as_data);
    let mut digests: Vec<_> = certificates.take(MAX_LIST).map(Digest::of).collect();
    digests.sort();
    digests.dedup();
    digests
}

/// The identifier is the prefix of the team, a dot, and the bundle id or the beginning of it with `*`.
fn for_another_app(pairs: &Dictionary, identifier: &str, bundle_id: Option<&str>) -> Tri {
    let Some(bundle_id) = bundle_id.filter(|id| !id.is_empty()) else { return Tri::Unknown };
    let prefixes = texts(pairs, "ApplicationIdentifierPrefix");
    let known = prefixes.iter().find_map(|prefix| identifier.strip_prefix(prefix.as_str())?.strip_prefix('.'));
    let Some(pattern) = known.or_else(|| identifier.split_once('.').map(|(_, rest)| rest)) else { return Tri::Unknown };
    Tri::from(match pattern.strip_suffix('*') {
        Some(start) => !bundle_id.starts_with(start),
        None => bundle_id != pattern,
    })
}

fn beyond(own: &Entitlements, granted: &Dictionary) -> Vec<String> {
    sorted(own.keys.iter().filter(|key| !granted.contains_key(*key)).cloned())
}

#[cfg(test)]
mod tests {
    use super::{Fit, Profile, ProfileKind, Verified, read};
    use crate::{formats::ios::code_signature::build::Someone, model::Tri};

    fn plist(more: &str, task_allow: bool) -> String {
        format!(
            "<?xml version=\"1.0\"?><plist><dict><key>Name</key><string>P</string><key>ApplicationIdentifierPrefix</key>\
             <array><string>TEAM123456</string></array><key>ExpirationDate</key><date>2027-03-01T00:00:00Z</date>\
             <key>Entitlements</key><dict><key>application-identifier</key><string>TEAM123456.org.example.*</string>\
             <key>get-task-allow</key><{task_allow}/></dict>{more}</dict></plist>"
        )
    }

    const DEVICES: &str =
        "<key>ProvisionedDevices</key><array><string>00008030-AAAA</string><string>b</string></array>";

    #[test]
    fn kinds_are_told_apart_as_apple_documents_them() {
        let apple = Someone::new("Apple iPhone OS Provisioning Profile Signing", 99);
        let kind = |more: &str, task_allow| {
            let message = apple.message(plist(more, task_allow).as_bytes(), true, &[]);
            read(&message, Fit::default()).unwrap().kind
        };
        assert_eq!(kind(DEVICES, true), ProfileKind::Development);
        assert_eq!(kind(DEVICES, false), ProfileKind::AdHoc);
        assert_eq!(kind("<key>ProvisionsAllDevices</key><true/>", false), ProfileKind::Enterprise);
        assert_eq!(kind("", false), ProfileKind::AppStore);
    }

    #[test]
    fn devices_are_counted_and_never_named() {
        let apple = Someone::new("Apple", 99);
        let profile = read(&apple.message(plist(DEVICES, true).as_bytes(), true, &[]), Fit::default()).unwrap();
        assert_eq!((profile.devices, profile.expires.as_str()), (2, "2027-03-01T00:00:00Z"));
        assert_eq!(profile.verified, Verified::Yes);
        assert_eq!(profile.chain.as_ref().unwrap().root, "other");
        assert!(!serde_json::to_string(&profile).unwrap().contains("00008030"));
    }

    #[test]
    fn the_app_has_to_fit_it() {
        let apple = Someone::new("Apple", 99);
        let message = apple.message(plist("", false).as_bytes(), true, &[]);
        let another =
            |bundle_id| read(&message, Fit { bundle_id: Some(bundle_id), ..Fit::default() }).unwrap().for_another_app;
        assert_eq!((another("org.example.app"), another("org.other"), another("")), (Tri::No, Tri::Yes, Tri::Unknown));
        assert_eq!((Profile::none().for_another_app, Profile::none().for_another_signer), (Tri::No, Tri::No));
    }

    #[test]
    fn a_profile_that_was_changed_is_not_verified() {
        let apple = Someone::new("Apple", 99);
        let mut message = apple.message(plist(DEVICES, false).as_bytes(), true, &[]);
        let at = message.windows(5).position(|window| window == b"00008").unwrap();
        message[at] = b'1';
        let profile = read(&message, Fit::default()).unwrap();
        assert_eq!((profile.verified, profile.errors), (Verified::No, vec!["digest_mismatch".to_owned()]));
        assert_eq!(read(b"<plist/>", Fit::default()), Err("profile_message"));
        assert_eq!(read(&apple.message(b"x", false, &[]), Fit::default()), Err("profile_content"));
        assert_eq!(read(&apple.message(b"x", true, &[]), Fit::default()), Err("profile_plist"));
    }
}
