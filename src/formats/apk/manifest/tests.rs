//! The manifest as a whole: numbers, flags, splits, and what else is said beside the application.

use crate::formats::apk::{
    element::ANDROID,
    resources::Resources,
    testing::{Sample, element, value},
};
use crate::model::Fact;

#[test]
fn flags_have_the_defaults_of_the_target() {
    let of = |target, application| Sample { target, application, ..Sample::default() }.read();
    let bare = of(28, "");
    assert_eq!((bare.debuggable, bare.test_only), (Fact::Known(false), Fact::Known(false)));
    assert_eq!(bare.application.request_legacy_external_storage, Fact::Known(true));
    assert_eq!(bare.application.extract_native_libs, Fact::Known(true));
    assert_eq!(of(29, "").application.request_legacy_external_storage, Fact::Known(false));
    let full = of(
        34,
        r#"android:name=".App" android:appComponentFactory="androidx.core.app.CoreComponentFactory"
           android:debuggable="true" android:testOnly="true" android:extractNativeLibs="false"
           android:hasCode="false" android:allowNativeHeapPointerTagging="false""#,
    );
    assert_eq!((full.debuggable, full.test_only), (Fact::Known(true), Fact::Known(true)));
    let application = full.application;
    assert_eq!(application.class, "cn.example.app.App");
    assert_eq!(application.component_factory, "androidx.core.app.CoreComponentFactory");
    let flags = [application.has_code, application.extract_native_libs, application.heap_pointer_tagging];
    assert_eq!(flags, [Fact::Known(false), Fact::Known(false), Fact::Known(false)]);
}

#[test]
fn a_missing_target_is_the_minimum_and_a_letter_is_newer_than_any_number() {
    let sdks = |beside| {
        let manifest = Sample { min: 21, target: 0, beside, ..Sample::default() }.read();
        (manifest.min_sdk, manifest.target_sdk, manifest.oddities.len())
    };
    assert_eq!(sdks(""), (21, 21, 0));
    assert_eq!(sdks(r#"<uses-sdk android:targetSdkVersion="Baklava"/>"#), (1, 10_000, 1), "the later one counts");
}

#[test]
fn what_is_said_beside_the_application() {
    let manifest = Sample {
        target: 34,
        beside: r#"<uses-feature android:name="android.hardware.nfc" android:required="false"/>
            <uses-feature android:glEsVersion="131072"/>
            <queries><package android:name="com.tencent.mm"/><intent/><intent/><provider android:authorities="a;b"/></queries>
            <instrumentation android:name=".T" android:targetPackage="cn.example.other"/>"#,
        within: r#"<uses-library android:name="org.apache.http.legacy" android:required="false"/>
            <uses-native-library android:name="libx.so"/>"#,
        ..Sample::default()
    }
    .read();
    let features: Vec<_> = manifest.features.iter().map(|f| (f.name.as_str(), f.required.known().copied())).collect();
    assert_eq!(features, [("android.hardware.nfc", Some(false)), ("gl_es", Some(true))]);
    assert_eq!((&manifest.queries.packages[..], manifest.queries.intents), (&["com.tencent.mm".to_owned()][..], 2));
    assert_eq!(manifest.queries.providers, ["a", "b"]);
    assert_eq!(manifest.instrumentation[0].target, "cn.example.other");
    let libraries: Vec<_> = manifest.libraries.iter().map(|l| (l.name.as_str(), l.native)).collect();
    assert_eq!(libraries, [("libx.so", true), ("org.apache.http.legacy", false)]);
}

#[test]
fn a_base_that_needs_splits_says_so_by_metadata() {
    let required = |within| Sample { target: 34, within, ..Sample::default() }.read().split.required;
    let metadata = r#"<meta-data android:name="com.android.vending.splits.required" android:value="true"/>"#;
    assert_eq!((required(""), required(metadata)), (Fact::Known(false), Fact::Known(true)));
}

#[test]
fn a_split_says_what_it_is_and_what_it_needs() {
    let root = element(&format!(
        r#"<manifest xmlns:android="{ANDROID}" package="cn.example.app" split="maps.config.xhdpi" configForSplit="maps"
            android:isFeatureSplit="true" android:isSplitRequired="true" android:requiredSplitTypes="maps__abi, maps__density"
            android:splitTypes="x"><uses-split android:name="base2"/></manifest>"#
    ));
    let split = super::splits::read(&root, &Resources::new(None));
    assert_eq!((split.name.as_str(), split.config_for.as_str(), split.feature), ("maps.config.xhdpi", "maps", true));
    assert_eq!((split.required, &split.uses[..]), (Fact::Known(true), &["base2".to_owned()][..]));
    assert_eq!(split.required_types, ["maps__abi", "maps__density"]);
    assert_eq!(split.types, ["x"]);
}

#[test]
fn names_that_the_platform_refuses_are_errors_of_installation() {
    assert!(super::is_package_name("cn.example.app_1"));
    for name in ["", "app", "cn..app", "cn.1app", "cn.应用", "cn.example.app ", ".cn.app"] {
        assert!(!super::is_package_name(name), "{name}");
    }
}

#[test]
fn a_permission_that_depends_on_the_device_or_leads_nowhere_keeps_nobody_out() {
    let guard = |values| {
        let application = r#"android:permission="@string/p""#;
        let within = r#"<service android:name=".S"/>"#;
        let resources = vec![("string/p", values)];
        Sample { target: 34, application, within, resources, ..Sample::default() }
            .read()
            .components
            .remove(0)
            .permission
    };
    assert_eq!(guard(vec![value("a.b")]), "a.b");
    assert_eq!(guard(vec![value("a.b"), value("c.d")]), "");
    assert_eq!(guard(vec![]), "");
}

#[test]
fn a_text_is_that_of_the_first_configuration_and_a_reference_to_nothing_is_said() {
    let task = |values| {
        let within = r#"<activity android:name=".A" android:taskAffinity="@string/t"/>"#;
        let resources = vec![("string/t", values)];
        Sample { target: 34, within, resources, ..Sample::default() }.read().components.remove(0).task_affinity
    };
    assert_eq!(task(vec![value("a.b"), value("c.d")]), "a.b");
    assert_eq!(task(vec![]), "@string/t");
}
