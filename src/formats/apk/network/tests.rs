//! What an app may reach in clear text and whom it trusts, by target SDK and by configuration.

use crate::formats::apk::{NetworkSecurity, testing::Sample};
use crate::model::{Fact, Tri};

fn configured(target: u32, config: &'static str) -> (Tri, NetworkSecurity) {
    let manifest = Sample {
        target,
        application: r#"android:networkSecurityConfig="@xml/net" android:usesCleartextTraffic="true""#,
        resources: vec![("xml/net", vec![crate::formats::apk::testing::value("res/xml/net.xml")])],
        files: vec![("res/xml/net.xml", config)],
        ..Sample::default()
    }
    .read();
    (manifest.cleartext_permitted, manifest.network_security)
}

fn domains(config: &NetworkSecurity) -> &[super::DomainSecurity] {
    config.domains.known().unwrap()
}

#[test]
fn without_a_configuration_the_attribute_decides_and_without_it_the_target_sdk() {
    let cleartext = |target, application| {
        let manifest = Sample { target, application, ..Sample::default() }.read();
        (manifest.cleartext_permitted, manifest.network_security.user_anchors)
    };
    assert_eq!(cleartext(23, ""), (Tri::Yes, Tri::Yes));
    assert_eq!(cleartext(24, ""), (Tri::Yes, Tri::No));
    assert_eq!(cleartext(27, ""), (Tri::Yes, Tri::No));
    assert_eq!(cleartext(28, ""), (Tri::No, Tri::No));
    assert_eq!(cleartext(35, r#"android:usesCleartextTraffic="true""#), (Tri::Yes, Tri::No));
    assert_eq!(cleartext(27, r#"android:usesCleartextTraffic="false""#), (Tri::No, Tri::No));
    assert_eq!(cleartext(35, r#"android:usesCleartextTraffic="@bool/none""#), (Tri::Unknown, Tri::No));
}

#[test]
fn a_configuration_overrules_the_attribute_even_where_it_says_nothing() {
    let (permitted, config) = configured(34, "<network-security-config/>");
    assert_eq!((permitted, config.declared, config.cleartext), (Tri::No, Tri::Yes, Tri::No));
    assert_eq!((config.user_anchors, config.system_anchors), (Tri::No, Tri::Yes));
    let (permitted, config) = configured(23, "<network-security-config/>");
    assert_eq!((permitted, config.user_anchors), (Tri::Yes, Tri::Yes));
}

#[test]
fn a_domain_inherits_from_the_one_it_is_in_then_from_the_base() {
    let (permitted, config) = configured(
        34,
        r#"<network-security-config>
            <base-config cleartextTrafficPermitted="false">
                <trust-anchors><certificates src="system"/><certificates src="@raw/ours"/></trust-anchors>
            </base-config>
            <domain-config cleartextTrafficPermitted="true">
                <domain includeSubdomains="true">Old.Example.CN</domain>
                <domain>older.example.cn</domain>
                <trust-anchors><certificates src="user" overridePins="true"/></trust-anchors>
                <domain-config cleartextTrafficPermitted="false"><domain>new.old.example.cn</domain></domain-config>
                <domain-config><domain>api.old.example.cn</domain></domain-config>
            </domain-config>
            <domain-config><domain>plain.example.cn</domain></domain-config>
        </network-security-config>"#,
    );
    assert_eq!((permitted, config.cleartext, config.cleartext_exceptions.clone()), (Tri::Yes, Tri::No, Fact::Known(3)));
    assert_eq!(
        (config.user_anchors, config.own_anchors.clone(), config.override_pins),
        (Tri::Yes, Fact::Known(1), Tri::Yes)
    );
    let seen: Vec<_> = domains(&config)
        .iter()
        .map(|d| (d.name.as_str(), d.include_subdomains, d.cleartext, d.user_anchors, d.own_anchors))
        .collect();
    assert_eq!(
        seen,
        [
            ("api.old.example.cn", false, Tri::Yes, Tri::Yes, 0),
            ("new.old.example.cn", false, Tri::No, Tri::Yes, 0),
            ("old.example.cn", true, Tri::Yes, Tri::Yes, 0),
            ("older.example.cn", false, Tri::Yes, Tri::Yes, 0),
            ("plain.example.cn", false, Tri::No, Tri::No, 1),
        ]
    );
    assert_eq!(config.errors, Fact::Known(vec![]));
}

#[test]
fn pins_are_counted_with_their_day_and_whether_there_is_a_spare_one() {
    let (_, config) = configured(
        34,
        r#"<network-security-config>
            <domain-config>
                <domain>a.example.cn</domain>
                <pin-set expiration="2027-06-30">
                    <pin digest="SHA-256">7HIpactkIAq2Y49orFOOQKurWxmmSFZhBCoQYcRhJ3Y=</pin>
                    <pin digest="SHA-256">fwza0LRMXouZHRC8Ei+4PyuldPDcf3UKgO/04cDM1oE=</pin>
                </pin-set>
            </domain-config>
            <domain-config>
                <domain>b.example.cn</domain>
                <pin-set><pin digest="SHA-256">fwza0LRMXouZHRC8Ei+4PyuldPDcf3UKgO/04cDM1oE=</pin></pin-set>
            </domain-config>
        </network-security-config>"#,
    );
    assert_eq!((config.pins, config.pin_count.clone(), config.backup_pins), (Tri::Yes, Fact::Known(2), Tri::No));
    assert_eq!(config.pin_expiration, Fact::Known("2027-06-30".to_owned()));
    assert_eq!(config.pin_digests, Fact::Known(vec!["SHA-256".to_owned()]));
    let seen: Vec<_> = domains(&config).iter().map(|d| (d.pins, d.pin_expiration.as_str())).collect();
    assert_eq!(seen, [(2, "2027-06-30"), (1, "")]);
}

#[test]
fn overrides_of_debug_builds_are_no_rules_of_others() {
    let (permitted, config) = configured(
        34,
        r#"<network-security-config><debug-overrides cleartextTrafficPermitted="true">
            <trust-anchors><certificates src="user"/></trust-anchors></debug-overrides></network-security-config>"#,
    );
    assert_eq!((permitted, config.user_anchors, config.debug_overrides), (Tri::No, Tri::No, Tri::Yes));
}

#[test]
fn what_the_platform_would_refuse_is_said() {
    let (_, config) = configured(
        34,
        r#"<network-security-config>
            <base-config><pin-set><pin digest="SHA-256">x</pin></pin-set></base-config>
            <base-config/>
            <domain-config/>
            <domain-config><domain>a.cn</domain><domain>A.cn</domain>
                <trust-anchors><certificates src="mine"/></trust-anchors>
                <pin-set expiration="30.6.2027"><pin digest="SHA-1">x</pin><pin digest="SHA-256">x</pin></pin-set>
            </domain-config>
        </network-security-config>"#,
    );
    let errors = config.errors.known().unwrap();
    let expected = [
        "certificates_without_source",
        "domain_config_without_domain",
        "domain_twice",
        "pin_digest",
        "pin_expiration",
        "pin_value",
        "pins_outside_of_a_domain",
        "two_base_configs",
    ];
    assert_eq!(errors, &expected);
}

#[test]
fn a_configuration_that_cannot_be_read_leaves_everything_undecided() {
    let sample = |files, values: Vec<_>| Sample {
        target: 34,
        application: r#"android:networkSecurityConfig="@xml/net""#,
        resources: vec![("xml/net", values)],
        files,
        ..Sample::default()
    };
    let one = || crate::formats::apk::testing::value("one.xml");
    let two = || crate::formats::apk::testing::value("two.xml");
    let gone = sample(vec![], vec![one()]).read();
    assert_eq!((gone.cleartext_permitted, gone.network_security.declared), (Tri::Unknown, Tri::Yes));
    assert!(gone.network_security.cleartext_exceptions.known().is_none());
    let foreign = sample(vec![("one.xml", "<paths/>")], vec![one()]).read();
    assert_eq!(foreign.cleartext_permitted, Tri::Unknown);
    // By night another one than by day.
    let open = r#"<network-security-config><base-config cleartextTrafficPermitted="true"/></network-security-config>"#;
    let files = vec![("one.xml", "<network-security-config/>"), ("two.xml", open)];
    let both = sample(files, vec![one(), two()]).read();
    assert_eq!((both.cleartext_permitted, both.network_security.pins), (Tri::Unknown, Tri::Unknown));
    let same = vec![("one.xml", open), ("two.xml", open)];
    assert_eq!(sample(same, vec![one(), two()]).read().cleartext_permitted, Tri::Yes);
}
