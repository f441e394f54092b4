//! What a package declares, and what holds where it declares nothing.

use super::{BUNDLE, look, module, package};
use crate::{
    formats::{
        hap::{AbilityKind, Harmony, Kind, Model},
        zip::testing::{Builder, Item},
    },
    model::{Fact, Tri, UnreadStatus},
};

fn known<T: Clone>(value: T) -> Fact<T> {
    Fact::Known(value)
}

fn text(value: &str) -> Fact<String> {
    Fact::Known(value.to_owned())
}

fn stage(app: &str, more: &str) -> Harmony {
    look(&package(&[("module.json", &module(app, more))]))
}

#[test]
fn a_module_of_the_stage_model_is_read_with_its_defaults() {
    let harmony = stage("", "");
    assert_eq!((harmony.kind, harmony.model), (Kind::Hap, known(Model::Stage)));
    assert_eq!(harmony.bundle, text(BUNDLE));
    assert_eq!(harmony.bundle_type, text("app"));
    assert_eq!((harmony.version_code, harmony.version_name), (known(1_000_003), text("1.0.3")));
    assert_eq!(
        (harmony.api_min, harmony.api_target),
        (known(14), known(18)),
        "the release of the system is not the level"
    );
    assert_eq!(harmony.api_release, text("Release"));
    assert_eq!((harmony.compile_sdk, harmony.compile_sdk_type), (text("6.0.0.47"), text("HarmonyOS")));
    assert_eq!((harmony.debug, harmony.asan, harmony.other_sanitizers), (known(false), known(false), known(false)));
    let module = &harmony.modules.known().unwrap()[0];
    assert_eq!((&module.name, &module.kind), (&text("entry"), &text("entry")));
    assert_eq!(module.device_types, known(vec!["phone".to_owned(), "tablet".to_owned()]));
    assert_eq!((&module.delivery_with_install, &module.installation_free), (&known(true), &known(false)));
    assert_eq!(harmony.abilities, known(Vec::new()));
    assert_eq!((harmony.backup.declared, harmony.backup.allowed), (Tri::No, Tri::No));
}

#[test]
fn what_is_of_another_kind_than_it_should_be_is_unread_and_the_rest_is_read() {
    let harmony = stage(r#", "debug": "false""#, r#", "requestPermissions": {}"#);
    let Fact::Unread(why) = harmony.debug else { panic!("{:?}", harmony.debug) };
    assert_eq!((why.status, why.reason.as_str()), (UnreadStatus::Error, "json.wrong_type"));
    assert!(matches!(harmony.permissions, Fact::Unread(_)));
    assert_eq!(harmony.bundle, text(BUNDLE));
}

#[test]
fn a_key_that_is_there_twice_is_noted_and_has_no_value() {
    let harmony = stage(r#", "debug": true, "debug": false"#, "");
    assert!(matches!(harmony.debug, Fact::Unread(ref why) if why.reason == "json.duplicate_key"));
    assert_eq!(harmony.duplicate_keys, ["module.json: debug"]);
}

#[test]
fn nothing_that_describes_the_module_leaves_it_unread() {
    for files in [&[("a.txt", "text")][..], &[("module.json", "no json")]] {
        let harmony = look(&package(files));
        assert!(
            matches!(harmony.debug, Fact::Unread(_)) && matches!(harmony.permissions, Fact::Unread(_)),
            "{files:?}"
        );
        assert_eq!((harmony.network.cleartext, harmony.backup.allowed), (Tri::Unknown, Tri::Unknown), "{files:?}");
    }
}

#[test]
fn abilities_and_extensions_say_who_may_start_them_and_what_they_answer_to() {
    let harmony = stage(
        "",
        r#", "abilities": [{"name": "Main", "exported": true, "backgroundModes": ["location"], "skills": [
                {"entities": ["entity.system.home"], "actions": ["ohos.want.action.home"]},
                {"actions": ["ohos.want.action.viewData"], "domainVerify": true, "uris": [
                    {"scheme": "https", "host": "a.gov.cn", "pathStartWith": "open"}, {"scheme": "own", "utd": "general.text"}]}]},
                {"name": "Inner"}],
            "extensionAbilities": [{"name": "Form", "type": "form", "exported": true, "permissions": ["ohos.permission.A"]},
                {"name": "Data", "type": "dataShare", "uri": "datashare://a", "readPermission": "ohos.permission.B"}]"#,
    );
    let abilities = harmony.abilities.known().unwrap();
    let names: Vec<_> = abilities.iter().map(|ability| ability.name.as_str()).collect();
    assert_eq!(names, ["Data", "Form", "Inner", "Main"]);
    let [data, form, inner, main] = abilities.as_slice() else { panic!("{names:?}") };
    assert_eq!((&main.exported, &main.home, main.kind), (&known(true), &known(true), AbilityKind::Ability));
    assert_eq!(
        (&inner.exported, &inner.home),
        (&known(false), &known(false)),
        "not exported where nothing is declared"
    );
    assert_eq!((form.kind, form.role.as_str()), (AbilityKind::Extension, "form"));
    assert_eq!(form.permissions, known(vec!["ohos.permission.A".to_owned()]));
    assert_eq!(
        (&data.uri, &data.read_permission, &data.write_permission),
        (&text("datashare://a"), &text("ohos.permission.B"), &text(""))
    );
    let skills = main.skills.known().unwrap();
    let deep = skills.iter().find(|skill| skill.domain_verify).unwrap();
    let schemes: Vec<_> = deep
        .uris
        .iter()
        .map(|uri| (uri.scheme.as_str(), uri.host.as_str(), uri.path.as_str(), uri.kind.as_str()))
        .collect();
    assert_eq!(schemes, [("https", "a.gov.cn", "open", ""), ("own", "", "", "general.text")]);
}

#[test]
fn permissions_carry_what_the_platform_makes_of_them() {
    let harmony = stage(
        "",
        r#", "requestPermissions": [{"name": "ohos.permission.INTERNET"},
            {"name": "ohos.permission.CAMERA", "reason": "$string:camera", "usedScene": {"abilities": ["Main"], "when": "inuse"}},
            {"name": "ohos.permission.READ_CONTACTS", "reason": " "}, {"name": "cn.gov.OWN"}]"#,
    );
    let permissions = harmony.permissions.known().unwrap();
    let [own, camera, internet, contacts] = permissions.as_slice() else { panic!("{permissions:?}") };
    assert_eq!((camera.grant.as_str(), camera.level.as_str()), ("user_grant", "normal"));
    assert_eq!((&camera.reason, &camera.used_when), (&known(true), &text("inuse")));
    assert_eq!(camera.used_by, known(vec!["Main".to_owned()]));
    assert_eq!((internet.grant.as_str(), &internet.reason), ("system_grant", &known(false)));
    assert_eq!((contacts.level.as_str(), &contacts.reason), ("system_basic", &known(false)), "spaces are no reason");
    assert_eq!((own.level.as_str(), own.available_to.as_str()), ("other", "other"));
}

const BACKUP: &str = r#", "extensionAbilities": [{"name": "B", "type": "backup",
    "metadata": [{"name": "ohos.extension.backup", "resource": "$profile:backup_config"}]}]"#;

#[test]
fn a_backup_extension_allows_what_its_settings_allow() {
    let with = |settings: &str| {
        let files =
            [("module.json", module("", BACKUP)), ("resources/base/profile/backup_config.json", settings.to_owned())];
        look(&package(&files.each_ref().map(|(name, text)| (*name, text.as_str())))).backup
    };
    let backup = with(r#"{"allowToBackupRestore": true, "includes": ["/data/a"], "fullBackupOnly": true}"#);
    assert_eq!((backup.declared, backup.allowed), (Tri::Yes, Tri::Yes));
    assert_eq!((backup.includes, backup.full_backup_only), (known(vec!["/data/a".to_owned()]), known(true)));
    assert_eq!(with(r#"{"allowToBackupRestore": false}"#).allowed, Tri::No);
    assert_eq!(with("{}").allowed, Tri::No, "nothing is allowed that is not");
    assert_eq!(with(r#"{"allowToBackupRestore": "true"}"#).allowed, Tri::Unknown);
    assert_eq!(with("no json").allowed, Tri::Unknown);
    assert_eq!(stage("", BACKUP).backup.allowed, Tri::Unknown, "the settings are not there");
    let metadata = stage("", BACKUP).metadata;
    assert_eq!(metadata.known().unwrap()[0].owner, "B");
}

fn network(config: &str) -> super::super::Network {
    let description = module("", "");
    look(&package(&[("module.json", &description), ("resources/base/profile/network_config.json", config)])).network
}

#[test]
fn clear_text_and_the_certificates_of_users_are_allowed_where_nothing_forbids_them() {
    let open = stage("", "").network;
    assert_eq!((open.declared, open.cleartext, open.user_anchors, open.pins), (Tri::No, Tri::Yes, Tri::Yes, Tri::No));
    let closed = network(
        r#"{"network-security-config": {"base-config": {"cleartextTrafficPermitted": false,
                "trust-anchors": [{"certificates": "/etc/security/certificates"}]},
            "domain-config": [{"domains": [{"name": "a.gov.cn"}, {"name": "b.gov.cn"}], "cleartextTrafficPermitted": false,
                "trust-anchors": [{"certificates": "/data/storage/el1/bundle/entry/resources/resfile"}],
                "pin-set": {"expiration": "2027-01-01", "pin": [{"digest-algorithm": "sha256", "digest": "x"}]}}],
            "component-config": {"ArkWeb": true}},
            "trust-global-user-ca": false, "trust-current-user-ca": false}"#,
    );
    assert_eq!(
        (closed.declared, closed.cleartext, closed.user_anchors, closed.pins),
        (Tri::Yes, Tri::No, Tri::No, Tri::Yes)
    );
    assert_eq!(closed.cleartext_exceptions, known(0));
    assert_eq!(closed.own_anchors, known(vec!["/data/storage/el1/bundle/entry/resources/resfile".to_owned()]));
    let set = &closed.pin_sets.known().unwrap()[0];
    assert_eq!((set.pins, set.expiration.as_str(), set.domains.len()), (1, "2027-01-01", 2));
    assert_eq!(closed.components.known().unwrap()[0].name, "ArkWeb");
}

#[test]
fn a_rule_that_says_nothing_of_clear_text_allows_it() {
    let half = network(
        r#"{"network-security-config": {"base-config": {"cleartextTrafficPermitted": false},
            "domain-config": [{"domains": [{"name": "a.gov.cn"}], "pin-set": {"pin": []}}]}, "trust-global-user-ca": false}"#,
    );
    assert_eq!((half.cleartext, half.cleartext_exceptions), (Tri::No, known(1)));
    assert_eq!((half.user_anchors, half.global_user_anchors, half.current_user_anchors), (Tri::Yes, Tri::No, Tri::Yes));
    assert_eq!(half.pins, Tri::No, "a set without pins pins nothing");
    for broken in ["no json", "[]", r#"{"network-security-config": []}"#] {
        let network = network(broken);
        assert_eq!(
            (network.declared, network.cleartext, network.user_anchors),
            (Tri::Yes, Tri::Unknown, Tri::Unknown),
            "{broken}"
        );
    }
}

#[test]
fn only_the_entry_module_decides_of_the_network() {
    let feature = module("", "").replace(r#""type": "entry""#, r#""type": "feature""#);
    let network = look(&package(&[("module.json", &feature)])).network;
    assert_eq!((network.declared, network.cleartext), (Tri::Unknown, Tri::Unknown));
}

const FA: &str = r#"{"app": {"bundleName": "cn.gov.old", "vendor": "v", "version": {"code": 7, "name": "0.7"},
        "apiVersion": {"compatible": 7, "target": 8, "releaseType": "Beta1"}},
    "deviceConfig": {"default": {"debug": true, "supportBackup": true, "network": {"cleartextTraffic": false,
        "securityConfig": {"domainSettings": {"cleartextPermitted": true, "domains": [{"name": "a.cn"}, {"name": "b.cn"}]}}}}},
    "module": {"package": "cn.gov.old", "deviceType": ["phone"], "distro": {"moduleName": "entry", "moduleType": "entry",
        "deliveryWithInstall": true}, "metaData": {"customizeData": [{"name": "n", "value": "v", "extra": "e"}]},
        "abilities": [{"name": ".Main", "type": "page", "visible": true}, {"name": ".Data", "type": "data",
            "uri": "dataability://d", "readPermission": "r"}],
        "reqPermissions": [{"name": "ohos.permission.CAMERA", "reason": "r", "usedScene": {"ability": [".Main"], "when": "always"}}]}}"#;

#[test]
fn the_feature_ability_model_says_the_same_in_other_words() {
    let harmony = look(&package(&[("config.json", FA)]));
    assert_eq!((harmony.model, harmony.bundle), (known(Model::Fa), text("cn.gov.old")));
    assert_eq!((harmony.version_code, harmony.version_name), (known(7), text("0.7")));
    assert_eq!((harmony.api_min, harmony.api_target, harmony.api_release), (known(7), known(8), text("Beta1")));
    assert_eq!(harmony.debug, known(true));
    let abilities = harmony.abilities.known().unwrap();
    assert_eq!((abilities[0].name.as_str(), abilities[0].role.as_str()), (".Data", "data"));
    assert_eq!((&abilities[0].exported, &abilities[1].exported), (&known(false), &known(true)));
    let permission = &harmony.permissions.known().unwrap()[0];
    assert_eq!((&permission.used_by, &permission.used_when), (&known(vec![".Main".to_owned()]), &text("always")));
    assert_eq!((harmony.backup.declared, harmony.backup.allowed), (Tri::Yes, Tri::Yes));
    let network = &harmony.network;
    assert_eq!((network.declared, network.cleartext), (Tri::Yes, Tri::No));
    assert_eq!((&network.cleartext_exceptions, network.user_anchors), (&known(2), Tri::Unknown));
    assert_eq!(harmony.metadata.known().unwrap()[0].resource, "e");
}

#[test]
fn pack_info_agrees_or_what_differs_is_named() {
    let pack = |module: &str, api: i64| {
        format!(
            r#"{{"summary": {{"app": {{"bundleName": "{BUNDLE}", "version": {{"code": 1000003, "name": "1.0.3"}}}},
                "modules": [{{"deviceType": ["tablet", "phone"], "distro": {{"moduleName": "{module}", "moduleType": "entry",
                "deliveryWithInstall": true}}, "apiVersion": {{"compatible": {api}, "target": 18, "releaseType": "Release"}}}}]}}}}"#
        )
    };
    let of = |pack: &str| look(&package(&[("module.json", &module("", "")), ("pack.info", pack)])).pack_info;
    let agreed = of(&pack("entry", 14));
    assert_eq!((agreed.present, agreed.agrees, agreed.differences), (Tri::Yes, Tri::Yes, Vec::new()));
    assert_eq!(of(&pack("entry", 12)).differences, ["api_min"]);
    assert_eq!(of(&pack("other", 14)).differences, ["module"]);
    assert_eq!(of(&pack("entry", 14).replace(BUNDLE, "cn.other")).agrees, Tri::No);
    assert_eq!(of("{}").agrees, Tri::Unknown);
    assert_eq!(stage("", "").pack_info.present, Tri::No);
}

#[test]
fn bytecode_libraries_source_maps_and_compiled_in_packages_are_listed() {
    let mut abc = b"PANDA\0\0\0\x01\x02\x03\x04\x0c\0\x06\0".to_vec();
    abc.extend(300_u32.to_le_bytes());
    abc.resize(300, 7);
    let mut index = b"Restool 6.0.0.001".to_vec();
    index.resize(136, 0);
    let packages = r#"{"a": {"packageName": "@ohos/lottie", "version": "2.0.23", "isSO": false}, "b": {"packageName": "liba.so", "version": "", "isSO": true}}"#;
    let zip = Builder::new()
        .add(Item::stored("module.json", module("", "")))
        .add(Item::deflated("ets/modules.abc", &abc))
        .add(Item::stored("ets/widgets.abc", &abc[..290]))
        .add(Item::stored("ets/sourceMaps.map", "{}"))
        .add(Item::stored("ets/Index.ets", "code"))
        .add(Item::stored("libs/arm64-v8a/liba.so", "elf"))
        .add(Item::stored("libs/arm64-v8a/libb.so.19", "elf"))
        .add(Item::stored("resources.index", &index))
        .add(Item::stored("pkgContextInfo.json", packages))
        .finish();
    let files = look(&zip).files;
    let bytecode: Vec<_> =
        files.bytecode.iter().map(|one| (one.path.as_str(), one.well_formed, one.version.as_str())).collect();
    assert_eq!(bytecode, [("ets/modules.abc", Tri::Yes, "12.0.6.0"), ("ets/widgets.abc", Tri::No, "")]);
    assert_eq!(files.native_libs, ["libs/arm64-v8a/liba.so", "libs/arm64-v8a/libb.so.19"]);
    assert_eq!(files.abis, ["arm64-v8a"]);
    assert_eq!(
        (files.source_maps, files.sources),
        (vec!["ets/sourceMaps.map".to_owned()], vec!["ets/Index.ets".to_owned()])
    );
    assert_eq!((files.resource_index, files.obfuscated), (Tri::Yes, Tri::Unknown));
    let packages = files.packages.known().unwrap().clone();
    assert_eq!(
        (packages[0].name.as_str(), packages[0].version.as_str(), packages[0].native),
        ("@ohos/lottie", "2.0.23", false)
    );
}

#[test]
fn what_a_cap_cuts_off_is_counted() {
    let permissions: Vec<_> = (0..1005).map(|n| format!(r#"{{"name": "p{n:05}"}}"#)).collect();
    let harmony = stage("", &format!(r#", "requestPermissions": [{}]"#, permissions.join(",")));
    assert_eq!(harmony.permissions.known().unwrap().len(), 1000);
    assert_eq!((harmony.left_out[0].what.as_str(), harmony.left_out[0].count), ("permissions", 5));
}
