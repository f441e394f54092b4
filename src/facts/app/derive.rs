//! From the file and the decoder's document to the facts of a package.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{App, Coverage, EndpointFacts, File, MemberFacts, Platform, PrivacyUseFacts, SignerFacts, UseFacts, Zip};
use crate::{
    evidence::Record,
    facts::{
        Artifacts, FactDocument,
        artifacts::{decoded, json as item_json, usable},
    },
    formats::{
        apk::{
            Manifest, NetworkSecurity,
            signing::{Signing, Verified},
        },
        code::{self, CodeFindings, Kind, PermissionUse, Use, UseCount},
        hap::Harmony,
        ios::Ios,
        items::{PACKAGE as FILE, PACKAGE_DECODED as DECODED},
        package::{self, Document},
    },
    model::{Decoder, Fact, Tri, UnreadStatus},
};

pub(in crate::facts) fn derive(artifacts: &dyn Artifacts, decoder: &dyn Decoder) -> FactDocument {
    let external = artifacts.record(FILE).is_some_and(|record| record.external);
    let document = if external { item_json(artifacts, DECODED) } else { read(artifacts, decoder) };
    let read_from = if external { DECODED } else { FILE };
    let app = Facts { document: document.as_ref() }.all(artifacts.record(FILE), &usable(artifacts, FILE));
    let sources = BTreeMap::from([
        ("app".to_owned(), vec![read_from.to_owned()]),
        ("app.file".to_owned(), vec![FILE.to_owned()]),
    ]);
    FactDocument::new("app", serde_json::to_value(app).unwrap_or_default(), sources)
}

fn read(artifacts: &dyn Artifacts, decoder: &dyn Decoder) -> Fact<Document> {
    decoded(artifacts, FILE, "app-package", decoder).and_then(|value| match serde_json::from_value(value) {
        Ok(document) => Fact::Known(document),
        Err(_) => Fact::unread(UnreadStatus::Error, "app.package: decoder_failed"),
    })
}

/// Nobody asks that of this kind of package.
fn other_platform<T>(name: &str) -> Fact<T> {
    Fact::unread(UnreadStatus::NotTested, name)
}

struct Facts<'a> {
    document: Fact<&'a Document>,
}

impl<'a> Facts<'a> {
    fn all(&self, record: Option<&Record>, readable: &Fact<()>) -> App {
        let of = self.document.clone();
        let manifest = self.manifest();
        let from = |get: fn(&Manifest) -> Fact<bool>| manifest.clone().and_then(get);
        let (harmony, ios, signing) = (self.harmony(), self.ios(), self.signing());
        App {
            kind: of.clone().map(|document| document.kind),
            platform: of.clone().map(|document| platform(document.kind)),
            file: self.file(record, readable),
            zip: Zip {
                anomalies: of.clone().map(|document| document.anomalies.clone()),
                anomalies_left_out: of.clone().map(|document| document.anomalies_left_out),
            },
            package: self.each(|m| Fact::Known(m.package.clone()), |h| h.bundle.clone(), |i| i.bundle_id.clone()),
            version_name: self.each(
                |m| Fact::Known(m.version_name.clone()),
                |h| h.version_name.clone(),
                |i| i.version.clone(),
            ),
            version_code: self.either(|m| Fact::Known(m.version_code), |h| h.version_code.clone()),
            min_sdk: self.either(|m| Fact::Known(m.min_sdk), |h| h.api_min.clone()),
            target_sdk: self.either(|m| Fact::Known(m.target_sdk), |h| h.api_target.clone()),
            debuggable: self.each(|m| m.debuggable.clone(), |h| h.debug.clone(), |i| i.get_task_allow.clone()),
            test_only: from(|m| m.test_only.clone()),
            allow_backup: from(|m| m.allow_backup.clone()),
            cleartext_permitted: manifest.known().map_or(Tri::Unknown, |m| m.cleartext_permitted),
            network_security: manifest.clone().map(|m: &Manifest| -> NetworkSecurity { m.network_security.clone() }),
            permissions: manifest.clone().map(|m| m.permissions.clone()),
            components: manifest.clone().map(|m| m.components.clone()),
            compile_sdk: manifest.clone().map(|m| m.compile_sdk),
            shared_user_id: manifest.clone().map(|m| m.shared_user_id.clone()),
            application: manifest.clone().map(|m| m.application.clone()),
            backup: manifest.clone().map(|m| m.backup.clone()),
            duplicate_permissions: manifest.clone().map(|m| m.duplicate_permissions.clone()),
            declared_permissions: manifest.clone().map(|m| m.declared_permissions.clone()),
            providers: manifest.clone().map(|m| m.providers.clone()),
            queries: manifest.clone().map(|m| m.queries.clone()),
            instrumentation: manifest.clone().map(|m| m.instrumentation.clone()),
            install_errors: manifest.clone().map(|m| m.install_errors.clone()),
            oddities: manifest.clone().map(|m| m.oddities.clone()),
            harmony: harmony.clone().map(Clone::clone),
            ios: ios.clone().map(Clone::clone),
            signatures: signing.clone().map(|signing| signing.signatures.clone()),
            signature_verified: self.verified(&signing, &harmony, &ios),
            signature_errors: signing.clone().map(|signing| signing.errors.clone()),
            signing_block: signing.clone().map(|signing| signing.block.clone()),
            v1_digests: signing.clone().map(|signing| signing.v1_digests.clone()),
            signers: self.signers(&signing, &harmony, &ios),
            signer_allowed: Tri::Unknown,
            lineage: signing.clone().map(|signing| signing.lineage.clone()),
            source_stamp: signing.clone().map(|signing| signing.source_stamp.clone()),
            janus: signing.clone().map(|signing| signing.janus),
            packers: of.clone().map(|document| document.packing.packers.clone()),
            code_assessable: of.known().map_or(Tri::Unknown, |document| document.packing.code_assessable),
            packing_reasons: of.clone().map(|document| document.packing.reasons.clone()),
            sdks: of.clone().map(|document| document.sdks.sdks.clone()),
            sdks_found: of.clone().map(|document| document.sdks.sdks_found),
            webview: self.code(|code| uses(&code.webview, Kind::Webview, code)),
            tls_trust: self.code(|code| uses(&code.tls_trust, Kind::TlsTrust, code)),
            crypto: self.code(|code| uses(&code.crypto, Kind::Crypto, code)),
            sm_algorithms: self.code(|code| uses(&code.sm_algorithms, Kind::SmAlgorithms, code)),
            privacy_apis: self.code(privacy_uses),
            dynamic_code: self.code(|code| uses(&code.dynamic_code, Kind::DynamicCode, code)),
            storage: self.code(|code| uses(&code.storage, Kind::Storage, code)),
            logging: self.code(|code| uses(&code.logging, Kind::Logging, code)),
            platform_use: self.code(|code| uses(&code.platform, Kind::Platform, code)),
            resilience: self.code(|code| uses(&code.resilience, Kind::Resilience, code)),
            uses: self.code(|code| code.counts.clone()),
            permissions_unused: self.permissions(|one| one == PermissionUse::NotSeen),
            permissions_unclear: self.permissions(|one| matches!(one, PermissionUse::Unknown { .. })),
            native_libs: of.clone().map(|document| document.native.clone()),
            endpoints: self.contents(|document| {
                document.strings.endpoints.iter().filter_map(converted::<_, EndpointFacts>).collect()
            }),
            endpoints_found: self.contents(|document| document.strings.endpoints_found),
            secrets: self.contents(|document| document.strings.secrets.clone()),
            secrets_found: self.contents(|document| document.strings.secrets_found),
            coverage: self.coverage(),
            members: of.clone().map(|document| document.members.iter().map(member).collect()),
            tie: of.map(|document| document.tie.clone()),
            pair: Fact::unread(UnreadStatus::NotTested, "no_pair"),
        }
    }

    fn manifest(&self) -> Fact<&'a Manifest> {
        self.document.clone().and_then(|document| match &document.manifest {
            Some(manifest) => manifest.as_ref(),
            None => other_platform("not_android"),
        })
    }

    fn harmony(&self) -> Fact<&'a Harmony> {
        self.document.clone().and_then(|document| match &document.harmony {
            Some(harmony) => Fact::Known(harmony),
            None => other_platform("not_harmony"),
        })
    }

    fn ios(&self) -> Fact<&'a Ios> {
        self.document.clone().and_then(|document| match &document.ios {
            Some(ios) => ios.as_ref(),
            None => other_platform("not_ios"),
        })
    }

    fn signing(&self) -> Fact<&'a Signing> {
        self.document.clone().and_then(|document| match &document.signing {
            Some(signing) => signing.as_ref(),
            None => other_platform("not_android"),
        })
    }

    /// What every platform has a word for.
    fn each<T>(
        &self,
        android: impl FnOnce(&Manifest) -> Fact<T>,
        harmony: impl FnOnce(&Harmony) -> Fact<T>,
        ios: impl FnOnce(&Ios) -> Fact<T>,
    ) -> Fact<T> {
        match self.document.known().map(|document| platform(document.kind)) {
            Some(Platform::Ios) => self.ios().and_then(ios),
            _ => self.either(android, harmony),
        }
    }

    /// What Android and HarmonyOS both have a word for.
    fn either<T>(
        &self,
        android: impl FnOnce(&Manifest) -> Fact<T>,
        harmony: impl FnOnce(&Harmony) -> Fact<T>,
    ) -> Fact<T> {
        match self.document.known().map(|document| platform(document.kind)) {
            Some(Platform::Harmony) => self.harmony().and_then(harmony),
            _ => self.manifest().and_then(android),
        }
    }

    fn file(&self, record: Option<&Record>, readable: &Fact<()>) -> File {
        let file = |get: fn(&Record) -> Option<Value>| {
            readable.clone().and_then(|()| match record.and_then(get) {
                Some(value) => Fact::Known(value),
                None => Fact::unread(UnreadStatus::Error, FILE),
            })
        };
        let of = self.document.clone();
        File {
            sha256: file(|r| r.object.map(|digest| json!(digest))).and_then(parsed),
            sm3: of.clone().map(|document| document.sm3.clone()),
            bytes: file(|r| Some(json!(r.size))).and_then(parsed),
            entries: of.clone().map(|document| document.entries),
            uncompressed: of.map(|document| document.uncompressed),
        }
    }

    fn verified(&self, signing: &Fact<&Signing>, harmony: &Fact<&Harmony>, ios: &Fact<&Ios>) -> Fact<Verified> {
        fn word<T: Serialize>(verified: &T) -> Fact<Verified> {
            converted(verified).map_or_else(|| Fact::unread(UnreadStatus::Error, "verified"), Fact::Known)
        }
        match self.document.known() {
            Some(document) if platform(document.kind) == Platform::Harmony => {
                harmony.clone().and_then(|harmony| word(&harmony.signature_verified))
            }
            Some(document) if platform(document.kind) == Platform::Ios => {
                ios.clone().and_then(|ios| word(&ios.signature_verified))
            }
            Some(document) if !document.members.is_empty() => worst(&document.members),
            _ => signing.clone().map(|signing| signing.signature_verified),
        }
    }

    fn signers(&self, signing: &Fact<&Signing>, harmony: &Fact<&Harmony>, ios: &Fact<&Ios>) -> Fact<Vec<SignerFacts>> {
        match self.document.known().map(|document| platform(document.kind)) {
            Some(Platform::Harmony) => {
                harmony.clone().map(|harmony| harmony.signers.iter().filter_map(converted).collect())
            }
            Some(Platform::Ios) => ios.clone().map(|ios| ios.signers.iter().filter_map(converted).collect()),
            _ => signing.clone().map(|signing| signing.signers.iter().filter_map(converted).collect()),
        }
    }

    /// What call sites tell: of Android code that lies open.
    fn code<T>(&self, get: impl FnOnce(&CodeFindings) -> T) -> Fact<T> {
        self.document.clone().and_then(|document| {
            if platform(document.kind) != Platform::Android {
                return other_platform("no_call_sites");
            }
            self.open_code(document).map(|()| get(&document.code))
        })
    }

    /// Strings in code that is hidden say nothing of it.
    fn contents<T>(&self, get: impl FnOnce(&Document) -> T) -> Fact<T> {
        self.document.clone().and_then(|document| self.open_code(document).map(|()| get(document)))
    }

    /// Code is known only where all of it was read, and what was read is what runs.
    fn open_code(&self, document: &Document) -> Fact<()> {
        let dex = &document.code.dex;
        if platform(document.kind) == Platform::Ios {
            // Programs of iOS are not looked into, and what a store encrypts nobody could.
            Fact::unread(UnreadStatus::NotTested, "code_not_read")
        } else if document.packing.code_assessable == Tri::No {
            Fact::unread(UnreadStatus::NotTested, "code_packed")
        } else if dex.scanned < dex.present || !dex.skipped.is_empty() {
            Fact::unread(UnreadStatus::Error, "code_not_read")
        } else {
            Fact::Known(())
        }
    }

    fn permissions(&self, fits: fn(PermissionUse) -> bool) -> Fact<Vec<String>> {
        let (manifest, document) = (self.manifest(), self.document.clone());
        self.code(CodeFindings::clone).and_then(|code| {
            let native = document.known().is_some_and(|document| !document.native.is_empty());
            manifest.map(|manifest| {
                let asked = manifest.permissions.iter().filter(|one| one.level == "dangerous" && !one.implied);
                let mut names: Vec<_> = asked
                    .filter(|one| fits(code::permission_use(&one.name, &code, native)))
                    .map(|one| one.name.clone())
                    .collect();
                names.sort();
                names.dedup();
                names
            })
        })
    }

    fn coverage(&self) -> Coverage {
        let of = self.document.clone();
        Coverage {
            dex_present: of.clone().map(|document| document.code.dex.present),
            dex_scanned: of.clone().map(|document| document.code.dex.scanned),
            entries_scanned: of.clone().map(|document| document.coverage.entries_scanned),
            skipped: of.clone().map(|document| document.coverage.skipped.clone()),
            skipped_count: of.map(|document| document.coverage.skipped_count),
        }
    }
}

fn platform(kind: package::Kind) -> Platform {
    use package::Kind::{Aab, Apk, Apks, App, Hap, Har, Hsp, Ipa, Xapk};
    match kind {
        Apk | Apks | Xapk | Aab => Platform::Android,
        Ipa => Platform::Ios,
        Hap | Hsp | App | Har => Platform::Harmony,
    }
}

/// All members have to verify, and to be signed by the same.
fn worst(members: &[package::Member]) -> Fact<Verified> {
    let (mut verdict, mut signers) = (Verified::Yes, BTreeSet::new());
    for member in members {
        match (&member.signature_verified, &member.signers) {
            (Fact::Known(verified), Fact::Known(by)) => {
                signers.insert(by);
                verdict = match (verdict, *verified) {
                    (Verified::No, _) | (_, Verified::No) => Verified::No,
                    (Verified::Indeterminate, _) | (_, Verified::Indeterminate) => Verified::Indeterminate,
                    (Verified::Yes, Verified::Yes) => Verified::Yes,
                };
            }
            (Fact::Unread(why), _) | (_, Fact::Unread(why)) => return Fact::Unread(why.clone()),
        }
    }
    Fact::Known(if signers.len() > 1 { Verified::No } else { verdict })
}

fn member(member: &package::Member) -> MemberFacts {
    MemberFacts {
        name: member.name.clone(),
        bytes: member.bytes,
        signature_verified: member.signature_verified.clone(),
        signers: member.signers.clone(),
    }
}

/// What was found, and the first place of what may be one: a check must not take that for nothing.
fn uses(found: &[Use], kind: Kind, code: &CodeFindings) -> Vec<UseFacts> {
    let certain = |one: &Use| UseFacts {
        what: one.what.clone(),
        location: one.location.clone(),
        class: one.class.clone(),
        certain: Fact::Known(true),
    };
    let open = undecided(kind, code).map(|(count, location)| UseFacts {
        what: count.what.clone(),
        location: location.to_owned(),
        class: class_of(location),
        certain: Fact::unread(UnreadStatus::NotTested, "value_not_seen"),
    });
    found.iter().map(certain).chain(open).collect()
}

fn privacy_uses(code: &CodeFindings) -> Vec<PrivacyUseFacts> {
    let certain = |one: &code::PrivacyUse| PrivacyUseFacts {
        what: one.what.clone(),
        location: one.location.clone(),
        class: one.class.clone(),
        api: one.api.clone(),
        permission: one.permission.clone(),
        certain: Fact::Known(true),
    };
    let open = undecided(Kind::PrivacyApis, code).map(|(count, location)| PrivacyUseFacts {
        what: count.what.clone(),
        location: location.to_owned(),
        class: class_of(location),
        api: String::new(),
        permission: String::new(),
        certain: Fact::unread(UnreadStatus::NotTested, "value_not_seen"),
    });
    code.privacy_apis.iter().map(certain).chain(open).collect()
}

/// Rules of a kind of which nothing was found, and something may be.
fn undecided(kind: Kind, code: &CodeFindings) -> impl Iterator<Item = (&UseCount, &str)> {
    let of_kind: BTreeSet<&str> = code::rules().filter(|(of, _)| *of == kind).map(|(_, rule)| rule.id).collect();
    let open = code.counts.iter().filter(move |count| count.found == 0 && count.undecided > 0);
    open.filter(move |count| of_kind.contains(count.what.as_str()))
        .map(|count| (count, count.undecided_at.first().map(String::as_str).unwrap_or_default()))
}

/// `com.foo.Bar` of `classes2.dex com.foo.Bar.method`.
fn class_of(location: &str) -> String {
    let member = location.rsplit(' ').next().unwrap_or(location);
    member.rsplit_once('.').map_or(member, |(class, _)| class).to_owned()
}

fn parsed<T: DeserializeOwned>(value: Value) -> Fact<T> {
    serde_json::from_value(value).map_or_else(|_| Fact::unread(UnreadStatus::Error, FILE), Fact::Known)
}

/// The same names in another type.
fn converted<A: Serialize, B: DeserializeOwned>(value: &A) -> Option<B> {
    serde_json::to_value(value).ok().and_then(|value| serde_json::from_value(value).ok())
}
