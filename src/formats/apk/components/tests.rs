//! What other apps can reach, by kind of component, target SDK and what is written.

use crate::formats::apk::{Component, Manifest, testing::Sample};
use crate::model::{DecodeFailure, Fact};

const FILTER: &str = r#"<intent-filter><action android:name="cn.example.DO"/></intent-filter>"#;

fn manifest(target: u32, within: String) -> Manifest {
    Sample { target, within: within.leak(), ..Sample::default() }.read()
}

fn component(target: u32, within: String) -> Component {
    manifest(target, within).components.remove(0)
}

#[test]
fn without_a_word_a_filter_opens_and_a_provider_is_open_below_17() {
    for kind in ["activity", "service", "receiver"] {
        let of = |inside| component(30, format!(r#"<{kind} android:name=".C">{inside}</{kind}>"#));
        assert_eq!((of("").exported, of("").explicit), (Fact::Known(false), false), "{kind}");
        assert_eq!(of(FILTER).exported, Fact::Known(true), "{kind}");
    }
    let provider = |target| component(target, r#"<provider android:name=".P" android:authorities="p"/>"#.to_owned());
    assert_eq!(provider(16).exported, Fact::Known(true));
    assert_eq!(provider(17).exported, Fact::Known(false));
}

#[test]
fn a_filter_without_an_action_opens_a_service_but_no_activity() {
    let empty = "<intent-filter/>";
    assert_eq!(
        component(30, format!(r#"<activity android:name=".A">{empty}</activity>"#)).exported,
        Fact::Known(false)
    );
    assert_eq!(component(30, format!(r#"<service android:name=".S">{empty}</service>"#)).exported, Fact::Known(true));
}

#[test]
fn from_target_31_silence_with_a_filter_is_an_error_of_installation() {
    let errors = |target, attributes| {
        let within = format!(r#"<activity android:name=".A" {attributes}>{FILTER}</activity>"#);
        manifest(target, within).install_errors.into_iter().map(|e| (e.kind, e.subject)).collect::<Vec<_>>()
    };
    assert_eq!(errors(30, ""), []);
    assert_eq!(errors(31, ""), [("exported_not_declared".to_owned(), "cn.example.app.A".to_owned())]);
    assert_eq!(errors(31, r#"android:exported="true""#), []);
}

#[test]
fn what_is_switched_off_is_not_open() {
    let of =
        |attributes| component(30, format!(r#"<activity android:name=".A" {attributes}>{FILTER}</activity>"#)).exported;
    assert_eq!(of(r#"android:enabled="false""#), Fact::Known(false));
    assert!(of(r#"android:enabled="@bool/none""#).known().is_none());
    assert_eq!(of(r#"android:enabled="@bool/none" android:exported="false""#), Fact::Known(false));
    let application = r#"android:enabled="false""#;
    let within = r#"<activity android:name=".A" android:exported="true"/>"#;
    let off = Sample { target: 30, application, within, ..Sample::default() }.read();
    assert_eq!(off.components[0].exported, Fact::Known(false));
}

#[test]
fn a_flag_that_depends_on_the_device_is_ambiguous() {
    let within = r#"<activity android:name=".A" android:exported="@bool/open"/>"#;
    let of = |values: &[&str]| {
        let values = values.iter().map(|text| crate::formats::apk::testing::value(text)).collect();
        let sample = Sample { target: 30, within, resources: vec![("bool/open", values)], ..Sample::default() };
        sample.read().components.remove(0).exported
    };
    assert_eq!(of(&["true", "true"]), Fact::Known(true));
    let Fact::Unread(why) = of(&["true", "false"]) else { panic!("it is both") };
    assert_eq!(why.reason, "ambiguous");
    assert_eq!(of(&["false"]), Fact::Known(false));
    assert!(of(&["@bool/open"]).known().is_none(), "a circle leads nowhere");
}

#[test]
fn the_permission_of_the_application_guards_all_but_aliases() {
    let sample = Sample {
        target: 30,
        beside: r#"<permission android:name="cn.example.OURS" android:protectionLevel="2"/>
                   <permission android:name="cn.example.FREE"/>"#,
        application: r#"android:permission="cn.example.OURS""#,
        within: r#"<activity android:name=".A"/><activity-alias android:name=".B" android:targetActivity=".A"/>
                   <service android:name=".S" android:permission="cn.example.FREE"/>
                   <service android:name=".T" android:permission="cn.example.NOBODY"/>
                   <receiver android:name=".R" android:permission="android.permission.DUMP"/>"#,
        ..Sample::default()
    };
    let manifest = sample.read();
    let seen: Vec<_> = manifest
        .components
        .iter()
        .map(|c| (c.name.as_str(), c.permission.trim_start_matches("cn.example."), c.permission_level.as_str()))
        .collect();
    assert_eq!(
        seen,
        [
            (".A", "OURS", "signature"),
            (".B", "", ""),
            (".R", "android.permission.DUMP", "signature"),
            (".S", "FREE", "normal"),
            (".T", "NOBODY", "other"),
        ]
    );
    assert_eq!(manifest.components[1].alias_of, "cn.example.app.A");
}

#[test]
fn reading_and_writing_are_apart_and_the_weaker_counts() {
    let manifest = manifest(
        30,
        r#"<provider android:name=".P" android:authorities="p;q" android:exported="true"
              android:readPermission="android.permission.READ_CONTACTS">
              <grant-uri-permission android:pathPrefix="/share"/>
              <path-permission android:path="/open" android:readPermission="android.permission.INTERNET"/>
              <path-permission android:path="/nothing"/>
           </provider>
           <provider android:name=".Q" android:authorities="r" android:permission="android.permission.DUMP"/>"#
            .to_owned(),
    );
    assert_eq!(
        (manifest.components[0].permission.as_str(), manifest.components[0].permission_level.as_str()),
        ("", "")
    );
    assert_eq!(manifest.components[1].permission, "android.permission.DUMP");
    let [p, q] = &manifest.providers[..] else { panic!("two providers") };
    assert_eq!((p.read_level.as_str(), p.write_permission.as_str()), ("dangerous", ""));
    assert_eq!(
        (&p.authorities[..], &p.grant_paths[..]),
        (&["p".to_owned(), "q".to_owned()][..], &["/share*".to_owned()][..])
    );
    assert_eq!(p.grant_uri_permissions, Fact::Known(true), "a path switches it on");
    let paths: Vec<_> = p.path_permissions.iter().map(|p| (p.path.as_str(), p.read_level.as_str())).collect();
    assert_eq!(paths, [("/open", "normal")]);
    assert_eq!((q.read_level.as_str(), q.write_level.as_str()), ("signature", "signature"));
    assert_eq!(q.grant_uri_permissions, Fact::Known(false));
}

#[test]
fn links_keep_their_filters_apart() {
    let manifest = manifest(
        30,
        r#"<activity android:name=".L">
            <intent-filter android:autoVerify="true"><action android:name="android.intent.action.VIEW"/>
                <category android:name="android.intent.category.BROWSABLE"/>
                <data android:scheme="https"/><data android:host="b.example.cn"/><data android:host="a.example.cn"/>
                <data android:pathPrefix="/s"/></intent-filter>
            <intent-filter><action android:name="android.intent.action.VIEW"/><data android:scheme="sample"/></intent-filter>
            <intent-filter><action android:name="android.intent.action.SEND"/><data android:scheme="content"/></intent-filter>
        </activity>"#
            .to_owned(),
    );
    let activity = &manifest.components[0];
    assert_eq!(activity.schemes, ["content", "https", "sample"]);
    let [https, own] = &activity.links[..] else { panic!("two links") };
    assert_eq!(https.hosts, ["a.example.cn", "b.example.cn"]);
    assert_eq!((https.paths, https.browsable, &https.auto_verify), (1, true, &Fact::Known(true)));
    assert_eq!((own.hosts.len(), own.browsable, &own.auto_verify), (0, false, &Fact::Known(false)));
}

#[test]
fn a_task_is_its_own_the_applications_or_the_packages() {
    let sample = Sample {
        target: 30,
        application: r#"android:allowTaskReparenting="true""#,
        within: r#"<activity android:name=".A" android:launchMode="2"/>
                   <activity android:name=".B" android:taskAffinity="com.android.settings"/>
                   <activity android:name=".C" android:taskAffinity="" android:allowTaskReparenting="false"/>"#,
        ..Sample::default()
    };
    let components = sample.read().components;
    let seen: Vec<_> = components
        .iter()
        .map(|c| (c.launch_mode.as_str(), c.task_affinity.as_str(), c.allow_task_reparenting.known().copied()))
        .collect();
    assert_eq!(
        seen,
        [
            ("singleTask", "cn.example.app", Some(true)),
            ("standard", "com.android.settings", Some(true)),
            ("standard", "", Some(false)),
        ]
    );
}

#[test]
fn what_is_no_manifest_is_refused_with_its_name() {
    let mut file = |_: &str| None;
    let read = |_: &[u8], _: &str| None;
    let root = crate::formats::apk::testing::element("<layout/>");
    let refused = crate::formats::apk::assembled(
        &root,
        None,
        &mut file,
        &read,
        &crate::formats::apk::oddities::Oddities::default(),
    );
    let Err(DecodeFailure::Malformed { what, .. }) = refused else { panic!("it is a layout") };
    assert_eq!(what, "the manifest's root is `layout`");
}
