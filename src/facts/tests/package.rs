//! From a package and its decoder to facts.

use super::*;

fn sample() -> Vec<u8> {
    include_bytes!("../../../samples/tianfu/packages/tianfu-dept.apk").to_vec()
}

fn facts(items: &Items, decoder: &dyn Decoder) -> Value {
    let document = evaluated("app", derive(AssetKind::AppPackage, items, decoder), &[]);
    assert_fits(&document);
    document.facts["app"].clone()
}

#[test]
fn our_package_gives_what_its_manifest_says() {
    let app = facts(&Items::default().with("app.package", sample()), &InProcess);
    assert_eq!((&app["kind"], &app["package"]), (&json!("apk"), &json!("cn.example.tianfu.dept")));
    assert_eq!((&app["target_sdk"], &app["allow_backup"]), (&json!(28), &json!(false)));
    assert_eq!(app["file"]["bytes"], sample().len());
    assert_eq!(app["signer_allowed"], "unknown");
    assert_eq!((&app["platform"], &app["signature_verified"]), (&json!("android"), &json!("yes")));
    assert_eq!(app["signatures"]["v2"]["verified"], "yes");
    assert_eq!(app["signers"][0]["days_left"]["$status"], Value::Null, "it is filled in at evaluation");
    assert_eq!(app["pair"]["reason"], "no_pair");
}

#[test]
fn a_decoder_that_fails_leaves_every_fact_unread_and_digest_and_size_known() {
    struct Fails(DecodeFailure);
    impl Decoder for Fails {
        fn decode(&self, _: &str, _: &[u8]) -> Result<Value, DecodeFailure> {
            Err(self.0.clone())
        }
    }
    let items = Items::default().with("app.package", sample());
    for (failure, status) in [
        (DecodeFailure::Crashed { what: "x".into() }, "error"),
        (DecodeFailure::Killed { millis: 1 }, "timeout"),
        (DecodeFailure::Budget { what: "x".into() }, "too_large"),
        (DecodeFailure::Malformed { offset: 0, what: "x".into() }, "error"),
    ] {
        let app = facts(&items, &Fails(failure));
        assert_eq!(app["kind"]["$status"], status);
        assert_eq!(app["debuggable"]["$status"], status);
        assert_eq!(app["cleartext_permitted"], "unknown");
        assert_eq!(app["file"]["bytes"], sample().len());
    }
}

#[test]
fn a_package_that_was_not_there_has_no_facts() {
    let app = facts(&Items::default().failed("app.package", ItemStatus::Denied, "x"), &InProcess);
    assert_eq!((&app["kind"]["$status"], &app["file"]["bytes"]["$status"]), (&json!("denied"), &json!("denied")));
}
