//! A package with an app, a framework, resources, a profile and manifests.

use std::sync::OnceLock;

use crate::formats::{
    ios::{
        code_signature::build::{Plan, Someone},
        macho::{Algorithm, build::Build},
        plist::base64_for_tests as base64,
    },
    zip::testing::{Builder, Item},
};

const INFO: &str = "<plist><dict><key>CFBundleIdentifier</key><string>org.example.app</string><key>CFBundleExecutable</key>\
    <string>App</string><key>MinimumOSVersion</key><string>13.0</string></dict></plist>";
const FRAMEWORK_INFO: &str = "<plist><dict><key>CFBundleIdentifier</key><string>org.example.f</string></dict></plist>";
const ENTITLEMENTS: &str = "<plist><dict><key>get-task-allow</key><true/><key>aps-environment</key>\
    <string>development</string></dict></plist>";
const RULES: &str = "<key>rules2</key><dict><key>^.*</key><true/><key>^Info\\.plist$</key><dict><key>omit</key><true/>\
    <key>weight</key><real>20</real></dict></dict>";
const MANIFEST: &str = "<plist><dict><key>NSPrivacyTracking</key><false/></dict></plist>";

/// Names in the archive and contents.
pub(super) type Files = Vec<(String, Vec<u8>)>;

/// How the package is made.
pub(super) struct App {
    pub build: Build,
    pub signer: Someone,
    /// Who signs the profile.
    pub profile: Option<Someone>,
    /// Made once: no signature is made twice in the same way.
    pub resources: OnceLock<Files>,
}

impl Default for App {
    fn default() -> Self {
        Self {
            build: Build::default(),
            signer: Someone::new("Apple Development: Somebody", 2),
            profile: Some(Someone::new("Apple iPhone OS Provisioning Profile Signing", 99)),
            resources: OnceLock::new(),
        }
    }
}

impl App {
    fn resources(&self) -> &[(String, Vec<u8>)] {
        self.resources.get_or_init(|| self.make_resources())
    }

    fn make_resources(&self) -> Files {
        let sealed = Plan { info_plist: Some(FRAMEWORK_INFO.into()), ..Plan::default() };
        let library = Build { file_type: 6, ..Build::default() };
        let mut files = vec![
            ("Frameworks/F.framework/F".to_owned(), sealed.sign(&library, Some(&self.signer))),
            ("Frameworks/F.framework/Info.plist".to_owned(), FRAMEWORK_INFO.into()),
            ("PrivacyInfo.xcprivacy".to_owned(), MANIFEST.into()),
            ("www/index.html".to_owned(), b"<html/>".to_vec()),
        ];
        files.extend(self.profile.as_ref().map(|apple| ("embedded.mobileprovision".to_owned(), self.provision(apple))));
        files
    }

    fn provision(&self, apple: &Someone) -> Vec<u8> {
        let certificate = base64(&self.signer.leaf);
        let text = format!(
            "<plist><dict><key>ProvisionedDevices</key><array><string>00008030-000A</string></array>\
             <key>DeveloperCertificates</key><array><data>{certificate}</data></array><key>Entitlements</key><dict>\
             <key>application-identifier</key><string>T.org.example.app</string><key>get-task-allow</key><true/></dict>\
             </dict></plist>"
        );
        apple.message(text.as_bytes(), true, &[])
    }

    fn code_resources(&self) -> Vec<u8> {
        let entry = |(path, contents): &(String, Vec<u8>)| {
            let hash = base64(&Algorithm::Sha256.digest(contents));
            format!("<key>{path}</key><dict><key>hash2</key><data>{hash}</data></dict>")
        };
        let files: String = self.resources().iter().map(entry).collect();
        format!("<plist><dict><key>files2</key><dict>{files}</dict>{RULES}</dict></plist>").into_bytes()
    }

    /// What the executable is signed with.
    pub(super) fn plan(&self) -> Plan {
        Plan {
            info_plist: Some(INFO.into()),
            code_resources: Some(self.code_resources()),
            entitlements: Some(ENTITLEMENTS.into()),
            ..Plan::default()
        }
    }

    pub(super) fn files(&self) -> Files {
        let mut files = vec![
            ("App".to_owned(), self.plan().sign(&self.build, Some(&self.signer))),
            ("Info.plist".to_owned(), INFO.into()),
            ("_CodeSignature/CodeResources".to_owned(), self.code_resources()),
        ];
        files.extend_from_slice(self.resources());
        files.into_iter().map(|(path, contents)| (format!("Payload/App.app/{path}"), contents)).collect()
    }

    pub(super) fn package(&self) -> Vec<u8> {
        zip(&self.files())
    }
}

/// An archive of these files, every other one compressed.
pub(super) fn zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let items = files.iter().enumerate().map(|(n, (name, contents))| {
        if n % 2 == 0 { Item::deflated(name, contents) } else { Item::stored(name, contents) }
    });
    items.fold(Builder::new(), Builder::add).finish()
}
