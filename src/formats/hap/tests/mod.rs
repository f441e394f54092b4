//! Packages as the tools of OpenHarmony build and sign them, and as somebody changes them afterwards.

mod declared;
mod members;
mod signatures;
mod signer;

use super::{Harmony, MAX_MEMBER, read};
use crate::formats::zip::{
    Archive,
    testing::{Builder, Item},
};

const BUNDLE: &str = "cn.gov.example.app";

/// A module of the stage model as building leaves it, with what differs put in.
fn module(app: &str, module: &str) -> String {
    format!(
        r#"{{"app": {{"bundleName": "{BUNDLE}", "vendor": "Province", "versionCode": 1000003, "versionName": "1.0.3",
            "minAPIVersion": 50002014, "targetAPIVersion": 50100018, "apiReleaseType": "Release",
            "compileSdkVersion": "6.0.0.47", "compileSdkType": "HarmonyOS", "buildMode": "release"{app}}},
            "module": {{"name": "entry", "type": "entry", "deviceTypes": ["phone", "tablet"],
            "deliveryWithInstall": true, "installationFree": false, "virtualMachine": "ark12.0.6.0"{module}}}}}"#
    )
}

/// A package of these files.
fn package(files: &[(&str, &str)]) -> Vec<u8> {
    files.iter().fold(Builder::new(), |zip, (name, text)| zip.add(Item::deflated(name, text))).finish()
}

fn look(bytes: &[u8]) -> Harmony {
    let bytes = bytes.to_vec();
    let archive = Archive::open(&bytes).expect("an archive");
    read(&archive, MAX_MEMBER)
}

/// Whatever comes, no panic.
mod hostile {
    use proptest::prelude::*;

    use super::{look, module, package};
    use crate::formats::{hap, zip::Archive};

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn any_description_is_read_or_refused(json in "[\\[\\]{}:,\"a-z0-9 ]{0,200}", at in 0..400_usize, byte: u8) {
            let mut text = module("", "").into_bytes();
            let length = text.len();
            text[at % length] = byte;
            look(&package(&[("module.json", &json), ("pack.info", &json)]));
            look(&package(&[("config.json", &json), ("pkgContextInfo.json", &json)]));
            look(&package(&[("module.json", &String::from_utf8_lossy(&text))]));
            hap::read_profile(json.as_bytes());
        }

        #[test]
        fn any_damage_to_a_block_is_read_or_refused(damage in proptest::collection::vec((0..4000_usize, any::<u8>()), 1..8)) {
            let block = super::signer::block(&[(super::signer::SIGNATURE, vec![0x30, 0x80, 6, 1]), (0x2000_0003, vec![1; 40])], 3);
            let plain = package(&[("module.json", &module("", ""))]);
            let directory = u32::from_le_bytes(plain[plain.len() - 6..plain.len() - 2].try_into().unwrap()) as usize;
            let mut bytes = [&plain[..directory], &block, &plain[directory..]].concat();
            let end = bytes.len();
            bytes[end - 6..end - 2].copy_from_slice(&((directory + block.len()) as u32).to_le_bytes());
            for (at, byte) in damage {
                bytes[at % end] = byte;
            }
            if let Ok(archive) = Archive::open(&bytes) {
                hap::read(&archive, 1 << 20);
            }
        }
    }
}
