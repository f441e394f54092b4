//! What is asked for, what comes with it, and how much it means.

use crate::formats::apk::{Manifest, permission_levels, testing::Sample};

fn manifest(target: u32, beside: &'static str) -> Manifest {
    Sample { target, beside, ..Sample::default() }.read()
}

fn implied(target: u32, beside: &'static str) -> Vec<String> {
    let all = manifest(target, beside).permissions.into_iter().filter(|p| p.implied);
    all.map(|p| p.name.trim_start_matches("android.permission.").to_owned()).collect()
}

#[test]
fn the_table_has_every_level() {
    let level = |name: &str| permission_levels::level(name);
    assert_eq!(level("android.permission.CAMERA"), Some("dangerous"));
    assert_eq!(level("android.permission.INTERNET"), Some("normal"));
    assert_eq!(level("android.permission.DUMP"), Some("signature"));
    assert_eq!(level("android.permission.MANAGE_DEVICE_POLICY_WIFI"), Some("signature"), "internal is for no app");
    assert_eq!(level("android.permission.SYSTEM_ALERT_WINDOW"), Some("special"));
    assert_eq!(level("com.android.voicemail.permission.ADD_VOICEMAIL"), Some("dangerous"));
    assert_eq!(level("android.permission.health.READ_STEPS"), Some("dangerous"));
    assert_eq!(level("android.permission.NO_SUCH"), None);
    assert_eq!(level("CAMERA"), None, "a bare name is none of the platform");
}

#[test]
fn old_targets_get_what_they_never_asked_for() {
    assert_eq!(implied(33, ""), [""; 0]);
    assert_eq!(implied(32, ""), ["POST_NOTIFICATIONS"]);
    let storage = r#"<uses-permission android:name="android.permission.WRITE_EXTERNAL_STORAGE"/>"#;
    assert_eq!(implied(33, storage), ["READ_EXTERNAL_STORAGE"]);
    let oldest = implied(3, "");
    for name in ["READ_PHONE_STATE", "WRITE_EXTERNAL_STORAGE", "READ_EXTERNAL_STORAGE"] {
        assert!(oldest.contains(&name.to_owned()), "{name}");
    }
    let location = r#"<uses-permission android:name="android.permission.ACCESS_COARSE_LOCATION"/>"#;
    assert_eq!(implied(28, location), ["ACCESS_BACKGROUND_LOCATION", "POST_NOTIFICATIONS"]);
    assert_eq!(implied(33, location), [""; 0]);
    let bluetooth = r#"<uses-permission android:name="android.permission.BLUETOOTH"/>
                       <uses-permission android:name="android.permission.BLUETOOTH_SCAN"/>"#;
    assert_eq!(implied(30, bluetooth), ["BLUETOOTH_ADVERTISE", "BLUETOOTH_CONNECT", "POST_NOTIFICATIONS"]);
}

#[test]
fn what_is_asked_for_twice_is_listed_once_and_said_to_be() {
    let manifest = manifest(
        33,
        r#"<uses-permission android:name="android.permission.INTERNET"/>
           <uses-permission android:name="android.permission.INTERNET"/>
           <uses-permission android:name="android.permission.CAMERA" android:maxSdkVersion="28"/>
           <uses-permission-sdk-23 android:name="android.permission.CAMERA"/>
           <uses-permission android:name="android.permission.BLUETOOTH_SCAN" android:usesPermissionFlags="65536"/>
           <uses-permission/>"#,
    );
    let short = |name: &str| name.trim_start_matches("android.permission.").to_owned();
    let seen: Vec<_> = manifest.permissions.iter().map(|p| (short(&p.name), p.max_sdk, p.sdk_23)).collect();
    let expected = [("BLUETOOTH_SCAN", 0, false), ("CAMERA", 0, true), ("CAMERA", 28, false), ("INTERNET", 0, false)];
    assert_eq!(seen, expected.map(|(name, max, sdk_23)| (name.to_owned(), max, sdk_23)));
    assert!(manifest.permissions[0].never_for_location);
    assert_eq!(manifest.duplicate_permissions, ["android.permission.CAMERA", "android.permission.INTERNET"]);
}

#[test]
fn the_apps_own_permissions_have_the_level_it_gave_them() {
    let manifest = manifest(
        33,
        r#"<permission android:name="cn.example.OURS" android:protectionLevel="134217730" android:permissionGroup="g"/>
           <permission android:name="android.permission.CAMERA" android:protectionLevel="0"/>
           <uses-permission android:name="cn.example.OURS"/>
           <uses-permission android:name="android.permission.CAMERA"/>
           <uses-permission android:name="com.vendor.PUSH"/>"#,
    );
    let [camera, ours] = &manifest.declared_permissions[..] else { panic!("two are declared") };
    assert_eq!((camera.level.as_str(), ours.level.as_str()), ("normal", "signature"));
    assert_eq!(ours.flags, ["knownSigner"]);
    let seen: Vec<_> = manifest.permissions.iter().map(|p| (p.level.as_str(), p.defined_by.as_str())).collect();
    assert_eq!(seen, [("dangerous", "platform"), ("signature", "app"), ("other", "other")]);
}
