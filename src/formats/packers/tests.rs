//! Marks of packers, and what they say about the code.

use super::{Confidence, Packing, Seen, detect};
use crate::model::Tri;

const ENTRIES: &[&str] = &["AndroidManifest.xml", "classes.dex", "resources.arsc", "lib/arm64-v8a/libc++_shared.so"];

fn packing(entries: &[&str], application: &str, components: &[&str], classes: Option<&[&str]>) -> Packing {
    let entries = [ENTRIES, entries].concat();
    detect(&Seen { entries: &entries, application, components, classes })
}

fn labels(packing: &Packing) -> Vec<(&str, Confidence)> {
    packing.packers.iter().map(|packer| (packer.vendor.as_str(), packer.confidence)).collect()
}

#[test]
fn a_library_and_the_class_that_starts_it_are_sure() {
    let entries = ["assets/libjiagu.so", "assets/libjiagu_a64.so"];
    let classes = ["com.stub.StubApp", "com.tianyu.util.DtcLoader"];
    let packing = packing(&entries, "com.stub.StubApp", &["cn.sc.zwfw.MainActivity"], Some(&classes));
    assert_eq!(labels(&packing), [("360加固", Confidence::High)]);
    assert_eq!(
        packing.packers[0].markers,
        ["application: com.stub.StubApp", "lib: assets/libjiagu.so", "lib: assets/libjiagu_a64.so"]
    );
    assert_eq!(packing.code_assessable, Tri::No);
    assert_eq!(packing.reasons, ["packer: 360加固", "component_classes_missing"]);
    assert_eq!(packing.missing_classes, ["cn.sc.zwfw.MainActivity"]);
}

#[test]
fn one_strong_mark_is_medium_and_hides_the_code_all_the_same() {
    for (entry, vendor) in [
        ("lib/armeabi-v7a/libDexHelper.so", "梆梆安全"),
        ("assets/ijiami.dat", "爱加密"),
        ("lib/armeabi/libshella-4.2.0.9.so", "腾讯乐固"),
        ("assets/libtosprotection.x86.so", "腾讯御安全"),
        ("lib/arm64-v8a/libbaiduprotect.so", "百度加固"),
        ("lib/armeabi/libmobisec.so", "阿里聚安全加固"),
        ("lib/armeabi/libchaosvmp.so", "娜迦"),
        ("lib/armeabi/libkwscmm.so", "几维安全"),
        ("lib/arm64-v8a/libnesec.so", "网易易盾"),
        ("lib/armeabi/libegis.so", "通付盾"),
        ("lib/armeabi/libx3g.so", "顶象"),
    ] {
        let packing = packing(&[entry], "", &[], Some(&[]));
        assert_eq!(labels(&packing), [(vendor, Confidence::Medium)], "{entry}");
        assert_eq!(packing.code_assessable, Tri::No);
    }
    let class_only = packing(&[], "com.tencent.StubShell.TxAppEntry", &[], Some(&["com.tencent.StubShell.TxAppEntry"]));
    assert_eq!(labels(&class_only), [("腾讯乐固", Confidence::Medium)]);
}

#[test]
fn a_name_that_others_use_too_leaves_it_open() {
    let packing = packing(&["lib/armeabi/libexec.so"], "", &["a.B"], Some(&["a.B"]));
    assert_eq!(labels(&packing), [("爱加密", Confidence::Low)]);
    assert_eq!((packing.code_assessable, packing.reasons), (Tri::Unknown, vec!["weak_marker: 爱加密".to_owned()]));
}

#[test]
fn several_labels_stand_beside_each_other() {
    let packing = packing(&["assets/libjiagu.so", "lib/armeabi/libnesec.so"], "com.stub.StubApp", &[], None);
    assert_eq!(labels(&packing), [("360加固", Confidence::High), ("网易易盾", Confidence::Medium)]);
}

#[test]
fn security_sdks_and_crash_reporters_are_no_packers() {
    let entries = [
        "lib/armeabi/libsgmain.so",
        "lib/armeabi/libsgmainso-6.5.22.so",
        "lib/armeabi/libsgsecuritybody.so",
        "lib/armeabi/libsgavmp.so",
        "lib/arm64-v8a/libBugly.so",
        "lib/arm64-v8a/libBugly_Native.so",
        "lib/arm64-v8a/libNetHTProtect.so",
        "lib/arm64-v8a/libmmkv.so",
    ];
    let packing = packing(&entries, "a.App", &["a.B"], Some(&["a.App", "a.B"]));
    assert_eq!((labels(&packing), packing.code_assessable), (vec![], Tri::Yes));
    assert!(packing.reasons.is_empty());
}

#[test]
fn classes_that_are_nowhere_say_that_code_is_hidden() {
    let components = ["a.A", "a.B", "a.C", "a.D"];
    let all = ["a.A", "a.App", "a.B", "a.C", "a.D"];
    let verdict = |classes: Option<&[&str]>| packing(&[], "a.App", &components, classes);
    assert_eq!(verdict(Some(&all)).code_assessable, Tri::Yes);
    let one = verdict(Some(&all[..4]));
    assert_eq!((one.code_assessable, one.reasons), (Tri::Unknown, vec!["component_classes_missing".to_owned()]));
    assert_eq!(verdict(Some(&all[..3])).code_assessable, Tri::No, "half of them");
    let application = verdict(Some(&["a.A", "a.B", "a.C", "a.D"]));
    assert_eq!(
        (application.code_assessable, application.reasons),
        (Tri::No, vec!["application_class_missing".to_owned()])
    );
    let unread = verdict(None);
    assert_eq!((unread.code_assessable, unread.reasons), (Tri::Unknown, vec!["dex_unread".to_owned()]));
}

#[test]
fn classes_of_the_platform_are_in_no_package() {
    let packing = packing(&[], "android.app.Application", &["android.app.NativeActivity", "a.A"], Some(&["a.A"]));
    assert_eq!((packing.code_assessable, packing.missing_classes_found), (Tri::Yes, 0));
}

#[test]
fn a_class_of_a_packer_that_nothing_starts_is_seen() {
    let packing = packing(&[], "a.App", &[], Some(&["a.App", "com.secneo.apkwrapper.H", "com.x.Y"]));
    assert_eq!(packing.packers[0].markers, ["class: com.secneo.apkwrapper.H"]);
    assert_eq!(labels(&packing), [("梆梆安全", Confidence::Medium)]);
}
