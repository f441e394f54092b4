//! Packages of the tests of AOSP's `apksig`: our verdict is the one that AOSP's own tests demand, and where they demand none,
//! the one that its library gave.
//!
//! They lie outside the repository, in the folder that `JIXIAN_CORPORA` names; without it the tests count as ignored.
#![allow(clippy::disallowed_methods, reason = "packages are files, and the environment says where")]

use std::{env, fs, path::Path};

use jixian::formats::{
    apk::{
        self, Manifest,
        signing::{self, Inflating, Request, Scheme, Signing, Verified},
    },
    zip::Archive,
};
use libtest_mimic::{Arguments, Failed, Trial};

/// Signed with numbers of algorithms that nobody knows. The library refuses them; here it is left open what they are worth
/// where nothing else is wrong, which is no `yes` either.
const UNKNOWN_ALGORITHMS: &[&str] =
    &["v2-only-two-signers-second-signer-no-supported-sig.apk", "v3-only-no-supported-sig-algs.apk"];

/// What AOSP's tests demand of source stamps; all others have none.
const STAMPS: &[(&str, Verified)] = &[
    ("original-with-stamp-file.apk", Verified::No),
    ("stamp-apk-hash-mismatch-v1.apk", Verified::No),
    ("stamp-lineage-valid.apk", Verified::Yes),
    ("stamp-lineage-with-3-signers.apk", Verified::Yes),
    ("stamp-timestamp-in-last-8-of-16-byte-buffer.apk", Verified::No),
    ("stamp-valid-timestamp-16-byte-buffer.apk", Verified::Yes),
    ("stamp-valid-timestamp-value.apk", Verified::Yes),
    ("stamp-without-apk-signature.apk", Verified::Yes),
    ("stamp-without-block.apk", Verified::No),
    ("v2-only-with-stamp.apk", Verified::Yes),
    ("v3-only-with-stamp.apk", Verified::Yes),
    ("valid-stamp.apk", Verified::Yes),
];

fn main() {
    let folder = env::var("JIXIAN_CORPORA").ok();
    let mut trials = Vec::new();
    match &folder {
        None => {
            let nothing = Trial::test("packages of apksig", || Ok(())).with_ignored_flag(true);
            trials.push(nothing.with_kind("JIXIAN_CORPORA is not set"));
        }
        Some(folder) => {
            let folder = Path::new(folder).join("apksig");
            let table = fs::read_to_string(folder.join("expected.tsv")).expect("the table of expectations");
            for line in table.lines().skip(1) {
                let row = Row::read(line);
                let path = folder.join(&row.file);
                trials.push(Trial::test(row.file.clone(), move || row.check(&path)));
            }
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// One package and what is true of it.
struct Row {
    file: String,
    /// What AOSP's test demands, and the oldest platform that it names.
    demanded: Option<(bool, Option<i64>)>,
    /// What the library says, from the package's own oldest platform on, from Android 7.0 and from 9; none where it threw.
    library: [Option<bool>; 3],
    /// Schemes 1, 2, 3 and 3.1 as the library counts them from Android 9 on, where it verifies the package then.
    schemes: Option<[bool; 4]>,
    signers: Vec<String>,
}

impl Row {
    fn read(line: &str) -> Self {
        let cells: Vec<&str> = line.split('\t').collect();
        let cell = |n: usize| cells.get(n).copied().unwrap_or_default();
        let verdict = |n: usize| match cell(n) {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        };
        let demanded = match cell(1) {
            "OK" => Some(true),
            "FAIL" => Some(false),
            _ => None,
        };
        // 0 is the package's own.
        let min = cell(2).parse().ok().filter(|min| *min > 0);
        let (v3, v31) = cell(9).split_once('/').unwrap_or_default();
        let library = [verdict(4), verdict(5), verdict(6)];
        let mut signers: Vec<String> =
            cell(13).split([',', ' ', ';']).filter(|text| !text.is_empty()).map(str::to_owned).collect();
        signers.sort();
        let schemes = [cell(7), cell(8), v3, v31].map(|text| text == "true");
        Self {
            file: cell(0).to_owned(),
            demanded: demanded.map(|demanded| (demanded, min)),
            library,
            schemes: (library[2] == Some(true)).then_some(schemes),
            signers,
        }
    }

    fn check(&self, path: &Path) -> Result<(), Failed> {
        let bytes = fs::read(path)?;
        let own = manifest(&bytes);
        let own_min = own.as_ref().map_or(1, |own| own.min_sdk);
        if let Some((demanded, min)) = self.demanded {
            self.agree("AOSP's test", demanded, verify(&bytes, min.unwrap_or(own_min), own.as_ref()).as_ref())?;
        }
        for (min, expected) in [own_min, 24, 28].into_iter().zip(self.library) {
            let overruled = self.demanded.is_some_and(|(_, at)| at.unwrap_or(own_min) == min);
            if let Some(expected) = expected.filter(|_| !overruled) {
                self.agree(
                    &format!("the library from SDK {min} on"),
                    expected,
                    verify(&bytes, min, own.as_ref()).as_ref(),
                )?;
            }
        }
        if let Some(signing) = verify(&bytes, own_min, own.as_ref()) {
            let stamp = STAMPS.iter().find(|(file, _)| *file == self.file).map(|(_, verified)| *verified);
            let found = signing.source_stamp.present.then_some(signing.source_stamp.verified);
            assert_eq!(found, stamp, "{}: source stamp {:?}", self.file, signing.source_stamp.errors);
        }
        if let (Some(expected), Some(newer)) = (self.schemes, verify(&bytes, 28, own.as_ref())) {
            let schemes = &newer.signatures;
            let actual = [&schemes.v1, &schemes.v2, &schemes.v3, &schemes.v3_1].map(counts);
            assert_eq!(actual, expected, "{}: schemes 1, 2, 3 and 3.1", self.file);
            assert_eq!(newest_signers(&newer), self.signers, "{}: signers", self.file);
        }
        Ok(())
    }

    fn agree(&self, who: &str, expected: bool, actual: Option<&Signing>) -> Result<(), Failed> {
        let verdict = actual.map_or(Verified::No, |signing| signing.signature_verified);
        let agrees = match verdict {
            Verified::Yes => expected,
            Verified::No => !expected,
            Verified::Indeterminate => !expected && UNKNOWN_ALGORITHMS.contains(&self.file.as_str()),
        };
        let why = || actual.map(errors).unwrap_or_default().join(", ");
        if agrees {
            Ok(())
        } else {
            Err(format!("{}: {who} says {expected}, we say {verdict:?}: {}", self.file, why()).into())
        }
    }
}

fn errors(signing: &Signing) -> Vec<String> {
    let schemes = &signing.signatures;
    let named = [("v1", &schemes.v1), ("v2", &schemes.v2), ("v3", &schemes.v3), ("v3_1", &schemes.v3_1)];
    let of = |(name, scheme): &(&str, &Scheme)| -> Vec<String> {
        scheme.errors.iter().map(|error| format!("{name}: {:?} {}", error.code, error.detail)).collect()
    };
    let all =
        signing.errors.iter().chain(&signing.block.errors).map(|error| format!("{:?} {}", error.code, error.detail));
    named.iter().flat_map(of).chain(all).collect()
}

fn verify(bytes: &[u8], min_sdk: i64, own: Option<&Manifest>) -> Option<Signing> {
    let archive = Archive::open(&bytes).ok()?;
    let (target_sdk, target_sandbox) = (own.map(|own| own.target_sdk), own.map(|own| own.target_sandbox));
    let request = Request { target_sdk, target_sandbox, ..Request::from_sdk(min_sdk) };
    Some(signing::verify(&archive, request, &Inflating(&archive)))
}

/// As the library counts it: looked at, and verified.
fn counts(scheme: &Scheme) -> bool {
    scheme.required && scheme.verified == Verified::Yes
}

/// The signers that the library names: those of the newest scheme that counts; of several for different platforms, the last.
fn newest_signers(signing: &Signing) -> Vec<String> {
    let schemes = &signing.signatures;
    let named = [("v3_1", &schemes.v3_1), ("v3", &schemes.v3), ("v2", &schemes.v2), ("v1", &schemes.v1)];
    let Some((newest, _)) = named.into_iter().find(|(_, scheme)| counts(scheme)) else { return Vec::new() };
    let of = signing.signers.iter().filter(|signer| signer.scheme.iter().any(|name| name == newest));
    let mut digests: Vec<String> = of.map(|signer| signer.sha256.hex()).collect();
    if newest.starts_with("v3") && digests.len() > 1 {
        let last = signing.lineage.last().map(|ancestor| ancestor.sha256.hex());
        digests.retain(|digest| Some(digest) == last.as_ref());
    }
    digests
}

/// What the manifest says of platforms; nothing where there is none.
fn manifest(bytes: &[u8]) -> Option<Manifest> {
    let archive = Archive::open(&bytes).ok()?;
    let read = |name: &str| archive.read(archive.find(name)?, 16 << 20).ok();
    apk::manifest_of(&read(apk::MANIFEST)?, read("resources.arsc").as_deref(), &mut |name| read(name)).ok()
}
