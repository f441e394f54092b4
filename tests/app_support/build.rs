//! Packages that `aapt2` builds from what a test writes, against a framework of our own that has the attributes alone.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process,
};

use jixian::formats::apk::attributes;
use libtest_mimic::Failed;

use crate::app_support::run;

/// A manifest and the resources beside it, by their paths below `res`.
pub struct Source {
    pub manifest: String,
    pub resources: Vec<(&'static str, &'static str)>,
}

/// A folder that is gone with its owner.
pub struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

impl Folder {
    pub fn new(name: &str) -> Result<Self, Failed> {
        let path = env::temp_dir().join(format!("jixian-app-{name}-{}", process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn write(&self, name: &str, text: &str) -> Result<PathBuf, Failed> {
        let path = self.path(name);
        fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        fs::write(&path, text)?;
        Ok(path)
    }

    /// Compiles and links: an APK, or the same with its parts as protocol buffers.
    pub fn link(&self, source: &Source, proto: bool) -> Result<PathBuf, Failed> {
        let framework = self.framework()?;
        let out = self.path(if proto { "proto.apk" } else { "out.apk" });
        let manifest = self.write("app/AndroidManifest.xml", &source.manifest)?;
        let mut arguments: Vec<PathBuf> = ["link", "-o"].map(PathBuf::from).to_vec();
        arguments.extend([
            out.clone(),
            "-I".into(),
            framework,
            "--manifest".into(),
            manifest,
            "--no-auto-version".into(),
        ]);
        if proto {
            arguments.push("--proto-format".into());
        }
        for (name, text) in &source.resources {
            arguments.push(self.compile(&format!("app/res/{name}"), text)?);
        }
        run("aapt2", &arguments)?;
        Ok(out)
    }

    fn compile(&self, name: &str, text: &str) -> Result<PathBuf, Failed> {
        let path = self.write(name, text)?;
        let parts: Vec<_> = Path::new(name).iter().map(|part| part.to_string_lossy().into_owned()).collect();
        let [.., folder, file] = &parts[..] else { return Err("no folder".into()) };
        let file = if folder.starts_with("values") { file.replace(".xml", ".arsc") } else { file.clone() };
        let out = self.path(&format!("{folder}_{file}.flat"));
        let arguments: [&Path; 4] = ["compile".as_ref(), "-o".as_ref(), &self.0, &path];
        run("aapt2", arguments)?;
        Ok(out)
    }

    /// Attributes with their numbers; each takes whatever is written.
    fn framework(&self) -> Result<PathBuf, Failed> {
        let out = self.path("framework.apk");
        let mut values = String::from("<resources>");
        for (name, id) in attributes::ALL {
            values += &format!(r#"<public type="attr" name="{name}" id="{id:#010x}"/>"#);
            values += &format!(r#"<attr name="{name}" format="string|integer|boolean|reference"/>"#);
        }
        values += "</resources>";
        let values = self.compile("framework/res/values/attributes.xml", &values)?;
        let manifest = self.write("framework/AndroidManifest.xml", r#"<manifest package="android"/>"#)?;
        let arguments: [&Path; 7] =
            ["link".as_ref(), "-x".as_ref(), "-o".as_ref(), &out, "--manifest".as_ref(), &manifest, &values];
        run("aapt2", arguments)?;
        Ok(out)
    }

    /// A bundle with one module from what was linked as protocol buffers, and the configuration of its tool.
    pub fn bundle(&self, linked: &Path) -> Result<PathBuf, Failed> {
        const PYTHON: &str = r#"
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as of, zipfile.ZipFile(sys.argv[2], "w", zipfile.ZIP_DEFLATED) as out:
    out.writestr("BundleConfig.pb", b"\x0a\x08\x12\x061.15.6")
    for name in of.namelist():
        out.writestr("base/" + ("manifest/" if name == "AndroidManifest.xml" else "") + name, of.read(name))
"#;
        let out = self.path("out.aab");
        let arguments: [&Path; 4] = ["-c".as_ref(), PYTHON.as_ref(), linked, &out];
        run("python3", arguments)?;
        Ok(out)
    }
}

fn manifest(attributes: &str, beside: &str, application: &str, within: &str) -> String {
    format!(
        r#"<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="cn.example.app"
            android:versionCode="7" {attributes}>{beside}<application {application}>{within}</application></manifest>"#
    )
}

/// Everything that a target SDK decides.
pub fn of_target(target: u32) -> Source {
    let beside = format!(
        r#"<uses-sdk android:minSdkVersion="3" android:targetSdkVersion="{target}"/>
           <uses-permission android:name="android.permission.READ_CONTACTS"/>
           <uses-permission android:name="android.permission.WRITE_EXTERNAL_STORAGE"/>"#
    );
    let within = r#"
        <activity android:name=".Silent"/>
        <activity android:name=".Listening"><intent-filter><action android:name="cn.example.DO"/></intent-filter></activity>
        <service android:name=".Closed" android:exported="false"><intent-filter/></service>
        <receiver android:name=".Off" android:enabled="false" android:exported="true"/>
        <provider android:name=".Provider" android:authorities="cn.example.app"/>"#;
    let application = r#"android:allowBackup="false""#;
    Source { manifest: manifest(r#"android:versionName="1.0""#, &beside, application, within), resources: Vec::new() }
}

/// Everything that refers to something.
pub fn with_resources() -> Source {
    let beside = r#"<uses-sdk android:minSdkVersion="24" android:targetSdkVersion="34"/>
        <permission android:name="cn.example.OURS" android:protectionLevel="2"/>
        <uses-permission android:name="android.permission.CAMERA" android:maxSdkVersion="28"/>"#;
    let application = r#"android:allowBackup="@bool/backup" android:debuggable="@bool/debug"
        android:networkSecurityConfig="@xml/net" android:dataExtractionRules="@xml/rules"
        android:fullBackupContent="@xml/old""#;
    let within = r#"<activity android:name=".A" android:exported="@bool/open" android:permission="@string/guard"/>
        <provider android:name=".P" android:authorities="@string/authority" android:exported="true"/>"#;
    let resources = vec![
        (
            "values/v.xml",
            r#"<resources><bool name="backup">true</bool><bool name="debug">false</bool><bool name="open">@bool/debug2</bool>
               <bool name="debug2">true</bool><string name="version">一・二</string><string name="guard">cn.example.OURS</string>
               <string name="authority">cn.example.app.files</string></resources>"#,
        ),
        (
            "values-night/v.xml",
            r#"<resources><bool name="debug">true</bool><bool name="backup">true</bool></resources>"#,
        ),
        (
            "xml/net.xml",
            r#"<network-security-config><base-config cleartextTrafficPermitted="false"><trust-anchors>
                 <certificates src="system"/><certificates src="@xml/old"/></trust-anchors></base-config>
               <domain-config><domain includeSubdomains="true">api.example.cn</domain><pin-set expiration="2030-01-01">
                 <pin digest="SHA-256">7HIpactkIAq2Y49orFOOQKurWxmmSFZhBCoQYcRhJ3Y=</pin>
                 <pin digest="SHA-256">fwza0LRMXouZHRC8Ei+4PyuldPDcf3UKgO/04cDM1oE=</pin></pin-set></domain-config>
               <domain-config cleartextTrafficPermitted="true"><domain>old.example.cn</domain></domain-config>
               </network-security-config>"#,
        ),
        (
            "xml/rules.xml",
            r#"<data-extraction-rules><cloud-backup><exclude domain="sharedpref" path="token.xml"/></cloud-backup>
               </data-extraction-rules>"#,
        ),
        ("xml/old.xml", r#"<full-backup-content><include domain="file" path="public"/></full-backup-content>"#),
    ];
    let attributes = r#"android:versionName="@string/version""#;
    Source { manifest: manifest(attributes, beside, application, within), resources }
}

/// A package for one density of one feature.
pub fn split() -> Source {
    let attributes = r#"split="maps.config.xhdpi" configForSplit="maps" android:isFeatureSplit="true""#;
    Source { manifest: manifest(attributes, "", "", ""), resources: Vec::new() }
}
