//! What a package is made of, by marks of every kind.

use proptest::prelude::*;

use super::{Sdk, SdkKind, Seen, inventory, owner_of, wants};
use crate::model::Tri;

fn find<'a>(sdks: &'a [Sdk], name: &str) -> &'a Sdk {
    sdks.iter().find(|sdk| sdk.name == name).unwrap_or_else(|| panic!("no {name}: {sdks:?}"))
}

#[test]
fn the_sdks_of_government_apps_are_known_by_their_marks() {
    let entries = [
        "lib/arm64-v8a/libAMapSDK_MAP_v9_8_2.so",
        "lib/arm64-v8a/libBugly_Native.so",
        "lib/arm64-v8a/libsgmainso-6.5.22.so",
        "lib/arm64-v8a/libflutter.so",
        "lib/arm64-v8a/libBaiduMapSDK_map_v7_5_4.so",
        "lib/armeabi-v7a/libBaiduMapSDK_map_v7_5_4.so",
    ];
    let components =
        ["com.alipay.sdk.app.H5PayActivity", "com.tencent.tauth.AuthActivity", "cn.jpush.android.service.PushService"];
    let classes = [
        "cfca.mobile.sip.SipBox",
        "cn.sc.zwfw.MainActivity",
        "com.igexin.sdk.PushManager",
        "com.tencent.bugly.Bugly",
        "com.tencent.mm.opensdk.openapi.IWXAPI",
        "com.tencent.smtt.sdk.WebView",
        "com.umeng.analytics.MobclickAgent",
    ];
    let sdks = inventory(&Seen { entries: &entries, components: &components, classes: &classes, metadata: &[] }).sdks;
    for (name, kind, tracker, source) in [
        ("高德地图 SDK", SdkKind::Map, Tri::No, "lib: lib/arm64-v8a/libAMapSDK_MAP_v9_8_2.so"),
        ("百度地图 SDK", SdkKind::Map, Tri::No, "lib: lib/arm64-v8a/libBaiduMapSDK_map_v7_5_4.so"),
        ("腾讯 Bugly", SdkKind::Crash, Tri::No, "class: com.tencent.bugly.Bugly"),
        ("阿里聚安全 SDK", SdkKind::Hardening, Tri::No, "lib: lib/arm64-v8a/libsgmainso-6.5.22.so"),
        ("Flutter", SdkKind::Framework, Tri::No, "lib: lib/arm64-v8a/libflutter.so"),
        ("支付宝 SDK", SdkKind::Pay, Tri::No, "class: com.alipay.sdk.app.H5PayActivity"),
        ("微信 SDK", SdkKind::Login, Tri::No, "class: com.tencent.mm.opensdk.openapi.IWXAPI"),
        ("极光推送", SdkKind::Push, Tri::Yes, "class: cn.jpush.android.service.PushService"),
        ("个推", SdkKind::Push, Tri::Yes, "class: com.igexin.sdk.PushManager"),
        ("友盟统计", SdkKind::Analytics, Tri::Yes, "class: com.umeng.analytics.MobclickAgent"),
        ("腾讯浏览服务 X5", SdkKind::Webview, Tri::No, "class: com.tencent.smtt.sdk.WebView"),
        ("CFCA", SdkKind::Crypto, Tri::No, "class: cfca.mobile.sip.SipBox"),
    ] {
        let sdk = find(&sdks, name);
        assert_eq!((sdk.kind, sdk.tracker, sdk.source.as_str()), (kind, tracker, source), "{name}");
    }
    assert_eq!(find(&sdks, "高德地图 SDK").version, "9.8.2");
    assert_eq!(find(&sdks, "阿里聚安全 SDK").version, "6.5.22");
    assert!(sdks.windows(2).all(|pair| pair[0].name < pair[1].name), "sorted, and each once");
}

#[test]
fn versions_come_from_the_files_of_build_tools() {
    let metadata: [(&str, &[u8]); 9] = [
        ("META-INF/androidx.core_core.version", b"1.9.0\n"),
        (
            "META-INF/androidx.fragment_fragment.version",
            b"task ':fragment:fragment:writeVersionFile' property 'version'\n",
        ),
        ("META-INF/kotlinx_coroutines_core.version", b"1.7.3"),
        (
            "META-INF/maven/org.bouncycastle/bcprov-jdk15on/pom.properties",
            b"#Created\nversion=1.70\ngroupId=org.bouncycastle\nartifactId=bcprov-jdk15on\n",
        ),
        ("play-services-base.properties", b"version=18.3.0\nclient=play-services-base\n"),
        ("kotlin-tooling-metadata.json", br#"{"buildPlugin":"x","buildPluginVersion":"1.9.22"}"#),
        (
            "META-INF/com/android/build/gradle/app-metadata.properties",
            b"appMetadataVersion=1.1\nandroidGradlePluginVersion=8.2.0\n",
        ),
        ("assets/www/cordova.js", b"// Platform: android\nvar PLATFORM_VERSION_BUILD_LABEL = '11.0.0';"),
        ("assets/apps/__UNI__1A2B3C4/www/manifest.json", br#"{"plus":{"uni-app":{"compilerVersion":"3.8.7"}}}"#),
    ];
    assert!(metadata.iter().all(|(entry, _)| wants(entry)));
    assert!(
        ["classes.dex", "META-INF/x/y.version", "res/a.properties", "assets/manifest.json"]
            .iter()
            .all(|entry| !wants(entry))
    );
    let sdks = inventory(&Seen { metadata: &metadata, ..Seen::default() }).sdks;
    for (name, version, vendor, purl) in [
        ("androidx.core:core", "1.9.0", "Google", "pkg:maven/androidx.core/core@1.9.0"),
        ("androidx.fragment:fragment", "", "Google", "pkg:maven/androidx.fragment/fragment"),
        (
            "org.jetbrains.kotlinx:kotlinx-coroutines-core",
            "1.7.3",
            "",
            "pkg:maven/org.jetbrains.kotlinx/kotlinx-coroutines-core@1.7.3",
        ),
        (
            "org.bouncycastle:bcprov-jdk15on",
            "1.70",
            "Legion of the Bouncy Castle",
            "pkg:maven/org.bouncycastle/bcprov-jdk15on@1.70",
        ),
        (
            "com.google.android.gms:play-services-base",
            "18.3.0",
            "Google",
            "pkg:maven/com.google.android.gms/play-services-base@18.3.0",
        ),
        ("Kotlin Gradle plugin", "1.9.22", "JetBrains", ""),
        ("Android Gradle plugin", "8.2.0", "Google", ""),
        ("Apache Cordova", "11.0.0", "Apache", ""),
        ("DCloud uni-app", "3.8.7", "DCloud", ""),
    ] {
        let sdk = find(&sdks, name);
        assert_eq!((sdk.version.as_str(), sdk.vendor.as_str(), sdk.purl.as_str()), (version, vendor, purl), "{name}");
    }
    assert_eq!(find(&sdks, "org.bouncycastle:bcprov-jdk15on").kind, SdkKind::Crypto);
}

#[test]
fn what_the_build_names_is_not_named_again_by_its_classes() {
    let classes = ["androidx.core.app.ActivityCompat", "androidx.fragment.app.Fragment", "io.dcloud.PandoraEntry"];
    let metadata: [(&str, &[u8]); 2] = [
        ("META-INF/androidx.core_core.version", b"1.9.0"),
        ("assets/apps/H5/www/manifest.json", br#"{"plus":{"uni-app":{"compilerVersion":"3.8.7"}}}"#),
    ];
    let sdks = inventory(&Seen { classes: &classes, metadata: &metadata, ..Seen::default() }).sdks;
    let names: Vec<_> = sdks.iter().map(|sdk| (sdk.name.as_str(), sdk.version.as_str())).collect();
    assert_eq!(names, [("DCloud uni-app", "3.8.7"), ("Jetpack Fragment", ""), ("androidx.core:core", "1.9.0")]);
}

#[test]
fn a_class_belongs_to_the_longest_package() {
    for (class, owner) in [
        ("com.alipay.sdk.app.PayTask", Some("支付宝 SDK")),
        ("Lcom/alipay/mobile/nebulacore/ui/H5Activity;", Some("Nebula SDK")),
        ("com.google.android.gms.ads.AdView", Some("Google AdMob")),
        ("com.google.android.gms.common.GoogleApiAvailability", Some("Google Play services")),
        ("okhttp3.OkHttpClient$Builder", Some("OkHttp")),
        ("okhttp3x.Client", None),
        ("cn.sc.zwfw.MainActivity", None),
        ("a.b.c", None),
        ("", None),
    ] {
        assert_eq!(owner_of(class).map(|sdk| sdk.name), owner, "{class}");
    }
}

#[test]
fn a_wide_package_is_not_seen_where_only_a_narrow_one_is() {
    let classes = ["com.google.android.gms.ads.AdView", "com.google.android.gms.ads.internal.A"];
    let sdks = inventory(&Seen { classes: &classes, ..Seen::default() }).sdks;
    assert_eq!(sdks.iter().map(|sdk| sdk.name.as_str()).collect::<Vec<_>>(), ["Google AdMob"]);
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(
        names in prop::collection::vec("(lib|com\\.google\\.android\\.gms\\.|META-INF/|cn\\.jpush|[a-zé./$*_;L-]){0,6}(\\.so|\\.version|Activity)?", 0..30),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut classes: Vec<_> = names.iter().map(String::as_str).collect();
        let metadata: Vec<_> = classes.iter().map(|name| (*name, &bytes[..])).collect();
        let entries = classes.clone();
        classes.sort_unstable();
        let found = inventory(&Seen { entries: &entries, components: &entries, classes: &classes, metadata: &metadata });
        prop_assert!(found.sdks.len() <= super::MAX_SDKS);
        prop_assert!(entries.iter().all(|class| owner_of(class).is_none_or(|sdk| !sdk.name.is_empty())));
    }
}
